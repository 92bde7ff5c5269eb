"""What is said where a Neo4j cannot be run."""

from pathlib import Path

import pytest

from tests.neo4j import jars
from tests.neo4j.jars import Neo4jMissing, find_jars, find_java


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the path, with nothing in it; and no cache of jars."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(jars, "CACHE", tmp_path / "cache")
    return folder


def test_no_java_is_told_with_the_remedy(empty_path: Path) -> None:
    with pytest.raises(Neo4jMissing, match="no java on the path: install a JDK 17 or newer and Maven"):
        find_java()


def test_a_java_home_without_java_is_named(empty_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "no/such/jdk")
    with pytest.raises(Neo4jMissing, match="no/such/jdk/bin/java cannot be run"):
        find_java()


def test_an_old_java_is_named_with_its_version(empty_path: Path) -> None:
    executable(empty_path / "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    with pytest.raises(Neo4jMissing, match="is Java 11: install a JDK 17"):
        find_java()


def test_a_java_that_cannot_compile_is_told_apart(empty_path: Path) -> None:
    executable(empty_path / "java", """echo 'openjdk version "21.0.2" 2024-01-16' >&2; echo java.base@21.0.2""")
    with pytest.raises(Neo4jMissing, match="is a runtime without a compiler"):
        find_java()


def test_no_maven_is_told_with_the_remedy(empty_path: Path) -> None:
    with pytest.raises(Neo4jMissing, match="no mvn on the path: install"):
        find_jars()


def test_the_first_error_of_maven_is_shown_and_nothing_stays_in_the_cache(empty_path: Path) -> None:
    executable(empty_path / "mvn", "echo '[ERROR] Unknown host central.example'; echo '[ERROR] more'; exit 1")
    with pytest.raises(Neo4jMissing, match=r"could not fetch Neo4j 5\.26\.22 \(Unknown host central\.example\)"):
        find_jars()
    assert not any(path.is_dir() for path in jars.CACHE.iterdir())
