"""Compaction: small blocks of finished loads are merged, so that a log of many small loads stays quick to read.

Rows are never dropped, changed or reordered within a kind: a compacted block holds the rows of whole loads of one kind, in order
of seq, with each row's seq in the column `load`.
"""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa
import pyarrow.ipc

from graph.blocks import LOAD
from graph.errors import StoreCorrupt
from graph.log import Block, Compaction, Lease, Load

SMALL_ROWS = 32_768
"""A load's blocks of one kind are small while they hold fewer rows than this on average."""

TARGET_ROWS = 131_072
"""A compacted block is full once it holds this many rows; it may hold one load more."""

MAX_LOADS = 2_000
"""A compacted block is full too once it covers so many loads: they change blocks in one transaction, and mutations wait for it."""

_LEASE_SECONDS = 120.0


class CompactableLog(Protocol):
    """What compaction needs of an adapter: part of the port, and two steps that only the adapter can do in one transaction."""

    def loads(self, after: int = 0) -> list[Load]: ...

    def blocks(self, ids: Sequence[str]) -> Iterator[Block]: ...

    def acquire(self, owner: str, ttl: float = 60.0) -> Lease: ...

    def renew(self, lease: Lease, ttl: float = 60.0) -> Lease: ...

    def release(self, lease: Lease) -> None: ...

    def sweep(self, lease: Lease, grace: float) -> None:
        """Remove blocks replaced more than `grace` seconds ago, and loads without an end that show no life since then."""

    def swap(self, lease: Lease, old: Sequence[str], kind: str, data: bytes, rows: Mapping[int, int]) -> None:
        """Put one block in the place of `old`; `rows` says how many of its rows each load (by seq) has."""

    def count_blocks(self) -> tuple[int, int]:
        """How many blocks readers list, and how many replaced ones wait out their grace period."""


@dataclass(slots=True)
class Merge:
    """Blocks of one kind that become one: `seqs` by block id, in order, its first load; `rows` how many each load has in all."""

    kind: str
    seqs: dict[str, int] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Rows of all its blocks."""
        return sum(self.rows.values())


def plan_merges(loads: Sequence[Load]) -> list[Merge]:
    """The merges that make a log compact; empty when it is. Each covers whole loads of its kind, in order of their first load."""
    plans: list[Merge] = []
    for kind, units in _units(loads).items():
        merge = Merge(kind)
        for unit in units:
            if unit.row_count >= SMALL_ROWS * len(unit.seqs) or len(unit.rows) >= MAX_LOADS:
                continue
            merge.seqs |= unit.seqs
            merge.rows |= unit.rows
            if merge.row_count >= TARGET_ROWS or len(merge.rows) >= MAX_LOADS:
                plans.append(merge)
                merge = Merge(kind)
        plans.append(merge)
    return [merge for merge in plans if len(merge.seqs) > 1]


def _units(loads: Sequence[Load]) -> dict[str, list[Merge]]:
    """Per kind, the least sets of blocks that hold whole loads: a load's own, or a compacted block with all its loads."""
    units: dict[str, list[Merge]] = defaultdict(list)
    unit_of: dict[str, Merge] = {}
    for load in loads:
        own: dict[str, Merge] = {}
        for block in load.blocks:
            unit = unit_of.get(block.id) or own.get(block.kind)
            if unit is None:
                unit = own[block.kind] = Merge(block.kind)
                units[block.kind].append(unit)
            unit_of[block.id] = unit
            unit.seqs.setdefault(block.id, load.seq)
            unit.rows[load.seq] = unit.rows.get(load.seq, 0) + block.rows
    return units


def merge_blocks(blocks: Sequence[Block], merge: Merge) -> bytes:
    """One zstd Arrow stream with the rows of all blocks in order, columns unified by name, and the column `load`.

    A column that a block lacks is null there. Raises StoreCorrupt where the rows are not those that the log lists.
    """
    tables = []
    for block in blocks:
        table = pa.ipc.open_stream(block.data).read_all()
        if table.num_rows != block.rows:
            raise StoreCorrupt(f"block {block.id} holds {table.num_rows} rows and its log says {block.rows}")
        if LOAD not in table.column_names:
            table = table.append_column(LOAD, pa.repeat(pa.scalar(merge.seqs[block.id], pa.int64()), table.num_rows))
        tables.append(table)
    merged = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    found = {entry["values"]: entry["counts"] for entry in merged[LOAD].value_counts().to_pylist()}
    if found != merge.rows:
        raise StoreCorrupt(f"blocks {', '.join(merge.seqs)} hold rows by load {found} and their log says {merge.rows}")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, merged.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(merged)
    return bytes(sink.getvalue())


def compact_log(log: CompactableLog, grace: float) -> Compaction:
    """What the compaction of `log` did, all of it under the lease, merge by merge, each in a transaction of its own."""
    lease = log.acquire(f"the compaction of process {os.getpid()} on {socket.gethostname()}", _LEASE_SECONDS)
    try:
        log.sweep(lease, grace)
        before, _ = log.count_blocks()
        for merge in plan_merges(log.loads()):
            lease = log.renew(lease, _LEASE_SECONDS)
            ids = list(merge.seqs)
            log.swap(lease, ids, merge.kind, merge_blocks(list(log.blocks(ids)), merge), merge.rows)
        after, waiting = log.count_blocks()
    finally:
        log.release(lease)
    return Compaction(before, after, waiting)
