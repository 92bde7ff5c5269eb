"""fundableAmount over GraphQL."""

from tests.schema.world import TIER2, World

FUNDABLE = (
    "query($id: ID!, $need: NeedInput, $status: [PathStatus!]) { fundableAmount(beneficiary: $id, need: $need, status: $status) {"
    " amount { amount currency } need { amount } shortfall { amount } weightedCostBps leastCost method lower { amount }"
    " upper { amount } amountIsUpperBound pathsLeftOut stoppedBy { kind on { id } headroom { amount } } notStated { kind }"
    " mix { amount { amount } costBps path { id technique steps { relation } } } completeness { complete } } }"
)


def test_all_the_money_a_firm_can_have_with_what_brings_and_what_stops_it(town: World) -> None:
    found = town.ask(FUNDABLE, {"id": TIER2, "status": ["PROSPECTIVE"]})["fundableAmount"]
    assert found["method"] == "EXACT_FLOW"
    assert found["amount"] == {"amount": "600000.00", "currency": "CNY"}
    assert found["lower"] == found["upper"] == {"amount": "600000.00"}
    # It also needs equity of 80 万元, which nobody offers.
    assert (found["need"], found["shortfall"]) == ({"amount": "1400000.00"}, {"amount": "800000.00"})
    assert [limit["kind"] for limit in found["stoppedBy"]] == ["NEED"]
    assert sum(float(item["amount"]["amount"]) for item in found["mix"]) == 600000
    assert all(item["path"]["steps"] for item in found["mix"])
    assert found["completeness"] == {"complete": True}


def test_nothing_is_ready_and_the_whole_need_is_short(town: World) -> None:
    found = town.ask(FUNDABLE, {"id": TIER2, "need": {"amount": {"amount": 1000}}, "status": ["EXISTING"]})[
        "fundableAmount"
    ]
    assert found["shortfall"] == {"amount": "1000.00"}
    assert (found["mix"], found["weightedCostBps"], found["stoppedBy"]) == ([], None, [])


def test_bad_needs_and_firms_are_refused(town: World) -> None:
    for need, id_, word in (
        ({"amount": {"amount": 0}}, TIER2, "need.amount"),
        ({"amount": {"amount": 100000000000000000000}}, TIER2, "100000000000000000000"),
        (None, "enterprise:nobody", "enterprise:nobody"),
    ):
        code, message = town.refused(FUNDABLE, {"id": id_, "need": need})
        assert code in ("INVALID_INPUT", "NOT_FOUND")
        assert word in message
