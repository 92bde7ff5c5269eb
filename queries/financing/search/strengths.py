"""How well records are evidenced, as columns: in millionths, never below what any fact of the record has.

A record with one statement has just that strength; of several all count, though not all of them state every field.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.blocks import CONFIDENCE
from graph.resolution import FIRST_SLOT
from graph.snapshot_columns import Numbers
from graph.snapshot_ids import NUMBER_MASK, kinds_in
from graph.snapshot_table import Table
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.ratios import Ints
from queries.spans import rows_of

CERTAIN: Final = MILLION
MANY: Final = 100_000
"""So many are kept."""
SAFE: Final = 1e-6
"""Of a millionth: more than what floats lose here."""


def strengths(view: View, handles: Ints) -> Ints:
    """The strength of each record, at least."""
    kinds = kinds_in(handles) if len(handles) else []
    if len(kinds) == 1:
        return _of_kind(view, handles)
    found = np.zeros(len(handles), np.int64)
    for code in kinds:
        here = handles >> 32 == code
        found[here] = _of_kind(view, handles[here])
    return found


def strength(view: View, handle: int) -> int:
    """The same of one record; kept with the view, since paths come over the same ones again and again."""
    known: dict[int, int] = once(view, strength, dict)
    found = known.get(handle)
    if found is None:
        if len(known) >= MANY:
            known.clear()
        found = known[handle] = int(_of_kind(view, np.array([handle]))[0])
    return found


def _of_kind(view: View, handles: Ints) -> Ints:
    kind = view.kind_view(view.kind_of(int(handles[0])).name)
    rows = kind.row[handles & NUMBER_MASK]
    several = np.flatnonzero(rows <= FIRST_SLOT)
    found = np.zeros(len(handles), np.int64)
    alone = rows >= 0 if len(several) else slice(None)
    sure = _sure(view, kind.table, rows[alone])
    # Half-even is never above half-up.
    found[alone] = (sure + MILLION // 2) // MILLION
    if len(several):
        slots = FIRST_SLOT - rows[several].astype(np.int64)
        starts = kind.slots.starts[slots]
        counts = kind.slots.starts[slots + 1] - starts
        doubt = 1.0 - _sure(view, kind.table, kind.slots.rows[rows_of(starts, counts)]) / float(MILLION) ** 2
        known = (1.0 - np.multiply.reduceat(doubt, np.cumsum(counts) - counts)) * MILLION
        found[several] = np.minimum(np.floor(known + 0.5 + SAFE), CERTAIN).astype(np.int64)
    return found


def _sure(view: View, table: Table, rows: np.ndarray) -> Ints:
    """Reliability × confidence of statements, in millionths of millionths."""
    confidence = table.columns[CONFIDENCE]
    assert isinstance(confidence, Numbers)
    reliability = view.moment.reliability[table.source[rows]]
    if confidence.blank:
        return np.asarray(reliability * MILLION)
    stated = confidence.take(rows)
    return np.asarray(reliability * np.where(stated == confidence.null, MILLION, stated.astype(np.int64)))
