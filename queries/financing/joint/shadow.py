"""Shadow prices of amounts: what further paths must cost to be of no use beside them.

Of a linear programme min Σ c·x with Σ x = A under the rows: where c ≥ λ − Σ draw·y holds of every path, no amounts cost less than
λ·A − Σ y·headroom (weak duality). Paths that are not in the programme may be left out as far as they keep to that. Where no amounts bring
more than A, the same is asked of costs less one that is above any: more would cost less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from queries.financing.joint.integer import MOST_CELLS
from queries.financing.joint.network import SINK, SOURCE, Network, network_of
from queries.financing.joint.programme import Programme
from queries.financing.joint.simplex import ZERO, relaxation


@dataclass(frozen=True, slots=True)
class Shadow:
    """`unit` (λ) what one 分 of the need may cost at most, `rows` (y ≥ 0) what one more of each row would spare; whole units of cost.

    `above` what the amounts cost above the bound, as whole or least amounts may: the first 分 of a further path must make up for it.
    """

    unit: Fraction
    rows: tuple[Fraction, ...]
    above: Fraction = ZERO


def shadow_of(programme: Programme, amounts: Sequence[int], *, largest: bool = False) -> Shadow | None:
    """The shadow prices under which these amounts, above 0 in all, cost the least of those that bring as much; None: they are not known.

    `largest`: under which they are the largest, and of those the cheapest, too. Cost: of a pass over the network for each of its vertices
    at most, or of a relaxation.
    """
    network = network_of(programme)
    found = None if network is None else _of_flow(programme, network, amounts, largest)
    return found if found is not None or largest else _of_relaxation(programme, amounts)


def _of_flow(programme: Programme, network: Network, amounts: Sequence[int], largest: bool) -> Shadow | None:
    """By the cheapest ways back from the sink in the residual network; None where the amounts are not the cheapest flow of their sum."""
    first = len(network.rows)
    flow = [*(sum(amounts[path] for path in programme.rows[place].draws) for place in network.rows), *amounts]
    cost = [0] * first + list(programme.cost)
    arcs = list(zip(network.tail, network.head, network.capacity, cost, flow, strict=True))
    residual = [(tail, head, charge) for tail, head, capacity, charge, used in arcs if used < capacity]
    residual += [(head, tail, -charge) for tail, head, _, charge, used in arcs if used]
    if largest:
        above_all = (max(programme.cost, default=0) + 1) * 2 * network.vertices
        residual += [(SINK, SOURCE, -above_all), (SOURCE, SINK, above_all)]
    back: list[int | None] = [None] * network.vertices
    back[SINK] = 0
    for _ in range(network.vertices):
        changed = False
        for tail, head, charge in residual:
            start, known = back[tail], back[head]
            if start is not None and (known is None or start + charge < known):
                back[head], changed = start + charge, True
        if not changed:
            break
    else:
        return None
    source = back[SOURCE]
    if source is None:
        return None
    prices, bound = [ZERO] * len(programme.rows), -source * sum(amounts)
    for place, (tail, head, capacity, charge, _) in enumerate(arcs):
        start, end = back[tail], back[head]
        price = 0 if start is None or end is None else max(0, end - start - charge)
        bound -= price * capacity
        if place < first:
            prices[network.rows[place]] = Fraction(price)
    if bound != programme.total_cost(amounts):
        return None
    return Shadow(Fraction(-source), _with_own(programme, Fraction(-source), prices))


def _of_relaxation(programme: Programme, amounts: Sequence[int]) -> Shadow | None:
    """By the vertex of the relaxation, where one row alone bounds the sum."""
    shared = sum(len(row.draws) > 1 for row in programme.rows)
    vertex = relaxation(programme) if shared * programme.size <= MOST_CELLS else None
    if vertex is None or vertex.value != sum(amounts):
        return None
    bounding = [place for place, dual in enumerate(vertex.duals) if dual]
    if [vertex.duals[place] for place in bounding] != [1] or len(programme.rows[bounding[0]].draws) < programme.size:
        return None
    (need,) = bounding
    prices = [ZERO if place == need else price for place, price in enumerate(vertex.prices)]
    unit = -vertex.prices[need]
    return Shadow(unit, _with_own(programme, unit, prices), programme.total_cost(amounts) - vertex.cost)


def _with_own(programme: Programme, unit: Fraction, prices: list[Fraction]) -> tuple[Fraction, ...]:
    """The prices with those of rows that one path alone draws on: what stops it has what it is worth above its cost."""
    worth = [unit - cost for cost in programme.cost]
    own: list[list[int]] = [[] for _ in worth]
    for place, row in enumerate(programme.rows):
        if len(row.draws) == 1:
            own[next(iter(row.draws))].append(place)
        elif prices[place]:
            for path, draw in row.draws.items():
                worth[path] -= draw * prices[place]
    for path, places in enumerate(own):
        if worth[path] > 0:
            binding = [place for place in places if programme.rows[place].admits(path) == programme.caps[path]]
            if binding:
                prices[binding[0]] = worth[path] / programme.rows[binding[0]].draws[path]
    return tuple(prices)
