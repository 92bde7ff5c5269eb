"""The drawing: the resolved graph in force in a Neo4j database, as an analyst would draw it, for Browser, Bloom, Cypher and GDS.

It is a projection of the log like any other and may be thrown away. It shows the live records of one view, the present one; a node
:LuoshuDrawing says which: last load, day, when it was drawn. A later drawing changes what differs between that view and its own; one
that was broken off is first brought to its end. `graph.drawing_shape` says how records look.
"""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString, Self

from neo4j import ManagedTransaction

from graph.drawing_changes import Phase, phases_between, quoted
from graph.drawing_shape import DrawnKind, shape_of
from graph.drawing_state import (
    CONSTRAINT,
    LEASE_SECONDS,
    DrawingLease,
    DrawingState,
    Shown,
    properties_of,
    read_state,
)
from graph.errors import ConfigurationError, InvalidInput, StoreCorrupt
from graph.neo4j_store import Neo4jStore
from graph.ontology import Ontology
from graph.view import View

RETRY_SECONDS = 30.0
NODES_WIPED_AT_ONCE = 2_000
PREFIX = "luoshu_drawn_"
"""Begins the names of our constraints and indexes: others' are left alone."""

NAMES = ("name", "shortName", "aliases")

Progress = Callable[[int, int], None]
"""Is told how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class DrawingReport:
    """What a drawing did: rows written and removed, and what it shows now. No rows: it showed that already."""

    shown: Shown
    nodes: int = 0
    references: int = 0
    links: int = 0
    nodes_removed: int = 0
    references_removed: int = 0
    links_removed: int = 0

    @property
    def rows(self) -> int:
        """Everything written or removed."""
        return (
            self.nodes
            + self.references
            + self.links
            + self.nodes_removed
            + self.references_removed
            + self.links_removed
        )


class Drawing:
    """The drawing in the database that `uri` names (see `Neo4jStore`). A drawer that shows no life keeps others out for
    `lease_seconds`.

    Raises
    ------
    ConfigurationError
        The address carries credentials, or the user is refused.
    """

    def __init__(
        self,
        uri: str,
        *,
        auth: tuple[str, str] | None = None,
        database: str | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._store = Neo4jStore(uri, auth=auth, database=database, retry_seconds=RETRY_SECONDS)
        self._lease_seconds = lease_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def state(self) -> DrawingState:
        """What the database shows, and what was begun and not ended."""
        return read_state(self._store)

    def draw(
        self,
        view: View,
        log_id: str,
        *,
        log_is_elsewhere: bool = False,
        anew: bool = False,
        progress: Progress = lambda done, total: None,
    ) -> DrawingReport:
        """What it took to make the database show this view of the log with this id.

        Parameters
        ----------
        log_is_elsewhere
            Whether the log may be kept in another store than this database.
        anew
            Whether to remove what is shown first, also that of another log.
        progress
            Is called after each transaction.

        Raises
        ------
        ConfigurationError
            The database has another log, or shows another, or (without `log_is_elsewhere`) has none.
        InvalidInput
            It shows a later load than this view's snapshot knows.
        LoadInProgress
            Another process is drawing in it.
        StoreCorrupt
            Nodes that it should show are missing: somebody else removed them.

        Notes
        -----
        It may be broken off at any moment and called again. Cost: both views, resolved and compared; then some 5,000 records/s.
        """
        self._store.constrain([CONSTRAINT])
        shape = f"{shape_of(view.ontology)}.{view.default_reliability}"
        target = Shown(log_id, view.seq, view.as_of, shape)
        self._check_log(log_id, log_is_elsewhere)
        lease = DrawingLease(self._store, self._lease_seconds)
        state = lease.take()
        try:
            return self._draw(view, target, state, lease, anew, progress)
        finally:
            lease.release()

    def _check_log(self, log_id: str, log_is_elsewhere: bool) -> None:
        found = self._store.read(lambda tx: tx.run("MATCH (h:LuoshuHead) RETURN h.logId AS id").value("id"))
        if found and found != [log_id]:
            raise ConfigurationError(
                f"the database at {self._store.address} holds another log than the one to be drawn; name the other's store"
            )
        if not found and not log_is_elsewhere:
            raise ConfigurationError(
                f"the database at {self._store.address} does not hold the log that is to be drawn there;"
                " say that the log is elsewhere if that is meant"
            )

    def _draw(
        self, view: View, target: Shown, state: DrawingState, lease: DrawingLease, anew: bool, progress: Progress
    ) -> DrawingReport:
        for known in (state.shown, state.pending):
            if known is not None and known.log_id != target.log_id and not anew:
                raise ConfigurationError(
                    f"the database at {self._store.address} shows another log; draw anew to replace what it shows"
                )
            anew = anew or (known is not None and known.shape != target.shape)
        counts: Counter[str] = Counter()
        if not anew and state.pending is not None:
            self._run(view, state.shown, state.pending, state.done, lease, counts, progress)
            state = DrawingState(shown=state.pending)
        elif anew or state.shown is None:
            self._begin_anew(view.ontology, state, lease)
            state = DrawingState()
        if state.shown != target:
            self._run(view, state.shown, target, 0, lease, counts, progress)
        # Last, since it is quicker filled than kept up to date.
        self._store.constrain([_names_index(view.ontology)], wait=False)
        return DrawingReport(target, **counts)

    def _begin_anew(self, ontology: Ontology, state: DrawingState, lease: DrawingLease) -> None:
        labels = sorted({kind.name for kind in ontology.nodes} | set(state.labels))
        lease.change({**properties_of(None), **properties_of(None, "pending"), "done": 0, "labels": labels})
        while self._store.write(functools.partial(_wipe, labels=labels, lease=lease)):
            lease.change()
        self._constrain(ontology)
        lease.change({"labels": sorted(kind.name for kind in ontology.nodes)})

    def _constrain(self, ontology: Ontology) -> None:
        """What keeps an id from being drawn twice, in place before anything is drawn, and nothing else of ours."""
        wanted = {
            f"{PREFIX}{kind.name}": f"FOR (n:{quoted(kind.name)}) REQUIRE n.id IS UNIQUE" for kind in ontology.nodes
        } | {
            f"{PREFIX}{name}": f"FOR ()-[r:{quoted(name)}]-() REQUIRE r.id IS UNIQUE"
            for name in _link_relations(ontology)
        }
        there = self._named("SHOW CONSTRAINTS YIELD name")
        self._store.constrain(
            [f"DROP CONSTRAINT {quoted(name)} IF EXISTS" for name in sorted(there - wanted.keys())]
            + [
                f"DROP INDEX {quoted(name)} IF EXISTS"
                for name in sorted(self._named("SHOW FULLTEXT INDEXES YIELD name"))
            ]
            + [
                f"CREATE CONSTRAINT {quoted(name)} IF NOT EXISTS {what}"
                for name, what in wanted.items()
                if name not in there
            ]
        )

    def _named(self, show: LiteralString) -> set[str]:
        statement = f"{show} WHERE name STARTS WITH $prefix RETURN name"
        return set(self._store.read(lambda tx: tx.run(statement, prefix=PREFIX).value("name")))

    def _run(
        self,
        view: View,
        shown: Shown | None,
        target: Shown,
        done: int,
        lease: DrawingLease,
        counts: Counter[str],
        progress: Progress,
    ) -> None:
        before = None if shown is None else self._view_at(view, shown)
        phases = phases_between(before, self._view_at(view, target))
        if not done:
            lease.change({**properties_of(target, "pending"), "done": 0})
        total = sum(phase.rows for phase in phases)
        written = sum(phase.rows for phase in phases[:done])
        for place, phase in enumerate(phases[done:], start=done):
            for rows in self._work_off(phase, lease):
                written += rows
                counts[f"{phase.counts}_removed" if phase.removes else phase.counts] += rows
                progress(written, total)
            lease.change({"done": place + 1})
        now = datetime.now(UTC)
        lease.change({**properties_of(target), **properties_of(None, "pending"), "done": 0, "drawnAt": now})

    def _view_at(self, view: View, shown: Shown) -> View:
        if (shown.seq, shown.as_of) == (view.seq, view.as_of):
            return view
        if shown.seq > view.snapshot.seq:
            raise InvalidInput(
                f"the drawing at {self._store.address} shows load {shown.seq} and this knowledge ends at load"
                f" {view.snapshot.seq}; refresh it"
            )
        known_at = view.snapshot.load(shown.seq).recorded_at if shown.seq else view.known_at
        return View(view.snapshot, shown.as_of, known_at, shown.seq, view.viewer, view.default_reliability)

    def _work_off(self, phase: Phase, lease: DrawingLease) -> Iterator[int]:
        """The rows of each transaction, as it is done. The lease is renewed meanwhile."""
        stopped = threading.Event()
        batches = [
            [lane.slice(start, phase.rows_at_once) for start in range(0, lane.height, phase.rows_at_once)]
            for lane in phase.lanes
        ]
        ended: list[int] = []

        def work(lane: int) -> None:
            for batch in batches[lane]:
                if stopped.is_set():
                    return
                rows = batch.rows()
                self._store.write(functools.partial(_apply, phase=phase, rows=rows, lease=lease))
                ended.append(len(rows))

        with ThreadPoolExecutor(len(batches)) as threads:
            running: set[Future[None]] = {threads.submit(work, lane) for lane in range(len(batches))}
            try:
                while running:
                    finished, running = wait(running, timeout=self._lease_seconds / 10, return_when=FIRST_COMPLETED)
                    while ended:
                        yield ended.pop()
                    for lane in finished:
                        lane.result()
                    if running:
                        lease.change()
            finally:
                stopped.set()


def _apply(tx: ManagedTransaction, phase: Phase, rows: list[tuple[object, ...]], lease: DrawingLease) -> None:
    lease.check(tx)
    counted = tx.run(f"{phase.statement} RETURN count(*) AS done", rows=rows).single(strict=True)["done"]
    if counted < len(rows) and not phase.removes:
        raise StoreCorrupt(
            f"the drawing lacks {len(rows) - counted} nodes that it should have; somebody removed them: draw it anew"
        )


def _wipe(tx: ManagedTransaction, labels: Sequence[str], lease: DrawingLease) -> int:
    lease.check(tx)
    found = tx.run(
        f"MATCH (n:{'|'.join(map(quoted, labels))}) WITH n LIMIT {NODES_WIPED_AT_ONCE} DETACH DELETE n RETURN count(*) AS nodes"
    )
    return int(found.single(strict=True)["nodes"])


def _link_relations(ontology: Ontology) -> list[str]:
    return sorted({kind.relation for kind in ontology.links})


def _names_index(ontology: Ontology) -> str:
    """The index by which analysts find what they know by name, Chinese from two characters on."""
    labels, properties = [], set()
    for kind in ontology.nodes:
        named = {item.name for item in DrawnKind(kind).properties} & set(NAMES)
        if named:
            labels.append(quoted(kind.name))
            properties |= named
    each = ", ".join(f"n.{item}" for item in NAMES if item in properties)
    return (
        f"CREATE FULLTEXT INDEX {PREFIX}names IF NOT EXISTS FOR (n:{'|'.join(labels)}) ON EACH [{each}]"
        " OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk', `fulltext.eventually_consistent`: true}}"
    )
