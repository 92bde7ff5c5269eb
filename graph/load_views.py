"""The views that loads make: of each load, as of the day on which it was recorded, knowing it and those before it.

Loads are mostly read one after the other. The view after the next is not made anew: it is the last one with what the load touched
resolved again, as the present view moves along with new loads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from graph.knowledge import Knowledge
from graph.log import Load, Mode
from graph.same_as import SAME_AS, Identity
from graph.snapshot import Snapshot
from graph.snapshot_columns import Rows
from graph.snapshot_rows import distinct
from graph.snapshot_table import OPEN
from graph.view import View
from graph.view_state import DATASET

MAX_VIEWS: Final = 3
MAX_KEPT: Final = 32

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class LoadViews:
    """The views after and before the loads of one snapshot. Safe to share between threads."""

    def __init__(self, knowledge: Knowledge, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._knowledge = knowledge
        self._after: OrderedDict[int, View] = OrderedDict()
        self._before: OrderedDict[int, View] = OrderedDict()
        self._identities: dict[tuple[int, date], Identity] = {}
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._guard = threading.RLock()

    def after(self, seq: int) -> View:
        """The view that load `seq` makes; kinds that nobody asked it for are not resolved."""
        with self._guard:
            return _found(self._after, seq, lambda: self._made(seq), MAX_VIEWS)

    def before(self, seq: int) -> View:
        """The view without load `seq`, as of the day of that load."""
        with self._guard:
            return _found(self._before, seq, lambda: self._without(seq), MAX_VIEWS)

    def kept(self, key: Hashable, made: Callable[[], _Value]) -> _Value:
        """What `made` gives, from the last few that were asked for: a load is read in many pages, and by many."""
        with self._guard:
            found: _Value = _found(self._kept, key, made, MAX_KEPT)
            return found

    def _made(self, seq: int) -> View:
        load = self.snapshot.load(seq)
        day = self._knowledge.day_of(load.recorded_at)
        present = self._present()
        if present is not None and (present.seq, present.as_of) == (seq, day):
            return present
        last = self._after.get(seq - 1)
        if last is not None and last.as_of == day and load.header.mode is not Mode.WITHDRAWAL:
            names = covered_kinds(self.snapshot, load)
            touched = {name: touched_numbers(self.snapshot, seq, name) for name in names}
            moved = last.at_load(seq, {name: numbers for name, numbers in touched.items() if numbers.size})
            if moved is not None:
                return moved
        return self._identified(self._knowledge.unresolved(self.snapshot, day, seq))

    def _without(self, seq: int) -> View:
        after = self.after(seq)
        before = self._knowledge.unresolved(self.snapshot, after.as_of, seq - 1)
        if self._era(seq) != self._era(seq - 1):
            return self._identified(before)
        before.__dict__["identity"] = after.identity
        before.__dict__["moment"] = replace(after.moment, seq=seq - 1)
        return before

    def _identified(self, view: View) -> View:
        """The view itself; which ids are one is found out once for all loads between which that cannot change."""
        key = (self._era(view.seq), view.as_of)
        identity = self._identities.get(key)
        if identity is None:
            present = self._present()
            if present is not None and (self._era(present.seq), present.as_of) == key:
                identity = present.identity
        if identity is not None:
            view.__dict__["identity"] = identity
        if len(self._identities) >= MAX_KEPT:
            self._identities.clear()
        self._identities[key] = view.identity
        return view

    def _present(self) -> View | None:
        """The present view, as long as it is one of this snapshot."""
        present = self._knowledge.view()
        return present if present.snapshot is self.snapshot and present.seq == self.snapshot.seq else None

    def _era(self, seq: int) -> int:
        """A number that is the same for loads between which no id became another and no source more reliable."""
        return int(np.searchsorted(self._turns, seq, side="right"))

    @cached_property
    def _turns(self) -> npt.NDArray[np.int32]:
        tables = [self.snapshot.tables[name] for name in (SAME_AS, DATASET) if name in self.snapshot.tables]
        seqs = np.concatenate(
            [np.empty(0, np.int32), *(part for one in tables for part in (one.load_from, one.load_to))]
        )
        return np.unique(seqs[seqs < OPEN])


def covered_kinds(snapshot: Snapshot, load: Load) -> set[str]:
    """The names of the kinds of which a load may say something."""
    if load.header.mode is Mode.WITHDRAWAL:
        return set(snapshot.tables)
    known = snapshot.ontology.by_any_name
    return {known[name].name for name in load.header.kinds if name in known}


def touched_numbers(snapshot: Snapshot, seq: int, name: str) -> Rows:
    """The numbers of a kind's records of which a load states something, or whose statements it ends."""
    table = snapshot.tables[name]
    return distinct(table.number[np.flatnonzero((table.load_from == seq) | (table.load_to == seq))])


def _found(kept: OrderedDict[_Key, _Value], key: _Key, made: Callable[[], _Value], most: int) -> _Value:
    """What is kept under a key, made where it is not; the least used goes where there are too many."""
    found = kept.get(key)
    if found is None:
        found = kept[key] = made()
        while len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return found
