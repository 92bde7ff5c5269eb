"""Who belongs to a set of units, as far as its source says: the members it lists, or that the set stays open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.view import View

LINK = "MemberOf"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a set as its list names it. `link` states place, wording and span."""

    unit: int
    link: int


@dataclass(frozen=True, slots=True)
class MemberList:
    """A set of units with the members that a source lists, in printed order.

    is_resolved: the source says that these are all; False: they may not be, or none is listed, and nobody else belongs for certain.
    """

    unit_set: int
    members: tuple[Member, ...]
    is_resolved: bool


@dataclass(frozen=True, slots=True)
class CommitteeLists:
    """The lists of a committee's member units, in printed order, each as it stands; two that differ are both kept."""

    committee: int
    lists: tuple[MemberList, ...]

    @property
    def only_in(self) -> tuple[tuple[int, ...], ...]:
        """Of each list, the units that no other list of the committee names, in printed order."""
        named = Counter(unit for one in self.lists for unit in {member.unit for member in one.members})
        return tuple(tuple(member.unit for member in one.members if named[member.unit] == 1) for one in self.lists)


def member_list(view: View, unit_set: int) -> MemberList:
    """The members of a set. Of a set whose source names no members the list is empty and not resolved."""
    members = tuple(
        Member(view.ref(link, "source"), link)
        for link in in_order(view, view.holders(LINK, "target", unit_set))
        if view.has_kind(view.ref(link, "source"), "ResponsibleUnit")
    )
    return MemberList(unit_set, members, bool(members) and view.value(unit_set, "resolved") is True)


def sets_of(view: View, unit: int) -> tuple[Member, ...]:
    """The sets whose lists name a unit, each with the link that does, by id of the set. A set within a set counts through it."""
    found: dict[int, int] = {}
    waiting = [unit]
    while waiting:
        of = waiting.pop(0)
        for link in view.holders(LINK, "source", of).tolist():
            target = view.ref(link, "target")
            if target not in found and target != unit and view.has_kind(target, "UnitSet"):
                found[target] = link
                waiting.append(target)
    return tuple(Member(one, found[one]) for one in sorted(found, key=view.id_of))


def committee_lists(view: View, committee: int) -> CommitteeLists:
    """The lists of a committee's member units; none where its document lists none."""
    links = in_order(view, view.holders(LINK, "target", committee))
    sets = [view.ref(link, "source") for link in links]
    return CommitteeLists(committee, tuple(member_list(view, one) for one in sets if view.has_kind(one, "UnitSet")))


def in_order(view: View, links: np.ndarray, field: str = "list_order") -> list[int]:
    """Links of one kind in printed order; those without a place last, by id."""
    places = view.ints(links, field)
    order = np.where(places == NOT_STATED, np.iinfo(np.int64).max, places).argsort(kind="stable")
    return [int(one) for one in links[order]]
