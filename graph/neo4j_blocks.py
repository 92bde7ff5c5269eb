"""Blocks in a Neo4j database: (:LuoshuBlock)-[:CHUNK]->(:LuoshuChunk), a chunk of at most 1 MB a node."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from neo4j import ManagedTransaction

from graph.log import Block
from graph.log_rules import block_gone, block_torn
from graph.neo4j_store import Neo4jStore

CHUNK_BYTES = 1_000_000

CHUNKS_AT_ONCE = 8
"""Chunks written in one transaction: what one holds is in the server's memory until it ends."""

BLOCKS_AT_ONCE = 8
"""Blocks read in one transaction."""


class NewBlock:
    """A block that is to be written: the first chunks in the caller's transaction, the rest each few in their own."""

    def __init__(self, block_id: str, kind: str, data: bytes, rows: int) -> None:
        self.id = block_id
        self._properties = {"kind": kind, "rows": rows, "bytes": len(data)}
        self._chunks = [
            {"id": f"{block_id}:{position:05d}", "data": data[start : start + CHUNK_BYTES]}
            for position, start in enumerate(range(0, len(data), CHUNK_BYTES))
        ]

    def merge(self, tx: ManagedTransaction) -> None:
        """Write the block and its first chunks; again changes nothing."""
        tx.run(
            "MERGE (b:LuoshuBlock {id: $id}) SET b += $properties", id=self.id, properties=self._properties
        ).consume()
        self._merge_chunks(tx, 0)

    def write_rest(self, store: Neo4jStore) -> None:
        """Write the chunks that `merge` left."""
        for start in range(CHUNKS_AT_ONCE, len(self._chunks), CHUNKS_AT_ONCE):
            store.write(functools.partial(self._merge_chunks, start=start))

    def _merge_chunks(self, tx: ManagedTransaction, start: int) -> None:
        tx.run(
            "MATCH (b:LuoshuBlock {id: $id}) UNWIND $chunks AS chunk MERGE (c:LuoshuChunk {id: chunk.id}) SET c.data = chunk.data"
            " MERGE (b)-[:CHUNK]->(c)",
            id=self.id,
            chunks=self._chunks[start : start + CHUNKS_AT_ONCE],
        ).consume()


def read_blocks(store: Neo4jStore, ids: Sequence[str]) -> Iterator[Block]:
    """The blocks of these ids, in this order. Raises StoreCorrupt, BLOCK_GONE, for one that is not there."""
    for start in range(0, len(ids), BLOCKS_AT_ONCE):
        some = ids[start : start + BLOCKS_AT_ONCE]
        found = _read(store, some)
        torn = [entry[0].id for entry in found.values() if entry is not None and len(entry[0].data) != entry[1]]
        if torn:
            # A removal that committed while Cypher read: the second time the block is gone. Else its bytes are lost.
            found |= dict.fromkeys(torn, None) | _read(store, torn)
        for block_id in some:
            entry = found.get(block_id)
            if entry is None:
                raise block_gone(block_id)
            block, size = entry
            if len(block.data) != size:
                raise block_torn(block_id, size, len(block.data))
            yield block


def delete_blocks(store: Neo4jStore, ids: Sequence[str]) -> None:
    """Remove the blocks, a transaction each."""
    for block_id in ids:
        store.write(functools.partial(_delete, block_id=block_id))


def _read(store: Neo4jStore, ids: Sequence[str]) -> dict[str, tuple[Block, int] | None]:
    return store.read(functools.partial(_select, ids=list(dict.fromkeys(ids))))


def _select(tx: ManagedTransaction, ids: list[str]) -> dict[str, tuple[Block, int] | None]:
    found = tx.run(
        "UNWIND $ids AS id MATCH (b:LuoshuBlock {id: id}) OPTIONAL MATCH (b)-[:CHUNK]->(c:LuoshuChunk)"
        " WITH b, c ORDER BY c.id RETURN b.id AS id, b.kind AS kind, b.rows AS rows, b.bytes AS bytes, collect(c.data) AS data",
        ids=ids,
    )
    return {
        record["id"]: (Block(record["id"], record["kind"], record["rows"], b"".join(record["data"])), record["bytes"])
        for record in found
    }


def _delete(tx: ManagedTransaction, block_id: str) -> None:
    tx.run(
        "MATCH (b:LuoshuBlock {id: $id}) OPTIONAL MATCH (b)-[:CHUNK]->(c:LuoshuChunk) DETACH DELETE c, b", id=block_id
    ).consume()
