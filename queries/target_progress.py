"""How far the targets of policies have come: met or not, the distance, the part of the way, and whether they are on track."""

from __future__ import annotations

import numpy as np

from graph.errors import InvalidInput, NotFound
from graph.view import View
from queries.policy.document_number import require_policy
from queries.policy.member_lists import sets_of
from queries.policy.units import require_unit
from queries.progress.progress import TargetProgress, progress_of
from queries.ratios import Ints
from queries.succession import predecessors


def target_progress(
    view: View, *, policy: str | None = None, theme: int | None = None, unit: str | None = None
) -> tuple[TargetProgress, ...]:
    """The progress of all targets, by policy and number: of one policy, of the measures of one theme, of those that a unit answers for.

    `policy`: an id or a document number. `unit`: an id, or a name or alias that one unit has. It answers for a measure that names it, a
    set that lists it, or a unit whose duties it holds today. Targets of no measure are in no theme and nobody's. Empty: there is no
    target, or none that all of this fits.

    Raises InvalidIdentifier, InvalidInput or NotFound for a policy or unit that is not in the view or is of another kind, for a theme
    below 1, and for one that the policy does not have. Cost: see `progress_of`, a target.
    """
    targets = view.handles("Target")
    if policy is not None:
        targets = view.holders("Target", "policy", _policy(view, policy))
    if theme is not None:
        measures = view.expand("Measure", "theme", _themes(view, policy, theme))[1]
        targets = targets[np.isin(view.refs(targets, "measure"), measures)]
    if unit is not None:
        targets = targets[np.isin(view.refs(targets, "measure"), _answered_for(view, unit))]
    if not targets.size:
        return ()
    policies, numbers = view.refs(targets, "policy"), view.ints(targets, "number")
    order = np.lexsort((view.rank(targets), numbers, view.rank(policies)))
    return tuple(progress_of(view, one) for one in targets[order].tolist())


def _policy(view: View, named: str) -> int:
    return view.require(named, "Policy") if ":" in named else require_policy(view, named)


def _themes(view: View, policy: str | None, number: int) -> Ints:
    """The themes of this number, of one policy or of all."""
    if number < 1:
        raise InvalidInput(f"theme is {number}; themes are numbered from 1")
    themes = view.handles("Theme") if policy is None else view.holders("Theme", "policy", _policy(view, policy))
    numbers = view.ints(themes, "number")
    found: Ints = themes[numbers == number]
    if not found.size:
        whose = "no policy" if policy is None else policy
        has = f"the highest is {int(numbers.max())}" if numbers.size else "none is known"
        raise NotFound(
            f"{whose} has a theme {number}; {has}" if policy is None else f"{whose} has no theme {number}; {has}"
        )
    return found


def _answered_for(view: View, unit: str) -> Ints:
    """The measures that name a unit, a set that lists it, or a unit whose duties it holds today."""
    handle = require_unit(view, unit)
    units = [handle]
    if not view.has_kind(handle, "UnitSet"):
        units += [one.unit for one in predecessors(view, handle)]
    sets = [member.unit for one in units for member in sets_of(view, one)]
    lines = view.expand("Responsibility", "source", np.unique(np.array([*units, *sets], np.int64)))[1]
    measures: Ints = np.unique(view.refs(lines, "target"))
    return measures[measures >= 0]
