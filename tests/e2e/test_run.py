"""`luoshu run` as a newcomer meets it: a real process, the questions that it prints, data loaded beside it, and its end."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LUOSHU = (sys.executable, str(ROOT / "server.py"))


@dataclass(frozen=True)
class Started:
    """A server process, where it answers, and what it printed until then."""

    process: subprocess.Popen[bytes]
    address: str
    printed: Callable[[], str]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=30) as answer:
            return json.load(answer)

    def ask(self, body: bytes) -> Any:
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


def environment(folder: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUOSHU_")}
    return {**kept, "LUOSHU_PORT": "0", "LUOSHU_DATA_DIR": str(folder), "LUOSHU_LANGUAGE": "en"}


@contextmanager
def started(folder: Path, command: str) -> Iterator[Started]:
    """The server in a folder, from when it answers until it has ended on SIGTERM with exit code 0."""
    log = folder / f"{command}.log"
    with log.open("wb") as out:
        process = subprocess.Popen([*LUOSHU, command], env=environment(folder), cwd=folder, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 180
        while (found := re.search(r"(http://127\.0\.0\.1:\d+)/graphql", log.read_text("utf-8"))) is None:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        yield Started(process, found[1], lambda: log.read_text("utf-8"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log.read_text("utf-8")
    finally:
        process.kill()


@pytest.mark.slow
def test_a_newcomer_gets_data_an_address_and_questions_that_are_answered(tmp_path: Path) -> None:
    with started(tmp_path, "run") as server:
        deadline = time.monotonic() + 60
        while server.printed().count("curl ") < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        printed = server.printed()
        assert "sample-city" in printed
        assert str(tmp_path) in printed
        commands = [shlex.split(line) for line in printed.splitlines() if line.startswith("curl ")]
        assert len(commands) == 2
        paths, coverage = (server.ask(words[words.index("-d") + 1].encode()) for words in commands)
        assert paths["data"]["financingPaths"]["paths"]["totalCount"] > 0
        assert coverage["data"]["fundCoverageGaps"]["cells"]
        loaded = server.get("/readyz")
        assert loaded["ready"] is True
        late = int(loaded["version"]) + 1

        table = tmp_path / "enterprises.csv"
        table.write_text("id,name\nlate,迟到的工厂\n", encoding="utf-8")
        load = [*LUOSHU, "load", "tabular", str(table), "--source-name", "late", "--json"]
        done = subprocess.run(load, env=environment(tmp_path), cwd=tmp_path, capture_output=True, check=True)
        assert json.loads(done.stdout)["load"] == late
        deadline = time.monotonic() + 30
        while server.get("/readyz")["version"] != str(late):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        found = server.ask(b'{"query": "{ node(id: \\"enterprise:late\\") { ... on Enterprise { name } } }"}')
        assert found == {"data": {"node": {"name": "迟到的工厂"}}}

    with started(tmp_path, "run") as server:
        assert "Load " not in server.printed()
        assert server.get("/readyz")["version"] == str(late)
