"""Relay connections: over records, pages by keys, counted without loading a row; over computed lists, pages of one version of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField

from graph.errors import InvalidInput
from graph.fields import camel
from graph.ontology import KindSpec
from graph.snapshot_columns import Ints
from queries.keyset import DEFAULT_FIRST, Ordering, Page, Rows, decode_cursor, encode_cursor
from queries.selection import Condition, matching
from schema.types.derived import Types, derived, make_argument, make_field, make_object
from schema.types.entity import Entity
from schema.types.filters import filter_type, order_type

if TYPE_CHECKING:
    from schema.context import Scope

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)


@strawberry.type(description="分页信息 · Where a page stands in its list (Relay)")
class PageInfo:
    """As the Relay specification has it."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of a page."""

    node: Any
    cursor: str


class RecordConnection:
    """A page of records of one kind that meet a condition, in an order; rows are read when they are asked for."""

    def __init__(self, scope: Scope, kind: KindSpec, handles: Ints, arguments: Mapping[str, Any]) -> None:
        scope.check()
        condition: Condition | None = arguments.get("filter")
        if condition:
            handles = handles[matching(scope.view, kind.name, handles, condition)]
        self._scope = scope
        self._rows = Rows(scope.view, kind, handles, orderings(arguments.get("order_by")))
        self._first: int | None = arguments.get("first")
        self._after: str | None = arguments.get("after")

    @property
    def total_count(self) -> int:
        """Rows of the whole list."""
        return self._rows.total

    @cached_property
    def edges(self) -> list[Edge]:
        """The rows of this page with their cursors."""
        return [Edge(node, cursor) for node, cursor in zip(self.nodes, self._page.cursors, strict=True)]

    @cached_property
    def nodes(self) -> list[Entity]:
        """The rows of this page."""
        return [Entity(self._scope, handle) for handle in self._page.handles.tolist()]

    @property
    def page_info(self) -> PageInfo:
        """Where this page stands."""
        return page_info(self._page.cursors, self._page.has_next, self._page.has_previous)

    @cached_property
    def _page(self) -> Page:
        return self._rows.page(self._first, self._after)


@dataclass(frozen=True)
class ComputedPage(Generic[Row]):
    """A page of a computed list. Its cursors hold on to the version of the view that the first page was asked of.

    `listed` are the words by which cursors name the list; `shown` gives what tells a row from others, and the row as the API shows it.
    """

    scope: Scope
    listed: tuple[str, ...]
    rows: Sequence[Row]
    total_count: int | None
    has_next: bool
    has_previous: bool
    shown: Callable[[Row], tuple[str, Any]]

    @classmethod
    def of(
        cls,
        scope: Scope,
        listed: tuple[str, ...],
        found: ComputedList[Row],
        first: int,
        after: str | None,
        shown: Callable[[Row], tuple[str, Any]],
    ) -> ComputedPage[Row]:
        """The first `first` rows of a list after the one with this id."""
        start = 0 if after is None else found.place_after(after)
        rows = found.page(first, after)
        return cls(scope, listed, rows, found.total, start + len(rows) < found.total, start > 0, shown)

    @cached_property
    def edges(self) -> list[Edge]:
        """The rows with their cursors."""
        words = [*self.scope.mark, *self.listed]
        return [Edge(node, encode_cursor([*words, place])) for place, node in map(self.shown, self.rows)]

    @property
    def nodes(self) -> list[Any]:
        """The rows."""
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        """Where the page stands."""
        return page_info([edge.cursor for edge in self.edges], self.has_next, self.has_previous)


class ComputedList(Protocol[Row_co]):
    """An answer whose rows have places, told apart by the ids of what they are about."""

    @property
    def total(self) -> int: ...

    def place_after(self, identifier: str, /) -> int: ...

    def page(self, first: int, after: str | None, /) -> Sequence[Row_co]: ...


def resumed(scope: Scope, after: str | None, *listed: str) -> tuple[Scope, str | None]:
    """The scope of a computed list, and what tells the row after which the page begins; None: it begins with the first.

    Raises InvalidInput for a cursor of another list.
    """
    if after is None:
        return scope, None
    match decode_cursor(after):
        case [int(seq), str(day), *words, str(place)] if words == [*listed]:
            return scope.held([seq, day]), place
    raise InvalidInput("the cursor belongs to another list; begin again without `after`")


def page_info(cursors: Sequence[str], has_next: bool, has_previous: bool) -> PageInfo:
    """Where a page with these cursors stands."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def orderings(order_by: Sequence[Mapping[str, Any]] | None) -> tuple[Ordering, ...]:
    """The order that `orderBy` states; empty: by id."""
    return tuple(Ordering(by["field"].value, by["direction"].name == "DESC") for by in order_by or ())


def add_connection(types: Types, name: str, node: Any, description: str) -> None:
    """Make the connection and edge types over `node`."""
    edge = make_object(
        f"{name}Edge",
        [
            make_field("node", "node", node, "The row"),
            make_field("cursor", "cursor", str, "Give it as `after` to go on behind this row"),
        ],
        f"One row of a page of {description}",
    )
    types.add(f"{name}Edge", edge)
    fields = [
        make_field("edges", "edges", StrawberryList(edge), "The rows of this page with their cursors"),
        make_field("nodes", "nodes", StrawberryList(node), "The rows of this page"),
        make_field("page_info", "pageInfo", PageInfo, "Where this page stands"),
        make_field("total_count", "totalCount", int, "Rows of the whole list, all pages together"),
    ]
    types.add(f"{name}Connection", make_object(f"{name}Connection", fields, f"A page of {description}"))


def page_arguments() -> list[StrawberryArgument]:
    """The arguments `first` and `after` of a connection."""
    return [
        make_argument("first", "first", StrawberryOptional(int), default=DEFAULT_FIRST),
        make_argument("after", "after", StrawberryOptional(str)),
    ]


def page_field(name: str, kind: str, description: str, base: type[StrawberryField]) -> StrawberryField:
    """A field that answers a connection over a kind in an order of its own, with first and after."""
    field = make_field(name, camel(name), derived(f"{kind}Connection"), description, base)
    field.arguments = page_arguments()
    return field


def connection_field(
    types: Types, kind: KindSpec, name: str, description: str, base: type[StrawberryField]
) -> StrawberryField:
    """A field that answers a connection over a kind, with filter, orderBy, first and after."""
    field = make_field(name, name, derived(f"{kind.name}Connection"), description, base)
    field.arguments = [
        make_argument("filter", "filter", filter_type(types, kind)),
        make_argument("order_by", "orderBy", order_type(types, kind)),
        *page_arguments(),
    ]
    return field
