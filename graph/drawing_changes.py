"""What makes a drawing of one view that of another: the statements to run, in order, each with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import LiteralString

import numpy as np
import polars as pl

from graph.drawing_shape import DrawnKind, Property, end_column
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.ontology import KindSpec, Ontology
from graph.view import View

NODES_AT_ONCE = 2_500
EDGES_AT_ONCE = 2_500
REMOVED_AT_ONCE = 500
"""Rows in one transaction; a node that is removed takes all its relationships along."""

BEFORE = "before "
"""Begins the names of the columns that hold what was drawn; alone it names that which says that anything was."""


@dataclass(frozen=True)
class Phase:
    """One statement over many rows. `lanes` are worked off side by side: no two meet at the same target.

    `counts` says what a row is: "nodes", "references" or "links", written or removed.
    """

    statement: LiteralString
    lanes: tuple[pl.DataFrame, ...]
    rows_at_once: int
    counts: str
    removes: bool

    @property
    def rows(self) -> int:
        """Rows of all lanes."""
        return sum(lane.height for lane in self.lanes)


def quoted(name: str) -> str:
    """An identifier of the ontology as it may stand in a statement."""
    return "`" + name.replace("`", "``") + "`"


def phases_between(before: View | None, after: View) -> list[Phase]:
    """The phases that turn the drawing of one view (None: of nothing) into that of the other. Run again, they change nothing.

    What goes, goes first: links, references, nodes; then nodes come, references, links. Cost: both views' columns, compared.
    """
    if before is None:
        kinds = [kind for name, kind in after.ontology.kinds.items() if after.handles(name).size]
    else:
        kinds = [kind for kind in after.ontology.kinds.values() if not _is_the_same(kind, before, after)]
    changes = [_Changes.between(DrawnKind(kind), before, after) for kind in kinds]
    nodes = [item for item in changes if not item.drawn.kind.is_link]
    links = [item for item in changes if item.drawn.kind.is_link]
    found: list[Phase] = []
    for item in links:
        found += item.links_removed()
    for item in nodes:
        found += item.references_removed()
    for item in nodes:
        found += item.nodes_removed()
    for item in nodes:
        found += item.nodes_written()
    for item in nodes:
        found += item.references_written(after.ontology)
    for item in links:
        found += item.links_written(after.ontology)
    return [phase for phase in found if phase.rows]


def _is_the_same(kind: KindSpec, before: View, after: View) -> bool:
    """Whether two views of one snapshot are sure to draw a kind alike, which is far quicker told than by its columns."""
    old, new = before.identity.nodes, after.identity.nodes
    if old.keys() != new.keys() or not all(np.array_equal(old[code], new[code]) for code in old):
        return False
    was, now = before.kind_view(kind.name), after.kind_view(kind.name)
    if not (
        np.array_equal(was.row, now.row)
        and np.array_equal(was.slots.starts, now.slots.starts)
        and np.array_equal(was.slots.rows, now.slots.rows)
    ):
        return False
    met = {kind.name}.union(*(after.ontology.concrete(spec.target or "") for spec in kind.references))
    return all(
        np.array_equal(before.live(code), after.live(code)) for code in (after.snapshot.codes[name] for name in met)
    )


@dataclass(frozen=True)
class _Changes:
    """One kind: the rows that are drawn no more, and all rows with, beside them, what is drawn of the same id."""

    drawn: DrawnKind
    removed: pl.DataFrame
    rows: pl.DataFrame
    is_first: bool

    @classmethod
    def between(cls, drawn: DrawnKind, before: View | None, after: View) -> _Changes:
        new = drawn.frame(after)
        if before is None:
            return cls(drawn, new.clear(), new, is_first=True)
        old = drawn.frame(before)
        beside = old.select("id", pl.lit(True).alias(BEFORE), pl.exclude("id").name.prefix(BEFORE))
        rows = new.join(beside, on="id", how="left", maintain_order="left")
        changes = cls(drawn, old.join(new, on="id", how="anti", maintain_order="left"), rows, is_first=False)
        return replace(changes, rows=rows.filter(changes._differs(*new.columns[1:])))

    @property
    def _is_new(self) -> pl.Expr:
        return pl.lit(True) if self.is_first else pl.col(BEFORE).is_null()

    def _differs(self, *names: str) -> pl.Expr:
        if self.is_first:
            return pl.lit(True)
        return pl.any_horizontal(self._is_new, *(pl.col(name).ne_missing(pl.col(BEFORE + name)) for name in names))

    def _was(self, rows: pl.DataFrame, name: str) -> bool:
        return not self.is_first and rows[BEFORE + name].null_count() < rows.height

    @property
    def _ends_differ(self) -> pl.Expr:
        return self._differs(*(end_column(spec) for spec in self.drawn.ends))

    # nodes

    def nodes_removed(self) -> Iterator[Phase]:
        label = quoted(self.drawn.kind.name)
        yield _phase(
            f"UNWIND $rows AS row MATCH (n:{label} {{id: row[0]}}) DETACH DELETE n",
            [self.removed.select("id")],
            REMOVED_AT_ONCE,
            "nodes",
            removes=True,
        )

    def nodes_written(self) -> Iterator[Phase]:
        names = [item.name for item in self.drawn.properties]
        rows = self.rows.filter(self._differs(*names))
        properties = self._stated(rows)
        own, *above = (quoted(label) for label in self.drawn.labels)
        sets = [f"n:{':'.join(above)}"] if above else []
        sets += [f"n.{quoted(item.name)} = row[{place}]" for place, item in enumerate(properties, start=1)]
        statement = f"UNWIND $rows AS row MERGE (n:{own} {{id: row[0]}})" + (f" SET {', '.join(sets)}" if sets else "")
        yield _phase(statement, [rows.select("id", *map(_sent, properties))], NODES_AT_ONCE, "nodes")

    def _stated(self, rows: pl.DataFrame) -> list[Property]:
        """The properties that any of these rows has or had: the others need not be mentioned."""
        return [
            item
            for item in self.drawn.properties
            if rows[item.name].null_count() < rows.height or self._was(rows, item.name)
        ]

    # references

    def references_removed(self) -> Iterator[Phase]:
        if self.is_first:
            return
        for spec in self.drawn.references:
            end = end_column(spec)
            gone = self.rows.filter(pl.col(BEFORE + end).is_not_null() & self._differs(end))
            yield _phase(
                f"UNWIND $rows AS row MATCH (:{quoted(self.drawn.kind.name)} {{id: row[0]}})"
                f"-[r:{quoted(spec.relation)} {{field: row[1]}}]->() DELETE r",
                [gone.select("id", _field(spec))],
                EDGES_AT_ONCE,
                "references",
                removes=True,
            )

    def references_written(self, ontology: Ontology) -> Iterator[Phase]:
        kind = self.drawn.kind
        for spec in self.drawn.references:
            end = end_column(spec)
            rows = self.rows.filter(pl.col(end).is_not_null() & self._differs(end))
            for target, mine in _by_kind(rows, end, ontology):
                statement = (
                    f"UNWIND $rows AS row MATCH (s:{quoted(kind.name)} {{id: row[0]}})"
                    f" MATCH (t:{quoted(target)} {{id: row[1]}}) MERGE (s)-[r:{quoted(spec.relation)} {{field: row[2]}}]->(t)"
                )
                lanes = _lanes(mine.select("id", end, _field(spec)), end, one=target == kind.name)
                yield _phase(statement, lanes, EDGES_AT_ONCE, "references")

    # links

    def links_removed(self) -> Iterator[Phase]:
        if self.is_first:
            return
        moved = self.rows.filter(~self._is_new & self._ends_differ)
        yield _phase(
            f"UNWIND $rows AS row MATCH ()-[r:{quoted(self.drawn.kind.relation)} {{id: row[0]}}]->() DELETE r",
            [pl.concat([self.removed.select("id"), moved.select("id")])],
            EDGES_AT_ONCE,
            "links",
            removes=True,
        )

    def links_written(self, ontology: Ontology) -> Iterator[Phase]:
        source, target = (end_column(spec) for spec in self.drawn.ends)
        rows = self.rows.filter(self._differs(*(item.name for item in self.drawn.properties)) | self._ends_differ)
        properties = self._stated(rows)
        sets = [f"r.{quoted(item.name)} = row[{place}]" for place, item in enumerate(properties, start=3)]
        for source_kind, some in _by_kind(rows, source, ontology):
            for target_kind, mine in _by_kind(some, target, ontology):
                statement = (
                    f"UNWIND $rows AS row MATCH (s:{quoted(source_kind)} {{id: row[1]}})"
                    f" MATCH (t:{quoted(target_kind)} {{id: row[2]}})"
                    f" MERGE (s)-[r:{quoted(self.drawn.kind.relation)} {{id: row[0]}}]->(t)"
                    + (f" SET {', '.join(sets)}" if sets else "")
                )
                sent = mine.select("id", source, target, *map(_sent, properties))
                yield _phase(statement, _lanes(sent, target, one=source_kind == target_kind), EDGES_AT_ONCE, "links")


def _phase(
    statement: str, lanes: list[pl.DataFrame], rows_at_once: int, counts: str, *, removes: bool = False
) -> Phase:
    # Made of the ontology's names, quoted; every value goes as a parameter.
    return Phase(statement, tuple(lanes), rows_at_once, counts, removes)


def _sent(item: Property) -> pl.Expr:
    column = pl.col(item.name)
    return column.str.split(SEPARATOR) if item.field.holds in (FieldType.TEXTS, FieldType.TERMS) else column


def _field(spec: FieldSpec) -> pl.Expr:
    return pl.lit(spec.graph_name).alias("field")


def _by_kind(rows: pl.DataFrame, column: str, ontology: Ontology) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows by the kind of the ids in a column, in the order of the kinds' names."""
    prefix = rows[column].str.extract(r"^([^:]*)")
    for name in sorted(ontology.by_prefix[found].name for found in prefix.unique().to_list()):
        yield name, rows.filter(prefix == ontology[name].prefix)


def _lanes(rows: pl.DataFrame, target: str, *, one: bool) -> list[pl.DataFrame]:
    """The rows by target, cut in two between targets. Within one kind in one: two would meet at their sources."""
    rows = rows.sort(target, "id")
    if one or rows.height < 2 * EDGES_AT_ONCE:
        return [rows]
    middle = rows[target][rows.height // 2]
    cut = int(rows[target].search_sorted(middle, side="left")) or int(rows[target].search_sorted(middle, side="right"))
    return [lane for lane in (rows.slice(0, cut), rows.slice(cut)) if lane.height]
