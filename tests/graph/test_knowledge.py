"""Knowledge: which moment a view is of, and that views last while nothing they rest on changes."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from graph.errors import InvalidInput
from graph.kinds.identity import Dataset, SameAs
from graph.kinds.parties import Enterprise, Supplies
from graph.knowledge import Knowledge
from graph.records import Ref
from graph.resolution import KindView
from tests.graph.build import TODAY, knowledge_of, load, withdraw
from tests.graph.memory_log import START, MemoryLog


def firm(key: str = "a", name: str = "甲") -> Enterprise:
    return Enterprise(id=f"enterprise:{key}", name=name)


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    load(log, "register", [firm(), firm("b"), Supplies(source=Ref("enterprise:a"), target=Ref("enterprise:b"))])
    return log


@pytest.fixture
def knowledge(log: MemoryLog) -> Knowledge:
    return knowledge_of(log)


def test_the_present_is_today_as_known_by_the_last_load(knowledge: Knowledge, log: MemoryLog) -> None:
    view = knowledge.view()
    assert (view.as_of, view.known_at, view.seq) == (TODAY, log.head().recorded_at, 1)


def test_today_is_the_day_in_the_services_time_zone(log: MemoryLog) -> None:
    late = datetime(2025, 6, 1, 16, 30, tzinfo=UTC)
    assert knowledge_of(log, clock=lambda: late).view().as_of == date(2025, 6, 2)
    assert knowledge_of(log, clock=lambda: late, timezone="UTC").view().as_of == date(2025, 6, 1)


def test_nothing_is_known_before_the_first_load(knowledge: Knowledge) -> None:
    view = knowledge.view(known_at=START)
    assert (view.seq, view.handles("Enterprise").size, view.find("enterprise:a")) == (0, 0, -1)


def test_a_moment_without_a_time_zone_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(InvalidInput, match="has no time zone"):
        knowledge.view(known_at=datetime(2025, 1, 1))


def test_a_log_without_loads_is_empty_knowledge() -> None:
    view = knowledge_of(MemoryLog()).view()
    assert (view.seq, view.handles("Enterprise").size, view.locate("enterprise:a")) == (0, 0, -1)


def test_in_the_future_no_more_is_known_than_now(knowledge: Knowledge) -> None:
    later = START + timedelta(days=10_000)
    view = knowledge.view(known_at=later)
    assert (view.seq, view.known_at) == (1, later)


def test_between_two_loads_the_first_is_known(knowledge: Knowledge, log: MemoryLog) -> None:
    first = log.head().recorded_at
    load(log, "register", [firm(name="新")])
    knowledge.refresh()
    view = knowledge.view(known_at=first + timedelta(minutes=30))
    assert (view.seq, view.value(view.require("enterprise:a"), "name")) == (1, "甲")


def test_loads_of_one_moment_are_known_together(knowledge: Knowledge, log: MemoryLog) -> None:
    moment = log.head().recorded_at
    load(log, "register", [firm(name="新")], recorded_at=moment)
    knowledge.refresh()
    assert knowledge.view(known_at=moment).seq == 2


def test_a_view_is_made_once(knowledge: Knowledge) -> None:
    assert knowledge.view().kind_view("Enterprise") is knowledge.view().kind_view("Enterprise")


def test_a_view_says_the_moment_that_it_was_asked_for(knowledge: Knowledge) -> None:
    moments = [START + timedelta(days=days) for days in (1, 2)]
    assert [knowledge.view(known_at=moment).known_at for moment in moments] == moments


def test_the_views_that_were_asked_for_last_are_kept(log: MemoryLog) -> None:
    knowledge = knowledge_of(log, max_views=2)
    first = knowledge.view(date(2024, 1, 1)).kind_view("Enterprise")
    for year in (2023, 2022):
        knowledge.view(date(2024, 1, 1)).kind_view("Enterprise")
        knowledge.view(date(year, 1, 1))
    assert knowledge.view(date(2024, 1, 1)).kind_view("Enterprise") is first


def test_tomorrow_can_be_made_ready(knowledge: Knowledge) -> None:
    assert knowledge.prepare_tomorrow().as_of == date(2025, 6, 2)


# refreshing


def resolved(knowledge: Knowledge, kind: str) -> KindView:
    return knowledge.view().prepare().kind_view(kind)


def test_a_refresh_without_loads_changes_nothing(knowledge: Knowledge) -> None:
    before, view = knowledge.snapshot, knowledge.view()
    assert knowledge.refresh() is before
    assert knowledge.view() is view


def test_a_refresh_shares_what_the_new_loads_did_not_touch(knowledge: Knowledge, log: MemoryLog) -> None:
    before, links = knowledge.snapshot, resolved(knowledge, "Supplies")
    load(log, "register", [firm(name="新")])
    knowledge.refresh()
    assert knowledge.snapshot.tables["Supplies"] is before.tables["Supplies"]
    assert resolved(knowledge, "Supplies") is links


def test_a_running_question_keeps_its_snapshot(knowledge: Knowledge, log: MemoryLog) -> None:
    view = knowledge.view()
    load(log, "register", [firm(name="新")])
    knowledge.refresh()
    assert view.value(view.require("enterprise:a"), "name") == "甲"
    assert knowledge.view().value(knowledge.view().require("enterprise:a"), "name") == "新"


def test_a_view_of_the_past_outlasts_a_refresh(knowledge: Knowledge, log: MemoryLog) -> None:
    moment = log.head().recorded_at
    load(log, "register", [firm("c")])
    knowledge.refresh()
    past = knowledge.view(known_at=moment).kind_view("Enterprise")
    load(log, "register", [firm("d")])
    knowledge.refresh()
    assert knowledge.view(known_at=moment).kind_view("Enterprise") is past


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        (SameAs(source=Ref("enterprise:a"), target=Ref("enterprise:b")), ["甲"]),
        (Dataset(id="dataset:register", name="登记"), ["甲", "甲"]),
        (firm("c", "丙"), ["甲", "甲", "丙"]),
    ],
)
def test_a_refreshed_view_is_right_whatever_was_stated(
    knowledge: Knowledge, log: MemoryLog, stated: Enterprise, names: list[str]
) -> None:
    resolved(knowledge, "Enterprise")
    load(log, "person", [stated])
    knowledge.refresh()
    view = knowledge.view()
    assert view.texts(view.handles("Enterprise"), "name").to_list() == names


def test_a_withdrawal_reaches_the_present_view(knowledge: Knowledge, log: MemoryLog) -> None:
    resolved(knowledge, "Supplies")
    withdraw(log, "register")
    knowledge.refresh()
    assert knowledge.view().handles("Supplies").size == 0


def test_links_leave_with_their_ends(knowledge: Knowledge, log: MemoryLog) -> None:
    resolved(knowledge, "Supplies")
    load(log, "register", [firm("b")], ops={"op": [2]})
    knowledge.refresh()
    assert knowledge.view().handles("Supplies").size == 0


def test_many_small_loads_are_as_one(knowledge: Knowledge, log: MemoryLog) -> None:
    for number in range(40):
        load(log, "register", [firm(f"x{number % 7}", f"企业{number}")])
        knowledge.refresh()
    view = knowledge.view()
    names = view.texts(view.handles("Enterprise"), "name").to_list()
    assert sorted(names[2:]) == sorted(f"企业{number}" for number in range(33, 40))


def test_whoever_asks_during_refreshes_sees_one_state_of_things(log: MemoryLog) -> None:
    knowledge = knowledge_of(log)
    firms = [f"f{number}" for number in range(50)]
    load(log, "register", [firm(key, "0") for key in firms])
    knowledge.refresh()
    seen: list[set[str]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            view = knowledge.view()
            handles = view.handles("Enterprise")
            seen.append(set(view.texts(handles, "name").to_list()) - {"甲"})

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for number in range(1, 15):
        load(log, "register", [firm(key, str(number)) for key in firms])
        knowledge.refresh()
    over.set()
    for asker in askers:
        asker.join()
    assert {len(names) for names in seen} == {1}


def test_a_folder_that_cannot_be_written_does_without(log: MemoryLog, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    knowledge = knowledge_of(log, directory=tmp_path / "file")
    assert knowledge.view().handles("Enterprise").size == 2
    knowledge.close()


def test_a_closed_knowledge_lets_go_of_its_views(knowledge: Knowledge) -> None:
    view = knowledge.view()
    knowledge.close()
    assert knowledge.view() is not view
