"""How concentrated the investments of a fund are, and over which cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from graph.kinds.places import IndustryLevel, RegionLevel
from graph.kinds.terms import Dimension
from queries.financing.limits.constraints import MissingFact
from queries.funds.counting import FirmFacts
from queries.funds.deployment import unstated_amounts
from queries.funds.facts import FundFacts
from queries.funds.investments import Investment
from queries.funds.measures import Measure, ratio
from queries.trees import tree_of

PLACES = (
    (Dimension.INDUSTRY, "Industry", IndustryLevel.SECTION),
    (Dimension.REGION, "Region", RegionLevel.COUNTY),
)
"""What a cell is made of beside the stage: how far each tree is rolled up."""

Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InvestedByCell:
    """分 by cell, and by firm where its record does not tell the cell (-1: nor the round the firm). missing: what would tell."""

    cells: dict[Cell, int]
    loose: dict[int, int]
    missing: tuple[MissingFact, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.cells.values()) + sum(self.loose.values())


def invested_by_cell(facts: FundFacts, firms: FirmFacts, dimension: Dimension | None) -> InvestedByCell:
    """What a fund has invested by cell: those of coverage at its usual levels, section, stage and county, or of one of these dimensions.

    An amount that is not stated counts nothing.
    """
    cells: dict[Cell, int] = defaultdict(int)
    loose: dict[int, int] = defaultdict(int)
    missing: list[MissingFact] = []
    for one in facts.investments:
        cell, lacking = _cell(facts, firms, one, dimension)
        if lacking:
            loose[one.enterprise] += one.amount or 0
            missing += lacking if one.amount else []
        else:
            cells[cell] += one.amount or 0
    return InvestedByCell(dict(cells), dict(loose), tuple(dict.fromkeys(missing)))


def concentration(facts: FundFacts, firms: FirmFacts, dimension: Dimension | None) -> Measure:
    """HHI: Σ (a cell's share of what is invested)². Its numerator is the mean size of the cell in which a yuan lies.

    What a firm's record does not tell may lie in a cell of its own or in the largest: the value lies between.
    """
    missing = unstated_amounts(facts.investments)
    if missing:
        return Measure(missing=tuple(dict.fromkeys(missing)))
    found = invested_by_cell(facts, firms.fresh(), dimension)
    total, apart = found.total, sum(found.loose.values())
    if not total:
        return Measure(denominator=Fraction(0), nothing=True)
    squares = sum(amount * amount for amount in found.cells.values())
    largest = max(found.cells.values(), default=0)
    low = squares + sum(amount * amount for amount in found.loose.values())
    high = squares + (largest + apart) ** 2 - largest**2
    return ratio((Fraction(low, total), Fraction(high, total)), (total, total), found.missing)


def _cell(
    facts: FundFacts, firms: FirmFacts, one: Investment, dimension: Dimension | None
) -> tuple[Cell, list[MissingFact]]:
    view = facts.view
    values: list[int] = []
    missing: list[MissingFact] = []
    if one.enterprise < 0:
        return (), [MissingFact(one.round, "enterprise")]
    for wanted, kind, level in PLACES:
        if dimension in (None, wanted):
            place = view.ref(one.enterprise, kind.lower())
            if place < 0:
                missing.append(MissingFact(one.enterprise, kind.lower()))
            else:
                values.append(tree_of(view, kind).rolled_up(place, level))
    if dimension in (None, Dimension.STAGE):
        stage = firms.stage(one)
        if stage is None:
            missing.append(MissingFact(one.enterprise, "stage"))
        else:
            values.append(list(type(stage)).index(stage))
    return tuple(values), missing
