"""Layers of the product of graph and technique automaton: the nodes that a word's end can stand on, and the edges between layers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from graph.snapshot_ids import handles_of, kinds_in
from graph.view import View
from queries.derived import once
from queries.financing.spines import Step
from queries.ratios import UNLIMITED, UNREACHED, Ints, share_at_most

FEW: Final = 24
"""So many records are told apart quicker one by one than by columns."""
SPARSE: Final = 16
"""Where more than one record in so many is meant, a pass over the kind is quicker than a sort."""

Ranks = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What nodes of a layer are known to be bounded by before any path is looked at; each bound is at least the true one.

    `scaled` of the tail, before α; `flat` in principal; `status` the best place in PathStatus that a path over the node can have;
    `rate` α in millionths; `keep` False: a gate says no whatever the path; `failed` how many gates do, at least.
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
        return cls(np.full(size, UNLIMITED), np.full(size, UNLIMITED), np.zeros(size, np.int8))

    def only(self, kept: np.ndarray) -> Screen:
        """Of some nodes."""
        rate = None if self.rate is None else self.rate[kept]
        return Screen(self.scaled[kept], self.flat[kept], self.status[kept], rate)


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pairs of a farther node (by place in its layer, ascending) and a nearer one, with the link between them and its bound."""

    starts: Ints
    near: Ints
    links: Ints
    bound: Ints | None


@dataclass(frozen=True, eq=False)
class Layer:
    """Nodes in id order, `depth` steps from the beneficiary, `hops` of them of a repeated step.

    `edges` None: every node goes with every nearer one. `scaled`, `flat`, `status`: the best that a path from the node to the beneficiary
    can have, the node's own screen included; `flat` is in principal, `scaled` still to be multiplied by α.
    """

    step: Step | None
    nearer: Layer | None
    depth: int
    hops: int
    nodes: Ints
    edges: Edges | None
    own: Screen
    scaled: Ints
    flat: Ints
    status: Ranks

    @cached_property
    def lists(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Nodes, `scaled`, `flat` and `status` as lists: where few are asked for, these are quicker than columns."""
        return self.nodes.tolist(), self.scaled.tolist(), self.flat.tolist(), self.status.tolist()

    @classmethod
    def start(cls, beneficiary: int) -> Layer:
        """The beneficiary alone."""
        nodes, own = np.array([beneficiary]), Screen.open(1)
        return cls(None, None, 0, 0, nodes, None, own, own.scaled, own.flat, own.status)

    def children(self, place: int) -> tuple[Ints, Ints | None, Ints | None]:
        """The nearer nodes of one (by place), the links to them (None: fields or offers), and the links' bounds."""
        assert self.nearer is not None
        if self.edges is None:
            return np.arange(len(self.nearer.nodes)), None, None
        here = slice(int(self.edges.starts[place]), int(self.edges.starts[place + 1]))
        bound = None if self.edges.bound is None else self.edges.bound[here]
        return self.edges.near[here], self.edges.links[here], bound


def joined(step: Step, nearer: Layer, nodes: Ints, own: Screen) -> Layer:
    """The layer of offers that are open to every nearer node."""
    size = len(nodes)
    scaled = np.full(size, nearer.scaled.max(initial=UNREACHED))
    flat = np.full(size, nearer.flat.max(initial=UNREACHED))
    status = np.full(size, nearer.status.min(initial=127), np.int8)
    return _layer(step, nearer, nearer.depth + 1, 0, nodes, None, own, scaled, flat, status)


def linked(
    step: Step,
    nearer: Layer,
    nodes: Ints,
    places: Ints,
    near: Ints,
    links: Ints,
    bound: Ints | None,
    own: Screen,
    hops: int = 0,
) -> Layer:
    """The layer that edges lead to: `places` of the farther node in `nodes`, `near` of the nearer one in its layer."""
    # As a stable argsort, several times as fast: no two keys are equal.
    keys = np.sort(places << 32 | np.arange(len(places)))
    places, order = keys >> 32, keys & (2**32 - 1)
    near, links = near[order], links[order]
    bound = None if bound is None else bound[order]
    starts = np.searchsorted(places, np.arange(len(nodes) + 1))
    each = nearer.scaled[near] if bound is None else np.minimum(bound, nearer.scaled[near])
    cuts = starts[:-1]
    scaled, flat = np.maximum.reduceat(each, cuts), np.maximum.reduceat(nearer.flat[near], cuts)
    status = np.minimum.reduceat(nearer.status[near], cuts)
    edges = Edges(starts, near, links, bound)
    return _layer(step, nearer, nearer.depth + 1, hops, nodes, edges, own, scaled, flat, status)


def _layer(
    step: Step,
    nearer: Layer,
    depth: int,
    hops: int,
    nodes: Ints,
    edges: Edges | None,
    own: Screen,
    scaled: Ints,
    flat: Ints,
    status: Ranks,
) -> Layer:
    scaled, flat = np.minimum(scaled, own.scaled), np.minimum(flat, own.flat)
    if own.rate is not None:
        flat, scaled = np.minimum(flat, share_at_most(scaled, own.rate)), np.full(len(nodes), UNLIMITED)
    return Layer(step, nearer, depth, hops, nodes, edges, own, scaled, flat, np.maximum(status, own.status))


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
    _, first, places = np.unique(id_keys(view, handles), return_index=True, return_inverse=True)
    return handles[first], places


def _few(keys: list[int], handles: list[int]) -> tuple[Ints, Ints]:
    by_key = dict(zip(keys, handles, strict=True))
    ascending = sorted(by_key)
    place_of = {key: place for place, key in enumerate(ascending)}
    nodes = [by_key[key] for key in ascending]
    return np.array(nodes, np.int64), np.array([place_of[key] for key in keys], np.int64)
