"""What a lender already has out on a name: Σ over facilities (committed: max(limit, drawn); uncommitted: drawn) + Σ loans outside any.

A guarantee or pool that covers share c moves c of it to the supporter. Financing of claims without recourse is exposure to the buyer,
not to the seller; with recourse to the seller, and to the buyer too where the product says so; not stated, to both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.kinds.contracts import Encumbrance, EncumbranceKind, Facility, Guarantee, Loan
from graph.kinds.supply_side import LoanProduct, LossSharing, Pool
from graph.kinds.terms import Recourse, Technique
from graph.money import CNY
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import offer_record
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.control import legal_entity
from queries.ratios import share_of
from queries.tally import Amount, Tally, amount_of, plus

NOT_ON_SELLER: Final = frozenset({Recourse.NONE})
ON_BUYER: Final = frozenset({Technique.BILL_DISCOUNT, Technique.FORFAITING})
"""An acceptor or a bank owes its paper whoever else stands for it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Which exposures a limit counts: in one currency, of one product (-1: any), net of margin or not."""

    currency: str = CNY
    product: int = -1
    net_of_margin: bool = False


def outstanding_of(loan: Loan, handle: int, currency: str = CNY) -> Amount:
    """What is still owed on a loan; where nobody states it, the principal."""
    if loan.outstanding is not None:
        return amount_of(loan.outstanding, handle, "outstanding", currency)
    return amount_of(loan.principal, handle, "outstanding", currency)


def drawn_of(view: View, facility: Facility, handle: int, currency: str = CNY) -> Tally:
    """What is drawn of a facility; where nobody states it, the outstanding loans that name it."""
    tally = Tally()
    if facility.drawn is not None:
        tally.add(amount_of(facility.drawn, handle, "drawn", currency))
        return tally
    for loan in view.holders("Loan", "facility", handle).tolist():
        record = view.record(loan)
        assert isinstance(record, Loan)
        tally.add(outstanding_of(record, loan, currency))
    return tally


def is_expired(view: View, facility: Facility) -> bool:
    """Whether nothing can be drawn any more."""
    return facility.expires_on is not None and facility.expires_on <= view.as_of


def on_borrower(view: View, lender: int, borrower: int, counted: Counted) -> Tally:
    """A lender's exposure to a party as borrower, in 分."""
    tally = Tally()
    for handle in view.holders("Facility", "borrower", borrower).tolist():
        if legal_entity(view, view.ref(handle, "lender")) == lender and _is_of(view, handle, counted.product):
            tally.join(_facility(view, handle, counted))
    for handle in view.holders("Loan", "borrower", borrower).tolist():
        if (
            legal_entity(view, view.ref(handle, "lender")) == lender
            and view.ref(handle, "facility") < 0
            and _is_of(view, handle, counted.product)
            and _recourse(view, handle) not in NOT_ON_SELLER
        ):
            tally.add(uncovered(view, handle, _loan(view, handle, counted.currency)))
    return tally


def on_buyer(view: View, lender: int, buyer: int, counted: Counted) -> Tally:
    """A lender's exposure to a party that owes the claims it has financed, in 分."""
    tally = Tally()
    for contract, registered in _claims_financed(view, lender, buyer, counted.currency).items():
        if view.has_kind(contract, "Encumbrance"):
            if counted.product < 0:
                tally.add(registered)
        elif (
            view.has_kind(contract, "Loan")
            and _is_of(view, contract, counted.product)
            and _draws_on_buyer(view, contract)
        ):
            owed = uncovered(view, contract, _loan(view, contract, counted.currency))
            if owed.value is not None and registered.value is not None:
                owed = Amount(min(owed.value, registered.value))
            tally.add(owed)
    return tally


def guaranteed_for(view: View, lender: int, guarantor: int, counted: Counted) -> Tally:
    """What a party guarantees of a lender's contracts, in 分: a support's exposure at the lender."""
    tally = Tally()
    for handle in view.holders("Guarantee", "guarantor", guarantor).tolist():
        contract = view.ref(handle, "contract")
        financed = contract >= 0 and view.kind_of(contract).name in ("Loan", "Facility")
        if (
            financed
            and legal_entity(view, view.ref(contract, "lender")) == lender
            and _is_of(view, contract, counted.product)
        ):
            tally.add(guaranteed(view, handle, counted.currency))
    return tally


def guaranteed(view: View, guarantee: int, currency: str = CNY) -> Amount:
    """What a guarantor may still have to pay under a guarantee; where nobody states it, the amount guaranteed."""
    record = view.record(guarantee)
    assert isinstance(record, Guarantee)
    if record.outstanding is not None:
        return amount_of(record.outstanding, guarantee, "outstanding", currency)
    return amount_of(record.amount, guarantee, "outstanding", currency)


def uncovered(view: View, contract: int, amount: Amount) -> Amount:
    """What stays on the debtor's limit of an amount owed under a contract: less what its supports cover."""
    if amount.value is None:
        return amount
    covered = sum(_cover_shares(view, contract))
    return Amount(amount.value - share_of(amount.value, min(covered, MILLION)))


def _cover_shares(view: View, contract: int) -> Iterable[int]:
    shares = [view.value(guarantee, "cover_share") for guarantee in view.holders("Guarantee", "contract", contract)]
    if view.has_kind(contract, "Loan") and (pool := pool_of(view, contract)) >= 0:
        shares.append(offer_record(view, pool, Pool).cover_share)
    for policy in view.holders("InsurancePolicy", "contract", contract).tolist():
        deductible = view.value(policy, "deductible")
        shares.append(None if deductible is None else 1 - deductible)
    product = view.ref(contract, "product")
    for sharing in view.holders("LossSharing", "product", product).tolist() if product >= 0 else ():
        record = offer_record(view, sharing, LossSharing)
        if record.since is None or record.since <= view.as_of:
            shares.append(record.government_share)
    return (millionths(share) for share in shares if share is not None)


def pool_of(view: View, loan: int) -> int:
    """The pool that covers a loan: its own, else its product's; -1: none."""
    pool = view.ref(loan, "pool")
    product = view.ref(loan, "product") if pool < 0 else -1
    return view.ref(product, "pool") if product >= 0 else pool


def _facility(view: View, handle: int, counted: Counted) -> Tally:
    facility = view.record(handle)
    assert isinstance(facility, Facility)
    tally = drawn_of(view, facility, handle, counted.currency)
    if facility.committed is not False and not is_expired(view, facility):
        limit = amount_of(facility.limit, handle, "limit", counted.currency)
        if facility.committed is None:
            # Not stated whether it is committed: what is drawn is the least that it can be.
            tally.at_most |= limit.value is None or limit.value > tally.total
        elif limit.value is None:
            tally.missing += limit.missing
        else:
            tally.total = max(tally.total, limit.value)
    if counted.net_of_margin and facility.margin is not None:
        tally.total = max(0, tally.total - (amount_of(facility.margin, handle, "margin", counted.currency).value or 0))
    tally.total = uncovered(view, handle, Amount(tally.total)).value or 0
    return tally


def _loan(view: View, handle: int, currency: str) -> Amount:
    loan = view.record(handle)
    assert isinstance(loan, Loan)
    return outstanding_of(loan, handle, currency)


def _is_of(view: View, contract: int, product: int) -> bool:
    return product < 0 or view.ref(contract, "product") == product


def _technique(view: View, loan: int) -> Technique | None:
    technique: Technique | None = view.value(loan, "technique")
    product = view.ref(loan, "product") if technique is None else -1
    return offer_record(view, product, LoanProduct).technique if product >= 0 else technique


def _recourse(view: View, loan: int) -> Recourse | None:
    if _technique(view, loan) is Technique.FORFAITING:
        return Recourse.NONE
    product = view.ref(loan, "product")
    return offer_record(view, product, LoanProduct).recourse if product >= 0 else None


def _draws_on_buyer(view: View, loan: int) -> bool:
    product = view.ref(loan, "product")
    if product < 0 or _technique(view, loan) in ON_BUYER:
        return True
    record = offer_record(view, product, LoanProduct)
    return record.recourse is not Recourse.FULL or record.buyer_limit_with_recourse is True


def _claims_financed(view: View, lender: int, buyer: int, currency: str) -> dict[int, Amount]:
    """By financing contract (a purchase without one: by its registration) what is registered on the buyer's payables."""
    payables = claims_owed_by(view, buyer)
    _, registrations = view.expand("Encumbrance", "asset", payables)
    found: dict[int, Amount] = {}
    for handle in registrations.tolist():
        record = view.record(handle)
        assert isinstance(record, Encumbrance)
        if legal_entity(view, view.ref(handle, "creditor")) != lender:
            continue
        secured = view.ref(handle, "secures")
        if secured < 0 and record.kind is not EncumbranceKind.ASSIGNMENT:
            continue
        contract = secured if secured >= 0 else handle
        found[contract] = plus(found.get(contract, Amount(0)), amount_of(record.amount, handle, "amount", currency))
    for loan in _under_programmes(view, buyer):
        if legal_entity(view, view.ref(loan, "lender")) == lender:
            found.setdefault(loan, Amount(None))
    return found


def claims_owed_by(view: View, debtor: int) -> np.ndarray:
    """The claims of any kind that a party owes: of a confirmed letter of credit its confirming bank, of a bill its acceptor."""
    found = []
    for kind, facts in ASSET_KINDS.items():
        for place, name in enumerate(facts.debtors):
            claims = view.holders(kind, name, debtor)
            for earlier in facts.debtors[:place]:
                claims = claims[view.refs(claims, earlier) < 0]
            found.append(claims)
    return np.concatenate(found)


def _under_programmes(view: View, anchor: int) -> list[int]:
    programmes = view.holders("AnchorProgramme", "anchor", anchor)
    return sorted(set(loans_under(view, programmes).tolist()))


def loans_under(view: View, programmes: np.ndarray) -> np.ndarray:
    """The loans under these programmes: named by the loan, or by its product."""
    _, products = view.expand("LoanProduct", "programme", programmes)
    by_product = view.expand("Loan", "product", products)[1]
    return np.unique(np.concatenate([view.expand("Loan", "programme", programmes)[1], by_product]))
