"""Chinese and Arabic numerals."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.plan.dates import DAY, day_of, last_day_of
from loaders.plan.numerals import decimal_of, integer_of

DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("七", 7), ("十", 10), ("十二", 12), ("二十", 20), ("二十七", 27), ("一百零三", 103), ("三千", 3000), ("二〇一七", 2017),
        ("两亿三千万", 230_000_000), ("27", 27),
    ],
)  # fmt: skip
def test_a_numeral_is_a_number(numeral: str, value: int) -> None:
    assert integer_of(numeral) == value


@pytest.mark.parametrize("numeral", ["", "百分", "3.5", "a", "一" * 30])
def test_what_is_no_numeral_is_none(numeral: str) -> None:
    assert integer_of(numeral) is None


@given(st.integers(1, 99))
def test_numerals_up_to_a_hundred(number: int) -> None:
    tens, ones = divmod(number, 10)
    written = ("" if tens == 0 else ("" if tens == 1 else DIGITS[tens]) + "十") + (DIGITS[ones] if ones else "")
    assert integer_of(written) == number


@pytest.mark.parametrize(
    ("numeral", "value"), [("4,000", "4000"), ("0.4", "0.4"), ("1,500.25", "1500.25"), ("三千", "3000")]
)
def test_a_decimal_is_exact(numeral: str, value: str) -> None:
    assert decimal_of(numeral) == Decimal(value)


@pytest.mark.parametrize("printed", ["2017年7月21日", "2017 年 7 月 21 日", "二〇一七年七月二十一日"])
def test_a_day_is_read_in_digits_and_in_numerals(printed: str) -> None:
    match = DAY.search(printed)
    assert match is not None
    assert day_of(match) == date(2017, 7, 21)


def test_a_day_that_does_not_exist_is_none() -> None:
    match = DAY.search("2017年2月30日")
    assert match is not None
    assert day_of(match) is None


def test_a_year_ends_on_its_last_day_and_a_month_on_its() -> None:
    assert last_day_of(2020, None) == date(2020, 12, 31)
    assert last_day_of(2024, 2) == date(2024, 2, 29)
    assert last_day_of(2024, 13) is None
