"""How far targets have come, over GraphQL."""

from __future__ import annotations

from datetime import date

import pytest

from graph.kinds.policy import TargetKind
from graph.ontology import Ontology
from graph.records import Record
from schema.schema import Schema
from tests.queries.progress.plans import FLOW, PLAN, POLICY, batch, counts, goal, saw
from tests.schema.world import World


def records() -> list[Record]:
    """A level half way, a sum whose contracts come to more than what is reported, and a level whose sources differ."""
    return [
        *PLAN, goal(TargetKind.LEVEL, 375, baseline_period="2022", by=date(2026, 12, 31)), saw("2022", 340), saw("2024", 350),
        saw("2022", 300, "old", definition="old"),
        goal(TargetKind.CUMULATIVE, 30, 2, series="lent", period_from=date(2023, 1, 1)), saw("2023", 8, "lent", series="lent", basis=FLOW),
        batch("x", "2023", 9), counts("loanProduct:p", 2),
        goal(TargetKind.LEVEL, 5, 3, series="two"), saw("2024", 4, "a", series="two"), saw("2024", 6, "b", series="two"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def plan(schema: Schema, ontology: Ontology) -> World:
    return World.stating(schema, ontology, *records())


def test_the_progress_of_a_policy(plan: World) -> None:
    figure = (
        "{ value low high money { amount } since through status progress under { record { id } batches low high } }"
    )
    first, second, third = plan.ask(
        f'{{ targetProgress(policy: "{POLICY}") {{ target {{ number }} status readAs unit value distance progress onTrack expected'
        f" baseline {{ value on observed {{ readings {{ source {{ name }} value counts }} }} }} reported {figure}"
        f" recorded {figure} difference"
        " series breaks { definition points { value } } track { on value expected } evidence { record { id } source { name } }"
        " missing { record { id } field } } }"
    )["targetProgress"]
    assert (first["status"], first["value"], first["distance"], first["progress"]) == (
        "NOT_MET",
        "350",
        "-25",
        "0.285714",
    )
    assert (first["onTrack"], first["baseline"]["value"], first["baseline"]["on"]) == ("NO", "340", "2022-12-31")
    assert first["breaks"] == [{"definition": "old", "points": [{"value": "300"}]}]
    assert [one["record"]["id"] for one in first["evidence"]] == ["observation:2022", "observation:2024"]
    assert (second["reported"]["value"], second["recorded"]["value"], second["difference"]) == ("8", "9", "-1")
    assert second["recorded"]["money"] == {"amount": "900000000.00"}
    assert second["recorded"]["under"] == [{"record": {"id": "loanProduct:p"}, "batches": 1, "low": "9", "high": "9"}]
    assert (third["status"], third["value"], third["reported"]["low"], third["reported"]["high"]) == (
        "NOT_STATED",
        None,
        "4",
        "6",
    )
    assert third["missing"][0] == {"record": {"id": "observation:a"}, "field": "which of the differing values holds"}


def test_an_unknown_policy_is_an_error_that_names_it(plan: World) -> None:
    code, message = plan.refused('{ targetProgress(policy: "policy:none") { status } }')
    assert code == "NOT_FOUND"
    assert "policy:none" in message
