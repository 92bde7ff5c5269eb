"""Compaction on every store: fewer blocks, the same rows, and readers that notice nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings

from graph.compaction import SMALL_ROWS
from graph.errors import LoadError, StoreCorrupt
from graph.log import Compaction, Counts, Log
from graph.ontology import Ontology
from tests.contract.logs import block, header, ids_of, rows_of, state
from tests.graph.agreement import answers_of_view
from tests.graph.build import knowledge_of
from tests.graph.oracle import Loaded
from tests.graph.worlds import worlds, write


def test_an_empty_log_has_nothing_to_compact(log: Log) -> None:
    assert log.compact() == Compaction(0, 0, 0)


def test_small_blocks_of_a_kind_become_one(log: Log) -> None:
    for number in range(4):
        state(log, f"firm:{number}")
        state(log, f"product:{number}", kind="Product")
    assert log.compact() == Compaction(blocks_before=8, blocks_after=2, waiting=8)
    assert len({ref.id for load in log.loads() for ref in load.blocks}) == 2


def test_every_load_keeps_its_rows(log: Log) -> None:
    before = [
        rows_of(log, state(log, "a", "b", op=0)),
        rows_of(log, state(log, "c", name="丙")),
        rows_of(log, state(log, "a", name="甲", op=2)),
        rows_of(log, state(log)),
    ]
    loads = log.loads()
    log.compact()
    assert [rows_of(log, load) for load in log.loads()] == before
    assert [(load.seq, load.recorded_at, load.header, load.rows) for load in log.loads()] == [
        (load.seq, load.recorded_at, load.header, load.rows) for load in loads
    ]


def test_several_small_blocks_of_one_load_become_one(log: Log) -> None:
    load_id = log.begin(header())
    for number in range(5):
        log.append(load_id, "Firm", block(f"firm:{number}"), 1)
    log.finish(load_id, compared_at=0, counts=Counts(stated=5))
    log.compact()
    (load,) = log.loads()
    assert len(load.blocks) == 1
    assert ids_of(log, load) == [f"firm:{number}" for number in range(5)]


def test_compacting_again_takes_in_what_came_since(log: Log) -> None:
    for number in range(3):
        state(log, f"firm:{number}")
    log.compact(grace=0.0)
    for number in range(3, 6):
        state(log, f"firm:{number}")
    log.compact(grace=0.0)
    assert len({ref.id for load in log.loads() for ref in load.blocks}) == 1
    assert [ids_of(log, load) for load in log.loads()] == [[f"firm:{number}"] for number in range(6)]


def test_a_large_block_is_left_where_it_is(log: Log) -> None:
    state(log, "before")
    large = state(log, *(f"firm:{number}" for number in range(SMALL_ROWS)))
    state(log, "after")
    log.compact()
    assert log.loads()[1].blocks == large.blocks
    assert [ids_of(log, load) for load in log.loads()[::2]] == [["before"], ["after"]]
    assert log.loads()[0].blocks == log.loads()[2].blocks
    assert log.compact().blocks_after == 2


def test_replaced_blocks_are_readable_until_their_grace_is_over(log: Log) -> None:
    old = [state(log, f"firm:{number}").blocks[0].id for number in range(2)]
    log.compact(grace=600.0)
    log.compact(grace=600.0)
    assert [found.rows for found in log.blocks(old)] == [1, 1]
    assert log.compact(grace=0.0).waiting == 0
    with pytest.raises(StoreCorrupt, match="list the loads again") as refused:
        list(log.blocks(old))
    assert refused.value.code == "BLOCK_GONE"


def test_a_load_that_nobody_goes_on_with_is_removed(log: Log) -> None:
    load_id = log.begin(header())
    log.append(load_id, "Firm", block("a"), 1)
    log.compact(grace=600.0)
    log.append(load_id, "Firm", block("b"), 1)
    log.compact(grace=0.0)
    with pytest.raises(LoadError, match="not open"):
        log.append(load_id, "Firm", block("c"), 1)
    assert log.size_bytes() is not None


def test_the_lease_is_free_again(log: Log) -> None:
    log.compact()
    log.acquire("the night load")


def test_every_past_moment_is_known_as_before(new_url: Callable[[], str], open_url: Callable[[str], Log]) -> None:
    @settings(max_examples=8)
    @given(worlds)
    def check(world: list[Loaded]) -> None:
        with open_url(new_url()) as log:
            write(log, world, Ontology.current())
            moments = [None, *(load.recorded_at for load in log.loads())]
            before = knowledge_of(log)
            log.compact()
            after = knowledge_of(log)
            for moment in moments:
                assert answers_of_view(after.view(known_at=moment)) == answers_of_view(before.view(known_at=moment))

    check()


def test_readers_notice_nothing(log: Log, url: str, open_url: Callable[[str], Log]) -> None:
    reader, done = open_url(url), threading.Event()

    def read_all_the_time() -> int:
        rounds = 0
        while not done.is_set() or rounds == 0:
            rounds += 1
            loads = reader.loads()
            try:
                found = [ids_of(reader, load) for load in loads]
            except StoreCorrupt as gone:
                if gone.code != "BLOCK_GONE":
                    raise
                continue
            assert found == [[f"{load.seq}.{row}" for row in range(3)] for load in loads]
        return rounds

    with ThreadPoolExecutor(2) as threads:
        reading = [threads.submit(read_all_the_time) for _ in range(2)]
        try:
            for number in range(1, 25):
                state(log, *(f"{number}.{row}" for row in range(3)))
                if number % 4 == 0:
                    log.compact(grace=0.0)
        finally:
            done.set()
        assert all(rounds.result(60) for rounds in reading)
    assert len({ref.id for load in log.loads() for ref in load.blocks}) == 1
