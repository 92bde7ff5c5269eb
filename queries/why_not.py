"""whyNot: which ways of money to an enterprise are blocked, by which gates, and the least that would mend each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from graph.errors import InvalidInput
from graph.kinds.terms import Technique
from graph.view import View
from queries.completeness import LIMITS, Budget, Completeness, IncompleteReason
from queries.financing.answers import FinancingPath
from queries.financing.gates.table import GateResult
from queries.financing.need import NeedAsked
from queries.financing.path_building import path_of
from queries.financing.repairs.blocked import MAX_BLOCKED
from queries.financing.repairs.kinds import DEFAULT_COSTS, Costs, costs_with
from queries.financing.repairs.least import LATE, least_repair
from queries.financing.repairs.repair import LeastRepair
from queries.financing.repairs.trial import Trials
from queries.financing.terms import Ternary
from queries.financing_paths import blocked_candidates

DEFAULT_FIRST: Final = 20


@dataclass(frozen=True, slots=True)
class BlockedPath:
    """A path with gates that say no. `repair` None: the catalogue has none, or, where `was_tried` is False, there was no time."""

    path: FinancingPath
    failed_gates: tuple[GateResult, ...]
    repair: LeastRepair | None
    was_tried: bool


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The blocked paths, fewest failed gates first; `total` how many there are, at most `MAX_BLOCKED`; None: nobody asked."""

    blocked: tuple[BlockedPath, ...]
    total: int | None
    completeness: Completeness


def why_not(
    view: View,
    beneficiary: str,
    *,
    need: NeedAsked | None = None,
    techniques: Iterable[Technique] | None = None,
    sources: Sequence[str] | None = None,
    costs: Costs = DEFAULT_COSTS,
    budget: Budget = LIMITS,
    first: int = DEFAULT_FIRST,
    repairs: bool = True,
    count: bool = True,
) -> WhyNot:
    """The blocked paths to an enterprise, each with the cheapest set of repairs that makes all its gates pass.

    Candidates are spines that are all there, or lack but an instrument that the parties could create, and of which a gate says no. Order:
    fewest failed gates, fewest steps, node ids from the source. A repair is tried by laying it over the view; nothing is written.

    Parameters
    ----------
    need, techniques, sources
        As of `financing_paths`.
    costs
        Of repairs, by kind; what is left out has its default.
    budget
        What the search may spend, and until when repairs are looked for.
    first
        How many paths are told, 1 to `MAX_BLOCKED`.
    repairs
        Whether to look for repairs.
    count
        Whether to find out how many there are; without it the search ends with the paths that are told.

    Raises
    ------
    InvalidInput, NotFound
        For values that cannot be meant, and an enterprise or source that is not in the view.

    Notes
    -----
    Cost: as of `financing_paths`, without the help of gates that say no; then for each path told a few what-ifs.
    """
    if not 1 <= first <= MAX_BLOCKED:
        raise InvalidInput(f"first {first}: give 1 to {MAX_BLOCKED}")
    prices = costs_with(costs)
    listed = blocked_candidates(
        view,
        beneficiary,
        need=need,
        techniques=techniques,
        sources=sources,
        budget=budget,
        most=MAX_BLOCKED if count else first,
    )
    meter, trials = listed.meter, Trials(listed.appraisal)
    told = []

    def is_late() -> bool:
        return meter.clock() >= meter.deadline

    for found in listed.paths[:first]:
        outcome = least_repair(trials, found, prices, is_late) if repairs and not is_late() else LATE
        if repairs and not outcome.in_time:
            meter.cut(IncompleteReason.TIME, listed.deepest)
        failed = tuple(result for result in found.gates if result.verdict is Ternary.NO)
        told.append(BlockedPath(path_of(listed.appraisal, found), failed, *outcome))
    return WhyNot(tuple(told), len(listed.paths) if count else None, meter.answer(listed.deepest))
