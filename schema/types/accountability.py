"""What a unit answers for, as the API shows it."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from queries.accountability import Accountability as Found
from queries.accountability import AccountableMeasure as Answered
from queries.accountability import Charge as Charged
from queries.accountability import ChargeBasis, accountability
from queries.financing.terms import Ternary
from queries.keyset import page_size
from queries.policy.charges import Answerable
from queries.policy.named_things import Arrangement as Arranged
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.succession import (
    CommitteeMemberLists,
    MemberList,
    Succession,
    entities,
    members_or_none,
    succession_or_none,
)

code_enum(ChargeBasis)
code_enum(Ternary)


@strawberry.type(description="责任依据 · Why a unit answers for a measure")
class Charge:
    """One reason; a unit can have several."""

    basis: ChargeBasis
    responsibility: Any = strawberry.field(
        graphql_type=derived("Responsibility"), description="The entry of the measure's list: place, wording, span"
    )
    of: Any = strawberry.field(
        graphql_type=derived("ResponsibleUnit"),
        description="The unit meant: itself, or one whose duties it holds today",
    )
    membership: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("MemberOf")),
        description="What puts `of` into the set that the entry names; null: the entry names `of`",
    )
    answers: Ternary = strawberry.field(
        description="Whether the unit asked about answers today; UNKNOWN: a succession is in doubt, or several hold the duties"
    )

    @classmethod
    def made(cls, scope: Scope, one: Charged) -> Charge:
        """The charge as the API shows it."""
        return cls(
            basis=one.basis,
            responsibility=Entity(scope, one.link),
            of=Entity(scope, one.of),
            membership=entity_of(scope, one.member),
            answers=one.answers,
        )


@strawberry.type(description="责任名单条目 · An entry of a measure's list, what a set comes to, who a unit is today")
class AnswerableUnit:
    """In printed order; nobody leads unless `responsibility.printedRole` says so."""

    responsibility: Any = strawberry.field(graphql_type=derived("Responsibility"))
    members: MemberList | None = strawberry.field(description="Of a set; null: it is a unit")
    today: Succession | None = strawberry.field(description="Who holds its duties now; null: it is a set")

    @classmethod
    def of(cls, scope: Scope, one: Answerable) -> AnswerableUnit:
        """The entry as the API shows it."""
        return cls(
            responsibility=Entity(scope, one.link),
            members=members_or_none(scope, one.members),
            today=succession_or_none(scope, one.today),
        )


@strawberry.type(description="目标与观测 · A target of a measure with what was observed of it")
class AccountableTarget:
    """Observations by period, series, id."""

    target: Any = strawberry.field(graphql_type=derived("Target"))
    observations: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Observation")), description="None: nothing that this view knows"
    )


class ArrangementAnswer:
    """An arrangement, as fields of the API."""

    def __init__(self, scope: Scope, one: Arranged) -> None:
        self.scope, self.one = scope, one
        self.thing = Entity(scope, one.named.thing)
        self.mentions = entities(scope, one.named.mentions)
        self.contract_count, self.participant_count = len(one.contracts), len(one.participants)


@strawberry.type(
    description="措施载体 · A fund, pool, product, list, programme … that a measure sets up or uses, and what is recorded under it"
)
class Arrangement:
    """What `ArrangementAnswer` answers, by the same names."""

    thing: Any = strawberry.field(graphql_type=derived("Node"))
    mentions: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Mentions")),
        description="Where the measure names it; none: it counts toward a target of the measure",
    )
    contract_count: int = strawberry.field(description="Contracts that name it")
    participant_count: int = strawberry.field(description="Who is on the list, in the programme, at the event")

    @question(
        graphql_type=StrawberryList(derived("Contract")),
        description="合同 · The first of them by kind, then id; each with its claims",
    )
    def contracts(self, parent: strawberry.Parent[ArrangementAnswer], first: int = 10) -> Any:
        return entities(parent.scope, parent.one.contracts[: page_size(first)])

    @question(graphql_type=StrawberryList(derived("Node")), description="参与方 · The first of them by id")
    def participants(self, parent: strawberry.Parent[ArrangementAnswer], first: int = 10) -> Any:
        return entities(parent.scope, parent.one.participants[: page_size(first)])


@strawberry.type(description="责任措施 · A measure that a unit answers for, and all that shows how far it has come")
class AccountableMeasure:
    """From the measure down to what was observed."""

    measure: Any = strawberry.field(graphql_type=derived("Measure"))
    policy: Any = strawberry.field(graphql_type=derived("Policy"))
    charges: list[Charge] = strawberry.field(description="Named itself before within a set before by succession")
    responsible: list[AnswerableUnit] = strawberry.field(description="The whole list, in printed order")
    targets: list[AccountableTarget] = strawberry.field(description="In printed order")
    arrangements: list[Any] = strawberry.field(
        graphql_type=StrawberryList(Arrangement), description="In the order of the text"
    )
    observations: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Observation")), description="About the measure or one of its arrangements"
    )
    assessments: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Assessment")), description="Of any unit on this measure"
    )

    @classmethod
    def of(cls, scope: Scope, one: Answered) -> AccountableMeasure:
        """The measure as the API shows it."""
        measure = Entity(scope, one.measure)
        return cls(
            measure=measure,
            policy=measure.reference("policy"),
            charges=[Charge.made(scope, charge) for charge in one.charges],
            responsible=[AnswerableUnit.of(scope, entry) for entry in one.responsible],
            targets=[
                AccountableTarget(target=Entity(scope, found.target), observations=entities(scope, found.observations))
                for found in one.targets
            ],
            arrangements=[ArrangementAnswer(scope, found) for found in one.arrangements],
            observations=entities(scope, one.observations),
            assessments=entities(scope, one.assessments),
        )


@strawberry.type(
    description="责任清单 · What a unit answers for: measures of documents in force, duties, committees; no lead is inferred"
)
class Accountability:
    """A unit's whole account."""

    unit: Any = strawberry.field(graphql_type=derived("ResponsibleUnit"))
    today: Succession | None = strawberry.field(description="Who holds its duties now; null: it is a set")
    inherited: list[Succession] = strawberry.field(
        description="Of the units whose duties it holds: where each one's went"
    )
    undated: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("SucceededBy")),
        description="Successions without a day that would bring it more: not applied",
    )
    measures: list[AccountableMeasure] = strawberry.field(
        description="By document, then number; none: no list names it"
    )
    duties: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("HasDuty")), description="Duties given to it, or to a set that lists it"
    )
    committees: list[CommitteeMemberLists] = strawberry.field(
        description="On which a list names it, or one of its posts sits"
    )
    seats: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("MemberOf")), description="Its posts' seats on committees, as printed"
    )
    open_sets: list[MemberList] = strawberry.field(
        description="Sets of the same documents whose members nobody lists in full: whether it belongs is open"
    )

    @classmethod
    def of(cls, scope: Scope, found: Found) -> Accountability:
        """The account as the API shows it."""
        return cls(
            unit=Entity(scope, found.unit),
            today=succession_or_none(scope, found.today),
            inherited=[Succession.of(scope, one) for one in found.inherited],
            undated=entities(scope, found.undated),
            measures=[AccountableMeasure.of(scope, one) for one in found.measures],
            duties=entities(scope, found.duties),
            committees=[CommitteeMemberLists.of(scope, one) for one in found.committees],
            seats=entities(scope, found.seats),
            open_sets=[MemberList.of(scope, one) for one in found.open_sets],
        )


@strawberry.type
class AccountabilityQuestions:
    """The question about a unit."""

    @question(
        description="责任清单 · What a unit answers for: by name, within a set whose members a source lists, or since it holds the "
        "duties of a unit that was named. `unit`: an id, or a name or alias that one unit has"
    )
    def accountability(self, parent: strawberry.Parent[Scope], unit: strawberry.ID) -> Accountability:
        parent.check()
        return Accountability.of(parent, accountability(parent.view, unit))
