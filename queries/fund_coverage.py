"""Fund coverage: where money is missing, how much of it could be placed today, and why the rest could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.terms import Instrument, Stage
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, CellKey, DemandBasis, Levels, year_of
from queries.coverage.cells import CoverageCell, cells_of
from queries.coverage.dimensions import canonical
from queries.coverage.marginals import FundMarginal, RuleMarginal
from queries.coverage.solution import Solution, solution_of
from queries.coverage.supply import FundSupply


@dataclass(frozen=True, slots=True, eq=False)
class FundCoverage:
    """Coverage by cells. Every amount of `total` is the sum of those of the cells, exactly; where single tags are shown, whose cells
    overlap, it counts each need once.

    cells: those with a need or an investment, in order of their dimensions; what is not known comes last.
    funds: the supply of each fund of the network.
    outside: of modelled demand, how many enterprises no benchmark speaks of, so that their demand is not known.
    """

    demand: DemandBasis
    cells: tuple[CoverageCell, ...]
    total: CoverageCell
    funds: tuple[FundSupply, ...]
    outside: int

    @property
    def fund_marginals(self) -> tuple[FundMarginal, ...]:
        """What one more yuan in each fund would close of the gap of the whole network, see `Marginals.funds`."""
        return self.total.solution.marginals.funds

    @property
    def rule_marginals(self) -> tuple[RuleMarginal, ...]:
        """What each hard rule of a mandate, if it bound nothing, would close of the gap of the whole network, see `Marginals.rules`."""
        return self.total.solution.marginals.rules

    @property
    def over_coverage(self) -> int:
        """分 invested in the period that met no need."""
        return self.total.over_coverage


def fund_coverage(
    view: View,
    *,
    by: Sequence[CellDimension],
    levels: Levels | None = None,
    where: CellFilter | None = None,
    funds: Sequence[str] | None = None,
    demand: DemandBasis = DemandBasis.DECLARED,
) -> FundCoverage:
    """Demand for equity by cells: covered, execution gap, structural gap and its reasons.

    Parameters
    ----------
    by: the dimensions to split by, each once; empty: one cell, the total.
    levels: how far industries and regions are rolled up; left out: sections and counties.
    where: restricts what is shown, never the network. Without `period`: the present year of the view, all later ones and what has
        no date. A year before the present one is solved by itself, against what the funds have now, and asked for alone.
    funds: ids of the funds of the network; left out: all; empty: none.
    demand: what enterprises ask for, or what benchmarks say that they would ask for in the year; the two are never mixed.

    Raises
    ------
    InvalidInput
        A dimension twice, a year that is none, or a past year beside another; modelled demand without a benchmark.
    InvalidIdentifier, NotFound
        An industry, region, band, tag or fund that is not in the view.

    Notes
    -----
    The network is solved at the leaves (industry and region as recorded, stage, instrument, band, set of tags, year) once per view,
    demand, funds and year, and kept with the view; after that a question costs one pass over the leaves.
    """
    if len(set(by)) < len(by):
        raise InvalidInput(f"by names a dimension twice: {', '.join(one.name for one in by)}; name each once")
    asked = CellKey({}, levels or Levels(), where or CellFilter(), demand=demand)
    key = _canonical(view, asked, funds)
    solution = _solution(view, key)
    columns = solution.columns
    shown = np.flatnonzero(columns.shown(view, key.where))
    leaves, grouped = columns.grouped(view, by, key.levels, shown)
    sort_keys = [columns.order(view, dimension, key.levels, grouped[dimension]) for dimension in by]
    order = np.lexsort([np.arange(len(leaves)), *reversed(sort_keys)])
    rows = np.stack([*grouped.values(), np.zeros(len(leaves), np.int64)], axis=1)[order]
    starts = np.flatnonzero(np.append(True, np.any(rows[1:] != rows[:-1], axis=1))[: len(rows)])
    named = [
        {place: columns.text(view, dimension, key.levels, place) for place in np.unique(column).tolist()}
        for dimension, column in grouped.items()
    ]
    values = [
        {dimension: names[place] for dimension, names, place in zip(by, named, row, strict=False)}
        for row in rows[starts].tolist()
    ]
    (total,) = cells_of(view, solution, key, [{}], shown, np.zeros(1, np.int64))
    cells = cells_of(view, solution, key, values, leaves[order], starts) if by else (total,)
    return FundCoverage(demand, cells, total, solution.funds, solution.outside)


def coverage_cell(view: View, identifier: str) -> CoverageCell:
    """The cell that an id describes, in this view: all zeros where it has neither needs nor investments here.

    Raises InvalidIdentifier when the id describes no cell, NotFound when its industry, region or fund is not in the view.
    """
    asked = CellKey.of(identifier)
    key = _canonical(view, replace(asked, values={}), asked.funds)
    solution = _solution(view, key)
    columns = solution.columns
    shown = columns.shown(view, key.where)
    values = {dimension: canonical(view, dimension, value) for dimension, value in asked.values.items()}
    for dimension, value in values.items():
        shown &= columns.having(view, dimension, value, key.levels)
    (cell,) = cells_of(view, solution, key, [values], np.flatnonzero(shown), np.zeros(1, np.int64))
    return cell


def _canonical(view: View, key: CellKey, funds: Sequence[str] | None) -> CellKey:
    """The question with the ids that its industries, regions and funds have in this view, each once, in order."""

    def ids(chosen: Sequence[str] | None, kind: str) -> tuple[str, ...] | None:
        if chosen is None:
            return None
        return tuple(sorted({view.id_of(view.require(one, kind)) for one in chosen}, key=str.encode))

    where = key.where
    for year in where.period or ():
        year_of(year, view.as_of.year)
    return replace(
        key,
        where=CellFilter(
            industry=ids(where.industry, "Industry"),
            stage=None if where.stage is None else tuple(one for one in Stage if one in where.stage),
            region=ids(where.region, "Region"),
            instrument=None
            if where.instrument is None
            else tuple(one for one in Instrument if one in where.instrument),
            ticket_band=ids(where.ticket_band, "TicketBand"),
            tag=ids(where.tag, "Tag"),
            period=None if where.period is None else tuple(sorted(set(where.period))),
        ),
        funds=ids(funds, "Fund"),
    )


def _solution(view: View, key: CellKey) -> Solution:
    """The network of the question: that of the present and later years, or of one year before."""
    funds = None if key.funds is None else tuple(view.find(one) for one in key.funds)
    years = [int(year) for year in key.where.period or ()]
    past = [year for year in years if year < view.as_of.year]
    if past and len(years) > 1:
        raise InvalidInput(
            f"period {min(past)} is before {view.as_of.year} and its needs share no money with other years; ask for it alone,"
            f" or in a view as of that year"
        )
    return solution_of(view, funds, past[0] if past else None, key.demand)
