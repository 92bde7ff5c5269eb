from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from queries.coverage.max_flow import Arcs, max_flow, reached_at_rational_demand


def arcs(vertices: int, rows: list[tuple[int, int, int]]) -> Arcs:
    columns = [np.array([row[column] for row in rows], np.int64) for column in range(3)]
    return Arcs(vertices, *columns)


def smallest_cut(vertices: int, rows: list[tuple[int, int, Fraction]]) -> Fraction:
    source = vertices - 2
    inner = range(vertices - 2)
    sides = [{source, *some} for size in range(vertices - 1) for some in combinations(inner, size)]
    return min(
        sum((cap for tail, head, cap in rows if tail in side and head not in side), Fraction(0)) for side in sides
    )


def test_a_flow_beyond_32_bits_is_exact() -> None:
    flow, reached = max_flow(arcs(3, [(1, 0, 10**15), (0, 2, 10**15 - 1)]), 10**15)
    assert flow.tolist() == [10**15 - 1, 10**15 - 1]
    assert reached.tolist() == [True, True, False]


def test_sources_that_together_exceed_64_bits_do_not_overflow() -> None:
    funds = 20
    rows = [(funds + 1, fund, 2**62) for fund in range(funds)] + [(fund, funds, 2**62) for fund in range(funds)]
    flow, _ = max_flow(arcs(funds + 3, [*rows, (funds, funds + 2, 2**59)]), 2**59)
    assert int(flow[-1]) == 2**59


def test_no_arc_no_flow() -> None:
    flow, reached = max_flow(arcs(2, []), 0)
    assert len(flow) == 0
    assert reached.tolist() == [True, False]


@st.composite
def rational_networks(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, int]], list[tuple[int, int]]]:
    largest = draw(st.sampled_from([3, 100, 10**6, 10**13]))
    leaves, funds = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    source = funds + leaves
    rows = [(source, fund, draw(st.integers(0, largest))) for fund in range(funds)]
    for fund in range(funds):
        for leaf in range(leaves):
            if draw(st.booleans()):
                rows.append((fund, funds + leaf, draw(st.integers(0, largest))))
    denominator = draw(st.integers(1, largest))
    return funds, rows, [(draw(st.integers(0, largest * denominator)), denominator) for _ in range(leaves)]


@given(rational_networks())
def test_a_rational_demand_is_cut_at_its_exact_minimum(
    network: tuple[int, list[tuple[int, int, int]], list[tuple[int, int]]],
) -> None:
    funds, rows, demand = network
    vertices = funds + len(demand) + 2
    ends = [(funds + leaf, vertices - 1, 0) for leaf in range(len(demand))]
    digits = (len(demand) * demand[0][1]).bit_length()
    reached = reached_at_rational_demand(arcs(vertices, rows + ends), demand, digits)
    exact = [(tail, head, Fraction(cap)) for tail, head, cap in rows]
    exact += [(funds + leaf, vertices - 1, Fraction(*amount)) for leaf, amount in enumerate(demand)]
    cut = sum((cap for tail, head, cap in exact if reached[tail] and not reached[head]), Fraction(0))
    assert cut == smallest_cut(vertices, exact)
