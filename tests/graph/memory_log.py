"""A log in memory, for tests that care for what its rows come to and not for how they are kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from graph.errors import InvalidInput
from graph.log import Block, BlockRef, Compaction, Counts, Head, Lease, Load, LoadHeader, Log, SmallLoad

START = datetime(2024, 1, 1, tzinfo=UTC)


class MemoryLog(Log):
    """Loads are recorded an hour apart from 2024-01-01 on, unless they say when."""

    def __init__(self, log_id: str = "memory") -> None:
        self._log_id = log_id
        self._open: dict[str, tuple[LoadHeader, list[Block]]] = {}
        self._loads: list[Load] = []
        self._blocks: dict[str, Block] = {}

    @property
    def log_id(self) -> str:
        return self._log_id

    def begin(self, header: LoadHeader) -> str:
        load_id = uuid.uuid4().hex
        self._open[load_id] = (header, [])
        return load_id

    def append(self, load_id: str, kind: str, data: bytes, rows: int) -> None:
        found = self._open[load_id][1]
        found.append(Block(f"{load_id}-{len(found)}", kind, rows, data))

    def finish(
        self,
        load_id: str,
        *,
        compared_at: int,
        counts: Counts,
        lease: Lease | None = None,
        recorded_at: datetime | None = None,
    ) -> Load:
        last = self.head().recorded_at
        at = recorded_at or max(last, START) + timedelta(hours=1)
        if at < last:
            raise InvalidInput(f"{at} lies before the last load's {last}")
        header, blocks = self._open.pop(load_id)
        refs = tuple(BlockRef(block.id, block.kind, block.rows) for block in blocks)
        self._blocks |= {block.id: block for block in blocks}
        rows = sum(ref.rows for ref in refs)
        load = Load(len(self._loads) + 1, load_id, at, header, counts, refs, rows)
        self._loads.append(load)
        return load

    def commit(self, loads: Sequence[SmallLoad], *, compared_at: int) -> list[Load]:
        found = []
        for load in loads:
            load_id = self.begin(load.header)
            for kind, data, rows in load.blocks:
                self.append(load_id, kind, data, rows)
            found.append(self.finish(load_id, compared_at=compared_at, counts=load.counts))
        return found

    def share(self, block: Block, rows: Mapping[int, int]) -> None:
        """Put one block in the place of all others of these loads, by seq with how many of its rows each has."""
        self._blocks[block.id] = block
        for seq, count in rows.items():
            self._loads[seq - 1] = replace(self._loads[seq - 1], blocks=(BlockRef(block.id, block.kind, count),))

    def abandon(self, load_id: str) -> None:
        self._open.pop(load_id, None)

    def replace_blocks(self, load_id: str, kind: str) -> None:
        header, blocks = self._open[load_id]
        self._open[load_id] = (header, [block for block in blocks if block.kind != kind])

    def head(self) -> Head:
        return Head(self._loads[-1].seq, self._loads[-1].recorded_at) if self._loads else Head(0)

    def loads(self, after: int = 0) -> list[Load]:
        return self._loads[after:]

    def blocks(self, ids: Sequence[str]) -> Iterator[Block]:
        return (self._blocks[block_id] for block_id in ids)

    def wait(self, after: int, timeout: float) -> Head:
        return self.head()

    def acquire(self, owner: str, ttl: float = 60.0) -> Lease:
        return Lease(1, owner, START + timedelta(days=36500))

    def renew(self, lease: Lease, ttl: float = 60.0) -> Lease:
        return lease

    def release(self, lease: Lease) -> None:
        pass

    def compact(self, *, grace: float = 600.0) -> Compaction:
        return Compaction(len(self._blocks), len(self._blocks), 0)

    def size_bytes(self) -> int | None:
        return None

    def close(self) -> None:
        pass
