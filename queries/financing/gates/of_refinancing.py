"""Gates of money that tides over, or follows an approval: RENEWAL_COMMITMENT, and what TIMING asks of a maturing loan and of a bond."""

from __future__ import annotations

from datetime import timedelta

from graph.kinds.contracts import BondIssue, Loan
from graph.kinds.supply_side import Pool
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown
from queries.financing.limits.constraints import MissingFact


def renewal_commitment(case: Case) -> Verdict:
    """RENEWAL_COMMITMENT: the lender of the loan that is bridged has committed to lend again once it is repaid."""
    committed = case.appraisal.record(case.refinanced, Loan).renewal_committed
    if committed is None:
        return unknown(MissingFact(case.refinanced, "renewalCommitted"))
    return PASSED if committed else FAILED


def in_time(case: Case) -> Verdict:
    """A part of TIMING: a loan to be bridged falls due within the pool's window and is not overdue; a bond's approval still runs."""
    today, pool, bond = case.view.as_of, case.candidate.role("Pool"), case.candidate.role("BondIssue")
    if pool >= 0:
        due = case.appraisal.record(case.refinanced, Loan).due_on
        if due is None:
            return unknown(MissingFact(case.refinanced, "dueOn"))
        window = offer_record(case.view, pool, Pool).window_days
        return FAILED if due < today or (window is not None and due > today + timedelta(days=window)) else PASSED
    if bond >= 0:
        until = case.appraisal.record(bond, BondIssue).approval_until
        if until is None:
            return unknown(MissingFact(bond, "approvalUntil"))
        return FAILED if until < today else PASSED
    return PASSED
