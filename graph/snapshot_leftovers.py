"""Snapshots of other ontologies than the present one, left beside a log's: found, and removed once nobody uses them any more.

A process touches the folder that it reads from (`SnapshotFolder.touch`), so that a folder which nobody has touched for a day is of
a version that runs no more. Should one run nevertheless, it keeps the files that it has mapped, and makes the others again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from graph.snapshot_folder import LOCK, MANIFEST

IDLE_SECONDS: Final = 86_400.0
_OURS: Final = ("*.arrow", "*.part", LOCK)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A folder of snapshots under another ontology: its bytes, and for how many seconds nobody has used it."""

    path: Path
    size_bytes: int
    idle_seconds: float

    @property
    def is_idle(self) -> bool:
        """Whether nobody has used it for a day, so that it can go."""
        return self.idle_seconds > IDLE_SECONDS


def leftovers(directory: Path, log_id: str, present: str) -> tuple[Leftover, ...]:
    """The folders of a log that are of another ontology than that of the hash `present`, by name; none where nothing is kept."""
    home = directory / log_id
    found = []
    with contextlib.suppress(OSError):
        for path in sorted(home.iterdir()):
            if path.name != present and ((path / MANIFEST).exists() or (path / LOCK).exists()):
                size = sum(file.stat().st_size for file in path.iterdir())
                found.append(Leftover(path, size, time.time() - path.stat().st_mtime))
    return tuple(found)


def remove_idle(found: Sequence[Leftover]) -> tuple[Leftover, ...]:
    """Those that were idle and are gone now. One that is being written to stays, as does what cannot be removed."""
    return tuple(leftover for leftover in found if leftover.is_idle and _removed(leftover.path))


def _removed(path: Path) -> bool:
    try:
        with FileLock(path / LOCK, timeout=0):
            # First the manifest: what it names must be there for as long as it is.
            (path / MANIFEST).unlink(missing_ok=True)
            for pattern in _OURS:
                for file in path.glob(pattern):
                    file.unlink(missing_ok=True)
        # The lock's file may be made again on its release.
        (path / LOCK).unlink(missing_ok=True)
        path.rmdir()
    except (OSError, Timeout):
        return False
    return True
