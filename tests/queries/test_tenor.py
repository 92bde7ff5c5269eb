"""For how long money stays, against the days that a need asks for."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.financing.tenor import DayRange, tenor_fit


@pytest.mark.parametrize(
    ("path", "need", "fit"),
    [
        ((0, 120), (90, 180), "0.3333333333333333333333333333"),  # 30 of 90 days
        ((90, 180), (90, 180), "1"),
        ((0, 365), (90, 180), "1"),
        ((60, 60), (30, 90), "1"),  # a claim that runs 60 days
        ((91, 91), (30, 90), "0"),
        ((0, 365), (30, 30), "1"),
        ((31, 365), (30, 30), "0"),
        ((200, 300), (90, 180), "0"),
        ((180, 300), (90, 180), "0"),  # no more than the end
        ((0, None), (90, 180), "1"),
        ((0, 365), (90, None), "1"),
    ],
)
def test_fit_is_the_part_of_the_needs_days_that_the_path_has(
    path: tuple[int, int | None], need: tuple[int, int | None], fit: str
) -> None:
    assert tenor_fit(DayRange(*path), DayRange(*need)) == Decimal(fit)


def test_days_in_common_roll_where_one_of_them_does() -> None:
    assert DayRange(0, 365, 90).meet(DayRange(30, 180)) == DayRange(30, 180, 90)
    assert DayRange(0, 20).meet(DayRange(30, None)) is None
    assert (DayRange(0, 365, 90).longest, DayRange(0, 365).longest, DayRange(0, None).longest) == (90, 365, None)


ends = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40))).map(
    lambda pair: DayRange(pair[0], None if pair[1] is None else pair[0] + pair[1])
)


@settings(max_examples=2000)
@given(ends, ends)
def test_days_in_common_are_those_of_both_and_fit_is_from_0_to_1(one: DayRange, other: DayRange) -> None:
    def days(held: DayRange) -> set[int]:
        return set(range(held.low, (100 if held.high is None else held.high) + 1))

    common = one.meet(other)
    assert (set() if common is None else days(common)) == days(one) & days(other)
    assert one.meet(other) == other.meet(one)
    assert 0 <= tenor_fit(one, other) <= 1
    assert (common is None) <= (tenor_fit(one, other) == 0)
