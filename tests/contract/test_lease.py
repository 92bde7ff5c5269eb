"""The lease of the one bulk writer, on every store."""

from datetime import UTC, datetime, timedelta

import pytest

from graph.errors import LeaseLost, LoadInProgress
from graph.log import Counts, Log
from tests.contract.logs import header, state

PAST = -1.0


def test_a_second_bulk_writer_is_told_who_holds_the_lease_and_until_when(log: Log) -> None:
    lease = log.acquire("the night load", ttl=90.0)
    with pytest.raises(LoadInProgress) as refused:
        log.acquire("the day load")
    assert "the night load" in refused.value.message
    assert f"{lease.expires_at:%Y-%m-%dT%H:%M:%S}" in refused.value.message
    assert refused.value.retryable


def test_a_lease_ends_after_its_time(log: Log) -> None:
    lease = log.acquire("the night load", ttl=90.0)
    assert abs(lease.expires_at - datetime.now(UTC) - timedelta(seconds=90)) < timedelta(seconds=60)


def test_the_same_owner_is_not_let_in_twice(log: Log) -> None:
    log.acquire("the night load")
    with pytest.raises(LoadInProgress, match="the night load"):
        log.acquire("the night load")


def test_a_lease_that_was_given_back_is_free(log: Log) -> None:
    first = log.acquire("first")
    log.release(first)
    assert log.acquire("second").token > first.token


def test_a_lease_that_ran_out_is_taken_over_by_a_greater_token(log: Log) -> None:
    first = log.acquire("first", ttl=PAST)
    second = log.acquire("second")
    assert second.token > first.token


def test_a_load_with_an_old_token_cannot_finish(log: Log) -> None:
    old = log.acquire("slow", ttl=PAST)
    load_id = log.begin(header())
    new = log.acquire("quick")
    with pytest.raises(LeaseLost, match="quick holds it now"):
        log.finish(load_id, compared_at=0, counts=Counts(), lease=old)
    assert log.head().seq == 0
    assert log.finish(load_id, compared_at=0, counts=Counts(), lease=new).seq == 1


def test_a_lease_that_ran_out_still_serves_while_nobody_took_it(log: Log) -> None:
    lease = log.acquire("slow", ttl=PAST)
    assert log.finish(log.begin(header()), compared_at=0, counts=Counts(), lease=lease).seq == 1


def test_renewing_keeps_others_out(log: Log) -> None:
    lease = log.acquire("slow", ttl=PAST)
    renewed = log.renew(lease, ttl=60.0)
    assert renewed.token == lease.token
    assert renewed.expires_at > lease.expires_at
    with pytest.raises(LoadInProgress, match="slow"):
        log.acquire("quick")


def test_a_lost_lease_cannot_be_renewed(log: Log) -> None:
    old = log.acquire("slow", ttl=PAST)
    log.acquire("quick")
    with pytest.raises(LeaseLost, match="slow"):
        log.renew(old)


def test_giving_back_a_lost_lease_leaves_the_new_one_alone(log: Log) -> None:
    old = log.acquire("slow", ttl=PAST)
    log.acquire("quick")
    log.release(old)
    with pytest.raises(LoadInProgress, match="quick"):
        log.acquire("third")


def test_a_mutation_needs_no_lease(log: Log) -> None:
    log.acquire("the night load")
    assert state(log, "a", source="needs desk").seq == 1


def test_compaction_waits_for_the_bulk_writer(log: Log) -> None:
    log.acquire("the night load")
    with pytest.raises(LoadInProgress, match="the night load"):
        log.compact()
