"""Gates of a claim that is financed: TITLE, TRADE_EVIDENCE, CONFIRMATION, NOTICE, REGISTRATION, PRIOR_CLAIM, RELATED_PARTY_TRADE."""

from __future__ import annotations

from typing import Final

from queries.financing.cases import Case
from queries.financing.control import same_control
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.of_link import width_for


def title(case: Case) -> Verdict:
    """TITLE: the beneficiary owns the claim, and its contract does not forbid assigning it. A voucher is made to be passed on."""
    asset = case.receivable
    if asset < 0:
        return PASSED
    assignable = case.claim.assignable
    if assignable is None:
        return unknown(MissingFact(asset, "assignable"))
    return PASSED if assignable else FAILED


EVIDENCE_FIELDS: Final = {"contract_no": "contractNo", "invoice_no": "invoiceNo", "delivery_no": "deliveryNo"}


def trade_evidence(case: Case) -> Verdict:
    """TRADE_EVIDENCE: contract, invoice and delivery are on record."""
    asset = case.receivable
    record = case.claim
    lacking = [MissingFact(asset, shown) for name, shown in EVIDENCE_FIELDS.items() if getattr(record, name) is None]
    return unknown(*lacking) if lacking else PASSED


def confirmation(case: Case) -> Verdict:
    """CONFIRMATION: the obligor has irrevocably confirmed that it will pay. A voucher is that confirmation."""
    asset = case.receivable
    if asset < 0:
        return PASSED
    confirmed = case.claim.confirmed
    if confirmed is None:
        return unknown(MissingFact(asset, "confirmed"))
    return PASSED if confirmed else FAILED


def notice(case: Case) -> Verdict:
    """NOTICE: where the product works with notice, the debtor has been notified."""
    product = case.offer
    with_notice = product.with_notice if product is not None else None
    if with_notice is None:
        return unknown(MissingFact(case.product, "withNotice"))
    if not with_notice:
        return PASSED
    asset = case.receivable
    notified = case.claim.notified
    if notified is None:
        return unknown(MissingFact(asset, "notified"))
    return PASSED if notified else FAILED


def registration(case: Case) -> Verdict:
    """REGISTRATION: every claim over the asset that is on record is registered, so that the rank of a new one is known."""
    lacking = [
        MissingFact(handle, "registryNo")
        for handle, record in case.appraisal.registrations(case.asset)
        if record.registry_no is None and record.registered_on is None
    ]
    return unknown(*lacking) if lacking else PASSED


def prior_claim(case: Case) -> Verdict:
    """PRIOR_CLAIM: no registration takes the whole asset. What others leave of it is in the capacity."""
    whole = any(claim.amount is None for claim in case.appraisal.prior_claims(case.asset))
    return FAILED if whole else PASSED


def related_party_trade(case: Case) -> Verdict:
    """RELATED_PARTY_TRADE: no two parties of the trade are recorded to be under one control."""
    for seller, buyer, link in case.candidate.trade():
        if width_for(case.appraisal, seller, buyer, link).related:
            return FAILED
    if case.receivable >= 0:
        buyer = case.appraisal.ref(case.receivable, "obligor")
        if buyer >= 0 and case.appraisal.once(
            ("related", buyer), lambda: same_control(case.view, case.beneficiary, buyer)
        ):
            return FAILED
    return PASSED
