"""What several paths can bring together, as bare numbers: whole amounts under shared limits, with a cost and a least amount each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm
from typing import ClassVar

from graph.records import Term

Left = Callable[[], float]
"""Seconds left."""


class SolveMethod(Term):
    """How an amount was found: by a maximum flow or an integer programme, both proven, or as bounds between which it lies."""

    EXACT_FLOW = "最大流精确解"
    EXACT_ENUM = "整数规划精确解"
    BOUNDS = "上下界"


@dataclass(frozen=True)
class Row:
    """A limit: Σ draw·amount over the paths that draw on it stays within `headroom` (分 of its own terms, ≥ 0).

    `draws` by place of the path, each above 0. `rank` is high near the source of the money and low near the need.
    """

    ONE: ClassVar = Fraction(1)

    headroom: int
    draws: Mapping[int, Fraction]
    rank: int = 0

    def admits(self, path: int) -> int:
        """The most that it lets one path bring alone."""
        draw = self.draws[path]
        if draw is Row.ONE:
            return self.headroom
        return self.headroom * draw.denominator // draw.numerator

    def used(self, amounts: Sequence[int]) -> Fraction:
        """What these amounts draw on it."""
        return sum((draw * amounts[path] for path, draw in self.draws.items()), Fraction(0))

    @property
    def most_drawn(self) -> Fraction:
        """The largest draw of one 分."""
        return max(self.draws.values())

    @cached_property
    def uniform(self) -> Fraction | None:
        """The draw of all its paths; None where they differ."""
        first, *others = set(self.draws.values())
        return None if others else first

    @cached_property
    def whole(self) -> tuple[int, Mapping[int, int]]:
        """A scale on which all draws are whole, and the draws on it."""
        scale = lcm(*(draw.denominator for draw in self.draws.values()))
        return scale, {path: draw.numerator * (scale // draw.denominator) for path, draw in self.draws.items()}

    def relaxed(self) -> Row:
        """This limit with room for one more 分 of any of its paths."""
        return Row(self.headroom + ceil(self.most_drawn), self.draws, self.rank)


@dataclass(frozen=True)
class Programme:
    """Paths by place, in their order.

    `cost` of 分 brought, in whole units that compare (only differences count); `least` an amount below which a path brings nothing at
    all (0: any amount goes). Every path draws on some row, else `bounds` raises ValueError.
    """

    rows: tuple[Row, ...]
    cost: tuple[int, ...]
    least: tuple[int, ...] = field(default=())

    @property
    def size(self) -> int:
        """How many paths there are."""
        return len(self.cost)

    @cached_property
    def caps(self) -> tuple[int, ...]:
        """The most that each path can bring alone, 0 where that is below its least."""
        found: list[int | None] = [None] * self.size
        for row in self.rows:
            for path in row.draws:
                admits, known = row.admits(path), found[path]
                found[path] = admits if known is None else min(known, admits)
        caps = []
        for path, cap in enumerate(found):
            if cap is None:
                raise ValueError(f"path {path} draws on no limit; what is unlimited cannot be solved")
            caps.append(0 if cap < self.minimum(path) else cap)
        return tuple(caps)

    def minimum(self, path: int) -> int:
        """The least that a path brings, if anything."""
        return self.least[path] if self.least else 0

    @cached_property
    def has_minimum(self) -> bool:
        """Whether some path brings nothing below an amount above 1 分."""
        return any(least > 1 for least in self.least)

    def holds(self, amounts: Sequence[int]) -> bool:
        """Whether these amounts keep within every limit; exact."""
        within = all(amount == 0 or amount >= max(0, self.minimum(path)) for path, amount in enumerate(amounts))
        return within and min(amounts, default=0) >= 0 and all(row.used(amounts) <= row.headroom for row in self.rows)

    def total_cost(self, amounts: Sequence[int]) -> int:
        """Σ cost·amount."""
        return sum(cost * amount for cost, amount in zip(self.cost, amounts, strict=True))

    def relaxed(self, places: frozenset[int]) -> Programme:
        """This programme with room for one more 分 in these rows."""
        rows = tuple(row.relaxed() if place in places else row for place, row in enumerate(self.rows))
        return Programme(rows, self.cost, self.least)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Whole amounts by path, which hold. `lower` ≤ the largest amount ≤ `upper`; `least_cost`: no cheaper ones bring as much.

    `stops` the rows that stop the money. `prices` by row: every path that can bring anything draws for 1 or more on its rows, so that
    nothing above Σ price·headroom can be brought; empty where they are not known.
    """

    amounts: tuple[int, ...]
    method: SolveMethod
    upper: int
    least_cost: bool
    stops: tuple[int, ...]
    prices: tuple[Fraction, ...] = ()

    @property
    def lower(self) -> int:
        """What the amounts bring."""
        return sum(self.amounts)


@dataclass(frozen=True, slots=True)
class Solved:
    """An amount in 分 with its method; `lower` ≤ the largest amount ≤ `upper`, and `amount` is `lower`. `upper` None: not bounded."""

    amount: int
    method: SolveMethod
    lower: int
    upper: int | None
