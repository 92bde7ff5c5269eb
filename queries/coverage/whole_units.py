"""The fair maximum flow in whole 分."""

from __future__ import annotations

import numpy as np

from queries.coverage.fair_fractions import FairFractions
from queries.coverage.network import CoverageNetwork, Ints
from queries.coverage.residual import Residual, flow_of
from queries.coverage.unit_search import UnitSearch

# Two different remainders r₁/q₁, r₂/q₂ with q < 2⁶⁰ differ by more than 2⁻¹²⁰: cut off here, they still differ.
REMAINDER_BITS = 128


def whole_units(network: CoverageNetwork, fractions: FairFractions, at_least: Ints | None = None) -> Residual:
    """A maximum flow that gives each leaf its fair amount, rounded down or up to a whole 分.

    The leaves that get the 分 above are chosen one by one: those that need it for `at_least`, then by largest remainder,
    then by leaf number, each if the flow still takes it. Sets of leaves that can have it together form a matroid, so the
    choice is a maximum flow, and the same one whatever flow it starts from.
    Cost: two flows, and a search of the residual network for each of the few leaves that are refused.
    """
    down, waiting, missing = _rounded_down(network, fractions, at_least)
    residual = flow_of(network, down)
    if not missing:
        return residual
    # As many as possible of the first are served at once; the choice among them is then put right one by one.
    residual = residual.raised(waiting[:missing])
    served = residual.amount > down
    missing -= int(served.sum())
    refused = waiting[~served[waiting]]
    if not len(refused):
        return residual
    place = np.full(len(down), -1, np.int64)
    place[waiting] = np.arange(len(waiting))
    search = UnitSearch(residual, place, served)
    for leaf in refused.tolist():
        if not missing and place[leaf] > search.latest:
            break
        missing -= search.offer(leaf)
    return search.result()


def whole_amounts(network: CoverageNetwork, fractions: FairFractions, at_least: Ints | None = None) -> Ints:
    """What each leaf gets by `whole_units`; without a flow where every fair amount is a whole one."""
    down, _, missing = _rounded_down(network, fractions, at_least)
    return whole_units(network, fractions, at_least).amount if missing else down


def _rounded_down(network: CoverageNetwork, fractions: FairFractions, at_least: Ints | None) -> tuple[Ints, Ints, int]:
    """(amounts rounded down, leaves with a remainder in the order of service, how many of them a maximum flow serves)."""
    down = np.zeros(len(network.unmet), np.int64)
    waiting: list[tuple[bool, int, int]] = []
    levels = [(level.numerator, level.denominator) for level in fractions.level]
    rests = [0] * len(levels)
    for leaf, (group, unmet) in enumerate(zip(fractions.group.tolist(), network.unmet.tolist(), strict=True)):
        numerator, denominator = levels[group]
        amount, rest = divmod(numerator * unmet, denominator)
        down[leaf] = amount
        if rest:
            later = at_least is None or bool(at_least[leaf] <= amount)
            waiting.append((later, -((rest << REMAINDER_BITS) // denominator), leaf))
            rests[group] += rest
    missing = sum(rest // denominator for rest, (_, denominator) in zip(rests, levels, strict=True))
    return down, np.array([leaf for _, _, leaf in sorted(waiting)], np.int64), missing
