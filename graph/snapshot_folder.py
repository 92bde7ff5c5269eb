"""Where snapshots are kept: one folder a log and ontology, which several workers map and one at a time publishes to.

The publisher holds a file lock, writes the kinds that changed under new names, then replaces the manifest in one step. Files that
the manifest no longer names go after a grace period, so that nobody loses one while mapping it. What cannot be trusted is made
again from the log: the folder holds nothing that is not in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from graph.errors import StoreCorrupt
from graph.log import Load
from graph.ontology import Ontology
from graph.snapshot import Snapshot
from graph.snapshot_files import FORMAT, EdgesOfKind, FileEntry, KindFile, map_kind, write_kind

MANIFEST: Final = "manifest.json"
LOCK: Final = "publish.lock"
GRACE_SECONDS: Final = 600.0
_TOUCH_SECONDS: Final = 3600.0
_FOREIGN: Final = ""
"""Stands for the ids of no kind where kinds are named."""


@dataclass(frozen=True)
class Manifest:
    """What the folder holds: the snapshot of loads 1 to `seq`, one file a kind that has anything.

    `retired` gives the files that were replaced, and when.
    """

    generation: str
    seq: int
    load_id: str
    sources: tuple[str, ...]
    files: Mapping[str, FileEntry]
    ignored: Mapping[str, int]
    redated: Mapping[int, int]
    retired: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """A snapshot as the folder has it: its generation, and its files as they are mapped."""

    generation: str
    snapshot: Snapshot
    files: Mapping[str, tuple[FileEntry, KindFile]]


class SnapshotFolder:
    """The folder of one log under one ontology. `grace` seconds is how long replaced files stay."""

    def __init__(self, directory: Path, log_id: str, ontology: Ontology, *, grace: float = GRACE_SECONDS) -> None:
        self.path = directory / log_id / ontology.hash
        self._ontology = ontology
        self._grace = grace
        self._touched = -_TOUCH_SECONDS

    def manifest(self) -> Manifest | None:
        """The newest manifest; None when there is none that can be read."""
        try:
            stored = json.loads((self.path / MANIFEST).read_bytes())
            if stored.pop("format") != FORMAT:
                return None
            stored["files"] = {kind: FileEntry(**entry) for kind, entry in stored["files"].items()}
            stored["redated"] = {int(seq): count for seq, count in stored["redated"].items()}
            return Manifest(**{**stored, "sources": tuple(stored["sources"])})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def touch(self) -> None:
        """Let others see, by the folder's time of change, that it is in use; once an hour is enough, more often costs nothing."""
        now = time.monotonic()
        if now - self._touched >= _TOUCH_SECONDS:
            self._touched = now
            with contextlib.suppress(OSError):
                os.utime(self.path)

    def map(self, manifest: Manifest, loads: Sequence[Load], before: Saved | None = None) -> Saved:
        """The snapshot that a manifest describes, mapped; files that `before` has mapped are taken from it.

        `loads` are the log's, from the first. Raises StoreCorrupt when a file is not as it was written, or the log does not know
        the manifest's last load.
        """
        known = loads[: manifest.seq]
        if len(known) < manifest.seq or (known and known[-1].load_id != manifest.load_id):
            raise StoreCorrupt("the saved snapshot is of another course of this log; it is made again")
        mapped = {entry.name: content for entry, content in (before.files.values() if before else ())}
        empty = Snapshot.empty(self._ontology)
        names = [_FOREIGN, *empty.codes]
        if not set(manifest.files) <= set(names):
            raise StoreCorrupt("the saved snapshot has other kinds than the ontology; it is made again")
        files = {}
        for name, entry in manifest.files.items():
            kind = self._ontology.kinds.get(name)
            files[name] = (entry, mapped.get(entry.name) or map_kind(self.path, entry, kind))
        edges = {
            (name, spec, empty.codes.get(target, 0)): adjacency
            for name, (_, content) in files.items()
            for (spec, target), adjacency in content.edges.items()
        }
        ids = [files[name][1].ids if name in files else empty.ids[code] for code, name in enumerate(names)]
        tables = {name: content.table for name, (_, content) in files.items() if content.table is not None}
        snapshot = Snapshot(
            self._ontology,
            tuple(known),
            manifest.sources,
            tuple(ids),
            {**empty.tables, **tables},
            edges,
            manifest.ignored,
            manifest.redated,
        )
        return Saved(manifest.generation, snapshot, files)

    def publish(self, snapshot: Snapshot, before: Saved | None, *, distrusted: str | None = None) -> Saved | None:
        """The snapshot as saved and mapped; None when another worker publishes now, or has since `before`.

        `before` is the generation from which the snapshot was made: its files stand for the kinds that did not change.
        `distrusted`: a generation that proved corrupt, and is replaced.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path / LOCK, timeout=0):
                current = self.manifest()
                if current is not None and current.generation not in (before and before.generation, distrusted):
                    return None
                return self._publish(snapshot, before, current)
        except Timeout:
            return None

    def _publish(self, snapshot: Snapshot, before: Saved | None, current: Manifest | None) -> Saved:
        generation = uuid.uuid4().hex
        files: dict[str, FileEntry] = {}
        contents = _contents(snapshot)
        old = _contents(before.snapshot) if before else {}
        for name, content in contents.items():
            kept = before.files.get(name) if before is not None and _same(content, old[name]) else None
            # What is mapped may have lost its name: `remove_idle` knows no process that slept for a day.
            if kept is not None and (self.path / kept[0].name).exists():
                files[name] = kept[0]
            elif content.ids.size:
                files[name] = write_kind(self.path, f"{name or 'ids'}.{snapshot.seq}.{generation[:12]}.arrow", content)
        named = {entry.name for entry in files.values()}
        now = time.time()
        retired = dict(current.retired) if current else {}
        if current is not None:
            retired |= {entry.name: now for entry in current.files.values() if entry.name not in named}
        retired = self._sweep(retired, named, now)
        load_id = snapshot.loads[-1].load_id if snapshot.loads else ""
        manifest = Manifest(
            generation, snapshot.seq, load_id, snapshot.source_names, files, snapshot.ignored, snapshot.redated, retired
        )
        self._replace_manifest(manifest)
        return self.map(manifest, snapshot.loads, before)

    def _sweep(self, retired: Mapping[str, float], kept: set[str], now: float) -> dict[str, float]:
        """Remove what nobody maps any more, files that a broken publisher left among it; the retired files that stay."""
        staying = {name: since for name, since in retired.items() if now - since <= self._grace and name not in kept}
        for path in [*self.path.glob("*.arrow"), *self.path.glob("*.part")]:
            if path.name not in kept and path.name not in staying and now - path.stat().st_mtime > self._grace:
                with contextlib.suppress(OSError):
                    path.unlink()
        return staying

    def _replace_manifest(self, manifest: Manifest) -> None:
        temporary = self.path / f"{MANIFEST}.part"
        with temporary.open("w", encoding="utf-8") as sink:
            json.dump({"format": FORMAT, **asdict(manifest)}, sink, ensure_ascii=False)
            sink.flush()
            os.fsync(sink.fileno())
        temporary.replace(self.path / MANIFEST)


def _contents(snapshot: Snapshot) -> dict[str, KindFile]:
    names = [_FOREIGN, *snapshot.codes]
    edges: dict[str, dict[tuple[str, str], Any]] = {name: {} for name in names}
    for (name, spec, target), adjacency in snapshot.edges.items():
        edges[name][spec, names[target]] = adjacency
    return {
        name: KindFile(snapshot.ids[code], snapshot.tables.get(name), edges[name]) for code, name in enumerate(names)
    }


def _same(one: KindFile, other: KindFile) -> bool:
    """Whether nothing changed between two snapshots: what did not is shared."""
    return one.ids is other.ids and one.table is other.table and _same_edges(one.edges, other.edges)


def _same_edges(one: EdgesOfKind, other: EdgesOfKind) -> bool:
    return one.keys() == other.keys() and all(adjacency is other[key] for key, adjacency in one.items())
