"""Paths that an asset of the beneficiary secures: goods, orders, contracts, rights, cash, documents, land and machines. In 万元."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from graph.kinds.assets import (
    Asset,
    Building,
    Deposit,
    Equipment,
    FxDocument,
    IpRight,
    IpRightType,
    LandUseRight,
    Order,
    OrderBuyer,
    PurchaseContract,
    RevenueRight,
    SalesContract,
    WarehouseReceipt,
)
from graph.kinds.contracts import Encumbrance, EncumbranceKind, Facility, Loan
from graph.kinds.parties import Controls, GovernmentUnit
from graph.kinds.rates import ExchangeRate
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import OfferStatus, Recourse, SizeClass, Technique
from graph.money import Money
from graph.records import Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary
from queries.financing_paths import financing_path
from tests.graph.build import TODAY, Stated
from tests.queries.finance import (
    BANK,
    BUYER,
    SELLER,
    ask,
    bank,
    capacities,
    constraint,
    dec,
    firm,
    in_wan,
    limit,
    missing_of,
    need,
    only,
    product,
    spine,
    verdict,
    view_of,
    wan,
)

MORTGAGE = EncumbranceKind.MORTGAGE
LATER, BEFORE = TODAY + timedelta(days=200), TODAY - timedelta(days=1)

OWNED: dict[str, tuple[Technique, type[Asset], dict[str, Any]]] = {
    "warehouseReceipt": (Technique.INVENTORY_LOAN, WarehouseReceipt, {"valuation": wan(1000)}),
    "order": (
        Technique.PRE_SHIPMENT,
        Order,
        {"buyer": Ref(BUYER), "amount": wan(1000), "buyer_type": OrderBuyer.LARGE_BUYER, "contract_no": "c"},
    ),
    "salesContract": (
        Technique.CONTRACT_LOAN,
        SalesContract,
        {"buyer": Ref(BUYER), "amount": wan(1000), "contract_no": "c"},
    ),
    "purchaseContract": (
        Technique.CONTRACT_LOAN,
        PurchaseContract,
        {"seller": Ref(BUYER), "amount": wan(1000), "contract_no": "c"},
    ),
    "ipRight": (Technique.IP_PLEDGE, IpRight, {"valuation": wan(1000), "registry_no": "z"}),
    "revenueRight": (Technique.REVENUE_RIGHT, RevenueRight, {"valuation": wan(1000)}),
    "deposit": (Technique.CASH_PLEDGE, Deposit, {"amount": wan(1000)}),
    "fxDocument": (Technique.FX_DOCUMENT, FxDocument, {"amount": wan(1000)}),
    "landUseRight": (Technique.MORTGAGE_LOAN, LandUseRight, {"valuation": wan(1000), "registry_no": "z"}),
    "building": (Technique.MORTGAGE_LOAN, Building, {"valuation": wan(1000), "registry_no": "z"}),
    "equipment": (Technique.MORTGAGE_LOAN, Equipment, {"valuation": wan(1000)}),
}
KINDS = list(OWNED)


def owned(kind: str, **fields: Any) -> Asset:
    """The seller's asset of a kind, worth 1,000 and with all its papers; None takes a field away."""
    _, record, given = OWNED[kind]
    return record(**{"id": f"{kind}:it", "owner": Ref(SELLER), **given, **fields})


def view_on(kind: str, *records: Stated, offer: dict[str, Any] | None = None, **fields: Any) -> View:
    """The bank's product at α 80 % for what the seller owns."""
    offered = product(OWNED[kind][0], **{"advance_rate": dec("0.8"), **(offer or {})})
    return view_of(bank(), bank("other"), firm("seller"), firm("buyer"), offered, owned(kind, **fields), *records)


def path_on(kind: str, *records: Stated, **options: Any) -> FinancingPath:
    """The one offered path on what the seller owns."""
    return only(ask(view_on(kind, *records, **options), "seller", OWNED[kind][0]))


def blocked(kind: str, *records: Stated, **options: Any) -> FinancingPath:
    """The same path where a gate blocks it: no answer lists it, its id still tells why."""
    open_ = path_on(kind)
    view = view_on(kind, *records, **options)
    assert not ask(view, "seller", OWNED[kind][0]).paths
    found = financing_path(view, open_.id)
    assert found is not None
    assert found.status is PathStatus.BLOCKED
    return found


def registered(name: str, of: str, amount: float | None, **fields: Any) -> Encumbrance:
    """A claim of another bank over what the seller owns."""
    given = {"kind": MORTGAGE, "registry_no": "r", **fields}
    return Encumbrance(
        id=f"encumbrance:{name}", asset=Ref(f"{of}:it"), creditor=Ref("institution:other"),
        amount=None if amount is None else wan(amount), **given,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_loan_on_an_asset_brings_its_advance_rate(kind: str) -> None:
    view = view_on(kind)
    path = only(ask(view, "seller"))
    assert (path.technique, path.status) == (OWNED[kind][0], PathStatus.AVAILABLE)
    assert spine(view, path) == ["bank", "product", "it", "seller"]
    assert [step.relation for step in path.steps] == ["OFFERED_BY", "TAKES", "OWNED_BY"]
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([800], ConstraintKind.ASSET_FREE)
    assert (view.id_of(path.obligor), path.recourse) == (SELLER, None)
    assert in_wan([path.steps[-1].amount]) == [800]


@pytest.mark.parametrize("kind", KINDS)
def test_prior_debt_comes_off_what_is_advanced(kind: str) -> None:
    path = path_on(kind, registered("first", kind, 300))
    free = constraint(path, ConstraintKind.ASSET_FREE)
    assert in_wan([free.limit, free.used, free.headroom]) == [800, 300, 500]


@pytest.mark.parametrize("kind", KINDS)
def test_registration_without_an_amount_takes_all(kind: str) -> None:
    path = blocked(kind, registered("all", kind, None))
    assert verdict(path, Gate.PRIOR_CLAIM) is Ternary.NO


def test_contract_registered_twice_counts_once() -> None:
    both = [registered(name, "building", 300, secures=Ref("loan:old")) for name in ("a", "b")]
    old = Loan(id="loan:old", lender=Ref("institution:other"), borrower=Ref(SELLER), principal=wan(300))
    view = view_on("building", *both, old)
    assert capacities(ask(view, "seller", Technique.MORTGAGE_LOAN, status=[PathStatus.AVAILABLE])) == [500]


@pytest.mark.parametrize(
    ("kind", "done"), [("order", "filled"), ("salesContract", "performed"), ("purchaseContract", "performed")]
)
def test_only_what_is_not_yet_done_counts(kind: str, done: str) -> None:
    assert in_wan([path_on(kind, **{done: wan(600)}).capacity]) == [320]
    assert in_wan([path_on(kind, registered("one", kind, 100), **{done: wan(600)}).capacity]) == [220]
    assert verdict(blocked(kind, **{done: wan(1000)}), Gate.LIMIT) is Ternary.NO


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "valuation" in OWNED[kind][2]])
def test_value_that_nobody_states_leaves_no_capacity(kind: str) -> None:
    path = path_on(kind, valuation=None)
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (None, PathStatus.CONDITIONAL, ["valuation"])


def test_unstated_advance_rate_leaves_an_upper_bound() -> None:
    path = path_on("building", offer={"advance_rate": None})
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([1000], True)


@pytest.mark.parametrize(
    ("kind", "last"),
    [("ipRight", "expires_on"), ("revenueRight", "ends_on"), ("landUseRight", "ends_on"), ("fxDocument", "due_on"),
     ("salesContract", "ends_on"), ("purchaseContract", "ends_on")],
)  # fmt: skip
def test_right_that_has_ended_is_worth_nothing(kind: str, last: str) -> None:
    assert verdict(blocked(kind, **{last: BEFORE}), Gate.LIMIT) is Ternary.NO
    assert in_wan([path_on(kind, **{last: TODAY}).capacity]) == [800]


def test_order_that_is_late_may_still_be_filled() -> None:
    assert in_wan([path_on("order", deliver_by=BEFORE).capacity]) == [800]


def test_loan_ends_before_the_right_that_secures_it() -> None:
    view = view_on("ipRight", expires_on=LATER)
    fits = [bool(ask(view, "seller", need=need(10, tenor_min_days=days)).paths) for days in (200, 201)]
    assert fits == [True, False]


def test_last_day_that_nobody_states_matters_only_where_a_tenor_is_asked_for() -> None:
    view = view_on("ipRight")
    asked = only(ask(view, "seller", need=need(10, tenor_min_days=90)))
    assert (asked.status, missing_of(asked, Gate.TENOR)) == (PathStatus.CONDITIONAL, ["expiresOn"])
    assert only(ask(view, "seller", need=need(10, tenor_max_days=90))).status is PathStatus.AVAILABLE


@pytest.mark.parametrize("kind", ["ipRight", "landUseRight", "building"])
def test_title_of_what_a_register_proves_is_unknown_without_its_number(kind: str) -> None:
    path = path_on(kind, registry_no=None)
    assert (path.status, missing_of(path, Gate.TITLE)) == (PathStatus.CONDITIONAL, ["registryNo"])


@pytest.mark.parametrize("kind", ["order", "salesContract", "purchaseContract"])
def test_trade_is_evidenced_by_its_contract(kind: str) -> None:
    path = path_on(kind, contract_no=None)
    assert (path.status, missing_of(path, Gate.TRADE_EVIDENCE)) == (PathStatus.CONDITIONAL, ["contractNo"])


@pytest.mark.parametrize("kind", ["order", "salesContract", "purchaseContract"])
def test_trade_within_one_control_is_no_trade(kind: str) -> None:
    holds = Controls(source=Ref(BUYER), target=Ref(SELLER), share=dec("0.6"))
    assert verdict(blocked(kind, holds), Gate.RELATED_PARTY_TRADE) is Ternary.NO


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("deposit", "fxDocument")])
def test_unregistered_claim_leaves_the_rank_unknown(kind: str) -> None:
    path = path_on(kind, registered("first", kind, 100, registry_no=None))
    assert (path.status, missing_of(path, Gate.REGISTRATION)) == (PathStatus.CONDITIONAL, ["registryNo"])


@pytest.mark.parametrize("kind", ["deposit", "fxDocument"])
def test_what_is_pledged_by_handing_it_over_needs_no_register(kind: str) -> None:
    path = path_on(kind, registered("first", kind, 100, kind=EncumbranceKind.PLEDGE, registry_no=None))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.AVAILABLE, [700])


@pytest.mark.parametrize(
    ("fields", "status", "missing"),
    [
        ({"buyer_type": OrderBuyer.GOVERNMENT}, PathStatus.AVAILABLE, []),
        ({"buyer_type": OrderBuyer.IMPORT_EXPORT}, PathStatus.AVAILABLE, []),
        ({"buyer_type": None, "buyer": Ref("governmentUnit:g")}, PathStatus.AVAILABLE, []),
        ({"buyer_type": None, "buyer": Ref("enterprise:large")}, PathStatus.AVAILABLE, []),
        ({"buyer_type": None}, PathStatus.CONDITIONAL, ["buyerType"]),
    ],
    ids=["government", "import or export", "a government unit buys", "a large firm buys", "nobody says"],
)
def test_order_is_of_government_a_large_buyer_or_abroad(
    fields: dict[str, Any], status: PathStatus, missing: list[str]
) -> None:
    others = GovernmentUnit(id="governmentUnit:g", name="g"), firm("large", size=SizeClass.LARGE)
    path = path_on("order", *others, **fields)
    assert (path.status, missing_of(path, Gate.ELIGIBILITY)) == (status, missing)


@pytest.mark.parametrize(
    ("kind", "takes", "fields", "answer"),
    [
        ("order", ("GOVERNMENT",), {"buyer_type": OrderBuyer.GOVERNMENT}, Ternary.YES),
        ("order", ("政府采购",), {"buyer_type": OrderBuyer.GOVERNMENT}, Ternary.YES),
        ("ipRight", ("PATENT", "TRADEMARK"), {"type": IpRightType.TRADEMARK}, Ternary.YES),
        ("ipRight", ("PATENT",), {}, Ternary.UNKNOWN),
        ("building", ("LandUseRight", "Building"), {}, Ternary.YES),
        ("equipment", ("设备",), {}, Ternary.YES),
    ],
)
def test_offer_takes_the_kinds_and_variants_that_it_lists(
    kind: str, takes: tuple[str, ...], fields: dict[str, Any], answer: Ternary
) -> None:
    assert verdict(path_on(kind, offer={"takes": takes}, **fields), Gate.ELIGIBILITY) is answer


@pytest.mark.parametrize(
    ("kind", "takes", "fields"),
    [
        ("order", ("GOVERNMENT",), {}),
        ("ipRight", ("PATENT",), {"type": IpRightType.COPYRIGHT}),
        ("building", ("LandUseRight",), {}),
    ],
)
def test_offer_takes_nothing_but_what_it_lists(kind: str, takes: tuple[str, ...], fields: dict[str, Any]) -> None:
    path = blocked(kind, offer={"takes": takes}, **fields)
    assert verdict(path, Gate.ELIGIBILITY) is Ternary.NO


def test_amount_abroad_is_not_stated_without_a_rate() -> None:
    path = path_on("fxDocument", amount=Money(100_000_000, "USD"))
    assert (path.capacity, path.status) == (None, PathStatus.CONDITIONAL)
    assert missing_of(path, Gate.CURRENCY) == ["rate USD/CNY"]


def test_amount_abroad_counts_at_a_dated_rate_less_its_haircut() -> None:
    rate = ExchangeRate(
        id="exchangeRate:r", currency="USD", quote="CNY", rate=dec("7"), haircut=dec("0.1"), quoted_on=date(2025, 5, 1)
    )
    prior = registered("first", "fxDocument", 100)
    path = path_on("fxDocument", rate, prior, amount=Money(100_000_000, "USD"))
    assert in_wan([path.capacity]) == [100 * 7 * 0.9 * 0.8 - 100]


def test_prior_claim_abroad_without_a_rate_leaves_no_capacity() -> None:
    prior = Encumbrance(
        id="encumbrance:x", asset=Ref("building:it"), creditor=Ref("institution:other"), kind=MORTGAGE,
        amount=Money(5, "USD"), registry_no="r",
    )  # fmt: skip
    path = path_on("building", prior)
    assert (path.capacity, path.status, missing_of(path, Gate.LIMIT)) == (
        None,
        PathStatus.CONDITIONAL,
        ["rate USD/CNY"],
    )


def test_limits_of_product_and_borrower_bind() -> None:
    view = view_on(
        "building", limit(LimitKind.SINGLE_NAME, SELLER, 450), offer={"max_amount": wan(700), "recourse": Recourse.NONE}
    )
    path = only(ask(view, "seller", need=need(600)))
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([450], ConstraintKind.SINGLE_NAME)


@pytest.mark.parametrize("purpose", ["原料采购", "补充流动资金"])
def test_order_is_financed_to_be_filled(purpose: str) -> None:
    assert capacities(ask(view_on("order"), "seller", need=need(10, purpose=purpose))) == [10]


def test_order_is_not_financed_for_anything_else() -> None:
    assert not ask(view_on("order"), "seller", need=need(10, purpose="研发投入")).paths


@pytest.mark.parametrize("technique", sorted({row[0] for row in OWNED.values()}, key=lambda one: one.name))
def test_line_and_loan_in_force_are_of_the_technique(technique: Technique) -> None:
    line = Facility(
        id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), technique=technique, limit=wan(500), drawn=wan(200)
    )
    paid = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), technique=technique, principal=wan(90))
    found = ask(view_of(bank(), firm("seller"), line, paid), "seller", technique)
    assert [(path.status, path.capacity) for path in found.paths] == [
        (PathStatus.EXISTING, wan(300).minor), (PathStatus.EXISTING, 0),
    ]  # fmt: skip


def test_closed_product_takes_nothing() -> None:
    assert verdict(blocked("building", offer={"status": OfferStatus.CLOSED}), Gate.PRODUCT_OPEN) is Ternary.NO
