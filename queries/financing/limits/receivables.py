"""What a claim for payment is worth to a financier: V, free and lendable.

O = face − paid − credits − disputed; 0 once overdue past the product's limit.
V = O·(1 − dilution) − Σ assigned; dilution is 0 for an irrevocably confirmed payable.
free = max(0, V − Σ pledged), for show.
lendable = max(0, α·V − Σ prior secured debt).

One financing contract counts once, even if it is registered both as an assignment and as a pledge: by whichever takes more, so
that a further registration never frees anything. A registration without an amount encumbers all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.ratios import Ints

DEDUCTIONS: Final = ("paid", "credits", "disputed")
"""What comes off the face of a receivable, by field."""


class PriorClaim(NamedTuple):
    """A registration over the asset: the financing contract that it is for, whether the asset was assigned, and the amount."""

    contract: int
    assigned: bool
    amount: int | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What an asset is worth to one financier, in 分, rounded down.

    `value` V, may be negative; `advance` α·V; `secured` the prior secured debt that stands before it; `free` for show;
    `lendable` what may still be lent. `encumbered_whole`: a registration without an amount takes all.
    """

    outstanding: int
    value: int
    advance: int
    secured: int
    free: int
    lendable: int
    encumbered_whole: bool


def outstanding(face: int, paid: int | None, credits: int | None, disputed: int | None) -> int:
    """O in 分: what the obligor still owes beyond dispute, at least 0. Deductions that nobody records are none."""
    return max(0, face - (paid or 0) - (credits or 0) - (disputed or 0))


def outstandings(view: View, receivables: Ints) -> Ints:
    """`outstanding` of receivables as columns, in the currency of the face of each."""
    owed = view.ints(receivables, "face")
    for name in DEDUCTIONS:
        taken = view.ints(receivables, name)
        owed = owed - np.where(taken == NOT_STATED, 0, taken)
    return np.maximum(owed, 0)


def is_past(days_overdue: int | None, overdue_max_days: int | None) -> bool:
    """Whether a claim is overdue past the product's limit; False where the due day or the limit is not stated."""
    return days_overdue is not None and overdue_max_days is not None and days_overdue > max(0, overdue_max_days)


def worth(owed: int, claims: Iterable[PriorClaim], *, dilution: int = 0, advance_rate: int = MILLION) -> Worth:
    """The worth of an outstanding amount under prior claims; `dilution` and `advance_rate` in millionths.

    All registrations known in the view are claims, the financier's own among them: they are debt already.
    """
    assigned, pledged, whole = _totals(claims, advance_rate)
    scaled = owed * (MILLION - dilution) - assigned * MILLION
    lendable = 0 if whole else max(0, (scaled * advance_rate - pledged * MILLION * MILLION) // (MILLION * MILLION))
    return Worth(
        outstanding=owed,
        value=scaled // MILLION,
        advance=max(0, scaled * advance_rate // (MILLION * MILLION)),
        secured=pledged,
        free=0 if whole else max(0, scaled // MILLION - pledged),
        lendable=lendable,
        encumbered_whole=whole,
    )


def _totals(claims: Iterable[PriorClaim], advance_rate: int) -> tuple[int, int, bool]:
    by_contract: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for claim in claims:
        if claim.amount is None:
            return 0, 0, True
        amounts = by_contract[claim.contract]
        # Renewals of one registration repeat its amount: the largest stands.
        amounts[not claim.assigned] = max(amounts[not claim.assigned], claim.amount)
    assigned = pledged = 0
    for by_assignment, by_pledge in by_contract.values():
        if by_assignment * advance_rate > by_pledge * MILLION:
            assigned += by_assignment
        else:
            pledged += by_pledge
    return assigned, pledged, False
