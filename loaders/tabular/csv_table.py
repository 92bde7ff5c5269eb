"""CSV and TSV as tables: a fast reading of clean files, and an exact one, row by row, of all others."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import ComputeError, NoDataError

from graph.errors import InvalidInput
from loaders.tabular.encoding import REPLACEMENT, decode
from loaders.tabular.table import ROW, RowFault, Table, check_headings, tidy

_SEPARATORS: Final = (",", "\t", ";")
# Bytes without which no cell has outer blanks or is a quoted empty text: a file without them needs no trimming.
_BLANKS: Final = (b" ", b"\t", b'"', b"\v", b"\f")
_FOREIGN_BLANKS: Final = (b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80", b"\xef\xbb\xbf")


def read_csv(path: Path, file: str) -> Table:
    """The table of a CSV file. The separator is the comma, else the tab, else the semicolon.

    Raises InvalidInput for an empty file, an encoding unknown here, unusable headings or a quote that is never closed.
    """
    data = path.read_bytes()
    damaged = False
    if not data.isascii():
        decoded = decode(data, file)
        damaged = decoded.damaged
        data = decoded.text.encode()
    elif not data.strip():
        raise InvalidInput(f"{file} is empty; give a table with a heading row")
    separator, number, raw = _heading(data)
    headings = check_headings(raw, file)
    frame = None if damaged or number > 1 else _read_clean(data, raw, separator)
    if frame is None:
        return _read_exactly(data, headings, number, separator, file, damaged=damaged)
    frame = frame.select(
        pl.int_range(2, frame.height + 2, dtype=pl.UInt32).alias(ROW),
        *(pl.col(f"column_{place}").alias(name) for place, name in enumerate(headings, start=1)),
        # A blank heading at the end is tolerated while its column is blank too.
        *(pl.col(f"column_{place}").alias(f"#{place}") for place in range(len(headings) + 1, len(raw) + 1)),
    )
    _refuse_orphans(frame, len(headings), file)
    blanks = _BLANKS if data.isascii() else (*_BLANKS, *_FOREIGN_BLANKS)
    return tidy(frame, file, trim=any(blank in data for blank in blanks))


def _heading(data: bytes) -> tuple[str, int, list[str]]:
    head = data[:1_000_000].decode(errors="ignore")
    number, record, separator = 1, [""], ""
    for separator in (*_SEPARATORS, _SEPARATORS[0]):
        records = enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=separator), start=1)
        number, record = next(((at, cells) for at, cells in records if any(cell.strip() for cell in cells)), (1, [""]))
        if len(record) > 1:
            break
    return separator, number, record


def _read_clean(data: bytes, heading: list[str], separator: str) -> pl.DataFrame | None:
    width = len(heading)
    try:
        frame = pl.read_csv(data, separator=separator, infer_schema=False)
    except (ComputeError, NoDataError):
        return None
    if frame.width != width:
        return None
    # polars refuses rows that are too long and fills those that are too short: too short ones lack separators.
    separators = data.count(separator.encode())
    if b'"' in data:
        separators -= sum(cell.count(separator) for cell in heading)
        inside = frame.select(pl.sum_horizontal(pl.all().str.count_matches(separator, literal=True).sum()))
        separators -= int(inside.item() or 0) if frame.height else 0
    frame.columns = [f"column_{place}" for place in range(1, width + 1)]
    return frame if separators == (width - 1) * (frame.height + 1) else None


def _refuse_orphans(frame: pl.DataFrame, headings: int, file: str) -> None:
    for name in frame.columns[headings + 1 :]:
        if frame[name].null_count() < frame.height and (frame[name].str.strip_chars() != "").any():
            raise InvalidInput(f"{file}: column {name[1:]} has no heading; name it, or remove the column")


def _read_exactly(
    data: bytes, headings: list[str], heading_row: int, separator: str, file: str, *, damaged: bool
) -> Table:
    width = len(headings)
    faults: list[RowFault] = []
    numbers: list[int] = []
    cells: list[list[str]] = []
    for number, record in _records(data, separator, file, faults):
        if number <= heading_row or not any(cell.strip() for cell in record):
            continue
        if damaged and any(REPLACEMENT in cell for cell in record):
            shown = next(cell for cell in record if REPLACEMENT in cell)
            faults.append(
                _fault(number, "BAD_ENCODING", shown, "holds bytes that are no text", "save the file as UTF-8")
            )
        elif len(record) < width or any(cell.strip() for cell in record[width:]):
            reason = f"has {len(record)} cells where the heading has {width}"
            remedy = 'put cells that hold the separator or a line break in "quotes"'
            faults.append(_fault(number, "RAGGED_ROW", separator.join(record), reason, remedy))
        else:
            numbers.append(number)
            cells.append(record[:width])
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    frame = pl.DataFrame(
        {ROW: numbers} | {name: list(column) for name, column in zip(headings, columns, strict=True)},
        schema={ROW: pl.UInt32} | dict.fromkeys(headings, pl.String),
    )
    return tidy(frame, file, faults)


def _records(data: bytes, separator: str, file: str, faults: list[RowFault]) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        line = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            if "end of data" in str(exc):
                raise InvalidInput(
                    f"{file}: row {number} (line {line}) opens a quote that is never closed; close it, or double it"
                ) from exc
            faults.append(
                _fault(number, "BAD_QUOTES", "", "has text after a closing quote", "double quotes inside a cell")
            )


def _fault(row: int, code: str, value: str, reason: str, remedy: str) -> RowFault:
    return RowFault(row, code, value[:80], reason, remedy)
