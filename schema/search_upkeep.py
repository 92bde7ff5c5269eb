"""Keeps the search index up with what is known, beside the thread that waits for loads: subscribers do not wait for names."""

from __future__ import annotations

import threading
from collections.abc import Callable

from graph.search import SearchIndex
from graph.snapshot import Snapshot


class SearchUpkeep:
    """A thread of its own that takes the names of the newest snapshot in. `failed` is called should it end before it is stopped."""

    def __init__(self, index: SearchIndex, failed: Callable[[], None]) -> None:
        self._index = index
        self._failed = failed
        self._newest: Snapshot | None = None
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="search upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def of(self, snapshot: Snapshot) -> None:
        """Take a snapshot that will be searched; it takes the place of one that waits. Returns at once."""
        with self._changed:
            self._newest = snapshot
            self._changed.notify()

    def stop(self, seconds: float) -> None:
        """End, once what is under way is done, or so many seconds have passed."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while (snapshot := self._next()) is not None:
                self._index.update(snapshot)
        finally:
            if not self._stopping:
                self._failed()

    def _next(self) -> Snapshot | None:
        """The snapshot to take in; None: there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._newest is not None)
            found, self._newest = self._newest, None
            return None if self._stopping else found
