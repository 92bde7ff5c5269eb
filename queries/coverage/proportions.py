"""Fractions of many whole amounts, rounded down exactly."""

from __future__ import annotations

import numpy as np

from queries.coverage.network import Ints

# Up to here a quotient of floating point numbers is less than one off.
EXACT = 2**49


def rounded_down(amount: Ints, numerator: Ints, denominator: Ints) -> tuple[Ints, Ints]:
    """(⌊amount · numerator / denominator⌋, what is left over in parts of the denominator), one by one.

    All below 2⁶¹ and not negative, denominators above 0, numerators no more than they.
    """
    if not len(amount):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if int(amount.max()) >= EXACT:
        found = [
            divmod(of * above, below)
            for of, above, below in zip(amount.tolist(), numerator.tolist(), denominator.tolist(), strict=True)
        ]
        return np.array([one for one, _ in found], np.int64), np.array([rest for _, rest in found], np.int64)
    near = (amount * (numerator / denominator)).astype(np.int64)
    # Both products leave 64 bits; their difference does not, and that is what the bits kept say.
    with np.errstate(over="ignore"):
        rest = amount * numerator - near * denominator
    off = rest // denominator
    return np.asarray(near + off, np.int64), np.asarray(rest - off * denominator, np.int64)
