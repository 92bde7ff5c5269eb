"""What the needs desk has stated of a need: from a snapshot, and from what the log holds beyond it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import numpy as np
import polars as pl
import pyarrow as pa

from graph.blocks import ID, LOAD, OP, Op, decode_table, frame_of
from graph.errors import StoreCorrupt
from graph.kinds.demand_side import FinancingNeed
from graph.log import Load, LoadHeader, Log, Mode
from graph.ontology import Ontology
from graph.snapshot import Snapshot
from graph.snapshot_ids import NUMBER_MASK
from graph.snapshot_table import OPEN
from graph.values import record_of

DESK: Final = "needs-desk"
"""The dataset of what is stated at the desk."""
NEED: Final = "FinancingNeed"
_TRIES: Final = 5
_FEW: Final = 1_000


@dataclass(frozen=True, slots=True)
class Stated:
    """A load of the desk, as far as it is about one need. `stands` false: it was withdrawn, retracted or ended since, or replaced."""

    seq: int
    recorded_at: datetime
    header: LoadHeader
    need: FinancingNeed
    stands: bool = True


class DeskStatements:
    """The statements of the desk up to load `seen`: those of a snapshot, and what came since, kept by id.

    Not safe to share between threads: one writer at a time uses it.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.seen = snapshot.seq
        self.begun = DESK in snapshot.source_names
        """Whether the desk has stated anything, itself for one."""
        self._since: dict[str, list[Stated]] = {}

    def rebase(self, snapshot: Snapshot) -> None:
        """Stand on a newer snapshot. What it holds need not be kept."""
        if snapshot is self.snapshot:
            return
        self.snapshot = snapshot
        self.seen = max(self.seen, snapshot.seq)
        self.begun |= DESK in snapshot.source_names
        for identifier, stated in list(self._since.items()):
            left = [one for one in stated if one.seq > snapshot.seq]
            if left:
                self._since[identifier] = left
            else:
                del self._since[identifier]

    def of(self, identifier: str) -> list[Stated]:
        """What the desk stated of a need, in order of loads; empty: nothing."""
        return stated_by(self.snapshot, identifier) + self._since.get(identifier, [])

    def take(self, load: Load, need: FinancingNeed) -> None:
        """Add a load that was just committed."""
        self._since.setdefault(need.id, []).append(Stated(load.seq, load.recorded_at, load.header, need))
        self.seen = max(self.seen, load.seq)
        self.begun = True

    def read_on(self, log: Log, ontology: Ontology) -> bool:
        """Read what others stated at the desk since; False where it is more than plain statements, so that a snapshot must tell."""
        loads = log.loads(self.seen)
        mine = [load for load in loads if load.header.source == DESK]
        if any(load.header.mode is Mode.WITHDRAWAL for load in mine):
            return False
        rows = _rows(log, mine)
        if any(row[OP] not in (None, Op.STATE.value) for _, row in rows):
            return False
        by_seq = {load.seq: load for load in mine}
        kind = ontology[NEED]
        for seq, row in rows:
            self.take(by_seq[seq], cast(FinancingNeed, record_of(kind, row[ID], row)))
        if loads:
            self.seen = loads[-1].seq
        self.begun |= bool(mine)
        return True


def stated_by(snapshot: Snapshot, identifier: str, source: str = DESK) -> list[Stated]:
    """What a source stated of a need as the snapshot knows it, in order of loads, then of days."""
    handle = snapshot.handle(identifier)
    if handle < 0 or source not in snapshot.source_names:
        return []
    table = snapshot.tables[NEED]
    rows = table.rows_of(np.array([handle & NUMBER_MASK]))
    rows = rows[(table.source[rows] == snapshot.source_names.index(source)) & (table.op[rows] != Op.RETRACT.value)]
    found = []
    for row in rows[np.lexsort((table.valid_from[rows], table.load_from[rows]))].tolist():
        values = {name: cell(row, snapshot.id_of) for name, _, cell in table.stated_cells}
        need = table.kind.record(**{ID: identifier, **table.blank_values, **values})
        load = snapshot.load(int(table.load_from[row]))
        stands = table.load_to[row] == OPEN and table.until[row] == OPEN
        found.append(Stated(load.seq, load.recorded_at, load.header, cast(FinancingNeed, need), bool(stands)))
    return found


def standing(statements: Iterable[Stated]) -> Stated | None:
    """The statement that the desk makes now: the latest load's, unless nothing stands."""
    found = list(statements)
    return found[-1] if found and found[-1].stands else None


def _rows(log: Log, loads: list[Load]) -> list[tuple[int, dict[str, Any]]]:
    """The rows of needs of these loads with their loads' numbers, in order of loads."""
    for attempt in range(_TRIES):
        seqs = {ref.id: load.seq for load in reversed(loads) for ref in load.blocks if ref.kind == NEED}
        try:
            found: list[tuple[int, dict[str, Any]]] = []
            for block in log.blocks(list(seqs)):
                found += _rows_of(decode_table(block.data), seqs[block.id], {load.seq for load in loads})
            return sorted(found, key=lambda one: one[0])
        except StoreCorrupt as exc:
            if not exc.retryable or attempt == _TRIES - 1:
                raise
            wanted = {load.seq for load in loads}
            loads = [load for load in log.loads(min(wanted) - 1) if load.seq in wanted]
    raise AssertionError("unreachable")


def _rows_of(table: pa.Table, seq: int, wanted: set[int]) -> list[tuple[int, dict[str, Any]]]:
    if table.num_rows > _FEW:
        # A compacted block holds rows of many loads, most of them known.
        table = frame_of([table]).filter(pl.col(LOAD).is_in(sorted(wanted))).to_arrow()
    rows = [(row.get(LOAD, seq), {OP: None, **row}) for row in table.to_pylist()]
    return [(found, row) for found, row in rows if found in wanted]
