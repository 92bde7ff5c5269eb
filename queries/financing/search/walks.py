"""Partial paths of one word, laid out from the source on columns: a row each, with what bounds it and what it has passed."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np

from queries.financing.search.hopes import next_place
from queries.financing.search.layers import CLOSED, Layer
from queries.financing.search.prices import Floats
from queries.financing.spines import Spine, Step
from queries.ratios import UNLIMITED, Ints
from queries.spans import rows_of


class Passed(NamedTuple):
    """What rows have passed before their last node: the step `before` it (None: it is the source), and the evidence so far.

    `offer` the place of the product among all; `terms` once the days are settled; `safety` once the obligor is; `programme` under which
    the days stand. None: nothing of the sort was passed.
    """

    before: Step | None
    strength: Ints
    offer: Ints | None = None
    terms: tuple[Ints, Floats] | None = None
    safety: Floats | None = None
    programme: Ints | None = None

    def at(self, rows: Ints) -> Passed:
        """Of some rows, or of rows that are repeated."""
        return Passed(
            self.before,
            self.strength[rows],
            None if self.offer is None else self.offer[rows],
            None if self.terms is None else (self.terms[0][rows], self.terms[1][rows]),
            None if self.safety is None else self.safety[rows],
            None if self.programme is None else self.programme[rows],
        )


class Walks(NamedTuple):
    """Rows from the source on: `places` of their nodes step by step, the last of which stand in `layer`, on the step at `place` of the
    word.

    `links` from each node to the next; `flat`, `scaled` (with the last link), `rate` (None: 1) and `status` bound a row by what lies
    before its last node. `origin`: of rows that are taken on together, from which each came.
    """

    layer: Layer
    place: int
    places: tuple[Ints, ...]
    nodes: tuple[Ints, ...]
    links: tuple[Ints, ...]
    flat: Ints
    scaled: Ints
    rate: Ints | None
    status: Ints
    passed: Passed
    origin: Ints

    @classmethod
    def start(cls, layer: Layer, places: Ints, status: int, strength: int) -> Walks:
        """The sources themselves."""
        places = places[layer.status[places] < CLOSED]
        free = np.full(len(places), UNLIMITED)
        passed = Passed(None, np.full(len(places), strength))
        statuses, origin = np.full(len(places), status), np.zeros(len(places), np.int64)
        return cls(layer, 0, (places,), (layer.nodes[places],), (), free, free, None, statuses, passed, origin)

    @property
    def arrives(self) -> bool:
        """Whether only the beneficiary comes after the last nodes."""
        nearer = self.layer.nearer
        return nearer is not None and nearer.nearer is None and not nearer.parts

    @property
    def is_single(self) -> np.ndarray | bool:
        """Of which rows there is only one way on from the last node."""
        edges, last = self.layer.edges, self.places[-1]
        return True if edges is None else np.asarray(edges.starts[last + 1] - edges.starts[last] == 1)

    def only(self, rows: Ints) -> Walks:
        """Some rows."""
        return self._replace(
            places=tuple(column[rows] for column in self.places),
            nodes=tuple(column[rows] for column in self.nodes),
            links=tuple(column[rows] for column in self.links),
            flat=self.flat[rows],
            scaled=self.scaled[rows],
            rate=None if self.rate is None else self.rate[rows],
            status=self.status[rows],
            passed=self.passed.at(rows),
            origin=self.origin[rows],
        )

    @property
    def fan_out(self) -> Ints:
        """How many rows come of each of these one step nearer to the beneficiary."""
        last, edges = self.places[-1], self.layer.edges
        if edges is None:
            assert self.layer.nearer is not None
            return np.full(len(last), len(self.layer.nearer.nodes))
        return edges.starts[last + 1] - edges.starts[last]

    def onward(self, spine: Spine, passed: Passed) -> Walks:
        """The rows one step nearer to the beneficiary, without those that are closed or come by a node again; `passed` by these rows."""
        layer, last = self.layer, self.places[-1]
        nearer, own = layer.nearer, layer.own
        assert nearer is not None
        bounds: Ints | None = None
        if layer.edges is None:
            size = len(nearer.nodes)
            rows, near = np.repeat(np.arange(len(last)), size), np.tile(np.arange(size), len(last))
            links = np.full(len(rows), -1)
        else:
            edges, first = layer.edges, layer.edges.starts[last]
            counts = edges.starts[last + 1] - first
            at, rows = rows_of(first, counts), np.repeat(np.arange(len(last)), counts)
            near, links = edges.near[at], edges.links[at]
            bounds = None if edges.bound is None else edges.bound[at]
            if nearer.parts and len(near):
                number = bisect_right(nearer.bands, int(near[0]), key=lambda band: band.start) - 1
                near, nearer = near - nearer.bands[number].start, nearer.parts[number]
        nodes = nearer.nodes[near]
        kept = nearer.status[near] < CLOSED
        for column in self.nodes:
            kept &= column[rows] != nodes
        if not kept.all():
            rows, near, links, nodes = rows[kept], near[kept], links[kept], nodes[kept]
            bounds = None if bounds is None else bounds[kept]
        flat = np.minimum(self.flat, own.flat[last])[rows]
        scaled = np.minimum(self.scaled, own.scaled[last])[rows]
        rate = self.rate if own.rate is None else own.rate[last]
        return Walks(
            nearer,
            next_place(layer, spine, self.place),
            (*(column[rows] for column in self.places), near),
            (*(column[rows] for column in self.nodes), nodes),
            (*(column[rows] for column in self.links), links),
            flat,
            scaled if bounds is None else np.minimum(scaled, bounds),
            None if rate is None else rate[rows],
            np.maximum(self.status, own.status[last])[rows],
            passed.at(rows),
            self.origin[rows],
        )
