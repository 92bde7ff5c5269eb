"""The least of a sum over numbers in a box under linear inequalities, bounded from below in exact integers.

A linear solver in floats says where the least is and by which inequalities. What is then claimed is computed in integers: with any weights
≥ 0 of the inequalities, no sum within the boxes is below Σ weight × least + Σ rest × the cheaper end of a box, rest = cost − Σ weight ×
coefficient. Weights that are off by a rounding of floats only make that a little lower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ortools.linear_solver import pywraplp

FINENESS: Final = 512
"""Bits after the point of a weight."""
PATIENCE: Final = 12
"""Questions in which a row did not bind, after which it may be dropped."""
NARROW: Final = "use_preprocessing: false primal_feasibility_tolerance: 1e-11 dual_feasibility_tolerance: 1e-11"
WIDE: Final = "use_preprocessing: false primal_feasibility_tolerance: 1e-9 dual_feasibility_tolerance: 1e-9"
"""What is asked of the solver, and what where it does not come to that."""

Box = tuple[int, int]


@dataclass(slots=True)
class Inequality:
    """Σ coefficient × number ≥ least. scale: what floats divide it by; forget: called where it is dropped, None: it must not be."""

    coefficients: Mapping[int, int]
    least: int
    scale: int
    forget: Callable[[], None] | None
    made: pywraplp.Constraint
    idle: int = 0


class Relaxation:
    """Columns of numbers and rows that bind them: Σ coefficient × number ≥ least, all in whole numbers.

    unit: about how large numbers of money are, so that floats meet none much above 1.
    """

    def __init__(self, unit: int) -> None:
        self.unit = 1 << max(0, unit - 1).bit_length()
        self.costs: list[int] = []
        self.units: list[int] = []
        self.rows: list[Inequality] = []
        self._begin(NARROW)

    def _begin(self, tolerances: str) -> None:
        # Here, and not with the module: it loads a large library that only a portfolio needs.
        from ortools.linear_solver import pywraplp

        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString(tolerances)
        # Lets every row be broken, at a price, where the question is whether all can hold.
        self.slack = self.solver.NumVar(0, 0, "")
        self.columns: list[pywraplp.Variable] = []
        for cost, unit in zip(self.costs, self.units, strict=True):
            self._column(cost, unit)
        for row in self.rows:
            row.made = self._made(row.coefficients, row.least, row.scale)

    def column(self, cost: int, *, is_money: bool = True) -> int:
        """The place of a new number."""
        self.costs.append(cost)
        self.units.append(self.unit if is_money else 1)
        self._column(self.costs[-1], self.units[-1])
        return len(self.columns) - 1

    def _column(self, cost: int, unit: int) -> None:
        self.columns.append(self.solver.NumVar(0, self.solver.infinity(), ""))
        self.solver.Objective().SetCoefficient(self.columns[-1], cost * unit / self.unit)

    def row(self, coefficients: Mapping[int, int], least: int, forget: Callable[[], None] | None = None) -> None:
        """Have Σ coefficient × number ≥ least; where `forget` is given, until it has not bound for long, and then that is called."""
        coefficients = {place: factor for place, factor in coefficients.items() if factor}
        largest = max((abs(factor) * self.units[place] for place, factor in coefficients.items()), default=1)
        scale = 1 << largest.bit_length()
        self.rows.append(Inequality(coefficients, least, scale, forget, self._made(coefficients, least, scale)))

    def _made(self, coefficients: Mapping[int, int], least: int, scale: int) -> pywraplp.Constraint:
        made = self.solver.Constraint(least / scale, self.solver.infinity())
        for place, factor in coefficients.items():
            made.SetCoefficient(self.columns[place], factor * self.units[place] / scale)
        made.SetCoefficient(self.slack, 1.0)
        return made

    @property
    def size(self) -> int:
        """How many numbers the rows are of."""
        return sum(len(row.coefficients) for row in self.rows)

    def least(self, boxes: Sequence[Box]) -> tuple[float, ...] | None:
        """Where the sum of costs is least within a box of each column, about; None: nothing seems to fit."""
        self._drop_idle()
        self._within(boxes)
        status = self.solver.Solve()
        if status not in (self.solver.OPTIMAL, self.solver.INFEASIBLE):
            self._begin(WIDE)
            self._within(boxes)
            status = self.solver.Solve()
        if status != self.solver.OPTIMAL:
            return None
        for row in self.rows:
            row.idle = 0 if row.made.dual_value() > 0 else row.idle + 1
        return tuple(column.solution_value() * unit for column, unit in zip(self.columns, self.units, strict=True))

    def _within(self, boxes: Sequence[Box]) -> None:
        for column, unit, (low, high) in zip(self.columns, self.units, boxes, strict=True):
            column.SetBounds(low / unit, high / unit)

    def _drop_idle(self) -> None:
        """Begin anew without rows that have not bound for long, where they are most of all."""
        idle = [row for row in self.rows if row.forget is not None and row.idle > PATIENCE]
        if 2 * len(idle) < len(self.rows):
            return
        for row in idle:
            if row.forget is not None:
                row.forget()
        self.rows = [row for row in self.rows if row.forget is None or row.idle <= PATIENCE]
        self._begin(NARROW)

    def bound(self, boxes: Sequence[Box]) -> int:
        """What no sum within the boxes is below; exact, and as near to the least as the floats of the last answer are."""
        return self._bound(boxes, self.costs, self.unit)

    def is_refuted(self, boxes: Sequence[Box]) -> bool:
        """Whether it is proven that nothing within the boxes of the last question keeps all rows."""
        objective = self.solver.Objective()
        for column in self.columns:
            objective.SetCoefficient(column, 0)
        objective.SetCoefficient(self.slack, 1)
        self.slack.SetBounds(0, self.solver.infinity())
        found = self.solver.Solve() == self.solver.OPTIMAL and self._bound(boxes, [0] * len(self.costs), 1) > 0
        self.slack.SetBounds(0, 0)
        objective.SetCoefficient(self.slack, 0)
        for column, cost, unit in zip(self.columns, self.costs, self.units, strict=True):
            objective.SetCoefficient(column, cost * unit / self.unit)
        return found

    def _bound(self, boxes: Sequence[Box], costs: Sequence[int], price: int) -> int:
        total = 0
        left = [cost << FINENESS for cost in costs]
        for row in self.rows:
            dual = row.made.dual_value()
            if dual > 0:
                top, bottom = dual.as_integer_ratio()
                weight = (top * price << FINENESS) // (bottom * row.scale)
                total += weight * row.least
                for place, factor in row.coefficients.items():
                    left[place] -= weight * factor
        total += sum(rest * (low if rest > 0 else high) for rest, (low, high) in zip(left, boxes, strict=True) if rest)
        return -(-total >> FINENESS)
