"""A maximum flow and its cut, found on few of the edges: an edge that could carry more than its leaf wants is seldom needed.

Edges that may bind are all there, of the others some of each node. Where the source reaches a node from which an edge left out
leads to a leaf that it does not reach, such edges come in and the flow is found again; without one, the cut is that of all edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from queries.coverage.max_flow import Arcs, max_flow
from queries.coverage.network import SOURCE, SPREAD, Flags, Ints, spans

OF_A_NODE = 40
"""Edges of a node that are tried first, beside those that may bind."""
INTO_A_LEAF = 8
"""Edges into a leaf that come in at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Parts of a network that share no edge, each to be solved by itself.

    fed_by, size: by node. node_group, leaf_group: -1 where settled; an edge is of the group that both its ends are of. node, leaf, cap:
    all edges, by node; start: where those of each node begin.
    """

    fed_by: Ints
    size: Ints
    node_group: Ints
    leaf_group: Ints
    node: Ints
    leaf: Ints
    cap: Ints
    start: Ints

    def of_nodes(self, nodes: Ints) -> Ints:
        """The edges of some nodes within their groups that can carry anything."""
        return self._to(nodes, self.leaf_group)

    def out_of(self, nodes: Ints, leaves: Flags) -> Ints:
        """Those of them that lead to some of the leaves."""
        return self._to(nodes, np.where(leaves, self.leaf_group, -1))

    def _to(self, nodes: Ints, group: Ints) -> Ints:
        nodes = nodes[self.node_group[nodes] >= 0]
        edges = spans(self.start, nodes)
        own = np.repeat(self.node_group[nodes].astype(np.int32), self.start[nodes + 1] - self.start[nodes])
        edges = edges[group.astype(np.int32)[self.leaf[edges]] == own]
        return np.asarray(edges[self.cap[edges] > 0], np.int64)

    def within(self, edges: Ints) -> Ints:
        """Of some edges those that are still within a group."""
        group = self.node_group[self.node[edges]]
        return np.asarray(edges[(group >= 0) & (group == self.leaf_group[self.leaf[edges]])], np.int64)

    def likely(self, edges: Ints, wanted: Ints) -> Ints:
        """Of edges within groups, by node, those to try first where leaves want so much."""
        bound = np.searchsorted(edges, self.start)
        most = wanted[self.leaf[edges]]
        wants = most > 0
        chosen = self.cap[edges] < np.minimum(most, np.repeat(self.size, np.diff(bound)), out=most)
        chosen[_some(bound)] = True
        chosen &= wants
        return edges[chosen]


@dataclass(frozen=True, slots=True, eq=False)
class FewEdges:
    """A flow on some edges. tried: those that are worth trying again. passed: by node, what comes into it; met: by group, whether each
    leaf has what it wants.

    node_reached, leaf_reached: what the source reaches; of all edges in groups that are not met.
    """

    edge: Ints
    flow: Ints
    tried: Ints
    passed: Ints
    met: Flags
    node_reached: Flags
    leaf_reached: Flags


def flow_over_few(groups: Groups, wanted: Ints, count: int, tried: Ints) -> FewEdges:
    """A maximum flow to leaves that each want so much (分 by leaf; below 0: it has more than that already).

    tried: edges within groups to begin with.
    """
    nodes, leaves = len(groups.size), len(wanted)
    open_nodes = groups.node_group >= 0
    root = np.flatnonzero((groups.fed_by == SOURCE) & open_nodes)
    inner = np.flatnonzero((groups.fed_by != SOURCE) & open_nodes)
    ends = np.flatnonzero((wanted > 0) & (groups.leaf_group >= 0))
    asked = np.where(wanted > 0, wanted, 0)
    source, total = nodes + leaves, int(asked[ends].sum())
    demand = np.zeros(count, np.int64)
    np.add.at(demand, groups.leaf_group[ends], asked[ends])
    is_tried = np.zeros(len(groups.node), np.bool_)
    is_tried[tried] = True
    edge = tried[asked[groups.leaf[tried]] > 0]
    # The arcs out of the source and into the sink come first: there is no going back along them.
    fixed = len(root) + len(ends)
    tail = np.concatenate([np.full(len(root), source), nodes + ends, groups.fed_by[inner]])
    head = np.concatenate([root, np.full(len(ends), source + 1), inner])
    room = np.concatenate([groups.size[root], asked[ends], groups.size[inner]])
    carried = np.zeros(len(tail), np.int64)
    new = edge
    while True:
        tail, head = np.append(tail, groups.node[new]), np.append(head, nodes + groups.leaf[new])
        room, carried = np.append(room, groups.cap[new]), np.append(carried, np.zeros(len(new), np.int64))
        ahead, back = np.flatnonzero(room), fixed + np.flatnonzero(carried[fixed:])
        arcs = Arcs(
            vertices=source + 2,
            tail=np.append(tail[ahead], head[back]),
            head=np.append(head[ahead], tail[back]),
            capacity=np.append(room[ahead], carried[back]),
        )
        more, reached = max_flow(arcs, total - int(carried[len(root) : fixed].sum()))
        gained = np.zeros(len(tail), np.int64)
        gained[ahead] = more[: len(ahead)]
        gained[back] -= more[len(ahead) :]
        carried, room = carried + gained, room - gained
        got = np.zeros(count, np.int64)
        np.add.at(got, groups.leaf_group[ends], carried[len(root) : fixed])
        met = got == demand
        node_reached, leaf_reached = reached[:nodes], reached[nodes:source].copy()
        leaf_reached[wanted < 0] = True
        # What is left out leads only to leaves that are reached, in every group that lacks something.
        short = np.append(~met, False)
        lacking = groups.out_of(np.flatnonzero(node_reached & short[groups.node_group]), ~leaf_reached)
        wants = asked[groups.leaf[lacking]] > 0
        new = lacking[wants & ~is_tried[lacking]]
        if not len(new):
            # A leaf that wants nothing takes whatever comes.
            leaf_reached[groups.leaf[lacking[~wants]]] = True
            break
        # Scattered, so that of many edges some of each part are taken.
        into = np.bincount(groups.leaf[new], minlength=leaves)
        scattered = (new * SPREAD) & 0xFFFFF
        comes_in = scattered * into[groups.leaf[new]] < INTO_A_LEAF << 20
        one = np.full(leaves, -1)
        one[groups.leaf[new]] = np.arange(len(new))
        comes_in[one[one >= 0]] = True
        new = new[comes_in]
        is_tried[new] = True
        tried, edge = np.concatenate([tried, new]), np.concatenate([edge, new])
    passed = np.zeros(nodes, np.int64)
    passed[root], passed[inner] = carried[: len(root)], carried[fixed : fixed + len(inner)]
    flow = carried[fixed + len(inner) :]
    return FewEdges(edge, flow, tried, passed, met, node_reached, leaf_reached)


def _some(start: Ints) -> Ints:
    """Places of at most `OF_A_NODE` edges of each node, evenly apart, from another place on for each."""
    count = np.diff(start)
    taken = np.minimum(count, OF_A_NODE)
    node = np.repeat(np.arange(len(count)), taken)
    number = np.arange(len(node)) - np.repeat(np.cumsum(taken) - taken, taken)
    offset = (node * SPREAD) % np.maximum(count, 1)[node]
    return np.asarray(start[:-1][node] + (offset + number * count[node] // taken[node]) % count[node], np.int64)
