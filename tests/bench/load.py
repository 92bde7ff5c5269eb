"""Loading: from a folder of CSV files to a finished load, everything in between included."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from graph.knowledge import Knowledge
from graph.stores import open_log
from graph.validation import check
from loaders.city import generate_city
from tests.bench.clock import Times, timed
from tests.bench.figure import Figure, Target, at_least
from tests.bench.fresh import fresh
from tests.bench.ground import SOURCE, Ground, extraction, load_city, load_folder

NEW = {"sqlite": at_least(250_000), "neo4j": at_least(150_000)}
UNCHANGED: dict[str, Target] = {"sqlite": at_least(400_000)}
LABELS = {"sqlite": "SQLite", "neo4j": "Neo4j's log"}
RATE = "records/s"


def measure(ground: Ground) -> Iterator[Figure]:
    """How many records a second are generated, read, loaded as new and loaded again unchanged."""
    records = ground.records
    generate = partial(generate_city, ground.folder / "again", scale=ground.scale, links=ground.links)
    made = sum((timed(generate) for _ in range(ground.times(2))), Times())
    yield Figure.of("the city generated as CSV", RATE, made.rates(records))
    read = sum((timed(partial(_read, ground)) for _ in range(ground.times(2))), Times())
    yield Figure.of("CSV read and validated, not loaded", RATE, read.rates(records))
    yield from _into(ground, "sqlite", records)
    yield from _into(ground, "neo4j", records)


def _into(ground: Ground, store: str, records: int) -> Iterator[Figure]:
    label = LABELS[store]
    server = ground.neo4j_seconds if store == "neo4j" else lambda: 0.0
    if store == "neo4j":
        # A server that just started is still compiling what it runs.
        fresh(load_city, ground.new_url(store), str(ground.city.folder), None)
    new, unchanged, bytes_each = Times(), Times(), 0.0
    for _ in range(ground.times(3)):
        with open_log(ground.new_url(store)) as log:
            knowledge = Knowledge.open(log, directory=ground.folder / "load-snapshots")
            load = partial(load_folder, knowledge, ground.city.folder)
            new += timed(load, server=server)
            bytes_each = (log.size_bytes() or 0) / records
            knowledge.refresh()
            unchanged += timed(load, server=server)
            knowledge.close()
    size = f"{bytes_each:.0f} bytes a record in the store" if bytes_each else "server warm"
    yield Figure.of(f"new, into {label}", RATE, new.rates(records), NEW[store], size)
    note = "compared with the mapped snapshot; nothing is written"
    yield Figure.of(f"unchanged, into {label}", RATE, unchanged.rates(records), UNCHANGED.get(store), note)


def _read(ground: Ground) -> None:
    for part in extraction(ground.city.folder, ground.ontology).parts:
        check(part.batch, ground.ontology, SOURCE)
