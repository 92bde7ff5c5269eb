"""The needs desk over GraphQL: what a mutation answers is the commit's, and the history tells who did what, when and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schema.world import BANK, TIER1, TIER2, World

SUBMIT = """mutation ($input: NeedSubmission!, $key: String!, $actor: String! = "甲公司") {
  submitNeed(input: $input, idempotencyKey: $key, actor: $actor) {
    version moves problems { code field message remedy }
    need { id status version moves amount { amount currency } instrument purpose tenorMaxDays submittedOn
           enterprise { name } displayName } } }"""
ADVANCE = """mutation ($id: ID!, $to: NeedStatus!, $version: Int!, $note: String, $key: String, $to_whom: [ID!]) {
  advanceNeed(id: $id, to: $to, expectedVersion: $version, note: $note, actor: "市金融办", idempotencyKey: $key,
              recommendedTo: $to_whom) { version moves problems { code field message remedy } need { id status version } } }"""
HISTORY = """query ($id: ID!) { node(id: $id) { ... on FinancingNeed { status version moves
  history { status since until isMove source actor note load recordedAt } } } }"""


def application(**changes: Any) -> dict[str, Any]:
    return {
        "enterprise": TIER2,
        "amount": {"amount": "600000.00"},
        "instrument": "DEBT",
        "purpose": "流动资金",
        "tenorMaxDays": 180,
        **changes,
    }


def submit(world: World, key: str = "k1", **changes: Any) -> Any:
    return world.change(SUBMIT, {"input": application(**changes), "key": key})["submitNeed"]


def advance(world: World, payload: Any, to: str, **more: Any) -> Any:
    variables = {"id": payload["need"]["id"], "to": to, "version": payload["version"], **more}
    return world.change(ADVANCE, variables)["advanceNeed"]


def test_an_application_is_answered_from_its_commit(changing: World) -> None:
    before = changing.knowledge.snapshot
    payload = submit(changing)
    assert changing.knowledge.snapshot is before
    need = payload["need"]
    assert need.pop("id").startswith("financingNeed:desk:")
    assert need.pop("displayName").startswith("desk · ")
    assert need == {
        "status": "APPLIED",
        "version": payload["version"],
        "moves": ["AGGREGATED", "REJECTED", "WITHDRAWN"],
        "amount": {"amount": "600000.00", "currency": "CNY"},
        "instrument": "DEBT",
        "purpose": "流动资金",
        "tenorMaxDays": 180,
        "submittedOn": "2025-06-01",
        "enterprise": {"name": "石桥铸造厂"},
    }
    assert payload["moves"] == need["moves"]
    assert payload["problems"] == []
    assert payload["version"] == changing.log.head().seq


def test_the_way_of_a_need_is_told_by_its_history(changing: World) -> None:
    payload = submit(changing, note="加急")
    for to in ("AGGREGATED", "CLASSIFIED"):
        payload = advance(changing, payload, to, note=f"到{to}")
    payload = advance(changing, payload, "RECOMMENDED", to_whom=[BANK])
    assert payload["problems"] == []
    changing.knowledge.refresh()
    found = changing.ask(HISTORY, {"id": payload["need"]["id"]})["node"]
    assert (found["status"], found["version"]) == ("RECOMMENDED", payload["version"])
    assert found["moves"] == ["FUNDED", "REJECTED", "WITHDRAWN"] == payload["moves"]
    history = found["history"]
    assert [(one["status"], one["actor"], one["note"], one["isMove"]) for one in history] == [
        ("APPLIED", "甲公司", "加急", True),
        ("AGGREGATED", "市金融办", "到AGGREGATED", True),
        ("CLASSIFIED", "市金融办", "到CLASSIFIED", True),
        ("RECOMMENDED", "市金融办", "", True),
    ]
    assert {one["source"] for one in history} == {"needs-desk"}
    assert all(one["since"] == one["recordedAt"] for one in history)
    assert [one["until"] for one in history] == [*(one["since"] for one in history[1:]), None]
    recommended = "query ($id: ID!) { node(id: $id) { ... on FinancingNeed { recommendedTo { edges { node { target { id } } } } } } }"
    edges = changing.ask(recommended, {"id": payload["need"]["id"]})["node"]["recommendedTo"]["edges"]
    assert [edge["node"]["target"]["id"] for edge in edges] == [BANK]


def test_a_payload_may_be_asked_for_what_only_a_view_knows(changing: World) -> None:
    document = """mutation ($input: NeedSubmission!) { submitNeed(input: $input, idempotencyKey: "x") { need {
      claims { source { name } } history { status } conflicts { field } fulfilledBy { totalCount } recommendedTo { totalCount } } } }"""
    need = changing.change(document, {"input": application()})["submitNeed"]["need"]
    assert need["history"] == [{"status": "APPLIED"}]
    assert [one["source"]["name"] for one in need["claims"]] == ["needs-desk"]
    assert need["fulfilledBy"] == need["recommendedTo"] == {"totalCount": 0}


def test_a_wrong_move_and_a_stale_version_are_problems_with_the_need_as_it_stands(changing: World) -> None:
    payload = submit(changing)
    wrong = advance(changing, payload, "FUNDED")
    [problem] = wrong["problems"]
    assert (problem["code"], problem["field"]) == ("WRONG_MOVE", "to")
    assert problem["remedy"] == "move it to one of AGGREGATED, REJECTED, WITHDRAWN"
    assert wrong["need"] == {key: payload["need"][key] for key in ("id", "status", "version")}
    advance(changing, payload, "AGGREGATED")
    stale = advance(changing, payload, "REJECTED")
    assert [one["code"] for one in stale["problems"]] == ["STALE_VERSION"]
    assert stale["need"]["status"] == "AGGREGATED"
    assert stale["version"] == payload["version"] + 1
    assert stale["moves"] == ["CLASSIFIED", "REJECTED", "WITHDRAWN"]


def test_the_same_key_again_gets_the_same_answer(changing: World) -> None:
    first = submit(changing)
    head = changing.log.head()
    assert submit(changing) == first
    other = submit(changing, purpose="别的")
    assert other["need"] is None
    assert other["version"] is None
    assert [one["code"] for one in other["problems"]] == ["KEY_REUSED"]
    assert changing.log.head() == head


def test_a_need_that_another_dataset_states_moves_too(changing: World) -> None:
    payload = changing.change(ADVANCE, {"id": "financingNeed:n1", "to": "APPLIED", "version": 0})["advanceNeed"]
    assert payload["problems"] == []
    changing.knowledge.refresh()
    found = changing.ask(HISTORY, {"id": "financingNeed:n1"})["node"]
    assert [one["status"] for one in found["history"]] == ["APPLIED"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": {"amount": "0"}}, "BAD_AMOUNT"),
        ({"amount": {"amount": "-5"}}, "BAD_AMOUNT"),
        ({"amount": {"amount": "100000000000000000000"}}, "BAD_AMOUNT"),
        ({"amount": {"amount": "0.001"}}, "BAD_AMOUNT"),
        ({"amount": {"amount": "1", "currency": "元"}}, "BAD_AMOUNT"),
        ({"purpose": "  "}, "BAD_PURPOSE"),
        ({"tenorMinDays": 200}, "BAD_TENOR"),
        ({"enterprise": "enterprise:nobody"}, "UNKNOWN_ENTERPRISE"),
        ({"enterprise": BANK}, "UNKNOWN_ENTERPRISE"),
        ({"neededBy": "2020-01-01"}, "BAD_DATE"),
    ],
)
def test_what_the_caller_can_mend_is_a_problem(town: World, changes: dict[str, Any], code: str) -> None:
    payload = submit(town, **changes)
    assert [one["code"] for one in payload["problems"]] == [code]
    assert payload["need"] is None
    assert payload["problems"][0]["message"]
    assert payload["problems"][0]["remedy"]


@pytest.mark.parametrize(
    "document",
    [
        'mutation { advanceNeed(id: "x", to: LOST, expectedVersion: 0) { version } }',
        'mutation { advanceNeed(id: "x", to: FUNDED) { version } }',
        'mutation { submitNeed(idempotencyKey: "x") { version } }',
    ],
)
def test_what_does_not_fit_the_schema_is_an_error(town: World, document: str) -> None:
    assert town.refused(document)[0] == "GRAPHQL_VALIDATION_FAILED"


def test_a_mutation_is_refused_where_only_queries_may_come(town: World) -> None:
    document = f'mutation {{ advanceNeed(id: "{TIER1}", to: FUNDED, expectedVersion: 0) {{ version }} }}'
    answer = town.answer(document)
    assert (answer.executed, answer.status) == (False, 405)
    assert town.refused(document) == ("GRAPHQL_VALIDATION_FAILED", "the service takes queries here, no mutation")
