"""Single 分 to leaves, the first in order wherever they can be served."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.coverage.leftovers import chosen
from tests.examples import EXAMPLES


def _can_be_served(groups: list[int], left: dict[int, int], onward: dict[int, frozenset[int]]) -> bool:
    tokens = [giver for giver, amount in left.items() for _ in range(amount)]
    if len(groups) > len(tokens):
        return False
    givers = [[giver for giver in left if group in onward[giver] | {giver}] for group in groups]
    return any(all(taken.count(giver) <= left[giver] for giver in taken) for taken in map(list, product(*givers)))


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.integers(0, 3), max_size=5),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.lists(st.frozensets(st.integers(0, 3)), min_size=4, max_size=4),
)
def test_each_in_order_is_served_if_it_can_be(
    home: list[int], amounts: list[int], others: list[frozenset[int]]
) -> None:
    left, onward = dict(enumerate(amounts)), dict(enumerate(others))
    expected: list[int] = []
    for leaf in range(len(home)):
        if _can_be_served([home[one] for one in (*expected, leaf)], left, onward):
            expected.append(leaf)
    assert chosen(range(len(home)), home, left, onward) == expected


def test_what_is_promised_to_one_that_has_others_goes_on_to_one_that_has_none() -> None:
    # Leaf 0 can have that of group 0 or 1, leaf 1 only that of group 0.
    assert chosen([0, 1], [2, 3], {0: 1, 1: 1}, {0: frozenset({2, 3}), 1: frozenset({2})}) == [0, 1]
