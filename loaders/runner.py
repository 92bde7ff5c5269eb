"""The runner that every loader shares: reads parts, validates them, quarantines what is wrong, and writes one load."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from graph.batch import Rejection
from graph.blocks import ID, conform, frame_schema
from graph.comparison import identity_columns
from graph.errors import InvalidInput
from graph.knowledge import Knowledge
from graph.leasing import Leased
from graph.log import LoadHeader, Mode
from graph.ontology import KindSpec, Ontology
from graph.validation import check, with_ids
from graph.writing import Unread, Written, write
from loaders.base import Extraction, Part
from loaders.progress import SILENT, Progress
from loaders.quarantine import Quarantine
from loaders.report import KindReport, LoadReport


def run(
    knowledge: Knowledge,
    extraction: Extraction,
    *,
    mode: Mode = Mode.PARTIAL,
    actor: str,
    dry_run: bool = False,
    recorded_at: datetime | None = None,
    stated_on: date | None = None,
    progress: Progress = SILENT,
    quarantine: Path | None = None,
    force: bool = False,
    note: str = "",
) -> LoadReport:
    """The report of one load of an extraction.

    Every row ends up stated, unchanged or quarantined. A FULL load ends what the source no longer states, as of `stated_on` (left out:
    today), unless its safeguards refuse; `force` overrides them. `quarantine` is the folder for the rows that were not taken. A dry run
    reads, validates and compares, and writes neither to the log nor to the quarantine.

    Raises
    ------
    LoadInProgress
        Another bulk writer holds the lease.
    InvalidInput
        The input as a whole cannot be read, or `recorded_at` lies before the last load's.
    LoadError, StoreError
        The load cannot be finished; nothing of it is visible.
    """
    if mode is Mode.WITHDRAWAL:
        raise InvalidInput("a withdrawal loads nothing; withdraw the source instead")
    clock = _Clock()
    with ExitStack() as stack:
        leased = None if dry_run else stack.enter_context(Leased(knowledge.log, actor))
        kept = stack.enter_context(Quarantine(None if dry_run else quarantine, extraction.source))
        reading = _Reading(knowledge.snapshot.ontology, extraction, kept)
        progress.stage(f"reading {extraction.source}", extraction.expected_rows)
        for part in _ahead(extraction.parts):
            reading.take(part)
            progress.advance(part.rows)
        clock.lap("reading")
        header = LoadHeader(
            extraction.source,
            actor,
            extraction.kinds,
            mode,
            extraction.scope,
            (stated_on or knowledge.today()) if mode is Mode.FULL else stated_on,
            extraction.input_hash,
            note,
        )
        progress.stage(f"writing {extraction.source}", None)
        written = write(
            knowledge,
            header,
            reading.frames(),
            lease=None if leased is None else lambda: leased.lease,
            unread=reading.unread(),
            force=force,
            recorded_at=recorded_at,
            dry_run=dry_run,
            advance=progress.advance,
        )
        kept.add(reading.with_files(written.rejections))
        clock.lap("writing")
    return _report(extraction, header, written, reading, kept, dry_run, clock.laps)


class _Clock:
    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage], self._last = now - self._last, now


def _ahead(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, one of them read ahead while the one before is validated."""
    source = iter(parts)
    with ThreadPoolExecutor(1, thread_name_prefix="read") as pool:
        coming = pool.submit(next, source, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, source, None)
            yield part


@dataclass
class _Reading:
    """The valid rows of the parts so far, and what became of the others."""

    ontology: Ontology
    extraction: Extraction
    quarantine: Quarantine
    rows: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    illegible: int = 0
    _files: dict[str, set[str]] = field(default_factory=dict)
    _frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _keys: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    def take(self, part: Part) -> None:
        """Validate a part and keep what is good of it."""
        checked = check(part.batch, self.ontology, self.extraction.source)
        for name, frame in part.batch.frames.items():
            self.offered[name] += frame.height
            self._files.setdefault(name, set()).add(part.file)
        for name, frame in checked.kept.frames.items():
            self._frames.setdefault(name, []).append(frame)
        self._refuse(part.rejections, part.rejected.frames, offered=True)
        found = [replace(item, file=item.file or part.file) for item in checked.rejections]
        self._refuse(found, checked.rejected.frames, offered=False)
        self.rows += part.rows

    def _refuse(self, rejections: Sequence[Rejection], rejected: Mapping[str, pl.DataFrame], *, offered: bool) -> None:
        self.quarantine.add(rejections)
        rows = Counter(name for name, _ in {(item.kind, item.file + item.row) for item in rejections})
        for name in rows.keys() | rejected.keys():
            kind = self.ontology[name]
            frame = rejected.get(name, pl.DataFrame())
            # A loader may name rejections without the rows: then nothing is known of their keys.
            count = max(frame.height, rows[name]) if offered else frame.height
            self.refused[name] += count
            if offered:
                self.offered[name] += count
            keys = _identities(kind, frame, self.ontology, self.extraction.source)
            self._keys.setdefault(name, []).append(keys)
            self.illegible += count - keys.height
        self.illegible += len(_with_wrong_keys(self.ontology, rejections))

    def with_files(self, rejections: Sequence[Rejection]) -> list[Rejection]:
        """The rejections with the file of their kind, where all its rows stand in one."""
        only = {name: next(iter(files)) for name, files in self._files.items() if len(files) == 1}
        return [replace(item, file=item.file or only.get(item.kind, "")) for item in rejections]

    def frames(self) -> dict[str, pl.DataFrame]:
        """The valid rows by kind name."""
        return {name: pl.concat(parts) for name, parts in self._frames.items()}

    def unread(self) -> Unread:
        """What could not be read whole."""
        keys = {name: pl.concat(parts) for name, parts in self._keys.items() if parts}
        return Unread(keys, self.illegible, self.refused.total())


def _identities(kind: KindSpec, frame: pl.DataFrame, ontology: Ontology, source: str) -> pl.DataFrame:
    """The ids of rejected rows, where they can be made out."""
    names = identity_columns(kind)
    if not frame.height:
        return pl.DataFrame(schema={name: frame_schema(kind)[name] for name in names})
    whole = with_ids(conform(kind, frame), kind, ontology, source).select(names)
    return whole.drop_nulls(["source", "target"] if kind.is_link else [ID])


def _with_wrong_keys(ontology: Ontology, rejections: Iterable[Rejection]) -> set[tuple[str, str]]:
    """Rows rejected for a value that their key is made from: the key can be made out, but it is not the one that was meant."""
    found = set()
    for item in rejections:
        kind = ontology[item.kind]
        fields = {"source", "target", *kind.key} if kind.is_link else {name for rung in kind.identity for name in rung}
        names = {"id", *(kind.by_name[name].graph_name for name in fields if name in kind.by_name)}
        if item.field in names and item.value:
            found.add((item.kind, item.row))
    return found


def _report(
    extraction: Extraction,
    header: LoadHeader,
    written: Written,
    reading: _Reading,
    quarantine: Quarantine,
    dry_run: bool,
    seconds: dict[str, float],
) -> LoadReport:
    kinds = {
        name: KindReport(
            offered=reading.offered[name],
            stated=counts.stated,
            unchanged=counts.unchanged,
            quarantined=reading.refused[name] + counts.duplicates,
            repeated=counts.repeated,
            ended=counts.ended,
            redated=counts.redated,
        )
        for name, counts in written.kinds.items()
    }
    mode = header.mode if written.load is None else written.load.header.mode
    return LoadReport(
        source=extraction.source,
        mode=mode.value,
        dry_run=dry_run,
        seq=written.load.seq if written.load else None,
        recorded_at=written.load.recorded_at if written.load else None,
        rows=reading.rows,
        kinds=kinds,
        by_code=dict(quarantine.by_code),
        rejections=tuple(quarantine.sample),
        quarantine=quarantine.path,
        notes=dict(extraction.notes),
        refused=written.refused.message if written.refused else None,
        seconds=seconds,
    )
