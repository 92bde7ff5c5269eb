"""A policy document as the API shows it beyond its record: what it names, its units today, what it leaves open, its versions."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.view import View
from queries.policy.charges import holding_today, members_of
from queries.policy.document_number import require_policy
from queries.policy.named_things import NamedThing as Named
from queries.policy.open_points import OpenPoint as Point
from queries.policy.open_points import open_points
from queries.policy_document import PolicyUnit as Unit
from queries.policy_document import PolicyVersion as Period
from queries.policy_document import policy_committees, policy_names, policy_units, policy_versions
from queries.succession import succession
from schema.context import Scope
from schema.scalars import Json
from schema.types.derived import declared_fields, derived, question
from schema.types.entity import Entity, entity_of
from schema.types.facts import MissingFact
from schema.types.stated import stated_fields
from schema.types.succession import (
    CommitteeMemberLists,
    MemberList,
    Succession,
    entities,
    members_or_none,
    succession_or_none,
)


@strawberry.type(
    description="文中所指 · A thing that a document names: a fund, pool, product, list, programme, region, body or class"
)
class NamedThing:
    """Each thing once, with every place."""

    thing: Any = strawberry.field(graphql_type=derived("Node"))
    mentions: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Mentions")), description="In the order of the text, each with its span"
    )

    @classmethod
    def of(cls, scope: Scope, found: Named) -> NamedThing:
        """The thing as the API shows it."""
        return cls(thing=Entity(scope, found.thing), mentions=entities(scope, found.mentions))


@strawberry.type(description="责任单位 · A unit or set that a document makes answer for measures")
class PolicyUnit:
    """A unit in the document, and who it is today."""

    unit: Any = strawberry.field(graphql_type=derived("ResponsibleUnit"))
    responsibilities: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Responsibility")), description="By measure, as printed"
    )
    members: MemberList | None = strawberry.field(description="Of a set; null: it is a unit")
    today: Succession | None = strawberry.field(description="Who holds its duties now; null: it is a set")

    @classmethod
    def of(cls, scope: Scope, found: Unit) -> PolicyUnit:
        """The unit as the API shows it."""
        return cls(
            unit=Entity(scope, found.unit),
            responsibilities=entities(scope, found.responsibilities),
            members=members_or_none(scope, found.members),
            today=succession_or_none(scope, found.today),
        )


@strawberry.type(
    description="待明确事项的现状 · An open question of a document, and whether somebody has stated it since"
)
class OpenPoint:
    """The question, and what is still missing."""

    question: Any = strawberry.field(graphql_type=derived("OpenQuestion"))
    settled: bool | None = strawberry.field(
        description="True: what it asks for is stated in this view by some source; false: `missing` is not; null: only a reader can tell"
    )
    missing: list[MissingFact]

    @classmethod
    def of(cls, scope: Scope, found: Point) -> OpenPoint:
        """The point as the API shows it."""
        return cls(
            question=Entity(scope, found.question),
            settled=found.settled,
            missing=[MissingFact.of(scope, one) for one in found.missing],
        )


@strawberry.type(description="条文变动 · A part of a document that begins, ends or says something else on a day")
class PartChange:
    """What it said before and after."""

    id: strawberry.ID = strawberry.field(description="Of the part")
    part: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")),
        description="The part as it is in this view; null: it is not in it",
    )
    before: Json | None = strawberry.field(description="The fields that it stated, by name; null: it was not there")
    after: Json | None = strawberry.field(description="The fields that it states; null: it is there no more")


@strawberry.type(description="文件版本 · A period in which a document and all its parts say the same")
class PolicyVersion:
    """From `since` to before `until`."""

    since: date | None = strawberry.field(description="First day; null: not stated")
    until: date | None = strawberry.field(description="First day after it; null: open")
    in_force: bool = strawberry.field(description="On the day of the view")
    changes: list[PartChange] = strawberry.field(description="What differs from the period before; none of the first")

    @classmethod
    def of(cls, scope: Scope, found: Period) -> PolicyVersion:
        """The version as the API shows it."""
        view = scope.view
        return cls(
            since=found.since,
            until=found.until,
            in_force=found.in_force,
            changes=[
                PartChange(
                    id=strawberry.ID(view.id_of(one.part)),
                    part=entity_of(scope, one.part if view.is_live(one.part) else -1),
                    before=None if one.before is None else stated_fields(view.kind_of(one.part), one.before.record),
                    after=None if one.after is None else stated_fields(view.kind_of(one.part), one.after.record),
                )
                for one in found.changes
            ],
        )


@strawberry.type
class _OfPolicy:
    """What a Policy answers beyond its record."""

    @question(description="文中所指 · Everything that the document and its measures name, in the order of the text")
    def names(self, parent: strawberry.Parent[Entity]) -> list[NamedThing]:
        return [NamedThing.of(parent.scope, one) for one in policy_names(*_asked(parent))]

    @question(
        description="责任单位 · The units and sets that answer for its measures, by first entry; who they are today"
    )
    def units(self, parent: strawberry.Parent[Entity]) -> list[PolicyUnit]:
        return [PolicyUnit.of(parent.scope, one) for one in policy_units(*_asked(parent))]

    @question(
        description="成员名单 · The lists of the member units of its committees, as each place of the text prints them"
    )
    def member_lists(self, parent: strawberry.Parent[Entity]) -> list[CommitteeMemberLists]:
        return [CommitteeMemberLists.of(parent.scope, one) for one in policy_committees(*_asked(parent))]

    @question(
        description="待明确事项的现状 · Its open questions in printed order, and which of them somebody has settled since"
    )
    def open_points(self, parent: strawberry.Parent[Entity]) -> list[OpenPoint]:
        return [OpenPoint.of(parent.scope, one) for one in open_points(*_asked(parent))]

    @question(description="历次版本 · The periods in which it and all its parts say the same, earliest first")
    def versions(self, parent: strawberry.Parent[Entity]) -> list[PolicyVersion]:
        return [PolicyVersion.of(parent.scope, one) for one in policy_versions(*_asked(parent))]

    @question(description="现行文件 · The documents that have taken its place by now, or itself")
    def succession(self, parent: strawberry.Parent[Entity]) -> Succession:
        return Succession.of(parent.scope, succession(*_asked(parent)))


@strawberry.type
class _OfResponsibility:
    """What an entry of a measure's list answers beyond its record."""

    @question(description="成员 · Of a set: who belongs to it as far as a source lists it; null: it is a unit")
    def members(self, parent: strawberry.Parent[Entity]) -> MemberList | None:
        return members_or_none(parent.scope, members_of(*_unit(parent)))

    @question(description="现责任单位 · Who holds the unit's duties today; null: it is a set")
    def today(self, parent: strawberry.Parent[Entity]) -> Succession | None:
        return succession_or_none(parent.scope, holding_today(*_unit(parent)))


def _asked(parent: Entity) -> tuple[View, int]:
    parent.scope.check()
    return parent.scope.view, parent.handle


def _unit(parent: Entity) -> tuple[View, int]:
    view, handle = _asked(parent)
    return view, view.ref(handle, "source")


def policy_fields() -> dict[str, list[Any]]:
    """The fields that policies and their responsibilities have beyond the derivation, by kind."""
    return {"Policy": declared_fields(_OfPolicy), "Responsibility": declared_fields(_OfResponsibility)}


@strawberry.type
class PolicyQuestions:
    """The question for a document."""

    @question(
        graphql_type=derived("Policy") | None,
        description="按文号取政策 · The document in force with this number, however its brackets are typed. One that is not in force, or "
        "that does not exist, is an error that says from when to when it is, or which numbers are near",
    )
    def policy(self, parent: strawberry.Parent[Scope], doc_no: str) -> Any:
        return Entity(parent, require_policy(parent.view, doc_no))
