"""Rows of cells as statements of one kind; a row with a cell that cannot be read is rejected whole, and says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from graph.batch import Rejection
from graph.blocks import ID, LOCATOR
from graph.fields import FieldType
from graph.money import CNY, CURRENCIES, UNITS, Money
from graph.ontology import KindSpec
from loaders.tabular.cells import CellReader, Fault, MoneyReader
from loaders.tabular.headings import UNIT, Heading
from loaders.tabular.table import ROW

SHOWN: Final = 80
"""Characters of a rejected cell that are shown."""

_BAD_UNIT: Final = Fault("BAD_UNIT", "is no unit of money", f"use one of {'、'.join(unit for unit in UNITS if unit)}")


@dataclass(frozen=True, slots=True)
class CellColumn:
    """A column of cells, what it means and how it is read."""

    name: str
    heading: Heading
    reader: CellReader


@dataclass(frozen=True, slots=True)
class Statements:
    """What rows of cells came to: `frame` the good rows, `keys` those of the rejected ones as far as legible, both with ROW."""

    frame: pl.DataFrame
    keys: pl.DataFrame
    rejections: Sequence[Rejection] = ()


@dataclass(frozen=True, slots=True)
class _BadCells:
    column: CellColumn
    flags: pl.Series
    texts: pl.Series
    faults: Mapping[str, Fault]


def read_statements(
    kind: KindSpec, cells: pl.DataFrame, columns: Sequence[CellColumn], file: str, locator: str
) -> Statements:
    """The statements of rows of cells.

    `cells` has ROW and the text columns; `locator` goes before the row number in each statement's locator. Cost: a pass over each
    column; distinct texts that are not in the plain form are read one by one.
    """
    columns, cells, bad = _with_units(columns, cells)
    typed = cells.select(ROW, *(column.reader.plain(pl.col(column.name)).alias(column.name) for column in columns))
    extra: list[pl.Series] = []
    for column in columns:
        if typed[column.name].null_count() == cells[column.name].null_count():
            continue
        values, faults, monies = _read_others(typed[column.name], cells[column.name], column.reader)
        typed = typed.with_columns(values)
        extra += _printed_forms(column, cells, columns, typed, monies)
        if faults:
            flags = cells[column.name].is_in(list(faults)).fill_null(False)
            bad.append(_BadCells(column, flags, cells[column.name], faults))
    frame = typed.select(ROW, *(pl.col(column.name).alias(column.heading.column) for column in columns))
    frame = frame.with_columns(extra).with_columns(
        pl.when(pl.col(name) != CNY).then(pl.col(name)).alias(name) for name in _currencies(kind, [frame, *extra])
    )
    place = pl.format(f"{locator.replace('{', '{{').replace('}', '}}')}{{}}", pl.col(ROW))
    if LOCATOR in frame.columns:
        place = pl.col(LOCATOR).fill_null(place)
    return _split(kind, frame.with_columns(place.alias(LOCATOR)), bad, file)


def _with_units(
    columns: Sequence[CellColumn], cells: pl.DataFrame
) -> tuple[list[CellColumn], pl.DataFrame, list[_BadCells]]:
    bad: list[_BadCells] = []
    kept = [column for column in columns if not column.heading.column.endswith(UNIT)]
    for unit in columns:
        if unit in kept:
            continue
        texts = cells[unit.name]
        unknown = [text for text in texts.drop_nulls().unique() if text not in UNITS]
        if unknown:
            flags = texts.is_in(unknown).fill_null(False)
            bad.append(_BadCells(unit, flags, texts, dict.fromkeys(unknown, _BAD_UNIT)))
        for amount in kept:
            if amount.heading.column == unit.heading.column.removesuffix(UNIT):
                # An amount that is printed with a unit of its own keeps it.
                bare = pl.col(amount.name).str.contains(r"^[-+]?[\d,.]+$") & pl.col(unit.name).is_in(list(UNITS))
                joined = pl.when(bare).then(pl.col(amount.name) + pl.col(unit.name)).otherwise(pl.col(amount.name))
                cells = cells.with_columns(joined.alias(amount.name))
    return kept, cells, bad


def _read_others(
    typed: pl.Series, cells: pl.Series, reader: CellReader
) -> tuple[pl.Series, dict[str, Fault], dict[str, Money]]:
    name = cells.name
    places = (typed.is_null() & cells.is_not_null()).arg_true()
    texts = cells.gather(places)
    values = pl.Series(name, [None], dtype=typed.dtype).new_from_index(0, len(places))
    second = reader.second(pl.col(name))
    if second is not None:
        values = texts.to_frame().select(second.alias(name))[name]
    found: dict[str, Any] = {text: reader.read(text) for text in texts.filter(values.is_null()).unique()}
    faults = {text: value for text, value in found.items() if isinstance(value, Fault)}
    monies = {text: value for text, value in found.items() if isinstance(value, Money)}
    read = found | {text: money.minor for text, money in monies.items()} | dict.fromkeys(faults)
    if read:
        table = pl.DataFrame({"text": list(read), "value": pl.Series(list(read.values()), dtype=typed.dtype)})
        others = texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")["value"]
        values = values.zip_with(values.is_not_null(), others)
    return typed.clone().scatter(places, values), faults, monies


def _printed_forms(
    column: CellColumn,
    cells: pl.DataFrame,
    columns: Sequence[CellColumn],
    typed: pl.DataFrame,
    monies: Mapping[str, Money],
) -> list[pl.Series]:
    forms = {text: money for text, money in monies.items() if money.printed is not None}
    if not isinstance(column.reader, MoneyReader) or not forms:
        return []
    table = pl.DataFrame(
        {
            "text": list(forms),
            "currency": [_stated_currency(money) for money in forms.values()],
            "printed": [money.printed for money in forms.values()],
        },
        schema=dict.fromkeys(("text", "currency", "printed"), pl.String),
    )
    own = cells.select(text=column.name).join(table, on="text", how="left", maintain_order="left")
    series = []
    for suffix in ("currency", "printed"):
        name = f"{column.heading.column}_{suffix}"
        values = own[suffix].alias(name)
        for other in columns:
            if other.heading.column == name:
                stated = typed[other.name]
                # A currency in the amount itself outweighs the column beside it; a printed form given apart is the source's.
                values = values.fill_null(stated) if suffix == "currency" else stated.alias(name).fill_null(values)
        series.append(values.alias(name))
    return series


def _stated_currency(money: Money) -> str | None:
    words = money.printed or ""
    return money.currency if any(word in words for word in CURRENCIES) else None


def _currencies(kind: KindSpec, frames: Sequence[pl.DataFrame | pl.Series]) -> list[str]:
    names = {name for frame in frames for name in (frame.columns if isinstance(frame, pl.DataFrame) else [frame.name])}
    wanted = [f"{spec.name}_currency" for spec in kind.fields if spec.holds is FieldType.MONEY]
    return [name for name in wanted if name in names]


def _split(kind: KindSpec, frame: pl.DataFrame, bad: Sequence[_BadCells], file: str) -> Statements:
    keys = [ROW, *(name for name in key_columns(kind) if name in frame.columns)]
    if not bad:
        return Statements(frame, frame.clear().select(keys))
    rejections: list[Rejection] = []
    for cells in bad:
        hit = pl.DataFrame({"row": frame[LOCATOR], "text": cells.texts}).filter(cells.flags)
        for row, text in hit.iter_rows():
            fault = cells.faults[text]
            rejections.append(
                Rejection(
                    fault.code,
                    kind.name,
                    row,
                    cells.column.heading.name,
                    text[:SHOWN],
                    fault.reason,
                    fault.remedy,
                    file,
                )
            )
    refused = pl.DataFrame([cells.flags.alias(str(place)) for place, cells in enumerate(bad)]).select(
        pl.any_horizontal(pl.all())
    )
    flags = refused.to_series()
    return Statements(frame.filter(~flags), frame.filter(flags).select(keys), rejections)


def key_columns(kind: KindSpec) -> list[str]:
    """The stored columns that a row's key is made from."""
    if kind.is_link:
        return ["source", "target", *kind.key, "valid_from"]
    rungs = dict.fromkeys(name for rung in kind.identity for name in rung)
    name = ["name"] if "name" in kind.by_name else []
    return list(dict.fromkeys([ID, *rungs, *name, "valid_from"]))
