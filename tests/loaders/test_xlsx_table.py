"""Workbooks as tables: values as people see them; computed, broken and merged cells are faults; bombs are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from graph.errors import InvalidInput
from loaders.tabular.table import Table
from loaders.tabular.xlsx_table import read_sheet, sheets


def book(tmp_path: Path, rows: list[list[Any]], change: Callable[[Worksheet], object] | None = None) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    file = tmp_path / "firms.xlsx"
    workbook.save(file)
    return file


def read(file: Path) -> Table:
    return read_sheet(file, sheets(file, file.name)[0], file.name)


def test_numbers_dates_and_flags_are_read_as_text(tmp_path: Path) -> None:
    row = ["甲", 3000.5, 12, 0.05, date(2024, 3, 1), datetime(2024, 3, 1, 12, 30), True, None]
    table = read(book(tmp_path, [[*"abcdefgh"], row]))
    assert table.frame.row(0) == (
        2, "甲", "3000.5", "12", "0.05", "2024-03-01 00:00:00", "2024-03-01 12:30:00", "true", None,
    )  # fmt: skip


def test_numbers_have_the_digits_that_excel_keeps(tmp_path: Path) -> None:
    table = read(book(tmp_path, [["a"], [0.1 + 0.2], [1234567.1]], lambda sheet: sheet.__setitem__("A2", 0.1 + 0.2)))
    assert table.frame["a"].to_list() == ["0.3", "1234567.1"]


def test_rows_keep_their_numbers_over_blank_ones(tmp_path: Path) -> None:
    assert read(book(tmp_path, [["a"], [1], [], [2]])).frame.rows() == [(2, "1"), (4, "2")]


def test_a_table_may_begin_further_down(tmp_path: Path) -> None:
    assert read(book(tmp_path, [[], [], ["a"], [1]])).frame.rows() == [(4, "1")]


def test_the_label_row_is_left_out(tmp_path: Path) -> None:
    assert read(book(tmp_path, [["a"], ["#label"], [1]])).frame.rows() == [(3, "1")]


@pytest.mark.parametrize(
    ("cell", "value", "code"), [("B3", "=A2*2", "FORMULA"), ("B3", "#N/A", "CELL_ERROR"), ("B3", "#REF!", "CELL_ERROR")]
)
def test_a_computed_or_broken_cell_is_a_fault_of_its_row(tmp_path: Path, cell: str, value: str, code: str) -> None:
    file = book(tmp_path, [["a", "b"], [1, 2], [3, 4], [5, 6]], lambda sheet: sheet.__setitem__(cell, value))
    table = read(file)
    assert table.frame.rows() == [(2, "1", "2"), (4, "5", "6")]
    assert [(fault.row, fault.code, fault.value) for fault in table.faults] == [(3, code, cell)]


def test_every_row_of_a_merged_cell_is_a_fault(tmp_path: Path) -> None:
    file = book(tmp_path, [["a", "b"], [1, 2], [3, 4], [5, 6]], lambda sheet: sheet.merge_cells("A3:A4"))
    table = read(file)
    assert table.frame.rows() == [(2, "1", "2")]
    assert [(fault.row, fault.code) for fault in table.faults] == [(3, "MERGED_CELLS"), (4, "MERGED_CELLS")]


def test_a_merge_below_the_table_is_none_of_its_rows(tmp_path: Path) -> None:
    file = book(tmp_path, [["a"], [1]], lambda sheet: sheet.merge_cells("A2:A1000000"))
    assert [fault.row for fault in read(file).faults] == [2]


def test_a_title_over_the_heading_is_a_clear_stop(tmp_path: Path) -> None:
    file = book(tmp_path, [["企业名单", None], ["a", "b"], [1, 2]], lambda sheet: sheet.merge_cells("A1:B1"))
    with pytest.raises(InvalidInput, match="row 1 is a title"):
        read(file)


def test_a_column_without_a_heading_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="column 2 has no heading"):
        read(book(tmp_path, [["a"], [1, 2]]))


def test_an_empty_sheet_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        read(book(tmp_path, []))


def test_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        other = sheet.parent.create_sheet("hidden")
        other.sheet_state = "hidden"

    file = book(tmp_path, [["a"], [1]], hide)
    assert [sheet.name for sheet in sheets(file, file.name)] == ["Sheet"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a,b\n1,2\n", "is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "has a password or the old .xls form"),
        (b"PK\x03\x04 torn", "is no Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_a_clear_stop(tmp_path: Path, data: bytes, why: str) -> None:
    file = tmp_path / "firms.xlsx"
    file.write_bytes(data)
    with pytest.raises(InvalidInput, match=why):
        sheets(file, file.name)


def test_an_archive_that_is_no_workbook_is_a_clear_stop(tmp_path: Path) -> None:
    file = tmp_path / "firms.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(InvalidInput, match="is no Excel workbook"):
        sheets(file, file.name)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    file = tmp_path / "firms.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(64 * 2**20))
    with pytest.raises(InvalidInput, match="would unpack to"):
        sheets(file, file.name)


def test_a_stray_cell_far_away_is_a_clear_stop(tmp_path: Path) -> None:
    file = book(tmp_path, [["a"], [1]], lambda sheet: sheet.__setitem__("XFD1048576", "x"))
    with pytest.raises(InvalidInput, match="a cell at XFD1048576"):
        read(file)


def test_a_stray_format_far_away_is_nothing(tmp_path: Path) -> None:
    def colour(sheet: Worksheet) -> None:
        sheet["XFD1048576"].number_format = "0.00"

    assert read(book(tmp_path, [["a"], [1]], colour)).frame.rows() == [(2, "1")]


def test_a_damaged_part_is_a_clear_stop(tmp_path: Path) -> None:
    file = book(tmp_path, [["a"], *([number] for number in range(1000))])
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[start + 100 : start + 140] = bytes(40)
    file.write_bytes(data)
    with pytest.raises(InvalidInput, match="is damaged"):
        sheets(file, file.name)
