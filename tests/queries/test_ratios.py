"""Shares of money, exactly, one by one and in columns."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.money import MAX_MINOR
from queries.ratios import (
    UNLIMITED,
    UNREACHED,
    UNSTATED,
    balance,
    balances,
    rounded,
    share_at_most,
    share_of,
    shares_of,
)
from tests.examples import EXAMPLES

amounts = st.integers(0, MAX_MINOR)


def test_balance_of_a_year_and_a_term() -> None:
    assert (balance(3650, 90), balance(730, 60), balance(365, 30), balance(1, 364)) == (900, 120, 30, 0)


@settings(max_examples=EXAMPLES)
@given(amounts, st.integers(0, 3_650))
def test_balance_of_columns_is_that_of_one(annual: int, days: int) -> None:
    assert balances(np.array([annual]), np.array([days])).tolist() == [balance(annual, days)]


def test_balance_beyond_64_bits_is_unlimited() -> None:
    assert balances(np.array([MAX_MINOR]), np.array([10**6])).tolist() == [UNLIMITED]


@settings(max_examples=EXAMPLES)
@given(amounts, st.integers(0, 1_000_000))
def test_share_of_a_column_is_never_below_the_exact_one(amount: int, share: int) -> None:
    bound = int(share_at_most(np.array([amount]), share)[0])
    assert 0 <= bound - share_of(amount, share) <= 1


@settings(max_examples=EXAMPLES)
@given(amounts, amounts)
def test_shares_of_a_column_are_exact(one: int, other: int) -> None:
    part, whole = sorted((one, other))
    assert shares_of(np.array([part]), np.array([whole])).tolist() == [part * 10**6 // whole if whole else 0]


def test_marks_in_a_column_of_bounds_stand() -> None:
    marks = [UNLIMITED, UNSTATED, UNREACHED]
    assert share_at_most(np.array(marks), 500_000).tolist() == marks


def test_share_of_several_shares_rounds_once() -> None:
    assert share_of(10, 950_000, 800_000) == 7


def test_rounded_is_half_even_without_trailing_zeros() -> None:
    assert [str(rounded(value)) for value in (Fraction(25, 19), Fraction(1), Fraction(100), Fraction(5, 10**7))] == [
        "1.315789",
        "1",
        "100",
        "0",
    ]
