"""Bounds in their own terms and in those of the path, and the least of several."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.financing.limits.constraints import Constraint, capacity_of, in_order, left
from queries.financing.terms import ConstraintKind, Stated
from tests.examples import EXAMPLES

NEED, WIDTH, POOL = ConstraintKind.NEED, ConstraintKind.LINK_WIDTH, ConstraintKind.POOL


def bound(kind: ConstraintKind, headroom: int | None, draw: Fraction = Fraction(1), on: int = 0) -> Constraint:
    return Constraint(kind, on, headroom=headroom, draw=draw)


def test_least_bound_binds() -> None:
    found = capacity_of([bound(NEED, 500), bound(POOL, 150)])
    assert (found.amount, found.binding.kind) == (150, POOL)


def test_first_kind_binds_among_equals() -> None:
    assert capacity_of(in_order([bound(POOL, 100), bound(WIDTH, 100), bound(NEED, 100)])).binding.kind is NEED


def test_first_unstated_bound_binds_where_there_is_no_amount() -> None:
    found = capacity_of([bound(NEED, 0), bound(WIDTH, None, on=1), bound(POOL, None, on=2)])
    assert (found.amount, found.binding.on) == (None, 1)


def test_bound_admits_its_headroom_over_the_draw_rounded_down() -> None:
    assert bound(WIDTH, 200, Fraction(25, 19)).admits == 152
    assert bound(POOL, 4000, Fraction(1, 2)).admits == 8000


def test_bound_that_is_not_drawn_on_bounds_nothing() -> None:
    free = bound(POOL, 0, Fraction(0))
    assert (free.stated, capacity_of([bound(NEED, 5), free]).amount) == (Stated.NOT_APPLICABLE, 5)


def test_unstated_headroom_says_so() -> None:
    assert [bound(POOL, None).stated, bound(POOL, 1).stated] == [Stated.NOT_STATED, Stated.STATED]


def test_draw_is_shown_to_six_places() -> None:
    assert bound(WIDTH, 1, Fraction(25, 19)).draw_per_yuan == Decimal("1.315789")


def test_nothing_is_left_of_a_limit_that_is_overdrawn() -> None:
    assert [left(5, 7), left(None, 7), left(5, None)] == [0, None, None]


def test_path_without_any_bound_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="without any constraint"):
        capacity_of([])


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.tuples(st.sampled_from([*ConstraintKind]), st.integers(0, 10**13)), min_size=1), st.integers(0, 10**13)
)
def test_further_limit_never_raises_capacity(bounds: list[tuple[ConstraintKind, int]], more: int) -> None:
    before = [bound(kind, headroom) for kind, headroom in bounds]
    amount = capacity_of(in_order(before)).amount
    assert amount is not None
    after = capacity_of(in_order([*before, bound(POOL, more)])).amount
    assert after is not None
    assert after <= amount
