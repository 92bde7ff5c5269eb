"""The questions: fields of `View`, and of `Query` for the present view. Each is one call and a page of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.errors import LimitExceeded
from graph.fields import camel
from graph.ontology import KindSpec
from graph.ontology import Ontology as Kinds
from queries.keyset import MAX_FIRST
from schema.context import Scope
from schema.nodes import find_node
from schema.types.chains import connections_field
from schema.types.change_events import LOG_CURSOR
from schema.types.connections import RecordConnection, connection_field, page_arguments
from schema.types.derived import AskedField, Types, declared_fields, derived, make_argument, make_field, question
from schema.types.ontology import Ontology
from schema.types.search import SearchPage
from schema.types.source import Source, SourceOverview


class KindField(AskedField):
    """The records of one kind, as a connection."""

    kind: KindSpec

    def get_result(self, source: Scope, info: Info | None, args: list[Any], kwargs: Any) -> RecordConnection:
        """The page that the arguments ask for."""
        return RecordConnection(source, self.kind, source.view.handles(self.kind.name), kwargs)


class SearchField(AskedField):
    """Records by what they are called."""

    def get_result(self, source: Scope, info: Info | None, args: list[Any], kwargs: Mapping[str, Any]) -> SearchPage:
        """The page that the arguments ask for."""
        kinds = kwargs.get("kinds")
        names = None if kinds is None else [kind.value for kind in kinds]
        return SearchPage(source, kwargs["text"], names, kwargs.get("first"), kwargs.get("after"))


@strawberry.type
class Questions:
    """The questions that are the same whatever the ontology."""

    @question(
        graphql_type=derived("Node") | None,
        description="按标识取节点 · The record, or the computed thing (a path, a cell), that an id names; null: there is none in this view",
    )
    def node(self, parent: strawberry.Parent[Scope], id: strawberry.ID) -> Any:
        return find_node(parent, id)

    @question(
        graphql_type=StrawberryList(StrawberryOptional(derived("Node"))),
        description="按标识取多个节点 · The same for many ids, in their order",
    )
    def nodes(self, parent: strawberry.Parent[Scope], ids: list[strawberry.ID]) -> Any:
        if len(ids) > MAX_FIRST:
            raise LimitExceeded(f"ids has {len(ids)} ids; at most {MAX_FIRST} at once")
        return [find_node(parent, id) for id in ids]

    @question(description="本体 · Kinds, relations, techniques, gates, constraint kinds, limits of the service")
    def ontology(self, parent: strawberry.Parent[Scope]) -> Ontology:
        return Ontology.of(parent.view.ontology)

    @question(
        graphql_type=StrawberryList(Source),
        description="来源 · What was loaded, when and how much, how much was rejected, is incomplete or in conflict",
    )
    def sources(self, parent: strawberry.Parent[Scope]) -> Any:
        return [SourceOverview(parent, name) for name in parent.source_health]


@strawberry.type
class Times:
    """What a view says of itself."""

    as_of: date = strawberry.field(description="有效时间 · The day on which the view stands")
    known_at: datetime = strawberry.field(description="已知时间 · Up to when the view knows")
    version: str = strawberry.field(
        description="版本 · Number of the last load seen; of a what-if with, after a +, what tells it from others"
    )
    log_cursor: str = strawberry.field(description=LOG_CURSOR)


def question_fields(types: Types, ontology: Kinds, *more: type[Any]) -> list[StrawberryField]:
    """All questions: the declared ones, a connection a node kind, search, and those that `more` types declare.

    Raises TypeError for a kind that is listed under the name of another question.
    """
    declared: tuple[type[Any], ...] = (Questions, *more)
    fields = [field for cls in declared for field in declared_fields(cls)]
    text = make_argument("text", "text", str)
    kinds = make_argument("kinds", "kinds", StrawberryOptional(StrawberryList(types["Kind"])))
    found = make_field("search", "search", derived("SearchConnection"), SEARCH, SearchField)
    found.arguments = [text, kinds, *page_arguments()]
    fields += [found, connections_field(types)]
    taken = {field.graphql_name or camel(field.python_name) for field in fields} | {
        "asOf",
        "knownAt",
        "logCursor",
        "version",
        "view",
    }
    for kind in ontology.nodes:
        if kind.listing in taken:
            raise TypeError(f"{kind.name} is listed as {kind.listing}, which is another question; declare its listing")
        field = connection_field(types, kind, kind.listing, f"{kind.zh} · All {kind.en} records", KindField)
        assert isinstance(field, KindField)
        field.kind = kind
        fields.append(field)
    return fields


SEARCH = "搜索 · By name, short name, alias, credit code or pinyin (in full or by initials); best first, then by id"
