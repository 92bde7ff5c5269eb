"""Blocked candidates: spines that are all there, or all but an instrument, of which a gate says no. Fewest failed gates first.

The layers of a search that keeps what screens refuse are unrolled on columns. Screens know of each candidate at least what the gates
that say no of it weigh; so candidates are appraised in that order, and only as many as can be among the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from queries.completeness import IncompleteReason, Meter
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised, appraise, is_simple
from queries.financing.candidates import Candidate
from queries.financing.search.automaton import Arrival
from queries.financing.search.layers import CLOSED, Layer
from queries.financing.search.refusals import WEIGHTS
from queries.financing.sources import Sources
from queries.financing.supports import ways_to_support
from queries.financing.techniques.table import PLACES
from queries.financing.terms import PathStatus, Ternary
from queries.ratios import Ints
from queries.spans import rows_of

MAX_BLOCKED: Final = 100
"""Candidates that are listed at most."""
UNSUSPECTED: Final = 40
"""Candidates that are appraised though no screen says no of them, some of each word; beyond that the answer says that it is cut."""
BREADTH: Final = 256
"""Partial paths of one word that are taken further, those that weigh least first; beyond that the answer says that it is cut."""
SPREAD: Final = 16_384
"""Partial paths of one word that are looked at at once."""

Key = tuple[Any, ...]


def refused(found: Appraised) -> int:
    """What the gates that say no weigh."""
    return sum(int(WEIGHTS[result.gate]) for result in found.gates if result.verdict is Ternary.NO)


class _Walks(NamedTuple):
    """Partial paths of one word: their nodes and links so far, by column, from the source; what they weigh; places in a layer."""

    nodes: Ints
    links: Ints
    weight: Ints
    places: Ints

    def at(self, kept: Ints | np.ndarray) -> _Walks:
        return _Walks(self.nodes[kept], self.links[kept], self.weight[kept], self.places[kept])


class _Lot(NamedTuple):
    """Whole paths of one word, with what they weigh at least."""

    arrival: Arrival
    nodes: Ints
    links: Ints
    weight: Ints


@dataclass(eq=False)
class Blocked:
    """One listing. `depth` of the run that laid the layers out; `allowed` which sources the question lets in."""

    appraisal: Appraisal
    meter: Meter
    depth: int
    allowed: Sources
    _least: dict[int, Ints] = field(default_factory=dict)
    _ids: dict[int, str] = field(default_factory=dict)

    def candidates(self, arrivals: Iterable[Arrival], most: int = MAX_BLOCKED) -> list[Appraised]:
        """The blocked candidates: fewest failed gates, of these the fewest that nobody can mend, fewest steps, node ids from the source,
        technique, instruments; at most `most`. What is left out for the budget is said by the meter, more than `MAX_BLOCKED` among it."""
        lots = [lot for arrival in arrivals for lot in self._unrolled(arrival)]
        found: list[tuple[Key, Appraised]] = []
        for least, lot, at in self._in_order(lots):
            if len(found) > most and least > found[most][0][:3]:
                break
            if not self.meter.take(1, self.depth):
                break
            fresh = [(self._key(one), one) for one in self._appraised(lot.arrival, lot.nodes[at], lot.links[at])]
            if fresh:
                found = sorted([*found, *fresh], key=_key_of)[: most + 1]
        if len(found) > MAX_BLOCKED:
            self.meter.cut(IncompleteReason.BUDGET, self.depth + 1)
        return [one for _, one in found[:most]]

    def _in_order(self, lots: list[_Lot]) -> Iterator[tuple[Key, _Lot, int]]:
        """Whole paths by what they weigh at least, steps and node ids; of those that no screen refuses as many as are looked at."""
        ranks = self.appraisal.view.snapshot.ranks
        unsuspected: list[tuple[int, int, int]] = []
        suspected: list[tuple[Key, int, int]] = []
        for number, lot in enumerate(lots):
            free = np.flatnonzero(lot.weight == 0)
            unsuspected += [(turn, number, at) for turn, at in enumerate(free[: UNSUSPECTED + 1].tolist())]
            held = np.flatnonzero(lot.weight)
            steps, by_id = (
                lot.nodes.shape[1] - 1,
                ranks.of(lot.nodes[held].ravel()).reshape(len(held), lot.nodes.shape[1]).tolist(),
            )
            suspected += [
                ((weight, steps, tuple(order)), number, at)
                for weight, order, at in zip(lot.weight[held].tolist(), by_id, held.tolist(), strict=True)
            ]
        unsuspected.sort()
        if len(unsuspected) > UNSUSPECTED:
            self.meter.cut(IncompleteReason.BUDGET, self.depth)
        yield from (((0, 0, ()), lots[number], at) for _, number, at in unsuspected[:UNSUSPECTED])
        for key, number, at in sorted(suspected):
            yield key, lots[number], at

    def _unrolled(self, arrival: Arrival) -> Iterator[_Lot]:
        """The paths of a word, back from its sources."""
        layer, band = arrival.layer, arrival.band
        places = band.start + np.flatnonzero(self.allowed.among(layer.nodes[band.start : band.stop]))
        size = len(places)
        start = _Walks(
            np.empty((size, 0), np.int64),
            np.empty((size, 0), np.int64),
            np.zeros(size, np.int64),
            places,
        )
        yield from self._onward(arrival, layer, start)

    def _onward(self, arrival: Arrival, layer: Layer, walks: _Walks) -> Iterator[_Lot]:
        if layer.parts:
            for part, band in zip(layer.parts, layer.bands, strict=True):
                here = walks.at((walks.places >= band.start) & (walks.places < band.stop))
                yield from self._onward(arrival, part, here._replace(places=here.places - band.start))
            return
        walks = self._kept(layer, walks)
        if not len(walks.places):
            return
        nodes = np.column_stack([walks.nodes, layer.nodes[walks.places]])
        if layer.nearer is None:
            # The first link stands for none: nothing leads to a source.
            yield _Lot(arrival, nodes, walks.links[:, 1:], walks.weight)
            return
        weight = walks.weight if layer.own.failed is None else walks.weight + layer.own.failed[walks.places]
        if layer.edges is None:
            near = np.arange(len(layer.nearer.nodes))
            parent, places = np.repeat(np.arange(len(nodes)), len(near)), np.tile(near, len(nodes))
            onto = np.full(len(parent), -1, np.int64)
        else:
            starts = layer.edges.starts[walks.places]
            counts = layer.edges.starts[walks.places + 1] - starts
            parent = np.repeat(np.arange(len(nodes)), counts)
            at = rows_of(starts, counts)
            places, onto = layer.edges.near[at], layer.edges.links[at]
        if len(parent) > SPREAD:
            self.meter.cut(IncompleteReason.BUDGET, self.depth)
            parent, places, onto = parent[:SPREAD], places[:SPREAD], onto[:SPREAD]
        links = walks.links if walks.links.shape[1] else np.full((len(nodes), 1), -1, np.int64)
        further = _Walks(nodes[parent], np.column_stack([links[parent], onto]), weight[parent], places)
        yield from self._onward(arrival, layer.nearer, further)

    def _kept(self, layer: Layer, walks: _Walks) -> _Walks:
        """Walks that go no way twice, over nodes that are no closed offers; as many as are taken further."""
        node = layer.nodes[walks.places]
        good = (layer.status[walks.places] < CLOSED) & ~(walks.nodes == node[:, None]).any(axis=1)
        walks = walks.at(good)
        if len(walks.places) <= BREADTH:
            return walks
        self.meter.cut(IncompleteReason.BUDGET, self.depth)
        least = walks.weight + self._best(layer)[walks.places]
        return walks.at(np.sort(np.argsort(least, kind="stable")[:BREADTH]))

    def _appraised(self, arrival: Arrival, nodes: Ints, links: Ints) -> Iterator[Appraised]:
        bare = Candidate(arrival.row, arrival.spine, tuple(nodes.tolist()), tuple(links.tolist()))
        if not is_simple(self.appraisal, bare):
            return
        for supports in ways_to_support(self.appraisal, bare):
            candidate = Candidate(arrival.row, arrival.spine, bare.nodes, bare.links, supports)
            found = appraise(self.appraisal, candidate)
            if found.status is PathStatus.BLOCKED:
                yield found

    def _best(self, layer: Layer) -> Ints:
        """By place, what the gates weigh that say no of a path from the node on, at least."""
        found = self._least.get(id(layer))
        if found is None:
            own = layer.own.failed
            found = np.zeros(len(layer.nodes), np.int64) if own is None else own.astype(np.int64)
            if layer.parts:
                found = np.concatenate([self._best(part) for part in layer.parts])
            if layer.nearer is not None and len(found):
                beyond = self._best(layer.nearer)
                if layer.edges is None:
                    found = found + int(beyond.min(initial=CLOSED))
                else:
                    found = found + np.minimum.reduceat(beyond[layer.edges.near], layer.edges.starts[:-1])
            self._least[id(layer)] = found
        return found

    def _key(self, found: Appraised) -> Key:
        candidate = found.candidate
        ids = tuple(self.appraisal.view.snapshot.ranks.of(np.array(candidate.nodes)).tolist())
        technique = PLACES[candidate.row.technique]
        marks = (*candidate.links, *(support.instrument for support in candidate.supports))
        instruments = tuple(self._id(mark) if mark >= 0 else "" for mark in marks)
        return refused(found), len(candidate.nodes) - 1, ids, technique, instruments

    def _id(self, handle: int) -> str:
        if handle not in self._ids:
            self._ids[handle] = self.appraisal.view.id_of(handle)
        return self._ids[handle]


def _key_of(item: tuple[Key, Appraised]) -> Key:
    return item[0]
