"""How money moves within settled groups: from where a few 分 can come to one leaf of each, its hub, and to where they go on from it.

Only arcs that take more than all 分 that rounding leaves are walked, so that whatever is to be moved can be moved at once. Two walks over
the edges of a flow, all groups together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from queries.coverage.few_edges import Groups
from queries.coverage.network import SOURCE, Flags, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Hubs:
    """By node and leaf, whether it can take from the hub of its group (after) and give to it (before).

    edges: those walked.
    """

    node_after: Flags
    leaf_after: Flags
    node_before: Flags
    leaf_before: Flags
    edges: tuple[Ints, ...]

    @classmethod
    def none(cls, nodes: int, leaves: int) -> Hubs:
        """Of no group."""
        no_node, no_leaf = np.zeros(nodes, np.bool_), np.zeros(leaves, np.bool_)
        return cls(no_node, no_leaf, no_node, no_leaf, ())

    def and_of(self, other: Hubs) -> Hubs:
        """Of these groups and others."""
        return Hubs(
            self.node_after | other.node_after,
            self.leaf_after | other.leaf_after,
            self.node_before | other.node_before,
            self.leaf_before | other.leaf_before,
            self.edges + other.edges,
        )

    def within(self, leaves: Flags, nodes: Flags) -> Hubs:
        """Of these leaves and nodes alone."""
        return Hubs(
            self.node_after & nodes,
            self.leaf_after & leaves,
            self.node_before & nodes,
            self.leaf_before & leaves,
            self.edges,
        )


def hubs_of(groups: Groups, edge: Ints, flow: Ints, passed: Ints, ends: Flags, least: int) -> Hubs:
    """Of the groups at their end.

    edge, flow: some of their edges, and what each carries; passed: what comes into each node; least: 分 that an arc must take.
    """
    node, leaf = groups.node[edge], groups.leaf[edge]
    lends, takes = np.flatnonzero(flow >= least), np.flatnonzero(groups.cap[edge] - flow >= least)
    mine = np.append(ends, False)
    inner = np.flatnonzero((groups.fed_by != SOURCE) & mine[groups.node_group])
    above = groups.fed_by[inner]
    up = passed[inner] >= least
    down = groups.size[inner] - passed[inner] >= least
    leaves = np.flatnonzero(mine[groups.leaf_group])
    hub = np.full(len(ends), -1)
    hub[groups.leaf_group[leaves]] = leaves
    hub[groups.leaf_group[leaf[lends]]] = leaf[lends]
    # Best one that can lend and take along one edge: it is in the midst of its group.
    both = np.intersect1d(lends, takes, assume_unique=True)
    hub[groups.leaf_group[leaf[both]]] = leaf[both]
    hub = hub[hub >= 0]

    def walk(to_node: Ints, to_leaf: Ints, rises: Flags, sinks: Flags) -> tuple[Flags, Flags, list[Ints]]:
        """From the hubs along some edges to nodes and along others to leaves; `rises` from a node to the one above it, `sinks` back."""
        at_node, at_leaf = np.zeros(len(groups.size), np.bool_), np.zeros(len(groups.leaf_group), np.bool_)
        at_leaf[hub] = True
        used = []
        while True:
            new = to_node[at_leaf[leaf[to_node]] & ~at_node[node[to_node]]]
            first = _one_each(node, new, len(at_node))
            at_node[node[first]] = True
            while len(inner):
                higher = above[at_node[inner] & rises & ~at_node[above]]
                lower = inner[at_node[above] & sinks & ~at_node[inner]]
                if not len(higher) and not len(lower):
                    break
                at_node[higher] = True
                at_node[lower] = True
            more = to_leaf[at_node[node[to_leaf]] & ~at_leaf[leaf[to_leaf]]]
            second = _one_each(leaf, more, len(at_leaf))
            at_leaf[leaf[second]] = True
            used += [edge[first], edge[second]]
            if not len(second):
                return at_node, at_leaf, used

    node_after, leaf_after, used = walk(lends, takes, up, down)
    node_before, leaf_before, others = walk(takes, lends, down, up)
    return Hubs(node_after, leaf_after, node_before, leaf_before, (*used, *others))


def _one_each(end: Ints, edges: Ints, ends: int) -> Ints:
    """One of these edges for each end that any of them has."""
    found = np.full(ends, -1)
    found[end[edges]] = edges
    return np.asarray(found[found >= 0], np.int64)
