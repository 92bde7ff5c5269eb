"""Which nodes of a layer come next on a path, best first: of many only the best are put in order until more are asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final, NamedTuple, Self

import numpy as np

from graph.values import MILLION
from queries.financing.search.layers import CLOSED, Layer
from queries.ratios import UNLIMITED, Ints, share_at_most

FEW: Final = 24
"""Up to so many nodes are sorted one by one, more as columns."""
HEAD: Final = 32
"""Of more than so many nodes, so many are put in order first."""


class Behind(NamedTuple):
    """What bounds a path by what lies between its source and the nodes that come next; as a layer has it."""

    flat: int
    scaled: int
    rate: int
    status: int


class NextNode(NamedTuple):
    """A node that may come next: what a path over it has at most, its best status, its place, the link to it, and the link's bound."""

    negative: int
    status: int
    place: int
    link: int
    bound: int

    @property
    def capacity(self) -> int:
        """What a path over it has at most."""
        return -self.negative


class NextNodes:
    """Nodes by capacity ↓, status, place. `rest` puts those in order that are not in the list yet."""

    __slots__ = ("_found", "_rest")

    def __init__(self, found: list[NextNode], rest: Callable[[], list[NextNode]] | None = None) -> None:
        self._found, self._rest = found, rest

    @classmethod
    def of(cls, layer: Layer, behind: Behind, places: Ints, links: Ints | None, bounds: Ints | None) -> Self:
        """These nodes of a layer under what lies behind, without those that are closed."""
        if len(places) <= FEW:
            return cls(_few(layer, behind, places, links, bounds))
        columns = _columns(layer, behind, places, links, bounds)
        size = len(columns[0])
        if size <= 2 * HEAD:
            return cls(_listed(columns, _order(columns)))
        head = _head(columns)
        rest = np.ones(size, bool)
        rest[head] = False
        others = np.flatnonzero(rest)
        return cls(
            _listed(columns, head), lambda: _listed(columns, others[_order([column[others] for column in columns])])
        )

    def __getitem__(self, at: int) -> NextNode:
        return self._found[at]

    def reaches(self, at: int) -> bool:
        """Whether there are more nodes than `at`."""
        if at == len(self._found) and self._rest is not None:
            self._found += self._rest()
            self._rest = None
        return at < len(self._found)


def _few(layer: Layer, behind: Behind, places: Ints, links: Ints | None, bounds: Ints | None) -> list[NextNode]:
    most, rate = behind.scaled, behind.rate
    onto = itertools.repeat(-1) if links is None else links.tolist()
    within = itertools.repeat(UNLIMITED) if bounds is None else bounds.tolist()
    columns = (column[places].tolist() for column in (layer.scaled, layer.flat, layer.status))
    found = []
    for scaled, flat, status, place, link, bound in zip(*columns, places.tolist(), onto, within, strict=False):
        if status == CLOSED:
            continue
        tail = min(most, scaled, bound)
        if 0 < tail < UNLIMITED:
            tail = -(-tail * rate // MILLION)
        found.append(NextNode(-min(behind.flat, flat, tail), max(behind.status, status), place, link, bound))
    return sorted(found)


Columns = list[np.ndarray]


def _columns(layer: Layer, behind: Behind, places: Ints, links: Ints | None, bounds: Ints | None) -> Columns:
    """The parts of `NextNode` by node."""
    status = layer.status[places]
    if status.max() == CLOSED:
        kept = status < CLOSED
        places, status = places[kept], status[kept]
        links, bounds = None if links is None else links[kept], None if bounds is None else bounds[kept]
    links = np.full(len(places), -1) if links is None else links
    bounds = np.full(len(places), UNLIMITED) if bounds is None else bounds
    tail = np.minimum(np.minimum(layer.scaled[places], behind.scaled), bounds)
    if behind.rate != MILLION:
        tail = share_at_most(tail, behind.rate)
    capacity = np.minimum(np.minimum(layer.flat[places], behind.flat), tail)
    return [-capacity, np.maximum(status, behind.status), places, links, bounds]


def _order(columns: Columns) -> Ints:
    negative, status, places, *_ = columns
    return np.lexsort((places, status, negative))


def _head(columns: Columns) -> Ints:
    """The first HEAD nodes in their order."""
    negative = columns[0]
    last = np.partition(negative, HEAD - 1)[HEAD - 1]
    before, equal = np.flatnonzero(negative < last), np.flatnonzero(negative == last)
    before = before[_order([column[before] for column in columns])]
    equal = equal[_order([column[equal] for column in columns])]
    return np.concatenate([before, equal[: HEAD - len(before)]])


def _listed(columns: Columns, order: Ints) -> list[NextNode]:
    return [NextNode(*row) for row in zip(*(column[order].tolist() for column in columns), strict=True)]
