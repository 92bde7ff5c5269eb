"""A fund's tree, and the totals of a city's funds, as the API shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.money import Money as Amount
from queries.fund_totals import FundTotals as Totals
from queries.fund_totals import fund_totals
from queries.fund_tree import FundTree as Tree
from queries.fund_tree import HeldFirm, TreeFund, fund_tree
from queries.funds.holdings import Holding
from schema.context import Scope
from schema.types.coverage_cells import FundSupply, SupplyAnswer
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.values import Money, amount_of, decimal_of


@strawberry.type(description="持有 · What a fund has in another fund")
class FundHolding:
    """A commitment or a parent."""

    holder: Any = strawberry.field(graphql_type=derived("Fund"))
    fund: Any = strawberry.field(graphql_type=derived("Fund"))
    committed: Money | None = strawberry.field(description="Null: not stated, or no commitment is recorded")
    paid_in: Money | None = strawberry.field(description="Null: not stated")
    share: Decimal | None = strawberry.field(
        description="Of all that is committed to the fund, in default or not; null: not stated [0–1]"
    )
    is_parent: bool = strawberry.field(description="The fund's record names the holder as what it is a sub-fund of")

    @classmethod
    def of(cls, scope: Scope, held: Holding) -> FundHolding:
        """The holding as the API shows it."""
        return cls(
            holder=Entity(scope, held.holder),
            fund=Entity(scope, held.fund),
            committed=amount_of(held.committed),
            paid_in=amount_of(held.paid_in),
            share=decimal_of(held.share),
            is_parent=held.is_parent,
        )


@strawberry.type(description="持股企业 · What a fund, or all funds of a tree, hold in a firm")
class FundCompany:
    """Each part of a round once, at the fund that holds it."""

    enterprise: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Enterprise")), description="Null: not in the view"
    )
    invested: Money = strawberry.field(description="已投资金 · At cost")
    attributed: Money | None = strawberry.field(
        description="穿透金额 · The root's part, looked through; null: a share or an amount is not stated"
    )
    look_through_share: Decimal | None = strawberry.field(
        description="穿透比例 · attributed over invested; null: not stated, or nothing is invested [0–1]"
    )
    uncounted: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("InvestmentRound")),
        description="Rounds in no sum: without an amount, or in a currency without a rate",
    )

    @classmethod
    def of(cls, scope: Scope, held: HeldFirm) -> FundCompany:
        """The firm as the API shows it."""
        return cls(
            enterprise=entity_of(scope, held.enterprise),
            invested=amount_of(held.invested),
            attributed=amount_of(held.attributed),
            look_through_share=decimal_of(held.share),
            uncounted=[Entity(scope, one) for one in held.uncounted],
        )


class TreeFundAnswer:
    """A fund of a tree, as fields of the API."""

    def __init__(self, scope: Scope, tree: Tree, one: TreeFund) -> None:
        self.scope, self.tree, self.one = scope, tree, one
        self.fund = Entity(scope, one.fund)
        self.depth = one.depth
        self.look_through_share = decimal_of(one.share)
        self.supply = SupplyAnswer(scope, one.supply)
        self.committed, self.paid_in, self.invested = self.supply.committed, self.supply.paid_in, self.supply.invested
        self.attributed = amount_of(one.attributed)

    @property
    def held_by(self) -> list[FundHolding]:
        """What funds of the tree have in it."""
        return [FundHolding.of(self.scope, held) for held in self.one.held_by]

    @property
    def sub_funds(self) -> list[TreeFundAnswer]:
        """The funds that it holds, by id."""
        return [TreeFundAnswer(self.scope, self.tree, self.tree.fund(fund)) for fund in self.one.sub_funds]

    @property
    def companies(self) -> list[FundCompany]:
        """The firms that it has invested in itself."""
        return [FundCompany.of(self.scope, firm) for firm in self.one.firms]


@strawberry.type(description="基金树节点 · A fund of a tree, with what it holds itself")
class FundTreeNode:
    """What `TreeFundAnswer` answers, by the same names."""

    fund: Any = strawberry.field(graphql_type=derived("Fund"))
    depth: int = strawberry.field(description="Steps from the root, the fewest")
    look_through_share: Decimal | None = strawberry.field(
        description="穿透比例 · How much of it is the root's, over all ways; null: not stated [0–1]"
    )
    committed: Money | None = strawberry.field(description="Committed by investors in good standing; null: not stated")
    paid_in: Money | None = strawberry.field(description="Null: not stated")
    invested: Money = strawberry.field(description="In firms, at cost, by itself")
    attributed: Money | None = strawberry.field(description="The root's part of it; null: not stated")
    supply: FundSupply = strawberry.field(description="What it can still give; negative: it has promised or spent more")
    held_by: list[FundHolding] = strawberry.field(description="What funds of the tree have in it; none of the root")
    sub_funds: list[FundTreeNode] = strawberry.field(
        description="A fund that is held in several ways stands under each holder; sums count it once"
    )
    companies: list[FundCompany] = strawberry.field(description="Its own investments, by id")


class TreeAnswer:
    """A fund's tree, as fields of the API."""

    def __init__(self, scope: Scope, tree: Tree) -> None:
        self.scope, self.tree = scope, tree
        self.root = TreeFundAnswer(scope, tree, tree.root)
        self.invested = Amount(tree.invested)
        self.attributed = amount_of(tree.attributed)

    @property
    def funds(self) -> list[TreeFundAnswer]:
        """Every fund once."""
        return [TreeFundAnswer(self.scope, self.tree, one) for one in self.tree.funds]

    @property
    def companies(self) -> list[FundCompany]:
        """Every firm once."""
        return [FundCompany.of(self.scope, firm) for firm in self.tree.firms]

    @property
    def doubts(self) -> list[Entity]:
        """Rounds that may count twice."""
        return [Entity(self.scope, one) for one in self.tree.doubts]


@strawberry.type(
    description="基金树 · A fund, its sub-funds and their firms; each investment once, at the fund that holds it"
)
class FundTree:
    """What `TreeAnswer` answers, by the same names."""

    root: FundTreeNode
    funds: list[FundTreeNode] = strawberry.field(description="Every fund once, by depth and id, the root first")
    companies: list[FundCompany] = strawberry.field(description="Every firm once, over all funds of the tree, by id")
    invested: Money = strawberry.field(description="What the funds of the tree hold in firms, each investment once")
    attributed: Money | None = strawberry.field(
        description="The root's part, each fund's in a firm rounded down; null: some part is not stated"
    )
    doubts: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("InvestmentRound")),
        description="Rounds in which a fund and one that holds it both have a part, without a total that tells "
        "whether one is counted twice",
    )


class TotalsAnswer:
    """Totals over funds, as fields of the API."""

    def __init__(self, scope: Scope, totals: Totals) -> None:
        self.scope, self.totals = scope, totals
        self.committed, self.committed_between = Amount(totals.committed), Amount(totals.committed_between)
        self.paid_in, self.paid_in_between = Amount(totals.paid_in), Amount(totals.paid_in_between)
        self.invested = Amount(totals.invested)
        self.companies = totals.firms

    @property
    def holders(self) -> list[SupplyAnswer]:
        """Each fund's own supply."""
        return [SupplyAnswer(self.scope, supply) for supply in self.totals.holders]

    @property
    def uncounted(self) -> list[Entity]:
        """What is in no sum."""
        return [Entity(self.scope, one) for one in self.totals.uncounted]


@strawberry.type(description="基金汇总 · Sums over funds; how they hold each other changes none")
class FundTotals:
    """What `TotalsAnswer` answers, by the same names."""

    committed: Money = strawberry.field(description="By investors in good standing that are none of these funds")
    committed_between: Money = strawberry.field(description="By one of these funds to another")
    paid_in: Money
    paid_in_between: Money
    invested: Money = strawberry.field(description="In firms at cost, each investment once, at the fund that holds it")
    companies: int = strawberry.field(description="Distinct firms that they hold")
    holders: list[FundSupply] = strawberry.field(description="Each fund, by id")
    uncounted: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Node")),
        description="Rounds and commitments of which an amount is not stated, or in a currency without a rate",
    )


@strawberry.type
class FundTreeQuestions:
    """The questions about how funds hold each other."""

    @question(
        graphql_type=FundTree,
        description="基金树 · The sub-funds and firms below a fund, and how much of each looks through to it. "
        "A loop of holdings, or a yuan that would count twice, is refused by name",
    )
    def fund_tree(self, parent: strawberry.Parent[Scope], fund: strawberry.ID) -> Any:
        parent.check()
        return TreeAnswer(parent, fund_tree(parent.view, fund))

    @question(
        graphql_type=FundTotals,
        description="基金汇总 · What all funds come to, or those set up in a region and below it; each investment once",
    )
    def fund_totals(self, parent: strawberry.Parent[Scope], region: strawberry.ID | None = None) -> Any:
        parent.check()
        return TotalsAnswer(parent, fund_totals(parent.view, region=region))
