"""The series that measures a target: its observations by definition and vintage, what several sources say of one period, breaks.

A definition or a vintage of its own is a series of its own: nothing is compared across the break between two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Final

import numpy as np

from graph.kinds.policy import Observation, ObservationBasis, Target
from graph.view import View
from queries.columns import is_stated
from queries.derived import once
from queries.financing.limits.constraints import MissingFact
from queries.progress.periods import Period, period_of
from queries.progress.units import Unit, converted, unit_of

OBSERVED: Final = frozenset({"Observation", "Target"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source states for a period, in the target's unit; None where it cannot be told, and then why."""

    observation: int
    source: str
    reliability: Decimal
    value: Fraction | None
    missing: tuple[MissingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A period of a series and what is stated of it, the first to be believed first.

    The most reliable sources that state a value count. Where they differ there is no value: it lies between theirs.
    """

    period: Period
    basis: ObservationBasis | None
    since: date | None
    readings: tuple[Reading, ...]

    @property
    def believed(self) -> tuple[Reading, ...]:
        """The readings that count: of equal reliability, and none more reliable states a value."""
        stated = [one for one in self.readings if one.value is not None]
        return tuple(one for one in stated if one.reliability == stated[0].reliability)

    @property
    def low(self) -> Fraction | None:
        """The least that counts; None where no value is stated."""
        return min((one.value for one in self.believed if one.value is not None), default=None)

    @property
    def high(self) -> Fraction | None:
        """The most."""
        return max((one.value for one in self.believed if one.value is not None), default=None)

    @property
    def value(self) -> Fraction | None:
        """The value; None where none is stated or sources of equal reliability differ."""
        return self.low if self.low == self.high else None

    @property
    def is_in_conflict(self) -> bool:
        """Whether sources of equal reliability differ."""
        return self.low != self.high

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """Why it has no value."""
        if self.is_in_conflict:
            return tuple(MissingFact(one.observation, "which of the differing values holds") for one in self.believed)
        return () if self.low is not None else tuple(fact for one in self.readings for fact in one.missing)


@dataclass(frozen=True, slots=True)
class Segment:
    """What a series says under one definition and vintage, by period."""

    definition: str | None
    vintage: str | None
    points: tuple[Point, ...]

    def narrowed(self, points: Iterable[Point]) -> Segment:
        """Only these of its points."""
        return Segment(self.definition, self.vintage, tuple(points))

    def until(self, day: date) -> Segment:
        """What is over by the end of a day."""
        return self.narrowed(one for one in self.points if one.period.last <= day)

    def at(self, period: Period) -> Point | None:
        """The point of a period."""
        return next((one for one in self.points if one.period == period), None)


@dataclass(frozen=True, slots=True)
class Series:
    """The observations of a target. `name` None: nobody says which series it is. `missing`: why there is less than could be."""

    name: str | None
    segments: tuple[Segment, ...]
    missing: tuple[MissingFact, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, by definition, vintage and period."""
        return tuple(point for segment in self.segments for point in segment.points)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The segment that counts, and the breaks: the others. `segment` None: none has a value, or several could be meant."""

    segment: Segment | None
    breaks: tuple[Segment, ...]
    missing: tuple[MissingFact, ...] = ()


def series_of(view: View, handle: int, target: Target, unit: Unit) -> Series:
    """The series that measures a target: the one it names, else the one that all observations about the target itself are of.

    Of a series that it names count observations about the target, about its subject (else the place of its policy), and those that
    name no subject.
    """
    about = view.holders("Observation", "subject", handle).tolist()
    if target.series is None:
        names = {view.value(one, "series") for one in about}
        if len(names) != 1:
            return Series(None, (), (MissingFact(handle, "series"),))
        name, found, others = names.pop(), about, ""
        missing: list[MissingFact] = []
    else:
        name = target.series
        found = [one for one in about if view.value(one, "series") == name]
        more, missing, others = _of_subject(view, handle, target)
        found = sorted({*found, *more}, key=view.id_of)
    readings, unread = _read(view, found, unit)
    missing += unread
    if not readings:
        missing.append(MissingFact(handle, f"observation of {name}{others}"))
    return Series(name, _segments(readings), tuple(missing))


def chosen(series: Series, target: int, definition: str | None, usable: Callable[[Segment], Segment]) -> Chosen:
    """The segment with the last usable value, of the definition that the target names if it names one.

    Of several that reach as far the one of the latest vintage, then the one of the most reliable last value.
    """
    able = [(segment, usable(segment)) for segment in series.segments]
    able = [
        (segment, found.narrowed(one for one in found.points if one.low is not None))
        for segment, found in able
        if definition is None or segment.definition == definition
    ]
    ranked = sorted(
        ((_rank(found), place) for place, (_, found) in enumerate(able) if found.points), key=lambda one: one[0]
    )
    if not ranked:
        return Chosen(None, series.segments, series.missing or _unusable(series, target, definition))
    best, place = ranked[-1]
    if len(ranked) > 1 and ranked[-2][0] == best:
        field = "definition" if definition is None else "vintage of the observations"
        return Chosen(None, series.segments, (MissingFact(target, field),))
    segment = able[place][0]
    return Chosen(usable(segment), tuple(one for one in series.segments if one is not segment), series.missing)


def _unusable(series: Series, target: int, definition: str | None) -> tuple[MissingFact, ...]:
    """Why no segment has a value: what its readings lack, else that there is none under the definition, or none yet."""
    of = [one for one in series.segments if definition is None or one.definition == definition]
    missing = tuple(fact for segment in of for point in segment.points for fact in point.missing)
    under = "" if definition is None else f" as {definition}"
    return missing or (MissingFact(target, f"observation of {series.name}{under}"),)


def _rank(segment: Segment) -> tuple[date, date, Decimal]:
    last = segment.points[-1]
    vintage = None if segment.vintage is None else period_of(segment.vintage)
    return last.period.last, date.min if vintage is None else vintage.last, last.believed[0].reliability


def _of_subject(view: View, handle: int, target: Target) -> tuple[list[int], list[MissingFact], str]:
    """The observations of the series that a target names, of its subject or of none; and whose there are none, if others have some."""
    subject = view.ref(handle, "subject")
    if target.subject is None and (policy := view.ref(handle, "policy")) >= 0:
        subject = view.ref(policy, "region")
    found, others = [], False
    for one, of in _by_series(view).get(target.series or "", ()):
        if of in (None, subject) and (of is None or subject >= 0):
            found.append(one)
        else:
            others = True
    missing = [MissingFact(handle, "subject")] if others and subject < 0 else []
    return found, missing, f" about {view.id_of(subject)}" if others and subject >= 0 else ""


def _by_series(view: View) -> dict[str, list[tuple[int, int | None]]]:
    """The observations of every series that a target names, each with its subject: None where it states none, -1 a dead one."""

    def gathered() -> dict[str, list[tuple[int, int | None]]]:
        wanted = set(view.texts(view.handles("Target"), "series").drop_nulls().to_list())
        found: dict[str, list[tuple[int, int | None]]] = {name: [] for name in wanted}
        observations = view.handles("Observation")
        if not wanted or not observations.size:
            return found
        names = view.texts(observations, "series")
        places = np.flatnonzero(names.is_in(sorted(wanted)).to_numpy())
        here = observations[places]
        subjects, stated = view.refs(here, "subject"), is_stated(view, here, "subject")
        for place, name in enumerate(names.gather(places).to_list()):
            found[name].append((int(here[place]), int(subjects[place]) if stated[place] else None))
        return found

    return once(view, _by_series, gathered, of=OBSERVED)


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading with what it is sorted by."""

    record: Observation
    period: Period
    reading: Reading


def _read(view: View, observations: Sequence[int], unit: Unit) -> tuple[list[_Read], list[MissingFact]]:
    """Each source's readings of these observations; and those whose period cannot be read."""
    found, unread = [], []
    for handle in observations:
        record = view.record(handle)
        assert isinstance(record, Observation)
        period = period_of(record.period)
        if period is None:
            unread.append(MissingFact(handle, f"period: {record.period!r} is none that can be read"))
            continue
        stated = [one for one in view.statements(handle) if one.value("value") is not None]
        for one in stated or view.statements(handle)[:1]:
            value, printed = one.value("value"), one.value("unit") or record.unit
            told, missing = None, [MissingFact(handle, "value")]
            if value is not None:
                told = converted(value, unit_of(printed), unit)
                missing = (
                    [] if told is not None else [MissingFact(handle, f"unit: {printed or 'none'} is not comparable")]
                )
            found.append(_Read(record, period, Reading(handle, one.source, one.reliability, told, tuple(missing))))
    return found, unread


def _segments(readings: Sequence[_Read]) -> tuple[Segment, ...]:
    def of_segment(one: _Read) -> tuple[str, str]:
        return one.record.definition or "", one.record.vintage or ""

    # Stable sorts: readings of one period that are equally reliable stay in the order of their observations' ids.
    ordered = sorted(readings, key=lambda one: (-one.reading.reliability, one.reading.source))
    ordered.sort(key=lambda one: (of_segment(one), one.period.last, one.period.first))
    return tuple(
        Segment(definition or None, vintage or None, tuple(_points(list(mine))))
        for (definition, vintage), mine in groupby(ordered, key=of_segment)
    )


def _points(readings: Sequence[_Read]) -> Iterable[Point]:
    for period, group in groupby(readings, key=lambda one: one.period):
        mine = list(group)
        point = Point(period, None, None, tuple(one.reading for one in mine))
        who = {one.observation for one in point.believed or point.readings}
        records = [one.record for one in mine if one.reading.observation in who]
        bases, starts = {one.basis for one in records}, {one.since for one in records}
        # Sources that differ on what the number is leave it unsaid.
        yield Point(
            period,
            bases.pop() if len(bases) == 1 else None,
            starts.pop() if len(starts) == 1 else None,
            point.readings,
        )
