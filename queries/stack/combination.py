"""The best of what may be had together: money first, then cover, under caps, exclusions and dependencies; exact by branch and bound.

What a set brings in money: each option up to its own amount, and options of one cap together up to what is left of the cap. Where every
two caps are apart or one holds the other, the order in which they draw on them does not matter, and adding an option never brings less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

MAX_EXACT: Final = 25
"""Up to so many options that bear on each other are searched to the end."""
MAX_NODES: Final = 2_000
"""Of more options so many partial choices are looked at."""


class Gain(NamedTuple):
    """What a set brings: money, then what it covers of loans; compared in this order."""

    money: int
    cover: int


@dataclass(frozen=True, slots=True)
class Option:
    """One support, by its place among all: what it brings by itself, and the places that it needs and bars."""

    money: int
    cover: int = 0
    requires: frozenset[int] = frozenset()
    excludes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that its members bring together in money (None: any), and how many of them may be taken (None: any)."""

    members: frozenset[int]
    money: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """The best set found, ascending, and what it brings; `bound`: no set brings more. `exact`: it is the best."""

    taken: tuple[int, ...]
    gain: Gain
    bound: Gain
    exact: bool


@dataclass(frozen=True, eq=False)
class Combination:
    """Options that may be taken together or not. Exclusion goes both ways; cover counts up to `most_cover` (None: any)."""

    options: Sequence[Option]
    caps: Sequence[Cap] = ()
    most_cover: int | None = None

    @cached_property
    def bars(self) -> list[frozenset[int]]:
        """By option, all that may not be taken with it."""
        found = [set(option.excludes) for option in self.options]
        for place, option in enumerate(self.options):
            for other in option.excludes:
                found[other].add(place)
        return [frozenset(one) for one in found]

    @cached_property
    def caps_on(self) -> list[list[int]]:
        """By option, the caps that it counts towards."""
        found: list[list[int]] = [[] for _ in self.options]
        for number, cap in enumerate(self.caps):
            for member in cap.members:
                found[member].append(number)
        return found

    @cached_property
    def is_nested(self) -> bool:
        """Whether every two caps on money are apart, or one holds the other."""
        members = [cap.members for cap in self.caps if cap.money is not None]
        return all(
            one.isdisjoint(other) or one <= other or other <= one
            for place, one in enumerate(members)
            for other in members[:place]
        )

    def is_allowed(self, taken: Collection[int]) -> bool:
        """Whether a set keeps exclusions, dependencies and counts."""
        chosen = set(taken)
        if any(not self.options[one].requires <= chosen or not self.bars[one].isdisjoint(chosen) for one in chosen):
            return False
        return all(cap.count is None or len(cap.members & chosen) <= cap.count for cap in self.caps)

    def drawn(self, taken: Collection[int]) -> dict[int, int]:
        """What each option of a set brings in money, by place, the first drawing on caps first."""
        left = [cap.money for cap in self.caps]
        found = {}
        for place in sorted(taken):
            found[place] = _take(left, self.caps_on[place], self.options[place].money)
        return found

    def gain(self, taken: Collection[int]) -> Gain:
        """What a set brings."""
        cover = sum(self.options[place].cover for place in taken)
        return Gain(sum(self.drawn(taken).values()), cover if self.most_cover is None else min(cover, self.most_cover))

    def best(self) -> Best:
        """The best set; of equal ones that of the fewest options that are of any use.

        Exact where at most `MAX_EXACT` options bear on each other, and no two caps on money overlap in part. Cost: at worst exponential in
        the options that bear on each other, mostly a few steps each.
        """
        taken: list[int] = []
        exact, bound = self.is_nested, Gain(0, 0)
        for part in self._parts():
            search = _Search(self, part)
            search.run()
            taken += search.best
            exact &= search.is_whole
            bound = Gain(bound.money + search.bound.money, bound.cover + search.bound.cover)
        taken = self._useful(taken)
        gain = self.gain(taken)
        if self.most_cover is not None:
            bound = bound._replace(cover=min(bound.cover, self.most_cover))
        return Best(tuple(sorted(taken)), gain, gain if exact else bound, exact)

    def _useful(self, taken: list[int]) -> list[int]:
        """What is left of a set without those that bring nothing and that no other needs, the last first."""
        gain = self.gain(taken)
        for place in sorted(taken, key=lambda one: (self.options[one].money, self.options[one].cover, -one)):
            rest = [one for one in taken if one != place]
            if self.is_allowed(rest) and self.gain(rest) == gain:
                taken = rest
        return taken

    def _parts(self) -> Iterator[list[int]]:
        """Options that bear on each other, a part each."""
        near: list[set[int]] = [set(self.bars[place] | option.requires) for place, option in enumerate(self.options)]
        for place, option in enumerate(self.options):
            for other in option.requires:
                near[other].add(place)
        for cap in self.caps:
            for member in cap.members:
                near[member] |= cap.members
        seen: set[int] = set()
        for start in range(len(self.options)):
            if start in seen:
                continue
            part, found = [start], {start}
            for place in part:
                fresh = near[place] - found
                found |= fresh
                part += sorted(fresh)
            seen |= found
            yield sorted(part)


def _take(left: list[int | None], caps: Sequence[int], money: int) -> int:
    """What an option brings of its money under what is left of its caps, which is less afterwards."""
    for cap in caps:
        room = left[cap]
        if room is not None and room < money:
            money = room
    for cap in caps:
        room = left[cap]
        if room is not None:
            left[cap] = room - money
    return money


class _Search:
    """Branch and bound over the options of one part."""

    def __init__(self, whole: Combination, part: list[int]) -> None:
        self.whole, self.part = whole, part
        self.order = list(_in_order(whole.options, part))
        self.best: tuple[int, ...] = ()
        self.gain = Gain(0, 0)
        self.nodes = 0
        self.most_nodes = None if len(part) <= MAX_EXACT else MAX_NODES
        self.counts = [cap.count for cap in whole.caps]
        self.bound = Gain(0, 0)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return self.most_nodes is None or self.nodes <= self.most_nodes

    def run(self) -> None:
        """Find the best."""
        left = [cap.money for cap in self.whole.caps]
        self.bound = self._bound(0, Gain(0, 0), frozenset(), frozenset(), left)
        self._branch(0, (), frozenset(), frozenset(), Gain(0, 0), left)
        if self.is_whole:
            self.bound = self.gain

    def _branch(
        self,
        at: int,
        taken: tuple[int, ...],
        chosen: frozenset[int],
        closed: frozenset[int],
        gain: Gain,
        left: list[int | None],
    ) -> None:
        """Decide the options from `at` on. `closed`: what was left out or is barred."""
        self.nodes += 1
        if gain > self.gain:
            self.best, self.gain = taken, gain
        if at == len(self.order) or not self.is_whole:
            return
        if self._bound(at, gain, chosen, closed, left) <= self.gain:
            return
        whole, place = self.whole, self.order[at]
        option = whole.options[place]
        if place not in closed and option.requires <= chosen and self._has_room(place):
            after = left.copy()
            money = _take(after, whole.caps_on[place], option.money)
            grown = Gain(gain.money + money, gain.cover + option.cover)
            self._count(place, -1)
            self._branch(at + 1, (*taken, place), chosen | {place}, closed | whole.bars[place], grown, after)
            self._count(place, 1)
            if self._is_free(at, place, closed):
                return
        self._branch(at + 1, taken, chosen, closed | {place}, gain, left)

    def _has_room(self, place: int) -> bool:
        return all((count := self.counts[cap]) is None or count > 0 for cap in self.whole.caps_on[place])

    def _count(self, place: int, by: int) -> None:
        for cap in self.whole.caps_on[place]:
            count = self.counts[cap]
            if count is not None:
                self.counts[cap] = count + by

    def _is_free(self, at: int, place: int, closed: frozenset[int]) -> bool:
        """Whether taking an option hinders no other: then it is never better left out."""
        if not self.whole.is_nested or any(self.counts[cap] is not None for cap in self.whole.caps_on[place]):
            return False
        bars = self.whole.bars[place]
        return not any(other in bars and other not in closed for other in self.order[at + 1 :])

    def _bound(
        self, at: int, gain: Gain, chosen: frozenset[int], closed: frozenset[int], left: list[int | None]
    ) -> Gain:
        """No choice among the options from `at` on brings more: caps are kept, exclusions among them and counts of several caps are not."""
        whole, barred = self.whole, set(closed)
        open_: list[int] = []
        for place in self.order[at:]:
            # What needs something that is out is out too: needs come first in the order.
            if place in barred or not whole.options[place].requires.isdisjoint(barred) or not self._has_room(place):
                barred.add(place)
            else:
                open_.append(place)
        rooms, money = left.copy(), 0
        for place in open_:
            money += _take(rooms if whole.is_nested else left.copy(), whole.caps_on[place], whole.options[place].money)
        counted = self._counted(open_)
        return Gain(gain.money + min(money, counted.money), gain.cover + counted.cover)

    def _counted(self, places: list[int]) -> Gain:
        """The most that options bring under one cap on their number each, whatever caps on money say."""
        options, money, cover, grouped = self.whole.options, 0, 0, dict[int, list[int]]()
        for place in places:
            counted = next((cap for cap in self.whole.caps_on[place] if self.counts[cap] is not None), None)
            if counted is None:
                money += options[place].money
                cover += options[place].cover
            else:
                grouped.setdefault(counted, []).append(place)
        for cap, members in grouped.items():
            most = self.counts[cap]
            money += sum(sorted((options[place].money for place in members), reverse=True)[:most])
            cover += sum(sorted((options[place].cover for place in members), reverse=True)[:most])
        return Gain(money, cover)


def _in_order(options: Sequence[Option], part: Collection[int]) -> Iterator[int]:
    """The options of a part, the largest first, each after what it needs; of a circle of needs none."""
    waiting = sorted(part, key=lambda place: (-options[place].money, -options[place].cover, place))
    done: set[int] = set()
    while waiting:
        ready = next((place for place in waiting if options[place].requires <= done), None)
        if ready is None:
            return
        done.add(ready)
        waiting.remove(ready)
        yield ready
