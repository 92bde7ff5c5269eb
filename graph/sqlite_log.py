"""The log in one SQLite file, in WAL mode: the embedded store. Readers wait for nobody; writers wait for each other."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from graph.compaction import compact_log
from graph.group_blocks import blocks_needed, group_blocks
from graph.log import Block, BlockRef, Compaction, Counts, Head, Lease, Load, LoadHeader, Log, Mode, SmallLoad
from graph.log_rules import (
    block_gone,
    block_torn,
    check_append,
    check_lease,
    check_small,
    check_stale,
    finished,
    from_micros,
    lease_held,
    load_gone,
    new_id,
    next_recorded_at,
    to_micros,
)
from graph.log_waiting import Commits
from graph.sqlite_store import SqliteStore

CHUNK_BYTES = 16 * 2**20
"""Blocks are cut in chunks of this size: SQLite takes 10⁹ bytes in a value at most, and rewrites a value whole."""

POLL_SECONDS = 0.02

_HEADER = "source, actor, kinds, mode, scope, stated_on, input_hash, note"


class SqliteLog(Log):
    """A log in the file `path`, made with its folder where it is missing. Safe to share between threads and processes.

    `busy_timeout` seconds is how long a writer waits for another before StoreTimeout.

    Raises
    ------
    ConfigurationError
        The file is another program's, or of a newer version of Luoshu.
    """

    def __init__(self, path: Path, *, busy_timeout: float = 5.0) -> None:
        self._store = SqliteStore(path, busy_timeout)
        self._commits = Commits()

    def __repr__(self) -> str:
        return f"SqliteLog({str(self._store.path)!r})"

    @property
    def log_id(self) -> str:
        return self._store.log_id

    # writing a load

    def begin(self, header: LoadHeader) -> str:
        load_id = new_id()
        with self._store.writing() as db:
            db.execute(
                f"INSERT INTO loads (load_id, {_HEADER}, alive_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (load_id, *_header_row(header), _now()),
            )
        return load_id

    def append(self, load_id: str, kind: str, data: bytes, rows: int) -> None:
        with self._store.writing() as db:
            check_append(_open_header(db, load_id), kind, rows)
            block_id = _insert_block(db, kind, data, rows)
            db.execute("INSERT INTO contains VALUES (?, ?, ?)", (load_id, block_id, rows))
            db.execute("UPDATE loads SET alive_at = ? WHERE load_id = ?", (_now(), load_id))

    def finish(
        self,
        load_id: str,
        *,
        compared_at: int,
        counts: Counts,
        lease: Lease | None = None,
        recorded_at: datetime | None = None,
    ) -> Load:
        with self._commits.telling(), self._store.writing() as db:
            done = _select_loads(db, "load_id = ? AND seq IS NOT NULL", (load_id,))
            if done:
                return done[0]
            header = _open_header(db, load_id)
            if lease is not None:
                check_lease(lease, *_lease_holder(db)[:2])
            later = db.execute(
                f"SELECT seq, {_HEADER} FROM loads WHERE source = ? AND seq > ? ORDER BY seq",
                (header.source, compared_at),
            )
            check_stale(header, compared_at, ((row[0], _header(row[1:])) for row in later))
            seq, last = db.execute("SELECT seq, recorded_at FROM head").fetchone()
            micros = next_recorded_at(_now(), last, recorded_at)
            (rows,) = db.execute("SELECT coalesce(sum(rows), 0) FROM contains WHERE load_id = ?", (load_id,)).fetchone()
            db.execute(
                "UPDATE loads SET seq = ?, recorded_at = ?, stated = ?, unchanged = ?, quarantined = ?, ended = ?, rows = ?"
                " WHERE load_id = ?",
                (seq + 1, micros, counts.stated, counts.unchanged, counts.quarantined, counts.ended, rows, load_id),
            )
            db.execute("UPDATE head SET seq = ?, recorded_at = ?", (seq + 1, micros))
            return _select_loads(db, "load_id = ?", (load_id,))[0]

    def commit(self, loads: Sequence[SmallLoad], *, compared_at: int) -> list[Load]:
        check_small(loads)
        load_ids = [new_id() for _ in loads]
        block_ids = [new_id() for _ in range(blocks_needed(loads))]
        with self._commits.telling(), self._store.writing() as db:
            _check_group(db, loads, compared_at)
            seq, last = db.execute("SELECT seq, recorded_at FROM head").fetchone()
            micros = next_recorded_at(_now(), last, None)
            blocks = group_blocks(loads, seq + 1, block_ids)
            done = finished(loads, load_ids, blocks, seq + 1, micros)
            db.executemany(
                f"INSERT INTO loads VALUES (?, ?, ?, {', '.join('?' * 8)}, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        load.load_id, load.seq, micros, *_header_row(load.header), load.counts.stated, load.counts.unchanged,
                        load.counts.quarantined, load.counts.ended, load.rows, micros,
                    )
                    for load in done
                ],
            )  # fmt: skip
            for block in blocks:
                _insert_block(db, block.kind, block.data, block.row_count, block.id)
            db.executemany(
                "INSERT INTO contains VALUES (?, ?, ?)",
                [(load.load_id, block.id, block.rows) for load in done for block in load.blocks],
            )
            db.execute("UPDATE head SET seq = ?, recorded_at = ?", (done[-1].seq, micros))
        return done

    def abandon(self, load_id: str) -> None:
        with self._store.writing() as db:
            if db.execute("SELECT 1 FROM loads WHERE load_id = ? AND seq IS NULL", (load_id,)).fetchone():
                _delete_load(db, load_id)

    def replace_blocks(self, load_id: str, kind: str) -> None:
        with self._store.writing() as db:
            _open_header(db, load_id)
            found = db.execute(
                "SELECT block_id FROM contains JOIN blocks ON id = block_id WHERE load_id = ? AND kind = ?",
                (load_id, kind),
            )
            _delete_blocks(db, [block_id for (block_id,) in found])

    # reading

    def head(self) -> Head:
        with self._store.reading() as db:
            seq, micros = db.execute("SELECT seq, recorded_at FROM head").fetchone()
        return Head(seq, from_micros(micros))

    def loads(self, after: int = 0) -> list[Load]:
        with self._store.reading() as db:
            return _select_loads(db, "seq > ?", (after,))

    def blocks(self, ids: Sequence[str]) -> Iterator[Block]:
        for block_id in ids:
            yield self._block(block_id)

    def wait(self, after: int, timeout: float) -> Head:
        return self._commits.wait(self.head, after, timeout, POLL_SECONDS)

    def size_bytes(self) -> int | None:
        path = self._store.path
        return sum(file.stat().st_size for file in (path, path.with_name(path.name + "-wal")) if file.exists())

    # the lease

    def acquire(self, owner: str, ttl: float = 60.0) -> Lease:
        now = _now()
        with self._store.writing() as db:
            token, holder, expires_at = _lease_holder(db)
            if holder is not None and expires_at > now:
                raise lease_held(holder, expires_at)
            lease = Lease(token + 1, owner, from_micros(now + int(ttl * 1e6)))
            db.execute(
                "UPDATE lease SET token = ?, owner = ?, expires_at = ?",
                (lease.token, owner, to_micros(lease.expires_at)),
            )
        return lease

    def renew(self, lease: Lease, ttl: float = 60.0) -> Lease:
        with self._store.writing() as db:
            check_lease(lease, *_lease_holder(db)[:2])
            renewed = Lease(lease.token, lease.owner, from_micros(_now() + int(ttl * 1e6)))
            db.execute("UPDATE lease SET expires_at = ?", (to_micros(renewed.expires_at),))
        return renewed

    def release(self, lease: Lease) -> None:
        with self._store.writing() as db:
            db.execute("UPDATE lease SET owner = NULL WHERE token = ?", (lease.token,))

    # compaction

    def compact(self, *, grace: float = 600.0) -> Compaction:
        done = compact_log(self, grace)
        with self._store.connection() as db:
            db.execute("PRAGMA incremental_vacuum").fetchall()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return done

    def sweep(self, lease: Lease, grace: float) -> None:
        """Remove blocks replaced more than `grace` seconds ago, and unfinished loads that show no life since then."""
        before = _now() - int(grace * 1e6)
        with self._store.writing() as db:
            check_lease(lease, *_lease_holder(db)[:2])
            for (load_id,) in db.execute(
                "SELECT load_id FROM loads WHERE seq IS NULL AND alive_at <= ?", (before,)
            ).fetchall():
                _delete_load(db, load_id)
            _delete_blocks(
                db, [row[0] for row in db.execute("SELECT id FROM blocks WHERE replaced_at <= ?", (before,))]
            )

    def swap(self, lease: Lease, old: Sequence[str], kind: str, data: bytes, rows: Mapping[int, int]) -> None:
        """Put one block in the place of `old`; `rows` says how many of its rows each load, by seq, has."""
        with self._store.writing() as db:
            check_lease(lease, *_lease_holder(db)[:2])
            block_id = _insert_block(db, kind, data, sum(rows.values()))
            for old_id in old:
                db.execute("DELETE FROM contains WHERE block_id = ?", (old_id,))
                db.execute("UPDATE blocks SET replaced_at = ? WHERE id = ?", (_now(), old_id))
            db.executemany(
                "INSERT INTO contains SELECT load_id, ?, ? FROM loads WHERE seq = ?",
                [(block_id, count, seq) for seq, count in rows.items()],
            )

    def count_blocks(self) -> tuple[int, int]:
        """How many blocks readers list, and how many replaced ones wait out their grace period."""
        with self._store.reading() as db:
            (listed,) = db.execute(
                "SELECT count(DISTINCT block_id) FROM contains JOIN loads USING (load_id) WHERE seq IS NOT NULL"
            ).fetchone()
            (waiting,) = db.execute("SELECT count(*) FROM blocks WHERE replaced_at IS NOT NULL").fetchone()
        return listed, waiting

    def close(self) -> None:
        self._store.close()

    def _block(self, block_id: str) -> Block:
        with self._store.reading() as db:
            found = db.execute("SELECT kind, rows, bytes FROM blocks WHERE id = ?", (block_id,)).fetchone()
            chunks = db.execute("SELECT data FROM chunks WHERE block_id = ? ORDER BY position", (block_id,)).fetchall()
        if found is None:
            raise block_gone(block_id)
        kind, rows, size = found
        data = b"".join(chunk for (chunk,) in chunks)
        if len(data) != size:
            raise block_torn(block_id, size, len(data))
        return Block(block_id, kind, rows, data)


def _now() -> int:
    return time.time_ns() // 1000


def _lease_holder(db: sqlite3.Connection) -> tuple[int, str | None, int]:
    token, owner, expires_at = db.execute("SELECT token, owner, expires_at FROM lease").fetchone()
    return token, owner, expires_at


def _header(row: Sequence[Any]) -> LoadHeader:
    source, actor, kinds, mode, scope, stated_on, input_hash, note = row
    return LoadHeader(
        source=source,
        actor=actor,
        kinds=tuple(json.loads(kinds)),
        mode=Mode(mode),
        scope=scope,
        stated_on=None if stated_on is None else date.fromisoformat(stated_on),
        input_hash=input_hash,
        note=note,
    )


def _header_row(header: LoadHeader) -> tuple[str | None, ...]:
    """The values of the columns that `_HEADER` names."""
    return (
        header.source,
        header.actor,
        json.dumps(header.kinds, ensure_ascii=False),
        header.mode.value,
        header.scope,
        None if header.stated_on is None else header.stated_on.isoformat(),
        header.input_hash,
        header.note,
    )


def _check_group(db: sqlite3.Connection, loads: Sequence[SmallLoad], compared_at: int) -> None:
    by_source: dict[str, list[LoadHeader]] = {}
    for load in loads:
        by_source.setdefault(load.header.source, []).append(load.header)
    for source, headers in by_source.items():
        rows = db.execute(
            f"SELECT seq, {_HEADER} FROM loads WHERE source = ? AND seq > ? ORDER BY seq", (source, compared_at)
        ).fetchall()
        later = [(row[0], _header(row[1:])) for row in rows]
        for header in headers if later else ():
            check_stale(header, compared_at, later)


def _open_header(db: sqlite3.Connection, load_id: str) -> LoadHeader:
    row = db.execute(f"SELECT {_HEADER} FROM loads WHERE load_id = ? AND seq IS NULL", (load_id,)).fetchone()
    if row is None:
        raise load_gone(load_id)
    return _header(row)


def _select_loads(db: sqlite3.Connection, where: str, parameters: Sequence[str | int]) -> list[Load]:
    refs: dict[str, list[BlockRef]] = {}
    for load_id, block_id, kind, rows in db.execute(
        "SELECT loads.load_id, blocks.id, blocks.kind, contains.rows FROM loads JOIN contains USING (load_id)"
        f" JOIN blocks ON blocks.id = contains.block_id WHERE {where} ORDER BY blocks.id",
        parameters,
    ):
        refs.setdefault(load_id, []).append(BlockRef(block_id, kind, rows))
    return [
        Load(
            seq=row[1],
            load_id=row[0],
            recorded_at=from_micros(row[2]),
            header=_header(row[3:11]),
            counts=Counts(*row[11:15]),
            blocks=tuple(refs.get(row[0], ())),
            rows=row[15],
        )
        for row in db.execute(
            "SELECT load_id, seq, recorded_at, source, actor, kinds, mode, scope, stated_on, input_hash, note,"
            f" stated, unchanged, quarantined, ended, rows FROM loads WHERE {where} ORDER BY seq",
            parameters,
        )
    ]


def _insert_block(db: sqlite3.Connection, kind: str, data: bytes, rows: int, block_id: str | None = None) -> str:
    block_id = block_id or new_id()
    db.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, NULL)", (block_id, kind, rows, len(data)))
    view = memoryview(data)
    db.executemany(
        "INSERT INTO chunks VALUES (?, ?, ?)",
        (
            (block_id, position, view[start : start + CHUNK_BYTES])
            for position, start in enumerate(range(0, len(data), CHUNK_BYTES))
        ),
    )
    return block_id


def _delete_load(db: sqlite3.Connection, load_id: str) -> None:
    blocks = [block_id for (block_id,) in db.execute("SELECT block_id FROM contains WHERE load_id = ?", (load_id,))]
    _delete_blocks(db, blocks)
    db.execute("DELETE FROM loads WHERE load_id = ?", (load_id,))


def _delete_blocks(db: sqlite3.Connection, ids: Sequence[str]) -> None:
    for table, column in (("contains", "block_id"), ("chunks", "block_id"), ("blocks", "id")):
        db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(block_id,) for block_id in ids])
