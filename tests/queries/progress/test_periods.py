"""Periods and units as they are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from queries.progress.periods import Period, months_between, period_of, years_between
from queries.progress.units import Counted, converted, unit_of


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020年度", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020H2", date(2020, 7, 1), date(2020, 12, 31)),
        ("2020年上半年", date(2020, 1, 1), date(2020, 6, 30)),
        ("2020Q1", date(2020, 1, 1), date(2020, 3, 31)),
        ("2020年第三季度", date(2020, 7, 1), date(2020, 9, 30)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020年1-9月", date(2020, 1, 1), date(2020, 9, 30)),
        ("2020 年 12 月", date(2020, 12, 1), date(2020, 12, 31)),
        ("2020-06-30", date(2020, 6, 30), date(2020, 6, 30)),
        ("2020年6月30日", date(2020, 6, 30), date(2020, 6, 30)),
        ("2017-07-21/2020Q2", date(2017, 7, 21), date(2020, 6, 30)),
    ],
)
def test_a_period_has_its_first_and_last_day(printed: str, first: date, last: date) -> None:
    assert period_of(printed) == Period(first, last)


@pytest.mark.parametrize(
    "printed",
    [
        "", "20", "2020Q5", "2020-13", "2020-02-30", "2020年9-1月", "2021/2020", "2020/", "recently",
        "9999", "9999-12-31", "0001-01-01", "0001-01-01/2020",
    ],
)  # fmt: skip
def test_what_is_no_period_is_none(printed: str) -> None:
    assert period_of(printed) is None


@pytest.mark.parametrize(
    ("first", "last", "is_year"),
    [
        (date(2020, 1, 1), date(2020, 12, 31), True),
        (date(2019, 7, 1), date(2020, 6, 30), True),
        (date(2019, 7, 2), date(2020, 7, 1), False),
        (date(2019, 1, 1), date(2020, 12, 31), False),
        (date.min, date(2020, 12, 31), False),
    ],
)
def test_a_year_is_twelve_whole_months(first: date, last: date, is_year: bool) -> None:
    assert Period(first, last).is_year is is_year


def test_years_between_last_days_of_months_are_months() -> None:
    assert months_between(date(2016, 12, 31), date(2018, 12, 31)) == 24
    assert years_between(date(2015, 12, 31), date(2018, 6, 30)) == Fraction(5, 2)
    assert years_between(date(2016, 1, 1), date(2016, 12, 31)) == 1


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("4000", "万元", "亿元", Fraction(2, 5)), ("1", "亿元人民币", "元", Fraction(10**8)), ("3", "万人", "人", Fraction(30_000)),
        ("2", "‰", "%", Fraction(1, 5)), ("0.4", "个百分点", "%", Fraction(2, 5)), ("5", "家", "家", Fraction(5)),
        ("5", None, None, Fraction(5)), ("5", "万美元", "万元", None), ("5", "家", "户", None), ("5", None, "家", None),
    ],
)  # fmt: skip
def test_values_convert_between_units_of_one_thing(
    value: str, unit: str | None, to: str | None, expected: Fraction | None
) -> None:
    assert converted(Decimal(value), unit_of(unit), unit_of(to)) == expected


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        ("亿元", Counted.MONEY),
        ("万人", Counted.PEOPLE),
        ("家", Counted.PARTIES),
        ("万户次", Counted.CONTRACTS),
        ("%", None),
    ],
)
def test_a_unit_says_what_of_contracts_it_counts(unit: str, counted: Counted | None) -> None:
    assert unit_of(unit).counted is counted
