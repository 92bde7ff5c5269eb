"""Exact maximum flow: whole capacities in one 64-bit solution, rational ones digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow as solver

from graph.errors import LuoshuError
from queries.coverage.network import Flags, Ints

# The solver adds up capacities in 64 bits: everything that leaves one vertex stays two bits below.
BITS = 61


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Arcs of a flow network by column; `vertices` counts the vertices, of which the last two are source and sink."""

    vertices: int
    tail: Ints
    head: Ints
    capacity: Ints

    @property
    def source(self) -> int:
        return self.vertices - 2

    @property
    def sink(self) -> int:
        return self.vertices - 1


def max_flow(arcs: Arcs, bound: int) -> tuple[Ints, Flags]:
    """(flow by arc, the vertices that the source still reaches in the residual network) of a maximum flow.

    bound: at least the value of the flow, below 2⁶¹. The second part is the same for every maximum flow.
    """
    # One arc in front of the source keeps every excess within the bound, whatever the funds could give together.
    front = arcs.vertices
    flow = solver.SimpleMaxFlow()
    flow.add_arcs_with_capacity(
        np.append(arcs.tail, front).astype(np.int32),
        np.append(arcs.head, arcs.source).astype(np.int32),
        np.append(np.minimum(arcs.capacity, bound + 1), bound + 1),
    )
    status = flow.solve(front, arcs.sink)
    if status != solver.SimpleMaxFlow.Status.OPTIMAL:
        raise LuoshuError(f"The flow solver answered {status.name} on {len(arcs.tail)} arcs bounded by {bound}.")
    reached = np.zeros(arcs.vertices + 1, np.bool_)
    reached[flow.get_source_side_min_cut()] = True
    flows: Ints = np.asarray(flow.flows(np.arange(len(arcs.tail), dtype=np.int32)), np.int64)
    return flows, reached[:-1]


def reached_at_rational_demand(arcs: Arcs, demand: Sequence[tuple[int, int]], digits: int) -> Flags:
    """The vertices that the source reaches at a minimum cut, when some capacities are rational.

    arcs: the last len(demand) ones carry the rational capacities numerator / denominator, whose own `capacity` is not
    read; the others are whole. digits: the binary places after which demands are cut off.

    Each demand is lowered by less than 2^-digits, a cut of m of them by less than m·2^-digits. Values of cuts are
    multiples of 1/q if q is a common denominator: with 2^digits > m·q a minimum cut of the lowered network is one of
    the true network. Digits come in blocks: a block scales the residual network of the one before and augments by
    less than one old unit a demand, so larger residual capacities can be clipped and every block fits 64 bits.
    """
    whole = len(arcs.tail) - len(demand)
    value = sum(numerator // denominator for numerator, denominator in demand) + len(demand)
    shift = max(0, min(digits, BITS - 1 - value.bit_length()))
    quotients = [divmod(numerator << shift, denominator) for numerator, denominator in demand]
    largest = 1 << (BITS - 1 - shift)
    scaled = np.concatenate(
        [
            np.minimum(arcs.capacity[:whole], largest) << shift,
            np.array([quotient for quotient, _ in quotients], np.int64),
        ]
    )
    flow, reached = max_flow(Arcs(arcs.vertices, arcs.tail, arcs.head, scaled), value << shift)
    forward, backward = scaled - flow, flow
    grown = len(demand)
    block = BITS - (2 * grown).bit_length()
    while shift < digits:
        step = min(block, digits - shift)
        shift += step
        quotients = [
            divmod(rest << step, denominator) for (_, rest), (_, denominator) in zip(quotients, demand, strict=True)
        ]
        forward = np.minimum(forward, 2 * grown) << step
        backward = np.minimum(backward, 2 * grown) << step
        forward[whole:] += np.array([quotient for quotient, _ in quotients], np.int64)
        ahead, back = np.flatnonzero(forward), np.flatnonzero(backward)
        residual = Arcs(
            arcs.vertices,
            np.concatenate([arcs.tail[ahead], arcs.head[back]]),
            np.concatenate([arcs.head[ahead], arcs.tail[back]]),
            np.concatenate([forward[ahead], backward[back]]),
        )
        flow, reached = max_flow(residual, grown << step)
        forward[ahead] -= flow[: len(ahead)]
        backward[ahead] += flow[: len(ahead)]
        backward[back] -= flow[len(ahead) :]
        forward[back] += flow[len(ahead) :]
    return reached
