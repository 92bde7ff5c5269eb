"""Solves fund coverage for the newest view before anybody asks: the first question of a view would wait for it."""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Final

import structlog

from graph.errors import LuoshuError
from graph.view import View
from queries.coverage.solution import solution_of

QUIET_SECONDS: Final = 2.0
"""So long must no newer view of the day come: while loads follow each other, none of their views lives long enough to be asked much."""

_log = structlog.get_logger(__name__)


class Forethought:
    """A thread of its own that solves the network of all funds for each day's newest view, one after the other.

    A question that comes meanwhile waits for the same solution; nothing is solved twice. Requests go on beside it.
    """

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        self.quiet_seconds = quiet_seconds
        self._views: dict[date, View] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="forethought", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def of(self, view: View) -> None:
        """Take a view that will be asked; it takes the place of an older one of its day. Returns at once."""
        with self._changed:
            self._views[view.as_of] = view
            self._changed.notify()

    def stop(self, seconds: float) -> None:
        """End, once what is being solved is solved, or so many seconds have passed."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        while (view := self._next()) is not None:
            begun = time.monotonic()
            try:
                solution_of(view, None, None)
            except LuoshuError as exc:
                # Who asks is told the same.
                _log.warning("coverage not solved ahead", problem=exc.message)
            else:
                milliseconds = round((time.monotonic() - begun) * 1000, 1)
                _log.info("coverage solved ahead", as_of=view.as_of.isoformat(), milliseconds=milliseconds)

    def _next(self) -> View | None:
        """The view to solve now, after a quiet time; None: there will be none."""
        with self._changed:
            while not self._stopping:
                if self._views and not self._changed.wait(self.quiet_seconds):
                    return self._views.pop(min(self._views))
                if not self._views:
                    self._changed.wait()
        return None
