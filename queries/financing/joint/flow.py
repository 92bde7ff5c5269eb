"""The maximum flow of least cost on a programme's network, in whole 分, and its minimum cut nearest the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from graph.errors import LuoshuError
from queries.financing.joint.network import SINK, SOURCE, Network
from queries.financing.joint.programme import Programme
from queries.ratios import Ints

LARGEST: Final = 2**60
"""Amounts and scaled costs above this are left to exact integers: the solvers count in 64 bits."""


def largest_flow(tail: Ints, head: Ints, capacity: Ints, source: int, sink: int) -> tuple[int, Ints]:
    """(value, flow by arc) of a maximum flow.

    Capacities are within `LARGEST`, and so is the value. Raises LuoshuError where the solver does not finish.
    """
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tail.astype(np.int32), head.astype(np.int32), capacity)
    status = solver.solve(source, sink)
    if status != solver.Status.OPTIMAL:
        raise LuoshuError(f"the flow solver answered {status.name} on {len(tail)} arcs")
    flows: Ints = np.asarray(solver.flows(np.arange(len(tail), dtype=np.int32)), np.int64)
    return solver.optimal_flow(), flows


def cheapest_flow(
    programme: Programme, network: Network, *, any_cost: bool = False
) -> tuple[tuple[int, ...], bool] | None:
    """(the amounts by path, whether no cheaper ones bring as much) of a maximum flow; None where 64 bits do not hold it.

    Of flows of equal cost that with the least Σ place·amount, as far as 64 bits hold it. `any_cost`: costs do not matter.
    """
    if not programme.size:
        return (), True
    caps = [min(capacity, LARGEST) for capacity in network.capacity]
    if sum(caps[len(network.rows) :]) > LARGEST:
        return None
    tail, head = np.array(network.tail), np.array(network.head)
    capacity = np.array(caps, np.int64)
    value, flows = largest_flow(tail, head, capacity, SOURCE, SINK)
    costs = None if any_cost else _scaled(programme, network)
    if costs is not None and value:
        unit = np.array([0] * len(network.rows) + costs, np.int64)
        flows = cheapest_of(tail, head, capacity, unit, SOURCE, SINK, value)
    amounts = tuple(flows[len(network.rows) :].tolist())
    return amounts, costs is not None or len(set(programme.cost)) == 1


def cheapest_of(tail: Ints, head: Ints, capacity: Ints, cost: Ints, source: int, sink: int, value: int) -> Ints:
    """The flow by arc of least cost among those of this value, which is not above the maximum.

    Costs times twice the square of the vertices are within `LARGEST`. Raises LuoshuError where the solver does not finish.
    """
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), capacity, cost)
    solver.set_node_supply(source, value)
    solver.set_node_supply(sink, -value)
    status = solver.solve()
    if status != solver.Status.OPTIMAL:
        raise LuoshuError(f"the flow solver answered {status.name} on {len(tail)} arcs")
    return np.asarray(solver.flows(arcs), np.int64)


def _scaled(programme: Programme, network: Network) -> list[int] | None:
    """Costs from 0, with the place in the last digits if 64 bits hold them; None where they do not hold the costs alone."""
    base = min(programme.cost)
    largest = max(programme.cost) - base
    # The solver multiplies costs by the number of vertices and sums them along a way.
    room = LARGEST // (2 * network.vertices * network.vertices)
    places = programme.size**2 + 1
    if largest * places + programme.size <= room:
        return [(cost - base) * places + place for place, cost in enumerate(programme.cost)]
    return [cost - base for cost in programme.cost] if largest <= room else None


def nearest_cut(programme: Programme, network: Network, amounts: Sequence[int]) -> tuple[int, ...]:
    """The rows of the minimum cut nearest the source of a maximum flow; empty where nothing flows because there is no path."""
    flow = [*(sum(amounts[path] for path in programme.rows[place].draws) for place in network.rows), *amounts]
    ends = list(zip(network.tail, network.head, strict=True))
    onward: list[list[int]] = [[] for _ in range(network.vertices)]
    for (tail, head), carried, capacity in zip(ends, flow, network.capacity, strict=True):
        if carried < capacity:
            onward[tail].append(head)
        if carried:
            onward[head].append(tail)
    reached = {SOURCE}
    waiting = [SOURCE]
    while waiting:
        fresh = set(onward[waiting.pop()]) - reached
        reached |= fresh
        waiting += fresh
    first = len(network.rows)
    found: set[int] = set()
    for arc, (tail, head) in enumerate(ends):
        if tail not in reached or head in reached:
            continue
        if arc < first:
            found.add(network.rows[arc])
        elif network.own[arc - first]:
            found.add(_binding(programme, network, arc - first))
    return tuple(sorted(found))


def _binding(programme: Programme, network: Network, path: int) -> int:
    """The row of a path's own that admits the least; of equal ones that nearest the source."""
    return min(network.own[path], key=lambda place: programme.rows[place].admits(path))
