"""Whole amounts searched for by CP-SAT: steps from a base under limits of whole coefficients.

Apart from what asks for it, since the solver's library takes a quarter of a second to load, and most programmes are flows.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Final

from ortools.sat.python import cp_model

from queries.financing.joint.programme import Programme

LARGEST: Final = 2**61
EFFORT: Final = 0.1
"""Deterministic seconds of one search: the same question stops at the same place again."""


class WholeSearch:
    """Whole amounts within `box` of `base` (None: any), as CP-SAT sees them: steps from the base under limits of whole coefficients."""

    def __init__(self, programme: Programme, base: tuple[int, ...], box: int | None) -> None:
        self.programme, self.base = programme, base
        self.domains = [self._domain(path, box) for path in range(programme.size)]
        self.rows: list[tuple[dict[int, int], int]] = []
        self.fits = sum(max(abs(low), abs(high)) for low, high in map(_ends, self.domains)) < LARGEST
        for row in programme.rows:
            scale, factors = row.whole
            rest = row.headroom * scale - sum(factor * base[path] for path, factor in factors.items())
            common = gcd(*factors.values())
            factors, rest = {path: factor // common for path, factor in factors.items()}, rest // common
            reach = sum(factor * max(map(abs, _ends(self.domains[path]))) for path, factor in factors.items())
            if sum(factor * _ends(self.domains[path])[1] for path, factor in factors.items()) <= rest:
                continue
            self.rows.append((factors, rest))
            self.fits &= reach + abs(rest) < LARGEST
        dearest = max(programme.cost, default=0)
        gaps = [cost - dearest for cost in programme.cost]
        common = gcd(*gaps) or 1
        self.costs = [gap // common for gap in gaps]

    def _domain(self, path: int, box: int | None) -> list[tuple[int, int]]:
        """The steps that a path's amount may take from the base."""
        base, cap, least = self.base[path], self.programme.caps[path], max(1, self.programme.minimum(path))
        low, high = (0, cap) if box is None else (max(0, base - box), min(cap, base + box))
        parts = [(0, 0)] if cap < least or low == 0 or least > 1 else []
        if cap >= least:
            start = max(low, least)
            parts.append((start, max(start, high)))
        return [(first - base, last - base) for first, last in parts]

    def most(self, hint: Sequence[int], seconds: float) -> tuple[tuple[int, ...], int]:
        """(the largest amounts found, the proven bound of their sum within this search)."""
        model, steps = self._model(hint)
        model.maximize(sum(steps))
        solver, status = _run(model, seconds)
        bound = (
            int(solver.best_objective_bound) + sum(self.base)
            if status != cp_model.UNKNOWN
            else sum(self.programme.caps)
        )
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return tuple(hint), bound
        found = self._found(solver, steps, hint)
        return found, sum(found) if status == cp_model.OPTIMAL else bound

    def cheapest(self, hint: Sequence[int], seconds: float) -> tuple[tuple[int, ...], bool]:
        """(the cheapest amounts found that bring as much as the hint, whether there are no cheaper ones within this search)."""
        reach = sum(
            abs(cost) * max(map(abs, _ends(domain))) for cost, domain in zip(self.costs, self.domains, strict=True)
        )
        if reach >= LARGEST:
            return tuple(hint), False
        model, steps = self._model(hint)
        model.add(sum(steps) == sum(hint) - sum(self.base))
        model.minimize(sum(cost * step for cost, step in zip(self.costs, steps, strict=True)))
        solver, status = _run(model, seconds)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return tuple(hint), False
        return self._found(solver, steps, hint), status == cp_model.OPTIMAL

    def _model(self, hint: Sequence[int]) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
        model = cp_model.CpModel()
        steps = [
            model.new_int_var_from_domain(cp_model.Domain.from_intervals([list(part) for part in domain]), "")
            for domain in self.domains
        ]
        for factors, rest in self.rows:
            model.add(sum(factor * steps[path] for path, factor in factors.items()) <= rest)
        for step, amount, base in zip(steps, hint, self.base, strict=True):
            model.add_hint(step, amount - base)
        return model, steps

    def _found(self, solver: cp_model.CpSolver, steps: list[cp_model.IntVar], hint: Sequence[int]) -> tuple[int, ...]:
        amounts = tuple(base + solver.value(step) for base, step in zip(self.base, steps, strict=True))
        return amounts if self.programme.holds(amounts) else tuple(hint)


def _ends(domain: list[tuple[int, int]]) -> tuple[int, int]:
    return domain[0][0], domain[-1][1]


def _run(model: cp_model.CpModel, seconds: float) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    solver = cp_model.CpSolver()
    # One worker and a fixed seed: the same programme is answered the same way every time.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.max_time_in_seconds = max(0.001, seconds)
    return solver, solver.solve(model)
