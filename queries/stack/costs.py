"""What a stack does to the cost of each way of financing its need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from graph.errors import InvalidInput
from graph.view import View
from queries.completeness import LIMITS, Budget, Completeness
from queries.financing.answers import FinancingPath
from queries.financing.charges import case_cost, charges_of
from queries.financing.cost import Cost
from queries.financing.need import NeedAsked
from queries.financing.path_building import path_of
from queries.financing.tenor import tenor_of
from queries.financing_paths import DEFAULT_FIRST, drawn
from queries.stack.solving import Stack

UNSUBSIDISED: Mapping[int, int | None] = {}


@dataclass(frozen=True, slots=True)
class StackedPath:
    """A path with its cost by itself, and after the subsidies of the certain and of the possible stack that apply to it."""

    path: FinancingPath
    bare: Cost
    certain: Cost
    possible: Cost


@dataclass(frozen=True, slots=True)
class StackedPaths:
    """Some of the paths in the order of financingPaths, and how complete the search was."""

    paths: tuple[StackedPath, ...]
    completeness: Completeness


def stacked_paths(
    view: View,
    enterprise: str,
    need: NeedAsked | None,
    certain: Stack,
    possible: Stack,
    *,
    first: int = DEFAULT_FIRST,
    budget: Budget = LIMITS,
) -> StackedPaths:
    """The best paths of an enterprise for its need, each with what the two stacks make of its cost.

    Raises InvalidInput for `first` out of range, and as `financing_paths` does. Cost: that of finding so many paths.
    """
    if not 1 <= first <= LIMITS.max_paths:
        raise InvalidInput(f"first {first}: give 1 to {LIMITS.max_paths}")
    drawing = drawn(view, enterprise, need=need, budget=budget)
    surely, maybe = _most(certain), _most(possible)
    found = []
    for one in islice(drawing.paths, first):
        case = one.case_in(drawing.appraisal)
        tenor, charges, capacity = tenor_of(case), charges_of(case), one.capacity.amount
        costs = (case_cost(case, tenor, charges, capacity, among) for among in (UNSUBSIDISED, surely, maybe))
        found.append(StackedPath(path_of(drawing.appraisal, one), *costs))
    return StackedPaths(tuple(found), drawing.meter.answer(drawing.deepest))


def _most(stack: Stack) -> Mapping[int, int | None]:
    """By support of a stack the most money that it brings, in 分; None: nobody states what bounds it."""
    return {one.candidate.support: None if one.at_least else one.money for one in stack.supports}
