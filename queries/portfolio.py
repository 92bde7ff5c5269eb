"""portfolio: the deals that restore all covenants of a fund with the least money, then the fewest deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.money import Money
from graph.view import View
from queries.exchange import worth_in
from queries.financing.reaching.firms import Firms
from queries.funds.judging import Covenant
from queries.investment_targets import InvestmentTarget, InvestmentTargets, investment_targets
from queries.ratios import UNLIMITED, UNSTATED, Ints
from queries.targets.composing import LARGEST, Composed, Group, Row, compose, shared_out
from queries.targets.conflicts import in_conflict
from queries.targets.criteria import Verdict
from queries.targets.headroom import Headroom
from queries.targets.repair import Repairs
from queries.targets.weights import DEFAULT, TargetWeights

MOST_GROUPS: Final = 20
"""Groups of firms, alike in what a yuan into them mends, that are weighed against each other; beyond, the ones that mend most."""


@dataclass(frozen=True, slots=True)
class PortfolioDeal:
    """So much money (分) into a target. mends: by covenant rule, 分 by which it moves the margin at least, negative ones too."""

    target: InvestmentTarget
    amount: int
    mends: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Deals, and what the covenants say before and after them. 分.

    spendable: the budget, or what the fund has for new deals where that is less. restored: after the deals no covenant is known not to
    be met. exact: of what deals can mend, no less money and no fewer deals mend all, over all candidates; without deals, that none do
    within the budget. needed: the least money that would if neither budget nor what the fund has bound; None: none would, or it is not
    proven. candidates: firms that fit, have no conflict, and can be given a ticket; considered: those weighed against each other.
    unweighed: covenants on concentration, by which no deal is weighed; where one of them is not met after the deals, others may mend
    it, and nothing is exact. beyond: covenants that are not met and that no deal is known to mend.
    """

    fund: int
    budget: int
    spendable: int
    deals: tuple[PortfolioDeal, ...]
    restored: bool
    exact: bool
    needed: int | None
    candidates: int
    considered: int
    before: tuple[Covenant, ...]
    after: tuple[Covenant, ...]
    unweighed: tuple[Covenant, ...]
    beyond: tuple[Covenant, ...]

    @property
    def total(self) -> int:
        """The money of all deals."""
        return sum(deal.amount for deal in self.deals)

    @property
    def undecided(self) -> tuple[Covenant, ...]:
        """Covenants in force of which facts are missing."""
        return tuple(one for one in self.after if one.met is None and one.not_applicable is None)


def portfolio(view: View, fund: str, budget: Money, *, weights: TargetWeights = DEFAULT) -> Portfolio:
    """The portfolio of a fund: deals with targets that fit and have no conflict, each within the fund's terms.

    Every covenant that investments move is a requirement, those that are met among them: what mends one must not break another. A firm
    of which a fact is missing counts with the least that it may mend. Concentration is no requirement: its ratio is of the squares of
    what lies in each cell to the square of all, so that a yuan mends or breaks it as the other deals go, and in 分 squares leave the
    64 bits of an integer programme. What it says afterwards is shown, and where it is not met then, nothing is claimed to be exact.

    Parameters
    ----------
    budget
        Above 0; in another currency, at its rate.
    weights
        Decide between firms of which a yuan into either mends as much.

    Returns
    -------
    Portfolio
        Without deals where every covenant is met already, or where none within the budget restore them.

    Raises
    ------
    InvalidInput
        A budget of nothing, or in a currency without a rate.
    InvalidIdentifier, NotFound
        No such fund in the view.

    Notes
    -----
    An integer programme over groups of firms, exact up to `MOST_GROUPS` of them; see `queries.targets.composing`.
    """
    handle = view.require(fund, "Fund")
    worth = worth_in(view, budget)
    if worth is None:
        raise InvalidInput(f"budget is in {budget.currency}, and no rate to CNY is known; give it in CNY")
    if worth <= 0:
        raise InvalidInput(f"budget {budget.amount} is nothing to invest; give an amount above 0")
    headroom, repairs = Headroom.of(view, handle), Repairs.of(view, handle)
    powder = headroom.supply.dry_powder
    spendable = worth if powder is None else min(worth, powder)
    targets = investment_targets(view, fund=fund, verdicts=(Verdict.FITS,), weights=weights)
    candidates, highs = _candidates(targets, headroom)
    members = _grouped(candidates, repairs)
    kept = members[:MOST_GROUPS]
    groups = [Group(headroom.smallest, tuple(sorted(highs[some].tolist(), reverse=True))) for some in kept]
    rows = [
        Row(tuple(one.effect(int(candidates[some[0]]))[0] for some in kept), -one.margin, one.strict)
        for one in repairs.requirements
    ]
    found = compose(groups, rows, spendable)
    put = _deals(found, kept, candidates, highs, headroom.smallest)
    firms = Firms.of(view).handles
    after = repairs.outlook.after({int(firms[place]): amount for place, amount in put}) if put else repairs.outlook.now
    broken = {one.rule for one in after if one.met is False}
    as_meant = found.deals is None or broken <= {one.rule for one in repairs.beyond}
    complete = len(kept) == len(members)
    return Portfolio(
        fund=handle,
        budget=worth,
        spendable=spendable,
        deals=tuple(
            PortfolioDeal(targets.target(place), amount, _mends(repairs, place, amount)) for place, amount in put
        ),
        restored=not broken,
        exact=found.proven and complete and as_meant,
        needed=_needed(found, groups, rows) if complete and as_meant else None,
        candidates=len(candidates),
        considered=sum(len(some) for some in kept),
        before=repairs.outlook.now,
        after=after,
        unweighed=repairs.unweighed,
        beyond=repairs.beyond,
    )


def _candidates(targets: InvestmentTargets, headroom: Headroom) -> tuple[Ints, Ints]:
    """(places of the firms that may be dealt with, the best first; the most that terms and need let each have, whatever the fund has)."""
    places = targets.rows
    asked = headroom.asked[places]
    highs = np.minimum(headroom.most[places], np.where(asked == UNSTATED, UNLIMITED, asked))
    able = highs >= headroom.smallest
    able &= ~in_conflict(targets.view, headroom.fund, Firms.of(targets.view).handles[places])
    return places[able], highs[able]


def _grouped(candidates: Ints, repairs: Repairs) -> list[Ints]:
    """Candidates alike in what a yuan mends, by place among them: the groups that mend most first, the best target first in each."""
    if not len(candidates):
        return []
    columns = [np.zeros(len(candidates), np.int64)]
    for one in repairs.requirements:
        lows = [low for low, _ in one.effects]
        number = {low: at for at, low in enumerate(sorted(set(lows)))}
        columns.append(np.array([number[low] for low in lows], np.int64)[one.of_firm[candidates]])
    group = np.unique(np.stack(columns), axis=1, return_inverse=True)[1].reshape(-1)
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(group))[:-1])

    def mended(some: Ints) -> Fraction:
        return sum((max(Fraction(0), one.effect(int(candidates[some[0]]))[0]) for one in repairs.broken), Fraction(0))

    return sorted(members, key=lambda some: (-mended(some), int(some[0])))


def _deals(found: Composed, kept: Sequence[Ints], candidates: Ints, highs: Ints, low: int) -> list[tuple[int, int]]:
    """(place of the firm, amount) of each deal, in the order of targets."""
    put = [
        (int(some[at]), amount)
        for some, (money, deals) in zip(kept, found.deals or (), strict=False)
        for at, amount in shared_out(money, deals, low, highs[some].tolist())
    ]
    return [(int(candidates[place]), amount) for place, amount in sorted(put)]


def _mends(repairs: Repairs, place: int, amount: int) -> tuple[tuple[int, Fraction], ...]:
    effects = ((one.covenant.rule, one.effect(place)[0] * amount) for one in repairs.requirements)
    return tuple((rule, moved) for rule, moved in effects if moved)


def _needed(found: Composed, groups: Sequence[Group], rows: Sequence[Row]) -> int | None:
    """The least money without a budget, as far as 64 bits count it: whoever is given more than that alone costs more."""
    if found.deals is not None:
        return found.total if found.proven else None
    whole = [row.whole for row in rows]
    factor = max((abs(factor) for factors, _ in whole for factor in factors), default=1) or 1
    most = (LARGEST - 1 - max((abs(least) for _, least in whole), default=0)) // (factor * max(1, len(groups))) // 2
    if most <= 0:
        return None
    freely = compose(groups, rows, most)
    return freely.total if freely.proven else None
