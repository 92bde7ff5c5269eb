"""The linear relaxation of a programme, exactly: a bounded simplex, the largest amount first and then the least cost.

Rows are whole numbers under one denominator, the last pivot: each pivot divides by the one before without a rest (Bareiss).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from queries.financing.joint.programme import Programme

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A vertex: `amounts` by path, the largest sum there is, and of those the least cost; `duals` what one more of a row would bring.

    `cost` is Σ cost·amount; `prices` what one more of a row would spare of it while the sum stays, or, where the sum rises, cost below 0.
    """

    amounts: tuple[Fraction, ...]
    value: Fraction
    cost: Fraction
    duals: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]

    def raised(self, programme: Programme, place: int) -> Fraction:
        """No more than this can be brought once a row is relaxed: the value is concave in each headroom."""
        row = programme.rows[place]
        room = row.relaxed().headroom - row.headroom
        if len(row.draws) > 1:
            return self.value + self.duals[place] * room
        (path,) = row.draws
        shared = zip(self.duals, programme.rows, strict=True)
        spent = sum((dual * other.draws[path] for dual, other in shared if dual and path in other.draws), ZERO)
        return self.value + max(ZERO, 1 - spent) * (row.relaxed().admits(path) - row.admits(path))


def relaxation(programme: Programme, running: Callable[[], bool] = lambda: True) -> Relaxed | None:
    """The optimum without whole amounts and least amounts; None where `running` said stop first.

    Cost: pivots × rows × paths.
    """
    caps = programme.caps
    places = [place for place, row in enumerate(programme.rows) if len(row.draws) > 1]
    scales = [programme.rows[place].whole[0] for place in places]
    rows = [
        (programme.rows[place].headroom * scale, programme.rows[place].whole[1])
        for place, scale in zip(places, scales, strict=True)
    ]
    table = _Table(rows, caps, [[1] * programme.size, [-cost for cost in programme.cost]])
    if not table.solve(running):
        return None
    amounts = table.amounts()
    duals, prices = [ZERO] * len(programme.rows), [ZERO] * len(programme.rows)
    for row, (place, scale) in enumerate(zip(places, scales, strict=True)):
        duals[place], prices[place] = (table.dual(row, level) * scale for level in (0, 1))
    cost = sum((cost * amount for cost, amount in zip(programme.cost, amounts, strict=True)), ZERO)
    return Relaxed(tuple(amounts), sum(amounts, ZERO), cost, tuple(duals), tuple(prices))


class _Table:
    """A dictionary of the simplex: basic variables as affine functions of the others, each between 0 and its upper bound.

    Variables 0..n−1 are the paths, n..n+m−1 the slacks. A non-basic variable at its upper bound is kept as what it lacks of it.
    `rest`, `table` and `objectives` are in parts of `per`.
    """

    def __init__(
        self,
        rows: Sequence[tuple[int, Mapping[int, int]]],
        caps: Sequence[int],
        objectives: list[list[int]],
    ) -> None:
        self.size, self.per = len(caps), 1
        self.upper: list[int | None] = [*caps, *([None] * len(rows))]
        self.basic = [self.size + row for row in range(len(rows))]
        self.open = list(range(self.size))
        self.flipped = [False] * (self.size + len(rows))
        self.rest = [headroom for headroom, _ in rows]
        self.table = [[draws.get(path, 0) for path in range(self.size)] for _, draws in rows]
        self.objectives = objectives

    def solve(self, running: Callable[[], bool]) -> bool:
        """Go to the optimum of the first objective, then of the next among those optima."""
        frozen: set[int] = set()
        for level, objective in enumerate(self.objectives):
            while True:
                column = next(
                    (
                        place
                        for place in sorted(range(self.size), key=self.open.__getitem__)
                        if objective[place] > 0 and self.open[place] not in frozen
                    ),
                    None,
                )
                if column is None:
                    break
                if not running():
                    return False
                self._enter(column)
            if level + 1 < len(self.objectives):
                frozen |= {self.open[place] for place in range(self.size) if objective[place] != 0}
        return True

    def _enter(self, column: int) -> None:
        """Raise a non-basic variable until something stops it: Bland's rule among equal ones."""
        own = self.upper[self.open[column]]
        # How far it may go is room / rate; a variable's name decides between equal ones.
        best: tuple[int, int, int, int, bool] | None = None if own is None else (own, 1, self.open[column], -1, False)
        for row, line in enumerate(self.table):
            rate = line[column]
            if rate > 0:
                room, at_upper = self.rest[row], False
            elif rate < 0 and (upper := self.upper[self.basic[row]]) is not None:
                room, rate, at_upper = upper * self.per - self.rest[row], -rate, True
            else:
                continue
            if best is not None:
                longer = room * best[1] - best[0] * rate
                if longer > 0 or (longer == 0 and self.basic[row] > best[2]):
                    continue
            best = room, rate, self.basic[row], row, at_upper
        assert best is not None, "every path has a cap"
        *_, row, at_upper = best
        if row < 0:
            self._flip(column)
            return
        if at_upper:
            self._flip_basic(row)
        self._pivot(row, column)

    def _flip(self, column: int) -> None:
        """Count a non-basic variable from its upper bound."""
        name = self.open[column]
        upper = self.upper[name]
        assert upper is not None
        self.flipped[name] = not self.flipped[name]
        for row, line in enumerate(self.table):
            if line[column]:
                self.rest[row] -= line[column] * upper
                line[column] = -line[column]
        for objective in self.objectives:
            objective[column] = -objective[column]

    def _flip_basic(self, row: int) -> None:
        """Count a basic variable from its upper bound."""
        name = self.basic[row]
        upper = self.upper[name]
        assert upper is not None
        self.flipped[name] = not self.flipped[name]
        self.rest[row] = upper * self.per - self.rest[row]
        self.table[row] = [-value for value in self.table[row]]

    def _pivot(self, row: int, column: int) -> None:
        line, rest, per = self.table[row], self.rest[row], self.per
        by = line[column]
        filled = [(place, value) for place, value in enumerate(line) if value and place != column]
        for other, target in enumerate(self.table):
            if other != row:
                self.rest[other] = (self.rest[other] * by - target[column] * rest) // per
                _eliminate(target, by, per, column, filled)
        for objective in self.objectives:
            _eliminate(objective, by, per, column, filled)
        line[column], self.per = per, by
        self.basic[row], self.open[column] = self.open[column], self.basic[row]

    def amounts(self) -> list[Fraction]:
        """The values of the paths."""
        values = [ZERO] * (self.size + len(self.basic))
        for row, name in enumerate(self.basic):
            values[name] = Fraction(self.rest[row], self.per)
        for name in range(self.size):
            if self.flipped[name]:
                upper = self.upper[name]
                assert upper is not None
                values[name] = upper - values[name]
        return values[: self.size]

    def dual(self, row: int, level: int) -> Fraction:
        """What one more of a row's headroom adds to an objective."""
        slack = self.size + row
        return Fraction(-self.objectives[level][self.open.index(slack)], self.per) if slack in self.open else ZERO


def _eliminate(target: list[int], by: int, per: int, column: int, filled: list[tuple[int, int]]) -> None:
    """Take a pivot's line from another: (target · by − factor · line) / per, which is whole."""
    factor = target[column]
    if by != per:
        scaled = [value * by if value else 0 for value in target]
        if factor:
            for place, value in filled:
                scaled[place] -= factor * value
        target[:] = [value // per if value else 0 for value in scaled]
    elif factor:
        for place, value in filled:
            target[place] -= factor * value // per
    target[column] = -factor
