"""How two records hang together: the simple paths between them over every relation, shortest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import networkx as nx
import numpy as np
import numpy.typing as npt

from graph.errors import InvalidInput, LimitExceeded
from graph.view import View
from queries.completeness import Budget, Completeness, Meter
from queries.hub_kinds import HUB_KINDS
from queries.relation_steps import Edges, RelationStep, neighbours, of_kinds

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
    Searched from both ends until the two halves meet; what cannot lie on a short enough path is then left out, and the rest, a
    small graph, is enumerated. Cost: the links of the records within half of `max_steps` of either end.
    """
    _check("first", first, MAX_PATHS)
    _check("maxSteps", max_steps, MAX_STEPS)
    ends = (view.require(source, "Node"), view.require(target, "Node"))
    if ends[0] == ends[1]:
        raise InvalidInput(f"from and to are one record, {view.id_of(ends[0])}; give two")
    nodes, links = _allowed(view, through)
    meter = Meter(budget or Budget())
    found = _halves(view, ends, max_steps, nodes, links, meter)
    graph = _between(view, found, ends, max_steps, nodes)
    paths = tuple(_path(view, sequence, found) for sequence in _enumerated(view, graph, ends, first, max_steps, meter))
    return ConnectionPaths(paths, meter.answer(max_steps), HUB_KINDS)


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


def _halves(
    view: View,
    ends: tuple[int, int],
    max_steps: int,
    nodes: frozenset[str],
    links: frozenset[str] | None,
    meter: Meter,
) -> Edges:
    """Every relation met from either end until the two searches have gone `max_steps` deep together."""
    frontiers = [np.array([end], np.int64) for end in ends]
    seen = [frontier.copy() for frontier in frontiers]
    gathered: list[Edges] = []
    for depth in range(1, max_steps + 1):
        side = 0 if frontiers[0].size <= frontiers[1].size else 1
        frontier = frontiers[side]
        if not frontier.size:
            break
        frontier = frontier[: meter.take(frontier.size, depth)]
        edges = neighbours(view, frontier, links)
        gathered.append(edges)
        fresh = np.setdiff1d(edges.far, seen[side])
        seen[side] = np.union1d(seen[side], fresh)
        frontiers[side] = _by_id(view, fresh[of_kinds(view, fresh, nodes)])
    return Edges.joined(gathered)


def _by_id(view: View, handles: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    ids = view.ids_of(handles)
    return handles[sorted(range(handles.size), key=ids.__getitem__)]


def _between(view: View, found: Edges, ends: tuple[int, int], max_steps: int, nodes: frozenset[str]) -> nx.Graph[int]:
    """The graph of all records that may lie on a path of at most `max_steps` steps between the ends."""
    handles, places = np.unique(np.concatenate([found.near, found.far, np.array(ends)]), return_inverse=True)
    near, far = places[: found.near.size], places[found.near.size : -2]
    distances = [_distances(handles.size, near, far, int(place), max_steps) for place in places[-2:]]
    good = (distances[0] + distances[1] <= max_steps) & (of_kinds(view, handles, nodes) | np.isin(handles, ends))
    kept = good[near] & good[far]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(ends)
    graph.add_edges_from(zip(found.near[kept].tolist(), found.far[kept].tolist(), strict=True))
    return graph


def _distances(
    size: int, near: npt.NDArray[np.intp], far: npt.NDArray[np.intp], start: int, steps: int
) -> npt.NDArray[np.int64]:
    distance = np.full(size, steps + 1, np.int64)
    distance[start] = 0
    for _ in range(steps):
        before = distance.copy()
        np.minimum.at(distance, far, before[near] + 1)
        np.minimum.at(distance, near, before[far] + 1)
        if (distance == before).all():
            break
    return distance


def _enumerated(
    view: View, graph: nx.Graph[int], ends: tuple[int, int], first: int, max_steps: int, meter: Meter
) -> Iterator[tuple[int, ...]]:
    """The simple paths by length, then by ids; an expansion is one record looked at once more."""
    left = nx.single_source_shortest_path_length(graph, ends[1])
    if ends[0] not in left:
        return
    ids = dict(zip(graph, view.ids_of(np.fromiter(graph, np.int64, len(graph))), strict=True))
    order = {node: sorted(graph[node], key=ids.__getitem__) for node in graph}
    count = 0
    for length in range(left[ends[0]], max_steps + 1):
        stack: list[tuple[int, ...]] = [(ends[0],)]
        while stack:
            path = stack.pop()
            if path[-1] == ends[1]:
                yield path
                count += 1
                if count == first:
                    return
                continue
            if not meter.take(1, length):
                return
            remaining = length - len(path)
            stack.extend(
                (*path, node)
                for node in reversed(order[path[-1]])
                if node not in path and left.get(node, length + 1) <= remaining and (node != ends[1] or remaining == 0)
            )


def _path(view: View, nodes: tuple[int, ...], found: Edges) -> ConnectionPath:
    steps = (ConnectionStep(source, target, found.between(view, source, target)) for source, target in pairwise(nodes))
    return ConnectionPath(nodes, tuple(steps))
