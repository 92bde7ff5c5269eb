from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput, LimitExceeded
from queries.coverage.network import UNLIMITED, CoverageNetwork, one_of_each


def test_edges_may_come_in_any_order() -> None:
    network = CoverageNetwork.of([5, 5], [3, 4], [(1, 1, 9), (0, 1, 8), (1, 0, 7)])
    assert list(zip(network.node, network.leaf, network.cap, strict=True)) == [(0, 1, 8), (1, 0, 7), (1, 1, 9)]


def test_a_pair_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="each pair once"):
        CoverageNetwork.of([5], [3], [(0, 0, 1), (0, 0, 2)])


@pytest.mark.parametrize(
    ("unmet", "funds", "edges", "shared"),
    [
        ([-1], [3], [], []),
        ([1], [-2], [], []),
        ([1], [2], [(0, 0, -1)], []),
        ([1], [2], [(0, 1, 1)], []),
        ([1], [2], [(1, 0, 1)], []),
        ([1], [2], [], [(1, 5)]),
        ([1], [2], [], [(0, -1)]),
    ],
)
def test_values_that_cannot_be_meant_are_refused(
    unmet: list[int], funds: list[int], edges: list[tuple[int, int, int]], shared: list[tuple[int, int]]
) -> None:
    with pytest.raises(InvalidInput):
        CoverageNetwork.of(unmet, funds, edges, shared)


@pytest.mark.parametrize("unmet", [[2**60, 1], [2**64]])
def test_more_than_64_bits_is_refused_and_named(unmet: list[int]) -> None:
    with pytest.raises(LimitExceeded, match="分"):
        CoverageNetwork.of(unmet, [1], [])


def test_what_can_never_flow_is_clipped_bottom_up() -> None:
    network = CoverageNetwork.of([10, 20], [UNLIMITED, 100], [(0, 0, 50), (2, 1, 15), (1, 1, 4)], [(0, 12)])
    size, cap = network.clipped()
    assert size.tolist() == [22, 4, 12]
    assert cap.tolist() == [10, 4, 15]


def test_the_fund_of_a_nested_cap_is_its_root() -> None:
    network = CoverageNetwork.of([1], [5, 6], [], [(1, 4), (2, 3)])
    assert network.fund.tolist() == [0, 1, 1, 1]


def test_an_empty_network_is_one() -> None:
    network = CoverageNetwork.of([], [], [])
    assert len(network.unmet) == 0
    assert np.array_equal(network.clipped()[0], network.size)


@given(st.lists(st.integers(0, 2**61)))
def test_one_of_each_different_value_is_found(values: list[int]) -> None:
    column = np.array(values, np.int64)
    found = column[one_of_each(column)].tolist()
    assert sorted(found) == sorted(set(values))
