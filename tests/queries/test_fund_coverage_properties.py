"""What holds of every answer on fund coverage, on random small graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.kinds.contracts import Commitment
from graph.kinds.places import IndustryLevel, RegionLevel
from graph.kinds.policy import Rule
from graph.kinds.terms import Dimension, Operator
from graph.log import Mode
from graph.records import Record, Ref
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, Levels, TagSplit
from queries.coverage.cells import CoverageCell
from queries.coverage.fair_flow import GapReason
from queries.fund_coverage import coverage_cell, fund_coverage
from tests.examples import FEW_WORLDS
from tests.graph.build import view_of
from tests.queries.fund_graphs import graphs, money

FEW = settings(max_examples=FEW_WORLDS, suppress_health_check=[HealthCheck.too_slow])


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
    return [chosen for size in range(8) for chosen in combinations(CellDimension, size)]


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
    answer = fund_coverage(view, by=list(CellDimension))
    marginals: list[object] = [(one.fund, one.closes) for one in answer.fund_marginals]
    marginals += [(one.fund, view.id_of(one.rule), one.closes) for one in answer.rule_marginals]
    return marginals + [
        (
            cell.id,
            figures(cell),
            cell.reason,
            cell.max_allocatable,
            view.ids_of(cell.reached),
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
    for split in TagSplit:
        for cell in fund_coverage(view, by=list(CellDimension), levels=Levels(tag=split)).cells:
            assert figures(coverage_cell(view, cell.id)) == figures(cell)


@FEW
@given(graphs(), st.integers(1, 10**13))
def test_more_committed_never_raises_the_total_gap(records: list[Record], more: int) -> None:
    before = fund_coverage(view_of(*records), by=[]).total
    extra = Commitment(id="commitment:more", fund=Ref("fund:0"), investor=Ref("enterprise:0"), committed=money(more))
    if any(isinstance(one, Commitment) and one.fund == "fund:0" for one in records):
        after = fund_coverage(view_of(*records, extra), by=[]).total
        assert after.structural_gap <= before.structural_gap


@FEW
@given(graphs())
def test_single_tags_overlap_and_have_the_same_distinct_total(records: list[Record]) -> None:
    view = view_of(*records)
    by_set = fund_coverage(view, by=[CellDimension.TAG])
    single = fund_coverage(view, by=[CellDimension.TAG], levels=Levels(tag=TagSplit.SINGLE))
    assert figures(single.total) == figures(by_set.total) == added(by_set.cells)
    for cell in single.cells:
        mine = [one for one in by_set.cells if cell.tags == one.tags or set(cell.tags or ()) & set(one.tags or ())]
        assert added(mine) == figures(cell)


@FEW
@given(graphs())
def test_a_cell_served_first_gets_at_least_its_fair_part_and_at_most_what_it_lacks(records: list[Record]) -> None:
    answer = fund_coverage(view_of(*records), by=[CellDimension.REGION, CellDimension.TAG])
    for cell in answer.cells:
        assert cell.execution_gap <= cell.max_allocatable <= cell.demand - cell.covered
        assert cell.max_allocatable <= answer.total.max_allocatable
    assert answer.total.max_allocatable == answer.total.execution_gap


def gap(*records: Record) -> int:
    return fund_coverage(view_of(*records), by=[]).total.structural_gap


@FEW
@given(graphs())
def test_the_marginal_of_a_fund_is_the_difference_of_two_full_solutions(records: list[Record]) -> None:
    view = view_of(*records)
    answer = fund_coverage(view, by=[])
    for one in answer.fund_marginals:
        fund = view.id_of(answer.funds[one.fund].fund)
        yuan = Commitment(id="commitment:more", fund=Ref(fund), investor=Ref("enterprise:0"), committed=money(100))
        assert one.closes == answer.total.structural_gap - gap(*records, yuan)
    if answer.total.reasons and {part.reason for part in answer.total.reasons} == {GapReason.NO_MANDATE}:
        assert not any(one.closes for one in answer.fund_marginals)


@FEW
@given(graphs())
def test_the_marginal_of_a_rule_is_the_difference_of_two_full_solutions(records: list[Record]) -> None:
    view = view_of(*records)
    answer = fund_coverage(view, by=[])
    rules = [one for one in records if isinstance(one, Rule)]
    assert len(answer.rule_marginals) <= len(rules)
    for marginal in answer.rule_marginals:
        rule = next(one for one in rules if one.id == view.id_of(marginal.rule))
        gone = {rule.id}
        if (
            rule.value is None
            and rule.dimension not in (None, Dimension.TICKET)
            and rule.operator is not Operator.NOT_IN
        ):
            # What a rule lists is one condition with all that others list of the dimension.
            gone |= {
                one.id
                for one in rules
                if (one.about, one.dimension, one.value, one.operator)
                == (rule.about, rule.dimension, None, rule.operator)
            }
        # A preference instead, so that a fund without hard rules is still one with a mandate.
        kept = [replace(one, hard=False) if isinstance(one, Rule) and one.id in gone else one for one in records]
        assert marginal.closes == answer.total.structural_gap - gap(*kept)
