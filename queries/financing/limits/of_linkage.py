"""What a bank lends after a fund that is linked with it: the linkage ratio × what the fund has invested, or may invest."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

import numpy as np

from graph.kinds.contracts import InvestedBy, Loan
from graph.kinds.places import LinkedWith
from graph.kinds.terms import Technique
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.loans import outstanding_of
from queries.financing.limits.of_fund import concentration_limits, dry_powder_limits, ticket_limits
from queries.financing.limits.stated_bounds import less_used
from queries.financing.search.walking import technique_code, techniques_of
from queries.financing.terms import ConstraintKind
from queries.tally import Amount, Tally


def linked_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: ⌊linkage ratio × invested⌋ less what the bank has out on the firm by this technique, whichever fund it followed."""
    link = case.candidate.link("INVESTED_BY")
    invested = case.amount(case.appraisal.record(link, InvestedBy).amount, link, "amount")
    yield _linked(case, invested)


def amount_to_link(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: ⌊linkage ratio × the most that the fund may put into the firm⌋ less what the bank has out on it by this technique."""
    own = copy(case)
    own.fund = case.candidate.role("Fund")
    bounds = [*ticket_limits(own, own.fund), *dry_powder_limits(own), *concentration_limits(own)]
    missing = tuple(fact for bound in bounds if bound.admits is None for fact in bound.missing)
    least = min((bound.admits for bound in bounds if bound.admits is not None), default=None)
    yield _linked(case, Amount(None if missing else least, missing))


def _linked(case: Case, invested: Amount) -> Constraint:
    link = case.candidate.link("LINKED_WITH")
    ratio = offer_record(case.view, link, LinkedWith).per_yuan
    unknown = Amount(None, (*invested.missing, MissingFact(link, "perYuan")))
    limit = unknown if ratio is None else invested.share(ratio)
    return less_used(ConstraintKind.STEP_AMOUNT, link, limit, _out(case))


def _out(case: Case) -> Tally:
    """What the bank has out on the firm in linkage loans."""
    return case.appraisal.once((_out, case.lender), lambda: _tallied(case))


def _tallied(case: Case) -> Tally:
    tally = Tally()
    for loan in case.appraisal.once(_loans, lambda: _loans(case)):
        if case.appraisal.entity(case.appraisal.ref(loan, "lender")) == case.lender:
            tally.add(outstanding_of(case.view, case.appraisal.record(loan, Loan), loan))
    return tally


def _loans(case: Case) -> list[int]:
    """The firm's linkage loans, of all banks."""
    loans = case.view.holders("Loan", "borrower", case.beneficiary)
    linked = np.asarray(techniques_of(case.view, loans) == technique_code(Technique.INVEST_LOAN_LINKAGE))
    found: list[int] = loans[linked].tolist()
    return found
