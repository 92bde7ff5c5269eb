"""The best stack of a situation: candidates with what they bring, tied by what may be had together, for the product that serves best.

One product finances the need, so what goes with other products only does not come with it. Each product that any candidate goes with is
weighed, the most promising first, until none of those left can bring more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from queries.financing.limits.constraints import MissingFact
from queries.stack.candidates import Candidate
from queries.stack.combination import Best, Cap, Combination, Gain, Option
from queries.stack.relations import Bond, Relations, StatedCap
from queries.stack.situation import Range, Situation
from queries.stack.worth import Worth, worth_of

NO_PRODUCT: Final = -1


@dataclass(frozen=True, slots=True)
class Stacked:
    """A support in a stack: what it brings there in money and covers, and by itself. `at_least`: nobody states what bounds its worth."""

    candidate: Candidate
    money: int
    cover: int
    worth: Worth
    at_least: bool


@dataclass(frozen=True, slots=True)
class Stack:
    """The best set that was found, with the product that finances the need (-1: any, or none).

    `money` and `cover` in 分; `bound` no set brings more; `exact`: it is the best. `at_least`: part of its worth has no bound that anybody
    states.
    """

    supports: tuple[Stacked, ...]
    product: int
    money: int
    cover: int
    bound: Gain
    exact: bool
    at_least: bool


@dataclass(eq=False)
class Solver:
    """Stacks for one situation: `surely` of what is known to hold, at the least that it brings, else of all that may hold, at the most."""

    situation: Situation
    candidates: Sequence[Candidate]
    relations: Relations
    surely: bool

    def __post_init__(self) -> None:
        self._worths: dict[tuple[int, int], Worth] = {}
        self._caps = [(cap, *self._left(cap)) for cap in self.relations.caps]
        self.held = frozenset(self.situation.given)

    def best(self) -> Stack:
        """The best stack."""
        order = self._products()
        found: tuple[Gain, int, Weighed] | None = None
        for bound, product in order:
            if found is not None and bound <= found[0]:
                break
            weighed = self.weighed(product)
            if found is None or weighed.best.gain > found[0]:
                found = (weighed.best.gain, product, weighed)
        assert found is not None
        _, product, weighed = found
        exact = weighed.best.exact
        bound = weighed.best.gain if exact else max(weighed.best.bound, weighed.best.gain)
        drawn = weighed.whole.drawn(weighed.best.taken)
        supports = tuple(self._stacked(weighed, place, money, product) for place, money in drawn.items())
        return Stack(
            supports,
            product if any(one.candidate.products is not None for one in supports) else NO_PRODUCT,
            weighed.best.gain.money,
            weighed.best.gain.cover,
            bound,
            exact,
            any(one.at_least for one in supports),
        )

    def _stacked(self, weighed: Weighed, place: int, money: int, product: int) -> Stacked:
        candidate = weighed.candidates[place]
        worth = self.worth(candidate, product)
        at_least = not self.surely and (worth.money.high is None or worth.cover.high is None)
        return Stacked(candidate, money, weighed.whole.options[place].cover, worth, at_least)

    def _products(self) -> list[tuple[Gain, int]]:
        """The products in view, each with what no stack for it exceeds, the most promising first."""
        free = [
            one for one in self.candidates if one.products is None and one.goes_with(NO_PRODUCT, surely=self.surely)
        ]
        tied: dict[int, list[Candidate]] = {NO_PRODUCT: []}
        for one in self.candidates:
            for product in one.products or ():
                if one.goes_with(product, surely=self.surely):
                    tied.setdefault(product, []).append(one)
        # What depends on the product adds at most what it brings by itself.
        loose = [one for one in free if self._depends(one)]
        # Without its dependencies, since what goes with a product may be what others lack.
        fixed = self._weighed([one for one in free if not self._depends(one)], NO_PRODUCT, tied=False).best.bound
        bounds = []
        for product, own in tied.items():
            gains = [self.gain(one, product) for one in (*loose, *own)]
            money, cover = fixed.money + sum(one.money for one in gains), fixed.cover + sum(one.cover for one in gains)
            bounds.append((Gain(money, cover), product))
        return sorted(bounds, key=lambda one: (-one[0].money, -one[0].cover, self._name(one[1])))

    def _name(self, product: int) -> str:
        return "" if product < 0 else self.situation.view.id_of(product)

    def _depends(self, one: Candidate) -> bool:
        """Whether what a support brings depends on the product."""
        return self.worth(one, NO_PRODUCT).money.high is None

    def worth(self, one: Candidate, product: int) -> Worth:
        """What a candidate brings with a product."""
        # Only what a subsidy pays depends on the product.
        key = (one.support, product if self.situation.view.has_kind(one.support, "Subsidy") else NO_PRODUCT)
        found = self._worths.get(key)
        if found is None:
            found = self._worths[key] = worth_of(self.situation, *key)
        return found

    def gain(self, one: Candidate, product: int) -> Gain:
        """The least that a candidate brings with a product, or the most."""
        worth = self.worth(one, product)
        return Gain(self._end(worth.money), self._end(worth.cover))

    def _end(self, amount: Range) -> int:
        return amount.low if self.surely or amount.high is None else amount.high

    def weighed(self, product: int) -> Weighed:
        """The best of what goes with a product."""
        return self._weighed([one for one in self.candidates if one.goes_with(product, surely=self.surely)], product)

    def _weighed(self, candidates: list[Candidate], product: int, *, tied: bool = True) -> Weighed:
        """The best of some candidates; `tied` False: whatever they require."""
        if tied:
            out = _without(self, candidates)
            candidates = [one for one in candidates if one.support not in out]
        places = {one.support: place for place, one in enumerate(candidates)}
        options = []
        for one in candidates:
            gain = self.gain(one, product)
            needs = [bond.other for bond in self.needs(one)] if tied else []
            bars = [bond.other for bond in self.relations.excludes.get(one.support, ()) if bond.other in places]
            requires = frozenset(places[other] for other in needs)
            options.append(Option(gain.money, gain.cover, requires, frozenset(places[other] for other in bars)))
        caps, clauses = self._caps_over(places)
        whole = Combination(options, caps, self.situation.need.amount)
        return Weighed(candidates, whole, clauses)

    def needs(self, one: Candidate) -> Iterator[Bond]:
        """What a candidate requires and the firm does not have already."""
        return (bond for bond in self.relations.requires.get(one.support, ()) if bond.other not in self.held)

    def in_doubt(self, stack: Stack) -> Iterator[MissingFact]:
        """What would tell whether caps leave room for a stack, of those that this solver's view of them leaves too little of."""
        taken = {one.candidate.support: one.money for one in stack.supports}
        for cap, money, count, again in self._caps:
            mine = taken.keys() & cap.members
            over = money is not None and sum(taken[one] for one in mine) > money
            if over and cap.amount is not None:
                yield from cap.amount.missing
            if over or (count is not None and len(mine - again) > count):
                for given, is_dated in self.situation.had_of(sorted(cap.members), cap.period):
                    if over:
                        yield from given.amount.missing
                    if not is_dated:
                        yield given.undated

    def _caps_over(self, places: dict[int, int]) -> tuple[list[Cap], list[int]]:
        caps: list[Cap] = []
        clauses: list[int] = []
        for stated, money, count, again in self._caps:
            members = frozenset(places[one] for one in stated.members if one in places)
            if members and money is not None:
                caps.append(Cap(members, money))
                clauses.append(stated.clause)
            counted = members - {places[one] for one in again if one in places}
            if counted and count is not None:
                caps.append(Cap(counted, count=count))
                clauses.append(stated.clause)
        return caps, clauses

    def _left(self, cap: StatedCap) -> tuple[int | None, int | None, frozenset[int]]:
        """What is left of a cap: of its amount, of its number, and which supports the firm has of it, since these take no more of them."""
        situation = self.situation
        money: int | None = None
        if cap.amount is not None:
            stated = cap.amount.value
            if stated is not None:
                money = self._end(situation.left_of(stated, cap.members, cap.period))
            elif self.surely:
                money = 0
        had = situation.had_of(cap.members, cap.period)
        again = frozenset(given.support for given, is_dated in had if is_dated or self.surely)
        return money, None if cap.count is None else max(0, cap.count - len(again)), again


@dataclass(frozen=True, eq=False)
class Weighed:
    """What goes with one product: its candidates by place, how they may be combined, and the clause of each cap."""

    candidates: list[Candidate]
    whole: Combination
    clauses: list[int]

    @cached_property
    def best(self) -> Best:
        """The best of them; searched for when first asked for."""
        return self.whole.best()


def _without(solver: Solver, candidates: list[Candidate]) -> set[int]:
    """The supports that lack what they require, or may not come beside what the firm has already."""
    present = {one.support for one in candidates}
    out = {
        one.support
        for one in candidates
        if any(bond.other in solver.held for bond in solver.relations.excludes.get(one.support, ()))
    }
    grown = True
    while grown:
        lacking = {
            one.support
            for one in candidates
            if one.support not in out
            and any(bond.other not in present or bond.other in out for bond in solver.needs(one))
        }
        grown = bool(lacking)
        out |= lacking
    return out
