"""What the tests of the log write and how they read it back: blocks of made-up rows."""

import pyarrow as pa
import pyarrow.ipc

from graph.log import Counts, Load, LoadHeader, Log, Mode


def header(source: str = "register", *kinds: str, mode: Mode = Mode.PARTIAL, note: str = "") -> LoadHeader:
    """A header of the kinds, Firm where none is named."""
    return LoadHeader(source=source, actor="a tester", kinds=kinds or ("Firm",), mode=mode, note=note)


def block(*ids: str, **columns: object) -> bytes:
    """A block of one row an id; a further column has the same value in every row."""
    table = pa.table({"id": list(ids)} | {name: [value] * len(ids) for name, value in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def state(log: Log, *ids: str, source: str = "register", kind: str = "Firm", **columns: object) -> Load:
    """The finished load, a mutation, that states these ids in one block; one without ids has no block."""
    load_id = log.begin(header(source, kind))
    if ids:
        log.append(load_id, kind, block(*ids, **columns), len(ids))
    return log.finish(load_id, compared_at=log.head().seq, counts=Counts(stated=len(ids)))


def rows_of(log: Log, load: Load) -> dict[str, list[dict[str, object]]]:
    """The rows of a load by kind, in order, as a reader gets them; nulls and the load column left out."""
    found: dict[str, list[dict[str, object]]] = {}
    for ref, data in zip(load.blocks, log.blocks([ref.id for ref in load.blocks]), strict=True):
        rows = pa.ipc.open_stream(data.data).read_all().to_pylist()
        assert (data.id, data.kind, data.rows) == (ref.id, ref.kind, len(rows))
        mine = [row for row in rows if row.pop("load", load.seq) == load.seq]
        assert len(mine) == ref.rows
        found.setdefault(ref.kind, []).extend(
            {name: value for name, value in row.items() if value is not None} for row in mine
        )
    assert sum(map(len, found.values())) == load.rows
    return found


def ids_of(log: Log, load: Load) -> list[str]:
    """The ids of a load's rows, kind by kind."""
    return [str(row["id"]) for rows in rows_of(log, load).values() for row in rows]
