"""Whose limits at a lender a path draws on, and how much of each one yuan of it draws.

NONE draws on the debtor's limits, FULL on the seller's, and on the debtor's if the product says so; PARTIAL on the seller's by the
recourse share, on the debtor's by the rest; what is not stated must fit both. A support that covers share c moves c of the draw from
the debtor's limit to the supporter's; gross limits do not move.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from graph.kinds.contracts import Facility
from graph.values import millionths
from queries.financing.cases import ON_CLAIMS, Case
from queries.financing.limits.constraints import ONE
from queries.financing.techniques.rows import ObligorRule
from queries.financing.terms import ConstraintKind, PathRecourse
from queries.ratios import fraction

NOTHING = Fraction(0)
NAMES = (ConstraintKind.SINGLE_NAME, ConstraintKind.GROUP)


class Draw(NamedTuple):
    """What one yuan of a path draws on a party."""

    party: int
    share: Fraction


def draws_on(case: Case, kind: ConstraintKind) -> Iterator[Draw]:
    """The parties whose limits of a kind, of the lender's own, a path draws on."""
    if kind in NAMES:
        yield from _moved(case)
    if kind is not ConstraintKind.DEBTOR_LIMIT:
        if kind is not ConstraintKind.SECTOR_LIMIT and case.recourse is not PathRecourse.NONE:
            yield from (Draw(endorser, ONE) for endorser in case.endorsers)
        borrower, stays = on_borrower(case), ONE - covered(case)
        yield from borrower if stays == ONE else (Draw(draw.party, draw.share * stays) for draw in borrower)
    if kind is not ConstraintKind.SECTOR_LIMIT:
        yield from on_debtor(case, by_limit=kind is ConstraintKind.DEBTOR_LIMIT)


def on_borrower(case: Case) -> tuple[Draw, ...]:
    """What a path draws gross on the borrower, or on the seller of a claim."""
    if case.recourse is PathRecourse.NONE:
        return ()
    share, new = _recourse_share(case), new_exposure(case)
    return (Draw(case.borrower, new if share is None else new * share),)


def on_debtor(case: Case, *, by_limit: bool = False) -> tuple[Draw, ...]:
    """What a path draws gross on who owes the claim that it finances; `by_limit`: of the limit that it is found by it always does."""
    if case.obligor < 0 or case.owes not in ON_CLAIMS or case.contract >= 0:
        return ()
    # An acceptor owes its bill whoever else stands for it.
    always = (
        (case.offer is not None and case.offer.buyer_limit_with_recourse is True)
        or (by_limit and case.candidate.role("CreditLimit") >= 0)
        or case.owes is ObligorRule.ACCEPTOR
    )
    if always:
        return (Draw(case.obligor, ONE),)
    if case.recourse is PathRecourse.FULL:
        return ()
    share = _recourse_share(case)
    return (Draw(case.obligor, ONE if share is None else 1 - share),)


def covered(case: Case) -> Fraction:
    """The share of the path that supports cover, at most 1; of a share that nobody states, none."""
    if not case.candidate.supports:
        return NOTHING
    shares = (one.cover_share or 0 for one in case.candidate.supports if one.covers)
    return min(ONE, fraction(sum(shares)))


def _moved(case: Case) -> Iterator[Draw]:
    for support in case.candidate.supports:
        if support.provider >= 0 and support.covers:
            share = ONE if support.cover_share is None else fraction(support.cover_share)
            yield Draw(support.provider, new_exposure(case) * share)


def new_exposure(case: Case) -> Fraction:
    """0 for the undrawn part of a committed facility, which is exposure already; else 1."""
    if case.facility < 0:
        return ONE
    committed = case.appraisal.record(case.facility, Facility).committed is True
    return Fraction(0) if committed else ONE


def _recourse_share(case: Case) -> Fraction | None:
    """Of PARTIAL recourse the stated share; None where there is none."""
    if case.recourse is not PathRecourse.PARTIAL or case.offer is None or case.offer.recourse_share is None:
        return None
    return fraction(millionths(case.offer.recourse_share))
