"""Covenants on concentration as requirements: which cell money in each firm would lie in, and what lies in each already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from graph.kinds.terms import Dimension, Operator
from graph.view import View
from queries.derived import once
from queries.financing.reaching.firms import Firms
from queries.funds.concentration import PLACES, InvestedByCell, invested_by_cell
from queries.funds.counting import FirmFacts
from queries.funds.facts import FundFacts
from queries.funds.judging import Covenant
from queries.ratios import Ints
from queries.targets.spread import Spread
from queries.trees import tree_of

UNKNOWN_CELL = -1


@dataclass(frozen=True, slots=True, eq=False)
class Dispersal:
    """A covenant that bounds concentration from above. held: 分 in each cell; of_firm: by firm its cell, -1: not known.

    apart: 分 in cells that are not known. is_known: whether it is met as things are; where not, deals must not make it known to be broken,
    and what is not known counts as if it lay in cells of its own.
    """

    covenant: Covenant
    share: Fraction
    strict: bool
    held: Ints
    of_firm: Ints
    apart: int
    is_known: bool

    @classmethod
    def of(cls, view: View, facts: FundFacts, covenant: Covenant, dimension: Dimension | None) -> Dispersal | None:
        """The covenant as a requirement; None: it bounds from below, or it cannot become known whether it is met."""
        if covenant.operator not in (Operator.LTE, Operator.LT) or covenant.threshold is None:
            return None
        is_known = covenant.met is not None or covenant.measure.nothing
        if not is_known and covenant.measure.low is None:
            return None
        invested = invested_by_cell(facts, FirmFacts(view), dimension)
        numbers, of_firm = once(view, (Dispersal, dimension), lambda: _cells_of_firms(view, dimension))
        held = [0] * len(numbers)
        for cell, amount in invested.cells.items():
            if cell in numbers:
                held[numbers[cell]] += amount
            else:
                held.append(amount)
        apart = sum(invested.loose.values())
        if not is_known:
            of_firm, apart = _each_apart(view, invested, held, of_firm), 0
        return cls(
            covenant, covenant.threshold, covenant.operator is Operator.LT, np.array(held, np.int64), of_firm, apart, is_known
        )  # fmt: skip

    @property
    def marginal(self) -> tuple[tuple[tuple[Fraction, Fraction], ...], Ints]:
        """(what the next yuan into a cell adds to the margin, at least and at most: the different ones, by firm the place of its own).

        The margin is share · T − Σ X²/T, which the next yuan into X moves by share + Σ (X/T)² − 2X/T. Where not all cells are known they
        differ. What is not known of a firm may lie in the largest cell, or in one of its own.
        """
        distinct, place = np.unique(np.append(self.held, 0), return_inverse=True)
        whole = int(self.held.sum()) + self.apart
        shares = [Fraction(amount, whole) for amount in distinct.tolist()]
        squares = self.covenant.measure.low, self.covenant.measure.high
        low, high = (self.share + (end or 0) for end in squares)
        effects = [(low - 2 * (share + Fraction(self.apart, whole)), high - 2 * share) for share in shares]
        effects.append((effects[-1][0], effects[0][1]))
        of_cell = np.append(place[:-1], len(distinct))
        return tuple(effects), of_cell[self.of_firm]

    def spread(self, firms: Sequence[int]) -> Spread:
        """The requirement of money in these firms, each of another group."""
        cells = self.of_firm[np.array(firms, np.int64)].tolist()
        # In an order that handles have no part in: cells of groups as these come, the others by what lies in them.
        others = np.setdiff1d(np.flatnonzero(self.held), cells)
        used = [*dict.fromkeys(cell for cell in cells if cell != UNKNOWN_CELL)]
        used += others[np.argsort(-self.held[others], kind="stable")].tolist()
        place = {cell: at for at, cell in enumerate(used)} | {UNKNOWN_CELL: UNKNOWN_CELL}
        bases = tuple(int(self.held[cell]) for cell in used)
        return Spread(self.share, self.strict, bases, tuple(place[cell] for cell in cells), self.apart)


def _each_apart(view: View, invested: InvestedByCell, held: list[int], of_firm: Ints) -> Ints:
    """By firm its cell, one of its own where it is not known; adds what lies in these to what is held."""
    firms = Firms.of(view)
    unknown = np.flatnonzero(of_firm == UNKNOWN_CELL)
    own = of_firm.copy()
    own[unknown] = len(held) + np.arange(len(unknown))
    held.extend([0] * len(unknown))
    for enterprise, amount in invested.loose.items():
        place = int(firms.places(np.array([enterprise], np.int64))[0]) if enterprise >= 0 else -1
        if place >= 0 and of_firm[place] == UNKNOWN_CELL:
            held[int(own[place])] += amount
        else:
            held.append(amount)
    return own


def _cells_of_firms(view: View, dimension: Dimension | None) -> tuple[dict[tuple[int, ...], int], Ints]:
    """(number of each cell in which there are firms, by firm the number of its own): as `invested_by_cell` of money put in today."""
    handles = Firms.of(view).handles
    columns: list[tuple[list[int], Ints]] = []
    for wanted, kind, level in PLACES:
        if dimension in (None, wanted):
            tree = tree_of(view, kind)
            own, of_firm = np.unique(view.refs(handles, kind.lower()), return_inverse=True)
            rolled = [tree.rolled_up(one, level) if one >= 0 else -1 for one in own.tolist()]
            values, place = np.unique(np.array(rolled, np.int64), return_inverse=True)
            columns.append((values.tolist(), place[of_firm]))
    if dimension in (None, Dimension.STAGE):
        values, place = np.unique(np.maximum(view.ints(handles, "stage"), -1), return_inverse=True)
        columns.append((values.tolist(), place))
    number = np.zeros(len(handles), np.int64)
    for values_, place in columns:
        number = number * len(values_) + place
    _, first, of_firm = np.unique(number, return_index=True, return_inverse=True)
    cells = [tuple(values_[int(place[at])] for values_, place in columns) for at in first.tolist()]
    known = np.array([-1 not in cell for cell in cells], bool)
    return {cell: at for at, cell in enumerate(cells)}, np.where(known[of_firm], of_firm, UNKNOWN_CELL)
