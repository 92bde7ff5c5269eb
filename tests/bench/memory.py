"""Memory: what a service takes with its views, and what a load takes at its peak."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from graph.knowledge import Knowledge
from graph.search import SearchIndex
from graph.stores import open_log
from tests.bench.figure import Figure
from tests.bench.fresh import fresh
from tests.bench.ground import DAY, Ground, load_folder
from tests.bench.machine import resident_bytes
from tests.bench.snapshot import seen_whole

MB = 1e6


def measure(ground: Ground) -> Iterator[Figure]:
    """Megabytes, each in a process of its own."""
    served = fresh(serve_four_views, ground.loaded_url, str(ground.snapshots))
    for stage, sizes in served.items():
        private = f"{sizes['private'] / MB:.0f} MB of it private: the rest are mapped files, which processes share"
        yield Figure(stage, "MB", (sizes["resident"] / MB,), None, private)
    loaded = fresh(peak_of_load, ground.new_url("sqlite"), str(ground.city.folder))
    yield Figure("peak of a load into SQLite", "MB", (loaded["peak"] / MB,))


def serve_four_views(url: str, snapshots: str) -> dict[str, dict[str, int]]:
    """Sizes of this process: with the libraries alone, the snapshot mapped, four views resolved, and the search index."""
    found = {"the interpreter with all libraries": resident_bytes()}
    with open_log(url) as log:
        knowledge = Knowledge.open(log, directory=Path(snapshots))
        found["and the snapshot mapped"] = resident_bytes()
        for number in range(4):
            seen_whole(knowledge.view(DAY - timedelta(days=number)))
        found["and four views, every kind resolved"] = resident_bytes()
        index = SearchIndex(knowledge.snapshot.ontology)
        index.update(knowledge.snapshot)
        found["and the search index"] = resident_bytes()
        knowledge.close()
    return found


def peak_of_load(url: str, folder: str) -> dict[str, int]:
    """Sizes of this process after a load."""
    with open_log(url) as log:
        knowledge = Knowledge.open(log, directory=None)
        load_folder(knowledge, Path(folder))
        knowledge.close()
    return resident_bytes()
