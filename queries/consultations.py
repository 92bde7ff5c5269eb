"""Emergency consultations: enterprises whose loans fall due soon, and whether a case is open about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.contracts import Loan
from graph.kinds.demand_side import Case
from graph.kinds.terms import Instrument
from graph.view import NOT_STATED, View, day_of
from queries.exchange import owed_in
from queries.financing.limits.constraints import MissingFact
from queries.financing.need import open_needs

WITHIN_DAYS: Final = 90
MAX_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class MaturingLoan:
    """A loan that falls due: `days` from the view's day, below 0 where it is overdue. `amount` in 分 of CNY, None: not stated, or no rate.

    `renewal` whether the lender has committed to lend again, None: not stated.
    """

    loan: int
    due_on: date
    days: int
    amount: int | None
    renewal: bool | None


@dataclass(frozen=True, slots=True)
class Consultation:
    """An enterprise with loans that fall due, the earliest first.

    `amount` in 分 of CNY, None where that of a loan is not known: then `known` is the sum of the others. `cases` open about it, and
    `concerned` those of its loans that one names; `refinancing` its open needs that ask for it.
    """

    enterprise: int
    loans: tuple[MaturingLoan, ...]
    cases: tuple[int, ...]
    concerned: tuple[int, ...]
    refinancing: tuple[int, ...]
    missing: tuple[MissingFact, ...]

    @property
    def known(self) -> int:
        """What is stated to fall due."""
        return sum(one.amount or 0 for one in self.loans)

    @property
    def amount(self) -> int | None:
        """What falls due."""
        return None if self.missing else self.known


def consultations(view: View, *, within_days: int = WITHIN_DAYS) -> tuple[Consultation, ...]:
    """The enterprises with loans that fall due within so many days, both ends included, or are overdue: earliest due first, then by id.

    A loan is overdue where its due day has passed and its outstanding amount is stated, above 0; with nothing outstanding it is none.
    Raises InvalidInput for days that are negative or beyond ten years. Cost: a pass over all loans.
    """
    if not 0 <= within_days <= MAX_DAYS:
        raise InvalidInput(f"withinDays is {within_days}; give 0 to {MAX_DAYS:,}")
    loans = view.handles("Loan")
    borrowers, due = view.refs(loans, "borrower"), view.ints(loans, "due_on")
    outstanding, today = view.ints(loans, "outstanding"), day_of(view.as_of)
    soon = (due != NOT_STATED) & (due <= today + within_days)
    soon &= np.where(due >= today, outstanding != 0, outstanding > 0)
    soon &= borrowers >= 0
    of: dict[int, list[int]] = {}
    for place in np.flatnonzero(soon).tolist():
        if view.has_kind(int(borrowers[place]), "Enterprise"):
            of.setdefault(int(borrowers[place]), []).append(int(loans[place]))
    found = [_consultation(view, enterprise, mine) for enterprise, mine in of.items()]
    found.sort(key=lambda one: (one.loans[0].due_on, view.id_of(one.enterprise).encode()))
    return tuple(found)


def _consultation(view: View, enterprise: int, handles: list[int]) -> Consultation:
    loans: list[MaturingLoan] = []
    missing: list[MissingFact] = []
    for handle in handles:
        loan = view.record(handle)
        assert isinstance(loan, Loan)
        assert loan.due_on is not None
        owed = loan.outstanding or loan.principal
        amount = None if owed is None else owed_in(view, owed)
        if amount is None:
            missing.append(MissingFact(handle, "outstanding" if owed is None else f"rate {owed.currency}/CNY"))
        loans.append(MaturingLoan(handle, loan.due_on, (loan.due_on - view.as_of).days, amount, loan.renewal_committed))
    loans.sort(key=lambda one: (one.due_on, view.id_of(one.loan).encode()))
    cases = [case for case in view.holders("Case", "enterprise", enterprise).tolist() if _is_open(view, case)]
    links = [view.refs(view.holders("Concerns", "source", case), "target") for case in cases]
    named = {*np.concatenate(links).tolist()} if links else set()
    refinancing = [one.handle for one in open_needs(view, enterprise) if one.need.instrument is Instrument.REFINANCE]
    return Consultation(
        enterprise,
        tuple(loans),
        tuple(cases),
        tuple(one.loan for one in loans if one.loan in named),
        tuple(refinancing),
        tuple(missing),
    )


def _is_open(view: View, handle: int) -> bool:
    """Whether a case is open on the view's day; one without a day of opening is."""
    case = view.record(handle)
    assert isinstance(case, Case)
    begun = case.opened_on is None or case.opened_on <= view.as_of
    return begun and (case.resolved_on is None or case.resolved_on > view.as_of)
