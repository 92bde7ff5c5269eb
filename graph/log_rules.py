"""The log's rules that both adapters apply inside their transactions, and how they write time and ids."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from graph.errors import (
    InvalidInput,
    LeaseLost,
    LoadError,
    LoadInProgress,
    SourceChanged,
    StoreCorrupt,
    StoreUnavailable,
)
from graph.group_blocks import GroupBlock
from graph.log import EPOCH, SMALL_BYTES, BlockRef, Lease, Load, LoadHeader, Mode, SmallLoad

BLOCK_GONE = "BLOCK_GONE"

_MICROSECOND = timedelta(microseconds=1)
_made = itertools.count()


def new_id() -> str:
    """A fresh id of 32 hexadecimal digits; ids that one process makes sort in the order of their making."""
    return f"{time.time_ns():016x}{next(_made) % 2**24:06x}{os.urandom(5).hex()}"


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC, exact."""
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The UTC moment so many microseconds after 1970, exact."""
    return EPOCH + micros * _MICROSECOND


def check_append(header: LoadHeader, kind: str, rows: int) -> None:
    """Refuse a block that its load's header does not cover: STALE is decided by the header."""
    if header.mode is Mode.WITHDRAWAL:
        raise InvalidInput(f"a withdrawal of source {header.source!r} has no blocks; state rows in a load of their own")
    if kind not in header.kinds:
        raise InvalidInput(
            f"the load of {header.source!r} covers {', '.join(header.kinds)} and not {kind}; name it at begin"
        )
    if rows < 1:
        raise InvalidInput(f"a block of {kind} has {rows} rows; append only blocks with rows")


def check_small(loads: Sequence[SmallLoad]) -> None:
    """Refuse a group without loads, and blocks that are too large or that their header does not cover."""
    if not loads:
        raise InvalidInput("there are no loads to commit; give at least one")
    for load in loads:
        for kind, data, rows in load.blocks:
            check_append(load.header, kind, rows)
            if len(data) > SMALL_BYTES:
                raise InvalidInput(
                    f"a block of {kind} has {len(data):,} bytes, a small load's at most {SMALL_BYTES:,}; begin, append and finish it"
                )


def finished(
    loads: Sequence[SmallLoad], load_ids: Sequence[str], blocks: Sequence[GroupBlock], first: int, micros: int
) -> list[Load]:
    """Small loads as they stand in the log, the first with the number `first`."""
    return [
        Load(
            seq=first + place,
            load_id=load_id,
            recorded_at=from_micros(micros),
            header=load.header,
            counts=load.counts,
            blocks=tuple(BlockRef(one.id, one.kind, one.rows[place]) for one in blocks if place in one.rows),
            rows=load.rows,
        )
        for place, (load, load_id) in enumerate(zip(loads, load_ids, strict=True))
    ]


def check_lease(lease: Lease, token: int, owner: str | None) -> None:
    """Refuse a lease that is not the newest, or was given back."""
    if lease.token == token and owner is not None:
        return
    now = f"{owner} holds it now" if owner is not None else "nobody holds it now"
    raise LeaseLost(
        f"the lease {lease.token} of {lease.owner} was taken over or given back ({now}); start the load again"
    )


def lease_held(owner: str, expires_at: int) -> LoadInProgress:
    """The error that tells a second bulk writer who holds the lease, and until when (µs)."""
    until = from_micros(expires_at).isoformat(timespec="seconds")
    return LoadInProgress(f"{owner} is loading and holds the lease until {until}; wait for it, or try again after that")


def check_stale(header: LoadHeader, compared_at: int, later: Iterable[tuple[int, LoadHeader]]) -> None:
    """Refuse to finish when one of the loads of the same source after `compared_at` touched what this one touches."""
    for seq, other in later:
        everything = Mode.WITHDRAWAL in (header.mode, other.mode)
        shared = sorted(set(header.kinds) & set(other.kinds))
        if everything or shared:
            what = ", ".join(shared) or "all kinds"
            raise SourceChanged(
                f"load {seq} of {header.source!r} touched {what} after load {compared_at}, which this one was compared with;"
                " compare again and finish again"
            )


def next_recorded_at(clock: int, last: int, asked: datetime | None) -> int:
    """When a load is recorded, in µs: `asked` where given, else the clock, and never before `last`."""
    if asked is None:
        return max(clock, last)
    if asked.tzinfo is None:
        raise InvalidInput(f"recorded-at {asked.isoformat()} has no offset; add one, such as {asked.isoformat()}+08:00")
    micros = to_micros(asked.astimezone(UTC))
    if micros < last:
        at = from_micros(last).isoformat()
        raise InvalidInput(
            f"recorded-at {asked.isoformat()} lies before the last load's, {at}; give that or a later moment"
        )
    return micros


def load_gone(load_id: str) -> LoadError:
    """The error for a load that is not open: finished, abandoned, swept, or never begun."""
    return LoadError(f"load {load_id} is not open: it was finished, abandoned or never begun; begin a new one")


def block_gone(block_id: str) -> StoreCorrupt:
    """The error for a block that a compaction replaced, and whose grace period is over."""
    return StoreCorrupt(
        f"block {block_id} was replaced by a compaction; list the loads again", code=BLOCK_GONE, retryable=True
    )


def block_torn(block_id: str, expected: int, found: int) -> StoreCorrupt:
    """The error for a block whose bytes are not all there."""
    return StoreCorrupt(
        f"block {block_id} has {found} bytes where its log says {expected}; restore the store from a copy"
    )


def closed() -> StoreUnavailable:
    """The error of a log that was closed; trying again does not help."""
    return StoreUnavailable("this log was closed; open it again", retryable=False)
