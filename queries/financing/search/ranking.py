"""Rows of columns in the order of paths: of many only the best are put in order until more are asked for."""

from __future__ import annotations

from typing import Final

import numpy as np

from queries.ratios import Ints

HEAD: Final = 32
"""Of more than twice as many rows so many are put in order first."""


class Ranking:
    """`rows` by `columns`, the first of which decides first; `merit` of all rows is a number by which they ascend as far as it tells them
    apart.
    """

    __slots__ = ("_columns", "_found", "_rest")

    def __init__(self, columns: tuple[Ints, ...], rows: Ints, merit: Ints) -> None:
        self._columns, self._rest = columns, rows[:0]
        if len(rows) > 2 * HEAD:
            merit = merit[rows]
            first = merit <= np.partition(merit, HEAD - 1)[HEAD - 1]
            rows, self._rest = rows[first], rows[~first]
        self._found = self._ordered(rows)

    def _ordered(self, rows: Ints) -> list[int]:
        order = np.lexsort([column[rows] for column in reversed(self._columns)])
        found: list[int] = rows[order].tolist()
        return found

    def __getitem__(self, at: int) -> int:
        return self._found[at]

    def following(self, at: int) -> list[int]:
        """The rows from a place on, as far as they are in order: that one at least."""
        return self._found[at:]

    def reaches(self, at: int) -> bool:
        """Whether there are more rows than `at`."""
        if at == len(self._found) and len(self._rest):
            self._found += self._ordered(self._rest)
            self._rest = self._rest[:0]
        return at < len(self._found)
