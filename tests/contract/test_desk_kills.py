"""Desks that are killed while they write: what was acknowledged is there, what was not is whole or not there at all."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final, cast

import pytest

from graph.desk import Desk
from graph.desk_statements import NEED, stated_by
from graph.desk_wishes import Move, Submission
from graph.kinds.demand_side import NeedStatus
from graph.kinds.parties import Enterprise
from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.log import Log
from graph.money import Money
from graph.need_moves import moves_from
from graph.stores import open_log
from tests.graph.build import knowledge_of, load
from tests.need_paths import is_path

Credentials = tuple[str | None, str | None]
Ack = tuple[str, str, int, str]
"""The key that a need was submitted under, its id, the version and the state that were acknowledged."""

ROUNDS: Final = 100 if os.environ.get("CI") == "true" else 25
BROOD: Final = 20
"""Desks from one nursery: each has to read what came since."""
THREADS: Final = 3
FIRM: Final = "enterprise:1"


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Makes processes that have the desk loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.contract.test_desk_kills"])
    return context


@pytest.fixture
def credentials(store: str, request: pytest.FixtureRequest) -> Credentials:
    """User and password of the store."""
    return (request.getfixturevalue("neo4j_auth") if store == "neo4j" else None) or (None, None)


def application(key: str) -> Submission:
    return Submission(FIRM, Money(100), Instrument.DEBT, "周转", key, "a desk")


def write_until_killed(url: str, credentials: Credentials, knowledge: Knowledge, name: str, told: Path) -> None:
    """Submit needs and move them on, several at once, and write down what was acknowledged, once it was."""
    knowledge.log = open_log(url, user=credentials[0], password=credentials[1])
    desk = Desk(knowledge)
    file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def work(thread: int) -> None:
        chance = random.Random(f"{name}.{thread}")
        for number in range(10_000):
            key = f"{name}.{thread}.{number}"
            answer = desk.submit(application(key))
            while answer.need is not None and answer.need.status is not None:
                os.write(file, f"{key} {answer.need.id} {answer.version} {answer.need.status.name}\n".encode())
                allowed = moves_from(answer.need.status)
                if not allowed or chance.random() < 0.3:
                    break
                answer = desk.advance(Move(answer.need.id, chance.choice(allowed), answer.version, "a desk"))

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))


def nurse(url: str, credentials: Credentials, calls: Connection) -> None:
    """Start a desk in a process of its own for each call, from a process that knows what a desk knows and has nothing open."""
    with open_log(url, user=credentials[0], password=credentials[1]) as log:
        knowledge = knowledge_of(log)
        Desk(knowledge).submit(application("of everybody"))
        knowledge.view().prepare()
    while (call := calls.recv()) is not None:
        child = os.fork()
        if not child:
            try:
                write_until_killed(url, credentials, knowledge, *call)
            finally:
                os._exit(1)
        calls.send(child)
        assert calls.recv() == "killed"
        calls.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


class Nursery:
    """Where desks come from that are killed."""

    def __init__(self, processes: ForkServerContext, url: str, credentials: Credentials, folder: Path) -> None:
        self._calls, theirs = multiprocessing.Pipe()
        self._process = processes.Process(target=nurse, args=(url, credentials, theirs))
        self._process.start()
        self._folder = folder

    def killed_after(self, name: str, acks: int, seconds: float) -> list[Ack]:
        """What a desk acknowledged: so many at least, and what came in the seconds before it was killed."""
        told = self._folder / name
        self._calls.send((name, told))
        child = self._calls.recv()
        deadline = time.monotonic() + 60
        while not told.exists() or told.read_bytes().count(b"\n") < acks:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        self._calls.send("killed")
        assert self._calls.recv() == -signal.SIGKILL
        lines = [line.split() for line in told.read_text().splitlines()]
        return [(key, need, int(version), status) for key, need, version, status in lines]

    def close(self) -> None:
        self._calls.send(None)
        self._process.join(60)


def test_no_acknowledged_change_is_lost(
    log: Log, url: str, credentials: Credentials, processes: ForkServerContext, tmp_path: Path
) -> None:
    load(log, "register", [Enterprise(id=FIRM, name="甲")])
    chance = random.Random(7)
    acks: list[Ack] = []
    for first in range(0, ROUNDS, BROOD):
        nursery = Nursery(processes, url, credentials, tmp_path)
        for number in range(first, min(first + BROOD, ROUNDS)):
            acks += nursery.killed_after(str(number), chance.randint(1, 5), chance.uniform(0, 0.02))
        nursery.close()
        # What was left unfinished goes with it.
        log.compact(grace=0)
    knowledge = knowledge_of(log)
    view = knowledge.view()
    histories = {name: stated_by(knowledge.snapshot, name) for name in view.ids_of(view.handles(NEED))}
    for _, need, version, status in acks:
        assert (version, status) in [(one.seq, one.need.status and one.need.status.name) for one in histories[need]]
    for history in histories.values():
        assert is_path([cast(NeedStatus, one.need.status) for one in history])
    # Each killed desk may have finished one group that nobody was told of.
    told = {(need, version) for _, need, version, _ in acks}
    untold = [one.seq for name, history in histories.items() for one in history if (name, one.seq) not in told]
    assert len(untold) <= ROUNDS * THREADS + 1
    assert len(acks) >= ROUNDS


def test_who_was_not_told_asks_again_with_the_same_key(
    log: Log, url: str, credentials: Credentials, processes: ForkServerContext, tmp_path: Path
) -> None:
    load(log, "register", [Enterprise(id=FIRM, name="甲")])
    nursery = Nursery(processes, url, credentials, tmp_path)
    acks = nursery.killed_after("0", 4, 0.01)
    nursery.close()
    desk = Desk(knowledge_of(log))
    first = {key: (need, version) for key, need, version, status in acks if status == "APPLIED"}
    for key, told in first.items():
        again = desk.submit(application(key))
        assert again.need is not None
        assert (again.need.id, again.version) == told
    head = log.head().seq
    for thread in range(THREADS):
        # The next ones of each thread: finished untold, or new now; in both cases once.
        number = sum(key.startswith(f"0.{thread}.") for key in first)
        answers = [desk.submit(application(f"0.{thread}.{number}")) for _ in range(2)]
        assert answers[0] == answers[1]
        assert not answers[0].problems
    assert log.head().seq <= head + THREADS
