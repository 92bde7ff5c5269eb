"""The statements of one kind: when and by whom each was made, from when to when it was known, and what it states, by columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import takewhile
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.blocks import CONFIDENCE, DTYPES, LOCATOR, NONE, Op
from graph.fields import SEPARATOR, FieldSpec, FieldType, Storage
from graph.ontology import KindSpec
from graph.snapshot_cells import Cell, cell_of
from graph.snapshot_columns import FEW_VALUES, NO_DAY, NOBODY, NOT_STATED, Codes, Column, Mask, Numbers, Rows, Texts

OPEN: Final = 2**31 - 1
"""The end of what has not ended: of load numbers and of days."""
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
FIRST: Final = date.min.toordinal() - EPOCH_ORDINAL
"""0001-01-01 as days since 1970: an unstated validFrom."""
MERGE_RATIO: Final = 4
"""A part is joined to a new one unless it is more than this many times as long: so parts stay few."""

Values = npt.NDArray[np.integer] | pl.Series | None


@cache
def empty_column(storage: Storage) -> Column:
    """The column of no rows of this storage; a column never changes, so it is one and the same."""
    match storage:
        case Storage.TEXT:
            return Texts.empty()
        case Storage.CODE:
            return Codes.empty()
        case Storage.REF:
            return Numbers.empty(NOBODY, np.int64)
        case Storage.INT | Storage.DECIMAL:
            return Numbers.empty(NOT_STATED, np.int64)
        case Storage.DATE:
            return Numbers.empty(NO_DAY, np.int32)
        case Storage.BOOL:
            return Numbers.empty(-1, np.int8)


def stored_values(storage: Storage, series: pl.Series | None) -> Values:
    """A block's column as the snapshot keeps it (references are interned elsewhere); None where all is null."""
    if series is None or series.null_count() == series.len():
        return None
    dtype = DTYPES[storage]
    if series.dtype == dtype and dtype is not pl.String and series.len() <= FEW_VALUES:
        return _few_values(storage, series.to_list())
    match storage:
        case Storage.INT | Storage.DECIMAL:
            return series.cast(pl.Int64).fill_null(NOT_STATED).to_numpy()
        case Storage.DATE:
            return series.cast(pl.Date).to_physical().fill_null(NO_DAY).to_numpy()
        case Storage.BOOL:
            return series.cast(pl.Boolean).cast(pl.Int8).fill_null(-1).to_numpy()
        case Storage.TEXT | Storage.CODE | Storage.REF:
            return series if series.dtype == dtype else series.cast(dtype)


def _few_values(storage: Storage, values: list[Any]) -> Values:
    empty = empty_column(storage)
    assert isinstance(empty, Numbers)
    stored = (day_of(value) if isinstance(value, date) else value for value in values)
    return np.array([empty.null if value is None else int(value) for value in stored], empty.dtype)


@dataclass(frozen=True)
class RowPart:
    """New statements of one kind, in the order in which they are appended; `columns` as `stored_values` gives them."""

    number: Rows
    source: Rows
    valid_from: Rows
    load_from: Rows
    load_to: Rows
    until: Rows
    op: npt.NDArray[np.int8]
    columns: Mapping[str, Values]


@dataclass(frozen=True)
class Table:
    """All statements of one kind, of all loads.

    By row: `number` of the id, `source` (its place among the snapshot's sources), `valid_from` (days since 1970), `load_from` and
    `load_to` (known at s while load_from ≤ s < load_to), `until` (the day on which the source's statement ended), `op`,
    `previous` (the row before it of the same id, -1: none), `complete` (states every required field). `last` is the last row of
    each number. An END row has the values of the row that it superseded.
    """

    kind: KindSpec
    number: Rows
    source: Rows
    valid_from: Rows
    load_from: Rows
    load_to: Rows
    until: Rows
    op: npt.NDArray[np.int8]
    previous: Rows
    complete: Mask
    last: Rows
    columns: Mapping[str, Column]
    ends: tuple[int, ...] = ()
    _nothing: dict[str, Mask] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def empty(cls, kind: KindSpec) -> Self:
        """The table of no statements."""
        columns = {column.name: empty_column(column.storage) for column in kind.columns if column.name != "valid_from"}
        columns |= {NONE: Codes.empty(), LOCATOR: Texts.empty(), CONFIDENCE: empty_column(Storage.INT)}
        rows = np.empty(0, np.int32)
        return cls(
            kind, rows, rows, rows, rows, rows, rows, np.empty(0, np.int8), rows, np.empty(0, bool), rows, columns
        )

    @property
    def rows(self) -> int:
        """How many statements there are."""
        return self.number.size

    @cached_property
    def all_columns(self) -> Mapping[str, Column]:
        """The columns and, as one of them, `valid_from`, which reads as null where it is unstated."""
        days = Numbers(FIRST, np.dtype(np.int32), (self.rows,), (self.valid_from,))
        return {**self.columns, "valid_from": days}

    def rows_of(self, numbers: npt.NDArray[np.integer]) -> Rows:
        """All rows of these numbers, in no order."""
        found = []
        rows = self.last[numbers[numbers < self.last.size]]
        while (rows := rows[rows >= 0]).size:
            found.append(rows)
            rows = self.previous[rows]
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def stated(self, spec: FieldSpec, rows: Rows) -> Mask:
        """For each row, whether it states this field."""
        return self.all_columns[spec.name].stated(rows)

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        """By field, how its cells are read."""
        return {spec.name: cell_of(spec, self.all_columns) for spec in self.kind.fields}

    def value(self, row: int, spec: FieldSpec, id_of: Callable[[int], str]) -> Any:
        """One row's value of a field as records have it; `id_of` makes ids of the handles that it refers to."""
        return self.cells[spec.name](row, id_of)

    def stated_empty(self, spec: FieldSpec, rows: Rows) -> Mask | None:
        """For each row, whether it says that this field is empty (`none`); None where no row of the kind says so."""
        none = self.columns[NONE]
        assert isinstance(none, Codes)
        if none.blank:
            return None
        if spec.name not in self._nothing:
            names = [{*word.split(SEPARATOR)} & {spec.name, spec.graph_name} for word in none.words]
            self._nothing[spec.name] = np.array([bool(found) for found in names] + [False])
        listed = self._nothing[spec.name]
        if not listed.any():
            return None
        return np.asarray(listed[none.numbers.take(rows)] & ~self.stated(spec, rows))

    def appended(self, part: RowPart, load_to: Rows, numbers: int) -> Table:
        """The table with these rows at its end, `load_to` of all its rows, and `numbers` numbers."""
        start, total = self.rows, self.rows + part.number.size
        kept = sum(1 for _ in takewhile(lambda place: self._stands(place, part.number.size), range(len(self.ends))))
        ends = (*self.ends[:kept], total)
        columns = {name: column.extended(part.columns.get(name), ends) for name, column in self.columns.items()}
        last = np.full(numbers, -1, np.int32)
        last[: self.last.size] = self.last
        previous = self._chain(part.number, start, last)
        table = replace(
            self,
            number=_joined(self.number, part.number),
            source=_joined(self.source, part.source),
            valid_from=_joined(self.valid_from, part.valid_from),
            load_from=_joined(self.load_from, part.load_from),
            load_to=load_to,
            until=_joined(self.until, part.until),
            op=_joined(self.op, part.op),
            previous=_joined(self.previous, previous),
            last=last,
            columns=columns,
            ends=ends,
            _nothing={},
        )
        new = np.arange(start, total, dtype=np.int32)
        complete = np.ones(new.size, bool)
        for spec in self.kind.required:
            complete &= table.stated(spec, new)
        return replace(table, complete=np.concatenate([self.complete, complete]), _nothing={})

    def _stands(self, place: int, new: int) -> bool:
        start = self.ends[place - 1] if place else 0
        return self.ends[place] - start > MERGE_RATIO * (new + self.rows - self.ends[place])

    def _chain(self, number: Rows, start: int, last: Rows) -> Rows:
        """The row before each new row of the same number; `last` is brought up to date in place."""
        order = np.argsort(number, kind="stable")
        ordered = number[order]
        rows = (order + start).astype(np.int32)
        first = np.ones(number.size, bool)
        first[1:] = ordered[1:] != ordered[:-1]
        before = np.empty(number.size, np.int32)
        before[1:] = rows[:-1]
        before[first] = last[ordered[first]]
        previous = np.empty(number.size, np.int32)
        previous[order] = before
        final = np.ones(number.size, bool)
        final[:-1] = first[1:]
        last[ordered[final]] = rows[final]
        return previous

    def codes(self, name: str) -> Codes:
        """A column of words from a list."""
        column = self.columns[name]
        assert isinstance(column, Codes)
        return column

    def field_columns(self, spec: FieldSpec) -> tuple[Any, ...]:
        """The columns of one field."""
        return tuple(self.all_columns[column.name] for column in spec.columns)

    @cached_property
    def stated_fields(self) -> tuple[FieldSpec, ...]:
        """The fields that any row states."""
        return tuple(spec for spec in self.kind.fields if not self.all_columns[spec.name].blank)

    @cached_property
    def stated_cells(self) -> tuple[tuple[str, FieldSpec, Cell], ...]:
        """The same with their names and cells."""
        return tuple((spec.name, spec, self.cells[spec.name]) for spec in self.stated_fields)

    @cached_property
    def blank_values(self) -> Mapping[str, Any]:
        """What every other field reads as."""
        return {
            spec.name: () if spec.holds in (FieldType.TEXTS, FieldType.TERMS) else None
            for spec in self.kind.fields
            if self.all_columns[spec.name].blank
        }

    @cached_property
    def retracted(self) -> Mask:
        """Rows that contribute nothing."""
        return np.asarray(self.op == Op.RETRACT.value)


def has_values(spec: FieldSpec) -> bool:
    """Whether a field is compared between sources: all but those that say when and to whom."""
    return spec.name not in ("valid_from", "marking", "marking_owner") and spec.holds is not FieldType.SPAN


def _joined(old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return new if not old.size else np.concatenate([old, new])


def day_of(value: date) -> int:
    """A date as days since 1970."""
    return value.toordinal() - EPOCH_ORDINAL
