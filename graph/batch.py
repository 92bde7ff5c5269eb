"""A batch: the rows that a loader hands over, as columns, one frame a kind; and what is wrong with a row, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from graph.blocks import CONFIDENCE, ID, LOCATOR, NONE, OP, Op, frame_schema
from graph.fields import SEPARATOR
from graph.ontology import Ontology
from graph.records import Record
from graph.values import columns_of, millionths


@dataclass(frozen=True, slots=True)
class Statement:
    """A record as a source states it.

    `locator` says where (row 17; chars 120-150); `confidence` 0–1, None: certain; `none` names fields known to be empty, which
    stops other sources from filling them.
    """

    record: Record
    locator: str | None = None
    confidence: Decimal | None = None
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken, and why: file and row, field and value, reason and remedy. `code` is stable."""

    code: str
    kind: str
    row: str
    field: str
    value: str
    reason: str
    remedy: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows by kind name. A frame has any of the kind's statement columns (`graph.blocks.frame_schema`); a missing one is null.

    In a node's frame `id` may be null, where its identity fields give it, or lack its prefix; so may a reference to one kind.
    """

    frames: Mapping[str, pl.DataFrame]

    @property
    def rows(self) -> int:
        """How many rows it has, over all kinds."""
        return sum(frame.height for frame in self.frames.values())

    @classmethod
    def of(cls, statements: Iterable[Statement | Record], ontology: Ontology) -> Batch:
        """The batch of a few records; for many, build the frames."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for item in statements:
            statement = item if isinstance(item, Statement) else Statement(item)
            kind = ontology[type(statement.record).__name__]
            row = columns_of(kind, statement.record)
            if not kind.is_link:
                row[ID] = statement.record.id or None
            row[OP] = Op.STATE.value
            row[LOCATOR] = statement.locator
            row[CONFIDENCE] = None if statement.confidence is None else millionths(statement.confidence, "confidence")
            row[NONE] = SEPARATOR.join(statement.none) or None
            rows.setdefault(kind.name, []).append(row)
        return cls(
            {name: pl.DataFrame(found, schema=_row_schema(ontology, name)) for name, found in rows.items()},
        )


def _row_schema(ontology: Ontology, name: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    return frame_schema(ontology[name])
