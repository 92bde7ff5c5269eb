"""A load on its way into the log: drafted from what is known, appended, finished; drafted again when it was STALE."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import polars as pl

from graph.blocks import MAX_ROWS, encode
from graph.errors import InvalidInput, SourceChanged, StoreError
from graph.knowledge import Knowledge
from graph.log import ASSUMED, Counts, Lease, Load, LoadHeader, Log, Mode
from graph.snapshot import Snapshot

TRIES: Final = 20
"""How often a load is drafted because others touched the same source and kinds meanwhile."""
_WORKERS: Final = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """What a load would be: its header, the rows to append by kind name, and its counts."""

    header: LoadHeader
    frames: Mapping[str, pl.DataFrame]
    counts: Counts


class Drafting(Protocol):
    """Drafts a load from what a snapshot knows. `stale` names the kinds that other loads touched since the last draft, or all."""

    def __call__(self, snapshot: Snapshot, stale: Collection[str], /) -> Draft: ...


def finish_load(
    knowledge: Knowledge,
    source: str,
    kinds: Collection[str],
    drafting: Drafting,
    *,
    lease: Callable[[], Lease] | None = None,
    recorded_at: datetime | None = None,
    advance: Callable[[int], None] = lambda rows: None,
) -> Load:
    """The finished load of what `drafting` drafts for `source`; while it is STALE, it is drafted again.

    `lease` gives the bulk writer's lease as it stands, None for a load without one. `advance` is told rows as they are appended.

    Raises
    ------
    SourceChanged
        Other loads touched the same source and kinds each of TRIES times.
    LoadError, StoreError
        It cannot be finished; nothing of it is visible.
    InvalidInput
        The source is that of what-ifs.
    """
    if source == ASSUMED:
        raise InvalidInput(
            f"source {source!r} is that of what-ifs, which are never written; name the dataset otherwise"
        )
    pending = _Pending(knowledge.log, advance)
    snapshot, stale = knowledge.refresh(), list(kinds)
    try:
        for attempt in itertools.count(1):
            draft = drafting(snapshot, stale)
            pending.put(draft, stale)
            try:
                return pending.finish(snapshot.seq, draft.counts, lease() if lease is not None else None, recorded_at)
            except SourceChanged:
                if attempt == TRIES:
                    raise
            compared_at, snapshot = snapshot.seq, knowledge.refresh()
            stale = _touched(snapshot, compared_at, source, kinds)
        raise AssertionError("unreachable")
    finally:
        pending.abandon()


def _touched(snapshot: Snapshot, compared_at: int, source: str, kinds: Collection[str]) -> list[str]:
    later = [load.header for load in snapshot.loads if load.seq > compared_at and load.header.source == source]
    if any(header.mode is Mode.WITHDRAWAL for header in later):
        return list(kinds)
    touched = {name for header in later for name in header.kinds}
    return [name for name in kinds if name in touched]


class _Pending:
    """The load in the log, begun again when its header no longer fits."""

    def __init__(self, log: Log, advance: Callable[[int], None]) -> None:
        self._log = log
        self._advance = advance
        self._header: LoadHeader | None = None
        self._load_id = ""

    def put(self, draft: Draft, stale: Collection[str]) -> None:
        """Bring the load's blocks to the draft; only those of the `stale` kinds are not there yet."""
        if draft.header != self._header:
            self.abandon()
            self._load_id, self._header = self._log.begin(draft.header), draft.header
            stale = list(draft.frames)
        else:
            for name in stale:
                self._log.replace_blocks(self._load_id, name)
        blocks = (
            (name, draft.frames[name].slice(start, MAX_ROWS))
            for name in stale
            if name in draft.frames
            for start in range(0, draft.frames[name].height, MAX_ROWS)
        )
        with ThreadPoolExecutor(_WORKERS, thread_name_prefix="encode") as pool:
            while window := list(itertools.islice(blocks, 4 * _WORKERS)):
                for (name, rows), data in zip(window, pool.map(encode, [rows for _, rows in window]), strict=True):
                    self._log.append(self._load_id, name, data, rows.height)
                    self._advance(rows.height)

    def finish(self, compared_at: int, counts: Counts, lease: Lease | None, recorded_at: datetime | None) -> Load:
        """The load, finished."""
        load = self._log.finish(
            self._load_id, compared_at=compared_at, counts=counts, lease=lease, recorded_at=recorded_at
        )
        self._load_id = ""
        return load

    def abandon(self) -> None:
        """Remove what was written of the load, unless it is finished."""
        if self._load_id:
            # A store that is gone keeps blocks that nobody sees; the next compaction removes them.
            with suppress(StoreError):
                self._log.abandon(self._load_id)
            self._load_id = ""
