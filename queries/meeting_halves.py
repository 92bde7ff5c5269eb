"""The paths between two records of one length after another: what lies near either end, layer by layer, where the two meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graph.view import View
from queries.columns import among, of_kinds
from queries.completeness import Meter
from queries.relation_steps import Edges, Walk

Handles = npt.NDArray[np.int64]
Layer = tuple[Handles, Handles]
"""Steps from a record at one place of a path to one at the next: from, to."""


@dataclass
class Half:
    """What lies near one end: `levels[k]` the records in between that are k steps away, `steps[k]` the steps from them.

    Neither end stands in between, nor does a record whose kind is not among those let through.
    """

    end: int
    levels: list[Handles]
    steps: list[Edges] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many levels were walked from."""
        return len(self.steps)

    def reached(self) -> Handles:
        """Every record in between within `depth` steps, in order; the end alone while nothing was walked."""
        return np.sort(np.concatenate(self.levels[1:])) if self.depth else self.levels[0]

    def steps_within(self, place: int) -> Layer:
        """The steps from the records that may stand `place` steps from the end, on a path of any length."""
        found = self.steps[:1] if not place else self.steps[1 : place + 1]
        near, far = (np.concatenate([getattr(part, name) for part in found]) for name in ("near", "far"))
        return near, far


class Halves:
    """A search from both ends at once, a step further each time, on the side where there is less to look at."""

    def __init__(self, walk: Walk, ends: tuple[int, int], through: frozenset[str]) -> None:
        self.walk = walk
        self.ends = ends
        self.through = through
        self.sides = tuple(Half(end, [np.array([end], np.int64)]) for end in ends)

    @property
    def length(self) -> int:
        """How long the paths are that are known by now: all of them up to there."""
        return sum(half.depth for half in self.sides)

    def go_on(self, meter: Meter) -> bool:
        """Go one step further; False: the budget ends before."""
        half = min(self.sides, key=lambda one: one.levels[-1].size)
        frontier = half.levels[-1]
        granted = meter.take(frontier.size, self.length + 1)
        if granted < frontier.size:
            return False
        steps = self.walk.steps(frontier)
        half.steps.append(steps)
        # Neither end is walked through.
        known = np.sort(np.concatenate([*half.levels, np.array(self.ends, np.int64)]))
        fresh = _distinct(steps.far[~among(steps.far, known)])
        half.levels.append(fresh[of_kinds(self.walk.view, fresh, self.through)])
        return True

    def layers(self) -> list[Layer]:
        """The steps that paths of `length` steps may take at each place; none where there is no such path.

        Each step leads on to the end, though not always without coming back to a record.
        """
        source, target = self.sides
        meeting = target.reached()
        if source.depth and target.depth:
            meeting = meeting[among(meeting, source.reached())]
        needed, first_part = meeting, []
        for place in reversed(range(source.depth)):
            near, far = source.steps_within(place)
            first_part.append(_kept(near, far, among(far, needed)))
            needed = _distinct(first_part[-1][0])
        there = _distinct(first_part[0][1])
        second_part = []
        for place in reversed(range(target.depth)):
            near, far = target.steps_within(place)
            second_part.append(_kept(far, near, among(far, there)))
            there = _distinct(second_part[-1][1])
        layers = [*reversed(first_part), *second_part]
        needed = np.array([target.end], np.int64)
        for place in reversed(range(len(layers))):
            near, far = layers[place]
            layers[place] = _kept(near, far, among(far, needed))
            needed = _distinct(layers[place][0])
        return layers if needed.size else []

    def edges(self, nodes: Handles) -> Edges:
        """Every step found between these records."""
        known = np.unique(nodes)
        parts = [
            steps.only(among(steps.near, known) & among(steps.far, known))
            for half in self.sides
            for steps in half.steps
        ]
        return Edges.joined(parts)


def paths_through(view: View, layers: list[Layer], start: int, meter: Meter) -> Iterator[tuple[int, ...]]:
    """The simple paths that take one step of each layer, by the ids of their nodes; an expansion is one record looked at once more."""
    ordered = [(near[order], far[order]) for near, far in layers for order in [np.argsort(near, kind="stable")]]
    after: dict[tuple[int, int], list[int]] = {}

    def following(place: int, node: int) -> list[int]:
        if (place, node) not in after:
            near, far = ordered[place]
            begin, end = np.searchsorted(near, [node, node + 1]).tolist()
            found = np.unique(far[begin:end])
            ids = view.ids_of(found)
            after[place, node] = [int(found[at]) for at in sorted(range(found.size), key=ids.__getitem__)]
        return after[place, node]

    stack: list[tuple[int, ...]] = [(start,)]
    while stack:
        path = stack.pop()
        place = len(path) - 1
        if place == len(layers):
            yield path
            continue
        if not meter.take(1, len(layers)):
            return
        stack.extend((*path, node) for node in reversed(following(place, path[-1])) if node not in path)


def _kept(near: Handles, far: Handles, kept: npt.NDArray[np.bool_]) -> Layer:
    return near[kept], far[kept]


def _distinct(values: Handles) -> Handles:
    """The values, each once, in order. To sort whole numbers takes less time than to hash them."""
    ordered = np.sort(values)
    fresh = np.ones(ordered.size, bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]
