"""What every resolver stands on: the view that is asked, the time that is left, and the service behind both."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from graph.changes import Position
from graph.desk import Desk
from graph.errors import InvalidInput, LuoshuError
from graph.health import SourceHealth, source_health
from graph.knowledge import Knowledge
from graph.search import SearchIndex
from graph.view import View
from graph.what_if import Change
from schema.log_cursor import log_cursor


@dataclass(frozen=True)
class Service:
    """What lives as long as the process: the knowledge and its search index."""

    knowledge: Knowledge
    search: SearchIndex

    @cached_property
    def desk(self) -> Desk:
        """The needs desk, at which mutations write."""
        return Desk(self.knowledge)


@dataclass
class Clock:
    """How long a request may still run. `cancelled` ends it at its next check."""

    ends_at: float
    cancelled: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, seconds: float) -> Clock:
        """A clock that runs out `seconds` from now."""
        return cls(time.monotonic() + seconds)

    def check(self) -> None:
        """Do nothing while there is time. Raises LuoshuError TIMEOUT after it."""
        if self.cancelled.is_set() or time.monotonic() > self.ends_at:
            raise LuoshuError(
                "the answer was not ready in time; ask for fewer rows or steps, or again later",
                code="TIMEOUT",
                retryable=True,
            )


class Scope:
    """One view, asked by one request. It is the source of the fields of `View` and `Query`."""

    def __init__(self, service: Service, view: View, clock: Clock, changed: dict[Hashable, View] | None = None) -> None:
        self.service = service
        self.view = view
        self.clock = clock
        self._changed = {} if changed is None else changed

    @classmethod
    def present(cls, service: Service, seconds: float) -> Scope:
        """The present view, with `seconds` to answer."""
        return cls(service, service.knowledge.view(), Clock.of(seconds))

    def at(self, as_of: date | None, known_at: datetime | None, changes: Sequence[Change] = ()) -> Scope:
        """The same request, asked of another time, or of a what-if: one that the request asks twice is made once."""
        return self._over(self.service.knowledge.view(as_of, known_at), changes)

    def newest(self) -> Scope:
        """The same request, asked of the present with all loads that are finished by now."""
        self.check()
        self.service.knowledge.refresh()
        return Scope(self.service, self.service.knowledge.view(), self.clock, self._changed)

    def _over(self, view: View, changes: Sequence[Change]) -> Scope:
        if changes:
            self.check()
            key = (view.seq, view.as_of, view.known_at, repr([*changes]))
            view = self._changed.get(key) or self._changed.setdefault(key, view.with_changes(changes))
        return Scope(self.service, view, self.clock, self._changed)

    @property
    def assumed(self) -> str:
        """What tells a what-if from others; empty: it is none."""
        assumption = self.view.snapshot.assumption
        return "" if assumption is None else assumption.load_id

    @property
    def mark(self) -> list[Any]:
        """What a cursor carries to come back to this very view: its last load, its day with, after a ~, what it assumes."""
        assumed = self.assumed
        return [self.view.seq, self.view.as_of.isoformat() + (f"~{assumed}" if assumed else "")]

    def held(self, mark: list[Any]) -> Scope:
        """The scope whose `mark` this is. Raises InvalidInput when no view had it, or one with other changes."""
        if mark == self.mark:
            return self
        day, _, assumed = mark[1].partition("~")
        if assumed != self.assumed:
            raise InvalidInput("the cursor belongs to a view with other changes; begin again without `after`")
        try:
            view = self.service.knowledge.view(date.fromisoformat(day), seq=mark[0])
        except ValueError as exc:
            raise InvalidInput("the cursor is damaged; begin again without `after`") from exc
        return self._over(view, self.view.changes)

    @property
    def as_of(self) -> date:
        """The day that the view stands on."""
        return self.view.as_of

    @property
    def known_at(self) -> datetime:
        """Up to when the view knows."""
        return self.view.known_at

    @property
    def version(self) -> str:
        """Number of the last load that the view sees; of a what-if with, after a +, what tells it from others."""
        return f"{self.view.seq}+{self.assumed}" if self.assumed else str(self.view.seq)

    @property
    def log_cursor(self) -> str:
        """The place in the log behind the last load that the view sees."""
        return log_cursor(self.service.knowledge.log.log_id, Position(self.view.seq + 1))

    @property
    def deadline(self) -> float:
        """When searches must end (`time.monotonic`)."""
        return self.clock.ends_at

    @property
    def seconds_left(self) -> float:
        """How long the request may still run."""
        return max(0.0, self.clock.ends_at - time.monotonic())

    def check(self) -> None:
        """Raises LuoshuError TIMEOUT when the request has no time left."""
        self.clock.check()

    @cached_property
    def source_health(self) -> Mapping[str, SourceHealth]:
        """What this view knows of each source, by name."""
        return {health.source: health for health in source_health(self.view)}
