"""The rows of an answer as a table with typed columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson
import polars as pl

from graph.errors import InvalidInput
from schema.exports.plan import Column

MAX_DIGITS: Final = 38
"""Digits of a decimal column."""
SIMPLE: Final = {"Int": pl.Int64, "Boolean": pl.Boolean, "Float": pl.Float64}


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows. `cells` as the answer has them: JSON values, decimals and dates still texts."""

    columns: tuple[Column, ...]
    cells: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Table:
        """The table of these rows. Raises InvalidInput where two columns would have one heading."""
        names = [column.name for column in columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidInput(f"two columns would be called {', '.join(twice)}; give one of them an alias")
        return cls(tuple(columns), tuple(tuple(_at(row, column) for column in columns) for row in rows))

    @property
    def sha256(self) -> str:
        """The hash of headings and cells: equal for equal rows, whatever file they are written to."""
        lines = [orjson.dumps([column.name for column in self.columns]), *(orjson.dumps(row) for row in self.cells)]
        return hashlib.sha256(b"\n".join(lines)).hexdigest()

    def frame(self) -> pl.DataFrame:
        """The table in typed columns: whole numbers, decimals (exact), days, moments, flags; all else texts."""
        return pl.DataFrame(
            [_series(column, [row[place] for row in self.cells]) for place, column in enumerate(self.columns)]
        )


def _at(row: Mapping[str, Any], column: Column) -> Any:
    value: Any = row
    for name in column.path:
        if value is None:
            return None
        value = value.get(name)
    if column.nested and value is not None:
        return orjson.dumps(value).decode()
    return value


def _series(column: Column, values: list[Any]) -> pl.Series:
    name = column.name
    if column.nested:
        return pl.Series(name, values, pl.String)
    match column.scalar:
        case "Decimal":
            numbers = [None if value is None else Decimal(value) for value in values]
            scale = max((-int(number.as_tuple().exponent) for number in numbers if number is not None), default=0)
            return pl.Series(name, numbers, pl.Decimal(MAX_DIGITS, max(0, scale)))
        case "Date":
            return pl.Series(name, [None if value is None else date.fromisoformat(value) for value in values], pl.Date)
        case "DateTime":
            moments = [None if value is None else datetime.fromisoformat(value) for value in values]
            return pl.Series(name, moments, pl.Datetime("us", "UTC"))
        case scalar if scalar in SIMPLE:
            return pl.Series(name, values, SIMPLE[scalar])
    return pl.Series(name, [_text(value) for value in values], pl.String)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
