"""The linear relaxation of a programme of any size, in floats, and what it proves exactly: prices of rows that bound the amount.

For all y ≥ 0 with Σ draw·y ≥ 1 on every path, no amounts sum to more than Σ y·headroom (weak duality). So prices may come from floats: they
are made simple fractions and raised until that holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from queries.financing.joint.programme import Programme

SIMPLE: Final = 10_000
"""Prices are quotients of draws, and those are shares: their denominators are small."""


@dataclass(frozen=True, slots=True)
class Linear:
    """`amounts` near the largest that limits admit, rounded down, which need not hold; `prices` by row, as `priced` makes them."""

    amounts: tuple[int, ...]
    prices: tuple[Fraction, ...]


def linear(programme: Programme) -> Linear | None:
    """The relaxation of a programme of some path; None where the solver does not finish. Cost: a simplex in floats."""
    # Here, and not with the module: it loads a large library.
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    paths = [solver.NumVar(0, cap, "") for cap in programme.caps]
    rows = []
    for row in programme.rows:
        bound = solver.Constraint(-solver.infinity(), row.headroom)
        for path, draw in row.draws.items():
            bound.SetCoefficient(paths[path], float(draw))
        rows.append(bound)
    objective = solver.Objective()
    for path in paths:
        objective.SetCoefficient(path, 1)
    objective.SetMaximization()
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    near = [Fraction(max(0.0, row.dual_value())).limit_denominator(SIMPLE) for row in rows]
    return Linear(tuple(int(path.solution_value()) for path in paths), priced(programme, near))


def priced(programme: Programme, near: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Prices of at least `near`, under which every path that can bring anything draws for 1 or more on all its rows together."""
    prices, drawn = list(near), [Fraction(0)] * programme.size
    of_path: list[list[int]] = [[] for _ in drawn]
    for place, row in enumerate(programme.rows):
        for path, draw in row.draws.items():
            of_path[path].append(place)
            if near[place]:
                drawn[path] += draw * near[place]
    for path, places in enumerate(of_path):
        lacks = 1 - drawn[path]
        if lacks <= 0 or not programme.caps[path]:
            continue
        tightest = min(places, key=lambda place: (programme.rows[place].admits(path), len(programme.rows[place].draws)))
        row = programme.rows[tightest]
        more = lacks / row.draws[path]
        prices[tightest] += more
        for other, draw in row.draws.items():
            drawn[other] += draw * more
    return tuple(prices)


def bound_of(programme: Programme, prices: Sequence[Fraction]) -> int:
    """What no amounts exceed by these prices."""
    return int(
        sum((price * row.headroom for price, row in zip(prices, programme.rows, strict=True) if price), Fraction(0))
    )
