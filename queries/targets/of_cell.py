"""Which enterprises ask for money in a cell of demand: each of their unmet needs is held against the cell, three-valued."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from graph.kinds.terms import Instrument, Stage
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, year_of
from queries.coverage.demand import UNKNOWN as NOT_KNOWN
from queries.coverage.demand import Cell, demand_of
from queries.coverage.dimensions import KINDS
from queries.derived import once
from queries.financing.gates.eligibility import NO, UNKNOWN, YES, Verdicts
from queries.financing.limits.constraints import MissingFact
from queries.financing.reaching.firms import Firms
from queries.ratios import UNLIMITED, UNSTATED, Ints
from queries.targets.criteria import VERDICTS, Condition, Criterion, CriterionKind
from queries.trees import descendants

FACTS: Final = {
    CellDimension.INDUSTRY: "industry",
    CellDimension.STAGE: "stage",
    CellDimension.REGION: "region",
    CellDimension.INSTRUMENT: "needs.instrument",
    CellDimension.TICKET_BAND: "needs.amount",
    CellDimension.PERIOD: "needs.neededBy",
}
"""The field of an enterprise that tells where it stands on a dimension; tags are what is recorded."""


@dataclass(frozen=True, slots=True, eq=False)
class Unmet:
    """The needs that are not met, in order of ids: the place of the firm, what it still asks for in 分 (UNSTATED: no rate), its cell."""

    owner: Ints
    left: Ints
    cell: tuple[Cell, ...]

    @classmethod
    def of(cls, view: View) -> Unmet:
        """The unmet equity needs of a view, as fund coverage knows them; made once."""
        return once(view, Unmet, lambda: cls._made(view))

    @classmethod
    def _made(cls, view: View) -> Unmet:
        demand = demand_of(view)
        needs = [
            (need, left, cell)
            for need, left, cell in zip(
                demand.need.tolist(), (demand.amount - demand.covered).tolist(), demand.cell, strict=True
            )
            if left > 0
        ]
        needs += [(one.record, UNSTATED, one.cell) for one in demand.uncounted if one.is_need]
        handles = np.array([need for need, _, _ in needs], np.int64)
        owner = Firms.of(view).places(view.refs(handles, "enterprise"))
        order = np.argsort(view.rank(handles), kind="stable")
        kept = [at for at in order.tolist() if owner[at] >= 0]
        left = np.array([needs[at][1] for at in kept], np.int64)
        return cls(owner[kept], left, tuple(needs[at][2] for at in kept))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellCondition(Condition):
    """To have an unmet need in the cell. each: by dimension that is asked, what it says of every need; handles: of the firms."""

    unmet: Unmet
    each: tuple[tuple[CellDimension, Verdicts], ...]
    handles: Ints

    def told(self, place: int) -> Iterator[Criterion]:
        """The dimensions on which the nearest need of a firm does not fit, or cannot be told."""
        verdict = int(self.verdicts[place])
        if verdict == YES:
            return
        needs = np.flatnonzero(self.unmet.owner == place)
        if not len(needs):
            yield Criterion(CriterionKind.NEED, VERDICTS[NO])
            return
        misses = np.sum([verdicts[needs] == NO for _, verdicts in self.each], axis=0)
        need = needs[int(np.argmin(misses))]
        for dimension, verdicts in self.each:
            own = int(verdicts[need])
            if own != YES:
                fact = FACTS.get(dimension)
                lacking = own == UNKNOWN and fact is not None
                missing = (MissingFact(int(self.handles[place]), str(fact)),) if lacking else ()
                yield Criterion(CriterionKind[dimension.name], VERDICTS[own], (), missing)


@dataclass(frozen=True, eq=False)
class CellNeeds:
    """The needs of a cell: what firms must meet, and what it says of each need."""

    condition: CellCondition
    needs: Verdicts

    @cached_property
    def asked(self) -> Ints:
        """By firm, what it asks for in the cell, UNLIMITED: nothing, UNSTATED: in a currency without a rate.

        The sum over the needs that fit, or where none does, over those that may.
        """
        unmet, verdicts = self.condition.unmet, self.condition.verdicts
        counts = (self.needs == verdicts[unmet.owner]) & (self.needs != NO)
        found = np.zeros(len(verdicts), np.int64)
        np.add.at(found, unmet.owner[counts], np.maximum(unmet.left[counts], 0))
        found[unmet.owner[counts & (unmet.left == UNSTATED)]] = UNSTATED
        asking = np.zeros(len(verdicts), bool)
        asking[unmet.owner[counts]] = True
        return np.where(asking, found, UNLIMITED)


def of_cell(view: View, cell: CellFilter) -> CellNeeds:
    """The firms with an unmet need in a cell. Without `period`: of the present year, of later ones, and of no year.

    Raises InvalidInput for a year that is none, InvalidIdentifier or NotFound for records that are not in the view.
    """
    unmet, firms = Unmet.of(view), Firms.of(view)
    each = tuple(_each(view, cell, unmet.cell))
    needs = np.full(len(unmet.cell), YES, np.int8)
    for _, verdicts in each:
        np.minimum(needs, verdicts, out=needs)
    found = np.full(len(firms), NO, np.int8)
    np.maximum.at(found, unmet.owner, needs)
    condition = CellCondition(CriterionKind.NEED, found, unmet=unmet, each=each, handles=firms.handles)
    return CellNeeds(condition, needs)


def _each(view: View, cell: CellFilter, cells: tuple[Cell, ...]) -> Iterator[tuple[CellDimension, Verdicts]]:
    for dimension in CellDimension:
        chosen = getattr(cell, dimension.name.lower())
        if chosen is None and dimension is not CellDimension.PERIOD:
            continue
        if dimension is CellDimension.TAG:
            wanted = {view.require(one, "Tag") for one in chosen}
            yield dimension, np.array([NO if wanted.isdisjoint(one.tags) else YES for one in cells], np.int8)
            continue
        own = np.array([getattr(one, dimension.name.lower()) for one in cells], np.int64)
        if chosen is None:
            yield dimension, np.where((own == NOT_KNOWN) | (own >= view.as_of.year), YES, NO).astype(np.int8)
            continue
        among = np.array(sorted(_among(view, dimension, chosen)), np.int64)
        told = np.where(own == NOT_KNOWN, UNKNOWN, np.where(np.isin(own, among), YES, NO))
        yield dimension, told.astype(np.int8)


def _among(view: View, dimension: CellDimension, chosen: Collection[str | Stage | Instrument]) -> set[int]:
    """The values that a filter wants, with all below them."""
    found: set[int] = set()
    for one in chosen:
        if isinstance(one, (Stage, Instrument)):
            found.add(list(type(one)).index(one))
        elif dimension is CellDimension.PERIOD:
            found.add(year_of(one, view.as_of.year))
        else:
            place = view.require(one, KINDS[dimension])
            found |= {place} if dimension is CellDimension.TICKET_BAND else set(descendants(view, place))
    return found
