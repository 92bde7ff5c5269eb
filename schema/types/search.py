"""What a search found: a page of records, best match first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import strawberry

from graph.errors import InvalidInput
from graph.name_index import Match as Matches
from graph.search import Hit
from queries.keyset import decode_cursor, encode_cursor, page_size
from schema.types.connections import PageInfo, page_info
from schema.types.derived import derived
from schema.types.entity import Entity

if TYPE_CHECKING:
    from schema.context import Scope


@dataclass(frozen=True, slots=True)
class Found:
    """One record found."""

    node: Entity
    cursor: str
    match: Matches


class SearchPage:
    """One page of a search; it looks no further than it must."""

    def __init__(
        self, scope: Scope, text: str, kinds: Sequence[str] | None, first: int | None, after: str | None
    ) -> None:
        self._scope = scope
        self._text = text
        self._kinds = kinds
        self._first = page_size(first)
        self._after = after

    @cached_property
    def edges(self) -> list[Found]:
        """The records of this page with their cursors."""
        found = []
        for hit in self._hits[: self._first]:
            found.append(
                Found(Entity(self._scope, hit.handle), encode_cursor([self._text, int(hit.match), hit.id]), hit.match)
            )
        return found

    @property
    def nodes(self) -> list[Entity]:
        """The records of this page."""
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        """Where this page stands."""
        cursors = [edge.cursor for edge in self.edges]
        return page_info(cursors, len(self._hits) > self._first, self._after is not None)

    @property
    def total_count(self) -> int:
        """All records that match; it looks at every one."""
        return sum(1 for _ in self._all(None))

    @cached_property
    def _hits(self) -> list[Hit]:
        return list(islice(self._all(self._place()), self._first + 1))

    def _all(self, place: tuple[int, str] | None) -> Any:
        scope = self._scope
        search = scope.service.search.search
        for hit in search(scope.view, self._text, self._kinds, place, patience=scope.seconds_left):
            self._scope.check()
            yield hit

    def _place(self) -> tuple[int, str] | None:
        if self._after is None:
            return None
        match decode_cursor(self._after):
            case [str(text), int(match), str(identifier)] if text == self._text:
                return match, identifier
        raise InvalidInput("the cursor belongs to another search; begin again without `after`")


Match = strawberry.enum(Matches, name="SearchMatch", description="匹配方式 · How a name matches, the best first")


@strawberry.type(description="搜索结果行 · One record found")
class SearchEdge:
    """What `Found` answers, by the same names."""

    node: Any = strawberry.field(graphql_type=derived("Node"), description="The record")
    cursor: str = strawberry.field(description="Give it as `after` to go on behind this row")
    match: Matches = strawberry.field(graphql_type=Match, description="How its best name matches")


@strawberry.type(description="搜索结果 · A page of records found, best match first, then by id")
class SearchConnection:
    """What `SearchPage` answers, by the same names."""

    edges: list[SearchEdge]
    nodes: list[Any] = strawberry.field(graphql_type=list[derived("Node")], description="The records of this page")  # type: ignore[misc]
    page_info: PageInfo
    total_count: int = strawberry.field(description="All records that match; takes longer than a page")
