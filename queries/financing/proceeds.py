"""The cash that a path brings: its principal less discount and up-front fees. They are cost, and never lower the capacity."""

from __future__ import annotations

from collections.abc import Sequence

from queries.financing.cost import Charge, net_cash


def proceeds(capacity: int | None, charges: Sequence[Charge], days: int | None) -> int | None:
    """Net cash in 分, rounded down; None where the capacity, or what is taken off, is not known. At least 0.

    100 with a discount of 1 and a commission of 0.5: 98.5.
    """
    ends = [net_cash(charges, days, least=least) for least in (True, False)]
    if capacity is None or ends[0] is None or ends[0] != ends[1]:
        return None
    return max(0, capacity * ends[0].numerator // ends[0].denominator)
