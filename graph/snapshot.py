"""The snapshot: every statement of the log up to one load, as columns, with ids as numbers and who may refer to whom.

It is immutable. A refresh makes a new one that shares what new loads did not touch; a running request keeps the one that it
started with.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl

from graph.blocks import CONFIDENCE, ID, LOAD, LOCATOR, NONE, OP, UNTIL, frame_schema
from graph.fields import Storage
from graph.log import EPOCH, Load, Mode
from graph.ontology import Ontology
from graph.snapshot_adjacency import Adjacency
from graph.snapshot_columns import NO_DAY, NOT_STATED, Codes, Numbers, Rows, Texts, gather
from graph.snapshot_ids import KIND_SHIFT, LinkIds, NodeIds
from graph.snapshot_interning import kind_codes
from graph.snapshot_names import EdgeKey, SnapshotNames
from graph.snapshot_rows import Withdrawals
from graph.snapshot_table import OPEN, Table, day_of

__all__ = ["NOT_STATED", "Snapshot", "SourceStats", "day_of"]


@dataclass(frozen=True, slots=True)
class SourceStats:
    """What the log holds of one source: its loads and statements, how many of these stand, and whether it is withdrawn."""

    source: str
    loads: int
    statements: int
    current: int
    last_full: Load | None
    withdrawn: bool


@dataclass(frozen=True, eq=False)
class Snapshot(SnapshotNames):
    """All statements of loads 1 to `seq`. `ids` by kind code; `tables` by kind name; `edges` by holder, field and target.

    `assumption` stands for the load of what a what-if assumes; it is none of `loads`, and its source is the last.
    """

    ontology: Ontology
    loads: tuple[Load, ...]
    source_names: tuple[str, ...]
    ids: tuple[NodeIds | LinkIds, ...]
    tables: Mapping[str, Table]
    edges: Mapping[EdgeKey, Adjacency]
    ignored: Mapping[str, int] = field(default_factory=dict)
    redated: Mapping[int, int] = field(default_factory=dict)
    assumption: Load | None = None

    @classmethod
    def empty(cls, ontology: Ontology) -> Self:
        """The snapshot of a log without loads."""
        codes = kind_codes(ontology)
        ids: list[NodeIds | LinkIds] = [NodeIds.empty("")] * (len(codes) + 1)
        for name, code in codes.items():
            kind = ontology[name]
            ids[code] = LinkIds.empty(kind.prefix) if kind.is_link else NodeIds.empty(kind.prefix)
        return cls(ontology, (), (), tuple(ids), {name: Table.empty(ontology[name]) for name in codes}, {})

    @property
    def seq(self) -> int:
        """The last load that it knows; 0: none."""
        return self.loads[-1].seq if self.loads else 0

    @property
    def recorded_at(self) -> datetime:
        """When that load was recorded; the epoch when there is none."""
        return self.loads[-1].recorded_at if self.loads else EPOCH

    def load(self, seq: int) -> Load:
        """One of its loads."""
        return self.loads[seq - self.loads[0].seq]

    def seq_at(self, known_at: datetime) -> int:
        """The last load recorded by then; 0 before the first."""
        place = bisect_right(self.loads, known_at, key=lambda load: load.recorded_at)
        return self.loads[place - 1].seq if place else 0

    @property
    def assumed_source(self) -> int:
        """The code of the source of what is assumed; -1: nothing is."""
        return -1 if self.assumption is None else len(self.source_names) - 1

    def load_of(self, source: int, seq: int) -> Load:
        """The load by which a source states something; of what is assumed, the assumption."""
        if self.assumption is not None and source == self.assumed_source:
            return self.assumption
        return self.load(seq)

    @cached_property
    def withdrawals(self) -> Withdrawals:
        """By source code, the loads that withdrew it."""
        found: dict[int, list[int]] = {}
        for load in self.loads:
            if load.header.mode is Mode.WITHDRAWAL:
                found.setdefault(self.source_names.index(load.header.source), []).append(load.seq)
        return found

    @cached_property
    def source_ranks(self) -> Rows:
        """The rank of each source in the order of their names."""
        ranks = np.empty(len(self.source_names), np.int32)
        ranks[sorted(range(ranks.size), key=lambda code: self.source_names[code].encode())] = np.arange(ranks.size)
        return ranks

    # what a source states

    def sources(self) -> list[SourceStats]:
        """What the log holds of each source, by name. Cost: a pass over all statements."""
        size = len(self.source_names)
        statements, current = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for table in self.tables.values():
            if table.rows:
                statements += np.bincount(table.source, minlength=size)
                current += np.bincount(table.source[table.load_to == OPEN], minlength=size)
        found = []
        for code in np.argsort(self.source_ranks).tolist():
            loads = [load for load in self.loads if load.header.source == self.source_names[code]]
            full = [load for load in loads if load.header.mode is Mode.FULL]
            found.append(
                SourceStats(
                    self.source_names[code],
                    len(loads),
                    int(statements[code]),
                    int(current[code]),
                    full[-1] if full else None,
                    loads[-1].header.mode is Mode.WITHDRAWAL,
                )
            )
        return found

    def current(self, kind_name: str, source: str, *, link_ids: bool = True) -> pl.DataFrame:
        """The source's current rows of a kind: known now, of any op, in statement columns with LOAD and, for links too, ID.

        `link_ids` false leaves the ids of links null: they cost more than all the rest.

        `valid_from` is that under which the row stands: an undated row that took the place of a dated version has its date. Order
        is that of ids, then validFrom. Empty when the source states nothing. Cost: a pass over the kind's rows.
        """
        table = self.tables[kind_name]
        rows = np.empty(0, np.int32)
        if source in self.source_names:
            code = self.source_names.index(source)
            rows = np.flatnonzero((table.source == code) & (table.load_to == OPEN)).astype(np.int32)
            rank = self.ids[self.codes[kind_name]].order.rank
            rows = rows[np.lexsort((table.valid_from[rows], rank[table.number[rows]]))]
        return self.frame(kind_name, rows, link_ids=link_ids)

    def frame(self, kind_name: str, rows: Rows, *, link_ids: bool = True) -> pl.DataFrame:
        """These rows of a kind's table, as `current` gives them."""
        table, kind = self.tables[kind_name], self.ontology[kind_name]
        handles = table.number[rows].astype(np.int64) | (self.codes[kind_name] << KIND_SHIFT)
        nobody = kind.is_link and not link_ids
        columns: dict[str, pl.Series] = {ID: self.ids_of(np.full_like(handles, -1) if nobody else handles)}
        for spec in kind.fields:
            for column in spec.columns:
                columns[column.name] = self._series(table.all_columns[column.name], rows, column.storage)
        columns[OP] = pl.Series(table.op[rows])
        until = np.where(table.until[rows] == OPEN, NO_DAY, table.until[rows])
        columns[UNTIL] = _nullable(until, NO_DAY).cast(pl.Date)
        columns[NONE] = self._series(table.columns[NONE], rows, Storage.CODE)
        columns[LOCATOR] = self._series(table.columns[LOCATOR], rows, Storage.TEXT)
        columns[CONFIDENCE] = self._series(table.columns[CONFIDENCE], rows, Storage.INT)
        columns[LOAD] = pl.Series(table.load_from[rows])
        schema = {ID: pl.String, **frame_schema(kind), LOAD: pl.Int32}
        return pl.DataFrame({name: columns[name].alias(name) for name in schema}, schema=schema)

    def _series(self, column: Any, rows: Rows, storage: Storage) -> pl.Series:
        match column:
            case Texts():
                return column.take(rows)
            case Codes():
                return gather(pl.Series("", list(column.words), dtype=pl.String), column.numbers.take(rows))
            case Numbers():
                values = column.take(rows)
                if storage is Storage.REF:
                    return self.ids_of(values.astype(np.int64))
                found = _nullable(values, column.null)
                if storage is Storage.DATE:
                    return found.cast(pl.Int32).cast(pl.Date)
                return found.cast(pl.Boolean) if storage is Storage.BOOL else found
        raise TypeError(f"no column is a {type(column).__name__}")


def _nullable(values: np.ndarray[Any, Any], null: int) -> pl.Series:
    return pl.Series(values).set(pl.Series(values == null), None)
