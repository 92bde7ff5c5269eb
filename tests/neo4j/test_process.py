"""The Neo4j that tests and `make neo4j` run, as a real process."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from tests.neo4j.jars import neo4j_version
from tests.neo4j.process import QUICK_START, Neo4jProcess

pytestmark = pytest.mark.neo4j


def count(server: Neo4jProcess, label: str) -> int:
    with GraphDatabase.driver(server.uri, auth=server.auth) as driver:
        found: int = driver.execute_query(f"MATCH (n:{label}) RETURN count(n) AS found").records[0]["found"]
    return found


def test_what_runs_is_the_version_that_the_pom_names(neo4j_process: Neo4jProcess) -> None:
    with GraphDatabase.driver(neo4j_process.uri) as driver:
        assert driver.get_server_info().agent == f"Neo4j/{neo4j_version()}"


def test_what_was_committed_survives_a_kill_and_is_there_at_the_same_address(neo4j_process: Neo4jProcess) -> None:
    with GraphDatabase.driver(neo4j_process.uri) as driver:
        driver.execute_query("UNWIND range(1, 1000) AS i CREATE (:Survivor {i: i})")
    neo4j_process.kill()
    assert not neo4j_process.is_running
    neo4j_process.start()
    assert count(neo4j_process, "Survivor") == 1000
    with GraphDatabase.driver(neo4j_process.uri) as driver:
        driver.execute_query("MATCH (n:Survivor) DELETE n")


def test_start_of_a_running_server_changes_nothing(neo4j_process: Neo4jProcess) -> None:
    address = neo4j_process.uri
    assert neo4j_process.start() is neo4j_process
    assert neo4j_process.uri == address


def test_a_password_is_asked_for_also_after_a_restart(neo4j_process: Neo4jProcess, tmp_path: Path) -> None:
    # The shared server is asked for only so that this test skips where there is no Java.
    with Neo4jProcess(tmp_path, password="correct-horse", heap="512m", jvm_options=QUICK_START) as server:
        assert count(server, "Anything") == 0
        server.restart()
        assert count(server, "Anything") == 0
        with GraphDatabase.driver(server.uri) as driver, pytest.raises(AuthError):
            driver.verify_connectivity()


def test_the_server_ends_with_a_starter_that_was_killed(neo4j_process: Neo4jProcess, tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-m", "tests.neo4j.process", "--data", str(tmp_path), "--port", "0", "--heap", "512m"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    with starter.stdout as printed:
        server = next(int(number[1]) for line in printed if (number := re.search(r"process (\d+)", line)))
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()
    for _ in range(300):
        if not _is_alive(server):
            break
        time.sleep(0.1)
    assert not _is_alive(server)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended but was not waited for still has its number.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
