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

import structlog

from graph.errors import InvalidInput, StoreCorrupt
from graph.log import EPOCH, Log
from graph.ontology import Ontology
from graph.snapshot import Snapshot
from graph.snapshot_columns import Rows
from graph.snapshot_extend import extended
from graph.snapshot_folder import Saved, SnapshotFolder
from graph.snapshot_reading import read_after
from graph.view import DEFAULT_RELIABILITY, View
from graph.viewer import EVERYONE, Viewer

MAX_VIEWS: Final = 4
PUBLISH_ROWS: Final = 20_000
"""Fewer new rows than that are read from the log again by whoever opens it next, not written to files."""
LOAD_ROWS: Final = 50
"""A load costs its next reader as much as so many rows."""


_log = structlog.get_logger(__name__)


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
        self._folder = folder
        self._timezone = ZoneInfo(timezone)
        self._reliability_default = reliability_default
        self._clock = clock
        self._max_views = max_views
        self._publish_rows = publish_rows
        self._views: OrderedDict[tuple[date, int, Viewer], View] = OrderedDict()
        self._saved: Saved | None = None
        self._distrusted: str | None = None
        self._offered = 0
        self._publisher: threading.Thread | None = None
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
            self._take_published()
            if self.log.head().seq > self.snapshot.seq:
                before = self.snapshot
                extension = extended(before, read_after(self.log, before.ontology, before.seq))
                self._move(extension.snapshot, extension.touched)
            self._publish_if_worthwhile()
            return self.snapshot

    def _take_published(self) -> None:
        """Map what another worker published, unless this process published it or it proved corrupt."""
        manifest = self._folder.manifest() if self._folder else None
        if self._folder is None or manifest is None or manifest.generation == self._distrusted:
            return
        if self._saved is not None and manifest.generation == self._saved.generation:
            return
        try:
            saved = self._folder.map(manifest, self.log.loads(), self._saved)
        except StoreCorrupt:
            self._distrusted = manifest.generation
            return
        self._saved = saved
        snapshot = saved.snapshot
        if snapshot.seq < self.snapshot.seq:
            snapshot = extended(snapshot, read_after(self.log, snapshot.ontology, snapshot.seq)).snapshot
        self._move(snapshot, None)

    def _move(self, snapshot: Snapshot, touched: Mapping[str, Rows] | None) -> None:
        """Take a newer snapshot, and the cached views of the present along."""
        before = self.snapshot
        with self._caching:
            present = [(key, view) for key, view in self._views.items() if key[1] == before.seq]
        moved = {}
        for (day, _, viewer), view in present:
            advanced = view.advanced(snapshot, touched) if view.snapshot is before else None
            if advanced is not None:
                moved[day, snapshot.seq, viewer] = advanced
        with self._caching:
            self.snapshot = snapshot
            for key, _ in present:
                self._views.pop(key, None)
            self._views.update(moved)

    def _publish_if_worthwhile(self) -> None:
        busy = self._publisher is not None and self._publisher.is_alive()
        if self._folder is None or busy or self.snapshot.seq == self._offered:
            return
        after = self._saved.snapshot.seq if self._saved else 0
        new = [load for load in self.snapshot.loads if load.seq > after]
        if sum(load.rows + LOAD_ROWS for load in new) > self._publish_rows or (self._saved is None and new):
            self._offered = self.snapshot.seq
            work = (self._folder, self.snapshot, self._saved, self._distrusted)
            self._publisher = threading.Thread(target=self._publish, args=work, name="luoshu-snapshot")
            self._publisher.start()

    def _publish(
        self, folder: SnapshotFolder, snapshot: Snapshot, before: Saved | None, distrusted: str | None
    ) -> None:
        try:
            saved = folder.publish(snapshot, before, distrusted=distrusted)
        except (OSError, StoreCorrupt) as exc:
            _log.warning(
                "snapshot not kept; the next start reads the whole log", folder=str(folder.path), error=str(exc)
            )
            return
        if saved is None:
            return
        with self._refreshing:
            if self._saved is not before:
                return
            if self.snapshot is not snapshot:
                # What came meanwhile was made from the arrays in memory; those stay until the next time.
                self._saved = Saved(saved.generation, snapshot, saved.files)
                return
            self._saved = saved
            with self._caching:
                self.snapshot = saved.snapshot
                for key, view in self._views.items():
                    if view.snapshot is snapshot:
                        self._views[key] = view.moved(saved.snapshot)

    def today(self) -> date:
        """The day it is in the service's time zone."""
        return self._clock().astimezone(self._timezone).date()

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
                found = View(snapshot, day, known_at or snapshot.recorded_at, seq, viewer, self._reliability_default)
                self._views[day, seq, viewer] = found
                while len(self._views) > self._max_views:
                    self._views.popitem(last=False)
            self._views.move_to_end((day, seq, viewer))
        return found.known(known_at or snapshot.recorded_at)

    def prepare_tomorrow(self) -> View:
        """Tomorrow's view of what is known now, whole: made before midnight, it is there when the day begins."""
        return self.view(self.today() + timedelta(days=1)).prepare()

    def settle(self) -> None:
        """Wait until what is being saved is saved."""
        if self._publisher is not None:
            self._publisher.join()

    def close(self) -> None:
        """Let go of the views, once what is being saved is saved. The log is its owner's to close."""
        self.settle()
        with self._caching:
            self._views.clear()
