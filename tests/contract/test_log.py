"""The contract of the log, on every store: what is written, when it is seen, and what is refused."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from graph.errors import InvalidInput, LoadError, SourceChanged, StoreCorrupt, StoreUnavailable
from graph.log import Counts, Head, LoadHeader, Log, Mode
from tests.contract.logs import block, header, ids_of, rows_of, state


def test_a_new_log_is_empty(log: Log) -> None:
    assert log.head() == Head(0)
    assert log.loads() == []


def test_a_log_keeps_its_id(log: Log, url: str, open_url: Callable[[str], Log]) -> None:
    assert log.log_id == open_url(url).log_id != ""


def test_a_finished_load_is_read_back_whole(log: Log) -> None:
    asked = LoadHeader(
        source="企业名录",
        actor="王",
        kinds=("Firm", "Product"),
        mode=Mode.FULL,
        scope="洛龙区",
        stated_on=date(2026, 3, 31),
        input_hash="ab" * 32,
        note="first of the year",
    )
    load_id = log.begin(asked)
    log.append(load_id, "Firm", block("a", "b", name="甲"), 2)
    log.append(load_id, "Product", block("p"), 1)
    log.append(load_id, "Firm", block("c"), 1)
    counts = Counts(stated=4, unchanged=3, quarantined=2, ended=1)
    finished = log.finish(
        load_id, compared_at=0, counts=counts, recorded_at=datetime(2026, 4, 1, 8, 0, 0, 7, tzinfo=UTC)
    )

    assert log.loads() == [finished]
    assert (finished.seq, finished.load_id, finished.header, finished.counts) == (1, load_id, asked, counts)
    assert finished.recorded_at == datetime(2026, 4, 1, 8, 0, 0, 7, tzinfo=UTC)
    assert rows_of(log, finished) == {
        "Firm": [{"id": "a", "name": "甲"}, {"id": "b", "name": "甲"}, {"id": "c"}],
        "Product": [{"id": "p"}],
    }


def test_another_reader_sees_the_same(log: Log, url: str, open_url: Callable[[str], Log]) -> None:
    state(log, "a")
    other = open_url(url)
    assert (other.head(), other.loads()) == (log.head(), log.loads())
    assert ids_of(other, other.loads()[0]) == ["a"]


def test_a_load_is_invisible_until_it_is_finished(log: Log) -> None:
    load_id = log.begin(header())
    log.append(load_id, "Firm", block("a"), 1)
    assert (log.head(), log.loads()) == (Head(0), [])


def test_a_load_may_have_no_rows(log: Log) -> None:
    assert state(log).rows == 0
    assert log.loads()[0].blocks == ()


def test_loads_are_numbered_and_listed_in_the_order_of_their_end(log: Log) -> None:
    first = log.begin(header(note="begun first"))
    second = log.begin(header("other", note="begun second"))
    log.finish(second, compared_at=0, counts=Counts())
    log.finish(first, compared_at=0, counts=Counts())
    assert [(load.seq, load.header.note) for load in log.loads()] == [(1, "begun second"), (2, "begun first")]
    assert [load.seq for load in log.loads(after=1)] == [2]
    assert log.loads(after=2) == []


def test_finishing_again_answers_with_the_finished_load(log: Log) -> None:
    done = state(log, "a")
    assert log.finish(done.load_id, compared_at=0, counts=Counts(stated=9)) == done
    assert log.head().seq == 1


def test_an_abandoned_load_is_gone(log: Log) -> None:
    before = log.size_bytes()
    load_id = log.begin(header())
    log.append(load_id, "Firm", block("a"), 1)
    log.abandon(load_id)
    with pytest.raises(LoadError, match=load_id):
        log.finish(load_id, compared_at=0, counts=Counts())
    assert state(log, "b").seq == 1
    assert before is not None


def test_a_finished_load_cannot_be_abandoned_or_added_to(log: Log) -> None:
    done = state(log, "a")
    log.abandon(done.load_id)
    log.abandon("never begun")
    with pytest.raises(LoadError, match="not open"):
        log.append(done.load_id, "Firm", block("b"), 1)
    with pytest.raises(LoadError, match="not open"):
        log.replace_blocks(done.load_id, "Firm")
    assert log.loads() == [done]


def test_the_blocks_of_one_kind_are_replaced(log: Log) -> None:
    load_id = log.begin(header("register", "Firm", "Product"))
    log.append(load_id, "Firm", block("wrong"), 1)
    log.append(load_id, "Product", block("p"), 1)
    log.replace_blocks(load_id, "Firm")
    log.append(load_id, "Firm", block("right"), 1)
    done = log.finish(load_id, compared_at=0, counts=Counts(stated=2))
    assert sorted(ids_of(log, done)) == ["p", "right"]


def test_a_block_must_be_of_a_kind_that_the_header_names(log: Log) -> None:
    load_id = log.begin(header("register", "Firm"))
    with pytest.raises(InvalidInput, match="Product"):
        log.append(load_id, "Product", block("p"), 1)


def test_a_withdrawal_has_no_blocks(log: Log) -> None:
    load_id = log.begin(header(mode=Mode.WITHDRAWAL))
    with pytest.raises(InvalidInput, match="withdrawal"):
        log.append(load_id, "Firm", block("a"), 1)
    assert log.finish(load_id, compared_at=0, counts=Counts()).header.mode is Mode.WITHDRAWAL


def test_recorded_at_never_goes_back(log: Log) -> None:
    late = datetime.now(UTC) + timedelta(days=400)
    late = late.replace(microsecond=123456)
    first = log.finish(log.begin(header()), compared_at=0, counts=Counts(), recorded_at=late)
    second = state(log, "a")
    assert first.recorded_at == second.recorded_at == log.head().recorded_at == late


def test_recorded_at_is_the_clock_in_utc(log: Log) -> None:
    recorded_at = state(log, "a").recorded_at
    assert recorded_at.utcoffset() == timedelta(0)
    assert abs(recorded_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_recorded_at_before_the_last_is_refused(log: Log) -> None:
    last = state(log, "a").recorded_at
    load_id = log.begin(header())
    with pytest.raises(InvalidInput, match="lies before the last load's"):
        log.finish(load_id, compared_at=1, counts=Counts(), recorded_at=last - timedelta(microseconds=1))
    assert log.finish(load_id, compared_at=1, counts=Counts(), recorded_at=last).seq == 2


def test_a_recorded_at_without_an_offset_is_refused(log: Log) -> None:
    load_id = log.begin(header())
    with pytest.raises(InvalidInput, match="offset"):
        log.finish(load_id, compared_at=0, counts=Counts(), recorded_at=datetime(2099, 1, 1))


@pytest.mark.parametrize(
    ("mine", "between"),
    [
        (header("register", "Firm"), header("register", "Firm")),
        (header("register", "Firm", "Product"), header("register", "Product", "Loan")),
        (header("register", "Firm"), header("register", "Loan", mode=Mode.WITHDRAWAL)),
        (header("register", "Firm", mode=Mode.WITHDRAWAL), header("register", "Loan")),
    ],
    ids=["same kind", "one kind shared", "withdrawn in between", "withdrawing"],
)
def test_a_load_that_compared_too_early_is_stale(log: Log, mine: LoadHeader, between: LoadHeader) -> None:
    load_id = log.begin(mine)
    if mine.mode is not Mode.WITHDRAWAL:
        log.append(load_id, "Firm", block("a"), 1)
    log.finish(log.begin(between), compared_at=0, counts=Counts())
    with pytest.raises(SourceChanged, match="load 1 of 'register'") as refused:
        log.finish(load_id, compared_at=0, counts=Counts(stated=1))
    assert (refused.value.code, refused.value.retryable) == ("STALE", True)
    assert log.finish(load_id, compared_at=1, counts=Counts(stated=1)).seq == 2


@pytest.mark.parametrize(
    "between", [header("register", "Loan"), header("another", "Firm")], ids=["other kind", "other source"]
)
def test_a_load_is_not_stale_for_what_it_does_not_touch(log: Log, between: LoadHeader) -> None:
    load_id = log.begin(header("register", "Firm"))
    log.finish(log.begin(between), compared_at=0, counts=Counts())
    assert log.finish(load_id, compared_at=0, counts=Counts()).seq == 2


def test_a_hundred_thousand_rows_in_one_load(log: Log) -> None:
    load_id = log.begin(header())
    for start in (0, 50_000):
        log.append(load_id, "Firm", block(*(f"firm:{n:06}" for n in range(start, start + 50_000))), 50_000)
    done = log.finish(load_id, compared_at=0, counts=Counts(stated=100_000))
    assert done.rows == 100_000
    assert ids_of(log, log.loads()[0]) == [f"firm:{n:06}" for n in range(100_000)]


@pytest.mark.parametrize("size", [1, 999_999, 1_000_001, 17_000_003])
def test_a_block_of_any_size_comes_back_byte_for_byte(log: Log, size: int) -> None:
    data = random.Random(size).randbytes(size)
    load_id = log.begin(header())
    log.append(load_id, "Firm", data, 1)
    (ref,) = log.finish(load_id, compared_at=0, counts=Counts(stated=1)).blocks
    (read,) = log.blocks([ref.id])
    assert read.data == data


def test_blocks_come_in_the_order_asked_for(log: Log) -> None:
    refs = [state(log, f"firm:{n}").blocks[0] for n in range(20)]
    asked = [ref.id for ref in (*refs[::-1], refs[3])]
    assert [found.id for found in log.blocks(asked)] == asked


def test_a_block_that_is_not_there_says_to_list_again(log: Log) -> None:
    with pytest.raises(StoreCorrupt) as refused:
        list(log.blocks(["none"]))
    assert (refused.value.code, refused.value.retryable) == ("BLOCK_GONE", True)


def test_waiting_ends_with_the_time_given(log: Log) -> None:
    assert log.wait(0, timeout=0.0) == Head(0)
    assert log.wait(0, timeout=0.2) == Head(0)


def test_waiting_ends_at_once_when_there_is_more(log: Log) -> None:
    state(log, "a")
    assert log.wait(0, timeout=600.0).seq == 1


def test_a_closed_log_is_unavailable(log: Log) -> None:
    log.close()
    with pytest.raises(StoreUnavailable, match="closed") as refused:
        log.head()
    assert not refused.value.retryable
