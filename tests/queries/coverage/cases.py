"""Random small coverage networks."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.queries.coverage.brute_force import LARGE, Case

LARGEST = st.sampled_from([2, 7, 30, 1_000, 10**13, 10**15])


@st.composite
def cases(draw: st.DrawFn, *, stated: bool = True, shared: bool = True) -> Case:
    """Up to 4 funds and caps, up to 5 leaves, amounts up to 10¹⁵ 分."""
    largest = draw(LARGEST)
    amount = st.integers(0, largest)
    leaves = draw(st.integers(1, 5))
    size = amount if stated else st.one_of(st.none(), amount)
    funds = draw(st.lists(size, max_size=4 if not shared else 3))
    caps: list[tuple[int, int]] = []
    if funds and shared:
        for number in range(draw(st.integers(0, 2))):
            caps.append((draw(st.integers(0, len(funds) + number - 1)), draw(amount)))
    nodes = len(funds) + len(caps)
    pairs = [(node, leaf) for node in range(nodes) for leaf in range(leaves)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    edges = tuple((node, leaf, draw(st.one_of(st.just(LARGE // 10), amount))) for node, leaf in chosen)
    return Case(tuple(draw(st.lists(amount, min_size=leaves, max_size=leaves))), tuple(funds), edges, tuple(caps))
