"""Cells as stored values: every printed form that people use, and a reason for every other."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.fields import SEPARATOR
from graph.kinds.terms import Stage
from graph.money import Money
from loaders.tabular.cells import (
    BoolReader,
    CellReader,
    ConfidenceReader,
    CurrencyReader,
    DateReader,
    DecimalReader,
    Fault,
    FieldNamesReader,
    IntReader,
    ListReader,
    MoneyReader,
    TermReader,
    TermsReader,
    number_of,
)

STAGES = TermReader(Stage)


def value(reader: CellReader, text: str) -> Any:
    """What a cell comes to, by columns where it is in a plain form, else by itself."""
    cell = pl.DataFrame({"cell": [text]})
    for form in (reader.plain(pl.col("cell")), reader.second(pl.col("cell"))):
        if form is not None and (found := cell.select(form.alias("cell")).item()) is not None:
            return found
    return reader.read(text)


@pytest.mark.parametrize(
    ("reader", "text", "wanted"),
    [
        (IntReader(), "1200", 1200),
        (IntReader(), "-3", -3),
        (IntReader(), "1,200", 1200),
        (IntReader(), "12.0", 12),
        (IntReader(), "１２", 12),
        (IntReader(), "1.2e3", 1200),
        (DecimalReader(), "0.05", 50_000),
        (DecimalReader(), "5%", 50_000),
        (DecimalReader(), "５％", 50_000),
        (DecimalReader(), "2‰", 2_000),
        (DecimalReader(), "1e-3", 1_000),
        (DecimalReader(), "1,000.5", 1_000_500_000),
        (DecimalReader(), "0.3333333333333333", 333_333),
        (DateReader(), "2024-03-01", date(2024, 3, 1)),
        (DateReader(), "2024-3-1", date(2024, 3, 1)),
        (DateReader(), "2024/3/1", date(2024, 3, 1)),
        (DateReader(), "2024.03.01", date(2024, 3, 1)),
        (DateReader(), "20240301", date(2024, 3, 1)),
        (DateReader(), "2024年3月1日", date(2024, 3, 1)),
        (DateReader(), "2024-03-01 00:00:00", date(2024, 3, 1)),
        (DateReader(), "2024-03-01T23:59:59+08:00", date(2024, 3, 1)),
        (DateReader("%d.%m.%Y"), "01.03.2024", date(2024, 3, 1)),
        (DateReader(open_ended=True), "0001-01-01", date.min),
        (DateReader(open_ended=True), "9999-12-31", date.max),
        (BoolReader(), "true", True),
        (BoolReader(), "是", True),
        (BoolReader(), "NO", False),
        (BoolReader(), "0", False),
        (STAGES, "GROWTH", "GROWTH"),
        (STAGES, "growth", "GROWTH"),
        (STAGES, "成长期", "GROWTH"),
        (TermReader(Stage, {"成长": "GROWTH"}), "成长", "GROWTH"),
        (TermsReader(STAGES), "成长期、SEED；成长期", SEPARATOR.join(("GROWTH", "SEED"))),
        (ListReader(), "a、b; c|d", SEPARATOR.join("abcd")),
        (ListReader(), "、a,b、、", "a,b"),
        (CurrencyReader(), "USD", "USD"),
        (CurrencyReader(), "人民币", "CNY"),
        (CurrencyReader(), "RMB", "CNY"),
        (ConfidenceReader(), "95%", 950_000),
        (FieldNamesReader({"netAssets": "net_assets", "lei": "lei"}), "netAssets、lei", f"lei{SEPARATOR}net_assets"),
    ],
)  # fmt: skip
def test_a_printed_form_is_understood(reader: CellReader, text: str, wanted: object) -> None:
    assert value(reader, text) == wanted


@pytest.mark.parametrize(
    ("reader", "text", "minor", "currency", "printed"),
    [
        (MoneyReader(), "1200", 120_000, "CNY", None),
        (MoneyReader(), "1200.50", 120_050, "CNY", None),
        (MoneyReader("万元"), "1200.5", 1_200_500_000, "CNY", None),
        (MoneyReader(), "1,200.5", 120_050, "CNY", None),
        (MoneyReader(), "-3", -300, "CNY", None),
        (MoneyReader(), "1e3", 100_000, "CNY", None),
        (MoneyReader(), "3.5亿人民币", 35_000_000_000, "CNY", "3.5亿人民币"),
        (MoneyReader("万元"), "3.5亿元", 35_000_000_000, "CNY", "3.5亿元"),
        (MoneyReader(), "USD 1,200", 120_000, "USD", "USD 1,200"),
    ],
)
def test_an_amount_is_exact_and_keeps_its_printed_form(
    reader: MoneyReader, text: str, minor: int, currency: str, printed: str | None
) -> None:
    found = value(reader, text)
    if isinstance(found, int):
        assert (found, currency, printed) == (minor, "CNY", None)
    else:
        assert found == Money(minor, currency, printed)


@pytest.mark.parametrize(
    ("reader", "text", "code"),
    [
        (IntReader(), "12.5", "BAD_NUMBER"),
        (IntReader(), "NaN", "BAD_NUMBER"),
        (IntReader(), "1e309", "BAD_NUMBER"),
        (IntReader(), "99999999999999999999", "BAD_NUMBER"),
        (IntReader(), "1,20", "BAD_NUMBER"),
        (DecimalReader(), "inf", "BAD_NUMBER"),
        (DecimalReader(), "1e309", "BAD_NUMBER"),
        (DecimalReader(), "9999999999999", "BAD_NUMBER"),
        (DecimalReader(), "about 5%", "BAD_NUMBER"),
        (DecimalReader(), "9" * 10_000_000, "BAD_NUMBER"),
        (DateReader(), "2024-02-30", "BAD_DATE"),
        (DateReader(), "2024-13-01", "BAD_DATE"),
        (DateReader(), "0002-12-02", "BAD_DATE"),
        (DateReader(), "24-03-01", "BAD_DATE"),
        (DateReader(), "12024-03-01", "BAD_DATE"),
        (DateReader(), "2024-03", "BAD_DATE"),
        (DateReader(), "0001-01-01", "BAD_DATE"),
        (DateReader("%d.%m.%Y"), "2024-03-01", "BAD_DATE"),
        (BoolReader(), "maybe", "BAD_BOOLEAN"),
        (STAGES, "少年期", "BAD_CODE"),
        (TermsReader(STAGES), "成长期、少年期", "BAD_CODE"),
        (ListReader(), "、；", "BAD_LIST"),
        (MoneyReader(), "未披露", "BAD_MONEY"),
        (MoneyReader(), "数千万", "BAD_MONEY"),
        (MoneyReader(), "NaN", "BAD_MONEY"),
        (MoneyReader(), "5%", "BAD_MONEY"),
        (MoneyReader(), "1.005", "BAD_MONEY"),
        (MoneyReader(), "1e309", "BAD_MONEY"),
        (MoneyReader(), "99999999999999999999", "OUT_OF_RANGE"),
        (CurrencyReader(), "贝壳", "BAD_CODE"),
        (ConfidenceReader(), "1.01", "OUT_OF_RANGE"),
        (FieldNamesReader({"lei": "lei"}), "colour", "UNKNOWN_FIELD"),
    ],
)
def test_any_other_form_is_a_fault_with_a_remedy(reader: CellReader, text: str, code: str) -> None:
    fault = value(reader, text)
    assert isinstance(fault, Fault)
    assert (fault.code, bool(fault.reason), bool(fault.remedy)) == (code, True, True)


decimals = st.decimals(min_value=-(10**11), max_value=10**11, allow_nan=False, allow_infinity=False, places=9)


@given(decimals)
def test_decimals_are_rounded_half_to_even_at_millionths(number: Decimal) -> None:
    rounded = number.quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN)
    assert value(DecimalReader(), str(number)) == int(rounded.scaleb(6))


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=2), st.sampled_from(["元", "万元", "亿元"]))
def test_amounts_are_exact_in_any_unit(number: Decimal, unit: str) -> None:
    found = value(MoneyReader(unit), f"{number:f}")
    factor = {"元": 1, "万元": 10**4, "亿元": 10**8}[unit]
    if abs(number * factor * 100) > 10**17:
        assert isinstance(found, Fault)
    else:
        assert (found.minor if isinstance(found, Money) else found) == number * factor * 100


@given(st.text(max_size=12))
def test_no_text_breaks_a_reader(text: str) -> None:
    for reader in (IntReader(), DecimalReader(), DateReader(), BoolReader(), STAGES, MoneyReader(), CurrencyReader()):
        found = value(reader, text)
        assert found is not None
        assert number_of(text) is None or number_of(text) == number_of(text)
