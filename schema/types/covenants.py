"""The covenants of a fund as the API shows them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional

from graph.kinds.policy import CovenantKind, CovenantVariant, MoneyBase
from graph.kinds.terms import Operator
from graph.money import Money as Amount
from queries.financing.terms import Stated
from queries.fund_covenants import fund_covenants
from queries.funds.judging import Covenant as Judged
from queries.funds.measures import CountedInvestment as Counted
from queries.funds.measures import NotApplicable
from queries.ratios import rounded
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.facts import MissingFact
from schema.types.values import Money, decimal_of

for _term in (CovenantKind, CovenantVariant, MoneyBase, Operator, Stated, NotApplicable):
    code_enum(_term)


def _money(minor: Fraction | int | None) -> Any:
    """An amount in whole 分, half to even."""
    return None if minor is None else Amount(round(minor))


@strawberry.type(description="计入投资 · An investment as a covenant counts it")
class CountedInvestment:
    """Its weight, and what gives it."""

    fund: Any = strawberry.field(graphql_type=derived("Fund"), description="The fund that holds it")
    round: Any = strawberry.field(graphql_type=derived("InvestmentRound"))
    enterprise: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Enterprise")))
    amount: Money | None = strawberry.field(description="Null: not stated, or in a currency without a rate")
    weight: Decimal | None = strawberry.field(description="By how much it counts; null: not stated")
    weight_low: Decimal = strawberry.field(description="The least that it can count by, whatever is stated")
    weight_high: Decimal = strawberry.field(description="The most")
    rule: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Rule")),
        description="The coefficient that gives the weight; null: the covenant's own",
    )

    @classmethod
    def of(cls, scope: Scope, one: Counted) -> CountedInvestment:
        """The investment as the API shows it."""
        return cls(
            fund=Entity(scope, one.fund),
            round=Entity(scope, one.round),
            enterprise=entity_of(scope, one.enterprise),
            amount=_money(one.amount),
            weight=decimal_of(one.weight),
            weight_low=rounded(one.low),
            weight_high=rounded(one.high),
            rule=entity_of(scope, one.rule),
        )


@strawberry.type(description="基金约定 · What a covenant of a fund asks, what it measures, whether it is met")
class Covenant:
    """value = numerator / denominator; of IDLE_MONTHS whole months."""

    kind: CovenantKind
    variant: CovenantVariant | None = strawberry.field(description="口径 · Of LEVERAGE and CAPITAL_SHARE")
    base: MoneyBase | None = strawberry.field(description="Of which money it speaks; null: of one only")
    rule: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Rule")), description="In force on the day; null: none is"
    )
    numerator: Money | None = strawberry.field(description="Null: not known exactly")
    denominator: Money | None
    value: Decimal | None = strawberry.field(description="Null: not known exactly")
    value_low: Decimal | None = strawberry.field(
        description="Least value that agrees with what is stated; null: no bound"
    )
    value_high: Decimal | None = strawberry.field(description="The largest; null: no bound")
    operator: Operator | None
    threshold: Decimal | None = strawberry.field(description="What the rule wants; null: no rule, or not stated")
    met: bool | None = strawberry.field(description="Null: NOT_APPLICABLE, or NOT_STATED: what is missing decides")
    stated: Stated
    not_applicable: NotApplicable | None = strawberry.field(description="Why, where it is NOT_APPLICABLE")
    shortfall: Money | None = strawberry.field(
        description="What the numerator lacks, or has too much, at this denominator; 0: met; null: not known, or no money"
    )
    surplus: Money | None = strawberry.field(description="By how much it is met, in the same way")
    distance: Decimal | None = strawberry.field(description="Value and threshold apart; negative: on the wrong side")
    missing: list[MissingFact] = strawberry.field(description="Facts without which it is not known exactly")
    counted: list[CountedInvestment] = strawberry.field(
        description="The investments with their weights, of REINVESTMENT, MAIN_FIELD and EARLY_STAGE"
    )

    @classmethod
    def of(cls, scope: Scope, one: Judged) -> Covenant:
        """The covenant as the API shows it."""
        return cls(
            kind=one.kind,
            variant=one.variant,
            base=one.base,
            rule=entity_of(scope, one.rule),
            numerator=_money(one.measure.numerator),
            denominator=_money(one.measure.denominator),
            value=decimal_of(one.value),
            value_low=decimal_of(one.measure.low),
            value_high=decimal_of(one.measure.high),
            operator=one.operator,
            threshold=decimal_of(one.threshold),
            met=one.met,
            stated=one.stated,
            not_applicable=one.not_applicable,
            shortfall=_money(one.shortfall),
            surplus=_money(one.surplus),
            distance=decimal_of(one.distance),
            missing=[MissingFact.of(scope, fact) for fact in one.missing],
            counted=[CountedInvestment.of(scope, counted) for counted in one.counted],
        )


@strawberry.type
class CovenantQuestions:
    """The question about a fund's covenants."""

    @question(
        description="基金约定 · Leverage, shares of capital, reinvestment, fields, paces, concentration, idle money and exits of a fund "
        "by the rules in force. What no rule speaks of is NOT_APPLICABLE and only shows its figures; `ruledOnly` leaves it out",
    )
    def fund_covenants(
        self, parent: strawberry.Parent[Scope], fund: strawberry.ID, ruled_only: bool = False
    ) -> list[Covenant]:
        parent.check()
        found = fund_covenants(parent.view, fund)
        return [Covenant.of(parent, one) for one in found if one.rule >= 0 or not ruled_only]
