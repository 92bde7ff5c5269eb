"""The one path by which a snapshot learns of loads: the first build, a refresh after a mutation and a what-if all go by it.

It touches only what the new rows touch: it looks their ids up, appends a part to each column, ends what they supersede, and
inserts new pairs into the adjacency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.blocks import CONFIDENCE, ID, LOAD, LOCATOR, NONE, OP, UNTIL, Op
from graph.fields import Storage
from graph.log import Load, Mode
from graph.ontology import KindSpec
from graph.snapshot import Snapshot
from graph.snapshot_adjacency import Adjacency
from graph.snapshot_columns import Codes, Column, Ints, Numbers, Rows, Texts
from graph.snapshot_ids import KIND_SHIFT, LinkIds, NodeIds, numbers_of
from graph.snapshot_interning import Interning, key_texts
from graph.snapshot_names import EdgeKey, ranks_of
from graph.snapshot_reading import Reading
from graph.snapshot_rows import NewRows, Placed, cap, distinct, place
from graph.snapshot_table import FIRST, OPEN, RowPart, Table, Values, stored_values

_STATEMENT_STORAGE = {NONE: Storage.CODE, LOCATOR: Storage.TEXT, CONFIDENCE: Storage.INT}


@dataclass(frozen=True)
class Extension:
    """A snapshot that knows more, and what changed: by kind name the numbers touched; None: everything may have."""

    snapshot: Snapshot
    touched: Mapping[str, Rows] | None


def extended(snapshot: Snapshot, reading: Reading) -> Extension:
    """The snapshot with these loads, which follow its own."""
    sources = _sources(snapshot, reading.loads)
    code_of = {name: code for code, name in enumerate(sources)}
    source_of_load = {load.seq: code_of[load.header.source] for load in reading.loads}
    withdrawals = {code: list(seqs) for code, seqs in snapshot.withdrawals.items()}
    withdrawn = False
    for load in reading.loads:
        if load.header.mode is Mode.WITHDRAWAL:
            withdrawals.setdefault(code_of[load.header.source], []).append(load.seq)
            withdrawn = True

    frames = {name: frame for name, frame in reading.frames.items() if frame.height}
    interning = Interning(snapshot.ids, snapshot.prefixes)
    # First the columns that give new ids: what refers to them is then only looked up.
    own = {name: interning.mention(frame[ID]) for name, frame in frames.items() if ID in frame.columns}
    mentions = {name: _mention(interning, snapshot.ontology[name], frame) for name, frame in frames.items()}
    interning.settle()
    ids, tables, edges = interning.ids, dict(snapshot.tables), dict(snapshot.edges)
    touched: dict[str, Rows] = {}
    redated: dict[int, int] = dict(snapshot.redated)
    handles: dict[str, dict[str, Ints]] = {}
    for name, frame in frames.items():
        kind, code = snapshot.ontology[name], snapshot.codes[name]
        handles[name] = {field: interning.handles(at) for field, at in mentions[name].items()}
        if kind.is_link:
            ids[code], number = _link_numbers(ids, code, kind, frame, handles[name])
        else:
            number = numbers_of(interning.handles(own[name]))
        table = tables[name]
        rows = _new_rows(frame, number, source_of_load)
        placed = place(table, rows, withdrawals, lambda frame=frame: _tell_apart(frame))  # type: ignore[misc]
        for seq, count in placed.redated.items():
            redated[seq] = redated.get(seq, 0) + count
        tables[name] = _appended(table, frame, handles[name], placed, ids[code].size)
        touched[name] = distinct(placed.rows.number)
    for name in frames:
        code = snapshot.codes[name]
        _insert_pairs(edges, tables[name], snapshot.tables[name].rows, ids, code)
    if withdrawn:
        for name, table in tables.items():
            if table.rows:
                load_to = table.load_to.copy()
                cap(load_to, table.source, table.load_from, withdrawals)
                tables[name] = replace(table, load_to=load_to)
    ignored = dict(snapshot.ignored)
    for what, count in reading.ignored.items():
        ignored[what] = ignored.get(what, 0) + count
    made = Snapshot(
        snapshot.ontology, (*snapshot.loads, *reading.loads), sources, tuple(ids), tables, edges, ignored, redated
    )
    return Extension(made, None if withdrawn else touched)


def _sources(snapshot: Snapshot, loads: tuple[Load, ...]) -> tuple[str, ...]:
    new = sorted({load.header.source for load in loads} - set(snapshot.source_names))
    return (*snapshot.source_names, *new)


def _mention(interning: Interning, kind: KindSpec, frame: pl.DataFrame) -> dict[str, int]:
    return {spec.name: interning.mention(frame[spec.name]) for spec in kind.references if spec.name in frame.columns}


def _link_numbers(
    ids: list[NodeIds | LinkIds], code: int, kind: KindSpec, frame: pl.DataFrame, handles: Mapping[str, Ints]
) -> tuple[LinkIds, Rows]:
    links = ids[code]
    assert isinstance(links, LinkIds)
    texts, keys = key_texts(kind, frame), links.keys
    key = np.full(frame.height, -1, np.int32)
    if texts is not None:
        distinct = texts.drop_nulls().unique()
        keys = keys.extended(distinct)
        known = pl.DataFrame({"text": distinct, "key": keys.lookup(distinct)})
        key = (
            texts.alias("text").to_frame().join(known, on="text", how="left", maintain_order="left")["key"]
            .fill_null(-1).to_numpy()
        )  # fmt: skip
    return links.extended(ranks_of(ids), keys, handles["source"], handles["target"], key)


def _new_rows(frame: pl.DataFrame, number: Rows, source_of_load: Mapping[int, int]) -> NewRows:
    load = frame[LOAD].to_numpy()
    first = min(source_of_load)
    sources = np.full(max(source_of_load) - first + 1, -1, np.int32)
    for seq, code in source_of_load.items():
        sources[seq - first] = code
    valid_from = np.full(number.size, FIRST, np.int32)
    if "valid_from" in frame.columns:
        valid_from = frame["valid_from"].to_physical().fill_null(FIRST).to_numpy()
    return NewRows(number, sources[load - first], valid_from, load, frame[OP].to_numpy())


def _tell_apart(frame: pl.DataFrame) -> Rows:
    """A number for each row by its values alone, the locator last."""
    names = sorted(frame.columns, key=lambda name: (name == LOCATOR, name))
    texts = frame.select(pl.col(name).cast(pl.String).fill_null("\x00") for name in names)
    order = texts.with_row_index("_place").sort(names)["_place"].to_numpy()
    numbers = np.empty(frame.height, np.int32)
    numbers[order] = np.arange(frame.height, dtype=np.int32)
    return numbers


def _appended(table: Table, frame: pl.DataFrame, handles: Mapping[str, Ints], placed: Placed, numbers: int) -> Table:
    rows = placed.rows
    ordered = frame if frame.height == 1 else frame[placed.order]
    ending = np.flatnonzero(rows.op == Op.END.value)
    until = np.full(rows.size, OPEN, np.int32)
    if UNTIL in frame.columns:
        # An undo states a row again that had ended: such a STATE carries its end with it.
        stated = rows.op != Op.RETRACT.value
        until[stated] = ordered[UNTIL].to_physical().fill_null(OPEN).to_numpy()[stated]
    columns: dict[str, Values] = {}
    for column in table.kind.columns:
        if column.name in handles:
            values: Values = handles[column.name][placed.order]
            columns[column.name] = values if (values != -1).any() else None  # type: ignore[union-attr]
        elif column.name in frame.columns and column.name != "valid_from":
            columns[column.name] = stored_values(column.storage, ordered[column.name])
    for name, storage in _STATEMENT_STORAGE.items():
        if name in frame.columns:
            columns[name] = stored_values(storage, ordered[name])
    if ending.size:
        carried = _carried(table, rows.op, ending, placed.superseded)
        until[ending[carried < 0]] = FIRST
        columns = {
            name: _with_superseded(column, columns.get(name), table.rows, ending, carried, rows.size)
            for name, column in table.columns.items()
        }
    part = RowPart(
        rows.number, rows.source, rows.valid_from, rows.load, placed.load_to[table.rows :], until, rows.op, columns
    )
    return table.appended(part, placed.load_to, numbers)


def _carried(
    table: Table, op: npt.NDArray[np.int8], ending: npt.NDArray[np.intp], superseded: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For each END row, the row whose values it has; -1: it ended nothing."""
    start = table.rows
    carried = superseded[ending]
    while (new := np.flatnonzero(carried >= start)).size:
        ends = new[op[carried[new] - start] == Op.END.value]
        if not ends.size:
            break
        carried[ends] = superseded[carried[ends] - start]
    carried[new[op[carried[new] - start] == Op.RETRACT.value]] = -1
    old = np.flatnonzero((carried >= 0) & (carried < start))
    nothing = (table.op[carried[old]] == Op.RETRACT.value) | (table.until[carried[old]] == FIRST)
    carried[old[nothing]] = -1
    return carried


def _with_superseded(
    column: Column,
    values: Values,
    start: int,
    ending: npt.NDArray[np.intp],
    carried: npt.NDArray[np.int64],
    size: int,
) -> Values:
    from_old = np.where(carried < start, carried, -1).astype(np.int32)
    inside = np.where(carried >= start, carried - start, -1)
    match column:
        case Numbers():
            if values is None and not column.stated(from_old).any():
                return None
            assert not isinstance(values, pl.Series)
            out = np.full(size, column.null, column.dtype) if values is None else values.astype(column.dtype)
            mine = column.take(from_old)
            out[ending] = np.where(inside >= 0, out[inside], mine)
            return out
        case Codes() | Texts():
            series = (
                values
                if isinstance(values, pl.Series)
                else pl.Series("", [None], dtype=pl.String).new_from_index(0, size)
            )
            if isinstance(column, Texts):
                old = column.take(from_old)
            else:
                old = pl.Series("", [column.at(int(row)) for row in from_old], dtype=pl.String)
            places = np.arange(size)
            places[ending] = np.where(inside >= 0, inside, size + np.arange(ending.size))
            return pl.concat([series.alias(""), old.alias("")]).gather(places)
    raise TypeError(f"no column is a {type(column).__name__}")


def _insert_pairs(
    edges: dict[EdgeKey, Adjacency], table: Table, start: int, ids: list[NodeIds | LinkIds], code: int
) -> None:
    order = ids[code].order
    rows = (start + np.flatnonzero(table.op[start:] != Op.RETRACT.value)).astype(np.int32)
    for spec in table.kind.references:
        column = table.columns[spec.name]
        assert isinstance(column, Numbers)
        if column.blank:
            continue
        targets = column.take(rows).astype(np.int64)
        stated = targets >= 0
        if not stated.any():
            continue
        targets, holders = targets[stated], table.number[rows[stated]]
        kinds = targets >> KIND_SHIFT
        first = int(kinds[0])
        for target in [first] if (kinds == first).all() else np.unique(kinds).tolist():
            mine = kinds == target
            key = (table.kind.name, spec.name, target)
            before = edges.get(key, Adjacency.empty())
            edges[key] = before.inserted(numbers_of(targets[mine]), holders[mine], order)
