"""What binds the money of all groups together: sums that must come to something, and concentration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from queries.targets.spread import Spread
from queries.targets.tickets import Group


@dataclass(frozen=True, slots=True)
class Row:
    """Σ effect·money must be at least `short`, above it where strict; effects by group."""

    effects: tuple[Fraction, ...]
    short: Fraction
    strict: bool = False

    @property
    def whole(self) -> tuple[tuple[int, ...], int]:
        """The same in integers: (factors, the least that their sum must come to)."""
        scale = lcm(self.short.denominator, *(effect.denominator for effect in self.effects))
        factors = tuple(int(effect * scale) for effect in self.effects)
        least = int(self.short * scale) + self.strict
        common = gcd(*factors) or 1
        return tuple(factor // common for factor in factors), -(-least // common)


@dataclass(frozen=True)
class Bounds:
    """Rows and spreads that all have to hold."""

    rows: tuple[Row, ...]
    spreads: tuple[Spread, ...] = ()

    @cached_property
    def whole(self) -> list[tuple[tuple[int, ...], int]]:
        """The rows in integers."""
        return [row.whole for row in self.rows]

    def hold(self, totals: Sequence[int]) -> bool:
        """Whether these totals by group meet everything; exact."""
        return all(
            sum(factor * total for factor, total in zip(factors, totals, strict=True)) >= least
            for factors, least in self.whole
        ) and all(spread.holds(totals) for spread in self.spreads)

    @property
    def size(self) -> int:
        """About how much money is in question, in 分."""
        sizes = [abs(least) // max(1, *(abs(one) for one in factors)) for factors, least in self.whole if factors]
        return max([1, *sizes, *(sum(spread.bases) + spread.apart for spread in self.spreads)])

    def order(self, groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
        """(one group, another) that are as good as each other, of which the other may be asked to bring no less.

        Where two groups move everything alike and one can bring whatever the other can, their money can be exchanged.
        """
        kinds: dict[tuple[object, ...], list[int]] = {}
        for at, group in enumerate(groups):
            effects = tuple(factors[at] for factors, _ in self.whole)
            single = len(group.highs) == 1
            kinds.setdefault((group.low, effects, single or group.highs), []).append(at)
        for alike in kinds.values():
            alike.sort(key=lambda at: (-groups[at].reach[-1], at))
            waiting = alike
            while waiting:
                first, *waiting = waiting
                rest = []
                for at in waiting:
                    if all(spread.alike(first, at) for spread in self.spreads):
                        yield at, first
                        first = at
                    else:
                        rest.append(at)
                waiting = rest
