"""succession: who holds today the duties that a body once had, through every reform on record, and what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.records import Term
from graph.view import View

KIND = "SucceededBy"


class Doubt(Term):
    """Why it is not certain who holds a body's duties."""

    UNDATED = "日期未载明"
    """A succession without a day: it may hold or not, and is not applied."""
    CYCLE = "循环继任"
    """Successions of one day that lead back to where they begin: none of their bodies holds the duties by them."""
    EARLIER = "先于接任"
    """A body that passed its duties on before it received these; what it received stays with it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the duties, or a part of them, today.

    since None: always had them. through: the successions by which they came, the first one first; empty: they never passed on. More than
    one way leads to some holders: the one of the fewest successions is shown, then that of the first ids.
    """

    unit: int
    since: date | None
    through: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SuccessionDoubt:
    """What is in doubt, and the successions that make it so, by id."""

    kind: Doubt
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """Where the duties of a body went.

    holders: by id; empty where a cycle leaves nobody. applied: the successions that count today, by day, then id. announced: those of a
    later day.
    """

    unit: int
    holders: tuple[Holder, ...]
    applied: tuple[int, ...]
    announced: tuple[int, ...]
    doubts: tuple[SuccessionDoubt, ...]

    @property
    def is_certain(self) -> bool:
        """Whether nothing is in doubt."""
        return not self.doubts

    @property
    def is_split(self) -> bool:
        """Whether several hold them: which part is whose is not on record."""
        return len(self.holders) > 1

    @property
    def units(self) -> tuple[int, ...]:
        """The holders."""
        return tuple(one.unit for one in self.holders)


@dataclass(frozen=True, slots=True)
class _State:
    """A body that got duties on a day (`date.min`: it always had them)."""

    unit: int
    since: date


@dataclass(frozen=True, slots=True)
class _Passage:
    link: int
    to: _State


def succession(view: View, unit: int) -> Succession:
    """Who holds the duties of a body on the day of the view.

    A body passes its duties on at each of its dated successions: until the last of these days it keeps a part, from then on none, and
    each successor has a part from the successor's day on. What a body receives it passes on only at successions of that day or later. A
    succession without a day, and one to or from a body that is not in the view, is never applied.

    Cost: the successions that can be reached from it, each body once a day on which it receives something.
    """
    begun = _State(unit, date.min)
    ways: dict[_State, tuple[int, ...]] = {begun: ()}
    passages: dict[_State, list[_Passage]] = {}
    announced: set[int] = set()
    undated: set[int] = set()
    earlier: set[int] = set()
    waiting = [begun]
    holding: list[_State] = []
    while waiting:
        following: list[_State] = []
        for state in waiting:
            last = date.min
            passages[state] = []
            for link, target, on in _links(view, state.unit):
                if on is None:
                    undated.add(link)
                elif on < state.since:
                    earlier.add(link)
                elif on > view.as_of:
                    announced.add(link)
                    last = max(last, on)
                else:
                    last = max(last, on)
                    reached = _State(target, on)
                    passages[state].append(_Passage(link, reached))
                    if reached not in ways:
                        ways[reached] = (*ways[state], link)
                        following.append(reached)
            if last == date.min or last > view.as_of:
                holding.append(state)
        waiting = following
    applied = {one.link for found in passages.values() for one in found}
    doubts = [SuccessionDoubt(Doubt.CYCLE, links) for links in _cycles(view, passages)]
    doubts += [SuccessionDoubt(Doubt.UNDATED, (link,)) for link in _by_id(view, undated)]
    # A body that comes back passed its duties on before: that is no doubt but the way itself.
    doubts += [SuccessionDoubt(Doubt.EARLIER, (link,)) for link in _by_id(view, earlier - applied)]
    return Succession(
        unit,
        _holders(view, holding, ways),
        tuple(sorted(_by_id(view, applied), key=lambda link: view.value(link, "on"))),
        _by_id(view, announced),
        tuple(doubts),
    )


def predecessors(view: View, unit: int) -> tuple[Succession, ...]:
    """The bodies of whose duties this one holds a part today, itself left out, each with where its duties went; by id."""
    reached, waiting = {unit}, [unit]
    while waiting:
        column = np.array(waiting, np.int64)
        _, links = view.expand(KIND, "target", column)
        waiting = [one for one in dict.fromkeys(view.refs(links, "source").tolist()) if one >= 0 and one not in reached]
        reached.update(waiting)
    found = [succession(view, one) for one in _by_id(view, reached - {unit})]
    return tuple(one for one in found if unit in one.units)


def _links(view: View, unit: int) -> Iterable[tuple[int, int, date | None]]:
    """The successions of a body: the link, the successor, the day; in id order."""
    for link in view.holders(KIND, "source", unit).tolist():
        yield link, view.ref(link, "target"), view.value(link, "on")


def _holders(view: View, holding: list[_State], ways: dict[_State, tuple[int, ...]]) -> tuple[Holder, ...]:
    """Each holder once, since the first day from which it has what it has today."""
    first: dict[int, _State] = {}
    for state in holding:
        if state.unit not in first or state.since < first[state.unit].since:
            first[state.unit] = state
    found = {
        unit: Holder(unit, None if state.since == date.min else state.since, ways[state])
        for unit, state in first.items()
    }
    return tuple(found[unit] for unit in _by_id(view, found))


def _cycles(view: View, passages: dict[_State, list[_Passage]]) -> list[tuple[int, ...]]:
    """The successions of each loop of one day: bodies that receive from each other on it."""
    reach: dict[_State, set[_State]] = {}
    for state in passages:
        seen: set[_State] = set()
        waiting = [one.to for one in passages[state]]
        while waiting:
            reached = waiting.pop()
            if reached not in seen:
                seen.add(reached)
                waiting += [one.to for one in passages[reached]]
        reach[state] = seen
    loops: dict[frozenset[_State], set[int]] = {}
    for state, found in passages.items():
        if state in reach[state]:
            loop = frozenset(one for one in reach[state] if state in reach[one])
            loops.setdefault(loop, set()).update(one.link for one in found if one.to in loop)
    return sorted((_by_id(view, links) for links in loops.values()), key=lambda links: view.id_of(links[0]))


def _by_id(view: View, handles: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(handles, key=view.id_of))
