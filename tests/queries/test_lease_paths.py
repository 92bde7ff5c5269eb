"""Leases: what a lessee buys or has, and what a manufacturer sells. Amounts in 万元."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.assets import Equipment, EquipmentClass, PurchaseContract, SalesContract
from graph.kinds.contracts import Encumbrance, EncumbranceKind, Lease
from graph.kinds.parties import InstitutionType
from graph.kinds.supply_side import LimitKind
from graph.kinds.terms import LeaseModel, OfferStatus, Recourse, Technique
from graph.money import Money
from graph.records import Record, Ref
from graph.view import View
from queries.financing.terms import BeneficiaryRole, ConstraintKind, Gate, PathStatus
from queries.financing_paths import financing_path
from tests.examples import FEW_WORLDS
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
    only,
    product,
    spine,
    view_of,
    wan,
)

LEASE = Technique.LEASE
OFFERS = (PathStatus.AVAILABLE, PathStatus.CONDITIONAL)


def lease_view(*records: Record, model: LeaseModel | None = LeaseModel.DIRECT, **fields: object) -> View:
    given = {"down_payment": dec("0.2"), "lease_model": model, **fields}
    lessor = bank(type=InstitutionType.LESSOR)
    return view_of(lessor, bank("other"), firm("seller"), firm("buyer"), product(LEASE, **given), *records)


def purchase(**fields: object) -> PurchaseContract:
    given = {"equipment": EquipmentClass.MINING, "amount": wan(500), "contract_no": "c-1", **fields}
    return PurchaseContract(id="purchaseContract:p", owner=Ref(SELLER), seller=Ref(BUYER), **given)


def sale(**fields: object) -> SalesContract:
    given = {"equipment": EquipmentClass.MINING, "amount": wan(500), "contract_no": "c-1", **fields}
    return SalesContract(id="salesContract:s", owner=Ref(SELLER), buyer=Ref(BUYER), **given)


def machine(**fields: object) -> Equipment:
    return Equipment(id="equipment:m", owner=Ref(SELLER), **{"valuation": wan(500), **fields})


@pytest.mark.parametrize("model", [LeaseModel.DIRECT, LeaseModel.SUBLEASE, LeaseModel.ENTRUSTED])
def test_lessor_pays_the_price_less_the_down_payment(model: LeaseModel) -> None:
    view = lease_view(purchase(), model=model)
    path = only(ask(view, "seller", LEASE, status=OFFERS))
    assert (path.status, in_wan([path.capacity]), spine(view, path)) == (
        PathStatus.AVAILABLE, [400], ["bank", "product", "p", "seller"],
    )  # fmt: skip
    assert (path.role, path.obligor) == (BeneficiaryRole.RECIPIENT, path.beneficiary)
    assert financing_path(view, path.id) == path


def test_what_is_paid_of_the_price_needs_no_lease() -> None:
    assert capacities(ask(lease_view(purchase(performed=wan(100))), "seller", LEASE, status=OFFERS)) == [320]


def test_down_payment_that_nobody_states_leaves_an_upper_bound() -> None:
    path = only(ask(lease_view(purchase(), down_payment=None), "seller", LEASE, status=OFFERS))
    assert (in_wan([path.capacity]), path.capacity_is_upper_bound) == ([500], True)


def test_contract_for_no_equipment_is_not_leased() -> None:
    assert not ask(lease_view(purchase(equipment=None)), "seller", LEASE, status=OFFERS).paths


def test_without_a_purchase_the_contract_is_to_be_made() -> None:
    path = only(ask(lease_view(), "seller", LEASE))
    assert (path.status, path.capacity) == (PathStatus.PROSPECTIVE, None)
    assert [(one.kind, one.by) for one in path.missing] == [("PurchaseContract", path.beneficiary)]


def test_leaseback_of_own_equipment() -> None:
    view = lease_view(machine(), model=LeaseModel.SALE_AND_LEASEBACK)
    path = only(ask(view, "seller", LEASE))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.AVAILABLE, [400])


def test_debt_on_the_equipment_comes_first_in_a_leaseback() -> None:
    mortgage = Encumbrance(
        id="encumbrance:e", kind=EncumbranceKind.MORTGAGE, asset=Ref("equipment:m"), creditor=Ref("institution:other"),
        amount=wan(150), registry_no="r",
    )  # fmt: skip
    view = lease_view(machine(), mortgage, model=LeaseModel.SALE_AND_LEASEBACK)
    assert capacities(ask(view, "seller", LEASE)) == [250]


def test_mortgage_without_an_amount_blocks_a_leaseback() -> None:
    mortgage = Encumbrance(
        id="encumbrance:e", kind=EncumbranceKind.MORTGAGE, asset=Ref("equipment:m"), creditor=Ref("institution:other"),
        registry_no="r",
    )  # fmt: skip
    assert not ask(lease_view(machine(), mortgage, model=LeaseModel.SALE_AND_LEASEBACK), "seller", LEASE).paths


def test_equipment_that_nobody_values_leaves_no_capacity() -> None:
    path = only(ask(lease_view(machine(valuation=None), model=LeaseModel.SALE_AND_LEASEBACK), "seller", LEASE))
    assert (path.status, path.capacity, missing_of(path, Gate.LIMIT)) == (PathStatus.CONDITIONAL, None, ["valuation"])


def test_vendor_lease_finances_the_manufacturers_sale() -> None:
    view = lease_view(sale(), model=LeaseModel.VENDOR)
    path = only(ask(view, "seller", LEASE))
    assert (path.role, in_wan([path.capacity])) == (BeneficiaryRole.VENDOR, [400])
    assert view.id_of(path.obligor) == BUYER


@pytest.mark.parametrize(("recourse", "expected"), [(Recourse.NONE, 300), (Recourse.FULL, 50), (None, 50)])
def test_vendor_lease_draws_on_the_lessee_and_with_recourse_on_the_vendor(
    recourse: Recourse | None, expected: float
) -> None:
    limits = (
        limit(LimitKind.SINGLE_NAME, SELLER, 50, "seller"), limit(LimitKind.SINGLE_NAME, BUYER, 300, "buyer"),
    )  # fmt: skip
    view = lease_view(sale(), *limits, model=LeaseModel.VENDOR, recourse=recourse)
    assert capacities(ask(view, "seller", LEASE)) == [expected]


def test_lessee_is_reached_by_its_own_purchase_alone() -> None:
    view = lease_view(sale(), model=LeaseModel.VENDOR)
    assert not ask(view, "buyer", LEASE).paths


def test_model_that_nobody_states_is_unknown() -> None:
    view = lease_view(purchase(), machine(), sale(), model=None)
    found = ask(view, "seller", LEASE, status=OFFERS)
    assert {path.status for path in found.paths} == {PathStatus.CONDITIONAL}
    assert [missing_of(path, Gate.ELIGIBILITY) for path in found.paths] == [["leaseModel"]] * 3


def test_bank_is_no_lessor_and_a_closed_offer_none() -> None:
    assert not ask(view_of(bank(), firm("seller"), firm("buyer"), product(LEASE), purchase()), "seller", LEASE).paths
    assert not ask(lease_view(purchase(), status=OfferStatus.CLOSED), "seller", LEASE).paths


def test_purchase_from_a_firm_of_the_same_group_is_not_leased() -> None:
    from graph.kinds.parties import Controls

    own = Controls(source=Ref(SELLER), target=Ref(BUYER), share=Decimal(1))
    assert not ask(lease_view(purchase(), own), "seller", LEASE, status=OFFERS).paths


def lease(**fields: object) -> Lease:
    given = {"lessee": Ref(SELLER), "price": wan(300), "outstanding": wan(200), "due_on": date(2027, 1, 1), **fields}
    return Lease(id="lease:l", lessor=Ref(BANK), **given)


def test_lease_in_force_has_nothing_left() -> None:
    path = only(ask(lease_view(lease()), "seller", LEASE, status=[PathStatus.EXISTING]))
    assert (in_wan([path.capacity]), path.role) == ([0], BeneficiaryRole.RECIPIENT)
    assert in_wan([constraint(path, ConstraintKind.STEP_AMOUNT).used]) == [300]


def test_vendor_lease_in_force_reaches_the_vendor_too() -> None:
    view = lease_view(lease(lessee=Ref(BUYER), vendor=Ref(SELLER), model=LeaseModel.VENDOR))
    path = only(ask(view, "seller", LEASE, status=[PathStatus.EXISTING]))
    assert (path.role, view.id_of(path.obligor)) == (BeneficiaryRole.VENDOR, BUYER)
    assert only(ask(view, "buyer", LEASE, status=[PathStatus.EXISTING])).role is BeneficiaryRole.RECIPIENT


amounts = st.integers(1, 10**13)


@settings(max_examples=FEW_WORLDS)
@given(amounts, st.integers(0, 10**6), st.one_of(st.none(), st.integers(0, 10**13)))
def test_amount_is_price_less_down_payment_less_debt_rounded_down(price: int, down: int, debt: int | None) -> None:
    records: list[Record] = [machine(valuation=Money(price))]
    if debt is not None:
        records.append(
            Encumbrance(
                id="encumbrance:e", kind=EncumbranceKind.MORTGAGE, asset=Ref("equipment:m"), creditor=Ref("institution:other"),
                amount=Money(debt), registry_no="r",
            )
        )  # fmt: skip
    share = Decimal(down) / 10**6
    found = ask(lease_view(*records, model=LeaseModel.SALE_AND_LEASEBACK, down_payment=share), "seller", LEASE)
    expected = max(0, price * (10**6 - down) // 10**6 - (debt or 0))
    assert [path.capacity for path in found.paths] == ([expected] if expected else [])


def test_lease_of_what_the_lessee_itself_sells_stands_once() -> None:
    own = lease(vendor=Ref(SELLER), model=LeaseModel.VENDOR)
    assert only(ask(lease_view(own), "seller", LEASE, status=[PathStatus.EXISTING])).role is BeneficiaryRole.RECIPIENT
