"""One step over every relation at once: the neighbours of many records, by reference fields and by links, walked either way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graph.ontology import Relation
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

    def only(self, kept: npt.NDArray[np.bool_]) -> Edges:
        """Those of the steps that the mask keeps."""
        return Edges(self.near[kept], self.far[kept], self.link[kept], self.of[kept], self.kinds)

    def between(self, view: View, source: int, target: int) -> tuple[RelationStep, ...]:
        """Every relation that joins the two, each once, as walked from source to target; parallel links by their ids."""
        found: set[RelationStep] = set()
        for near, far, turned in ((source, target, False), (target, source, True)):
            for row in np.flatnonzero((self.near == near) & (self.far == far)).tolist():
                relation, forward = self.kinds[int(self.of[row])]
                found.add(RelationStep(relation, forward != turned, int(self.link[row])))
        names = {step.link: "" if step.link < 0 else view.id_of(step.link) for step in found}
        return tuple(sorted(found, key=lambda step: (step.relation, not step.forward, names[step.link])))


class Walk:
    """Steps in one view; `links` names the only links to walk (None: all)."""

    def __init__(self, view: View, links: frozenset[str] | None = None) -> None:
        self.view = view
        self._relations = [
            relation
            for relation in view.ontology.relations
            if relation.kind not in NOT_WALKED
            and relation.field.name != "marking_owner"
            and not (relation.is_link and links is not None and relation.kind not in links)
        ]

    def steps(self, handles: npt.NDArray[np.int64]) -> Edges:
        """The steps from these records. Cost: linear in what is found."""
        parts: list[Edges] = []
        codes = handles >> KIND_SHIFT
        for code in np.unique(codes).tolist():
            mine = handles[codes == code]
            kind = self.view.kind_of(int(mine[0]))
            for relation in self._relations:
                if relation.kind == kind.name and not relation.is_link:
                    parts += _over_field(self.view, mine, relation)
                # Most kinds are referred to by few fields; to look is cheaper than to ask each.
                if (
                    kind.name in relation.targets
                    and (relation.kind, relation.field.name, code) in self.view.snapshot.edges
                ):
                    parts += _back_over(self.view, mine, relation)
        return Edges.joined(parts)


def _over_field(view: View, handles: npt.NDArray[np.int64], relation: Relation) -> list[Edges]:
    far = view.refs(handles, relation.field.name)
    part = _edges(handles, far, np.full(far.size, -1), relation.name, True)
    return [part] if part.near.size else []


def _back_over(view: View, handles: npt.NDArray[np.int64], relation: Relation) -> list[Edges]:
    """The steps to those that refer to these records: over a link, to its other end."""
    name = relation.field.name
    if relation.is_link and name not in ("source", "target"):
        return []
    places, holders = view.expand(relation.kind, name, handles)
    if not relation.is_link:
        part = _edges(handles[places], holders, np.full(holders.size, -1), relation.name, False)
    else:
        far = view.refs(holders, "target" if name == "source" else "source")
        part = _edges(handles[places], far, holders, relation.name, name == "source")
    return [part] if part.near.size else []


def _edges(
    near: npt.NDArray[np.int64], far: npt.NDArray[np.int64], link: npt.NDArray[np.int64], relation: str, forward: bool
) -> Edges:
    kept = (far >= 0) & (far != near)
    return Edges(near[kept], far[kept], link[kept], np.zeros(int(kept.sum()), np.int64), ((relation, forward),))
