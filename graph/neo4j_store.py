"""A Neo4j database: managed transactions with bookmarks carried from one to the next, and what its failures mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString, TypeVar
from urllib.parse import urlsplit

from neo4j import Driver, GraphDatabase, ManagedTransaction, unit_of_work
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConnectionAcquisitionTimeoutError,
    DriverError,
    Forbidden,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)
from neo4j.exceptions import ConfigurationError as DriverConfigurationError

from graph.errors import ConfigurationError, LuoshuError, StoreError, StoreTimeout, StoreUnavailable
from graph.log_rules import closed

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")

CONNECT_SECONDS = 3.0
"""How long a TCP connection may take to come about."""

RETRY_SECONDS = 2.0
"""How long a transaction is retried: two retries, about three seconds in all."""

TRANSACTION_SECONDS = 60.0
"""How long the server lets a transaction run, waiting for locks included."""

READ_AGAIN = 10
"""How often a reading transaction is tried again that met a removal."""

T = TypeVar("T")

_TIMED_OUT = ("TransactionTimedOut", "LockAcquisitionTimeout", "BookmarkTimeout", "LockClientStopped")


class Neo4jStore:
    """The database that `uri` names: `neo4j://host[:port][/database]`, or `bolt://` likewise; else `database`, else the user's own.

    Safe to share between threads. A reader that comes after a writer of this store sees what was written, on every member of a
    cluster. `retry_seconds` is how long a transaction that met a deadlock, a change of leader or a dead server is tried again.

    Raises
    ------
    ConfigurationError
        The address carries credentials or makes no sense, the server refuses the user, or has no such database.
    """

    def __init__(
        self,
        uri: str,
        *,
        auth: tuple[str, str] | None = None,
        database: str | None = None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.address, named = _split(uri)
        if named and database and named != database:
            raise ConfigurationError(
                f"LUOSHU_STORE names the database {named!r} and LUOSHU_NEO4J_DATABASE {database!r}; name one"
            )
        self._database = named or database
        self._closed = False
        with self._translated():
            self._driver: Driver = GraphDatabase.driver(
                self.address,
                auth=auth,
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=CONNECT_SECONDS * 3,
                max_transaction_retry_time=retry_seconds,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                user_agent="luoshu",
            )
        self._bookmarks = GraphDatabase.bookmark_manager()

    def read(self, work: Callable[[ManagedTransaction], T], *, timeout: float = TRANSACTION_SECONDS) -> T:
        """What `work` returns, run in a reading transaction; it may run more than once."""
        with (
            self._translated(),
            self._driver.session(database=self._database, bookmark_manager=self._bookmarks) as session,
        ):
            return session.execute_read(unit_of_work(timeout=timeout)(work))

    def write(self, work: Callable[[ManagedTransaction], T], *, timeout: float = TRANSACTION_SECONDS) -> T:
        """What `work` returns, run in a writing transaction; it may run more than once, also after it was committed."""
        with (
            self._translated(),
            self._driver.session(database=self._database, bookmark_manager=self._bookmarks) as session,
        ):
            return session.execute_write(unit_of_work(timeout=timeout)(work))

    def constrain(self, statements: Sequence[LiteralString], *, wait: bool = True) -> None:
        """Run statements that change constraints or indexes, each in its own transaction; `wait` until they are online."""
        for statement in statements:

            def create(tx: ManagedTransaction, statement: LiteralString = statement) -> None:
                tx.run(statement).consume()

            try:
                self.write(create)
            except StoreError as exc:
                # Two that create one at the same moment: IF NOT EXISTS is no lock.
                if not _exists_already(exc.__cause__):
                    raise
        if statements and wait:
            self.read(lambda tx: tx.run("CALL db.awaitIndexes(300)").consume(), timeout=330)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        if self._closed:
            raise closed()
        try:
            yield
        except (DriverError, Neo4jError) as exc:
            if self._closed:
                raise closed() from exc
            raise self._translation(exc) from exc

    def _translation(self, exc: DriverError | Neo4jError) -> LuoshuError:
        where = f"Neo4j at {self.address}"
        match exc:
            case AuthError():
                return ConfigurationError(f"{where} refuses the user or the password; check their variables")
            case Forbidden():
                return ConfigurationError(
                    f"{where} does not let this user do it; grant it reading, writing and constraints"
                )
            case DriverConfigurationError():
                return ConfigurationError(f"{where}: {exc}; check LUOSHU_STORE")
            case ClientError() if "DatabaseNotFound" in exc.code:
                return ConfigurationError(
                    f"{where} has no database {self._database!r}; create it, or name another in LUOSHU_STORE"
                )
            case ConnectionAcquisitionTimeoutError():
                return StoreTimeout(f"{where} gave no connection in {CONNECT_SECONDS * 3:g} s; try again")
            case Neo4jError() if any(word in exc.code for word in _TIMED_OUT):
                return StoreTimeout(f"{where} did not finish a transaction in time ({exc.code}); try again")
            case IncompleteCommit():
                return StoreUnavailable(f"{where} was lost during a commit, which may have happened or not; try again")
            case ServiceUnavailable() | SessionExpired():
                return StoreUnavailable(f"{where} cannot be reached; check that it runs, and try again")
            case TransientError():
                return StoreUnavailable(f"{where} cannot answer now ({exc.code}); try again")
            case Neo4jError():
                return StoreError(f"{where} answered {exc.code}: {exc.message}")
            case _:
                return StoreError(f"{where}: {exc}")

    def close(self) -> None:
        """Close every connection; whatever is asked afterwards is answered with StoreUnavailable."""
        self._closed = True
        self._driver.close()


def _split(uri: str) -> tuple[str, str | None]:
    example = "write one such as neo4j://localhost:7687"
    try:
        parts = urlsplit(uri)
        known = parts.scheme in SCHEMES and parts.hostname and parts.port != 0
    except ValueError as exc:
        raise ConfigurationError(f"LUOSHU_STORE is no address of a Neo4j server; {example}") from exc
    if not known:
        raise ConfigurationError(f"LUOSHU_STORE is no address of a Neo4j server; {example}")
    if "@" in parts.netloc:
        raise ConfigurationError("LUOSHU_STORE carries a user or password; give them by their own variables")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{query}", parts.path.strip("/") or None


def _exists_already(cause: BaseException | None) -> bool:
    return isinstance(cause, Neo4jError) and "AlreadyExists" in cause.code
