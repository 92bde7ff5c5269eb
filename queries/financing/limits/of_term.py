"""Dated rules on how long an instrument may run: of a voucher, a bill, a large buyer's payment to a small or medium firm.

A hard rule that is broken leaves nothing (TERM_RULE with headroom 0, and TENOR says no); one in principle only flags the path: its
TERM_RULE is drawn on by nothing. What is in force in the view decides, whenever the instrument was issued.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple

from graph.kinds.assets import Bill
from graph.kinds.policy import Rule, RuleKind, TermSubject
from graph.kinds.terms import SizeClass
from graph.view import View
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown, worse
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.rules import rules_of
from queries.financing.terms import ConstraintKind, Ternary


class Term(NamedTuple):
    """How long something runs: from a day (None with `days`: from any) to a day or for so many days, or what is missing to know."""

    on: int
    start: date | None = None
    end: date | None = None
    days: int | None = None
    missing: tuple[MissingFact, ...] = ()


def term_limits(case: Case) -> Iterator[Constraint]:
    """TERM_RULE: headroom 0 where a hard rule is broken, nothing drawn where one in principle is; none where all are kept."""
    for handle, term, broken in _decided(case):
        if broken.answer is Ternary.NO:
            hard = offer_record(case.view, handle, Rule).hard is not False
            draw = Fraction(1 if hard else 0)
            yield Constraint(ConstraintKind.TERM_RULE, term.on, headroom=0, draw=draw, record=handle)


def within_terms(case: Case, of: Container[TermSubject] = frozenset(TermSubject)) -> Verdict:
    """Whether the hard rules on terms, of these subjects, are kept; the first that is broken is named."""
    verdict = PASSED
    for handle, _, kept in _decided(case):
        if offer_record(case.view, handle, Rule).term_of not in of:
            continue
        if offer_record(case.view, handle, Rule).hard is not False:
            verdict = worse(verdict, kept)
    return verdict


def last_day(rule: Rule, start: date) -> date | None:
    """The last day that a rule allows of what starts on a day; None where it states no length. A month ends on its last day."""
    days = None if rule.max_days is None else start + timedelta(days=rule.max_days)
    if rule.max_months is None:
        return days
    years, month = divmod(start.month - 1 + rule.max_months, 12)
    year = start.year + years
    months = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    return months if days is None else min(days, months)


def _decided(case: Case) -> tuple[tuple[int, Term, Verdict], ...]:
    """Each rule with each term of the path that it bounds, decided; once for paths over the same asset or links."""
    if not term_rules(case.view):
        return ()
    links = tuple(link for _, _, link in case.candidate.trade())
    key = (_decided, case.asset, case.spine.creates, case.need.tenor_min_days, links)
    return case.appraisal.once(key, lambda: tuple(_decide(case)))


def _decide(case: Case) -> Iterator[tuple[int, Term, Verdict]]:
    for handle in term_rules(case.view):
        rule = offer_record(case.view, handle, Rule)
        if rule.term_of is not None:
            for term in TERMS[rule.term_of](case):
                yield handle, term, _kept(handle, rule, term, case.view.as_of)


def _kept(handle: int, rule: Rule, term: Term, today: date) -> Verdict:
    if term.missing:
        return unknown(*term.missing)
    start = term.start or today
    last = last_day(rule, start)
    if last is None:
        return unknown(MissingFact(handle, "maxDays"))
    end = term.end if term.days is None else start + timedelta(days=term.days)
    return PASSED if end is None or end <= last else FAILED._replace(rule=handle)


def term_rules(view: View) -> list[int]:
    """The rules on terms in force, in id order."""
    return rules_of(view, RuleKind.TERM, preferences=True)


def _of_voucher(case: Case) -> Iterator[Term]:
    """A voucher from its root's issue to its due day; of one still to be created, as long as the need asks for at least."""
    if case.voucher >= 0:
        root = case.appraisal.voucher_root(case.voucher)
        record = case.appraisal.voucher(root)
        yield _dated(root, record.issued_on, record.due_on or case.appraisal.voucher(case.voucher).due_on)
    elif case.spine.creates == "Voucher" and case.need.tenor_min_days is not None:
        yield Term(case.beneficiary, days=case.need.tenor_min_days)


def _of_bill(case: Case) -> Iterator[Term]:
    if case.asset >= 0 and case.view.has_kind(case.asset, "Bill"):
        record = case.appraisal.record(case.asset, Bill)
        yield _dated(case.asset, record.issued_on, record.due_on)


def _of_payment(case: Case) -> Iterator[Term]:
    """Claims and links on which a large buyer pays a small or medium seller; a size that nobody states is missing."""
    if case.receivable >= 0:
        record = case.claim
        parties = case.appraisal.ref(case.receivable, "owner"), case.appraisal.ref(case.receivable, "obligor")
        yield from _between(case, parties, _dated(case.receivable, record.issued_on, record.due_on))
    for seller, buyer, link in case.candidate.trade():
        if case.view.has_kind(link, "Supplies"):
            days = _stated(case, link, "payment_term_days")
            missing = () if days is not None else (MissingFact(link, "paymentTermDays"),)
            yield from _between(case, (seller, buyer), Term(link, days=days, missing=missing))


def _between(case: Case, parties: tuple[int, int], term: Term) -> Iterator[Term]:
    if any(party < 0 or not case.view.has_kind(party, "Enterprise") for party in parties):
        return
    seller, buyer = (_stated(case, party, "size") for party in parties)
    if buyer not in (None, SizeClass.LARGE) or seller is SizeClass.LARGE:
        return
    pairs = zip(parties, (seller, buyer), strict=True)
    missing = tuple(MissingFact(party, "size") for party, size in pairs if size is None)
    yield term._replace(missing=(*term.missing, *missing))


def _stated(case: Case, record: int, name: str) -> Any:
    """One field, asked once in a question: whole records of everybody on a chain would take longer than all else here."""
    return case.appraisal.once((_stated, record, name), lambda: case.view.value(record, name))


def _dated(on: int, start: date | None, end: date | None) -> Term:
    stated = (("issuedOn", start), ("dueOn", end))
    return Term(on, start, end, missing=tuple(MissingFact(on, name) for name, day in stated if day is None))


TERMS: Final = {
    TermSubject.VOUCHER: _of_voucher,
    TermSubject.BILL: _of_bill,
    TermSubject.SME_PAYMENT: _of_payment,
}
"""The terms of a path that a rule on each subject bounds."""
