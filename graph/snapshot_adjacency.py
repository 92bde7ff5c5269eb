"""Who may refer to whom: for each reference field and kind of target, the distinct candidate holders of every target.

Candidates are all pairs that any statement ever made; a view keeps those whose holder and target are live and whose resolved
reference is this pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from graph.snapshot_columns import Ints, Rows
from graph.snapshot_ids import Order, lexsort


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Holders by number of target, in compressed rows: those of target t are `holders[starts[t]:starts[t + 1]]`, in rank order.

    A target beyond `starts` has none.
    """

    starts: Ints
    holders: Rows

    @classmethod
    def empty(cls) -> Self:
        """No pairs."""
        return cls(np.zeros(1, np.int64), np.empty(0, np.int32))

    @property
    def targets(self) -> int:
        """How many targets it has rows for."""
        return self.starts.size - 1

    def of(self, target: int) -> Rows:
        """The candidate holders of one target."""
        if target >= self.starts.size - 1:
            return self.holders[:0]
        return self.holders[self.starts[target] : self.starts[target + 1]]

    def expand(self, targets: npt.NDArray[np.integer]) -> tuple[Ints, Rows]:
        """For every pair of these targets: the place of its target among `targets`, and its holder."""
        if not self.targets or not targets.size:
            return np.empty(0, np.int64), self.holders[:0]
        inside = np.minimum(targets, self.targets - 1)
        first = self.starts[inside]
        counts = np.where(targets < self.targets, self.starts[inside + 1] - first, 0)
        places = np.repeat(np.arange(targets.size), counts)
        ends = np.cumsum(counts)
        within = np.arange(places.size) - np.repeat(ends - counts, counts)
        return places, self.holders[np.repeat(first, counts) + within]

    def inserted(self, targets: npt.NDArray[np.integer], holders: Rows, order: Order) -> Adjacency:
        """The adjacency with these pairs, known or not, once or more often; `order` ranks the holders."""
        if not targets.size:
            return self
        rank = order.rank
        ranks = rank[holders]
        places = lexsort((targets, ranks))
        targets, holders, ranks = targets[places], holders[places], ranks[places]
        new = np.ones(targets.size, bool)
        new[1:] = (targets[1:] != targets[:-1]) | (ranks[1:] != ranks[:-1])
        targets, holders, ranks = targets[new], holders[new], ranks[new]
        size = max(self.targets, int(targets[-1]) + 1)
        if not self.holders.size:
            return Adjacency(_starts(targets, size), holders)
        starts = np.concatenate([self.starts, np.full(size - self.targets, self.starts[-1])])
        low, high = starts[targets], starts[targets + 1]
        end = high.copy()
        while (open_ := np.flatnonzero(low < high)).size:
            middle = (low[open_] + high[open_]) // 2
            less = rank[self.holders[middle]] < ranks[open_]
            low[open_] = np.where(less, middle + 1, low[open_])
            high[open_] = np.where(less, high[open_], middle)
        known = (low < end) & (self.holders[np.minimum(low, self.holders.size - 1)] == holders)
        if known.all():
            return self
        targets, holders, low = targets[~known], holders[~known], low[~known]
        return Adjacency(starts + _starts(targets, size), np.insert(self.holders, low, holders))


def _starts(targets: npt.NDArray[np.integer], size: int) -> Ints:
    """Where the rows of sorted `targets` start."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(targets, minlength=size))])
