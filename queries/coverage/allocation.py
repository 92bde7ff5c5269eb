"""What comes straight down from the source to some leaves: the smallest cut that parts them from it."""

from __future__ import annotations

import numpy as np

from queries.coverage.max_flow import Arcs, max_flow
from queries.coverage.network import SOURCE, CoverageNetwork, Ints, LeafEdges


def max_allocatable(network: CoverageNetwork, into: LeafEdges, leaves: Ints) -> int:
    """The maximum flow into these leaves alone, 分; every size must be stated. Cost: a flow over the edges into them."""
    edges = into.into(leaves)
    cap = np.minimum(network.cap[edges], network.unmet[network.leaf[edges]])
    edges, cap = edges[cap > 0], cap[cap > 0]
    if not len(edges):
        return 0
    ends, end = np.unique(network.leaf[edges], return_inverse=True)
    return int(given_down(network, network.size, edges, cap, end, network.unmet[ends]).sum())


def given_down(network: CoverageNetwork, size: Ints, edges: Ints, cap: Ints, end: Ints, wanted: Ints) -> Ints:
    """What each of some ends gets of what it wants, 分, by a maximum flow from the source over some edges and the nodes above them.

    size: the most that each node of the network passes on. cap, end: by edge, the most that it carries, and the place of its end.
    """
    nodes = network.with_those_above(network.node[edges])
    number = np.full(len(network.size), -1)
    number[nodes] = np.arange(len(nodes))
    source, total = len(nodes) + len(wanted), int(wanted.sum())
    above = network.fed_by[nodes]
    arcs = Arcs(
        vertices=source + 2,
        tail=np.concatenate(
            [
                np.where(above == SOURCE, source, number[above]),
                number[network.node[edges]],
                len(nodes) + np.arange(len(wanted)),
            ]
        ),
        head=np.concatenate([np.arange(len(nodes)), len(nodes) + end, np.full(len(wanted), source + 1)]),
        capacity=np.concatenate([np.minimum(size[nodes], total), cap, wanted]),
    )
    return max_flow(arcs, total)[0][-len(wanted) :]
