"""Waiting for the next load: woken at once by commits of this process, and looking from time to time for those of others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graph.log import Head


class Commits:
    """The commits that one log object made. Safe to share between threads."""

    def __init__(self) -> None:
        self._made = threading.Condition()
        self._count = 0

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A block in which a commit is made: whoever waits looks again when it ends well."""
        yield
        with self._made:
            self._count += 1
            self._made.notify_all()

    def wait(self, head: Callable[[], Head], after: int, timeout: float, poll: float) -> Head:
        """The head, as soon as its seq is greater than `after`, or when `timeout` seconds have passed; asked for every `poll`."""
        deadline = time.monotonic() + timeout
        while True:
            # Counted before the head is read: a commit in between is not slept over.
            seen = self._count
            found = head()
            left = deadline - time.monotonic()
            if found.seq > after or left <= 0:
                return found
            with self._made:
                self._made.wait_for(lambda seen=seen: self._count != seen, min(poll, left))  # type: ignore[misc]
