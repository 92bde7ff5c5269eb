"""The coverage network of a view, solved at the leaves once: what every cell is rolled up from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from graph.view import View
from queries.coverage.amounts import added_up
from queries.coverage.cell_id import CellDimension, DemandBasis, Levels
from queries.coverage.demand import UNKNOWN, Cell, Uncounted, demand_of
from queries.coverage.dimensions import LeafColumns
from queries.coverage.fair_flow import FairFlow, GapReason, fair_flow
from queries.coverage.mandate_rules import mandates_of
from queries.coverage.marginals import Marginals
from queries.coverage.matching import Placed
from queries.coverage.modelled import modelled_demand
from queries.coverage.network import Flags, Ints, LeafEdges
from queries.coverage.plan import Plan, plan_of
from queries.coverage.supply import FundSupply, fund_supplies
from queries.derived import once

KEPT = 4
"""Solutions kept of one view: the questions of all funds and of the last few choices of funds and years."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """All leaf cells of one network, in order of their ids, with what was asked for, invested, and can still flow.

    demand, covered, deployed: 分 by leaf. need, need_leaf, enterprise: the needs in order of ids (of modelled demand the
    enterprises themselves), with the leaf and the enterprise of each. is_reached: whether something of it is unmet that a fund
    with money could give something to. placed: by leaf, the money of rounds. uncounted: by leaf, what enters no sum. outside: see
    `Demand`.
    measures: by leaf, the rows that cells are sums of: demand, deployed, covered, placed fairly, gap, least gap, and the gap by reason.
    into: the edges of the network by leaf. marginals: what one more yuan or one rule less would close, made when asked for.
    funds: the funds of the network, in order of ids. has_money_left: by fund, whether the source still reaches it.
    """

    cells: tuple[Cell, ...]
    columns: LeafColumns
    demand: Ints
    covered: Ints
    deployed: Ints
    need: Ints
    need_leaf: Ints
    enterprise: Ints
    is_reached: Flags
    placed: tuple[tuple[int, Placed], ...]
    uncounted: tuple[tuple[int, Uncounted], ...]
    outside: int
    funds: tuple[FundSupply, ...]
    plan: Plan
    flow: FairFlow
    fund_of_node: Ints
    has_money_left: Flags
    measures: Ints
    into: LeafEdges
    marginals: Marginals


def solution_of(
    view: View, funds: tuple[int, ...] | None, year: int | None, basis: DemandBasis = DemandBasis.DECLARED
) -> Solution:
    """The solved network of a view.

    funds: in order of ids, None = all. year: a year before the present one, solved by itself; None = the present year,
    all later ones, and what has no year; of modelled demand the present year.
    """
    return once(view, _Kept, _Kept).get((funds, year, basis), lambda: _solve(view, funds, year, basis))


def is_solved(view: View) -> bool:
    """Whether the network of all funds, for the present year on, has been solved."""
    return (None, None, DemandBasis.DECLARED) in once(view, _Kept, _Kept).solutions


Choice = tuple[tuple[int, ...] | None, int | None, DemandBasis]


@dataclass(eq=False)
class _Kept:
    """The last few solutions of a view; each is made once, also when several ask for it at a time."""

    solutions: OrderedDict[Choice, Solution] = field(default_factory=OrderedDict)
    making: dict[Choice, Lock] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, choice: Choice, make: Callable[[], Solution]) -> Solution:
        with self.lock:
            making = self.making.setdefault(choice, Lock())
        with making:
            with self.lock:
                found = self.solutions.get(choice)
            made = make() if found is None else found
            with self.lock:
                self.solutions[choice] = made
                self.solutions.move_to_end(choice)
                while len(self.solutions) > KEPT:
                    self.making.pop(self.solutions.popitem(last=False)[0], None)
        return made


def _solve(view: View, chosen: tuple[int, ...] | None, year: int | None, basis: DemandBasis) -> Solution:
    if basis is DemandBasis.MODELLED:
        modelled = view.as_of.year if year is None else year
        demand = once(view, (modelled_demand, modelled), lambda: modelled_demand(view, modelled))
    else:
        demand = demand_of(view)
    in_scope = _scope(view, year)
    needs = np.flatnonzero([in_scope(cell) for cell in demand.cell]) if len(demand) else np.zeros(0, np.int64)
    placed = [(part, cell) for part, cell in demand.placed if in_scope(cell)]
    uncounted = [one for one in demand.uncounted if in_scope(one.cell)]
    cells = _in_order(
        view, {*(demand.cell[at] for at in needs), *(cell for _, cell in placed), *(one.cell for one in uncounted)}
    )
    leaf_of = {cell: leaf for leaf, cell in enumerate(cells)}
    need_leaf = np.array([leaf_of[demand.cell[at]] for at in needs.tolist()], np.int64)

    asked = added_up(demand.amount[needs], need_leaf, len(cells), "Equity needs")
    covered = added_up(demand.covered[needs], need_leaf, len(cells), "Equity needs")
    by_leaf = tuple((leaf_of[cell], part) for part, cell in placed)
    amounts, leaves = (
        np.array(column, np.int64) for column in ([part.amount for part, _ in placed], [leaf for leaf, _ in by_leaf])
    )
    deployed = added_up(amounts, leaves, len(cells), "Investment rounds")

    handles = view.handles("Fund") if chosen is None else np.array(chosen, np.int64)
    mandates, supplies = mandates_of(view, handles), fund_supplies(view, handles)
    plan = plan_of(
        view,
        demand,
        needs,
        need_leaf,
        asked - covered,
        supplies.funds,
        mandates,
        supplies.held,
    )
    network, reached = plan.network()
    is_reached = np.zeros(len(needs), np.bool_)
    is_reached[plan.need] = reached
    flow = fair_flow(network)
    into = LeafEdges.of(network)
    return Solution(
        cells=cells,
        columns=LeafColumns.of(view, cells),
        demand=asked,
        covered=covered,
        deployed=deployed,
        need=demand.need[needs],
        need_leaf=need_leaf,
        enterprise=demand.enterprise[needs],
        is_reached=is_reached,
        placed=by_leaf,
        uncounted=tuple(sorted((leaf_of[one.cell], one) for one in uncounted)),
        outside=demand.outside,
        funds=tuple(plan.funds),
        plan=plan,
        flow=flow,
        fund_of_node=network.fund,
        has_money_left=flow.has_money_left[: len(handles)],
        measures=_measures(asked, deployed, covered, flow),
        into=into,
        marginals=Marginals(plan, flow.residual, into),
    )


def _measures(asked: Ints, deployed: Ints, covered: Ints, flow: FairFlow) -> Ints:
    place = {reason: number for number, reason in enumerate(GapReason)}
    reason = np.array([UNKNOWN if one is None else place[one] for one in flow.reason], np.int64)
    by_reason = [np.where(reason == number, flow.gap, 0) for number in place.values()]
    return np.stack([asked, deployed, covered, flow.given, flow.gap, flow.gap_low, *by_reason])


def _scope(view: View, year: int | None) -> Callable[[Cell], bool]:
    if year is None:
        return lambda cell: cell.period == UNKNOWN or cell.period >= view.as_of.year
    return lambda cell: cell.period == year


def _in_order(view: View, cells: set[Cell]) -> tuple[Cell, ...]:
    """Cells by their dimensions, records in order of their ids; what is not known comes last."""
    found, levels = list(cells), Levels()
    columns = LeafColumns.of(view, found)
    keys = [columns.order(view, dimension, levels, columns.own(dimension)) for dimension in CellDimension]
    return tuple(found[at] for at in np.lexsort(keys[::-1]).tolist())
