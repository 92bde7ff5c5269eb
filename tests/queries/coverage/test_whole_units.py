from __future__ import annotations

from hypothesis import given, settings

from queries.coverage.fair_fractions import fair_fractions
from queries.coverage.network import CoverageNetwork
from queries.coverage.whole_units import whole_units
from tests.queries.coverage.brute_force import Case, can_flow, fair, whole
from tests.queries.coverage.cases import cases


def amounts(network: CoverageNetwork) -> list[int]:
    return [int(amount) for amount in whole_units(network, fair_fractions(network)).amount]


def test_two_funds_over_three_equal_cells_each_give_what_they_have_and_no_more() -> None:
    edges = tuple((leaf // 3, leaf, 1_000) for leaf in range(6))
    assert amounts(Case((100,) * 6, (10, 11), edges).network) == [4, 3, 3, 4, 4, 3]


def test_the_largest_remainder_is_served_first() -> None:
    # 10 of 13: 2.31, 2.31, 3.08 and 2.31; equal remainders go by number.
    edges = tuple((0, leaf, 100) for leaf in range(4))
    assert amounts(Case((3, 3, 4, 3), (10,), edges).network) == [3, 2, 3, 2]


def test_a_larger_remainder_that_cannot_flow_waits_for_one_that_can() -> None:
    # Each fund has half a unit for each of its two leaves: one unit a fund, not two of the first.
    edges = ((0, 0, 9), (0, 1, 9), (1, 2, 9), (1, 3, 9))
    assert amounts(Case((2, 2, 2, 2), (1, 1), edges).network) == [1, 0, 1, 0]


@settings(max_examples=300)
@given(cases())
def test_equals_brute_force(case: Case) -> None:
    assert amounts(case.network) == whole(case)


@given(cases())
def test_is_a_flow_between_the_fair_amount_rounded_down_and_up(case: Case) -> None:
    given_out = amounts(case.network)
    exact = [fraction * amount for fraction, amount in zip(fair(case), case.unmet, strict=True)]
    assert can_flow(case, given_out)
    assert sum(given_out) == sum(exact)
    assert all(abs(amount - fair_amount) < 1 for amount, fair_amount in zip(given_out, exact, strict=True))


@given(cases())
def test_the_flow_respects_every_size_and_cap(case: Case) -> None:
    network = case.network
    residual = whole_units(network, fair_fractions(network))
    assert (residual.flow >= 0).all()
    assert (residual.room >= 0).all()
    assert (residual.spare >= 0).all()
    out = [0] * len(network.size)
    for node, amount in zip(network.node.tolist(), residual.flow.tolist(), strict=True):
        out[node] += amount
    for node in range(len(out) - 1, len(case.funds) - 1, -1):
        out[int(network.fed_by[node])] += int(residual.passed[node])
    assert out == residual.passed.tolist()
