"""Gates of a claim that is financed: TITLE, TRADE_EVIDENCE, CONFIRMATION, NOTICE, REGISTRATION, PRIOR_CLAIM, RELATED_PARTY_TRADE."""

from __future__ import annotations

from typing import Final

from queries.appraisal import Appraisal
from queries.candidates import Candidate
from queries.constraints import MissingFact
from queries.control import same_control
from queries.link_width import measured
from queries.verdicts import FAILED, PASSED, Verdict, unknown


def title(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """TITLE: the beneficiary owns the claim, and its contract does not forbid assigning it. A voucher is made to be passed on."""
    asset = candidate.role("Receivable")
    if asset < 0:
        return PASSED
    assignable = appraisal.receivable(asset).assignable
    if assignable is None:
        return unknown(MissingFact(asset, "assignable"))
    return PASSED if assignable else FAILED


EVIDENCE_FIELDS: Final = {"contract_no": "contractNo", "invoice_no": "invoiceNo", "delivery_no": "deliveryNo"}


def trade_evidence(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """TRADE_EVIDENCE: contract, invoice and delivery are on record."""
    asset = candidate.role("Receivable")
    record = appraisal.receivable(asset)
    lacking = [MissingFact(asset, shown) for name, shown in EVIDENCE_FIELDS.items() if getattr(record, name) is None]
    return unknown(*lacking) if lacking else PASSED


def confirmation(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """CONFIRMATION: the obligor has irrevocably confirmed that it will pay. A voucher is that confirmation."""
    asset = candidate.role("Receivable")
    if asset < 0:
        return PASSED
    confirmed = appraisal.receivable(asset).confirmed
    if confirmed is None:
        return unknown(MissingFact(asset, "confirmed"))
    return PASSED if confirmed else FAILED


def notice(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """NOTICE: where the product works with notice, the debtor has been notified."""
    product = appraisal.product(candidate)
    with_notice = product.with_notice if product is not None else None
    if with_notice is None:
        return unknown(MissingFact(candidate.product, "withNotice"))
    if not with_notice:
        return PASSED
    asset = candidate.role("Receivable")
    notified = appraisal.receivable(asset).notified
    if notified is None:
        return unknown(MissingFact(asset, "notified"))
    return PASSED if notified else FAILED


def registration(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """REGISTRATION: every claim over the asset that is on record is registered, so that the rank of a new one is known."""
    lacking = [
        MissingFact(handle, "registryNo")
        for handle, record in appraisal.registrations(candidate.asset)
        if record.registry_no is None and record.registered_on is None
    ]
    return unknown(*lacking) if lacking else PASSED


def prior_claim(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """PRIOR_CLAIM: no registration takes the whole asset. What others leave of it is in the capacity."""
    whole = any(claim.amount is None for claim in appraisal.prior_claims(candidate.asset))
    return FAILED if whole else PASSED


def related_party_trade(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """RELATED_PARTY_TRADE: no two parties of the trade are recorded to be under one control."""
    for seller, buyer, link in candidate.trade():
        batch, place = measured(appraisal, seller, buyer, link)
        if batch.related[place]:
            return FAILED
    if candidate.role("Receivable") >= 0:
        buyer = appraisal.ref(candidate.role("Receivable"), "obligor")
        if buyer >= 0 and appraisal.once(
            ("related", buyer), lambda: same_control(appraisal.view, appraisal.beneficiary, buyer)
        ):
            return FAILED
    return PASSED
