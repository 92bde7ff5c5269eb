"""New rows among the old: which row of a source takes the place of which, and from when to when each was known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.blocks import Op
from graph.snapshot_columns import Mask, Rows
from graph.snapshot_ids import lexsort
from graph.snapshot_table import FIRST, OPEN, Table

Withdrawals = Mapping[int, Sequence[int]]
"""By source: the loads that withdrew it, in order."""


@dataclass(frozen=True)
class NewRows:
    """Rows of one kind as the log gives them, in its order."""

    number: Rows
    source: Rows
    valid_from: Rows
    load: Rows
    op: npt.NDArray[np.int8]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self.number.size

    def take(self, places: npt.NDArray[np.integer]) -> NewRows:
        """The rows at these places."""
        return NewRows(
            self.number[places], self.source[places], self.valid_from[places], self.load[places], self.op[places]
        )


@dataclass(frozen=True)
class Placed:
    """New rows in the order in which they join the table.

    `order` the places of the given rows, equal ones once; `rows` in that order; `load_to` of all rows, old ones first;
    `superseded` the row (as the table will number it) that each takes the place of, -1: none; `redated` how many undated rows of
    each load took the place of a dated version.
    """

    order: npt.NDArray[np.intp]
    rows: NewRows
    load_to: Rows
    superseded: npt.NDArray[np.int64]
    redated: Mapping[int, int]


def place(table: Table, rows: NewRows, withdrawals: Withdrawals, tell_apart: Callable[[], Rows]) -> Placed:
    """The new rows placed among the table's.

    A row is known until the next load that states its key (id, validFrom, source), or that withdraws its source. Of several rows
    with one key in one load the one to which `tell_apart` gives the least number stands. An undated row of an id that the source
    has dated takes the place of its latest version.
    """
    old = table.rows_of(distinct(rows.number)) if table.rows else np.empty(0, np.int32)
    old = old[table.load_to[old] == OPEN]
    given, rows = rows, _dated(table, old, rows, withdrawals)
    order = lexsort((rows.number, rows.source, rows.valid_from, rows.load))
    ordered = rows.take(order)
    fresh = ~_same_key(ordered) | (np.diff(ordered.load, prepend=-1) != 0)
    if not fresh.all():
        order = np.lexsort((tell_apart(), rows.load, rows.valid_from, rows.source, rows.number))
        order = order[fresh]
        ordered = rows.take(order)
    start = table.rows
    load_to = np.concatenate([table.load_to, np.full(order.size, OPEN, np.int32)])
    superseded = np.full(order.size, -1, np.int64)
    follows = np.flatnonzero(_same_key(ordered))
    load_to[start + follows - 1] = ordered.load[follows]
    superseded[follows] = start + follows - 1
    if old.size:
        _supersede_old(table, old, ordered, load_to, superseded)
    if withdrawals:
        cap(
            load_to,
            np.concatenate([table.source, ordered.source]),
            np.concatenate([table.load_from, ordered.load]),
            withdrawals,
        )
        lost = superseded >= 0
        lost[lost] = load_to[superseded[lost]] != ordered.load[lost]
        superseded[lost] = -1
    redated = Counter(rows.load[rows.valid_from != given.valid_from].tolist()) if rows is not given else {}
    return Placed(order, ordered, load_to, superseded, redated)


def cap(load_to: Rows, source: Rows, load_from: Rows, withdrawals: Withdrawals) -> None:
    """Let the rows of withdrawn sources be known no longer than until the withdrawal; in place."""
    for code, seqs in withdrawals.items():
        mine = np.flatnonzero(source == code)
        place = np.searchsorted(np.asarray(seqs), load_from[mine], side="right")
        ends = np.append(np.asarray(seqs, np.int32), OPEN)[place]
        load_to[mine] = np.minimum(load_to[mine], ends)


def _same_key(rows: NewRows) -> Mask:
    """For each row of an ordered lot, whether the one before it has its key."""
    same = np.zeros(rows.size, bool)
    same[1:] = rows.number[1:] == rows.number[:-1]
    for part in (rows.source, rows.valid_from):
        same[1:] &= part[1:] == part[:-1]
    return same


def _supersede_old(table: Table, old: Rows, new: NewRows, load_to: Rows, superseded: npt.NDArray[np.int64]) -> None:
    first = np.flatnonzero(~_same_key(new))
    number = np.concatenate([table.number[old], new.number[first]])
    source = np.concatenate([table.source[old], new.source[first]])
    valid_from = np.concatenate([table.valid_from[old], new.valid_from[first]])
    is_new = np.repeat([0, 1], [old.size, first.size])
    order = lexsort((number, source, valid_from, is_new))
    meets = np.zeros(order.size, bool)
    meets[1:] = is_new[order[1:]] > is_new[order[:-1]]
    for part in (number, source, valid_from):
        meets[1:] &= part[order[1:]] == part[order[:-1]]
    after = np.flatnonzero(meets)
    old_rows = old[order[after - 1]]
    new_places = first[order[after] - old.size]
    load_to[old_rows] = new.load[new_places]
    superseded[new_places] = old_rows


def _dated(table: Table, old: Rows, rows: NewRows, withdrawals: Withdrawals) -> NewRows:
    """The rows, undated ones that take the place of a dated version with its date."""
    undated = (rows.valid_from == FIRST) & (rows.op == Op.STATE.value)
    earlier = old[table.valid_from[old] > FIRST]
    later = rows.valid_from > FIRST
    if not undated.any() or not (later.any() or earlier.size):
        return rows
    ids = _whose(rows.number, rows.source)
    dated = np.concatenate([ids[later], _whose(table.number[earlier], table.source[earlier])])
    at_stake = np.isin(ids, ids[undated & np.isin(ids, dated)])
    if not at_stake.any():
        return rows
    places: dict[int, list[int]] = {}
    for at in np.flatnonzero(at_stake).tolist():
        places.setdefault(int(ids[at]), []).append(at)
    known: dict[int, dict[int, int]] = {whose: {} for whose in places}
    standing = old[table.op[old] != Op.RETRACT.value]
    standing_ids = _whose(table.number[standing], table.source[standing])
    for at in np.flatnonzero(np.isin(standing_ids, [*places])).tolist():
        row = standing[at]
        known[int(standing_ids[at])][int(table.valid_from[row])] = int(table.load_from[row])
    valid_from = rows.valid_from.copy()
    for whose, mine in places.items():
        mine.sort(key=lambda at: int(rows.load[at]))
        withdrawn = withdrawals.get(int(rows.source[mine[0]]), ())
        _date_one(rows, mine, known[whose], withdrawn, valid_from)
    return NewRows(rows.number, rows.source, valid_from, rows.load, rows.op)


def _whose(number: Rows, source: Rows) -> npt.NDArray[np.int64]:
    """One number for each id of each source."""
    return number.astype(np.int64) << 32 | source


def _date_one(
    rows: NewRows, mine: Sequence[int], known: dict[int, int], withdrawn: Sequence[int], valid_from: Rows
) -> None:
    """Date the undated rows of one id of one source; `known` gives the load of each version that stands."""
    by_load: dict[int, list[int]] = {}
    for at in mine:
        by_load.setdefault(int(rows.load[at]), []).append(at)
    for load, places in by_load.items():
        known = {day: since for day, since in known.items() if not any(since < seq <= load for seq in withdrawn)}
        own = {int(rows.valid_from[at]) for at in places}
        latest = max(known, default=FIRST)
        for at in places:
            if (
                valid_from[at] == FIRST
                and rows.op[at] == Op.STATE.value
                and FIRST not in known
                and latest > FIRST
                and latest not in own
            ):
                valid_from[at] = latest
        for at in places:
            if rows.op[at] == Op.RETRACT.value:
                known.pop(int(valid_from[at]), None)
            else:
                known[int(valid_from[at])] = load


def distinct(numbers: Rows) -> Rows:
    """The numbers, each once, in order."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if ordered.size else ordered
