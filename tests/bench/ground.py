"""What the figures of one run stand on: a generated city, loaded once into a log of each store that is asked for."""

from __future__ import annotations

import gc
import itertools
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from graph.knowledge import Knowledge
from graph.log import Log, Mode
from graph.ontology import Ontology
from graph.stores import open_log
from graph.view import View
from loaders.base import Extraction
from loaders.city import CityBundle, generate_city
from loaders.city.generator import DEFAULT_DAY
from loaders.runner import run
from loaders.tabular.extract import TabularLoader
from tests.bench.fresh import fresh
from tests.bench.machine import processor_seconds
from tests.neo4j.jars import Neo4jMissing
from tests.neo4j.process import Neo4jProcess

STORES: Final = ("sqlite", "neo4j")
SOURCE: Final = "city"
CYPHER_SCALE: Final = 10.0
DAY: Final = DEFAULT_DAY
"""The day of all questions: that of the generated city, so that a figure does not change with the calendar."""


class Missing(Exception):
    """What a figure needs and this machine or run has not, in words for the table."""


class Ground:
    """The data of one run at one scale, in `folder`; everything is made at its first use and ends with the block.

    `repetitions` scales how often things are measured: 1 is enough for a figure, less is for trying the bench itself.
    """

    def __init__(
        self,
        folder: Path,
        *,
        scale: float = 10,
        links: int | None = None,
        stores: tuple[str, ...] = STORES,
        repetitions: float = 1.0,
    ) -> None:
        self.folder = folder
        self.scale = scale
        self.links = links
        self.stores = stores
        self.repetitions = repetitions
        self._stack = ExitStack()
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def times(self, repetitions: int) -> int:
        """How often to measure what is worth so many repetitions."""
        return max(1, round(repetitions * self.repetitions))

    @cached_property
    def ontology(self) -> Ontology:
        """All kinds."""
        return Ontology.current()

    @cached_property
    def city(self) -> CityBundle:
        """The city's files."""
        return generate_city(self.folder / "city", scale=self.scale, links=self.links)

    @property
    def records(self) -> int:
        """How many records the city has."""
        return sum(self.city.rows.values())

    def new_url(self, store: str) -> str:
        """The address of a log that has nothing in it yet. In Neo4j the log before it is gone.

        Raises Missing where there is no such store.
        """
        if store == "sqlite":
            return f"sqlite:///{self.folder}/log-{next(self._numbers)}.sqlite"
        self.empty_neo4j()
        return self.neo4j.uri

    def open(self, url: str) -> Log:
        """The log of an address, closed with the block."""
        return self._stack.enter_context(open_log(url))

    @cached_property
    def loaded_url(self) -> str:
        """The address of an SQLite log that holds the city, loaded by another process; its snapshot is in `snapshots`."""
        url = self.new_url("sqlite")
        fresh(load_city, url, str(self.city.folder), str(self.snapshots))
        return url

    @property
    def snapshots(self) -> Path:
        """Where the snapshot of `loaded_url` is kept."""
        return self.folder / "snapshots"

    @cached_property
    def knowledge(self) -> Knowledge:
        """The city, opened."""
        log = self.open(self.loaded_url)
        opened = Knowledge.open(log, directory=self.snapshots)
        self._stack.callback(opened.close)
        # As the service does once it is open.
        opened.view(DAY).prepare()
        gc.collect()
        gc.freeze()
        self._stack.callback(gc.unfreeze)
        return opened

    @property
    def view(self) -> View:
        """The city as it is on its day."""
        return self.knowledge.view(DAY)

    @cached_property
    def for_cypher(self) -> Ground:
        """This ground, or one of a scale at which Cypher still answers."""
        if self.scale <= CYPHER_SCALE:
            return self
        folder = self.folder / "cypher"
        folder.mkdir()
        smaller = Ground(folder, scale=CYPHER_SCALE, stores=self.stores, repetitions=self.repetitions)
        return self._stack.enter_context(smaller)

    @cached_property
    def neo4j(self) -> Neo4jProcess:
        """A Neo4j of our own, running.

        Raises Missing where this run does without, or the machine cannot start one.
        """
        if "neo4j" not in self.stores:
            raise Missing("left out by --store")
        server = Neo4jProcess(self.folder / "neo4j", heap="2g")
        try:
            server.start()
        except Neo4jMissing as what:
            raise Missing(str(what)) from what
        self._stack.callback(server.stop)
        return server

    def neo4j_seconds(self) -> float:
        """Processor time of Neo4j so far."""
        pid = self.neo4j.pid
        return 0.0 if pid is None else processor_seconds(pid)

    def empty_neo4j(self) -> None:
        """Delete everything in Neo4j."""
        from neo4j import GraphDatabase

        with GraphDatabase.driver(self.neo4j.uri) as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()


def extraction(folder: Path, ontology: Ontology, source: str = SOURCE) -> Extraction:
    """The statements of a folder of CSV tables, not yet read."""
    return TabularLoader().extract(folder, ontology, {"source": source})


def load_folder(knowledge: Knowledge, folder: Path, *, mode: Mode = Mode.PARTIAL, source: str = SOURCE) -> int:
    """How many rows a load of a folder of CSV tables stated, from reading the files to the finished load."""
    found = extraction(folder, knowledge.snapshot.ontology, source)
    report = run(knowledge, found, mode=mode, actor="bench", stated_on=DAY)
    assert report.is_clean, report.by_code
    return report.total.stated


def load_city(url: str, folder: str, snapshots: str | None) -> int:
    """As `load_folder`, in a process of its own; leaves the snapshot in `snapshots`."""
    with open_log(url) as log:
        knowledge = Knowledge.open(log, directory=None if snapshots is None else Path(snapshots))
        stated = load_folder(knowledge, Path(folder))
        knowledge.refresh()
        knowledge.close()
    return stated
