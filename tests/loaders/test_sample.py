"""The sample as `luoshu run` loads it: city, plan, and what came after; who is responsible today, and what is left open."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from graph.knowledge import Knowledge
from graph.ontology import Ontology
from graph.view import View
from loaders.city.generator import DEFAULT_DAY
from loaders.registry import open_source
from loaders.runner import run
from loaders.sample import PLAN
from loaders.sample.follow_up import ASSESSMENTS, POLICY, SOURCE, write_follow_up
from queries.accountability import accountability
from queries.policy.document_number import require_policy
from queries.policy_document import policy_units
from queries.succession import Doubt, succession
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """The plan and what came after it, on the city's day."""
    noon = datetime(DEFAULT_DAY.year, DEFAULT_DAY.month, DEFAULT_DAY.day, 4, tzinfo=UTC)
    knowledge: Knowledge = knowledge_of(MemoryLog(), clock=lambda: noon)
    folder = write_follow_up(tmp_path_factory.mktemp("follow-up"), DEFAULT_DAY)
    for name, path, options in (("plan", PLAN, {}), ("tabular", folder, {"source": SOURCE})):
        assert run(knowledge, open_source(name, path, Ontology.current(), options), actor="tests").is_clean
        knowledge.refresh()
    return knowledge.view(DEFAULT_DAY)


def today(view: View, unit: str) -> list[str]:
    found = succession(view, view.require(f"governmentUnit:{unit}"))
    return [view.value(one, "name") for one in found.units]


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_follow_up(tmp_path / name, date(2026, 3, 1)) for name in ("one", "two"))
    assert [file.read_bytes() for file in sorted(one.iterdir())] == [
        file.read_bytes() for file in sorted(two.iterdir())
    ]


def test_every_unit_and_measure_that_it_speaks_of_is_there(view: View) -> None:
    assert view.handles("SucceededBy").size == 7
    assessed = view.handles("Assessment")
    assert (view.refs(assessed, "measure") >= 0).all()
    assert assessed.size == len(ASSESSMENTS)


def test_a_chain_a_split_an_undated_and_an_announced_reform(view: View) -> None:
    assert today(view, "云舟银监分局") == ["国家金融监督管理总局云舟监管分局"]
    assert today(view, "云舟市国资委") == ["云舟市国有资本监管中心", "云舟市财政局"]
    assert today(view, "云舟市农业农村局") == ["云舟市农业农村局"]
    doubts = succession(view, view.require("governmentUnit:云舟市农业农村局")).doubts
    assert [one.kind for one in doubts] == [Doubt.UNDATED]
    assert today(view, "云舟高新区管委会") == ["云舟高新区管委会"]
    assert len(succession(view, view.require("governmentUnit:云舟高新区管委会")).announced) == 1


def test_the_plan_s_units_are_who_they_are_today(view: View) -> None:
    units = {view.value(one.unit, "name"): one for one in policy_units(view, require_policy(view, POLICY))}
    passed = {name for name, one in units.items() if one.today and one.unit not in one.today.units}
    assert passed == {"云舟市金融局", "云舟市国资委"}


def test_a_successor_has_the_old_unit_s_measures_and_both_assessments(view: View) -> None:
    found = accountability(view, "云舟市金融工作委员会办公室")
    assert [view.value(one.measure, "number") for one in found.measures] == [4, 5, 6, 8, 12]
    assert [view.value(one, "period") for one in found.measures[0].assessments] == ["2024", "2025"]
    [target] = found.measures[0].targets
    assert view.value(target.target, "printed") == "15家"
