"""The max-min fair maximum flow as exact fractions of the unmet amounts.

What the leaves can receive together is a polymatroid: a set S of leaves gets at most ρ(S), the smallest cut that parts
it from the source, and ρ is submodular. In a polymatroid a vector to which nothing can be added is a base, that is, a
maximum flow; the lexicographically largest vector of fractions is such a vector (what could still be added to one leaf
would enlarge it), so *max-min fair implies maximum*, and the fractions are unique (Megiddo 1974, Fujishige 1980).

They are found by decomposition (Groenevelt 1991): offer every leaf of a group E the same fraction λ = ρ(E)/U(E). If all
of it flows, λ is their fraction. Otherwise a minimum cut parts the group into the leaves S that the money cannot fill
to λ and the rest, which can take more; the fractions of S are those of S alone, the fractions of the rest those of what
remains when S has all that it can get. Every fund then belongs to one of the two: a fund that the source still reaches
fills its edges into S to the cap (amounts *given* to S from then on), any other gives nothing to the rest. So the parts
share no edge, all groups of one depth are solved in one flow, and all money of a group can flow: ρ(E) is its sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from queries.coverage.max_flow import Arcs, reached_at_rational_demand
from queries.coverage.network import SOURCE, CoverageNetwork, Flags, Ints

SETTLED = -1


@dataclass(frozen=True, slots=True, eq=False)
class FairFractions:
    """By leaf, the fraction of its unmet amount that the fair maximum flow gives: `level[group[leaf]]`.

    A leaf without unmet amount has fraction 1: it lacks nothing.
    """

    level: tuple[Fraction, ...]
    group: Ints

    def of(self, leaf: int) -> Fraction:
        return self.level[int(self.group[leaf])]


def fair_fractions(network: CoverageNetwork) -> FairFractions:
    """The fraction of each leaf's unmet amount in the max-min fair maximum flow; every size must be stated.

    Cost: two or three maximum flows a depth over the edges still open; the depth is at most the number of distinct
    fractions and grows like its logarithm.
    """
    groups = _Groups(network)
    groups.fill()
    while groups.open:
        groups.descend()
    return FairFractions(tuple(groups.level), groups.level_of)


class _Groups:
    """The groups not yet settled: their leaves, the nodes that serve them, and what is already given to them."""

    def __init__(self, network: CoverageNetwork) -> None:
        self.unmet = network.unmet
        self.nodes, self.leaves = len(network.size), len(network.unmet)
        self.fed_by = network.fed_by.copy()
        self.size, cap = network.clipped()
        useful = np.flatnonzero((cap > 0) & (self.size[network.node] > 0))
        self.node, self.leaf, self.cap = network.node[useful], network.leaf[useful], cap[useful]
        self.given = np.zeros(self.leaves, np.int64)
        self.level = [Fraction(1), Fraction(0)]
        self.level_of = np.ones(self.leaves, np.int64)
        self.level_of[self.unmet == 0] = 0
        self.leaf_group = np.full(self.leaves, SETTLED, np.int64)
        self.leaf_group[self.leaf] = 0
        self.node_group = np.where(self.size > 0, 0, SETTLED)

    @property
    def open(self) -> bool:
        return bool(np.any(self.leaf_group != SETTLED))

    def fill(self) -> None:
        """Settle the leaves that get all they lack; the others, if any, are the first group."""
        if not self.open:
            return
        reached = self._reached([Fraction(1)], 0)
        self._part(reached)
        full = np.flatnonzero(self.leaf_group == 1)
        self.level_of[full] = 0
        self._settle(np.array([False, True]))

    def descend(self) -> None:
        """Solve one depth: every group is settled at its fraction, or falls into two."""
        self._give_freely()
        active = np.flatnonzero(self.leaf_group != SETTLED)
        count = np.bincount(self.leaf_group[active])
        unmet, supply = np.zeros(len(count), np.int64), np.zeros(len(count), np.int64)
        np.add.at(unmet, self.leaf_group[active], self.unmet[active])
        np.add.at(supply, self.leaf_group[active], self.given[active])
        roots = np.flatnonzero((self.fed_by == SOURCE) & (self.node_group != SETTLED))
        np.add.at(supply, self.node_group[roots], self.size[roots])
        fraction = [Fraction(of, over) for of, over in zip(supply.tolist(), unmet.tolist(), strict=True)]

        parted = count > 1
        if parted.any():
            common = max(int(count[group]) * fraction[group].denominator for group in np.flatnonzero(parted))
            reached = self._reached(fraction, common.bit_length())
            parted &= self._cuts_below(reached, fraction)
        whole = np.flatnonzero(~parted)
        number = np.zeros(len(count), np.int64)
        number[whole] = len(self.level) + np.arange(len(whole))
        self.level += [fraction[group] for group in whole]
        settled = active[~parted[self.leaf_group[active]]]
        self.level_of[settled] = number[self.leaf_group[settled]]
        self._settle(~parted)
        if parted.any():
            self._part(reached)

    def _give_freely(self) -> None:
        """Turn funds that can fill all their edges into amounts given: they ration nothing."""
        wanted = np.zeros(self.nodes, np.int64)
        np.add.at(wanted, self.node, self.cap)
        free = (self.fed_by == SOURCE) & (self.node_group != SETTLED) & (self.size >= wanted)
        free[self.fed_by[self.fed_by != SOURCE]] = False
        edges = free[self.node]
        np.add.at(self.given, self.leaf[edges], self.cap[edges])
        self.node_group[free] = SETTLED
        self._keep(~edges)

    def _reached(self, fraction: list[Fraction], digits: int) -> Flags:
        """The vertices (nodes, then leaves) that the source reaches when each leaf demands its group's fraction."""
        source, sink = self.nodes + self.leaves, self.nodes + self.leaves + 1
        open_nodes = self.node_group != SETTLED
        roots = np.flatnonzero((self.fed_by == SOURCE) & open_nodes)
        inner = np.flatnonzero((self.fed_by != SOURCE) & open_nodes)
        leaves = np.flatnonzero(self.leaf_group != SETTLED)
        given = leaves[self.given[leaves] > 0]
        arcs = Arcs(
            vertices=sink + 1,
            tail=np.concatenate(
                [
                    np.full(len(roots), source),
                    self.fed_by[inner],
                    np.full(len(given), source),
                    self.node,
                    self.nodes + leaves,
                ]
            ),
            head=np.concatenate(
                [
                    roots,
                    inner,
                    self.nodes + given,
                    self.nodes + self.leaf,
                    np.full(len(leaves), sink),
                ]
            ),
            capacity=np.concatenate(
                [
                    self.size[roots],
                    self.size[inner],
                    self.given[given],
                    self.cap,
                    np.zeros(len(leaves), np.int64),
                ]
            ),
        )
        demand = [
            (fraction[group].numerator * amount, fraction[group].denominator)
            for group, amount in zip(self.leaf_group[leaves].tolist(), self.unmet[leaves].tolist(), strict=True)
        ]
        return reached_at_rational_demand(arcs, demand, digits)[:source]

    def _cuts_below(self, reached: Flags, fraction: list[Fraction]) -> Flags:
        """Groups in which the unreached leaves get less than their fraction: ρ(S) < λ·U(S), exactly."""
        groups = len(fraction)
        supply, unmet, starved = (np.zeros(groups, np.int64) for _ in range(3))
        node_in, leaf_in = reached[: self.nodes], reached[self.nodes :]
        above_in = np.where(self.fed_by == SOURCE, True, node_in[self.fed_by])
        cut = np.flatnonzero(above_in & ~node_in & (self.node_group != SETTLED))
        np.add.at(supply, self.node_group[cut], self.size[cut])
        crossing = np.flatnonzero(node_in[self.node] & ~leaf_in[self.leaf])
        np.add.at(supply, self.leaf_group[self.leaf[crossing]], self.cap[crossing])
        low = np.flatnonzero(~leaf_in & (self.leaf_group != SETTLED))
        np.add.at(supply, self.leaf_group[low], self.given[low])
        np.add.at(unmet, self.leaf_group[low], self.unmet[low])
        np.add.at(starved, self.leaf_group[low], 1)
        return np.array(
            [
                bool(some) and of * level.denominator < level.numerator * over
                for some, of, over, level in zip(
                    starved.tolist(), supply.tolist(), unmet.tolist(), fraction, strict=True
                )
            ]
        )

    def _part(self, reached: Flags) -> None:
        """Divide each group along the cut: what is not reached becomes group 2·g, what is reached 2·g + 1."""
        node_in, leaf_in = reached[: self.nodes], reached[self.nodes :]
        crossing = np.flatnonzero(node_in[self.node] & ~leaf_in[self.leaf])
        np.add.at(self.given, self.leaf[crossing], self.cap[crossing])
        self._spend(self.node[crossing], self.cap[crossing])
        inner = self.fed_by != SOURCE
        freed = np.flatnonzero(inner & node_in[self.fed_by] & ~node_in & (self.node_group != SETTLED))
        self._spend(self.fed_by[freed], self.size[freed])
        self.fed_by[freed] = SOURCE
        self.leaf_group = np.where(self.leaf_group == SETTLED, SETTLED, 2 * self.leaf_group + leaf_in)
        self.node_group = np.where(self.node_group == SETTLED, SETTLED, 2 * self.node_group + node_in)
        self._keep(self.node_group[self.node] == self.leaf_group[self.leaf])

    def _spend(self, node: Ints, amount: Ints) -> None:
        """Take amounts that are given from now on out of the nodes they come through."""
        while len(node):
            np.subtract.at(self.size, node, amount)
            fed = self.fed_by[node] != SOURCE
            node, amount = self.fed_by[node[fed]], amount[fed]

    def _settle(self, groups: Flags) -> None:
        """Close the flagged groups and number the others from 0 on."""
        number = np.where(groups, SETTLED, np.cumsum(~groups) - 1)
        self.leaf_group = np.where(self.leaf_group == SETTLED, SETTLED, number[self.leaf_group])
        self.node_group = np.where(self.node_group == SETTLED, SETTLED, number[self.node_group])
        self._keep(self.leaf_group[self.leaf] != SETTLED)

    def _keep(self, edges: Flags) -> None:
        self.node, self.leaf, self.cap = self.node[edges], self.leaf[edges], self.cap[edges]
