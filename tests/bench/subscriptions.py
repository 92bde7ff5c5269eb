"""Subscriptions: from the commit of a load to the subscriber, over both transports, with a hundred of them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from graph.knowledge import Knowledge
from graph.log import Log
from graph.money import Money
from graph.mutation import Change, mutate
from tests.bench.figure import Figure, at_most
from tests.bench.ground import Ground

SUBSCRIBERS: Final = 100
LOADS: Final = 20
PAUSE: Final = 0.3
SERVER: Final = Path(__file__).parents[2] / "server.py"
DOCUMENT: Final = """subscription { needChanged {
  cursor change recordedAt node { ... on FinancingNeed { id amount { amount } status enterprise { name } } } } }"""


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds from just after the commit, by another process, until each of the subscribers has the event."""
    loads, count = ground.times(LOADS), ground.times(SUBSCRIBERS)
    measured = partial(_measured, ground)
    with _server(ground) as (address, log):
        for name, follow in (("WebSocket", _by_socket), ("server-sent events", _by_events)):
            times = asyncio.run(measured(log, address, follow, loads))
            yield _figure(f"an event at {count} subscribers by {name}", times)
            times = asyncio.run(measured(log, address, follow, loads, own=True))
            yield _figure(f"the same, each with a question of its own, by {name}", times)
        stop = threading.Event()
        compacting = threading.Thread(target=_compact, args=(ground, stop))
        compacting.start()
        try:
            times = asyncio.run(measured(log, address, _by_socket, loads))
        finally:
            stop.set()
            compacting.join()
        yield _figure(f"an event at {count} subscribers by WebSocket while `luoshu compact` runs", times)


def _figure(name: str, times: Sequence[float]) -> Figure:
    return Figure(name, "ms", tuple(times), at_most(100, p95=True), "from the commit by another process")


@contextmanager
def _server(ground: Ground) -> Iterator[tuple[str, Log]]:
    """A server of its own process over the city, and the log as another process writes it."""
    url = ground.loaded_url
    out = ground.folder / "server.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUOSHU_")}
    settings = {"LUOSHU_STORE": url, "LUOSHU_PORT": "0", "LUOSHU_DATA_DIR": str(ground.folder / "data")}
    with out.open("wb") as printed:
        process = subprocess.Popen([sys.executable, str(SERVER), "serve"], env={**kept, **settings}, stderr=printed)
    try:
        end = time.monotonic() + 300
        while (found := re.search(r"(http://[\d.]+:\d+)/graphql", out.read_text("utf-8"))) is None:
            assert process.poll() is None, out.read_text("utf-8")
            assert time.monotonic() < end
            time.sleep(0.1)
        yield f"{found[1]}/graphql", ground.open(url)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _compact(ground: Ground, stop: threading.Event) -> None:
    settings = {**os.environ, "LUOSHU_STORE": ground.loaded_url, "LUOSHU_DATA_DIR": str(ground.folder / "data")}
    while not stop.is_set():
        subprocess.run([sys.executable, str(SERVER), "compact"], env=settings, capture_output=True, check=True)


async def _measured(
    ground: Ground, log: Log, address: str, follow: Any, loads: int, *, own: bool = False
) -> list[float]:
    """The milliseconds of every event at every subscriber."""
    knowledge = await asyncio.to_thread(Knowledge.open, log, directory=ground.snapshots)
    count = ground.times(SUBSCRIBERS)
    needs = knowledge.view().ids_of(knowledge.view().handles("FinancingNeed")[:count])
    arrived: list[list[float]] = [[] for _ in range(count)]
    ready = asyncio.Barrier(count + 1)
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            # Each asks under an alias of its own, and so shares no answer with the others.
            document = DOCUMENT.replace("cursor", f"c{number}: cursor") if own else DOCUMENT
            tasks.create_task(follow(address, document, loads, arrived[number], ready))
        await ready.wait()
        await asyncio.sleep(0.5)
        committed = []
        for number in range(loads):
            change = Change(
                "FinancingNeed", needs[number % len(needs)], {"amount": Money(10_000 + time.time_ns() % 10**9)}
            )
            committed.append(await asyncio.to_thread(_commit, knowledge, change))
            await asyncio.sleep(PAUSE)
    knowledge.close()
    return [1000 * (at - begun) for times in arrived for at, begun in zip(times, committed, strict=True)]


def _commit(knowledge: Knowledge, change: Change) -> float:
    mutate(knowledge, "desk", [change], actor="bench")
    return time.monotonic()


async def _by_socket(address: str, document: str, loads: int, arrived: list[float], ready: asyncio.Barrier) -> None:
    async with connect(
        address.replace("http", "ws", 1), subprotocols=[Subprotocol("graphql-transport-ws")], compression=None
    ) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))
        await ready.wait()
        for _ in range(loads):
            message = await socket.recv()
            arrived.append(time.monotonic())
            assert '"next"' in str(message), message


async def _by_events(address: str, document: str, loads: int, arrived: list[float], ready: asyncio.Barrier) -> None:
    # Over a bare connection: a hundred HTTP clients in one process would be what is measured.
    place = httpx2.URL(address)
    reader, writer = await asyncio.open_connection(place.host, place.port)
    body = json.dumps({"query": document}).encode()
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    writer.write(body)
    await reader.readuntil(b":\n\n")
    await ready.wait()
    while len(arrived) < loads:
        if (await reader.readline()).startswith(b"data:"):
            arrived.append(time.monotonic())
    writer.close()
    await writer.wait_closed()
