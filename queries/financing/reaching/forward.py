"""Where the way back of a step comes from: edges followed from the source's side towards the beneficiary, on columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from graph.view import View
from queries.columns import of_kinds
from queries.derived import once
from queries.financing.spines import Back, Held, Joined, Linked, Named
from queries.ratios import Ints

MANY: Final = 20_000
"""Of so many nodes what is looked up is kept with a view."""


def reversed_way(view: View, back: Back, farther: Ints, nearer: tuple[str, ...]) -> tuple[Ints, Ints, Ints]:
    """Where a way back comes from: for each pair the place of its farther node, its nearer one, and the link between (-1: a field).

    Of one node it is kept with the view: many words ask the same.
    """
    if len(farther) == 1:
        known = once(view, reversed_way, dict[tuple[Back, int, tuple[str, ...]], tuple[Ints, Ints, Ints]])
        key = (back, int(farther[0]), nearer)
        if key not in known:
            if len(known) > MANY:
                known.clear()
            known[key] = _looked_up(view, back, farther, nearer)
        return known[key]
    return _looked_up(view, back, farther, nearer)


def _looked_up(view: View, back: Back, farther: Ints, nearer: tuple[str, ...]) -> tuple[Ints, Ints, Ints]:
    match back:
        case Named(name):
            kinds = [kind for kind in nearer if name in view.ontology[kind].by_name]
            return _joined(view.expand(kind, name, farther) for kind in kinds)
        case Held(kind, name):
            found = np.full(len(farther), -1, np.int64)
            ours = of_kinds(view, farther, (kind,))
            found[ours] = view.refs(farther[ours], name)
            places = np.flatnonzero(found >= 0)
            return places, found[places], np.full(len(places), -1, np.int64)
        case Linked(kind, near, far):
            places, links = view.expand(kind, far, farther)
            ends = view.refs(links, near)
            return places[ends >= 0], ends[ends >= 0], links[ends >= 0]
        case Joined():
            raise TypeError("a joined step has no edges to follow")
    between = (back.first.kind,) if isinstance(back.first, Held) else _nodes_with(view, back.then)
    at, middle, _ = reversed_way(view, back.then, farther, between)
    places, found, over = reversed_way(view, back.first, middle, nearer)
    return at[places], found, over


def _nodes_with(view: View, back: Named | Held) -> tuple[str, ...]:
    return tuple(kind.name for kind in view.ontology.nodes if isinstance(back, Named) and back.field in kind.by_name)


def _joined(parts: Iterable[tuple[Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    found = list(parts)
    if not found:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing
    places, handles = (np.concatenate(part) for part in zip(*found, strict=True))
    return places, handles, np.full(len(handles), -1, np.int64)
