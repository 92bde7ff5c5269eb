"""What a lender already has out on names: Σ over facilities (committed: max(limit, drawn); uncommitted: drawn) + Σ outside any of loans,
its parts of syndicated loans, leases, debt of partnerships, its own guarantees, and claims, bills and credits that it has bought.

A support that covers share c moves c of it to the supporter, save of gross limits. Financing of claims without recourse is exposure to
the debtor, not to the seller; with recourse to the seller, and to the debtor too where the product says so; in part, by its share; not
stated, to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from graph.kinds.contracts import (
    Encumbrance,
    EncumbranceKind,
    Facility,
    Guarantee,
    InsurancePolicy,
    Lease,
    Loan,
    PppPart,
)
from graph.kinds.terms import Instrument
from graph.money import CNY
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION, millionths
from graph.view import View
from queries.columns import is_stated
from queries.derived import once
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.limits.covers import cover_of
from queries.financing.limits.loans import (
    on_sellers,
    outstanding_of,
    owed_on_each,
    parts_of_each,
    share_on_debtor,
    share_up,
)
from queries.financing.limits.recorded import (
    ByWhom,
    among_ours,
    by_whom,
    creditors,
    holders,
    kept,
    lent,
    named,
    under_programmes_of,
)
from queries.ratios import Ints, share_of
from queries.tally import Amount, Tally, amount_of, plus, total_of

BRANCHES: Final = frozenset({"BankBranch"})
OWED: Final = frozenset(f"{kind}.{name}" for kind, spec in ASSET_KINDS.items() for name in spec.debtors)
REGISTERED: Final = OWED | {"Encumbrance.asset", "Encumbrance.creditor"}
FACILITIES: Final = BRANCHES | {"ExchangeRate", "Facility", "Guarantee", "InsurancePolicy", "Loan", "LossSharing"}
OF_PRODUCTS: Final = ("recourse", "recourse_share", "buyer_limit_with_recourse", "technique", "pool", "programme")
COUNTED: Final = frozenset(
    {
        "AnchorProgramme", "BankBranch", "Encumbrance", "ExchangeRate", "Facility", "Guarantee", "InsurancePolicy", "Lease", "LentBy",
        "Loan", "LossSharing", "Pool", "PppContract", "PppPart",
        *OWED, *(f"LoanProduct.{name}" for name in OF_PRODUCTS),
    }
)  # fmt: skip
"""What exposures are made from."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Which exposures a limit counts: in one currency, of one product (-1: any), net of margin or not; `gross`: whoever covers them."""

    currency: str = CNY
    product: int = -1
    net_of_margin: bool = False
    gross: bool = False


def drawn_of(view: View, facility: Facility, handle: int, currency: str = CNY) -> Tally:
    """What is drawn of a facility; where nobody states it, the outstanding loans that name it."""
    if facility.drawn is not None:
        return Tally.of(amount_of(facility.drawn, handle, "drawn", currency, view=view, owed=True))
    tally = Tally()
    for loan in view.holders("Loan", "facility", handle).tolist():
        record = view.record(loan)
        assert isinstance(record, Loan)
        tally.add(outstanding_of(view, record, loan, currency))
    return tally


def is_expired(view: View, facility: Facility) -> bool:
    """Whether nothing can be drawn any more."""
    return facility.expires_on is not None and facility.expires_on <= view.as_of


def on_borrowers(view: View, lender: int, borrowers: Sequence[int], counted: Counted) -> Tally:
    """A lender's exposure to parties as its borrowers, lessees and debtors whom it guarantees, in 分."""
    tally, ours, parties = Tally(), _of_lender(view, lender), np.array(borrowers, np.int64)
    if ours.isdisjoint(creditors(view, parties)):
        return tally
    key = (_facilities, lender, parties.tobytes(), counted)
    tally.join(kept(view, key, lambda: _facilities(view, parties, ours, counted), of=FACILITIES))
    loans = lent(view, parties, ours)
    if counted.product >= 0:
        loans = loans[view.refs(loans, "product") == counted.product]
    owed = [*parts_of_each(view, loans, owed_on_each(view, loans, counted.currency), ours)]
    for amount in on_sellers(view, loans, owed, gross=counted.gross):
        tally.add(amount)
    if counted.product < 0:
        for handle in named(view, "Lease", "lessee", parties, "lessor", ours).tolist():
            tally.add(_uncovered(view, handle, _lease(view, handle, counted.currency), counted))
        for handle in _given(view, parties, ours).tolist():
            tally.add(guaranteed(view, handle, counted.currency))
        for handle in _partnerships(view, parties, ours).tolist():
            tally.add(_uncovered(view, handle, _ppp_part(view, handle, counted.currency), counted))
    return tally


def on_debtors(view: View, lender: int, debtors: Sequence[int], counted: Counted) -> Tally:
    """A lender's exposure to parties that owe the claims, bills and credits that it has financed or bought, in 分."""
    tally, financed = Tally(), _claims_financed(view, lender, debtors, counted.currency)
    loans = np.array([contract for contract in financed if view.has_kind(contract, "Loan")], np.int64)
    owed_on = dict(zip(loans.tolist(), owed_on_each(view, loans, counted.currency), strict=True))
    for contract, registered in financed.items():
        if view.has_kind(contract, "Encumbrance"):
            if counted.product < 0:
                tally.add(registered)
        elif contract in owed_on and _is_of(view, contract, counted.product):
            owed = share_on_debtor(view, contract, owed_on[contract])
            owed = _uncovered(view, contract, owed, counted)
            if owed.value is not None and registered.value is not None:
                owed = Amount(min(owed.value, registered.value))
            tally.add(owed)
    return tally


def guaranteed_by(view: View, lender: int, supporters: Sequence[int], counted: Counted) -> Tally:
    """What parties guarantee or insure of a lender's contracts, in 分: a supporter's exposure at the lender."""
    tally, ours = Tally(), _of_lender(view, lender)
    parties = np.array(supporters, np.int64)
    for kind, who in (("Guarantee", "guarantor"), ("InsurancePolicy", "insurer")):
        for handle in holders(view, kind, who, parties).tolist():
            contract = view.ref(handle, "contract")
            if contract < 0 or view.kind_of(contract).name not in ("Loan", "Facility"):
                continue
            if view.ref(contract, "lender") in ours and _is_of(view, contract, counted.product):
                tally.add(guaranteed(view, handle, counted.currency))
    return tally


def guaranteed(view: View, promise: int, currency: str = CNY) -> Amount:
    """What a guarantor or insurer may still have to pay; where nobody states it, the most that it promises."""
    record = view.record(promise)
    assert isinstance(record, Guarantee | InsurancePolicy)
    most = record.amount if isinstance(record, Guarantee) else record.limit
    money = most if record.outstanding is None else record.outstanding
    return amount_of(money, promise, "outstanding", currency, view=view, owed=True)


def _of_lender(view: View, lender: int) -> set[int]:
    """The lender and the branches through which it lends."""

    def make() -> set[int]:
        return {lender, *view.holders("BankBranch", "bank", lender).tolist()}

    return once(view, (_of_lender, lender), make, of=BRANCHES) if view.has_kind(lender, "Institution") else {lender}


def _facilities(view: View, borrowers: Ints, ours: set[int], counted: Counted) -> Tally:
    """The lender's exposure under facilities to parties."""
    tally = Tally()
    for handle in named(view, "Facility", "borrower", borrowers, "lender", ours).tolist():
        if _is_of(view, handle, counted.product):
            tally.join(_facility(view, handle, counted))
    return tally


def _facility(view: View, handle: int, counted: Counted) -> Tally:
    facility = view.record(handle)
    assert isinstance(facility, Facility)
    tally = drawn_of(view, facility, handle, counted.currency)
    if facility.committed is not False and not is_expired(view, facility):
        limit = amount_of(facility.limit, handle, "limit", counted.currency, view=view, owed=True)
        if facility.committed is None:
            # Not stated whether it is committed: what is drawn is the least that it can be.
            tally.at_most |= limit.value is None or limit.value > tally.total
        elif limit.value is None:
            tally.missing += limit.missing
        else:
            tally.total = max(tally.total, limit.value)
    if counted.net_of_margin and facility.margin is not None:
        margin = amount_of(facility.margin, handle, "margin", counted.currency, view=view)
        tally.total = max(0, tally.total - (margin.value or 0))
    tally.total = _uncovered(view, handle, Amount(tally.total), counted).value or 0
    return tally


def _uncovered(view: View, contract: int, amount: Amount, counted: Counted) -> Amount:
    """What stays on the debtor's limit of an amount owed under a contract: less what supports cover, of gross limits all."""
    if amount.value is None or counted.gross:
        return amount
    return Amount(amount.value - share_of(amount.value, cover_of(view, contract)))


def _lease(view: View, handle: int, currency: str) -> Amount:
    """What a lessee still owes; where nobody states it, the price less the down payment."""
    lease = view.record(handle)
    assert isinstance(lease, Lease)
    money = lease.outstanding
    if money is None and lease.price is not None:
        paid = 0 if lease.down_payment is None else millionths(lease.down_payment)
        money = replace(lease.price, minor=share_up(lease.price.minor, MILLION - paid))
    return amount_of(money, handle, "outstanding", currency, view=view, owed=True)


def _given(view: View, debtors: Ints, ours: set[int]) -> Ints:
    """The guarantees in force that the lender itself has given for parties."""
    return in_force(view, named(view, "Guarantee", "debtor", debtors, "guarantor", ours))


def in_force(view: View, promises: Ints) -> Ints:
    """Those of guarantees, or of policies, that count: an offer, which backs no contract yet, only where it states what is outstanding."""
    if not len(promises):
        return promises
    return np.asarray(
        promises[is_stated(view, promises, "contract") | (view.ints(promises, "outstanding") != NOT_STATED)]
    )


def _partnerships(view: View, vehicles: Ints, ours: set[int]) -> Ints:
    """The parts of partnerships that the lender brings as debt to project companies."""
    contracts = holders(view, "PppContract", "vehicle", vehicles)
    parts = named(view, "PppPart", "source", contracts, "target", ours)
    return np.asarray(parts[view.ints(parts, "part") == list(Instrument).index(Instrument.DEBT)])


def _ppp_part(view: View, handle: int, currency: str) -> Amount:
    part = view.record(handle)
    assert isinstance(part, PppPart)
    money = part.amount
    if money is None:
        contract = view.ref(handle, "source")
        money = view.value(contract, "debt_part") if contract >= 0 else None
    return amount_of(money, handle, "amount", currency, view=view, owed=True)


def _is_of(view: View, contract: int, product: int) -> bool:
    return product < 0 or view.ref(contract, "product") == product


def _owed_by(view: View, debtors: Ints) -> Ints:
    """The claims that parties owe: of each kind by the first debtor that it states."""
    return kept(view, (_owed_by, debtors.tobytes()), lambda: _claims_owed(view, debtors), of=OWED)


def _claims_owed(view: View, debtors: Ints) -> Ints:
    found = []
    for kind, spec in ASSET_KINDS.items():
        for place, field in enumerate(spec.debtors):
            assets = view.expand(kind, field, debtors)[1]
            for earlier in spec.debtors[:place]:
                assets = assets[view.refs(assets, earlier) < 0]
            found.append(assets)
    return np.unique(np.concatenate(found))


def _claims_financed(view: View, lender: int, debtors: Sequence[int], currency: str) -> dict[int, Amount]:
    """By financing contract (a purchase without one: by its registration) what is registered on the debtors' payables."""
    parties, ours = np.array(debtors, np.int64), _of_lender(view, lender)
    registrations = _registered(view, parties, ours)
    found: dict[int, Amount] = {}
    for handle in registrations.tolist():
        record = view.record(handle)
        assert isinstance(record, Encumbrance)
        secured = view.ref(handle, "secures")
        if secured < 0 and record.kind is not EncumbranceKind.ASSIGNMENT:
            continue
        contract = secured if secured >= 0 else handle
        amount = amount_of(record.amount, handle, "amount", currency, view=view, owed=True)
        found[contract] = plus(found.get(contract, Amount(0)), amount)
    for loan in under_programmes_of(view, parties, lender).tolist():
        found.setdefault(loan, Amount(None))
    return found


def _registered(view: View, debtors: Ints, ours: set[int]) -> Ints:
    """What is registered for one of ours over the claims that parties owe."""

    def find() -> ByWhom:
        handles = holders(view, "Encumbrance", "asset", _owed_by(view, debtors))
        return by_whom(handles, enumerate(view.refs(handles, "creditor").tolist()))

    return among_ours(kept(view, (_registered, debtors.tobytes()), find, of=REGISTERED), ours)


def total_out(view: View, lender: int, counted: Counted) -> Tally:
    """All that a lender has out, gross, in 分: as `on_borrowers`, whoever the borrowers are."""
    tally, currency = Tally(), counted.currency
    handles = np.array(sorted(_of_lender(view, lender)), np.int64)
    for handle in holders(view, "Facility", "lender", handles).tolist():
        tally.join(_facility(view, handle, counted))
    shared = view.refs(view.expand("LentBy", "target", handles)[1], "source")
    loans = np.union1d(view.expand("Loan", "lender", handles)[1], shared[shared >= 0])
    loans = loans[view.refs(loans, "facility") < 0]
    loans = loans[np.argsort(view.rank(loans))]
    in_parts = np.zeros(len(loans), bool)
    in_parts[view.expand("LentBy", "source", loans)[0]] = True
    tally.join(total_of(view, loans[~in_parts], "outstanding", "principal", currency))
    loans = loans[in_parts]
    for amount in parts_of_each(view, loans, owed_on_each(view, loans, currency), _of_lender(view, lender)):
        tally.add(amount)
    for handle in holders(view, "Lease", "lessor", handles).tolist():
        tally.add(_lease(view, handle, currency))
    for guarantor in handles.tolist():
        tally.join(guarantees_given(view, guarantor, None, currency))
    return tally


def guarantees_given(view: View, guarantor: int, debtors: Sequence[int] | None, currency: str = CNY) -> Tally:
    """Σ guarantees outstanding of a guarantor, for some debtors or (None) all; an offer counts only what it states to be outstanding."""
    if debtors is None:
        handles = in_force(view, view.holders("Guarantee", "guarantor", guarantor))
    else:
        handles = _given(view, np.array(debtors, np.int64), {guarantor})
    return total_of(view, handles, "outstanding", "amount", currency)
