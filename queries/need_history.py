"""The way of a financing need through the desk: every state with when, by whom and why, and where it may go from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from graph.desk_statements import DESK, NEED
from graph.kinds.demand_side import NeedStatus
from graph.need_moves import FIRST, MOVES, moves_from
from graph.snapshot_ids import NUMBER_MASK
from graph.snapshot_table import OPEN
from graph.view import View
from queries.desk.states import STATES, moment, states_of


@dataclass(frozen=True, slots=True)
class NeedState:
    """A state of a need, as somebody stated it.

    From `since` (None: nobody states when) until it left it (None: it has not, or nobody states when). `is_move`: whether the machine
    allows it after the state before; of a first one True where it is the machine's first, else None: what was before is not stated.
    `actor` and `note` are the load's; a load of the desk has one move.
    """

    status: NeedStatus
    since: datetime | None
    until: datetime | None
    is_move: bool | None
    source: str
    actor: str
    note: str
    load: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class NeedHistory:
    """A need's states, the earliest first; empty where nobody states any. `version` is what a move of it has to expect."""

    need: int
    version: int
    states: tuple[NeedState, ...]

    @property
    def moves(self) -> tuple[NeedStatus, ...]:
        """The states that it may move to."""
        return moves_from(self.states[-1].status if self.states else None)


def need_history(view: View, need: str) -> NeedHistory:
    """The history of a need, as known and dated by the view.

    Raises InvalidIdentifier or NotFound where there is no such need. Cost: a pass over all statements of needs, once a view.
    """
    return history_of(view, view.require(need, NEED))


def history_of(view: View, need: int) -> NeedHistory:
    """The history of the need with this handle."""
    states, table, snapshot = states_of(view), view.snapshot.tables[NEED], view.snapshot
    found: list[NeedState] = []
    for place in states.of(need):
        status = STATES[states.status[place]]
        row = int(states.row[place])
        load = snapshot.load(int(table.load_from[row]))
        if found:
            allowed: bool | None = status in MOVES[found[-1].status]
        else:
            allowed = True if status is FIRST else None
        since, until = moment(int(states.since[place])), moment(int(states.until[place]))
        header = load.header
        found.append(
            NeedState(
                status, since, until, allowed, header.source, header.actor, header.note, load.seq, load.recorded_at
            )
        )
    return NeedHistory(need, version_of(view, need), tuple(found))


def version_of(view: View, need: int) -> int:
    """The number of the load by which the desk last stated a need; 0: it states nothing of it."""
    table, names = view.snapshot.tables[NEED], view.snapshot.source_names
    if DESK not in names:
        return 0
    rows = table.rows_of(np.array([need & NUMBER_MASK]))
    mine = rows[(table.source[rows] == names.index(DESK)) & (table.load_from[rows] <= view.seq)]
    if not mine.size:
        return 0
    last = mine[np.argmax(table.load_from[mine])]
    stands = table.load_to[last] > view.seq and not table.retracted[last] and table.until[last] == OPEN
    return int(table.load_from[last]) if stands else 0
