"""Fund coverage: where money is missing, how much of it could be placed today, and why the rest could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.terms import Stage
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, CellKey, DemandBasis, Levels
from queries.coverage.cells import REASONS, CoverageCell
from queries.coverage.demand import UNKNOWN
from queries.coverage.network import Flags, Ints
from queries.coverage.solution import Solution, solution_of
from queries.coverage.supply import FundSupply
from queries.coverage.tree import rolled_up
from queries.trees import tree_of

STAGES = tuple(Stage)


@dataclass(frozen=True, slots=True, eq=False)
class FundCoverage:
    """Coverage by cells. Every amount of `total` is the sum of those of the cells, exactly.

    cells: those with a need or an investment, in order of their dimensions; what is not known comes last.
    funds: the supply of each fund of the network; left_out: funds of which neither a mandate nor a size is stated.
    """

    cells: tuple[CoverageCell, ...]
    total: CoverageCell
    funds: tuple[FundSupply, ...]
    left_out: tuple[int, ...]

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

    Raises
    ------
    InvalidInput
        A dimension twice, a year that is none, or a past year beside another.
    InvalidIdentifier, NotFound
        An industry, region or fund that is not in the view.

    Notes
    -----
    The network is solved at the leaves (industry and region as recorded, stage, set of tags, year) once per view, funds and year,
    and kept with the view; after that a question costs one pass over the leaves.
    """
    if len(set(by)) < len(by):
        raise InvalidInput(f"by names a dimension twice: {', '.join(one.name for one in by)}; name each once")
    key = _canonical(view, CellKey({}, levels or Levels(), where or CellFilter()), funds)
    solution = _solution(view, key)
    shown = np.flatnonzero(_shown(view, solution, key.where))
    columns = [_column(view, solution, dimension, key.levels)[shown] for dimension in by]
    sort_keys = [_sort_key(view, dimension, column) for dimension, column in zip(by, columns, strict=True)]
    order = np.lexsort([np.arange(len(shown)), *reversed(sort_keys)])
    rows = np.stack([*columns, np.zeros(len(shown), np.int64)], axis=1)[order]
    starts = np.flatnonzero(np.append(True, np.any(rows[1:] != rows[:-1], axis=1))[: len(rows)])
    values = [dict(zip(by, row, strict=False)) for row in rows[starts].tolist()]
    (total,) = _cells(view, solution, key, [{}], shown, np.zeros(1, np.int64))
    cells = _cells(view, solution, key, values, shown[order], starts) if by else (total,)
    return FundCoverage(cells, total, solution.funds, solution.left_out)


def coverage_cell(view: View, identifier: str) -> CoverageCell:
    """The cell that an id describes, in this view: all zeros where it has neither needs nor investments here.

    Raises InvalidIdentifier when the id describes no cell, NotFound when its industry, region or fund is not in the view.
    """
    asked = CellKey.of(identifier)
    key = _canonical(view, replace(asked, values={}), asked.funds)
    solution = _solution(view, key)
    values = {dimension: _place(view, dimension, value) for dimension, value in asked.values.items()}
    shown = _shown(view, solution, key.where)
    for dimension, value in values.items():
        shown &= _column(view, solution, dimension, key.levels) == value
    (cell,) = _cells(view, solution, key, [values], np.flatnonzero(shown), np.zeros(1, np.int64))
    return cell


def _canonical(view: View, key: CellKey, funds: Sequence[str] | None) -> CellKey:
    """The question with the ids that its industries, regions and funds have in this view, each once, in order."""

    def ids(chosen: Sequence[str] | None, kind: str) -> tuple[str, ...] | None:
        if chosen is None:
            return None
        return tuple(sorted({view.id_of(view.require(one, kind)) for one in chosen}, key=str.encode))

    where = key.where
    for year in where.period or ():
        if not (len(year) == 4 and year.isascii() and year.isdigit()):
            raise InvalidInput(f"period {year!r} is no year; give four digits, such as {view.as_of.year}")
    return replace(
        key,
        where=CellFilter(
            industry=ids(where.industry, "Industry"),
            stage=None if where.stage is None else tuple(stage for stage in STAGES if stage in where.stage),
            region=ids(where.region, "Region"),
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
    return solution_of(view, funds, past[0] if past else None)


def _column(view: View, solution: Solution, dimension: CellDimension, levels: Levels) -> Ints:
    """By leaf, its value on a dimension: a handle, the place of a stage, a year; UNKNOWN where not known."""
    match dimension:
        case CellDimension.INDUSTRY:
            own = np.array([cell.industry for cell in solution.cells], np.int64)
            return rolled_up(tree_of(view, "Industry"), own, levels.industry)
        case CellDimension.REGION:
            own = np.array([cell.region for cell in solution.cells], np.int64)
            return rolled_up(tree_of(view, "Region"), own, levels.region)
        case CellDimension.STAGE:
            return np.array([cell.stage for cell in solution.cells], np.int64)
        case CellDimension.PERIOD:
            return np.array([cell.period for cell in solution.cells], np.int64)


def _sort_key(view: View, dimension: CellDimension, column: Ints) -> Ints:
    known = column != UNKNOWN
    key = np.full(len(column), np.iinfo(np.int64).max)
    handles = dimension in (CellDimension.INDUSTRY, CellDimension.REGION)
    key[known] = view.rank(column[known]) if handles else column[known]
    return key


def _shown(view: View, solution: Solution, where: CellFilter) -> Flags:
    """By leaf, whether it is shown."""
    shown = np.ones(len(solution.cells), np.bool_)
    for kind, chosen, own in (
        ("Industry", where.industry, [cell.industry for cell in solution.cells]),
        ("Region", where.region, [cell.region for cell in solution.cells]),
    ):
        if chosen is not None:
            wanted = {view.find(one) for one in chosen}
            below = {handle: not wanted.isdisjoint(tree_of(view, kind).path(handle)) for handle in set(own)}
            shown &= np.array([below[handle] for handle in own], np.bool_)
    if where.stage is not None:
        stages = [STAGES.index(stage) for stage in where.stage]
        shown &= np.isin([cell.stage for cell in solution.cells], stages)
    if where.period is not None:
        shown &= np.isin([cell.period for cell in solution.cells], [int(year) for year in where.period])
    return shown


def _place(view: View, dimension: CellDimension, value: str | None) -> int:
    """The value of a dimension as `_column` has it."""
    if value is None:
        return UNKNOWN
    match dimension:
        case CellDimension.INDUSTRY | CellDimension.REGION:
            return view.require(value, dimension.name.capitalize())
        case CellDimension.STAGE:
            return list(Stage.__members__).index(value)
        case CellDimension.PERIOD:
            return int(value)


def _text(view: View, dimension: CellDimension, place: int) -> str | None:
    if place == UNKNOWN:
        return None
    match dimension:
        case CellDimension.INDUSTRY | CellDimension.REGION:
            return view.id_of(place)
        case CellDimension.STAGE:
            return STAGES[place].name
        case CellDimension.PERIOD:
            return f"{place:04}"


def _cells(
    view: View,
    solution: Solution,
    key: CellKey,
    values: Sequence[dict[CellDimension, int]],
    leaves: Ints,
    starts: Ints,
) -> tuple[CoverageCell, ...]:
    """The cells of runs of leaves that begin at `starts`, with the values of each."""
    flow = solution.flow
    place_of = {reason: place for place, reason in enumerate(REASONS)}
    reason = np.array([place_of.get(one, UNKNOWN) if one else UNKNOWN for one in flow.reason], np.int64)[leaves]
    columns = [solution.demand, solution.deployed, solution.covered, flow.given, flow.gap, flow.gap_low]
    amounts = [column[leaves] for column in columns]
    amounts += [np.where(reason == place, flow.gap[leaves], 0) for place in range(len(REASONS))]
    sums = np.stack([_sums(column, starts) for column in amounts])
    largest = sums[len(columns) :].argmax(axis=0).tolist()
    cells = []
    for place, own in enumerate(values):
        demand, deployed, covered, given, gap, gap_low = sums[: len(columns), place].tolist()
        known = {dimension: value for dimension, value in own.items() if value != UNKNOWN}
        texts = {dimension: _text(view, dimension, value) for dimension, value in own.items()}
        stage = known.get(CellDimension.STAGE)
        end = int(starts[place + 1]) if place + 1 < len(starts) else len(leaves)
        cells.append(
            CoverageCell(
                key=replace(key, values=texts),
                industry=known.get(CellDimension.INDUSTRY),
                stage=None if stage is None else STAGES[stage],
                region=known.get(CellDimension.REGION),
                period=texts.get(CellDimension.PERIOD),
                demand=demand,
                deployed=deployed,
                covered=covered,
                execution_gap=given,
                structural_gap=gap,
                structural_gap_low=gap_low,
                reason=REASONS[largest[place]] if gap else None,
                solution=solution,
                leaves=leaves[int(starts[place]) : end],
            )
        )
    return tuple(cells)


def _sums(column: Ints, starts: Ints) -> Ints:
    return np.add.reduceat(column, starts) if len(column) else np.zeros(len(starts), np.int64)
