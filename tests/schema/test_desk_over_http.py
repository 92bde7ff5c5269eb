"""The needs desk in the running service: mutations by POST alone, answered at once, and seen by questions a moment later."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from graph.sqlite_log import SqliteLog
from schema.application import Options, application
from schema.http import GRAPHQL_JSON
from tests.graph.build import knowledge_of, load
from tests.schema.test_http import until
from tests.schema.world import TIER2, register

SUBMIT = """mutation ($key: String!, $amount: Decimal!) { submitNeed(idempotencyKey: $key, input: {
  enterprise: "%s", amount: { amount: $amount }, instrument: DEBT, purpose: "周转" }) {
  version problems { code } need { id status enterprise { name } } } }""".replace("%s", TIER2)
ADVANCE = """mutation ($id: ID!, $version: Int!) { advanceNeed(id: $id, to: AGGREGATED, expectedVersion: $version) {
  version problems { code } need { status } } }"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("desk") / "log.sqlite"
    with SqliteLog(path) as log:
        load(log, "register", register())
    options = Options(request_seconds=30, threads=8, poll_seconds=0.02)
    web, readiness = application(lambda: knowledge_of(SqliteLog(path)), options, lambda exc: None)
    with TestClient(web) as client:
        until(lambda: readiness.ready, 60)
        yield client


def send(client: TestClient, document: str, **variables: Any) -> Any:
    found = client.post("/graphql", json={"query": document, "variables": variables})
    assert found.status_code == 200, found.text
    assert "errors" not in found.json(), found.text
    return found.json()["data"]


def test_a_need_is_submitted_moved_and_then_seen(client: TestClient) -> None:
    payload = send(client, SUBMIT, key="one", amount="1000")["submitNeed"]
    assert payload["problems"] == []
    assert payload["need"]["enterprise"] == {"name": "石桥铸造厂"}
    moved = send(client, ADVANCE, id=payload["need"]["id"], version=payload["version"])["advanceNeed"]
    assert (moved["problems"], moved["need"]) == ([], {"status": "AGGREGATED"})
    question = '{ node(id: "%s") { ... on FinancingNeed { status version } } }'.replace("%s", payload["need"]["id"])
    until(lambda: send(client, question)["node"] == {"status": "AGGREGATED", "version": moved["version"]}, 60)


def test_many_at_once_are_all_taken_each_once(client: TestClient) -> None:
    def submit(number: int) -> Any:
        return send(client, SUBMIT, key=f"many {number % 20}", amount="1000")["submitNeed"]

    with ThreadPoolExecutor(8) as threads:
        payloads = list(threads.map(submit, range(40)))
    assert len({one["version"] for one in payloads}) == 20
    assert payloads[:20] == payloads[20:]


def test_a_problem_is_no_error(client: TestClient) -> None:
    assert send(client, SUBMIT, key="bad", amount="-1")["submitNeed"] == {
        "version": None,
        "problems": [{"code": "BAD_AMOUNT"}],
        "need": None,
    }


@pytest.mark.parametrize("media", ["application/json", GRAPHQL_JSON])
def test_a_mutation_by_get_is_not_allowed_and_does_nothing(client: TestClient, media: str) -> None:
    document = SUBMIT.replace("$key: String!, $amount: Decimal!", '$key: String! = "get", $amount: Decimal! = "1"')
    found = client.get("/graphql", params={"query": document}, headers={"accept": media})
    assert found.status_code == 405
    assert found.json()["errors"][0]["message"] == "the service takes queries here, no mutation"
    assert send(client, SUBMIT, key="get", amount="2")["submitNeed"]["problems"] == []
