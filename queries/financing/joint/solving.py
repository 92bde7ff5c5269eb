"""The largest amount that a programme brings, its cheapest mix, and the limits that stop the money."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from queries.financing.joint.flow import cheapest_flow, nearest_cut
from queries.financing.joint.integer import MOST_PATHS, Whole, filled, whole
from queries.financing.joint.linear import priced
from queries.financing.joint.network import network_of
from queries.financing.joint.programme import Allocation, Left, Programme, Row, SolveMethod


def solve(programme: Programme, left: Left, *, mix: bool = True, known: Sequence[int] = ()) -> Allocation:
    """The solution, exact where the programme is a flow, else as far as it is proven within the time `left`.

    `lower` is brought by `amounts`; `upper` is proven. What stops the money is the cut of a flow; else the full rows of which more raises
    the amount or, where that is not known, those that bound it. Paths in their order decide between equal mixes. `mix` False: any amounts
    that bring as much, and nothing about what stops them. `known` amounts that hold, where there are any: what is found is no worse.
    """
    stops: tuple[int, ...] = ()
    network = network_of(programme)
    if network is not None:
        flow = cheapest_flow(programme, network, any_cost=not mix)
        if flow is not None and (not programme.has_minimum or programme.holds(flow[0])):
            amounts, least_cost = flow
            if mix:
                stops = nearest_cut(programme, network, amounts)
            prices = _of_cut(programme, stops) if mix else ()
            return Allocation(amounts, SolveMethod.EXACT_FLOW, sum(amounts), least_cost, stops, prices)
    found = whole(programme, left, costs=mix, known=known)
    method = SolveMethod.EXACT_ENUM if found.proven else SolveMethod.BOUNDS
    if mix:
        stops = full_rows(programme, found.amounts)
        if found.proven and programme.size <= MOST_PATHS:
            stops = stopping_rows(programme, found, left)
        elif found.prices:
            stops = tuple(place for place in stops if found.prices[place])
    return Allocation(found.amounts, method, found.upper, found.least_cost, stops, found.prices)


def _of_cut(programme: Programme, stops: Sequence[int]) -> tuple[Fraction, ...]:
    """Prices by which the rows of a cut bound what flows."""
    cut = set(stops)
    near = [1 / (row.uniform or Row.ONE) if place in cut else Fraction(0) for place, row in enumerate(programme.rows)]
    return priced(programme, near)


def full_rows(programme: Programme, amounts: tuple[int, ...]) -> tuple[int, ...]:
    """The rows that have no room for one more 分 of some path on them."""
    return tuple(place for place, row in enumerate(programme.rows) if row.headroom - row.used(amounts) < row.most_drawn)


def stopping_rows(programme: Programme, found: Whole, left: Left) -> tuple[int, ...]:
    """The full rows of which each alone, with room for one 分 more, raises the amount.

    Where none does alone, a least set that does together, the rows nearest the source first to stay. Empty where no rows at all do.
    Cost: a solution for each row of which neither one more 分 on what is found nor the relaxation tells.
    """
    value = sum(found.amounts)
    full = full_rows(programme, found.amounts)

    def raises(places: frozenset[int]) -> bool:
        relaxed = programme.relaxed(places)
        if sum(filled(relaxed, found.amounts)) > value:
            return True
        return left() > 0 and sum(whole(relaxed, left, costs=False).amounts) > value

    def may_raise(place: int) -> bool:
        # Below a least amount a path brings nothing, which the relaxation does not know of its row.
        return found.vertex is None or programme.has_minimum or found.vertex.raised(programme, place) >= value + 1

    alone = tuple(place for place in full if may_raise(place) and raises(frozenset({place})))
    if alone:
        return alone
    kept = frozenset(full)
    if not raises(kept):
        return ()
    for place in sorted(full, key=lambda one: (programme.rows[one].rank, -one)):
        if raises(kept - {place}):
            kept -= {place}
    return tuple(sorted(kept))
