"""Every log there is: each test of this room runs against all of them."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graph.log import Log
from graph.stores import open_log

STORES = ["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)]

_numbers = itertools.count()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """The name of a store."""
    return str(request.param)


@pytest.fixture
def new_url(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the address of a log that has nothing in it yet; in Neo4j the one before is gone then."""
    if store == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/log{next(_numbers)}.sqlite"
    uri: str = request.getfixturevalue("neo4j_uri")
    auth: tuple[str, str] | None = request.getfixturevalue("neo4j_auth")

    def emptied() -> str:
        with GraphDatabase.driver(uri, auth=auth) as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS").consume()
        return uri

    return emptied


@pytest.fixture
def open_url(request: pytest.FixtureRequest, store: str) -> Iterator[Callable[[str], Log]]:
    """Opens the log of an address; closed after the test."""
    user, password = (request.getfixturevalue("neo4j_auth") if store == "neo4j" else None) or (None, None)
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(open_log(url, user=user, password=password))


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """The address of an empty log."""
    return new_url()


@pytest.fixture
def log(url: str, open_url: Callable[[str], Log]) -> Log:
    """An empty log."""
    return open_url(url)
