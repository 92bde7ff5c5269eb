"""Small loads that are committed together: all or none, each with a number of its own."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.errors import InvalidInput, SourceChanged
from graph.log import SMALL_BYTES, Counts, Log, Mode, SmallLoad
from tests.contract.logs import block, header, ids_of, rows_of, state


def small(*ids: str, source: str = "desk", kind: str = "Firm", note: str = "") -> SmallLoad:
    data = ((kind, block(*ids), len(ids)),) if ids else ()
    return SmallLoad(header(source, kind, note=note), data, Counts(stated=len(ids)))


def test_each_load_has_its_number_header_and_rows(log: Log) -> None:
    state(log, "before")
    done = log.commit([small("a", note="first"), small("b", "c"), small(source="other")], compared_at=0)
    assert [load.seq for load in done] == [2, 3, 4]
    assert done == log.loads(1)
    assert [ids_of(log, load) for load in done] == [["a"], ["b", "c"], []]
    assert done[0].header.note == "first"
    assert done[1].counts == Counts(stated=2)
    assert log.head().seq == 4
    assert log.head().recorded_at == done[-1].recorded_at >= log.loads()[0].recorded_at


def test_blocks_of_several_kinds_are_all_of_the_load(log: Log) -> None:
    blocks = (("Firm", block("a"), 1), ("Loan", block("b"), 1))
    [load] = log.commit([SmallLoad(header("desk", "Firm", "Loan"), blocks, Counts(stated=2))], compared_at=0)
    assert load.rows == 2
    assert sorted(ids_of(log, load)) == ["a", "b"]


def test_one_that_is_stale_leaves_none(log: Log) -> None:
    state(log, "x", source="desk")
    with pytest.raises(SourceChanged, match="load 1 of 'desk' touched Firm"):
        log.commit([small("a", source="other"), small("b")], compared_at=0)
    assert log.head().seq == 1
    assert [load.seq for load in log.commit([small("b")], compared_at=1)] == [2]


def test_a_withdrawal_of_the_source_makes_it_stale(log: Log) -> None:
    log.finish(log.begin(header("desk", mode=Mode.WITHDRAWAL)), compared_at=0, counts=Counts())
    with pytest.raises(SourceChanged):
        log.commit([small("a", kind="Loan")], compared_at=0)


def test_loads_of_other_sources_and_kinds_do_not_make_it_stale(log: Log) -> None:
    state(log, "x", source="register")
    state(log, "x", source="desk", kind="Loan")
    assert [load.seq for load in log.commit([small("a")], compared_at=0)] == [3]


def test_it_needs_no_lease(log: Log) -> None:
    log.acquire("a bulk writer")
    assert log.commit([small("a")], compared_at=0)[0].seq == 1


def test_none_and_what_is_too_large_are_refused(log: Log) -> None:
    with pytest.raises(InvalidInput, match="no loads"):
        log.commit([], compared_at=0)
    big = SmallLoad(header("desk"), (("Firm", b"x" * (SMALL_BYTES + 1), 1),), Counts(stated=1))
    with pytest.raises(InvalidInput, match="1,000,001 bytes"):
        log.commit([big], compared_at=0)
    wrong = SmallLoad(header("desk", "Loan"), (("Firm", block("a"), 1),), Counts(stated=1))
    with pytest.raises(InvalidInput, match="covers Loan and not Firm"):
        log.commit([wrong], compared_at=0)
    assert log.head().seq == 0


def test_groups_at_once_never_share_a_number(log: Log) -> None:
    def commit(number: int) -> list[int]:
        loads = [small(f"{number}.{place}", source=f"desk {number}") for place in range(3)]
        return [load.seq for load in log.commit(loads, compared_at=0)]

    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(commit, range(6)))
    assert sorted(itertools.chain(*numbers)) == list(range(1, 19))
    assert all(later == first + 1 for group in numbers for first, later in itertools.pairwise(group))


def test_a_compaction_keeps_them(log: Log) -> None:
    log.commit([small(f"{number}") for number in range(20)], compared_at=0)
    assert log.compact().blocks_after < 20
    assert [ids_of(log, load) for load in log.loads()] == [[f"{number}"] for number in range(20)]


def test_loads_of_a_group_share_a_block_of_each_kind_whatever_columns_they_have(log: Log) -> None:
    first = SmallLoad(header("desk", "Firm"), (("Firm", block("a", name="甲"), 1),), Counts(stated=1))
    blocks = (("Firm", block("b", size=3), 1), ("Loan", block("c"), 1), ("Loan", block("d"), 1))
    second = SmallLoad(header("desk", "Firm", "Loan"), blocks, Counts(stated=3))
    done = log.commit([first, second], compared_at=0)
    assert done == log.loads()
    assert [rows_of(log, load) for load in done] == [
        {"Firm": [{"id": "a", "name": "甲"}]},
        {"Firm": [{"id": "b", "size": 3}], "Loan": [{"id": "c"}, {"id": "d"}]},
    ]
    assert len({ref.id for load in done for ref in load.blocks}) == 2
    log.commit([small("e")], compared_at=2)
    log.compact()
    assert [rows_of(log, load)["Firm"][0]["id"] for load in log.loads()] == ["a", "b", "e"]


def test_blocks_that_are_large_together_stay_apart(log: Log) -> None:
    noise = [block(f"{number}", text=random.Random(number).randbytes(400_000).hex()) for number in range(3)]
    assert max(map(len, noise)) < SMALL_BYTES < sum(map(len, noise))
    loads = [SmallLoad(header("desk"), (("Firm", data, 1),), Counts(stated=1)) for data in noise]
    done = log.commit(loads, compared_at=0)
    assert len({ref.id for load in done for ref in load.blocks}) == 3
    assert [ids_of(log, load) for load in done] == [["0"], ["1"], ["2"]]
