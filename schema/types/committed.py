"""A need as a mutation answers it: from the commit, before any view knows it."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from graph.desk_drafts import NeedAnswer
from graph.kinds.demand_side import FinancingNeed
from graph.records import Record
from schema.context import Scope
from schema.types.entity import Entity, entity_of


class CommittedNeed(Entity):
    """The need of an answer of the desk. Its own fields and what they refer to come from the commit and the view that was asked.

    Only what others say of it (claims, links to it, its history) is read from the newest view, made for whoever asks for that.
    """

    def __init__(self, asked: Scope, answer: NeedAnswer) -> None:
        self._asked = asked
        self.answer = answer

    @property
    def record(self) -> Record:
        """The need as the commit left it."""
        return self._need

    @property
    def id(self) -> str:
        """Its id."""
        return self._need.id

    @property
    def graphql_type(self) -> str:
        """The name of its type."""
        return type(self._need).__name__

    @property
    def _need(self) -> FinancingNeed:
        return cast(FinancingNeed, self.answer.need)

    @cached_property
    def _newest(self) -> Scope:
        return self._asked.newest()

    @property
    def scope(self) -> Scope:  # type: ignore[override]  # read-only here, and not before it is asked for
        """The newest view, which knows the commit."""
        return self._newest

    @property
    def handle(self) -> int:  # type: ignore[override]  # likewise
        """Its handle there."""
        return self._newest.view.find(self.id)

    def reference(self, field: str) -> Entity | None:
        """The record that a reference field names."""
        target = getattr(self._need, field)
        return None if target is None else entity_of(self._asked, self._asked.view.find(target))
