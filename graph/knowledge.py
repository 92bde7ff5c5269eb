"""The log with its snapshot and the views asked of it: what a service, a loader and a command line open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Self
from zoneinfo import ZoneInfo

from graph.errors import InvalidInput
from graph.log import EPOCH, Log
from graph.ontology import Ontology
from graph.snapshot import Snapshot
from graph.snapshot_columns import Rows
from graph.snapshot_extend import Extension, extended
from graph.snapshot_folder import SnapshotFolder
from graph.snapshot_keeper import SnapshotKeeper
from graph.snapshot_reading import read_after
from graph.view import DEFAULT_RELIABILITY, View
from graph.viewer import EVERYONE, Viewer

MAX_VIEWS: Final = 4
PUBLISH_ROWS: Final = 20_000
"""Fewer new rows than that are read from the log again by whoever opens it next, not written to files."""


_ViewKey = tuple[date, int, Viewer]
"""As of which day, by which load, for whom."""


def _now() -> datetime:
    return datetime.now(UTC)


class Knowledge:
    """What a log comes to. Safe to share between threads: a snapshot and a view never change.

    `snapshot` is the newest that was read; `refresh` reads on.
    """

    def __init__(
        self,
        log: Log,
        ontology: Ontology,
        *,
        folder: SnapshotFolder | None,
        timezone: str,
        reliability_default: Decimal,
        clock: Callable[[], datetime],
        max_views: int,
        publish_rows: int,
    ) -> None:
        self.log = log
        self.snapshot = Snapshot.empty(ontology)
        self._keeper = None if folder is None else SnapshotKeeper(folder, log, publish_rows, self._swap)
        self._timezone = ZoneInfo(timezone)
        self._reliability_default = reliability_default
        self._clock = clock
        self._max_views = max_views
        self._views: OrderedDict[_ViewKey, View] = OrderedDict()
        self._listeners: list[Callable[[], None]] = []
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
        publish_rows: int = PUBLISH_ROWS,
    ) -> Self:
        """The knowledge that a log holds, up to its last finished load.

        `directory` keeps snapshots, so that the next to open maps files; None keeps nothing. `ontology`: that of all kinds declared so
        far. `timezone` says which day it is; `max_views` views are kept; more than `publish_rows` new rows are written to files.
        Cost: mapping, or about 3 seconds a million statements where nothing is kept.
        """
        ontology = ontology or Ontology.current()
        opened = cls(
            log,
            ontology,
            folder=None if directory is None else SnapshotFolder(directory, log.log_id, ontology),
            timezone=timezone,
            reliability_default=reliability_default,
            clock=clock,
            max_views=max_views,
            publish_rows=publish_rows,
        )
        opened.refresh()
        return opened

    def refresh(self) -> Snapshot:
        """The newest snapshot, with all loads finished by now.

        Cheap when there is nothing new. The present view moves along; views of the past stay as they are.
        """
        with self._refreshing:
            if self.log.head().seq > self.snapshot.seq:
                if self._keeper is not None:
                    published = self._keeper.newer(self.snapshot, self.log.loads(self.snapshot.seq))
                    if published is not None:
                        self._move(published, None)
                extension = self._read_on(self.snapshot)
                self._move(extension.snapshot, extension.touched)
            if self._keeper is not None:
                self._keeper.tend(self.snapshot)
            return self.snapshot

    def _move(self, snapshot: Snapshot, touched: Mapping[str, Rows] | None) -> None:
        """Take a newer snapshot, and the cached views of the present along."""
        moved = self._present_views(lambda view: view.advanced(snapshot, touched))
        self._replace(snapshot, moved)

    def _swap(self, snapshot: Snapshot, before: Snapshot | None) -> bool:
        """Take another copy of a snapshot: of `before`, with its numbers, or, None, of whatever there is now."""
        if before is not None:
            with self._refreshing:
                if self.snapshot is not before:
                    return False
                self._replace(snapshot, self._present_views(lambda view: view.moved(snapshot)))
                return True
        newest = self._read_on(snapshot).snapshot
        ready = self._present_views(lambda view: self._view(newest, view.as_of, newest.seq, view.viewer).prepare())
        with self._refreshing:
            # Loads that came since then are few; their views are made when somebody asks.
            self._replace(self._read_on(newest).snapshot, ready)
        return True

    def _read_on(self, snapshot: Snapshot) -> Extension:
        """The snapshot with what the log holds beyond it; the same one where that is nothing."""
        if self.log.head().seq <= snapshot.seq:
            return Extension(snapshot, {})
        return extended(snapshot, read_after(self.log, snapshot.ontology, snapshot.seq))

    def _present_views(self, made: Callable[[View], View | None]) -> dict[_ViewKey, View]:
        """What `made` makes of the cached views of the present."""
        with self._caching:
            snapshot = self.snapshot
            views = [view for (_, seq, _), view in self._views.items() if seq == snapshot.seq]
        found = [made(view) for view in views if view.snapshot is snapshot]
        return {(view.as_of, view.seq, view.viewer): view for view in found if view is not None}

    def _replace(self, snapshot: Snapshot, views: Mapping[_ViewKey, View]) -> None:
        """Swap the snapshot, and the cached views of the present."""
        with self._caching:
            for key in [key for key in self._views if key[1] == self.snapshot.seq]:
                del self._views[key]
            self.snapshot = snapshot
            self._views.update({key: view for key, view in views.items() if key[1] == snapshot.seq})
        for told in tuple(self._listeners):
            told()

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told` whenever there is a newer snapshot, in the thread that brought it: it must return at once."""
        self._listeners.append(told)

    def today(self) -> date:
        """The day it is in the service's time zone."""
        return self.day_of(self._clock())

    def day_of(self, moment: datetime) -> date:
        """The day that a moment falls on in the service's time zone."""
        return moment.astimezone(self._timezone).date()

    def seconds_to_midnight(self) -> float:
        """How long it is today for."""
        now = self._clock().astimezone(self._timezone)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), self._timezone)
        return (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()

    def view(
        self,
        as_of: date | None = None,
        known_at: datetime | None = None,
        viewer: Viewer | None = None,
        *,
        seq: int | None = None,
    ) -> View:
        """The graph as it was on `as_of` (left out: today), as known at `known_at` (left out: now).

        `known_at` before the first load gives an empty view; after the last, what is known now. `seq` names the last load known
        instead: loads can share a moment. Every day from 0001-01-01 to 9999-12-31 can be asked for; the last stands for an open end
        and reads as the day before. Raises InvalidInput for a `seq` that no load has, and a `known_at` without a time zone.
        """
        if known_at is not None and known_at.tzinfo is None:
            raise InvalidInput(
                f"knownAt {known_at.isoformat()} has no time zone; write it as 2025-06-01T12:00:00+08:00"
            )
        day, viewer = as_of or self.today(), viewer or EVERYONE
        with self._caching:
            snapshot = self.snapshot
            if seq is not None:
                if not 0 <= seq <= snapshot.seq:
                    raise InvalidInput(f"there is no load {seq}; the last one is {snapshot.seq}")
                known_at = snapshot.load(seq).recorded_at if seq else EPOCH
            else:
                seq = snapshot.seq if known_at is None else snapshot.seq_at(known_at)
            found = self._views.get((day, seq, viewer))
            if found is None:
                found = self._view(snapshot, day, seq, viewer)
                self._views[day, seq, viewer] = found
                while len(self._views) > self._max_views:
                    self._views.popitem(last=False)
            self._views.move_to_end((day, seq, viewer))
        return found.known(known_at or snapshot.recorded_at)

    def unresolved(self, snapshot: Snapshot, day: date, seq: int) -> View:
        """The view of a day as load `seq` of a snapshot of this log left it, made for the caller and not kept."""
        return View(
            snapshot,
            day,
            snapshot.load(seq).recorded_at if seq else EPOCH,
            seq,
            default_reliability=self._reliability_default,
        )

    def _view(self, snapshot: Snapshot, day: date, seq: int, viewer: Viewer) -> View:
        return View(snapshot, day, snapshot.recorded_at, seq, viewer, self._reliability_default)

    def prepare_tomorrow(self) -> View:
        """Tomorrow's view of what is known now, whole: made before midnight, it is there when the day begins."""
        return self.view(self.today() + timedelta(days=1)).prepare()

    def settle(self) -> None:
        """Wait until what is being saved is saved."""
        if self._keeper is not None:
            self._keeper.settle()

    def close(self) -> None:
        """Let go of the views, once what is being saved is saved. The log is its owner's to close."""
        self.settle()
        with self._caching:
            self._views.clear()
