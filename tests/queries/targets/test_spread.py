"""Concentration in whole 分: what is admitted, and that no tangent cuts off what is."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.targets.relaxation import Relaxation
from queries.targets.spread import Spread, Tangents
from tests.examples import EXAMPLES


def test_seven_are_no_five_equal_parts() -> None:
    spread = Spread(Fraction(3, 10), False, (7, 0, 0, 0, 0, 0), (1, 2, 3, 4, 5))
    # 49 + 2 · 4 + 3 · 1 … of 7 in five cells at least 49 + 11 = 60 > 58.8; of 8 it is 49 + 14 = 63 ≤ 67.5.
    assert [spread.admits(total, [(0, 8)] * 5) for total in (7, 8)] == [False, True]


cases = st.tuples(
    st.lists(st.integers(0, 5), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=3),
    st.integers(2, 9),
    st.booleans(),
    st.data(),
)


@given(cases)
@settings(max_examples=EXAMPLES // 4, deadline=None)
def test_nothing_that_holds_is_excluded(
    case: tuple[list[int], list[tuple[int, int]], int, bool, st.DataObject],
) -> None:
    bases, ranges, tenths, strict, data = case
    cells = tuple(data.draw(st.integers(-1, len(bases) - 1)) for _ in ranges)
    spread = Spread(Fraction(tenths, 10), strict, tuple(bases), cells, data.draw(st.integers(0, 2)))
    boxes = [(low, low + width) for low, width in ranges]
    least: dict[int, bool] = {}
    for totals in product(*(range(low, high + 1) for low, high in boxes)):
        if not sum(totals) + sum(bases) + spread.apart:
            continue
        least[sum(totals)] = least.get(sum(totals), False) or spread.holds(totals)
    assert all(spread.admits(total, boxes) for total, holds in least.items() if holds)
    if not spread.may_be_apart:
        assert {total for total in least if spread.admits(total, boxes)} == {
            total for total, holds in least.items() if holds
        }
    relaxation = Relaxation(8)
    money = [relaxation.column(1) for _ in ranges]
    tangents = Tangents(spread, relaxation, money, 1, sum(high for _, high in boxes))
    for _ in range(6):
        places = [*boxes, *[(0, 0)] * (len(relaxation.columns) - len(boxes))]
        tangents.bound(places, sum(low for low, _ in boxes), sum(high for _, high in boxes))
        found = relaxation.least(places)
        if found is None:
            assert not (relaxation.is_refuted(places) and any(least.values()))
            break
        assert relaxation.bound(places) <= min((total for total, holds in least.items() if holds), default=99)
        if not tangents.refine(found, sum(high for _, high in boxes)):
            break
