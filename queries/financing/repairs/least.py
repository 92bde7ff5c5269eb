"""The cheapest set of repairs that makes all gates of a blocked path pass: exact up to three repairs, beyond that greedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from graph.view import View
from queries.financing.appraised import Appraised
from queries.financing.cases import Case
from queries.financing.gates.table import GateResult
from queries.financing.repairs.catalogue import proposals
from queries.financing.repairs.kinds import Costs
from queries.financing.repairs.repair import LeastRepair, Repair, cost_of
from queries.financing.repairs.trial import Trials, passes
from queries.financing.terms import Gate, Ternary

EXACT_UP_TO: Final = 3
"""Repairs of a set up to which all sets are looked at."""
MOST_TRIALS: Final = 64
"""Sets of one path that are laid over the view; beyond that the answer is greedy."""
MOST_REPAIRS: Final = 12
"""Repairs of a greedy set."""


class Outcome(NamedTuple):
    """What mends a path (None: the catalogue has nothing). `in_time` False: the time ran out before that was known."""

    repair: LeastRepair | None
    in_time: bool = True


LATE: Final = Outcome(None, False)


def never() -> bool:
    """Whether it is late, where there is always time."""
    return False


def least_repair(trials: Trials, found: Appraised, costs: Costs, is_late: Callable[[], bool] = never) -> Outcome:
    """The cheapest set of the catalogue with which the path passes; of equally cheap ones the smaller, then the earlier in the catalogue.

    Cost: a trial for each set that mends every gate and is no dearer than the answer; none once it is late.
    """
    options = proposals(Case(trials.appraisal, found.candidate), found)
    unmet = [_Unmet.of(trials.appraisal.view, result) for result in found.gates if result.verdict is not Ternary.YES]
    if not all(one.may_be_met(options) for one in unmet):
        return Outcome(None)
    for at, chosen in enumerate(_by_cost(options, unmet, costs)):
        if is_late():
            return LATE
        if at >= MOST_TRIALS:
            return _greedy(trials, found, options, unmet, costs, is_late)
        if passes(trials.with_repairs(found.candidate, chosen)):
            return Outcome(LeastRepair(chosen, cost_of(chosen, costs), True))
    return _greedy(trials, found, options, unmet, costs, is_late) if len(options) > EXACT_UP_TO else Outcome(None)


class _Unmet(NamedTuple):
    """A gate that does not say yes. `facts` (record and field) without all of which it cannot, unless something else mends it."""

    gate: Gate
    facts: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, view: View, result: GateResult) -> _Unmet:
        """What a gate needs. Of the rules of an offer some are alternatives: one fact may do."""
        if result.verdict is Ternary.NO or result.gate is Gate.ELIGIBILITY:
            return cls(result.gate, frozenset())
        facts = {(fact.record, fact.field) for fact in result.missing if fact.record >= 0}
        held = {(on, name) for on, name in facts if name in view.kind_of(on).by_graph_name}
        return cls(result.gate, frozenset(held))

    def may_be_met(self, chosen: Iterable[Repair]) -> bool:
        """Whether a set of repairs may mend the gate."""
        stated = set()
        for one in chosen:
            if self.gate in one.mends:
                if (one.on, one.field) not in self.facts:
                    return True
                stated.add((one.on, one.field))
        return bool(stated) and len(stated) == len(self.facts)


def _by_cost(options: Sequence[Repair], unmet: Sequence[_Unmet], costs: Costs) -> Iterator[tuple[Repair, ...]]:
    """The sets that may mend every gate, the cheapest first."""
    sets = []
    for size in range(1, EXACT_UP_TO + 1):
        for places in combinations(range(len(options)), size):
            chosen = tuple(options[place] for place in places)
            if all(one.may_be_met(chosen) for one in unmet):
                sets.append((cost_of(chosen, costs), size, places, chosen))
    for _, _, _, chosen in sorted(sets, key=lambda one: one[:3]):
        yield chosen


def _greedy(
    trials: Trials,
    found: Appraised,
    options: Sequence[Repair],
    asked: Sequence[_Unmet],
    costs: Costs,
    is_late: Callable[[], bool],
) -> Outcome:
    """A set that passes, found by adding the cheapest repair of a gate that does not, and then leaving out what is not needed."""
    chosen: list[Repair] = []
    now: Appraised | None = found
    while not passes(now):
        unmet = (
            frozenset() if now is None else frozenset(one.gate for one in now.gates if one.verdict is not Ternary.YES)
        )
        rest = [one for one in options if one not in chosen and _another(chosen, one)]
        useful = [one for one in rest if one.mends & unmet] if unmet else rest
        if not useful or len(chosen) == MOST_REPAIRS:
            return Outcome(None)
        if is_late():
            return LATE
        chosen.append(min(useful, key=lambda one: (costs[one.kind], -len(one.mends & unmet))))
        now = trials.with_repairs(found.candidate, chosen)
    lacking = [one for one in asked if one.facts and one.may_be_met(chosen)]
    for one in sorted(chosen, key=lambda one: -costs[one.kind]):
        fewer = [other for other in chosen if other is not one]
        if is_late():
            return LATE
        if all(gate.may_be_met(fewer) for gate in lacking) and passes(trials.with_repairs(found.candidate, fewer)):
            chosen = fewer
    return Outcome(LeastRepair(tuple(chosen), cost_of(chosen, costs), False))


def _another(chosen: Sequence[Repair], one: Repair) -> bool:
    """Whether a repair is not about a field that another sets already."""
    return all((one.on, one.field) != (other.on, other.field) or one.field is None for other in chosen)
