"""How paths are scored: worked by hand, and what must hold of any parts and weights."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInput
from queries.financing.score import DEFAULT, PATH_ASPECTS, Score, ScoreAspect, Weights, cheapness, fill, safety, score

D = Decimal
FILL, COST, TENOR, EVIDENCE, POLICY, RISK = PATH_ASPECTS


def scored(**parts: str | None) -> Score:
    given_ = {ScoreAspect[name.upper()]: None if value is None else D(value) for name, value in parts.items()}
    found = score(given_)
    assert found is not None
    return found


def test_score_is_the_weighted_geometric_mean() -> None:
    found = scored(fill="0.6", cost="0.5", tenor="1", evidence="0.81", policy="0.5", risk="0.98")
    by_hand = 0.6**0.3 * 0.5**0.2 * 0.81**0.15 * 0.5**0.1 * 0.98**0.1
    assert math.isclose(float(found.value), by_hand, abs_tol=5e-7)
    assert found.value == D("0.673801")
    assert (found.missing, [part.weight for part in found.parts]) == (
        (),
        [D("0.3"), D("0.2"), D("0.15"), D("0.15"), D("0.1"), D("0.1")],
    )


def test_missing_parts_are_left_out_and_their_weight_is_spread_over_the_rest() -> None:
    found = scored(evidence="0.25", policy="1")
    # 0.15 and 0.10 of 0.25: 0.25^0.6 = 0.435275.
    assert (found.value, found.missing) == (D("0.435275"), (FILL, COST, TENOR, RISK))
    assert [(part.aspect, part.weight) for part in found.parts] == [(EVIDENCE, D("0.6")), (POLICY, D("0.4"))]


def test_no_part_alone_makes_a_path_worthless() -> None:
    assert scored(fill="0", evidence="1").parts[0].utility == D("0.01")
    # 0.01^(0.3/0.45)
    assert scored(fill="0", evidence="1").value == D("0.046416")


def test_only_parts_without_weight_are_no_score() -> None:
    weights = replace(DEFAULT, evidence=D(0), fill=D("0.45"))
    assert score({EVIDENCE: D(1)}, weights) is None
    assert score({}) is None


def test_parts_by_themselves() -> None:
    assert [fill(30, 100), fill(130, 100), fill(5, None)] == [D("0.3"), 1, None]
    # Between 2 % and 12 %: 4.5 % is a quarter of the way.
    assert [cheapness(D(bps)) for bps in (0, 200, 450, 1200, 9000)] == [1, 1, D("0.75"), 0, 0]
    assert cheapness(None) is None
    assert [safety(D("0.05")), safety(D("0.05"), D("0.8")), safety(D("0.05"), D(2)), safety(None)] == [
        D("0.95"),
        D("0.99"),
        1,
        None,
    ]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (Weights(fill=D("0.4")), r"sum to 1\.10, not 1: fill 0\.4 \+ cost"),
        (Weights(fill=D("-0.1"), cost=D("0.6")), r"weights\.fill -0\.1: give 0 to 1"),
        (Weights(fill=D("NaN")), "give 0 to 1"),
        (Weights(cost_best_bps=D(900), cost_worst_bps=D(900)), "below costWorstBps 900"),
    ],
)
def test_weights_that_cannot_be_meant_are_refused(weights: Weights, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        weights.checked()


utilities = st.one_of(st.none(), st.integers(0, 1_000_000).map(lambda millionths: D(millionths) / 1_000_000))
mappings = st.fixed_dictionaries({aspect: utilities for aspect in PATH_ASPECTS})
cuts = st.lists(st.integers(0, 100), min_size=5, max_size=5).map(sorted)
weightings = cuts.map(lambda at: Weights(*(D(b - a) / 100 for a, b in zip([0, *at], [*at, 100], strict=True))))


@settings(max_examples=2000)
@given(mappings, weightings)
def test_score_equals_the_product_in_logarithms(given_: dict[ScoreAspect, D | None], weights: Weights) -> None:
    found = score(given_, weights.checked())
    known = {aspect: value for aspect, value in given_.items() if value is not None}
    total = float(sum((weights.of(aspect) for aspect in known), D(0)))
    if not total:
        assert found is None
        return
    assert found is not None
    logs = sum(float(weights.of(aspect)) * math.log(max(0.01, value)) for aspect, value in known.items())
    assert abs(float(found.value) - math.exp(logs / total)) < 6e-7
    assert D("0.01") <= found.value <= 1
    assert abs(sum(part.weight for part in found.parts) - 1) < D("1e-26")


@settings(max_examples=2000)
@given(mappings, weightings, st.sampled_from(PATH_ASPECTS), st.integers(0, 1_000_000))
def test_better_part_never_lowers_a_score_and_a_missing_one_counts_no_more_than_a_full_one(
    given_: dict[ScoreAspect, D | None], weights: Weights, aspect: ScoreAspect, more: int
) -> None:
    before = score(given_, weights)
    value = given_[aspect]
    better = score({**given_, aspect: D(1) if value is None else min(D(1), value + D(more) / 1_000_000)}, weights)
    if before is not None:
        assert better is not None
        assert better.value >= before.value
