"""A kind of a snapshot as one Arrow file: every array is a list column of its one row, so that it is mapped, not read.

A file is written once under a name of its own, and never again. Texts are string views: mapping a file puts none of them on the heap.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from graph.errors import StoreCorrupt
from graph.ontology import KindSpec
from graph.snapshot_adjacency import Adjacency
from graph.snapshot_columns import Codes, Column, Numbers, Texts
from graph.snapshot_ids import LinkIds, NodeIds, Order
from graph.snapshot_table import Table

FORMAT: Final = 1
"""Version of the files' layout: others are not read."""
_HEADER: Final = b"luoshu"
_SPINE: Final = (
    "number",
    "source",
    "valid_from",
    "load_from",
    "load_to",
    "until",
    "op",
    "previous",
    "complete",
    "last",
)
_READ_BYTES: Final = 1 << 22

Arrays = dict[str, npt.NDArray[Any] | pl.Series]
EdgesOfKind = Mapping[tuple[str, str], Adjacency]
"""Adjacency of one kind's holders, by field and kind of target."""


@dataclass(frozen=True)
class FileEntry:
    """A written file: name, bytes and CRC-32."""

    name: str
    size: int
    checksum: int


@dataclass(frozen=True)
class KindFile:
    """What a file holds of a kind; `table` is None for ids of no kind."""

    ids: NodeIds | LinkIds
    table: Table | None
    edges: EdgesOfKind


def write_kind(folder: Path, name: str, content: KindFile) -> FileEntry:
    """The file's entry, once its bytes are on the disk and it has its name."""
    arrays: Arrays = {}
    header: dict[str, Any] = {"format": FORMAT}
    _put_ids(arrays, header, content.ids)
    if content.table is not None:
        _put_table(arrays, header, content.table)
    for (field, target), adjacency in content.edges.items():
        arrays[f"edge:{field}:{target}:starts"] = adjacency.starts
        arrays[f"edge:{field}:{target}:holders"] = adjacency.holders
    columns = {key: _as_list(values) for key, values in arrays.items()}
    schema = pa.schema([(key, column.type) for key, column in columns.items()], {_HEADER: json.dumps(header)})
    path = folder / name
    temporary = path.with_suffix(".part")
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch(list(columns.values()), schema=schema))
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    entry = FileEntry(name, temporary.stat().st_size, checksum(temporary))
    temporary.replace(path)
    return entry


def map_kind(folder: Path, entry: FileEntry, kind: KindSpec | None) -> KindFile:
    """What a file holds, mapped into memory.

    Raises StoreCorrupt when it is missing, or not as it was written.
    """
    path = folder / entry.name
    try:
        if path.stat().st_size != entry.size or checksum(path) != entry.checksum:
            raise StoreCorrupt(f"{entry.name} is not as it was written; it is made again from the log")
        batch = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
    except (OSError, pa.ArrowInvalid) as exc:
        raise StoreCorrupt(f"{entry.name} cannot be read: {exc}; it is made again from the log") from exc
    header = json.loads(batch.schema.metadata[_HEADER])
    if header["format"] != FORMAT:
        raise StoreCorrupt(
            f"{entry.name} has the layout {header['format']}, not {FORMAT}; it is made again from the log"
        )
    arrays = {key: _from_list(batch.column(place)) for place, key in enumerate(batch.schema.names)}
    edges = {}
    for key in arrays:
        if key.startswith("edge:") and key.endswith(":starts"):
            _, field, target, _ = key.split(":")
            edges[field, target] = Adjacency(_ints(arrays, key), _ints(arrays, f"edge:{field}:{target}:holders"))
    return KindFile(_take_ids(arrays, header), None if kind is None else _take_table(arrays, header, kind), edges)


def checksum(path: Path) -> int:
    """The CRC-32 of a file."""
    value = 0
    with path.open("rb", buffering=0) as source:
        while piece := source.read(_READ_BYTES):
            value = zlib.crc32(piece, value)
    return value


def _put_ids(arrays: Arrays, header: dict[str, Any], ids: NodeIds | LinkIds) -> None:
    header["prefix"], header["ids"] = ids.prefix, ids.size
    if ids.order.ranks is not None:
        arrays["ids:rank"] = ids.order.ranks
    if isinstance(ids, NodeIds):
        arrays["ids:keys"] = ids.keys
        return
    arrays |= {"ids:source": ids.source, "ids:target": ids.target, "ids:key": ids.key, "keys:keys": ids.keys.keys}
    header["keys"] = ids.keys.size
    if ids.keys.order.ranks is not None:
        arrays["keys:rank"] = ids.keys.order.ranks


def _take_ids(arrays: Arrays, header: Mapping[str, Any]) -> NodeIds | LinkIds:
    order = _order(arrays, "ids:rank", header["ids"])
    if "ids:keys" in arrays:
        return NodeIds(header["prefix"], _texts(arrays, "ids:keys"), order)
    keys = NodeIds("", _texts(arrays, "keys:keys"), _order(arrays, "keys:rank", header["keys"]))
    source, target, key = (_ints(arrays, f"ids:{name}") for name in ("source", "target", "key"))
    return LinkIds(header["prefix"], source, target, key, keys, order)


def _order(arrays: Arrays, name: str, size: int) -> Order:
    return Order(size, _ints(arrays, name) if name in arrays else None)


def _put_table(arrays: Arrays, header: dict[str, Any], table: Table) -> None:
    for name in _SPINE:
        arrays[f"row:{name}"] = getattr(table, name)
    header["words"] = {}
    for name, column in table.columns.items():
        match column:
            case Codes(numbers, words) if not column.blank:
                header["words"][name] = list(words)
                arrays[f"column:{name}"] = numbers.whole()
            case Numbers() if not column.blank:
                arrays[f"column:{name}"] = column.whole()
            case Texts() if not column.blank:
                arrays[f"column:{name}"] = column.whole()


def _take_table(arrays: Arrays, header: Mapping[str, Any], kind: KindSpec) -> Table:
    spine: dict[str, Any] = {name: _ints(arrays, f"row:{name}") for name in _SPINE}
    spine["complete"] = spine["complete"].view(bool)
    rows = spine["number"].size
    ends = (rows,) if rows else ()
    columns: dict[str, Column] = {}
    for name, empty in Table.empty(kind).columns.items():
        columns[name] = _take_column(arrays, header, f"column:{name}", empty, ends)
    return Table(kind, **spine, columns=columns, ends=ends)


def _take_column(arrays: Arrays, header: Mapping[str, Any], name: str, empty: Column, ends: tuple[int, ...]) -> Column:
    stored = arrays.get(name)
    parts = (stored,) if ends else ()
    match empty:
        case Texts():
            return Texts(ends, parts)  # type: ignore[arg-type]
        case Codes():
            words = tuple(header["words"].get(name.removeprefix("column:"), ()))
            return Codes(Numbers(empty.numbers.null, empty.numbers.dtype, ends, parts), words)  # type: ignore[arg-type]
        case Numbers():
            return Numbers(empty.null, empty.dtype, ends, parts)  # type: ignore[arg-type]
    raise TypeError(f"no column is a {type(empty).__name__}")


def _as_list(values: npt.NDArray[Any] | pl.Series) -> pa.LargeListArray:
    if isinstance(values, pl.Series):
        items = values.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
        if not pa.types.is_string_view(items.type):
            items = items.cast(pa.string_view())
    else:
        items = pa.array(values.view(np.uint8) if values.dtype == bool else np.ascontiguousarray(values))
    return pa.LargeListArray.from_arrays(pa.array([0, len(items)], pa.int64()), items)


def _from_list(column: pa.LargeListArray) -> npt.NDArray[Any] | pl.Series:
    items = column.values
    if pa.types.is_string_view(items.type):
        return pl.Series("", items)
    return np.asarray(items.to_numpy(zero_copy_only=True))


def _ints(arrays: Arrays, name: str) -> npt.NDArray[Any]:
    values = arrays[name]
    assert isinstance(values, np.ndarray)
    return values


def _texts(arrays: Arrays, name: str) -> pl.Series:
    values = arrays[name]
    assert isinstance(values, pl.Series)
    return values
