"""The stream of changes over every log: across reopening, loads of another writer, and a compaction meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from graph import neo4j_log, sqlite_log
from graph.changes import Change, ChangeReader, Position
from graph.kinds.parties import Enterprise
from graph.knowledge import Knowledge
from graph.log import Log
from graph.ontology import Ontology
from tests.contract.test_log_groups import small
from tests.graph.build import load

ONTOLOGY = Ontology.current()


def opened(log: Log) -> Knowledge:
    return Knowledge.open(log, directory=None, ontology=ONTOLOGY)


def firms(log: Log, *numbers: int, name: str = "甲") -> None:
    load(log, "tax", [Enterprise(id=f"enterprise:{number:03}", name=name) for number in numbers], ontology=ONTOLOGY)


def read(reader: ChangeReader, place: Position, limit: int = 100) -> tuple[list[Change], Position]:
    """What is there after a place, and the place that it reaches."""
    found: list[Change] = []
    while (page := reader.page(place, limit=limit)).reached != place:
        found += page.changes
        place = page.reached
    return found, place


def told(changes: list[Change]) -> list[tuple[int, str, str]]:
    return [(one.seq, one.id, one.type.name) for one in changes]


def test_a_place_holds_across_reopening_and_compaction(url: str, open_url: Callable[[str], Log]) -> None:
    log = open_url(url)
    for number in range(6):
        firms(log, number, 100 + number)
    whole, _ = read(ChangeReader(opened(log)), Position(1))
    assert told(whole) == [(n + 1, f"enterprise:{one:03}", "ADDED") for n in range(6) for one in (n, 100 + n)]
    for cut in range(0, 12, 5):
        log.compact(grace=0)
        again = open_url(url)
        rest, _ = read(ChangeReader(opened(again)), whole[cut].position, limit=3)
        assert told(rest) == told(whole)[cut + 1 :]


def test_nothing_is_missed_or_told_twice_while_others_write_and_compact(
    url: str, open_url: Callable[[str], Log]
) -> None:
    knowledge = opened(open_url(url))
    reader, other, compacting = ChangeReader(knowledge), open_url(url), open_url(url)
    rounds, done = 40, threading.Event()

    def write() -> None:
        for number in range(rounds):
            firms(other, number, name=str(number))

    def compact() -> None:
        while not done.wait(0.05):
            compacting.compact(grace=2.0)

    threads = [threading.Thread(target=write), threading.Thread(target=compact)]
    for thread in threads:
        thread.start()
    found: list[Change] = []
    place, end = Position(1), time.monotonic() + 60
    while len(found) < rounds:
        assert time.monotonic() < end
        knowledge.log.wait(knowledge.snapshot.seq, 1.0)
        knowledge.refresh()
        more, place = read(reader, place)
        found += more
    done.set()
    for thread in threads:
        thread.join()
    assert told(found) == [(number + 1, f"enterprise:{number:03}", "ADDED") for number in range(rounds)]


@pytest.mark.parametrize("write", [lambda log: firms(log, 1), lambda log: log.commit([small("a")], compared_at=0)])
def test_whoever_waits_is_woken_by_a_commit_of_the_same_log(
    write: Callable[[Log], object], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever only looks from time to time does not look again during this test.
    for module in (sqlite_log, neo4j_log):
        monkeypatch.setattr(module, "POLL_SECONDS", 30.0)
    woken: list[int] = []
    thread = threading.Thread(target=lambda: woken.append(log.wait(0, 30.0).seq))
    thread.start()
    time.sleep(0.2)
    write(log)
    thread.join(10)
    assert woken == [1]
