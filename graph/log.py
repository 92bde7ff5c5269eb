"""The log: the only truth. Loads of Arrow blocks, appended and never changed; a load is visible only when it is finished.

This is the port. Two adapters keep its contract (`sqlite_log`, `neo4j_log`), under one suite (`tests/contract`). It knows
nothing of kinds beyond their names, nor of what the rows mean: `graph.blocks` says how rows become bytes, `graph.snapshot` what
they come to.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ASSUMED = "假设 what-if"
"""The source of what a what-if assumes; no load may have it."""


class Mode(enum.Enum):
    """What a load says about what it does not state."""

    FULL = "FULL"
    """What this source stated of the load's kinds before, and states no more, ends at `stated_on`."""
    PARTIAL = "PARTIAL"
    """Nothing."""
    WITHDRAWAL = "WITHDRAWAL"
    """Every row of the source so far counts no more, from this load on; it has no blocks."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a load stated, dropped as unchanged, quarantined and ended."""

    stated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class LoadHeader:
    """What a load says about itself before it has a number.

    `source` the dataset whose statements these are; `actor` who runs the load; `kinds` the names of the kinds that it covers;
    `scope` what part of the source it covers, in words; `stated_on` the day whose state it gives; `input_hash` SHA-256 of its
    input; `note` what it is for (undo of load 7, retraction).
    """

    source: str
    actor: str
    kinds: tuple[str, ...]
    mode: Mode = Mode.PARTIAL
    scope: str = ""
    stated_on: date | None = None
    input_hash: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockRef:
    """One block of a load: its id in the log, the name of its kind, how many rows of this load it holds.

    A compacted block appears in several loads; each row's own load is in its column `load`.
    """

    id: str
    kind: str
    rows: int


@dataclass(frozen=True, slots=True)
class Load:
    """A finished load: `seq` counts finished loads from 1; `recorded_at` (UTC, µs) never goes back."""

    seq: int
    load_id: str
    recorded_at: datetime
    header: LoadHeader
    counts: Counts
    blocks: tuple[BlockRef, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one kind: `data` is a zstd-compressed Arrow IPC stream. In a compacted block a column `load` gives each row's seq."""

    id: str
    kind: str
    rows: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The last finished load: its seq (0: none) and when it was recorded."""

    seq: int
    recorded_at: datetime = EPOCH


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to be the one bulk writer: `token` is the fencing token, larger for each new holder."""

    token: int
    owner: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did: blocks before and after, and how many old ones wait out their grace period."""

    blocks_before: int
    blocks_after: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SmallLoad:
    """A load that is there whole before it is begun: `blocks` are (kind name, data, rows), at most SMALL_BYTES each."""

    header: LoadHeader
    blocks: tuple[tuple[str, bytes, int], ...]
    counts: Counts

    @property
    def rows(self) -> int:
        """How many rows its blocks hold."""
        return sum(rows for _, _, rows in self.blocks)


SMALL_BYTES = 1_000_000
"""Largest block of a small load."""


class Log(ABC):
    """The port. All methods may raise StoreUnavailable and StoreTimeout (retryable) and StoreCorrupt."""

    @property
    @abstractmethod
    def log_id(self) -> str:
        """The id of this log, made once when it was created: snapshots on disk are filed under it."""

    @abstractmethod
    def begin(self, header: LoadHeader) -> str:
        """The id of a new, invisible load.

        A load that is begun and never finished leaves nothing visible; `abandon` or the next `compact` removes its blocks.
        """

    @abstractmethod
    def append(self, load_id: str, kind: str, data: bytes, rows: int) -> None:
        """Add a block to an unfinished load. Any size: the adapter cuts it as its store needs.

        Raises
        ------
        InvalidInput
            The header does not name `kind`, the load is a withdrawal, or `rows` is less than 1.
        LoadError
            The load is not open: finished, abandoned, removed by a compaction, or never begun.
        """

    @abstractmethod
    def finish(
        self,
        load_id: str,
        *,
        compared_at: int,
        counts: Counts,
        lease: Lease | None = None,
        recorded_at: datetime | None = None,
    ) -> Load:
        """The finished load, visible at once with all its blocks, in one transaction.

        Locks the head first; then checks `lease`'s token (None: a mutation, which needs no lease), and that no load after
        `compared_at` touched the same source and any of the same kinds (a withdrawal touches all kinds); then writes seq + 1 and
        recordedAt = max(clock, last), or `recorded_at` where given. The clock is the store's.

        A load that is finished already is returned as it is: whoever lost the answer may ask again.

        Raises
        ------
        SourceChanged
            STALE: compare again with what came after `compared_at`, and finish again. The load stays unfinished.
        LeaseLost
            The token is not the newest, or was given back.
        InvalidInput
            `recorded_at` lies before the last load's, or has no offset.
        LoadError
            The load is not open (see `append`).
        """

    @abstractmethod
    def commit(self, loads: Sequence[SmallLoad], *, compared_at: int) -> list[Load]:
        """These loads, begun and finished in one transaction: all of them or none, in their order, each with a number of its own.

        For mutations: without the lease, and for the price of one transaction. What `finish` checks is checked of each against the
        loads after `compared_at`, not of one against another.

        Raises
        ------
        SourceChanged
            STALE: compare again with what came after `compared_at`, and commit again.
        InvalidInput
            There are none; a block is larger than SMALL_BYTES, or of a kind that its header does not name.
        """

    @abstractmethod
    def abandon(self, load_id: str) -> None:
        """Remove an unfinished load and its blocks. A finished or unknown load is left as it is."""

    @abstractmethod
    def replace_blocks(self, load_id: str, kind: str) -> None:
        """Remove the blocks of one kind of an unfinished load: for a writer that was told STALE and compares again."""

    @abstractmethod
    def head(self) -> Head:
        """The last finished load. Never goes back: StoreCorrupt where the store was put back to an earlier state."""

    @abstractmethod
    def loads(self, after: int = 0) -> list[Load]:
        """The finished loads with seq > `after`, in order of seq; empty when there are none."""

    @abstractmethod
    def blocks(self, ids: Sequence[str]) -> Iterator[Block]:
        """The blocks of these ids, in this order.

        A block that a compaction replaced in between raises StoreCorrupt with code BLOCK_GONE (retryable): list the loads again.
        """

    @abstractmethod
    def wait(self, after: int, timeout: float) -> Head:
        """The head, as soon as its seq is greater than `after`, or when `timeout` seconds have passed."""

    @abstractmethod
    def acquire(self, owner: str, ttl: float = 60.0) -> Lease:
        """The lease of the one bulk writer, for `ttl` seconds.

        Raises LoadInProgress, naming the holder and until when, while a lease runs, also one of the same owner.
        """

    @abstractmethod
    def renew(self, lease: Lease, ttl: float = 60.0) -> Lease:
        """The same lease with a later end, even if its own is past. Raises LeaseLost when another took it, or it was given back."""

    @abstractmethod
    def release(self, lease: Lease) -> None:
        """Give the lease back. One that is no longer held is left alone."""

    @abstractmethod
    def compact(self, *, grace: float = 600.0) -> Compaction:
        """Merge small blocks of finished loads, under the lease.

        A compacted block covers whole loads and keeps each row's seq; what readers list changes in one transaction. Replaced
        blocks stay readable for `grace` seconds and go with a later compaction, as do loads that were never finished and that
        nobody has added to for as long. Raises LoadInProgress while a bulk writer holds the lease.
        """

    @abstractmethod
    def size_bytes(self) -> int | None:
        """How much the log takes in its store; None where the store does not say."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store. A closed log answers StoreUnavailable."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
