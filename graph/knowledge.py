"""The log with its snapshot and the views asked of it: what a service, a loader and a command line open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from graph.log import Log
from graph.ontology import Ontology
from graph.snapshot import Snapshot
from graph.snapshot_extend import extended
from graph.snapshot_reading import read_after
from graph.view import DEFAULT_RELIABILITY, View
from graph.viewer import EVERYONE, Viewer

MAX_VIEWS = 4


def _now() -> datetime:
    return datetime.now(UTC)


class Knowledge:
    """What a log comes to. Safe to share between threads: a snapshot and a view never change."""

    def __init__(
        self,
        log: Log,
        snapshot: Snapshot,
        *,
        timezone: str = "Asia/Shanghai",
        reliability_default: Decimal = DEFAULT_RELIABILITY,
        clock: Callable[[], datetime] = _now,
        max_views: int = MAX_VIEWS,
    ) -> None:
        self.log = log
        self.snapshot = snapshot
        self._timezone = ZoneInfo(timezone)
        self._reliability_default = reliability_default
        self._clock = clock
        self._max_views = max_views
        self._views: OrderedDict[tuple[date, int, Viewer], View] = OrderedDict()
        self._refreshing = threading.Lock()
        self._caching = threading.Lock()

    @classmethod
    def open(
        cls,
        log: Log,
        *,
        directory: Path | None,
        ontology: Ontology | None = None,
        timezone: str = "Asia/Shanghai",
        reliability_default: Decimal = DEFAULT_RELIABILITY,
        clock: Callable[[], datetime] = _now,
        max_views: int = MAX_VIEWS,
    ) -> Self:
        """The knowledge that a log holds, up to its last finished load.

        `directory` keeps the snapshot for the next time; None keeps nothing. `ontology`: that of all kinds declared so far. `timezone`
        says which day it is.
        """
        opened = cls(
            log,
            Snapshot.empty(ontology or Ontology.current()),
            timezone=timezone,
            reliability_default=reliability_default,
            clock=clock,
            max_views=max_views,
        )
        opened.refresh()
        return opened

    def refresh(self) -> Snapshot:
        """The newest snapshot, with all loads finished by now. Cheap when there is nothing new."""
        with self._refreshing:
            if self.log.head().seq > self.snapshot.seq:
                self.snapshot = extended(
                    self.snapshot, read_after(self.log, self.snapshot.ontology, self.snapshot.seq)
                ).snapshot
            return self.snapshot

    def today(self) -> date:
        """The day it is in the service's time zone."""
        return self._clock().astimezone(self._timezone).date()

    def view(self, as_of: date | None = None, known_at: datetime | None = None, viewer: Viewer | None = None) -> View:
        """The graph as it was on `as_of` (left out: today), as known at `known_at` (left out: now).

        `known_at` before the first load gives an empty view; after the last, what is known now. Every day from 0001-01-01 to
        9999-12-31 can be asked for; the last stands for an open end and reads as the day before.
        """
        snapshot = self.snapshot
        day = as_of or self.today()
        seq = snapshot.seq if known_at is None else snapshot.seq_at(known_at)
        key = (day, seq, viewer or EVERYONE)
        with self._caching:
            found = self._views.get(key)
            if found is not None and found.snapshot is snapshot:
                self._views.move_to_end(key)
                return found
            made = View(snapshot, day, known_at or snapshot.recorded_at, seq, key[2], self._reliability_default)
            self._views[key] = made
            while len(self._views) > self._max_views:
                self._views.popitem(last=False)
        return made

    def close(self) -> None:
        """Let go of snapshot and views. The log is its owner's to close."""
        with self._caching:
            self._views.clear()
