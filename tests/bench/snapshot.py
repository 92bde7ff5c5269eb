"""The snapshot: built from the log, saved, mapped again, seen from another day, and brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from graph.knowledge import Knowledge
from graph.stores import open_log
from graph.view import View
from tests.bench.clock import Times, timed
from tests.bench.figure import Figure, at_most
from tests.bench.fresh import fresh
from tests.bench.ground import DAY, Ground, load_city, load_folder

CHANGED = 10_000


def measure(ground: Ground) -> Iterator[Figure]:
    """Seconds to build, save, map, look from another day, and refresh."""
    url, kept = ground.new_url("sqlite"), ground.folder / "kept"
    fresh(load_city, url, str(ground.city.folder), None)
    build = [fresh(seconds_to_open, url, None) for _ in range(ground.times(3))]
    yield Figure.of("built from the SQLite log", "s", Times.of(build), at_most(5))
    folders = [ground.folder / f"saved-{number}" for number in range(ground.times(2))]
    saved = [fresh(seconds_to_open, url, str(folder)) for folder in folders]
    yield Figure.of("built and saved", "s", Times.of(saved))
    fresh(seconds_to_open, url, str(kept))
    reopened = [fresh(seconds_to_open, url, str(kept)) for _ in range(ground.times(9))]
    size = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file())
    note = f"{size / 1e6:.0f} MB of files"
    yield Figure.of("mapped again, in a new process", "s", Times.of(reopened), at_most(0.5), note)
    yield from _refreshed(ground, url, kept)
    yield from _from_neo4j(ground)


def _refreshed(ground: Ground, url: str, kept: Path) -> Iterator[Figure]:
    supplies = pl.read_csv(ground.city.folder / "supplies.csv", infer_schema=False)
    rows = min(CHANGED, supplies.height)
    with open_log(url) as log:
        knowledge = Knowledge.open(log, directory=kept)
        seen_whole(knowledge.view(DAY))
        refreshed, visible = Times(), Times()
        for number in range(ground.times(9)):
            folder = ground.folder / f"changed-{number}"
            folder.mkdir()
            some = supplies.slice(number * rows % max(1, supplies.height - rows), rows)
            some.with_columns(annualAmount=pl.lit(f"{1_000_000 + number}")).write_csv(folder / "supplies.csv")
            finished = fresh(load_changes, url, str(folder), str(kept))
            refresh = timed(knowledge.refresh)
            assert knowledge.snapshot.seq == finished
            refreshed += refresh
            visible += _sum(refresh, timed(lambda: seen_whole(knowledge.view(DAY))))
        note = f"{rows:,} of {supplies.height:,} supply links changed by another process"
        yield Figure.of(f"refreshed by {rows:,} rows", "s", refreshed, at_most(0.1), note)
        yield Figure.of("refreshed, and the present view whole again", "s", visible, at_most(0.5))
        yield from _cold(ground, knowledge)
        knowledge.close()


def _cold(ground: Ground, knowledge: Knowledge) -> Iterator[Figure]:
    loads = knowledge.snapshot.loads
    cold = Times()
    for number in range(ground.times(20)):
        known = loads[number % len(loads)].recorded_at
        cold += timed(partial(_look, knowledge, DAY - timedelta(days=number + 1), known))
    note = "every kind resolved, links with their ends"
    yield Figure.of("a cold view at another (asOf, knownAt)", "s", cold, at_most(1), note)


def _from_neo4j(ground: Ground) -> Iterator[Figure]:
    url = ground.new_url("neo4j")
    fresh(load_city, url, str(ground.city.folder), None)
    build = [fresh(seconds_to_open, url, None) for _ in range(ground.times(3))]
    yield Figure.of("built from Neo4j's log", "s", Times.of(build))


def seconds_to_open(url: str, directory: str | None) -> tuple[float, float]:
    """Seconds, by clock and processor, until a log is open with its snapshot, in a process that has done nothing else."""
    with open_log(url) as log:
        opened: list[Knowledge] = []
        where = None if directory is None else Path(directory)
        times = timed(lambda: opened.append(Knowledge.open(log, directory=where)))
        opened[0].close()
    return times.clock[0], times.processor[0]


def load_changes(url: str, folder: str, kept: str) -> int:
    """The seq of a load that states what changed."""
    with open_log(url) as log:
        knowledge = Knowledge.open(log, directory=Path(kept))
        stated = load_folder(knowledge, Path(folder))
        knowledge.close()
        assert stated
        return log.head().seq


def _look(knowledge: Knowledge, day: date, known_at: datetime) -> None:
    seen_whole(knowledge.view(day, known_at))


def seen_whole(view: View) -> int:
    """How many records of the view are live, every kind resolved."""
    return sum(int(view.live(code).sum()) for code, kind in enumerate(view.snapshot.kinds) if kind is not None)


def _sum(first: Times, second: Times) -> Times:
    """Two steps of one run as one."""
    return Times((first.clock[0] + second.clock[0],), (first.processor[0] + second.processor[0],))
