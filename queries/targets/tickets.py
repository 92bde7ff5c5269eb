"""What so many deals with firms of a group can bring: all between so many smallest tickets and the sum of so many largest amounts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Group:
    """Firms of one effect: the smallest ticket, above 0, and the most that each can be given, none below it, the largest first."""

    low: int
    highs: tuple[int, ...]

    @cached_property
    def reach(self) -> tuple[int, ...]:
        """The most that 0, 1, 2 … deals bring."""
        return tuple(accumulate(self.highs, initial=0))

    def deals(self, money: int) -> int | None:
        """The fewest deals that bring so much; None: no number of them does."""
        count = bisect_left(self.reach, money)
        return count if count < len(self.reach) and count * self.low <= money else None

    def gap(self, money: int) -> tuple[int, int] | None:
        """The most below and the least above an amount where no number of deals brings anything near it; None: some does."""
        count = bisect_left(self.reach, money)
        if count == 0 or count == len(self.reach) or count * self.low <= money:
            return None
        return self.reach[count - 1], count * self.low

    def within(self, low: int, high: int) -> tuple[int, int]:
        """The least from `low` on and the most up to `high` that some number of deals brings; the first above the second: nothing."""
        high = min(high, self.reach[-1])
        under, over = self.gap(low), self.gap(high)
        return low if under is None else under[1], high if over is None else over[0]


def shared_out(money: int, deals: int, low: int, highs: Sequence[int]) -> list[tuple[int, int]]:
    """(place, amount) of so many deals that bring so much, of firms with these largest amounts in order of preference.

    The most preferred firms with which it can be done; each gets the smallest ticket, and the first of them what is left, as it fits.
    """
    order = sorted(range(len(highs)), key=lambda place: -highs[place])
    chosen: list[int] = []
    for place in range(len(highs)):
        if len(chosen) == deals:
            break
        with_it = {*chosen, place}
        others = (highs[one] for one in order if one not in with_it)
        best = sum(highs[one] for one in with_it) + sum(
            high for _, high in zip(range(deals - len(with_it)), others, strict=False)
        )
        if best >= money:
            chosen.append(place)
    left = money - low * deals
    found = []
    for place in chosen:
        more = min(left, highs[place] - low)
        found.append((place, low + more))
        left -= more
    return found
