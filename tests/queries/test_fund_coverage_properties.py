"""What holds of every answer on fund coverage, on random small graphs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.kinds.contracts import Commitment, InvestedBy, InvestmentRound
from graph.kinds.demand_side import FinancingNeed, Fulfils
from graph.kinds.parties import Enterprise, Fund
from graph.kinds.places import Industry, IndustryLevel, Region, RegionLevel
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Instrument, Stage
from graph.log import Mode
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, Levels
from queries.coverage.cells import CoverageCell
from queries.fund_coverage import coverage_cell, fund_coverage
from tests.graph.build import view_of

SECTIONS = ("A", "B")
DIVISIONS = ("01", "02", "06")
COUNTIES = ("419901", "419902")
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def money(minor: int) -> Money:
    return Money(minor)


@st.composite
def graphs(draw: st.DrawFn) -> list[Record]:
    """Up to six firms, eight needs, four rounds and four funds in a city of two counties."""
    amount = st.integers(0, draw(st.sampled_from([5, 1_000, 10**13])))
    industries = st.sampled_from([None, *(f"industry:s:{code}" for code in (*SECTIONS, *DIVISIONS))])
    regions = st.sampled_from([None, *(f"region:{code}" for code in ("4199", *COUNTIES))])
    stages = st.one_of(st.none(), st.sampled_from([Stage.SEED, Stage.GROWTH]))
    days = st.one_of(st.none(), st.sampled_from([date(2024, 5, 1), date(2025, 5, 1), date(2026, 5, 1)]))
    records: list[Record] = [
        *(Industry(scheme="s", code=code, name=code, level=IndustryLevel.SECTION) for code in SECTIONS),
        *(
            Industry(scheme="s", code=code, name=code, level=IndustryLevel.DIVISION, parent=Ref(f"industry:s:{above}"))
            for code, above in zip(DIVISIONS, ("A", "A", "B"), strict=True)
        ),
        Region(code="4199", name="city", level=RegionLevel.CITY),
        *(Region(code=code, name=code, level=RegionLevel.COUNTY, parent=Ref("region:4199")) for code in COUNTIES),
    ]
    firms = draw(st.integers(1, 6))
    for number in range(firms):
        industry, region = draw(industries), draw(regions)
        records.append(
            Enterprise(
                id=f"enterprise:{number}",
                name=str(number),
                stage=draw(stages),
                industry=None if industry is None else Ref(industry),
                region=None if region is None else Ref(region),
            )
        )
    firm = st.integers(0, firms - 1).map(lambda number: Ref[Enterprise](f"enterprise:{number}"))
    needs = draw(st.integers(0, 8))
    for number in range(needs):
        records.append(
            FinancingNeed(
                id=f"financingNeed:{number}",
                enterprise=draw(firm),
                amount=money(draw(amount)),
                stage=draw(stages),
                instrument=Instrument.EQUITY,
                needed_by=draw(days),
                submitted_on=draw(days),
            )
        )
    funds = draw(st.integers(0, 4))
    for number in range(draw(st.integers(0, 4))):
        records.append(
            InvestmentRound(
                id=f"investmentRound:{number}", enterprise=draw(firm), amount=money(draw(amount)), closed_on=draw(days)
            )
        )
        if needs and draw(st.booleans()):
            target = Ref[FinancingNeed](f"financingNeed:{draw(st.integers(0, needs - 1))}")
            records.append(Fulfils(source=Ref(f"investmentRound:{number}"), target=target))
        if funds and draw(st.booleans()):
            holder = Ref[Fund](f"fund:{draw(st.integers(0, funds - 1))}")
            records.append(InvestedBy(source=Ref(f"investmentRound:{number}"), target=holder))
    for number in range(funds):
        records += draw(fund_records(number, amount, industries))
    return records


@st.composite
def fund_records(
    draw: st.DrawFn, number: int, amount: st.SearchStrategy[int], industries: st.SearchStrategy[str | None]
) -> list[Record]:
    """A fund with its mandate and, mostly, its commitment."""
    limit = st.one_of(st.none(), amount.map(money))
    about = Ref[Fund](f"fund:{number}")
    found: list[Record] = [
        Fund(
            id=f"fund:{number}",
            name=str(number),
            ticket_min=draw(limit),
            ticket_max=draw(limit),
            per_company_cap=draw(limit),
            investment_period_end=draw(st.sampled_from([None, date(2025, 1, 1), date(2026, 1, 1)])),
        )
    ]
    industry = draw(industries)
    if industry is not None:
        found.append(
            Rule(
                id=f"rule:{number}",
                kind=RuleKind.MANDATE,
                name="industry",
                about=about,
                dimension=Dimension.INDUSTRY,
                industry=Ref(industry),
            )
        )
    if draw(st.integers(0, 3)):
        found.append(
            Commitment(
                id=f"commitment:{number}", fund=about, investor=Ref("enterprise:0"), committed=money(draw(amount))
            )
        )
    return found


def figures(cell: CoverageCell) -> list[int]:
    return [
        cell.demand,
        cell.deployed,
        cell.covered,
        cell.execution_gap,
        cell.structural_gap,
        cell.structural_gap_low,
        cell.over_coverage,
    ]


def added(cells: Sequence[CoverageCell]) -> list[int]:
    return np.sum([figures(cell) for cell in cells] or [[0] * 7], axis=0).tolist()  # type: ignore[no-any-return]  # numpy


def groupings() -> list[tuple[CellDimension, ...]]:
    return [chosen for size in range(4) for chosen in combinations(CellDimension, size)]


@FEW
@given(graphs(), st.sampled_from(groupings()), st.sampled_from([IndustryLevel.SECTION, IndustryLevel.CLASS]))
def test_demand_is_covered_and_the_two_gaps_in_every_cell_and_cells_add_up(
    records: list[Record], by: tuple[CellDimension, ...], level: IndustryLevel
) -> None:
    answer = fund_coverage(view_of(*records), by=by, levels=Levels(industry=level))
    for cell in (*answer.cells, answer.total):
        assert cell.demand == cell.covered + cell.execution_gap + cell.structural_gap
        assert 0 <= cell.structural_gap_low <= cell.structural_gap
        assert min(figures(cell)) >= 0
        assert sum(part.amount for part in cell.reasons) == cell.structural_gap
    assert added(answer.cells) == figures(answer.total)


@FEW
@given(graphs())
def test_counties_add_up_to_their_city_and_divisions_to_their_section(records: list[Record]) -> None:
    view = view_of(*records)
    for dimension, fine, broad in (
        (CellDimension.REGION, Levels(region=RegionLevel.COUNTY), Levels(region=RegionLevel.CITY)),
        (CellDimension.INDUSTRY, Levels(industry=IndustryLevel.CLASS), Levels(industry=IndustryLevel.SECTION)),
    ):
        for cell in fund_coverage(view, by=[dimension], levels=broad).cells:
            place = cell.region if dimension is CellDimension.REGION else cell.industry
            if place is None:
                continue
            ids = (view.id_of(place),)
            where = CellFilter(region=ids) if dimension is CellDimension.REGION else CellFilter(industry=ids)
            assert added(fund_coverage(view, by=[dimension], levels=fine, where=where).cells) == figures(cell)


def told(view: View) -> list[object]:
    """All of an answer that anybody can see, in words."""
    answer = fund_coverage(
        view, by=[CellDimension.INDUSTRY, CellDimension.STAGE, CellDimension.REGION, CellDimension.PERIOD]
    )
    return [
        (
            cell.id,
            figures(cell),
            cell.reason,
            [
                (part.reason, part.amount, part.share, view.ids_of(np.array(part.funds, np.int64)))
                for part in cell.reasons
            ],
            [(view.id_of(one.fund), one.cap, one.has_money_left, one.supply.callable_money) for one in cell.funds],
            view.ids_of(cell.needs),
        )
        for cell in (*answer.cells, answer.total)
    ]


@FEW
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_loading_changes_nothing(records: list[Record], random: object) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    half = len(shuffled) // 2
    loads = [("test", Mode.PARTIAL, shuffled[half:])]
    assert told(view_of(*shuffled[:half], loads=loads)) == told(view_of(*records))


@FEW
@given(graphs())
def test_every_cell_answers_the_same_by_its_id(records: list[Record]) -> None:
    view = view_of(*records)
    for cell in fund_coverage(view, by=[CellDimension.REGION, CellDimension.PERIOD]).cells:
        assert figures(coverage_cell(view, cell.id)) == figures(cell)


@FEW
@given(graphs(), st.integers(1, 10**13))
def test_more_committed_never_raises_the_total_gap(records: list[Record], more: int) -> None:
    before = fund_coverage(view_of(*records), by=[]).total
    extra = Commitment(id="commitment:more", fund=Ref("fund:0"), investor=Ref("enterprise:0"), committed=money(more))
    if any(isinstance(one, Commitment) and one.fund == "fund:0" for one in records):
        after = fund_coverage(view_of(*records, extra), by=[]).total
        assert after.structural_gap <= before.structural_gap
