"""The trees of regions and of industries: what lies below what, and how far something is rolled up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graph.kinds.places import IndustryLevel, RegionLevel
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.coverage.network import Ints

NOWHERE = -1
RANKS: dict[IndustryLevel | RegionLevel, int] = {
    IndustryLevel.SECTION: 0,
    IndustryLevel.DIVISION: 1,
    IndustryLevel.GROUP: 2,
    IndustryLevel.CLASS: 3,
    RegionLevel.PROVINCE: 0,
    RegionLevel.CLUSTER: 1,
    RegionLevel.CITY: 2,
    RegionLevel.COUNTY: 3,
    RegionLevel.ZONE: 4,
    RegionLevel.DISTRICT: 4,
    RegionLevel.PARK: 5,
}
"""How fine a level is; zones, parks and business districts lie across or below counties, clusters of cities above them."""


@dataclass(eq=False)
class Tree:
    """Industries or regions with their parents. A loop of parents is cut where it closes."""

    parent: dict[int, int]
    rank: dict[int, int]
    _paths: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, view: View, kind: str) -> Tree:
        """The tree of all Industry or Region records of a view."""
        handles = view.handles(kind)
        levels = list(IndustryLevel if kind == "Industry" else RegionLevel)
        rank = {
            handle: RANKS[levels[level]]
            for handle, level in zip(handles.tolist(), view.ints(handles, "level").tolist(), strict=True)
            if level != NOT_STATED
        }
        return cls(dict(zip(handles.tolist(), view.refs(handles, "parent").tolist(), strict=True)), rank)

    def path(self, handle: int) -> tuple[int, ...]:
        """It and all above it, from itself up; empty for NOWHERE."""
        if handle not in self._paths:
            found: list[int] = []
            at = handle
            while at != NOWHERE and at not in found:
                found.append(at)
                at = self.parent.get(at, NOWHERE)
            self._paths[handle] = tuple(found)
        return self._paths[handle]

    def rolled_up(self, handle: int, level: IndustryLevel | RegionLevel) -> int:
        """The broadest of it and what lies above it that is no broader than `level`; itself, where it is broader already.

        So a zone that belongs to no county stands beside the counties, and what is only known to be in the city beside
        both. Levels that are not stated are passed over.
        """
        found = handle
        for above in self.path(handle):
            rank = self.rank.get(above)
            if rank is not None and rank < RANKS[level]:
                break
            if rank is not None:
                found = above
        return found


def rolled_up(tree: Tree, handles: Ints, level: IndustryLevel | RegionLevel) -> Ints:
    """Each of many handles rolled up."""
    distinct, place = np.unique(handles, return_inverse=True)
    return np.array([tree.rolled_up(handle, level) for handle in distinct.tolist()], np.int64)[place]
