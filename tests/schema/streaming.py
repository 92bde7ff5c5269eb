"""A real server in a thread, and clients of both ways of streaming that keep to the protocols."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
import pytest
import uvicorn
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from graph.errors import LuoshuError
from graph.knowledge import Knowledge
from graph.ontology import Ontology
from schema.application import Options, application
from schema.limits import MAX_BODY_BYTES
from schema.readiness import Readiness
from schema.schema import Schema, build_schema
from schema.streams import StreamOptions

PROTOCOL = "graphql-transport-ws"
FACTS = """subscription($kinds: [Kind!], $since: String) {
  factsChanged(kinds: $kinds, since: $since) { cursor change kind id version node { id ... on Enterprise { name } } }
}"""
WAIT = 30.0


@dataclass(frozen=True)
class Served:
    """A server, where it listens."""

    port: int
    readiness: Readiness
    stop: Callable[[], None]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @contextmanager
    def socket(self, *, begin: bool = True, **options: Any) -> Iterator[Socket]:
        """A socket, begun unless told otherwise."""
        options.setdefault("subprotocols", [Subprotocol(PROTOCOL)])
        with connect(f"ws://127.0.0.1:{self.port}/graphql", **options) as connection:
            socket = Socket(connection)
            if begin:
                socket.send(type="connection_init")
                assert socket.receive() == {"type": "connection_ack"}
            yield socket

    @contextmanager
    def unread(self, query: str) -> Iterator[socket.socket]:
        """The bare connection of a client that subscribes over a WebSocket and then never reads."""
        with socket.create_connection(("127.0.0.1", self.port)) as bare:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            bare.sendall(
                b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
            )
            assert b"101" in bare.recv(1024)
            for message in (
                {"type": "connection_init"},
                {"type": "subscribe", "id": "1", "payload": {"query": query}},
            ):
                text = json.dumps(message).encode()
                bare.sendall(b"\x81\xfe" + len(text).to_bytes(2, "big") + bytes(4) + text)
            yield bare

    @contextmanager
    def events(self, query: str, variables: Any = None, **headers: str) -> Iterator[Iterator[tuple[str, str, Any]]]:
        """The events of a stream: event, id, data."""
        body = {"query": query, "variables": variables or {}}
        with (
            httpx2.Client(timeout=WAIT) as client,
            client.stream(
                "POST", self.address, json=body, headers={"Accept": "text/event-stream", **headers}
            ) as answer,
        ):
            assert answer.status_code == 200, answer.read()
            yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    event, identifier, data = "", "", ""
    for line in lines:
        name, _, value = line.partition(":")
        match name:
            case "event":
                event = value.strip()
            case "id":
                identifier = value.strip()
            case "data":
                data = value.strip()
            case "" if not line and event:
                yield event, identifier, json.loads(data) if data else None
                event, identifier, data = "", "", ""


@dataclass(frozen=True)
class Socket:
    """One WebSocket."""

    connection: ClientConnection

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def receive(self, seconds: float = WAIT) -> Any:
        return json.loads(self.connection.recv(timeout=seconds))

    def subscribe(self, query: str = FACTS, variables: Any = None, identifier: str = "1", **more: Any) -> None:
        self.send(type="subscribe", id=identifier, payload={"query": query, "variables": variables or {}, **more})

    def receive_nothing(self, seconds: float) -> None:
        """Wait so long; nothing may come."""
        with pytest.raises(TimeoutError):
            self.receive(seconds)

    def next(self) -> Any:
        """The data of the next event."""
        message = self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        [data] = message["payload"]["data"].values()
        return data


ONTOLOGY = Ontology.current()


@cache
def _schema() -> Schema:
    return build_schema(ONTOLOGY)


def _built(ontology: Ontology) -> Schema:
    assert ontology is ONTOLOGY
    return _schema()


@contextmanager
def served(
    open_knowledge: Callable[[], Knowledge], streams: StreamOptions | None = None, *, request_seconds: float = 5
) -> Iterator[Served]:
    """A server over this knowledge, from when it answers until it has ended."""
    options = Options(
        request_seconds=request_seconds,
        threads=2,
        poll_seconds=0.05,
        retry_seconds=0.02,
        streams=streams or StreamOptions(),
    )
    failed: list[LuoshuError] = []
    web, readiness = application(open_knowledge, options, failed.append)
    config = uvicorn.Config(
        web, port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=5, ws_max_size=MAX_BODY_BYTES,
        ws_per_message_deflate=False,
    )  # fmt: skip
    server = uvicorn.Server(config)

    def stop() -> None:
        readiness.stop()
        server.should_exit = True

    thread = threading.Thread(target=server.run, daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        # Built once for all servers: it takes longer than any test.
        patch.setattr("schema.application.build_schema", _built)
        thread.start()
        end = time.monotonic() + WAIT
        while not (server.started and readiness.ready):
            assert time.monotonic() < end, (failed, readiness.reason)
            time.sleep(0.01)
    try:
        yield Served(server.servers[0].sockets[0].getsockname()[1], readiness, stop)
    finally:
        stop()
        thread.join(WAIT)
        assert not thread.is_alive()
