"""The best stack of supports over GraphQL, and what it does to the cost of a path."""

from __future__ import annotations

from decimal import Decimal

import pytest

from graph.kinds.parties import Institution, InstitutionType
from graph.kinds.stacking import Excludes
from graph.kinds.terms import Technique
from graph.ontology import Ontology
from graph.records import Record, Ref
from schema.schema import Schema
from tests.queries.finance import firm, product, wan
from tests.queries.support_worlds import capped, interest, rule, ruled, subsidy
from tests.schema.world import World

NEED = '{ amount: { amount: "10000000" }, instruments: [DEBT], tenorMaxDays: 365 }'
STACK = """{ money { amount } cover { amount } exact bound { amount } atLeast product { id }
  supports { support { id displayName } money { amount } certain } }"""
QUESTION = f"""{{ policyStack(enterprise: "enterprise:firm", need: {NEED}) {{
  enterprise {{ id }} amount {{ amount }} certain {STACK} possible {STACK}
  missing {{ record {{ id }} field }} dropped {{ support {{ id }} reason clause {{ id ... on Excludes {{ text }} }} against {{ id }} }}
  paths(first: 5) {{ completeness {{ complete }} paths {{
    path {{ technique }} bare {{ afterSubsidyBps }} possible {{ afterSubsidyBps }}
    certain {{ annualBps afterSubsidyBps parts {{ kind amount {{ amount }} subsidy {{ id }} }} }} }} }} }} }}"""


def records() -> list[Record]:
    """1,000 at 5 % for a year cost 50: the interest subsidy pays 15 of it, where a cap leaves 12; of two rewards one may be had."""
    lent = product(Technique.COMPREHENSIVE_LINE, annual_rate=Decimal("0.05"), tenor_max_days=365, max_amount=wan(1000))
    return [
        firm("firm", employees=10), Institution(id="institution:bank", name="bank", type=InstitutionType.BANK), lent,
        *ruled(interest("a", "product"), subsidy("b", 8), subsidy("c", 5)), subsidy("d", 3), *capped("top", "a", amount=wan(12)),
        Excludes(source=Ref("subsidy:b"), target=Ref("subsidy:c"), text="不得同享"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def town(schema: Schema, ontology: Ontology) -> World:
    return World.stating(schema, ontology, *records())


def test_a_stack_with_what_was_dropped_and_the_cost_of_each_path(town: World) -> None:
    found = town.ask(QUESTION)["policyStack"]
    assert found["certain"] == {
        "money": {"amount": "200000.00"}, "cover": {"amount": "0.00"}, "exact": True, "bound": {"amount": "200000.00"}, "atLeast": False,
        "product": {"id": "loanProduct:product"},
        "supports": [
            {"support": {"id": "subsidy:a", "displayName": "a"}, "money": {"amount": "120000.00"}, "certain": True},
            {"support": {"id": "subsidy:b", "displayName": "b"}, "money": {"amount": "80000.00"}, "certain": True},
        ],
    }  # fmt: skip
    assert found["possible"]["money"] == {"amount": "230000.00"}
    assert found["missing"] == [{"record": {"id": "subsidy:d"}, "field": "rulesAbout"}]
    (lost,) = found["dropped"]
    assert (lost["reason"], lost["clause"]["text"], lost["against"]) == ("EXCLUDED", "不得同享", {"id": "subsidy:b"})
    (path,) = [one for one in found["paths"]["paths"] if one["path"]["technique"] == "COMPREHENSIVE_LINE"]
    # 50 − 12 of 1,000: 3.8 %.
    assert (path["bare"]["afterSubsidyBps"], path["certain"]["annualBps"], path["certain"]["afterSubsidyBps"]) == (
        "500",
        "500",
        "380",
    )
    assert path["certain"]["parts"][-1] == {
        "kind": "INTEREST_SUBSIDY",
        "amount": {"amount": "120000.00"},
        "subsidy": {"id": "subsidy:a"},
    }


def test_a_subsidy_that_a_rule_keeps_from_the_firm_lowers_no_cost(schema: Schema, ontology: Ontology) -> None:
    few = rule("subsidy:a", {"field": "employees", "operator": "LT", "value": 900})
    others = [one for one in records() if one.id != few.id]
    world = World.stating(schema, ontology, *others, firm("large", employees=900), few)
    question = (
        "query ($firm: ID!) { financingPaths(beneficiary: $firm, need: "
        + NEED
        + ") { paths { nodes { cost { annualBps afterSubsidyBps } } } } }"
    )
    costs = [
        world.ask(question, {"firm": f"enterprise:{name}"})["financingPaths"]["paths"]["nodes"][0]["cost"]
        for name in ("firm", "large")
    ]
    assert [one["afterSubsidyBps"] for one in costs] == ["350", "500"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ('enterprise: "enterprise:gone"', "NOT_FOUND", "enterprise:gone"),
        ('enterprise: "enterprise:firm", need: { amount: { amount: "0" } }', "INVALID_INPUT", "give more than 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(town: World, arguments: str, code: str, words: str) -> None:
    found, message = town.refused(f"{{ policyStack({arguments}) {{ amount {{ amount }} }} }}")
    assert (found, words in message) == (code, True)
