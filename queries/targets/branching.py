"""The least money, or the fewest deals, that meet all requirements: branch and bound in whole 分.

What a group can bring has gaps (no deal is below the smallest ticket), amounts are whole, and concentration is a quadratic: without the
gaps and between the tangents taken so far the question is a linear one, whose bound is exact (`queries.targets.relaxation`). Where its
answer is no portfolio, it is asked again of two halves: below and above the gap, the number of deals, or the 分.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

from queries.targets.bounds import Bounds
from queries.targets.relaxation import Box, Relaxation
from queries.targets.spread import Tangents
from queries.targets.tickets import Group

LEAST_MONEY: Final = 1_200_000
FEWEST_DEALS: Final = 600_000
"""Numbers in the rows of all linear questions that are asked for one answer: the same question stops at the same place again."""
ONE_QUESTION: Final = 300
"""What asking takes by itself, in such numbers."""
ROUNDS: Final = 40
"""Times that tangents are taken for one half."""
FEW: Final = 8
"""分 between a bound and the best within which each sum is looked at by itself."""
SLOW: Final = 10
"""Where a round of tangents raises the bound by less than a part in 2^SLOW, a half that must be split anyway is split."""
NEAR: Final = 1e-6
"""Of a number of deals: as good as whole."""


@dataclass(frozen=True, slots=True)
class Half:
    """Boxes of the money and of the deals of each group, and what is known of the least within them."""

    money: tuple[Box, ...]
    deals: tuple[Box, ...]
    bound: int


@dataclass(frozen=True, slots=True)
class Found:
    """The best totals by group, None: none were found; and what none are below: where that is what they come to, they are proven."""

    totals: tuple[int, ...] | None
    least: int | None


class Search:
    """One question: the least money, or where so much is given the cheapest deals, by what one of each group is said to cost."""

    def __init__(
        self, groups: Sequence[Group], needed: Bounds, most: int, exactly: int | None = None, prices: Sequence[int] = ()
    ) -> None:
        self.groups, self.needed, self.exactly, self.prices = groups, needed, exactly, prices
        self.most = most if exactly is None else exactly
        unit = max(1, *(group.low for group in groups), needed.size) if exactly is None else max(1, exactly)
        self.relaxation = Relaxation(min(unit, max(1, self.most)))
        counting = exactly is not None
        self.money = [self.relaxation.column(int(not counting)) for _ in groups]
        self.deals = [self.relaxation.column(price, is_money=False) for price in prices]
        for row, least in needed.whole:
            self.relaxation.row(dict(zip(self.money, row, strict=True)), least)
        for smaller, larger in needed.order(groups):
            self.relaxation.row({self.money[larger]: 1, self.money[smaller]: -1}, 0)
        if exactly is not None:
            self.relaxation.row(dict.fromkeys(self.money, 1), exactly)
            self.relaxation.row(dict.fromkeys(self.money, -1), -exactly)
        low = min((group.low for group in groups), default=1)
        self.tangents = [Tangents(one, self.relaxation, self.money, low, self.most) for one in needed.spreads]
        self.steps: set[tuple[int, int]] = set()
        self.best: tuple[int, ...] | None = None
        self.limit = (
            self.most
            if exactly is None
            else sum(len(group.highs) * price for group, price in zip(groups, prices, strict=True))
        )
        self.effort = LEAST_MONEY if exactly is None else FEWEST_DEALS

    def run(self, known: tuple[int, ...] | None = None) -> Found:
        """The answer; `known`: totals that meet all."""
        if known is not None:
            self._better(known)
        deals = tuple((0, len(group.highs)) for group in self.groups) if self.deals else ()
        waiting = [Half(tuple((0, min(group.reach[-1], self.most)) for group in self.groups), deals, 0)]
        lost: list[int] = []
        while waiting:
            # Until something is found the last half, so that something is; then the one that may be best.
            place = len(waiting) - 1
            if self.best is not None:
                place = min(range(len(waiting)), key=lambda at: (waiting[at].bound, -at))
            half = self._narrow(waiting.pop(place))
            self.effort -= len(self.groups)
            if half is None or half.bound > self.limit:
                continue
            if self.effort < 0:
                lost.append(half.bound)
                continue
            waiting.extend(self._halves(half))
        value = None if self.best is None else self.limit + 1
        return Found(self.best, min([*lost, *([] if value is None else [value])], default=None))

    @property
    def _most(self) -> int:
        """What all groups bring at most where they are better than the best."""
        return self.limit if self.exactly is None else self.exactly

    def _narrow(self, half: Half) -> Half | None:
        """The same half without what cannot be better than the best: what all others bring at least leaves each no more, and no part of a
        deal; None: nothing is left."""
        money, deals = list(half.money), list(half.deals)
        most = self._most
        changed = True
        while changed:
            changed = False
            spare = most - sum(low for low, _ in money)
            lacking = sum(high for _, high in money) - (self.exactly or 0)
            more = self.limit - sum(price * fewest for price, (fewest, _) in zip(self.prices, deals, strict=True))
            for at, (group, (low, high)) in enumerate(zip(self.groups, money, strict=True)):
                ends = low, min(high, low + spare)
                if self.deals:
                    fewest, largest = deals[at]
                    largest = min(largest, fewest + more // self.prices[at])
                    ends = max(ends[0], high - lacking, fewest * group.low), min(ends[1], group.reach[largest])
                ends = group.within(*ends)
                if ends[0] > ends[1]:
                    return None
                if self.deals:
                    fewest = max(fewest, bisect_left(group.reach, ends[0]))
                    largest = min(largest, ends[1] // group.low)
                    if fewest > largest:
                        return None
                    changed |= (fewest, largest) != deals[at]
                    deals[at] = fewest, largest
                changed |= ends != money[at]
                money[at] = ends
        return Half(tuple(money), tuple(deals), half.bound)

    def _halves(self, half: Half) -> list[Half]:
        values, bound = self._relaxed(half)
        if values is None:
            return [] if bound is not None else self._split(half, half.bound, None)
        assert bound is not None
        return [] if bound > self.limit else self._split(half, max(bound, half.bound), values)

    def _relaxed(self, half: Half) -> tuple[Sequence[float] | None, int | None]:
        """Where the least of a half is, about, and its bound; (None, 0): there is none, (None, None): it is not known whether."""
        if all(low == high for low, high in half.money):
            self._better(tuple(low for low, _ in half.money))
            return None, 0
        if self.exactly is not None and not self._admitted(self.exactly, half):
            return None, 0
        bound = half.bound
        for _ in range(ROUNDS):
            boxes = self._boxes(half)
            values = self.relaxation.least(boxes)
            self.effort -= self.relaxation.size + ONE_QUESTION
            if values is None:
                return None, 0 if self.relaxation.is_refuted(boxes) else None
            before, bound = bound, max(bound, self.relaxation.bound(boxes))
            if bound > self.limit:
                return values, bound
            self._round(values, bound)
            if bound - before <= bound >> SLOW and self._is_torn(values):
                break
            refined = [one.refine(values, self._most) for one in self.tangents]
            if not any([*refined, self._step(values)]) or self.effort < 0:
                break
        while self.exactly is None and bound <= self.limit < bound + FEW and not self._admitted(bound, half):
            bound += 1
        return values, bound

    def _admitted(self, total: int, half: Half) -> bool:
        """Whether concentration lets so much be brought within a half; False: surely not."""
        return all(spread.admits(total, half.money) for spread in self.needed.spreads)

    def _is_torn(self, values: Sequence[float]) -> bool:
        """Whether some group would bring what no number of deals does, or not so few: then a nearer bound is not worth its time."""
        counts = [group.deals(round(values[place])) for group, place in zip(self.groups, self.money, strict=True)]
        return None in counts or any(
            count is not None and count > values[column] + NEAR
            for count, column in zip(counts, self.deals, strict=False)
        )

    def _boxes(self, half: Half) -> list[Box]:
        """Boxes of all columns: none of money above what would be better than the best."""
        most = self._most
        boxes: list[Box] = [(0, 0)] * len(self.relaxation.columns)
        for place, (low, high) in zip(self.money, half.money, strict=True):
            boxes[place] = low, max(low, min(high, most))
        for place, box in zip(self.deals, half.deals, strict=True):
            boxes[place] = box
        least = sum(low for low, _ in half.money) if self.exactly is None else self.exactly
        for one in self.tangents:
            one.bound(boxes, least, max(least, min(most, sum(boxes[place][1] for place in self.money))))
        return boxes

    def _step(self, values: Sequence[float]) -> bool:
        """Have deals be as many as so much money takes: what they bring is concave in their number; whether that was not yet known."""
        more = False
        for at, (group, column) in enumerate(zip(self.groups, self.deals, strict=False)):
            money = values[self.money[at]]
            count = min(len(group.highs), bisect_right(group.reach, money)) - 1
            if (at, count) not in self.steps and (money - group.reach[count]) / group.highs[count] + count > values[
                column
            ] + NEAR:
                self.steps.add((at, count))
                high = group.highs[count]
                self.relaxation.row({column: high, self.money[at]: -1}, high * count - group.reach[count])
                more = True
        return more

    def _round(self, values: Sequence[float], bound: int) -> None:
        """Try the whole amounts about these: the nearest, the next above, and those whose sum is the least that it can be."""
        near = [values[place] for place in self.money]
        floors = [floor(one + NEAR) for one in near]
        target = self.exactly if self.exactly is not None else bound
        rest = target - sum(floors)
        tries = [[round(one) for one in near]]
        if 0 <= rest <= len(floors):
            order = sorted(range(len(near)), key=lambda at: floors[at] - near[at])
            tries.append([one + (at in order[:rest]) for at, one in enumerate(floors)])
        if self.exactly is None:
            tries.append([one + (value > one + NEAR) for one, value in zip(floors, near, strict=True)])
        for totals in tries:
            self._better(tuple(totals))

    def _better(self, totals: tuple[int, ...]) -> None:
        """Keep totals that meet everything, where they are better than the best."""
        counts = [group.deals(total) for group, total in zip(self.groups, totals, strict=True)]
        money = sum(totals)
        if None in counts or money > self.most or (self.exactly is not None and money != self.exactly):
            return
        value = money
        if self.deals:
            value = sum(price * (count or 0) for price, count in zip(self.prices, counts, strict=True))
        if value <= self.limit and self.needed.hold(totals):
            self.best, self.limit = totals, value - 1

    def _split(self, half: Half, bound: int, values: Sequence[float] | None) -> list[Half]:
        """Two halves that hold every portfolio of a half but those that were tried."""
        near = (
            [values[place] for place in self.money]
            if values is not None
            else [(low + high) / 2 for low, high in half.money]
        )
        gaps = [
            (value, at, gap) for at, value in enumerate(near) if (gap := self.groups[at].gap(round(value))) is not None
        ]
        if gaps:
            _, at, (below, above) = max(gaps)
            return self._apart(half, bound, at, below, above)
        for at, column in enumerate(self.deals):
            count = self.groups[at].deals(round(near[at]))
            if values is not None and count is not None and count > values[column] + NEAR:
                return self._counted(half, bound, at, floor(values[column] + NEAR))
        at = max(
            range(len(near)),
            key=lambda one: (half.money[one][0] < half.money[one][1], abs(near[one] - round(near[one]))),
            default=-1,
        )
        low, high = half.money[at] if at >= 0 else (0, 0)
        if low == high:
            return []
        below = min(max(floor(near[at] + NEAR), low), high - 1)
        return self._apart(half, bound, at, below, below + 1)

    def _apart(self, half: Half, bound: int, at: int, below: int, above: int) -> list[Half]:
        """The half where a group brings at most `below`, and the one where at least `above`; the nearer one last."""
        low, high = half.money[at]
        return [self._with(half, bound, at, (low, below)), self._with(half, bound, at, (above, high))]

    def _counted(self, half: Half, bound: int, at: int, count: int) -> list[Half]:
        low, high = half.deals[at]
        return [self._with(half, bound, at, None, (low, count)), self._with(half, bound, at, None, (count + 1, high))]

    def _with(self, half: Half, bound: int, at: int, money: Box | None, deals: Box | None = None) -> Half:
        """The same half with other boxes of one group."""
        changed = half.money if money is None else (*half.money[:at], money, *half.money[at + 1 :])
        counts = half.deals if deals is None else (*half.deals[:at], deals, *half.deals[at + 1 :])
        return Half(changed, counts, bound)
