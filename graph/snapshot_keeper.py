"""Keeps one process in step with the folder of snapshots: takes what others published, and publishes what is new.

Mapping a file that is only a little newer would cost more than reading the new loads; so that, like writing, is done in the
background, and whoever asks for what is new waits for neither.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from graph.errors import StoreCorrupt, StoreError
from graph.log import Load, Log
from graph.snapshot import Snapshot
from graph.snapshot_folder import Manifest, Saved, SnapshotFolder

LOAD_ROWS = 50
"""A load costs its next reader as much as so many rows."""

_log = structlog.get_logger(__name__)

Swap = Callable[[Snapshot, Snapshot | None], bool]
"""Takes a snapshot: in the place of that given second, with its numbers, or of whatever there is. False: it was not that one."""


class SnapshotKeeper:
    """Between one process's snapshot and a folder. `worth` new rows are worth writing files for, or mapping them at once.

    `newer` and `tend` are called by one thread at a time.
    """

    def __init__(self, folder: SnapshotFolder, log: Log, worth: int, swap: Swap) -> None:
        self._folder = folder
        self._source = log
        self._worth = worth
        self._swap = swap
        self._saved: Saved | None = None
        self._distrusted: str | None = None
        self._offered = 0
        self._work: threading.Thread | None = None

    def newer(self, snapshot: Snapshot, loads: Sequence[Load]) -> Snapshot | None:
        """What another worker published beyond this snapshot, where `loads`, which it lacks, are too many to be read one by one."""
        if self._busy or (snapshot.seq and self._cost(loads) <= self._worth):
            return None
        manifest = self._foreign()
        if manifest is None or manifest.seq <= snapshot.seq:
            return None
        self._saved = self._mapped(manifest) or self._saved
        return self._saved.snapshot if self._saved and self._saved.generation == manifest.generation else None

    def tend(self, snapshot: Snapshot) -> None:
        """Begin, where it is worthwhile and nothing is under way, to take or to publish files."""
        self._folder.touch()
        if self._busy:
            return
        manifest = self._foreign()
        if manifest is not None:
            self._begin(partial(self._take, manifest))
        elif snapshot.seq != self._offered:
            after = self._saved.snapshot.seq if self._saved else 0
            new = [load for load in snapshot.loads if load.seq > after]
            if self._cost(new) > self._worth or (self._saved is None and new):
                self._offered = snapshot.seq
                self._begin(partial(self._publish, snapshot))

    def settle(self) -> None:
        """Wait until nothing is under way."""
        if self._work is not None:
            self._work.join()

    @property
    def _busy(self) -> bool:
        return self._work is not None and self._work.is_alive()

    def _begin(self, work: Callable[[], None]) -> None:
        self._work = threading.Thread(target=work, name="luoshu-snapshot")
        self._work.start()

    def _cost(self, loads: Sequence[Load]) -> int:
        return sum(load.rows + LOAD_ROWS for load in loads)

    def _foreign(self) -> Manifest | None:
        """What the folder holds that this process neither published nor mapped, nor found corrupt."""
        manifest = self._folder.manifest()
        known = (self._distrusted, self._saved.generation if self._saved else None)
        return None if manifest is None or manifest.generation in known else manifest

    def _mapped(self, manifest: Manifest) -> Saved | None:
        try:
            return self._folder.map(manifest, self._source.loads(), self._saved)
        except StoreCorrupt as exc:
            _log.warning("snapshot not taken", folder=str(self._folder.path), error=str(exc))
            self._distrusted = manifest.generation
            return None

    def _take(self, manifest: Manifest) -> None:
        try:
            saved = self._mapped(manifest)
            if saved is not None and self._swap(saved.snapshot, None):
                self._saved = saved
        except StoreError as exc:
            # The log answers nobody now: whoever refreshes next is told, and the files stay where they are.
            _log.warning("snapshot not taken", folder=str(self._folder.path), error=str(exc))

    def _publish(self, snapshot: Snapshot) -> None:
        try:
            saved = self._folder.publish(snapshot, self._saved, distrusted=self._distrusted)
        except (OSError, StoreCorrupt) as exc:
            _log.warning("snapshot not kept", folder=str(self._folder.path), error=str(exc))
            return
        if saved is None:
            return
        # What came meanwhile was made from the arrays in memory; those stay until the next time.
        swapped = self._swap(saved.snapshot, snapshot)
        self._saved = saved if swapped else Saved(saved.generation, snapshot, saved.files)
