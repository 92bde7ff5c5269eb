"""Fractions of whole amounts, exactly."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.coverage.proportions import rounded_down
from tests.examples import EXAMPLES


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(st.integers(0, 2**50), st.integers(1, 2**60), st.integers(0, 2**60)), max_size=4))
def test_equals_division_of_unbounded_integers(rows: list[tuple[int, int, int]]) -> None:
    amounts = [amount for amount, _, _ in rows]
    below = [one for _, one, _ in rows]
    above = [min(one, of) for _, of, one in rows]
    floor, rest = rounded_down(*(np.array(column, np.int64) for column in (amounts, above, below)))
    assert [*zip(floor.tolist(), rest.tolist(), strict=True)] == [
        divmod(amount * top, bottom) for amount, top, bottom in zip(amounts, above, below, strict=True)
    ]
