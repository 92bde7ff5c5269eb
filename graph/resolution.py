"""Resolution: what the statements that contribute on a day, as known at a load, come to for each record of one kind.

Field by field the first stated value counts, by the source's reliability, then the greatest validFrom, then the source, then the
original id. Ids with one contributing statement skip all that: most have just one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.fields import FieldSpec
from graph.snapshot_columns import NO_DAY, Mask, Numbers, Rows
from graph.snapshot_ids import Order, lexsort
from graph.snapshot_table import Table
from graph.viewer import Viewer

NOTHING = -1
"""Stands in `KindView.row` where no statement contributes."""
FIRST_SLOT = -2
"""Slot s of several statements stands there as FIRST_SLOT - s."""
FEW = 8
"""So few slots are not worth a column of what is picked for each."""


@dataclass(frozen=True)
class Moment:
    """What a resolution depends on beside the statements: `seq` and `day` (since 1970), and by source code its reliability
    (millionths) and its rank by name; who asks; and the code of the source of what is assumed, which outweighs all (-1: none)."""

    seq: int
    day: int
    reliability: npt.NDArray[np.int64]
    source_rank: Rows
    viewer: Viewer
    assumed: int = -1


@dataclass(frozen=True)
class Slots:
    """Records with several contributing statements: those of slot s are `rows[starts[s]:starts[s + 1]]`, the first to be asked
    first."""

    table: Table
    starts: npt.NDArray[np.int64]
    rows: Rows
    _picks: dict[str, Rows] = field(default_factory=dict, compare=False, repr=False)

    @property
    def size(self) -> int:
        """How many there are."""
        return self.starts.size - 1

    @cached_property
    def _slot(self) -> npt.NDArray[np.int64]:
        return np.repeat(np.arange(self.size), np.diff(self.starts))

    def of(self, slot: int) -> Rows:
        """The statements of one slot."""
        return self.rows[self.starts[slot] : self.starts[slot + 1]]

    def pick(self, spec: FieldSpec) -> Rows:
        """For each slot, the row whose value of this field counts; -1 where none is stated."""
        if spec.name not in self._picks:
            self._picks[spec.name] = self._pick(spec)
        return self._picks[spec.name]

    def pick_one(self, slot: int, spec: FieldSpec) -> int:
        """As `pick`, of one slot: where there are but a few, each field is looked for by itself."""
        if spec.name in self._picks or self.size > FEW or spec.name == "valid_to":
            return int(self.pick(spec)[slot])
        column, rows = self.table.all_columns[spec.name], self.of(slot)
        empty = self.table.stated_empty(spec, rows)
        for place, row in enumerate(map(int, rows)):
            if empty is not None and empty[place]:
                return -1
            if column.at(row) is not None:
                return row
        return -1

    def _pick(self, spec: FieldSpec) -> Rows:
        stated = self.table.stated(spec, self.rows)
        if spec.name == "valid_to":
            stated &= self._latest()
        empty = self.table.stated_empty(spec, self.rows)
        places = np.flatnonzero(stated if empty is None else stated | empty)
        slots = self._slot[places]
        first = np.ones(places.size, bool)
        first[1:] = slots[1:] != slots[:-1]
        picked = np.full(self.size, -1, np.int32)
        places = places[first]
        picked[slots[first]] = np.where(stated[places], self.rows[places], -1)
        return picked

    def _latest(self) -> Mask:
        """Statements that no other of their record is later than: an older one does not close a later period."""
        valid_from = self.table.valid_from[self.rows]
        if not self.size:
            return np.ones(0, bool)
        return np.asarray(
            valid_from == np.repeat(np.maximum.reduceat(valid_from, self.starts[:-1]), np.diff(self.starts))
        )

    def replaced(self, kept: npt.NDArray[np.integer], other: Slots) -> Slots:
        """These of its slots, by place, and then all the other's; what was picked is picked still."""
        counts = np.diff(self.starts)
        standing = np.zeros(self.size, bool)
        standing[kept] = True
        rows = np.concatenate([self.rows[np.repeat(standing, counts)], other.rows])
        starts = np.concatenate(
            [np.zeros(1, np.int64), np.cumsum(np.concatenate([counts[kept], np.diff(other.starts)]))]
        )
        picks = {
            name: np.concatenate([picked[kept], other.pick(other.table.kind.by_name[name])])
            for name, picked in self._picks.items()
        }
        return Slots(other.table, starts, rows, picks)


@dataclass(frozen=True)
class KindView:
    """One kind as a view sees it, by number: its row or slot, whether it is in force, and whether it is complete too (`own`).

    `canon` gives the canonical number of each; None: its own. What is not canonical has nothing here.
    """

    table: Table
    canon: Rows | None
    row: Rows
    slots: Slots
    in_force: Mask
    own: Mask

    def rows_of(self, numbers: npt.NDArray[np.integer], spec: FieldSpec) -> Rows:
        """For each number, the row whose value of this field counts; -1: none."""
        rows = self.row[numbers]
        if self.slots.size:
            several = np.flatnonzero(rows <= FIRST_SLOT)
            if several.size:
                rows[several] = self.slots.pick(spec)[FIRST_SLOT - rows[several]]
        return np.asarray(rows)

    def row_of(self, number: int, spec: FieldSpec) -> int:
        """As `rows_of`, of one."""
        if number >= self.row.size:
            return NOTHING
        row = int(self.row[number])
        return self.slots.pick_one(FIRST_SLOT - row, spec) if row <= FIRST_SLOT else row

    def statements(self, number: int) -> Rows:
        """The contributing rows of one record, the first to be asked first."""
        row = int(self.row[number]) if number < self.row.size else NOTHING
        if row <= FIRST_SLOT:
            return self.slots.of(FIRST_SLOT - row)
        return np.array([row] if row >= 0 else [], np.int32)

    def over(self, table: Table) -> KindView:
        """The same over another copy of its table."""
        return replace(self, table=table, slots=replace(self.slots, table=table))

    def grown(self, size: int) -> KindView:
        """The kind with this many numbers, of which the new ones have nothing."""
        if self.row.size == size:
            return self
        more = size - self.row.size
        row = np.append(self.row, np.full(more, NOTHING, np.int32))
        none = np.zeros(more, bool)
        in_force, own = np.append(self.in_force, none), np.append(self.own, none)
        return KindView(self.table, self.canon, row, self.slots, in_force, own)

    def patched(self, part: KindView, touched: Rows) -> KindView:
        """The kind with the records of `touched` (canonical numbers) as `part`, over a longer table, has them."""
        before = self.grown(part.row.size)
        row = before.row.copy()
        row[touched] = NOTHING
        several = np.flatnonzero(row <= FIRST_SLOT)
        slots = FIRST_SLOT - row[several]
        order = np.argsort(slots)
        several, slots = several[order], slots[order]
        row[several] = FIRST_SLOT - np.arange(slots.size, dtype=np.int32)
        new = part.row[touched]
        row[touched] = np.where(new <= FIRST_SLOT, new - slots.size, new)
        in_force, own = before.in_force.copy(), before.own.copy()
        in_force[touched], own[touched] = part.in_force[touched], part.own[touched]
        return KindView(part.table, part.canon, row, self.slots.replaced(slots, part.slots), in_force, own)

    def numbers(self, spec: FieldSpec, numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
        """The stored values of a field of numbers, days, flags or references; its null where nothing is stated."""
        column = self.table.all_columns[spec.name]
        assert isinstance(column, Numbers)
        return column.take(self.rows_of(numbers, spec))


def resolve(table: Table, canon: Rows | None, order: Order, moment: Moment, only: Rows | None = None) -> KindView:
    """The kind at this moment; with `only`, nothing but the records of these canonical numbers, as if there were no others.

    `order` is that of the kind's ids. Cost: a few passes over the rows, and a sort of those whose ids have several.
    """
    size = order.size
    rows = _contributing(table, canon, moment, only)
    numbers = table.number[rows] if canon is None else canon[table.number[rows]]
    row = np.full(size, NOTHING, np.int32)
    alone = np.bincount(numbers, minlength=size)[numbers] == 1
    row[numbers[alone]] = rows[alone]
    slots = Slots(table, np.zeros(1, np.int64), np.empty(0, np.int32))
    if not alone.all():
        several = _one_a_source(table, rows[~alone])
        numbers = table.number[several] if canon is None else canon[table.number[several]]
        alone = np.bincount(numbers, minlength=size)[numbers] == 1
        row[numbers[alone]] = several[alone]
        several, numbers = several[~alone], numbers[~alone]
        if several.size:
            places = _precedence(table, several, numbers, order, moment)
            several, numbers = several[places], numbers[places]
            starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
            row[numbers[starts]] = FIRST_SLOT - np.arange(starts.size)
            slots = Slots(table, np.append(starts, numbers.size), several)
    in_force, own = _state(table, row, slots, moment.day)
    return KindView(table, canon, row, slots, in_force, own)


def _contributing(table: Table, canon: Rows | None, moment: Moment, only: Rows | None) -> Rows:
    if only is None:
        good = (table.load_from <= moment.seq) & (moment.seq < table.load_to)
        good &= (table.valid_from <= moment.day) & (moment.day < table.until)
        good &= ~table.retracted
        rows = np.flatnonzero(good).astype(np.int32)
    else:
        members = only if canon is None else np.flatnonzero(np.isin(canon, only))
        rows = table.rows_of(members)
        good = (table.load_from[rows] <= moment.seq) & (moment.seq < table.load_to[rows])
        good &= (table.valid_from[rows] <= moment.day) & (moment.day < table.until[rows])
        rows = np.sort(rows[good & (~table.retracted[rows])])
    seen = moment.viewer.sees(*_markings(table, rows)) if type(moment.viewer) is not Viewer else None
    return rows if seen is None else rows[seen]


def _markings(table: Table, rows: Rows) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    codes, owners = table.codes("marking"), table.columns["marking_owner"]
    assert isinstance(owners, Numbers)
    words = np.array([*codes.words, None], dtype=object)
    return words[codes.numbers.take(rows).astype(np.int64)], owners.take(rows).astype(np.int64)


def _one_a_source(table: Table, rows: Rows) -> Rows:
    """Of each source's rows of an id, that with the greatest validFrom."""
    number, source = table.number[rows], table.source[rows]
    order = lexsort((number, source, table.valid_from[rows]))
    last = np.ones(rows.size, bool)
    last[:-1] = (number[order[1:]] != number[order[:-1]]) | (source[order[1:]] != source[order[:-1]])
    return rows[order[last]]


def _precedence(table: Table, rows: Rows, numbers: Rows, order: Order, moment: Moment) -> npt.NDArray[np.intp]:
    source = table.source[rows]
    assumed = [] if moment.assumed < 0 else [(source != moment.assumed).astype(np.int8)]
    return lexsort(
        (
            numbers,
            *assumed,
            -moment.reliability[source],
            -table.valid_from[rows].astype(np.int64),
            moment.source_rank[source],
            order.rank[table.number[rows]],
        )
    )


def _state(table: Table, row: Rows, slots: Slots, day: int) -> tuple[Mask, Mask]:
    valid_to = table.columns["valid_to"]
    assert isinstance(valid_to, Numbers)
    in_force = row != NOTHING
    own = np.zeros(row.size, bool)
    single = np.flatnonzero(row >= 0)
    own[single] = table.complete[row[single]]
    several = np.flatnonzero(row <= FIRST_SLOT)
    slot = FIRST_SLOT - row[several]
    if several.size:
        complete = np.ones(slots.size, bool)
        for spec in table.kind.required:
            complete &= slots.pick(spec) >= 0
        own[several] = complete[slot]
    if not valid_to.blank:
        ends = valid_to.take(row[single])
        in_force[single] = (ends == NO_DAY) | (ends > day)
        if several.size:
            ends = valid_to.take(slots.pick(table.kind.by_name["valid_to"]))[slot]
            in_force[several] = (ends == NO_DAY) | (ends > day)
    return in_force, own & in_force
