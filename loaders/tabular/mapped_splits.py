"""Cells of several items, taken apart: one row an item, each with the columns of its row."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson
import polars as pl

from loaders.tabular.cells import Fault
from loaders.tabular.mapping import Split
from loaders.tabular.name_runs import names_alone, split_names
from loaders.tabular.table import ROW


@dataclass(frozen=True, slots=True)
class SplitRows:
    """Rows by item, and by row number the cells that could not be taken apart, with why."""

    frame: pl.DataFrame
    faults: Mapping[int, tuple[str, Fault]]


def split_rows(split: Split, frame: pl.DataFrame, known: Collection[str]) -> SplitRows:
    """The frame's rows, one an item of the split's column, which gains the column of the item (and of the member's value).

    `known` are the names that `split.names` looks for, beside those that stand alone in a cell. A row whose cell is empty has no
    items.
    """
    filled = frame.filter(pl.col(split.column).is_not_null())
    texts = filled[split.column].unique()
    if split.names is not None:
        known = {*known, *names_alone(texts, split.closing)}
    found = {text: _items(split, text, known) for text in texts}
    faults = {
        row: (text, fault)
        for row, text in filled.select(ROW, split.column).iter_rows()
        if isinstance(fault := found[text], Fault)
    }
    names = [split.item] if split.value is None else [split.item, split.value]
    pairs = [
        (text, *item)
        for text, items in found.items()
        if not isinstance(items, Fault)
        for item in items
        if item[0] not in split.empty
    ]
    table = pl.DataFrame(pairs, schema=dict.fromkeys((split.column, *names), pl.String), orient="row")
    return SplitRows(filled.join(table, on=split.column, how="inner", maintain_order="left_right"), faults)


def _items(split: Split, text: str, known: Collection[str]) -> list[tuple[str, ...]] | Fault:
    if split.value is not None:
        return _members(text)
    if split.names is not None:
        names = split_names(text, known, split.closing)
        return names if isinstance(names, Fault) else [(name,) for name in names]
    return [(item,) for part in re.split(split.by or " ", text) if (item := part.strip())]


def _members(text: str) -> list[tuple[str, ...]] | Fault:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        return Fault("BAD_JSON", "is no object", "write its members as {name: value}")
    return [(name, value if isinstance(value, str) else orjson.dumps(value).decode()) for name, value in found.items()]
