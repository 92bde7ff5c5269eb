"""The network on which money meets needs: source → funds → [shared caps] → leaf cells → sink, as plain columns."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.errors import InvalidInput, LimitExceeded

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SOURCE = -1
UNLIMITED = int(np.iinfo(np.int64).max)
NOT_STATED = -1
LARGEST_TOTAL = 2**60
"""Unmet 分 of all leaves together; beyond it a flow would leave 64 bits."""


BLOCK = 2**17
"""Edges looked at together, so that what is made of them stays in the processor's cache."""
SMALL = 2**20
"""Values below this are told apart by a table."""
SPREAD = 2_654_435_761
"""An odd factor that scatters numbers; always the same way."""


@dataclass(frozen=True, slots=True, eq=False)
class CoverageNetwork:
    """Funds, their shared caps and the leaf cells that they may serve.

    A *node* is a fund (fed by the source) or a cap that one fund shares over several leaves (fed by that fund or by a
    wider cap). An edge says that a node admits a leaf; cap 0 means that the mandate admits it and the terms let nothing
    through.

    unmet: 分 by leaf, ≥ 0; leaves stand in the order of their cell ids, which breaks ties.
    fed_by: by node, the node above it, or SOURCE; a node stands after the one that feeds it.
    size: by node, the most it passes on, 分 ≥ 0; UNLIMITED; for a fund also NOT_STATED.
    node, leaf, cap: by edge, sorted by (node, leaf), each pair once; cap in 分 ≥ 0.
    """

    unmet: Ints
    fed_by: Ints
    size: Ints
    node: Ints
    leaf: Ints
    cap: Ints

    def __post_init__(self) -> None:
        nodes, leaves = len(self.size), len(self.unmet)
        if len(self.fed_by) != nodes or not len(self.node) == len(self.leaf) == len(self.cap):
            raise InvalidInput("The columns of a coverage network differ in length; give one value a node and an edge.")
        if np.any(self.fed_by < SOURCE) or np.any(self.fed_by >= np.arange(nodes)):
            raise InvalidInput("A node must be fed by the source or by a node before it.")
        if np.any(self.size < np.where(self.fed_by == SOURCE, NOT_STATED, 0)):
            raise InvalidInput("A size is negative; an over-invested fund has 0 to give.")
        if np.any(self.unmet < 0) or np.any(self.cap < 0):
            raise InvalidInput("An unmet amount or a cap is negative; amounts are 分 from 0 on.")
        if len(self.node):
            if min(self.node.min(), self.leaf.min()) < 0 or self.node.max() >= nodes or self.leaf.max() >= leaves:
                raise InvalidInput("An edge names a node or a leaf that the network does not have.")
            follows = (self.node[1:] > self.node[:-1]) | (
                (self.node[1:] == self.node[:-1]) & (self.leaf[1:] > self.leaf[:-1])
            )
            if not follows.all():
                raise InvalidInput("Edges must be sorted by (node, leaf), each pair once.")
        most = len(self.unmet) * int(self.unmet.max(initial=0))
        if most > LARGEST_TOTAL and sum(self.unmet.tolist()) > LARGEST_TOTAL:
            raise LimitExceeded(
                f"The unmet needs together exceed {LARGEST_TOTAL} 分; ask for fewer needs at once, or check their amounts."
            )

    @classmethod
    def of(
        cls,
        unmet: Iterable[int],
        funds: Iterable[int | None],
        edges: Iterable[tuple[int, int, int]],
        shared: Iterable[tuple[int, int]] = (),
    ) -> CoverageNetwork:
        """The network of these values.

        funds: the size of each, None = not stated. shared: (node above, cap), numbered after the funds.
        edges: (node, leaf, cap) in any order.
        """
        sizes = [NOT_STATED if size is None else size for size in funds]
        caps = list(shared)
        rows = sorted(edges)
        try:
            return cls(
                unmet=np.fromiter(unmet, np.int64),
                fed_by=np.array([SOURCE] * len(sizes) + [above for above, _ in caps], np.int64),
                size=np.array(sizes + [cap for _, cap in caps], np.int64),
                node=np.array([row[0] for row in rows], np.int64),
                leaf=np.array([row[1] for row in rows], np.int64),
                cap=np.array([row[2] for row in rows], np.int64),
            )
        except OverflowError as error:
            raise LimitExceeded("An amount exceeds 64 bits of 分; check its unit.") from error

    def sized(self, size_not_stated: int) -> CoverageNetwork:
        """This network with every size that is not stated set to the given one."""
        found = copy(self)
        # The other columns have been looked through already.
        object.__setattr__(found, "size", np.where(self.size == NOT_STATED, size_not_stated, self.size))
        return found

    @property
    def fund(self) -> Ints:
        """The fund at the root of each node."""
        root = np.where(self.fed_by == SOURCE, np.arange(len(self.size)), self.fed_by)
        while np.any((above := self.fed_by[root]) != SOURCE):
            root = np.where(above == SOURCE, root, above)
        return root

    def levels(self) -> list[Ints]:
        """The nodes that another feeds, by how far below the source they are, from the highest."""
        found = []
        below = np.flatnonzero(self.fed_by != SOURCE)
        placed = self.fed_by == SOURCE
        while len(below):
            ready = placed[self.fed_by[below]]
            found.append(below[ready])
            placed[below[ready]] = True
            below = below[~ready]
        return found

    def with_those_above(self, nodes: Ints) -> Ints:
        """These nodes and all that feed them, in order."""
        is_there = np.zeros(len(self.size), np.bool_)
        while len(nodes):
            is_there[nodes] = True
            above = self.fed_by[nodes]
            nodes = above[(above != SOURCE) & ~is_there[above]]
        return np.flatnonzero(is_there)

    def clipped(self) -> tuple[Ints, Ints]:
        """(size, cap) lowered to what can ever flow; the maximum flow is the same, and every sum fits 64 bits."""
        cap = self.clipped_caps()
        return self.clipped_sizes(cap), cap

    def clipped_caps(self) -> Ints:
        """By edge, its cap lowered to what its leaf lacks; the caps themselves where that lowers none."""
        found = self.cap
        for start in range(0, len(found), BLOCK):
            part = slice(start, start + BLOCK)
            lacking = self.unmet[self.leaf[part]]
            if (self.cap[part] > lacking).any():
                found = self.cap.copy() if found is self.cap else found
                np.minimum(self.cap[part], lacking, out=found[part])
        return found

    def clipped_sizes(self, cap: Ints) -> Ints:
        """By node, its size lowered to what can ever flow, with caps that are so already."""
        total = int(self.unmet.sum())
        wanted = by_run(cap, np.searchsorted(self.node, np.arange(len(self.size) + 1)))
        size = np.minimum(self.size, wanted)
        for nodes in reversed(self.levels()):
            # Sums over the nodes below one are no more than those over all edges, which `wanted` holds already.
            size[nodes] = np.minimum(self.size[nodes], np.minimum(wanted[nodes], total))
            np.add.at(wanted, self.fed_by[nodes], size[nodes])
        roots = self.fed_by == SOURCE
        size[roots] = np.minimum(self.size[roots], np.minimum(wanted[roots], total))
        return size


@dataclass(frozen=True, eq=False)
class LeafEdges:
    """The edges of a network by leaf: those into leaf l are order[start[l] : start[l + 1]]. Sorted when first asked for."""

    network: CoverageNetwork

    @classmethod
    def of(cls, network: CoverageNetwork) -> LeafEdges:
        """The edges of a network by leaf."""
        return cls(network)

    @cached_property
    def order(self) -> Ints:
        """The edges, by leaf."""
        return np.argsort(self.network.leaf, kind="stable")

    @cached_property
    def start(self) -> Ints:
        """Where those of each leaf begin."""
        counts = np.bincount(self.network.leaf, minlength=len(self.network.unmet))
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def into(self, leaves: Ints) -> Ints:
        """The edges into some leaves, one leaf after the other."""
        return self.order[spans(self.start, leaves)]


def by_run(amount: Ints, bound: Ints) -> Ints:
    """The sum of amounts from each bound to the next."""
    total, some = np.zeros(len(bound) - 1, np.int64), np.flatnonzero(np.diff(bound))
    if len(some):
        total[some] = np.add.reduceat(amount, bound[some])
    return total


def spans(start: Ints, rows: Ints) -> Ints:
    """The positions start[r] … start[r + 1] - 1 of all rows, one after the other."""
    first, count = start[rows], start[rows + 1] - start[rows]
    offset = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    return np.asarray(offset + np.arange(len(offset)), np.int64)


def one_of_each(values: Ints) -> Ints:
    """The places of one of each different value, from 0 on. Cost: one pass where values are small, else a few."""
    if int(values.max(initial=0)) < SMALL:
        last = np.full(int(values.max(initial=0)) + 1, -1)
        last[values] = np.arange(len(values))
        return np.asarray(last[last >= 0], np.int64)
    found, left, bits = [], np.arange(len(values)), 8
    while len(left):
        # The high bits of a product with this odd number depend on all bits of the other factor. Of the values that are scattered to one
        # slot one is left there: all like it are done.
        scattered = values[left].astype(np.uint64) * np.uint64(11_400_714_819_323_198_485)
        slot = (scattered >> np.uint64(64 - bits)).astype(np.int64)
        last = np.full(1 << bits, -1)
        last[slot] = left
        found.append(last[last >= 0])
        left = left[values[left] != values[last[slot]]]
        bits = min(bits + 4, 30)
    return np.concatenate([np.zeros(0, np.int64), *found])
