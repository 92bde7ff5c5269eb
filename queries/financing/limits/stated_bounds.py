"""Bounds of what somebody states: a limit less what is used of it, and the most that may be brought at once."""

from __future__ import annotations

from fractions import Fraction

from graph.kinds.terms import DrawBasis
from queries.financing.limits.constraints import ONE, Constraint, left
from queries.financing.terms import ConstraintKind
from queries.tally import Amount, Tally


def less_used(
    kind: ConstraintKind,
    on: int,
    limit: Amount,
    used: Tally,
    draw: Fraction = ONE,
    basis: DrawBasis = DrawBasis.FUNDED,
    *,
    ended: bool = False,
    at_most: bool = False,
    record: int = -1,
    other: int = -1,
) -> Constraint:
    """A limit less what is used of it, at least 0; nothing once it has `ended`. What either is not stated for is missing of both.

    `at_most`: beside what the sum says, a factor that nobody states could only lower it.
    """
    return Constraint(
        kind,
        on,
        limit.value,
        used.amount,
        0 if ended else left(limit.value, used.amount),
        draw,
        basis,
        used.at_most or at_most,
        record,
        (*limit.missing, *used.missing),
        other,
    )


def at_once(kind: ConstraintKind, on: int, most: Amount, record: int = -1) -> Constraint:
    """The most that `on`, or a rule about it (`record`), lets a path bring: nothing is used of it."""
    return Constraint(kind, on, most.value, None, most.value, record=record, missing=most.missing)
