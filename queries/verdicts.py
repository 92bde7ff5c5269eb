"""What a gate answers: YES, NO or UNKNOWN, with the missing facts and the rule that decides."""

from __future__ import annotations

from typing import Final, NamedTuple

from queries.constraints import MissingFact
from queries.financing_terms import Ternary


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
