"""What programmes bring to many firms along supply chains, against enumeration of walks and whole amounts."""

import itertools
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.financing.joint.chains import Chains, Root, chain_capacity
from queries.financing.joint.programme import Programme, Row, SolveMethod
from queries.financing.joint.solving import solve
from tests.examples import EXAMPLES

ONE = Fraction(1)
PLENTY = 10**13


def chains_of(
    links: list[tuple[int, int, int]],
    keeps: list[int],
    roots: list[Root],
    direct: list[tuple[int, int, int]] | None = None,
    per_deal: int | None = None,
) -> Chains:
    seller, buyer, carries = np.array(links, np.int64).reshape(-1, 3).T
    return Chains(seller, buyer, carries, np.array(keeps, np.int64), roots, direct or [], per_deal)


def walks_of(chains: Chains) -> list[tuple[int, tuple[int, ...]]]:
    """(root, the links from the anchor on) of every simple chain within reach."""
    found = []
    for place, root in enumerate(chains.roots):
        waiting: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((root.anchor,), ())]
        while waiting:
            firms, links = waiting.pop()
            if links:
                found.append((place, links))
            if len(links) == root.max_tier:
                continue
            for link, (seller, buyer) in enumerate(zip(chains.seller, chains.buyer, strict=True)):
                if buyer == firms[-1] and seller not in firms:
                    waiting.append(((*firms, int(seller)), (*links, link)))
    return found


def over_walks(chains: Chains) -> Programme:
    """The same with a path for every walk."""
    paths = [(root, links, int(chains.seller[links[-1]])) for root, links in walks_of(chains)]
    paths += [(root, (), firm) for root, firm, _ in chains.direct]
    draws: dict[tuple[str, int], tuple[int, dict[int, Fraction]]] = {}
    for path, (root, links, firm) in enumerate(paths):
        on = [("root", root, chains.roots[root].headroom), ("firm", firm, int(chains.keeps[firm]))]
        on += [("link", link, int(chains.carries[link])) for link in links]
        if links and chains.per_deal is not None:
            on.append(("deal", links[-1], chains.per_deal))
        if not links:
            on.append(("direct", path, chains.direct[path - len(paths) + len(chains.direct)][2]))
        for kind, what, headroom in on:
            draws.setdefault((kind, what), (headroom, {}))[1][path] = ONE
    return Programme(tuple(Row(headroom, held) for headroom, held in draws.values()), (0,) * len(paths))


@st.composite
def worlds(draw: st.DrawFn) -> Chains:
    firms = draw(st.integers(2, 5))
    pairs = [pair for pair in itertools.permutations(range(firms), 2)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=7))
    amounts = st.integers(0, 9)
    return chains_of(
        [(seller, buyer, draw(amounts)) for seller, buyer in chosen],
        [draw(amounts) for _ in range(firms)],
        [
            Root(draw(st.integers(0, firms - 1)), draw(st.integers(0, 20)), draw(st.integers(1, 4)))
            for _ in range(draw(st.integers(1, 2)))
        ],
        [(0, draw(st.integers(0, firms - 1)), draw(amounts)) for _ in range(draw(st.integers(0, 2)))],
        draw(st.one_of(st.none(), st.integers(0, 5))),
    )


@settings(max_examples=EXAMPLES)
@given(worlds())
def test_flow_over_links_bounds_the_best_of_all_walks(chains: Chains) -> None:
    found, walks = chain_capacity(chains), solve(over_walks(chains), lambda: 60.0)
    assert found.amount == found.lower
    assert found.upper is not None
    assert found.lower <= walks.upper
    assert walks.lower <= found.upper
    if found.method is SolveMethod.EXACT_FLOW:
        assert found.lower == found.upper


def test_worked_case_of_reach() -> None:
    # Firms: anchor, T1, T2, T3.
    links = [(1, 0, 900), (2, 1, 120), (3, 0, 30), (2, 3, 900)]
    roots = [Root(0, 1000, 5)]
    all_firms = chain_capacity(chains_of(links, [0, PLENTY, PLENTY, PLENTY], roots))
    assert (all_firms.amount, all_firms.method) == (930, SolveMethod.EXACT_FLOW)
    t2 = chain_capacity(chains_of(links, [0, 0, PLENTY, 0], roots))
    assert (t2.amount, t2.method) == (150, SolveMethod.EXACT_FLOW)


def test_a_programme_brings_nothing_beyond_its_reach() -> None:
    links = [(1, 0, 9), (2, 1, 9)]
    found = chain_capacity(chains_of(links, [0, 0, 9], [Root(0, 9, 1)]))
    assert (found.amount, found.method) == (0, SolveMethod.EXACT_FLOW)
    assert chain_capacity(chains_of(links, [0, 0, 9], [Root(0, 9, 2)])).amount == 9


def test_a_firm_that_only_a_way_too_long_could_fill_is_bounded() -> None:
    links = [(1, 0, 9), (2, 0, 2), (2, 1, 9), (3, 2, 9)]
    found = chain_capacity(chains_of(links, [0, 0, 0, 9], [Root(0, 9, 2)]))
    assert (found.lower, found.upper, found.method) == (2, 9, SolveMethod.BOUNDS)


def test_a_voucher_held_and_a_chain_share_the_programmes_headroom() -> None:
    chains = chains_of([(1, 0, 60)], [0, 100, 100], [Root(0, 90, 5)], [(0, 2, 50)])
    assert chain_capacity(chains).amount == 90


def test_the_most_of_one_transaction_bounds_a_firm_but_not_what_goes_on() -> None:
    chains = chains_of([(1, 0, 60), (2, 1, 60)], [0, 100, 100], [Root(0, 90, 5)], per_deal=25)
    assert chain_capacity(chains).amount == 50


def test_nine_thousand_suppliers_on_one_anchor_of_ten_trillion() -> None:
    suppliers = 9_000
    links = [(place, 0, 10**13) for place in range(1, suppliers + 1)]
    links += [(place % suppliers + 1, place, 10**13) for place in range(1, suppliers + 1)]
    found = chain_capacity(chains_of(links, [0] + [10**13] * suppliers, [Root(0, 10**13 + 7, 4)]))
    assert (found.amount, found.method) == (10**13 + 7, SolveMethod.EXACT_FLOW)


def test_nothing_flows_without_programmes_or_links() -> None:
    assert chain_capacity(chains_of([], [5, 5], [Root(0, 10, 3)])).amount == 0
    assert chain_capacity(chains_of([(1, 0, 5)], [5, 5], [])).amount == 0
