"""Coverage cells: leaves of a solution rolled up, with what lies behind the sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from graph.kinds.terms import Instrument, Stage
from graph.view import View
from queries.coverage.allocation import max_allocatable
from queries.coverage.cell_id import CODES, CellDimension, CellKey, CellValue, DemandBasis
from queries.coverage.demand import UNKNOWN, Uncounted
from queries.coverage.fair_flow import GapReason
from queries.coverage.matching import Placed
from queries.coverage.network import Flags, Ints
from queries.coverage.solution import Solution
from queries.coverage.supply import FundSupply
from queries.ratios import rounded

REASONS = tuple(GapReason)
RECORDS = (CellDimension.INDUSTRY, CellDimension.REGION, CellDimension.TICKET_BAND)


@dataclass(frozen=True, slots=True)
class GapShare:
    """One reason's part of a structural gap. share: 0–1, six places. funds: whose size would tell (SIZE_NOT_STATED)."""

    reason: GapReason
    amount: int
    share: Decimal
    funds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CellFund:
    """A fund whose mandate admits a cell.

    cap: 分 that its terms let through to the cell's unmet needs (0: the terms let nothing through). has_money_left: more of
    it cannot be placed anywhere, so that not its size but its terms hold it back.
    """

    supply: FundSupply
    cap: int
    has_money_left: bool

    @property
    def fund(self) -> int:
        return self.supply.fund


@dataclass(frozen=True, eq=False)
class CoverageCell:
    """Demand in a cell and how far money meets it. 分; demand = covered + execution_gap + structural_gap, exactly.

    industry, region, ticket_band: handles; with stage, instrument and period None where `by` does not have the dimension, and where it
    is not known. tags: handles; () where the cell is that of what carries none, None where it is not split by tag.
    deployed: invested in the period, at cost; over_coverage: the part of it that met no need.
    execution_gap: unmet, though money and mandate exist. structural_gap: unmet with all money placed fairly;
    structural_gap_low: the same if every fund of unknown size had all that is asked of it.
    reason: that of the largest part of the structural gap, None where there is none; `reasons` has all.
    """

    key: CellKey
    industry: int | None
    stage: Stage | None
    region: int | None
    instrument: Instrument | None
    ticket_band: int | None
    tags: tuple[int, ...] | None
    period: str | None
    demand: int
    deployed: int
    covered: int
    execution_gap: int
    structural_gap: int
    structural_gap_low: int
    reason: GapReason | None
    solution: Solution = field(repr=False)
    leaves: Ints = field(repr=False)

    @property
    def id(self) -> str:
        """The id that describes the cell."""
        return self.key.id

    @property
    def by(self) -> tuple[CellDimension, ...]:
        """The dimensions that the cell is split by."""
        return tuple(self.key.values)

    @property
    def over_coverage(self) -> int:
        """Money that met no need: deployed − covered, never negative."""
        return self.deployed - self.covered

    @property
    def reasons(self) -> tuple[GapShare, ...]:
        """Every reason with its part of the structural gap, in the order of reasons; empty where there is no gap."""
        flow = self.solution.flow
        parts: dict[GapReason, int] = {}
        for leaf, amount in zip(self.leaves.tolist(), flow.gap[self.leaves].tolist(), strict=True):
            reason = flow.reason[leaf]
            if reason is not None:
                parts[reason] = parts.get(reason, 0) + amount
        unsized = flow.named_for(self._of_cell()) if GapReason.SIZE_NOT_STATED in parts else ()
        return tuple(
            GapShare(
                reason,
                parts[reason],
                rounded(Fraction(parts[reason], self.structural_gap)),
                tuple(self.solution.funds[place].fund for place in unsized)
                if reason is GapReason.SIZE_NOT_STATED
                else (),
            )
            for reason in REASONS
            if reason in parts
        )

    @property
    def funds(self) -> tuple[CellFund, ...]:
        """The funds whose mandates admit a leaf of the cell, in order of ids."""
        network, places = self.solution.flow.residual.network, self.solution.fund_of_node
        edges = np.flatnonzero(self._of_cell()[network.leaf])
        through = np.zeros(len(network.size), np.int64)
        np.add.at(through, network.node[edges], network.cap[edges])
        for nodes in reversed(network.levels()):
            np.add.at(through, network.fed_by[nodes], np.minimum(through[nodes], network.size[nodes]))
        return tuple(
            CellFund(self.solution.funds[place], int(through[place]), bool(self.solution.has_money_left[place]))
            for place in np.unique(places[network.node[edges]]).tolist()
        )

    @property
    def needs(self) -> Ints:
        """The needs of the cell that are in its sums, in order of ids; none of modelled demand, which no record declares."""
        if self.key.demand is DemandBasis.MODELLED:
            return np.zeros(0, np.int64)
        return self.solution.need[self._of_cell()[self.solution.need_leaf]]

    @property
    def enterprises(self) -> Ints:
        """The enterprises whose demand is in its sums, each once; of modelled demand this is its size."""
        return self._firms(np.ones(len(self.solution.need), np.bool_))

    @property
    def reached(self) -> Ints:
        """The enterprises of the cell with an unmet need to which some fund with money could give something, each once."""
        return self._firms(self.solution.is_reached)

    def _firms(self, needs: Flags) -> Ints:
        found = np.unique(self.solution.enterprise[needs & self._of_cell()[self.solution.need_leaf]])
        return np.asarray(found[found != UNKNOWN], np.int64)

    @property
    def max_allocatable(self) -> int:
        """What the cell could get if it were served first, with all other cells after it; funds of unknown size give nothing."""
        return max_allocatable(self.solution.flow.residual.network, self.solution.into, self.leaves)

    @property
    def investments(self) -> tuple[Placed, ...]:
        """The money of rounds that counts in the cell: what was deployed, and what of it met which need."""
        mine = self._of_cell()
        return tuple(part for leaf, part in self.solution.placed if mine[leaf])

    @property
    def uncounted(self) -> tuple[Uncounted, ...]:
        """Needs and rounds of the cell that are in no sum: in a currency without a rate, or without an amount."""
        mine = self._of_cell()
        return tuple(one for leaf, one in self.solution.uncounted if mine[leaf])

    def _of_cell(self) -> Flags:
        flags = np.zeros(len(self.solution.cells), np.bool_)
        flags[self.leaves] = True
        return flags


def cells_of(
    view: View,
    solution: Solution,
    key: CellKey,
    values: Sequence[Mapping[CellDimension, CellValue]],
    leaves: Ints,
    starts: Ints,
) -> tuple[CoverageCell, ...]:
    """The cells of runs of leaves that begin at `starts`, with the canonical values of each."""
    if len(leaves):
        sums = np.add.reduceat(solution.measures[:, leaves], starts, axis=1)
    else:
        sums = np.zeros((len(solution.measures), len(starts)), np.int64)
    largest = sums[-len(REASONS) :].argmax(axis=0).tolist()
    named = {own.get(one) for own in values for one in RECORDS}
    record = {one: view.find(one) if isinstance(one, str) else None for one in named}
    cells = []
    ends = [*starts[1:].tolist(), len(leaves)][: len(starts)]
    for place, (own, start, end, amounts) in enumerate(
        zip(values, starts.tolist(), ends, sums.T.tolist(), strict=True)
    ):
        industry, region, band = (record[own.get(one)] for one in RECORDS)
        stage, instrument = (own.get(one) for one in CODES)
        tags, period = own.get(CellDimension.TAG), own.get(CellDimension.PERIOD)
        demand, deployed, covered, given, gap, gap_low = amounts[: -len(REASONS)]
        cells.append(
            CoverageCell(
                key=replace(key, values=own),
                industry=industry,
                stage=Stage[stage] if isinstance(stage, str) else None,
                region=region,
                instrument=Instrument[instrument] if isinstance(instrument, str) else None,
                ticket_band=band,
                tags=tuple(view.find(one) for one in tags) if isinstance(tags, tuple) else None,
                period=period if isinstance(period, str) else None,
                demand=demand,
                deployed=deployed,
                covered=covered,
                execution_gap=given,
                structural_gap=gap,
                structural_gap_low=gap_low,
                reason=REASONS[largest[place]] if gap else None,
                solution=solution,
                leaves=leaves[start:end],
            )
        )
    return tuple(cells)
