"""Subscriptions as server-sent events: one operation a request, resumed by the id of the last event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from graph.changes import Position
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Enterprise
from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.money import Money
from graph.records import Ref
from graph.sqlite_log import SqliteLog
from schema.log_cursor import log_cursor
from schema.streams import StreamOptions
from tests.graph.build import load
from tests.schema.streaming import FACTS, ONTOLOGY, WAIT, Served, served

A, B = "enterprise:a", "enterprise:b"
NEEDS = """subscription($ids: [ID!]) {
  needChanged(ids: $ids) { id change kind node { ... on FinancingNeed { amount { amount } enterprise { name } } } }
}"""


def firm(identifier: str, name: str = "甲") -> Enterprise:
    return Enterprise(id=identifier, name=name)


def need(key: str, yuan: int) -> FinancingNeed:
    return FinancingNeed(
        id=f"financingNeed:{key}", enterprise=Ref(A), amount=Money.of(yuan), instrument=Instrument.DEBT
    )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with SqliteLog(tmp_path / "log.db") as log:
        load(log, "tax", [firm(A)])
        yield log


@pytest.fixture
def server(log: SqliteLog) -> Iterator[Served]:
    with served(lambda: _opened(log)) as server:
        yield server


def _opened(log: SqliteLog) -> Knowledge:
    return Knowledge.open(SqliteLog(log._store.path), directory=None, ontology=ONTOLOGY)


def test_events_come_with_their_cursor_as_id_and_go_on_behind_the_last_one(server: Served, log: SqliteLog) -> None:
    begun = log_cursor(log.log_id, Position(1))
    with server.events(FACTS, {"since": begun}) as events:
        event, first, body = next(events)
        assert (event, body["data"]["factsChanged"]["id"]) == ("next", A)
        assert first == body["data"]["factsChanged"]["cursor"]
        load(log, "tax", [firm(B)])
        _, second, body = next(events)
        assert body["data"]["factsChanged"]["id"] == B
    load(log, "tax", [firm(A, "乙")])
    # EventSource sends the same request again, `since` of its first and all, with the last id that it saw.
    with server.events(FACTS, {"since": begun}, **{"Last-Event-ID": second}) as events:
        assert next(events)[2]["data"]["factsChanged"]["node"] == {"id": A, "name": "乙"}


def test_needs_are_told_in_the_view_that_their_load_makes(server: Served, log: SqliteLog) -> None:
    with server.events(NEEDS, {"ids": ["financingNeed:1"]}) as events:
        wait_for(lambda: server.readiness.streams == 1)
        load(log, "desk", [need("1", 100), need("2", 200)])
        load(log, "desk", [firm(A, "乙")])
        load(log, "desk", [need("1", 300)])
        told = [next(events)[2]["data"]["needChanged"] for _ in range(2)]
    assert [(one["change"], one["kind"], one["node"]["amount"]["amount"]) for one in told] == [
        ("ADDED", "FINANCING_NEED", "100.00"),
        ("CHANGED", "FINANCING_NEED", "300.00"),
    ]
    assert told[0]["node"]["enterprise"] == {"name": "甲"}


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_query_has_one_answer_and_is_complete(server: Served) -> None:
    with server.events("{ version }") as events:
        assert list(events) == [("next", "", {"data": {"version": "1"}}), ("complete", "", None)]


def test_what_cannot_be_asked_is_told_in_the_stream(server: Served) -> None:
    with server.events('subscription { factsChanged(since: "x") { id } }') as events:
        (event, _, body), end = list(events)
    assert (event, body["errors"][0]["extensions"]["code"], end[0]) == ("next", "INVALID_INPUT", "complete")
    with server.events("subscription { nothing }") as events:
        assert next(events)[2]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_what_is_no_graphql_request_is_no_stream(server: Served) -> None:
    headers = {"Accept": "text/event-stream"}
    assert httpx2.post(server.address, json={}, headers=headers).status_code == 400
    assert httpx2.post(server.address, content=b"{}", headers=headers).status_code == 415
    foreign = httpx2.post(
        server.address, json={"query": "{ version }"}, headers={**headers, "Origin": "https://evil.example"}
    )
    assert (foreign.status_code, foreign.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


def test_a_subscription_may_come_by_get_and_not_without_a_stream(server: Served, log: SqliteLog) -> None:
    query = {"query": f'subscription {{ factsChanged(since: "{log_cursor(log.log_id, Position(1))}") {{ id }} }}'}
    with httpx2.stream("GET", server.address, params=query, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert any(A in line for line in _first(answer.iter_lines(), 6))
    plain = httpx2.post(server.address, json=query)
    assert "text/event-stream" in plain.json()["errors"][0]["message"]


def _first(lines: Iterator[str], count: int) -> list[str]:
    return [next(lines) for _ in range(count)]


def test_a_quiet_stream_shows_life(log: SqliteLog) -> None:
    with served(lambda: _opened(log), StreamOptions(beat_seconds=0.05)) as server:
        headers = {"Accept": "text/event-stream"}
        with httpx2.stream("POST", server.address, json={"query": FACTS}, headers=headers) as answer:
            assert [line for line in _first(answer.iter_lines(), 8) if line] == [":"] * 4


def test_what_is_got_ready_for_the_first_event_is_told_to_nobody(server: Served, log: SqliteLog) -> None:
    with server.events(FACTS, {"kinds": ["ENTERPRISE", "FINANCING_NEED"]}) as events:
        time.sleep(0.3)
        load(log, "tax", [firm(B)])
        assert [data["data"]["factsChanged"]["id"] for _, _, data in [next(events)]] == [B]


def test_a_client_that_goes_away_frees_its_place(log: SqliteLog) -> None:
    with served(lambda: _opened(log), StreamOptions(most=1)) as server:
        with server.events(FACTS):
            wait_for(lambda: server.readiness.streams == 1)
            full = httpx2.post(server.address, json={"query": FACTS}, headers={"Accept": "text/event-stream"})
            assert (full.status_code, full.headers["retry-after"]) == (503, "10")
            assert httpx2.get(server.address.replace("graphql", "readyz")).json()["streams"] == 1
        wait_for(lambda: server.readiness.streams == 0)


def test_when_the_service_stops_a_stream_ends_without_being_complete(log: SqliteLog) -> None:
    with served(lambda: _opened(log)) as server, server.events(FACTS) as events:
        threading.Timer(0.2, server.stop).start()
        assert list(events) == []


def test_before_the_service_is_ready_a_stream_is_to_come_again(log: SqliteLog) -> None:
    with served(lambda: _opened(log)) as server:
        server.readiness.stopping = True
        early = httpx2.post(server.address, json={"query": FACTS}, headers={"Accept": "text/event-stream"})
        assert (early.status_code, early.headers["retry-after"]) == (503, "1")
