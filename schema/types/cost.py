"""What a financing costs and how long it stays, as the API shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional

from queries.financing.cost import Cost as Priced
from queries.financing.cost import CostKind, SubsidyStatus
from queries.financing.cost import CostPart as Part
from queries.financing.tenor import DayRange as Days
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived
from schema.types.entity import entity_of
from schema.types.facts import MissingFact
from schema.types.values import Money, amount_of

for _term in (CostKind, SubsidyStatus):
    code_enum(_term)


@strawberry.type(
    description="成本构成 · A charge, a subsidy, or a reward to the lender; basis points a year of the net cash received"
)
class CostPart:
    """One part of a cost."""

    kind: CostKind
    payer: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")),
        description="Who pays it; null: not stated, or no party on record",
    )
    borne: bool | None = strawberry.field(description="Whether the beneficiary bears it; null: nobody states who does")
    bps: Decimal | None = strawberry.field(description="Null: a range, or not known")
    low: Decimal | None
    high: Decimal | None
    amount: Money | None = strawberry.field(description="On the path's capacity")
    status: SubsidyStatus | None = strawberry.field(description="Of a subsidy or reward")
    subsidy: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Subsidy")), description="The record of a subsidy or reward"
    )
    missing: list[MissingFact] = strawberry.field(description="Facts without which it is not known exactly")

    @classmethod
    def of(cls, scope: Scope, part: Part, currency: str) -> CostPart:
        """The part as the API shows it."""
        return cls(
            kind=part.kind,
            payer=entity_of(scope, part.payer),
            borne=part.borne,
            bps=part.bps,
            low=part.low,
            high=part.high,
            amount=amount_of(part.amount, currency),
            status=part.status,
            subsidy=entity_of(scope, part.record),
            missing=[MissingFact.of(scope, fact) for fact in part.missing],
        )


@strawberry.type(
    description="综合成本 · All in, simple annual, act/365, in basis points: (interest or discount + every fee and premium that the "
    "beneficiary bears) / net cash received · 365/days. What is not known makes it a range, never zero"
)
class Cost:
    """The cost before subsidy, and after it."""

    annual_bps: Decimal | None = strawberry.field(description="Before subsidy; null: a range, or not known")
    low: Decimal | None = strawberry.field(description="Lower end; null: not known")
    high: Decimal | None = strawberry.field(description="Upper end, by which paths are ranked; null: there is none")
    after_subsidy_bps: Decimal | None = strawberry.field(description="After all subsidies, granted and expected")
    after_subsidy_low: Decimal | None
    after_subsidy_high: Decimal | None
    complete: bool = strawberry.field(description="False: something is not known")
    days: int | None = strawberry.field(description="Term that it is worked out for; null: any, or none is stated")
    parts: list[CostPart] = strawberry.field(description="Charges by kind, then subsidies")
    lender_rewards: list[CostPart] = strawberry.field(
        description="What the lender gets for lending; in no borrower's cost"
    )
    missing: list[MissingFact] = strawberry.field(description="Facts without which it is not known exactly")

    @classmethod
    def of(cls, scope: Scope, cost: Priced, currency: str) -> Cost:
        """The cost as the API shows it."""
        return cls(
            annual_bps=cost.annual_bps,
            low=cost.low,
            high=cost.high,
            after_subsidy_bps=cost.after_subsidy_bps,
            after_subsidy_low=cost.after_subsidy_low,
            after_subsidy_high=cost.after_subsidy_high,
            complete=cost.complete,
            days=cost.days,
            parts=[CostPart.of(scope, part, currency) for part in cost.parts],
            lender_rewards=[CostPart.of(scope, part, currency) for part in cost.rewards],
            missing=[MissingFact.of(scope, fact) for fact in cost.missing],
        )


@strawberry.type(description="期限区间 · Days from the view's day, both ends included")
class DayRange:
    """For how long money stays."""

    low: int
    high: int | None = strawberry.field(description="Null: no end is stated")
    roll_every: int | None = strawberry.field(
        description="Under a revolving limit: days after which a drawing is repaid and drawn anew"
    )

    @classmethod
    def of(cls, days: Days | None) -> DayRange | None:
        """The days as the API shows them."""
        return None if days is None else cls(low=days.low, high=days.high, roll_every=days.roll_every)
