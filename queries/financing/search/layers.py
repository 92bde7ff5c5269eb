"""Layers of the product of graph and technique automaton: the nodes that a word's end can stand on, and the edges between layers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np

from graph.snapshot_ids import handles_of, kinds_in
from graph.view import View
from queries.derived import once
from queries.financing.terms import PathStatus
from queries.ratios import UNLIMITED, UNREACHED, Ints, share_at_most

FEW: Final = 24
"""So many records are told apart quicker one by one than by columns."""
SPARSE: Final = 16
"""Where more than one record in so many is meant, a pass over the kind is quicker than a sort."""
CLOSED: Final = 127
"""Of a node's status: no path leads over it. Layers that are laid out once a view keep such nodes in their place."""
CONDITIONAL: Final = list(PathStatus).index(PathStatus.CONDITIONAL)
BAND_SHIFT: Final = 48

Ranks = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What nodes of a layer are known to be bounded by before any path is looked at; each bound is at least the true one.

    `scaled` of the tail, before α; `flat` in principal; `status` the best place in PathStatus that a path over the node can have;
    `rate` α in millionths; `keep` False: a gate says no whatever the path; `failed` what those gates weigh, at least (`refusals`).
    """

    scaled: Ints
    flat: Ints
    status: Ranks
    rate: Ints | None = None
    keep: np.ndarray | None = None
    failed: Ranks | None = None

    @classmethod
    def open(cls, size: int) -> Screen:
        """Nothing is known."""
        free = np.full(size, UNLIMITED)
        return cls(free, free, np.zeros(size, np.int8))

    def only(self, kept: np.ndarray | slice) -> Screen:
        """Of some nodes."""
        rate = None if self.rate is None else self.rate[kept]
        failed = None if self.failed is None else self.failed[kept]
        return Screen(self.scaled[kept], self.flat[kept], self.status[kept], rate, None, failed)

    def at(self, places: Ints) -> Screen:
        """At some places, and which of these it keeps out."""
        return replace(self.only(places), keep=None if self.keep is None else self.keep[places])

    @property
    def closed(self) -> Screen:
        """The same, with the nodes that it keeps out closed and in their place."""
        if self.keep is None:
            return self
        flat = np.where(self.keep, self.flat, UNREACHED)
        return Screen(
            self.scaled, flat, np.where(self.keep, self.status, np.int8(CLOSED)), self.rate, None, self.failed
        )


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pairs of a farther node (by place in its layer, ascending) and a nearer one, with the link between them and its bound."""

    starts: Ints
    near: Ints
    links: Ints
    bound: Ints | None


class Band(NamedTuple):
    """The nodes of a layer from place `start` to `stop` that are `depth` steps from the beneficiary, after `hops` of a repeated step."""

    depth: int
    hops: int
    start: int
    stop: int


class Children(NamedTuple):
    """Nearer nodes of one node, by place in their layer, the links to them (None: fields or offers), and the links' bounds."""

    layer: Layer
    places: Ints
    links: Ints | None
    bounds: Ints | None


@dataclass(frozen=True, eq=False)
class Layer:
    """Nodes by band, in each in id order.

    `edges` None: every node goes with every nearer one. `scaled`, `flat`, `status`: the best that a path from the node to the beneficiary
    can have, the node's own screen included; `flat` is in principal, `scaled` still to be multiplied by α. `parts`: the layers that
    this one is a pile of, a band each; what is nearer then is theirs. `offered`: the technique of which it has all products, some of
    them closed.
    """

    nearer: Layer | None
    bands: tuple[Band, ...]
    nodes: Ints
    edges: Edges | None
    own: Screen
    scaled: Ints
    flat: Ints
    status: Ranks
    parts: tuple[Layer, ...] = ()
    offered: int | None = None

    @cached_property
    def band_of(self) -> Ints:
        """The band of each node, by place."""
        return np.repeat(np.arange(len(self.bands)), [band.stop - band.start for band in self.bands])

    @classmethod
    def start(cls, beneficiary: int) -> Layer:
        """The beneficiary alone."""
        nodes, own = np.array([beneficiary]), Screen.open(1)
        return cls(None, (Band(0, 0, 0, 1),), nodes, None, own, own.scaled, own.flat, own.status)

    def children(self, place: int) -> Children:
        """What a node goes with."""
        layer = self.nearer
        assert layer is not None
        if self.edges is None:
            return Children(layer, np.arange(len(layer.nodes)), None, None)
        here = slice(int(self.edges.starts[place]), int(self.edges.starts[place + 1]))
        near, bound = self.edges.near[here], None if self.edges.bound is None else self.edges.bound[here]
        if layer.parts:
            number = bisect_right(layer.bands, int(near[0]), key=lambda band: band.start) - 1
            layer, near = layer.parts[number], near - layer.bands[number].start
        return Children(layer, near, self.edges.links[here], bound)

    def hops_of(self, places: Ints) -> Ints | int:
        """The links of a repeated step before nodes; one number where it is the same for all."""
        if len(self.bands) == 1:
            return self.bands[0].hops
        return np.array([band.hops for band in self.bands])[self.band_of[places]]

    def bands_after(self, band_of: Ints | None, size: int) -> tuple[Band, ...]:
        """The bands of nodes one step farther; `band_of` the band of this layer from which each is reached, None: there is one."""
        if band_of is None:
            return (Band(self.bands[0].depth + 1, 0, 0, size),)
        cuts = np.searchsorted(band_of, np.arange(len(self.bands) + 1)).tolist()
        ends = zip(self.bands, cuts, cuts[1:], strict=False)
        return tuple(Band(band.depth + 1, 0, start, stop) for band, start, stop in ends if start < stop)

    def opened(self) -> Layer:
        """Without its closed nodes. Of an offer, which every nearer node goes with."""
        kept = np.flatnonzero(self.status < CLOSED)
        bands = (Band(self.bands[0].depth, 0, 0, len(kept)),)
        scaled, flat, status = self.scaled[kept], self.flat[kept], self.status[kept]
        return Layer(self.nearer, bands, self.nodes[kept], None, self.own.only(kept), scaled, flat, status)

    def with_closed(self, places: Ints) -> Layer:
        """With some nodes closed too."""
        flat, status = self.flat.copy(), self.status.copy()
        flat[places], status[places] = UNREACHED, CLOSED
        return replace(self, flat=flat, status=status)

    def apart(self) -> Sequence[Layer]:
        """A layer for each band."""
        if len(self.bands) == 1:
            return (self,)
        return self.parts or [self._only(band) for band in self.bands]

    def _only(self, band: Band) -> Layer:
        here = slice(band.start, band.stop)
        assert self.edges is not None
        edges = Edges(
            self.edges.starts[here.start : here.stop + 1], self.edges.near, self.edges.links, self.edges.bound
        )
        bands = (Band(band.depth, band.hops, 0, band.stop - band.start),)
        scaled, flat, status = self.scaled[here], self.flat[here], self.status[here]
        return Layer(self.nearer, bands, self.nodes[here], edges, self.own.only(here), scaled, flat, status)


def piled(layers: Sequence[Layer]) -> Layer:
    """Layers of one band as one of many."""
    if len(layers) == 1:
        return layers[0]
    stops = np.cumsum([len(layer.nodes) for layer in layers]).tolist()
    bands = tuple(
        Band(layer.bands[0].depth, layer.bands[0].hops, stop - len(layer.nodes), stop)
        for layer, stop in zip(layers, stops, strict=True)
    )
    nodes, scaled, flat = (
        np.concatenate([getattr(layer, name) for layer in layers]) for name in ("nodes", "scaled", "flat")
    )
    status = np.concatenate([layer.status for layer in layers])
    return Layer(None, bands, nodes, None, Screen(scaled, flat, status), scaled, flat, status, tuple(layers))


def joined(nearer: Layer, nodes: Ints, own: Screen, offered: int | None = None) -> Layer:
    """The layer of offers that are open to every nearer node; `offered` as the layer has it."""
    most = int(nearer.scaled.max(initial=UNREACHED))
    scaled = own.scaled if most == UNLIMITED else np.minimum(own.scaled, most)
    flat = np.minimum(own.flat, nearer.flat.max(initial=UNREACHED))
    if own.rate is not None:
        flat = flat if most == UNLIMITED else np.minimum(flat, share_at_most(scaled, own.rate))
        scaled = own.scaled
    status = np.maximum(own.status, nearer.status.min(initial=CLOSED))
    bands = (Band(nearer.bands[-1].depth + 1, 0, 0, len(nodes)),)
    return Layer(nearer, bands, nodes, None, own, scaled, flat, status, offered=offered)


def linked(
    nearer: Layer,
    nodes: Ints,
    bands: tuple[Band, ...],
    places: Ints,
    near: Ints,
    links: Ints,
    bound: Ints | None,
    own: Screen,
) -> Layer:
    """The layer that edges lead to: `places` of the farther node in `nodes`, `near` of the nearer one in its layer."""
    # As a stable argsort, several times as fast: no two keys are equal.
    keys = np.sort(places << 32 | np.arange(len(places)))
    places, order = keys >> 32, keys & (2**32 - 1)
    near, links = near[order], links[order]
    bound = None if bound is None else bound[order]
    edges = Edges(np.searchsorted(places, np.arange(len(nodes) + 1)), near, links, bound)
    return reached(nearer, nodes, bands, edges, own)


def reached(nearer: Layer, nodes: Ints, bands: tuple[Band, ...], edges: Edges, own: Screen) -> Layer:
    """The layer at the farther ends of edges, each node of which has one."""
    near, cuts = edges.near, edges.starts[:-1]
    each = nearer.scaled[near] if edges.bound is None else np.minimum(edges.bound, nearer.scaled[near])
    scaled = np.minimum(np.maximum.reduceat(each, cuts), own.scaled)
    flat = np.minimum(np.maximum.reduceat(nearer.flat[near], cuts), own.flat)
    status = np.maximum(np.minimum.reduceat(nearer.status[near], cuts), own.status)
    if own.rate is not None:
        flat, scaled = np.minimum(flat, share_at_most(scaled, own.rate)), np.full(len(nodes), UNLIMITED)
    return Layer(nearer, bands, nodes, edges, own, scaled, flat, status)


def id_keys(view: View, handles: Ints) -> Ints:
    """A number for each record that orders records of any kinds by id."""
    order = once(view, id_keys, lambda: _kind_order(view))
    kinds = kinds_in(handles)
    if len(kinds) == 1:
        return view.rank(handles) + (order[view.kind_of(int(handles[0])).name] << 32)
    codes = handles >> 32
    keys = np.zeros(len(handles), np.int64)
    for code in kinds:
        here = codes == code
        keys[here] = view.rank(handles[here]) + (order[view.kind_of(int(handles[here][0])).name] << 32)
    return keys


def _kind_order(view: View) -> dict[str, int]:
    prefixes = sorted((f"{kind.prefix}:", name) for name, kind in view.ontology.kinds.items())
    return {name: place for place, (_, name) in enumerate(prefixes)}


def distinct(view: View, handles: Ints) -> tuple[Ints, Ints]:
    """The records, each once and in id order, and the place of each of `handles` among them."""
    if len(handles) <= FEW:
        return _few(id_keys(view, handles).tolist(), handles.tolist())
    kinds = kinds_in(handles)
    if len(kinds) == 1:
        order = view.order(kinds[0])
        if len(handles) * SPARSE > order.size:
            ranks = view.rank(handles)
            present = np.zeros(order.size, bool)
            present[ranks] = True
            return handles_of(kinds[0], order.numbers[present]), (np.cumsum(present) - 1)[ranks]
    return _many(id_keys(view, handles), handles)


def distinct_by_band(view: View, handles: Ints, bands: Ints) -> tuple[Ints, Ints]:
    """As `distinct`, apart for each band, the bands in their order."""
    keys = id_keys(view, handles) + (bands << BAND_SHIFT)
    return _few(keys.tolist(), handles.tolist()) if len(handles) <= FEW else _many(keys, handles)


def _many(keys: Ints, handles: Ints) -> tuple[Ints, Ints]:
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    return handles[first], places


def _few(keys: list[int], handles: list[int]) -> tuple[Ints, Ints]:
    by_key = dict(zip(keys, handles, strict=True))
    ascending = sorted(by_key)
    place_of = {key: place for place, key in enumerate(ascending)}
    nodes = [by_key[key] for key in ascending]
    return np.array(nodes, np.int64), np.array([place_of[key] for key in keys], np.int64)
