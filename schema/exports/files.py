"""A table as bytes: CSV that a spreadsheet opens in Chinese, Excel, or Parquet. Equal tables give equal bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from graph.errors import InvalidInput
from schema.exports.table import Table

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
EXCEL_DIGITS: Final = 15
"""Significant digits that a number of Excel holds; longer ones are written as texts."""
EXCEL_ROWS: Final = 1_048_575
WIDEST: Final = 60
WIDTH_SAMPLE: Final = 200
BEGINNING: Final = datetime(2000, 1, 1)


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte-order mark and CRLF, by which spreadsheets know it. A text that looks like a formula gains a leading '."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in table.frame().iter_rows())
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(FORMULA) else value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return str(value)


def excel_bytes(table: Table) -> bytes:
    """One sheet with a frozen, filtered heading; numbers are numbers, days are days, texts never formulas or links.

    Raises InvalidInput beyond the rows that a sheet holds.
    """
    if len(table.cells) > EXCEL_ROWS:
        raise InvalidInput(
            f"{len(table.cells):,} rows are more than a sheet holds ({EXCEL_ROWS:,}); write .csv or .parquet"
        )
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    book = xlsxwriter.Workbook(buffer, options)
    # Else the file would carry the time at which it was written.
    book.set_properties({"created": BEGINNING})
    sheet = book.add_worksheet("rows")
    heading = book.add_format({"bold": True})
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, heading)
        cells = [str(row[place]) for row in table.cells[:WIDTH_SAMPLE] if row[place] is not None]
        sheet.set_column(place, place, min(WIDEST, max(map(_width, [column.name, *cells])) + 2))
    for number, row in enumerate(table.frame().iter_rows(), start=1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value, day, moment)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table.cells)), max(0, len(table.columns) - 1))
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, place: int, value: Any, day: Any, moment: Any) -> None:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, place, value)
        case Decimal() | int() if len(Decimal(value).normalize().as_tuple().digits) <= EXCEL_DIGITS:
            sheet.write_number(row, place, value)
        case Decimal():
            sheet.write_string(row, place, f"{value:f}")
        case float():
            sheet.write_number(row, place, value)
        case datetime():
            sheet.write_datetime(row, place, value, moment)
        case date():
            sheet.write_datetime(row, place, value, day)
        case _:
            sheet.write_string(row, place, str(value))


def _width(text: str) -> int:
    """Columns of a text; Chinese characters take two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text[:WIDEST])


def parquet_bytes(table: Table) -> bytes:
    """Typed columns: decimals as decimals."""
    buffer = io.BytesIO()
    table.frame().write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()


WRITERS: Final[Mapping[str, Callable[[Table], bytes]]] = {
    ".csv": csv_bytes,
    ".xlsx": excel_bytes,
    ".parquet": parquet_bytes,
}
"""By the ending of the file's name."""


def written(table: Table, path: Path) -> bytes:
    """The bytes of a table for a file of this name. Raises InvalidInput for an ending that is none of `WRITERS`."""
    make = WRITERS.get(path.suffix.lower())
    if make is None:
        raise InvalidInput(f"{path.name}: the ending says the form; write one of {', '.join(WRITERS)}")
    return make(table)
