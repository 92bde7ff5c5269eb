"""Masks over columns of records: which are among some or of some kinds, where a field is stated, where money is in another currency."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np

from graph.money import CNY
from graph.snapshot_columns import Texts
from graph.snapshot_ids import KIND_SHIFT, NUMBER_MASK
from graph.view import View
from queries.ratios import Ints

FEW: Final = 64
"""Up to so many texts are looked at one by one."""


def among(handles: Ints, ascending: Ints) -> np.ndarray:
    """Whether each record is one of some, which are in ascending order."""
    if not len(ascending):
        return np.zeros(len(handles), bool)
    at = np.searchsorted(ascending, handles).clip(max=len(ascending) - 1)
    return np.asarray(ascending[at] == handles)


def of_kinds(view: View, handles: Ints, kinds: Collection[str]) -> np.ndarray:
    """Whether each record is of one of these concrete kinds."""
    if not len(handles):
        return np.zeros(0, bool)
    codes, wanted = handles >> KIND_SHIFT, {view.snapshot.codes[kind] for kind in kinds}
    if (codes == codes[0]).all():
        return np.full(len(codes), int(codes[0]) in wanted)
    return np.isin(codes, [*wanted])


def is_stated(view: View, handles: Ints, field: str) -> np.ndarray:
    """For each record of one kind, whether somebody states a field, a reference to nothing among them."""
    if not len(handles):
        return np.zeros(0, bool)
    kind = view.kind_view(view.kind_of(int(handles[0])).name)
    spec = kind.table.kind.by_name[field]
    rows = kind.rows_of(handles & NUMBER_MASK, spec)
    column = kind.table.columns[spec.name]
    if len(rows) <= FEW and isinstance(column, Texts):
        return np.array([column.at(row) is not None for row in rows.tolist()])
    return np.asarray(kind.table.stated(spec, rows))


def is_foreign(view: View, handles: Ints, field: str, currency: str = CNY) -> np.ndarray:
    """For each record of one kind, whether a money field states an amount in another currency."""
    if not len(handles):
        return np.zeros(0, bool)
    kind = view.kind_view(view.kind_of(int(handles[0])).name)
    spec = kind.table.kind.by_name[field]
    codes = kind.table.codes(spec.columns[1].name)
    home = currency == CNY
    if home and set(codes.words) <= {CNY}:
        return np.zeros(len(handles), bool)
    # The null code, which stands for CNY, is the place after the last word.
    is_other = np.array([*(word != currency for word in codes.words), not home])
    rows = kind.rows_of(handles & NUMBER_MASK, spec)
    return np.asarray(is_other[codes.numbers.take(rows)] & kind.table.stated(spec, rows))
