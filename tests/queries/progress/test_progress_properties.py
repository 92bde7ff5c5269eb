"""Properties of progress: missing is never 0, more knowledge never turns a verdict round, and sums are what plain addition gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.kinds.policy import TargetKind
from graph.kinds.terms import Operator
from graph.records import Record, Ref
from queries.progress.figures import Figure, ProgressStatus, observed, read_as
from queries.progress.periods import Period, period_of
from queries.progress.series import Point, Reading, Segment
from queries.target_progress import target_progress
from queries.thresholds import meets
from tests.examples import EXAMPLES, WORLDS
from tests.queries.progress.plans import FLOW, batch, counts, goal, loan, plan_view, saw

NUMBERS = st.integers(-20, 20).map(lambda number: Fraction(number, 4))
OPERATORS = st.sampled_from([Operator.GTE, Operator.GT, Operator.LTE, Operator.LT, Operator.EQ])


def point(period: Period, *values: Fraction | None) -> Point:
    readings = tuple(Reading(number, "s", Decimal("0.5"), value) for number, value in enumerate(values))
    return Point(period, FLOW, None, readings)


@settings(max_examples=EXAMPLES, deadline=None)
@given(OPERATORS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_narrower_bounds_never_turn_a_verdict_round(
    operator: Operator, threshold: Fraction, one: Fraction, other: Fraction, between: Fraction
) -> None:
    low, high = sorted((one, other))
    wide = meets(operator, threshold, low, high)
    inside = min(max(between, low), high)
    assert wide is None or meets(operator, threshold, inside, inside) is wide
    assert meets(operator, threshold, None, None) is None


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.dictionaries(st.integers(1, 12), st.integers(0, 9) | st.none()), st.integers(1, 12))
def test_flows_are_the_sum_of_months_or_bounds_of_it(values: dict[int, int | None], start: int) -> None:
    points = []
    for month, value in sorted(values.items()):
        period = period_of(f"2024-{month:02d}")
        assert period is not None
        points.append(point(period, None if value is None else Fraction(value)))
    target = goal(TargetKind.CUMULATIVE, 10, period_from=date(2024, start, 1))
    found = observed(1, target, Segment(None, None, tuple(points)))
    told = {month: value for month, value in values.items() if value is not None and month >= start}
    whole = bool(told) and set(told) == set(range(start, max(told) + 1))
    if whole:
        assert found.value == sum(told.values())
    else:
        assert found.value is None
        assert found.missing or all(value is None for value in values.values())
    if found.low is not None:
        assert found.low == sum(told.values())


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(list(TargetKind)), OPERATORS, NUMBERS, st.none() | NUMBERS)
def test_a_target_without_a_direction_is_met_at_its_own_value(
    kind: TargetKind, operator: Operator, value: Fraction, baseline: Fraction | None
) -> None:
    held_to = read_as(kind, operator, value, baseline)
    assert held_to is not None
    strict = held_to in (Operator.GT, Operator.LT)
    assert meets(held_to, value, value, value) is not strict


@st.composite
def lending(draw: st.DrawFn) -> list[tuple[str, int | None]]:
    """Batches by year, and loans by year, of which some state no amount."""
    names = [f"{kind}{year}" for kind in "bl" for year in ("2022", "2023", "2024", "none")]
    kinds = st.tuples(
        st.sampled_from(names),
        st.integers(0, 9) | st.none(),
    )
    return draw(st.lists(kinds, max_size=6))


def contract(number: int, kind: str, amount: int | None) -> Record:
    period = None if kind[1:] == "none" else kind[1:]
    if kind[0] == "b":
        # Each batch is of a place of its own, so that none holds another.
        return batch(str(number), period, amount, region=Ref(f"region:{number}"))
    # Days on which no batch of the year can be: loans have a lender of their own.
    return loan(str(number), None if period is None else date(int(period), 5, 1), amount, lender=None)


@settings(max_examples=WORLDS // 10 or 1, deadline=None)
@given(lending())
def test_recorded_bounds_are_those_of_brute_force(contracts: list[tuple[str, int | None]]) -> None:
    target = goal(TargetKind.CUMULATIVE, 10, series=None, period_from=date(2023, 1, 1))
    records = [contract(number, kind, amount) for number, (kind, amount) in enumerate(contracts)]
    [found] = target_progress(plan_view(target, counts("loanProduct:p"), *records))
    assert found.recorded is not None
    figure = found.recorded.figure
    sure = [amount for kind, amount in contracts if kind[1:] in ("2023", "2024")]
    perhaps = [amount for kind, amount in contracts if kind[1:] == "none"]
    assert figure.low == sum(amount or 0 for amount in sure)
    open_ended = None in (*sure, *perhaps) or not contracts
    assert figure.high == (None if open_ended else sum(amount or 0 for amount in (*sure, *perhaps)))
    if figure.value is None:
        assert found.progress is None
    if found.status is ProgressStatus.NOT_STATED:
        assert figure.missing


@settings(max_examples=WORLDS // 10 or 1, deadline=None)
@given(
    st.lists(st.tuples(st.integers(2020, 2024), st.integers(0, 20) | st.none(), st.booleans()), max_size=5),
    st.booleans(),
)
def test_missing_is_never_zero(seen: list[tuple[int, int | None, bool]], falling: bool) -> None:
    """Whatever is observed, a value that is shown was stated; and where nothing is stated nothing is met, not even at most 5."""
    operator = Operator.LTE if falling else Operator.GTE
    target = goal(TargetKind.LEVEL, 5, operator=operator, baseline_period="2020")
    records = [
        saw(str(year), value, str(number), definition="new" if new else "old")
        for number, (year, value, new) in enumerate(seen)
    ]
    [found] = target_progress(plan_view(target, *records))
    stated = {value for _, value, _ in seen if value is not None}
    assert found.value is None or found.value in stated
    if not stated:
        assert found.status is ProgressStatus.NOT_STATED
        assert found.missing
    if found.progress is not None:
        assert found.segment is not None
        assert found.baseline is not None
        mine = {
            (str(year), value) for year, value, new in seen if ("new" if new else "old") == found.segment.definition
        }
        assert ("2020", found.baseline.value) in mine


def test_a_figure_without_bounds_has_no_value() -> None:
    assert Figure().value is None
