"""policy: a document by its number: what it names, who has to act on it, what it leaves open, and what was in force when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.history import Version, ever_held, versions
from graph.view import View
from queries.policy.charges import RESPONSIBLE, holding_today, members_of
from queries.policy.member_lists import CommitteeLists, MemberList, committee_lists, in_order
from queries.policy.named_things import NamedThing, named_in
from queries.succession import Succession

PARTS = ("Theme", "Measure", "Target", "Rule", "Duty", "Committee", "Programme")
"""Kinds of the parts of a document that can change while its number stays; each has the field `policy`."""


@dataclass(frozen=True, slots=True)
class PolicyUnit:
    """A unit or set of units that a document makes answer for measures.

    responsibilities: its entries, by measure. members: of a set. today: who holds its duties now; of a set None.
    """

    unit: int
    responsibilities: tuple[int, ...]
    members: MemberList | None
    today: Succession | None


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of a document that begins, ends or says something else on a day. before, after None: it is not there."""

    part: int
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A period in which a document and all its parts say the same: from `since` (None: always) to before `until` (None: open).

    changes: what differs from the period before, by kind, then id; of the first period: nothing. in_force: on the day of the view.
    """

    since: date | None
    until: date | None
    changes: tuple[PartChange, ...]
    in_force: bool


def policy_units(view: View, policy: int) -> tuple[PolicyUnit, ...]:
    """The units that answer for measures, by their first entry: measure, then place in its list; by id where a document prints none."""
    found: dict[int, list[int]] = {}
    for measure in _measures(view, policy):
        for link in in_order(view, view.holders(RESPONSIBLE, "target", measure)):
            found.setdefault(view.ref(link, "source"), []).append(link)
    return tuple(
        PolicyUnit(unit, tuple(links), members_of(view, unit), holding_today(view, unit))
        for unit, links in found.items()
    )


def policy_names(view: View, policy: int) -> tuple[NamedThing, ...]:
    """Everything that the document and its measures name, in the order of the text."""
    return named_in(view, [policy, *_measures(view, policy)])


def policy_committees(view: View, policy: int) -> tuple[CommitteeLists, ...]:
    """The committees that the document sets up, by id, with the lists of their member units."""
    return tuple(committee_lists(view, one) for one in view.holders("Committee", "policy", policy).tolist())


def policy_versions(view: View, policy: int) -> tuple[PolicyVersion, ...]:
    """The periods of the document, earliest first: a later reading, an amendment or an end begins a new one.

    Parts that were added to the document at another time count too. Cost: the versions of each of its parts.
    """
    parts = [policy]
    for kind in PARTS:
        parts += ever_held(view, kind, "policy", policy).tolist()
    measures = [part for part in parts if view.kind_of(part).name == "Measure"]
    for measure in measures:
        parts += ever_held(view, RESPONSIBLE, "target", measure).tolist()
    whole = {part: _of(view, part, policy) for part in parts}
    own = whole[policy]
    days = sorted({day for found in whole.values() for one in found for day in (one.since, one.until) if day})
    found: list[PolicyVersion] = []
    for since, until in zip([None, *days], [*days, None], strict=True):
        if _on(own, since) is None:
            continue
        before = [] if not found or found[-1].until != since else [*whole.items()]
        changes = tuple(
            PartChange(part, earlier, later)
            for part, periods in before
            if since is not None
            and (earlier := _before(periods, since)) is not (later := _on(periods, since))
            and (earlier is None or later is None or earlier.record != later.record)
        )
        in_force = (since is None or since <= view.as_of) and (until is None or view.as_of < until)
        if found and found[-1].until == since and not changes:
            found[-1] = PolicyVersion(found[-1].since, until, found[-1].changes, in_force or found[-1].in_force)
        else:
            found.append(PolicyVersion(since, until, _sorted(view, changes), in_force))
    return tuple(found)


def _of(view: View, part: int, policy: int) -> list[Version]:
    """The versions of a part while it belongs to the document."""
    identifier = view.id_of(policy)
    return [one for one in versions(view, part) if getattr(one.record, "policy", identifier) == identifier]


def _on(periods: Iterable[Version], day: date | None) -> Version | None:
    """The version in force on a day; None as a day: before everything that has a date."""
    for one in periods:
        if day is None:
            if one.since is None:
                return one
        elif (one.since is None or one.since <= day) and (one.until is None or day < one.until):
            return one
    return None


def _before(periods: Iterable[Version], day: date) -> Version | None:
    """The version that was in force until a day."""
    for one in periods:
        if (one.since is None or one.since < day) and (one.until is None or day <= one.until):
            return one
    return None


def _sorted(view: View, changes: Iterable[PartChange]) -> tuple[PartChange, ...]:
    return tuple(sorted(changes, key=lambda one: (view.kind_of(one.part).name, view.id_of(one.part))))


def _measures(view: View, policy: int) -> list[int]:
    return in_order(view, np.asarray(view.holders("Measure", "policy", policy)), "number")
