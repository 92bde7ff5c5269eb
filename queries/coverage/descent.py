"""The fair fractions by whole amounts: groups of leaves fall apart along cuts until each can have the same fraction, rounded down.

The decomposition is that of `fair_fractions`. Here a group demands its fraction in whole 分, so that one flow of 64 bits over few edges
tells, and what the groups are given is kept as a flow. Rounding can hide a cut of less than a 分 a leaf: `is_sure` tells where it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np

from queries.coverage.few_edges import FewEdges, Groups, flow_over_few
from queries.coverage.hubs import Hubs, hubs_of
from queries.coverage.network import SOURCE, UNLIMITED, CoverageNetwork, Flags, Ints, by_run, spans
from queries.coverage.proportions import rounded_down

SETTLED = -1
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Settled:
    """A group at its end: its fraction, and 分 that it has beyond its leaves' fractions rounded down.

    is_sure: rounding hides no smaller fraction of some of its leaves.
    """

    level: Fraction
    left: int
    is_sure: bool


class Descent:
    """The groups not yet settled, and what is found of the others.

    leaf_home, node_home: the group of each among `settled`, -1: none. flow: by edge of the network, what gives each leaf its fraction
    rounded down. is_ample: nodes that had more than could go on. hubs: how money moves within a group.
    """

    def __init__(self, network: CoverageNetwork, most: Ints | None = None) -> None:
        """most: by edge what can ever flow, where that is known."""
        self.network = network
        nodes, leaves = len(network.size), len(network.unmet)
        self.unmet, self.fed_by = network.unmet, network.fed_by.copy()
        self.most = network.clipped_caps() if most is None else most
        self.size = network.clipped_sizes(self.most)
        self.is_ample = network.size > self.size
        for below in network.levels():
            self.size[below] = np.minimum(self.size[below], self.size[network.fed_by[below]])
        self.has_money = self.size > 0
        self.start = np.searchsorted(network.node, np.arange(nodes + 1))
        self.given = np.zeros(leaves, np.int64)
        self.is_first = True
        self.settled: list[Settled] = []
        self.leaf_home, self.node_home = np.full(leaves, SETTLED), np.full(nodes, SETTLED)
        self.flow = np.zeros(len(network.cap), np.int64)
        self.hubs = Hubs.none(nodes, leaves)

    def _begin(self, edges: Ints, nodes: Flags) -> None:
        """Make one group of these edges and of what feeds them of these nodes. It may have more than it can give."""
        network = self.network
        self.leaf_group = np.full(len(self.unmet), SETTLED)
        self.leaf_group[network.leaf[edges]] = 0
        has_edges = np.zeros(len(self.size), np.bool_)
        has_edges[network.node[edges]] = True
        above = network.with_those_above(np.flatnonzero(has_edges))
        self.node_group = np.full(len(self.size), SETTLED)
        self.node_group[above[nodes[above]]] = 0
        self.is_rich = [True] if len(edges) else []
        # What may have more than can go on, and the edges worth trying: at first all.
        self.eased, self.edge = np.flatnonzero(self.node_group != SETTLED), edges

    @classmethod
    def to_the_end(cls, network: CoverageNetwork) -> Self:
        """All groups of a network; every size must be stated."""
        found = cls(network)
        found._begin(np.flatnonzero((found.most > 0) & (found.size > 0)[network.node]), found.size > 0)
        found.finish()
        return found

    def with_more(self, network: CoverageNetwork, changes: Flags, node_in: Flags, passed: Ints) -> Descent:
        """The same where some funds have more; what any of it can come to: `changes` by group settled here, and by node.

        passed: by node what comes into it here.
        """
        found = Descent(network, self.most)
        stays = np.append(~changes, False)
        leaf_in = ~stays[self.leaf_home]
        kept = np.flatnonzero(stays[self.leaf_home])
        number = np.where(stays, np.cumsum(stays) - 1, SETTLED)
        found.settled = [one for one, same in zip(self.settled, stays.tolist(), strict=False) if same]
        found.leaf_home[kept] = number[self.leaf_home[kept]]
        at_node = np.flatnonzero(stays[self.node_home])
        found.node_home[at_node] = number[self.node_home[at_node]]
        found.hubs = self.hubs.within(~leaf_in, ~node_in)
        fed = np.flatnonzero(found.fed_by != SOURCE)
        inside, above = node_in[fed], node_in[found.fed_by[fed]]
        # Across the border what comes to a node stays as it is, with what rounding leaves to its group.
        parted, begins = fed[~inside & above], fed[inside & ~above]
        left = np.array([*(one.left for one in self.settled), 0], np.int64)[self.node_home[parted]]
        giver, given = found.fed_by[parted], np.minimum(found.size[parted], passed[parted] + left)
        found.fed_by[begins], found.size[begins] = SOURCE, passed[begins]
        kept = np.flatnonzero(self.flow)
        kept = kept[~leaf_in[network.leaf[kept]]]
        found.flow[kept] = self.flow[kept]
        live = spans(found.start, np.flatnonzero(node_in & (found.size > 0)))
        live = live[found.most[live] > 0]
        of_leaf = leaf_in[network.leaf[live]]
        crossing = live[~of_leaf]
        found.flow[crossing] = found.most[crossing]
        found._spend(network.node[crossing], found.most[crossing])
        found._spend(giver, given)
        found._begin(live[of_leaf], node_in)
        found.finish()
        return found

    def finish(self) -> None:
        """Descend as far as it goes, and take back what leaves were given beyond what they lack."""
        while self.is_rich:
            self.descend()
        network = self.network
        if (self.given <= self.unmet).all():
            return
        edges = np.flatnonzero(self.flow)
        edges = edges[(self.given > self.unmet)[network.leaf[edges]]]
        edges = edges[np.argsort(network.leaf[edges], kind="stable")]
        leaf, flow = network.leaf[edges], self.flow[edges]
        start = np.flatnonzero(np.append(True, leaf[1:] != leaf[:-1]))
        before = np.cumsum(flow) - flow
        before -= np.repeat(before[start], np.diff(np.append(start, len(leaf))))
        self.flow[edges] = np.clip(self.unmet[leaf] - before, 0, flow)

    def descend(self) -> None:
        """One depth: each group is settled, or falls into two."""
        self._ease()
        count = len(self.is_rich)
        active = np.flatnonzero(self.leaf_group != SETTLED)
        group = self.leaf_group[active]
        unmet, supply = np.zeros(count, np.int64), np.zeros(count, np.int64)
        np.add.at(unmet, group, self.unmet[active])
        np.add.at(supply, group, self.given[active])
        roots = np.flatnonzero((self.fed_by == SOURCE) & (self.node_group != SETTLED))
        np.add.at(supply, self.node_group[roots], self.size[roots])
        level = [self._level(*one) for one in zip(self.is_rich, supply.tolist(), unmet.tolist(), strict=True)]
        numerator, denominator = (
            np.array([getattr(one, name) for one in level], np.int64)[group] for name in ("numerator", "denominator")
        )
        wanted, rest = np.zeros(len(self.unmet), np.int64), np.zeros(len(self.unmet), np.int64)
        wanted[active], rest[active] = rounded_down(self.unmet[active], numerator, denominator)
        floor = np.zeros(count, np.int64)
        np.add.at(floor, group, wanted[active])
        wanted -= self.given
        groups = self._groups()
        if self.is_first:
            self.edge = groups.likely(self.edge, wanted)
            self.is_first = False
        found = flow_over_few(groups, wanted, count, self.edge)
        ends = found.met & np.array([not rich or one == 1 for rich, one in zip(self.is_rich, level, strict=True)])
        if ends.any():
            self._settle(groups, found, ends, level, supply - floor, rest > 0, wanted < 0)
        self._part(found, ends, np.array([one == 1 for one in level], np.bool_) & self.is_rich)

    def _groups(self) -> Groups:
        network = self.network
        return Groups(
            self.fed_by,
            self.size,
            self.node_group,
            self.leaf_group,
            network.node,
            network.leaf,
            self.most,
            self.start,
        )

    def _level(self, is_rich: bool, supply: int, unmet: int) -> Fraction:
        """The fraction that a group is offered: all that it has; where it may have more than it can give, at first that, then all."""
        return ONE if is_rich and not self.is_first else min(ONE, Fraction(supply, unmet))

    def _ease(self) -> None:
        """Lower sizes to what can go on, from below; what can fill all its edges gives to the cap from now on, and rations nothing.

        Only of nodes that a cut has parted from leaves, or from the node above: all that others have goes on.
        """
        network, nodes = self.network, self.eased[self.node_group[self.eased] != SETTLED]
        edges = self.edge if self.is_first else self._groups().of_nodes(nodes)
        bound = np.searchsorted(edges, self.start)
        wanted = by_run(self.most[edges], bound)
        total = int(self.unmet.sum())
        is_eased, fills, feeds = (np.zeros(len(self.size), np.bool_) for _ in range(3))
        is_eased[nodes] = True
        for level in [*reversed(network.levels()), np.flatnonzero(network.fed_by == SOURCE)]:
            at = level[is_eased[level]]
            # With just enough for what it feeds a node may be what limits that.
            self.is_ample[at] |= self.size[at] >= wanted[at] + feeds[at]
            fills[at] = self.is_ample[at] & (self.size[at] >= wanted[at])
            self.size[at] = np.minimum(self.size[at], np.minimum(wanted[at], total))
            fed = at[self.fed_by[at] != SOURCE]
            np.add.at(wanted, self.fed_by[fed], self.size[fed])
            feeds[self.fed_by[fed]] = True
        is_free = fills & (self.fed_by == SOURCE)
        for level in network.levels():
            # What a node that rations nothing feeds is as good as fed by the source.
            freed = level[(self.fed_by[level] != SOURCE) & is_free[self.fed_by[level]]]
            self.fed_by[freed] = SOURCE
            is_free[freed] = fills[freed]
        if is_free.any():
            freely = np.repeat(is_free, np.diff(bound))
            self.node_group[is_free] = SETTLED
            self.edge = edges[~freely] if self.is_first else self._groups().within(self.edge)
            edges = edges[freely]
            np.add.at(self.given, network.leaf[edges], self.most[edges])
            self.flow[edges] = self.most[edges]

    def _settle(
        self,
        groups: Groups,
        found: FewEdges,
        ends: Flags,
        level: list[Fraction],
        left: Ints,
        lacks: Flags,
        has_more: Flags,
    ) -> None:
        """Keep what is found of groups that have what they want; a leaf that has more than its fraction makes it doubtful."""
        mine = np.flatnonzero(ends[self.node_group[self.network.node[found.edge]]])
        self.flow[found.edge[mine]] += found.flow[mine]
        number = np.full(len(ends) + 1, SETTLED)
        number[:-1][ends] = len(self.settled) + np.arange(int(ends.sum()))
        leaf_home, node_home = number[self.leaf_group], number[self.node_group]
        self.leaf_home = np.where(leaf_home == SETTLED, self.leaf_home, leaf_home)
        self.node_home = np.where(node_home == SETTLED, self.node_home, node_home)
        lacks = lacks & (leaf_home != SETTLED)
        over = np.flatnonzero((self.fed_by == SOURCE) & (node_home != SETTLED) & (self.size > found.passed))
        edge, flow = found.edge[mine], found.flow[mine]
        doubt = self._through_hubs(groups, found, ends, edge, flow, lacks, over)
        if doubt.any():
            # What was not tried may lead there.
            every = np.zeros(len(self.flow), np.int64)
            every[edge] = flow
            edge = groups.of_nodes(np.flatnonzero(np.append(doubt, False)[self.node_group]))
            doubt = self._through_hubs(groups, found, doubt, edge, every[edge], lacks, over)
        uneven = np.zeros(len(ends), np.bool_)
        uneven[self.leaf_group[has_more & (leaf_home != SETTLED)]] = True
        for group in np.flatnonzero(ends).tolist():
            is_all = level[group] == 1
            whole = is_all or not left[group]
            is_sure = is_all or not (uneven[group] or (doubt[group] and not whole))
            self.settled.append(Settled(level[group], 0 if whole else int(left[group]), is_sure))

    def _through_hubs(
        self, groups: Groups, found: FewEdges, ends: Flags, edge: Ints, flow: Ints, lacks: Flags, over: Ints
    ) -> Flags:
        """By group, whether what is left of it may not come to its hub, or not go on to a leaf of which the fraction is no whole amount.

        edge, flow: along which it could. lacks: such leaves; over: nodes that have something left.
        """
        hubs = hubs_of(groups, edge, flow, found.passed, ends, 4 * len(self.unmet))
        doubt = np.zeros(len(ends) + 1, np.bool_)
        doubt[self.leaf_group[lacks & ~hubs.leaf_after]] = True
        # What a node has left can go down to another of its fund from which more can come to the hub.
        spare = self.size - found.passed
        carries = np.where(hubs.node_before, UNLIMITED, 0)
        for level in reversed(self.network.levels()):
            fed = level[self.fed_by[level] != SOURCE]
            np.maximum.at(carries, self.fed_by[fed], np.minimum(spare[fed], carries[fed]))
        doubt[self.node_group[over[carries[over] < spare[over]]]] = True
        doubt[:-1] &= ends
        self.hubs = self.hubs.and_of(hubs.within(~doubt[self.leaf_group], ~doubt[self.node_group]))
        return doubt[:-1]

    def _part(self, found: FewEdges, ends: Flags, fills: Flags) -> None:
        """Close the groups at their end and divide those that lack something along the cut; what is reached can take more.

        fills: groups that were offered all; what is reached of them has all.
        """
        node_in, leaf_in, short = found.node_reached, found.leaf_reached, ~found.met
        node, leaf = self.network.node[found.edge], self.network.leaf[found.edge]
        parted = short[self.node_group[node]] & node_in[node]
        full = parted & fills[self.node_group[node]] & leaf_in[leaf]
        self.flow[found.edge[full]] += found.flow[full]
        self.edge = found.tried
        freed = self._along(found.edge[parted & ~leaf_in[leaf]], node_in, short)
        eased = node_in & np.append(short, False)[self.node_group]
        eased[freed] = True
        for below in self.network.levels():
            fed = below[self.fed_by[below] != SOURCE]
            eased[fed] |= eased[self.fed_by[fed]]
        self.eased = np.flatnonzero(eased)
        number, home = np.full((len(ends), 2), SETTLED), np.full(len(ends) + 1, SETTLED)
        is_rich: list[bool] = []
        for group in np.flatnonzero(~ends).tolist():
            if short[group]:
                number[group, 0] = len(is_rich)
                is_rich.append(False)
            if short[group] and fills[group]:
                home[group] = len(self.settled)
                self.settled.append(Settled(ONE, 0, True))
            else:
                number[group, int(short[group]) :] = len(is_rich)
                is_rich.append(self.is_rich[group])
        leaf_home, node_home = (
            np.where(leaf_in, home[self.leaf_group], SETTLED),
            np.where(node_in, home[self.node_group], SETTLED),
        )
        self.leaf_home = np.where(leaf_home == SETTLED, self.leaf_home, leaf_home)
        self.node_home = np.where(node_home == SETTLED, self.node_home, node_home)
        self.is_rich = is_rich
        self._number(number, node_in, leaf_in)

    def _along(self, crossing: Ints, node_in: Flags, short: Flags) -> Ints:
        """Give what crosses a cut of some groups, and let go of nodes that it parts from the one above: these."""
        np.add.at(self.given, self.network.leaf[crossing], self.most[crossing])
        self.flow[crossing] = self.most[crossing]
        self._spend(self.network.node[crossing], self.most[crossing])
        is_fed = (self.fed_by != SOURCE) & (self.node_group != SETTLED) & np.append(short, False)[self.node_group]
        freed = np.flatnonzero(is_fed & node_in[self.fed_by] & ~node_in)
        self._spend(self.fed_by[freed], self.size[freed])
        self.fed_by[freed] = SOURCE
        return freed

    def _spend(self, node: Ints, amount: Ints) -> None:
        """Take amounts that are given from now on out of the nodes they come through."""
        while len(node):
            np.subtract.at(self.size, node, amount)
            fed = self.fed_by[node] != SOURCE
            node, amount = self.fed_by[node[fed]], amount[fed]

    def _number(self, number: Ints, node_in: Flags, leaf_in: Flags) -> None:
        """Number the groups anew, by what they were and whether what is in them is reached."""
        number = np.concatenate([number, np.full((1, 2), SETTLED)])
        self.leaf_group = number[self.leaf_group, leaf_in.astype(np.int64)]
        self.node_group = number[self.node_group, node_in.astype(np.int64)]
        self._close_empty()
        self.edge = self._groups().within(self.edge)

    def _close_empty(self) -> None:
        """Let go of groups without leaves: of nodes that give all that they can."""
        count = len(self.is_rich)
        filled = np.bincount(self.leaf_group[self.leaf_group != SETTLED], minlength=count) > 0
        if filled.all():
            return
        number = np.append(np.where(filled, np.cumsum(filled) - 1, SETTLED), SETTLED)
        self.leaf_group, self.node_group = number[self.leaf_group], number[self.node_group]
        self.is_rich = [one for one, some in zip(self.is_rich, filled.tolist(), strict=True) if some]
