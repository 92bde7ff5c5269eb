"""fundableAmount: how much new money can reach an enterprise in all, in the cheapest mix, and which limits stop it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

from graph.kinds.terms import Technique
from graph.view import View
from queries.completeness import LIMITS, Budget, Completeness, IncompleteReason
from queries.financing.answers import ConstraintShown, FinancingPath
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.charges import dearest
from queries.financing.joint.gathering import CostOf, Gathering
from queries.financing.joint.programme import SolveMethod
from queries.financing.joint.shared_limits import JointPath
from queries.financing.limits.constraints import ORDER, Constraint
from queries.financing.need import NeedAsked, open_needs, served
from queries.financing.path_building import constraint_shown, path_of
from queries.financing.techniques.table import chosen
from queries.financing.tenor import tenor_of
from queries.financing.terms import PathStatus
from queries.financing_paths import drawn
from queries.ratios import rounded

READY: Final = (PathStatus.EXISTING, PathStatus.AVAILABLE)


@dataclass(frozen=True)
class MixItem:
    """What one path brings: `amount` in 分, `cost` the upper end of its cost in basis points a year (None: it has none)."""

    amount: int
    cost: Decimal | None
    _joint: JointPath = field(repr=False)

    @cached_property
    def path(self) -> FinancingPath:
        """The path, told when somebody asks."""
        return path_of(self._joint.appraisal, self._joint.found)


@dataclass(frozen=True, slots=True)
class FundableAmount:
    """The answer; amounts in 分 of CNY.

    `need` what is asked for in all (None: unlimited), `shortfall` what of it is not met; `mix` brings `amount` at `weighted_cost` basis
    points a year (None: nothing flows, or a part has no upper end), `least_cost`: no mix that brings as much is cheaper by 1 分 a year;
    `stopped_by` the limits that stop the money. `lower` ≤ the largest amount ≤ `upper` (None: the search was cut, and nothing that is
    known bounds the rest). `is_upper_bound`: a factor that nobody states could only lower it. `not_stated`: the limits without which
    `paths_left_out` paths have no capacity: they bring nothing here, and may bring something; empty where the need is met.
    """

    need: int | None
    amount: int
    shortfall: int | None
    mix: tuple[MixItem, ...]
    weighted_cost: Decimal | None
    least_cost: bool
    stopped_by: tuple[ConstraintShown, ...]
    method: SolveMethod
    lower: int
    upper: int | None
    is_upper_bound: bool
    not_stated: tuple[ConstraintShown, ...]
    paths_left_out: int
    completeness: Completeness


def dearest_cost(appraisal: Appraisal, found: Appraised) -> Decimal | None:
    """The upper end of a path's cost, by which costs are compared."""
    case = found.case_in(appraisal)
    return dearest(case, tenor_of(case))


def fundable_amount(
    view: View,
    beneficiary: str,
    *,
    need: NeedAsked | None = None,
    techniques: Iterable[Technique] | None = None,
    sources: Sequence[str] | None = None,
    status: Iterable[PathStatus] = READY,
    budget: Budget = LIMITS,
    include_intra_group: bool = False,
    cost_of: CostOf | None = None,
) -> FundableAmount:
    """The largest amount of new money that fits the need's instruments and purpose, over the paths of these statuses together.

    Parameters
    ----------
    need
        What is to be financed; None: the enterprise's open needs, of which each path fits those that its technique serves; with none, the
        amount is what all paths together bring.
    techniques, sources, status, budget, include_intra_group
        As for `financing_paths`. The paths are as many of those that the budget finds as can make a difference, the cheapest first.
    cost_of
        What a path costs, None dearer than any that is known, where it is not the upper end of its cost; then all paths are put together.

    Returns
    -------
    FundableAmount
        Amount 0 with an empty mix when nothing can flow.

    Raises
    ------
    InvalidInput, NotFound
        For values that cannot be meant, and an enterprise or source that is not in the view.

    Notes
    -----
    Cost: for a need that can be met, that of some dozen paths and a flow over them; else of all paths that limits tell apart. Where they
    share limits in ways that are no flow, an integer programme.
    """
    techniques = None if techniques is None else tuple(techniques)
    asked = _need(view, view.require(beneficiary, "Enterprise", at="beneficiary"), need, techniques)
    in_order = cost_of is None
    gathering = Gathering(asked if in_order else None, cost_of or dearest_cost)
    drawing = drawn(
        view,
        beneficiary,
        need=need,
        techniques=techniques,
        sources=sources,
        status=status,
        budget=budget,
        include_intra_group=include_intra_group,
        new_money=True,
        cheapest=in_order,
        sparing=gathering if in_order else None,
    )
    appraisal, meter = drawing.appraisal, drawing.meter
    gathered = gathering.together(appraisal, drawing.paths, drawing.again, lambda: meter.deadline - meter.clock())
    joint, solved = gathered.joint, gathered.solved
    if not gathered.is_all and not meter.out_of_time(drawing.deepest + 1):
        meter.cut(IncompleteReason.BUDGET, drawing.deepest + 1)
    completeness = meter.answer(drawing.deepest)
    upper: int | None = solved.upper
    if not completeness.complete:
        upper = asked
    bringing = [(path, amount) for path, amount in zip(joint.paths, solved.amounts, strict=True) if amount]
    return FundableAmount(
        need=asked,
        amount=solved.lower,
        shortfall=None if asked is None else asked - solved.lower,
        mix=tuple(MixItem(amount, path.cost, path) for path, amount in bringing),
        weighted_cost=weighted_cost([(path.cost, amount) for path, amount in bringing]),
        least_cost=solved.least_cost and completeness.complete,
        stopped_by=_in_order(view, [joint.limits[place] for place in solved.stops]),
        method=solved.method if upper == solved.lower else SolveMethod.BOUNDS,
        lower=solved.lower,
        upper=upper,
        is_upper_bound=any(path.found.capacity.at_most for path, _ in bringing),
        not_stated=_in_order(view, gathered.unstated),
        paths_left_out=len(gathered.unstated),
        completeness=completeness,
    )


def weighted_cost(parts: Iterable[tuple[Decimal | None, int]]) -> Decimal | None:
    """Σ cost·amount / Σ amount in basis points, half-even to 6 places; None where nothing flows or a part's cost is not known.

    300 at 420 and 150 at 480: 440.
    """
    flowing = [(cost, amount) for cost, amount in parts if amount]
    total = sum(amount for _, amount in flowing)
    if not total or any(cost is None for cost, _ in flowing):
        return None
    return rounded(sum((Fraction(cost or 0) * amount for cost, amount in flowing), Fraction(0)) / total)


def _need(view: View, beneficiary: int, need: NeedAsked | None, techniques: Iterable[Technique] | None) -> int | None:
    """What is asked for in all, in 分: of the open needs those that a technique asked for serves; None: unlimited, or not known."""
    if need is not None:
        return need.checked(view).amount.minor
    instruments = {one for row in chosen(techniques) if row.new_money for one in row.serves}
    return served(open_needs(view, beneficiary), tuple(instruments)).amount


def _in_order(view: View, constraints: Iterable[Constraint]) -> tuple[ConstraintShown, ...]:
    """Each limit once, by kind and then by the ids of what it bounds and what states it."""
    once = {(one.key, one.headroom): one for one in constraints}
    named = {key: tuple(view.id_of(handle) if handle >= 0 else "" for handle in key[0][1:]) for key in once}
    ordered = sorted(once, key=lambda key: (ORDER[key[0][0]], named[key], key[1] or 0))
    return tuple(constraint_shown(once[key]) for key in ordered)
