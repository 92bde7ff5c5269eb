"""A fund's tree, the totals of a city's funds and a fund's covenants over GraphQL."""

from __future__ import annotations

from datetime import date

import pytest

from graph.kinds.parties import FundType
from graph.kinds.places import Region
from graph.kinds.policy import CovenantKind, CovenantVariant, RuleKind
from graph.kinds.terms import CapitalOrigin
from graph.ontology import Ontology
from graph.records import Record, Ref
from schema.schema import Schema
from tests.queries.funds.vehicles import LP, commits, firm, fund, invests, rule
from tests.schema.world import World

NODE = "fund { id } depth lookThroughShare committed { amount } invested { amount } attributed { amount }"


def records() -> list[Record]:
    """A guidance fund with 600 of a sub-fund's 1,000; the sub-fund invested 500 at home and owes 1.5 times what guidance put in."""
    return [
        LP, Region(code="4199", name="city"), firm("x", region=Ref("region:4199")), fund("g", type=FundType.GUIDANCE),
        fund("s", parent=Ref("fund:g"), region=Ref("region:4199")), commits("g", 2000, 1500, origin=CapitalOrigin.GOV, municipal=True),
        commits("s", 600, 400, by="fund:g", origin=CapitalOrigin.GOV, municipal=True), commits("s", 400, 400, origin=CapitalOrigin.PRIVATE),
        *invests("r", "x", ("s", 500), closed_on=date(2025, 1, 1)), rule("back", "s", covenant=CovenantKind.REINVESTMENT, value=1.5),
        rule("lever", "s", covenant=CovenantKind.LEVERAGE, variant=CovenantVariant.TOTAL_TO_FISCAL, value=1.5),
        rule("weight", "s", kind=RuleKind.COEFFICIENT, covenant=CovenantKind.REINVESTMENT, value=1.2),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def funds(schema: Schema, ontology: Ontology) -> World:
    return World.stating(schema, ontology, *records())


def test_a_fund_tree(funds: World) -> None:
    tree = funds.ask(
        f'{{ fundTree(fund: "fund:g") {{ root {{ {NODE} subFunds {{ {NODE} heldBy {{ holder {{ id }} share isParent paidIn {{ amount }} }}'
        " supply { callable { amount } cash { amount } notStated } companies { enterprise { id } invested { amount } } } }"
        " funds { fund { id } } companies { enterprise { id name } invested { amount } attributed { amount } lookThroughShare }"
        " invested { amount } attributed { amount } doubts { id } } }"
    )["fundTree"]
    assert tree["root"]["fund"] == {"id": "fund:g"}
    [sub] = tree["root"]["subFunds"]
    assert (sub["depth"], sub["lookThroughShare"], sub["committed"]) == (1, "0.6", {"amount": "10000000.00"})
    assert sub["heldBy"] == [
        {"holder": {"id": "fund:g"}, "share": "0.6", "isParent": True, "paidIn": {"amount": "4000000.00"}}
    ]
    assert sub["supply"]["cash"] == {"amount": "3000000.00"}
    assert [one["fund"]["id"] for one in tree["funds"]] == ["fund:g", "fund:s"]
    assert tree["companies"] == [
        {
            "enterprise": {"id": "enterprise:x", "name": "x"},
            "invested": {"amount": "5000000.00"},
            "attributed": {"amount": "3000000.00"},
            "lookThroughShare": "0.6",
        }
    ]
    assert (tree["invested"], tree["attributed"], tree["doubts"]) == (
        {"amount": "5000000.00"},
        {"amount": "3000000.00"},
        [],
    )


def test_a_loop_is_refused_by_name(schema: Schema, ontology: Ontology) -> None:
    looped = World.stating(
        schema, ontology, fund("a"), fund("b"), commits("b", 1, by="fund:a"), commits("a", 1, by="fund:b")
    )
    code, message = looped.refused('{ fundTree(fund: "fund:a") { root { depth } } }')
    assert code == "CONTRADICTION"
    assert "fund:a → fund:b → fund:a" in message
    assert looped.ask("{ fundTotals { committedBetween { amount } } }") == {
        "fundTotals": {"committedBetween": {"amount": "20000.00"}}
    }


def test_totals_of_a_city(funds: World) -> None:
    asked = "committed { amount } committedBetween { amount } invested { amount } companies holders { fund { id } } uncounted { id }"
    found = funds.ask(f'{{ fundTotals {{ {asked} }} here: fundTotals(region: "region:4199") {{ {asked} }} }}')
    assert found["fundTotals"]["committed"] == {"amount": "24000000.00"}
    assert found["fundTotals"]["committedBetween"] == {"amount": "6000000.00"}
    assert (found["fundTotals"]["companies"], len(found["fundTotals"]["holders"])) == (1, 2)
    assert found["here"]["invested"] == found["fundTotals"]["invested"] == {"amount": "5000000.00"}


def test_covenants_with_and_without_rules(funds: World) -> None:
    found = funds.ask(
        '{ fundCovenants(fund: "fund:s", ruledOnly: true) { kind variant base rule { id } numerator { amount } denominator { amount }'
        " value threshold operator met stated notApplicable shortfall { amount } surplus { amount } distance missing { field }"
        ' counted { round { id } weight weightLow rule { id } } } all: fundCovenants(fund: "fund:s") { kind stated notApplicable } }'
    )
    lever, back = found["fundCovenants"]
    assert lever == {
        "kind": "LEVERAGE", "variant": "TOTAL_TO_FISCAL", "base": "COMMITTED", "rule": {"id": "rule:lever"},
        "numerator": {"amount": "10000000.00"}, "denominator": {"amount": "6000000.00"}, "value": "1.666667", "threshold": "1.5",
        "operator": "GTE", "met": True, "stated": "STATED", "notApplicable": None, "shortfall": {"amount": "0.00"},
        "surplus": {"amount": "1000000.00"}, "distance": "0.166667", "missing": [], "counted": [],
    }  # fmt: skip
    assert (back["value"], back["met"], back["shortfall"]) == ("1", False, {"amount": "3000000.00"})
    assert back["counted"] == [
        {"round": {"id": "investmentRound:r"}, "weight": "1.2", "weightLow": "1.2", "rule": {"id": "rule:weight"}}
    ]
    others = [one for one in found["all"] if one["stated"] == "NOT_APPLICABLE"]
    assert len(others) == len(found["all"]) - 2
    assert {one["notApplicable"] for one in others} == {"NO_RULE"}


def test_a_what_if_mends_a_covenant(funds: World) -> None:
    more = '{ set: { id: "investedBy:investmentRound%3Ar:fund%3As", fields: { amount: { amount: 7500000 } } } }'
    found = funds.ask('{ sources { id } links: node(id: "fund:s") { ... on Fund { investments { nodes { id } } } } }')[
        "links"
    ]["investments"]["nodes"]
    more = more.replace("investedBy:investmentRound%3Ar:fund%3As", found[0]["id"])
    asked = '{ fundCovenants(fund: "fund:s", ruledOnly: true) { kind met shortfall { amount } } }'
    then = funds.ask(f"{{ view(changes: [{more}]) {asked} }}")["view"]["fundCovenants"][1]
    assert then == {"kind": "REINVESTMENT", "met": True, "shortfall": {"amount": "0.00"}}
