"""Supply tiers and connections over GraphQL."""

from tests.schema.world import ANCHOR, BANK, LONER, TIER1, TIER2, World

TIERS = (
    "query($root: ID!, $direction: Direction!, $least: Decimal) { supplyTiers(root: $root, direction: $direction,"
    " minShareOfSupplierRevenue: $least) { root { id } direction completeness { complete } tiers { tier firms { totalCount nodes { id } }"
    " links { nodes { annualAmount { amount } target { id } } } } } }"
)
PATHS = (
    "query($from: ID!, $to: ID!, $through: [Kind!]) { connections(from: $from, to: $to, through: $through) {"
    " completeness { complete } excludedKinds paths { nodes { id } steps { from { id } to { id }"
    " relations { relation forward link { id } } } } } }"
)


def test_suppliers_come_tier_by_tier_with_the_links_that_join_them(town: World) -> None:
    found = town.ask(TIERS, {"root": ANCHOR, "direction": "SUPPLIERS"})["supplyTiers"]
    assert found == {
        "root": {"id": ANCHOR},
        "direction": "SUPPLIERS",
        "completeness": {"complete": True},
        "tiers": [
            {
                "tier": 1,
                "firms": {"totalCount": 1, "nodes": [{"id": TIER1}]},
                "links": {"nodes": [{"annualAmount": {"amount": "36500000.00"}, "target": {"id": ANCHOR}}]},
            },
            {
                "tier": 2,
                "firms": {"totalCount": 1, "nodes": [{"id": TIER2}]},
                "links": {"nodes": [{"annualAmount": {"amount": "7300000.00"}, "target": {"id": TIER1}}]},
            },
        ],
    }


def test_buyers_go_the_other_way(town: World) -> None:
    tiers = town.ask(TIERS, {"root": TIER2, "direction": "BUYERS"})["supplyTiers"]["tiers"]
    assert [[firm["id"] for firm in tier["firms"]["nodes"]] for tier in tiers] == [[TIER1], [ANCHOR]]


def test_a_share_that_is_not_stated_does_not_reach_the_least(town: World) -> None:
    tiers = town.ask(TIERS, {"root": ANCHOR, "direction": "SUPPLIERS", "least": "0.5"})["supplyTiers"]["tiers"]
    assert [tier["tier"] for tier in tiers] == [1]


def test_two_records_hang_together_over_any_relation(town: World) -> None:
    found = town.ask(PATHS, {"from": TIER2, "to": BANK})["connections"]
    shortest = found["paths"][0]
    assert [node["id"] for node in shortest["nodes"]] == [TIER2, TIER1, ANCHOR, "anchorProgramme:east", BANK]
    relations = [[one["relation"] for one in step["relations"]] for step in shortest["steps"]]
    assert relations == [["SUPPLIES"], ["SUPPLIES"], ["ANCHORED_BY"], ["FUNDED_BY"]]
    assert shortest["steps"][0]["relations"][0]["link"]["id"].startswith("supplies:")
    assert shortest["steps"][2]["relations"] == [{"relation": "ANCHORED_BY", "forward": False, "link": None}]
    assert "REGION" in found["excludedKinds"]


def test_kinds_narrow_what_may_stand_in_between(town: World) -> None:
    assert town.ask(PATHS, {"from": TIER2, "to": BANK, "through": ["ENTERPRISE"]})["connections"]["paths"] == []


def test_what_does_not_hang_together_has_no_path(town: World) -> None:
    found = town.ask(PATHS, {"from": LONER, "to": BANK})["connections"]
    assert (found["paths"], found["completeness"]) == ([], {"complete": True})


def test_a_root_that_is_not_there_is_named(town: World) -> None:
    code, message = town.refused(TIERS, {"root": "enterprise:nobody", "direction": "BUYERS"})
    assert (code, "enterprise:nobody" in message) == ("NOT_FOUND", True)
