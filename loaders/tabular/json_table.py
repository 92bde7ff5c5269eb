"""JSON Lines and JSON arrays as tables: one object a row, its members the columns; what is nested stays JSON text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from graph.errors import InvalidInput
from graph.fields import SEPARATOR
from loaders.tabular.encoding import decode
from loaders.tabular.table import ROW, RowFault, Table, check_headings, tidy

_NO_OBJECT = "write one object {…} a line"


def read_jsonl(path: Path, file: str) -> Table:
    """The table of a JSON Lines file; rows are numbered from 1. A line that is no object is a fault.

    Raises InvalidInput for an empty file or an encoding unknown here.
    """
    faults: list[RowFault] = []
    return _table(_lines(_text(path, file), faults), faults, file)


def read_json(path: Path, file: str) -> Table:
    """The table of a file that holds one JSON array of objects, or JSON Lines; rows are numbered from 1.

    Raises InvalidInput when it is neither.
    """
    text = _text(path, file)
    if not text.lstrip().startswith("["):
        faults: list[RowFault] = []
        return _table(_lines(text, faults), faults, file)
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise InvalidInput(f"{file} is no JSON: {exc}; correct it there, or write one object a line (.jsonl)") from exc
    faults = []
    return _table(_objects(items, faults), faults, file)


def _text(path: Path, file: str) -> str:
    text = decode(path.read_bytes(), file).text
    if not text.strip():
        raise InvalidInput(f"{file} is empty; give a table with at least one object")
    return text


def _lines(text: str, faults: list[RowFault]) -> Iterator[tuple[int, dict[str, Any]]]:
    # splitlines would also cut at characters that JSON texts may hold, such as U+2028.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError as exc:
            faults.append(RowFault(number, "BAD_JSON", line[:80], f"is no JSON: {exc.msg}", _NO_OBJECT))
            continue
        yield from _objects([item], faults, number)


def _objects(items: list[Any], faults: list[RowFault], start: int = 1) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, item in enumerate(items, start=start):
        if isinstance(item, dict):
            yield number, item
        else:
            shown = orjson.dumps(item).decode()[:80]
            faults.append(RowFault(number, "BAD_JSON", shown, "is no object", _NO_OBJECT))


def _table(objects: Iterable[tuple[int, dict[str, Any]]], faults: list[RowFault], file: str) -> Table:
    numbers: list[int] = []
    columns: dict[str, list[str | None]] = {}
    for number, item in objects:
        for name in item.keys() - columns.keys():
            columns[name] = [None] * len(numbers)
        numbers.append(number)
        for name, cells in columns.items():
            cells.append(_cell(item.get(name)))
    names = sorted(columns)
    if numbers:
        check_headings(names, file)
    frame = pl.DataFrame(
        {ROW: numbers} | {name: columns[name] for name in names},
        schema={ROW: pl.UInt32} | dict.fromkeys(names, pl.String),
    )
    return tidy(frame, file, faults)


def _cell(value: Any) -> str | None:
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case list() if all(isinstance(item, str | int | float) for item in value):
            return SEPARATOR.join(item for item in map(_cell, value) if item)
        case _:
            return orjson.dumps(value).decode()
