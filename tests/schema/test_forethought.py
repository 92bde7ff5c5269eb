"""What is solved before anybody asks."""

import time
from collections.abc import Iterator
from datetime import date

import pytest

from graph.kinds.parties import Fund
from graph.view import View
from queries.coverage.solution import is_solved
from schema.forethought import Forethought
from tests.graph.build import view_of


def view(day: int = 1) -> View:
    return view_of(Fund(id="fund:one", name="one"), as_of=date(2025, 6, day))


def soon(view: View) -> bool:
    """Whether a view is solved within the time that a slow machine may take."""
    deadline = time.monotonic() + 30
    while not is_solved(view) and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_solved(view)


@pytest.fixture
def at_once() -> Iterator[Forethought]:
    forethought = Forethought(quiet_seconds=0.01)
    forethought.start()
    yield forethought
    forethought.stop(30)


def test_view_is_solved_before_anybody_asks(at_once: Forethought) -> None:
    asked = view()
    assert not is_solved(asked)
    at_once.of(asked)
    assert soon(asked)


def test_each_day_has_its_own() -> None:
    forethought = Forethought(quiet_seconds=0.01)
    views = [view(day) for day in (1, 2)]
    for one in views:
        forethought.of(one)
    forethought.start()
    assert all(map(soon, views))
    forethought.stop(30)


def test_newer_view_of_a_day_takes_the_place_of_the_older() -> None:
    forethought = Forethought(quiet_seconds=0.01)
    older, newer = view(), view()
    forethought.of(older)
    forethought.of(newer)
    forethought.start()
    assert soon(newer)
    forethought.stop(30)
    assert not is_solved(older)


def test_what_still_waits_is_left_when_the_service_ends() -> None:
    forethought = Forethought(quiet_seconds=60)
    waiting = view()
    forethought.start()
    forethought.of(waiting)
    forethought.stop(30)
    assert not is_solved(waiting)


def test_end_before_the_beginning_is_no_error() -> None:
    Forethought().stop(1)
