"""What may still be outstanding under an anchor's confirmation in its programme."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.kinds.contracts import Loan
from graph.kinds.parties import Enterprise
from graph.kinds.supply_side import AnchorProgramme, LoanProduct
from graph.kinds.terms import DrawBasis
from graph.money import CNY
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import offer_record, once
from queries.exchange import in_currency
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.loans import outstanding_of
from queries.financing.limits.recorded import loans_under
from queries.financing.limits.stated_bounds import at_once, less_used
from queries.financing.terms import ConstraintKind
from queries.ratios import UNLIMITED, UNSTATED, Ints
from queries.tally import Amount, Tally, amount_of


def anchor_limits(case: Case) -> Iterator[Constraint]:
    """ANCHOR_LIMIT: the programme's limit less what is financed under it. On FACE one yuan of principal draws 1/α."""
    handle = case.programme
    if handle < 0:
        return
    programme = offer_record(case.view, handle, AnchorProgramme)
    limit = case.amount(programme.limit, handle, "limit")
    used = programme_used(case.view, handle, case.currency)
    draw, basis, known = case.drawn_in(programme.draw_basis)
    yield less_used(ConstraintKind.ANCHOR_LIMIT, handle, limit, used, draw, basis, at_most=not known)


def own_cash(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: the cash that the source itself sets aside for paying its payables early."""
    handle = case.lender
    source = case.view.record(handle)
    stated = source.early_payment_cash if isinstance(source, Enterprise) else None
    yield at_once(ConstraintKind.STEP_AMOUNT, handle, case.amount(stated, handle, "earlyPaymentCash"))


def programme_used(view: View, handle: int, currency: str = CNY) -> Tally:
    """What is used of a programme's limit: as stated, else the loans outstanding under it, on FACE at their face."""
    return once(view, (programme_used, handle, currency), lambda: _used(view, handle, currency))


def _used(view: View, handle: int, currency: str) -> Tally:
    programme = offer_record(view, handle, AnchorProgramme)
    if programme.used is not None:
        return Tally.of(amount_of(programme.used, handle, "used", currency, view=view, owed=True))
    tally = Tally()
    for loan in loans_under(view, np.array([handle])).tolist():
        record = view.record(loan)
        assert isinstance(record, Loan)
        owed = outstanding_of(view, record, loan, currency)
        tally.add(_face(view, loan, owed, tally) if programme.draw_basis is DrawBasis.FACE else owed)
    return tally


def _face(view: View, loan: int, owed: Amount, tally: Tally) -> Amount:
    product = view.ref(loan, "product")
    rate = offer_record(view, product, LoanProduct).advance_rate if product >= 0 else None
    if owed.value is None or not rate:
        # Without α the face is at least the principal.
        tally.at_most = True
        return owed
    return Amount(-(-owed.value * MILLION // millionths(rate)))


def headrooms(view: View) -> tuple[Ints, Ints]:
    """All programmes of a view, ascending by handle, and at least what each has left in 分; UNSTATED where no limit is stated.

    Made once a view, in one pass over the loans under programmes.
    """

    def make() -> tuple[Ints, Ints]:
        programmes = np.sort(view.handles("AnchorProgramme"))
        limit, unrated = in_currency(view, programmes, "limit")
        stated = _rated(view, programmes, "used")
        pairs = [view.expand("Loan", "programme", programmes)]
        places, products = view.expand("LoanProduct", "programme", programmes)
        at, loans = view.expand("Loan", "product", products)
        pairs.append((places[at], loans))
        distinct = np.unique(np.stack([np.concatenate(part) for part in zip(*pairs, strict=True)], axis=1), axis=0)
        owed = _rated(view, distinct[:, 1], "outstanding")
        none = view.ints(distinct[:, 1], "outstanding") == NOT_STATED
        owed = np.where(none, _rated(view, distinct[:, 1], "principal"), owed)
        used = np.zeros(len(programmes), np.int64)
        np.add.at(used, distinct[:, 0], np.where(owed == NOT_STATED, 0, owed))
        used = np.where(stated == NOT_STATED, used, stated)
        left_over = np.where(limit == NOT_STATED, UNSTATED, np.maximum(limit - used, 0))
        return programmes, np.where(unrated, UNLIMITED, left_over)

    return once(view, headrooms, make)


def _rated(view: View, handles: Ints, field: str) -> Ints:
    """What is owed by a money field; NOT_STATED also where no rate converts it."""
    owed, unrated = in_currency(view, handles, field, owed=True)
    return np.where(unrated, NOT_STATED, owed)


def missing_tier(view: View, handle: int) -> MissingFact | None:
    """The fact that nobody states how deep a programme reaches; None where somebody does."""
    programme = offer_record(view, handle, AnchorProgramme)
    return MissingFact(handle, "maxTier") if programme.max_tier is None else None
