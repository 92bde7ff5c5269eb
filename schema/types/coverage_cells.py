"""Coverage cells as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.info import Info

from graph.kinds.places import IndustryLevel, RegionLevel
from graph.kinds.terms import Instrument, Stage
from graph.money import Money as Amount
from queries.coverage.cell_id import CellDimension, CellFilter, DemandBasis, Levels, TagSplit
from queries.coverage.cells import CellFund as FundOfCell
from queries.coverage.cells import CoverageCell as Cell
from queries.coverage.cells import GapShare as Share
from queries.coverage.fair_flow import GapReason
from queries.coverage.supply import FundSupply as Supply
from queries.coverage_change import CoverageChange as Change
from queries.coverage_change import coverage_change
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.connections import RecordConnection, page_field
from schema.types.derived import AskedField, Types, declared_fields, derived, make_field, make_input, make_object
from schema.types.entity import Entity, entity_of
from schema.types.values import Money, amount_of, decimal_of, input_field, with_given

_STAGE: Final = code_enum(Stage)
for _term in (CellDimension, DemandBasis, GapReason, TagSplit):
    code_enum(_term)

LevelsInput: Final = make_input(
    "LevelsInput",
    [
        input_field("industry", StrawberryOptional(code_enum(IndustryLevel)), "Of industries", IndustryLevel.SECTION),
        input_field("region", StrawberryOptional(code_enum(RegionLevel)), "Of regions", RegionLevel.COUNTY),
        input_field("tag", StrawberryOptional(code_enum(TagSplit)), "What a split by tag is by", TagSplit.SET),
    ],
    "汇总层级 · How far the trees of industries and regions are rolled up, and whether a split by tag is by sets or by single tags",
)
CellFilterInput: Final = make_input(
    "CellFilter",
    [
        input_field(
            "industry", StrawberryOptional(StrawberryList(strawberry.ID)), "These industries and all below them"
        ),
        input_field("stage", StrawberryOptional(StrawberryList(_STAGE)), "These stages"),
        input_field("region", StrawberryOptional(StrawberryList(strawberry.ID)), "These regions and all below them"),
        input_field(
            "instrument", StrawberryOptional(StrawberryList(code_enum(Instrument))), "These; funds are asked for EQUITY"
        ),
        input_field("ticketBand", StrawberryOptional(StrawberryList(strawberry.ID)), "These bands of amounts"),
        input_field("tag", StrawberryOptional(StrawberryList(strawberry.ID)), "What carries any of these tags"),
        input_field("period", StrawberryOptional(StrawberryList(str)), "These years, such as 2026"),
    ],
    "单元筛选 · What is shown; it does not change the network",
)


class SupplyAnswer:
    """What a fund can give, as fields of the API."""

    def __init__(self, scope: Scope, supply: Supply) -> None:
        self.fund = Entity(scope, supply.fund)
        self.committed = amount_of(supply.committed)
        self.paid_in = amount_of(supply.paid_in)
        self.invested = amount_of(supply.invested)
        self.callable = amount_of(supply.callable_money)
        self.cash = amount_of(supply.cash)
        self.dry_powder = amount_of(supply.dry_powder)
        self.is_investing = supply.is_investing
        self.not_stated = list(supply.not_stated)


@strawberry.type(
    description="基金供给 · What a fund can still give; negative: it has promised or spent more than it has"
)
class FundSupply:
    """What `SupplyAnswer` answers, by the same names."""

    fund: Any = strawberry.field(graphql_type=derived("Fund"))
    committed: Money | None = strawberry.field(description="Committed by investors in good standing; null: not stated")
    paid_in: Money | None = strawberry.field(description="Paid in by investors; null: not stated")
    invested: Money = strawberry.field(description="Invested at cost")
    callable: Money | None = strawberry.field(description="可召集资金 · Null: not stated")
    cash: Money | None = strawberry.field(description="账面现金 · Null: not stated")
    dry_powder: Money | None = strawberry.field(description="可投资金 · For new deals; 0 after the investment period")
    is_investing: bool = strawberry.field(description="Whether it makes new deals on this day")
    not_stated: list[str] = strawberry.field(description="What the figures need and no source states")


class CellFundAnswer:
    """A fund that may invest in a cell, as fields of the API."""

    def __init__(self, scope: Scope, fund: FundOfCell) -> None:
        self.supply = SupplyAnswer(scope, fund.supply)
        self.fund = self.supply.fund
        self.cap = amount_of(fund.cap)
        self.has_money_left = fund.has_money_left


@strawberry.type(description="单元内基金 · A fund whose mandate admits a cell")
class CellFund:
    """What `CellFundAnswer` answers, by the same names."""

    fund: Any = strawberry.field(graphql_type=derived("Fund"))
    cap: Money = strawberry.field(description="What its terms let through to the unmet needs of the cell; 0: nothing")
    has_money_left: bool = strawberry.field(description="Money is left that its terms keep from being placed")
    supply: FundSupply


class GapShareAnswer:
    """A reason's part of a gap, as fields of the API."""

    def __init__(self, scope: Scope, share: Share) -> None:
        self.reason = share.reason
        self.amount = amount_of(share.amount)
        self.share = share.share
        self.funds = [Entity(scope, fund) for fund in share.funds]


@strawberry.type(description="缺口原因占比 · One reason's part of a structural gap")
class GapShare:
    """What `GapShareAnswer` answers, by the same names."""

    reason: GapReason = strawberry.field(graphql_type=code_enum(GapReason))
    amount: Money
    share: Decimal = strawberry.field(description="[0–1]")
    funds: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Fund")), description="Of SIZE_NOT_STATED: the funds whose size would tell"
    )


class ChangeAnswer:
    """What a what-if changes in a cell, as fields of the API."""

    def __init__(self, scope: Scope, change: Change) -> None:
        self.scope = scope
        self.cell = change
        for name in ("demand", "covered", "execution_gap", "structural_gap", "structural_gap_low", "closes", "money"):
            setattr(self, name, Amount(getattr(change, name)))
        self.per_yuan = decimal_of(change.per_yuan)


@strawberry.type
class _ChangeFields:
    demand: Money
    covered: Money
    execution_gap: Money
    structural_gap: Money
    structural_gap_low: Money
    closes: Money = strawberry.field(description="缩小缺口 · By how much the structural gap is smaller")
    money: Money = strawberry.field(
        description="新增资金 · More money of all funds for new deals, as far as sizes are stated"
    )
    per_yuan: Decimal | None = strawberry.field(description="每元缩小缺口 · closes by money; null: no money comes")


class CellAnswer:
    """A coverage cell, as fields of the API."""

    graphql_type = "CoverageCell"

    def __init__(self, scope: Scope, cell: Cell) -> None:
        self.scope = scope
        self.cell = cell
        self.id = cell.id
        self.industry = entity_of(scope, cell.industry)
        self.region = entity_of(scope, cell.region)
        self.stage = cell.stage
        self.instrument = cell.instrument
        self.ticket_band = entity_of(scope, cell.ticket_band)
        self.tags = None if cell.tags is None else [Entity(scope, tag) for tag in cell.tags]
        self.basis = cell.key.demand
        self.period = cell.period
        self.demand = amount_of(cell.demand)
        self.deployed = amount_of(cell.deployed)
        self.covered = amount_of(cell.covered)
        self.execution_gap = amount_of(cell.execution_gap)
        self.structural_gap = amount_of(cell.structural_gap)
        self.structural_gap_low = amount_of(cell.structural_gap_low)
        self.over_coverage = amount_of(cell.over_coverage)
        self.reason = cell.reason

    @property
    def max_allocatable(self) -> Amount:
        """What the cell could get if it were served first."""
        return Amount(self.cell.max_allocatable)

    @property
    def change(self) -> ChangeAnswer | None:
        """What the changes of the view change in it; None: it has none."""
        change = coverage_change(self.scope.view, self.cell)
        return None if change is None else ChangeAnswer(self.scope, change)

    @property
    def reasons(self) -> list[GapShareAnswer]:
        """Every reason, in the order of reasons."""
        return [GapShareAnswer(self.scope, share) for share in self.cell.reasons]

    @property
    def funds(self) -> list[CellFundAnswer]:
        """The funds whose mandates admit a part of the cell."""
        return [CellFundAnswer(self.scope, fund) for fund in self.cell.funds]

    @property
    def uncounted(self) -> list[Entity]:
        """Needs and rounds that no sum can hold."""
        return [Entity(self.scope, one.record) for one in self.cell.uncounted]


class CellRecordsField(AskedField):
    """Records behind a cell, as a connection: those of `kind` that the cell's attribute of the field's name has."""

    kind: ClassVar[str]

    def get_result(self, source: CellAnswer, info: Info | None, args: list[Any], kwargs: Any) -> RecordConnection:
        """The page that the arguments ask for, in id order."""
        scope, records = source.scope, getattr(source.cell, self.python_name)
        in_order = records[scope.view.rank(records).argsort(kind="stable")]
        return RecordConnection(scope, scope.view.ontology[self.kind], in_order, kwargs)


class CellNeedsField(CellRecordsField):
    """Needs of a cell."""

    kind = "FinancingNeed"


class CellEnterprisesField(CellRecordsField):
    """Enterprises of a cell."""

    kind = "Enterprise"


@strawberry.type
class _CellFields:
    id: strawberry.ID = strawberry.field(description="Describes the cell: node(id) gives it in the view that asks")
    industry: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Industry")), description="Null: not split, or not known"
    )
    stage: Stage | None = strawberry.field(graphql_type=StrawberryOptional(_STAGE))
    region: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Region")))
    instrument: Instrument | None = strawberry.field(graphql_type=StrawberryOptional(code_enum(Instrument)))
    ticket_band: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("TicketBand")),
        description="Band of the amount; null: not split, or in none",
    )
    tags: list[Any] | None = strawberry.field(
        graphql_type=StrawberryOptional(StrawberryList(derived("Tag"))),
        description="The set of tags, or the single one; empty: carries none; null: not split",
    )
    period: str | None = strawberry.field(description="Year of the need")
    basis: DemandBasis = strawberry.field(graphql_type=code_enum(DemandBasis), description="What its demand is")
    demand: Money = strawberry.field(
        description="需求 · Requested, funded part included = covered + executionGap + structuralGap"
    )
    deployed: Money = strawberry.field(description="已投 · Invested in the period, at cost")
    covered: Money = strawberry.field(description="已覆盖 · The part of the requests that investments met")
    execution_gap: Money = strawberry.field(description="执行缺口 · Unmet, though money and mandate exist")
    structural_gap: Money = strawberry.field(description="结构性缺口 · Unmet with all money placed fairly")
    structural_gap_low: Money = strawberry.field(
        description="The same if funds of unknown size had all that is asked of them"
    )
    over_coverage: Money = strawberry.field(description="超额 · Invested, but met no need")
    max_allocatable: Money = strawberry.field(
        description="优先配置上限 · What it could get if it were served before all other cells"
    )
    reason: GapReason | None = strawberry.field(
        graphql_type=StrawberryOptional(code_enum(GapReason)), description="Of the largest part of the structural gap"
    )
    reasons: list[GapShare]
    funds: list[CellFund] = strawberry.field(description="The funds whose mandates admit a part of the cell")
    uncounted: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Node")),
        description="Needs and rounds in no sum: in a currency without a rate, or without an amount; of modelled demand also enterprises "
        "without the revenue that their benchmark is a share of",
    )


def add_coverage(types: Types) -> None:
    """Make the type CoverageCell."""
    needs = page_field("needs", "FinancingNeed", "The needs in its sums, by id", CellNeedsField)
    firms = page_field(
        "enterprises", "Enterprise", "The enterprises whose demand is in its sums, by id", CellEnterprisesField
    )
    reached = page_field(
        "reached",
        "Enterprise",
        "Those with an unmet need that a fund with money could give something to, by id",
        CellEnterprisesField,
    )
    newly = page_field(
        "newly_reached",
        "Enterprise",
        "新触达企业 · Enterprises with an unmet need that a fund with money could give something to, and none could before, by id",
        CellEnterprisesField,
    )
    change = types.add(
        "CoverageChange",
        make_object(
            "CoverageChange",
            [*declared_fields(_ChangeFields), newly],
            "变化 · With the changes of the view less without them; negative: less than before",
        ),
    )
    changed = make_field(
        "change",
        "change",
        StrawberryOptional(change),
        "假设影响 · What the changes of the view change; null: it has none",
    )
    described = "覆盖单元 · Demand in a cell and how far money meets it"
    fields = [*declared_fields(_CellFields), needs, firms, reached, changed]
    types.add("CoverageCell", make_object("CoverageCell", fields, described, [types["Node"], types["Record"]]))


def levels_of(value: Mapping[str, Any] | None) -> Levels:
    """The levels that a LevelsInput states."""
    return with_given(Levels(), value)


def cell_filter(value: Mapping[str, Any] | None) -> CellFilter:
    """The filter that a CellFilter input states."""
    given = {name: tuple(items) for name, items in (value or {}).items() if items is not None}
    return with_given(CellFilter(), given)
