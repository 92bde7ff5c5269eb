"""Blocked candidates: spines that are all there, or all but an instrument, of which a gate says no. Fewest failed gates first.

What the screens know gives each partial path the least number of gates that say no of whatever it becomes; so candidates leave each
word in that order, and only as many are appraised as can be among the first.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

import numpy as np

from queries.completeness import IncompleteReason, Meter
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised, appraise
from queries.financing.candidates import Candidate
from queries.financing.search.automaton import Arrival
from queries.financing.search.layers import CLOSED, Layer
from queries.financing.supports import ways_to_support
from queries.financing.techniques.table import TECHNIQUES
from queries.financing.terms import Gate, PathStatus, Ternary
from queries.ratios import Ints

MAX_BLOCKED: Final = 100
"""Candidates that are listed at most."""
UNSUSPECTED: Final = 24
"""Candidates of one word that are appraised though no screen says no of them; beyond that the answer says that it is cut."""
EXPANDED: Final = 2_000
"""Partial paths of one word that are taken further."""

PARTIES: Final = ("Enterprise", "CapitalSource")
Key = tuple[Any, ...]


def failed_gates(found: Appraised) -> int:
    """How many gates say no."""
    return sum(result.verdict is Ternary.NO for result in found.gates)


@dataclass(slots=True, eq=False)
class _Row:
    """The nodes that may come next, those with the fewest failed gates first, then in id order; `at` is the one in the heap."""

    layer: Layer
    nodes: tuple[int, ...]
    links: tuple[int, ...]
    failed: list[int]
    places: list[int]
    onto: list[int] | None
    at: int = 0


@dataclass(eq=False)
class Blocked:
    """One listing. `depth` of the run that laid the layers out; `allowed` which sources the question lets in."""

    appraisal: Appraisal
    meter: Meter
    depth: int
    allowed: Callable[[int], bool]
    _least: dict[int, Ints] = field(default_factory=dict)
    _ids: dict[int, str] = field(default_factory=dict)

    def candidates(self, arrivals: Iterable[Arrival]) -> list[Appraised]:
        """The blocked candidates: fewest failed gates, fewest steps, node ids from the source, technique, instruments; at most
        `MAX_BLOCKED`. What is left out for the budget is said by the meter."""
        found: list[tuple[Key, int, Appraised]] = []
        tick = count()

        def most() -> int:
            return found[-1][0][0] if len(found) >= MAX_BLOCKED else len(Gate)

        for arrival in arrivals:
            for one in self._of_word(arrival, most):
                insort(found, (self._key(one), next(tick), one), key=lambda item: item[:2])
                if len(found) > MAX_BLOCKED:
                    found.pop()
                    self.meter.cut(IncompleteReason.BUDGET, self.depth + 1)
        return [one for _, _, one in found]

    def _of_word(self, arrival: Arrival, most: Callable[[], int]) -> Iterator[Appraised]:
        """The blocked candidates of one word, as long as they may have at most so many failed gates."""
        heap: list[tuple[int, int, _Row]] = []
        tick = count()
        band = arrival.band
        places = [at for at in range(band.start, band.stop) if self.allowed(int(arrival.layer.nodes[at]))]
        self._push(heap, tick, self._row(arrival.layer, (), (), 0, np.array(places, np.int64), None))
        unsuspected = expanded = 0
        while heap:
            least, _, row = heappop(heap)
            if least > most():
                # All that is left would come after the last that is listed.
                self.meter.cut(IncompleteReason.BUDGET, self.depth + 1)
                return
            if expanded >= EXPANDED or not self.meter.take(1, self.depth):
                self.meter.cut(IncompleteReason.BUDGET, self.depth)
                return
            expanded += 1
            place, link = row.places[row.at], -1 if row.onto is None else row.onto[row.at]
            row.at += 1
            self._push(heap, tick, row)
            layer, node = row.layer, int(row.layer.nodes[place])
            if node in row.nodes:
                continue
            nodes = (*row.nodes, node)
            links = (*row.links, link) if row.nodes else ()
            if layer.nearer is not None:
                own = 0 if layer.own.failed is None else int(layer.own.failed[place])
                before = least - int(self._best(layer)[place]) + own
                nearer, near, onto, _ = layer.children(place)
                self._push(heap, tick, self._row(nearer, nodes, links, before, near, onto))
                continue
            if not least:
                unsuspected += 1
                if unsuspected > UNSUSPECTED:
                    self.meter.cut(IncompleteReason.BUDGET, self.depth)
                    continue
            yield from self._appraised(arrival, nodes, links)

    def _appraised(self, arrival: Arrival, nodes: tuple[int, ...], links: tuple[int, ...]) -> Iterator[Appraised]:
        bare = Candidate(arrival.row, arrival.spine, nodes, links)
        steps = zip(bare.steps, bare.nodes, strict=False)
        parties = [self.appraisal.entity(node) for step, node in steps if step.farther in PARTIES]
        if len({*parties, bare.beneficiary}) != len(parties) + 1:
            return
        for supports in ways_to_support(self.appraisal, bare):
            found = appraise(self.appraisal, Candidate(arrival.row, arrival.spine, nodes, links, supports))
            if found.status is PathStatus.BLOCKED:
                yield found

    def _row(
        self, layer: Layer, nodes: tuple[int, ...], links: tuple[int, ...], before: int, places: Ints, onto: Ints | None
    ) -> _Row:
        led_over = layer.status[places] < CLOSED
        places, onto = places[led_over], None if onto is None else onto[led_over]
        failed = self._best(layer)[places] + before
        order = np.lexsort((places, failed))
        return _Row(
            layer,
            nodes,
            links,
            failed[order].tolist(),
            places[order].tolist(),
            None if onto is None else onto[order].tolist(),
        )

    @staticmethod
    def _push(heap: list[tuple[int, int, _Row]], tick: Iterator[int], row: _Row) -> None:
        if row.at < len(row.places):
            heappush(heap, (row.failed[row.at], next(tick), row))

    def _best(self, layer: Layer) -> Ints:
        """By place, the fewest gates that say no of a path from the node on, as far as screens know."""
        found = self._least.get(id(layer))
        if found is None:
            own = layer.own.failed
            found = np.zeros(len(layer.nodes), np.int64) if own is None else own.astype(np.int64)
            if layer.parts:
                found = np.concatenate([self._best(part) for part in layer.parts])
            if layer.nearer is not None and len(found):
                beyond = self._best(layer.nearer)
                if layer.edges is None:
                    found = found + int(beyond.min(initial=len(Gate)))
                else:
                    found = found + np.minimum.reduceat(beyond[layer.edges.near], layer.edges.starts[:-1])
            self._least[id(layer)] = found
        return found

    def _key(self, found: Appraised) -> Key:
        candidate = found.candidate
        ids = tuple(self._id(node) for node in candidate.nodes)
        technique = list(TECHNIQUES).index(candidate.row.technique)
        marks = (*candidate.links, *(support.instrument for support in candidate.supports))
        instruments = tuple(self._id(mark) if mark >= 0 else "" for mark in marks)
        return failed_gates(found), len(candidate.nodes) - 1, ids, technique, instruments

    def _id(self, handle: int) -> str:
        if handle not in self._ids:
            self._ids[handle] = self.appraisal.view.id_of(handle)
        return self._ids[handle]
