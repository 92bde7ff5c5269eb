"""Small graphs for tests: `view_of(record, …)`, and knowledge of several loads by several sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from graph.batch import Batch, Statement
from graph.blocks import encode
from graph.knowledge import Knowledge
from graph.log import Counts, Load, LoadHeader, Log, Mode
from graph.ontology import Ontology
from graph.records import Record
from graph.validation import validate
from graph.view import View
from tests.graph.memory_log import MemoryLog

TODAY = date(2025, 6, 1)
"""The day it is for knowledge built here."""

Stated = Statement | Record


def knowledge_of(log: Log, **options: Any) -> Knowledge:
    """The knowledge of a log on 2025-06-01, kept nowhere."""
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
    return Knowledge.open(log, **{"directory": None, "clock": lambda: noon, **options})


def load(
    log: Log,
    source: str,
    statements: Iterable[Stated] = (),
    *,
    mode: Mode = Mode.PARTIAL,
    ops: Mapping[str, Sequence[Any]] | None = None,
    ontology: Ontology | None = None,
    recorded_at: datetime | None = None,
) -> Load:
    """One finished load of these statements, appended as they are: nothing is compared, nothing ended.

    `ops`, where given, overrides statement columns (`op`, `until`) of all rows, in order.
    """
    ontology = ontology or Ontology.current()
    batch, rejections = validate(Batch.of(statements, ontology), ontology, source)
    assert not rejections, rejections
    frames = {name: frame.with_columns(**{column: pl.Series(values) for column, values in (ops or {}).items()})
              for name, frame in batch.frames.items()}  # fmt: skip
    return append(log, source, frames, mode=mode, recorded_at=recorded_at)


def append(
    log: Log,
    source: str,
    frames: Mapping[str, pl.DataFrame],
    *,
    mode: Mode = Mode.PARTIAL,
    recorded_at: datetime | None = None,
) -> Load:
    """One finished load of these statement frames by kind name."""
    load_id = log.begin(LoadHeader(source, "tests", tuple(frames), mode))
    for name, frame in frames.items():
        log.append(load_id, name, encode(frame), frame.height)
    rows = sum(frame.height for frame in frames.values())
    return log.finish(load_id, compared_at=log.head().seq, counts=Counts(stated=rows), recorded_at=recorded_at)


def withdraw(log: Log, source: str) -> Load:
    """A load that withdraws a source."""
    return append(log, source, {}, mode=Mode.WITHDRAWAL)


def view_of(
    *statements: Stated,
    as_of: date = TODAY,
    known_at: datetime | None = None,
    source: str = "test",
    loads: Sequence[tuple[str, Mode, Sequence[Stated]]] = (),
) -> View:
    """The view of one load of `statements` by `source`, and then of `loads`: (source, mode, statements) each."""
    log = MemoryLog()
    if statements:
        load(log, source, statements)
    for name, mode, stated in loads:
        load(log, name, stated, mode=mode)
    return knowledge_of(log).view(as_of, known_at)
