"""Concentration as a requirement of a portfolio: Σ (money in a cell)² at most a share of (all money)², exactly and by its tangents.

With X the money in a cell and T all of it, (X − rT)² ≥ 0 gives X²/T ≥ 2rX − r²T for every r: linear, and equal where r = X/T. So the set
that meets the requirement is bounded by inequalities in whole numbers, as many as are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, isqrt
from typing import Final

from queries.targets.relaxation import Box, Relaxation

GRID: Final = 40
"""Bits after the point of a share at which a tangent is taken."""
CLOSE: Final = 1e-13
"""Of all money: what a tangent would add that is not taken."""
COARSE: Final = 1e-6
"""The same of a chord."""
STRICTLY: Final = 128
"""Bits after the point of the least by which a strict bound is kept, over all money."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Σ cell² ≤ share · all², below it where strict; with nothing invested nothing is asked.

    bases: 分 that lie in each cell; of_group: the cell of each group, -1: not known, and then it may be the largest. apart: 分 that lie in
    cells that are not known.
    """

    share: Fraction
    strict: bool
    bases: tuple[int, ...]
    of_group: tuple[int, ...]
    apart: int = 0

    def holds(self, totals: Sequence[int]) -> bool:
        """Whether these totals meet it, whatever is not known; exact."""
        cells, apart = list(self.bases), self.apart
        for cell, total in zip(self.of_group, totals, strict=True):
            if cell < 0:
                apart += total
            else:
                cells[cell] += total
        whole, largest = sum(cells) + apart, max(cells, default=0)
        squares = sum(cell * cell for cell in cells) + (largest + apart) ** 2 - largest**2
        return not whole or squares * self.share.denominator + self.strict <= self.share.numerator * whole * whole

    def admits(self, total: int, boxes: Sequence[Box]) -> bool:
        """Whether it may be met where groups within these boxes bring so much together; False: it is not; exact.

        The least sum of squares of whole numbers with one sum, each in its box: all at one level, as far as their boxes let them, and
        some of them one above.
        """
        cells = [[base, base] for base in (*self.bases, self.apart)]
        for cell, (low, high) in zip(self.of_group, boxes, strict=True):
            cells[cell][0] += low
            cells[cell][1] += high
        whole = sum(self.bases) + self.apart + total
        if not sum(low for low, _ in cells) <= whole <= sum(high for _, high in cells):
            return False
        under, over = 0, max(high for _, high in cells)
        while under < over:
            middle = (under + over + 1) // 2
            fits = sum(min(max(middle, low), high) for low, high in cells) <= whole
            under, over = (middle, over) if fits else (under, middle - 1)
        held = [min(max(under, low), high) for low, high in cells]
        squares = sum(one * one for one in held) + (whole - sum(held)) * (2 * under + 1)
        return not whole or squares * self.share.denominator + self.strict <= self.share.numerator * whole * whole

    @property
    def may_be_apart(self) -> bool:
        """Whether there is money of which the cell is not known, or may be."""
        return self.apart > 0 or -1 in self.of_group

    def alike(self, one: int, other: int) -> bool:
        """Whether two groups may change their money with each other: they lie in one cell, or each alone in one that holds as much."""
        cells = self.of_group[one], self.of_group[other]
        if cells[0] == cells[1]:
            return True
        if -1 in cells or self.bases[cells[0]] != self.bases[cells[1]]:
            return False
        return all(self.of_group.count(cell) == 1 for cell in cells)


class Tangents:
    """A spread within a relaxation: a column for all money, and one for each square over it, which its tangents bound from below."""

    def __init__(self, spread: Spread, relaxation: Relaxation, money: Sequence[int], low: int, most: int) -> None:
        self.spread, self.relaxation, self.money, self.low = spread, relaxation, money, low
        self.base = sum(spread.bases) + spread.apart
        self.whole = relaxation.column(0)
        relaxation.row({self.whole: 1, **dict.fromkeys(money, -1)}, self.base)
        relaxation.row({self.whole: -1, **dict.fromkeys(money, 1)}, -self.base)
        self.most = self.base + most
        self.squares: dict[tuple[int, bool], int] = {}
        self.taken: set[tuple[int, bool, int, int]] = set()
        self.bounded: set[int] = set()
        self.members: dict[int, list[int]] = {}
        for place, cell in enumerate(spread.of_group):
            self.members.setdefault(cell, []).append(money[place])
        start = [0.0] * (self.whole + 1)
        start[self.whole] = float(self.base)
        self._bound_with(max(range(len(spread.bases)), key=lambda cell: spread.bases[cell], default=-1))
        self._keep_even()
        if self.base:
            self.refine(start, most)

    def bound(self, boxes: list[Box], least: int, most: int) -> None:
        """Put the boxes of its columns in, where the money of all groups lies between two amounts."""
        boxes[self.whole] = self.base + least, self.base + most
        for column in self.squares.values():
            boxes[column] = 0, self.base + most

    def refine(self, values: Sequence[float], most: int) -> bool:
        """Take the inequalities that these values break, where all groups bring at most so much; whether there are any."""
        whole = values[self.whole]
        if whole <= 0:
            return False
        more = False
        if self.spread.may_be_apart:
            cells = range(len(self.spread.bases))
            more |= self._bound_with(max(cells, key=lambda cell: self._held((cell, False), values), default=-1))
        for key, column in self.squares.items():
            held, fixed = self._held(key, values), self._fixed(key)
            told = values[column] if column < len(values) else 0.0
            if held * held / whole - told > CLOSE * whole:
                more |= self._take(key, round(held / whole * (1 << GRID)))
            # Money in a cell that is new is 0 or one ticket at least: its square is above a chord, not only above its tangents.
            slope = (2 * fixed + self.low) / (self.base + most)
            if fixed * fixed / whole + slope * (held - fixed) - told > COARSE * whole:
                more |= self._take(key, round(fixed / whole * (1 << GRID)), self.base + most)
        return more

    def _held(self, key: tuple[int, bool], values: Sequence[float]) -> float:
        return self._fixed(key) + sum(values[place] for place in self._free(key))

    def _fixed(self, key: tuple[int, bool]) -> int:
        cell, with_apart = key
        return (self.spread.bases[cell] if cell >= 0 else 0) + (self.spread.apart if with_apart else 0)

    def _free(self, key: tuple[int, bool]) -> list[int]:
        cell, with_apart = key
        own = self.members.get(cell, []) if cell >= 0 else []
        return [*own, *self.members.get(-1, [])] if with_apart else own

    def _bound_with(self, largest: int) -> bool:
        """Bound the sum of squares where what is not known lies with one cell; whether it was not yet."""
        if largest in self.bounded:
            return False
        self.bounded.add(largest)
        apart = self.spread.may_be_apart
        keys = [(cell, apart and cell == largest) for cell in range(len(self.spread.bases))]
        if largest < 0 and apart:
            keys.append((-1, True))
        for key in keys:
            if key not in self.squares:
                self.squares[key] = self.relaxation.column(0)
        share, scale = self.spread.share, 1 << (STRICTLY if self.spread.strict else 0)
        self.relaxation.row(
            {
                self.whole: share.numerator * scale,
                **{self.squares[key]: -share.denominator * scale for key in keys},
            },
            scale // max(1, self.most) if self.spread.strict else 0,
        )
        return True

    def _keep_even(self) -> None:
        """Bound each cell by all money: of k cells Σ (X − T/k)² ≤ (share − 1/k) · T², so no X is √((k − 1)/k · that) above T/k.

        Where the share is 1/k just, nothing lies within all tangents but what is equal in every cell, and no few of them tell.
        """
        count = len(self.spread.bases) + self.spread.may_be_apart
        spare = (self.spread.share - Fraction(1, count)) * Fraction(count - 1, count)
        above = isqrt(floor(spare * (1 << 2 * GRID))) + (spare > 0) if spare >= 0 else -1
        for cell in range(len(self.spread.bases)):
            key = cell, False
            self.relaxation.row(
                {self.whole: (1 << GRID) + count * above, **dict.fromkeys(self._free(key), -count << GRID)},
                (count << GRID) * self._fixed(key),
            )

    def _take(self, key: tuple[int, bool], share: int, most: int = 0) -> bool:
        """Take a tangent, or the chord for at most so much in all; whether it is new."""
        if (*key, share, most) in self.taken:
            return False
        self.taken.add((*key, share, most))
        fixed, twice = self._fixed(key), share << (GRID + 1)
        slope = ((2 * fixed + self.low) << (2 * GRID)) // most if most else twice
        self.relaxation.row(
            {self.squares[key]: 1 << (2 * GRID), self.whole: share * share, **dict.fromkeys(self._free(key), -slope)},
            twice * fixed,
            forget=lambda: self.taken.discard((*key, share, most)),
        )
        return True
