"""One step over every relation at once: the neighbours of many records, by reference fields and by links, walked either way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graph.ontology import KindSpec, Relation
from graph.snapshot_ids import KIND_SHIFT
from graph.view import View

NOT_WALKED: Final = frozenset({"SameAs", "PossiblySameAs"})
"""Links that say what a record is, not whom it knows."""


@dataclass(frozen=True, slots=True)
class RelationStep:
    """A relation between two records of a path: its type, whether it is walked along its direction, and its link (-1: a field)."""

    relation: str
    forward: bool
    link: int


@dataclass(frozen=True)
class Edges:
    """Steps from `near` to `far`: row i is over `kinds[of[i]]`, with the link `link[i]` where it is one."""

    near: npt.NDArray[np.int64]
    far: npt.NDArray[np.int64]
    link: npt.NDArray[np.int64]
    of: npt.NDArray[np.int64]
    kinds: tuple[tuple[str, bool], ...]

    @classmethod
    def joined(cls, parts: Sequence[Edges]) -> Edges:
        """All the steps of the parts."""
        kinds = tuple(dict.fromkeys(kind for part in parts for kind in part.kinds))
        place = {kind: number for number, kind in enumerate(kinds)}
        empty = np.empty(0, np.int64)
        renumbered = [np.array([place[kind] for kind in part.kinds], np.int64)[part.of] for part in parts if part.kinds]
        return cls(
            np.concatenate([empty, *(part.near for part in parts)]),
            np.concatenate([empty, *(part.far for part in parts)]),
            np.concatenate([empty, *(part.link for part in parts)]),
            np.concatenate([empty, *renumbered]),
            kinds,
        )

    def between(self, view: View, source: int, target: int) -> tuple[RelationStep, ...]:
        """Every relation that joins the two, each once, as walked from source to target; parallel links by their ids."""
        found: set[RelationStep] = set()
        for near, far, turned in ((source, target, False), (target, source, True)):
            for row in np.flatnonzero((self.near == near) & (self.far == far)).tolist():
                relation, forward = self.kinds[int(self.of[row])]
                found.add(RelationStep(relation, forward != turned, int(self.link[row])))
        names = {step.link: "" if step.link < 0 else view.id_of(step.link) for step in found}
        return tuple(sorted(found, key=lambda step: (step.relation, not step.forward, names[step.link])))


def neighbours(view: View, handles: npt.NDArray[np.int64], links: frozenset[str] | None) -> Edges:
    """The steps from these records; `links` names the only links to walk (None: all). Cost: linear in what is found."""
    parts: list[Edges] = []
    codes = handles >> KIND_SHIFT
    for code in np.unique(codes).tolist():
        mine = handles[codes == code]
        kind = view.kind_of(int(mine[0]))
        for relation in view.ontology.relations:
            if relation.kind in NOT_WALKED or relation.field.name == "marking_owner":
                continue
            if relation.is_link:
                if links is None or relation.kind in links:
                    parts += _over_link(view, kind, mine, relation)
            else:
                parts += _over_field(view, kind, mine, relation)
    return Edges.joined(parts)


def of_kinds(view: View, handles: npt.NDArray[np.int64], names: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Whether each record is of one of these kinds."""
    codes, places = np.unique(handles >> KIND_SHIFT, return_inverse=True)
    good = np.array([view.kind_of(int(code) << KIND_SHIFT).name in names for code in codes.tolist()], bool)
    return good[places] if handles.size else np.zeros(0, bool)


def _over_field(view: View, kind: KindSpec, handles: npt.NDArray[np.int64], relation: Relation) -> list[Edges]:
    parts: list[Edges] = []
    name = relation.field.name
    if relation.kind == kind.name:
        far = view.refs(handles, name)
        parts.append(_edges(handles, far, np.full(far.size, -1), relation.name, True))
    if kind.name in relation.targets:
        places, holders = view.expand(relation.kind, name, handles)
        parts.append(_edges(handles[places], holders, np.full(holders.size, -1), relation.name, False))
    return [part for part in parts if part.near.size]


def _over_link(view: View, kind: KindSpec, handles: npt.NDArray[np.int64], relation: Relation) -> list[Edges]:
    if kind.name not in relation.targets or relation.field.name not in ("source", "target"):
        return []
    forward = relation.field.name == "source"
    places, found = view.expand(relation.kind, relation.field.name, handles)
    far = view.refs(found, "target" if forward else "source")
    part = _edges(handles[places], far, found, relation.name, forward)
    return [part] if part.near.size else []


def _edges(
    near: npt.NDArray[np.int64], far: npt.NDArray[np.int64], link: npt.NDArray[np.int64], relation: str, forward: bool
) -> Edges:
    kept = (far >= 0) & (far != near)
    return Edges(near[kept], far[kept], link[kept], np.zeros(int(kept.sum()), np.int64), ((relation, forward),))
