"""What a what-if changes in a coverage cell, against the view that it is laid over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from graph.errors import NotFound
from graph.view import View
from queries.coverage.cells import CoverageCell
from queries.coverage.network import Ints
from queries.fund_coverage import coverage_cell


@dataclass(frozen=True, slots=True, eq=False)
class CoverageChange:
    """What is different in a cell, 分: how much more there is with the changes than without, negative where there is less.

    closes: by how much the structural gap is smaller. money: how much more the funds of the network have for new deals, as far as
    sizes are stated; per_yuan: closes by money, None where no money comes. newly_reached: enterprises of the cell with an unmet need
    that a fund with money could give something to, and none could before.
    """

    demand: int
    covered: int
    execution_gap: int
    structural_gap: int
    structural_gap_low: int
    closes: int
    money: int
    per_yuan: Fraction | None
    newly_reached: Ints


def coverage_change(view: View, cell: CoverageCell) -> CoverageChange | None:
    """What the changes of a what-if change in one of its cells; None in a view that assumes nothing.

    The cell without the changes is asked for by its id; what the changes add (a fund of the network, the region or tag of the cell) is
    not there yet, and nothing was in it. Cost: the network without the changes, solved once.
    """
    if view.before is None:
        return None
    before = _before(view.before, cell)
    reached = np.zeros(0, np.int64) if before is None else before.reached
    already = set(view.before.ids_of(reached))
    newly = [one for one in cell.reached.tolist() if view.id_of(one) not in already]
    money = _money(cell) - (0 if before is None else _money(before))
    closes = (0 if before is None else before.structural_gap) - cell.structural_gap

    def more(name: str) -> int:
        return int(getattr(cell, name) - (0 if before is None else getattr(before, name)))

    return CoverageChange(
        demand=more("demand"),
        covered=more("covered"),
        execution_gap=more("execution_gap"),
        structural_gap=-closes,
        structural_gap_low=more("structural_gap_low"),
        closes=closes,
        money=money,
        per_yuan=Fraction(closes, money) if money > 0 else None,
        newly_reached=np.array(newly, np.int64),
    )


def _before(view: View, cell: CoverageCell) -> CoverageCell | None:
    key = cell.key
    if key.funds is not None:
        key = replace(key, funds=tuple(fund for fund in key.funds if view.find(fund) >= 0))
    try:
        return coverage_cell(view, key.id)
    except NotFound:
        return None


def _money(cell: CoverageCell) -> int:
    return sum(fund.dry_powder or 0 for fund in cell.solution.funds)
