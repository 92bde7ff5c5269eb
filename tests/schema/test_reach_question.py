"""Whom an anchor can finance, over GraphQL."""

from tests.schema.world import ANCHOR, BANK, LONER, TIER1, TIER2, World

REACH = """query($from: ID!, $filter: ReachFilter, $order: ReachOrder = UNCOVERED_NEED, $maxTier: Int, $first: Int = 50, $after: String) {
  financingReach(from: $from, filter: $filter, orderBy: $order, maxTier: $maxTier, first: $first, after: $after) {
    enterprises { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { enterprise { id name } technique tier
      capacity { amount } need { amount } uncoveredNeed { amount } best { id technique capacity { amount } beneficiary { id } } } } }
    byTier { key count } byIndustry { key count record { id } } byRegion { key count } completeness { complete } } }"""


def test_reach_of_an_anchor_is_its_chain_with_counts(town: World) -> None:
    found = town.ask(REACH, {"from": ANCHOR})["financingReach"]
    assert found["completeness"] == {"complete": True}
    [edge] = found["enterprises"]["edges"]
    node = edge["node"]
    assert (node["enterprise"]["id"], node["technique"], node["tier"]) == (TIER2, "DEEP_TIER", 2)
    # Need 60 万元, all of it covered.
    assert (node["capacity"], node["need"], node["uncoveredNeed"]) == (
        {"amount": "600000.00"},
        {"amount": "600000.00"},
        {"amount": "0.00"},
    )
    assert found["byTier"] == [{"key": "2", "count": 1}]
    assert found["byIndustry"] == [{"key": None, "count": 1, "record": None}]
    path = town.ask(
        "query($id: ID!) { financingPath(id: $id) { id technique capacity { amount } beneficiary { id } } }",
        {"id": node["best"]["id"]},
    )
    assert path["financingPath"] == node["best"]


def test_pages_follow_each_other_and_hold_on_to_their_version(town: World) -> None:
    whole = town.ask(REACH, {"from": BANK, "order": "CAPACITY"})["financingReach"]["enterprises"]
    assert whole["totalCount"] == len(whole["edges"]) >= 1
    seen, after = [], None
    for _ in whole["edges"]:
        page = town.ask(REACH, {"from": BANK, "order": "CAPACITY", "first": 1, "after": after})["financingReach"]
        [edge] = page["enterprises"]["edges"]
        seen.append(edge["node"]["enterprise"]["id"])
        after = edge["cursor"]
    assert not page["enterprises"]["pageInfo"]["hasNextPage"]
    assert seen == [edge["node"]["enterprise"]["id"] for edge in whole["edges"]]


def test_amounts_in_all_are_found_where_they_are_selected(town: World) -> None:
    document = """query($from: ID!) { financingReach(from: $from) { jointCapacity { amount { amount } method lower { amount }
      upper { amount } } enterprises { nodes { fundable { amount { amount } method } } } } }"""
    found = town.ask(document, {"from": ANCHOR})["financingReach"]
    assert found["jointCapacity"]["amount"] == found["jointCapacity"]["upper"] == {"amount": "600000.00"}
    assert found["enterprises"]["nodes"] == [{"fundable": {"amount": {"amount": "600000.00"}, "method": "EXACT_FLOW"}}]


def test_what_cannot_be_meant_is_refused(town: World) -> None:
    for variables, code, words in (
        ({"from": "enterprise:nobody"}, "NOT_FOUND", "nobody"),
        ({"from": "region:980102"}, "INVALID_INPUT", "Region"),
        ({"from": ANCHOR, "maxTier": -1}, "INVALID_INPUT", "maxTier"),
        ({"from": ANCHOR, "first": 1000}, "LIMIT_EXCEEDED", "first"),
        ({"from": ANCHOR, "after": "zzz"}, "INVALID_INPUT", "cursor"),
        ({"from": ANCHOR, "filter": {"industry": ["industry:none"]}}, "NOT_FOUND", "industry:none"),
        ({"from": ANCHOR, "filter": {"technique": []}}, "INVALID_INPUT", "empty"),
        ({"from": ANCHOR, "filter": {"minCapacity": {"amount": "5", "currency": "XXX"}}}, "INVALID_INPUT", "XXX"),
    ):
        refused, message = town.refused(REACH, variables)
        assert (refused, words in message) == (code, True), message


def test_who_is_led_to_by_nothing_reaches_nobody(town: World) -> None:
    found = town.ask(REACH, {"from": LONER})["financingReach"]
    assert (found["enterprises"]["totalCount"], found["byTier"]) == (0, [])
    assert town.ask(REACH, {"from": TIER1})["financingReach"]["enterprises"]["totalCount"] == 0
