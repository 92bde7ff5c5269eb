"""Who is one in law and who is under one control: legal entities, control groups, related parties.

Two parties are under one control where they are in one recorded group (economic dependence is no control), or where one, or a
third, controls them by recorded majority shares. A share that nobody states counts: the record itself says that there is control.
What nobody records is no relation. Government bodies hold shares without making the firms related.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once

Handles = np.ndarray[Any, np.dtype[np.int64]]

MAX_CLIMB: Final = 10
"""Levels of share holdings that are followed."""
CONTROLS: Final = frozenset({"Controls"})
GROUPED: Final = ("Enterprise", "Institution")
GROUPS: Final = CONTROLS | {"MemberOf", "Group", *(f"{kind}.group" for kind in GROUPED)}
"""What says who is in one group, of control or of dependence."""


def legal_entity(view: View, handle: int) -> int:
    """The person in law: a branch's bank, else the party itself."""
    if handle >= 0 and view.has_kind(handle, "BankBranch"):
        bank = view.ref(handle, "bank")
        return bank if bank >= 0 else handle
    return handle


def group_of(view: View, handle: int) -> int:
    """The group that a party is recorded in, of control or of dependence; -1: none."""
    return view.ref(handle, "group") if handle >= 0 and view.kind_of(handle).name in GROUPED else -1


def groups_of(view: View, handle: int) -> list[int]:
    """Every group that a party is in, of control or of dependence: the one it names, and those that it is recorded a member of."""
    own = group_of(view, handle)
    links = view.holders("MemberOf", "source", handle) if handle >= 0 else np.zeros(0, np.int64)
    listed = (group for group in view.refs(links, "target").tolist() if group >= 0 and view.has_kind(group, "Group"))
    return list(dict.fromkeys([*([own] if own >= 0 else []), *listed]))


def controllers_of(view: View, handle: int) -> list[int]:
    """Who holds a majority of a party, of those that do, and so on, nearest first; governments control nobody."""
    found: list[int] = []
    controlled = _ultimately(view)[0]
    at = int(np.searchsorted(controlled, handle))
    if at == len(controlled) or controlled[at] != handle:
        return found
    frontier = np.array([handle])
    for _ in range(MAX_CLIMB):
        _, links = view.expand("Controls", "target", frontier)
        share = view.ints(links, "share")
        holders = view.refs(links[(share == NOT_STATED) | (share > MILLION // 2)], "source").tolist()
        fresh = [one for one in dict.fromkeys(holders) if one >= 0 and one != handle and one not in found]
        fresh = [one for one in fresh if not view.has_kind(one, "GovernmentUnit")]
        if not fresh:
            break
        found += fresh
        frontier = np.array(fresh)
    return found


def control_group_of(view: View, handle: int) -> int:
    """The group whose control a party is recorded under; -1: none."""
    group = group_of(view, handle)
    return group if group >= 0 and view.value(group, "dependence") is not True else -1


def ultimate_controllers(view: View, handles: Handles) -> Handles:
    """Who controls each in the end: itself where nobody does."""
    controlled, tops = _ultimately(view)
    if not len(controlled):
        return handles
    at = np.searchsorted(controlled, handles).clip(max=len(controlled) - 1)
    return np.where(controlled[at] == handles, tops[at], handles)


def _ultimately(view: View) -> tuple[Handles, Handles]:
    return once(view, ultimate_controllers, lambda: _tops(view), of=CONTROLS)


def _tops(view: View) -> tuple[Handles, Handles]:
    """Everybody whom somebody controls, ascending, and who does in the end. Of several holders the first by id stands."""
    links = view.handles("Controls")
    share, holders = view.ints(links, "share"), view.refs(links, "source")
    governments = [code for code in np.unique(holders >> 32).tolist() if _is_government(view, holders, code)]
    keep = ((share == NOT_STATED) | (share > MILLION // 2)) & ~np.isin(holders >> 32, governments)
    controlled, first = np.unique(view.refs(links[keep], "target"), return_index=True)
    tops = holders[keep][first]
    for _ in range(MAX_CLIMB if len(controlled) else 0):
        at = np.searchsorted(controlled, tops).clip(max=len(controlled) - 1)
        above = controlled[at] == tops
        if not above.any():
            break
        tops = np.where(above, tops[at], tops)
    return controlled, tops


def _is_government(view: View, holders: Handles, code: int) -> bool:
    return view.has_kind(int(holders[holders >> 32 == code][0]), "GovernmentUnit")


def related(view: View, sellers: Handles, buyers: Handles) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each pair is under one control."""
    if not len(sellers):
        return np.zeros(0, bool)
    parties, inverse = np.unique(np.concatenate([sellers, buyers]), return_inverse=True)
    groups = control_groups(view, parties)[inverse]
    tops = ultimate_controllers(view, parties)[inverse]
    count = len(sellers)
    same_group = (groups[:count] == groups[count:]) & (groups[:count] >= 0)
    return np.asarray(same_group | (tops[:count] == tops[count:]))


def is_attested(view: View, trades: Handles) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Of which trades (links or claims, of one kind) somebody independent attests that they are at arm's length."""
    return np.asarray(view.ints(trades, "arms_length") == 1)


class Control(NamedTuple):
    """Under whose control a party is recorded: its group (-1: none), and who controls it in the end."""

    group: int
    top: int

    def is_shared_with(self, other: Control) -> bool:
        """Whether two parties are under one control."""
        return self.top == other.top or self.group == other.group >= 0


def control_of(view: View, party: int) -> Control:
    """The control of one party."""
    one = np.array([party])
    return Control(int(control_groups(view, one)[0]), int(ultimate_controllers(view, one)[0]))


def same_control(view: View, one: int, other: int) -> bool:
    """Whether two parties are one in law or under one control."""
    one, other = legal_entity(view, one), legal_entity(view, other)
    return one == other or bool(related(view, np.array([one]), np.array([other]))[0])


def group_members(view: View, group_or_head: int) -> list[int]:
    """The parties of a group, or those that a party controls with itself, in id order by kind."""
    if view.has_kind(group_or_head, "Group"):
        named = [int(member) for kind in GROUPED for member in view.holders(kind, "group", group_or_head)]
        links = view.holders("MemberOf", "target", group_or_head)
        listed = [member for member in view.refs(links, "source").tolist() if view.kind_of(member).name in GROUPED]
        return list(dict.fromkeys([*named, *listed]))
    return sorted(_controlled(view, group_or_head))


def _controlled(view: View, head: int) -> Iterator[int]:
    found, frontier = {head}, np.array([head])
    for _ in range(MAX_CLIMB):
        _, links = view.expand("Controls", "source", frontier)
        share = view.ints(links, "share")
        held = view.refs(links, "target")[(share == NOT_STATED) | (share > MILLION // 2)]
        fresh = {int(party) for party in held if party >= 0} - found
        if not fresh:
            break
        found |= fresh
        frontier = np.array(sorted(fresh))
    yield from found


def control_groups(view: View, parties: Handles) -> Handles:
    """`control_group_of` of parties as columns."""
    groups = np.full(len(parties), -1, np.int64)
    kinds = parties >> 32
    for code in np.unique(kinds).tolist():
        of_kind = kinds == code
        if view.kind_of(int(parties[of_kind][0])).name in GROUPED:
            groups[of_kind] = view.refs(parties[of_kind], "group")
    for group in np.unique(groups[groups >= 0]).tolist():
        if once(view, ("dependence", group), partial(view.value, group, "dependence")) is True:
            groups[groups == group] = -1
    return groups
