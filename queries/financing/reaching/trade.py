"""All supply links of a view as columns, each with its width as a level: levels compare exactly, whatever share of them is advanced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.limits.of_link import width_of, widths
from queries.financing.reaching.firms import Firms
from queries.ratios import UNLIMITED, Ints
from queries.spans import spans


@dataclass(frozen=True, slots=True, eq=False)
class Trade:
    """Links between two firms, by seller, then buyer, then id.

    `seller`, `buyer` places of firms; `level` 1 for the narrowest width and up, 0 of what carries nothing or is no way, `unstated` (above
    all) where a factor is not stated. Level n stands for width·(1 − dilution) = `whole[n]` 分 and `rest[n]` millionths of one. `starts`
    where a seller's links begin; `by_buyer` the links in the order of their buyers, `buyer_starts` where a buyer's begin there. `term`
    days, NOT_STATED.
    """

    handles: Ints
    seller: Ints
    buyer: Ints
    level: Ints
    term: Ints
    whole: Ints
    rest: Ints
    starts: Ints
    by_buyer: Ints
    buyer_starts: Ints

    @property
    def unstated(self) -> int:
        """The level of links of which a factor is not stated."""
        return len(self.whole) - 1

    @classmethod
    def of(cls, view: View) -> Trade:
        """The trade of a view; made once a view, in a few passes over its links."""
        return once(view, Trade, lambda: cls._made(view))

    @classmethod
    def _made(cls, view: View) -> Trade:
        firms, links = Firms.of(view), view.handles("Supplies")
        ends = view.refs(links, "source"), view.refs(links, "target")
        seller, buyer = firms.places(ends[0]), firms.places(ends[1])
        order = np.lexsort((buyer, seller))
        order = order[(seller[order] >= 0) & (buyer[order] >= 0) & (seller[order] != buyer[order])]
        links, seller, buyer = links[order], seller[order], buyer[order]
        level, whole, rest = _levels(view, links, firms.handles[seller], firms.handles[buyer])
        by_buyer = np.lexsort((seller, buyer))
        places = np.arange(len(firms) + 1)
        return cls(
            links,
            seller,
            buyer,
            level,
            view.ints(links, "payment_term_days"),
            whole,
            rest,
            np.searchsorted(seller, places),
            by_buyer,
            np.searchsorted(buyer[by_buyer], places),
        )

    def of_sellers(self, firms: Ints) -> Ints:
        """The links of these sellers, one seller after the other."""
        return spans(self.starts, firms)

    def of_buyers(self, firms: Ints) -> Ints:
        """The links to these buyers."""
        return self.by_buyer[spans(self.buyer_starts, firms)]

    def principal(self, levels: np.ndarray, rate: int) -> Ints:
        """⌊α·width·(1 − dilution)⌋ of levels, exactly; α in millionths. UNLIMITED of what is not stated."""
        return principal(self.whole[levels], self.rest[levels], rate)

    def least_level(self, amount: int, rate: int) -> int:
        """The lowest level that brings so much in principal."""
        whole, rest = divmod(-(-amount * MILLION * MILLION // rate), MILLION)
        if whole >= UNLIMITED:
            return self.unstated
        low = int(np.searchsorted(self.whole[:-1], whole, side="left"))
        high = int(np.searchsorted(self.whole[:-1], whole, side="right"))
        return max(1, low + int(np.searchsorted(self.rest[low:high], rest)))


def share_kept(amounts: Ints, kept: Ints) -> tuple[Ints, Ints]:
    """Shares of amounts in millionths, exactly: whole 分, and millionths of one."""
    above, below = np.divmod(amounts, MILLION)
    carry, rest = np.divmod(below * kept, MILLION)
    return above * kept + carry, rest


def principal(whole: Ints, rest: Ints, rate: int) -> Ints:
    """⌊α·(whole 分 + rest millionths of one)⌋, exactly; α in millionths. UNLIMITED stands."""
    above, below = np.divmod(whole, MILLION)
    found = above * rate + (below * rate + rest * rate // MILLION) // MILLION
    return np.where(whole >= UNLIMITED, UNLIMITED, found)


def _levels(view: View, links: Ints, sellers: Ints, buyers: Ints) -> tuple[Ints, Ints, Ints]:
    """The level of each link, and what levels stand for."""
    width, related = widths(view, links, sellers, buyers)
    dilution = view.ints(links, "dilution")
    kept = MILLION - np.where(dilution == NOT_STATED, 0, dilution)
    stated = (width >= 0) & (width < UNLIMITED)
    whole, rest = share_kept(np.where(stated, width, 0), kept)
    for place in np.flatnonzero(width >= UNLIMITED).tolist():
        exact = width_of(view, int(sellers[place]), int(buyers[place]), int(links[place])).width or 0
        whole[place], rest[place] = divmod(exact * int(kept[place]), MILLION)
    carries = (width != 0) & (kept > 0) & ((whole > 0) | (rest > 0)) & ~related
    order = np.lexsort((rest, whole))
    order = order[(carries & (width >= 0))[order]]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (whole[order][1:] != whole[order][:-1]) | (rest[order][1:] != rest[order][:-1])
    level = np.zeros(len(links), np.int64)
    level[order] = np.cumsum(fresh)
    known = order[fresh]
    level[(width < 0) & (kept > 0) & ~related] = len(known) + 1
    return (
        level,
        np.array([0, *whole[known].tolist(), UNLIMITED], np.int64),
        np.array([0, *rest[known].tolist(), 0], np.int64),
    )
