"""The fair maximum flow in whole 分 by whole amounts alone, wherever that proves it; else nothing, and the exact fractions are to decide.

A flow gives each leaf its fraction rounded down, group by group. Where what rounding leaves to a group can move to any of its leaves, all
of them can have exactly the same fraction; and where no money can move from one group to another with a smaller one, the fractions are
the fair ones. What is left then goes to any leaves of the group, or on to those of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, Self

import numpy as np

from queries.coverage.descent import SETTLED, Descent
from queries.coverage.fair_fractions import FairFractions
from queries.coverage.leftovers import chosen
from queries.coverage.network import SOURCE, CoverageNetwork, Flags, Ints, one_of_each, spans
from queries.coverage.proportions import rounded_down
from queries.coverage.residual import Residual

REMAINDER_BITS: Final = 128
PLACES: Final = 30
"""Bits of the number of a group or node."""
LARGEST: Final = 2**62
NO_EDGE: Final = -1
Ways = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """From where to where money can pass at once: groups, and nodes of none. sure: it is sure that all that rounding leaves can; edge:
    along which, or NO_EDGE. Of all edges that say the same one.
    """

    origin: Ints
    goal: Ints
    sure: Flags
    edge: Ints

    @classmethod
    def of(cls, origin: Ints, goal: Ints, amount: Ints, least: int, sure: Flags, edge: Ints) -> Self:
        """Those that take anything; sure where they take `least`."""
        counts = np.flatnonzero((origin != SETTLED) & (goal != SETTLED) & (origin != goal) & (amount > 0))
        origin, goal, sure, edge = origin[counts], goal[counts], sure[counts] & (amount[counts] >= least), edge[counts]
        width = int(goal.max(initial=0)) + 1
        one = one_of_each((origin * width + goal) << 1 | sure)
        return cls(origin[one], goal[one], sure[one], edge[one])

    @classmethod
    def joined(cls, *parts: Self) -> Self:
        """All of them."""
        return cls(
            *(np.concatenate([getattr(one, name) for one in parts]) for name in ("origin", "goal", "sure", "edge"))
        )

    @property
    def sure_edges(self) -> Ints:
        """One edge from each place to each other to which it is sure that money can pass."""
        return np.asarray(self.edge[self.sure & (self.edge != NO_EDGE)], np.int64)


@dataclass(frozen=True, eq=False)
class QuickFlow:
    """What is found of a network."""

    descent: Descent

    @classmethod
    def of(cls, network: CoverageNetwork) -> QuickFlow | None:
        """Of a network of which every size is stated; None where whole amounts do not prove it."""
        if int(network.unmet.max(initial=0)) * len(network.size) > LARGEST:
            # What all funds could give to one leaf would leave 64 bits.
            return None
        return cls._proven(Descent.to_the_end(network))

    def unlimited(self, network: CoverageNetwork, unsized: Ints) -> QuickFlow | None:
        """The same with these funds, which have nothing here, without a limit: only what their money can come to is solved anew.

        network: with them unlimited.
        """
        has_more = np.zeros(len(network.size), np.bool_)
        has_more[unsized] = True
        has_more = has_more[network.fund]
        edges = np.flatnonzero(has_more[network.node] & (network.cap > 0))
        groups = self.descent.settled
        touched = np.unique(self.descent.leaf_home[network.leaf[edges]]).tolist()
        seen: set[int] = set()
        for group in touched:
            if group != SETTLED and group not in seen:
                seen |= _reached(self._ways[1], group)
        changes = np.array([one.level == 1 for one in groups], np.bool_)
        changes[[one for one in seen if one < len(groups)]] = True
        # A node of no group stays where it could still give to a leaf that stays; else all it gives there crosses the cut.
        home = self.descent.node_home
        edge = spans(self.descent.start, np.flatnonzero((home == SETTLED) & self.descent.has_money))
        stays = ~np.append(changes, True)[self.descent.leaf_home[network.leaf[edge]]]
        gives = np.zeros(len(home), np.bool_)
        gives[network.node[edge[stays & (self.descent.flow[edge] < network.cap[edge])]]] = True
        gives[[one - len(groups) for one in seen if one >= len(groups)]] = False
        node_in = np.where(home == SETTLED, has_more | ~gives, np.append(changes, True)[home])
        return self._proven(self.descent.with_more(network, changes, node_in, self._passed))

    @classmethod
    def _proven(cls, descent: Descent) -> QuickFlow | None:
        found = cls(descent)
        return found if all(one.is_sure for one in descent.settled) and found._rises else None

    @cached_property
    def fractions(self) -> FairFractions:
        """The fair fractions."""
        level = (Fraction(1), Fraction(0), *(one.level for one in self.descent.settled))
        home = np.where(self.descent.unmet == 0, SETTLED - 1, self.descent.leaf_home)
        return FairFractions(level, home + 2)

    @cached_property
    def down(self) -> tuple[Ints, Ints]:
        """(by leaf its fair amount rounded down, what is left over in parts of the denominator of its fraction)."""
        numerator, denominator = self._terms
        return rounded_down(self.descent.unmet, numerator, denominator)

    @property
    def _terms(self) -> tuple[Ints, Ints]:
        level, group = self.fractions.level, self.fractions.group
        return (
            np.array([one.numerator for one in level], np.int64)[group],
            np.array([one.denominator for one in level], np.int64)[group],
        )

    def raised(self, at_least: Ints | None = None) -> Ints | None:
        """The leaves that get the 分 above, see `whole_units`; None where whole amounts do not tell."""
        down, rest = self.down
        waiting = np.flatnonzero(rest)
        if not len(waiting):
            return waiting
        later = np.zeros(len(waiting), np.bool_) if at_least is None else at_least[waiting] <= down[waiting]
        denominator = self._terms[1][waiting].tolist()
        shares = [-((one << REMAINDER_BITS) // of) for one, of in zip(rest[waiting].tolist(), denominator, strict=True)]
        order = [leaf for _, _, leaf in sorted(zip(later.tolist(), shares, waiting.tolist(), strict=True))]
        home = self.descent.leaf_home.tolist()
        left = {group: one.left for group, one in enumerate(self.descent.settled) if one.left}
        surely, perhaps = ({group: _reached(ways, group) for group in left} for ways in self._ways)
        served = chosen(order, home, left, surely)
        # What is not sure to be a way may be one: where both make the same choice it does not matter.
        if surely != perhaps and chosen(order, home, left, perhaps) != served:
            return None
        return np.array(served, np.int64)

    def amounts(self, at_least: Ints | None = None) -> Ints | None:
        """What each leaf gets, as `whole_amounts`; None where whole amounts do not tell."""
        raised = self.raised(at_least)
        if raised is None:
            return None
        amount = self.down[0].copy()
        amount[raised] += 1
        return amount

    def residual(self) -> Residual | None:
        """The flow, as `whole_units`; None where whole amounts do not tell."""
        raised = self.raised()
        if raised is None:
            return None
        network, flow = self.descent.network, self.descent.flow
        passed = self._passed
        floor = Residual(network, passed, network.size - passed, flow)
        if not len(raised):
            return floor
        among = np.unique(np.concatenate([*self.descent.hubs.edges, self._passages.sure_edges]))
        found = floor.raised(raised, among)
        return found if int(found.flow.sum() - flow.sum()) == len(raised) else None

    @cached_property
    def _passed(self) -> Ints:
        """What comes into each node."""
        network, flow = self.descent.network, self.descent.flow
        passed = np.zeros(len(network.size), np.int64)
        carrying = np.flatnonzero(flow)
        np.add.at(passed, network.node[carrying], flow[carrying])
        for nodes in reversed(network.levels()):
            np.add.at(passed, network.fed_by[nodes], passed[nodes])
        return passed

    @cached_property
    def _passages(self) -> Passages:
        """Where money can pass on at once: down an edge with room, back up one that carries something, and between nodes of a fund."""
        descent, hubs = self.descent, self.descent.hubs
        network, least, groups = descent.network, 4 * len(descent.unmet), len(descent.settled)
        idle = descent.node_home == SETTLED
        at_node = np.where(idle, groups + np.arange(len(idle)), descent.node_home)
        # To a node of no group something may come from leaves, or from above. The money of a group's own node is in the group; what is over
        # at it is what rounding leaves.
        left = np.array([*(one.left for one in descent.settled), 0], np.int64)[descent.node_home]
        comes, spare = self._passed > 0, network.size - self._passed
        below = np.flatnonzero(network.fed_by != SOURCE)
        is_apart = np.zeros(len(idle), np.bool_)
        is_apart[below] = at_node[below] != at_node[network.fed_by[below]]
        beyond = np.zeros(len(idle), np.int64)
        for nodes in reversed(network.levels()):
            np.add.at(beyond, network.fed_by[nodes], beyond[nodes] + np.where(is_apart[nodes], left[nodes], 0))
        left += beyond
        spare[~idle & (~is_apart | (spare <= left))] = 0
        for nodes in network.levels():
            above = network.fed_by[nodes]
            comes[nodes] |= (comes[above] | ~idle[above]) & (spare[nodes] > 0)
        at_node[idle & ~comes] = SETTLED
        giving = np.flatnonzero(at_node != SETTLED)
        edge = spans(descent.start, giving)
        giver = np.repeat(at_node[giving].astype(np.int32), np.diff(descent.start)[giving])
        taker = descent.leaf_home.astype(np.int32)[network.leaf[edge]]
        leads = np.flatnonzero((taker != SETTLED) & (giver != taker))
        leads = leads[descent.most[edge[leads]] > 0]
        edge, origin, goal = edge[leads], giver[leads].astype(np.int64), taker[leads].astype(np.int64)
        node, leaf, flow = network.node[edge], network.leaf[edge], descent.flow[edge]
        after, before = hubs.node_after | idle, hubs.node_before | idle
        above, passed, none = network.fed_by[below], self._passed[below], np.full(len(below), NO_EDGE)
        room = np.where(idle[node] | (flow == 0), network.cap[edge] - flow, 0)
        back = np.flatnonzero(flow)
        return Passages.joined(
            Passages.of(origin, goal, room, least, after[node] & hubs.leaf_before[leaf], edge),
            Passages.of(
                goal[back],
                origin[back],
                flow[back],
                least,
                hubs.leaf_after[leaf[back]] & before[node[back]],
                edge[back],
            ),
            Passages.of(at_node[below], at_node[above], passed, least, after[below] & before[above], none),
            Passages.of(at_node[above], at_node[below], spare[below], least, after[above] & before[below], none),
        )

    @cached_property
    def _ways(self) -> tuple[Ways, Ways]:
        """By group, and by node of none (numbered after them), where it can pass money on at once: for sure, and perhaps."""
        passages, groups = self._passages, len(self.descent.settled)
        origin, goal, sure = passages.origin, passages.goal, passages.sure
        while True:
            # A node of no group is no way where nothing comes to it, or nothing goes on.
            comes, goes = (np.zeros(groups + len(self.descent.node_home), np.bool_) for _ in range(2))
            comes[goal], goes[origin] = True, True
            kept = (comes[origin] | (origin < groups)) & (goes[goal] | (goal < groups))
            if kept.all():
                return _ways(origin[sure], goal[sure]), _ways(origin, goal)
            origin, goal, sure = origin[kept], goal[kept], sure[kept]

    @cached_property
    def _rises(self) -> bool:
        """Whether no money can move from one group to another with a smaller fraction."""
        groups = self.descent.settled
        ways = self._ways[1]
        seen: set[int] = set()
        for group in sorted(range(len(groups)), key=lambda one: -groups[one].level):
            waiting = list(ways.get(group, ()))
            for at in waiting:
                if at < len(groups):
                    if groups[at].level < groups[group].level:
                        return False
                elif at not in seen:
                    # What comes to it from a group with a larger fraction has been followed already.
                    seen.add(at)
                    waiting += ways.get(at, ())
        return True


def _ways(origin: Ints, goal: Ints) -> Ways:
    found: dict[int, set[int]] = {}
    for pair in np.unique(origin << PLACES | goal).tolist():
        found.setdefault(pair >> PLACES, set()).add(pair & ((1 << PLACES) - 1))
    return {one: frozenset(others) for one, others in found.items()}


def _reached(ways: Ways, group: int) -> frozenset[int]:
    seen, waiting = {group}, [group]
    for at in waiting:
        new = ways.get(at, frozenset()) - seen
        seen |= new
        waiting += new
    return frozenset(seen)
