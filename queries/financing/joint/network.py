"""When a programme is a flow: its limits fall into two families, one on the source's side and one on the need's, each a tree.

A limit that draws the same of each of its paths is an arc of ⌊headroom / draw⌋. Two limits cross where they share paths and neither
holds all of the other's; crossing ones must stand on different sides. Where that can be arranged, the money runs source → large limits →
small ones → path → small limits → large ones → sink, and whole amounts are found exactly.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from queries.financing.joint.programme import Programme

SOURCE: Final = 0
SINK: Final = 1
FIRST: Final = 2
"""Vertex of the first row."""


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs of a flow: first one for each of `rows` (by place in the programme), then one for each path.

    `tail`, `head`, `capacity` by arc. `own` by path: the rows that only it draws on, the nearest to the source first.
    """

    vertices: int
    rows: tuple[int, ...]
    tail: tuple[int, ...]
    head: tuple[int, ...]
    capacity: tuple[int, ...]
    own: tuple[tuple[int, ...], ...]


def network_of(programme: Programme) -> Network | None:
    """The flow network of a programme; None where it is no pure flow. Least amounts are not part of it.

    Cost: the pairs of rows that a path draws on, over all paths.
    """
    shared: list[int] = []
    own: list[list[int]] = [[] for _ in range(programme.size)]
    for place, row in enumerate(programme.rows):
        if len(row.draws) == 1:
            (path,) = row.draws
            own[path].append(place)
        elif not _is_slack(programme, place):
            if row.uniform is None:
                return None
            shared.append(place)
    sides, left_out = _two_sides(programme, shared)
    if left_out:
        return None
    vertex = {place: number for number, place in enumerate(shared, FIRST)}
    tail, head = [SOURCE] * len(shared), [SINK] * len(shared)
    near, far = [SOURCE] * programme.size, [SINK] * programme.size
    # From the largest to the smallest: each hangs on the last one that held the same paths.
    for place in sorted(shared, key=lambda one: _by_size(programme, one, sides[one])):
        row, number = programme.rows[place], vertex[place]
        ends = near if sides[place] else far
        above = ends[next(iter(row.draws))]
        if sides[place]:
            tail[number - FIRST], head[number - FIRST] = above, number
        else:
            tail[number - FIRST], head[number - FIRST] = number, above
        for path in row.draws:
            ends[path] = number
    capacity = [programme.rows[place].admits(next(iter(programme.rows[place].draws))) for place in shared]
    ranks = [row.rank for row in programme.rows]
    return Network(
        len(shared) + FIRST,
        tuple(shared),
        (*tail, *near),
        (*head, *far),
        (*capacity, *(_own_capacity(programme, path, places) for path, places in enumerate(own))),
        tuple(tuple(sorted(places, key=lambda one: (-ranks[one], one))) for places in own),
    )


def _is_slack(programme: Programme, place: int) -> bool:
    """Whether a row has room for one more 分 whatever the paths bring within the others: it decides nothing."""
    row, caps = programme.rows[place], programme.caps
    used = row.used(caps) if row.uniform is None else row.uniform * sum(caps[path] for path in row.draws)
    return used + row.most_drawn <= row.headroom


def _own_capacity(programme: Programme, path: int, own: list[int]) -> int:
    """What a path's own rows admit; where a shared one admits less, just more than that, so that the shared one stops it."""
    cap = programme.caps[path]
    if cap == 0 and programme.minimum(path) > 0:
        return 0
    return min((cap + 1, *(programme.rows[place].admits(path) for place in own)))


def _by_size(programme: Programme, place: int, near: bool) -> tuple[int, int, int]:
    row = programme.rows[place]
    # Of limits on the same paths the one of higher rank stands nearer to the source: above on its side, below on the other.
    return -len(row.draws), -row.rank if near else row.rank, place


def crossing_rows(programme: Programme) -> frozenset[int]:
    """Rows without which the others fall into two families; those that draw differently of their paths must not be among them."""
    shared = [place for place, row in enumerate(programme.rows) if len(row.draws) > 1]
    return frozenset(_two_sides(programme, shared)[1])


def _two_sides(programme: Programme, shared: list[int]) -> tuple[dict[int, bool], set[int]]:
    """For each row whether it stands on the source's side, and the rows that then cross another of their side and are left out."""
    of_path: list[list[int]] = [[] for _ in range(programme.size)]
    for place in shared:
        for path in programme.rows[place].draws:
            of_path[path].append(place)
    common = Counter(pair for places in of_path for pair in combinations(places, 2))
    crossing: dict[int, list[int]] = {place: [] for place in shared}
    for (one, other), both in common.items():
        if both < min(len(programme.rows[one].draws), len(programme.rows[other].draws)):
            crossing[one].append(other)
            crossing[other].append(one)
    sides: dict[int, bool] = {}
    left_out: set[int] = set()
    for start in sorted(shared, key=lambda place: (-programme.rows[place].rank, place)):
        if start in sides:
            continue
        sides[start] = bool(crossing[start]) or programme.rows[start].rank > 0
        waiting = deque([start])
        while waiting:
            one = waiting.popleft()
            if one in left_out:
                continue
            for other in sorted(crossing[one]):
                if other not in sides:
                    sides[other] = not sides[one]
                    waiting.append(other)
                elif sides[other] == sides[one]:
                    left_out.add(other)
    return sides, left_out
