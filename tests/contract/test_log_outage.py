"""A store that is away: a clear error that says to try again, and then the same log goes on."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.errors import ConfigurationError, LuoshuError, StoreCorrupt, StoreTimeout, StoreUnavailable
from graph.log import Counts, Log
from graph.neo4j_log import Neo4jLog
from graph.sqlite_log import SqliteLog
from graph.stores import open_log
from tests.contract.logs import block, header, ids_of, state
from tests.neo4j.process import Neo4jProcess, free_port


@pytest.mark.neo4j
def test_a_neo4j_that_was_killed_is_unavailable_and_then_goes_on(
    neo4j_process: Neo4jProcess, empty_neo4j_uri: str, neo4j_auth: tuple[str, str] | None
) -> None:
    with Neo4jLog(empty_neo4j_uri, auth=neo4j_auth) as log, ThreadPoolExecutor(4) as threads:
        state(log, "before")
        load_id = log.begin(header())
        log.append(load_id, "Firm", block("a"), 1)
        lease = log.acquire("the night load", ttl=600.0)
        waiting = threads.submit(log.wait, 1, timeout=600.0)
        neo4j_process.kill()
        try:
            asked = [
                waiting,
                threads.submit(log.head),
                threads.submit(log.loads),
                threads.submit(log.append, load_id, "Firm", block("lost"), 1),
            ]
            for answer in asked:
                assert_unavailable(answer.result, neo4j_process.uri)
        finally:
            neo4j_process.start()

        log.append(load_id, "Firm", block("b"), 1)
        assert log.finish(load_id, compared_at=1, counts=Counts(stated=2), lease=lease).seq == 2
        assert [ids_of(log, load) for load in log.loads()] == [["before"], ["a", "b"]]


@pytest.mark.neo4j
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_neo4j_that_is_not_there_is_unavailable(scheme: str) -> None:
    address = f"{scheme}://127.0.0.1:{free_port()}"
    assert_unavailable(lambda: open_log(address, user="neo4j", password="hidden-word"), address)


def assert_unavailable(ask: Callable[[], object], address: str) -> None:
    with pytest.raises(StoreUnavailable, match=address) as refused:
        ask()
    assert refused.value.retryable


@pytest.mark.neo4j
def test_the_neo4j_protocol_with_routing_works_on_one_server(
    neo4j_uri: str, neo4j_auth: tuple[str, str] | None
) -> None:
    with Neo4jLog(neo4j_uri.replace("bolt://", "neo4j://"), auth=neo4j_auth) as log:
        assert state(log, "a") in log.loads()


@pytest.mark.neo4j
def test_a_database_that_does_not_exist_is_named(neo4j_uri: str, neo4j_auth: tuple[str, str] | None) -> None:
    with pytest.raises(ConfigurationError, match="no database 'nowhere'"):
        Neo4jLog(neo4j_uri, auth=neo4j_auth, database="nowhere")


@pytest.mark.neo4j
def test_a_log_that_was_removed_is_not_taken_for_a_new_one(
    empty_neo4j_uri: str, neo4j_auth: tuple[str, str] | None
) -> None:
    with Neo4jLog(empty_neo4j_uri, auth=neo4j_auth) as log, Neo4jLog(empty_neo4j_uri, auth=neo4j_auth) as other:
        state(log, "a")
        log.head()
        other._run("MATCH (n:LuoshuHead) SET n.seq = 0")
        with pytest.raises(StoreCorrupt, match="ended at load 1 and ends at load 0"):
            log.head()


def test_a_locked_sqlite_file_times_out_and_then_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with SqliteLog(path, busy_timeout=0.05) as log:
        state(log, "before")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreTimeout, match=r"log\.sqlite stayed locked") as refused:
            log.begin(header())
        assert refused.value.retryable
        assert [ids_of(log, load) for load in log.loads()] == [["before"]]
        other.execute("COMMIT")
        other.close()
        assert state(log, "after").seq == 2


def test_a_file_that_is_no_sqlite_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at by its header" * 20, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match=r"notes\.txt"):
        SqliteLog(path)
    assert path.read_bytes() == before


def test_the_sqlite_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (note TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="of another program"):
        SqliteLog(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    SqliteLog(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ConfigurationError, match="newer version"):
        SqliteLog(path)


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="file"):
        SqliteLog(tmp_path / "file" / "log.sqlite")


def test_the_folder_of_a_new_log_is_made(tmp_path: Path) -> None:
    with open_log(f"sqlite:///{tmp_path}/new/folder/log.sqlite") as log:
        assert isinstance(log, Log)
    assert (tmp_path / "new" / "folder" / "log.sqlite").exists()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "log.sqlite",
        "sqlite:///",
        "sqlite:///folder/",
        "postgres://host/log",
        "neo4j://",
        "bolt://host:port",
        "neo4j://user:hidden-word@host",
        "bolt+s://user:hidden-word@host/database",
    ],
)
def test_an_address_that_names_no_store_is_refused_without_a_word_of_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="LUOSHU_STORE") as refused:
        open_log(url)
    assert "hidden-word" not in chain_of(refused.value)


def test_two_names_of_a_database_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="LUOSHU_NEO4J_DATABASE"):
        open_log("neo4j://127.0.0.1/one", database="another")


def test_a_user_without_a_password_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="LUOSHU_NEO4J_PASSWORD"):
        open_log("neo4j://127.0.0.1", user="neo4j")


@pytest.mark.neo4j
@pytest.mark.slow
def test_a_wrong_password_is_refused_without_a_word_of_it(tmp_path: Path, neo4j_process: Neo4jProcess) -> None:
    with (
        Neo4jProcess(tmp_path, password="a-right-word", jvm_options=neo4j_process.jvm_options) as server,
        pytest.raises(ConfigurationError, match="refuses the user or the password") as refused,
    ):
        open_log(server.uri, user="neo4j", password="hidden-word")
    assert "hidden-word" not in chain_of(refused.value)


def chain_of(error: LuoshuError) -> str:
    texts, cause = [], error.__cause__
    while cause is not None:
        texts.append(repr(cause))
        cause = cause.__cause__
    return "\n".join([repr(error), *texts])
