"""The lease of the one bulk writer, kept alive while a load runs, however long its reading takes."""

from __future__ import annotations

import os
import socket
import threading
from types import TracebackType
from typing import Self

from graph.errors import LeaseLost, StoreError
from graph.log import Lease, Log

TTL: float = 60.0
"""Seconds for which a lease runs unless it is renewed."""


class Leased:
    """Holds the lease of `log` inside a `with` block, and renews it in the background.

    Raises LoadInProgress on entry while another writer holds it.
    """

    def __init__(self, log: Log, actor: str, *, ttl: float = TTL) -> None:
        self._log = log
        self._owner = f"{actor} ({socket.gethostname()}, process {os.getpid()})"
        self._ttl = ttl
        self._lease: Lease | None = None
        self._lost: LeaseLost | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    @property
    def lease(self) -> Lease:
        """The lease as it stands.

        Raises LeaseLost when another writer has taken it over meanwhile.
        """
        if self._lost is not None:
            raise self._lost
        if self._lease is None:
            raise LeaseLost("no lease was acquired; enter the block first")
        return self._lease

    def __enter__(self) -> Self:
        self._lease = self._log.acquire(self._owner, self._ttl)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        if self._lease is not None and self._lost is None:
            self._log.release(self._lease)

    def _renew(self) -> None:
        while not self._done.wait(self._ttl / 3):
            try:
                self._lease = self._log.renew(self.lease, self._ttl)
            except LeaseLost as exc:
                self._lost = exc
                return
            except StoreError:
                # The store may come back before the lease runs out; finish checks the token anyway.
                continue
