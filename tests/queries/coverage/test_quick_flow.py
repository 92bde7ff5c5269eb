"""The fair flow by whole amounts: where it says anything it says what exact fractions say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.coverage.fair_fractions import fair_fractions
from queries.coverage.few_edges import OF_A_NODE
from queries.coverage.network import NOT_STATED, SOURCE, UNLIMITED, CoverageNetwork
from queries.coverage.quick_flow import QuickFlow
from queries.coverage.whole_units import whole_amounts, whole_units
from tests.examples import EXAMPLES

ANY = 10**17
"""A cap that no leaf comes near."""


@st.composite
def networks(draw: st.DrawFn) -> CoverageNetwork:
    """Up to 12 funds with caps within caps and up to 25 leaves, of amounts that mostly leave room for what rounding moves."""
    largest = draw(st.sampled_from([1_000, 10**9, 10**13, 10**15]))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    few = chance.integers(0, largest + 1, 3).tolist()

    def amount() -> int:
        return int(chance.choice(few)) if chance.random() < 0.4 else int(chance.integers(0, largest + 1))

    leaves, funds, caps = int(chance.integers(1, 26)), int(chance.integers(0, 13)), int(chance.integers(0, 12))
    deep = 4 if chance.random() < 0.5 else funds + caps
    shared = [
        (int(chance.integers(max(0, funds + number - deep), funds + number)), amount())
        for number in range(caps if funds else 0)
    ]
    share = chance.choice([0.1, 0.4, 0.8])
    return CoverageNetwork.of(
        [amount() for _ in range(leaves)],
        [None if chance.random() < 0.2 else 3 * amount() for _ in range(funds)],
        [
            (node, leaf, ANY if chance.random() < 0.4 else amount())
            for node in range(funds + len(shared))
            for leaf in range(leaves)
            if chance.random() < share
        ],
        shared,
    )


@settings(max_examples=EXAMPLES // 2)
@given(networks())
def test_what_it_says_is_what_exact_fractions_say(network: CoverageNetwork) -> None:
    low, high = network.sized(0), network.sized(UNLIMITED)
    quick = QuickFlow.of(low)
    if quick is None:
        return
    exact = fair_fractions(low)
    assert [quick.fractions.of(leaf) for leaf in range(len(low.unmet))] == [
        exact.of(leaf) for leaf in range(len(low.unmet))
    ]
    given_low = whole_units(low, exact).amount
    residual = quick.residual()
    if residual is not None:
        assert residual.amount.tolist() == given_low.tolist()
        assert min(map(int, (*residual.flow, *residual.room, *residual.passed, *residual.spare, 0))) == 0
    more = quick.unlimited(high, np.flatnonzero((network.size == NOT_STATED) & (network.fed_by == SOURCE)))
    if more is None:
        return
    exact = fair_fractions(high)
    amounts = more.amounts(given_low)
    assert [more.fractions.of(leaf) for leaf in range(len(low.unmet))] == [
        exact.of(leaf) for leaf in range(len(low.unmet))
    ]
    assert amounts is None or amounts.tolist() == whole_amounts(high, exact, given_low).tolist()


def test_the_same_fraction_of_three_needs_is_given_in_whole_units() -> None:
    quick = QuickFlow.of(CoverageNetwork.of([3_000_000] * 3, [1_000_000], [(0, leaf, ANY) for leaf in range(3)]))
    assert quick is not None
    assert quick.fractions.of(1) == Fraction(1, 9)
    residual = quick.residual()
    assert residual is not None
    assert residual.amount.tolist() == [333_334, 333_333, 333_333]


def test_amounts_too_small_for_what_rounding_moves_are_left_to_exact_fractions() -> None:
    assert QuickFlow.of(CoverageNetwork.of([3, 3, 3], [4], [(0, leaf, 3) for leaf in range(3)])) is None


def test_an_edge_that_is_not_tried_first_is_found_where_it_is_needed() -> None:
    # Two funds over the same many leaves; only the edge left out of the second could serve the dearest of them in full.
    leaves = 5 * OF_A_NODE
    unmet = [1_000_000] * leaves
    edges = [(0, leaf, ANY) for leaf in range(leaves)] + [(1, leaf, ANY) for leaf in range(leaves)]
    network = CoverageNetwork.of([*unmet[:-1], 40_000_000], [100_000_000, 60_000_000], edges)
    quick = QuickFlow.of(network)
    assert quick is not None
    assert {quick.fractions.of(leaf) for leaf in range(leaves)} == {Fraction(160_000_000, 239_000_000)}
    residual = quick.residual()
    assert residual is not None
    assert int(residual.amount.sum()) == 160_000_000


def test_a_fund_of_unknown_size_changes_only_what_its_money_can_come_to() -> None:
    network = CoverageNetwork.of(
        [9_000_000] * 3,
        [3_000_000, 3_000_000, None],
        [(0, 0, ANY), (1, 1, ANY), (1, 2, ANY), (2, 2, ANY)],
    )
    low = QuickFlow.of(network.sized(0))
    assert low is not None
    high = low.unlimited(network.sized(UNLIMITED), np.array([2]))
    assert high is not None
    assert [low.fractions.of(leaf) for leaf in range(3)] == [Fraction(1, 3), Fraction(1, 6), Fraction(1, 6)]
    assert [high.fractions.of(leaf) for leaf in range(3)] == [Fraction(1, 3), Fraction(1, 3), Fraction(1)]


def test_money_that_a_full_cap_could_have_left_to_another_comes_to_it() -> None:
    # The first fund's cap is full at leaf 0; what the unknown fund gives there comes back to the fund, and on to leaf 1.
    network = CoverageNetwork.of(
        [8_000_000, 8_000_000],
        [6_000_000, None],
        [(2, 0, ANY), (0, 1, ANY), (1, 0, ANY)],
        [(0, 2_000_000)],
    )
    low = QuickFlow.of(network.sized(0))
    assert low is not None
    high = low.unlimited(network.sized(UNLIMITED), np.array([1]))
    assert high is not None
    amounts = high.amounts()
    assert amounts is not None
    assert amounts.tolist() == [8_000_000, 6_000_000]


def test_a_leaf_that_has_a_part_of_a_unit_more_than_others_is_not_of_their_group() -> None:
    # 838 of 5,046 is a little more than 2,093 of the other two; together they would have 2,931 of 17,663, of which 838 is rounded up.
    edges = [(0, 1, 838), (1, 0, ANY), (1, 1, ANY), (1, 2, ANY)]
    assert QuickFlow.of(CoverageNetwork.of([5_571, 5_046, 7_046], [10_000, 2_093], edges)) is None


@pytest.mark.parametrize(
    "network",
    [
        # Two caps below another come to lie in the group of a leaf to which they do not lead.
        CoverageNetwork.of(
            [830_000_000, 840_000_000, 620_000_000],
            [1_900_000_000, 2_700_000_000, 1_500_000_000, None],
            [(1, 0, 380_000_000), (1, 2, ANY), (5, 0, ANY), (6, 0, 270_000_000), (8, 2, ANY), (9, 1, ANY)],
            [
                (0, 380_000_000),
                (2, 15_000_000),
                (3, 930_000_000),
                (5, 380_000_000),
                (7, 560_000_000),
                (4, 570_000_000),
            ],
        ),
        # What a cap lets through to one leaf keeps it from giving to another.
        CoverageNetwork.of(
            [8_200_000_000_000, 3_500_000_000_000, 6_900_000_000_000],
            [20_000_000_000_000, 14_000_000_000_000, 8_800_000_000_000, None],
            [(1, 2, ANY), (2, 1, 650_000_000_000), (3, 0, 3_100_000_000_000), (6, 2, ANY), (7, 0, ANY)],
            [(0, 2_300_000_000_000), (4, 8_900_000_000_000), (5, 6_900_000_000_000), (4, 5_500_000_000_000)],
        ),
    ],
)
def test_caps_within_caps_of_which_the_upper_binds_pass_on_what_the_unknown_brings(network: CoverageNetwork) -> None:
    low, high = QuickFlow.of(network.sized(0)), network.sized(UNLIMITED)
    assert low is not None
    more, exact = low.unlimited(high, np.array([3])), fair_fractions(high)
    assert more is not None
    assert [more.fractions.of(leaf) for leaf in range(3)] == [exact.of(leaf) for leaf in range(3)]
