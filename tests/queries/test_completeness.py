"""What a search may spend, and what a cut answer says."""

import pytest

from graph.errors import InvalidInput, LimitExceeded
from queries.completeness import Budget, Completeness, IncompleteReason, Meter


def test_search_within_its_budget_is_complete() -> None:
    meter = Meter(Budget(expansions=10))
    assert meter.take(10, 1) == 10
    assert meter.answer(4) == Completeness(True, None, 10, 4)


def test_cut_by_expansions_says_so_and_how_deep_all_was_seen() -> None:
    meter = Meter(Budget(expansions=10))
    assert [meter.take(7, 1), meter.take(7, 2), meter.take(1, 3)] == [7, 3, 0]
    assert meter.answer(4) == Completeness(False, IncompleteReason.BUDGET, 10, 1)


def test_repeated_step_leaves_a_fifth_to_what_comes_after_it() -> None:
    meter = Meter(Budget(expansions=10))
    assert meter.take(20, 3, repeated=True) == 8
    assert meter.take(2, 4) == 2


def test_deadline_is_a_cut_of_its_own() -> None:
    now = [0.0]
    meter = Meter(Budget(milliseconds=500), clock=lambda: now[0])
    assert meter.take(1, 1) == 1
    now[0] = 0.6
    assert meter.take(1, 2) == 0
    assert meter.answer(3).reason is IncompleteReason.TIME


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("expansions", "expansions"),
        ("milliseconds", "milliseconds"),
        ("max_steps", "maxSteps"),
        ("max_paths", "maxPaths"),
    ],
)
def test_budget_below_one_is_refused(name: str, shown: str) -> None:
    with pytest.raises(InvalidInput, match=rf"budget\.{shown} 0 allows no search"):
        Budget(**{name: 0}).checked()


def test_budget_above_the_service_limit_is_refused() -> None:
    with pytest.raises(LimitExceeded, match=r"50001 is above 50000"):
        Budget(expansions=50_001).checked()
