"""Where firms stand in chains of supply: within some links of a leader, upstream or downstream, and how much hangs on them.

Who leads is data: the firms that carry the tag which a rule of dimension CHAIN names. Trade that nobody records is not known to be none:
a firm without any recorded link on a side may stand anywhere on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from graph.kinds.terms import ChainSide, Dimension
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.derived import once
from queries.financing.reaching.firms import Firms
from queries.ratios import Ints
from queries.trees import descendants

HOPS: Final = 2
"""Links from a leader within which a firm is of its chain, where a rule states no number."""
TELLS: Final = frozenset({"Rule", "Supplies", "Tagged", "Enterprise", "Industry", "InIndustry"})
"""Kinds of whose records positions tell."""
SAYS: Final = frozenset({"Rule", "Tag", "Industry"})
"""Kinds of whose records it depends what a rule asks."""
NO, UNKNOWN, YES = range(3)

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Leaders:
    """Which firms lead: those with a tag, in an industry or below it, that carry a second tag or whose industry does; -1: any do."""

    tag: int
    industry: int = -1
    field_tag: int = -1

    def mask(self, view: View) -> Mask:
        """By firm, whether it leads."""
        return once(view, self, lambda: self._mask(view), of=TELLS)

    def _mask(self, view: View) -> Mask:
        firms = Firms.of(view)
        found = firms.linked(view, "Tagged", [self.tag])
        if self.industry >= 0:
            found &= _in_industries(view, firms, descendants(view, self.industry))
        if self.field_tag >= 0:
            _, links = view.expand("Tagged", "target", np.array([self.field_tag]))
            tagged = view.refs(links, "source").tolist()
            industries = [one for one in tagged if one >= 0 and view.has_kind(one, "Industry")]
            within = {below for industry in industries for below in descendants(view, industry)}
            found &= firms.linked(view, "Tagged", [self.field_tag]) | _in_industries(view, firms, within)
        return found


@dataclass(frozen=True, slots=True)
class Position:
    """What a rule of dimension CHAIN asks: to stand within `hops` links of another firm that leads, on a side (None: on either)."""

    leaders: Leaders
    side: ChainSide | None = None
    hops: int = HOPS

    @classmethod
    def of(cls, view: View, rule: int) -> Position | None:
        """What a rule asks; None where it says in words only who leads."""
        return once(view, (Position, rule), lambda: cls.of_all(view, [rule])[0], of=SAYS)

    @classmethod
    def of_all(cls, view: View, rules: Sequence[int]) -> list[Position | None]:
        """What each of some rules asks."""
        handles = np.array(rules, np.int64)
        tag, industry, field_tag = (view.refs(handles, name) for name in ("tag", "industry", "field_tag"))
        count = view.ints(handles, "count")
        says = (view.ints(handles, "dimension") == list(Dimension).index(Dimension.CHAIN)) & (tag >= 0)
        says &= (view.ints(handles, "stated_in_source") != 0) & ((count == NOT_STATED) | (count > 0))
        for name, found in (("industry", industry), ("field_tag", field_tag)):
            # A field or industry that is named and not there would make every field do.
            says &= (found >= 0) | view.texts(handles, name).is_null().to_numpy()
        hops = np.where(count == NOT_STATED, HOPS, count)
        side: list[ChainSide | None] = [*ChainSide, None]
        sides = view.ints(handles, "chain_side")
        columns = (tag, industry, field_tag, np.where(sides == NOT_STATED, len(ChainSide), sides), hops, says)
        return [
            cls(Leaders(*who), side[at], most) if speaks else None
            for *who, at, most, speaks in zip(*(one.tolist() for one in columns), strict=True)
        ]

    @property
    def sides(self) -> tuple[ChainSide, ...]:
        """The sides that do."""
        return tuple(ChainSide) if self.side is None else (self.side,)

    def verdicts(self, view: View) -> np.ndarray[Any, np.dtype[np.int8]]:
        """By firm: YES, it stands there; UNKNOWN, nobody records its trade on a side that does; else NO. Made once a view."""
        return once(view, self, lambda: self._verdicts(view), of=TELLS)

    def _verdicts(self, view: View) -> np.ndarray[Any, np.dtype[np.int8]]:
        trade, leading = Trade.of(view), self.leaders.mask(view)
        met, known = np.zeros(len(leading), bool), np.ones(len(leading), bool)
        for side in self.sides:
            met |= trade.within(leading, side, self.hops)
            known &= trade.has_links(side)
        return np.where(met, YES, np.where(known, NO, UNKNOWN)).astype(np.int8)

    def verdict(self, view: View, firm: int) -> int:
        """The verdict for one firm, by its handle; UNKNOWN for what is no firm of the view."""
        (place,) = Firms.of(view).places(np.array([firm])).tolist()
        return int(self.verdicts(view)[place]) if place >= 0 else UNKNOWN

    def missing(self, view: View, firm: int) -> tuple[str, ...]:
        """The links of a firm, by the names of its fields, that nobody records and that could tell."""
        (place,) = Firms.of(view).places(np.array([firm])).tolist()
        trade = Trade.of(view)
        return tuple(FIELDS[side] for side in self.sides if place < 0 or not trade.has_links(side)[place])

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a firm with the links that tell where it stands."""
        return tuple(FIELDS[side] for side in self.sides)


FIELDS: Final = {ChainSide.UPSTREAM: "supplies", ChainSide.DOWNSTREAM: "suppliedBy"}
"""The field of a firm with the links by which it stands on a side of others."""


@dataclass(frozen=True, slots=True, eq=False)
class Trade:
    """The recorded supply links by place of their firms, without those of a firm to itself."""

    links: Ints
    seller: Ints
    buyer: Ints
    firms: int

    @classmethod
    def of(cls, view: View) -> Trade:
        """The trade of a view; made once a view."""
        return once(view, Trade, lambda: cls._made(view), of=TELLS)

    @classmethod
    def _made(cls, view: View) -> Trade:
        firms, links = Firms.of(view), view.handles("Supplies")
        seller, buyer = (firms.places(view.refs(links, end)) for end in ("source", "target"))
        kept = (seller >= 0) & (buyer >= 0) & (seller != buyer)
        return cls(links[kept], seller[kept], buyer[kept], len(firms))

    def ends(self, side: ChainSide) -> tuple[Ints, Ints]:
        """(nearer, farther) of each link, seen from a leader on whose `side` the farther end stands."""
        return (self.buyer, self.seller) if side is ChainSide.UPSTREAM else (self.seller, self.buyer)

    def has_links(self, side: ChainSide) -> Mask:
        """By firm, whether any link puts it on this side of another."""
        found = np.zeros(self.firms, bool)
        found[self.ends(side)[1]] = True
        return found

    def within(self, leading: Mask, side: ChainSide, hops: int) -> Mask:
        """By firm, whether a walk of at most so many links puts it on this side of a leader that is not itself.

        Of the leaders that a firm is reached from the first and the last are kept: one of them is another. Cost: a pass over all links a
        hop.
        """
        near, far = self.ends(side)
        own = np.arange(self.firms)
        first, last = np.where(leading, own, self.firms), np.where(leading, own, -1)
        for _ in range(hops):
            carries = (last >= 0)[near]
            end, least, most = far[carries], first[near[carries]], last[near[carries]]
            before = first.copy(), last.copy()
            np.minimum.at(first, end, least)
            np.maximum.at(last, end, most)
            if np.array_equal(first, before[0]) and np.array_equal(last, before[1]):
                break
        return np.asarray(((first < self.firms) & (first != own)) | ((last >= 0) & (last != own)))


def chain_rules(view: View, subject: int | None = None) -> list[int]:
    """The rules of dimension CHAIN in force, about a subject or (None) about anything, in id order."""

    def make() -> list[tuple[int, int]]:
        rules = view.handles("Rule")
        asked = rules[view.ints(rules, "dimension") == list(Dimension).index(Dimension.CHAIN)]
        return list(zip(asked.tolist(), view.refs(asked, "about").tolist(), strict=True))

    found = once(view, chain_rules, make, of=frozenset({"Rule"}))
    return [rule for rule, about in found if subject is None or about == subject]


def leaders_of(view: View, subject: int | None = None) -> tuple[Leaders, ...]:
    """Who leads by the rules about a subject, or (None) by any rule, each way of saying it once. Made once a view and subject."""

    def make() -> tuple[Leaders, ...]:
        positions = (Position.of(view, rule) for rule in chain_rules(view, subject))
        return tuple(dict.fromkeys(one.leaders for one in positions if one is not None))

    return once(view, (leaders_of, subject), make, of=SAYS)


def leading(view: View, leaders: tuple[Leaders, ...]) -> Mask:
    """By firm, whether it leads in one of these ways."""
    return once(view, (leading, leaders), partial(_any, view, leaders), of=TELLS)


def _any(view: View, leaders: tuple[Leaders, ...]) -> Mask:
    found = np.zeros(len(Firms.of(view)), bool)
    for one in leaders:
        found |= one.mask(view)
    return found


def _in_industries(view: View, firms: Firms, industries: Iterable[int]) -> Mask:
    """The firms with any activity, the main one or another, in one of these industries."""
    among = sorted(set(industries))
    return np.asarray(np.isin(view.refs(firms.handles, "industry"), among) | firms.linked(view, "InIndustry", among))
