"""How far one target has come: its figures, the baseline, the line from it to the day on which the target is due, the verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial

from graph.kinds.policy import ObservationBasis, Target, TargetKind
from graph.kinds.terms import Operator
from graph.money import CNY
from graph.view import View
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary
from queries.progress.contracts import recorded
from queries.progress.figures import ADDED_UP, Figure, ProgressStatus, observed, read_as, usable
from queries.progress.periods import Period, period_of, years_between
from queries.progress.series import Chosen, Point, Segment, Series, chosen, series_of
from queries.progress.units import Unit, unit_of
from queries.thresholds import meets


@dataclass(frozen=True, slots=True)
class Baseline:
    """The value to start from, in the target's unit. `point` None: the target states it itself."""

    value: Fraction
    on: date | None
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """What was observed by the end of a period, and what the line to the target expects by then; None where no line can be drawn."""

    point: Point
    value: Fraction | None
    expected: Fraction | None


@dataclass(frozen=True, slots=True)
class Account:
    """A figure held against the target. progress: None where it is not known."""

    figure: Figure
    status: ProgressStatus
    progress: Fraction | None


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """A target on the day of a view. Values are in its printed unit.

    reported: by the observations of its series; recorded: by the contracts in the graph; None where there are none to ask. The status is
    that of the reported figure, and of the recorded one where what is reported decides nothing. matched: what is recorded by the day that
    the reported figure tells of, which the two are compared by. on_track None: no line is meant.
    missing: the facts that it would take, each once.
    """

    handle: int
    target: Target
    status: ProgressStatus
    read_as: Operator | None
    reported: Account | None
    recorded: Account | None
    matched: Figure | None
    baseline: Baseline | None
    expected: Fraction | None
    on_track: Ternary | None
    track: tuple[TrackPoint, ...]
    series: Series
    segment: Segment | None
    breaks: tuple[Segment, ...]
    evidence: tuple[Point, ...]
    missing: tuple[MissingFact, ...]

    @property
    def decisive(self) -> Account | None:
        """The account that the status is of."""
        reported = self.reported
        if reported is None or (reported.status is ProgressStatus.NOT_STATED and self.recorded is not None):
            return self.recorded if self.recorded is not None else reported
        return reported

    @property
    def value(self) -> Fraction | None:
        """What has been reached, by the account that decides."""
        return None if self.decisive is None else self.decisive.figure.value

    @property
    def progress(self) -> Fraction | None:
        """The part of the way that is done, by the account that decides."""
        return None if self.decisive is None else self.decisive.progress

    @property
    def distance(self) -> Fraction | None:
        """Value and target apart, negative on the wrong side."""
        if self.value is None or self.target.value is None or self.read_as is None:
            return None
        above = self.value - Fraction(self.target.value)
        if self.read_as is Operator.EQ:
            return -abs(above)
        return above if self.read_as in (Operator.GTE, Operator.GT) else -above

    @property
    def difference(self) -> Fraction | None:
        """What is reported less what is recorded by the same day, where both are known."""
        if self.reported is None or self.matched is None:
            return None
        reported, found = self.reported.figure.value, self.matched.value
        return None if reported is None or found is None else reported - found


def progress_of(view: View, handle: int) -> TargetProgress:
    """How far a target has come. Cost: its observations one by one, and a few passes over the contracts that count toward it."""
    target = view.record(handle)
    assert isinstance(target, Target)
    unit = unit_of_target(target)
    series = series_of(view, handle, target, unit)
    if target.kind is TargetKind.QUALITATIVE:
        return _qualitative(view, handle, target, series)
    return _Judge(view, handle, target, unit, series).judged()


def unit_of_target(target: Target) -> Unit:
    """The unit that a target prints; of money without the name of a currency that of its amount."""
    return unit_of(target.unit, CNY if target.money is None else target.money.currency)


def _qualitative(view: View, handle: int, target: Target, series: Series) -> TargetProgress:
    """An aim without a number: what has been found out about it is shown, and nobody measures it."""
    evidence = tuple(one for one in series.points if one.period.last <= view.as_of)
    status = ProgressStatus.NOT_APPLICABLE if evidence else ProgressStatus.NOT_STATED
    missing = () if evidence else series.missing or (MissingFact(handle, "observation"),)
    return TargetProgress(
        handle, target, status, None, None, None, None, None, None, None, (), series, None, (), evidence, missing
    )


class _Judge:
    """One target with a number, and what is known of it."""

    def __init__(self, view: View, handle: int, target: Target, unit: Unit, series: Series) -> None:
        self.view, self.handle, self.target, self.series = view, handle, target, series
        self.missing: list[MissingFact] = []
        self.to_start: list[MissingFact] = []
        due = target.by
        self.until = view.as_of if due is None else min(view.as_of, due)
        within = replace(series, segments=tuple(one.until(self.until) for one in series.segments))
        self.chosen: Chosen = chosen(within, handle, target.definition, partial(usable, target.kind))
        self.missing += self._without_basis() if self.chosen.segment is None else self.chosen.missing
        self.unit = unit
        self.recorded = recorded(view, handle, target, unit, self.until)
        self.baseline = self._baseline()

    def judged(self) -> TargetProgress:
        """The target, judged."""
        target, segment = self.target, self.chosen.segment
        value = None if target.value is None else Fraction(target.value)
        start = None if self.baseline is None else self.baseline.value
        start = start if target.baseline is None else Fraction(target.baseline)
        operator = None if value is None else read_as(target.kind, target.operator, value, start)
        reported = None
        if segment is not None:
            figure = observed(self.handle, target, segment)
            figure = self._averaged(figure) if target.kind is TargetKind.AVERAGE_ANNUAL else figure
            reported = self._account(figure, operator, value)
        elif self.series.name is not None or self.recorded is None:
            reported = Account(Figure(missing=self.chosen.missing), ProgressStatus.NOT_STATED, None)
        found = None if self.recorded is None else self._account(self.recorded, operator, value)
        if value is None:
            self.missing.append(MissingFact(self.handle, "value"))
        elif operator is None:
            self.missing.append(MissingFact(self.handle, "operator"))
        for account in (reported, found):
            self.missing += () if account is None else account.figure.missing
        self.missing += self.to_start
        made = TargetProgress(
            self.handle, target, ProgressStatus.NOT_STATED, operator, reported, found, self._matched(reported),
            self.baseline, None, None, (), self.series, segment, self.chosen.breaks, (), (),
        )  # fmt: skip
        track = self._track(value)
        expected, on_track = self._on_track(made, operator, value)
        status = ProgressStatus.NOT_STATED if made.decisive is None else made.decisive.status
        evidence = () if reported is None else reported.figure.points
        return replace(
            made, status=status, track=track, expected=expected, on_track=on_track, evidence=evidence,
            missing=tuple(dict.fromkeys(self.missing)),
        )  # fmt: skip

    def _matched(self, reported: Account | None) -> Figure | None:
        """What is recorded by the day that the reported figure tells of."""
        through = None if reported is None else reported.figure.through
        if self.recorded is None or through is None:
            return None
        if self.target.kind not in ADDED_UP or through == self.recorded.through:
            return self.recorded
        return recorded(self.view, self.handle, self.target, self.unit, through)

    def _without_basis(self) -> list[MissingFact]:
        """Observations that a sum could be made of, if somebody said what their numbers are."""
        if self.target.kind is not TargetKind.CUMULATIVE:
            return []
        points = [one for one in self.series.points if one.basis is None and one.period.last <= self.until]
        return [MissingFact(reading.observation, "basis") for one in points for reading in one.believed]

    # the baseline

    def _baseline(self) -> Baseline | None:
        """The target's own, else what the same segment has for the period of the baseline."""
        target = self.target
        if target.kind in ADDED_UP or target.kind is TargetKind.RATE:
            return None
        period = None if target.baseline_period is None else period_of(target.baseline_period)
        if target.baseline_period is not None and period is None:
            self.to_start.append(MissingFact(self.handle, f"baselinePeriod: {target.baseline_period!r} cannot be read"))
        if target.baseline is not None:
            if self._is_across_a_break(period):
                self.to_start.append(MissingFact(self.handle, "definition of the baseline: the series has a break"))
                return None
            return Baseline(Fraction(target.baseline), None if period is None else period.last)
        if period is None:
            if target.baseline_period is None:
                self.to_start.append(MissingFact(self.handle, "baseline"))
            return None
        segment = self.chosen.segment
        point = None if segment is None else segment.at(period)
        if point is None or point.value is None:
            if segment is not None:
                told = self.chosen.breaks and any(one.at(period) for one in self.chosen.breaks)
                across = ": there is one across a break in the series" if told else ""
                lacks = MissingFact(
                    self.handle, f"observation of {self.series.name} for {target.baseline_period}{across}"
                )
                self.to_start += [lacks] if point is None else point.missing
            return None
        return Baseline(point.value, period.last, point)

    def _is_across_a_break(self, period: Period | None) -> bool:
        """Whether the value that the target starts from may be of another part of the series: unless this part has it too, it may."""
        segment, target = self.chosen.segment, self.target
        breaks = [one for one in self.chosen.breaks if target.definition in (None, one.definition)]
        if segment is None or not breaks:
            return False
        point = None if period is None else segment.at(period)
        return point is None or point.value != target.baseline

    # accounts

    def _account(self, figure: Figure, operator: Operator | None, value: Fraction | None) -> Account:
        if operator is None or value is None or not figure.comparable:
            return Account(figure, ProgressStatus.NOT_STATED, None)
        met = meets(operator, value, figure.low, figure.high)
        if met is not None and not self._is_final(figure, met):
            met = None
            due = self.target.by.isoformat() if self.target.by else ""
            figure = replace(figure, missing=(*figure.missing, MissingFact(self.handle, f"observation of {due}")))
        words = {True: ProgressStatus.MET, False: ProgressStatus.NOT_MET, None: ProgressStatus.NOT_STATED}
        return Account(figure, words[met], self._progress(figure, value))

    def _is_final(self, figure: Figure, met: bool) -> bool:
        """Whether what was observed before the target was due decides it: once it is due, only a sum that is reached already does."""
        due = self.target.by
        if due is None or self.view.as_of < due or figure.through is None or figure.through >= due:
            return True
        return met and self.target.kind is TargetKind.CUMULATIVE

    def _progress(self, figure: Figure, value: Fraction) -> Fraction | None:
        """The part of the way that is done; None too where there is no way to go."""
        reached, kind = figure.value, self.target.kind
        if reached is None:
            return None
        if kind in ADDED_UP or kind is TargetKind.AVERAGE_ANNUAL:
            return reached / value if value else None
        if self.baseline is None or self.baseline.value == value:
            return None
        return (reached - self.baseline.value) / (value - self.baseline.value)

    def _averaged(self, figure: Figure) -> Figure:
        """(x_t − x_0) / t, in years."""
        start, missing = self.baseline, list(figure.missing)
        on = None if start is None else start.on
        if start is not None and on is None and self.target.baseline_period is None:
            missing.append(MissingFact(self.handle, "baselinePeriod"))
        if start is None or on is None or figure.through is None:
            return Figure(None, None, on, figure.through, tuple(missing), True, figure.points)
        years = years_between(on, figure.through)
        if years <= 0:
            lacks = MissingFact(self.handle, f"observation of {self.series.name} after {on.isoformat()}")
            return Figure(None, None, on, figure.through, (*missing, lacks), True, figure.points)
        low, high = (None if end is None else (end - start.value) / years for end in (figure.low, figure.high))
        return Figure(low, high, on, figure.through, tuple(missing), True, figure.points)

    # the line

    def _line(self, on: date, value: Fraction) -> Fraction | None:
        """What the line expects by the end of a day: from the baseline, or from nothing at the start of the period, to the target."""
        target, start = self.target, self.baseline
        if target.kind is TargetKind.AVERAGE_ANNUAL:
            return None if start is None or start.on is None else start.value + value * years_between(start.on, on)
        first, low = (
            (target.period_from, Fraction(0))
            if target.kind in ADDED_UP
            else ((None, Fraction(0)) if start is None else (start.on, start.value))
        )
        if first is None or target.by is None or target.by <= first:
            return None
        done = Fraction((min(on, target.by) - first).days, (target.by - first).days)
        return low + (value - low) * max(done, Fraction(0))

    def _on_track(
        self, made: TargetProgress, operator: Operator | None, value: Fraction | None
    ) -> tuple[Fraction | None, Ternary | None]:
        """What the line expects by the day that the value is of, and whether the value is as far."""
        if self.target.kind is TargetKind.RATE:
            return None, None
        account = made.decisive
        through = None if account is None else account.figure.through
        if value is None or operator is None or account is None or through is None or not account.figure.comparable:
            return None, Ternary.UNKNOWN
        expected = self._line(through, value)
        if expected is None:
            self.missing += self._undrawn()
            return None, Ternary.UNKNOWN
        low, high = account.figure.low, account.figure.high
        if self.target.kind is TargetKind.AVERAGE_ANNUAL:
            # The line is one of levels: the value is an average of changes.
            point = account.figure.points[0] if account.figure.points else None
            low, high = (None, None) if point is None else (point.low, point.high)
        ahead = meets(operator, expected, low, high)
        return expected, {True: Ternary.YES, False: Ternary.NO, None: Ternary.UNKNOWN}[ahead]

    def _undrawn(self) -> list[MissingFact]:
        """The dates that lack for a line."""
        lacks = []
        if self.target.kind in ADDED_UP:
            lacks += ["periodFrom"] if self.target.period_from is None else []
        elif self.baseline is not None and self.baseline.on is None:
            lacks += ["baselinePeriod"] if self.target.baseline_period is None else []
        if self.target.by is None and self.target.kind is not TargetKind.AVERAGE_ANNUAL:
            lacks.append("by")
        return [MissingFact(self.handle, name) for name in lacks]

    def _track(self, value: Fraction | None) -> tuple[TrackPoint, ...]:
        """The segment's points with what the line expects of each; of flows with their running sum."""
        segment = self.chosen.segment
        if segment is None:
            return ()
        flows = self.target.kind in ADDED_UP and any(one.basis is ObservationBasis.FLOW for one in segment.points)
        found = []
        for point in segment.points:
            reached = point.value
            if flows:
                reached = observed(self.handle, self.target, segment.until(point.period.last)).value
            expected = None if value is None else self._line(point.period.last, value)
            found.append(TrackPoint(point, reached, expected))
        return tuple(found)
