"""The log in a Neo4j database, on one server or on a cluster.

(:LuoshuLoad)-[:CONTAINS {rows}]->(:LuoshuBlock)-[:CHUNK]->(:LuoshuChunk), beside one :LuoshuHead and one :LuoshuLease. The labels
differ from those of the drawing, which may share the database. Every transaction that writes locks the head, or the load that it
adds to, by a statement that writes and nothing else, before it reads: Cypher reads what it computes with before it takes a lock.
Ids are made before the transaction, so that one that the driver tries again, after a commit whose answer was lost, changes nothing.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from neo4j import ManagedTransaction

from graph.compaction import compact_log
from graph.errors import ConfigurationError, StoreCorrupt
from graph.log import Block, Compaction, Counts, Head, Lease, Load, LoadHeader, Log, SmallLoad
from graph.log_rules import (
    check_append,
    check_lease,
    check_small,
    check_stale,
    from_micros,
    lease_held,
    new_id,
    next_recorded_at,
    to_micros,
)
from graph.log_waiting import Commits
from graph.neo4j_blocks import NewBlock, delete_blocks, read_blocks
from graph.neo4j_loads import (
    CONSTRAINTS,
    FORMAT,
    READ_HEAD,
    create_log,
    header_of,
    lock_head,
    lock_load,
    micros_of,
    properties_of,
    select_loads,
)
from graph.neo4j_small_loads import SmallGroup
from graph.neo4j_store import Neo4jStore

POLL_SECONDS = 0.04

READ_AGAIN = 20
"""How often a list of loads that a commit or a compaction crossed is read again."""


class Neo4jLog(Log):
    """A log in the database that `uri` names (see `Neo4jStore`), made where there is none. Safe to share between threads.

    Times of leases and loads are the server's. Moments are stored as microseconds since 1970.

    Raises
    ------
    ConfigurationError
        The address carries credentials, the user is refused, or the log is of a newer version of Luoshu.
    """

    def __init__(self, uri: str, *, auth: tuple[str, str] | None = None, database: str | None = None) -> None:
        self._store = Neo4jStore(uri, auth=auth, database=database)
        try:
            self._store.constrain(CONSTRAINTS)
            self._log_id, version = self._store.write(create_log)
            if version > FORMAT:
                raise ConfigurationError(
                    f"the log at {self._store.address} was written by a newer version (format {version}, this one knows"
                    f" {FORMAT}); update Luoshu"
                )
        except BaseException:
            self._store.close()
            raise
        self._seen = 0
        self._commits = Commits()

    def __repr__(self) -> str:
        return f"Neo4jLog({self._store.address!r})"

    @property
    def log_id(self) -> str:
        return self._log_id

    # writing a load

    def begin(self, header: LoadHeader) -> str:
        load_id = new_id()
        self._run(
            "MERGE (l:LuoshuLoad {loadId: $id}) ON CREATE SET l += $properties, l.aliveAt = timestamp() * 1000",
            id=load_id,
            properties=properties_of(header),
        )
        return load_id

    def append(self, load_id: str, kind: str, data: bytes, rows: int) -> None:
        block = NewBlock(new_id(), kind, data, rows)

        def work(tx: ManagedTransaction) -> None:
            check_append(lock_load(tx, load_id), kind, rows)
            block.merge(tx)
            tx.run(
                "MATCH (l:LuoshuLoad {loadId: $load}), (b:LuoshuBlock {id: $block}) MERGE (l)-[c:CONTAINS]->(b) SET c.rows = $rows",
                load=load_id,
                block=block.id,
                rows=rows,
            ).consume()

        self._store.write(work)
        block.write_rest(self._store)

    def finish(
        self,
        load_id: str,
        *,
        compared_at: int,
        counts: Counts,
        lease: Lease | None = None,
        recorded_at: datetime | None = None,
    ) -> Load:
        def work(tx: ManagedTransaction) -> Load:
            lock_head(tx)
            done = select_loads(tx, "WHERE l.loadId = $id AND l.seq IS NOT NULL", id=load_id)
            if done:
                return done[0]
            header = lock_load(tx, load_id)
            head = tx.run(READ_HEAD).single(strict=True)
            if lease is not None:
                check_lease(lease, head["token"], head["owner"])
            later = tx.run(
                "MATCH (l:LuoshuLoad {source: $source}) WHERE l.seq > $seq RETURN l ORDER BY l.seq",
                source=header.source,
                seq=compared_at,
            )
            check_stale(header, compared_at, [(record["l"]["seq"], header_of(record["l"])) for record in later])
            seq = head["seq"] + 1
            micros = next_recorded_at(micros_of(head["now"]), head["recordedAt"], recorded_at)
            tx.run(
                "MATCH (l:LuoshuLoad {loadId: $id}) OPTIONAL MATCH (l)-[c:CONTAINS]->(:LuoshuBlock)"
                " WITH l, coalesce(sum(c.rows), 0) AS rows"
                " SET l += $counts, l.rows = rows, l.seq = $seq, l.recordedAt = $micros"
                " WITH l MATCH (h:LuoshuHead {name: 'head'}) SET h.seq = $seq, h.recordedAt = $micros",
                id=load_id,
                counts=dataclasses.asdict(counts),
                seq=seq,
                micros=micros,
            ).consume()
            return select_loads(tx, "WHERE l.loadId = $id", id=load_id)[0]

        with self._commits.telling():
            return self._store.write(work)

    def commit(self, loads: Sequence[SmallLoad], *, compared_at: int) -> list[Load]:
        check_small(loads)
        with self._commits.telling():
            return self._store.write(SmallGroup(loads, compared_at).write)

    def abandon(self, load_id: str) -> None:
        def work(tx: ManagedTransaction) -> list[str]:
            tx.run("MATCH (l:LuoshuLoad {loadId: $id}) SET l.aliveAt = l.aliveAt", id=load_id).consume()
            found = tx.run(
                "MATCH (l:LuoshuLoad {loadId: $id}) WHERE l.seq IS NULL OPTIONAL MATCH (l)-[:CONTAINS]->(b:LuoshuBlock)"
                " WITH l, collect(b.id) AS blocks DETACH DELETE l RETURN blocks",
                id=load_id,
            ).single()
            return [] if found is None else list(found["blocks"])

        delete_blocks(self._store, self._store.write(work))

    def replace_blocks(self, load_id: str, kind: str) -> None:
        def work(tx: ManagedTransaction) -> list[str]:
            lock_load(tx, load_id)
            found = tx.run(
                "MATCH (:LuoshuLoad {loadId: $id})-[c:CONTAINS]->(b:LuoshuBlock {kind: $kind}) DELETE c RETURN b.id AS id",
                id=load_id,
                kind=kind,
            )
            return [record["id"] for record in found]

        delete_blocks(self._store, self._store.write(work))

    # reading

    def head(self) -> Head:
        seen = self._seen
        record = self._store.read(lambda tx: tx.run(READ_HEAD).single())
        if record is None or record["seq"] < seen:
            now = "nothing" if record is None else f"load {record['seq']}"
            raise StoreCorrupt(
                f"the log at {self._store.address} ended at load {seen} and ends at {now} now: it was restored or removed;"
                " start again"
            )
        self._seen = max(self._seen, record["seq"])
        return Head(record["seq"], from_micros(record["recordedAt"]))

    def loads(self, after: int = 0) -> list[Load]:
        for _ in range(READ_AGAIN):
            found = self._store.read(lambda tx: select_loads(tx, "WHERE l.seq > $after", after=after))
            # Cypher reads what is committed while it reads: a list that a commit crossed has gaps, or rows twice or not at all.
            whole = all(sum(block.rows for block in load.blocks) == load.rows for load in found)
            if whole and all(load.seq == after + place for place, load in enumerate(found, start=1)):
                return found
        raise StoreCorrupt(
            f"the loads after {after} at {self._store.address} do not add up; restore the store from a copy"
        )

    def blocks(self, ids: Sequence[str]) -> Iterator[Block]:
        return read_blocks(self._store, ids)

    def wait(self, after: int, timeout: float) -> Head:
        return self._commits.wait(self.head, after, timeout, POLL_SECONDS)

    def size_bytes(self) -> int | None:
        return self._store.read(
            lambda tx: int(tx.run("MATCH (b:LuoshuBlock) RETURN sum(b.bytes) AS bytes").single(strict=True)["bytes"])
        )

    # the lease

    def acquire(self, owner: str, ttl: float = 60.0) -> Lease:
        claim = uuid.uuid4().hex

        def work(tx: ManagedTransaction) -> Lease:
            lock_head(tx)
            held = tx.run(READ_HEAD).single(strict=True)
            now = micros_of(held["now"])
            if held["claim"] == claim:
                return Lease(held["token"], owner, from_micros(held["expiresAt"]))
            if held["owner"] is not None and held["expiresAt"] > now:
                raise lease_held(held["owner"], held["expiresAt"])
            lease = Lease(held["token"] + 1, owner, from_micros(now + int(ttl * 1e6)))
            tx.run(
                "MATCH (s:LuoshuLease {name: 'bulk'}) SET s.token = $token, s.owner = $owner, s.expiresAt = $end, s.claim = $claim",
                token=lease.token,
                owner=owner,
                end=to_micros(lease.expires_at),
                claim=claim,
            ).consume()
            return lease

        return self._store.write(work)

    def renew(self, lease: Lease, ttl: float = 60.0) -> Lease:
        def work(tx: ManagedTransaction) -> Lease:
            lock_head(tx)
            held = tx.run(READ_HEAD).single(strict=True)
            check_lease(lease, held["token"], held["owner"])
            renewed = Lease(lease.token, lease.owner, from_micros(micros_of(held["now"]) + int(ttl * 1e6)))
            tx.run(
                "MATCH (s:LuoshuLease {name: 'bulk'}) SET s.expiresAt = $end", end=to_micros(renewed.expires_at)
            ).consume()
            return renewed

        return self._store.write(work)

    def release(self, lease: Lease) -> None:
        def work(tx: ManagedTransaction) -> None:
            lock_head(tx)
            tx.run(
                "MATCH (s:LuoshuLease {name: 'bulk', token: $token}) SET s.owner = null", token=lease.token
            ).consume()

        self._store.write(work)

    # compaction

    def compact(self, *, grace: float = 600.0) -> Compaction:
        return compact_log(self, grace)

    def sweep(self, lease: Lease, grace: float) -> None:
        """Remove blocks replaced more than `grace` seconds ago, unfinished loads that show no life since then, and loose blocks."""

        def work(tx: ManagedTransaction) -> tuple[list[str], list[str]]:
            lock_head(tx)
            head = tx.run(READ_HEAD).single(strict=True)
            check_lease(lease, head["token"], head["owner"])
            before = micros_of(head["now"]) - int(grace * 1e6)
            dead = tx.run(
                "MATCH (l:LuoshuLoad) WHERE l.seq IS NULL AND l.aliveAt <= $before RETURN l.loadId AS id", before=before
            )
            dead_loads = [record["id"] for record in dead]
            # Blocks that no load holds: replaced ones, and what a compaction left that was killed.
            loose = tx.run(
                "MATCH (b:LuoshuBlock) WHERE NOT EXISTS { (b)<-[:CONTAINS]-() }"
                " AND (b.replacedAt IS NULL OR b.replacedAt <= $before) RETURN b.id AS id",
                before=before,
            )
            return dead_loads, [record["id"] for record in loose]

        dead_loads, loose = self._store.write(work)
        for load_id in dead_loads:
            self.abandon(load_id)
        delete_blocks(self._store, loose)

    def swap(self, lease: Lease, old: Sequence[str], kind: str, data: bytes, rows: Mapping[int, int]) -> None:
        """Put one block in the place of `old`; `rows` says how many of its rows each load, by seq, has."""
        block = NewBlock(new_id(), kind, data, sum(rows.values()))
        self._store.write(block.merge)
        block.write_rest(self._store)

        def work(tx: ManagedTransaction) -> None:
            lock_head(tx)
            head = tx.run(READ_HEAD).single(strict=True)
            check_lease(lease, head["token"], head["owner"])
            tx.run(
                "UNWIND $old AS id MATCH (b:LuoshuBlock {id: id}) SET b.replacedAt = $now"
                " WITH b MATCH (b)<-[c:CONTAINS]-(:LuoshuLoad) DELETE c",
                old=list(old),
                now=micros_of(head["now"]),
            ).consume()
            tx.run(
                "MATCH (b:LuoshuBlock {id: $id}) UNWIND $rows AS row MATCH (l:LuoshuLoad {seq: row[0]})"
                " MERGE (l)-[c:CONTAINS]->(b) SET c.rows = row[1]",
                id=block.id,
                rows=[list(item) for item in rows.items()],
            ).consume()

        self._store.write(work)

    def count_blocks(self) -> tuple[int, int]:
        """How many blocks readers list, and how many replaced ones wait out their grace period."""
        counted = self._store.read(
            lambda tx: tx.run(
                "MATCH (b:LuoshuBlock) RETURN"
                " sum(CASE WHEN EXISTS { (b)<-[:CONTAINS]-(l:LuoshuLoad) WHERE l.seq IS NOT NULL } THEN 1 ELSE 0 END) AS listed,"
                " count(b.replacedAt) AS waiting"
            ).single(strict=True)
        )
        return counted["listed"], counted["waiting"]

    def close(self) -> None:
        self._store.close()

    def _run(self, statement: LiteralString, **parameters: Any) -> None:
        def work(tx: ManagedTransaction) -> None:
            tx.run(statement, parameters).consume()

        self._store.write(work)
