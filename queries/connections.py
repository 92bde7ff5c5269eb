"""How two records hang together: the simple paths between them over every relation, shortest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

import numpy as np

from graph.errors import InvalidInput, LimitExceeded
from graph.view import View
from queries.completeness import Budget, Completeness, Meter
from queries.hub_kinds import HUB_KINDS
from queries.meeting_halves import Halves, paths_through
from queries.relation_steps import Edges, RelationStep, Walk

MAX_STEPS: Final = 8
MAX_PATHS: Final = 100


@dataclass(frozen=True, slots=True)
class ConnectionStep:
    """From one record to the next, with every relation that joins the two."""

    source: int
    target: int
    relations: tuple[RelationStep, ...]


@dataclass(frozen=True, slots=True)
class ConnectionPath:
    """A simple path: `nodes` from one end to the other, one step between each two."""

    nodes: tuple[int, ...]
    steps: tuple[ConnectionStep, ...]


@dataclass(frozen=True, slots=True)
class ConnectionPaths:
    """The paths, by length, then by the ids of their nodes; none: the two do not hang together within the steps asked for."""

    paths: tuple[ConnectionPath, ...]
    completeness: Completeness
    excluded_kinds: tuple[str, ...]


def connections(
    view: View,
    source: str,
    target: str,
    *,
    first: int = 10,
    max_steps: int = 6,
    through: Sequence[str] | None = None,
    budget: Budget | None = None,
) -> ConnectionPaths:
    """The first simple paths between two records over any relations, walked either way.

    Parameters
    ----------
    first, max_steps
        1 to `MAX_PATHS` paths of 1 to `MAX_STEPS` steps.
    through
        Names of the only node kinds that may stand in between, and, where link kinds are among them, of the only links that may
        be walked. None: every kind but `HUB_KINDS`, which never stand in between.

    Returns
    -------
    Paths in order of length, then of their nodes' ids. More than `first` paths is no cut; a spent budget is, and
    `completeness` says so.

    Raises
    ------
    NotFound, InvalidInput, LimitExceeded

    Notes
    -----
    Searched from both ends, a step further each time on the side with fewer records, and from each length on which the two halves
    meet the paths of just that length are enumerated, until there are enough. What cannot lie on a path of the length is left out
    before. Cost: the links of the records within half the length of the last path of either end.
    """
    _check("first", first, MAX_PATHS)
    _check("maxSteps", max_steps, MAX_STEPS)
    ends = (view.require(source, "Node"), view.require(target, "Node"))
    if ends[0] == ends[1]:
        raise InvalidInput(f"from and to are one record, {view.id_of(ends[0])}; give two")
    nodes, links = _allowed(view, through)
    meter = Meter(budget or Budget())
    halves = Halves(Walk(view, links), ends, nodes)
    paths = list(islice(_by_length(view, halves, ends[0], max_steps, meter), first))
    edges = halves.edges(np.array([node for path in paths for node in path], np.int64))
    found = tuple(_path(view, sequence, edges) for sequence in paths)
    return ConnectionPaths(found, meter.answer(max_steps), HUB_KINDS)


def _by_length(view: View, halves: Halves, start: int, max_steps: int, meter: Meter) -> Iterator[tuple[int, ...]]:
    """The simple paths by length, then by ids."""
    while halves.length < max_steps and halves.go_on(meter):
        layers = halves.layers()
        if layers:
            yield from paths_through(view, layers, start, meter)
        if meter.cut_at is not None:
            return


def _check(name: str, value: int, limit: int) -> None:
    if value < 1:
        raise InvalidInput(f"{name} {value} is below 1; give 1 to {limit}")
    if value > limit:
        raise LimitExceeded(f"{name} {value} is above {limit}, the service's limit; give at most {limit}")


def _allowed(view: View, through: Sequence[str] | None) -> tuple[frozenset[str], frozenset[str] | None]:
    kinds = view.ontology.kinds
    if through is None:
        return frozenset(kind.name for kind in view.ontology.nodes if kind.name not in HUB_KINDS), None
    unknown = [name for name in through if name not in kinds]
    if unknown:
        raise InvalidInput(f"through names {', '.join(unknown)}, which is no kind; see the ontology for kinds")
    hubs = [name for name in through if name in HUB_KINDS]
    if hubs:
        raise InvalidInput(f"through names {', '.join(hubs)}, which joins everything with everything; leave it out")
    links = frozenset(name for name in through if kinds[name].is_link)
    nodes = frozenset(through) - links
    if not nodes:
        nodes = frozenset(kind.name for kind in view.ontology.nodes if kind.name not in HUB_KINDS)
    return nodes, links or None


def _path(view: View, nodes: tuple[int, ...], found: Edges) -> ConnectionPath:
    steps = (ConnectionStep(source, target, found.between(view, source, target)) for source, target in pairwise(nodes))
    return ConnectionPath(nodes, tuple(steps))
