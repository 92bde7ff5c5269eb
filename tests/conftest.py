"""What every test may ask for: a real Neo4j, and the folder of real documents."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from neo4j import Driver, GraphDatabase

from tests.neo4j.jars import Neo4jMissing
from tests.neo4j.process import QUICK_START, Neo4jProcess

CI = os.environ.get("CI") == "true"
NO_NEO4J = "Neo4j missing: "
NO_TEST_DATA = "Test data missing: "

# On a shared machine a slow example says nothing; in CI the same examples run every time.
settings.register_profile("luoshu", deadline=None, derandomize=CI, print_blob=True)
settings.load_profile("luoshu")


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_shell_do_not_reach_the_tests() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LUOSHU_") and name != "LUOSHU_TEST_DATA"]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def neo4j_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jProcess]:
    """A Neo4j of our own, shared by the whole run; a test that stops or kills it starts it again."""
    if "TEST_NEO4J_URI" in os.environ:
        _do_without_neo4j("the server that TEST_NEO4J_URI names must not be stopped or killed")
    server = Neo4jProcess(tmp_path_factory.mktemp("neo4j"), jvm_options=QUICK_START)
    missing = ""
    try:
        server.start()
    except Neo4jMissing as what:
        missing = str(what)
    if missing:
        _do_without_neo4j(missing)
    with server:
        yield server


@pytest.fixture(scope="session")
def neo4j_auth() -> tuple[str, str] | None:
    """The credentials for `neo4j_uri`, None where it asks for none."""
    if password := os.environ.get("TEST_NEO4J_PASSWORD"):
        return os.environ.get("TEST_NEO4J_USER", "neo4j"), password
    return None


@pytest.fixture(scope="session")
def neo4j_uri(request: pytest.FixtureRequest, neo4j_auth: tuple[str, str] | None) -> Iterator[str]:
    """The address of a Neo4j that the tests may empty: TEST_NEO4J_URI, else that of `neo4j_process`."""
    uri = os.environ.get("TEST_NEO4J_URI")
    if uri is None:
        process: Neo4jProcess = request.getfixturevalue("neo4j_process")
        yield process.uri
        return
    with GraphDatabase.driver(uri, auth=neo4j_auth) as driver:
        found = driver.execute_query("MATCH (n) RETURN count(n) AS nodes").records[0]["nodes"]
        if found and os.environ.get("TEST_NEO4J_WIPE") != "1":
            pytest.exit(f"{uri} holds {found} nodes that the tests would delete; TEST_NEO4J_WIPE=1 allows it", 4)
        yield uri
        empty(driver)


@pytest.fixture
def empty_neo4j_uri(neo4j_uri: str, neo4j_auth: tuple[str, str] | None) -> str:
    """The address of a Neo4j without nodes, constraints or indexes."""
    with GraphDatabase.driver(neo4j_uri, auth=neo4j_auth) as driver:
        empty(driver)
    return neo4j_uri


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real documents and third-party files: LUOSHU_TEST_DATA, else `shared` beside the checkout."""
    folder = Path(os.environ.get("LUOSHU_TEST_DATA", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{NO_TEST_DATA}no folder {folder}; name it in LUOSHU_TEST_DATA")
    return folder


def empty(driver: Driver) -> None:
    """Deletes every node, constraint and index of a Neo4j."""
    with driver.session() as session:
        # Only a transaction that the server opens itself may be cut in several.
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
    for record in driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
        driver.execute_query(f"DROP CONSTRAINT `{record['name']}`")
    for record in driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").records:
        driver.execute_query(f"DROP INDEX `{record['name']}`")


def _do_without_neo4j(reason: str) -> NoReturn:
    if CI:
        pytest.fail(NO_NEO4J + reason, pytrace=False)
    pytest.skip(NO_NEO4J + reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each thing that is missing here, with what it cost and what to do."""
    skips = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ()) if report.longrepr]
    reasons = [skip.removeprefix("Skipped: ") for skip in skips]
    for reason in dict.fromkeys(reason for reason in reasons if reason.startswith((NO_NEO4J, NO_TEST_DATA))):
        count = reasons.count(reason)
        terminalreporter.write_line(f"{count} test{'s' if count > 1 else ''} skipped. {reason}", yellow=True)
