"""The best paths of a layered graph, best first, or the cheapest: nothing is appraised that cannot be among them.

The paths of a word are laid out as rows of columns, whole where they are few, else so far as that they are not too many. Every row has a
key that is at most the key of any path it can become: capacity not stated last, score ↓, status, capacity ↓, cost ↑, steps ↑, then the
node ids from the source, where the order by ids is decided; of the cheapest first the cost stands in the score's place. So paths leave
the heap in their final order, however many there are. Of rows that are laid out together only the first is in the heap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final, Protocol

import numpy as np

from graph.kinds.terms import Technique
from graph.values import MILLION
from queries.completeness import Meter
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import STATUS_RANK, Appraised, appraise, is_simple
from queries.financing.candidates import Candidate
from queries.financing.charges import dearest
from queries.financing.merits import standing
from queries.financing.search.automaton import Arrival
from queries.financing.search.hopes import Hopes
from queries.financing.search.prices import NO_COST
from queries.financing.search.ranking import Ranking
from queries.financing.search.score_bounds import SHUT, Scale
from queries.financing.search.strengths import CERTAIN
from queries.financing.search.walks import Walks
from queries.financing.search.word_bounds import Bounds, WordBounds, bounds_of
from queries.financing.sources import Sources
from queries.financing.spines import Form
from queries.financing.supports import ways_to_support
from queries.financing.techniques.table import PLACES
from queries.financing.tenor import tenor_of
from queries.financing.terms import PathStatus, SupportKind
from queries.ratios import Ints

Key = tuple[Any, ...]
MOST: Final = 4_096
"""So many rows are laid out at once, beyond the offers of a word."""
OF_CHAIN: Final = 256
"""So many rows of chains, which fan out again and again."""
TOGETHER: Final = 1_024
"""Rows of a word are taken on together while so many come of them."""
FLOOR: Final = {
    Form.IN_FORCE: STATUS_RANK[PathStatus.EXISTING],
    Form.OFFERED: STATUS_RANK[PathStatus.AVAILABLE],
    Form.TO_CREATE: STATUS_RANK[PathStatus.PROSPECTIVE],
}
"""The best status that a path can have."""


@dataclass(frozen=True)
class Wanted:
    """Which paths count: their status; with any of these supports, where some are asked for."""

    statuses: frozenset[PathStatus]
    supports: frozenset[SupportKind] = frozenset()

    @cached_property
    def worst(self) -> int:
        """The rank of the last status that is asked for."""
        return max(STATUS_RANK[status] for status in self.statuses)

    def admits(self, found: Appraised) -> bool:
        """Whether a path is asked for."""
        # Supports are known at once; the status takes all gates.
        if self.supports and self.supports.isdisjoint(support.kind for support in found.candidate.supports):
            return False
        return found.status in self.statuses


class Sparing(Protocol):
    """Which candidates are set aside; costs in millionths of a basis point."""

    def spares(self, found: Appraised, cost: int) -> bool:
        """Whether a candidate that costs at least so much is looked at no further."""
        ...

    def note(self, found: Appraised, cost: int) -> None:
        """Take note of a path that is wanted, and of its cost."""
        ...


@dataclass(slots=True, eq=False)
class _Row:
    """Rows of one word, laid out. `at` the one in the heap, by its place in the order of `ranking`; None: they are not in order yet.

    What follows rows before the place `taken_on` is in the heap already.
    """

    arrival: Arrival
    walks: Walks
    bounds: Bounds
    merit: Ints
    ranking: Ranking | None = None
    at: int = 0
    taken_on: int = 0

    @property
    def best(self) -> Key:
        """At most the key of any of the rows."""
        stated = self.bounds.capacity >= 0
        return (False, int(self.merit[stated].min())) if stated.any() else (True,)

    def ranked(self, worst: int) -> Ranking:
        """The rows in order, without those that are shut, and those of a worse status than the worst that is wanted."""
        capacity, score, status, cost = self.bounds
        unstated = capacity < 0
        merit = np.where(unstated, 0, self.merit)
        columns = (unstated, merit, status, -np.maximum(capacity, 0), cost, *self.walks.places)
        return Ranking(columns, np.flatnonzero((score != SHUT) & (status <= worst)), np.where(unstated, NO_COST, merit))


@dataclass(eq=False)
class BestFirst:
    """One drawing of paths; `depth` of the run that laid the layers out; `allowed` which sources the question lets in.

    `cheapest`: first by the upper end of their cost, unknown ones last, instead of the score; `sparing` then may set
    candidates aside before their gates are asked.
    """

    appraisal: Appraisal
    meter: Meter
    wanted: Wanted
    depth: int
    allowed: Sources
    cheapest: bool = False
    sparing: Sparing | None = None
    _heap: list[tuple[Key, int, _Row | Appraised]] = field(default_factory=list)
    _tick: Iterator[int] = field(default_factory=count)
    _ids: dict[int, str] = field(default_factory=dict)
    _words: dict[tuple[Technique, int], WordBounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hopes, self._scale = Hopes(self.appraisal), Scale.of(self.appraisal.weights)

    def paths(self, arrivals: Iterable[Arrival]) -> Iterator[Appraised]:
        """The wanted paths in their order, until there are no more or the budget is spent."""
        start = (
            (one, Walks.start(one.layer, np.arange(one.band.start, one.band.stop), FLOOR[one.spine.form], CERTAIN))
            for one in arrivals
        )
        self._lay_out(start)
        yield from self._rest()

    def again(self, spared: Iterable[Appraised]) -> Iterator[Appraised]:
        """The wanted paths that are left, with those among them that were set aside."""
        for found in spared:
            self._take_in(found)
        return self._rest()

    def _rest(self) -> Iterator[Appraised]:
        while self._heap:
            _, _, item = heappop(self._heap)
            if isinstance(item, Appraised):
                yield item
            elif item.ranking is None:
                item.ranking = item.ranked(self.wanted.worst)
                self._push(item, item.ranking)
            elif not self.allowed.admits(int(item.walks.nodes[0][item.ranking[item.at]])):
                item.at += 1
                self._push(item, item.ranking)
            elif not self.meter.take(1, self.depth):
                return
            else:
                self._advance(item, item.ranking)

    def _lay_out(self, starts: Iterable[tuple[Arrival, Walks]]) -> None:
        """Put rows of words into the heap once they are taken so far that their bounds are near what they come to."""
        laid = [(arrival, some) for arrival, walks in starts for some in self._taken_on(arrival, walks)]
        if not laid:
            return
        every = bounds_of([(self._word(arrival), walks) for arrival, walks in laid], self._scale)
        for (arrival, walks), bounds in zip(laid, every, strict=True):
            row = _Row(arrival, walks, bounds, bounds.cost if self.cheapest else -bounds.score)
            heappush(self._heap, (row.best, next(self._tick), row))

    def _taken_on(self, arrival: Arrival, walks: Walks) -> Iterator[Walks]:
        """Rows taken to the word's offer, and on while few came of each origin. Chains fan out: they are followed once they are the best,
        by few.
        """
        word = self._word(arrival)
        chained = any(step.repeated for step in arrival.spine.word)
        most = MOST if not chained else OF_CHAIN if walks.place > word.head else 0
        while len(walks.places[-1]) and not walks.arrives:
            if walks.place >= word.head:
                many = np.bincount(walks.origin, walks.fan_out) > most
                if many.any():
                    stay = many[walks.origin]
                    yield walks.only(np.flatnonzero(stay))
                    walks = walks.only(np.flatnonzero(~stay))
                    continue
            walks = walks.onward(arrival.spine, word.after(walks))
        if len(walks.places[-1]):
            yield walks

    def _word(self, arrival: Arrival) -> WordBounds:
        key = (arrival.row.technique, id(arrival.spine))
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = WordBounds(self._hopes, arrival.row, arrival.spine)
        return found

    def _push(self, row: _Row, ranking: Ranking) -> None:
        """Put the best row that is left into the heap."""
        if not ranking.reaches(row.at):
            return
        at = ranking[row.at]
        capacity, _, status, cost = (int(column[at]) for column in row.bounds)
        first = (capacity < 0, int(row.merit[at]) if capacity >= 0 else 0, status, -max(capacity, 0), cost)
        ids = tuple(self._id(int(column[at])) for column in row.walks.nodes)
        heappush(self._heap, ((*first, row.arrival.band.depth, ids), next(self._tick), row))

    def _advance(self, row: _Row, ranking: Ranking) -> None:
        """Take the best row, and put what follows it, and the next row, into the heap."""
        at, arrival, walks = ranking[row.at], row.arrival, row.walks
        row.at += 1
        self._push(row, ranking)
        if not walks.arrives:
            if row.at > row.taken_on:
                self._take_on(row, ranking)
            return
        nodes, links = (tuple(int(column[at]) for column in columns) for columns in (walks.nodes, walks.links))
        beneficiary, places, onto, _ = walks.layer.children(int(walks.places[-1][at]))
        for link in [-1] if onto is None else onto.tolist():
            self._complete(arrival, (*nodes, int(beneficiary.nodes[places[0]])), (*links, link), int(row.merit[at]))

    def _take_on(self, row: _Row, ranking: Ranking) -> None:
        """Put what follows the row before `at`, and the next ones, into the heap: they come to the top one after the other.

        None of it leaves the heap before the row that it follows, since no key is below that row's.
        """
        arrival, walks = row.arrival, row.walks
        rows = np.array(ranking.following(row.at - 1))
        rows = rows[: max(1, int(np.searchsorted(np.cumsum(walks.fan_out[rows]), TOGETHER, "right")))]
        row.taken_on = row.at - 1 + len(rows)
        allowed = self.allowed.among(walks.nodes[0][rows])
        some = walks.only(rows[allowed])._replace(origin=np.arange(np.count_nonzero(allowed)))
        self._lay_out([(arrival, some.onward(arrival.spine, self._word(arrival).after(some)))])

    def _complete(self, arrival: Arrival, nodes: tuple[int, ...], links: tuple[int, ...], merit: int) -> None:
        """Appraise a spine with each of its supports, and put what is wanted into the heap under its true key."""
        bare = Candidate(arrival.row, arrival.spine, nodes, links)
        if not is_simple(self.appraisal, bare):
            return
        for supports in ways_to_support(self.appraisal, bare):
            found = appraise(self.appraisal, Candidate(arrival.row, arrival.spine, nodes, links, supports))
            if self.sparing is None or not self.sparing.spares(found, merit):
                self._take_in(found)

    def _take_in(self, found: Appraised) -> None:
        if self.wanted.admits(found):
            key = self._key(found)
            heappush(self._heap, (key, next(self._tick), found))
            if self.sparing is not None:
                self.sparing.note(found, key[1])

    def _key(self, found: Appraised) -> Key:
        amount, candidate = found.capacity.amount, found.candidate
        ids = tuple(self._id(node) for node in candidate.nodes)
        technique = PLACES[candidate.row.technique]
        marks = (*candidate.links, *(support.instrument for support in candidate.supports))
        instruments = tuple(self._id(mark) if mark >= 0 else "" for mark in marks)
        merit, cost = self._standing(found)
        first = (amount is None, 0 if amount is None else merit, STATUS_RANK[found.status], -(amount or 0), cost)
        return (*first, len(candidate.nodes) - 1, ids, technique, instruments)

    def _standing(self, found: Appraised) -> tuple[int, int]:
        """What decides first, and the cost; the less, the better."""
        if self.cheapest:
            case = found.case_in(self.appraisal)
            cost = millionths_of(dearest(case, tenor_of(case)))
            return cost, cost
        place = standing(self.appraisal, found)
        return 1 if place.score is None else -int(place.score * MILLION), millionths_of(place.dearest)

    def _id(self, handle: int) -> str:
        if handle not in self._ids:
            self._ids[handle] = self.appraisal.view.id_of(handle)
        return self._ids[handle]


def millionths_of(cost: Decimal | None) -> int:
    """A cost as paths are ordered by it."""
    return NO_COST if cost is None else int(cost * MILLION)
