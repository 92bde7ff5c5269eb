"""The needs desk on every store: two desks at once, and a compaction under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from graph.desk import Desk
from graph.desk_drafts import NeedAnswer
from graph.desk_statements import stated_by
from graph.desk_wishes import Move, Submission
from graph.kinds.demand_side import NeedStatus
from graph.kinds.parties import Enterprise
from graph.kinds.terms import Instrument
from graph.log import Log
from graph.money import Money
from tests.graph.build import knowledge_of, load

FIRM = "enterprise:1"
WAY = (NeedStatus.AGGREGATED, NeedStatus.CLASSIFIED, NeedStatus.RECOMMENDED, NeedStatus.FUNDED)


def desk_of(log: Log) -> Desk:
    return Desk(knowledge_of(log))


def application(key: str, **changes: str) -> Submission:
    return Submission(FIRM, Money(100), Instrument.DEBT, changes.get("purpose", "周转"), key, "甲公司")


def moved(desk: Desk, answer: NeedAnswer, to: NeedStatus) -> NeedAnswer:
    assert answer.need is not None
    return desk.advance(Move(answer.need.id, to, answer.version, "市金融办"))


def codes(answer: NeedAnswer) -> list[str]:
    return [problem.code.name for problem in answer.problems]


def test_two_desks_of_one_store_agree(log: Log, url: str, open_url: Callable[[str], Log]) -> None:
    load(log, "register", [Enterprise(id=FIRM, name="甲")])
    one, other = desk_of(log), desk_of(open_url(url))
    answer = one.submit(application("k"))
    assert other.submit(application("k")) == answer
    assert codes(other.submit(application("k", purpose="别的"))) == ["KEY_REUSED"]
    won = moved(other, answer, NeedStatus.AGGREGATED)
    told = moved(one, answer, NeedStatus.REJECTED)
    assert (codes(won), codes(told)) == ([], ["STALE_VERSION"])
    assert (told.need, told.version) == (won.need, won.version)
    assert codes(moved(one, won, NeedStatus.FUNDED)) == ["WRONG_MOVE"]
    again = desk_of(log)
    assert again.submit(application("k")) == answer
    assert not moved(again, won, NeedStatus.CLASSIFIED).problems


def test_two_desks_that_race_take_each_key_and_each_version_once(
    log: Log, url: str, open_url: Callable[[str], Log]
) -> None:
    load(log, "register", [Enterprise(id=FIRM, name="甲")])
    desks = (desk_of(log), desk_of(open_url(url)))
    keys = [f"k{number}" for number in range(6)]
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda place: desks[place % 2].submit(application(keys[place // 2])), range(12)))
        assert [taken[place] == taken[place + 1] for place in range(0, 12, 2)] == [True] * 6
        won = list(threads.map(lambda place: moved(desks[place % 2], taken[place], WAY[0]), range(12)))
    assert sorted(map(codes, won)) == [[]] * 6 + [["STALE_VERSION"]] * 6


@contextmanager
def compacted_all_the_while(log: Log) -> Iterator[list[int]]:
    """While the block runs, the log is compacted again and again, and what was replaced is gone at once."""
    done: list[int] = []
    stop = threading.Event()

    def compact() -> None:
        while not stop.is_set():
            done.append(log.compact(grace=0).blocks_after)
            # SQLite lets whoever asks at the right moment write next: without a pause that is always the compaction.
            stop.wait(0.05)

    thread = threading.Thread(target=compact)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


def test_a_compaction_under_way_loses_nothing(log: Log, url: str, open_url: Callable[[str], Log]) -> None:
    load(log, "register", [Enterprise(id=FIRM, name="甲")])
    desks = (desk_of(log), desk_of(open_url(url)))
    with compacted_all_the_while(open_url(url)) as compacted:
        answers = [desks[number % 2].submit(application(f"k{number}")) for number in range(8)]
        for place, to in enumerate(WAY):
            answers = [moved(desks[(number + place) % 2], answer, to) for number, answer in enumerate(answers)]
            assert [codes(answer) for answer in answers] == [[]] * 8
    assert compacted
    knowledge = knowledge_of(log)
    for answer in answers:
        assert answer.need is not None
        stated = stated_by(knowledge.snapshot, answer.need.id)
        assert [one.need.status for one in stated] == [NeedStatus.APPLIED, *WAY]
        assert stated[-1].seq == answer.version
