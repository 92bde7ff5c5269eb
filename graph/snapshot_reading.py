"""What a log says after a load: the new loads, and their rows by kind, each with the number of its load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from graph.blocks import ID, LOAD, OP, Op, decode_table, frame_of, frame_schema
from graph.errors import StoreCorrupt
from graph.log import Load, Log
from graph.ontology import KindSpec, Ontology

SMALL_ROWS = 100
"""Blocks of so many rows are put together before they are looked at."""
TRIES = 5
"""How often loads are listed again when a compaction replaced a block in between."""


@dataclass(frozen=True)
class Reading:
    """Loads in order, and by kind name their rows with known columns and LOAD.

    `ignored` counts the rows that stay in the log unread: by unknown kind, by unknown column (kind.column), or, as kind.id, those
    without a key of their kind.
    """

    loads: tuple[Load, ...]
    frames: Mapping[str, pl.DataFrame]
    ignored: Mapping[str, int]


def read_after(log: Log, ontology: Ontology, after: int) -> Reading:
    """The loads with seq > `after`.

    Raises StoreCorrupt when a load's rows are not as many as it says, or its blocks stay missing.
    """
    for attempt in range(TRIES):
        loads = log.loads(after)
        try:
            return _read(log, ontology, loads)
        except StoreCorrupt as exc:
            if not exc.retryable or attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _read(log: Log, ontology: Ontology, loads: Sequence[Load]) -> Reading:
    by_name = ontology.by_any_name
    wanted = {load.seq for load in loads}
    seqs: dict[str, int] = {}
    for load in loads:
        for ref in load.blocks:
            seqs.setdefault(ref.id, load.seq)
    found: dict[str, list[pl.DataFrame]] = {}
    ignored: Counter[str] = Counter()
    rows: Counter[int] = Counter()

    def take(name: str, frame: pl.DataFrame) -> None:
        for seq, count in frame[LOAD].value_counts().iter_rows():
            rows[seq] += count
        if name not in by_name:
            ignored[name] += frame.height
            return
        kind = by_name[name]
        found.setdefault(kind.name, []).append(_known(kind, frame, ignored))

    alike: dict[tuple[str, pa.Schema], list[tuple[int, pa.Table]]] = {}
    for block in log.blocks(list(seqs)):
        table = decode_table(block.data)
        if table.num_rows <= SMALL_ROWS:
            # Mutations: a block a group of them. What a frame costs is paid once for all that have the same columns.
            alike.setdefault((block.kind, table.schema), []).append((seqs[block.id], table))
        else:
            take(block.kind, _with_loads([(seqs[block.id], table)], wanted))
    for (kind_name, _), tables in alike.items():
        take(kind_name, _with_loads(tables, wanted))
    for load in loads:
        if rows[load.seq] != load.rows:
            raise StoreCorrupt(
                f"load {load.seq} of {load.header.source} has {rows[load.seq]} rows in its blocks, but says {load.rows}; "
                "restore the store from a copy"
            )
    frames = {name: pl.concat(parts, how="diagonal", rechunk=False) for name, parts in found.items()}
    if alike:
        frames = {
            name: frame if frame[LOAD].is_sorted() else frame.sort(LOAD, maintain_order=True)
            for name, frame in frames.items()
        }
    return Reading(tuple(loads), frames, dict(ignored))


def _with_loads(tables: Sequence[tuple[int, pa.Table]], wanted: set[int]) -> pl.DataFrame:
    """The rows of blocks of the same columns, each with the number of its load: its own, or that of the block's one load."""
    frame = frame_of([table for _, table in tables])
    if LOAD not in frame.columns:
        seqs = np.repeat([seq for seq, _ in tables], [table.num_rows for _, table in tables])
        return frame.with_columns(pl.Series(LOAD, seqs.astype(np.int32)))
    frame = frame.with_columns(pl.col(LOAD).cast(pl.Int32))
    if wanted.issuperset(frame[LOAD].unique().to_list()):
        return frame
    return frame.filter(pl.col(LOAD).is_in(list(wanted)))


def _known(kind: KindSpec, frame: pl.DataFrame, ignored: Counter[str]) -> pl.DataFrame:
    """The columns that the kind knows, under their present names; nulls stay left out."""
    schema = {**frame_schema(kind), LOAD: pl.Int32}
    renames = {}
    for spec in kind.fields:
        for old in spec.label.was:
            for column in spec.columns:
                before = old + column.name.removeprefix(spec.name)
                if before in frame.columns and column.name not in frame.columns:
                    renames[before] = column.name
    frame = frame.rename(renames)
    for name in frame.columns:
        if name not in schema and not (kind.is_link and name == ID):
            ignored[f"{kind.name}.{name}"] += frame.height
    kept = [pl.col(name).cast(schema[name]) for name in frame.columns if name in schema]
    if OP not in frame.columns:
        kept.append(pl.lit(Op.STATE.value, dtype=pl.Int8).alias(OP))
    return _with_keys(kind, frame.select(kept), ignored)


def _with_keys(kind: KindSpec, frame: pl.DataFrame, ignored: Counter[str]) -> pl.DataFrame:
    """The rows that say whom they are about. No writer appends others; one that did must not harm what is about somebody."""
    names = ("source", "target") if kind.is_link else (ID,)
    if not set(names) <= set(frame.columns):
        good = frame.clear()
    elif kind.is_link:
        good = frame.drop_nulls(names)
    else:
        old = (name[0].lower() + name[1:] for name in kind.record.options.was)
        mine = [pl.col(ID).str.starts_with(f"{prefix}:") for prefix in (kind.prefix, *old)]
        good = frame.filter(pl.any_horizontal(mine))
    if good.height < frame.height:
        ignored[f"{kind.name}.{ID}"] += frame.height - good.height
    return good
