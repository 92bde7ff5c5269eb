"""The fundable amount as the API shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList

from graph.kinds.terms import Technique
from graph.money import CNY
from queries.financing.answers import ConstraintShown
from queries.financing.joint.programme import Solved, SolveMethod
from queries.financing.terms import PathStatus
from queries.fundable_amount import MixItem as Item
from queries.fundable_amount import fundable_amount
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.derived import derived, question
from schema.types.financing import Constraint, PathAnswer
from schema.types.financing_questions import BudgetInput, NeedInput, budget_of, need_of
from schema.types.values import Money, amount_of

code_enum(SolveMethod)


@strawberry.type(description="求解金额 · An amount found by solving, and between what it is proven to lie")
class SolvedAmount:
    """An amount with its method."""

    amount: Money = strawberry.field(description="What can be had: `lower`")
    method: SolveMethod
    lower: Money = strawberry.field(description="A whole solution brings so much")
    upper: Money | None = strawberry.field(
        description="No more than this; null: the search was cut, and nothing known bounds the rest"
    )

    @classmethod
    def of(cls, found: Solved) -> SolvedAmount:
        """The amount as the API shows it."""
        return cls(
            amount=amount_of(found.amount),
            method=found.method,
            lower=amount_of(found.lower),
            upper=amount_of(found.upper),
        )


class ItemAnswer:
    """What a path brings, as fields of the API."""

    def __init__(self, scope: Scope, item: Item) -> None:
        self._scope, self._item = scope, item
        self.amount = amount_of(item.amount)
        self.cost_bps = item.cost

    @property
    def path(self) -> PathAnswer:
        """The path."""
        return PathAnswer(self._scope, self._item.path)


@strawberry.type(description="融资组合项 · What one path brings to the mix")
class MixItem:
    """What `ItemAnswer` answers, by the same names."""

    path: Any = strawberry.field(graphql_type=derived("FinancingPath"))
    amount: Money
    cost_bps: Decimal | None = strawberry.field(
        description="The upper end of its cost, by which costs are compared; null: it has none"
    )


@strawberry.type(
    description="可融资总额 · The largest amount of new money that reaches the beneficiary in all, and its cheapest mix"
)
class FundableAmount:
    """The amount, what brings it and what stops it."""

    amount: Money
    need: Money | None = strawberry.field(
        description="What is asked for; null: unlimited, or in a currency without a rate"
    )
    shortfall: Money | None = strawberry.field(description="What of the need is not met; null: there is no need")
    mix: Any = strawberry.field(graphql_type=StrawberryList(MixItem), description="The cheapest first")
    weighted_cost_bps: Decimal | None = strawberry.field(
        description="Σ cost·amount / Σ amount; null: nothing flows, or a part's cost has no upper end"
    )
    least_cost: bool = strawberry.field(
        description="Whether it is proven that no mix that brings as much is cheaper by 1 分 a year"
    )
    stopped_by: list[Constraint] = strawberry.field(
        description="The limits that stop the money: the minimum cut nearest the source; of an integer programme those of which "
        "more raises the amount or, where that is not known, the full ones that bound it"
    )
    method: SolveMethod
    lower: Money = strawberry.field(description="A whole solution brings so much")
    upper: Money | None = strawberry.field(
        description="No more than this; null: the search was cut, and nothing known bounds the rest"
    )
    amount_is_upper_bound: bool = strawberry.field(description="A factor that nobody states could only lower it")
    not_stated: list[Constraint] = strawberry.field(
        description="Limits that nobody states, where the need is not met: the paths under them bring nothing here, and may "
        "bring something"
    )
    paths_left_out: int = strawberry.field(description="How many paths have no capacity for that reason")
    completeness: Completeness


@strawberry.type
class FundableQuestions:
    """The question how much in all."""

    @question(
        graphql_type=FundableAmount,
        description="可融资总额 · How much new money fits the need in all, over the beneficiary's paths together",
    )
    def fundable_amount(
        self,
        parent: strawberry.Parent[Scope],
        beneficiary: strawberry.ID,
        need: NeedInput | None = None,  # type: ignore[valid-type]
        techniques: list[Technique] | None = None,
        sources: list[strawberry.ID] | None = None,
        status: list[PathStatus] = [PathStatus.EXISTING, PathStatus.AVAILABLE],  # noqa: B006 -- strawberry copies it
        budget: BudgetInput | None = None,  # type: ignore[valid-type]
        include_intra_group: bool = False,
    ) -> Any:
        parent.check()
        found = fundable_amount(
            parent.view,
            beneficiary,
            need=need_of(need),
            techniques=techniques,
            sources=sources,
            status=status,
            budget=budget_of(parent, budget),
            include_intra_group=include_intra_group,
        )

        def limits(shown: tuple[ConstraintShown, ...]) -> list[Constraint]:
            return [Constraint.of(parent, one, CNY) for one in shown]

        return FundableAmount(
            amount=amount_of(found.amount),
            need=amount_of(found.need),
            shortfall=amount_of(found.shortfall),
            mix=[ItemAnswer(parent, item) for item in found.mix],
            weighted_cost_bps=found.weighted_cost,
            least_cost=found.least_cost,
            stopped_by=limits(found.stopped_by),
            method=found.method,
            lower=amount_of(found.lower),
            upper=amount_of(found.upper),
            amount_is_upper_bound=found.is_upper_bound,
            not_stated=limits(found.not_stated),
            paths_left_out=found.paths_left_out,
            completeness=Completeness.of(found.completeness),
        )
