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
from queries.targets.bounds import Bounds, Row
from queries.targets.composing import Composed, compose
from queries.targets.conflicts import in_conflict
from queries.targets.criteria import Verdict
from queries.targets.headroom import Headroom
from queries.targets.repair import Repairs, Requirement
from queries.targets.tickets import Group, shared_out
from queries.targets.unmendable import Unmendable
from queries.targets.weights import DEFAULT, TargetWeights

MOST_GROUPS: Final = 400
"""Groups of firms, alike in what a yuan into them does, that are weighed against each other; beyond, those of the best targets."""


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
    needed_at_least: what all portfolios that mend all cost at least, as far as it is proven; None: nothing is, or there is none.
    unweighed: covenants that bound concentration from below, by which no deal is weighed; where one of them is not met after the deals,
    others may mend it, and nothing is exact. beyond: covenants that are not met and that no deal is known to mend, and why.
    """

    fund: int
    budget: int
    spendable: int
    deals: tuple[PortfolioDeal, ...]
    restored: bool
    exact: bool
    needed: int | None
    needed_at_least: int | None
    candidates: int
    considered: int
    before: tuple[Covenant, ...]
    after: tuple[Covenant, ...]
    unweighed: tuple[Covenant, ...]
    beyond: tuple[tuple[Covenant, Unmendable], ...]

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
    of which a fact is missing counts with the least that it may mend; a covenant of which it is not known whether it is met must not become
    known to be broken, and one of which there is nothing to measure yet must be met afterwards.

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
    Branch and bound over groups of firms, proven in whole 分 as far as its effort goes: see `queries.targets.composing`.
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
    complete = len(kept) == len(members)
    groups = [Group(headroom.smallest, tuple(sorted(highs[some].tolist(), reverse=True))) for some in kept]
    firsts = [int(candidates[some[0]]) for some in kept]
    needed = Bounds(
        tuple(
            Row(tuple(one.counted(one.effect(place)) for place in firsts), -one.margin, one.strict)
            for one in repairs.asked
        ),
        tuple(one.spread(firsts) for one in repairs.dispersals),
    )
    found = compose(groups, needed, UNLIMITED) if repairs.are_needed else Composed.nothing(len(groups))
    within = found
    if found.total is None or found.total > spendable:
        settled = complete and (found.at_least is None or found.at_least > spendable)
        within = Composed(None, True, None) if settled else compose(groups, needed, spendable)
    put = _deals(within, kept, candidates, highs, headroom.smallest)
    firms = Firms.of(view).handles
    after = repairs.outlook.after({int(firms[place]): amount for place, amount in put}) if put else repairs.outlook.now
    broken = {one.rule for one in after if one.met is False}
    as_meant = within.deals is None or broken <= {one.rule for one, _ in repairs.beyond}
    sure = complete and as_meant
    return Portfolio(
        fund=handle,
        budget=worth,
        spendable=spendable,
        deals=tuple(
            PortfolioDeal(targets.target(place), amount, _mends(repairs, place, amount)) for place, amount in put
        ),
        restored=not broken,
        exact=within.proven and sure,
        needed=found.total if found.at_least == found.total and sure else None,
        needed_at_least=found.at_least if complete else None,
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
    """Candidates alike in what a yuan does and where it lies, by place among them: best targets first, groups and within each."""
    if not len(candidates):
        return []
    group = np.zeros(len(candidates), np.int64)
    for kinds in (*(_counted(one) for one in repairs.asked), *(one.of_firm for one in repairs.dispersals)):
        of_firm = kinds[candidates] + 1
        group = np.unique(group * (int(of_firm.max()) + 1) + of_firm, return_inverse=True)[1].reshape(-1)
    order = np.argsort(group, kind="stable")
    return sorted(np.split(order, np.cumsum(np.bincount(group))[:-1]), key=lambda some: int(some[0]))


def _counted(requirement: Requirement) -> Ints:
    """By firm a number of what a yuan into it counts."""
    counted = [requirement.counted(effect) for effect in requirement.effects]
    number = {value: at for at, value in enumerate(sorted(set(counted)))}
    return np.array([number[value] for value in counted], np.int64)[requirement.of_firm]


def _deals(found: Composed, kept: Sequence[Ints], candidates: Ints, highs: Ints, low: int) -> list[tuple[int, int]]:
    """(place of the firm, amount) of each deal, in the order of targets."""
    put = [
        (int(some[at]), amount)
        for some, (money, deals) in zip(kept, found.deals or (), strict=False)
        for at, amount in shared_out(money, deals, low, highs[some].tolist())
    ]
    return [(int(candidates[place]), amount) for place, amount in sorted(put)]


def _mends(repairs: Repairs, place: int, amount: int) -> tuple[tuple[int, Fraction], ...]:
    """What a deal moves the margins by; what must equal a value is below or above it, and moves towards it or away."""
    effects: dict[int, Fraction] = {}
    for one in sorted(repairs.requirements, key=lambda one: one.is_met):
        if one.is_known:
            effects.setdefault(one.covenant.rule, one.effect(place)[0] * amount)
    moved = ((one.covenant.rule, effects.get(one.covenant.rule)) for one in repairs.requirements)
    return tuple((rule, amount) for rule, amount in dict(moved).items() if amount)
