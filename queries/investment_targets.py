"""investmentTargets: which enterprises a fund may invest in, or ask for money in a cell, best first, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.view import View
from queries.completeness import Completeness
from queries.coverage.cell_id import CellFilter
from queries.coverage.supply import FundSupply
from queries.financing.gates.eligibility import Verdicts
from queries.financing.reaching.firms import Firms
from queries.financing.score import Score
from queries.keyset import DEFAULT_FIRST, page_size
from queries.ratios import UNLIMITED, UNSTATED, Ints
from queries.targets.conflicts import Conflict, conflicts
from queries.targets.criteria import VERDICTS, Condition, Criterion, Verdict, in_being, of_fund, together
from queries.targets.headroom import Headroom, Ticket
from queries.targets.merits import Merits, Reason
from queries.targets.of_cell import CellNeeds, of_cell
from queries.targets.ranking import score_of, scores
from queries.targets.weights import DEFAULT, TargetWeights

SHOWN: Final = (Verdict.FITS, Verdict.UNKNOWN)
PLACES: Final = tuple(VERDICTS)
"""Verdicts in columns, the best first."""


@dataclass(frozen=True, slots=True)
class InvestmentTarget:
    """One enterprise.

    need: what it asks for, 分; None: it declares nothing, or in a currency without a rate. failing, unknown: the criteria that it does not
    meet, or of which a fact is missing. score None: no part that has a weight is known. ticket None: without a fund, or where its terms
    or money let nothing through.
    """

    enterprise: int
    verdict: Verdict
    score: Score | None
    reasons: tuple[Reason, ...]
    failing: tuple[Criterion, ...]
    unknown: tuple[Criterion, ...]
    need: int | None
    ticket: Ticket | None
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, eq=False)
class InvestmentTargets:
    """All targets in their order: verdict, score, id. `counts` of every verdict, asked for or not."""

    view: View
    fund: int
    weights: TargetWeights
    conditions: tuple[Condition, ...]
    cell: CellNeeds | None
    verdicts: Verdicts
    rows: Ints
    counts: tuple[tuple[Verdict, int], ...]
    completeness: Completeness

    @property
    def total(self) -> int:
        """How many targets there are."""
        return len(self.rows)

    @property
    def supply(self) -> FundSupply | None:
        """What the fund can give; None without a fund."""
        return None if self.fund < 0 else Headroom.of(self.view, self.fund).supply

    def place_after(self, enterprise: str) -> int:
        """How many rows come before what follows an enterprise. Raises InvalidInput where it is none of them."""
        (place,) = Firms.of(self.view).places(np.array([self.view.locate(enterprise)])).tolist()
        found = np.flatnonzero(self.rows == place) if place >= 0 else self.rows[:0]
        if not len(found):
            raise InvalidInput(f"after {enterprise[:80]!r} is none of the targets; take the cursor of the page before")
        return int(found[0]) + 1

    def page(self, first: int = DEFAULT_FIRST, after: str | None = None) -> list[InvestmentTarget]:
        """Some targets: `first` of them (0 to MAX_FIRST) after the enterprise with this id.

        Raises LimitExceeded, InvalidInput.
        """
        count = page_size(first)
        start = 0 if after is None else self.place_after(after)
        return [self.target(place) for place in self.rows[start : start + count].tolist()]

    def target(self, place: int) -> InvestmentTarget:
        """The target at a place among the enterprises."""
        view, firm = self.view, int(Firms.of(self.view).handles[place])
        told = [criterion for one in self.conditions for criterion in one.told(place)]
        need = int(self._asked[place])
        return InvestmentTarget(
            enterprise=firm,
            verdict=VERDICTS[int(self.verdicts[place])],
            score=score_of(self.merits.columns, self.weights.by_aspect, place),
            reasons=self.merits.reasons(place),
            failing=tuple(one for one in told if one.verdict is Verdict.NOT),
            unknown=tuple(one for one in told if one.verdict is Verdict.UNKNOWN),
            need=need if UNSTATED < need < UNLIMITED else None,
            ticket=None if self.fund < 0 else Headroom.of(view, self.fund).ticket(place),
            conflicts=() if self.fund < 0 else conflicts(view, self.fund, firm),
        )

    @cached_property
    def merits(self) -> Merits:
        """The merits of all enterprises."""
        return Merits(self.view, self.fund, self.weights.full_growth)

    @cached_property
    def _asked(self) -> Ints:
        return self.cell.asked if self.cell is not None else Headroom.of(self.view, self.fund).asked


def investment_targets(
    view: View,
    *,
    fund: str | None = None,
    cell: CellFilter | None = None,
    verdicts: Collection[Verdict] = SHOWN,
    weights: TargetWeights = DEFAULT,
) -> InvestmentTargets:
    """The enterprises that a fund may invest in, or that ask for money in a cell; with both, those that are either and both.

    FITS: every criterion is met; UNKNOWN: none fails, but facts are missing, which are named; NOT: at least one fails.

    Parameters
    ----------
    fund
        Its hard mandate rules must hold, its tickets must allow what the enterprise asks for, and its cap per company must leave room.
        Where an enterprise declares no need, any ticket does. What the fund has left decides the ticket, not the verdict.
    cell
        The enterprise must have an unmet need in the cell.
    verdicts
        Which ones are listed.
    weights
        Of the parts of the score; what is not known is left out, and its weight spread over the rest.

    Returns
    -------
    InvestmentTargets
        By verdict, then score, then id; empty where nobody is one.

    Raises
    ------
    InvalidInput
        Neither fund nor cell; weights that cannot be meant; a cell that cannot.
    InvalidIdentifier, NotFound
        A fund, industry, region, tag or band that is not in the view.

    Notes
    -----
    Cost: some passes over columns of all enterprises, each made once a view, or once a view and fund; what is shown of a row is looked up
    for its page alone.
    """
    if fund is None and cell is None:
        raise InvalidInput("investmentTargets needs a fund or a cell; give the id of a fund, or {} for every need")
    weights = weights.checked()
    handle = -1 if fund is None else view.require(fund, "Fund")
    asked: tuple[Condition, ...] = of_fund(view, handle) if handle >= 0 else (in_being(view),)
    needs = None if cell is None else of_cell(view, cell)
    conditions = asked if needs is None else (*asked, needs.condition)
    firms = Firms.of(view)
    found = together(conditions, len(firms))
    wanted = [column for column, verdict in VERDICTS.items() if verdict in set(verdicts)]
    places = np.flatnonzero(np.isin(found, wanted))
    merits = Merits(view, handle, weights.full_growth)
    columns = {aspect: column[places] for aspect, column in merits.columns.items()}
    value = scores(columns, weights.by_aspect)
    order = np.lexsort((places, -value, -found[places]))
    counts = tuple((VERDICTS[column], int((found == column).sum())) for column in PLACES)
    completeness = Completeness(True, None, len(firms), 2)
    return InvestmentTargets(view, handle, weights, conditions, needs, found, places[order], counts, completeness)
