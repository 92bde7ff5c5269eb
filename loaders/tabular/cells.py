"""How a text cell becomes a stored value: the plain form at once by columns, any other printed form one distinct text at a time."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, ClassVar, Final

import polars as pl

from graph.errors import InvalidInput
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.money import CURRENCIES, MAX_MINOR, MINOR_PER_MAJOR, UNITS, Money, parse_money
from graph.records import Term
from graph.values import FIRST_DAY, MILLION, millionths

LONGEST_CELL: Final = 200
"""Characters of the longest cell that can be a number, a date or an amount."""

LIST_MARKS: Final = r"[、;；|｜\x1f]"
"""What stands between the items of a list cell."""

YEARS: Final = (1000, 9999)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be read, and what to do."""

    code: str
    reason: str
    remedy: str


class CellReader(ABC):
    """Reads the cells of one stored column. `dtype` is the column's."""

    dtype: ClassVar[pl.DataType | type[pl.DataType]] = pl.String

    @abstractmethod
    def plain(self, cell: pl.Expr) -> pl.Expr:
        """The values of cells in the plain form; null where a cell is in another form."""

    def second(self, cell: pl.Expr) -> pl.Expr | None:
        """The values of cells in a second form that is frequent enough to be read by columns; None: there is none."""
        return None

    @abstractmethod
    def read(self, text: str) -> Any | Fault:
        """The value of a cell in any form, or why it has none."""


class TextReader(CellReader):
    """Text as it stands."""

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return cell

    def read(self, text: str) -> Any | Fault:
        return text


class ListReader(CellReader):
    """Texts between 、 ; or |."""

    def plain(self, cell: pl.Expr) -> pl.Expr:
        items = cell.str.replace_all(rf"\s*{LIST_MARKS}[\s、;；|｜\x1f]*", SEPARATOR).str.strip_chars(SEPARATOR)
        return pl.when(cell.is_null() | (items != "")).then(items)

    def read(self, text: str) -> Any | Fault:
        return Fault("BAD_LIST", "has only separators", "write the items between 、 or leave the cell empty")


@dataclass(frozen=True)
class TermReader(CellReader):
    """A code, or its Chinese label."""

    term: type[Term]
    words: Mapping[str, str] = field(default_factory=dict)

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return pl.when(cell.is_in([term.name for term in self.term])).then(cell)

    def read(self, text: str) -> Any | Fault:
        if text in self.words:
            return self.words[text]
        bare = unicodedata.normalize("NFKC", text)
        for term in self.term:
            if bare.upper() == term.name or bare == unicodedata.normalize("NFKC", term.zh):
                return term.name
        known = "、".join(f"{term.name} {term.zh}" for term in self.term)
        return Fault("BAD_CODE", "is not in the code list", f"use one of {known}")


@dataclass(frozen=True)
class TermsReader(CellReader):
    """Codes or labels between 、 ; or |."""

    one: TermReader

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return self.one.plain(cell)

    def read(self, text: str) -> Any | Fault:
        items = [item.strip() for item in re.split(LIST_MARKS, text) if item.strip()]
        found = [self.one.read(item) for item in items]
        fault = next((item for item in found if isinstance(item, Fault)), None)
        return fault if fault else SEPARATOR.join(dict.fromkeys(map(str, found))) or None


class IntReader(CellReader):
    """Whole numbers, with or without thousands marks."""

    dtype = pl.Int64

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return cell.cast(pl.Int64, strict=False)

    def read(self, text: str) -> Any | Fault:
        number = number_of(text)
        if number is None or number != number.to_integral_value() or abs(number) >= 2**63:
            return Fault("BAD_NUMBER", "is no whole number", "write digits only, such as 1200")
        return int(number)


class BoolReader(CellReader):
    """True or false, 是 or 否."""

    dtype = pl.Boolean
    TRUE: Final = ("true", "yes", "y", "t", "1", "是", "有", "真", "√")
    FALSE: Final = ("false", "no", "n", "f", "0", "否", "无", "假", "×")

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return pl.when(cell == "true").then(True).when(cell == "false").then(False)

    def read(self, text: str) -> Any | Fault:
        word = unicodedata.normalize("NFKC", text).lower()
        if word in self.TRUE or word in self.FALSE:
            return word in self.TRUE
        return Fault("BAD_BOOLEAN", "is neither true nor false", "write true or false, 是 or 否")


class DecimalReader(CellReader):
    """Decimals in millionths; % and ‰ are understood, what is finer is rounded half to even."""

    dtype = pl.Int64

    def plain(self, cell: pl.Expr) -> pl.Expr:
        value = cell.cast(pl.Decimal(38, 6), strict=False)
        # 12 digits before the point, so that the millionths fit 64 bits.
        return pl.when(value.abs() < 10**12).then((value * MILLION).cast(pl.Int64, strict=False))

    def read(self, text: str) -> Any | Fault:
        number = number_of(text)
        if number is None:
            return Fault("BAD_NUMBER", "is no number", "write digits, such as 0.05 or 5%")
        try:
            with localcontext() as context:
                context.prec = 60
                return millionths(number.quantize(Decimal(1).scaleb(-6)))
        except (InvalidInput, InvalidOperation):
            return Fault("BAD_NUMBER", "is too large", "check the unit")


@dataclass(frozen=True)
class DateReader(CellReader):
    """Dates: 2024-03-01, 2024/3/1, 2024.3.1, 20240301, 2024年3月1日, or a declared form."""

    dtype: ClassVar[pl.DataType | type[pl.DataType]] = pl.Date
    form: str | None = None
    open_ended: bool = False

    def plain(self, cell: pl.Expr) -> pl.Expr:
        value = cell.str.to_date(self.form or "%Y-%m-%d", strict=False)
        return pl.when(value.dt.year().is_between(*YEARS)).then(value)

    def read(self, text: str) -> Any | Fault:
        value = self._date(unicodedata.normalize("NFKC", text))
        if value is None:
            return Fault("BAD_DATE", "is no date of the calendar", "write it as 2024-03-01")
        if value.year < YEARS[0] and not (self.open_ended and value == FIRST_DAY):
            return Fault("BAD_DATE", f"lies in the year {value.year}", "check the year; it wants four digits")
        return value

    def _date(self, text: str) -> date | None:
        if self.form is not None:
            try:
                return datetime.strptime(text, self.form).date()
            except ValueError:
                return None
        match = _DATE.match(text) or _DATE_ZH.match(text) or _DATE_DIGITS.match(text)
        if match is None:
            return None
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            return None


_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(rf"^(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_TIME}$")
_DATE_ZH = re.compile(r"^(?P<year>\d{4})年\s*(?P<month>\d{1,2})月\s*(?P<day>\d{1,2})[日号]$")
_DATE_DIGITS = re.compile(r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$")


@dataclass(frozen=True)
class MoneyReader(CellReader):
    """Amounts in 分: digits in `unit`, or a printed form with its own unit and currency (3.5亿人民币)."""

    dtype: ClassVar[pl.DataType | type[pl.DataType]] = pl.Int64
    unit: str = "元"

    def plain(self, cell: pl.Expr) -> pl.Expr:
        factor = UNITS[self.unit] * MINOR_PER_MAJOR
        whole = cell.cast(pl.Int64, strict=False)
        return pl.when(whole.is_between(-(MAX_MINOR // factor), MAX_MINOR // factor)).then(whole * factor)

    def second(self, cell: pl.Expr) -> pl.Expr | None:
        cents = (cell.cast(pl.Decimal(38, 2), strict=False) * MINOR_PER_MAJOR).cast(pl.Int64, strict=False)
        most = MAX_MINOR // UNITS[self.unit]
        plain = cell.str.contains(r"^[+-]?\d{1,15}\.\d{1,2}$") & cents.is_between(-most, most)
        return pl.when(plain).then(cents * UNITS[self.unit])

    def read(self, text: str) -> Any | Fault:
        """The Money that the cell states."""
        number = number_of(text)
        try:
            if number is not None and "%" not in text:
                return Money.of(number, unit=self.unit)
        except InvalidInput as exc:
            return _money_fault(exc.message)
        money = parse_money(text)
        if money is None:
            return Fault("BAD_MONEY", "states no exact amount", "write digits and a unit, such as 1200.50 or 3.5亿元")
        return money


def _money_fault(message: str) -> Fault:
    if "finer" in message:
        return Fault("BAD_MONEY", "is finer than 分", "round it at the source, or check the unit")
    return Fault("OUT_OF_RANGE", f"is beyond {MAX_MINOR // MINOR_PER_MAJOR} 元", "check the unit (元, 万元, 亿元)")


class ConfidenceReader(DecimalReader):
    """Shares from 0 to 1, in millionths."""

    def plain(self, cell: pl.Expr) -> pl.Expr:
        value = super().plain(cell)
        return pl.when(value.is_between(0, MILLION)).then(value)

    def read(self, text: str) -> Any | Fault:
        value = super().read(text)
        if isinstance(value, int) and not 0 <= value <= MILLION:
            return Fault("OUT_OF_RANGE", "is not between 0 and 1", "write 95 % as 0.95 or 95%")
        return value


@dataclass(frozen=True)
class FieldNamesReader(CellReader):
    """Names of fields between 、 ; or |, as in a table's headings."""

    names: Mapping[str, str]

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return pl.when(cell.is_null()).then(cell)

    def read(self, text: str) -> Any | Fault:
        items = [item.strip() for item in re.split(LIST_MARKS, text) if item.strip()]
        unknown = [item for item in items if item not in self.names]
        if unknown:
            return Fault("UNKNOWN_FIELD", f"names {unknown[0]}, which is no field", f"use {'、'.join(self.names)}")
        return SEPARATOR.join(sorted({self.names[item] for item in items})) or None


class CurrencyReader(CellReader):
    """ISO 4217 codes, or their Chinese names."""

    def plain(self, cell: pl.Expr) -> pl.Expr:
        return pl.when(cell.str.contains(r"^[A-Z]{3}$") & (cell != "RMB")).then(cell)

    def read(self, text: str) -> Any | Fault:
        found = CURRENCIES.get(unicodedata.normalize("NFKC", text).strip().upper())
        return found or Fault("BAD_CODE", "is no currency", "write its ISO 4217 code, such as CNY")


def number_of(text: str) -> Decimal | None:
    """The number that a cell states: full-width digits, thousands marks, exponents, % and ‰ understood; None: no number."""
    if len(text) > LONGEST_CELL:
        return None
    bare = unicodedata.normalize("NFKC", text).replace(" ", "").replace("−", "-")
    scale = 0
    if bare.endswith(("%", "‰")):
        scale, bare = (-2 if bare.endswith("%") else -3), bare[:-1]
    if "," in bare:
        if not _GROUPED.match(bare):
            return None
        bare = bare.replace(",", "")
    if not _NUMBER.match(bare):
        return None
    with localcontext() as context:
        context.prec = 400
        try:
            number = Decimal(bare).scaleb(scale)
        except InvalidOperation:
            return None
    return number if number.is_zero() or -100 < number.adjusted() < 100 else None


_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$", re.IGNORECASE | re.ASCII)
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$", re.ASCII)


def reader_for(
    spec: FieldSpec, *, unit: str | None = None, form: str | None = None, words: Mapping[str, str] | None = None
) -> CellReader:
    """The reader of a field's first stored column."""
    match spec.holds:
        case FieldType.INT | FieldType.SPAN:
            return IntReader()
        case FieldType.BOOL:
            return BoolReader()
        case FieldType.DATE:
            return DateReader(form, open_ended=spec.name in ("valid_from", "valid_to"))
        case FieldType.DECIMAL:
            return DecimalReader()
        case FieldType.MONEY:
            return MoneyReader(unit or "元")
        case FieldType.TERM if spec.term is not None:
            return TermReader(spec.term, words or {})
        case FieldType.TERMS if spec.term is not None:
            return TermsReader(TermReader(spec.term, words or {}))
        case FieldType.TEXTS:
            return ListReader()
        case _:
            return TextReader()
