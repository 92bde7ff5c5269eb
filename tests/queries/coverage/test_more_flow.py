from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.coverage.fair_flow import fair_flow
from queries.coverage.more_flow import MoreFlow
from queries.coverage.network import LeafEdges
from tests.examples import EXAMPLES
from tests.queries.coverage.brute_force import LARGE, Case, most, sets
from tests.queries.coverage.cases import cases


def total(case: Case) -> int:
    """The maximum flow, as the smallest of all cuts."""
    leaves = set(range(len(case.unmet)))
    return min(
        (most(case, some) + sum(case.unmet[leaf] for leaf in leaves - some) for some in [frozenset(), *sets(leaves)]),
        default=0,
    )


def more_flow(case: Case) -> MoreFlow:
    residual = fair_flow(case.network).residual
    return MoreFlow(residual, LeafEdges.of(residual.network))


def alone(case: Case, fund: int) -> tuple[list[int], list[tuple[int, int]], list[tuple[int, int, int]]]:
    """(nodes, shared caps, edges) of one fund, its nodes numbered from 0."""
    above = [-1] * len(case.funds) + [one for one, _ in case.shared]
    mine = [fund]
    for node in range(len(case.funds), len(above)):
        if above[node] in mine:
            mine.append(node)
    shared = [(mine.index(above[node]), case.shared[node - len(case.funds)][1]) for node in mine[1:]]
    return mine, shared, [(mine.index(node), leaf, cap) for node, leaf, cap in case.edges if node in mine]


def replaced(
    case: Case, fund: int, size: int, shared: list[tuple[int, int]], edges: list[tuple[int, int, int]]
) -> Case:
    """The case with another part for a fund, whose nodes stand after all others."""
    mine, _, _ = alone(case, fund)
    funds = tuple(0 if number == fund else one for number, one in enumerate(case.funds))
    first = len(case.funds) + len(case.shared)
    # The fund stays without money and edges; its new part hangs on a fund behind all others, as a cap of a fund of its own.
    kept = tuple(one for one in case.edges if one[0] not in mine)
    new_funds = (*funds, size)
    shift = 1

    def moved(node: int) -> int:
        return node if node < len(funds) else node + shift

    old_shared = tuple((moved(above), cap) for above, cap in case.shared)
    new_shared = tuple((len(funds) if above == 0 else first + above, cap) for above, cap in shared)
    new_edges = tuple((len(funds) if node == 0 else first + node, leaf, cap) for node, leaf, cap in edges)
    old_edges = tuple((moved(node), leaf, cap) for node, leaf, cap in kept)
    return Case(case.unmet, new_funds, (*old_edges, *new_edges), (*old_shared, *new_shared))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Case, int, int, list[tuple[int, int]], list[tuple[int, int, int]]]:
    """A case, a fund, and another part for it: more money, more edges, wider caps; or anything at all."""
    case = draw(cases().filter(lambda one: bool(one.funds)))
    fund = draw(st.integers(0, len(case.funds) - 1))
    _, shared, edges = alone(case, fund)
    amount = st.integers(0, draw(st.sampled_from([3, 40, 10**13])))
    size = case.funds[fund] or 0
    if draw(st.booleans()):
        size += draw(amount)
        shared = [(above, cap + draw(amount)) for above, cap in shared]
        wider = {(node, leaf): cap + draw(amount) for node, leaf, cap in edges}
        for leaf in range(len(case.unmet)):
            if draw(st.booleans()):
                wider[0, leaf] = wider.get((0, leaf), 0) + draw(amount)
    else:
        size = draw(amount)
        nodes = 1 + len(shared)
        pairs = draw(st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, len(case.unmet) - 1)), unique=True))
        wider = {pair: draw(amount) for pair in pairs}
    return case, fund, size, shared, [(node, leaf, cap) for (node, leaf), cap in wider.items()]


@settings(max_examples=EXAMPLES)
@given(changes())
def test_what_more_flows_is_the_difference_of_two_full_solutions(
    change: tuple[Case, int, int, list[tuple[int, int]], list[tuple[int, int, int]]],
) -> None:
    case, fund, size, shared, edges = change
    part = Case(case.unmet, (size,), tuple(edges), tuple(shared)).network
    assert more_flow(case).closes(fund, part) == total(replaced(case, fund, size, shared, edges)) - total(case)


@settings(max_examples=EXAMPLES)
@given(cases(), st.integers(1, 10**13), st.data())
def test_a_new_fund_and_more_money_close_what_full_solutions_say(case: Case, money: int, data: st.DataObject) -> None:
    more = more_flow(case)
    admitted = data.draw(st.lists(st.integers(0, len(case.unmet) - 1), unique=True))
    edges = tuple((0, leaf, LARGE // 10) for leaf in admitted)
    opened = Case(case.unmet, (money,), edges)
    beside = Case(
        case.unmet,
        (*case.funds, money),
        tuple((node + (node >= len(case.funds)), leaf, cap) for node, leaf, cap in case.edges)
        + tuple((len(case.funds), leaf, cap) for _, leaf, cap in edges),
        tuple((above + (above >= len(case.funds)), cap) for above, cap in case.shared),
    )
    assert more.closes(None, opened.network) == total(beside) - total(case)
    for fund, size in enumerate(case.funds):
        richer = tuple((size or 0) + money if one == fund else other for one, other in enumerate(case.funds))
        gained = total(Case(case.unmet, richer, case.edges, case.shared)) - total(case)
        assert more.closes(fund, more.part_of(fund, money)) == gained


def test_money_that_others_take_over_counts() -> None:
    # Fund 1 is spent on leaf 1, where fund 0 has room and money left; relaxed, fund 1 serves leaf 0 with all of it.
    case = Case((10, 10), (50, 10), ((0, 1, 10), (1, 1, 10)))
    assert more_flow(case).closes(1, Case(case.unmet, (10,), ((0, 0, 10), (0, 1, 10))).network) == 10


def test_rerouting_beyond_one_fund_is_found() -> None:
    # Leaf 0 is open to nobody but fund 2, once relaxed; what it gives leaf 2 now comes from fund 1, whose leaf 1 fund 0 takes over.
    case = Case((5, 5, 5), (50, 5, 5), ((0, 1, 5), (1, 1, 5), (1, 2, 5), (2, 2, 5)))
    more = more_flow(case)
    before = int(np.sum(more.open))
    assert before == 5
    assert more.closes(2, Case(case.unmet, (5,), ((0, 0, 5), (0, 2, 5))).network) == 5


def test_without_a_gap_nothing_closes() -> None:
    case = Case((5,), (50,), ((0, 0, 5),))
    assert more_flow(case).closes(None, Case((5,), (50,), ((0, 0, 5),)).network) == 0
