"""The best paths of a layered graph, best first: no walk is built that cannot be among them.

Every partial path has a key that is at most the key of any path it can become: capacity not stated last, score ↓, status, capacity ↓,
cost ↑, steps ↑, then the node ids from the source. So paths leave the heap in their final order, however many there are; it grows from the
source, where the order by ids is decided. Children of a node wait in one sorted row, of which only the first is in the heap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

import numpy as np

from graph.kinds.terms import Technique
from graph.values import MILLION
from queries.completeness import Meter
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import STATUS_RANK, Appraised, appraise, is_simple
from queries.financing.candidates import Candidate
from queries.financing.merits import standing
from queries.financing.search.automaton import Arrival
from queries.financing.search.hopes import Hopes
from queries.financing.search.layers import Layer
from queries.financing.search.next_nodes import Behind, NextNodes
from queries.financing.search.prices import NO_COST
from queries.financing.search.word_bounds import Passed, WordBounds
from queries.financing.spines import Form
from queries.financing.supports import ways_to_support
from queries.financing.techniques.table import PLACES
from queries.financing.terms import PathStatus, SupportKind
from queries.ratios import UNLIMITED, Ints

Key = tuple[Any, ...]
NOTHING_PASSED: Final = Passed()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which paths count: their status; with any of these supports, where some are asked for."""

    statuses: frozenset[PathStatus]
    supports: frozenset[SupportKind] = frozenset()

    def admits(self, found: Appraised) -> bool:
        """Whether a path is asked for."""
        kinds = {support.kind for support in found.candidate.supports}
        return found.status in self.statuses and (not self.supports or bool(kinds & self.supports))


@dataclass(frozen=True, slots=True, eq=False)
class _Prefix:
    """A path so far, from the source: what comes next is in `layer`, under the bounds of what lies behind."""

    arrival: Arrival
    layer: Layer
    nodes: tuple[int, ...] = ()
    links: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    flat: int = UNLIMITED
    scaled: int = UNLIMITED
    rate: int = MILLION
    status: int = 0
    passed: Passed = NOTHING_PASSED


@dataclass(slots=True, eq=False)
class _Row:
    """The nodes that may come next. `at` is the one in the heap."""

    prefix: _Prefix
    next: NextNodes
    at: int = 0


@dataclass(eq=False)
class BestFirst:
    """One drawing of paths; `depth` of the run that laid the layers out; `allowed` which sources the question lets in."""

    appraisal: Appraisal
    meter: Meter
    wanted: Wanted
    depth: int
    allowed: Callable[[int], bool]
    _heap: list[tuple[Key, int, _Prefix | _Row | Appraised]] = field(default_factory=list)
    _tick: Iterator[int] = field(default_factory=count)
    _ids: dict[int, str] = field(default_factory=dict)
    _words: dict[tuple[Technique, int], WordBounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hopes = Hopes(self.appraisal)

    def paths(self, arrivals: Iterable[Arrival]) -> Iterator[Appraised]:
        """The wanted paths in their order, until there are no more or the budget is spent."""
        for arrival in arrivals:
            self._begin(arrival)
        while self._heap:
            _, _, item = heappop(self._heap)
            if isinstance(item, Appraised):
                yield item
            elif isinstance(item, _Prefix):
                band = item.arrival.band
                self._queue(item, np.arange(band.start, band.stop), None, None)
            elif not self._leads_in(item):
                self._push(item)
            elif not self.meter.take(1, self.depth):
                return
            else:
                self._advance(item)

    def _begin(self, arrival: Arrival) -> None:
        """Put a word into the heap under the best that any path of it can have: most words are not looked into for a page."""
        need = self.appraisal.need(arrival.row, arrival.spine).amount
        floor = {Form.IN_FORCE: PathStatus.EXISTING, Form.OFFERED: PathStatus.AVAILABLE}
        status = STATUS_RANK[floor.get(arrival.spine.form, PathStatus.PROSPECTIVE)]
        layer, band = arrival.layer, slice(arrival.band.start, arrival.band.stop)
        flat = UNLIMITED if need is None else need
        capacity = min(flat, int(layer.flat[band].max()), int(layer.scaled[band].max()))
        score, cost = self._word(arrival).best(capacity)
        first = (capacity < 0, -score if capacity >= 0 else 0, max(status, int(layer.status[band].min())))
        key = (*first, -max(capacity, 0), cost, arrival.band.depth, ())
        heappush(self._heap, (key, next(self._tick), _Prefix(arrival, layer, flat=flat, status=status)))

    def _leads_in(self, row: _Row) -> bool:
        """Whether the row's next node is a source that is let in, or no source; else the row goes on to the one after."""
        if row.prefix.nodes or self.allowed(int(row.prefix.layer.nodes[row.next[row.at].place])):
            return True
        row.at += 1
        return False

    def _queue(self, prefix: _Prefix, places: Ints, links: Ints | None, bounds: Ints | None) -> None:
        """Put the row of what may follow a prefix into the heap."""
        behind = Behind(prefix.flat, prefix.scaled, prefix.rate, prefix.status)
        rate = partial(self._word(prefix.arrival).of, prefix.passed, prefix.layer)
        self._push(_Row(prefix, NextNodes.of(prefix.layer, behind, places, links, bounds, rate)))

    def _word(self, arrival: Arrival) -> WordBounds:
        key = (arrival.row.technique, id(arrival.spine))
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = WordBounds(self._hopes, arrival.row, arrival.spine)
        return found

    def _push(self, row: _Row) -> None:
        if not row.next.reaches(row.at):
            return
        best, prefix = row.next[row.at], row.prefix
        ids = (*prefix.ids, self._id(int(prefix.layer.nodes[best.place])))
        heappush(self._heap, ((*best[:5], prefix.arrival.band.depth, ids), next(self._tick), row))

    def _advance(self, row: _Row) -> None:
        """Take the row's first node, and put what follows it, and the row's next, into the heap."""
        prefix = row.prefix
        place, link, bound = row.next[row.at][5:]
        row.at += 1
        self._push(row)
        layer = prefix.layer
        node = int(layer.nodes[place])
        if node in prefix.nodes:
            return
        nodes = (*prefix.nodes, node)
        links = (*prefix.links, link) if prefix.nodes else ()
        if layer.nearer is None:
            self._complete(prefix.arrival, nodes, links)
            return
        own = layer.own
        nearer, places, links_on, bounds = layer.children(place)
        if nearer.nearer is None and not nearer.parts:
            self._arrive(prefix.arrival, nodes, links, int(nearer.nodes[0]), links_on)
            return
        self._queue(
            _Prefix(
                prefix.arrival,
                nearer,
                nodes,
                links,
                (*prefix.ids, self._id(node)),
                min(prefix.flat, int(own.flat[place])),
                min(prefix.scaled, int(own.scaled[place]), bound),
                prefix.rate if own.rate is None else int(own.rate[place]),
                max(prefix.status, int(own.status[place])),
                self._word(prefix.arrival).after(prefix.passed, layer, place, link),
            ),
            places,
            links_on,
            bounds,
        )

    def _arrive(
        self, arrival: Arrival, nodes: tuple[int, ...], links: tuple[int, ...], end: int, onto: Ints | None
    ) -> None:
        """Complete a path that is one step from the beneficiary, by each link that leads there."""
        for link in [-1] if onto is None else onto.tolist():
            self._complete(arrival, (*nodes, end), (*links, link))

    def _complete(self, arrival: Arrival, nodes: tuple[int, ...], links: tuple[int, ...]) -> None:
        """Appraise a spine with each of its supports, and put what is wanted into the heap under its true key."""
        bare = Candidate(arrival.row, arrival.spine, nodes, links)
        if not is_simple(self.appraisal, bare):
            return
        for supports in ways_to_support(self.appraisal, bare):
            found = appraise(self.appraisal, Candidate(arrival.row, arrival.spine, nodes, links, supports))
            if self.wanted.admits(found):
                heappush(self._heap, (self._key(found), next(self._tick), found))

    def _key(self, found: Appraised) -> Key:
        amount, candidate = found.capacity.amount, found.candidate
        ids = tuple(self._id(node) for node in candidate.nodes)
        technique = PLACES[candidate.row.technique]
        marks = (*candidate.links, *(support.instrument for support in candidate.supports))
        instruments = tuple(self._id(mark) if mark >= 0 else "" for mark in marks)
        place = standing(self.appraisal, found)
        score = 0 if amount is None else 1 if place.score is None else -int(place.score * MILLION)
        cost = NO_COST if place.dearest is None else int(place.dearest * MILLION)
        first = (amount is None, score, STATUS_RANK[found.status], -(amount or 0), cost)
        return (*first, len(candidate.nodes) - 1, ids, technique, instruments)

    def _id(self, handle: int) -> str:
        if handle not in self._ids:
            self._ids[handle] = self.appraisal.view.id_of(handle)
        return self._ids[handle]
