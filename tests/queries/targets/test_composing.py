"""Portfolios as bare numbers: worked by hand, and against every way to give every firm every amount."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.targets.bounds import Bounds, Row
from queries.targets.composing import Composed
from queries.targets.composing import compose as composed
from queries.targets.spread import Spread
from queries.targets.tickets import Group, shared_out
from tests.examples import EXAMPLES

ONE, HALF = Fraction(1), Fraction(1, 2)
WAN = 1_000_000


def compose(groups: list[Group], rows: list[Row], budget: int, *spreads: Spread) -> Composed:
    return composed(groups, Bounds(tuple(rows), spreads), budget)


def test_money_goes_where_a_yuan_mends_most() -> None:
    groups = [Group(10, (100,)), Group(10, (100,))]
    found = compose(groups, [Row((HALF, ONE), Fraction(50))], 1_000)
    assert (found.deals, found.proven) == (((0, 0), (50, 1)), True)


def test_least_money_comes_before_fewest_deals() -> None:
    # One deal of the second would need 100, two of the first 60.
    groups = [Group(10, (30, 30)), Group(10, (100,))]
    found = compose(groups, [Row((ONE, Fraction(3, 5)), Fraction(60))], 1_000)
    assert found.deals == ((60, 2), (0, 0))


def test_of_equal_money_the_fewest_deals() -> None:
    found = compose([Group(10, (50, 40, 40))], [Row((ONE,), Fraction(80))], 1_000)
    assert found.deals == ((80, 2),)


def test_smallest_ticket_may_cost_more_than_is_short() -> None:
    assert compose([Group(10, (50,))], [Row((ONE,), Fraction(3))], 1_000).deals == ((10, 1),)


def test_what_mends_one_must_not_break_another() -> None:
    # The second row is met by 5 only; each yuan of the first group takes one off, of the second adds one.
    groups = [Group(1, (100,)), Group(1, (100,))]
    found = compose(groups, [Row((ONE, Fraction(0)), Fraction(20)), Row((-ONE, ONE), Fraction(-5))], 1_000)
    assert found.deals == ((20, 1), (15, 1))


def test_bound_that_must_be_exceeded_is() -> None:
    assert compose([Group(1, (100,))], [Row((HALF,), Fraction(10), strict=True)], 1_000).deals == ((21, 1),)


def test_budget_that_is_too_small_is_known_to_be() -> None:
    found = compose([Group(10, (100,))], [Row((ONE,), Fraction(50))], 49)
    assert (found.deals, found.proven) == (None, True)


def test_amounts_beyond_64_bits_are_proven_too() -> None:
    found = compose([Group(1, (2**62,))], [Row((Fraction(2, 3),), Fraction(2**61))], 2**62)
    assert (found.deals, found.proven) == (((3 * 2**60, 1),), True)


def test_gap_below_a_ticket_is_not_entered() -> None:
    # Of the first firm 10 to 12 can be had, of both together 20 to 24: 15 is neither.
    found = compose([Group(10, (12, 12))], [Row((ONE,), Fraction(15))], 1_000)
    assert (found.deals, found.proven) == (((20, 2),), True)


def test_money_in_another_cell_spreads_what_lies_in_one() -> None:
    # 100² + x² ≤ 5/8 · (100 + x)²: 3x² − 1,000x + 30,000 ≤ 0 from x = 100/3 on.
    groups = [Group(1, (100 * WAN,)), Group(1, (100 * WAN,))]
    found = compose(groups, [], 1_000 * WAN, Spread(Fraction(5, 8), False, (100 * WAN, 0), (0, 1)))
    assert (found.deals, found.proven) == (((0, 0), (33_333_334, 1)), True)


def test_two_small_deals_spread_better_than_one() -> None:
    # Two cells of x each: 100² + 2x² = ½ (100 + 2x)² at x = 25, together 50; one alone would have to bring 100.
    groups = [Group(1, (200 * WAN,)), Group(1, (200 * WAN,))]
    spread = Spread(HALF, False, (100 * WAN, 0, 0), (1, 2))
    found = compose(groups, [], 1_000 * WAN, spread)
    assert (found.deals, found.proven) == (((25 * WAN, 1), (25 * WAN, 1)), True)
    # With tickets of 60 at least, two are 120, and one of 100 is enough.
    found = compose([Group(60 * WAN, group.highs) for group in groups], [], 1_000 * WAN, spread)
    assert (found.total, sorted(found.deals or ()), found.proven) == (100 * WAN, [(0, 0), (100 * WAN, 1)], True)


def test_more_money_than_is_there_would_be_needed_to_spread() -> None:
    # Two cells are never below one half.
    groups = [Group(1, (500 * WAN,))]
    found = compose(groups, [], 10_000 * WAN, Spread(Fraction(49, 100), False, (100 * WAN, 0), (1,)))
    assert (found.deals, found.proven, found.at_least) == (None, True, None)
    found = compose(groups, [], 99 * WAN, Spread(HALF, False, (100 * WAN, 0), (1,)))
    assert (found.deals, found.proven) == (None, True)


def test_what_is_not_known_may_lie_in_the_largest_cell() -> None:
    # 100 in the cell, 20 nobody knows where: 120² + x² ≤ 5/8 · (120 + x)² from x = 40 on; money of which the cell is not known adds to it.
    groups = [Group(1, (100 * WAN,)), Group(1, (100 * WAN,))]
    found = compose(groups, [], 1_000 * WAN, Spread(Fraction(5, 8), False, (100 * WAN, 0), (-1, 1), 20 * WAN))
    assert (found.deals, found.proven) == (((0, 0), (40 * WAN, 1)), True)


def test_sum_that_no_whole_amounts_spread_is_passed_over() -> None:
    # 5 empty cells meet 3/10 at just as much money as lies in the sixth, and 7 分 are no five equal parts.
    found = compose([Group(1, (5,))] * 5, [], 100, Spread(Fraction(3, 10), False, (7, 0, 0, 0, 0, 0), (1, 2, 3, 4, 5)))
    assert (found.total, found.proven) == (8, True)


def test_spread_and_share_are_mended_together() -> None:
    # 100 outside the field, in cell 0; ⅓ in the field takes 50 of the second or third group, ½ of concentration 25 in each.
    groups = [Group(1, (100 * WAN,))] * 3
    row = Row((-Fraction(1, 3), Fraction(2, 3), Fraction(2, 3)), Fraction(100 * WAN, 3))
    found = compose(groups, [row], 1_000 * WAN, Spread(HALF, False, (100 * WAN, 0, 0), (0, 1, 2)))
    assert (found.deals, found.proven) == (((0, 0), (25 * WAN, 1), (25 * WAN, 1)), True)


def test_nothing_short_needs_nothing() -> None:
    assert compose([Group(1, (5,))], [Row((ONE,), Fraction(0))], 10).deals == ((0, 0),)


def test_many_firms_of_one_group_are_one_choice() -> None:
    found = compose([Group(5, (50,) * 10_000)], [Row((ONE,), Fraction(995))], 10_000)
    assert (found.deals, found.proven) == (((995, 20),), True)


def test_preferred_firms_are_dealt_with_as_far_as_the_money_allows() -> None:
    # 80 in two deals: the first two firms hold 70 at most, the first and the third 90.
    assert shared_out(80, 2, 10, [40, 30, 50]) == [(0, 40), (2, 40)]
    assert shared_out(60, 2, 10, [40, 30, 50]) == [(0, 40), (1, 20)]


effects = st.sampled_from([Fraction(-1), Fraction(-1, 2), Fraction(0), Fraction(1, 3), HALF, ONE, Fraction(3, 2)])


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Group], Bounds, int]:
    low = draw(st.integers(1, 3))
    groups = [
        Group(low, tuple(sorted(draw(st.lists(st.integers(low, 5), min_size=1, max_size=2)), reverse=True)))
        for _ in range(draw(st.integers(1, 2)))
    ]
    rows = [
        Row(tuple(draw(effects) for _ in groups), Fraction(draw(st.integers(-4, 8)), draw(st.integers(1, 3))), draw(st.booleans()))
        for _ in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    return (
        groups,
        Bounds(tuple(rows), tuple(draw(spreads(len(groups))) for _ in range(draw(st.integers(0, 2))))),
        draw(st.integers(0, 16)),
    )


@st.composite
def spreads(draw: st.DrawFn, groups: int) -> Spread:
    bases = draw(st.lists(st.integers(0, 6), min_size=1, max_size=3))
    cells = tuple(draw(st.integers(-1, len(bases) - 1)) for _ in range(groups))
    share = Fraction(draw(st.integers(2, 9)), 10)
    return Spread(share, draw(st.booleans()), tuple(bases), cells, draw(st.sampled_from([0, 0, 1, 3])))


@given(instances())
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_composed_equals_every_way_to_give_every_firm_every_amount(case: tuple[list[Group], Bounds, int]) -> None:
    groups, needed, budget = case
    firms = [(place, [0, *range(group.low, high + 1)]) for place, group in enumerate(groups) for high in group.highs]
    best: tuple[int, int] | None = None
    for amounts in product(*(choices for _, choices in firms)):
        totals = [0] * len(groups)
        for (place, _), amount in zip(firms, amounts, strict=True):
            totals[place] += amount
        if sum(amounts) <= budget and needed.hold(totals):
            key = sum(amounts), sum(amount > 0 for amount in amounts)
            best = key if best is None else min(best, key)
    found = composed(groups, needed, budget)
    assert found.proven
    told = None if found.deals is None else (sum(money for money, _ in found.deals), sum(n for _, n in found.deals))
    assert told == best
    for group, (money, deals) in zip(groups, found.deals or (), strict=False):
        parts = shared_out(money, deals, group.low, group.highs)
        assert (sum(amount for _, amount in parts), len(parts)) == (money, deals)
        assert all(group.low <= amount <= group.highs[place] for place, amount in parts)
