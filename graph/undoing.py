"""Loads that take back what other loads said: undo of a load, withdrawal of a source, retraction of single ids.

Each is a load of its own, so earlier knownAt answers stay as they were. None needs the bulk writer's lease.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl

from graph.blocks import LOAD, LOCATOR, OP, Op
from graph.comparison import VALID_FROM, identity_columns
from graph.errors import InvalidInput, LoadError, NotFound
from graph.knowledge import Knowledge
from graph.log import Counts, Load, LoadHeader, Mode
from graph.ontology import KindSpec
from graph.pending import Draft, finish_load
from graph.snapshot import Snapshot
from graph.snapshot_columns import Rows
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.snapshot_table import OPEN, Table
from graph.writing import confirmed_by


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back; `load` is None for a dry run. By kind name: how many rows stand again, and how many were retracted."""

    load: Load | None
    restated: Mapping[str, int] = field(default_factory=dict)
    retracted: Mapping[str, int] = field(default_factory=dict)


def undo(
    knowledge: Knowledge,
    seq: int,
    *,
    actor: str,
    force: bool = False,
    recorded_at: datetime | None = None,
    dry_run: bool = False,
) -> TakenBack:
    """The load that undoes load `seq`: what its source stated before stands again, what it stated first is retracted.

    Only keys whose current row is of that load are touched. Undoing a withdrawal states again what it withdrew, where the source
    has not stated it since.

    Raises
    ------
    NotFound
        There is no such load.
    LoadError
        A later load of the source confirmed rows of it (CONFIRMED); `force` undoes it all the same.
    """
    load = _require_load(knowledge.refresh(), seq)
    source = load.header.source
    kinds = tuple(knowledge.snapshot.tables) if load.header.mode is Mode.WITHDRAWAL else load.header.kinds

    def rows(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
        found = {name: _before(snapshot, snapshot.ontology[name], load) for name in kinds}
        confirming = [
            later.seq
            for later in snapshot.loads
            if later.seq > seq and later.header.source == source and _confirms(later, load)
        ]
        if confirming and not force and any(frame.height for frame in found.values()):
            raise LoadError(
                f"load {confirming[0]} of {source} stated rows of load {seq} again, and would lose them too; "
                "undo the later loads first, or use --force",
                code="CONFIRMED",
            )
        return found

    return _take_back(knowledge, source, kinds, rows, f"undo of load {seq}", actor, recorded_at, dry_run)


def withdraw(
    knowledge: Knowledge,
    source: str,
    *,
    actor: str,
    note: str = "",
    recorded_at: datetime | None = None,
    dry_run: bool = False,
) -> TakenBack:
    """The load from which on nothing counts that the source has stated so far; `undo` of it brings everything back.

    `retracted` counts the rows that stood. Raises NotFound when the log holds nothing of the source.
    """
    snapshot = knowledge.refresh()
    known = [stats.source for stats in snapshot.sources()]
    if source not in known:
        raise NotFound(f"nothing of source {source!r} was ever loaded; known: {', '.join(known) or 'none'}")
    standing = {name: snapshot.current(name, source) for name in snapshot.tables}
    counted = {
        name: found
        for name, frame in standing.items()
        if (found := frame.filter(pl.col(OP) != Op.RETRACT.value).height)
    }
    if dry_run:
        return TakenBack(None, {}, counted)
    header = LoadHeader(source, actor, tuple(counted), Mode.WITHDRAWAL, note=note or f"withdrawal of {source}")
    draft = Draft(header, {}, Counts(ended=sum(counted.values())))
    load = finish_load(knowledge, source, header.kinds, lambda snapshot, stale: draft, recorded_at=recorded_at)
    return TakenBack(load, {}, counted)


def retract(
    knowledge: Knowledge,
    source: str,
    ids: Iterable[str],
    *,
    actor: str,
    note: str = "",
    recorded_at: datetime | None = None,
    dry_run: bool = False,
) -> TakenBack:
    """The load by which every version that the source states of these ids was a mistake. Other sources' statements stay.

    Raises NotFound, naming them, when the source states nothing of some of the ids.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise InvalidInput("no ids to retract; name at least one")
    found = _stated(knowledge.refresh(), source, wanted)

    def rows(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
        return {
            name: _retractions(snapshot.ontology[name], snapshot.frame(name, places))
            for name, places in _stated(snapshot, source, wanted).items()
        }

    note = note or f"retraction of {len(wanted)} ids"
    return _take_back(knowledge, source, tuple(found), rows, note, actor, recorded_at, dry_run)


def _take_back(
    knowledge: Knowledge,
    source: str,
    kinds: Collection[str],
    rows: Callable[[Snapshot], dict[str, pl.DataFrame]],
    note: str,
    actor: str,
    recorded_at: datetime | None,
    dry_run: bool,
) -> TakenBack:
    def drafting(snapshot: Snapshot, stale: Collection[str], /) -> Draft:
        frames = {name: frame for name, frame in rows(snapshot).items() if frame.height}
        header = LoadHeader(source, actor, tuple(frames), note=note)
        drafts.append(Draft(header, frames, Counts(stated=sum(frame.height for frame in frames.values()))))
        return drafts[-1]

    drafts: list[Draft] = []
    if dry_run:
        drafting(knowledge.refresh(), kinds)
        load = None
    else:
        load = finish_load(knowledge, source, kinds, drafting, recorded_at=recorded_at)
    frames = drafts[-1].frames
    retracted = {name: int((frame[OP] == Op.RETRACT.value).sum()) for name, frame in frames.items()}
    restated = {name: frame.height - retracted[name] for name, frame in frames.items()}
    return TakenBack(load, restated, retracted)


def _require_load(snapshot: Snapshot, seq: int) -> Load:
    found = next((load for load in snapshot.loads if load.seq == seq), None)
    if found is None:
        raise NotFound(f"there is no load {seq}; loads are numbered 1 to {snapshot.seq}")
    return found


def _confirms(later: Load, load: Load) -> bool:
    confirmed = confirmed_by(later)
    if confirmed is None:
        return bool(set(later.header.kinds) & set(load.header.kinds))
    return load.seq in confirmed


def _before(snapshot: Snapshot, kind: KindSpec, load: Load) -> pl.DataFrame:
    """Rows that bring the keys whose current row is of `load` back to what they were before it."""
    table = snapshot.tables[kind.name]
    if load.header.source not in snapshot.source_names or not table.rows:
        return _retractions(kind, snapshot.frame(kind.name, np.empty(0, np.int32)))
    mine = table.source == snapshot.source_names.index(load.header.source)
    previous = np.flatnonzero(mine & (table.load_to == load.seq)).astype(np.int32)
    if load.header.mode is Mode.WITHDRAWAL:
        current = np.flatnonzero(mine & (table.load_to == OPEN)).astype(np.int32)
        restored = previous[~_met(table, previous, current)]
        return _restated(kind, snapshot.frame(kind.name, restored))
    current = np.flatnonzero(mine & (table.load_to == OPEN) & (table.load_from == load.seq)).astype(np.int32)
    restored = previous[_met(table, previous, current)]
    first = current[~_met(table, current, previous)]
    first = first[table.op[first] != Op.RETRACT.value]
    return pl.concat(
        [
            _restated(kind, snapshot.frame(kind.name, restored)),
            _retractions(kind, snapshot.frame(kind.name, first)),
        ],
        how="diagonal",
    )


def _met(table: Table, rows: Rows, among: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each row, whether one of `among` has its id and validFrom; all are of one source."""

    def keys(places: Rows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        found: np.ndarray[tuple[int], np.dtype[np.int64]] = (
            table.number[places].astype(np.int64) << 32
        ) + table.valid_from[places].astype(np.int64)
        return found

    return np.isin(keys(rows), keys(among))


def _restated(kind: KindSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows as they stood: a statement that had ended carries its end with it."""
    retracted = pl.col(OP) == Op.RETRACT.value
    op = pl.when(retracted).then(pl.lit(Op.RETRACT.value)).otherwise(pl.lit(Op.STATE.value)).cast(pl.Int8)
    return frame.select(pl.exclude(*_unstored(kind))).with_columns(op.alias(OP))


def _retractions(kind: KindSpec, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(*identity_columns(kind), VALID_FROM, pl.lit(Op.RETRACT.value, dtype=pl.Int8).alias(OP), LOCATOR)


def _unstored(kind: KindSpec) -> list[str]:
    return [LOAD, "id"] if kind.is_link else [LOAD]


def _stated(snapshot: Snapshot, source: str, ids: Iterable[str]) -> dict[str, Rows]:
    """The source's current rows of these ids, by kind name."""
    code = snapshot.source_names.index(source) if source in snapshot.source_names else -1
    found: dict[str, list[Rows]] = {}
    missing: list[str] = []
    for identifier in ids:
        handle = snapshot.handle(identifier)
        kind = snapshot.kinds[handle >> KIND_SHIFT] if handle >= 0 else None
        rows = np.empty(0, np.int32)
        if kind is not None:
            table = snapshot.tables[kind.name]
            rows = table.rows_of(np.array([handle & NUMBER_MASK], np.int32))
            standing = (table.source[rows] == code) & (table.load_to[rows] == OPEN)
            rows = rows[standing & (table.op[rows] != Op.RETRACT.value)]
        if kind is None or not rows.size:
            missing.append(identifier)
        else:
            found.setdefault(kind.name, []).append(rows)
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise NotFound(f"source {source!r} states nothing of {shown}; check the ids and the source")
    return {name: np.concatenate(rows) for name, rows in found.items()}
