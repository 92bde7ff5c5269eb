"""The deals that restore a fund's covenants, as the API shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry

from graph.money import Money as Amount
from queries.portfolio import Portfolio, PortfolioDeal, portfolio
from queries.ratios import rounded
from queries.targets.unmendable import Unmendable
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.covenants import Covenant
from schema.types.derived import derived, question
from schema.types.entity import Entity
from schema.types.targets import TargetAnswer, TargetFields, TargetWeightsInput, target_weights
from schema.types.values import Money, MoneyInput, amount_of, money_of

code_enum(Unmendable)


@strawberry.type(description="修复 · By how much a deal moves the margin of a covenant, in 元, negative ones too")
class Mended:
    """Of one covenant."""

    rule: Any = strawberry.field(graphql_type=derived("Rule"))
    amount: Decimal = strawberry.field(description="At least, in 元, half-even to 6 places")


@strawberry.type(description="交易无法修复的约定 · A covenant that is not met and that no deal is known to mend")
class BeyondDeals:
    """One of them, and why."""

    covenant: Covenant
    reason: Unmendable


class DealAnswer:
    """A deal, as fields of the API."""

    def __init__(self, scope: Scope, deal: PortfolioDeal) -> None:
        self.target = TargetAnswer(scope, deal.target)
        self.amount = Amount(deal.amount)
        self.mends = [Mended(rule=Entity(scope, rule), amount=rounded(moved / 100)) for rule, moved in deal.mends]


@strawberry.type(name="PortfolioDeal", description="组合项目 · So much money into a target")
class DealFields:
    """What `DealAnswer` answers, by the same names."""

    target: TargetFields
    amount: Money
    mends: list[Mended]


class PortfolioAnswer:
    """A portfolio, as fields of the API."""

    def __init__(self, scope: Scope, found: Portfolio) -> None:
        self.deals = [DealAnswer(scope, deal) for deal in found.deals]
        self.total = Amount(found.total)
        self.spendable = Amount(found.spendable)
        self.restored, self.exact = found.restored, found.exact
        self.needed, self.needed_at_least = amount_of(found.needed), amount_of(found.needed_at_least)
        self.candidate_count, self.considered_count = found.candidates, found.considered
        self.before = [Covenant.of(scope, one) for one in found.before]
        self.after = [Covenant.of(scope, one) for one in found.after]
        self.unweighed = [Covenant.of(scope, one) for one in found.unweighed]
        self.beyond = [BeyondDeals(covenant=Covenant.of(scope, one), reason=why) for one, why in found.beyond]
        self.undecided = [Covenant.of(scope, one) for one in found.undecided]


@strawberry.type(
    name="Portfolio",
    description="投资组合 · The deals that restore all covenants of a fund with the least money, then the fewest deals",
)
class PortfolioFields:
    """What `PortfolioAnswer` answers, by the same names."""

    deals: list[DealFields] = strawberry.field(description="None: nothing is broken, or nothing within reach mends it")
    total: Money
    spendable: Money = strawberry.field(description="The budget, or what the fund has for new deals where that is less")
    restored: bool = strawberry.field(description="After the deals no covenant is known not to be met")
    exact: bool = strawberry.field(
        description="Of what deals can mend, no less money and no fewer deals mend all; without deals: none do. False: not proven"
    )
    needed: Money | None = strawberry.field(
        description="The least money that would mend it if neither budget nor the fund's money bound; null: none, or not proven"
    )
    needed_at_least: Money | None = strawberry.field(
        description="What deals that mend it cost at least, as far as it is proven; null: none do, or nothing is known"
    )
    candidate_count: int = strawberry.field(description="Firms that fit, have no conflict, and can be given a ticket")
    considered_count: int = strawberry.field(description="Those of them that were weighed against each other")
    before: list[Covenant] = strawberry.field(description="The covenants that rules speak of, as they are")
    after: list[Covenant] = strawberry.field(description="The same after the deals")
    unweighed: list[Covenant] = strawberry.field(
        description="Those that bound concentration from below, by which no deal is weighed: where one is not met after the deals,"
        " nothing is exact"
    )
    beyond: list[BeyondDeals] = strawberry.field(description="Those not met that no deal is known to mend, and why")
    undecided: list[Covenant] = strawberry.field(description="Those of which facts are missing")


@strawberry.type
class PortfolioQuestions:
    """The question which deals restore the covenants of a fund."""

    @question(
        graphql_type=PortfolioFields,
        description="投资组合 · Targets that restore all covenants with the least money, then the fewest deals",
    )
    def portfolio(
        self,
        parent: strawberry.Parent[Scope],
        fund: strawberry.ID,
        budget: MoneyInput,  # type: ignore[valid-type]
        weights: TargetWeightsInput | None = None,  # type: ignore[valid-type]
    ) -> Any:
        parent.check()
        money = money_of(budget, "budget")
        return PortfolioAnswer(parent, portfolio(parent.view, fund, money, weights=target_weights(weights)))
