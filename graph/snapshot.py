"""The snapshot: every statement of the log up to one load, as columns, with ids as numbers and who may refer to whom.

It is immutable. A refresh makes a new one that shares what new loads did not touch; a running request keeps the one that it
started with.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl

from graph.blocks import CONFIDENCE, ID, LOAD, LOCATOR, NONE, OP, UNTIL, frame_schema
from graph.id_columns import escaped_texts
from graph.identifiers import unescape
from graph.log import EPOCH, Load, Mode
from graph.ontology import KindSpec, Ontology, Storage
from graph.snapshot_adjacency import Adjacency
from graph.snapshot_columns import NO_DAY, NOBODY, NOT_STATED, Codes, Ints, Numbers, Rows, Texts, gather, nulls
from graph.snapshot_ids import FOREIGN, KIND_SHIFT, NUMBER_MASK, LinkIds, NodeIds, Ranks, link_id
from graph.snapshot_interning import kind_codes, prefix_codes
from graph.snapshot_rows import Withdrawals
from graph.snapshot_table import FIRST, OPEN, Table

EdgeKey = tuple[str, str, int]
"""Kind of the holder, reference field, code of the target's kind."""


@dataclass(frozen=True, slots=True)
class SourceStats:
    """What the log holds of one source: its loads and statements, how many of these stand, and whether it is withdrawn."""

    source: str
    loads: int
    statements: int
    current: int
    last_load: Load
    last_full: Load | None
    withdrawn: bool


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All statements of loads 1 to `seq`. `ids` by kind code; `tables` by kind name; `edges` by holder, field and target."""

    ontology: Ontology
    loads: tuple[Load, ...]
    source_names: tuple[str, ...]
    ids: tuple[NodeIds | LinkIds, ...]
    tables: Mapping[str, Table]
    edges: Mapping[EdgeKey, Adjacency]
    ignored: Mapping[str, int] = field(default_factory=dict)
    redated: Mapping[int, int] = field(default_factory=dict)

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

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Kind codes by name."""
        return kind_codes(self.ontology)

    @cached_property
    def kinds(self) -> tuple[KindSpec | None, ...]:
        """Kinds by code; None for ids of no kind."""
        return (None, *(self.ontology[name] for name in self.codes))

    def name(self, code: int) -> str:
        """The name of a kind; empty for ids of no kind."""
        kind = self.kinds[code]
        return "" if kind is None else kind.name

    @cached_property
    def prefixes(self) -> Mapping[str, int]:
        """Kind codes by prefix of node ids."""
        return prefix_codes(self.ontology)

    @cached_property
    def link_prefixes(self) -> Mapping[str, int]:
        """Kind codes by prefix of link ids."""
        return {kind.prefix: self.codes[kind.name] for kind in self.ontology.links}

    @cached_property
    def ranks(self) -> Ranks:
        """The order of node ids across kinds."""
        return ranks_of(self.ids)

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

    # ids

    def handle(self, identifier: str) -> int:
        """The handle of an id as it stands, live or not; -1 when nothing ever mentioned it."""
        prefix, _, key = identifier.partition(":")
        code = self.prefixes.get(prefix)
        if code is not None:
            number = self.nodes(code).number(key)
        elif prefix in self.link_prefixes:
            code = self.link_prefixes[prefix]
            number = self._link_number(code, key)
        else:
            code, number = FOREIGN, self.nodes(FOREIGN).number(identifier)
        return -1 if number < 0 else code << KIND_SHIFT | number

    def link_parts(self, code: int, key: str) -> tuple[int, int, int]:
        """The handles of the ends and the number of the key of a link id without its prefix; -1 for what is unknown."""
        parts = key.split(":", 2)
        if len(parts) < 2:
            return -1, -1, -1
        source, target = (self.handle(unescape(part)) for part in parts[:2])
        known = self.links(code).keys.number(parts[2]) if len(parts) == 3 else -1
        return source, target, -2 if len(parts) == 3 and known < 0 else known

    def _link_number(self, code: int, key: str) -> int:
        source, target, known = self.link_parts(code, key)
        if source < 0 or target < 0 or known < -1:
            return -1
        return self.link_number(code, source, target, known)

    def link_number(self, code: int, source: int, target: int, key: int) -> int:
        """The number of the link between these handles with this key; -1 when there is none."""
        kind, ids = self.kinds[code], self.links(code)
        adjacency = None if kind is None else self.edges.get((kind.name, "source", source >> KIND_SHIFT))
        if adjacency is not None:
            beside = adjacency.of(source & NUMBER_MASK)
            found = beside[(ids.target[beside] == target) & (ids.key[beside] == key)]
            if found.size:
                return int(found[0])
        _, numbers = ids.places(self.ranks, np.array([source]), np.array([target]), np.array([key], np.int32))
        return int(numbers[0])

    def nodes(self, code: int) -> NodeIds:
        """The ids of a node kind."""
        ids = self.ids[code]
        assert isinstance(ids, NodeIds)
        return ids

    def links(self, code: int) -> LinkIds:
        """The ids of a link kind."""
        ids = self.ids[code]
        assert isinstance(ids, LinkIds)
        return ids

    def id_of(self, handle: int) -> str:
        """The id of a handle."""
        ids, number = self.ids[handle >> KIND_SHIFT], handle & NUMBER_MASK
        if isinstance(ids, NodeIds):
            return ids.id_of(number)
        key = int(ids.key[number])
        return link_id(
            ids.prefix,
            self.id_of(int(ids.source[number])),
            self.id_of(int(ids.target[number])),
            None if key < 0 else str(ids.keys.keys[key]),
        )

    def ids_of(self, handles: Ints) -> pl.Series:
        """The ids of these handles, null for -1."""
        if not handles.size:
            return pl.Series("", [], dtype=pl.String)
        codes = handles >> KIND_SHIFT
        first = int(codes[0])
        if (codes == first).all():
            return self._ids_of_kind(first, handles)
        out = pl.Series("", [None], dtype=pl.String).new_from_index(0, handles.size)
        for code in np.unique(codes).tolist():
            if code >= 0:
                places = np.flatnonzero(codes == code)
                out = out.scatter(places, self._ids_of_kind(code, handles[places]))
        return out

    def _ids_of_kind(self, code: int, handles: Ints) -> pl.Series:
        if code < 0:
            return pl.Series("", [None], dtype=pl.String).new_from_index(0, handles.size)
        ids, numbers = self.ids[code], handles & NUMBER_MASK
        if isinstance(ids, NodeIds):
            return ids.ids_of(numbers)
        return self.link_ids(ids, ids.source[numbers], ids.target[numbers], gather(ids.keys.keys, ids.key[numbers]))

    def link_ids(self, ids: LinkIds, source: Ints, target: Ints, keys: pl.Series) -> pl.Series:
        """The ids of links between these handles; `keys` as they stand at the ids' ends."""
        parts = pl.DataFrame({"s": self._escaped_ids(source), "t": self._escaped_ids(target), "k": keys})
        made = pl.concat_str(pl.lit(ids.prefix), pl.all(), separator=":", ignore_nulls=True)
        return parts.select(made).to_series().alias("")

    def _escaped_ids(self, handles: Ints) -> pl.Series:
        """The ids of these handles as parts of other ids. Each id is escaped once, however often it occurs."""
        codes = handles >> KIND_SHIFT
        out = nulls(handles.size)
        for code in np.unique(codes).tolist():
            if code < 0:
                continue
            here = np.flatnonzero(codes == code)
            numbers, ids = handles[here] & NUMBER_MASK, self.nodes(code)
            occurs = np.zeros(ids.size, bool)
            occurs[numbers] = True
            keys = escaped_texts(ids.keys.gather(np.flatnonzero(occurs)))
            whole = pl.select(pl.lit(f"{ids.prefix}%3A" if ids.prefix else "") + keys).to_series()
            found = whole.gather((np.cumsum(occurs) - 1)[numbers])
            if here.size == handles.size:
                return found
            out = out.scatter(here, found)
        return out

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
                    loads[-1],
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


def ranks_of(ids: tuple[NodeIds | LinkIds, ...] | list[NodeIds | LinkIds]) -> Ranks:
    """The order of these ids across kinds."""
    return Ranks([item.prefix for item in ids], [item.order for item in ids])


def _nullable(values: np.ndarray[Any, Any], null: int) -> pl.Series:
    return pl.Series(values).set(pl.Series(values == null), None)


def day_of(value: date) -> int:
    """A date as days since 1970."""
    return value.toordinal() - date(1970, 1, 1).toordinal()


__all__ = ["FIRST", "NOBODY", "NOT_STATED", "OPEN", "EdgeKey", "Snapshot", "SourceStats", "day_of", "ranks_of"]
