"""What a block holds: rows of one kind, as a zstd-compressed Arrow stream of the kind's columns and six of the statement's own.

Columns that are null in every row are left out, and a column that a block lacks reads as null: so a new field needs no
migration. Columns that the ontology does not know are kept where they are, and ignored.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl
import pyarrow as pa

from graph.errors import StoreCorrupt
from graph.fields import Storage
from graph.ontology import KindSpec


class Op(enum.IntEnum):
    """What a row does to its key (id, validFrom, source)."""

    STATE = 0
    """Gives the whole row; with `until` where an undo states a row again that had ended."""
    END = 1
    """The source's statement ends at `until`; its values are those of the row that it supersedes."""
    RETRACT = 2
    """The row was a mistake: it contributes nothing."""


OP: Final = "op"
ID: Final = "id"
UNTIL: Final = "until"
NONE: Final = "none"
LOCATOR: Final = "locator"
CONFIDENCE: Final = "confidence"
LOAD: Final = "load"
"""Only in compacted blocks: the seq of the load that each row came with."""

STATEMENT_COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    OP: pl.Int8,
    UNTIL: pl.Date,
    NONE: pl.String,
    LOCATOR: pl.String,
    CONFIDENCE: pl.Int64,
}
"""`none`: names of the fields known to be empty, joined by SEPARATOR; `confidence` in millionths, null: certain."""

DTYPES: Final[dict[Storage, pl.DataType | type[pl.DataType]]] = {
    Storage.TEXT: pl.String,
    Storage.CODE: pl.String,
    Storage.REF: pl.String,
    Storage.INT: pl.Int64,
    Storage.DECIMAL: pl.Int64,
    Storage.DATE: pl.Date,
    Storage.BOOL: pl.Boolean,
}

_ARROW: Final[dict[pl.DataType | type[pl.DataType], pa.DataType]] = {
    pl.String: pa.large_string(),
    pl.Int64: pa.int64(),
    pl.Int8: pa.int8(),
    pl.Date: pa.date32(),
    pl.Boolean: pa.bool_(),
}
_PACKED: Final[dict[pa.DataType, str]] = {pa.int64(): "<q", pa.int8(): "<b", pa.date32(): "<i", pa.bool_(): "<B"}
_EPOCH: Final = date(1970, 1, 1).toordinal()
_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")
_PLAIN: Final = pa.ipc.IpcWriteOptions(use_threads=False)
_READ: Final = pa.ipc.IpcReadOptions(use_threads=False)

_SMALL: Final = 100_000
"""Blocks of fewer bytes are read in one thread: handing them to others takes longer."""

MAX_ROWS: Final = 65_536
"""Rows in one block."""


def frame_schema(kind: KindSpec) -> dict[str, pl.DataType | type[pl.DataType]]:
    """The columns of a kind's statement frame, in order. Nodes have `id`; a link's id is derived from its ends and key."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {} if kind.is_link else {ID: pl.String}
    schema |= {column.name: DTYPES[column.storage] for column in kind.columns}
    return schema | STATEMENT_COLUMNS


def conform(kind: KindSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the kind's columns: missing ones null (op: STATE), old names of renamed fields taken, others dropped."""
    renames: dict[str, str] = {}
    for spec in kind.fields:
        for old in spec.label.was:
            for column in spec.columns:
                before = old + column.name.removeprefix(spec.name)
                if before in frame.columns and column.name not in frame.columns:
                    renames[before] = column.name
    frame = frame.rename(renames)
    if not frame.height:
        return pl.DataFrame(schema=frame_schema(kind))
    columns = []
    for name, dtype in frame_schema(kind).items():
        if name in frame.columns:
            columns.append(pl.col(name).cast(dtype))
        else:
            value = Op.STATE.value if name == OP else None
            columns.append(pl.lit(value, dtype=dtype).alias(name))
    return frame.select(columns)


def encode(frame: pl.DataFrame) -> bytes:
    """The block of a statement frame."""
    kept = [name for name in frame.columns if frame[name].null_count() < frame.height and name != OP]
    if OP in frame.columns and (frame[OP] != Op.STATE.value).any():
        kept.append(OP)
    if not kept and frame.height:
        kept = [ID] if ID in frame.columns else frame.columns[:1]
    table = frame.select(kept).to_arrow()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def encode_row(kind: KindSpec, row: Mapping[str, Any]) -> bytes:
    """The block of one STATE row, from its stored columns by name; what is None or left out is null.

    For small loads: what `encode` of a frame of it says, without the frame, and not compressed: at this size that only costs.
    """
    types = {
        name: _ARROW[dtype] for name, dtype in frame_schema(kind).items() if name != OP and row.get(name) is not None
    }
    schema = pa.schema(list(types.items()))
    batch = pa.RecordBatch.from_arrays([_cell(dtype, row[name]) for name, dtype in types.items()], schema=schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=_PLAIN) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def encode_table(table: pa.Table) -> bytes:
    """The block of a few rows as an Arrow table, not compressed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_PLAIN) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _cell(dtype: pa.DataType, value: Any) -> pa.Array:
    """An array of one value: `pa.array` would look for pandas first, and load all of it where it is installed."""
    if dtype == pa.large_string():
        data = value.encode()
        return pa.Array.from_buffers(
            dtype, 1, [None, pa.py_buffer(struct.pack("<qq", 0, len(data))), pa.py_buffer(data)]
        )
    number = value.toordinal() - _EPOCH if dtype == pa.date32() else int(value)
    return pa.Array.from_buffers(dtype, 1, [None, pa.py_buffer(struct.pack(_PACKED[dtype], number))])


def decode(data: bytes) -> pl.DataFrame:
    """The rows of a block, as they were written.

    Raises StoreCorrupt when the bytes are no block.
    """
    return frame_of([decode_table(data)])


def decode_table(data: bytes) -> pa.Table:
    """The same as an Arrow table, for who puts many small blocks together. Raises StoreCorrupt likewise."""
    try:
        with pa.ipc.open_stream(data, options=_READ if len(data) < _SMALL else None) as reader:
            return reader.read_all()
    except (pa.ArrowInvalid, OSError) as exc:
        raise StoreCorrupt(
            f"a block of {len(data)} bytes is no Arrow stream: {exc}; restore the store from a copy"
        ) from exc


def frame_of(tables: Sequence[pa.Table]) -> pl.DataFrame:
    """The rows of blocks that have the same columns, one after the other."""
    frame = pl.from_arrow(tables[0] if len(tables) == 1 else pa.concat_tables(tables).combine_chunks())
    if not isinstance(frame, pl.DataFrame):
        raise StoreCorrupt("a block holds no table; restore the store from a copy")
    # Left out where all rows are STATE; compaction puts such a block beside others.
    return frame.with_columns(pl.col(OP).fill_null(Op.STATE.value)) if OP in frame.columns else frame
