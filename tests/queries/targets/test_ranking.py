"""Scores in columns are the exact scores."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.snapshot_columns import NOT_STATED
from queries.financing.score import ScoreAspect
from queries.targets.ranking import UNSCORED, score_of, scores
from queries.targets.weights import ASPECTS, DEFAULT
from tests.examples import EXAMPLES

parts = st.one_of(
    st.just(NOT_STATED), st.sampled_from([0, 10_000, 250_000, 500_000, 1_000_000]), st.integers(0, 1_000_000)
)
rows = st.lists(st.lists(parts, min_size=7, max_size=7), min_size=1, max_size=6)


@st.composite
def weightings(draw: st.DrawFn) -> dict[ScoreAspect, Decimal]:
    """Whole hundredths that sum to 1."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=6, max_size=6)))
    steps = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return {aspect: Decimal(step) / 100 for aspect, step in zip(ASPECTS.values(), steps, strict=True)}


@given(rows, st.one_of(st.just(DEFAULT.by_aspect), weightings()))
@settings(max_examples=EXAMPLES, deadline=None)
def test_each_score_is_that_of_its_row(values: list[list[int]], weights: dict[ScoreAspect, Decimal]) -> None:
    columns = {aspect: np.array([row[at] for row in values], np.int64) for at, aspect in enumerate(ASPECTS.values())}
    found = scores(columns, weights).tolist()
    for row, score in enumerate(found):
        exact = score_of(columns, weights, row)
        assert score == (UNSCORED if exact is None else int(exact.value * 1_000_000))


def test_half_a_millionth_is_rounded_as_decimals_are() -> None:
    weights = {ScoreAspect.RISK: Decimal("0.5"), ScoreAspect.CHAIN: Decimal("0.5")}
    # √(0.25 × u) = 0.5 · √u lies on an edge where √u is an odd number of millionths: u = 0.249001² has none of 6 places, 0.64 has.
    columns = {ScoreAspect.RISK: np.array([250_000, 250_000]), ScoreAspect.CHAIN: np.array([640_000, 1_000_000])}
    assert scores(columns, weights).tolist() == [400_000, 500_000]
    one = {ScoreAspect.RISK: Decimal(1)}
    assert scores({ScoreAspect.RISK: np.array([123_457])}, one).tolist() == [123_457]
