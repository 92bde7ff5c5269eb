"""How records look in the drawing: labels, properties and relationships of each kind, and the frames of what a view has of it.

A node has its kind's label and those of the abstract kinds above it. A field is a property of its camelCase name: a code its name,
a list a list, money whole 分 with `…Currency` where it is not CNY and `…Printed` where it is stated, a decimal a float with the exact
text in `…Exact` where no float is exact, a span `…Start`, `…End` and `…Quote`. A node's reference is a relationship of the field's
relation type with the property `field`; where nothing is drawn at its end, `…Id` has the id that is stated. A link is a relationship
with its `id`; its ends' ids are stated as `sourceId` and `targetId` only where they have become others, and its references are ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from graph.fields import FieldSpec, FieldType, Storage
from graph.money import CNY
from graph.ontology import KindSpec, Ontology
from graph.resolution import KindView
from graph.same_as import SAME_AS
from graph.snapshot_columns import Codes, Ints, Numbers, Texts, gather
from graph.snapshot_ids import NUMBER_MASK
from graph.values import MILLION, decimal
from graph.view import View

FORMAT = 1
"""Version of what is described above."""

EXACT_FLOATS = 10**15
"""Fewer millionths than this have at most 15 digits: their float stands for no other decimal."""

ENDS = ("source", "target")


@dataclass(frozen=True)
class Property:
    """One property: its name, the field that it is of, and which of the field's columns it has ("exact", "dead": see above)."""

    name: str
    field: FieldSpec
    part: int | str = 0


@dataclass(frozen=True)
class DrawnKind:
    """How one kind is drawn."""

    kind: KindSpec

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its nodes, its own first."""
        return (self.kind.name, *self.kind.bases)

    @cached_property
    def references(self) -> tuple[FieldSpec, ...]:
        """The fields that are relationships; a link has none."""
        return () if self.kind.is_link else self.kind.references

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """Its properties beside `id`, in order of declaration.

        Raises TypeError where two fields would have one property.
        """
        found = tuple(item for spec in self.kind.fields for item in self._properties(spec))
        names = ["id", *(item.name for item in found)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise TypeError(f"two fields of {self.kind.name} are drawn as {twice}; rename one")
        return found

    def _properties(self, spec: FieldSpec) -> Iterator[Property]:
        name = spec.graph_name
        match spec.holds:
            case FieldType.MONEY:
                suffixes: tuple[tuple[str, int | str], ...] = (("", 0), ("Currency", 1), ("Printed", 2))
            case FieldType.SPAN:
                suffixes = (("Start", 0), ("End", 1), ("Quote", 2))
            case FieldType.DECIMAL:
                suffixes = (("", 0), ("Exact", "exact"))
            case FieldType.REF if not self.kind.is_link or spec.name in ENDS:
                suffixes = (("Id", "dead"),)
            case _:
                suffixes = (("", 0),)
        for suffix, part in suffixes:
            yield Property(name + suffix, spec, part)

    def frame(self, view: View) -> pl.DataFrame:
        """The live records of a view: `id`, each property, and by `end_column` the ids of what is drawn at its references' ends.

        In id order. Lists are texts joined by SEPARATOR. Cost: a pass over each column.
        """
        handles = view.handles(self.kind.name)
        columns = {"id": view.texts(handles, "id")}
        fields = _Fields(view, self.kind, handles)
        for item in self.properties:
            columns[item.name] = fields.series(item)
        for spec in self.ends:
            columns[end_column(spec)] = fields.ends(spec)
        return pl.DataFrame([series.alias(name) for name, series in columns.items()])

    @cached_property
    def ends(self) -> tuple[FieldSpec, ...]:
        """The fields at whose ends something is drawn: a node's references, a link's source and target."""
        return tuple(self.kind.by_name[name] for name in ENDS) if self.kind.is_link else self.kind.references


def end_column(spec: FieldSpec) -> str:
    """The column of a frame with the ids of what is drawn at a reference's end; null: nothing."""
    return f"→{spec.graph_name}"


def shape_of(ontology: Ontology) -> str:
    """Changes whenever something would be drawn in another way: the drawing is then begun anew."""
    digest = hashlib.sha256(str(FORMAT).encode())
    for kind in ontology.kinds.values():
        drawn = DrawnKind(kind)
        digest.update(repr((drawn.labels, kind.is_link and kind.relation)).encode())
        digest.update(repr([(item.name, item.field.holds, item.part) for item in drawn.properties]).encode())
        digest.update(repr([(spec.graph_name, spec.relation) for spec in drawn.ends]).encode())
    return digest.hexdigest()[:16]


class _Fields:
    """Columns of records of one kind, resolved."""

    def __init__(self, view: View, kind: KindSpec, handles: Ints) -> None:
        self.view = view
        self.handles = handles
        self.seen: KindView = view.kind_view(kind.name)
        self.numbers = handles & NUMBER_MASK
        # Between ids that are one record, the statements that say so name them as they were.
        self.as_stated = kind.name == SAME_AS

    def series(self, item: Property) -> pl.Series:
        spec = item.field
        match item.part:
            case "exact":
                return _exact(self._column(spec, 0))
            case "dead":
                return self._dead(spec)
            case int(part):
                found = self._column(spec, part)
                if spec.holds is FieldType.MONEY and part == 1:
                    return found.set(found == CNY, None)
                return _floats(found) if spec.holds is FieldType.DECIMAL else found
        raise TypeError(item.part)

    def ends(self, spec: FieldSpec) -> pl.Series:
        return self.view.snapshot.ids_of(self.view.refs(self.handles, spec.name))

    def _dead(self, spec: FieldSpec) -> pl.Series:
        stated = self._column(spec, 0)
        drawn = self.ends(spec)
        return stated.set(stated.eq_missing(drawn), None) if stated.len() else stated

    def _column(self, spec: FieldSpec, part: int) -> pl.Series:
        stored = spec.columns[part]
        column = self.seen.table.all_columns[stored.name]
        rows = self.seen.rows_of(self.numbers, spec)
        match column:
            case Texts():
                return column.take(rows)
            case Codes():
                return gather(pl.Series("", list(column.words), dtype=pl.String), column.numbers.take(rows))
            case Numbers() if stored.storage is Storage.REF:
                handles = column.take(rows).astype(np.int64)
                return self.view.snapshot.ids_of(handles if self.as_stated else self.view.identity.of_handles(handles))
            case Numbers():
                values = column.take(rows)
                found = pl.Series(values).set(pl.Series(values == column.null), None)
                if stored.storage is Storage.DATE:
                    return found.cast(pl.Int32).cast(pl.Date)
                return found.cast(pl.Boolean) if stored.storage is Storage.BOOL else found.cast(pl.Int64)
        raise TypeError(f"no column is a {type(column).__name__}")


def _floats(millionths: pl.Series) -> pl.Series:
    # Polars multiplies by the inverse, which no float is.
    return pl.Series(millionths.fill_null(0).to_numpy() / MILLION).set(millionths.is_null(), None)


def _exact(millionths: pl.Series) -> pl.Series:
    """The decimals as texts, where a float of 15 digits may stand for another one."""
    values = (
        [None if value is None or abs(value) < EXACT_FLOATS else str(decimal(value)) for value in millionths.to_list()]
        if (millionths.abs() >= EXACT_FLOATS).any()
        else [None] * millionths.len()
    )
    return pl.Series("", values, dtype=pl.String)
