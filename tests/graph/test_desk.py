"""The needs desk: applications and moves, each a load of its own, answered from its commit."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.desk import Desk
from graph.desk_drafts import NeedAnswer
from graph.desk_problems import ProblemCode
from graph.desk_statements import DESK, stated_by
from graph.desk_wishes import Move, Submission
from graph.errors import StoreUnavailable
from graph.kinds.contracts import Loan
from graph.kinds.demand_side import FinancingNeed, NeedStatus
from graph.kinds.parties import Enterprise, Institution
from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.log import Log
from graph.money import Money
from graph.need_moves import MOVES
from graph.records import Ref
from graph.sqlite_log import SqliteLog
from graph.undoing import undo, withdraw
from tests.examples import FEW_WORLDS
from tests.graph.build import TODAY, knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.need_paths import is_path

FIRM = "enterprise:1"
OLD = "financingNeed:old"


def town(log: Log) -> Knowledge:
    """A firm, a bank with a loan, and a need that a register states as applied for."""
    load(
        log,
        "register",
        [
            Enterprise(id=FIRM, name="甲"),
            Institution(id="institution:1", name="银行"),
            Loan(id="loan:1", borrower=Ref(FIRM)),
            FinancingNeed(
                id=OLD, enterprise=Ref(FIRM), amount=Money(500), instrument=Instrument.DEBT, status=NeedStatus.APPLIED
            ),
        ],
    )
    return knowledge_of(log)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with SqliteLog(tmp_path / "log.sqlite") as opened:
        yield opened


@pytest.fixture
def knowledge(log: SqliteLog) -> Knowledge:
    return town(log)


@pytest.fixture
def desk(knowledge: Knowledge) -> Desk:
    return Desk(knowledge)


def application(key: str = "k", **changes: Any) -> Submission:
    plain = Submission(
        FIRM, Money.of(100, unit="万元"), Instrument.DEBT, "流动资金", key, "甲公司", 30, 365, date(2025, 9, 1), "加急"
    )
    return replace(plain, **changes)


def move(answer: NeedAnswer, to: NeedStatus, **changes: Any) -> Move:
    assert answer.need is not None
    return replace(Move(answer.need.id, to, answer.version, "市金融办"), **changes)


def codes(answer: NeedAnswer) -> list[str]:
    return [problem.code.name for problem in answer.problems]


def test_an_application_is_a_load_of_its_own_and_the_answer_comes_from_it(desk: Desk, knowledge: Knowledge) -> None:
    before = knowledge.snapshot
    answer = desk.submit(application())
    assert answer.need is not None
    assert (answer.need.status, answer.need.submitted_on, answer.need.tenor_max_days) == (
        NeedStatus.APPLIED,
        TODAY,
        365,
    )
    assert answer.moves == (NeedStatus.AGGREGATED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN)
    assert knowledge.snapshot is before
    load = knowledge.log.loads()[-1]
    assert (load.seq, load.rows, load.header.source, load.header.actor, load.header.note) == (
        answer.version,
        1,
        DESK,
        "甲公司",
        "加急",
    )


def test_the_view_then_says_what_the_answer_said(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    knowledge.refresh()
    view = knowledge.view()
    assert answer.need is not None
    assert view.record(view.require(answer.need.id)) == answer.need


def test_the_desk_states_its_own_reliability_once(desk: Desk, knowledge: Knowledge) -> None:
    for key in "ab":
        desk.submit(application(key))
    Desk(knowledge_of(knowledge.log)).submit(application("c"))
    Desk(knowledge).submit(application("d"))
    loads = [load for load in knowledge.log.loads() if "Dataset" in load.header.kinds]
    assert [load.header.source for load in loads] == [DESK]
    knowledge.refresh()
    assert knowledge.view().value(knowledge.view().require(f"dataset:{DESK}"), "reliability") == 1


def test_a_need_goes_through_all_states_and_each_is_kept(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    states = [NeedStatus.AGGREGATED, NeedStatus.CLASSIFIED, NeedStatus.RECOMMENDED, NeedStatus.FUNDED]
    for status in states:
        answer = desk.advance(move(answer, status, note=status.zh))
        assert not answer.problems
    assert answer.moves == ()
    assert answer.need is not None
    knowledge.refresh()
    stated = stated_by(knowledge.snapshot, answer.need.id)
    assert [one.need.status for one in stated] == [NeedStatus.APPLIED, *states]
    assert [one.header.note for one in stated[1:]] == [status.zh for status in states]
    assert [one.stands for one in stated] == [False] * 4 + [True]
    assert knowledge.view().record(knowledge.view().find(answer.need.id)) == answer.need


def test_a_wrong_move_is_refused_by_name_with_the_moves_allowed(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    head = knowledge.log.head()
    refused = desk.advance(move(answer, NeedStatus.FUNDED))
    assert codes(refused) == ["WRONG_MOVE"]
    assert "is APPLIED and may not move to FUNDED" in refused.problems[0].message
    assert refused.problems[0].remedy == "move it to one of AGGREGATED, REJECTED, WITHDRAWN"
    assert (refused.need, refused.version) == (answer.need, answer.version)
    assert knowledge.log.head() == head


def test_a_closed_need_moves_no_more(desk: Desk) -> None:
    answer = desk.advance(move(desk.submit(application()), NeedStatus.WITHDRAWN))
    refused = desk.advance(move(answer, NeedStatus.APPLIED))
    assert codes(refused) == ["WRONG_MOVE"]
    assert "it moves no more" in refused.problems[0].message


def test_of_two_desks_one_wins_and_the_other_is_told(desk: Desk, log: SqliteLog) -> None:
    other = Desk(knowledge_of(log))
    answer = desk.submit(application())
    won = desk.advance(move(answer, NeedStatus.AGGREGATED))
    told = other.advance(move(answer, NeedStatus.REJECTED))
    assert not won.problems
    assert codes(told) == ["STALE_VERSION"]
    assert f"at version {won.version} since 市金融办 changed it, not at {answer.version}" in told.problems[0].message
    assert told.need == won.need
    assert told.version == won.version


def test_desks_of_other_processes_see_each_others_versions_at_once(desk: Desk, log: SqliteLog) -> None:
    other = Desk(knowledge_of(log))
    answer = other.submit(application("other"))
    for status in (NeedStatus.AGGREGATED, NeedStatus.CLASSIFIED, NeedStatus.RECOMMENDED):
        desk, other = other, desk
        answer = desk.advance(move(answer, status))
        assert not answer.problems


def test_many_moves_of_one_need_at_once_let_one_through(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: desk.advance(move(answer, NeedStatus.AGGREGATED)), range(8)))
    assert sorted(codes(one) for one in answers) == [[]] + [["STALE_VERSION"]] * 7
    assert len(knowledge.log.loads(answer.version)) == 1


def test_the_same_key_gets_the_same_answer_and_nothing_happens_twice(desk: Desk, knowledge: Knowledge) -> None:
    first = desk.submit(application())
    desk.advance(move(first, NeedStatus.AGGREGATED))
    head = knowledge.log.head()
    assert desk.submit(application()) == first
    assert desk.submit(application(actor="another", purpose=" 流动资金 ")) == first
    knowledge.refresh()
    assert desk.submit(application()) == first
    assert Desk(knowledge_of(knowledge.log)).submit(application()) == first
    assert knowledge.log.head() == head


def test_the_same_key_in_another_process_that_has_not_seen_it(desk: Desk, log: SqliteLog) -> None:
    other = Desk(knowledge_of(log))
    first = desk.submit(application())
    assert other.submit(application()) == first
    assert codes(other.submit(application(note="别的"))) == ["KEY_REUSED"]


def test_the_same_key_gets_the_same_answer_when_the_world_has_gone_on(desk: Desk, log: SqliteLog) -> None:
    first = desk.submit(application(needed_by=TODAY))
    load(log, "register", [Enterprise(id=FIRM, name="甲", valid_to=date(2025, 6, 2), valid_from=date(2020, 1, 1))])
    later = Desk(knowledge_of(log, clock=lambda: datetime(2025, 6, 3, 4, tzinfo=UTC)))
    assert later.submit(application(needed_by=TODAY)) == first
    assert codes(later.submit(application("new", needed_by=TODAY))) == ["BAD_DATE"]
    assert codes(later.submit(application("new"))) == ["UNKNOWN_ENTERPRISE"]


def test_one_key_submitted_at_once_is_one_need(desk: Desk, knowledge: Knowledge) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: desk.submit(application()), range(16)))
    assert len({one.version for one in answers}) == 1
    assert sum("FinancingNeed" in load.header.kinds for load in knowledge.log.loads()) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Money(1)},
        {"amount": Money.of(100, unit="万元", currency="USD")},
        {"instrument": Instrument.EQUITY},
        {"purpose": "别的"},
        {"tenor_min_days": None},
        {"needed_by": None},
        {"note": ""},
    ],
)
def test_the_same_key_with_other_content_is_a_problem(desk: Desk, changes: dict[str, Any]) -> None:
    desk.submit(application())
    answer = desk.submit(application(**changes))
    assert codes(answer) == ["KEY_REUSED"]
    assert answer.need is None
    assert "used before, by 甲公司, with other content" in answer.problems[0].message


def test_a_move_with_a_key_may_be_sent_again(desk: Desk) -> None:
    answer = desk.submit(application())
    wish = move(answer, NeedStatus.AGGREGATED, key="m1")
    done = desk.advance(wish)
    desk.advance(move(done, NeedStatus.CLASSIFIED))
    again = desk.advance(wish)
    assert again == done
    assert codes(desk.advance(replace(wish, note="other"))) == ["KEY_REUSED"]


def test_a_need_of_another_dataset_is_moved_from_where_it_stands(desk: Desk, knowledge: Knowledge) -> None:
    done = desk.advance(Move(OLD, NeedStatus.AGGREGATED, 0, "市金融办"))
    assert not done.problems
    knowledge.refresh()
    view = knowledge.view()
    assert view.record(view.require(OLD)) == done.need
    assert {one.source for one in view.statements(view.require(OLD))} == {DESK, "register"}
    assert stated_by(knowledge.snapshot, OLD)[0].need.amount is None
    assert codes(desk.advance(Move(OLD, NeedStatus.FUNDED, done.version, "x"))) == ["WRONG_MOVE"]


def test_a_need_and_a_firm_that_came_after_the_snapshot_are_found(desk: Desk, log: SqliteLog) -> None:
    new = FinancingNeed(
        id="financingNeed:new", enterprise=Ref("enterprise:2"), amount=Money(1), instrument=Instrument.DEBT
    )
    load(log, "register", [Enterprise(id="enterprise:2", name="乙"), new])
    assert not desk.submit(application(enterprise="enterprise:2")).problems
    assert desk.advance(Move(new.id, NeedStatus.APPLIED, 0, "x")).moves == MOVES[NeedStatus.APPLIED]


def test_a_recommendation_names_whom_and_funding_names_the_contract(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    for status in (NeedStatus.AGGREGATED, NeedStatus.CLASSIFIED):
        answer = desk.advance(move(answer, status))
    answer = desk.advance(move(answer, NeedStatus.RECOMMENDED, recommended=("institution:1", "institution:1")))
    answer = desk.advance(move(answer, NeedStatus.FUNDED, contracts=("loan:1",)))
    assert not answer.problems
    assert answer.need is not None
    knowledge.refresh()
    view = knowledge.view()
    need = view.require(answer.need.id)
    [recommended] = view.holders("RecommendedTo", "source", need).tolist()
    assert view.value(recommended, "target") == "institution:1"
    [fulfils] = view.holders("Fulfils", "target", need).tolist()
    assert view.value(fulfils, "source") == "loan:1"
    assert knowledge.log.loads()[-1].header.kinds == ("FinancingNeed", "Fulfils")


BAD = [
    (application(enterprise="enterprise:nobody"), "UNKNOWN_ENTERPRISE", "input.enterprise"),
    (application(enterprise="institution:1"), "UNKNOWN_ENTERPRISE", "input.enterprise"),
    (application(enterprise="甲"), "UNKNOWN_ENTERPRISE", "input.enterprise"),
    (application(amount=Money(0)), "BAD_AMOUNT", "input.amount"),
    (application(amount=Money(-1)), "BAD_AMOUNT", "input.amount"),
    (application(amount=Money(10**22)), "BAD_AMOUNT", "input.amount"),
    (application(purpose=" \n"), "BAD_PURPOSE", "input.purpose"),
    (application(purpose="长" * 2_001), "BAD_PURPOSE", "input.purpose"),
    (application(tenor_min_days=366), "BAD_TENOR", "input.tenorMinDays"),
    (application(tenor_min_days=-1), "BAD_TENOR", "input.tenorMinDays"),
    (application(tenor_max_days=2**31), "BAD_TENOR", "input.tenorMaxDays"),
    (application(needed_by=date(2025, 5, 31)), "BAD_DATE", "input.neededBy"),
    (application(key=" "), "BAD_KEY", "idempotencyKey"),
    (application(key="k" * 201), "BAD_KEY", "idempotencyKey"),
    (application(note="长" * 2_001), "BAD_NOTE", "note"),
    (application(actor=""), "BAD_NOTE", "actor"),
    (Move("financingNeed:nobody", NeedStatus.AGGREGATED, 0, "x"), "UNKNOWN_NEED", "id"),
    (Move("enterprise:1", NeedStatus.AGGREGATED, 0, "x"), "UNKNOWN_NEED", "id"),
    (Move("", NeedStatus.AGGREGATED, 0, "x"), "UNKNOWN_NEED", "id"),
    (Move(OLD, NeedStatus.AGGREGATED, 7, "x"), "STALE_VERSION", "expectedVersion"),
    (Move(OLD, NeedStatus.AGGREGATED, -1, "x"), "STALE_VERSION", "expectedVersion"),
    (Move(OLD, NeedStatus.AGGREGATED, 0, "x", recommended=("institution:1",)), "UNKNOWN_RECORD", "recommendedTo"),
    (Move(OLD, NeedStatus.RECOMMENDED, 0, "x", recommended=("loan:1",)), "UNKNOWN_RECORD", "recommendedTo"),
    (Move(OLD, NeedStatus.FUNDED, 0, "x", contracts=("loan:9",)), "UNKNOWN_RECORD", "contracts"),
]


@pytest.fixture(scope="module")
def quiet() -> Knowledge:
    """A town in which nothing happens."""
    return town(MemoryLog())


@pytest.mark.parametrize(("wish", "code", "field"), BAD)
def test_what_cannot_be_meant_is_a_problem_that_names_the_argument(
    quiet: Knowledge, wish: Submission | Move, code: str, field: str
) -> None:
    desk, head = Desk(quiet), quiet.log.head()
    answer = desk.submit(wish) if isinstance(wish, Submission) else desk.advance(wish)
    assert (codes(answer), answer.problems[0].field) == ([code], field)
    assert answer.problems[0].message
    assert answer.problems[0].remedy
    assert quiet.log.head() == head


def test_all_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    answer = desk.submit(application(amount=Money(0), purpose="", key=""))
    assert codes(answer) == ["BAD_KEY", "BAD_AMOUNT", "BAD_PURPOSE"]


def test_after_an_undo_the_need_stands_where_it_stood(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    moved = desk.advance(move(answer, NeedStatus.AGGREGATED))
    undone = undo(knowledge, moved.version, actor="operator")
    told = desk.advance(move(moved, NeedStatus.CLASSIFIED))
    assert codes(told) == ["STALE_VERSION"]
    assert undone.load is not None
    assert told.version == undone.load.seq
    assert told.need == answer.need
    assert not desk.advance(move(told, NeedStatus.AGGREGATED)).problems


def test_after_the_desk_is_withdrawn_its_needs_are_unknown(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application())
    withdraw(knowledge, DESK, actor="operator")
    assert codes(desk.advance(move(answer, NeedStatus.AGGREGATED))) == ["UNKNOWN_NEED"]


def test_a_notes_words_do_not_reach_the_rules_of_undoing(desk: Desk, knowledge: Knowledge) -> None:
    answer = desk.submit(application(note="x; confirms 1-99999999999"))
    assert undo(knowledge, answer.version, actor="operator").retracted == {"FinancingNeed": 1}


STEPS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(list(NeedStatus)), st.booleans()), max_size=12)


@settings(max_examples=FEW_WORLDS)
@given(STEPS)
def test_every_history_is_a_path_of_the_machine_whatever_is_tried(steps: list[tuple[int, NeedStatus, bool]]) -> None:
    log = MemoryLog()
    knowledge = town(log)
    desks = [Desk(knowledge), Desk(knowledge_of(log))]
    needs = [desks[0].submit(application(str(number))) for number in range(3)]
    stale = list(needs)
    for number, to, old in steps:
        answer = desks[number % 2].advance(move((stale if old else needs)[number], to))
        if not answer.problems:
            stale[number], needs[number] = needs[number], answer
    knowledge.refresh()
    for answer in needs:
        assert answer.need is not None
        states = [one.need.status for one in stated_by(knowledge.snapshot, answer.need.id)]
        assert is_path([status for status in states if status is not None])
        assert states[-1] == answer.need.status


def test_an_error_of_the_store_reaches_the_caller(desk: Desk, log: SqliteLog) -> None:
    log.close()
    with pytest.raises(StoreUnavailable):
        desk.submit(application())


def test_problem_codes_are_documented() -> None:
    assert all("·" in code.value for code in ProblemCode)
