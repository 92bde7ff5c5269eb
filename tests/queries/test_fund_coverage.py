"""Fund coverage asked of small views. Amounts in 万元 where a name says so; today is 2025-06-01."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from graph.errors import InvalidIdentifier, InvalidInput, LimitExceeded, NotFound
from graph.kinds.contracts import Commitment, InvestedBy
from graph.kinds.demand_side import Fulfils, NeedStatus
from graph.kinds.parties import Enterprise, Fund, InIndustry, Tagged
from graph.kinds.places import IndustryLevel, RegionLevel, Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.rates import ExchangeRate
from graph.kinds.terms import Dimension, Instrument, Operator, Ownership, SizeClass, Stage
from graph.money import Money
from graph.records import Record, Ref
from queries.coverage.cell_id import CellFilter, Levels
from queries.coverage.fair_flow import GapReason
from queries.fund_coverage import coverage_cell, fund_coverage
from tests.queries.fund_world import (
    INDUSTRY,
    PERIOD,
    REGION,
    STAGE,
    WAN,
    classes,
    coverage,
    figures,
    figures_of,
    firm,
    four_cells,
    fund,
    graph,
    mandate,
    money,
    need,
    places,
    wan,
)


def test_the_worked_case_places_11_500_of_18_500() -> None:
    total = coverage(four_cells()).total
    assert figures(total) == (18_500, 0, 11_500, 7_000)


def test_the_gap_of_the_worked_case_has_two_reasons() -> None:
    total = coverage(four_cells()).total
    assert [(one.reason, one.amount // WAN, one.share) for one in total.reasons] == [
        (GapReason.NO_MANDATE, 5_000, Decimal("0.714286")),
        (GapReason.CAPACITY, 2_000, Decimal("0.285714")),
    ]
    assert total.reason is GapReason.NO_MANDATE


def test_the_cells_of_the_worked_case_share_the_rest_at_23_of_27() -> None:
    answer = coverage(four_cells(), by=[INDUSTRY, STAGE], levels=Levels(industry=IndustryLevel.GROUP))
    assert [cell.execution_gap for cell in answer.cells] == [2_129_629_629, 1_703_703_704, 0, 7_666_666_667]
    assert [cell.reason for cell in answer.cells] == [
        GapReason.CAPACITY,
        GapReason.CAPACITY,
        GapReason.NO_MANDATE,
        GapReason.CAPACITY,
    ]


def test_industries_roll_up_to_sections() -> None:
    view = graph(four_cells())
    answer = fund_coverage(view, by=[INDUSTRY])
    assert [view.id_of(cell.industry or 0) for cell in answer.cells] == [
        "industry:gbt4754-2017:C",
        "industry:gbt4754-2017:I",
    ]
    assert [cell.demand // WAN for cell in answer.cells] == [9_500, 9_000]


def test_what_one_firm_got_is_covered_and_what_another_asks_is_not() -> None:
    answer = coverage(
        firm("a"), firm("b"), need("1", "a", 3_000), need("2", "b", 2_000), money("1", "a", 3_000),
        Fulfils(source=Ref("investmentRound:1"), target=Ref("financingNeed:1")),
    )  # fmt: skip
    assert figures(answer.total) == (5_000, 3_000, 0, 2_000)


def test_a_round_without_a_need_covers_the_oldest_of_its_firm_and_year() -> None:
    records = [
        firm("a", stage=Stage.SEED),
        need("1", "a", 500, submitted_on=date(2025, 2, 1)),
        need("2", "a", 500, submitted_on=date(2025, 1, 1), stage=Stage.GROWTH),
        money("1", "a", 600),
    ]
    cells = coverage(records, by=[STAGE]).cells
    assert [(cell.stage, cell.covered // WAN) for cell in cells] == [(Stage.SEED, 100), (Stage.GROWTH, 500)]


def test_money_that_met_no_need_is_over_coverage_in_the_cell_of_its_firm() -> None:
    answer = coverage(
        firm("a", stage=Stage.MATURE), need("1", "a", 500, stage=Stage.SEED), money("1", "a", 800), by=[STAGE]
    )
    assert [(cell.stage, cell.deployed // WAN, cell.over_coverage // WAN) for cell in answer.cells] == [
        (Stage.SEED, 500, 0),
        (Stage.MATURE, 300, 300),
    ]
    assert answer.over_coverage == 300 * WAN
    assert [(one.amount // WAN, one.covers // WAN) for one in answer.total.investments] == [(500, 500), (300, 0)]


def test_two_caps_of_300_leave_400_by_concentration() -> None:
    answer = coverage(
        firm("a"), need("1", "a", 1_000),
        fund("f1", 5_000, per_company_cap=wan(300)), fund("f2", 5_000, per_company_cap=wan(300)),
    )  # fmt: skip
    assert figures(answer.total) == (1_000, 0, 600, 400)
    assert answer.total.reason is GapReason.CONCENTRATION


def test_a_ticket_minimum_above_every_need_is_terms() -> None:
    answer = coverage(
        firm("a"), firm("b"), need("1", "a", 200), need("2", "b", 200), fund("f", 5_000, ticket_min=wan(500))
    )
    assert figures(answer.total) == (400, 0, 0, 400)
    assert answer.total.reason is GapReason.TERMS


def test_a_ticket_rule_of_the_mandate_binds_like_the_funds_own() -> None:
    rule = Rule(
        id="rule:t", kind=RuleKind.MANDATE, name="at most 300", about=Ref("fund:f"),
        dimension=Dimension.TICKET, operator=Operator.LTE, amount=wan(300),
    )  # fmt: skip
    assert figures(coverage(firm("a"), need("1", "a", 1_000), fund("f", 5_000), rule).total) == (1_000, 0, 300, 700)


def test_a_fund_without_a_size_makes_a_range_and_is_named() -> None:
    view = graph(firm("a", stage=Stage.SEED), need("1", "a", 1_000), fund("f", None, stages=[Stage.SEED]))
    total = fund_coverage(view, by=[]).total
    assert (total.structural_gap_low, total.structural_gap) == (0, 1_000 * WAN)
    assert total.reason is GapReason.SIZE_NOT_STATED
    assert [view.id_of(one) for one in total.reasons[0].funds] == ["fund:f"]


def test_a_fund_of_which_neither_mandate_nor_size_is_stated_may_give_anything_or_nothing() -> None:
    view = graph(firm("a"), need("1", "a", 1_000), fund("f", None))
    total = fund_coverage(view, by=[]).total
    assert (total.structural_gap_low, total.structural_gap) == (0, 1_000 * WAN)
    assert total.reason is GapReason.SIZE_NOT_STATED
    assert [view.id_of(one) for one in total.reasons[0].funds] == ["fund:f"]


def test_a_mandate_in_words_only_leaves_open_how_much_of_the_fund_may_come() -> None:
    rule = Rule(id="rule:w", kind=RuleKind.MANDATE, name="高端制造", about=Ref("fund:f"), values=("高端制造",))
    total = coverage(firm("a"), need("1", "a", 1_000), fund("f", 600), rule).total
    assert (total.structural_gap_low, total.structural_gap) == (0, 1_000 * WAN)


def test_a_preference_restricts_nothing() -> None:
    rule = Rule(
        id="rule:p", kind=RuleKind.MANDATE, name="seed first", about=Ref("fund:f"),
        dimension=Dimension.STAGE, stage=Stage.SEED, hard=False,
    )  # fmt: skip
    assert figures(coverage(firm("a", stage=Stage.MATURE), need("1", "a", 100), fund("f", 600), rule).total) == (
        100,
        0,
        100,
        0,
    )


def test_dry_powder_is_what_is_callable() -> None:
    records = [
        firm("a"), firm("b"), need("1", "a", 9_000),
        Fund(
            id="fund:f", name="f", signed_unpaid=wan(600), reserves=wan(500), fees_paid=wan(400), fees_due=wan(1_000)
        ),
        Commitment(id="commitment:1", fund=Ref("fund:f"), investor=Ref("enterprise:lp"), committed=wan(10_000), paid_in=wan(4_000)),
        money("1", "b", 3_500),
        InvestedBy(source=Ref("investmentRound:1"), target=Ref("fund:f"), amount=wan(3_500)),
    ]  # fmt: skip
    answer = coverage(records)
    assert answer.total.execution_gap == 4_000 * WAN
    assert (answer.funds[0].callable_money, answer.funds[0].cash) == (4_000 * WAN, 100 * WAN)


def test_a_fund_past_its_investment_period_gives_nothing() -> None:
    answer = coverage(firm("a"), need("1", "a", 100), fund("f", 600, investment_period_end=date(2025, 6, 1)))
    assert figures(answer.total) == (100, 0, 0, 100)
    assert answer.total.reason is GapReason.TERMS


def test_the_investment_period_ends_before_needs_of_later_years() -> None:
    answer = coverage(
        firm("a"), need("1", "a", 100), need("2", "a", 70, due=date(2027, 2, 1)),
        fund("f", 600, investment_period_end=date(2027, 1, 1)), by=[PERIOD],
    )  # fmt: skip
    assert [(cell.period, cell.reason) for cell in answer.cells] == [("2025", None), ("2027", GapReason.TERMS)]


def test_only_this_year_later_ones_and_needs_without_a_day_are_shown() -> None:
    needs = [
        need("1", "a", 1, due=date(2024, 12, 31)),
        need("2", "a", 2, due=date(2025, 1, 1)),
        need("3", "a", 4, due=date(2027, 1, 1)),
        need("4", "a", 8, due=None),
        need("5", "a", 16, due=None, submitted_on=date(2024, 3, 1)),
    ]
    answer = coverage(firm("a"), needs, by=[PERIOD])
    assert [(cell.period, cell.demand // WAN) for cell in answer.cells] == [("2025", 2), ("2027", 4), (None, 8)]


def test_a_past_year_is_asked_for_alone() -> None:
    view = graph(firm("a"), need("1", "a", 1, due=date(2024, 12, 31)), need("2", "a", 2), fund("f", 5))
    assert figures(fund_coverage(view, by=[], where=CellFilter(period=("2024",))).total) == (1, 0, 1, 0)
    with pytest.raises(InvalidInput, match="2024"):
        fund_coverage(view, by=[], where=CellFilter(period=("2024", "2025")))


def test_needs_that_nobody_asks_for_any_more_and_debt_are_no_demand() -> None:
    records = [
        firm("a"),
        need("1", "a", 1, status=NeedStatus.WITHDRAWN),
        need("2", "a", 2, status=NeedStatus.REJECTED),
        need("3", "a", 4, instrument=Instrument.DEBT),
        need("4", "a", 8, status=NeedStatus.FUNDED),
    ]
    assert coverage(records).total.demand == 8 * WAN


def test_a_round_that_closes_later_has_not_happened() -> None:
    total = coverage(firm("a"), need("1", "a", 100), money("1", "a", 60, closed=date(2025, 6, 2))).total
    assert (total.covered, total.deployed) == (0, 0)


def test_needs_without_industry_stage_or_region_have_a_visible_cell() -> None:
    answer = coverage(
        classes(), places(), firm("a"), firm("b", "37", Stage.SEED, "419901"), need("1", "a", 5), need("2", "b", 7),
        by=[INDUSTRY, STAGE, REGION],
    )  # fmt: skip
    assert [(cell.industry is None, cell.stage, cell.region is None, cell.demand // WAN) for cell in answer.cells] == [
        (False, Stage.SEED, False, 7),
        (True, None, True, 5),
    ]


def test_what_is_not_known_meets_no_mandate_on_it() -> None:
    answer = coverage(
        classes(), firm("a"), firm("b", "37", Stage.SEED), need("1", "a", 5), need("2", "b", 7),
        fund("f", 100, industries=["C"]), by=[INDUSTRY],
    )  # fmt: skip
    assert [cell.reason for cell in answer.cells] == [None, GapReason.NO_MANDATE]


def test_regions_roll_up_to_counties_and_a_zone_of_no_county_stands_beside_them() -> None:
    records: list[Record | Sequence[Record]] = [
        classes(), places(),
        firm("a", region="P1"), firm("b", region="419902"), firm("c", region="Z1"), firm("d", region="4199"),
        need("1", "a", 1), need("2", "b", 2), need("3", "c", 4), need("4", "d", 8),
    ]  # fmt: skip
    view = graph(*records)
    by_county = fund_coverage(view, by=[REGION]).cells
    assert {view.id_of(cell.region or 0): cell.demand // WAN for cell in by_county} == {
        "region:419901": 1,
        "region:419902": 2,
        "region:4199": 8,
        "region:Z1": 4,
    }
    by_city = fund_coverage(view, by=[REGION], levels=Levels(region=RegionLevel.CITY)).cells
    assert [(view.id_of(cell.region or 0), cell.demand // WAN) for cell in by_city] == [("region:4199", 15)]


def test_a_filter_restricts_what_is_shown_but_not_the_network() -> None:
    records: list[Record | Sequence[Record]] = [
        classes(),
        firm("a", "37"),
        firm("b", "65"),
        need("1", "a", 100),
        need("2", "b", 100),
        fund("f", 100),
    ]
    total = coverage(*records, where=CellFilter(industry=("industry:gbt4754-2017:C",))).total
    assert figures(total) == (100, 0, 50, 50)


def test_funds_restrict_the_network() -> None:
    records: list[Record | Sequence[Record]] = [firm("a"), need("1", "a", 100), fund("f1", 30), fund("f2", 40)]
    assert figures(coverage(*records, funds=["fund:f2"]).total) == (100, 0, 40, 60)
    assert figures(coverage(*records, funds=[]).total) == (100, 0, 0, 100)


def test_amounts_in_another_currency_are_shown_apart_and_in_no_sum() -> None:
    view = graph(
        firm("a"), firm("b"), need("1", "a", 100), need("2", "b", 7, currency="USD"), money("1", "b", None),
        fund("f", None, stages=[Stage.SEED]),
        Commitment(id="commitment:1", fund=Ref("fund:f"), investor=Ref("enterprise:lp"), committed=wan(70, "USD")),
    )  # fmt: skip
    answer = fund_coverage(view, by=[])
    assert answer.total.demand == 100 * WAN
    assert [view.id_of(one.record) for one in answer.total.uncounted] == ["financingNeed:2", "investmentRound:1"]
    assert answer.funds[0].callable_money is None


def test_a_need_of_two_tags_is_in_one_cell_and_meets_mandates_on_either() -> None:
    rule = Rule(
        id="rule:t",
        kind=RuleKind.MANDATE,
        name="tag",
        about=Ref("fund:f"),
        dimension=Dimension.TAG,
        tag=Ref("tag:军工"),
    )
    records = [
        Tag(id="tag:军工", name="军工"), Tag(id="tag:专精特新", name="专精特新"), firm("a"), firm("b"),
        need("1", "a", 1_000), need("2", "b", 10),
        Tagged(source=Ref("financingNeed:1"), target=Ref("tag:军工")),
        Tagged(source=Ref("enterprise:a"), target=Ref("tag:专精特新")),
        *fund("f", 5_000), rule,
    ]  # fmt: skip
    assert figures(coverage(records).total) == (1_010, 0, 1_000, 10)


def test_a_cell_tells_its_needs_and_its_funds() -> None:
    view = graph(four_cells())
    assert view.ids_of(fund_coverage(view, by=[]).total.needs) == [f"financingNeed:{number}" for number in range(1, 5)]
    cell = next(one for one in fund_coverage(view, by=[INDUSTRY]).cells if view.id_of(one.industry or 0).endswith("I"))
    assert view.ids_of(cell.needs) == ["financingNeed:3"]
    assert [(view.id_of(one.fund), one.cap // WAN, one.has_money_left) for one in cell.funds] == [
        ("fund:innovation", 9_000, False),
        ("fund:military", 9_000, False),
    ]


def test_a_cell_answers_the_same_by_its_id() -> None:
    view = graph(four_cells(), places())
    where = CellFilter(stage=(Stage.SEED, Stage.GROWTH), period=("2025",))
    answer = fund_coverage(view, by=[STAGE, INDUSTRY], where=where, funds=["fund:angel", "fund:military"])
    for cell in (*answer.cells, answer.total):
        again = coverage_cell(view, cell.id)
        assert (again.id, again.stage, again.industry, figures_of(again)) == (
            cell.id,
            cell.stage,
            cell.industry,
            figures_of(cell),
        )


def test_the_id_of_a_cell_does_not_depend_on_the_order_in_which_it_was_asked_for() -> None:
    view = graph(four_cells())
    one = fund_coverage(view, by=[STAGE, INDUSTRY], funds=["fund:angel", "fund:military"])
    other = fund_coverage(view, by=[INDUSTRY, STAGE], funds=["fund:military", "fund:angel", "fund:angel"])
    assert {cell.id for cell in one.cells} == {cell.id for cell in other.cells}


def test_a_cell_in_which_nothing_is_left_is_all_zeros() -> None:
    records = four_cells()
    cell = fund_coverage(graph(records), by=[STAGE]).cells[0]
    later = coverage_cell(graph(records, as_of=date(2026, 1, 1)), cell.id)
    assert figures_of(later) == (0,) * 6


@pytest.mark.parametrize(
    "identifier", ["fund:angel", "coverageCell:", "coverageCell:e30", "coverageCell:!!", "coverageCell:W10"]
)
def test_an_id_that_describes_no_cell_is_refused(identifier: str) -> None:
    with pytest.raises(InvalidIdentifier, match="coverage cell"):
        coverage_cell(graph(), identifier)


def test_a_dimension_twice_and_a_year_that_is_none_are_refused() -> None:
    with pytest.raises(InvalidInput, match="INDUSTRY, INDUSTRY"):
        coverage(by=[INDUSTRY, INDUSTRY])
    with pytest.raises(InvalidInput, match="25"):
        coverage(where=CellFilter(period=("25",)))


def test_a_fund_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        coverage(funds=["fund:nobody"])


def test_amounts_that_no_sum_can_hold_are_refused_and_named() -> None:
    largest = 10**17 // WAN
    with pytest.raises(LimitExceeded, match="Equity needs"):
        coverage(firm("a"), [need(str(number), "a", largest) for number in range(100)])
    with pytest.raises(LimitExceeded, match="funds"):
        coverage(*(fund(str(number), largest) for number in range(100)))


def test_an_empty_graph_answers_zeros() -> None:
    answer = coverage(by=[INDUSTRY, STAGE, REGION])
    assert answer.cells == ()
    assert figures_of(answer.total) == (0,) * 6


@pytest.mark.parametrize(
    ("rule", "placed"),
    [
        (mandate(Dimension.REGION, region=Ref("region:4199")), 100),
        (mandate(Dimension.REGION, region=Ref("region:419902")), 0),
        (mandate(Dimension.REGION, operator=Operator.NOT_IN, region=Ref("region:419902")), 100),
        (mandate(Dimension.REGION, region=Ref("region:nowhere")), 0),
        (mandate(Dimension.SIZE, size=SizeClass.SMALL), 100),
        (mandate(Dimension.SIZE, values=("大型", "MEDIUM")), 0),
        (mandate(Dimension.OWNERSHIP, values=("民营",)), 100),
        (mandate(Dimension.OWNERSHIP, values=("外资",)), 0),
        (mandate(Dimension.INSTRUMENT, instrument=Instrument.EQUITY), 100),
        (mandate(Dimension.INSTRUMENT, instrument=Instrument.DEBT), 0),
        (mandate(None, stage=Stage.SEED, industry=Ref("industry:gbt4754-2017:C")), 100),
        (mandate(None, stage=Stage.SEED, industry=Ref("industry:gbt4754-2017:I")), 0),
        (mandate(Dimension.INDUSTRY, operator=Operator.GTE, value=Decimal("0.6"), industry=Ref("industry:gbt4754-2017:I")), 100),
        (mandate(Dimension.TICKET, operator=Operator.GT, amount=Money(100 * WAN)), 0),
        (mandate(Dimension.TICKET, operator=Operator.LT, amount=Money(40 * WAN + 1)), 40),
    ],
)  # fmt: skip
def test_each_rule_of_a_mandate_admits_what_it_says(rule: Rule, placed: int) -> None:
    asking = Enterprise(
        id="enterprise:a", name="a", industry=Ref("industry:gbt4754-2017:397"), region=Ref("region:P1"), stage=Stage.SEED,
        size=SizeClass.SMALL, ownership=Ownership.PRIVATE,
    )  # fmt: skip
    answer = coverage(classes(), places(), asking, need("1", "a", 100), fund("f", 5_000), rule)
    assert answer.total.execution_gap == placed * WAN


def test_an_industry_that_a_firm_also_belongs_to_meets_the_mandate() -> None:
    also = InIndustry(source=Ref("enterprise:a"), target=Ref("industry:gbt4754-2017:65"))
    answer = coverage(classes(), firm("a", "37"), also, need("1", "a", 100), fund("f", 5_000, industries=["I"]))
    assert answer.total.execution_gap == 100 * WAN


def test_a_sub_fund_gives_what_its_parent_no_longer_can() -> None:
    records = [
        firm("a"), need("1", "a", 9_000), *fund("parent", 5_000), *fund("sub", None),
        Commitment(id="commitment:s", fund=Ref("fund:sub"), investor=Ref("fund:parent"), committed=wan(2_000)),
    ]  # fmt: skip
    answer = coverage(records)
    assert answer.total.execution_gap == 5_000 * WAN
    assert [one.callable_money for one in answer.funds] == [3_000 * WAN, 2_000 * WAN]


def test_an_investor_in_default_commits_nothing() -> None:
    bad = Commitment(
        id="commitment:bad",
        fund=Ref("fund:f"),
        investor=Ref("enterprise:a"),
        committed=wan(900),
        in_good_standing=False,
    )
    assert coverage(firm("a"), need("1", "a", 5_000), fund("f", 100), bad).total.execution_gap == 100 * WAN


def test_an_over_invested_fund_is_shown_below_zero_and_gives_nothing() -> None:
    records = [
        firm("a"), firm("b"), need("1", "a", 500), *fund("f", 100), money("1", "b", 130),
        InvestedBy(source=Ref("investmentRound:1"), target=Ref("fund:f")),
    ]  # fmt: skip
    answer = coverage(records)
    assert (answer.funds[0].callable_money, answer.total.execution_gap) == (-30 * WAN, 0)
    assert answer.total.reason is GapReason.CAPACITY


def test_the_part_of_a_fund_in_a_round_of_several_that_nobody_states_is_named() -> None:
    records = [
        firm("a"), *fund("f", 100), *fund("g", 100), money("1", "a", 80),
        InvestedBy(source=Ref("investmentRound:1"), target=Ref("fund:f")),
        InvestedBy(source=Ref("investmentRound:1"), target=Ref("fund:g"), amount=wan(50)),
    ]  # fmt: skip
    answer = coverage(records)
    assert ["invested" in one.not_stated for one in answer.funds] == [True, False]
    assert [one.callable_money for one in answer.funds] == [100 * WAN, 50 * WAN]


def test_a_mandate_that_contradicts_itself_admits_nothing_and_its_money_counts_nowhere() -> None:
    never = mandate(Dimension.STAGE, operator=Operator.NOT_IN, stage=Stage.SEED)
    answer = coverage(firm("a", stage=Stage.SEED), need("1", "a", 100), fund("f", 500, stages=[Stage.SEED]), never)
    assert (figures(answer.total), answer.total.reason) == ((100, 0, 0, 100), GapReason.NO_MANDATE)
    assert answer.funds[0].dry_powder == 500 * WAN


def test_a_need_in_dollars_counts_at_the_rate_of_the_day() -> None:
    rate = ExchangeRate(
        id="exchangeRate:1", currency="USD", rate=Decimal("7"), haircut=Decimal("0.1"), quoted_on=date(2025, 5, 30)
    )
    records = [firm("a"), need("1", "a", 100, currency="USD"), *fund("f", None), rate]
    records.append(
        Commitment(id="commitment:1", fund=Ref("fund:f"), investor=Ref("enterprise:lp"), committed=wan(50, "USD"))
    )
    # What is asked for counts in full, what a fund brings less the haircut.
    assert figures(coverage(records).total) == (700, 0, 315, 385)
