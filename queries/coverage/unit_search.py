"""One 分 for one leaf: a search of the residual network, backwards from the leaf to money."""

from __future__ import annotations

import numpy as np

from queries.coverage.network import SOURCE, Flags, Ints, LeafEdges, spans
from queries.coverage.residual import Residual

NONE = -1


class UnitSearch:
    """Keeps the best choice of leaves that have one 分 above, while further leaves are offered one.

    The sets of leaves that can have it together are the independent sets of a matroid. A leaf that is offered it joins
    the choice; if that is too much, the last in order of those it could take it from, itself included, goes without.
    So the choice stays the one that serves the first in order wherever it can, whatever the order of the offers.
    """

    def __init__(self, start: Residual, place: Ints, served: Flags) -> None:
        """`place` the order of service by leaf, -1 without a claim; `served` who has the 分 above in `start`."""
        network = self.network = start.network
        self.place, self.served = place, served.copy()
        self.passed, self.spare = start.passed.copy(), start.spare.copy()
        self.flow, self.room = start.flow.copy(), start.room
        nodes, leaves = len(network.size), len(network.unmet)
        into = LeafEdges.of(network)
        self.by_leaf, self.leaf_start = into.order, into.start
        self.node_start = np.searchsorted(network.node, np.arange(nodes + 1))
        self.inner = np.flatnonzero(network.fed_by != SOURCE)
        # No money reaches these any more, and none will: a path to them would have to enter a set that no arc with room
        # leads into.
        self.dry_node, self.dry_leaf = np.zeros(nodes, np.bool_), np.zeros(leaves, np.bool_)

    @property
    def latest(self) -> int:
        """The last place in order that is served."""
        return int(self.place[self.served].max(initial=NONE))

    def result(self) -> Residual:
        """The flow of the present choice."""
        return Residual(self.network, self.passed, self.spare, self.flow)

    def offer(self, target: int) -> bool:
        """Offer a leaf the 分; True where the flow grows by it.

        Cost: at most once the part of the residual network from which the leaf can be reached.
        """
        is_last = bool(self.place[target] > self.latest)
        if is_last and self.dry_leaf[target]:
            return False
        nodes, leaves = len(self.dry_node), len(self.dry_leaf)
        seen_node = self.dry_node.copy() if is_last else np.zeros(nodes, np.bool_)
        seen_leaf = self.dry_leaf.copy() if is_last else np.zeros(leaves, np.bool_)
        trail = _Trail(np.full(nodes, NONE), np.full(nodes, NONE), np.full(leaves, NONE))
        rich = self._search(target, seen_node, seen_leaf, trail)
        if rich != NONE:
            self.spare[rich] -= 1
            self.passed[rich] += 1
            self._pass_on(rich, target, trail)
            self.served[target] = True
            return True
        self.dry_node |= seen_node
        self.dry_leaf |= seen_leaf
        if not is_last:
            givers = np.flatnonzero(seen_leaf & self.served)
            if len(givers) and self.place[giver := int(givers[self.place[givers].argmax()])] > self.place[target]:
                self.served[target], self.served[giver] = True, False
                self._pass_on(self._take_back(trail.lent[giver]), target, trail)
        return False

    def _search(self, target: int, seen_node: Flags, seen_leaf: Flags, trail: _Trail) -> int:
        """The first fund found that has money for the target, or NONE when all is seen that could lead to it."""
        network = self.network
        seen_leaf[target] = True
        leaves = np.array([target], np.int64)
        while len(leaves):
            edges = self.by_leaf[spans(self.leaf_start, leaves)]
            edges = edges[(self.room[edges] > 0) & ~seen_node[network.node[edges]]]
            trail.edge[network.node[edges]] = edges
            nodes = np.unique(network.node[edges])
            seen_node[nodes] = True
            nodes = self._along_caps(nodes, seen_node, trail)
            rich = nodes[(network.fed_by[nodes] == SOURCE) & (self.spare[nodes] > 0)]
            if len(rich):
                return int(rich[0])
            edges = spans(self.node_start, nodes)
            edges = edges[(self.flow[edges] > 0) & ~seen_leaf[network.leaf[edges]]]
            trail.lent[network.leaf[edges]] = edges
            leaves = np.unique(network.leaf[edges])
            seen_leaf[leaves] = True
        return NONE

    def _along_caps(self, nodes: Ints, seen: Flags, trail: _Trail) -> Ints:
        """These nodes and those that shared caps tie to them."""
        found, new = [nodes], nodes
        while len(self.inner) and len(new):
            is_new = np.zeros(len(seen), np.bool_)
            is_new[new] = True
            above = self.network.fed_by[self.inner]
            up = self.inner[is_new[self.inner] & (self.spare[self.inner] > 0) & ~seen[above]]
            trail.child[self.network.fed_by[up]] = up
            down = self.inner[is_new[above] & (self.passed[self.inner] > 0) & ~seen[self.inner]]
            new = np.unique(np.concatenate([self.network.fed_by[up], down]))
            seen[new] = True
            found.append(new)
        return np.concatenate(found)

    def _pass_on(self, node: int, target: int, trail: _Trail) -> None:
        """Move one 分 from a node to the target along the trail."""
        while True:
            if (edge := trail.edge[node]) != NONE:
                self.flow[edge] += 1
                self.room[edge] -= 1
                leaf = self.network.leaf[edge]
                if leaf == target:
                    return
                node = self._take_back(trail.lent[leaf])
            elif (child := int(trail.child[node])) != NONE:
                self.passed[child] += 1
                self.spare[child] -= 1
                node = child
            else:
                self.passed[node] -= 1
                self.spare[node] += 1
                node = int(self.network.fed_by[node])

    def _take_back(self, edge: int) -> int:
        self.flow[edge] -= 1
        self.room[edge] += 1
        return int(self.network.node[edge])


class _Trail:
    """How a 分 would go on: from a node into `edge` or down to `child` (else up), from a leaf back through `lent`."""

    def __init__(self, edge: Ints, child: Ints, lent: Ints) -> None:
        self.edge, self.child, self.lent = edge, child, lent
