"""Small views of funds and needs, for tests. Amounts in 万元 where a name says so; today is 2025-06-01."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from graph.kinds.contracts import Commitment, InvestmentRound
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Enterprise, Fund
from graph.kinds.places import Industry, IndustryLevel, Region, RegionLevel
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Instrument, Operator, Stage
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.coverage.cell_id import CellDimension
from queries.coverage.cells import CoverageCell
from queries.fund_coverage import FundCoverage, fund_coverage
from tests.graph.build import view_of

WAN = 1_000_000
INDUSTRY, STAGE, REGION, INSTRUMENT, TICKET_BAND, TAG, PERIOD = CellDimension


def wan(amount: int | None, currency: str = "CNY") -> Money | None:
    return None if amount is None else Money(amount * WAN, currency)


def firm(name: str, industry: str | None = None, stage: Stage | None = None, region: str | None = None) -> Enterprise:
    return Enterprise(
        id=f"enterprise:{name}",
        name=name,
        industry=Ref(f"industry:gbt4754-2017:{industry}") if industry else None,
        stage=stage,
        region=Ref(f"region:{region}") if region else None,
    )


def need(
    name: str, of: str, amount: int, *, due: date | None = date(2025, 9, 1), currency: str = "CNY", **fields: Any
) -> FinancingNeed:
    given: dict[str, Any] = {
        "id": f"financingNeed:{name}",
        "enterprise": Ref(f"enterprise:{of}"),
        "amount": wan(amount, currency),
        "instrument": Instrument.EQUITY,
        "needed_by": due,
    }
    return FinancingNeed(**(given | fields))


def money(name: str, of: str, amount: int | None, closed: date | None = date(2025, 3, 1)) -> InvestmentRound:
    return InvestmentRound(
        id=f"investmentRound:{name}", enterprise=Ref(f"enterprise:{of}"), amount=wan(amount), closed_on=closed
    )


def fund(
    name: str, size: int | None, *, stages: Sequence[Stage] = (), industries: Sequence[str] = (), **fields: Any
) -> list[Record]:
    """A fund with one commitment of its size, and a mandate for stages and industries."""
    about = Ref[Fund](f"fund:{name}")
    rules: list[Record] = [
        Rule(
            id=f"rule:{name}-{stage.name}",
            kind=RuleKind.MANDATE,
            name="stage",
            about=about,
            dimension=Dimension.STAGE,
            stage=stage,
        )
        for stage in stages
    ]
    rules += [
        Rule(
            id=f"rule:{name}-{code}",
            kind=RuleKind.MANDATE,
            name="industry",
            about=about,
            dimension=Dimension.INDUSTRY,
            operator=Operator.IN,
            industry=Ref(f"industry:gbt4754-2017:{code}"),
        )
        for code in industries
    ]
    committed: list[Record] = (
        []
        if size is None
        else [Commitment(id=f"commitment:{name}", fund=about, investor=Ref("enterprise:lp"), committed=wan(size))]
    )
    made = Fund(id=f"fund:{name}", name=name, **fields)
    return [made, *rules, *committed]


def classes() -> list[Record]:
    """Manufacturing C with divisions 37 and 39 and group 397; services I with 65."""
    scheme = "gbt4754-2017"

    def industry(code: str, level: IndustryLevel, above: str | None) -> Industry:
        parent = None if above is None else Ref[Industry](f"industry:{scheme}:{above}")
        return Industry(scheme=scheme, code=code, name=code, level=level, parent=parent)

    return [
        industry("C", IndustryLevel.SECTION, None),
        industry("37", IndustryLevel.DIVISION, "C"),
        industry("39", IndustryLevel.DIVISION, "C"),
        industry("397", IndustryLevel.GROUP, "39"),
        industry("I", IndustryLevel.SECTION, None),
        industry("65", IndustryLevel.DIVISION, "I"),
    ]


def places() -> list[Record]:
    """A city with two counties and a zone that belongs to neither; a park in the first county."""

    def region(code: str, level: RegionLevel, above: str | None) -> Region:
        parent = None if above is None else Ref[Region](f"region:{above}")
        return Region(code=code, name=code, level=level, parent=parent)

    return [
        region("41", RegionLevel.PROVINCE, None),
        region("4199", RegionLevel.CITY, "41"),
        region("419901", RegionLevel.COUNTY, "4199"),
        region("419902", RegionLevel.COUNTY, "4199"),
        region("Z1", RegionLevel.ZONE, "4199"),
        region("P1", RegionLevel.PARK, "419901"),
    ]


LP = Enterprise(id="enterprise:lp", name="lp")


def coverage(*records: Record | Sequence[Record], by: Sequence[CellDimension] = (), **asked: Any) -> FundCoverage:
    return fund_coverage(graph(*records), by=by, **asked)


def graph(*records: Record | Sequence[Record], as_of: date = date(2025, 6, 1)) -> View:
    flat: list[Record] = [LP]
    for record in records:
        flat += [record] if isinstance(record, Record) else record
    return view_of(*flat, as_of=as_of)


def figures(cell: CoverageCell) -> tuple[int, int, int, int]:
    """(demand, covered, execution gap, structural gap) in 万元."""
    amounts = (cell.demand, cell.covered, cell.execution_gap, cell.structural_gap)
    assert all(amount % WAN == 0 for amount in amounts)
    return amounts[0] // WAN, amounts[1] // WAN, amounts[2] // WAN, amounts[3] // WAN


def four_cells() -> list[Record]:
    """The needs of the worked case: NM-seed 2,500, EI-seed 2,000, SE-growth 9,000, NE-growth 5,000."""
    seed, growth = Stage.SEED, Stage.GROWTH
    return [
        *classes(),
        firm("nm", "37", seed),
        firm("ei", "39", seed),
        firm("se", "65", growth),
        firm("ne", "397", growth),
        need("1", "nm", 2_500),
        need("2", "ei", 2_000),
        need("3", "se", 9_000),
        need("4", "ne", 5_000),
        *fund("angel", 2_500, stages=[seed]),
        *fund("military", 6_000, stages=[growth], industries=["65"]),
        # One fund, two cells: SE-growth and EI-seed, told apart from NE-growth and NM-seed by industry.
        *fund("innovation", 3_000, stages=[seed, growth], industries=["65", "39"]),
        Rule(
            id="rule:innovation-without",
            kind=RuleKind.MANDATE,
            name="not 397",
            about=Ref("fund:innovation"),
            dimension=Dimension.INDUSTRY,
            operator=Operator.NOT_IN,
            industry=Ref("industry:gbt4754-2017:397"),
        ),
    ]


def figures_of(cell: CoverageCell) -> tuple[int, ...]:
    return cell.demand, cell.deployed, cell.covered, cell.execution_gap, cell.structural_gap, cell.structural_gap_low


def mandate(dimension: Dimension | None, **fields: Any) -> Rule:
    about = Ref[Fund]("fund:f")
    return Rule(id="rule:m", kind=RuleKind.MANDATE, name="m", about=about, dimension=dimension, **fields)
