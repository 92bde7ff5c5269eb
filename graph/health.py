"""What a view stands on and what is wrong with it: by source what was loaded, by kind what is incomplete, in conflict or dangling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.blocks import Op
from graph.fields import FieldSpec, FieldType
from graph.log import Load, Mode
from graph.resolution import FIRST_SLOT, KindView
from graph.snapshot_columns import NOBODY, Codes, Ints, Mask, Numbers, Texts
from graph.snapshot_ids import KIND_SHIFT
from graph.snapshot_table import Table, has_values
from graph.values import decimal
from graph.view import View


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source, as a view knows it.

    `loads` the finished loads, oldest first; `statements` rows stated so far, `current` those that stand; `records` to how many
    records it contributes on the view's day, of which `incomplete` lack a required field and `in_conflict` have a field that
    another source states otherwise; `withdrawn` since its last load.
    """

    source: str
    reliability: Decimal
    loads: tuple[Load, ...]
    statements: int
    current: int
    records: int
    incomplete: int
    in_conflict: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class KindHealth:
    """One kind in a view: records that are live, that lack a required field, that have conflicting fields; and `dangling`, the
    references of live records to what is not live, with a few of them as (id, field, id referred to)."""

    kind: str
    live: int
    incomplete: int
    in_conflict: int
    dangling: int
    examples: tuple[tuple[str, str, str], ...]


def source_health(view: View) -> tuple[SourceHealth, ...]:
    """Every source that the view knows, by name. Cost: a few passes over all statements."""
    snapshot = view.snapshot
    size = len(snapshot.source_names)
    totals = {
        name: np.zeros(size, np.int64) for name in ("statements", "current", "records", "incomplete", "in_conflict")
    }
    for name, table in snapshot.tables.items():
        if not table.rows:
            continue
        known = table.load_from <= view.seq
        totals["statements"] += np.bincount(table.source[known], minlength=size)
        stands = known & (view.seq < table.load_to) & (table.op == Op.STATE.value)
        totals["current"] += np.bincount(table.source[stands], minlength=size)
        kind_view = view.kind_view(name)
        everything = np.flatnonzero(kind_view.in_force)
        totals["records"] += _contributors(kind_view, everything, size)
        totals["incomplete"] += _contributors(kind_view, np.flatnonzero(kind_view.in_force & ~kind_view.own), size)
        slots = _conflicting_slots(view, kind_view)
        totals["in_conflict"] += _slot_sources(kind_view, slots, size)
    found = []
    for code in np.argsort(snapshot.source_ranks).tolist():
        name = snapshot.source_names[code]
        loads = tuple(load for load in snapshot.loads if load.header.source == name and load.seq <= view.seq)
        if snapshot.assumption is not None and code == snapshot.assumed_source:
            loads = (snapshot.assumption,)
        if loads:
            counts = {key: int(total[code]) for key, total in totals.items()}
            reliability = decimal(int(view.moment.reliability[code]))
            withdrawn = loads[-1].header.mode is Mode.WITHDRAWAL
            found.append(SourceHealth(name, reliability, loads, **counts, withdrawn=withdrawn))
    return tuple(found)


def kind_health(view: View, *, examples: int = 3) -> tuple[KindHealth, ...]:
    """Every kind of which something is stated, in order of declaration. Cost: a few passes over all statements."""
    found = []
    for name in view.ontology.kinds:
        if not view.snapshot.tables[name].rows:
            continue
        kind_view = view.kind_view(name)
        dangling, some = _dangling(view, name, kind_view, examples)
        conflicting = int(np.count_nonzero(_conflicting_slots(view, kind_view)))
        live, incomplete = len(view.handles(name)), len(view.incomplete(name))
        found.append(KindHealth(name, live, incomplete, conflicting, dangling, some))
    return tuple(found)


def _contributors(kind_view: KindView, numbers: npt.NDArray[np.intp], size: int) -> Ints:
    """To how many of these records each source contributes."""
    row = kind_view.row[numbers]
    single = row[row >= 0]
    counts = np.bincount(kind_view.table.source[single], minlength=size)
    slots = np.zeros(kind_view.slots.size, bool)
    slots[FIRST_SLOT - row[row <= FIRST_SLOT]] = True
    return counts + _slot_sources(kind_view, slots, size)


def _slot_sources(kind_view: KindView, slots: Mask, size: int) -> Ints:
    """In how many of these slots each source has a statement."""
    if not slots.any():
        return np.zeros(size, np.int64)
    slot = _slot_of_rows(kind_view)
    inside = slots[slot]
    pairs = np.unique(slot[inside] * size + kind_view.table.source[kind_view.slots.rows[inside]])
    return np.bincount(pairs % size, minlength=size)


def _slot_of_rows(kind_view: KindView) -> Ints:
    return np.repeat(np.arange(kind_view.slots.size), np.diff(kind_view.slots.starts))


def _conflicting_slots(view: View, kind_view: KindView) -> Mask:
    """By slot, whether its statements give different values for some field."""
    slots, table = kind_view.slots, kind_view.table
    found = np.zeros(slots.size, bool)
    if not slots.size:
        return found
    slot, starts = _slot_of_rows(kind_view), slots.starts[:-1]
    for spec in table.kind.fields:
        stated = table.stated(spec, slots.rows)
        empty = table.stated_empty(spec, slots.rows)
        if not has_values(spec) or not stated.any():
            continue
        for keys in _keys(view, table, spec, kind_view):
            least = np.minimum.reduceat(np.where(stated, keys, np.iinfo(np.int64).max), starts)
            most = np.maximum.reduceat(np.where(stated, keys, np.iinfo(np.int64).min), starts)
            found |= (np.bincount(slot[stated], minlength=slots.size) > 1) & (least != most)
        if empty is not None:
            # To say that there is none contradicts any value.
            found |= np.logical_or.reduceat(empty, starts) & np.logical_or.reduceat(stated, starts)
    return found


def _keys(view: View, table: Table, spec: FieldSpec, kind_view: KindView) -> Iterator[Ints]:
    """Whole numbers that are equal where the values of the slots' rows are; money has two, as it is printed does not count."""
    columns = table.field_columns(spec)[: 2 if spec.holds is FieldType.MONEY else 1]
    for column in columns:
        match column:
            case Texts():
                yield column.take(kind_view.slots.rows).rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
            case Codes():
                yield column.numbers.take(kind_view.slots.rows).astype(np.int64)
            case Numbers():
                values = column.take(kind_view.slots.rows).astype(np.int64)
                yield view.identity.of_handles(values) if spec.holds is FieldType.REF else values


def _dangling(
    view: View, name: str, kind_view: KindView, examples: int
) -> tuple[int, tuple[tuple[str, str, str], ...]]:
    handles = view.handles(name)
    total = 0
    some: list[tuple[str, str, str]] = []
    for spec in view.ontology[name].references:
        if not handles.size or _blank(kind_view.table, spec):
            continue
        stated = kind_view.numbers(spec, handles & ((1 << KIND_SHIFT) - 1)) != NOBODY
        lost = np.flatnonzero(stated & (view.refs(handles, spec.name) < 0))
        total += lost.size
        for handle in handles[lost[: max(0, examples - len(some))]].tolist():
            some.append((view.id_of(handle), spec.graph_name, str(view.value(handle, spec.name))))
    return total, tuple(some)


def _blank(table: Table, spec: FieldSpec) -> bool:
    return bool(table.all_columns[spec.name].blank)
