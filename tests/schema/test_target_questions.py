"""Whom a fund may invest in, and which deals mend its covenants, over GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from graph.kinds.policy import CovenantKind, RuleKind
from graph.kinds.terms import Stage
from graph.ontology import Ontology
from graph.records import Record
from schema.schema import Schema
from tests.graph.memory_log import MemoryLog
from tests.queries.targets.world import FUND, chain, commitment, dec, firm, fund, gate, need, rule, wan
from tests.schema.world import World

TARGETS = (
    "query($fund: ID, $cell: CellFilter, $verdicts: [Verdict!]! = [FITS, UNKNOWN], $weights: TargetWeightsInput, $first: Int! = 50,"
    " $after: String) { investmentTargets(fund: $fund, cell: $cell, verdicts: $verdicts, weights: $weights, first: $first, after: $after)"
    " { byVerdict { verdict count } supply { cash { amount } callable { amount } } completeness { complete }"
    " targets { totalCount pageInfo { hasNextPage endCursor } nodes { enterprise { id } verdict need { amount }"
    " score { value missing parts { aspect utility } } ticket { low { amount } high { amount } cash { amount } toCall { amount } }"
    " reasons { kind aspect value records { id } evidence { source { name } } }"
    " failing { kind rules { id } } unknown { kind missing { record { id } field } } conflicts { kind party { id } } } } } }"
)
PORTFOLIO = (
    'query($budget: MoneyInput!) { portfolio(fund: "fund:m10", budget: $budget) { restored exact total { amount } needed { amount }'
    " candidateCount consideredCount deals { amount { amount } target { enterprise { id } } mends { rule { id } amount } }"
    " before { kind met } after { kind met } beyond { covenant { kind } reason } neededAtLeast { amount } } }"
)


def records() -> list[Record]:
    """The chain with a fund of the plan's tenth measure that has too little in the leader's field."""
    share = rule(
        "field", None, kind=RuleKind.COVENANT, covenant=CovenantKind.DEPLOYMENT_RATE, value=dec("0.2"),
    )  # fmt: skip
    pace = rule("pace", None, kind=RuleKind.COVENANT, covenant=CovenantKind.PAID_IN_PACE, value=dec("0.5"))
    return [
        *chain(), fund(ticket_max=wan(3_000)), commitment(10_000, 4_000), *gate(), firm("lp"), need("part", 900),
        firm("young", size=None), share, pace,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def house(schema: Schema, ontology: Ontology) -> World:
    world = World.over(MemoryLog(), schema, ontology)
    world.add("register", records())
    return world


def ask(house: World, **options: Any) -> Any:
    return house.ask(TARGETS, {"fund": FUND, **options})["investmentTargets"]


def test_targets_come_with_scores_tickets_and_reasons(house: World) -> None:
    found = ask(house)
    assert found["byVerdict"] == [
        {"verdict": "FITS", "count": 5}, {"verdict": "UNKNOWN", "count": 3}, {"verdict": "NOT", "count": 2},
    ]  # fmt: skip
    assert found["supply"] == {"cash": {"amount": "40000000.00"}, "callable": {"amount": "100000000.00"}}
    first = found["targets"]["nodes"][0]
    assert first["enterprise"] == {"id": "enterprise:part"}
    assert first["need"] == {"amount": "9000000.00"}
    assert first["ticket"] == {
        "low": {"amount": "0.01"}, "high": {"amount": "9000000.00"}, "cash": {"amount": "9000000.00"}, "toCall": {"amount": "0.00"},
    }  # fmt: skip
    sole = next(one for one in first["reasons"] if one["aspect"] == "CHAIN")
    assert (sole["kind"], sole["value"], sole["records"][0]) == ("SOLE", "1", {"id": "enterprise:leader"})
    assert first["failing"] == first["unknown"] == first["conflicts"] == []


def test_what_does_not_fit_and_what_is_not_known_say_why(house: World) -> None:
    rows = {row["enterprise"]["id"]: row for row in ask(house, verdicts=["UNKNOWN", "NOT"])["targets"]["nodes"]}
    assert [one["kind"] for one in rows["enterprise:leader"]["failing"]] == ["STAGE", "SIZE", "CHAIN"]
    missing = [fact for one in rows["enterprise:young"]["unknown"] for fact in one["missing"]]
    assert {"record": {"id": "enterprise:young"}, "field": "size"} in missing
    assert [one["kind"] for one in rows["enterprise:lp"]["conflicts"]] == ["SAME_CONTROL"]


def test_pages_hold_on_to_the_version_they_began_with(house: World) -> None:
    seen, after = [], None
    while True:
        page = ask(house, first=3, after=after)["targets"]
        seen += [row["enterprise"]["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        house.add("more", [firm(f"new{len(seen)}", stage=Stage.SEED)])
    assert seen == [row["enterprise"]["id"] for row in ask(house)["targets"]["nodes"]]


def test_a_cell_and_weights_may_be_asked_for(house: World) -> None:
    found = ask(house, fund=None, cell={"stage": ["GROWTH"]}, weights={
        "ticket": "0", "chain": "1", "quality": "0", "policy": "0", "covenant": "0", "coInvestors": "0", "risk": "0",
    })  # fmt: skip
    (row,) = found["targets"]["nodes"]
    assert (row["enterprise"]["id"], row["score"]["value"], row["ticket"], found["supply"]) == (
        "enterprise:part",
        "1.000000",
        None,
        None,
    )


def test_a_portfolio_says_what_it_takes(house: World) -> None:
    found = house.ask(PORTFOLIO, {"budget": {"amount": "50000000"}})["portfolio"]
    assert (found["restored"], found["exact"], found["total"], found["needed"]) == (
        False, True, {"amount": "20000000.00"}, {"amount": "20000000.00"},
    )  # fmt: skip
    assert found["neededAtLeast"] == {"amount": "20000000.00"}
    assert found["beyond"] == [{"covenant": {"kind": "PAID_IN_PACE"}, "reason": "INVESTORS"}]
    (deal,) = found["deals"]
    assert deal["mends"] == [{"rule": {"id": "rule:field"}, "amount": "20000000"}]
    assert ([one["met"] for one in found["before"]], [one["met"] for one in found["after"]]) == (
        [False, False],
        [True, False],
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fund": None}, "needs a fund or a cell"),
        ({"weights": {"risk": "2"}}, "weights.risk 2"),
        ({"weights": {"coInvestors": "0.2"}}, "coInvestors 0.2"),
        ({"first": -1}, "first is -1"),
        ({"after": "nonsense"}, "cursor"),
    ],
)
def test_what_cannot_be_meant_is_refused(house: World, options: dict[str, Any], words: str) -> None:
    code, message = house.refused(TARGETS, {"fund": FUND, **options})
    assert code in ("INVALID_INPUT", "LIMIT_EXCEEDED")
    assert words in message


def test_a_budget_of_nothing_is_refused(house: World) -> None:
    code, message = house.refused(PORTFOLIO, {"budget": {"amount": "0"}})
    assert (code, "nothing to invest" in message) == ("INVALID_INPUT", True)
