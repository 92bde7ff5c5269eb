"""Paths on assets, bills, early payment and a distributor's purchases over GraphQL."""

from decimal import Decimal

from graph.kinds.assets import Bill, EndorsedBy, WarehouseReceipt
from graph.kinds.contracts import BuyBack
from graph.kinds.parties import Supplies
from graph.kinds.supply_side import AnchorProgramme, LoanProduct
from graph.kinds.terms import OfferStatus, Technique
from graph.money import Money
from graph.records import Record, Ref
from tests.schema.world import ANCHOR, BANK, TIER1, World

PATHS = (
    "query($id: ID!, $technique: Technique!) { financingPaths(beneficiary: $id, techniques: [$technique]) { paths { nodes {"
    " status source { id __typename } obligor { id } recourse capacity { amount }"
    " missing { kind by { id } holder { id } } steps { relation from { id } to { id } }"
    " constraints { kind on { id } headroom { amount } } } } } }"
)
DEALERS = "anchorProgramme:dealers"


def offer(technique: Technique, lender: str = BANK, **fields: object) -> LoanProduct:
    return LoanProduct(
        id=f"loanProduct:{technique.name}", name=technique.zh, lender=Ref(lender), technique=technique,
        status=OfferStatus.OPEN, advance_rate=Decimal("0.8"), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def more(world: World, *records: Record) -> None:
    world.add("test", records)


def wan(amount: int) -> Money:
    return Money.of(amount, unit="万元")


def test_goods_in_a_warehouse_are_lent_on(changing: World) -> None:
    more(
        changing,
        offer(Technique.INVENTORY_LOAN),
        WarehouseReceipt(id="warehouseReceipt:steel", owner=Ref(TIER1), valuation=wan(100)),
    )
    [path] = changing.ask(PATHS, {"id": TIER1, "technique": "INVENTORY_LOAN"})["financingPaths"]["paths"]["nodes"]
    assert (path["capacity"], path["obligor"], path["recourse"]) == ({"amount": "800000.00"}, {"id": TIER1}, None)
    assert [step["relation"] for step in path["steps"]] == ["OFFERED_BY", "TAKES", "OWNED_BY"]


def test_bill_shows_who_accepted_and_who_endorsed_it(changing: World) -> None:
    more(
        changing,
        offer(Technique.BILL_DISCOUNT),
        Bill(id="bill:b", owner=Ref(TIER1), acceptor=Ref(ANCHOR), face=wan(100), transferable=True),
        EndorsedBy(source=Ref("bill:b"), target=Ref("enterprise:none"), at=1),
    )
    [path] = changing.ask(PATHS, {"id": TIER1, "technique": "BILL_DISCOUNT"})["financingPaths"]["paths"]["nodes"]
    assert (path["status"], path["obligor"]) == ("CONDITIONAL", {"id": ANCHOR})


def test_distributor_lacks_a_promise_to_buy_back_until_there_is_one(changing: World) -> None:
    more(changing, 
        AnchorProgramme(
            id=DEALERS, name="经销商", anchor=Ref(ANCHOR), limit=wan(1000), sell_through_days=90,
            margin_share=Decimal("0.3"),
        ),
        offer(Technique.DISTRIBUTOR_FINANCE, programme=Ref(DEALERS)),
        Supplies(source=Ref(ANCHOR), target=Ref(TIER1), annual_amount=wan(3650)),
    )  # fmt: skip
    asked = {"id": TIER1, "technique": "DISTRIBUTOR_FINANCE"}
    [path] = changing.ask(PATHS, asked)["financingPaths"]["paths"]["nodes"]
    assert (path["status"], path["steps"][-1]["relation"]) == ("PROSPECTIVE", "SUPPLIES")
    assert path["missing"] == [{"kind": "BUY_BACK", "by": {"id": ANCHOR}, "holder": {"id": TIER1}}]
    [width] = [one for one in path["constraints"] if one["kind"] == "LINK_WIDTH"]
    assert width["headroom"] == {"amount": "6300000.00"}
    more(changing, BuyBack(id="buyBack:t1", programme=Ref(DEALERS), distributor=Ref(TIER1), limit=wan(200)))
    [path] = changing.ask(PATHS, asked)["financingPaths"]["paths"]["nodes"]
    assert (path["status"], path["missing"]) in [("AVAILABLE", []), ("CONDITIONAL", [])]
    [promised] = [one for one in path["constraints"] if one["kind"] == "BUY_BACK"]
    assert promised == {"kind": "BUY_BACK", "on": {"id": "buyBack:t1"}, "headroom": {"amount": "2000000.00"}}


def test_anchor_that_pays_early_is_the_source(changing: World) -> None:
    more(changing, offer(Technique.DYNAMIC_DISCOUNTING, ANCHOR))
    paths = changing.ask(PATHS, {"id": TIER1, "technique": "DYNAMIC_DISCOUNTING"})["financingPaths"]["paths"]["nodes"]
    assert {(path["source"]["__typename"], path["source"]["id"], path["obligor"]) for path in paths} == {
        ("Enterprise", ANCHOR, None)
    }
