"""Every state that every need was in, as the log tells it: columns that one history and all figures are read from.

At the desk every load is a state that was, also one that a later load of the same day replaced: it happened when it was recorded. Of
other datasets only what they state now counts, since what they state no more was a mistake: it happened on its validFrom, at 00:00 in
China; an application without one on the day on which it was submitted; else nobody states when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import numpy as np

from graph.blocks import Op
from graph.desk_statements import DESK, NEED
from graph.kinds.demand_side import NeedStatus
from graph.log_rules import from_micros, to_micros
from graph.need_moves import FIRST as APPLIED
from graph.snapshot_columns import NO_DAY, Numbers
from graph.snapshot_ids import KIND_SHIFT
from graph.snapshot_table import FIRST, Table
from graph.view import NOT_STATED, View, day_of
from queries.derived import once
from queries.ratios import Ints

CHINA: Final = timezone(timedelta(hours=8))
STATES: Final = tuple(NeedStatus)
_DAY: Final = 86_400 * 10**6
_OFFSET: Final = 8 * 3_600 * 10**6


@dataclass(frozen=True)
class States:
    """A row a state of a need, by need, then in order of time; what nobody dates is first.

    `need` handles, `status` places in STATES, `since` and `until` in µs since 1970 or NOT_STATED (`until` of the last too), `row` in
    the kind's table, `is_last` the state in which the need is.
    """

    need: Ints
    status: Ints
    since: Ints
    until: Ints
    row: Ints
    is_last: np.ndarray

    def of(self, need: int) -> range:
        """The places of one need's states."""
        first, after = np.searchsorted(self.need, [need, need + 1]).tolist()
        return range(first, after)


def states_of(view: View) -> States:
    """The states of all live needs, as known and dated by the view. Cost: a pass over all statements of needs, once a view."""
    return once(view, "states of needs", lambda: _states(view))


def moment(micros: int) -> datetime | None:
    """The moment; None: not stated."""
    return None if micros == NOT_STATED else from_micros(micros).astimezone(UTC)


def end_of(view: View) -> int:
    """Up to when the view tells, in µs: its moment of knowledge, but never before its day begins in China nor after it ends."""
    begin = day_of(view.as_of) * _DAY - _OFFSET
    return min(max(to_micros(view.known_at), begin), begin + _DAY)


def _states(view: View) -> States:
    table, code = view.snapshot.tables[NEED], view.snapshot.codes[NEED]
    rows, at_desk = _known(view, table)
    status = table.codes("status")
    places = np.array([STATES.index(NeedStatus[word]) for word in status.words] + [NOT_STATED], np.int64)
    found = places[status.numbers.take(rows)] if rows.size else np.empty(0, np.int64)
    rows, at_desk, found = (part[found != NOT_STATED] for part in (rows, at_desk, found))
    since = np.where(at_desk, _recorded(view, table, rows, at_desk), _dated(table, rows, found))
    canon = view.identity.canon(code)
    numbers = table.number[rows] if canon is None else canon[table.number[rows]]
    begun = (since == NOT_STATED) | (since < (day_of(view.as_of) + 1) * _DAY - _OFFSET)
    kept = view.live(code)[numbers] & np.where(at_desk, table.valid_from[rows] <= day_of(view.as_of), begun)
    rows, found, since, numbers = rows[kept], found[kept], since[kept], numbers[kept]
    order = np.lexsort((table.valid_from[rows], table.load_from[rows], since, numbers))
    rows, found, since, numbers = rows[order], found[order], since[order], numbers[order]
    # To be stated again is no change of state.
    new = np.ones(rows.size, bool)
    new[1:] = (numbers[1:] != numbers[:-1]) | (found[1:] != found[:-1])
    rows, found, since, numbers = rows[new], found[new], since[new], numbers[new]
    is_last = np.ones(rows.size, bool)
    is_last[:-1] = numbers[1:] != numbers[:-1]
    until = np.where(is_last, NOT_STATED, np.append(since[1:], NOT_STATED)[: rows.size])
    return States(numbers.astype(np.int64) | code << KIND_SHIFT, found, since, until, rows, is_last)


def _known(view: View, table: Table) -> tuple[Ints, np.ndarray]:
    """The rows that tell of states, and which of them were stated at the desk."""
    names = view.snapshot.source_names
    desk = names.index(DESK) if DESK in names else -1
    at_desk = table.source == desk
    told = (table.load_from <= view.seq) & (table.op == Op.STATE.value)
    told &= at_desk | (view.seq < table.load_to)
    told &= table.source != view.snapshot.assumed_source if view.snapshot.assumption is not None else True
    withdrawn = [seq for seq in view.snapshot.withdrawals.get(desk, ()) if seq <= view.seq]
    if withdrawn:
        told &= ~at_desk | (table.load_from > withdrawn[-1])
    rows = np.flatnonzero(told)
    return rows, at_desk[rows]


def _recorded(view: View, table: Table, rows: Ints, at_desk: np.ndarray) -> Ints:
    """When the loads of rows that were stated at the desk were recorded, in µs."""
    seqs, places = np.unique(table.load_from[rows], return_inverse=True)
    mine = np.zeros(seqs.size, bool)
    mine[places[at_desk]] = True
    load = view.snapshot.load
    micros = [
        to_micros(load(seq).recorded_at) if here else 0 for seq, here in zip(seqs.tolist(), mine.tolist(), strict=True)
    ]
    return np.array(micros, np.int64)[places] if rows.size else np.empty(0, np.int64)


def _dated(table: Table, rows: Ints, status: Ints) -> Ints:
    """On which day other datasets say that it was, in µs."""
    days = table.valid_from[rows].astype(np.int64)
    submitted = table.columns["submitted_on"]
    assert isinstance(submitted, Numbers)
    if rows.size:
        asked = submitted.take(rows).astype(np.int64)
        undated = (days == FIRST) & (status == STATES.index(APPLIED)) & (asked != NO_DAY)
        days = np.where(undated, asked, days)
    return np.where(days == FIRST, NOT_STATED, days * _DAY - _OFFSET)
