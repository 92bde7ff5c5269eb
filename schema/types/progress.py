"""How far targets have come, as the API shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional

from graph.kinds.policy import ObservationBasis, TargetKind
from graph.kinds.terms import Operator
from graph.money import MINOR_PER_MAJOR
from graph.money import Money as Amount
from queries.financing.terms import Ternary
from queries.progress.figures import CountedUnder as Under
from queries.progress.figures import ProgressStatus
from queries.progress.progress import Account, Baseline, TrackPoint, unit_of_target
from queries.progress.progress import TargetProgress as Progress
from queries.progress.series import Point, Segment
from queries.progress.units import Unit
from queries.ratios import rounded
from queries.target_progress import target_progress
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.evidence import Claim, claim_of
from schema.types.facts import MAX_FACTS, MissingFact
from schema.types.source import Source, SourceOverview
from schema.types.values import Money, decimal_of

for _term in (ProgressStatus, ObservationBasis, TargetKind, Operator, Ternary):
    code_enum(_term)


def _money(value: Fraction | None, unit: Unit) -> Any:
    """A value of a money unit as money, to 分; None where it is none."""
    if value is None or not unit.is_money:
        return None
    return Amount(round(value * unit.factor * MINOR_PER_MAJOR), unit.noun)


@strawberry.type(description="来源读数 · What one source states for a period")
class SeriesReading:
    """One source's value, beside others of the same period."""

    observation: Any = strawberry.field(graphql_type=derived("Observation"))
    source: Any = strawberry.field(graphql_type=Source, description="The dataset that states it")
    reliability: Decimal = strawberry.field(
        description="Of the source [0–1]: the most reliable ones that state a value count"
    )
    value: Decimal | None = strawberry.field(description="In the target's unit; null: not stated, or of another thing")
    counts: bool = strawberry.field(description="Whether it is what is believed")


@strawberry.type(description="序列的一期 · A period of a series, with what every source states of it")
class SeriesPoint:
    """The most reliable sources count; where they differ there is no value."""

    period_from: date = strawberry.field(description="First day of the period")
    period_to: date = strawberry.field(description="Its last day")
    basis: ObservationBasis | None
    value: Decimal | None = strawberry.field(description="In the target's unit; null: not stated, or sources differ")
    low: Decimal | None
    high: Decimal | None
    in_conflict: bool = strawberry.field(description="Whether sources of equal reliability differ")
    readings: list[SeriesReading] = strawberry.field(description="By reliability, then source and id")

    @classmethod
    def of(cls, scope: Scope, one: Point) -> SeriesPoint:
        """The point as the API shows it."""
        believed = one.believed
        return cls(
            period_from=one.period.first,
            period_to=one.period.last,
            basis=one.basis,
            value=decimal_of(one.value),
            low=decimal_of(one.low),
            high=decimal_of(one.high),
            in_conflict=one.is_in_conflict,
            readings=[
                SeriesReading(
                    observation=Entity(scope, reading.observation),
                    source=SourceOverview(scope, reading.source),
                    reliability=reading.reliability,
                    value=decimal_of(reading.value),
                    counts=reading in believed,
                )
                for reading in one.readings
            ],
        )


@strawberry.type(
    description="序列断点 · A part of the series under another definition or vintage: nothing is compared across"
)
class SeriesBreak:
    """What is left out of the comparison."""

    definition: str | None
    vintage: str | None
    points: list[SeriesPoint]

    @classmethod
    def of(cls, scope: Scope, one: Segment) -> SeriesBreak:
        """The segment as the API shows it."""
        return cls(
            definition=one.definition,
            vintage=one.vintage,
            points=[SeriesPoint.of(scope, point) for point in one.points],
        )


@strawberry.type(description="计入明细 · What counts toward the target under one record, in the target's unit")
class CountedUnder:
    """A product, scheme, pool, fund, list or subsidy with what is recorded under it."""

    record: Any = strawberry.field(graphql_type=derived("Node"))
    contracts: int = strawberry.field(description="Loans, vouchers or members that count, perhaps or surely")
    batches: int = strawberry.field(description="Batches of loans that count")
    low: Decimal
    high: Decimal | None = strawberry.field(description="Null: no bound is known")

    @classmethod
    def of(cls, scope: Scope, one: Under) -> CountedUnder:
        """The part as the API shows it."""
        return cls(
            record=Entity(scope, one.record),
            contracts=one.contracts,
            batches=one.batches,
            low=rounded(one.low),
            high=decimal_of(one.high),
        )


@strawberry.type(description="数字 · One account of how far a target has come, held against it")
class ProgressFigure:
    """A value in the target's unit, or its bounds."""

    value: Decimal | None = strawberry.field(
        description="In the target's unit; null: not known exactly, which is not 0"
    )
    low: Decimal | None = strawberry.field(description="Least value that agrees with what is stated; null: no bound")
    high: Decimal | None = strawberry.field(description="The largest")
    money: Money | None = strawberry.field(description="The value, where it is money")
    since: date | None = strawberry.field(description="First day that it counts")
    through: date | None = strawberry.field(description="Last day that it tells of")
    comparable: bool = strawberry.field(
        description="False: it may count another period than the target, and decides nothing"
    )
    status: ProgressStatus
    progress: Decimal | None = strawberry.field(description="The part of the way; null: not known")
    points: list[SeriesPoint] = strawberry.field(description="The observations that it is made of")
    under: list[CountedUnder] = strawberry.field(description="The records that it is made of, by id")
    missing: list[MissingFact] = strawberry.field(
        description=f"Facts without which it is not known, or not comparable; at most {MAX_FACTS}"
    )
    missing_count: int = strawberry.field(description="How many such facts there are")

    @classmethod
    def of(cls, scope: Scope, one: Account, unit: Unit) -> ProgressFigure:
        """The account as the API shows it."""
        figure = one.figure
        return cls(
            value=decimal_of(figure.value),
            low=decimal_of(figure.low),
            high=decimal_of(figure.high),
            money=_money(figure.value, unit),
            since=figure.since,
            through=figure.through,
            comparable=figure.comparable,
            status=one.status,
            progress=decimal_of(one.progress),
            points=[SeriesPoint.of(scope, point) for point in figure.points],
            under=[CountedUnder.of(scope, part) for part in figure.under],
            missing=MissingFact.first(scope, figure.missing),
            missing_count=len(figure.missing),
        )


@strawberry.type(description="基期 · The value that progress starts from")
class ProgressBaseline:
    """The target's own, or an observation of the same definition and vintage."""

    value: Decimal
    on: date | None = strawberry.field(description="Last day of its period; null: not stated")
    observed: SeriesPoint | None = strawberry.field(description="Null: the target states the value itself")

    @classmethod
    def of(cls, scope: Scope, one: Baseline) -> ProgressBaseline:
        """The baseline as the API shows it."""
        observed = None if one.point is None else SeriesPoint.of(scope, one.point)
        return cls(value=rounded(one.value), on=one.on, observed=observed)


@strawberry.type(
    description="进度线 · A period of the series against the line from the baseline to the day when the target is due"
)
class ProgressTrackPoint:
    """What was reached and what the line expects."""

    on: date = strawberry.field(description="Last day of the period")
    value: Decimal | None = strawberry.field(description="Of flows: their sum so far")
    expected: Decimal | None = strawberry.field(description="Null: no line can be drawn")

    @classmethod
    def of(cls, one: TrackPoint) -> ProgressTrackPoint:
        """The point as the API shows it."""
        return cls(on=one.point.period.last, value=decimal_of(one.value), expected=decimal_of(one.expected))


@strawberry.type(
    description="目标进度 · How far a target has come. Values are in its printed unit; what is missing is named and never 0"
)
class TargetProgress:
    """Reported by the observations of its series, and recorded by the contracts in the graph, side by side."""

    target: Any = strawberry.field(graphql_type=derived("Target"))
    measure: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Measure")))
    status: ProgressStatus = strawberry.field(
        description="MET, NOT_MET (not yet, while it is not due), NOT_STATED, or NOT_APPLICABLE: an aim without a number, with evidence"
    )
    read_as: Operator | None = strawberry.field(
        description="How it is compared: one printed as equal is met from the side where it starts"
    )
    unit: str | None
    value: Decimal | None = strawberry.field(
        description="What has been reached, of AVERAGE_ANNUAL the average change a year; null: not known, which is not 0"
    )
    money: Money | None = strawberry.field(description="The same, where it is money")
    distance: Decimal | None = strawberry.field(description="Value and target apart; negative: on the wrong side")
    progress: Decimal | None = strawberry.field(
        description="(x − x₀)/(target − x₀) of LEVEL and STOCK, Σ/target of what adds up, of AVERAGE_ANNUAL the average over the target's"
    )
    baseline: ProgressBaseline | None = strawberry.field(description="Null: not stated, or none is needed")
    expected: Decimal | None = strawberry.field(
        description="What the line to the target expects by the day of the value"
    )
    on_track: Ternary | None = strawberry.field(description="Null: no line is meant")
    track: list[ProgressTrackPoint]
    reported: ProgressFigure | None = strawberry.field(
        description="By the observations of its series; null: it names none"
    )
    recorded: ProgressFigure | None = strawberry.field(
        description="Added up from what counts toward it (COUNTS_TOWARD); null: nothing is said to"
    )
    recorded_by_then: Decimal | None = strawberry.field(
        description="What is recorded by the day that the reported figure tells of; null: not known exactly"
    )
    difference: Decimal | None = strawberry.field(
        description="Reported less what is recorded by then, where both are known"
    )
    series: str | None
    definition: str | None = strawberry.field(description="Of the observations that count")
    vintage: str | None
    breaks: list[SeriesBreak] = strawberry.field(
        description="The rest of the series: nothing is compared across a break"
    )
    missing: list[MissingFact] = strawberry.field(
        description=f"Facts that lack for the verdict, the progress or the line, each once; at most {MAX_FACTS}"
    )
    missing_count: int = strawberry.field(description="How many such facts there are")
    scope: strawberry.Private[Scope]
    found: strawberry.Private[Progress]

    @question(description="What sources state of the observations that count, the baseline's among them")
    def evidence(self) -> list[Claim]:
        """Made where it is asked for."""
        baseline = self.found.baseline
        start = () if baseline is None or baseline.point is None else (baseline.point,)
        return _claims(self.scope, (*start, *self.found.evidence))

    @classmethod
    def of(cls, scope: Scope, one: Progress) -> TargetProgress:
        """The progress as the API shows it."""
        target, entity = one.target, Entity(scope, one.handle)
        unit = unit_of_target(target)
        return cls(
            target=entity,
            measure=entity_of(scope, scope.view.ref(one.handle, "measure")),
            status=one.status,
            read_as=one.read_as,
            unit=target.unit,
            value=decimal_of(one.value),
            money=_money(one.value, unit),
            distance=decimal_of(one.distance),
            progress=decimal_of(one.progress),
            baseline=None if one.baseline is None else ProgressBaseline.of(scope, one.baseline),
            expected=decimal_of(one.expected),
            on_track=one.on_track,
            track=[ProgressTrackPoint.of(point) for point in one.track],
            reported=None if one.reported is None else ProgressFigure.of(scope, one.reported, unit),
            recorded=None if one.recorded is None else ProgressFigure.of(scope, one.recorded, unit),
            recorded_by_then=None if one.matched is None else decimal_of(one.matched.value),
            difference=decimal_of(one.difference),
            series=one.series.name,
            definition=None if one.segment is None else one.segment.definition,
            vintage=None if one.segment is None else one.segment.vintage,
            breaks=[SeriesBreak.of(scope, segment) for segment in one.breaks],
            missing=MissingFact.first(scope, one.missing),
            missing_count=len(one.missing),
            scope=scope,
            found=one,
        )


def _claims(scope: Scope, points: Iterable[Point]) -> list[Claim]:
    """What each source states of the observations of these points."""
    found = []
    for observation, source in dict.fromkeys(
        (one.observation, one.source) for point in points for one in point.readings
    ):
        statements = scope.view.statements(observation)
        found += [claim_of(scope, observation, one) for one in statements if one.source == source]
    return found


@strawberry.type
class ProgressQuestions:
    """The question how far targets have come."""

    @question(
        description="目标进度 · How far the targets of policies have come, by policy and number: of one policy, of the measures of one "
        "theme, of those that a unit answers for: by itself, in a set that lists it, or for a unit whose duties it holds today"
    )
    def target_progress(
        self,
        parent: strawberry.Parent[Scope],
        policy: strawberry.ID | None = None,
        theme: int | None = None,
        unit: strawberry.ID | None = None,
    ) -> list[TargetProgress]:
        parent.check()
        return [
            TargetProgress.of(parent, one)
            for one in target_progress(parent.view, policy=policy, theme=theme, unit=unit)
        ]
