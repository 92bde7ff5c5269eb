"""What a fund may invest in: the hard rules of its mandate, and which needs they admit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graph.kinds.terms import Dimension
from queries.coverage.network import Flags, Ints

Bits = NDArray[np.uint8]

CELL_DIMENSIONS = (Dimension.INDUSTRY, Dimension.STAGE, Dimension.REGION, Dimension.TAG, Dimension.INSTRUMENT)
"""Dimensions on which a mandate admits a cell or not; on the others (size, ownership) it chooses among its needs."""


@dataclass(frozen=True, slots=True)
class Condition:
    """On one dimension: a need has one of `among` (None: anything will do) and none of `without`.

    Values are handles of records, or places in a code list. A need of which the dimension is not known meets no condition.
    """

    dimension: Dimension
    among: frozenset[int] | None = None
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ShareRule:
    """At least (`is_minimum`) or at most a share, in millionths, of what is committed to the fund goes where all conditions hold."""

    conditions: tuple[Condition, ...]
    share: int
    is_minimum: bool


@dataclass(frozen=True, slots=True)
class Mandate:
    """All conditions hold. Amounts in 分, None: no such rule. shares: how the money is to be spread over what is admitted.

    is_stated: whether any rule of it is known, a preference too. is_decidable: False where a hard rule is known in words
    only, so that nobody can say whether a need meets it.
    """

    conditions: tuple[Condition, ...] = ()
    ticket_min: int | None = None
    ticket_max: int | None = None
    is_stated: bool = False
    is_decidable: bool = True
    shares: tuple[ShareRule, ...] = ()

    @property
    def of_cells(self) -> tuple[Condition, ...]:
        return tuple(one for one in self.conditions if one.dimension in CELL_DIMENSIONS)

    @property
    def of_needs(self) -> tuple[Condition, ...]:
        return tuple(one for one in self.conditions if one.dimension not in CELL_DIMENSIONS)


@dataclass(frozen=True, slots=True)
class MandateRule:
    """One hard rule as recorded: on `dimension`, `values` are what it lists; `excludes` where they are forbidden.

    values None: the rule is known in words only. lower, upper: bounds of a ticket, in 分.
    """

    dimension: Dimension | None
    values: frozenset[int] | None
    excludes: bool = False
    lower: int | None = None
    upper: int | None = None


HardRule = MandateRule | ShareRule


def mandate_of(rules: Iterable[HardRule], *, is_stated: bool = True) -> Mandate:
    """The mandate that hard rules make together: those of one dimension are alternatives, different dimensions all hold.

    What one rule of a dimension lists and another forbids stays forbidden; so a mandate may admit nothing.
    """
    among: dict[Dimension, frozenset[int]] = {}
    without: dict[Dimension, frozenset[int]] = {}
    lower: list[int] = []
    upper: list[int] = []
    shares: dict[ShareRule, None] = {}
    is_decidable = True
    for rule in rules:
        if isinstance(rule, ShareRule):
            shares[rule] = None
            continue
        lower += [] if rule.lower is None else [rule.lower]
        upper += [] if rule.upper is None else [rule.upper]
        if rule.dimension is Dimension.TICKET:
            is_decidable &= rule.lower is not None or rule.upper is not None
        elif rule.dimension is None or rule.values is None:
            is_decidable = False
        else:
            kept = without if rule.excludes else among
            kept[rule.dimension] = kept.get(rule.dimension, frozenset()) | rule.values
    conditions = tuple(
        Condition(dimension, among.get(dimension), without.get(dimension, frozenset()))
        for dimension in sorted(among.keys() | without.keys(), key=list(Dimension).index)
    )
    least, most = max(lower, default=None), min(upper, default=None)
    return Mandate(conditions, least, most, is_stated, is_decidable, tuple(shares))


def relaxed(rules: Sequence[Sequence[HardRule]], place: int) -> Mandate:
    """The mandate if one of its hard rules, each as what it comes to, bound nothing.

    What a rule lists is one condition with all that other rules list of the same dimension, and goes with them; what it forbids, or a
    bound that it sets, goes alone. So relaxing a rule never narrows a mandate.
    """
    lists = {
        one.dimension
        for one in rules[place]
        if isinstance(one, MandateRule) and not one.excludes and one.values is not None
    }

    def stays(one: HardRule) -> bool:
        return isinstance(one, ShareRule) or one.excludes or one.values is None or one.dimension not in lists

    others = (one for at, conditions in enumerate(rules) if at != place for one in conditions)
    return mandate_of(one for one in others if stays(one))


@dataclass(eq=False)
class Attribute:
    """One dimension of many needs: by need, which of the distinct `sets` of values it has; an empty set: not known.

    `empty_is_known`: for tags, where having none is a fact.
    """

    of_need: Ints
    sets: Sequence[frozenset[int]]
    empty_is_known: bool = False
    _having: dict[int, Flags] = field(default_factory=dict, repr=False)
    _met: dict[Condition, Bits] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for place, values in enumerate(self.sets):
            for value in values:
                self._having.setdefault(value, np.zeros(len(self.sets), np.bool_))[place] = True

    def met(self, condition: Condition) -> Bits:
        """By need, packed, whether it meets a condition."""
        if condition not in self._met:
            known = np.array([bool(values) or self.empty_is_known for values in self.sets], np.bool_)
            good = known if condition.among is None else known & self._any(condition.among)
            good &= ~self._any(condition.without)
            self._met[condition] = np.packbits(good[self.of_need])
        return self._met[condition]

    def _any(self, values: frozenset[int]) -> Flags:
        found = np.zeros(len(self.sets), np.bool_)
        for value in values & self._having.keys():
            found |= self._having[value]
        return found


def meeting(conditions: Iterable[Condition], attributes: Mapping[Dimension, Attribute], needs: int) -> Flags:
    """By need, whether it meets all conditions. Cost: a pass over the needs, eight a byte, for each."""
    met = np.packbits(np.ones(needs, np.bool_))
    for condition in conditions:
        met = met & attributes[condition.dimension].met(condition)
    return np.unpackbits(met, count=needs).astype(np.bool_)


def admitted(
    mandates: Iterable[Mandate], attributes: Mapping[Dimension, Attribute], needs: int
) -> Iterator[tuple[Ints, Flags]]:
    """For each mandate the needs of which it admits the cell, ascending, and whether it admits the need itself too.

    Mandates with the same conditions get the same arrays, those that admit the same cells the same needs. Cost: a pass over the needs,
    eight a byte, for each condition of each different mandate.
    """
    made: dict[tuple[Condition, ...], tuple[Ints, Flags]] = {}
    of_cells: dict[tuple[Condition, ...], Ints] = {}
    for mandate in mandates:
        if mandate.conditions in made:
            yield made[mandate.conditions]
            continue
        if mandate.of_cells not in of_cells:
            of_cells[mandate.of_cells] = np.flatnonzero(meeting(mandate.of_cells, attributes, needs))
        found = of_cells[mandate.of_cells]
        suits = meeting(mandate.of_needs, attributes, needs)[found]
        made[mandate.conditions] = found, suits
        yield found, suits
