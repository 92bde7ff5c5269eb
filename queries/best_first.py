"""The best paths of a layered graph, best first: no walk is built that cannot be among them.

Every partial path has a key that is at most the key of any path it can become: capacity not stated last, capacity ↓, status, steps ↑,
then the node ids from the source. So paths leave the heap in their final order, however many there are; it grows from the source, where
the order by ids is decided. Children of a node wait in one sorted row, of which only the first is in the heap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

import numpy as np

from queries.appraisal import Appraisal
from queries.appraised import STATUS_RANK, Appraised, appraise
from queries.automaton import Arrival
from queries.candidates import Candidate
from queries.completeness import Meter
from queries.control import legal_entity
from queries.financing_terms import PathStatus, SupportKind
from queries.layers import Layer
from queries.ratios import UNLIMITED, UNSTATED, Ints, share_at_most
from queries.spines import Form
from queries.supports import ways_to_support
from queries.techniques import TECHNIQUES

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
    """The nodes that may come next, best first; `at` the one in the heap."""

    prefix: _Prefix
    places: Ints
    links: Ints | None
    bounds: Ints | None
    capacity: Ints
    status: Ints
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
            need = self.appraisal.need(arrival.row).amount
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
        layer = prefix.layer
        scaled = np.minimum(layer.scaled[places], prefix.scaled)
        if bounds is not None:
            scaled = np.minimum(scaled, bounds)
        capacity = np.minimum(np.minimum(layer.flat[places], prefix.flat), share_at_most(scaled, prefix.rate))
        status = np.maximum(layer.status[places].astype(np.int64), prefix.status)
        order = np.lexsort((places, status, -capacity))
        row = _Row(
            prefix,
            places[order],
            None if links is None else links[order],
            None if bounds is None else bounds[order],
            capacity[order],
            status[order],
        )
        self._push(row)

    def _push(self, row: _Row) -> None:
        if row.at >= len(row.places):
            return
        capacity, layer = int(row.capacity[row.at]), row.prefix.layer
        node = int(layer.nodes[row.places[row.at]])
        depth = row.prefix.arrival.layer.depth
        ids = (*row.prefix.ids, self._id(node))
        key = (capacity == UNSTATED, -max(capacity, 0), int(row.status[row.at]), depth, ids)
        heappush(self._heap, (key, next(self._tick), row))

    def _advance(self, row: _Row) -> None:
        """Take the row's first node, and put what follows it, and the row's next, into the heap."""
        prefix, place, at = row.prefix, int(row.places[row.at]), row.at
        row.at += 1
        self._push(row)
        layer = prefix.layer
        node = int(layer.nodes[place])
        if node in prefix.nodes:
            return
        nodes = (*prefix.nodes, node)
        links = prefix.links if not prefix.nodes else (*prefix.links, -1 if row.links is None else int(row.links[at]))
        if layer.nearer is None:
            self._complete(prefix.arrival, nodes, links)
            return
        own = layer.own
        scaled = min(prefix.scaled, int(own.scaled[place]))
        if row.bounds is not None:
            scaled = min(scaled, int(row.bounds[at]))
        following = _Prefix(
            prefix.arrival,
            layer.nearer,
            nodes,
            links,
            (*prefix.ids, self._id(node)),
            min(prefix.flat, int(own.flat[place])),
            scaled,
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
        parties = [self._entity(node) for step, node in steps if step.farther in PARTIES]
        return len({*parties, candidate.beneficiary}) == len(parties) + 1

    def _entity(self, party: int) -> int:
        return self.appraisal.once(("entity", party), partial(legal_entity, self.appraisal.view, party))

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
