"""The log that an address names."""

from __future__ import annotations

from pathlib import Path

from graph.errors import ConfigurationError
from graph.log import Log

SQLITE = "sqlite:///"


def open_log(url: str, *, user: str | None = None, password: str | None = None, database: str | None = None) -> Log:
    """The log at `url`, made where there is none.

    Parameters
    ----------
    url
        `sqlite:///folder/file` (`sqlite:////folder/file` from the root), or `neo4j://host[:port][/database]`, `bolt://` likewise,
        with `+s` for TLS.
    user, password
        Of Neo4j; never part of the address. Without a user there is no authentication.
    database
        Of Neo4j, where the address names none; left out: the user's own.

    Raises
    ------
    ConfigurationError
        The address names no store, carries credentials, or the store refuses them.
    StoreUnavailable
        The store cannot be reached.
    """
    if url.startswith(SQLITE):
        from graph.sqlite_log import SqliteLog

        path = url.removeprefix(SQLITE)
        if not path or path.endswith("/"):
            raise ConfigurationError("LUOSHU_STORE names no file; write sqlite:///folder/file.sqlite")
        return SqliteLog(Path(path))
    scheme = url.partition("://")[0]
    if scheme.partition("+")[0] in ("neo4j", "bolt"):
        # The driver is only loaded where it is used.
        from graph.neo4j_log import Neo4jLog

        if user is not None and password is None:
            raise ConfigurationError(
                f"there is a Neo4j user {user!r} without a password; set LUOSHU_NEO4J_PASSWORD too"
            )
        auth = None if user is None or password is None else (user, password)
        return Neo4jLog(url, auth=auth, database=database)
    raise ConfigurationError(
        f"LUOSHU_STORE has the scheme {scheme!r}; write sqlite:///path, neo4j://host:7687 or bolt://host:7687"
        if "://" in url
        else "LUOSHU_STORE is no address; write sqlite:///path, neo4j://host:7687 or bolt://host:7687"
    )
