"""What a gate answers: YES, NO or UNKNOWN, with the missing facts and the rule that decides."""

from __future__ import annotations

from typing import Final, NamedTuple

from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary


class Verdict(NamedTuple):
    """An answer; `missing` the facts without which it is UNKNOWN, `rule` the recorded rule that decides it (-1: none)."""

    answer: Ternary
    missing: tuple[MissingFact, ...] = ()
    rule: int = -1


PASSED: Final = Verdict(Ternary.YES)
FAILED: Final = Verdict(Ternary.NO)


def unknown(*missing: MissingFact) -> Verdict:
    """UNKNOWN for want of these facts."""
    return Verdict(Ternary.UNKNOWN, missing)


def worse(one: Verdict, other: Verdict) -> Verdict:
    """Both together: NO where one says no, UNKNOWN where one is unknown, with all that is missing."""
    if Ternary.NO in (one.answer, other.answer):
        return one if one.answer is Ternary.NO else other
    if one.answer is Ternary.YES or other.answer is Ternary.YES:
        return other if one.answer is Ternary.YES else one
    return Verdict(Ternary.UNKNOWN, tuple(dict.fromkeys((*one.missing, *other.missing))), max(one.rule, other.rule))
