"""What passes over the city's needs desk: every state with its way, recommendations, events that led to something, consultations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from graph.desk_statements import NEED
from graph.kinds.demand_side import NeedStatus
from graph.knowledge import Knowledge
from graph.view import View
from loaders.city import generate_city
from loaders.city.generator import DEFAULT_DAY
from loaders.runner import run
from loaders.tabular.extract import TabularLoader
from queries.consultations import consultations
from queries.matchmaking import matchmaking
from queries.need_history import history_of
from queries.needs_desk import needs_desk
from tests.graph.memory_log import MemoryLog
from tests.need_paths import is_path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("city")
    generate_city(made, scale=1)
    return made


@pytest.fixture(scope="module")
def view(folder: Path) -> Iterator[View]:
    knowledge = Knowledge.open(MemoryLog(), directory=None)
    report = run(
        knowledge, TabularLoader().extract(folder, knowledge.snapshot.ontology, {"source": "city"}), actor="tests"
    )
    assert report.is_clean
    knowledge.refresh()
    yield knowledge.view(DEFAULT_DAY)
    knowledge.close()


def desk_needs(view: View) -> list[int]:
    return [one for one in view.handles(NEED).tolist() if view.id_of(one).startswith("financingNeed:desk-")]


def test_the_needs_of_before_are_as_they_were(folder: Path) -> None:
    needs = pl.read_csv(folder / "financingNeeds.csv", infer_schema=False)
    assert needs["id"].head(200).to_list() == [f"need-{number:07d}" for number in range(1, 201)]
    assert needs["validFrom"].head(200).null_count() == 200


def test_every_state_is_there_and_every_history_is_a_path_of_the_machine(view: View) -> None:
    histories = [history_of(view, one) for one in desk_needs(view)]
    assert len(histories) == 70
    assert {one.states[-1].status for one in histories} == set(NeedStatus)
    assert all(is_path([state.status for state in one.states]) for one in histories)
    assert all(state.since is not None for one in histories for state in one.states)


def test_the_figures_have_something_to_tell(view: View) -> None:
    found = needs_desk(view)
    medians = {one.status: one.median_hours for one in found.states}
    assert all(medians[status] for status in list(NeedStatus)[:4])
    assert found.stuck
    assert any(0 < one.funded < one.needs for one in found.conversions)
    assert any(one.funded_unstated for one in found.conversions)


def test_something_followed_from_an_event(view: View) -> None:
    events = [matchmaking(view, view.id_of(one)) for one in view.handles("Event").tolist()]
    assert [one.is_over for one in events].count(False) >= 1
    followed = [deal for event in events for shown in event.presentations for deal in shown.followed]
    assert {deal.attended for deal in followed} == {True, False}
    assert any(shown.moves for event in events for shown in event.presentations)
    assert any(shown.subject < 0 for event in events for shown in event.presentations)


def test_some_firms_whose_loans_fall_due_have_a_case(view: View) -> None:
    found = consultations(view)
    assert {bool(one.cases) for one in found} == {True, False}
    assert any(one.concerned for one in found)
