"""What a resolved record stands on: its contributing statements, and the fields in which they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from graph.blocks import CONFIDENCE, LOCATOR
from graph.fields import FieldSpec
from graph.records import Record
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.snapshot_table import EPOCH_ORDINAL, FIRST, Table, has_values
from graph.values import decimal
from graph.view_state import ViewState


@dataclass(frozen=True, eq=False)
class StatementView:
    """One contributing statement: who said it, where and when, and the record as this source states it, made when it is asked for.

    `valid_from` None: not stated. `confidence` None: certain.
    """

    source: str
    reliability: Decimal
    locator: str | None
    confidence: Decimal | None
    recorded_at: datetime
    load: int
    valid_from: date | None
    _view: ViewState = field(repr=False)
    _table: Table = field(repr=False)
    _row: int = field(repr=False)

    @cached_property
    def record(self) -> Record:
        """The record as this source states it."""
        kind, snapshot = self._table.kind, self._view.snapshot
        handle = snapshot.codes[kind.name] << KIND_SHIFT | int(self._table.number[self._row])
        return kind.record(**{"id": snapshot.id_of(handle), **{spec.name: self._value(spec) for spec in kind.fields}})

    def value(self, name: str) -> Any:
        """One field of it; None too where its kind has no such field."""
        spec = self._table.kind.by_name.get(name)
        return None if spec is None else self._value(spec)

    def _value(self, spec: FieldSpec) -> Any:
        return self._table.value(self._row, spec, self._view.snapshot.id_of)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of which sources state different values: by source, the first to be believed first; None: stated to be empty."""

    field: str
    values: tuple[tuple[str, Any], ...]


def statements_of(view: ViewState, handle: int) -> list[StatementView]:
    """The contributing statements of a record, the first to be believed first."""
    kind_view = view.kind_view(_kind_name(view, handle))
    return [_statement(view, kind_view.table, row) for row in kind_view.statements(handle & NUMBER_MASK).tolist()]


def conflicts_of(view: ViewState, handle: int) -> list[Conflict]:
    """The fields of which a record's statements give different values, in order of declaration."""
    kind_view = view.kind_view(_kind_name(view, handle))
    table, rows = kind_view.table, kind_view.statements(handle & NUMBER_MASK)
    found: list[Conflict] = []
    if rows.size < 2:
        return found
    sources = [view.snapshot.source_names[code] for code in table.source[rows].tolist()]
    for spec in table.stated_fields:
        if not has_values(spec):
            continue
        stated, empty = table.stated(spec, rows), table.stated_empty(spec, rows)
        values = tuple(
            (source, table.value(row, spec, lambda ref: view.snapshot.id_of(view.canonical(table.kind, ref))))
            for place, (source, row) in enumerate(zip(sources, rows.tolist(), strict=True))
            if stated[place] or (empty is not None and empty[place])
        )
        if len({comparable(value) for _, value in values}) > 1:
            found.append(Conflict(spec.name, values))
    return found


def comparable(value: Any) -> Any:
    """What of a value has to agree: of money the amount, however it is printed."""
    minor = getattr(value, "minor", None)
    return value if minor is None else (minor, value.currency)


def _kind_name(view: ViewState, handle: int) -> str:
    return view.kind(handle >> KIND_SHIFT).name


def _statement(view: ViewState, table: Table, row: int) -> StatementView:
    snapshot = view.snapshot
    source, load = int(table.source[row]), int(table.load_from[row])
    confidence = table.columns[CONFIDENCE].at(row)
    return StatementView(
        snapshot.source_names[source],
        decimal(int(view.moment.reliability[source])),
        table.columns[LOCATOR].at(row),
        None if confidence is None else decimal(confidence),
        snapshot.load_of(source, load).recorded_at,
        load,
        _day(int(table.valid_from[row])),
        view,
        table,
        row,
    )


def _day(day: int) -> date | None:
    return None if day == FIRST else date.fromordinal(day + EPOCH_ORDINAL)
