"""Subscribers of a real server process: killed between two events and started again, while another process loads and compacts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from graph.kinds.parties import Enterprise
from graph.sqlite_log import SqliteLog
from tests.e2e.test_run import started
from tests.graph.build import load

QUERY = """subscription($since: String) {
  factsChanged(kinds: [ENTERPRISE], since: $since) { cursor id change version node { ... on Enterprise { name } } }
}"""


class Killed(Exception):
    """The server was killed: it does not end in order."""


class Subscriber:
    """Follows the firms over one connection after another, always since the last cursor that it got."""

    def __init__(self, since: str) -> None:
        self.since = since
        self.told: list[tuple[str, str, str, str]] = []

    @contextmanager
    def following(self, address: str, count: int) -> Iterator[ClientConnection]:
        """A connection over which so many events more have come."""
        url, protocols = f"{address.replace('http', 'ws', 1)}/graphql", [Subprotocol("graphql-transport-ws")]
        with connect(url, subprotocols=protocols) as socket:
            socket.send('{"type":"connection_init"}')
            socket.recv(timeout=60)
            payload = {"query": QUERY, "variables": {"since": self.since}}
            socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            for _ in range(count):
                self._take(json.loads(socket.recv(timeout=60)))
            yield socket

    def _take(self, message: Any) -> None:
        event = message["payload"]["data"]["factsChanged"]
        self.since = event["cursor"]
        self.told.append((event["version"], event["id"], event["change"], event["node"]["name"]))


@pytest.mark.slow
def test_nothing_is_missed_or_told_twice_when_the_server_is_killed_between_two_events(tmp_path: Path) -> None:
    (tmp_path / ".luoshu").mkdir()
    with SqliteLog(tmp_path / ".luoshu" / "luoshu.db") as log:

        def stated(number: int, *names: str) -> None:
            load(log, "register", [Enterprise(id=f"enterprise:{name}", name=f"{name}{number}") for name in names])

        stated(1, "a")
        with suppress(Killed), started(tmp_path, "serve") as server:
            subscriber = Subscriber(server.ask(b'{"query": "{ logCursor }"}')["data"]["logCursor"])
            stated(2, "a", "b", "c")
            with subscriber.following(server.address, 2):
                server.process.kill()
                server.process.wait()
                raise Killed
        stated(3, "d")
        log.compact(grace=0)
        (tmp_path / "serve.log").unlink()
        with started(tmp_path, "serve") as server:
            with subscriber.following(server.address, 2):
                pass
            log.compact(grace=0)
            stated(4, "a")
            with subscriber.following(server.address, 1) as socket:
                server.process.terminate()
                with pytest.raises(ConnectionClosed) as closed:
                    socket.recv(timeout=60)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert subscriber.told == [
        ("2", "enterprise:a", "CHANGED", "a2"),
        ("2", "enterprise:b", "ADDED", "b2"),
        ("2", "enterprise:c", "ADDED", "c2"),
        ("3", "enterprise:d", "ADDED", "d3"),
        ("4", "enterprise:a", "CHANGED", "a4"),
    ]
