"""Excel workbooks as tables. Cells that are computed, broken or merged are told apart: they are no statements of anybody."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree

import fastexcel
import polars as pl

from graph.errors import InvalidInput
from loaders.tabular.table import ROW, RowFault, Table, check_headings, tidy

MAX_UNPACKED: Final = 2**30
"""Bytes that a workbook may unpack to."""
MAX_RATIO: Final = 300
"""Times that a part above `_SMALL` bytes may unpack to its packed size; sheets of real tables reach about 30."""
_SMALL: Final = 16 * 2**20
_CHUNK: Final = 2**20

MAX_CELLS: Final = 30_000_000
"""Cells of the rectangle that a sheet's filled cells span: the reader lays it out whole."""

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FILLED: Final = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>')
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/?)>")
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="[A-Z]+(\d+):[A-Z]+(\d+)"')
_LONG_FRACTION: Final = r"^-?\d+\.\d{10,}$"
_ERROR: Final = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name, and where its XML is."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class _Marks:
    """By row: the first cell that is a formula or an error, and the rows of each merged range; `first` the first row with a cell."""

    first: int
    formulas: Mapping[int, str]
    errors: Mapping[int, str]
    merged: tuple[range, ...]


def sheets(path: Path, file: str) -> list[Sheet]:
    """The visible sheets of a workbook, in order.

    Raises InvalidInput for a file that is no .xlsx workbook, has a password, or would unpack to an absurd size.
    """
    with _opened(path, file) as book:
        _refuse_bombs(book, file)
        try:
            names = ElementTree.fromstring(book.read("xl/workbook.xml"))
            targets = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        except (KeyError, ElementTree.ParseError, zipfile.BadZipFile) as exc:
            raise InvalidInput(f"{file} is no Excel workbook; save it as .xlsx or CSV UTF-8") from exc
        parts = {item.get("Id"): item.get("Target") or "" for item in targets}
        found = []
        for item in names.iter():
            if item.tag.endswith("}sheet") and item.get("state", "visible") == "visible":
                target = parts.get(item.get(_RELATION), "")
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                if part in book.namelist() and "worksheet" in part:
                    found.append(Sheet(item.get("name") or "", part))
        return found


def read_sheet(path: Path, sheet: Sheet, file: str) -> Table:
    """The table of one sheet; its heading is the first row with a cell.

    A row with a formula, an error value or a part of a merged cell is a fault. Raises InvalidInput when the headings have one.
    """
    marks = _marks(path, sheet, file)
    try:
        workbook = fastexcel.read_excel(path)
        raw = workbook.load_sheet(sheet.name, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as exc:
        raise InvalidInput(f"{file} cannot be read: {str(exc)[:200]}; save it as CSV UTF-8") from exc
    if not raw.height:
        raise InvalidInput(f"{file} is empty; give a table with a heading row")
    if marks.first in marks.formulas or any(marks.first in rows for rows in marks.merged):
        raise InvalidInput(
            f"{file}: row {marks.first} is a title or has merged or computed cells; "
            "the first row must hold the column names, one a cell"
        )
    headings = check_headings(raw.row(0), file)
    raw = raw.with_columns(_as_shown(raw[name]) for name in raw.columns)
    frame = raw.slice(1).select(
        pl.int_range(marks.first + 1, marks.first + raw.height, dtype=pl.UInt32).alias(ROW),
        *(pl.col(raw.columns[place]).alias(name) for place, name in enumerate(headings)),
    )
    rest = raw.slice(1).select(pl.col(name) for name in raw.columns[len(headings) :])
    orphan = next((name for name in rest.columns if (rest[name].str.strip_chars() != "").any()), None)
    if orphan is not None:
        place = raw.columns.index(orphan) + 1
        raise InvalidInput(f"{file}: column {place} has no heading; name it, or remove the column")
    faults = _faults(marks, marks.first + raw.height - 1)
    bad = {fault.row for fault in faults}
    if bad:
        frame = frame.filter(~pl.col(ROW).is_in(list(bad)))
    return tidy(frame, file, faults)


def _opened(path: Path, file: str) -> zipfile.ZipFile:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput(f"{file} has a password or the old .xls form; save it as .xlsx without one")
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as exc:
        raise InvalidInput(f"{file} is no Excel workbook; save it as .xlsx or CSV UTF-8") from exc


def _refuse_bombs(book: zipfile.ZipFile, file: str) -> None:
    """Unpack every part once, within the sizes that the directory declares: a directory that lies is refused too."""
    total = sum(part.file_size for part in book.infolist())
    worst = max(
        (part.file_size // max(1, part.compress_size) for part in book.infolist() if part.file_size > _SMALL), default=0
    )
    if total > MAX_UNPACKED or worst > MAX_RATIO:
        raise InvalidInput(f"{file} would unpack to {total:,} bytes, which no table does; save the data as CSV UTF-8")
    for part in book.infolist():
        try:
            with book.open(part) as stream:
                _drain(stream, part.file_size)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as exc:
            raise InvalidInput(
                f"{file} is damaged or has a password ({part.filename}); save it again as .xlsx"
            ) from exc


def _drain(stream: IO[bytes], declared: int) -> None:
    left = declared
    while chunk := stream.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise zipfile.BadZipFile("a part is larger than it says")


def _marks(path: Path, sheet: Sheet, file: str) -> _Marks:
    with _opened(path, file) as book:
        data = book.read(sheet.part)
    _refuse_strays(data, file)
    formulas: dict[int, str] = {}
    errors: dict[int, str] = {}
    first = 1
    for match in _CELL.finditer(data):
        place = _PLACE.search(match[1])
        if not match[2] and place is not None:
            first = int(place[2])
            break
    if _FORMULA.search(data) is not None or _ERROR.search(data) is not None:
        for match in _CELL.finditer(data):
            place = _PLACE.search(match[1])
            if match[2] or place is None:
                continue
            shown, row = f"{place[1].decode()}{place[2].decode()}", int(place[2])
            if _FORMULA.match(data, match.end()):
                formulas.setdefault(row, shown)
            if b't="e"' in match[1]:
                errors.setdefault(row, shown)
    merged = tuple(range(int(match[1]), int(match[2]) + 1) for match in _MERGED.finditer(data))
    return _Marks(first, formulas, errors, merged)


def _as_shown(cells: pl.Series) -> pl.Series:
    """Numbers to 15 significant digits, which is all that Excel keeps: 0.30000000000000004 is 0.3."""
    long = cells.str.contains(_LONG_FRACTION).fill_null(False)
    if not long.any():
        return cells
    shown = {text: format(float(text), ".15g") for text in cells.filter(long).unique()}
    return cells.replace(shown)


def _refuse_strays(data: bytes, file: str) -> None:
    """Refuse a sheet with a filled cell so far from the others that the space between would not fit into memory."""
    last_row, columns = 0, set[bytes]()
    for match in _FILLED.finditer(data):
        columns.add(match[1])
        last_row = max(last_row, int(match[2]))
    last = max(columns, key=lambda letters: (len(letters), letters), default=b"A").decode()
    width = 0
    for letter in last:
        width = width * 26 + ord(letter) - ord("A") + 1
    if width * last_row > MAX_CELLS:
        raise InvalidInput(
            f"{file} reaches to a cell at {last}{last_row}, far beyond any table; delete what stands there, or save it as CSV UTF-8"
        )


def _faults(marks: _Marks, last: int) -> list[RowFault]:
    found: dict[int, RowFault] = {}
    for row, cell in marks.formulas.items():
        found[row] = RowFault(row, "FORMULA", cell, "is computed by a formula", "copy the column and paste its values")
    for row, cell in marks.errors.items():
        found.setdefault(row, RowFault(row, "CELL_ERROR", cell, "is an error value", "correct or empty the cell"))
    for rows in marks.merged:
        for row in range(rows[0], min(rows[-1], max(last, rows[0])) + 1):
            shown = f"rows {rows[0]}-{rows[-1]}"
            fault = RowFault(
                row, "MERGED_CELLS", shown, "has a part of a merged cell", "unmerge it and fill in every row"
            )
            found.setdefault(row, fault)
    return [found[row] for row in sorted(found)]
