"""Where money and needs meet fairly, how much stays unmet in each leaf cell, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.records import Term
from queries.coverage.fair_fractions import FairFractions, fair_fractions
from queries.coverage.network import NOT_STATED, SOURCE, UNLIMITED, CoverageNetwork, Flags, Ints, spans
from queries.coverage.quick_flow import QuickFlow
from queries.coverage.residual import Residual
from queries.coverage.whole_units import whole_amounts, whole_units


class GapReason(Term):
    """Why a leaf's need stays unmet; in this order where several are listed."""

    NO_MANDATE = "无投向覆盖"
    TERMS = "条件不符"
    CONCENTRATION = "集中度上限"
    CAPACITY = "资金不足"
    SIZE_NOT_STATED = "规模未载明"


@dataclass(frozen=True, slots=True, eq=False)
class FairFlow:
    """The max-min fair maximum flow of a coverage network.

    given: 分 by leaf with every size that is not stated taken as 0; given_high: with it unlimited. fractions and residual
    belong to `given`. has_money_left: by node, whether the source still reaches it there. reason: by leaf, None where nothing is
    unmet. unsized: the funds whose size is not stated.
    """

    given: Ints
    given_high: Ints
    fractions: FairFractions
    residual: Residual
    has_money_left: Flags
    reason: tuple[GapReason | None, ...]
    unsized: Ints

    @property
    def gap(self) -> Ints:
        return self.residual.network.unmet - self.given

    @property
    def gap_low(self) -> Ints:
        return self.residual.network.unmet - self.given_high

    def named_for(self, leaves: Flags) -> tuple[int, ...]:
        """The funds without a stated size that would give more to some of these leaves of which the range has two ends.

        Also one that has no mandate for them, where it would take others off the hands of a fund that has.
        """
        reaching = self.residual.to_leaves(leaves & (self.given_high != self.given))
        return tuple(int(fund) for fund in self.unsized[reaching[self.unsized]])


def fair_flow(network: CoverageNetwork) -> FairFlow:
    """The fair maximum flow in whole 分, its gaps as ranges, and one reason a leaf.

    Independent of the order of funds and of which maximum flow the solver finds. Cost: see `fair_fractions`; twice where
    something is unmet and the size of a fund is not stated.
    """
    stated = network.sized(0)
    quick = QuickFlow.of(stated)
    found = None if quick is None else quick.residual()
    fractions = fair_fractions(stated) if quick is None else quick.fractions
    residual = whole_units(stated, fractions) if found is None else found
    given = given_high = residual.amount
    unsized = np.flatnonzero((network.size == NOT_STATED) & (network.fed_by == SOURCE))
    if len(unsized) and np.any(given < network.unmet):
        unlimited = network.sized(UNLIMITED)
        quick = None if quick is None else quick.unlimited(unlimited, unsized)
        amounts = None if quick is None else quick.amounts(at_least=given)
        exact = fair_fractions(unlimited) if quick is None else quick.fractions
        given_high = whole_amounts(unlimited, exact, at_least=given) if amounts is None else amounts
    has_money_left = residual.from_source()[0]
    return FairFlow(
        given=given,
        given_high=given_high,
        fractions=fractions,
        residual=residual,
        has_money_left=has_money_left,
        reason=_reasons(network, has_money_left, given, given_high),
        unsized=unsized,
    )


def _reasons(
    network: CoverageNetwork, has_money_left: Flags, given: Ints, given_high: Ints
) -> tuple[GapReason | None, ...]:
    def any_edge(edges: Ints) -> Flags:
        flags = np.zeros(len(network.unmet), np.bool_)
        flags[network.leaf[edges]] = True
        return flags

    start = np.searchsorted(network.node, np.arange(len(network.size) + 1))
    with_money = spans(start, np.flatnonzero(has_money_left[network.fund]))
    verdicts = [
        (given == network.unmet, None),
        (given_high != given, GapReason.SIZE_NOT_STATED),
        (np.bincount(network.leaf, minlength=len(given)) == 0, GapReason.NO_MANDATE),
        (~any_edge(np.flatnonzero(network.cap)), GapReason.TERMS),
        (any_edge(with_money[network.cap[with_money] > 0]), GapReason.CONCENTRATION),
        (np.ones(len(given), np.bool_), GapReason.CAPACITY),
    ]
    choice = np.select([flags for flags, _ in verdicts], list(range(len(verdicts))))
    return tuple(verdicts[number][1] for number in choice.tolist())
