"""An SQLite file: its tables, its connections, and what its failures mean."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import ConfigurationError, StoreCorrupt, StoreError, StoreTimeout, StoreUnavailable
from graph.log_rules import closed

APPLICATION_ID = 0x4C553573
"""Marks the file as a Luoshu log (PRAGMA application_id): another program's SQLite file is refused, not written to."""

FORMAT = 1
"""Version of the tables (PRAGMA user_version)."""

WAL_BYTES = 64 * 2**20
"""The WAL file is cut back to this size: else it keeps that of the largest load."""

TABLES = (
    """
    CREATE TABLE head (
      one INTEGER PRIMARY KEY CHECK (one = 1), log_id TEXT NOT NULL, seq INTEGER NOT NULL, recorded_at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE lease (
      one INTEGER PRIMARY KEY CHECK (one = 1), token INTEGER NOT NULL, owner TEXT, expires_at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE loads (
      load_id TEXT PRIMARY KEY, seq INTEGER UNIQUE, recorded_at INTEGER, source TEXT NOT NULL, actor TEXT NOT NULL,
      kinds TEXT NOT NULL, mode TEXT NOT NULL, scope TEXT NOT NULL, stated_on TEXT, input_hash TEXT, note TEXT NOT NULL,
      stated INTEGER, unchanged INTEGER, quarantined INTEGER, ended INTEGER, rows INTEGER, alive_at INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX loads_by_source ON loads (source, seq)",
    """
    CREATE TABLE blocks (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, replaced_at INTEGER
    ) WITHOUT ROWID
    """,
    "CREATE INDEX blocks_replaced ON blocks (replaced_at) WHERE replaced_at IS NOT NULL",
    """
    CREATE TABLE contains (
      load_id TEXT NOT NULL REFERENCES loads, block_id TEXT NOT NULL REFERENCES blocks, rows INTEGER NOT NULL,
      PRIMARY KEY (load_id, block_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX contains_by_block ON contains (block_id)",
    """
    CREATE TABLE chunks (
      block_id TEXT NOT NULL REFERENCES blocks, position INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (block_id, position)
    )
    """,
)

_OUT_OF_SERVICE = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_IOERR: "could not be read or written; check the disk",
    sqlite3.SQLITE_FULL: "has no room left on its disk; free some and try again",
    sqlite3.SQLITE_READONLY: "may not be written; check the rights of the file and its folder",
    sqlite3.SQLITE_PERM: "may not be opened; check the rights of the file and its folder",
}


class SqliteStore:
    """Connections to the log in the file `path`, lent to one thread at a time.

    Raises
    ------
    ConfigurationError
        The file is another program's, or of a newer version of Luoshu.
    """

    def __init__(self, path: Path, busy_timeout: float) -> None:
        self.path = path
        self._busy_timeout = busy_timeout
        self._idle: list[sqlite3.Connection] = []
        self._pool_lock = threading.Lock()
        self._closed = False
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
        self.log_id = self._create()

    def _create(self) -> str:
        with self.connection() as db:
            (mine,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if mine != APPLICATION_ID and db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise ConfigurationError(f"{self.path} is the SQLite file of another program; name another file")
            if version > FORMAT:
                raise ConfigurationError(
                    f"{self.path} was written by a newer version (format {version}, this one knows {FORMAT}); update Luoshu"
                )
            if version == 0:
                self._create_tables(db)
            (log_id,) = db.execute("SELECT log_id FROM head").fetchone()
        return str(log_id)

    def _create_tables(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        deadline = time.monotonic() + self._busy_timeout
        while True:
            try:
                # SQLite does not wait its busy timeout out for the switch to WAL.
                db.execute("PRAGMA journal_mode = WAL").fetchone()
                break
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone() == (0,):
            for statement in TABLES:
                db.execute(statement)
            db.execute("INSERT INTO head VALUES (1, ?, 0, 0)", (uuid.uuid4().hex,))
            db.execute("INSERT INTO lease VALUES (1, 0, NULL, 0)")
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=self._busy_timeout, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}").fetchone()
        return db

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection without a transaction. Raises StoreUnavailable when the store was closed."""
        with self._pool_lock:
            if self._closed:
                raise closed()
            db = self._idle.pop() if self._idle else None
        with self._translated():
            db = db or self._open()
            try:
                yield db
            except BaseException:
                # Rolls back what is open; another connection costs less than a doubtful one.
                db.close()
                raise
        self._give_back(db)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees the store as it was at its first statement."""
        with self.connection() as db:
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in the one transaction that may write; committed at the end, undone by any exception."""
        with self.connection() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            primary = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreTimeout(
                    f"{self.path} stayed locked by another writer for {self._busy_timeout:g} s; try again"
                ) from exc
            if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise StoreCorrupt(f"{self.path} is damaged or no SQLite file ({exc}); restore it from a copy") from exc
            if primary in _OUT_OF_SERVICE:
                raise StoreUnavailable(f"{self.path} {_OUT_OF_SERVICE[primary]} ({exc})") from exc
            raise StoreError(f"{self.path} answered: {exc}") from exc
        except OSError as exc:
            raise StoreUnavailable(f"{self.path} cannot be opened: {exc.strerror}") from exc

    def _give_back(self, db: sqlite3.Connection) -> None:
        with self._pool_lock:
            if self._closed:
                db.close()
            else:
                self._idle.append(db)

    def close(self) -> None:
        """Close every connection; one that is lent is closed when it comes back."""
        with self._pool_lock:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
