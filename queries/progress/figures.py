"""How far a target has come by one account: what is observed of its series, or what contracts add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final

from graph.kinds.policy import ObservationBasis, Target, TargetKind
from graph.kinds.terms import Operator
from graph.records import Term
from queries.financing.limits.constraints import MissingFact
from queries.progress.periods import Period
from queries.progress.series import Point, Segment

ADDED_UP: Final = (TargetKind.CUMULATIVE, TargetKind.BUDGET, TargetKind.COUNT)
"""Kinds whose progress is Σ/target; of flows they are the sum."""


class ProgressStatus(Term):
    """How a target stands."""

    MET = "已达到"
    NOT_MET = "未达到"
    NOT_STATED = "未载明"
    NOT_APPLICABLE = "定性目标"


@dataclass(frozen=True, slots=True)
class CountedUnder:
    """What counts toward a target under one product, scheme, pool, fund, list or subsidy, in the target's unit.

    `contracts`: loans, vouchers and members that count; `batches`: loans told as sums. `high` None: no bound is known.
    """

    record: int
    contracts: int
    batches: int
    low: Fraction
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in the target's unit, or the bounds of it; None: no bound is known.

    since, through: the first and last day of which it tells, None where it does not say. missing: what it would take to know it, and to
    hold it against the target. comparable: it counts what the target does; else the value is shown and decides nothing.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    since: date | None = None
    through: date | None = None
    missing: tuple[MissingFact, ...] = ()
    comparable: bool = True
    points: tuple[Point, ...] = ()
    under: tuple[CountedUnder, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The value, where it is known."""
        return self.low if self.low == self.high else None


def read_as(
    kind: TargetKind, operator: Operator | None, target: Fraction, baseline: Fraction | None
) -> Operator | None:
    """The comparison that a target is held to; None where its operator is not stated or compares with no number.

    A target that is printed without 以上 or 以内 (EQ) is met from the side where it starts: what adds up and stocks from below, a change by
    its sign, a level by its baseline; without one only the value itself meets it. So does a rate.
    """
    if operator in (None, Operator.IN, Operator.NOT_IN):
        return None
    if operator is not Operator.EQ or kind is TargetKind.RATE:
        return operator
    if kind is TargetKind.AVERAGE_ANNUAL:
        return Operator.LTE if target < 0 else Operator.GTE
    if kind in (*ADDED_UP, TargetKind.STOCK):
        return Operator.GTE
    if baseline is None or baseline == target:
        return Operator.EQ
    return Operator.GTE if baseline < target else Operator.LTE


def usable(kind: TargetKind, segment: Segment) -> Segment:
    """The points of a segment that a target of this kind may be held against.

    A flow of less than a year, or a sum to date over less, is no level, nor over more; where nobody says what numbers are, those of the
    longest periods are compared with each other only. A sum is made of what says that it is a flow, or is one that somebody has made.
    """
    if kind is TargetKind.CUMULATIVE:
        return segment.narrowed(
            one for one in segment.points if one.basis in (ObservationBasis.FLOW, ObservationBasis.TO_DATE)
        )
    unsaid = [_length(one.period) for one in segment.points if one.basis is None]
    longest = max(unsaid, default=0)

    def fits(one: Point) -> bool:
        if one.basis is None:
            return _length(one.period) == longest
        if kind in ADDED_UP or one.basis is ObservationBasis.LEVEL:
            return True
        first = one.period.first if one.basis is ObservationBasis.FLOW else one.since
        return first is not None and Period(first, one.period.last).is_year

    return segment.narrowed(one for one in segment.points if fits(one))


def _length(period: Period) -> int:
    """Classes of periods: years, halves, quarters, months, days."""
    return next((rank for rank, days in ((4, 365), (3, 180), (2, 89), (1, 28)) if period.days >= days), 0)


def observed(handle: int, target: Target, segment: Segment) -> Figure:
    """What a segment's usable points come to: the last of them, or of flows the sum over the target's period."""
    last = next((one for one in reversed(segment.points) if one.low is not None), None)
    if last is None:
        return Figure()
    if target.kind in ADDED_UP and last.basis is ObservationBasis.FLOW:
        return _summed(handle, target, [one for one in segment.points if one.basis is ObservationBasis.FLOW])
    since, missing = (last.since if last.basis is ObservationBasis.TO_DATE else None), list(last.missing)
    if target.kind is TargetKind.CUMULATIVE:
        missing += _other_period(handle, target, last)
    comparable = len(missing) == len(last.missing)
    return Figure(last.low, last.high, since, last.period.last, tuple(missing), comparable, (last,))


def _other_period(handle: int, target: Target, last: Point) -> list[MissingFact]:
    """What is missing to say that a sum to date begins with the target's period."""
    observation = last.readings[0].observation
    if target.period_from is None:
        return [] if target.period is None else [MissingFact(handle, "periodFrom")]
    if last.since is None:
        return [MissingFact(observation, "since")]
    if last.since != target.period_from:
        return [MissingFact(observation, f"the sum since {target.period_from.isoformat()}")]
    return []


def _summed(handle: int, target: Target, flows: Sequence[Point]) -> Figure:
    """Σ of flows over the target's period, of periods that follow each other without a gap; the longest where several begin on a day."""
    start = target.period_from
    if start is None:
        if target.kind is TargetKind.CUMULATIVE:
            return Figure(missing=(MissingFact(handle, "periodFrom"),), comparable=False, points=tuple(flows))
        start = min(one.period.first for one in flows)
    told = sorted(
        (one for one in flows if one.low is not None and one.period.first >= start),
        key=lambda one: (one.period.first, -one.period.days),
    )
    cursor, tiles, missing = start, [], []
    for one in told:
        if one.period.first < cursor:
            continue
        if one.period.first > cursor:
            missing.append(
                MissingFact(handle, f"observation from {cursor.isoformat()} to before {one.period.first.isoformat()}")
            )
        tiles.append(one)
        cursor = one.period.next_day
    if not tiles:
        return Figure(missing=(MissingFact(handle, f"observation from {start.isoformat()}"),), points=tuple(flows))
    missing += [fact for one in tiles for fact in one.missing]
    lows, highs = [one.low or Fraction(0) for one in tiles], [one.high or Fraction(0) for one in tiles]
    gaps = any(one.period.first != before.period.next_day for before, one in pairwise(tiles))
    gaps = gaps or tiles[0].period.first != start
    # What was lent in a gap is not known; only flows that never fall leave a lower bound.
    low = None if gaps and min(lows) < 0 else sum(lows, Fraction(0))
    high = None if gaps else sum(highs, Fraction(0))
    return Figure(low, high, start, tiles[-1].period.last, tuple(missing), True, tuple(tiles))
