"""GraphQL over HTTP: hostile requests, content negotiation, readiness, deadlines, the page for people."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import get_introspection_query
from starlette.testclient import TestClient

from graph.errors import ConfigurationError, LuoshuError, StoreUnavailable
from graph.knowledge import Knowledge
from graph.log import Head
from graph.view import View
from schema.application import Options, application
from schema.http import GRAPHQL_JSON, JSON
from schema.limits import MAX_BODY_BYTES
from schema.types.entity import Entity
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.schema.world import register

PARTS = (
    "graphiql.min.js",
    "graphiql.min.css",
    "react.production.min.js",
    "react-dom.production.min.js",
    "start.js",
    "start.css",
)
OPTIONS = Options(request_seconds=5, threads=2, poll_seconds=0.02, retry_seconds=0.02)


class WaitingLog(MemoryLog):
    """A log whose wait ends at once or after the time given, as a store's does; `down` makes it fail."""

    down = False

    def wait(self, after: int, timeout: float) -> Head:
        end = time.monotonic() + timeout
        while True:
            if self.down:
                raise StoreUnavailable("the store is down; start it")
            if self.head().seq > after or time.monotonic() > end:
                return self.head()
            time.sleep(0.005)


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def log() -> WaitingLog:
    log = WaitingLog()
    load(log, "register", register())
    return log


@pytest.fixture(scope="module")
def client(log: WaitingLog) -> Iterator[TestClient]:
    web, readiness = application(lambda: knowledge_of(log), OPTIONS, lambda exc: None)
    with TestClient(web) as client:
        until(lambda: readiness.ready)
        yield client


def post(client: TestClient, content: Any, **headers: str) -> Any:
    return client.post("/graphql", content=content, headers={"content-type": JSON, **headers})


def test_a_question_is_answered(client: TestClient) -> None:
    found = client.post("/graphql", json={"query": "query A { enterprises { totalCount } }", "operationName": "A"})
    assert found.status_code == 200
    assert found.json() == {"data": {"enterprises": {"totalCount": 4}}}
    assert found.headers["content-type"].startswith(JSON)
    assert found.headers["cache-control"] == "no-store"


def test_what_the_schema_answers_is_the_same_again_and_in_the_media_type_asked_for(client: TestClient) -> None:
    query = {"query": get_introspection_query()}
    first, again, new = (
        client.post("/graphql", json=query, headers={"accept": kind}) for kind in (JSON, JSON, GRAPHQL_JSON)
    )
    assert first.content == again.content == new.content
    assert "errors" not in first.json()
    assert (first.status_code, again.status_code, new.status_code) == (200, 200, 200)
    assert new.headers["content-type"].startswith(GRAPHQL_JSON)


def test_a_question_may_come_by_get(client: TestClient) -> None:
    query = {"query": "query($n: Int) { enterprises(first: $n) { nodes { id } } }", "variables": '{"n": 1}'}
    found = client.get("/graphql", params=query)
    assert len(found.json()["data"]["enterprises"]["nodes"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b'"x"', b'["x",1]', b"[]", b"1", b"null", b"{}", b'{"query": null}', b'{"query": 7}', b'{"query": ""}',
        b'{"query": "{ __typename }", "variables": "x"}', b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "operationName": 5}', b'{"query": "{ __typename }", "extensions": 1}',
        b"\xff\xfe", b"[" * 3000, b'{"variables":' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b', "query": "{ __typename }"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
def test_a_hostile_body_is_a_400(client: TestClient, body: bytes, accept: str) -> None:
    found = post(client, body, accept=accept)
    assert found.status_code == 400
    assert found.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "Traceback" not in found.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_a_400_for_clients_that_know_the_standard(
    client: TestClient, query: str, code: str
) -> None:
    new = client.post("/graphql", json={"query": query}, headers={"accept": GRAPHQL_JSON})
    old = client.post("/graphql", json={"query": query}, headers={"accept": JSON})
    assert (new.status_code, old.status_code) == (400, 200)
    assert new.headers["content-type"].startswith(GRAPHQL_JSON)
    assert new.json()["errors"][0]["extensions"]["code"] == code
    assert "data" not in new.json()


def test_a_body_over_the_limit_is_a_413(client: TestClient) -> None:
    found = post(client, b'{"query": "' + b" " * MAX_BODY_BYTES + b'"}')
    assert found.status_code == 413
    assert found.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=gbk"]
)
def test_another_content_type_is_a_415(client: TestClient, media: str) -> None:
    assert post(client, b'{"query": "{ __typename }"}', **{"content-type": media}).status_code == 415


def test_an_answer_that_nobody_takes_is_a_406(client: TestClient) -> None:
    assert post(client, b'{"query": "{ __typename }"}', accept="image/png").status_code == 406


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_another_method_is_a_405(client: TestClient, method: str) -> None:
    found = client.request(method, "/graphql")
    assert found.status_code == 405
    assert found.headers["allow"] == "GET, POST"


def test_people_get_a_page_that_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    for part in PARTS:
        assert f"/static/graphiql/{part}" in page.text
        assert client.get(f"/static/graphiql/{part}").status_code == 200


def test_the_root_leads_to_the_page(client: TestClient) -> None:
    assert client.get("/", follow_redirects=False).headers["location"] == "/graphql"


def test_new_loads_are_seen_by_later_requests(client: TestClient, log: WaitingLog) -> None:
    before = client.get("/readyz").json()["version"]
    load(log, "later", [register()[2]])
    until(lambda: client.get("/readyz").json()["version"] == str(int(before) + 1))


def test_reading_goes_on_while_the_store_is_down(client: TestClient, log: WaitingLog) -> None:
    log.down = True
    until(lambda: "behind" in client.get("/readyz").json())
    assert client.get("/readyz").status_code == 200
    assert client.post("/graphql", json={"query": "{ enterprises { totalCount } }"}).status_code == 200
    log.down = False
    until(lambda: "behind" not in client.get("/readyz").json())


def test_a_question_that_does_not_end_is_a_504(log: WaitingLog, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def slow(_self: Entity) -> str:
        released.wait(20)
        return "late"

    monkeypatch.setattr(Entity, "display_name", property(slow))
    hurried = Options(request_seconds=0.2, threads=2, poll_seconds=0.02)
    web, readiness = application(lambda: knowledge_of(log), hurried, lambda exc: None)
    with TestClient(web) as client:
        until(lambda: readiness.ready)
        found = client.post("/graphql", json={"query": "{ enterprises(first: 1) { nodes { displayName } } }"})
        assert found.status_code == 504
        assert found.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"
        assert client.get("/healthz").status_code == 200
        released.set()


def test_before_the_knowledge_is_open_requests_are_told_to_come_again(log: WaitingLog) -> None:
    opening = threading.Event()

    def open_late() -> Knowledge:
        opening.wait(20)
        return knowledge_of(log)

    web, readiness = application(open_late, OPTIONS, lambda exc: None)
    with TestClient(web) as client:
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        early = client.post("/graphql", json={"query": "{ __typename }"})
        assert (early.status_code, early.headers["retry-after"]) == (503, "1")
        assert early.json()["errors"][0]["extensions"]["code"] == "STORE_UNAVAILABLE"
        opening.set()
        until(lambda: readiness.ready)
        assert client.get("/readyz").status_code == 200
        readiness.stopping = True
        assert client.get("/readyz").json()["reason"] == "shutting down"


def test_a_store_that_cannot_be_reached_is_tried_again(log: WaitingLog) -> None:
    tries: list[int] = []

    def open_at_third() -> Knowledge:
        tries.append(1)
        if len(tries) < 3:
            raise StoreUnavailable("the store is down; start it")
        return knowledge_of(log)

    web, readiness = application(open_at_third, OPTIONS, lambda exc: None)
    with TestClient(web):
        until(lambda: readiness.ready)
    assert len(tries) == 3


def test_an_error_that_no_retry_mends_ends_the_service() -> None:
    failed: list[LuoshuError] = []

    def wrong() -> Knowledge:
        raise ConfigurationError("LUOSHU_STORE is no address")

    web, _ = application(wrong, OPTIONS, failed.append)
    with TestClient(web):
        until(lambda: bool(failed))
    assert [exc.message for exc in failed] == ["LUOSHU_STORE is no address"]


def test_the_view_of_tomorrow_is_made_before_midnight(log: WaitingLog) -> None:
    now = [datetime(2025, 6, 1, 15, 0, tzinfo=UTC)]
    prepared: list[date] = []

    class Watched(Knowledge):
        def prepare_tomorrow(self) -> View:
            view = super().prepare_tomorrow()
            prepared.append(view.as_of)
            return view

    web, readiness = application(
        lambda: Watched.open(log, directory=None, clock=lambda: now[0]), OPTIONS, lambda exc: None
    )
    with TestClient(web):
        until(lambda: readiness.ready)
        assert prepared == []
        # In Shanghai it is 23:55 now.
        now[0] = datetime(2025, 6, 1, 15, 55, tzinfo=UTC)
        until(lambda: prepared == [date(2025, 6, 2)])
