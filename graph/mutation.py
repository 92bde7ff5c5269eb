"""Mutations: a few fields of a few records stated by a person or a program, each a small load of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from graph.batch import Batch
from graph.blocks import CONFIDENCE, ID, LOAD, LOCATOR, NONE, OP, UNTIL, Op, frame_schema
from graph.comparison import VALID_FROM, compare
from graph.errors import InvalidInput, SourceChanged
from graph.fields import SEPARATOR
from graph.knowledge import Knowledge
from graph.log import Counts, Load, LoadHeader
from graph.ontology import KindSpec, Ontology
from graph.pending import Draft, finish_load
from graph.snapshot import Snapshot
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.snapshot_table import OPEN
from graph.validation import check, link_ids
from graph.values import to_stored


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of one record as a source states them from now on.

    `fields` by Python name, as the kind's record has them; None: this source states the field no more. A link's ends and key are
    among the fields. `empty` names fields known to be empty, which no other source fills. `valid_from` dates the version; None: the
    latest that the source states, else undated. `expected_load`, where given, is the load that the caller saw the record's row come
    with (0: it saw none).
    """

    kind: str
    id: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    valid_from: date | None = None
    locator: str | None = None
    expected_load: int | None = None


def mutate(
    knowledge: Knowledge,
    source: str,
    changes: Sequence[Change],
    *,
    actor: str,
    note: str = "",
    recorded_at: datetime | None = None,
) -> Load:
    """The finished load of these changes, each merged onto the row that the source states now.

    A change that another load overtook is merged again onto the newer row, unless it expects another one. Cost: that of the rows
    changed.

    Raises
    ------
    InvalidInput
        A change that the ontology refuses, naming field, value and remedy; nothing is written.
    SourceChanged
        The record's row is not of the load that the change expects.
    """
    ontology = knowledge.snapshot.ontology
    kinds = tuple(dict.fromkeys(_require_kind(ontology, change.kind).name for change in changes))
    if not kinds:
        raise InvalidInput("no changes to make; name at least one")

    def drafting(snapshot: Snapshot, stale: Collection[str], /) -> Draft:
        frames: dict[str, pl.DataFrame] = {}
        unchanged = 0
        for name in kinds:
            kind = ontology[name]
            wanted = [change for change in changes if change.kind == name]
            merged, current = _merged(snapshot, kind, source, wanted)
            compared = compare(kind, merged, current)
            frames[name] = compared.stated
            unchanged += compared.unchanged
        stated = sum(frame.height for frame in frames.values())
        header = LoadHeader(source, actor, kinds, note=note)
        return Draft(header, frames, Counts(stated=stated, unchanged=unchanged))

    return finish_load(knowledge, source, kinds, drafting, recorded_at=recorded_at)


def _require_kind(ontology: Ontology, name: str) -> KindSpec:
    if name not in ontology.kinds:
        raise InvalidInput(f"{name!r} is no kind; known: {', '.join(sorted(ontology.kinds))}")
    return ontology[name]


def _merged(
    snapshot: Snapshot, kind: KindSpec, source: str, changes: Sequence[Change]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that the changes come to, and the source's current rows of the same ids."""
    stated = [_stated(kind, change) for change in changes]
    frame = pl.DataFrame(stated, schema=frame_schema(kind))
    frame = _checked(frame, kind, snapshot.ontology, source)
    ids = (link_ids(frame, kind) if kind.is_link else frame[ID]).to_list()
    current = _current(snapshot, kind, source, ids)
    rows = []
    for change, row, identifier in zip(changes, frame.iter_rows(named=True), ids, strict=True):
        base = _base(current, identifier, change)
        seen = base[LOAD] if base is not None else 0
        if change.expected_load is not None and change.expected_load != seen:
            raise SourceChanged(
                f"{identifier} was changed by load {seen} since load {change.expected_load}; read it again, then change it"
            )
        rows.append(_overlaid(kind, row, base, change))
    merged = pl.DataFrame(rows, schema=frame_schema(kind))
    keys = [(identifier, row[VALID_FROM]) for identifier, row in zip(ids, rows, strict=True)]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InvalidInput(f"{twice[0]} is changed twice at once; make one change of it")
    return _checked(merged, kind, snapshot.ontology, source), current


def _stated(kind: KindSpec, change: Change) -> dict[str, Any]:
    row: dict[str, Any] = {} if kind.is_link else {ID: change.id or None}
    for name, value in change.fields.items():
        spec = kind.by_name.get(name)
        if spec is None:
            known = ", ".join(kind.by_name)
            raise InvalidInput(f"{name} is no field of {kind.name}; known: {known}")
        row |= {column.name: stored for column, stored in zip(spec.columns, to_stored(spec, value), strict=True)}
    unknown = [name for name in change.empty if name not in kind.by_name]
    if unknown:
        raise InvalidInput(
            f"{unknown[0]} is no field of {kind.name} and cannot be empty; known: {', '.join(kind.by_name)}"
        )
    row[VALID_FROM] = change.valid_from
    row[OP] = Op.STATE.value
    row[LOCATOR] = change.locator
    return row


def _checked(frame: pl.DataFrame, kind: KindSpec, ontology: Ontology, source: str) -> pl.DataFrame:
    checked = check(Batch({kind.name: frame}), ontology, source)
    if checked.rejections:
        worst = checked.rejections[0]
        shown = f" {worst.value!r}" if worst.value else ""
        raise InvalidInput(f"{worst.kind}.{worst.field}{shown} {worst.reason}; {worst.remedy}")
    return checked.kept.frames[kind.name]


def _current(snapshot: Snapshot, kind: KindSpec, source: str, ids: Sequence[str]) -> pl.DataFrame:
    rows = np.empty(0, np.int32)
    if source in snapshot.source_names:
        table, code = snapshot.tables[kind.name], snapshot.source_names.index(source)
        handles = np.array([snapshot.handle(identifier) for identifier in ids], np.int64)
        mine = handles[(handles >= 0) & (handles >> KIND_SHIFT == snapshot.codes[kind.name])]
        rows = table.rows_of(np.unique(mine & NUMBER_MASK).astype(np.int32))
        rows = rows[(table.source[rows] == code) & (table.load_to[rows] == OPEN)]
    return snapshot.frame(kind.name, rows)


def _base(current: pl.DataFrame, identifier: str, change: Change) -> dict[str, Any] | None:
    """The source's row that a change is merged onto; None: it states nothing of the record, or no more."""
    versions = current.filter((pl.col(ID) == identifier) & (pl.col(OP) != Op.RETRACT.value))
    if change.valid_from is not None:
        versions = versions.filter(pl.col(VALID_FROM) == change.valid_from)
    if not versions.height:
        return None
    return versions.sort(VALID_FROM, nulls_last=False).row(-1, named=True)


def _overlaid(kind: KindSpec, row: dict[str, Any], base: dict[str, Any] | None, change: Change) -> dict[str, Any]:
    ended = base is None or base[UNTIL] is not None
    merged = dict(row) if ended or base is None else {name: base[name] for name in frame_schema(kind)}
    for name in change.fields:
        merged |= {column.name: row[column.name] for column in kind.by_name[name].columns}
    if base is not None and change.valid_from is None:
        merged[VALID_FROM] = base[VALID_FROM]
    stated = {name for name, value in change.fields.items() if value is not None and value != ()}
    empty = {*(merged[NONE] or "").split(SEPARATOR), *change.empty} - stated - {""}
    merged |= {OP: Op.STATE.value, UNTIL: None, NONE: SEPARATOR.join(sorted(empty)) or None}
    merged |= {LOCATOR: change.locator, CONFIDENCE: None}
    return merged
