"""Matchmaking events with what followed, and enterprises whose loans fall due, as the API shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.errors import InvalidInput, LimitExceeded
from graph.kinds.demand_side import NeedStatus
from queries.consultations import WITHIN_DAYS as DUE_WITHIN
from queries.consultations import Consultation as Due
from queries.consultations import MaturingLoan as Maturing
from queries.consultations import consultations
from queries.keyset import MAX_FIRST
from queries.matchmaking import WITHIN_DAYS, matchmaking
from queries.matchmaking import FollowingMove as Moved
from queries.matchmaking import FollowUp as Followed
from queries.matchmaking import Matchmaking as Event
from queries.matchmaking import Presentation as Shown
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.facts import MissingFact
from schema.types.values import Money, amount_of

code_enum(NeedStatus)
SHOWN = 50


@strawberry.type(description="后续合同 · A contract that came about within the days: a fact of time, not of cause")
class FollowUp:
    """A contract of who presented."""

    contract: Any = strawberry.field(graphql_type=derived("Contract"))
    on: date
    days: int = strawberry.field(description="After the event; 0: the same day")
    funders: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Party")), description="Who brings the money"
    )
    attended: bool = strawberry.field(description="One of them was there; of a branch its bank")
    fulfils: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("FinancingNeed")), description="The need presented that it answers"
    )

    @classmethod
    def of(cls, scope: Scope, one: Followed) -> FollowUp:
        """The contract as the API shows it."""
        return cls(
            contract=Entity(scope, one.contract),
            on=one.on,
            days=one.days,
            funders=[Entity(scope, funder) for funder in one.funders],
            attended=one.attended,
            fulfils=entity_of(scope, one.fulfils),
        )


@strawberry.type(description="后续进展 · A need that was presented came into a state within the days")
class FollowingMove:
    """A move."""

    need: Any = strawberry.field(graphql_type=derived("FinancingNeed"))
    status: NeedStatus
    on: date
    days: int

    @classmethod
    def of(cls, scope: Scope, one: Moved) -> FollowingMove:
        """The move as the API shows it."""
        return cls(need=Entity(scope, one.need), status=one.status, on=one.on, days=one.days)


@strawberry.type(description="推介 · Who presented what, and what followed")
class Presentation:
    """A presentation."""

    presenter: Any = strawberry.field(graphql_type=derived("Party"))
    subject: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")), description="A need, project or product; null: itself"
    )
    followed: list[FollowUp] = strawberry.field(description="Contracts that bring it money, the earliest first")
    moves: list[FollowingMove] = strawberry.field(
        description="Of the need presented, else of its needs; the earliest first"
    )
    undated: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Contract")),
        description="Its contracts of which no day is stated: whether they followed is not known",
    )

    @classmethod
    def of(cls, scope: Scope, one: Shown) -> Presentation:
        """The presentation as the API shows it."""
        return cls(
            presenter=entity_of(scope, one.presenter),
            subject=entity_of(scope, one.subject),
            followed=[FollowUp.of(scope, contract) for contract in one.followed],
            moves=[FollowingMove.of(scope, move) for move in one.moves],
            undated=[Entity(scope, contract) for contract in one.undated],
        )


@strawberry.type(description="对接活动 · An event, who presented and who came, and what followed within so many days")
class Matchmaking:
    """An event."""

    event: Any = strawberry.field(graphql_type=derived("Event"))
    held_on: date | None
    until: date | None = strawberry.field(description="The last day that counts; null: the event's is not stated")
    is_over: bool = strawberry.field(description="That day has passed")
    attended: list[Any] = strawberry.field(graphql_type=StrawberryList(derived("Party")))
    presentations: list[Presentation]
    contracts: int = strawberry.field(description="Contracts that followed, each once")
    missing: list[MissingFact]

    @classmethod
    def of(cls, scope: Scope, found: Event) -> Matchmaking:
        """The event as the API shows it."""
        return cls(
            event=Entity(scope, found.event),
            held_on=found.held_on,
            until=found.until,
            is_over=found.is_over,
            attended=[Entity(scope, one) for one in found.attended],
            presentations=[Presentation.of(scope, one) for one in found.presentations],
            contracts=found.contracts,
            missing=[MissingFact.of(scope, one) for one in found.missing],
        )


@strawberry.type(description="到期贷款 · A loan that falls due, or is overdue")
class MaturingLoan:
    """A loan."""

    loan: Any = strawberry.field(graphql_type=derived("Loan"))
    due_on: date
    days: int = strawberry.field(description="From the view's day; below 0: overdue")
    amount: Money | None = strawberry.field(
        description="Outstanding, else the principal, in CNY; null: not stated, or no rate"
    )
    renewal: bool | None = strawberry.field(
        description="续贷承诺 · The lender has committed to lend again; null: not stated"
    )

    @classmethod
    def of(cls, scope: Scope, one: Maturing) -> MaturingLoan:
        """The loan as the API shows it."""
        return cls(
            loan=Entity(scope, one.loan),
            due_on=one.due_on,
            days=one.days,
            amount=amount_of(one.amount),
            renewal=one.renewal,
        )


@strawberry.type(description="应急会商 · An enterprise with loans that fall due soon, and the cases open about it")
class Consultation:
    """An enterprise."""

    enterprise: Any = strawberry.field(graphql_type=derived("Enterprise"))
    loans: list[MaturingLoan] = strawberry.field(description="The earliest first")
    amount: Money | None = strawberry.field(description="What falls due; null: that of a loan is not known")
    known: Money = strawberry.field(description="What of it is stated")
    cases: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Case")), description="Open; empty: none is"
    )
    concerned: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Loan")), description="Of its loans those that a case names"
    )
    refinancing: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("FinancingNeed")), description="Its open needs that ask for REFINANCE"
    )
    missing: list[MissingFact]

    @classmethod
    def of(cls, scope: Scope, one: Due) -> Consultation:
        """The enterprise as the API shows it."""
        return cls(
            enterprise=Entity(scope, one.enterprise),
            loans=[MaturingLoan.of(scope, loan) for loan in one.loans],
            amount=amount_of(one.amount),
            known=amount_of(one.known),
            cases=[Entity(scope, case) for case in one.cases],
            concerned=[Entity(scope, loan) for loan in one.concerned],
            refinancing=[Entity(scope, need) for need in one.refinancing],
            missing=[MissingFact.of(scope, fact) for fact in one.missing],
        )


@strawberry.type(description="应急会商名单 · Enterprises with loans that fall due soon")
class Consultations:
    """The list."""

    enterprises: list[Consultation] = strawberry.field(description="The first of them, the earliest due first")
    total_count: int
    without_case: int = strawberry.field(description="Those about which no case is open")


@strawberry.type
class MatchmakingQuestions:
    """The questions about events and consultations."""

    @question(
        description="对接成效 · Who presented what at an event, who came, which contracts and moves followed within so many days",
    )
    def matchmaking(
        self, parent: strawberry.Parent[Scope], event: strawberry.ID, within_days: int = WITHIN_DAYS
    ) -> Matchmaking:
        parent.check()
        return Matchmaking.of(parent, matchmaking(parent.view, event, within_days=within_days))

    @question(
        description="应急会商 · Enterprises whose loans fall due within so many days or are overdue, and whether a case is open about "
        "them. `withoutCase`: only those about which none is",
    )
    def consultations(
        self,
        parent: strawberry.Parent[Scope],
        within_days: int = DUE_WITHIN,
        without_case: bool = False,
        first: int = SHOWN,
    ) -> Consultations:
        parent.check()
        if first < 0:
            raise InvalidInput(f"first is {first}; give 0 to {MAX_FIRST}")
        if first > MAX_FIRST:
            raise LimitExceeded(f"first is {first}; at most {MAX_FIRST} enterprises")
        found = consultations(parent.view, within_days=within_days)
        bare = [one for one in found if not one.cases]
        shown = bare if without_case else found
        return Consultations(
            enterprises=[Consultation.of(parent, one) for one in shown[:first]],
            total_count=len(shown),
            without_case=len(bare),
        )
