"""The best that is known of every firm so far, by firm: capacity first, then tier, then technique."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from queries.ratios import UNREACHED, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """`capacity` in 分 (UNREACHED: no path, UNSTATED: none with a capacity), `tier`, `technique` by its place in the table."""

    capacity: Ints
    tier: Ints
    technique: Ints

    @classmethod
    def none(cls, size: int) -> Best:
        """No firm is reached."""
        return cls(np.full(size, UNREACHED), np.zeros(size, np.int64), np.zeros(size, np.int64))

    def beaten_by(self, places: Ints, capacity: Ints, tier: Ints | int, technique: int) -> np.ndarray:
        """Where paths of these firms are better than what is known."""
        own, at = self.capacity[places], self.tier[places]
        nearer = (tier < at) | ((tier == at) & (technique < self.technique[places]))
        return np.asarray((capacity > own) | ((capacity == own) & (own != UNREACHED) & nearer))

    def take(self, places: Ints, capacity: Ints, tier: Ints | int, technique: int) -> None:
        """Take in paths of these firms, each of which is there once."""
        better = self.beaten_by(places, capacity, tier, technique)
        some = places[better]
        self.capacity[some] = capacity[better]
        self.tier[some] = tier[better] if isinstance(tier, np.ndarray) else tier
        self.technique[some] = technique

    def equals(self, place: int, capacity: int | None, tier: int, technique: int) -> bool:
        """Whether a path of a firm is as good as the best that is known."""
        own = int(self.capacity[place])
        same = own == (-1 if capacity is None else capacity)
        return same and int(self.tier[place]) == tier and int(self.technique[place]) == technique
