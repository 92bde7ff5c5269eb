"""The widest chains from an anchor to every firm, by tiers: one pass over the links a tier, never an enumeration of walks.

W₀(anchor) is everything; W_k(v) = the most over links v → u of min(level of the link, W_{k−1}(u)). A walk that comes by a firm twice is
no wider than without the detour, so widest walks are simple, but for one thing: a firm that sells to the anchor itself might come back to
itself before that last link. For chains of at least two links those firms take only what reaches the anchor by another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np

from graph.view import View
from queries.completeness import Meter
from queries.derived import once
from queries.financing.reaching.trade import Trade
from queries.ratios import Ints

Levels = np.ndarray[Any, np.dtype[Any]]
"""Columns by firm or link, of 32 bits."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Some links of a trade, by seller: `links` their places there; `starts` where a seller's begin, for each of `sellers`."""

    trade: Trade
    links: Ints
    buyer: Ints
    level: Levels
    sellers: Ints
    starts: Ints
    counts: Ints

    @classmethod
    def stated(cls, view: View) -> Ways:
        """The links that are known to carry something; made once a view."""

        def make() -> Ways:
            trade = Trade.of(view)
            return cls.along(trade, (trade.level > 0) & (trade.level < trade.unstated))

        return once(view, Ways.stated, make)

    @classmethod
    def open(cls, view: View) -> Ways:
        """Those and the links of which a factor is not stated; made once a view."""
        return once(view, Ways.open, lambda: cls.along(Trade.of(view), Trade.of(view).level > 0))

    @classmethod
    def along(cls, trade: Trade, kept: np.ndarray) -> Ways:
        """The links of a mask."""
        links = np.flatnonzero(kept)
        sellers, starts = np.unique(trade.seller[links], return_index=True)
        counts = np.diff(np.append(starts, len(links)))
        return cls(
            trade, links, trade.buyer[links], trade.level[links].astype(np.int32), sellers, starts, counts
        )  # fmt: skip

    def without(self, broken: np.ndarray) -> Ways:
        """These but for some links of the trade."""
        if not broken.any():
            return self
        kept = np.zeros(len(self.trade.handles), bool)
        kept[self.links] = True
        return Ways.along(self.trade, kept & ~broken)

    @cached_property
    def is_way(self) -> np.ndarray:
        """By link of the trade, whether it is one of these."""
        mask = np.zeros(len(self.trade.handles), bool)
        mask[self.links] = True
        return mask

    def to(self, firm: int, links: Ints | None = None) -> Ints:
        """The links of the trade to one firm; of those, where some are given."""
        found = self.trade.of_buyers(np.array([firm]))
        found = found[self.is_way[found]]
        kept: Ints = found if links is None else found[np.isin(found, links)]
        return kept


@dataclass(eq=False)
class Widest:
    """Chains that end at one anchor; `first` the links to it that they may end with (None: all).

    `tiers[k]` by firm the level of the widest chain of at most k links, 0: there is none.
    """

    ways: Ways
    anchor: int
    first: Ints | None = None
    tiers: list[Levels] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock, repr=False)
    _longer: dict[int, Levels] = field(default_factory=dict)
    _by: dict[int, Levels] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tiers.append(np.zeros(len(self.ways.trade.starts) - 1, np.int32))

    def up_to(self, tiers: int, meter: Meter) -> bool:
        """Go as far as so many links; False where the budget ends before. Each tier counts the firms that pass something on."""
        for tier in range(1, tiers + 1):
            with self._lock:
                if len(self._counts) < tier:
                    wider = self.tiers[-1] > self.tiers[-2] if tier > 1 else np.ones(1, bool)
                    self._counts.append(int(np.count_nonzero(wider)))
                if meter.take(self._counts[tier - 1], tier) < self._counts[tier - 1]:
                    return False
                if len(self.tiers) == tier:
                    self.tiers.append(self._begun() if tier == 1 else self._further())
        return True

    @cached_property
    def own(self) -> Ints:
        """The firms that sell to the anchor itself."""
        return np.flatnonzero(self.tiers[1])

    def longer(self, tiers: int) -> Levels:
        """By firm, the level of the widest chain of 2 to so many links, 0: there is none."""
        with self._lock:
            if tiers not in self._longer:
                self._longer[tiers] = self._beyond(tiers)
            return self._longer[tiers]

    def _begun(self) -> Levels:
        trade = self.ways.trade
        links = self.ways.to(self.anchor, self.first)
        found = np.zeros(len(trade.starts) - 1, np.int32)
        np.maximum.at(found, trade.seller[links], trade.level[links].astype(np.int32))
        return np.asarray(found)

    def _further(self) -> Levels:
        ways, before = self.ways, self.tiers[-1]
        if not len(ways.links):
            return before
        most = np.maximum.reduceat(np.minimum(ways.level, before[ways.buyer]), ways.starts)
        found = before.copy()
        found[ways.sellers] = np.maximum(found[ways.sellers], most)
        found[self.anchor] = 0
        return found

    def _beyond(self, tiers: int) -> Levels:
        found, trade, own = self.tiers[tiers].copy(), self.ways.trade, self.own
        if tiers < 2:
            return np.zeros_like(found)
        links = trade.of_sellers(own)
        seller, buyer = trade.seller[links], trade.buyer[links]
        comes, by = self.tiers[tiers - 1][buyer], self._reached_by(tiers - 1)[buyer]
        kept = self.ways.is_way[links] & (comes > 0)
        links, seller, buyer, comes, by = links[kept], seller[kept], buyer[kept], comes[kept], by[kept]
        levels = trade.level[links].astype(np.int32)
        back = by == seller
        most = np.where(back, 0, np.minimum(levels, comes))
        for place in np.flatnonzero(back).tolist():
            other = self._avoiding(int(buyer[place]), tiers - 1, int(seller[place]), {})
            most[place] = min(int(levels[place]), other)
        found[own] = 0
        np.maximum.at(found, seller, most)
        return found

    def _reached_by(self, tiers: int) -> Levels:
        """By firm, the last firm before the anchor on a widest chain of at most so many links."""
        if tiers in self._by:
            return self._by[tiers]
        if tiers == 1:
            by = np.where(self.tiers[1] > 0, np.arange(len(self.tiers[1])), -1)
        else:
            ways, fewer = self.ways, self._reached_by(tiers - 1)
            by, wider = fewer.copy(), self.tiers[tiers] > self.tiers[tiers - 1]
            each = np.minimum(ways.level, self.tiers[tiers - 1][ways.buyer])
            widest = np.repeat(np.where(wider, self.tiers[tiers], -1)[ways.sellers], ways.counts)
            best = np.flatnonzero(each == widest)
            by[ways.trade.seller[ways.links[best]]] = fewer[ways.buyer[best]]
        self._by[tiers] = by
        return by

    def _avoiding(self, firm: int, tiers: int, avoided: int, known: dict[tuple[int, int], int]) -> int:
        """The level of the widest chain of at most so many links that does not reach the anchor by one firm."""
        if tiers == 0 or firm in (avoided, self.anchor):
            return 0
        best = int(self.tiers[tiers][firm])
        if best == 0 or int(self._reached_by(tiers)[firm]) != avoided:
            return best
        key = (firm, tiers)
        if key not in known:
            trade, found = self.ways.trade, 0
            for link in trade.of_sellers(np.array([firm])).tolist():
                level, buyer = int(trade.level[link]), int(trade.buyer[link])
                if level <= found or not self.ways.is_way[link]:
                    continue
                if buyer == self.anchor:
                    found = level if self.first is None or link in self.first else found
                else:
                    found = max(found, min(level, self._avoiding(buyer, tiers - 1, avoided, known)))
            known[key] = found
        return known[key]

    def way(self, firm: int, tiers: int, level: int) -> tuple[Sequence[int], Sequence[int]] | None:
        """Of the chains of exactly so many links, each at least of a level, the first by the ids of its firms from the anchor, then of
        its links: firms from next to the anchor to the last, and the links to them. None where there is none.

        So many links are the fewest that reach such a level. Cost: the links of what lies within so many links of the firm.
        """
        trade, anchor = self.ways.trade, self.anchor
        carries = self.ways.is_way
        reached = [np.array([firm])]
        for _ in range(tiers - 1):
            links = trade.of_sellers(reached[-1])
            buyers = np.unique(trade.buyer[links[carries[links] & (trade.level[links] >= level)]])
            reached.append(buyers[(buyers != anchor) & (buyers != firm)])
        candidates = self.ways.to(anchor, self.first)
        firms: list[int] = []
        ways: list[int] = []
        for hop in range(tiers):
            candidates = candidates[trade.level[candidates] >= level]
            candidates = candidates[np.isin(trade.seller[candidates], reached[tiers - 1 - hop])]
            if not len(candidates):
                return None
            sellers = trade.seller[candidates]
            firms.append(int(sellers.min()))
            ways.append(int(candidates[sellers == firms[-1]].min()))
            candidates = self.ways.to(firms[-1])
        return firms, ways
