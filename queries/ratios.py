"""Shares of money, exactly: decimals are whole millionths, amounts whole 分, and only the last step rounds down.

10¹³ 分 times a millionth's scale overflows 64 bits: single amounts are Python integers; columns are multiplied in two parts.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np

from graph.values import MILLION

UNLIMITED: Final = 2**62
"""In columns of bounds: nothing binds."""
UNSTATED: Final = -1
"""In columns of bounds: not stated. Below every amount, so that the least of a path with an unstated part is unstated."""
UNREACHED: Final = -2
"""In columns of bounds: no path."""
FITS: Final = 2**53
"""Amounts up to which a thousandfold stays within 64 bits."""
DAYS_OF_YEAR: Final = 365

Ints = np.ndarray[Any, np.dtype[np.int64]]


def share_of(amount: int, *millionths: int) -> int:
    """⌊amount × Π share⌋ of shares in millionths."""
    scale = 1
    for share in millionths:
        amount *= share
        scale *= MILLION
    return amount // scale


def shares_of(amounts: Ints, totals: Ints) -> Ints:
    """⌊amount × 10⁶ / total⌋ of columns of amounts from 0 to their totals; 0 of nothing."""
    safe = np.maximum(totals, 1)
    amounts = np.minimum(amounts, safe)
    thousands, rest = np.divmod(np.where(safe < FITS, amounts, 0) * 1_000, safe)
    found: Ints = thousands * 1_000 + rest * 1_000 // safe
    for place in np.flatnonzero(safe >= FITS).tolist():
        found[place] = int(amounts[place]) * MILLION // int(safe[place])
    return found


def fraction(millionths: int) -> Fraction:
    """The share that whole millionths stand for."""
    return Fraction(millionths, MILLION)


def rounded(value: Fraction, places: int = 6) -> Decimal:
    """The value as a decimal, half-even, without trailing zeros."""
    return quotient(value.numerator, value.denominator, places)


def quotient(numerator: int, denominator: int, places: int = 6) -> Decimal:
    """`rounded` of numerator / denominator, which is above 0."""
    whole, rest = divmod(numerator * 10**places, denominator)
    # Half-even: up past the middle, and in the middle from an odd one.
    whole += 2 * rest + (whole & 1) > denominator
    while places and not whole % 10:
        whole, places = whole // 10, places - 1
    return Decimal(f"{whole}E-{places}") if places else Decimal(whole)


def balance(annual: int, term_days: int) -> int:
    """R = ⌊annual × days / 365⌋: what stays outstanding of a steady trade on that payment term."""
    return annual * term_days // DAYS_OF_YEAR


def balances(annual: Ints, term_days: Ints) -> Ints:
    """`balance` of columns; where the product would leave 64 bits, `UNLIMITED`."""
    whole, rest = np.divmod(annual, DAYS_OF_YEAR)
    fits = whole < (2**62) // np.maximum(term_days + 1, 1)
    within = np.where(fits, whole, 0) * term_days + rest * term_days // DAYS_OF_YEAR
    return np.where(fits, within, UNLIMITED)


def share_at_most(bounds: Ints, millionths: Ints | int) -> Ints:
    """A column's bounds times a share ≤ 1, rounded up: never below the exact value. UNLIMITED, UNSTATED and UNREACHED stand."""
    whole, rest = np.divmod(bounds, MILLION)
    scaled = whole * millionths - (-rest * millionths // MILLION)
    return np.where((bounds < 0) | (bounds >= UNLIMITED), bounds, scaled)
