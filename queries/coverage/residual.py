"""A flow on a coverage network and what its residual network still allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from queries.coverage.max_flow import Arcs, max_flow
from queries.coverage.network import SOURCE, CoverageNetwork, Flags, Ints, spans


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """A flow that gives each leaf a certain amount, and the room that it leaves.

    passed, spare: by node, what the arc into it carries and still takes. flow: by edge what it carries.
    Two flows that give the leaves the same amounts differ by circulations only, so what reaches what does not depend on
    which of them was found; the amounts on single edges do.
    """

    network: CoverageNetwork
    passed: Ints
    spare: Ints
    flow: Ints

    @property
    def room(self) -> Ints:
        """By edge, what it still takes. Cost: a pass over all edges; of some of them see `room_of`."""
        return self.network.cap - self.flow

    def room_of(self, edges: Ints) -> Ints:
        """What some edges still take."""
        return np.asarray(self.network.cap[edges] - self.flow[edges], np.int64)

    @property
    def amount(self) -> Ints:
        """What each leaf gets."""
        amount, carrying = np.zeros(len(self.network.unmet), np.int64), np.flatnonzero(self.flow)
        np.add.at(amount, self.network.leaf[carrying], self.flow[carrying])
        return amount

    def from_source(self) -> tuple[Flags, Flags]:
        """(nodes, leaves) that could be given more while every other leaf keeps what it has."""
        return self._reach((self.network.fed_by == SOURCE) & (self.spare > 0))

    def from_fund(self, fund: int) -> Flags:
        """The leaves that more money in this fund could reach."""
        start = np.zeros(len(self.spare), np.bool_)
        start[fund] = True
        return self._reach(start)[1]

    def to_leaves(self, leaves: Flags) -> Flags:
        """The nodes from which more money could reach one of these leaves."""
        return self.before(leaves)[0]

    def before(self, leaves: Flags, least: int = 1) -> tuple[Flags, Flags]:
        """(nodes, leaves) from which one of these leaves is reached along arcs that each still take `least`, themselves included."""
        network, leaves = self.network, leaves.copy()
        nodes = np.zeros(len(self.spare), np.bool_)
        inner = np.flatnonzero(network.fed_by != SOURCE)
        above = network.fed_by[inner]
        known, has_room = -1, self.room >= least
        while known < (known := int(nodes.sum()) + int(leaves.sum())):
            nodes[network.node[leaves[network.leaf] & has_room]] = True
            nodes[above[nodes[inner] & (self.spare[inner] >= least)]] = True
            nodes[inner[nodes[above] & (self.passed[inner] >= least)]] = True
            leaves[network.leaf[nodes[network.node] & (self.flow >= least)]] = True
        return nodes, leaves

    def _reach(self, nodes: Flags) -> tuple[Flags, Flags]:
        network = self.network
        leaves = np.zeros(len(network.unmet), np.bool_)
        start = np.searchsorted(network.node, np.arange(len(nodes) + 1))
        inner = np.flatnonzero(network.fed_by != SOURCE)
        above = network.fed_by[inner]
        down, up = self.spare[inner] > 0, self.passed[inner] > 0
        carrying = np.flatnonzero(self.flow)
        giver, taker = network.node[carrying], network.leaf[carrying]
        done = np.zeros(len(nodes), np.bool_)
        while len(new := np.flatnonzero(nodes & ~done)):
            done[new] = True
            edges = spans(start, new)
            leaves[network.leaf[edges[self.room_of(edges) > 0]]] = True
            nodes[giver[leaves[taker]]] = True
            nodes[inner[nodes[above] & down]] = True
            nodes[above[nodes[inner] & up]] = True
        return nodes, leaves

    def raised(self, leaves: Ints, among: Ints | None = None) -> Residual:
        """This flow after as many of the leaves as possible got one 分 more each; none gets less.

        among: the edges on which it may change; left out: all.
        """
        network = self.network
        edges = np.arange(len(network.cap)) if among is None else among
        nodes = len(network.size)
        source, sink = nodes + len(network.unmet), nodes + len(network.unmet) + 1
        root = np.flatnonzero(network.fed_by == SOURCE)
        inner = np.flatnonzero(network.fed_by != SOURCE)
        up = np.concatenate([network.fed_by[inner], network.node[edges]])
        down = np.concatenate([inner, nodes + network.leaf[edges]])
        room = np.concatenate([self.spare[inner], self.room_of(edges)])
        flow = np.concatenate([self.passed[inner], self.flow[edges]])
        ahead, back = np.flatnonzero(room), np.flatnonzero(flow)
        one = np.ones(len(leaves), np.int64)
        arcs = Arcs(
            vertices=sink + 1,
            tail=np.concatenate([np.full(len(root), source), up[ahead], down[back], nodes + leaves]),
            head=np.concatenate([root, down[ahead], up[back], np.full(len(leaves), sink)]),
            capacity=np.concatenate([self.spare[root], room[ahead], flow[back], one]),
        )
        carried, _ = max_flow(arcs, len(leaves))
        at_root, rest = np.split(carried, [len(root)])
        gained = np.zeros(len(up), np.int64)
        gained[ahead] += rest[: len(ahead)]
        gained[back] -= rest[len(ahead) : len(ahead) + len(back)]
        more = np.zeros(nodes, np.int64)
        more[root], more[inner] = at_root, gained[: len(inner)]
        flow = self.flow.copy()
        flow[edges] += gained[len(inner) :]
        return Residual(network, self.passed + more, self.spare - more, flow)


def flow_of(network: CoverageNetwork, amount: Ints) -> Residual:
    """A flow that gives each leaf at most `amount`, as much as can flow together; every size must be stated."""
    nodes, leaves = len(network.size), len(network.unmet)
    source, sink = nodes + leaves, nodes + leaves + 1
    size, cap = network.clipped()
    useful = np.flatnonzero((cap > 0) & (size[network.node] > 0) & (amount[network.leaf] > 0))
    arcs = Arcs(
        vertices=sink + 1,
        tail=np.concatenate(
            [
                np.where(network.fed_by == SOURCE, source, network.fed_by),
                network.node[useful],
                nodes + np.arange(leaves),
            ]
        ),
        head=np.concatenate([np.arange(nodes), nodes + network.leaf[useful], np.full(leaves, sink)]),
        capacity=np.concatenate([size, cap[useful], amount]),
    )
    carried, _ = max_flow(arcs, int(amount.sum()))
    flow = np.zeros(len(network.cap), np.int64)
    flow[useful] = carried[nodes : nodes + len(useful)]
    passed = carried[:nodes]
    return Residual(network, passed, network.size - passed, flow)
