"""Many writers of one log at once, and writers that are killed."""

import itertools
import multiprocessing
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext

import pytest

from graph.errors import LoadInProgress, SourceChanged
from graph.log import Counts, Lease, Log
from graph.stores import open_log
from tests.contract.logs import block, header, ids_of, state

Credentials = tuple[str | None, str | None]


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Makes processes that have the stores loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["graph.sqlite_log", "graph.neo4j_log", "tests.contract.logs"])
    return context


@pytest.fixture
def credentials(store: str, request: pytest.FixtureRequest) -> Credentials:
    """User and password of the store."""
    return (request.getfixturevalue("neo4j_auth") if store == "neo4j" else None) or (None, None)


def finish_five_at_once(url: str, credentials: Credentials, process: int) -> None:
    with open_log(url, user=credentials[0], password=credentials[1]) as log, ThreadPoolExecutor(5) as threads:
        list(
            threads.map(lambda thread: state(log, f"{process}.{thread}", source=f"source {process}.{thread}"), range(5))
        )


def test_twenty_finishes_at_once_get_twenty_numbers(
    log: Log, url: str, credentials: Credentials, processes: ForkServerContext
) -> None:
    writers = [processes.Process(target=finish_five_at_once, args=(url, credentials, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]

    loads = log.loads()
    assert log.head().seq == 20
    assert [load.seq for load in loads] == list(range(1, 21))
    assert sorted(name for load in loads for name in ids_of(log, load)) == sorted(
        f"{process}.{thread}" for process in range(4) for thread in range(5)
    )
    moments = [load.recorded_at for load in loads]
    assert moments == sorted(moments)


def test_writers_of_one_source_that_compare_again_when_stale_all_come_through(log: Log) -> None:
    def mutate(number: int) -> int:
        load_id = log.begin(header("needs desk"))
        log.append(load_id, "Firm", block(f"need:{number}"), 1)
        while True:
            try:
                return log.finish(load_id, compared_at=log.head().seq, counts=Counts(stated=1)).seq
            except SourceChanged:
                continue

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(mutate, range(12))) == list(range(1, 13))


def load_without_end(url: str, credentials: Credentials, seed: int) -> None:
    with open_log(url, user=credentials[0], password=credentials[1]) as log:
        for number in itertools.count():
            lease = take(log, f"writer {seed}", ttl=0.1)
            write(log, f"{seed}.{number}", lease)
            log.release(lease)


def take(log: Log, owner: str, ttl: float = 60.0) -> Lease:
    while True:
        try:
            return log.acquire(owner, ttl)
        except LoadInProgress:
            time.sleep(0.02)


def write(log: Log, name: str, lease: Lease) -> None:
    load_id = log.begin(header("register", "Firm", "Product", note=name))
    for part in range(3):
        log.append(load_id, "Firm", block(f"{name}/{part}", f"{name}/{part}'"), 2)
    log.append(load_id, "Product", block(f"{name}/product"), 1)
    log.finish(load_id, compared_at=log.head().seq, counts=Counts(stated=7), lease=lease)


def test_a_writer_killed_at_any_moment_leaves_nothing_half_visible(
    log: Log, url: str, credentials: Credentials, processes: ForkServerContext
) -> None:
    moments = random.Random(4)
    for seed in range(10):
        seen = log.head().seq
        writer = processes.Process(target=load_without_end, args=(url, credentials, seed))
        writer.start()
        assert log.wait(seen, timeout=60.0).seq > seen
        time.sleep(moments.uniform(0.0, 0.06))
        writer.kill()
        writer.join(60)

        for load in log.loads(after=seen):
            name = load.header.note
            firms = [f"{name}/{part}{mark}" for part in range(3) for mark in ("", "'")]
            assert ids_of(log, load) == [*firms, f"{name}/product"]
        assert [load.seq for load in log.loads()] == list(range(1, log.head().seq + 1))

    before = log.head().seq
    lease = take(log, "whoever runs it again")
    write(log, "again", lease)
    assert log.head().seq == before + 1
    log.release(lease)
    log.compact(grace=0.0)
    assert all(load.rows == 7 and len(ids_of(log, load)) == 7 for load in log.loads())


def test_a_reader_of_many_threads_sees_whole_loads(log: Log, url: str, open_url: Callable[[str], Log]) -> None:
    reader = open_url(url)

    def read_until(seq: int) -> list[list[str]]:
        found: list[list[str]] = []
        while len(found) < seq:
            reader.wait(len(found), timeout=60.0)
            found += [ids_of(reader, load) for load in reader.loads(after=len(found))]
        return found

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read_until, 10) for _ in range(3)]
        for number in range(10):
            state(log, *(f"{number}.{row}" for row in range(3)))
        expected = [[f"{number}.{row}" for row in range(3)] for number in range(10)]
        assert [reading.result(60) for reading in readers] == [expected] * 3
