"""The bulk writer's lease: one at a time, kept alive in the background, given back at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import LeaseLost, LoadInProgress
from graph.leasing import Leased
from graph.log import Log
from graph.sqlite_log import SqliteLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with SqliteLog(tmp_path / "log.sqlite") as log:
        yield log


def test_a_second_writer_is_told_who_loads(log: Log) -> None:
    with Leased(log, "night job"), pytest.raises(LoadInProgress, match="night job"), Leased(log, "somebody"):
        pass


def test_the_lease_is_given_back(log: Log) -> None:
    with Leased(log, "first"):
        pass
    with Leased(log, "second") as second:
        assert second.lease.token == 2


def test_the_lease_is_given_back_after_a_failure(log: Log) -> None:
    with pytest.raises(ZeroDivisionError), Leased(log, "first"):
        raise ZeroDivisionError
    with Leased(log, "second") as second:
        assert second.lease.token == 2


def test_the_lease_outlasts_its_time_while_its_holder_lives(log: Log) -> None:
    with Leased(log, "first", ttl=0.3) as first:
        time.sleep(0.8)
        with pytest.raises(LoadInProgress):
            log.acquire("second")
        assert first.lease.token == 1


def is_lost(leased: Leased) -> bool:
    try:
        return leased.lease.token != 1
    except LeaseLost:
        return True


def test_a_lease_that_was_taken_over_is_noticed(log: Log) -> None:
    with Leased(log, "first", ttl=0.3) as first:
        log.release(first.lease)
        log.acquire("second")
        deadline = time.monotonic() + 10
        while not is_lost(first) and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(LeaseLost, match="second"):
            _ = first.lease


def test_no_lease_is_held_before_the_block(log: Log) -> None:
    with pytest.raises(LeaseLost, match="enter the block"):
        _ = Leased(log, "first").lease
