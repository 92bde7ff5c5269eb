"""Gates of an offer: LICENCE, PRODUCT_OPEN, ELIGIBILITY, TIMING, PURPOSE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from graph.kinds.parties import EnterpriseStatus, Fund, Institution, InstitutionType
from graph.kinds.policy import RuleKind
from graph.kinds.supply_side import VoucherScheme
from graph.kinds.terms import OfferStatus, Technique
from graph.view import View
from queries.derived import offer_record
from queries.financing.appraisal import Appraisal
from queries.financing.cases import Case
from queries.financing.control import control_group_of, legal_entity
from queries.financing.gates.eligibility import NO, UNKNOWN, YES, Applicant, Decided, ruled_subjects
from queries.financing.gates.of_admission import admission
from queries.financing.gates.of_refinancing import in_time
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown, worse
from queries.financing.lead_time import lead_time
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.of_anchor import missing_tier
from queries.financing.policy_basis import plain
from queries.financing.spines import Form
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import Ternary


def is_finance_company(view: View, source: int) -> bool:
    """Whether a source is a group's finance company."""
    entity = legal_entity(view, source)
    if not view.has_kind(entity, "Institution"):
        return False
    return offer_record(view, entity, Institution).type is InstitutionType.FINANCE_COMPANY


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


def licence(case: Case) -> Verdict:
    """LICENCE."""
    key = ("licence", case.row.technique, case.source)
    return case.appraisal.once(key, lambda: licence_of(case.appraisal, case.row, case.source))


def product_open(case: Case) -> Verdict:
    """PRODUCT_OPEN: it takes applications. A programme without any product yet leaves it unknown."""
    giver = case.candidate.giver
    if giver >= 0:
        status, offer = case.view.value(giver, "status"), giver
    elif case.offer is None:
        return unknown(MissingFact(case.programme, "products"))
    else:
        status, offer = case.offer.status, case.product
    if status is None:
        return unknown(MissingFact(offer, "status"))
    return PASSED if status is OfferStatus.OPEN else FAILED


def applicant(appraisal: Appraisal, row: TechniqueRow) -> Applicant:
    """The beneficiary as rules of offers for this technique see it."""
    amount = appraisal.need(row).amount
    instrument = row.serves[0]
    firm = appraisal.once("applicant", lambda: Applicant.of(appraisal.view, appraisal.beneficiary, amount, instrument))
    return replace(firm, amount=amount, instrument=instrument)


def is_struck_off(appraisal: Appraisal) -> bool:
    """Whether the register says that the beneficiary is no more, or about to be: no offer is open to it."""
    return appraisal.enterprise.status not in (None, EnterpriseStatus.ACTIVE)


def decided(appraisal: Appraisal, row: TechniqueRow, kind: RuleKind) -> Decided:
    """All rules of a kind, decided for the beneficiary."""
    key = ("decided", kind, row.serves)
    return appraisal.once(key, lambda: Decided.of(appraisal.view, kind, applicant(appraisal, row)))


def subjects(case: Case) -> Iterator[tuple[int, RuleKind]]:
    """What rules decide a path: those about its product, the product's pool and programme; a fund's mandate."""
    if case.fund >= 0:
        yield case.fund, RuleKind.MANDATE
        return
    ruled = ruled_subjects(case.view, RuleKind.ELIGIBILITY)
    if case.row.technique is Technique.INVEST_LOAN_LINKAGE and case.spine.form is Form.TO_CREATE:
        yield case.candidate.role("Fund"), RuleKind.MANDATE
    givers = (case.candidate.role("Pool"), case.candidate.role("VoucherScheme"), case.candidate.role("BondIssue"))
    handles = [case.product, case.programme, *givers, *(support.provider for support in case.candidate.supports)]
    for handle in handles if ruled else ():
        if handle in ruled:
            yield handle, RuleKind.ELIGIBILITY


def _lacks_rules(case: Case) -> int:
    """A voucher scheme of which no rule says who may use it; -1: none."""
    scheme = case.candidate.role("VoucherScheme")
    return -1 if scheme in ruled_subjects(case.view, RuleKind.ELIGIBILITY) else scheme


def eligibility(case: Case) -> Verdict:
    """ELIGIBILITY: the rules of the offer or the fund's mandate, the programme's reach, the firm's own state in the register.

    A fund without any mandate rule leaves it unknown: nobody states what it may invest in.
    """
    if is_struck_off(case.appraisal):
        return FAILED
    verdict = PASSED
    for part in eligibility_parts(case):
        verdict = worse(verdict, part)
    return verdict


def eligibility_parts(case: Case) -> Iterator[Verdict]:
    """What ELIGIBILITY asks of a firm that is in business, each by itself."""
    for subject, kind in subjects(case):
        yield _by_rules(case, subject, kind)
    yield admission(case)
    if (scheme := _lacks_rules(case)) >= 0:
        yield unknown(MissingFact(scheme, "rulesAbout"))
    unsaid = [name for name in case.row.asks if case.offer is not None and getattr(case.offer, name) is None]
    if unsaid:
        fields = case.view.kind_of(case.product).by_name
        yield unknown(*(MissingFact(case.product, fields[name].graph_name) for name in unsaid))
    if case.programme >= 0 and next(case.candidate.trade(), None) is not None:
        tier = missing_tier(case.view, case.programme)
        if tier is not None:
            yield unknown(tier)


def _by_rules(case: Case, subject: int, kind: RuleKind) -> Verdict:
    def decide() -> Verdict:
        if kind is RuleKind.MANDATE and subject not in ruled_subjects(case.view, kind):
            return unknown(MissingFact(subject, "rulesAbout"))
        found, rule, facts = decided(case.appraisal, case.row, kind).explain(case.view, subject)
        return Verdict({YES: Ternary.YES, UNKNOWN: Ternary.UNKNOWN, NO: Ternary.NO}[found], facts, rule)

    return case.appraisal.once(("rules", subject, case.row.serves), decide)


def timing(case: Case) -> Verdict:
    """TIMING: the money comes by the day that it is needed; a fund still makes new deals, a loan matures, an approval runs."""
    today, fund = case.view.as_of, case.fund
    if fund >= 0:
        end = offer_record(case.view, fund, Fund).investment_period_end
        if end is not None and end <= today:
            return FAILED
    return worse(in_time(case), _by_then(case))


def _by_then(case: Case) -> Verdict:
    today, needed_by = case.view.as_of, case.need.needed_by
    if needed_by is None:
        return PASSED
    if needed_by < today:
        return FAILED
    time = lead_time(case)
    if today + timedelta(days=time.least) > needed_by:
        return FAILED
    return unknown(*time.missing) if time.missing else PASSED


def purpose(case: Case) -> Verdict:
    """PURPOSE: what the need is for is among what the technique and the offer are for, as far as they say.

    A technique for some purposes only does not know whether it may serve a need that states none.
    """
    need = case.need
    if case.row.purposes and need.purpose is None and need.amount is not None:
        return unknown(MissingFact(need.needs[0] if need.needs else case.beneficiary, "purpose"))
    return PASSED if all(admits(purposes, need.purpose) for purposes in _purposes(case)) else FAILED


def admitted_purposes(case: Case) -> list[str]:
    """What technique and offer are both for, in their order and words; empty: they list nothing, or nothing in common."""
    listed = _purposes(case)
    named = dict.fromkeys(one for purposes in listed for one in purposes)
    return [one for one in named if all(admits(purposes, one) for purposes in listed)]


def _purposes(case: Case) -> tuple[tuple[str, ...], ...]:
    scheme = case.candidate.role("VoucherScheme")
    offered = case.offer.purposes if case.offer is not None else ()
    services = offer_record(case.view, scheme, VoucherScheme).services if scheme >= 0 else ()
    return case.row.purposes, offered, services


def admits(purposes: tuple[str, ...], wanted: str | None) -> bool:
    """Whether a list of purposes names the one wanted, or a part of it, or what it is a part of; an empty list names all."""
    if not purposes or wanted is None:
        return True
    text = plain(wanted)
    return any(text in other or other in text for other in map(plain, purposes))
