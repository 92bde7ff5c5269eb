"""What some leaves could get if they were served before all others: the smallest cut that parts them from the source."""

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
    nodes = network.with_those_above(network.node[edges])
    number = np.full(len(network.size), -1)
    number[nodes] = np.arange(len(nodes))
    ends, end = np.unique(network.leaf[edges], return_inverse=True)
    source, total = len(nodes) + len(ends), int(network.unmet[ends].sum())
    above = network.fed_by[nodes]
    arcs = Arcs(
        vertices=source + 2,
        tail=np.concatenate(
            [
                np.where(above == SOURCE, source, number[above]),
                number[network.node[edges]],
                len(nodes) + np.arange(len(ends)),
            ]
        ),
        head=np.concatenate([np.arange(len(nodes)), len(nodes) + end, np.full(len(ends), source + 1)]),
        capacity=np.concatenate([np.minimum(network.size[nodes], total), cap, network.unmet[ends]]),
    )
    carried, _ = max_flow(arcs, total)
    return int(carried[-len(ends) :].sum())
