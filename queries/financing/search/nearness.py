"""How few links lead from a firm to one that a word can end at: what a long chain need not follow, because it could not arrive in time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graph.snapshot_ids import NUMBER_MASK
from graph.view import View
from queries.derived import once
from queries.financing.spines import Held, Linked
from queries.ratios import Ints

FIRM: Final = "Enterprise"
FAR: Final = 127
"""Farther than any chain."""

Links = np.ndarray[Any, np.dtype[np.int8]]


def nearness(view: View, along: Linked, toward: Held, most: int) -> Links:
    """By number of the firm, the fewest links `along` which it reaches a node that `toward` starts from: 0 to `most`, else FAR.

    Made once a view: one pass back over the links, a tier at a time.
    """
    return once(view, (nearness, along, toward, most), lambda: _measured(view, along, toward, most))


def _measured(view: View, along: Linked, toward: Held, most: int) -> Links:
    ends = np.unique(view.refs(view.handles(toward.kind), toward.field))
    frontier = ends[ends >= 0]
    firms = view.handles(FIRM)
    found = np.full(int((firms & NUMBER_MASK).max(initial=-1)) + 1, FAR, np.int8)
    for links in range(most + 1):
        found[frontier & NUMBER_MASK] = links
        if links == most or not len(frontier):
            break
        behind = np.unique(view.refs(view.expand(along.kind, along.far, frontier)[1], along.near))
        frontier = behind[found[behind & NUMBER_MASK] == FAR]
    return found


def within(near: Links, handles: Ints, links: int) -> np.ndarray:
    """Which firms arrive within so many links."""
    return np.asarray(near[handles & NUMBER_MASK] <= links)
