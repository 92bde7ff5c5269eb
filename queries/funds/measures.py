"""What a covenant measures: a ratio of money with bounds for what nobody states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from graph.records import Term
from queries.financing.limits.constraints import MissingFact


class NotApplicable(Term):
    """Why a covenant does not apply to a fund on a day."""

    NO_RULE = "无有效规则"
    NOTHING_TO_MEASURE = "无可衡量对象"
    NOT_YET_DUE = "尚未到期"


@dataclass(frozen=True, slots=True)
class CountedInvestment:
    """An investment as a covenant counts it: 分, and a weight between `low` and `high`, equal where all that it asks is stated.

    rule: the coefficient that gives the weight; -1: the covenant itself, or several may.
    """

    fund: int
    round: int
    enterprise: int
    amount: int | None
    low: Fraction
    high: Fraction
    rule: int = -1

    @property
    def weight(self) -> Fraction | None:
        """By how much it counts; None: not stated."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Measure:
    """Numerator and denominator in 分, None where not known; low and high bound the value, None: no such bound is known.

    missing: the facts that would tell, each once. nothing: there is nothing that the covenant could be about.
    """

    numerator: Fraction | None = None
    denominator: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    missing: tuple[MissingFact, ...] = ()
    nothing: bool = False
    counted: tuple[CountedInvestment, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The value, where it is known."""
        return self.low if self.low == self.high else None


def ratio(
    numerator: tuple[Fraction | int | None, Fraction | int | None],
    denominator: tuple[Fraction | int | None, Fraction | int | None],
    missing: Iterable[MissingFact] = (),
    counted: tuple[CountedInvestment, ...] = (),
) -> Measure:
    """A ratio of two amounts ≥ 0 that lie between bounds, both ends with them; None: not known. Of what is known nothing is missing.

    Where nothing can be in the denominator there is nothing to measure.
    """
    top, bottom = (tuple(None if end is None else Fraction(end) for end in ends) for ends in (numerator, denominator))
    above, below = _known(*top), _known(*bottom)
    return Measure(
        numerator=above,
        denominator=below,
        low=_over(top[0], bottom[1]),
        high=_over(top[1], bottom[0]),
        missing=tuple(dict.fromkeys(missing)) if above is None or below is None else (),
        nothing=bottom[1] == 0,
        counted=counted,
    )


def _known(low: Fraction | None, high: Fraction | None) -> Fraction | None:
    return low if low == high else None


def _over(top: Fraction | None, bottom: Fraction | None) -> Fraction | None:
    return None if top is None or not bottom else top / bottom
