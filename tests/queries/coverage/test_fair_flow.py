from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.coverage.fair_flow import GapReason, fair_flow
from tests.queries.coverage.brute_force import LARGE, Case, whole
from tests.queries.coverage.cases import cases

WAN = 10_000 * 100
NM_SEED, EI_SEED, SE_GROWTH, NE_GROWTH = range(4)


def in_wan(*amounts: int) -> tuple[int, ...]:
    return tuple(amount * WAN for amount in amounts)


def four_cells() -> Case:
    """Angel fund for the seed cells, military–civil for SE-growth, innovation sub-fund for SE-growth and EI-seed."""
    pairs = [(0, NM_SEED), (0, EI_SEED), (1, SE_GROWTH), (2, SE_GROWTH), (2, EI_SEED)]
    return Case(
        in_wan(2_500, 2_000, 9_000, 5_000),
        in_wan(2_500, 6_000, 3_000),
        tuple((fund, leaf, LARGE // 10) for fund, leaf in pairs),
    )


def test_the_four_cells_get_11_500_of_18_500() -> None:
    flow = fair_flow(four_cells().network)
    assert int(flow.given.sum()) == 11_500 * WAN
    assert int(flow.gap.sum()) == 7_000 * WAN


def test_three_of_the_four_cells_get_23_of_27() -> None:
    flow = fair_flow(four_cells().network)
    assert [flow.fractions.of(leaf) for leaf in range(4)] == [Fraction(23, 27)] * 3 + [Fraction(0)]


def test_the_gaps_of_the_four_cells_sum_exactly_in_whole_fen() -> None:
    # 2,500·23/27, 2,000·23/27 and 9,000·23/27 万元 are 2,129,629,629.63, 1,703,703,703.70 and 7,666,666,666.67 分: two
    # 分 are left when all are rounded down, and the two larger remainders get them.
    gap = fair_flow(four_cells().network).gap.tolist()
    assert gap == [370_370_371, 296_296_296, 1_333_333_333, 5_000 * WAN]
    assert sum(gap[:3]) == 2_000 * WAN


def test_the_reasons_of_the_four_cells() -> None:
    assert fair_flow(four_cells().network).reason == (
        GapReason.CAPACITY,
        GapReason.CAPACITY,
        GapReason.CAPACITY,
        GapReason.NO_MANDATE,
    )


def test_full_caps_with_money_left_are_concentration() -> None:
    flow = fair_flow(Case((1_000,), (5_000, 5_000), ((0, 0, 300), (1, 0, 300))).network)
    assert (flow.gap.tolist(), flow.reason) == ([400], (GapReason.CONCENTRATION,))


def test_a_full_shared_cap_with_money_left_is_concentration() -> None:
    flow = fair_flow(Case((500, 500), (5_000,), ((1, 0, 500), (1, 1, 500)), ((0, 400),)).network)
    assert flow.gap.tolist() == [300, 300]
    assert flow.reason == (GapReason.CONCENTRATION,) * 2


def test_an_admitting_fund_whose_terms_let_nothing_through_is_terms() -> None:
    flow = fair_flow(Case((600,), (5_000,), ((0, 0, 0),)).network)
    assert (flow.gap.tolist(), flow.reason) == ([600], (GapReason.TERMS,))


def test_money_that_would_come_back_is_concentration_not_capacity() -> None:
    # Fund 1 is spent, but on leaf 1, which fund 0 could serve instead: more money in fund 1 would close nothing.
    flow = fair_flow(Case((10, 10), (50, 10), ((0, 1, 10), (1, 0, 4), (1, 1, 10))).network)
    assert flow.gap.tolist() == [6, 0]
    assert flow.reason == (GapReason.CONCENTRATION, None)


def test_a_fund_without_a_size_makes_a_range_never_a_zero() -> None:
    flow = fair_flow(Case((1_000,), (None,), ((0, 0, LARGE // 10),)).network)
    assert (flow.gap_low.tolist(), flow.gap.tolist()) == ([0], [1_000])
    assert flow.reason == (GapReason.SIZE_NOT_STATED,)
    assert flow.named_for(np.array([True])) == (0,)


def test_a_fund_without_a_size_is_named_where_it_would_only_free_money() -> None:
    # Fund 1 has no mandate for leaf 0, but would take leaf 1 off fund 0's hands.
    flow = fair_flow(Case((10, 10), (10, None), ((0, 0, 10), (0, 1, 10), (1, 1, 10))).network)
    assert (flow.gap_low.tolist(), flow.gap.tolist()) == ([0, 0], [5, 5])
    assert flow.named_for(np.array([True, False])) == (1,)


def test_a_fund_without_a_size_and_a_full_cap_leave_the_rest_of_the_gap_in_the_range() -> None:
    flow = fair_flow(Case((1_000,), (None,), ((0, 0, 300),)).network)
    assert (flow.gap_low.tolist(), flow.gap.tolist()) == ([700], [1_000])


def test_no_needs_no_gaps() -> None:
    flow = fair_flow(Case((), (5,), ()).network)
    assert flow.reason == ()
    assert len(flow.gap) == 0


def test_no_funds_no_mandate() -> None:
    flow = fair_flow(Case((7, 0), (), ()).network)
    assert flow.reason == (GapReason.NO_MANDATE, None)


@settings(max_examples=300)
@given(cases(stated=False))
def test_both_ends_equal_brute_force(case: Case) -> None:
    flow = fair_flow(case.network)
    low = whole(case.sized(0))
    assert flow.given.tolist() == low
    assert flow.given_high.tolist() == whole(case.sized(LARGE), at_least=low)


@given(cases(stated=False))
def test_the_range_never_turns_around_and_names_funds_where_its_ends_differ(case: Case) -> None:
    flow = fair_flow(case.network)
    assert (flow.gap_low <= flow.gap).all()
    differ = np.flatnonzero(flow.gap_low < flow.gap).tolist()
    assert [leaf for leaf, reason in enumerate(flow.reason) if reason is GapReason.SIZE_NOT_STATED] == differ
    assert [leaf for leaf in range(len(case.unmet)) if flow.named_for(np.arange(len(case.unmet)) == leaf)] == differ


@given(cases(stated=False, shared=False), st.randoms(use_true_random=False))
def test_the_order_of_funds_changes_nothing(case: Case, random: object) -> None:
    order = list(range(len(case.funds)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    funds = tuple(case.funds[fund] for fund in order)
    edges = tuple((order.index(fund), leaf, cap) for fund, leaf, cap in case.edges)
    one, other = fair_flow(case.network), fair_flow(Case(case.unmet, funds, edges).network)
    assert one.given.tolist() == other.given.tolist()
    assert one.given_high.tolist() == other.given_high.tolist()
    assert one.reason == other.reason


@given(cases(), st.data())
def test_more_money_in_a_fund_never_raises_the_total_gap(case: Case, data: st.DataObject) -> None:
    if not case.funds:
        return
    fund = data.draw(st.integers(0, len(case.funds) - 1))
    more = data.draw(st.integers(1, 10**15))
    funds = tuple((size or 0) + (more if number == fund else 0) for number, size in enumerate(case.funds))
    richer = Case(case.unmet, funds, case.edges, case.shared)
    assert int(fair_flow(richer.network).gap.sum()) <= int(fair_flow(case.network).gap.sum())


@given(cases())
def test_without_a_mandate_no_fund_closes_anything(case: Case) -> None:
    flow = fair_flow(case.network)
    for leaf, reason in enumerate(flow.reason):
        if reason is GapReason.NO_MANDATE:
            assert not any(flow.residual.from_fund(fund)[leaf] for fund in range(len(case.funds)))


@given(cases())
def test_concentration_means_money_left_behind_full_caps(case: Case) -> None:
    flow = fair_flow(case.network)
    with_money = flow.residual.from_source()[0]
    for node, leaf, cap in zip(case.network.node.tolist(), case.network.leaf.tolist(), case.network.cap, strict=True):
        if cap and flow.reason[leaf] is GapReason.CAPACITY:
            assert not with_money[case.network.fund[node]]
