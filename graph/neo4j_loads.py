"""Loads and the head of a log in a Neo4j database: how they are made, locked and read, inside the caller's transaction."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Final, LiteralString

from neo4j import ManagedTransaction
from neo4j.graph import Node
from neo4j.time import DateTime

from graph.log import BlockRef, Counts, Load, LoadHeader, Mode
from graph.log_rules import from_micros, load_gone, to_micros

FORMAT = 1
"""Version of the nodes and their properties."""

CONSTRAINTS = (
    "CREATE CONSTRAINT luoshu_head IF NOT EXISTS FOR (n:LuoshuHead) REQUIRE n.name IS UNIQUE",
    "CREATE CONSTRAINT luoshu_lease IF NOT EXISTS FOR (n:LuoshuLease) REQUIRE n.name IS UNIQUE",
    "CREATE CONSTRAINT luoshu_load IF NOT EXISTS FOR (n:LuoshuLoad) REQUIRE n.loadId IS UNIQUE",
    "CREATE CONSTRAINT luoshu_load_seq IF NOT EXISTS FOR (n:LuoshuLoad) REQUIRE n.seq IS UNIQUE",
    "CREATE CONSTRAINT luoshu_block IF NOT EXISTS FOR (n:LuoshuBlock) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT luoshu_chunk IF NOT EXISTS FOR (n:LuoshuChunk) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX luoshu_load_source IF NOT EXISTS FOR (n:LuoshuLoad) ON (n.source, n.seq)",
)

READ_HEAD: Final = (
    "MATCH (h:LuoshuHead {name: 'head'}), (s:LuoshuLease {name: 'bulk'})"
    " RETURN h.seq AS seq, h.recordedAt AS recordedAt, datetime.realtime() AS now,"
    " s.token AS token, s.owner AS owner, s.expiresAt AS expiresAt, s.claim AS claim"
)


def create_log(tx: ManagedTransaction) -> tuple[str, int]:
    """The id and format of the log in this database, made where there is none."""
    tx.run(
        "MERGE (h:LuoshuHead {name: 'head'}) ON CREATE SET h.logId = $id, h.format = $format, h.seq = 0, h.recordedAt = 0"
        " MERGE (s:LuoshuLease {name: 'bulk'}) ON CREATE SET s.token = 0, s.expiresAt = 0",
        id=uuid.uuid4().hex,
        format=FORMAT,
    ).consume()
    head = tx.run("MATCH (h:LuoshuHead {name: 'head'}) RETURN h.logId AS id, h.format AS format").single(strict=True)
    return head["id"], head["format"]


def lock_head(tx: ManagedTransaction) -> None:
    """Lock the head: nobody else finishes, takes the lease or compacts until this transaction ends."""
    tx.run("MATCH (h:LuoshuHead {name: 'head'}) SET h.lockedBy = $nonce", nonce=uuid.uuid4().hex).consume()


def lock_load(tx: ManagedTransaction, load_id: str) -> LoadHeader:
    """The header of an open load, locked. Raises LoadError when it is not open."""
    tx.run("MATCH (l:LuoshuLoad {loadId: $id}) SET l.aliveAt = timestamp() * 1000", id=load_id).consume()
    record = tx.run("MATCH (l:LuoshuLoad {loadId: $id}) WHERE l.seq IS NULL RETURN l", id=load_id).single()
    if record is None:
        raise load_gone(load_id)
    return header_of(record["l"])


def select_loads(tx: ManagedTransaction, where: LiteralString, **parameters: Any) -> list[Load]:
    """The loads that a WHERE clause on `l` picks, by seq. While others commit, rows of blocks may be missing or 0."""
    found = tx.run(
        f"MATCH (l:LuoshuLoad) {where} OPTIONAL MATCH (l)-[c:CONTAINS]->(b:LuoshuBlock)"
        " WITH l, c, b ORDER BY b.id WITH l, collect([b.id, b.kind, coalesce(c.rows, 0)]) AS blocks RETURN l, blocks ORDER BY l.seq",
        parameters,
    )
    return [
        Load(
            seq=load["seq"],
            load_id=load["loadId"],
            recorded_at=from_micros(load["recordedAt"]),
            header=header_of(load),
            counts=Counts(load["stated"], load["unchanged"], load["quarantined"], load["ended"]),
            blocks=tuple(BlockRef(*block) for block in blocks if block[0] is not None),
            rows=load["rows"],
        )
        for load, blocks in found
    ]


def properties_of(header: LoadHeader) -> dict[str, Any]:
    """The properties of a load's node that its header gives."""
    return {
        "source": header.source,
        "actor": header.actor,
        "kinds": list(header.kinds),
        "mode": header.mode.value,
        "scope": header.scope,
        "statedOn": header.stated_on and header.stated_on.isoformat(),
        "inputHash": header.input_hash,
        "note": header.note,
    }


def header_of(load: Node) -> LoadHeader:
    """The header that a load's node has."""
    stated_on = load.get("statedOn")
    return LoadHeader(
        source=load["source"],
        actor=load["actor"],
        kinds=tuple(load["kinds"]),
        mode=Mode(load["mode"]),
        scope=load["scope"],
        stated_on=None if stated_on is None else date.fromisoformat(stated_on),
        input_hash=load.get("inputHash"),
        note=load["note"],
    )


def micros_of(moment: DateTime) -> int:
    """Microseconds since 1970 of the server's moment."""
    return to_micros(moment.to_native())
