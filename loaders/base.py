"""What a loader hands to the runner: an extraction, which is a source's name and parts of batches with what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from graph.batch import Batch, Rejection
from graph.ontology import Ontology

READ_AS_NOT_STATED: Final = ": read as not stated"
"""Ends the note on a column whose placeholders state nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that were read together.

    `rejected` has one row for each statement that could not be read, with the columns of its key as far as those could be:
    a full load takes such a key as still stated. `rejections` says why, in plain words, once or more for each.
    `rows` is how many rows of the input stand behind the part, `file` the file that they stand in.
    """

    batch: Batch
    rejections: Sequence[Rejection] = ()
    rejected: Batch = field(default_factory=lambda: Batch({}))
    rows: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a loader found: `parts` may be read once.

    `source` the dataset whose statements these are; `kinds` the kinds that it covers, a kind without rows included; `scope`
    what part of the source, in words; `expected_rows` about how many input rows there are, for progress; `input_hash` SHA-256
    of the input. `notes` grows while the parts are read: what a reader of the report should know, and how often it was so.
    """

    source: str
    kinds: tuple[str, ...]
    parts: Iterable[Part]
    scope: str = ""
    expected_rows: int | None = None
    input_hash: str | None = None
    notes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        source: str,
        batch: Batch,
        rejections: Sequence[Rejection] = (),
        *,
        scope: str = "",
        input_hash: str | None = None,
    ) -> Extraction:
        """The extraction of one batch; its kinds are the batch's."""
        part = Part(batch, tuple(rejections), rows=batch.rows)
        return cls(source, tuple(batch.frames), (part,), scope, batch.rows, input_hash)


class Loader(Protocol):
    """A way to read a source. `name` is what the command line calls it; `summary` says what it reads, in one line."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...

    def extract(self, path: Path, ontology: Ontology, options: Mapping[str, str]) -> Extraction:
        """The extraction of a file or folder.

        `options` are the loader's own, by name: `source` renames the dataset, `kind` says what a table holds. Raises InvalidInput
        when the input as a whole cannot be read, naming file, place and remedy.
        """
        ...
