"""How much of a leader's chain hangs on a firm: its part of what a leader takes or gives, directly or through one other firm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from graph.kinds.terms import ChainSide
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.chain_position import TELLS, Leaders, Mask, Trade, leading
from queries.derived import once
from queries.exchange import in_currency
from queries.ratios import UNLIMITED, Ints, shares_of

UNKNOWN_PART: Final = -1
"""A link is there, but what part it is nobody can tell."""
APART: Final = -2
"""No link leads there."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What ties a firm to a leader: the links from the firm on, and the part of the trade that is its own, 0–1 in millionths.

    links empty: it leads itself. side: where it stands.
    """

    side: ChainSide | None
    leader: int
    links: tuple[int, ...]
    part: int


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """By firm, its place in the chains of some leaders.

    `utility` in millionths: 1 of a leader; else the largest part over all ways; 0 where no way of two links leads to a leader;
    NOT_STATED where none of its trade is recorded, or no part can be told.
    """

    leads: Mask
    utility: Ints
    trade: Trade
    parts: tuple[Ints, ...]
    direct: tuple[Ints, ...]
    order: tuple[Ints, ...]

    @classmethod
    def of(cls, view: View, leaders: tuple[Leaders, ...]) -> Places:
        """The places of all firms; made once a view. Cost: two passes over the links a side."""
        return once(view, (Places, leaders), partial(cls._made, view, leaders), of=TELLS | {"ExchangeRate"})

    @classmethod
    def _made(cls, view: View, leaders: tuple[Leaders, ...]) -> Places:
        trade, leads = Trade.of(view), leading(view, leaders)
        parts = tuple(_parts(view, side) for side in ChainSide)
        direct, best = [], np.full(trade.firms, APART)
        for side, part in zip(ChainSide, parts, strict=True):
            near, far = trade.ends(side)
            one, two = np.full(trade.firms, APART), np.full(trade.firms, APART)
            first = leads[near]
            np.maximum.at(one, far[first], part[first])
            then = (one[near] > APART) & ~first
            np.maximum.at(two, far[then], _times(part[then], one[near[then]]))
            direct.append(one)
            np.maximum(best, np.maximum(one, two), out=best)
        known = trade.has_links(ChainSide.UPSTREAM) | trade.has_links(ChainSide.DOWNSTREAM)
        utility = np.where(best >= 0, best, np.where((best == APART) & known, 0, NOT_STATED))
        order = tuple(np.argsort(trade.ends(side)[1], kind="stable") for side in ChainSide)
        return cls(leads, np.where(leads, MILLION, utility), trade, parts, tuple(direct), order)

    def holds(self, view: View, place: int, handle: int) -> tuple[Hold, ...]:
        """What ties a firm to leaders, the best way of each side; of equal ones the shorter, then by ids of the links."""
        if self.leads[place]:
            return (Hold(None, handle, (), MILLION),)
        found = []
        for side, which in enumerate(ChainSide):
            ways = list(self._ways(side, place))
            best = min(((-part, len(links)) for part, links in ways), default=None)
            ties = [self._hold(view, which, links, part) for part, links in ways if (-part, len(links)) == best]
            if ties:
                found.append(min(ties, key=lambda hold: [view.id_of(link) for link in hold.links]))
        return tuple(found)

    def _ways(self, side: int, place: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The best ways of a firm over each of its links on a side: their parts, and their links by place."""
        part = self.parts[side]
        near = self.trade.ends(tuple(ChainSide)[side])[0]
        for link in self._links(side, place):
            middle, own = int(near[link]), int(part[link])
            if self.leads[middle]:
                yield own, (link,)
                continue
            best = int(self.direct[side][middle])
            if best > APART:
                both = own * best // MILLION if own >= 0 and best >= 0 else UNKNOWN_PART
                for then in self._links(side, middle):
                    if self.leads[near[then]] and part[then] == best:
                        yield both, (link, then)

    def _links(self, side: int, place: int) -> list[int]:
        order = self.order[side]
        far = self.trade.ends(tuple(ChainSide)[side])[1]
        low, high = np.searchsorted(far, [place, place + 1], sorter=order)
        found: list[int] = order[low:high].tolist()
        return found

    def _hold(self, view: View, side: ChainSide, links: tuple[int, ...], part: int) -> Hold:
        handles = tuple(int(self.trade.links[link]) for link in links)
        leader = view.ref(handles[-1], "target" if side is ChainSide.UPSTREAM else "source")
        return Hold(side, leader, handles, part)


def _parts(view: View, side: ChainSide) -> Ints:
    """By link of trade, the farther firm's part of what the nearer one takes or gives of the product, in millionths, rounded down.

    The only link has all of it, whatever it comes to. Where any amount of several is not stated no part can be told.
    """
    trade = Trade.of(view)
    near = trade.ends(side)[0]
    products = view.refs(trade.links, "product")
    kinds, product = np.unique(products, return_inverse=True)
    _, group, counts = np.unique(near * (len(kinds) + 1) + product, return_inverse=True, return_counts=True)
    amounts, unrated = in_currency(view, trade.links, "annual_amount")
    stated = (amounts != NOT_STATED) & ~unrated & (amounts >= 0)
    amounts = np.where(stated, amounts, 0)
    whole = np.ones(len(counts), bool)
    whole[group[~stated]] = False
    whole &= np.bincount(group, weights=amounts, minlength=len(counts)) < UNLIMITED / 2
    totals = np.zeros(len(counts), np.int64)
    np.add.at(totals, group[whole[group]], amounts[whole[group]])
    whole &= totals > 0
    found = np.where(whole[group], shares_of(amounts, totals[group]), UNKNOWN_PART)
    return np.asarray(np.where(counts[group] == 1, MILLION, found))


def _times(part: Ints, other: Ints) -> Ints:
    known = (part >= 0) & (other >= 0)
    return np.asarray(np.where(known, part * other // MILLION, UNKNOWN_PART))
