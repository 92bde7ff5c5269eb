"""Gates of an offer: LICENCE, PRODUCT_OPEN, ELIGIBILITY, TIMING, PURPOSE."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from functools import partial

from graph.kinds.parties import EnterpriseStatus, Fund, Institution, InstitutionType
from graph.kinds.policy import RuleKind
from graph.kinds.terms import OfferStatus
from queries.anchor_limits import missing_tier
from queries.appraisal import Appraisal
from queries.candidates import Candidate
from queries.constraints import MissingFact
from queries.control import control_group_of, legal_entity
from queries.derived import offer_record
from queries.eligibility import NO, UNKNOWN, YES, Applicant, failing
from queries.financing_terms import SupportKind, Ternary
from queries.techniques import TechniqueRow
from queries.verdicts import FAILED, PASSED, Verdict, unknown


def licence_of(appraisal: Appraisal, row: TechniqueRow, source: int) -> Verdict:
    """Whether the source is licensed as what the technique asks for; a finance company outside its group only if its licence says so."""
    view = appraisal.view
    if view.has_kind(source, "Fund"):
        return PASSED if row.funds else FAILED
    entity = legal_entity(view, source)
    if not view.has_kind(entity, "Institution"):
        return FAILED
    lender = offer_record(view, entity, Institution)
    if lender.type is None:
        return unknown(MissingFact(entity, "type"))
    if lender.type not in row.licensed:
        return FAILED
    if lender.type is InstitutionType.FINANCE_COMPANY and not _in_group_of(appraisal, entity):
        if lender.finances_outside_group is None:
            return unknown(MissingFact(entity, "financesOutsideGroup"))
        return PASSED if lender.finances_outside_group else FAILED
    return PASSED


def _in_group_of(appraisal: Appraisal, finance_company: int) -> bool:
    group = control_group_of(appraisal.view, finance_company)
    return group >= 0 and group == control_group_of(appraisal.view, appraisal.beneficiary)


def licence(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """LICENCE."""
    key = ("licence", candidate.row.technique, candidate.source)
    return appraisal.once(key, lambda: licence_of(appraisal, candidate.row, candidate.source))


def product_open(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """PRODUCT_OPEN: it takes applications. A programme without any product yet leaves it unknown."""
    product = appraisal.product(candidate)
    if product is None:
        return unknown(MissingFact(candidate.programme, "products"))
    if product.status is None:
        return unknown(MissingFact(candidate.product, "status"))
    return PASSED if product.status is OfferStatus.OPEN else FAILED


def applicant(appraisal: Appraisal, row: TechniqueRow) -> Applicant:
    """The beneficiary as rules of offers for this technique see it."""
    amount = appraisal.need(row).amount
    instrument = row.serves[0]
    return appraisal.once(
        ("applicant", amount, instrument),
        lambda: Applicant.of(appraisal.view, appraisal.beneficiary, amount, instrument),
    )


def subjects(appraisal: Appraisal, candidate: Candidate) -> list[tuple[int, RuleKind]]:
    """What a path's rules are about: its product, the product's pool and programme; a fund."""
    fund = candidate.role("Fund")
    if fund >= 0:
        return [(fund, RuleKind.MANDATE)]
    pool = candidate.support(SupportKind.POOL_COVER)
    handles = (candidate.product, candidate.programme, pool.provider if pool else -1)
    return [(handle, RuleKind.ELIGIBILITY) for handle in handles if handle >= 0]


def eligibility(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """ELIGIBILITY: the rules of the offer or the fund's mandate, the programme's reach, the firm's own state in the register.

    A fund without any mandate rule leaves it unknown: nobody states what it may invest in.
    """
    status = appraisal.enterprise.status
    if status is not None and status is not EnterpriseStatus.ACTIVE:
        return FAILED
    verdict, deciding = YES, -1
    missing: list[MissingFact] = []
    for subject, kind in subjects(appraisal, candidate):
        firm = applicant(appraisal, candidate.row)
        found, rule, facts = appraisal.once(
            ("rules", subject, firm), partial(failing, appraisal.view, kind, subject, firm)
        )
        if kind is RuleKind.MANDATE and found == YES and not _has_mandate(appraisal, subject):
            found, facts = UNKNOWN, (MissingFact(subject, "rulesAbout"),)
        if found < verdict:
            verdict, deciding = found, rule
        missing += facts
    if candidate.programme >= 0 and any(True for _ in candidate.trade()):
        tier = missing_tier(appraisal.view, candidate.programme)
        if tier is not None and verdict != NO:
            verdict = UNKNOWN
            missing.append(tier)
    if verdict == NO:
        return Verdict(Ternary.NO, rule=deciding)
    if verdict == YES:
        return PASSED
    return Verdict(Ternary.UNKNOWN, tuple(dict.fromkeys(missing)), deciding)


def _has_mandate(appraisal: Appraisal, fund: int) -> bool:
    return bool(len(appraisal.view.holders("Rule", "about", fund)))


def timing(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """TIMING: the money comes by the day that it is needed; a fund still makes new deals."""
    today, fund = appraisal.view.as_of, candidate.role("Fund")
    if fund >= 0:
        end = offer_record(appraisal.view, fund, Fund).investment_period_end
        if end is not None and end <= today:
            return FAILED
    needed_by = appraisal.need(candidate.row).needed_by
    if needed_by is None:
        return PASSED
    if needed_by < today:
        return FAILED
    product = appraisal.product(candidate)
    if product is None:
        return PASSED
    if product.processing_days is None:
        return unknown(MissingFact(candidate.product, "processingDays"))
    return PASSED if today + timedelta(days=product.processing_days) <= needed_by else FAILED


def purpose(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """PURPOSE: what the need is for is among what the technique and the product are for, as far as they say."""
    wanted = appraisal.need(candidate.row).purpose
    product = appraisal.product(candidate)
    return (
        PASSED
        if all(admits(listed, wanted) for listed in (candidate.row.purposes, product.purposes if product else ()))
        else FAILED
    )


def admits(purposes: tuple[str, ...], wanted: str | None) -> bool:
    """Whether a list of purposes names the one wanted, or a part of it, or what it is a part of; an empty list names all."""
    if not purposes or wanted is None:
        return True
    text = _plain(wanted)
    return any(text in other or other in text for other in map(_plain, purposes))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
