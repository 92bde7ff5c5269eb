"""Who holds a body's duties today, and who belongs to a set of units, as the API shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList

from queries.policy.member_lists import CommitteeLists as Lists
from queries.policy.member_lists import MemberList as Members
from queries.policy.units import require_unit
from queries.succession import Doubt, succession
from queries.succession import Succession as Passed
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity
from schema.types.values import Span

code_enum(Doubt)


def entities(scope: Scope, handles: tuple[int, ...]) -> list[Entity]:
    """The records with these handles."""
    return [Entity(scope, one) for one in handles]


@strawberry.type(description="职责承接 · Who holds a body's duties, or a part of them, today")
class SuccessionHolder:
    """A body, since when, and by which successions."""

    unit: Any = strawberry.field(graphql_type=derived("Node"))
    since: date | None = strawberry.field(description="Null: it always had them")
    through: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("SucceededBy")),
        description="The successions by which they came, the first one first; each has its claims",
    )


@strawberry.type(description="继任疑点 · Why it is not certain who holds the duties")
class SuccessionDoubt:
    """What is in doubt, and what makes it so."""

    kind: Doubt
    links: list[Any] = strawberry.field(graphql_type=StrawberryList(derived("SucceededBy")))


@strawberry.type(
    description="继任 · Where the duties of a body went, by the successions on record that are in force on the day of the view. "
    "One without a day is in doubt and never applied"
)
class Succession:
    """What `Succession` of the question answers, by the same names."""

    unit: Any = strawberry.field(graphql_type=derived("Node"), description="The body that had the duties")
    holders: list[SuccessionHolder] = strawberry.field(
        description="By id; itself where nothing passed on; several: which part is whose is not on record"
    )
    is_certain: bool = strawberry.field(description="Nothing is in doubt")
    is_split: bool = strawberry.field(description="Several hold them")
    applied: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("SucceededBy")), description="Successions that count today, by day"
    )
    announced: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("SucceededBy")), description="Successions of a later day"
    )
    doubts: list[SuccessionDoubt]

    @classmethod
    def of(cls, scope: Scope, found: Passed) -> Succession:
        """The succession as the API shows it."""
        return cls(
            unit=Entity(scope, found.unit),
            holders=[
                SuccessionHolder(unit=Entity(scope, one.unit), since=one.since, through=entities(scope, one.through))
                for one in found.holders
            ],
            is_certain=found.is_certain,
            is_split=found.is_split,
            applied=entities(scope, found.applied),
            announced=entities(scope, found.announced),
            doubts=[SuccessionDoubt(kind=one.kind, links=entities(scope, one.links)) for one in found.doubts],
        )


@strawberry.type(description="名单成员 · A unit as a list of a set names it")
class ListedMember:
    """A member, with its place on the list."""

    unit: Any = strawberry.field(graphql_type=derived("ResponsibleUnit"))
    list_order: int | None = strawberry.field(description="顺序 · Place on the list, from 1")
    printed: str | None = strawberry.field(description="原文 · As printed")
    span: Span | None = strawberry.field(description="原文位置")
    membership: Any = strawberry.field(graphql_type=derived("MemberOf"), description="The link, with its claims")


@strawberry.type(description="成员名单 · Who belongs to a set of units, as far as a source lists it")
class MemberList:
    """Members in printed order."""

    unit_set: Any = strawberry.field(graphql_type=derived("UnitSet"))
    is_resolved: bool = strawberry.field(
        description="The source says that these are all; false: others may belong, and nobody is guessed"
    )
    members: list[ListedMember]

    @classmethod
    def of(cls, scope: Scope, found: Members) -> MemberList:
        """The list as the API shows it."""
        members = []
        for member in found.members:
            link = Entity(scope, member.link)
            record: Any = link.record
            members.append(
                ListedMember(
                    unit=Entity(scope, member.unit),
                    list_order=record.list_order,
                    printed=record.printed,
                    span=record.span,
                    membership=link,
                )
            )
        return cls(unit_set=Entity(scope, found.unit_set), is_resolved=found.is_resolved, members=members)


@strawberry.type(
    description="领导小组成员名单 · The lists of a committee's member units, each as it stands; two that differ are both kept"
)
class CommitteeMemberLists:
    """The lists, and in what they differ."""

    committee: Any = strawberry.field(graphql_type=derived("Committee"))
    lists: list[MemberList] = strawberry.field(description="In printed order; none: its document lists none")
    only_in: list[list[Any]] = strawberry.field(
        graphql_type=StrawberryList(StrawberryList(derived("ResponsibleUnit"))),
        description="Of each list, in the same order, the units that no other list of the committee names",
    )

    @classmethod
    def of(cls, scope: Scope, found: Lists) -> CommitteeMemberLists:
        """The lists as the API shows them."""
        return cls(
            committee=Entity(scope, found.committee),
            lists=[MemberList.of(scope, one) for one in found.lists],
            only_in=[entities(scope, one) for one in found.only_in],
        )


def members_or_none(scope: Scope, found: Members | None) -> MemberList | None:
    """The members of a set; None of a unit."""
    return None if found is None else MemberList.of(scope, found)


def succession_or_none(scope: Scope, found: Passed | None) -> Succession | None:
    """Who holds a unit's duties; None of a set."""
    return None if found is None else Succession.of(scope, found)


@strawberry.type
class SuccessionQuestions:
    """The question about succession."""

    @question(
        description="职责现由谁承担 · Who holds today the duties that a unit once had: chains and splits of reforms on record, "
        "announced ones, and what is in doubt. `unit`: an id, or a name or alias that one unit has"
    )
    def succession(self, parent: strawberry.Parent[Scope], unit: strawberry.ID) -> Succession:
        parent.check()
        return Succession.of(parent, succession(parent.view, require_unit(parent.view, unit)))
