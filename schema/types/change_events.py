"""What subscribers are told: one event a record that a load changed, and the fields of `Subscription` that ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.changes import Change, ChangeType
from graph.errors import InvalidIdentifier, InvalidInput, LimitExceeded
from graph.kinds.demand_side import FinancingNeed
from graph.ontology import Ontology
from queries.keyset import MAX_FIRST
from schema.log_cursor import log_cursor
from schema.types.derived import (
    AskedField,
    Types,
    declared_fields,
    derived,
    make_argument,
    make_enum,
    make_field,
    make_object,
)
from schema.types.entity import Entity
from schema.types.incomplete import IncompleteEntity

if TYPE_CHECKING:
    from schema.context import Scope
    from schema.following import Followed, Start

NEED: Final = FinancingNeed.__name__
SUBSCRIPTION: Final = (
    "订阅 · What changes, from a cursor of the log on, in its order: nothing is missed and nothing comes twice. Over a WebSocket "
    "(graphql-transport-ws) or as server-sent events"
)
SINCE: Final = "日志游标 · The `cursor` of an event, or a `logCursor`: what comes after it; left out: from now on"
LOG_CURSOR: Final = "日志游标 · The place in the log behind the last load that this view sees: subscribe `since` it, and nothing is missed"

CHANGE_TYPE: Final = make_enum(
    ChangeType,
    "ChangeType",
    "变化 · What became of a record by a load, on the day on which the load was recorded",
    {member.name: member.value for member in ChangeType},
)


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """One change as it is told, asked of the view that its load makes."""

    scope: Scope
    told: Change

    @property
    def cursor(self) -> str:
        """Its place in the log."""
        return log_cursor(self.scope.service.knowledge.log.log_id, self.told.position)

    @property
    def recorded_at(self) -> datetime:
        """When its load was recorded."""
        return self.told.recorded_at

    @property
    def version(self) -> str:
        """Its load."""
        return str(self.told.seq)

    @property
    def kind(self) -> str:
        """The label by which the enum Kind knows the kind."""
        return self.told.kind

    @property
    def id(self) -> str:
        """The id of the record."""
        return self.told.id

    @property
    def change(self) -> ChangeType:
        """What became of it."""
        return self.told.type

    @property
    def record(self) -> Entity | None:
        """The record, a node or a link; None: it is gone."""
        view, handle = self.scope.view, self.told.handle
        if handle < 0:
            return None
        if view.is_live(handle):
            return Entity(self.scope, handle)
        # A link to nowhere lacks nothing, and is nothing that one could ask of.
        return IncompleteEntity(self.scope, handle) if view.missing_fields(handle) else None

    @property
    def node(self) -> Entity | None:
        """The record, if it is a node."""
        record = self.record
        return None if record is None or record.spec.is_link else record


class FollowField(AskedField):
    """A field of Subscription: where to begin, and which changes to tell."""

    def get_result(self, source: Start, info: Info | None, args: list[Any], kwargs: Mapping[str, Any]) -> Followed:
        """What the arguments ask to follow. Raises InvalidInput for what cannot be meant."""
        since = kwargs.get("since")
        if self.python_name == "need_changed":
            ids = kwargs.get("ids")
            return source.follow(since, frozenset({NEED}), None if ids is None else _need_ids(source.ontology, ids))
        kinds = kwargs.get("kinds")
        if kinds is not None and not kinds:
            raise InvalidInput("kinds is empty; name the kinds to follow, or leave it out for all")
        return source.follow(since, None if kinds is None else frozenset(kind.value for kind in kinds), None)


def _need_ids(ontology: Ontology, ids: list[str]) -> frozenset[str]:
    if not ids:
        raise InvalidInput("ids is empty; name the needs to follow, or leave it out for all")
    if len(ids) > MAX_FIRST:
        raise LimitExceeded(f"ids has {len(ids)} ids; at most {MAX_FIRST} at once: leave it out for all")
    prefix = ontology[NEED].prefix
    for identifier in ids:
        head, _, key = identifier.partition(":")
        if not key:
            raise InvalidIdentifier(f"{identifier[:80]!r} is not an id; the id of a need looks like {prefix}:2026-0001")
        if head != prefix:
            raise InvalidInput(f"{identifier[:80]} is no need; give ids that begin with {prefix}:")
    return frozenset(ids)


def add_change_events(types: Types) -> None:
    """Make the type ChangeEvent."""

    @strawberry.type
    class Fields:
        cursor: str = strawberry.field(description="Give it as `since` to go on behind this event")
        recorded_at: datetime = strawberry.field(description="录入时间 · When the load was recorded that changed it")
        version: str = strawberry.field(description="版本 · Number of that load")
        kind: Any = strawberry.field(graphql_type=derived("Kind"), description="种类 · What the record is")
        id: strawberry.ID = strawberry.field(description="标识 · The record; of a merged one the id that it had")
        change: ChangeType = strawberry.field(description="变化 · What became of it")
        node: Any = strawberry.field(
            graphql_type=derived("Node") | None,
            description="节点 · The record in the view that the load makes, of the day on which it was recorded; of a merged one what it "
            "has become; null: it is gone, or it is a link",
        )
        record: Any = strawberry.field(
            graphql_type=derived("Record") | None, description="记录 · The same, also of a link; null: it is gone"
        )

    event = make_object("ChangeEvent", declared_fields(Fields), "变更事件 · What a load changed of one record")
    types.add("ChangeEvent", event)


def subscription_type(types: Types) -> type[Any]:
    """The type Subscription."""
    since = make_argument("since", "since", StrawberryOptional(str), SINCE)
    ids = make_argument("ids", "ids", StrawberryOptional(StrawberryList(strawberry.ID)), "Which needs; left out: all")
    kinds = make_argument(
        "kinds", "kinds", StrawberryOptional(StrawberryList(types["Kind"])), "Of which kinds; left out: of all"
    )
    needs = _follow_field("need_changed", "needChanged", "融资需求变化 · Financing needs that change")
    needs.arguments = [ids, since]
    facts = _follow_field("facts_changed", "factsChanged", "事实变化 · Records of which something is stated")
    facts.arguments = [kinds, since]
    return make_object("Subscription", [needs, facts], SUBSCRIPTION)


def _follow_field(name: str, graph_name: str, description: str) -> StrawberryField:
    field = make_field(name, graph_name, derived("ChangeEvent"), description, FollowField)
    field.is_subscription = True
    return field
