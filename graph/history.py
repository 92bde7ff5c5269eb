"""A record through time: what it was in each period, as the view's moment of knowledge has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from graph.evidence import StatementView
from graph.records import Record
from graph.snapshot_columns import NO_DAY, Ints, Numbers
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.snapshot_table import EPOCH_ORDINAL, FIRST
from graph.view import LAST_AS_OF, View

OPEN_END: Final = LAST_AS_OF + 1


@dataclass(frozen=True)
class Version:
    """A period in which a record is in force, complete, and says the same.

    From `since` (None: from the beginning) to before `until` (None: open). `statements` are those of its first day.
    """

    handle: int
    record: Record
    since: date | None
    until: date | None
    statements: tuple[StatementView, ...]


def versions(view: View, handle: int) -> list[Version]:
    """The periods of a record, earliest first; empty when it never is in force and complete.

    Who is one record with whom is as the view has it. Cost: one resolution of the record for each day on which anything about it
    begins or ends.
    """
    kind = view.kind_of(handle)
    numbers = view.identity.members(handle)
    found: list[Version] = []
    days = _boundaries(view, kind.name, numbers)
    for day, following in pairwise([*days, OPEN_END]):
        then = view.only(kind.name, np.array([handle & NUMBER_MASK], np.int32), date.fromordinal(day + EPOCH_ORDINAL))
        if not then.kind_view(kind.name).own[handle & NUMBER_MASK]:
            continue
        record, since, until = then.record(handle), _date(day), _date(following)
        if found and found[-1].until == since and found[-1].record == record:
            found[-1] = Version(handle, record, found[-1].since, until, found[-1].statements)
        else:
            found.append(Version(handle, record, since, until, tuple(then.statements(handle))))
    return found


def ever_held(view: View, kind: str, field: str, target: int) -> Ints:
    """The records of `kind` whose `field` refers to `target` in any of their versions known to the view, in id order.

    More than refer to it at any one time: ask each version.
    """
    adjacency = view.snapshot.edges.get((kind, field, target >> KIND_SHIFT))
    if adjacency is None:
        return np.empty(0, np.int64)
    code = view.snapshot.codes[kind]
    canon = view.identity.canon(code)
    numbers = adjacency.expand(view.identity.members(target))[1]
    numbers = np.unique(numbers if canon is None else canon[numbers])
    return numbers[np.argsort(view.order(code).rank[numbers])].astype(np.int64) | (code << KIND_SHIFT)


def _boundaries(view: View, kind: str, numbers: npt.NDArray[np.integer]) -> list[int]:
    """The days on which a statement of these ids begins or ends to contribute, ascending."""
    table = view.snapshot.tables[kind]
    rows = table.rows_of(numbers)
    known = (table.load_from[rows] <= view.seq) & (view.seq < table.load_to[rows]) & ~table.retracted[rows]
    rows = rows[known]
    valid_to = table.columns["valid_to"]
    assert isinstance(valid_to, Numbers)
    ends = valid_to.take(rows).astype(np.int64)
    days = np.concatenate([table.valid_from[rows], table.until[rows], ends[ends != NO_DAY]]).astype(np.int64)
    return [int(day) for day in np.unique(days) if day < OPEN_END]


def _date(day: int) -> date | None:
    return None if day in (FIRST, OPEN_END) else date.fromordinal(day + EPOCH_ORDINAL)
