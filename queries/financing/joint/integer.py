"""A programme in whole 分 that is no flow: the relaxation bounds it from above, whole amounts near its vertex and CP-SAT from below.

CP-SAT counts in 64 bits. Where a limit's coefficients times whole amounts leave them, only the steps from the vertex are searched; what
comes out is checked in exact integers either way, and what is not proven is said to be so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from queries.financing.joint.bounds import flow_bound
from queries.financing.joint.linear import bound_of, linear, priced
from queries.financing.joint.programme import Left, Programme
from queries.financing.joint.simplex import Relaxed, relaxation

BOX: Final = 48
"""How many 分 a path's whole amount may lie away from the vertex in the first search."""
MOST_PATHS: Final = 256
"""Paths up to which whole amounts are searched for."""
MOST_CELLS: Final = 1_500
"""Rows × paths up to which the relaxation is solved exactly; beyond, in floats, of which only what they prove is used."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole amounts that hold, the proven bound of their sum, and whether no cheaper ones bring as much; `vertex` of the relaxation.

    `prices` as in `Allocation`.
    """

    amounts: tuple[int, ...]
    upper: int
    least_cost: bool
    vertex: Relaxed | None = None
    prices: tuple[Fraction, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether no more can be brought."""
        return sum(self.amounts) == self.upper


def whole(programme: Programme, left: Left, costs: bool = True, known: Sequence[int] = ()) -> Whole:
    """The largest amount in whole 分, of least cost if `costs`, as far as it can be proven within the time that is `left`.

    `known` amounts that hold, where there are any: what is found is no worse.
    """
    shared = sum(len(row.draws) > 1 for row in programme.rows)
    upper, flow = flow_bound(programme)
    vertex: Relaxed | None = None
    if shared * programme.size <= MOST_CELLS:
        vertex = relaxation(programme, lambda: left() > 0)
    base = flow
    prices: tuple[Fraction, ...] = ()
    if vertex is not None:
        upper, base, prices = (
            min(upper, int(vertex.value)),
            tuple(map(int, vertex.amounts)),
            priced(programme, vertex.duals),
        )
        if all(amount.denominator == 1 for amount in vertex.amounts) and programme.holds(base):
            return Whole(base, upper, True, vertex, prices)
    elif programme.size and (relaxed := linear(programme)) is not None:
        upper, base, prices = min(upper, bound_of(programme, relaxed.prices)), relaxed.amounts, relaxed.prices
    tries = [filled(programme, base)]
    if sum(tries[0]) < upper and vertex is None:
        tries += [filled(programme, flow), filled(programme, (0,) * programme.size)]
    tries += [tuple(known)] if known and programme.holds(known) else []
    best = max(tries, key=lambda one: (sum(one), -programme.total_cost(one)))
    if programme.size > MOST_PATHS:
        return Whole(best, upper, False, vertex, prices)
    # Here, and not with the module: it loads a large library.
    from queries.financing.joint.whole_search import WholeSearch

    near = WholeSearch(programme, base, BOX)
    full = WholeSearch(programme, (0,) * programme.size, None)
    for search in (near, full):
        if sum(best) < upper and search.fits and left() > 0:
            found, bound = search.most(best, left())
            best = max(best, found, key=sum)
            if search is full:
                upper = min(upper, bound)
    if not costs or len(set(programme.cost)) <= 1:
        return Whole(best, upper, len(set(programme.cost)) <= 1, vertex, prices)
    proven = False
    for search in (full, near):
        if not proven and search.fits and left() > 0:
            found, proven_here = search.cheapest(best, left())
            if programme.total_cost(found) < programme.total_cost(best):
                best = found
            proven = proven_here and search is full
    if vertex is not None and vertex.value == sum(best) and vertex.cost == programme.total_cost(best):
        proven = True
    return Whole(best, upper, proven, vertex, prices)


def filled(programme: Programme, base: Sequence[int]) -> tuple[int, ...]:
    """Amounts that hold: of `base` what fits, path by path, and then as much more as fits."""
    amounts = [0] * programme.size
    room = [row.headroom * row.whole[0] for row in programme.rows]
    of_path: list[list[tuple[int, int]]] = [[] for _ in amounts]
    for place, row in enumerate(programme.rows):
        for path, draw in row.whole[1].items():
            of_path[path].append((place, draw))
    for wanted in (base, programme.caps):
        for path, most in enumerate(wanted):
            fits = min((room[place] // draw for place, draw in of_path[path]), default=0)
            more = min(most - amounts[path], fits)
            if more <= 0 or amounts[path] + more < programme.minimum(path):
                continue
            amounts[path] += more
            for place, draw in of_path[path]:
                room[place] -= draw * more
    return tuple(amounts)
