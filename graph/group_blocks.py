"""The blocks of small loads that are committed together: those of one kind are one, in which each row has the number of its load.

As a compaction would have made them, so that a group of mutations takes a block a kind to write and to read, and not one each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graph.blocks import LOAD, decode_table, encode_table
from graph.log import SMALL_BYTES, SmallLoad


@dataclass(frozen=True, slots=True)
class GroupBlock:
    """A block of some loads of a group: `rows` how many of it each load, by its place in the group, has."""

    id: str
    kind: str
    data: bytes
    rows: dict[int, int]

    @property
    def row_count(self) -> int:
        """Its rows."""
        return sum(self.rows.values())


def blocks_needed(loads: Sequence[SmallLoad]) -> int:
    """How many ids `group_blocks` takes at most."""
    return sum(len(load.blocks) for load in loads)


def group_blocks(loads: Sequence[SmallLoad], first: int, ids: Sequence[str]) -> list[GroupBlock]:
    """The blocks of these loads, of which the first gets the number `first`; `ids` are theirs in order.

    What one load alone has of a kind stays as it is, as does what together would be larger than a small block.
    """
    parts: dict[str, list[tuple[int, bytes, int]]] = {}
    for place, load in enumerate(loads):
        for kind, data, rows in load.blocks:
            parts.setdefault(kind, []).append((place, data, rows))
    fresh = iter(ids)
    found: list[GroupBlock] = []
    for kind, mine in parts.items():
        if len(mine) == 1 or sum(len(data) for _, data, _ in mine) > SMALL_BYTES:
            found += [GroupBlock(next(fresh), kind, data, {place: rows}) for place, data, rows in mine]
            continue
        rows_of: dict[int, int] = {}
        for place, _, rows in mine:
            rows_of[place] = rows_of.get(place, 0) + rows
        data = _joined([(first + place, data) for place, data, _ in mine])
        found.append(GroupBlock(next(fresh), kind, data, rows_of))
    return found


def _joined(parts: Sequence[tuple[int, bytes]]) -> bytes:
    tables = []
    for seq, data in parts:
        table = decode_table(data)
        numbers = pa.py_buffer(np.full(table.num_rows, seq, np.int64))
        loads = pa.Array.from_buffers(pa.int64(), table.num_rows, [None, numbers])
        tables.append(table.append_column(LOAD, loads))
    return encode_table(pa.concat_tables(tables, promote_options="permissive").combine_chunks())
