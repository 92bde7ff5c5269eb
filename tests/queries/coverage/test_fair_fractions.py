from __future__ import annotations

from fractions import Fraction
from random import Random

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.coverage.fair_fractions import fair_fractions
from queries.coverage.network import CoverageNetwork
from queries.coverage.whole_units import whole_units
from tests.queries.coverage.brute_force import Case, fair, most
from tests.queries.coverage.cases import cases


def fractions(case: Case) -> list[Fraction]:
    found = fair_fractions(case.network)
    return [found.of(leaf) for leaf in range(len(case.unmet))]


def test_one_fund_gives_the_same_fraction_to_all() -> None:
    assert fractions(Case((2, 3, 5), (4,), ((0, 0, 9), (0, 1, 9), (0, 2, 9)))) == [Fraction(2, 5)] * 3


def test_a_leaf_held_back_by_its_cap_leaves_the_rest_to_the_others() -> None:
    # 1 of 10 through the cap; the other two share 9 of 20.
    assert fractions(Case((10, 10, 10), (10,), ((0, 0, 1), (0, 1, 10), (0, 2, 10)))) == [
        Fraction(1, 10),
        Fraction(9, 20),
        Fraction(9, 20),
    ]


def test_a_second_fund_is_spent_where_the_first_does_not_reach() -> None:
    # The second could serve both leaves; the first only leaf 0, which therefore leaves the second to leaf 1.
    assert fractions(Case((10, 10), (6, 6), ((0, 0, 10), (1, 0, 10), (1, 1, 10)))) == [Fraction(3, 5)] * 2


def test_a_shared_cap_binds_over_all_its_leaves() -> None:
    # 100 of money, but no more than 6 over leaves 0 and 1 together.
    case = Case((10, 20, 30), (100,), ((1, 0, 10), (1, 1, 20), (0, 2, 30)), ((0, 6),))
    assert fractions(case) == [Fraction(1, 5), Fraction(1, 5), Fraction(1)]


def test_without_money_or_mandate_the_fraction_is_0_and_without_need_1() -> None:
    assert fractions(Case((5, 5, 0), (0,), ((0, 0, 5),))) == [0, 0, 1]


def test_amounts_whose_products_leave_64_bits_stay_exact() -> None:
    # 3 : 10¹⁵ - 1 is in lowest terms, and a third of a 分 decides which of the two leaves is held back.
    unmet = (10**15 - 1, 10**15 - 1, 10**15 - 1)
    case = Case(unmet, (10**15,), ((0, 0, 333_333_333_333_333), (0, 1, 10**15), (0, 2, 10**15)))
    assert fractions(case) == fair(case)
    assert fractions(case)[0] < fractions(case)[1]


@given(cases())
def test_equals_brute_force(case: Case) -> None:
    assert fractions(case) == fair(case)


@given(cases())
def test_the_fair_flow_is_a_maximum_flow(case: Case) -> None:
    given_out = sum(fraction * amount for fraction, amount in zip(fractions(case), case.unmet, strict=True))
    everything = (*range(len(case.unmet)),)
    wanted = Case(case.unmet, case.funds, case.edges, case.shared)
    flows = [
        most(wanted, frozenset(some)) + sum(case.unmet[leaf] for leaf in everything if leaf not in some)
        for some in ([leaf for leaf in everything if side >> leaf & 1] for side in range(1 << len(everything)))
    ]
    assert given_out == min(flows)


def most_by_networkx(network: CoverageNetwork, leaves: set[int]) -> int:
    """ρ of many leaves, by another solver."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for node, (above, size) in enumerate(zip(network.fed_by.tolist(), network.size.tolist(), strict=True)):
        graph.add_edge("source" if above < 0 else above, node, capacity=size)
    for node, leaf, cap in zip(network.node.tolist(), network.leaf.tolist(), network.cap.tolist(), strict=True):
        if leaf in leaves:
            graph.add_edge(node, ("leaf", leaf), capacity=cap)
            graph.add_edge(("leaf", leaf), "sink", capacity=10**18)
    return int(nx.maximum_flow_value(graph, "source", "sink"))


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_on_larger_networks_every_set_up_to_a_fraction_gets_all_that_it_can(seed: int) -> None:
    # Feasible, and tight for each set of the worst-off leaves: that makes a vector the fair one, whatever found it.
    chance = Random(seed)
    largest = chance.choice([50, 10**13])
    unmet = [chance.randrange(1, largest) for _ in range(40)]
    funds = [chance.randrange(0, 4 * largest) for _ in range(12)]
    shared = [(chance.randrange(12 + number), chance.randrange(0, 2 * largest)) for number in range(4)]
    edges = [(n, d, chance.randrange(1, largest)) for n in range(16) for d in range(40) if chance.random() < 0.2]
    network = CoverageNetwork.of(unmet, funds, edges, shared)
    found = fair_fractions(network)
    fraction = [found.of(leaf) for leaf in range(40)]
    for level in sorted(set(fraction)):
        worst = {leaf for leaf in range(40) if fraction[leaf] <= level}
        if level < 1:
            assert sum(fraction[leaf] * unmet[leaf] for leaf in worst) == most_by_networkx(network, worst)
    given_out = whole_units(network, found).amount
    assert int(given_out.sum()) == sum(level * amount for level, amount in zip(fraction, unmet, strict=True))
