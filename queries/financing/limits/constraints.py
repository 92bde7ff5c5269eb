"""One bound of a path's capacity, in the bound's own terms and in those of the path; and the least of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from graph.kinds.terms import DrawBasis
from queries.financing.terms import ConstraintKind, Stated
from queries.ratios import rounded

ONE: Final = Fraction(1)
ORDER: Final = {kind: place for place, kind in enumerate(ConstraintKind)}


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that nobody states: the field (by its GraphQL name) of a record, or what it is in words where no field holds it."""

    record: int
    field: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """A bound that a path draws on.

    `on` what is bounded, `record` what states it (-1: nothing beside `on`); `limit`, `used`, `headroom` in 分 of the bound's own
    terms, None where not stated (limit and used: also where there is none); `draw` what one 分 of the path draws; `at_most`: a
    factor that nobody states could only lower the headroom. With draw 0 it is NOT_APPLICABLE: shown, but it bounds nothing. `other`:
    who besides `on` it is between, the lender that limits a name, the debtor whose part of a guarantor or pool it is (-1: nobody).
    """

    kind: ConstraintKind
    on: int
    limit: int | None = None
    used: int | None = None
    headroom: int | None = None
    draw: Fraction = ONE
    basis: DrawBasis = DrawBasis.FUNDED
    at_most: bool = False
    record: int = -1
    missing: tuple[MissingFact, ...] = ()
    other: int = -1

    @property
    def key(self) -> tuple[ConstraintKind, int, int, int]:
        """What tells the bound itself: paths with equal keys draw on one and the same headroom."""
        return self.kind, self.on, self.record, self.other

    @property
    def applies(self) -> bool:
        """Whether the path draws on it at all."""
        return self.draw is ONE or self.draw > 0

    @property
    def stated(self) -> Stated:
        """STATED where it has a headroom."""
        if not self.applies:
            return Stated.NOT_APPLICABLE
        return Stated.NOT_STATED if self.headroom is None else Stated.STATED

    @property
    def admits(self) -> int | None:
        """The most that the path may bring under this bound alone, in 分 of principal; None where not stated or not applicable."""
        if self.draw is ONE:
            return self.headroom
        if self.headroom is None or self.draw == 0:
            return None
        return self.headroom * self.draw.denominator // self.draw.numerator

    @property
    def draw_per_yuan(self) -> Decimal:
        """What one yuan of the path draws on it, half-even to 6 places."""
        return rounded(self.draw)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a path can bring: `amount` in 分, None where a bound is not stated; `binding` the bound that decides."""

    amount: int | None
    binding: Constraint
    at_most: bool


def in_order(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """The constraints by kind; those of one kind as they came."""
    return tuple(sorted(constraints, key=lambda constraint: ORDER[constraint.kind]))


def capacity_of(constraints: Sequence[Constraint]) -> Capacity:
    """The least that the constraints admit; of equal ones the first in their order binds.

    Where one is not stated there is no amount, and the first not stated binds. `constraints` come in order and some apply.
    """
    at_most = any(constraint.at_most and constraint.applies for constraint in constraints)
    binding: Constraint | None = None
    least: int | None = None
    for constraint in constraints:
        if not constraint.applies:
            continue
        admits = constraint.admits
        if admits is None:
            return Capacity(None, constraint, at_most)
        if least is None or admits < least:
            least, binding = admits, constraint
    if binding is None:
        raise ValueError("a path without any constraint that applies")
    return Capacity(least, binding, at_most)


def left(limit: int | None, used: int | None) -> int | None:
    """What is left of a limit: limit − used, at least 0; None where one is not stated."""
    return None if limit is None or used is None else max(0, limit - used)
