"""Money is exact in 分; what a source prints without an exact amount is no money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput
from graph.money import MAX_MINOR, Money, parse_money


@pytest.mark.parametrize(
    ("printed", "minor", "currency"),
    [
        ("3.5亿人民币", 35_000_000_000, "CNY"),
        ("500万元人民币", 500_000_000, "CNY"),
        ("3000万元", 3_000_000_000, "CNY"),
        ("4亿元", 40_000_000_000, "CNY"),
        ("1,200.50元", 120_050, "CNY"),
        ("100万美元", 100_000_000, "USD"),
        ("USD 1,200", 120_000, "USD"),
        ("2千万元", 2_000_000_000, "CNY"),
        ("５００万", 500_000_000, "CNY"),
        ("12", 1_200, "CNY"),
    ],
)
def test_a_printed_amount_is_read_exactly(printed: str, minor: int, currency: str) -> None:
    money = parse_money(printed)
    assert money is not None
    assert (money.minor, money.currency, money.printed) == (minor, currency, printed)


@pytest.mark.parametrize(
    "printed", ["未披露", "数千万人民币", "近亿元", "过亿人民币", "", "&nbsp;", "万元", "1e309", "3.3.3万", "十分"]
)
def test_what_states_no_exact_amount_is_no_money(printed: str) -> None:
    assert parse_money(printed) is None


def test_yi_and_wan_differ_by_ten_thousand() -> None:
    assert Money.of(4, unit="亿元").minor == 10_000 * Money.of(4, unit="万元").minor


def test_finer_than_a_fen_is_refused() -> None:
    with pytest.raises(InvalidInput, match="finer than 分"):
        Money.of("0.001")


@pytest.mark.parametrize("major", ["1e40", "NaN", "Infinity", "ten"])
def test_what_is_no_keepable_number_is_refused(major: str) -> None:
    with pytest.raises(InvalidInput):
        Money.of(major)


@given(st.integers(-MAX_MINOR, MAX_MINOR))
def test_the_amount_in_yuan_keeps_every_fen(minor: int) -> None:
    assert Money.of(Money(minor).amount).minor == minor


def test_ten_to_the_thirteen_is_exact() -> None:
    assert Money(10**13 + 1).amount == Decimal("100000000000.01")
