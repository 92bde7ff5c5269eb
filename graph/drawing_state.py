"""What a database says of its drawing: what it shows, what it is being turned into, and who is at it."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from neo4j import ManagedTransaction

from graph.errors import LeaseLost, LoadInProgress
from graph.log_rules import from_micros
from graph.neo4j_store import Neo4jStore

LEASE_SECONDS: Final = 20.0
"""How long a drawer that shows no life keeps others out."""

CONSTRAINT: Final = "CREATE CONSTRAINT luoshu_drawing IF NOT EXISTS FOR (n:LuoshuDrawing) REQUIRE n.name IS UNIQUE"

_READ: Final = "MATCH (d:LuoshuDrawing {name: 'drawing'}) RETURN d, datetime.realtime().epochMillis * 1000 AS now"


@dataclass(frozen=True, slots=True)
class Shown:
    """A state of a drawing: the log and its last load, the day, and how records look and are resolved (`shape`)."""

    log_id: str
    seq: int
    as_of: date
    shape: str


@dataclass(frozen=True, slots=True)
class DrawingState:
    """`shown` None: nothing, or remains of what was. `pending`: what a drawer was making of it; `done` phases of that are."""

    shown: Shown | None = None
    drawn_at: datetime | None = None
    pending: Shown | None = None
    done: int = 0
    labels: tuple[str, ...] = ()


class DrawingLease:
    """The right to change a drawing, from `take` to `release`; it lasts while it is renewed."""

    def __init__(self, store: Neo4jStore, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._token = uuid.uuid4().hex
        self._owner = f"process {os.getpid()} on {socket.gethostname()}"

    def take(self) -> DrawingState:
        """The state of the drawing, which is this one's to change from now on.

        Waits for a drawer that shows no more life. Raises LoadInProgress while another draws.
        """
        deadline = time.monotonic() + self._seconds * 1.5
        while True:
            try:
                return self._store.write(self._take)
            except LoadInProgress:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _take(self, tx: ManagedTransaction) -> DrawingState:
        tx.run("MERGE (d:LuoshuDrawing {name: 'drawing'}) SET d.lockedBy = $token", token=self._token).consume()
        record = tx.run(_READ).single(strict=True)
        node, now = record["d"], record["now"]
        if node.get("token") not in (None, self._token) and node["expiresAt"] > now:
            until = from_micros(node["expiresAt"]).isoformat(timespec="seconds")
            raise LoadInProgress(f"{node['owner']} is drawing, at least until {until}; wait for it to end")
        self._keep(tx, now)
        return state_of(node)

    def _keep(self, tx: ManagedTransaction, now: int) -> None:
        tx.run(
            "MATCH (d:LuoshuDrawing {name: 'drawing'}) SET d.token = $token, d.owner = $owner, d.expiresAt = $end",
            token=self._token,
            owner=self._owner,
            end=now + int(self._seconds * 1e6),
        ).consume()

    def change(self, properties: dict[str, Any] | None = None) -> None:
        """Renew the lease, and set properties of the drawing's node. Raises LeaseLost when another has taken it."""

        def work(tx: ManagedTransaction) -> None:
            tx.run("MATCH (d:LuoshuDrawing {name: 'drawing'}) SET d.lockedBy = $token", token=self._token).consume()
            self.check(tx)
            self._keep(tx, tx.run(_READ).single(strict=True)["now"])
            tx.run(
                "MATCH (d:LuoshuDrawing {name: 'drawing'}) SET d += $properties", properties=properties or {}
            ).consume()

        self._store.write(work)

    def check(self, tx: ManagedTransaction) -> None:
        """Raise LeaseLost unless this lease holds: first of all in every transaction that changes the drawing."""
        if (
            tx.run("MATCH (d:LuoshuDrawing {name: 'drawing', token: $token}) RETURN 1", token=self._token).single()
            is None
        ):
            raise LeaseLost("another process has taken this drawing over; leave it to that one")

    def release(self) -> None:
        """Let others at it."""

        def work(tx: ManagedTransaction) -> None:
            tx.run(
                "MATCH (d:LuoshuDrawing {name: 'drawing', token: $token}) SET d.token = null, d.owner = null",
                token=self._token,
            ).consume()

        self._store.write(work)


def read_state(store: Neo4jStore) -> DrawingState:
    """The state of a database's drawing; one that shows nothing where there is none."""
    record = store.read(lambda tx: tx.run(_READ).single())
    return DrawingState() if record is None else state_of(record["d"])


def state_of(node: Any) -> DrawingState:
    """The state that the drawing's node tells of."""
    drawn_at = node.get("drawnAt")
    return DrawingState(
        _shown(node.get, ""),
        None if drawn_at is None else drawn_at.to_native().astimezone(UTC),
        _shown(node.get, "pending"),
        node.get("done", 0),
        tuple(node.get("labels", ())),
    )


def properties_of(shown: Shown | None, prefix: str = "") -> dict[str, Any]:
    """The properties of the drawing's node that tell of a state; all null for none."""
    values = {
        "logId": None if shown is None else shown.log_id,
        "seq": None if shown is None else shown.seq,
        "validAsOf": None if shown is None else shown.as_of,
        "shape": None if shown is None else shown.shape,
    }
    return {_named(prefix, name): value for name, value in values.items()}


def _shown(get: Callable[[str], Any], prefix: str) -> Shown | None:
    seq = get(_named(prefix, "seq"))
    if seq is None:
        return None
    as_of = get(_named(prefix, "validAsOf")).to_native()
    return Shown(get(_named(prefix, "logId")), seq, as_of, get(_named(prefix, "shape")))


def _named(prefix: str, name: str) -> str:
    return prefix + name[0].upper() + name[1:] if prefix else name
