"""Financing paths and fund coverage over GraphQL, and that their ids give them back."""

import base64

from graph.kinds.contracts import Commitment
from graph.kinds.parties import Fund
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Operator, Stage
from graph.money import Money
from graph.records import Ref
from tests.schema.world import ANCHOR, BANK, TIER1, TIER2, World

PATHS = (
    "query($id: ID!, $status: [PathStatus!], $need: NeedInput) { financingPaths(beneficiary: $id, status: $status, need: $need) {"
    " completeness { complete reason exploredCount completeToDepth truncatedByAccess } excludedKinds paths { totalCount nodes {"
    " id technique status source { id } beneficiary { id } obligor { id } recourse capacity { amount } capacityIsUpperBound"
    " bindingConstraint { kind } constraints { kind stated headroom { amount } drawPerYuan basis on { id } redacted }"
    " missing { kind by { id } holder { id } step } steps { from { id } to { id } relation instrument { id } evidence { source { name } } }"
    " gates { gate verdict missing { record { id } field } } evidence { strength weakestStep claims { locator } } supports { kind } } } } }"
)


def test_a_prospective_chain_names_its_steps_limits_and_what_is_missing(town: World) -> None:
    found = town.ask(PATHS, {"id": TIER2, "status": ["PROSPECTIVE"]})["financingPaths"]
    assert found["completeness"]["complete"]
    assert "REGION" in found["excludedKinds"]
    [path] = [path for path in found["paths"]["nodes"] if path["technique"] == "DEEP_TIER"]
    assert path["status"] == "PROSPECTIVE"
    assert (path["source"], path["beneficiary"], path["obligor"]) == ({"id": BANK}, {"id": TIER2}, {"id": ANCHOR})
    # Need 60 of 万元; the link keeps 730·60/365 = 120 outstanding, α 80 %: 96; the programme's limit is 1,000.
    assert path["capacity"] == {"amount": "600000.00"}
    assert path["bindingConstraint"] == {"kind": "NEED"}
    steps = [(step["from"]["id"], step["relation"], step["to"]["id"]) for step in path["steps"]]
    assert steps[0][0] == BANK
    assert steps[-1] == (TIER1, "SUPPLIES", TIER2)
    assert path["steps"][-1]["instrument"]["id"].startswith("supplies:")
    assert {one["kind"] for one in path["missing"]} == {"VOUCHER"}
    assert all(constraint["redacted"] is False for constraint in path["constraints"])
    assert {gate["gate"] for gate in path["gates"]} >= {"LICENCE", "PRODUCT_OPEN", "LIMIT"}


def test_an_id_gives_the_path_back_in_the_view_that_asks(town: World) -> None:
    [path, *_] = town.ask(PATHS, {"id": TIER2, "status": ["PROSPECTIVE"]})["financingPaths"]["paths"]["nodes"]
    document = (
        "query($id: ID!) { node(id: $id) { __typename id ... on FinancingPath { status capacity { amount } } }"
        " financingPath(id: $id, need: { amount: { amount: 100000 } }) { capacity { amount } bindingConstraint { kind } }"
        ' past: view(asOf: "2020-01-01", knownAt: "2000-01-01T00:00:00Z") { node(id: $id) { id } } }'
    )
    found = town.ask(document, {"id": path["id"]})
    assert found["node"] == {
        "__typename": "FinancingPath",
        "id": path["id"],
        "status": "PROSPECTIVE",
        "capacity": path["capacity"],
    }
    assert found["financingPath"] == {"capacity": {"amount": "100000.00"}, "bindingConstraint": {"kind": "NEED"}}
    assert found["past"] == {"node": None}


def test_a_need_that_cannot_be_meant_is_refused(town: World) -> None:
    for need, words in (
        ({"amount": {"amount": "-1"}}, "need.amount"),
        ({"amount": {"amount": "0.001"}}, "need.amount"),
        ({"amount": {"amount": "5", "currency": "XXX"}}, "XXX"),
        ({"amount": {"amount": "5"}, "tenorMinDays": 9, "tenorMaxDays": 3}, "tenorMinDays"),
    ):
        code, message = town.refused(PATHS, {"id": TIER2, "need": need})
        assert (code, words in message) == ("INVALID_INPUT", True), message


def test_a_budget_over_the_services_own_is_refused(town: World) -> None:
    code, message = town.refused(
        "query($id: ID!) { financingPaths(beneficiary: $id, budget: { expansions: 100000000 }) { paths { nodes { id } } } }",
        {"id": TIER2},
    )
    assert (code, "expansions" in message) == ("LIMIT_EXCEEDED", True)


def test_a_page_of_paths_comes_without_their_number(town: World) -> None:
    found = town.ask(
        "query($id: ID!) { financingPaths(beneficiary: $id, first: 1) { ...page } }"
        " fragment page on FinancingPaths { paths { pageInfo { hasNextPage } edges { cursor node { technique } } } }",
        {"id": TIER2},
    )["financingPaths"]["paths"]
    assert not found["pageInfo"]["hasNextPage"]
    assert [edge["node"]["technique"] for edge in found["edges"]] == ["DEEP_TIER"]


def test_an_id_that_is_made_up_is_no_path(town: World) -> None:
    made_up = base64.urlsafe_b64encode(f"FACTORING\n{BANK}\n{TIER2}\n".encode()).decode().rstrip("=")
    assert town.ask("query($id: ID!) { node(id: $id) { id } }", {"id": made_up}) == {"node": None}


COVERAGE = (
    "query($by: [CellDimension!]!) { fundCoverageGaps(by: $by) { overCoverage { amount } total { ...cell } cells { ...cell }"
    " funds { fund { name } callable { amount } dryPowder { amount } notStated } } }"
    " fragment cell on CoverageCell { id stage industry { name } region { name } period demand { amount } covered { amount }"
    " executionGap { amount } structuralGap { amount } structuralGapLow { amount } reason reasons { reason amount { amount } share }"
    " needs(first: 5) { totalCount nodes { id } } funds { fund { name } cap { amount } hasMoneyLeft } }"
)


GROWTH_FUND = [
    Fund(id="fund:growth", name="成长基金"),
    Commitment(id="commitment:1", fund=Ref("fund:growth"), investor=Ref(BANK), committed=Money.of(50, unit="万元")),
    Rule(
        id="rule:mandate", kind=RuleKind.MANDATE, name="投成长期", about=Ref("fund:growth"), dimension=Dimension.STAGE,
        operator=Operator.IN, stage=Stage.GROWTH,
    ),
]  # fmt: skip


def test_coverage_adds_up_and_says_why(changing: World) -> None:
    changing.add("register", GROWTH_FUND)
    found = changing.ask(COVERAGE, {"by": ["STAGE"]})["fundCoverageGaps"]
    [cell] = found["cells"]
    assert cell["stage"] == "GROWTH"
    # Equity need of 80 万元, a fund of 50 whose mandate admits it: 50 could be placed, 30 are missing for want of money.
    assert [cell[name]["amount"] for name in ("demand", "covered", "executionGap", "structuralGap")] == [
        "800000.00",
        "0.00",
        "500000.00",
        "300000.00",
    ]
    assert cell["reason"] == "CAPACITY"
    assert cell["needs"] == {"totalCount": 1, "nodes": [{"id": "financingNeed:n2"}]}
    assert [fund["fund"]["name"] for fund in cell["funds"]] == ["成长基金"]
    assert {**found["total"], "id": 0, "stage": "GROWTH"} == {**cell, "id": 0}
    given = changing.ask(
        "query($id: ID!) { node(id: $id) { __typename ... on CoverageCell { stage structuralGap { amount } } } }",
        {"id": cell["id"]},
    )
    assert given["node"] == {"__typename": "CoverageCell", "stage": "GROWTH", "structuralGap": {"amount": "300000.00"}}


def test_coverage_is_split_by_every_dimension_and_says_what_a_yuan_would_close(changing: World) -> None:
    changing.add("register", GROWTH_FUND)
    found = changing.ask(
        "{ fundCoverageGaps(by: [INDUSTRY, STAGE, REGION, INSTRUMENT, TICKET_BAND, TAG, PERIOD], levels: { tag: SINGLE }) {"
        " demand outside cells { instrument ticketBand { name } tags { name } basis maxAllocatable { amount } reached { totalCount }"
        " enterprises(first: 1) { nodes { id } } change { closes { amount } } }"
        " fundMarginals { fund { name } closesPerYuan } ruleMarginals(first: 3) { rule { name } closes { amount } } } }"
    )["fundCoverageGaps"]
    assert (found["demand"], found["outside"]) == ("DECLARED", 0)
    [cell] = found["cells"]
    assert cell.pop("enterprises")["nodes"]
    assert cell == {
        "instrument": "EQUITY",
        "ticketBand": None,
        "tags": [],
        "basis": "DECLARED",
        "maxAllocatable": {"amount": "500000.00"},
        "reached": {"totalCount": 1},
        "change": None,
    }
    assert found["fundMarginals"] == [{"fund": {"name": "成长基金"}, "closesPerYuan": "1"}]
    assert found["ruleMarginals"] == [{"rule": {"name": "投成长期"}, "closes": {"amount": "0.00"}}]


def test_options_and_what_ifs_tell_what_money_closes(changing: World) -> None:
    changing.add("register", GROWTH_FUND)
    options = changing.ask(
        '{ fundOptions(amount: { amount: "200000" }, by: [STAGE], first: 1) { totalCount options { kind closes { amount } perYuan'
        " fund { name } rule { name } cell { stage } newlyReached { totalCount } } } }"
    )["fundOptions"]
    assert options == {
        "totalCount": 2,
        "options": [
            {
                "kind": "ADD_MONEY",
                "closes": {"amount": "200000.00"},
                "perYuan": "1",
                "fund": {"name": "成长基金"},
                "rule": None,
                "cell": None,
                "newlyReached": {"totalCount": 0},
            }
        ],
    }
    more = {
        "kind": "COMMITMENT",
        "fields": {"id": "commitment:2", "fund": "fund:growth", "investor": BANK, "committed": {"amount": "200000"}},
    }
    found = changing.ask(
        "query($more: AddInput!) { view(changes: [{ add: $more }]) { fundCoverageGaps(by: []) { total { structuralGap { amount }"
        " change { closes { amount } money { amount } perYuan newlyReached { totalCount } } } } } }",
        {"more": more},
    )["view"]["fundCoverageGaps"]["total"]
    assert found == {
        "structuralGap": {"amount": "100000.00"},
        "change": {
            "closes": {"amount": "200000.00"},
            "money": {"amount": "200000.00"},
            "perYuan": "1",
            "newlyReached": {"totalCount": 0},
        },
    }


def test_coverage_refuses_what_cannot_be_meant(town: World) -> None:
    for question, code, words in (
        ("fundCoverageGaps(by: [STAGE, STAGE])", "INVALID_INPUT", "STAGE, STAGE"),
        ("fundCoverageGaps(by: [], demand: MODELLED)", "INVALID_INPUT", "BENCHMARK"),
        ('fundCoverageGaps(by: [], where: { tag: ["tag:nobody"] })', "NOT_FOUND", "tag:nobody"),
        ('fundCoverageGaps(by: [], where: { ticketBand: ["tag:a"] })', "INVALID_INPUT", "TicketBand"),
    ):
        found, message = town.refused(f"{{ {question} {{ overCoverage {{ amount }} }} }}")
        assert (found, words in message) == (code, True), message
