"""Portfolios as bare numbers: worked by hand, and against every way to give every firm every amount."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.targets.composing import Group, Row, compose, shared_out
from tests.examples import EXAMPLES

ONE, HALF = Fraction(1), Fraction(1, 2)


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


def test_numbers_beyond_64_bits_are_not_claimed() -> None:
    found = compose([Group(1, (2**62,))], [Row((ONE,), Fraction(2**61))], 2**62)
    assert (found.deals, found.proven) == (None, False)


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
def instances(draw: st.DrawFn) -> tuple[list[Group], list[Row], int]:
    low = draw(st.integers(1, 3))
    groups = [
        Group(low, tuple(sorted(draw(st.lists(st.integers(low, 5), min_size=1, max_size=2)), reverse=True)))
        for _ in range(draw(st.integers(1, 2)))
    ]
    rows = [
        Row(tuple(draw(effects) for _ in groups), Fraction(draw(st.integers(-4, 8)), draw(st.integers(1, 3))), draw(st.booleans()))
        for _ in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    return groups, rows, draw(st.integers(0, 16))


@given(instances())
@settings(max_examples=EXAMPLES, deadline=None)
def test_composed_equals_every_way_to_give_every_firm_every_amount(case: tuple[list[Group], list[Row], int]) -> None:
    groups, rows, budget = case
    firms = [(place, [0, *range(group.low, high + 1)]) for place, group in enumerate(groups) for high in group.highs]
    best: tuple[int, int] | None = None
    for amounts in product(*(choices for _, choices in firms)):
        totals = [0] * len(groups)
        for (place, _), amount in zip(firms, amounts, strict=True):
            totals[place] += amount
        if sum(amounts) <= budget and all(row.holds(totals) for row in rows):
            key = sum(amounts), sum(amount > 0 for amount in amounts)
            best = key if best is None else min(best, key)
    found = compose(groups, rows, budget)
    assert found.proven
    told = None if found.deals is None else (sum(money for money, _ in found.deals), sum(n for _, n in found.deals))
    assert told == best
    for group, (money, deals) in zip(groups, found.deals or (), strict=False):
        parts = shared_out(money, deals, group.low, group.highs)
        assert (sum(amount for _, amount in parts), len(parts)) == (money, deals)
        assert all(group.low <= amount <= group.highs[place] for place, amount in parts)
