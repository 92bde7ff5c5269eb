"""The way of a need through the desk, as the log tells it: at the desk by loads, of other datasets by dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from graph.batch import Statement
from graph.desk import Desk
from graph.desk_wishes import Move, Submission
from graph.errors import NotFound
from graph.kinds.demand_side import FinancingNeed, NeedStatus
from graph.kinds.parties import Enterprise
from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.log import Log
from graph.money import Money
from graph.records import Record, Ref
from queries.need_history import NeedHistory, need_history, version_of
from tests.graph.build import knowledge_of, load, view_of
from tests.graph.memory_log import START, MemoryLog

FIRM = "enterprise:1"
NEED = "financingNeed:1"
APPLIED, AGGREGATED, CLASSIFIED, RECOMMENDED, FUNDED, REJECTED, WITHDRAWN = NeedStatus
HOUR = timedelta(hours=1)
NOON = datetime(2024, 3, 1, 4, tzinfo=UTC)


def need(status: NeedStatus | None, since: date | None = None, submitted: date | None = None) -> FinancingNeed:
    return FinancingNeed(
        id=NEED,
        enterprise=Ref(FIRM),
        amount=Money(100),
        instrument=Instrument.DEBT,
        status=status,
        submitted_on=submitted,
        valid_from=since,
    )


def firm() -> Enterprise:
    return Enterprise(id=FIRM, name="甲")


def told(*stated: Record | Statement, as_of: date = date(2025, 6, 1)) -> NeedHistory:
    return need_history(view_of(firm(), *stated, as_of=as_of), NEED)


def statuses(history: NeedHistory) -> list[NeedStatus]:
    return [one.status for one in history.states]


def desk_of(log: Log, day: date = date(2024, 3, 1)) -> tuple[Knowledge, Desk]:
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    knowledge = knowledge_of(log, clock=lambda: noon)
    return knowledge, Desk(knowledge)


def test_dated_versions_are_states_from_their_days_in_china() -> None:
    history = told(
        need(APPLIED, date(2025, 1, 1)), need(AGGREGATED, date(2025, 1, 5)), need(REJECTED, date(2025, 2, 1))
    )
    assert statuses(history) == [APPLIED, AGGREGATED, REJECTED]
    assert [one.since for one in history.states] == [
        datetime(2024, 12, 31, 16, tzinfo=UTC),
        datetime(2025, 1, 4, 16, tzinfo=UTC),
        datetime(2025, 1, 31, 16, tzinfo=UTC),
    ]
    assert [one.until for one in history.states] == [*(one.since for one in history.states[1:]), None]
    assert [one.is_move for one in history.states] == [True, True, True]
    assert history.moves == ()
    assert history.version == 0


def test_an_application_without_a_date_counts_from_its_submission() -> None:
    [state] = told(need(APPLIED, submitted=date(2025, 1, 1))).states
    assert state.since == datetime(2024, 12, 31, 16, tzinfo=UTC)


def test_a_state_without_a_date_is_not_dated() -> None:
    [state] = told(need(CLASSIFIED, submitted=date(2025, 1, 1))).states
    assert (state.since, state.until, state.is_move) == (None, None, None)


def test_a_need_without_a_state_has_none_and_may_only_be_taken_in() -> None:
    history = told(need(None))
    assert history.states == ()
    assert history.moves == (APPLIED,)


def test_what_is_stated_again_is_no_new_state() -> None:
    assert statuses(told(need(APPLIED, date(2025, 1, 1)), need(APPLIED, date(2025, 1, 9)))) == [APPLIED]


def test_a_jump_that_the_machine_does_not_know_is_shown_as_one() -> None:
    history = told(need(APPLIED, date(2025, 1, 1)), need(FUNDED, date(2025, 1, 2)))
    assert [one.is_move for one in history.states] == [True, False]


def test_the_future_is_not_told() -> None:
    stated = (need(APPLIED, date(2025, 1, 1)), need(AGGREGATED, date(2025, 7, 1)))
    assert statuses(told(*stated, as_of=date(2025, 6, 30))) == [APPLIED]
    assert statuses(told(*stated, as_of=date(2025, 7, 1))) == [APPLIED, AGGREGATED]


def test_a_correction_by_another_dataset_leaves_no_state_behind() -> None:
    log = MemoryLog()
    load(log, "bank", [firm(), need(CLASSIFIED, date(2024, 1, 1))])
    load(log, "bank", [need(AGGREGATED, date(2024, 1, 1))])
    view = knowledge_of(log).view()
    assert statuses(need_history(view, NEED)) == [AGGREGATED]
    before = knowledge_of(log).view(known_at=START + HOUR)
    assert statuses(need_history(before, NEED)) == [CLASSIFIED]


def test_moves_of_one_day_at_the_desk_are_all_told_with_hour_hand_and_note() -> None:
    log = MemoryLog()
    load(log, "register", [firm()])
    knowledge, desk = desk_of(log)
    wish = Submission(FIRM, Money(100), Instrument.DEBT, "周转", "k", "甲公司", note="急")
    answer = desk.submit(wish)
    assert answer.need is not None
    for to, note in ((AGGREGATED, "一"), (CLASSIFIED, "二")):
        answer = desk.advance(Move(wish.need_id, to, answer.version, "金融办", note))
    knowledge.refresh()
    view = knowledge.view()
    history = need_history(view, wish.need_id)
    assert [(one.status, one.actor, one.note) for one in history.states] == [
        (APPLIED, "甲公司", "急"),
        (AGGREGATED, "金融办", "一"),
        (CLASSIFIED, "金融办", "二"),
    ]
    times = [one.since for one in history.states]
    assert times == [one.recorded_at for one in history.states]
    assert times[1] is not None
    assert times[2] == times[1] + HOUR
    assert history.version == answer.version == history.states[-1].load
    assert history.moves == answer.moves
    earlier = knowledge.view(seq=history.states[0].load)
    assert statuses(need_history(earlier, wish.need_id)) == [APPLIED]
    assert version_of(earlier, earlier.find(wish.need_id)) == history.states[0].load


def test_the_desk_goes_on_where_another_dataset_ended() -> None:
    log = MemoryLog()
    load(log, "bank", [firm(), need(APPLIED, date(2023, 12, 1)), need(AGGREGATED, date(2023, 12, 20))])
    knowledge, desk = desk_of(log)
    answer = desk.advance(Move(NEED, CLASSIFIED, 0, "金融办"))
    assert not answer.problems
    knowledge.refresh()
    history = need_history(knowledge.view(), NEED)
    assert [(one.status, one.source, one.is_move) for one in history.states] == [
        (APPLIED, "bank", True),
        (AGGREGATED, "bank", True),
        (CLASSIFIED, "needs-desk", True),
    ]


def test_a_need_that_is_not_there_has_no_history() -> None:
    with pytest.raises(NotFound):
        told()
