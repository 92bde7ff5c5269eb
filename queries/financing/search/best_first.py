"""The best paths of a layered graph, best first: no walk is built that cannot be among them.

Every partial path has a key that is at most the key of any path it can become: capacity not stated last, capacity ↓, status, steps ↑,
then the node ids from the source. So paths leave the heap in their final order, however many there are; it grows from the source, where
the order by ids is decided. Children of a node wait in one sorted row, of which only the first is in the heap.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

import numpy as np

from graph.values import MILLION
from queries.completeness import Meter
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import STATUS_RANK, Appraised, appraise
from queries.financing.candidates import Candidate
from queries.financing.search.automaton import Arrival
from queries.financing.search.layers import Layer
from queries.financing.spines import Form
from queries.financing.supports import ways_to_support
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import PathStatus, SupportKind
from queries.ratios import UNLIMITED, Ints, share_at_most

FEW: Final = 24
"""Up to so many nodes are sorted one by one, more as columns."""

Key = tuple[Any, ...]
PARTIES = ("Enterprise", "CapitalSource")


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
    rate: int = 10**6
    status: int = 0


@dataclass(slots=True, eq=False)
class _Row:
    """The nodes that may come next, best first: (what a path over it has at most, its best status, its place in the layer, the link to
    it, the link's bound). `at` is the one in the heap.
    """

    prefix: _Prefix
    next: list[tuple[int, int, int, int, int]]
    at: int = 0


@dataclass(eq=False)
class BestFirst:
    """One drawing of paths; `depth` of the run that laid the layers out."""

    appraisal: Appraisal
    meter: Meter
    wanted: Wanted
    depth: int
    _heap: list[tuple[Key, int, _Row | Appraised]] = field(default_factory=list)
    _tick: Iterator[int] = field(default_factory=count)
    _ids: dict[int, str] = field(default_factory=dict)

    def paths(self, arrivals: Iterable[tuple[Arrival, Ints]]) -> Iterator[Appraised]:
        """The wanted paths in their order, from these places of each arrival's sources, until there are no more or the budget is spent."""
        for arrival, sources in arrivals:
            layer = arrival.layer
            need = self.appraisal.need(arrival.row, arrival.spine).amount
            floor = {Form.IN_FORCE: PathStatus.EXISTING, Form.OFFERED: PathStatus.AVAILABLE}
            status = STATUS_RANK[floor.get(arrival.spine.form, PathStatus.PROSPECTIVE)]
            prefix = _Prefix(arrival, layer, flat=UNLIMITED if need is None else need, status=status)
            self._queue(prefix, sources, None, None)
        while self._heap:
            _, _, item = heappop(self._heap)
            if isinstance(item, Appraised):
                yield item
                continue
            if not self.meter.take(1, self.depth):
                return
            self._advance(item)

    def _queue(self, prefix: _Prefix, places: Ints, links: Ints | None, bounds: Ints | None) -> None:
        """Put the row of what may follow a prefix into the heap."""
        sort = _few if len(places) <= FEW else _many
        self._push(_Row(prefix, sort(prefix, places, links, bounds)))

    def _push(self, row: _Row) -> None:
        if row.at >= len(row.next):
            return
        capacity, status, place, _, _ = row.next[row.at]
        prefix = row.prefix
        ids = (*prefix.ids, self._id(prefix.layer.lists[0][place]))
        key = (capacity < 0, -max(capacity, 0), status, prefix.arrival.layer.depth, ids)
        heappush(self._heap, (key, next(self._tick), row))

    def _advance(self, row: _Row) -> None:
        """Take the row's first node, and put what follows it, and the row's next, into the heap."""
        prefix = row.prefix
        _, _, place, link, bound = row.next[row.at]
        row.at += 1
        self._push(row)
        layer = prefix.layer
        node = layer.lists[0][place]
        if node in prefix.nodes:
            return
        nodes = (*prefix.nodes, node)
        links = (*prefix.links, link) if prefix.nodes else ()
        if layer.nearer is None:
            self._complete(prefix.arrival, nodes, links)
            return
        own = layer.own
        following = _Prefix(
            prefix.arrival,
            layer.nearer,
            nodes,
            links,
            (*prefix.ids, self._id(node)),
            min(prefix.flat, int(own.flat[place])),
            min(prefix.scaled, int(own.scaled[place]), bound),
            prefix.rate if own.rate is None else int(own.rate[place]),
            max(prefix.status, int(own.status[place])),
        )
        self._queue(following, *layer.children(place))

    def _complete(self, arrival: Arrival, nodes: tuple[int, ...], links: tuple[int, ...]) -> None:
        """Appraise a spine with each of its supports, and put what is wanted into the heap under its true key."""
        bare = Candidate(arrival.row, arrival.spine, nodes, links)
        if not self._is_simple(bare):
            return
        for supports in ways_to_support(self.appraisal, bare):
            found = appraise(self.appraisal, Candidate(arrival.row, arrival.spine, nodes, links, supports))
            if self.wanted.admits(found):
                heappush(self._heap, (self._key(found), next(self._tick), found))

    def _is_simple(self, candidate: Candidate) -> bool:
        """No legal entity twice."""
        steps = zip(candidate.steps, candidate.nodes, strict=False)
        parties = [self.appraisal.entity(node) for step, node in steps if step.farther in PARTIES]
        return len({*parties, candidate.beneficiary}) == len(parties) + 1

    def _key(self, found: Appraised) -> Key:
        amount, candidate = found.capacity.amount, found.candidate
        ids = tuple(self._id(node) for node in candidate.nodes)
        technique = list(TECHNIQUES).index(candidate.row.technique)
        marks = (*candidate.links, *(support.instrument for support in candidate.supports))
        instruments = tuple(self._id(mark) if mark >= 0 else "" for mark in marks)
        rank = STATUS_RANK[found.status]
        return (amount is None, -(amount or 0), rank, len(candidate.nodes) - 1, ids, technique, instruments)

    def _id(self, handle: int) -> str:
        if handle not in self._ids:
            self._ids[handle] = self.appraisal.view.id_of(handle)
        return self._ids[handle]


def _few(
    prefix: _Prefix, places: Ints, links: Ints | None, bounds: Ints | None
) -> list[tuple[int, int, int, int, int]]:
    _, scaled, flat, status = prefix.layer.lists
    most, rate = prefix.scaled, prefix.rate
    onto = itertools.repeat(-1) if links is None else links.tolist()
    within = itertools.repeat(UNLIMITED) if bounds is None else bounds.tolist()
    found = []
    for place, link, bound in zip(places.tolist(), onto, within, strict=False):
        tail = min(most, scaled[place], bound)
        if 0 < tail < UNLIMITED:
            tail = -(-tail * rate // MILLION)
        found.append((min(prefix.flat, flat[place], tail), max(prefix.status, status[place]), place, link, bound))
    return sorted(found, key=_by_rank)


def _by_rank(following: tuple[int, int, int, int, int]) -> tuple[int, int, int]:
    return -following[0], following[1], following[2]


def _many(
    prefix: _Prefix, places: Ints, links: Ints | None, bounds: Ints | None
) -> list[tuple[int, int, int, int, int]]:
    layer = prefix.layer
    links = np.full(len(places), -1) if links is None else links
    bounds = np.full(len(places), UNLIMITED) if bounds is None else bounds
    tail = share_at_most(np.minimum(np.minimum(layer.scaled[places], prefix.scaled), bounds), prefix.rate)
    capacity = np.minimum(np.minimum(layer.flat[places], prefix.flat), tail)
    status = np.maximum(layer.status[places].astype(np.int64), prefix.status)
    order = np.lexsort((places, status, -capacity))
    columns = (capacity, status, places, links, bounds)
    return list(zip(*(column[order].tolist() for column in columns), strict=True))
