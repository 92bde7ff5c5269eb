"""Who may have a support, over GraphQL."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from graph.kinds.parties import Enterprise
from graph.kinds.policy import Measure, Policy, Rule, RuleKind
from graph.kinds.supply_side import Subsidy
from graph.ontology import Ontology
from graph.records import Record, Ref
from schema.schema import Schema
from tests.schema.world import World


def small(most: int, **fields: Any) -> Rule:
    condition = {
        "all": [
            {"field": "employees", "operator": "LTE", "value": most},
            {"field": "size", "operator": "NOT_IN", "value": ["LARGE"]},
        ]
    }
    return Rule(
        id="rule:small", kind=RuleKind.ELIGIBILITY, name="small", about=Ref("subsidy:grant"), measure=Ref("measure:p:1"), text="小微企业",
        condition=json.dumps(condition), **fields,
    )  # fmt: skip


def records() -> list[Record]:
    return [
        Policy(id="policy:p", doc_no="p", title="p"), Measure(id="measure:p:1", policy=Ref("policy:p"), number=1, title="m", text="m"),
        Subsidy(id="subsidy:grant", name="grant"), Subsidy(id="subsidy:open", name="open"),
        Enterprise(id="enterprise:x", name="x", employees=400), Enterprise(id="enterprise:y", name="y", employees=20),
        small(500, valid_to=date(2025, 1, 1)), small(300, valid_from=date(2025, 1, 1)),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def town(schema: Schema, ontology: Ontology) -> World:
    return World.stating(schema, ontology, *records())


QUESTION = """query ($policy: ID) { now: view(asOf: "2025-06-01") { ...Asked } then: view(asOf: "2024-06-01") { ...Asked } }
fragment Asked on View { eligibility(enterprise: "enterprise:x", policy: $policy) { 
  about { id } verdict inBeing missing { field record { id } }
  rules { rule { id text measure { number } } verdict alternative used { record { id } field value } missing { field } } } }"""


def test_one_enterprise_under_two_versions_of_a_rule(town: World) -> None:
    found = town.ask(QUESTION, {"policy": "policy:p"})
    (now,), (then,) = found["now"]["eligibility"], found["then"]["eligibility"]
    assert now == {
        "about": {"id": "subsidy:grant"}, "verdict": "NOT", "inBeing": True, "missing": [],
        "rules": [{
            "rule": {"id": "rule:small", "text": "小微企业", "measure": {"number": 1}}, "verdict": "NO", "alternative": 1,
            "used": [{"record": {"id": "enterprise:x"}, "field": "employees", "value": "400"}], "missing": [],
        }],
    }  # fmt: skip
    assert (then["verdict"], then["missing"]) == ("UNKNOWN", [{"field": "size", "record": {"id": "enterprise:x"}}])


def test_every_support_is_told_and_counted(town: World) -> None:
    found = town.ask(
        '{ eligibility(enterprise: "enterprise:y") { about { id } verdict missing { field } }'
        ' eligibilityCounts(about: ["subsidy:grant"]) { about { id } eligible notEligible unknown } }'
    )
    assert found["eligibility"] == [
        {"about": {"id": "subsidy:grant"}, "verdict": "UNKNOWN", "missing": [{"field": "size"}]},
        {"about": {"id": "subsidy:open"}, "verdict": "UNKNOWN", "missing": [{"field": "rulesAbout"}]},
    ]
    assert found["eligibilityCounts"] == [
        {"about": {"id": "subsidy:grant"}, "eligible": 0, "notEligible": 1, "unknown": 1}
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ('enterprise: "enterprise:gone"', "NOT_FOUND", "enterprise:gone"),
        ('enterprise: "subsidy:grant"', "INVALID_INPUT", "give an id of Enterprise"),
        ('enterprise: "enterprise:x", policy: "policy:gone"', "NOT_FOUND", "policy:gone"),
        ('enterprise: "enterprise:x", about: []', "INVALID_INPUT", "about is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(town: World, arguments: str, code: str, words: str) -> None:
    found, message = town.refused(f"{{ eligibility({arguments}) {{ verdict }} }}")
    assert (found, words in message) == (code, True)
