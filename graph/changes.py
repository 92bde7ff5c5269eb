"""What each load changed: the records of which it says something, in an order that never changes, and what became of each.

The log is the queue: whoever knows its place in it, reads on from there, also in another process or after a restart. A load is
judged on the day on which it was recorded, by the view that it makes and the one before it, so whenever and by whomever it is read
it comes to the same changes. Records of which a load says nothing have none, though it may bear on them: a link whose end is gone.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.knowledge import Knowledge
from graph.load_views import LoadViews, covered_kinds, touched_numbers
from graph.log import Load
from graph.same_as import SAME_AS
from graph.snapshot import Snapshot
from graph.snapshot_columns import Rows
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.snapshot_rows import distinct
from graph.snapshot_table import FIRST
from graph.view import View

PAGE: Final = 100
PATIENCE: Final = 0.05
"""Seconds after which a page ends before the next load: among loads that nobody asked for, none is ever full."""


class ChangeType(enum.Enum):
    """What became of a record by a load, on the day on which it was recorded."""

    ADDED = "新增 · It is there and was not"
    CHANGED = "变更 · It says something else"
    ENDED = "终止 · It holds no more"
    RETRACTED = "撤回 · Nothing is stated of it any more: it was a mistake, or its source was withdrawn"
    MERGED = "归并 · Its id has become another record's"
    STATED = "陈述 · Something was stated of it that changes nothing on the day: by another source, or of another time"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log: what loads before `seq` changed is behind it, and of load `seq` what comes up to `kind` and `id`.

    `id` as it was stated, also of a link that goes by another now.
    """

    seq: int
    kind: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a load changed of one record.

    `view` is the one that the load makes; `handle` names the record there, of a merged one what it has become; -1: it is gone.
    """

    seq: int
    recorded_at: datetime
    kind: str
    id: str
    type: ChangeType
    view: View
    handle: int
    position: Position
    """The place just behind it."""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes in order, and the place from which to read on. Empty: there is nothing up to there."""

    changes: tuple[Change, ...]
    reached: Position


class ChangeReader:
    """Reads changes out of what is known of a log. Safe to share between threads."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._views = LoadViews(knowledge, knowledge.snapshot)

    @property
    def seq(self) -> int:
        """The last load that can be read."""
        return self._knowledge.snapshot.seq

    @property
    def end(self) -> Position:
        """The place behind all that is known."""
        return Position(self.seq + 1)

    def page(
        self,
        after: Position,
        kinds: Collection[str] | None = None,
        ids: Collection[str] | None = None,
        *,
        limit: int = PAGE,
        patience: float = PATIENCE,
    ) -> ChangePage:
        """The changes after a place: of these kinds (by name), of the nodes with these ids, or those that these have become.

        By load, kind and id. At most `limit`, and no more loads once `patience` seconds have passed. Cost: a pass over the kind's rows
        for each load that covers it.

        Raises
        ------
        InvalidInput
            The place is none of this log.
        """
        views = self._views_of(self._knowledge.snapshot)
        snapshot, ends_at = views.snapshot, time.monotonic() + patience
        found: list[Change] = []
        place = after
        while place.seq <= snapshot.seq:
            load = snapshot.load(place.seq)
            for name in _names(snapshot, load, kinds):
                if name < place.kind:
                    continue
                past = place.id if name == place.kind else ""
                found += _OfKind(views, load, name).read(past, ids, limit - len(found))
                if len(found) == limit:
                    return ChangePage(tuple(found), found[-1].position)
            place = Position(place.seq + 1)
            if time.monotonic() > ends_at:
                break
        return ChangePage(tuple(found), place)

    def _views_of(self, snapshot: Snapshot) -> LoadViews:
        views = self._views
        if views.snapshot is not snapshot:
            views = self._views = LoadViews(self._knowledge, snapshot)
        return views


def _names(snapshot: Snapshot, load: Load, kinds: Collection[str] | None) -> list[str]:
    """The kinds of which a load may say something, in order."""
    names = covered_kinds(snapshot, load)
    if SAME_AS in names:
        names |= {kind.name for kind in snapshot.ontology.nodes}
    return sorted(names if kinds is None else names.intersection(kinds))


class _OfKind:
    """What one load changed of one kind."""

    def __init__(self, views: LoadViews, load: Load, name: str) -> None:
        self._views = views
        self._load = load
        self._name = name
        self._snapshot = views.snapshot
        self._code = self._snapshot.codes[name]
        self._is_link = self._snapshot.ontology[name].is_link

    def read(self, past: str, ids: Collection[str] | None, limit: int) -> list[Change]:
        """The changes behind id `past`, at most so many."""
        key = (self._load.seq, self._name)
        whole = numbers = self._views.kept(key, self._ordered)
        if not numbers.size:
            return []
        if ids is not None:
            numbers = numbers[np.isin(numbers, self._numbers_of(ids))]
        if past:
            rank = self._after.order(self._code).rank
            numbers = numbers[rank[numbers] > rank[self._number_past(past)]]
        if numbers.size and whole.size <= PAGE:
            # Of a small load everybody asks the same.
            by_number = self._views.kept(("changes", *key), lambda: dict(self._changes(whole)))
            return [by_number[number] for number in numbers.tolist() if number in by_number][:limit]
        found: list[Change] = []
        while numbers.size and len(found) < limit:
            found += (change for _, change in self._changes(numbers[:limit]))
            numbers = numbers[limit:]
        return found[:limit]

    # Kept by the views and not here: before Python 3.12 a cached_property has one lock for all of its class, and two threads, one
    # with that lock and one with that of the views, would wait for each other.
    @property
    def _after(self) -> View:
        return self._views.after(self._load.seq)

    @property
    def _before(self) -> View:
        return self._views.before(self._load.seq)

    def _canon(self, view: View) -> Rows | None:
        return None if self._name == SAME_AS else view.identity.canon(self._code)

    def _ordered(self) -> Rows:
        """The numbers of the records that the load touched, in the order of their ids."""
        touched = _touched(self._snapshot, self._load.seq, self._name)
        if not touched.size:
            return touched
        canon, earlier = self._canon(self._after), self._canon(self._before)
        numbers = touched if canon is None else canon[touched]
        if not self._is_link:
            numbers = np.concatenate([numbers, touched if earlier is None else earlier[touched]])
        numbers = distinct(numbers)
        return numbers[np.argsort(self._after.order(self._code).rank[numbers])]

    def _numbers_of(self, ids: Collection[str]) -> list[int]:
        handles = {
            handle
            for identifier in ids
            for handle in (self._snapshot.handle(identifier), self._after.locate(identifier))
        }
        return [handle & NUMBER_MASK for handle in handles if handle >= 0 and handle >> KIND_SHIFT == self._code]

    def _number_past(self, past: str) -> int:
        handle = self._snapshot.handle(past)
        if handle < 0 or handle >> KIND_SHIFT != self._code:
            raise InvalidInput(
                f"the cursor is damaged: load {self._load.seq} changed no {self._name} {past[:80]!r}; "
                "begin again at a `logCursor`"
            )
        number = handle & NUMBER_MASK
        canon = self._canon(self._after) if self._is_link else None
        return number if canon is None else int(canon[number])

    def _changes(self, numbers: Rows) -> Iterator[tuple[int, Change]]:
        """The changes of these records, each with its number; a record that was not there and has become another has none."""
        canon, earlier = self._canon(self._after), self._canon(self._before)
        was_number = numbers if earlier is None else earlier[numbers]
        becomes = numbers if canon is None else canon[numbers]
        after = self._after.only(self._name, distinct(becomes))
        before = self._before.only(self._name, distinct(was_number))
        was = before.kind_view(self._name).in_force[was_number]
        if not self._is_link:
            was = was & (was_number == numbers)
        there = after.kind_view(self._name).in_force[becomes]
        for number, became, one, old, new in zip(
            _handles(numbers, self._code),
            _handles(becomes, self._code),
            _handles(was_number, self._code),
            was.tolist(),
            there.tolist(),
            strict=True,
        ):
            if became != number:
                if old:
                    yield (
                        number & NUMBER_MASK,
                        self._change(ChangeType.MERGED, number, before.id_of(number), became if new else -1),
                    )
                continue
            if new and old:
                same = after.record(number) == before.record(one)
                what = ChangeType.STATED if same else ChangeType.CHANGED
            elif new:
                what = ChangeType.ADDED
            elif old:
                what = ChangeType.ENDED if self._is_stated(after, number) else ChangeType.RETRACTED
            else:
                what = ChangeType.STATED
            yield number & NUMBER_MASK, self._change(what, number, after.id_of(number), number if new else -1)

    def _change(self, what: ChangeType, of: int, identifier: str, handle: int) -> Change:
        position = Position(self._load.seq, self._name, self._snapshot.id_of(of))
        return Change(
            self._load.seq, self._load.recorded_at, self._name, identifier, what, self._after, handle, position
        )

    def _is_stated(self, view: View, handle: int) -> bool:
        """Whether anything is stated of a record, of whatever day."""
        table = self._snapshot.tables[self._name]
        members = view.identity.members(handle) if self._name != SAME_AS else np.array([handle & NUMBER_MASK])
        rows = table.rows_of(members)
        known = (table.load_from[rows] <= view.seq) & (view.seq < table.load_to[rows])
        # An END of what was never stated says nothing either.
        return bool((known & ~table.retracted[rows] & (table.until[rows] > FIRST)).any())


def _handles(numbers: Rows, code: int) -> list[int]:
    handles: list[int] = (numbers.astype(np.int64) | (code << KIND_SHIFT)).tolist()
    return handles


def _touched(snapshot: Snapshot, seq: int, name: str) -> Rows:
    """The numbers of a kind's records of which a load states something, or ends what was stated; also of those it makes one."""
    numbers = touched_numbers(snapshot, seq, name)
    if SAME_AS not in snapshot.tables or snapshot.ontology[name].is_link:
        return numbers
    joined = touched_numbers(snapshot, seq, SAME_AS)
    if not joined.size:
        return numbers
    links, code = snapshot.links(snapshot.codes[SAME_AS]), snapshot.codes[name]
    ends = np.concatenate([links.source[joined], links.target[joined]])
    mine = ends[ends >> KIND_SHIFT == code] & NUMBER_MASK
    return distinct(np.concatenate([numbers, mine.astype(numbers.dtype)]))
