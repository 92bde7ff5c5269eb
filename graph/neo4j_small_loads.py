"""Small loads in a Neo4j database: several begun and finished in one transaction of three statements."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from neo4j import ManagedTransaction

from graph.group_blocks import blocks_needed, group_blocks
from graph.log import Load, LoadHeader, SmallLoad
from graph.log_rules import check_stale, finished, new_id, next_recorded_at
from graph.neo4j_loads import header_of, lock_head, micros_of, properties_of, select_loads

_READ: Final = (
    "MATCH (h:LuoshuHead {name: 'head'})"
    " CALL (*) { MATCH (l:LuoshuLoad) WHERE l.source IN $sources AND l.seq > $seq WITH l ORDER BY l.seq RETURN collect(l) AS later }"
    " CALL (*) { MATCH (l:LuoshuLoad) WHERE l.loadId = $first RETURN count(l) AS done }"
    " RETURN h.seq AS seq, h.recordedAt AS recordedAt, datetime.realtime() AS now, later, done"
)
_WRITE: Final = (
    "MATCH (h:LuoshuHead {name: 'head'}) SET h.seq = $seq, h.recordedAt = $micros"
    " WITH h CALL (*) { UNWIND $loads AS load"
    "   CREATE (l:LuoshuLoad {loadId: load.id}) SET l += load.properties, l.recordedAt = $micros, l.aliveAt = $micros"
    "   RETURN count(l) AS made }"
    " UNWIND $blocks AS block"
    " CREATE (b:LuoshuBlock {id: block.id, kind: block.kind, rows: block.rows, bytes: block.bytes})"
    " CREATE (b)-[:CHUNK]->(:LuoshuChunk {id: block.id + ':00000', data: block.data})"
    " WITH b, block UNWIND block.of AS part"
    " MATCH (l:LuoshuLoad {loadId: part.load}) CREATE (l)-[:CONTAINS {rows: part.rows}]->(b)"
)


class SmallGroup:
    """Small loads with the ids that they will have: a transaction that is tried again after its commit finds them there."""

    def __init__(self, loads: Sequence[SmallLoad], compared_at: int) -> None:
        self._loads = loads
        self._compared_at = compared_at
        self._ids = [new_id() for _ in loads]
        self._blocks = [new_id() for _ in range(blocks_needed(loads))]

    def write(self, tx: ManagedTransaction) -> list[Load]:
        """The loads, finished. Raises SourceChanged."""
        lock_head(tx)
        sources = {load.header.source for load in self._loads}
        head = tx.run(_READ, sources=sorted(sources), seq=self._compared_at, first=self._ids[0]).single(strict=True)
        if head["done"]:
            return select_loads(tx, "WHERE l.loadId IN $ids", ids=self._ids)
        later: dict[str, list[tuple[int, LoadHeader]]] = {}
        for other in head["later"]:
            later.setdefault(other["source"], []).append((other["seq"], header_of(other)))
        for load in self._loads:
            check_stale(load.header, self._compared_at, later.get(load.header.source, ()))
        first = head["seq"] + 1
        micros = next_recorded_at(micros_of(head["now"]), head["recordedAt"], None)
        blocks = group_blocks(self._loads, first, self._blocks)
        done = finished(self._loads, self._ids, blocks, first, micros)
        tx.run(
            _WRITE,
            loads=[
                {
                    "id": load.load_id,
                    "properties": properties_of(load.header)
                    | dataclasses.asdict(load.counts)
                    | {"rows": load.rows, "seq": load.seq},
                }
                for load in done
            ],
            blocks=[
                {
                    "id": block.id,
                    "kind": block.kind,
                    "rows": block.row_count,
                    "bytes": len(block.data),
                    "data": block.data,
                    "of": [{"load": self._ids[place], "rows": rows} for place, rows in block.rows.items()],
                }
                for block in blocks
            ],
            seq=done[-1].seq,
            micros=micros,
        ).consume()
        return done
