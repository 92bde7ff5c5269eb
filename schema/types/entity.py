"""A record as resolvers see it: a handle with the scope that it was found in. Reading a field is attribute access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.identifiers import split_id
from graph.ontology import KindSpec
from graph.records import Record

if TYPE_CHECKING:
    from schema.context import Scope

_DISPLAYED = ("name", "title", "indicator", "text")


class Entity:
    """A record of a view, read when first asked. `record` has the kind's fields by Python name."""

    __slots__ = ("_record", "handle", "scope")

    def __init__(self, scope: Scope, handle: int) -> None:
        self.scope = scope
        self.handle = handle
        self._record: Record | None = None

    @property
    def record(self) -> Record:
        """The resolved record."""
        if self._record is None:
            self._record = self.scope.view.record(self.handle)
        return self._record

    @property
    def id(self) -> str:
        """The canonical id."""
        return self.scope.view.id_of(self.handle)

    @property
    def spec(self) -> KindSpec:
        """Its kind."""
        return self.scope.view.kind_of(self.handle)

    @property
    def graphql_type(self) -> str:
        """The name of its type in the API: its kind's."""
        return self.spec.name

    @property
    def display_name(self) -> str:
        """Its name or title, else what its id says."""
        for name in _DISPLAYED:
            value = getattr(self.record, name, None)
            if isinstance(value, str) and value:
                return value if len(value) <= 80 else f"{value[:79]}…"
        return " · ".join(split_id(self.id)[1])

    def reference(self, field: str) -> Entity | None:
        """The live record that a reference field names; None when it states none, or none that this view knows."""
        return entity_of(self.scope, self.scope.view.ref(self.handle, field))


def entity_of(scope: Scope, handle: int | None) -> Entity | None:
    """The record with this handle; None where there is none: None, or below 0."""
    return None if handle is None or handle < 0 else Entity(scope, handle)
