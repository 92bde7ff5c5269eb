"""Who answers for a measure: the printed list, what sets in it come to, and who holds each unit's duties today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.view import View
from queries.policy.member_lists import MemberList, in_order, member_list
from queries.succession import Succession, succession

RESPONSIBLE: Final = "Responsibility"


@dataclass(frozen=True, slots=True)
class Answerable:
    """One entry of the list of a measure, as printed: `link` has its place, wording, printed part and span.

    members: of a set. today: who holds the unit's duties now; of a set None, its members have their own.
    """

    unit: int
    link: int
    members: MemberList | None
    today: Succession | None


def answerable(view: View, measure: int) -> tuple[Answerable, ...]:
    """The entries of a measure's list, in printed order; empty where the document prints none. No lead is inferred."""
    found = []
    for link in in_order(view, view.holders(RESPONSIBLE, "target", measure)):
        unit = view.ref(link, "source")
        found.append(Answerable(unit, link, members_of(view, unit), holding_today(view, unit)))
    return tuple(found)


def members_of(view: View, unit: int) -> MemberList | None:
    """The members of a set; None: it is a unit."""
    return member_list(view, unit) if view.has_kind(unit, "UnitSet") else None


def holding_today(view: View, unit: int) -> Succession | None:
    """Who holds a unit's duties now; None: it is a set, whose members have their own."""
    return None if view.has_kind(unit, "UnitSet") else succession(view, unit)
