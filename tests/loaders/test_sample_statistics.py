"""The statistics of the sample: how far its plan has come, as `luoshu run` shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from graph.knowledge import Knowledge
from graph.view import View
from loaders.city.generator import DEFAULT_DAY
from loaders.sample import load_sample
from loaders.sample.statistics import write_association, write_statistics
from queries.disclosure import disclosure, disclosure_coverage
from queries.financing.terms import Ternary
from queries.inventory.categories import DisclosureState
from queries.list_completeness import list_completeness
from queries.pool_inventory import pool_inventory
from queries.progress.figures import ProgressStatus
from queries.progress.progress import TargetProgress
from queries.target_progress import target_progress
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog

MET, NOT_MET, NOT_STATED = ProgressStatus.MET, ProgressStatus.NOT_MET, ProgressStatus.NOT_STATED
FIRMS = [f"enterprise:{number:04d}" for number in range(1_000)]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """The whole sample on the city's day."""
    noon = datetime(DEFAULT_DAY.year, DEFAULT_DAY.month, DEFAULT_DAY.day, 4, tzinfo=UTC)
    knowledge: Knowledge = knowledge_of(MemoryLog(), clock=lambda: noon)
    folder = tmp_path_factory.mktemp("sample")
    assert all(report.is_clean for report in load_sample(knowledge, folder / "sample", folder / "quarantine"))
    knowledge.refresh()
    return knowledge.view(DEFAULT_DAY)


@pytest.fixture(scope="module")
def targets(view: View) -> dict[int, TargetProgress]:
    return {one.target.number: one for one in target_progress(view)}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    day = date(2026, 3, 1)
    for name in ("one", "two"):
        write_statistics(tmp_path / name, day, FIRMS)
        write_association(tmp_path / f"association-{name}", day)
    for kind in ("", "association-"):
        one, two = (
            [file.read_bytes() for file in sorted((tmp_path / f"{kind}{name}").iterdir())] for name in ("one", "two")
        )
        assert one == two


def test_before_the_plan_there_is_nothing_to_tell_of_it(tmp_path: Path) -> None:
    write_statistics(tmp_path, date(2023, 6, 1), [])
    assert not (tmp_path / "observations.csv").exists()
    assert (tmp_path / "targets.csv").exists()


def test_targets_are_met_not_met_and_not_stated(targets: dict[int, TargetProgress]) -> None:
    by_status = {
        status: [number for number, one in targets.items() if one.status is status] for status in ProgressStatus
    }
    assert by_status[MET] == [2, 6, 8, 19]
    assert by_status[NOT_STATED] == [4, 10, 11, 12, 17]
    assert len(by_status[NOT_MET]) == 10


def test_a_level_is_on_track_and_two_sources_tell_of_it(targets: dict[int, TargetProgress]) -> None:
    found = targets[1]
    assert (found.on_track, found.value) == (Ternary.YES, Decimal("26.4"))
    assert [one.source for one in found.evidence[0].readings] == ["sample-statistics", "sample-bankers-association"]


def test_a_broken_series_is_not_bridged_and_a_conflict_is_said(targets: dict[int, TargetProgress]) -> None:
    assert len(targets[4].breaks) == 1
    assert targets[12].evidence[0].is_in_conflict


def test_contracts_do_not_come_to_what_is_reported(targets: dict[int, TargetProgress]) -> None:
    assert (targets[13].value, targets[13].difference) == (Decimal("38.9"), Decimal("1.2"))
    assert targets[16].difference == 0
    assert targets[14].reported is None


def test_lists_are_complete_and_not(view: View) -> None:
    found = {view.value(one.list, "name"): one for one in list_completeness(view)}
    assert (found["市重点产业链名录"].complete, found["市重点产业链名录"].lacking) == (Ternary.NO, 6)
    assert (found["拟投企业储备库"].complete, found["拟投企业储备库"].surplus) == (Ternary.YES, 3)
    assert {one.complete for one in found.values()} == set(Ternary)


def test_pools_are_idle_and_have_paid_losses(view: View) -> None:
    found = pool_inventory(view)
    assert {one.idle for one in found} == {Ternary.YES, Ternary.NO}
    assert sum(one.loss_paid is None for one in found) == 3
    assert any(one.loss_paid for one in found)


def test_disclosures_are_fresh_stale_undated_and_missing(view: View) -> None:
    coverage = disclosure_coverage(view)
    assert len(coverage) == 10
    assert all(one.fresh and one.stale and one.missing for one in coverage if one.category.name != "FINANCING_NEED")
    assert sum(one.undated for one in coverage) > 0
    firm = next(
        view.id_of(one)
        for one in view.refs(view.handles("Observation"), "subject").tolist()
        if view.has_kind(one, "Enterprise")
    )
    states = {one.state for one in disclosure(view, firm)}
    assert {DisclosureState.MISSING, DisclosureState.FRESH} & states
