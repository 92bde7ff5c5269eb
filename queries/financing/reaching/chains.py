"""Prospective chains from the head of a spine: what each firm can be brought over the widest of them, and over how few links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from graph.values import MILLION
from queries.completeness import Meter
from queries.derived import once
from queries.financing.limits.of_term import term_rules
from queries.financing.reaching.best import Best
from queries.financing.reaching.heads import Family, Head
from queries.financing.reaching.lately import lately
from queries.financing.reaching.taking import Taking, Takings
from queries.financing.reaching.trade import Trade
from queries.financing.reaching.widest import Levels, Ways, Widest
from queries.ratios import UNSTATED, Ints, share_at_most

ANCHORS: Final = 16
"""The widest chains of so many anchors are kept with a view, those with and those without a width that is not stated apart."""


@dataclass(frozen=True, eq=False)
class _Class:
    """Firms that admit the same last links to the anchor, with the widest chains that end so."""

    mask: np.ndarray
    stated: Widest
    open: Widest


class Columns(NamedTuple):
    """Firms that are reached: their places, what they can be brought (UNSTATED: no capacity), and over how many links."""

    places: Ints
    capacity: Ints
    tier: Ints


@dataclass(frozen=True, eq=False)
class Chain:
    """One head and the chains from it. `bound` by firm in 分, `stated` by firm; at least `least` if anything; at most `most` links."""

    family: Family
    head: Head
    trade: Trade
    need: Ints
    bound: Ints
    stated: np.ndarray
    least: int
    rate: int
    most: int
    classes: tuple[_Class, ...]

    @property
    def steps(self) -> int:
        """The steps of its longest paths."""
        return len(self.head.nodes) + self.most

    def columns(self, meter: Meter) -> Iterator[Columns]:
        """What is reached, class by class."""
        for one in self.classes:
            if not one.stated.up_to(self.most, meter):
                return
            places = np.flatnonzero(one.mask)
            level = self._levels(one.stated, self.most)[places]
            rest = np.minimum(self.bound[places], self.trade.principal(level, self.rate))
            whole = (level > 0) & (rest >= self.least) & self.stated[places] & (self.need[places] != UNSTATED)
            known = places[whole]
            capacity = np.minimum(self.need[known], rest[whole])
            yield Columns(known, capacity, self._fewest(one.stated, known, np.maximum(capacity, self.least)))
            others = places[~whole]
            if not len(others):
                continue
            if not one.open.up_to(self.most, meter):
                return
            level = self._levels(one.open, self.most)[others]
            rest = np.minimum(self.bound[others], self.trade.principal(level, self.rate))
            reached = others[(level > 0) & (rest >= self.least)]
            least = np.full(len(reached), self.least)
            yield Columns(reached, np.full(len(reached), UNSTATED), self._fewest(one.open, reached, least))

    def ways(
        self, place: int, capacity: int, tier: int, handles: Ints
    ) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The first chain by ids that brings a firm so much over so many links: the nodes after the head, and the link before each."""
        for one in self.classes:
            if not one.mask[place] or not self.family.least <= tier <= self.most or not self.rate:
                continue
            widest = one.stated if capacity >= 0 else one.open
            if len(widest.tiers) <= tier:
                continue
            level = self.trade.least_level(max(capacity, self.least, 1), self.rate)
            found = widest.way(place, tier, level)
            if found is not None:
                firms, links = found
                yield tuple(handles[firms].tolist()), tuple(self.trade.handles[links].tolist())

    def _levels(self, widest: Widest, links: int) -> Levels:
        return widest.tiers[links] if self.family.least == 1 else widest.longer(links)

    def _fewest(self, widest: Widest, places: Ints, amounts: Ints) -> Ints:
        """The fewest links that bring each firm so much."""
        tier, left = np.full(len(places), self.most), np.arange(len(places))
        for links in range(self.most - 1, self.family.least - 1, -1):
            level = self._levels(widest, links)[places[left]]
            enough = (level > 0) & (self.trade.principal(level, self.rate) >= amounts[left])
            left = left[enough]
            tier[left] = links
        return tier


def chains_of(takings: Takings, family: Family, best: Best, meter: Meter) -> Iterator[Chain]:
    """The chains from each head of a family; none where nobody sells to its last node, or the budget is spent."""
    view = takings.view
    trade, widest = Trade.of(view), Chains.of(takings)
    assert family.least in (1, 2), "chains are of one link, or of two and more"
    for head, most in zip(family.heads, family.most, strict=True):
        anchor = int(takings.firms.places(np.array([head.nodes[-1]]))[0])
        if anchor < 0 or not len(trade.of_buyers(np.array([anchor]))) or meter.out_of_time(1):
            continue
        broken = widest.broken(family, head)
        need = takings.needs(family).amount
        ends = [widest.to(anchor, None, broken, stated=stated) for stated in (True, False)]
        if not _may_matter(ends[0], ends[1], takings.open_to(head), need, best, family.least, most, meter):
            continue
        taking = takings.of(family, head)
        assert taking is not None, "the gates of chains are told on columns"
        bound, stated = np.full(len(best.tier), taking.bound), np.full(len(best.tier), taking.stated)
        looked_at = np.zeros(len(bound), bool)
        places, at_most = _worth_a_look(ends[1], taking, need, best, most, meter)
        granted = meter.take(len(places), 1)
        places, at_most = places[:granted], at_most[:granted]
        roomy = taking.stated & (share_at_most(takings.rooms(head)[places], taking.rate) > at_most)
        looked_at[places[roomy]] = taking.bound >= taking.least
        for place, amount in zip(places[~roomy].tolist(), at_most[~roomy].tolist(), strict=True):
            if meter.out_of_time(1):
                break
            bound[place], stated[place] = takings.one(family, head, place, amount, taking)
            looked_at[place] = bound[place] >= taking.least
        classes = {admitted: mask & (taking.takes | looked_at) for admitted, mask in taking.first}
        found = tuple(
            _Class(
                mask,
                widest.to(anchor, admitted, broken, stated=True),
                widest.to(anchor, admitted, broken, stated=False),
            )
            for admitted, mask in classes.items()
            if mask.any()
        )
        yield Chain(family, head, trade, need, bound, stated, taking.least, taking.rate, most, found)


def _may_matter(
    stated: Widest, open_: Widest, open_to: np.ndarray, need: Ints, best: Best, least: int, most: int, meter: Meter
) -> bool:
    """Whether chains of `least` to `most` links to an anchor could be as good as what a firm has, were all of their widths advanced.

    `open_to` the firms that the source may finance at all.
    """
    if not stated.up_to(most, meter):
        return False
    reached = np.flatnonzero((stated.tiers[most] > 0) & open_to)
    at_most = np.minimum(stated.ways.trade.principal(stated.tiers[most][reached], MILLION), need[reached])
    known, nearer = best.capacity[reached], best.tier[reached] >= least
    if ((at_most > known) | ((at_most == known) & nearer)).any():
        return True
    # A chain without a capacity is better than none alone.
    return open_.up_to(most, meter) and bool((best.capacity[(open_.tiers[most] > 0) & open_to] <= UNSTATED).any())


def _worth_a_look(widest: Widest, taking: Taking, need: Ints, best: Best, most: int, meter: Meter) -> tuple[Ints, Ints]:
    """The firms apart that some chain may reach with more than is known, and the most that it may bring."""
    if not taking.apart.any() or not widest.up_to(most, meter):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing
    places = np.flatnonzero(taking.apart & (widest.tiers[most] > 0))
    at_most = np.minimum(widest.ways.trade.principal(widest.tiers[most][places], taking.rate), need[places])
    at_most = np.minimum(at_most, taking.bound)
    known = best.capacity[places]
    worth = (at_most >= known) | (known <= UNSTATED)
    return places[worth], at_most[worth]


@dataclass(eq=False)
class Chains:
    """The widest chains of one question, each kind found once."""

    takings: Takings
    _found: dict[object, Widest]

    @classmethod
    def of(cls, takings: Takings) -> Chains:
        """Those of a question."""
        found = takings.kept.get(Chains)
        if found is None:
            found = takings.kept[Chains] = cls(takings, {})
        assert isinstance(found, Chains)
        return found

    def to(self, anchor: int, admitted: frozenset[int] | None, broken: np.ndarray, *, stated: bool) -> Widest:
        """The widest chains to an anchor, the last link of one of these terms."""
        key = (anchor, admitted, stated)
        if key not in self._found:
            view = self.takings.view

            def make() -> Widest:
                ways = (Ways.stated(view) if stated else Ways.open(view)).without(broken)
                first = None
                if admitted is not None:
                    links = ways.to(anchor)
                    first = links[np.isin(ways.trade.term[links], list(admitted))]
                return Widest(ways, anchor, first)

            self._found[key] = lately(view, "widest", key, ANCHORS, make)
        return self._found[key]

    def broken(self, family: Family, head: Head) -> np.ndarray:
        """The links that a hard rule on terms of payment forbids, by link. Made once a view, by way of any chain."""
        return once(self.takings.view, Chains.broken, lambda: _broken(self.takings, family, head))


def _broken(takings: Takings, family: Family, head: Head) -> np.ndarray:
    view, trade = takings.view, Trade.of(takings.view)
    if not term_rules(view):
        return np.zeros(len(trade.handles), bool)
    size = np.unique(view.ints(takings.firms.handles, "size"), return_inverse=True)[1]
    term = np.unique(trade.term, return_inverse=True)[1]
    keys = (size[trade.seller] * (size.max(initial=0) + 1) + size[trade.buyer]) * (term.max(initial=0) + 1) + term
    _, first, classes = np.unique(keys, return_index=True, return_inverse=True)
    bad = [takings.breaks_term(family, head, link) for link in first.tolist()]
    return np.asarray(np.array(bad, bool)[classes])
