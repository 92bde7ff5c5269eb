"""The coverage network of a view, solved at the leaves once: what every cell is rolled up from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from graph.view import View
from queries.coverage.amounts import added_up, amounts_of
from queries.coverage.demand import UNKNOWN, Cell, Demand, Uncounted, demand_of
from queries.coverage.fair_flow import FairFlow, fair_flow
from queries.coverage.mandate import Mandate, admitted
from queries.coverage.mandate_rules import attributes_of, mandates_of
from queries.coverage.matching import Placed
from queries.coverage.network import CoverageNetwork, Flags, Ints
from queries.coverage.supply import FundSupply, Supplies, fund_supplies
from queries.coverage.terms import FundTerms, OpenNeeds, coverage_network
from queries.derived import once
from queries.trees import tree_of

KEPT = 4
"""Solutions kept of one view: the questions of all funds and of the last few choices of funds and years."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """All leaf cells of one network, in order of their ids, with what was asked for, invested, and can still flow.

    demand, covered, deployed: 分 by leaf. need, need_leaf: the needs in order of ids, and the leaf of each. placed: by leaf,
    the money of rounds. uncounted: by leaf, needs and rounds whose amounts enter no sum.
    funds: the funds of the network, in order of ids. has_money_left: by fund, whether the source still reaches it.
    left_out: funds of which neither a mandate nor a size is stated, so that nothing says that they would give anything.
    """

    cells: tuple[Cell, ...]
    demand: Ints
    covered: Ints
    deployed: Ints
    need: Ints
    need_leaf: Ints
    placed: tuple[tuple[int, Placed], ...]
    uncounted: tuple[tuple[int, Uncounted], ...]
    funds: tuple[FundSupply, ...]
    left_out: tuple[int, ...]
    flow: FairFlow
    fund_of_node: Ints
    has_money_left: Flags


def solution_of(view: View, funds: tuple[int, ...] | None, year: int | None) -> Solution:
    """The solved network of a view.

    funds: in order of ids, None = all. year: a year before the present one, solved by itself; None = the present year,
    all later ones, and what has no year.
    """
    return once(view, _Kept, _Kept).get((funds, year), lambda: _solve(view, funds, year))


def is_solved(view: View) -> bool:
    """Whether the network of all funds, for the present year on, has been solved."""
    return (None, None) in once(view, _Kept, _Kept).solutions


Choice = tuple[tuple[int, ...] | None, int | None]


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


def _solve(view: View, chosen: tuple[int, ...] | None, year: int | None) -> Solution:
    demand = once(view, demand_of, lambda: demand_of(view))
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
    speaks = [place for place, mandate in enumerate(mandates) if mandate.is_stated or _has_size(supplies, place)]
    silent = set(range(len(handles))) - set(speaks)
    network = _network(
        view, demand, needs, need_leaf, asked - covered, [mandates[at] for at in speaks], speaks, supplies
    )
    flow = fair_flow(network)
    return Solution(
        cells=cells,
        demand=asked,
        covered=covered,
        deployed=deployed,
        need=demand.need[needs],
        need_leaf=need_leaf,
        placed=by_leaf,
        uncounted=tuple(sorted((leaf_of[one.cell], one) for one in uncounted)),
        funds=tuple(supplies.funds[place] for place in speaks),
        left_out=tuple(int(handles[place]) for place in sorted(silent)),
        flow=flow,
        fund_of_node=network.fund,
        has_money_left=flow.residual.from_source()[0][: len(speaks)],
    )


def _scope(view: View, year: int | None) -> Callable[[Cell], bool]:
    if year is None:
        return lambda cell: cell.period == UNKNOWN or cell.period >= view.as_of.year
    return lambda cell: cell.period == year


def _in_order(view: View, cells: set[Cell]) -> tuple[Cell, ...]:
    """Cells by industry, stage, region, tags and year, records in order of their ids; what is not known comes last."""
    last = int(np.iinfo(np.int64).max)
    rank = {UNKNOWN: last}
    for kind in ("Industry", "Region", "Tag"):
        handles = view.handles(kind)
        rank |= dict(zip(handles.tolist(), range(len(handles)), strict=True))

    def key(cell: Cell) -> tuple[int, int, int, tuple[int, ...], int]:
        stage, period = (last if value == UNKNOWN else value for value in (cell.stage, cell.period))
        return rank[cell.industry], stage, rank[cell.region], tuple(rank[tag] for tag in cell.tags), period

    return tuple(sorted(cells, key=key))


def _has_size(supplies: Supplies, place: int) -> bool:
    return supplies.funds[place].committed is not None


def _network(
    view: View,
    demand: Demand,
    needs: Ints,
    need_leaf: Ints,
    unmet: Ints,
    mandates: list[Mandate],
    places: list[int],
    supplies: Supplies,
) -> CoverageNetwork:
    enterprise = demand.enterprise[needs]
    order = np.lexsort((enterprise, need_leaf))
    needs, enterprise = needs[order], enterprise[order]
    cells = [demand.cell[at] for at in needs.tolist()]
    period = np.array([cell.period for cell in cells], np.int64)
    open_needs = OpenNeeds(need_leaf[order], enterprise, (demand.amount - demand.covered)[needs], period)
    attributes = attributes_of(view, cells, enterprise, tree_of(view, "Industry"), tree_of(view, "Region"))
    at = {place: number for number, place in enumerate(places)}
    held = {(at[fund], firm): amount for (fund, firm), amount in supplies.held.items() if fund in at}
    terms = _terms(view, [supplies.funds[place] for place in places], mandates)
    return coverage_network(unmet, terms, open_needs, admitted(mandates, attributes, len(needs)), held)


def _terms(view: View, funds: list[FundSupply], mandates: list[Mandate]) -> list[FundTerms]:
    """The terms of each fund. How much of a fund may come here is not stated where its mandate is known in words only."""
    handles = np.array([fund.fund for fund in funds], np.int64)
    lowest, highest, cap = (amounts_of(view, handles, name) for name in ("ticket_min", "ticket_max", "per_company_cap"))
    found = []
    for place, (fund, mandate) in enumerate(zip(funds, mandates, strict=True)):
        least = [mandate.ticket_min, int(lowest.value[place]) if lowest.is_stated[place] else None]
        most = [mandate.ticket_max, int(highest.value[place]) if highest.is_stated[place] else None]
        found.append(
            FundTerms(
                size=fund.dry_powder if mandate.is_decidable or not fund.is_investing else None,
                ticket_min=max((amount for amount in least if amount is not None), default=None),
                ticket_max=min((amount for amount in most if amount is not None), default=None),
                per_company_cap=int(cap.value[place]) if cap.is_stated[place] else None,
                last_period=fund.last_year,
                has_ended=not fund.is_investing,
            )
        )
    return found
