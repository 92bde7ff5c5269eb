"""Bills discounted, and letter-of-credit claims sold without recourse. Amounts in 万元."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.kinds.assets import Bill, CreditClaim, EndorsedBy
from graph.kinds.contracts import Encumbrance, EncumbranceKind, Facility, Loan
from graph.kinds.parties import Controls, InstitutionType
from graph.kinds.supply_side import CreditLimit, LimitKind
from graph.kinds.terms import Recourse, Technique
from graph.records import Record, Ref
from graph.view import View
from queries.financing.answers import FinancingPath
from queries.financing.terms import ConstraintKind, Gate, PathRecourse, PathStatus, Ternary
from queries.financing_paths import financing_path
from tests.graph.build import TODAY, Stated
from tests.queries.finance import (
    BANK,
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

DISCOUNT, FORFAITING = Technique.BILL_DISCOUNT, Technique.FORFAITING
ACCEPTOR, ISSUER, CONFIRMER = "enterprise:acceptor", "institution:issuer", "institution:confirmer"
LATER, BEFORE = TODAY + timedelta(days=90), TODAY - timedelta(days=1)


def bill(face: float = 1000, **fields: Any) -> Bill:
    """The seller's bill, accepted by a firm, with its papers."""
    given = {"acceptor": Ref(ACCEPTOR), "due_on": LATER, "transferable": True, "contract_no": "c", "invoice_no": "i"}
    return Bill(**{"id": "bill:it", "owner": Ref(SELLER), "face": wan(face), **given, **fields})


def credit(amount: float = 1000, **fields: Any) -> CreditClaim:
    """The seller's claim under a letter of credit that its issuer has accepted."""
    given = {"issuer": Ref(ISSUER), "accepted": True, "due_on": LATER}
    return CreditClaim(**{"id": "creditClaim:it", "owner": Ref(SELLER), "amount": wan(amount), **given, **fields})


def endorsed(name: str, at: int) -> EndorsedBy:
    return EndorsedBy(source=Ref("bill:it"), target=Ref(f"enterprise:{name}"), at=at)


def view_on(asset: Record, *records: Stated, **offer: Any) -> View:
    technique = DISCOUNT if isinstance(asset, Bill) else FORFAITING
    others = (bank(name) for name in ("other", "issuer", "confirmer"))
    firms = (firm(name) for name in ("seller", "acceptor", "drawer", "middle"))
    offered = product(technique, **{"advance_rate": dec("0.9"), **offer})
    return view_of(bank(), *others, *firms, offered, asset, *records)


def path_on(asset: Record, *records: Stated, **offer: Any) -> FinancingPath:
    return only(ask(view_on(asset, *records, **offer), "seller"))


def blocked(asset: Record, *records: Stated, **offer: Any) -> FinancingPath:
    """The path that the same asset would have in a world without a hindrance, where it is blocked."""
    plain = bill() if isinstance(asset, Bill) else credit()
    view = view_on(asset, *records, **offer)
    assert not ask(view, "seller").paths
    found = financing_path(view, path_on(plain).id)
    assert found is not None
    assert found.status is PathStatus.BLOCKED
    return found


def single(name: str, amount: float) -> CreditLimit:
    """A limit of the bank on one name."""
    return limit(LimitKind.SINGLE_NAME, f"enterprise:{name}", amount, name)


def test_bill_brings_its_advance_rate_and_its_acceptor_owes_it() -> None:
    view = view_on(bill())
    path = only(ask(view, "seller"))
    assert spine(view, path) == ["bank", "product", "it", "seller"]
    assert (path.technique, path.status, in_wan([path.capacity])) == (DISCOUNT, PathStatus.AVAILABLE, [900])
    assert (view.id_of(path.obligor), path.recourse) == (ACCEPTOR, PathRecourse.NOT_STATED)


def test_bill_pledged_for_a_debt_brings_the_rest() -> None:
    pledged = Encumbrance(
        id="encumbrance:x", asset=Ref("bill:it"), creditor=Ref("institution:other"), kind=EncumbranceKind.PLEDGE,
        amount=wan(300),
    )  # fmt: skip
    path = path_on(bill(), pledged)
    assert (path.status, in_wan([path.capacity])) == (PathStatus.AVAILABLE, [600])


@pytest.mark.parametrize(
    ("recourse", "expected"),
    [(Recourse.NONE, 400), (Recourse.FULL, 100), (Recourse.PARTIAL, 100), (None, 100)],
)
def test_endorsers_and_the_holder_stand_for_a_bill_with_recourse(recourse: Recourse | None, expected: float) -> None:
    records = (endorsed("drawer", 1), endorsed("middle", 2), single("acceptor", 400), single("drawer", 200))
    path = path_on(bill(), *records, single("middle", 100), single("seller", 300), recourse=recourse)
    assert in_wan([path.capacity]) == [expected]


def test_acceptor_owes_its_bill_with_recourse_too() -> None:
    path = path_on(bill(), limit(LimitKind.DEBTOR_LIMIT, ACCEPTOR, 50), recourse=Recourse.FULL)
    assert (in_wan([path.capacity]), path.binding_constraint.kind) == ([50], ConstraintKind.DEBTOR_LIMIT)


def test_bill_that_must_not_be_endorsed_is_no_way() -> None:
    assert verdict(blocked(bill(transferable=False)), Gate.TITLE) is Ternary.NO
    assert missing_of(path_on(bill(transferable=None)), Gate.TITLE) == ["transferable"]


def test_bill_stands_on_a_trade() -> None:
    path = path_on(bill(contract_no=None, invoice_no=None))
    assert (path.status, missing_of(path, Gate.TRADE_EVIDENCE)) == (
        PathStatus.CONDITIONAL, ["contractNo", "invoiceNo"],
    )  # fmt: skip


def test_trade_of_a_bill_is_with_whom_it_came_from() -> None:
    holds = Controls(source=Ref("enterprise:middle"), target=Ref(SELLER), share=dec("0.6"))
    chain = endorsed("drawer", 1), endorsed("middle", 2)
    assert verdict(blocked(bill(), *chain, holds), Gate.RELATED_PARTY_TRADE) is Ternary.NO
    assert path_on(bill(), endorsed("middle", 1), endorsed("drawer", 2), holds).status is PathStatus.AVAILABLE
    assert path_on(bill(), holds).status is PathStatus.AVAILABLE


def test_bill_past_its_due_day_is_worth_nothing() -> None:
    assert verdict(blocked(bill(due_on=BEFORE)), Gate.LIMIT) is Ternary.NO


@pytest.mark.parametrize("asset", [bill(), credit()], ids=["bill", "letter of credit"])
def test_financing_runs_as_long_as_the_claim(asset: Record) -> None:
    view = view_on(asset)
    fits = [bool(ask(view, "seller", need=need(10, tenor_max_days=days)).paths) for days in (89, 90)]
    assert fits == [False, True]


def test_letter_of_credit_is_sold_without_recourse_whatever_the_offer_says() -> None:
    records = (single("seller", 1), limit(LimitKind.SINGLE_NAME, ISSUER, 250, "issuer"))
    view = view_on(credit(), *records, recourse=Recourse.FULL)
    path = only(ask(view, "seller"))
    assert (path.technique, path.status, path.recourse) == (FORFAITING, PathStatus.AVAILABLE, PathRecourse.NONE)
    assert (in_wan([path.capacity]), view.id_of(path.obligor)) == ([250], ISSUER)


def test_confirming_bank_owes_before_the_issuer() -> None:
    limits = (limit(LimitKind.SINGLE_NAME, ISSUER, 1, "issuer"), limit(LimitKind.SINGLE_NAME, CONFIRMER, 300, "c"))
    view = view_on(credit(accepted=False, confirmer=Ref(CONFIRMER)), *limits)
    path = only(ask(view, "seller"))
    assert (in_wan([path.capacity]), view.id_of(path.obligor)) == ([300], CONFIRMER)
    assert verdict(path, Gate.CONFIRMATION) is Ternary.YES


def test_letter_of_credit_is_accepted_or_confirmed_before_it_is_sold() -> None:
    path = path_on(credit(accepted=None))
    assert (path.status, missing_of(path, Gate.CONFIRMATION)) == (PathStatus.CONDITIONAL, ["accepted"])
    assert verdict(blocked(credit(accepted=False)), Gate.CONFIRMATION) is Ternary.NO


@pytest.mark.parametrize("asset", [bill(), credit()], ids=["bill", "letter of credit"])
def test_who_lends_but_is_no_bank_buys_no_paper(asset: Record) -> None:
    small = bank("small", type=InstitutionType.MICRO_LENDER)
    technique = DISCOUNT if isinstance(asset, Bill) else FORFAITING
    view = view_of(
        small, bank("issuer"), firm("seller"), firm("acceptor"), asset,
        product(technique, lender=Ref("institution:small")),
    )  # fmt: skip
    assert not ask(view, "seller").paths


def test_discounts_in_force_are_exposure_to_the_acceptor() -> None:
    old = bill(200, id="bill:old")
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), technique=DISCOUNT, principal=wan(150))
    bought = Encumbrance(
        id="encumbrance:x", kind=EncumbranceKind.ASSIGNMENT, asset=Ref("bill:old"), creditor=Ref(BANK),
        secures=Ref("loan:l"), amount=wan(200), registry_no="r",
    )  # fmt: skip
    records = (old, loan, bought, limit(LimitKind.DEBTOR_LIMIT, ACCEPTOR, 400))
    found = ask(view_on(bill(), *records), "seller", status=[PathStatus.AVAILABLE])
    assert in_wan([constraint(found.paths[0], ConstraintKind.DEBTOR_LIMIT).used]) == [150]
    assert capacities(found) == [250]


def test_forfaited_claims_are_exposure_to_the_bank_alone() -> None:
    old = credit(200, id="creditClaim:old")
    loan = Loan(id="loan:l", lender=Ref(BANK), borrower=Ref(SELLER), technique=FORFAITING, principal=wan(150))
    bought = Encumbrance(
        id="encumbrance:x", kind=EncumbranceKind.ASSIGNMENT, asset=Ref("creditClaim:old"), creditor=Ref(BANK),
        secures=Ref("loan:l"), amount=wan(200), registry_no="r",
    )  # fmt: skip
    line = product(Technique.COMPREHENSIVE_LINE, "line")
    limits = (limit(LimitKind.SINGLE_NAME, ISSUER, 400, "issuer"), single("seller", 60))
    found = ask(view_on(credit(), old, loan, bought, line, *limits), "seller", status=[PathStatus.AVAILABLE])
    assert capacities(found) == [250, 60]


@pytest.mark.parametrize("technique", [DISCOUNT, FORFAITING])
def test_line_in_force_is_of_the_technique(technique: Technique) -> None:
    line = Facility(id="facility:f", lender=Ref(BANK), borrower=Ref(SELLER), technique=technique, limit=wan(500))
    path = only(ask(view_of(bank(), firm("seller"), line), "seller", technique))
    assert (path.status, in_wan([path.capacity])) == (PathStatus.EXISTING, [500])
