"""Gates of a claim or another asset: TITLE, TRADE_EVIDENCE, CONFIRMATION, NOTICE, REGISTRATION, PRIOR_CLAIM, RELATED_PARTY_TRADE."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.assets import CreditClaim
from queries.financing.cases import Case
from queries.financing.control import same_control
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.of_link import width_for


def title(case: Case) -> Verdict:
    """TITLE: the beneficiary owns the asset, may pass it on, and is in its register where there is one.

    A claim's contract may forbid to assign it, a bill may be marked as not to be endorsed. A voucher is made to be passed on.
    """
    kind = case.asset_kind
    if kind.may_pass is not None:
        allowed = getattr(case.holding, kind.may_pass)
        if allowed is not True:
            return FAILED if allowed is False else unknown(_fact(case, kind.may_pass))
    if kind.registered is not None and getattr(case.holding, kind.registered) is None:
        return unknown(_fact(case, kind.registered))
    return PASSED


def trade_evidence(case: Case) -> Verdict:
    """TRADE_EVIDENCE: the papers of the trade are on record: of a receivable contract, invoice and delivery."""
    papers = case.asset_kind.papers
    lacking = [_fact(case, name) for name in papers if getattr(case.holding, name) is None]
    return unknown(*lacking) if lacking else PASSED


def _fact(case: Case, name: str) -> MissingFact:
    return MissingFact(case.asset, case.view.kind_of(case.asset).by_name[name].graph_name)


def confirmation(case: Case) -> Verdict:
    """CONFIRMATION: the obligor has irrevocably confirmed that it will pay. A voucher is that confirmation.

    Of a letter of credit: the issuing bank has accepted, or another bank has confirmed.
    """
    asset = case.receivable
    if asset < 0:
        return _accepted(case)
    confirmed = case.claim.confirmed
    if confirmed is None:
        return unknown(MissingFact(asset, "confirmed"))
    return PASSED if confirmed else FAILED


def _accepted(case: Case) -> Verdict:
    if case.asset < 0 or not case.view.has_kind(case.asset, "CreditClaim"):
        return PASSED
    claim = case.appraisal.record(case.asset, CreditClaim)
    if claim.accepted is True or case.appraisal.ref(case.asset, "confirmer") >= 0:
        return PASSED
    return FAILED if claim.accepted is False else unknown(MissingFact(case.asset, "accepted"))


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
    """RELATED_PARTY_TRADE: no two parties of the trade are recorded to be under one control, or it is attested to be at arm's length."""
    return PASSED if next(unattested_trade(case), None) is None else FAILED


def unattested_trade(case: Case) -> Iterator[int]:
    """The records of trade between parties under one control of which nobody attests that it is at arm's length; -1: there is none."""
    for seller, buyer, link in case.candidate.trade():
        if width_for(case.appraisal, seller, buyer, link).related:
            yield link
    side = case.other_side
    if side >= 0 and case.appraisal.once(("related", side), lambda: same_control(case.view, case.beneficiary, side)):
        record = case.asset if case.asset >= 0 else _purchases(case)
        if record < 0 or case.view.value(record, "arms_length") is not True:
            yield record


def _purchases(case: Case) -> int:
    """The link over which a distributor buys; -1: none is recorded."""
    pairs = zip(case.candidate.steps, case.candidate.links, strict=True)
    return next((link for step, link in pairs if step.relation == "SUPPLIES"), -1)
