"""Which nodes of a layer come next on a path, best first: of many only the best are put in order until more are asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final, NamedTuple, Self

import numpy as np

from graph.values import MILLION
from queries.financing.search.layers import CLOSED, Layer
from queries.financing.search.score_bounds import SHUT
from queries.financing.search.word_bounds import Bounds
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
    """A node that may come next, by what a path over it has at best, as paths are ordered.

    `unstated` its capacity; `negative_score` and `cost` in millionths, `status`, `negative` capacity; its place, the link to it, and the
    link's bound.
    """

    unstated: int
    negative_score: int
    status: int
    negative: int
    cost: int
    place: int
    link: int
    bound: int


Rate = Callable[[Ints, "Ints | None", Ints], Bounds]
"""The bounds of score and cost over these places, by these links, that bring so much at most."""


class NextNodes:
    """Nodes in the order of paths, then by place. `rest` puts those in order that are not in the list yet."""

    __slots__ = ("_found", "_rest")

    def __init__(self, found: list[NextNode], rest: Callable[[], list[NextNode]] | None = None) -> None:
        self._found, self._rest = found, rest

    @classmethod
    def of(
        cls, layer: Layer, behind: Behind, places: Ints, links: Ints | None, bounds: Ints | None, rate: Rate
    ) -> Self:
        """These nodes of a layer under what lies behind, without those that are closed."""
        if len(places) <= FEW:
            return cls(_few(layer, behind, places, links, bounds, rate))
        columns = _columns(layer, behind, places, links, bounds, rate)
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


def _open(layer: Layer, places: Ints, links: Ints | None, bounds: Ints | None) -> tuple[Ints, Ints | None, Ints | None]:
    """Without the nodes that are closed."""
    kept = layer.status[places] < CLOSED
    if kept.all():
        return places, links, bounds
    return places[kept], None if links is None else links[kept], None if bounds is None else bounds[kept]


def _few(
    layer: Layer, behind: Behind, places: Ints, links: Ints | None, bounds: Ints | None, rate: Rate
) -> list[NextNode]:
    places, links, bounds = _open(layer, places, links, bounds)
    if not len(places):
        return []
    most, share = behind.scaled, behind.rate
    within = itertools.repeat(UNLIMITED) if bounds is None else bounds.tolist()
    capacity = []
    for scaled, flat, bound in zip(layer.scaled[places].tolist(), layer.flat[places].tolist(), within, strict=False):
        tail = min(most, scaled, bound)
        if 0 < tail < UNLIMITED:
            tail = -(-tail * share // MILLION)
        capacity.append(min(behind.flat, flat, tail))
    found = rate(places, links, np.array(capacity, np.int64))
    onto = itertools.repeat(-1) if links is None else links.tolist()
    rows = zip(
        capacity, found.score, layer.status[places].tolist(), found.cost, places.tolist(), onto, within, strict=False
    )
    return sorted(
        NextNode(
            brings < 0,
            -score if brings >= 0 else 0,
            max(behind.status, best),
            -max(brings, 0),
            cost,
            place,
            link,
            bound,
        )
        for brings, score, best, cost, place, link, bound in rows
        if score != SHUT
    )


Columns = list[np.ndarray]


def _columns(
    layer: Layer, behind: Behind, places: Ints, links: Ints | None, bounds: Ints | None, rate: Rate
) -> Columns:
    """The parts of `NextNode` by node."""
    places, links, bounds = _open(layer, places, links, bounds)
    onto = np.full(len(places), -1) if links is None else links
    within = np.full(len(places), UNLIMITED) if bounds is None else bounds
    tail = np.minimum(np.minimum(layer.scaled[places], behind.scaled), within)
    if behind.rate != MILLION:
        tail = share_at_most(tail, behind.rate)
    capacity = np.minimum(np.minimum(layer.flat[places], behind.flat), tail)
    found = rate(places, links, capacity)
    unstated = capacity < 0
    score = np.where(unstated, 0, -np.asarray(found.score, np.int64))
    status = np.maximum(layer.status[places], behind.status)
    cost = np.asarray(found.cost, np.int64)
    columns = [unstated.astype(np.int64), score, status, -np.maximum(capacity, 0), cost, places, onto, within]
    shut = np.asarray(found.score) == SHUT
    return [column[~shut] for column in columns] if shut.any() else columns


def _order(columns: Columns) -> Ints:
    unstated, score, status, negative, cost, places, *_ = columns
    return np.lexsort((places, cost, negative, status, score, unstated))


def _head(columns: Columns) -> Ints:
    """The first HEAD nodes in their order."""
    first = np.where(columns[0] > 0, 1, columns[1])
    last = np.partition(first, HEAD - 1)[HEAD - 1]
    before, equal = np.flatnonzero(first < last), np.flatnonzero(first == last)
    before = before[_order([column[before] for column in columns])]
    equal = equal[_order([column[equal] for column in columns])]
    return np.concatenate([before, equal[: HEAD - len(before)]])


def _listed(columns: Columns, order: Ints) -> list[NextNode]:
    return [NextNode(*row) for row in zip(*(column[order].tolist() for column in columns), strict=True)]
