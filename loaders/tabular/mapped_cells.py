"""The values of a mapping, made of a table's columns: one text or none a row, and the rows where none can be made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from graph.identifiers import escape, is_valid
from graph.ontology import Ontology
from loaders.tabular.cells import Fault
from loaders.tabular.mapping import Lookup, Value

Tables = Mapping[Lookup, Mapping[str, str]]
"""What each lookup gives, by the text that is looked up; texts that would give several are left out."""


@dataclass
class MadeCells:
    """Texts, one a row; the faults, each by the text that it is of; and by column how many cells were read as not stated."""

    texts: pl.Series
    faults: list[tuple[pl.Series, Mapping[str, Fault]]] = field(default_factory=list)
    unstated: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CellMaker:
    """Makes the values of one table's records."""

    source: str
    ontology: Ontology
    lookups: Tables

    def make(self, value: Value, frame: pl.DataFrame) -> MadeCells:
        """The value's texts for the frame's rows. Cost: each distinct text of a column is looked at once."""
        if value.column is not None:
            return self._column(value, frame)
        if value.constant is not None:
            return MadeCells(pl.Series([value.constant]).new_from_index(0, frame.height))
        inner = value.first or value.parts or value.own
        made = [self.make(part, frame) for part in inner]
        faults = [fault for part in made for fault in part.faults]
        unstated: dict[str, int] = {}
        for part in made:
            unstated |= part.unstated
        columns = pl.DataFrame([part.texts.alias(str(at)) for at, part in enumerate(made)])
        if value.first:
            return MadeCells(columns.select(pl.coalesce(pl.all())).to_series(), faults, unstated)
        if value.parts:
            return MadeCells(
                columns.select(pl.concat_str(pl.all(), separator=value.joint)).to_series(), faults, unstated
            )
        prefix = self.ontology[value.own_kind or ""].prefix
        parts = [_escaped(columns[name]) for name in columns.columns]
        own = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(parts)]).select(
            pl.concat_str(pl.lit(f"{prefix}:{escape(self.source)}"), pl.all(), separator=":")
        )
        return MadeCells(own.to_series(), faults, unstated)

    def _column(self, value: Value, frame: pl.DataFrame) -> MadeCells:
        cells = frame[value.column or ""]
        if value == Value(column=value.column):
            return MadeCells(cells)
        found = {text: self._text(value, text) for text in cells.drop_nulls().unique()}
        faults = {text: made for text, made in found.items() if isinstance(made, Fault)}
        texts = _replaced(cells, {text: made if isinstance(made, str) else None for text, made in found.items()})
        emptied = [text for text in found if _is_empty(value, text)]
        unstated = {cells.name: int(cells.is_in(emptied).sum())} if emptied else {}
        return MadeCells(texts, [(cells, faults)] if faults else [], unstated)

    def _text(self, value: Value, text: str) -> str | Fault | None:
        if _is_empty(value, text):
            return None
        for pattern, by in value.replace:
            text = re.sub(pattern, by, text)
        if value.upper:
            text = text.upper()
        if value.codes or value.match is not None:
            kept = text in value.codes or (value.match is not None and re.search(value.match, text) is not None)
            if not kept and value.otherwise == "reject":
                return Fault("UNKNOWN_VALUE", "is none that the mapping knows", "correct it, or add it to the mapping")
            if not kept and value.otherwise == "empty":
                return None
            text = value.codes.get(text, text)
        if value.lookup is None or not text:
            return text or None
        given = self.lookups[value.lookup].get(text)
        if given is None and value.missing == "reject":
            where = f"{value.lookup.by} in {value.lookup.file.rstrip('*')}"
            return Fault("UNKNOWN_NAME", f"is no {where}, or stands there several times", "correct it, or add it there")
        return given


def _is_empty(value: Value, text: str) -> bool:
    return text in value.empty or (value.empty_like is not None and re.search(value.empty_like, text) is not None)


def lookup_table(lookup: Lookup, frame: pl.DataFrame) -> dict[str, str]:
    """What a lookup gives by each text; a text with several different values, or none that keeps its format, is left out."""
    pairs = frame.select(by=lookup.by, give=lookup.give).drop_nulls().unique()
    pairs = pairs.filter(~pl.col("by").is_duplicated())
    if lookup.valid is not None:
        wanted = lookup.valid
        pairs = pairs.filter(pl.Series([is_valid(wanted, text) for text in pairs["give"]], dtype=pl.Boolean))
    return dict(pairs.iter_rows())


def without(cells: pl.Series, empty: tuple[str, ...]) -> tuple[pl.Series, int]:
    """The cells, null where one is a placeholder, and how many were."""
    hit = cells.is_in(list(empty)).fill_null(False)
    count = int(hit.sum())
    if not count:
        return cells, 0
    return cells.to_frame().select(pl.when(~pl.lit(hit)).then(pl.col(cells.name)).alias(cells.name))[cells.name], count


def _escaped(texts: pl.Series) -> pl.Series:
    return _replaced(texts, {text: escape(text) or None for text in texts.drop_nulls().unique()})


def _replaced(cells: pl.Series, by: Mapping[str, str | None]) -> pl.Series:
    table = pl.DataFrame({"text": list(by), "made": list(by.values())}, schema={"text": pl.String, "made": pl.String})
    return cells.to_frame("text").join(table, on="text", how="left", maintain_order="left")["made"].alias(cells.name)
