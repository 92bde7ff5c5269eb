"""Bounds of a programme of any size: looser limits that make a flow bound it from above, amounts that fit bound it from below."""

from __future__ import annotations

from queries.financing.joint.flow import cheapest_flow
from queries.financing.joint.network import crossing_rows, network_of
from queries.financing.joint.programme import Programme, Row


def looser(programme: Programme) -> Programme:
    """A programme that admits whatever this one does, and is a flow: each row draws its least of all, the crossing ones are left out."""
    rows = []
    for row in programme.rows:
        if row.uniform is None:
            row = Row(row.headroom, dict.fromkeys(row.draws, min(row.draws.values())), row.rank)
        rows.append(row)
    alike = Programme((*rows, *_own(programme)), programme.cost)
    left_out = crossing_rows(alike)
    return Programme(tuple(row for place, row in enumerate(alike.rows) if place not in left_out), programme.cost)


def _own(programme: Programme) -> list[Row]:
    """The most that each path can bring alone, as rows of their own: what is left out or loosened must not raise it."""
    return [Row(cap, {path: Row.ONE}) for path, cap in enumerate(programme.caps)]


def flow_bound(programme: Programme) -> tuple[int, tuple[int, ...]]:
    """(no more than this can be brought, amounts of a flow under looser limits)."""
    flow = looser(programme)
    network = network_of(flow)
    solved = None if network is None else cheapest_flow(flow, network, any_cost=True)
    if solved is None:
        return sum(programme.caps), programme.caps
    return sum(solved[0]), solved[0]
