"""Which deals meet all requirements with the least money and then the fewest deals: an integer programme in whole 分.

Firms into which a yuan does the same are of one group. So many deals of a group may bring any total from so many smallest tickets to the
sum of so many largest amounts, which is concave in their number: a group is two integers, however many firms it has. CP-SAT solves it;
what it counts in are 64 bits, so where factors times amounts leave them nothing is proven and nothing is given. Whatever it finds is
checked in exact integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LARGEST: Final = 2**61
EFFORT: Final = 2.0
"""Deterministic seconds of one solution: the same question stops at the same place again."""
PATIENCE: Final = 5.0
"""Seconds of one solution, whatever else: what it stops is not proven."""
MOST_DEALS: Final = 60
"""Deals of one group that are looked at."""


@dataclass(frozen=True, slots=True)
class Row:
    """Σ effect·money must be at least `short`, above it where strict; effects by group."""

    effects: tuple[Fraction, ...]
    short: Fraction
    strict: bool = False

    @property
    def whole(self) -> tuple[tuple[int, ...], int]:
        """The same in integers: (factors, the least that their sum must come to)."""
        scale = lcm(self.short.denominator, *(effect.denominator for effect in self.effects))
        factors = tuple(int(effect * scale) for effect in self.effects)
        least = int(self.short * scale) + self.strict
        common = gcd(*factors) or 1
        return tuple(factor // common for factor in factors), -(-least // common)

    def holds(self, totals: Sequence[int]) -> bool:
        """Whether these totals meet it; exact."""
        found = sum((effect * total for effect, total in zip(self.effects, totals, strict=True)), Fraction(0))
        return found > self.short or (found == self.short and not self.strict)


@dataclass(frozen=True)
class Group:
    """Firms of one effect: the smallest ticket, above 0, and the most that each can be given, none below it, the largest first."""

    low: int
    highs: tuple[int, ...]

    def within(self, most: int) -> Group:
        """The same where no deal is above an amount."""
        return Group(self.low, tuple(min(high, most) for high in self.highs) if most >= self.low else ())

    @cached_property
    def reach(self) -> tuple[int, ...]:
        """The most that 0, 1, 2 … deals bring, up to `MOST_DEALS`."""
        return tuple(accumulate(self.highs[:MOST_DEALS], initial=0))

    def holds_all(self, most: int) -> bool:
        """Whether `MOST_DEALS` bring, up to an amount, whatever any number of deals could: more of them only begin higher."""
        return len(self.highs) <= MOST_DEALS or self.reach[-1] >= most


@dataclass(frozen=True, slots=True)
class Composed:
    """(money, number of deals) by group; None: none were found.

    proven: there is no less money, and no fewer deals with as little; where none were found, that there are none.
    """

    deals: tuple[tuple[int, int], ...] | None
    proven: bool

    @property
    def total(self) -> int | None:
        """All the money."""
        return None if self.deals is None else sum(money for money, _ in self.deals)


def compose(groups: Sequence[Group], rows: Sequence[Row], budget: int) -> Composed:
    """The deals within a budget. Of equal ones those that the solver finds, the same each time.

    Cost: grows with 2^groups at worst, up to `EFFORT`.
    """
    groups = [group.within(budget) for group in groups]
    if all(row.holds((0,) * len(groups)) for row in rows):
        return Composed(((0, 0),) * len(groups), True)
    whole = [row.whole for row in rows]
    tops = [min(budget, group.reach[-1]) for group in groups]
    if any(
        sum(abs(factor) * top for factor, top in zip(factors, tops, strict=True)) + abs(least) >= LARGEST
        for factors, least in [*whole, ((1,) * len(groups), budget)]
    ):
        return Composed(None, False)
    # Here, and not with the module: it loads a large library that only a portfolio needs.
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    money = [model.new_int_var(0, top, "") for top in tops]
    count = [model.new_int_var(0, len(group.reach) - 1, "") for group in groups]
    for group, total, deals in zip(groups, money, count, strict=True):
        model.add(total >= group.low * deals)
        for place, high in enumerate(group.highs[:MOST_DEALS]):
            # Concave: at whole numbers of deals the tangents meet in what so many bring. Equal ones say the same.
            if place == 0 or high != group.highs[place - 1]:
                model.add(total <= group.reach[place] + high * (deals - place))
        model.add(total <= group.reach[-1])
    for factors, least in whole:
        model.add(sum(factor * total for factor, total in zip(factors, money, strict=True)) >= least)
    model.add(sum(money) <= budget)
    model.minimize(sum(money))
    solver, status = _run(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Composed(None, status == cp_model.INFEASIBLE and all(group.holds_all(budget) for group in groups))
    proven = status == cp_model.OPTIMAL
    found = _found(solver, money, count)
    model.add(sum(money) == sum(total for total, _ in found))
    for total, deals, (value, number) in zip(money, count, found, strict=True):
        model.add_hint(total, value)
        model.add_hint(deals, number)
    model.minimize(sum(count))
    solver, status = _run(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = _found(solver, money, count)
    totals = [total for total, _ in found]
    if not all(row.holds(totals) for row in rows):
        return Composed(None, False)
    everything = all(group.holds_all(sum(totals)) for group in groups)
    return Composed(found, proven and everything and status == cp_model.OPTIMAL)


def _found(
    solver: cp_model.CpSolver, money: Sequence[cp_model.IntVar], count: Sequence[cp_model.IntVar]
) -> tuple[tuple[int, int], ...]:
    return tuple((solver.value(total), solver.value(deals)) for total, deals in zip(money, count, strict=True))


def _run(model: cp_model.CpModel) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    # One worker and a fixed seed: the same programme is answered the same way every time.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    # Presolve turns deals into amounts with a hole below the smallest ticket, over which the search then walks 分 by 分.
    solver.parameters.cp_model_presolve = False
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = PATIENCE
    return solver, solver.solve(model)


def shared_out(money: int, deals: int, low: int, highs: Sequence[int]) -> list[tuple[int, int]]:
    """(place, amount) of so many deals that bring so much, of firms with these largest amounts in order of preference.

    The most preferred firms with which it can be done; each gets the smallest ticket, and the first of them what is left, as it fits.
    """
    order = sorted(range(len(highs)), key=lambda place: -highs[place])
    chosen: list[int] = []
    for place in range(len(highs)):
        if len(chosen) == deals:
            break
        with_it = {*chosen, place}
        others = (highs[one] for one in order if one not in with_it)
        best = sum(highs[one] for one in with_it) + sum(
            high for _, high in zip(range(deals - len(with_it)), others, strict=False)
        )
        if best >= money:
            chosen.append(place)
    left = money - low * deals
    found = []
    for place in chosen:
        more = min(left, highs[place] - low)
        found.append((place, low + more))
        left -= more
    return found
