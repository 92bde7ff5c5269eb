"""What could be done about a coverage gap with some money: into which fund, in a new sub-fund for what, or by relaxing which rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from graph.errors import InvalidInput
from graph.money import CNY, Money
from graph.records import Term
from graph.view import View
from queries.coverage.cell_id import CellDimension, CellFilter, DemandBasis, Levels
from queries.coverage.cells import CoverageCell
from queries.coverage.mandate import Mandate
from queries.coverage.network import CoverageNetwork, Ints
from queries.coverage.solution import Solution
from queries.exchange import worth_in
from queries.fund_coverage import fund_coverage

DEFAULT_BY = (CellDimension.INDUSTRY, CellDimension.STAGE)


class OptionKind(Term):
    """What is done; of options that close as much, in this order."""

    RELAX_RULE = "放宽投向"
    ADD_MONEY = "增加资金"
    OPEN_SUB_FUND = "设立子基金"


@dataclass(frozen=True, eq=False)
class FundOption:
    """Something that closes a part of the gap of the whole network, each option by itself and not on top of another.

    fund: into which the money goes, or whose rule bound nothing; rule; cell: what a new sub-fund would be for.
    closes: 分. money: 分 of new money; per_yuan: closes by money, None where it takes none.
    """

    kind: OptionKind
    closes: int
    money: int
    fund: int | None = None
    rule: int | None = None
    cell: CoverageCell | None = None
    solution: Solution = field(repr=False, kw_only=True)
    _place: int = field(default=-1, repr=False, kw_only=True)
    _mandate: Mandate | None = field(default=None, repr=False, kw_only=True)

    @property
    def per_yuan(self) -> Fraction | None:
        """What a yuan of new money closes, 0–1; None: it takes none."""
        return Fraction(self.closes, self.money) if self.money else None

    @property
    def newly_reached(self) -> Ints:
        """The enterprises with an unmet need that could be given something then, and by no fund with money now; each once."""
        solution, plan = self.solution, self.solution.plan
        if self.cell is not None:
            could = np.isin(plan.needs.leaf, self.cell.leaves) & (plan.needs.unmet > 0)
        else:
            could = plan.part(self._place, self._mandate or plan.mandates[self._place].mandate, self.money)[1]
        found = np.unique(plan.needs.enterprise[could])
        return np.setdiff1d(found[found >= 0], solution.enterprise[solution.is_reached])


def fund_options(
    view: View,
    amount: Money,
    *,
    by: Sequence[CellDimension] = DEFAULT_BY,
    levels: Levels | None = None,
    where: CellFilter | None = None,
    funds: Sequence[str] | None = None,
    demand: DemandBasis = DemandBasis.DECLARED,
) -> tuple[FundOption, ...]:
    """The options that close something, best first.

    Parameters
    ----------
    amount: new money for one fund, existing or new; in CNY, or in a currency with a rate.
    by, levels, where: the cells for which a sub-fund could be opened, one each, that takes all needs of its cell and nothing else.
    funds, demand: the network, as for `fund_coverage`.

    Raises
    ------
    InvalidInput
        No amount above 0, a currency without a rate, or what `fund_coverage` refuses.

    Notes
    -----
    What takes no money comes first; then by what a yuan closes; of equals that which closes more, then by kind, and by ids. Each figure
    is the difference of two full solutions. Cost: a few small flows a fund, a rule and a cell, see `MoreFlow`.
    """
    money = worth_in(view, amount)
    if money is None or money <= 0:
        reason = f"there is no rate of {amount.currency} to {CNY}" if money is None else "it must be above 0"
        raise InvalidInput(
            f"amount is {amount.minor / 100:.2f} {amount.currency}, but {reason}; give an amount in {CNY}"
        )
    coverage = fund_coverage(view, by=by, levels=levels, where=where, funds=funds, demand=demand)
    solution = coverage.total.solution
    found = [one for one in _options(solution, coverage.cells if by else (), money) if one.closes > 0]
    kinds = list(OptionKind)
    # Python's sort keeps the order of equals: that of ids, in which they are made.
    found.sort(key=lambda one: (one.money > 0, -(one.per_yuan or 0), -one.closes, kinds.index(one.kind)))
    return tuple(found)


def _options(solution: Solution, cells: Sequence[CoverageCell], money: int) -> Iterator[FundOption]:
    marginals = solution.marginals
    for one in marginals.rules:
        fund = solution.funds[one.fund].fund
        yield FundOption(
            OptionKind.RELAX_RULE,
            one.closes,
            0,
            fund,
            one.rule,
            solution=solution,
            _place=one.fund,
            _mandate=one.relaxed,
        )
    for place, supply in enumerate(solution.funds):
        closes = marginals.by_money(place, money)
        yield FundOption(OptionKind.ADD_MONEY, closes, money, supply.fund, solution=solution, _place=place)
    for cell in cells:
        if cell.structural_gap:
            closes = marginals.more.closes(None, _sub_fund(solution, cell, money))
            yield FundOption(OptionKind.OPEN_SUB_FUND, closes, money, cell=cell, solution=solution)


def _sub_fund(solution: Solution, cell: CoverageCell, money: int) -> CoverageNetwork:
    """A fund for all unmet needs of a cell, without terms."""
    unmet = solution.plan.unmet
    leaves = np.sort(cell.leaves)
    none = np.zeros(len(leaves), np.int64)
    return CoverageNetwork(unmet, np.array([-1]), np.array([money]), none, leaves, unmet[leaves])
