"""CSV as tables: clean files at once, ragged and broken ones row by row, impossible ones with a clear stop."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput
from loaders.tabular.csv_table import read_csv
from loaders.tabular.table import ROW, Table


def read(tmp_path: Path, data: bytes | str) -> Table:
    file = tmp_path / "firms.csv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_csv(file, "firms.csv")


def rows(table: Table) -> list[tuple[object, ...]]:
    return table.frame.rows()


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n1,2\n3,4\n")
    assert (table.headings, rows(table)) == (["a", "b"], [(2, "1", "2"), (3, "3", "4")])


def test_outer_blanks_are_cut_off_and_empty_cells_are_null(tmp_path: Path) -> None:
    assert rows(read(tmp_path, 'a,b,c,d\n" x\u3000",\xa0,"",\u200b7\t\n')) == [(2, "x", None, None, "7")]


def test_blank_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "a,b\n\n1,2\n,\n3,4\n")) == [(3, "1", "2"), (5, "3", "4")]


def test_the_row_of_labels_under_the_heading_is_left_out(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "a,b\n#label,x\n#more,y\n1,2\n#3,4\n")) == [(4, "1", "2"), (5, "#3", "4")]


def test_columns_of_remarks_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "#note,a\nx,1\n").frame.columns == [ROW, "a"]


def test_quoted_cells_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    assert rows(read(tmp_path, 'a,b\n"x, ""y""","l1\nl2"\n')) == [(2, 'x, "y"', "l1\nl2")]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_tabs_and_semicolons_separate_where_no_comma_does(tmp_path: Path, separator: str) -> None:
    assert rows(read(tmp_path, f"a{separator}b\n1{separator}2\n")) == [(2, "1", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_line(tmp_path: Path, end: str) -> None:
    assert rows(read(tmp_path, f"a,b{end}1,2{end}")) == [(2, "1", "2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, "名称,地址\n云舟轴承有限公司,“涧西区”\n".encode(encoding))
    assert (table.headings, rows(table)) == (["名称", "地址"], [(2, "云舟轴承有限公司", "“涧西区”")])


def test_a_heading_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n")
    assert (table.headings, rows(table)) == (["a", "b"], [])


def test_blank_columns_at_the_end_are_left_out(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "a,b,,\n1,2,,\n")) == [(2, "1", "2")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,a\n1,2\n", "'a' stands twice"),
        ("a,,b\n1,2,3\n", "column 2 has no heading"),
        ("a,b,\n1,2,3\n", "column 3 has no heading"),
        ('a,b\n1,2\n"x,3\n4,5\n', r"row 3 \(line 3\) opens a quote that is never closed"),
        (b"\x89PNG\r\n\x1a\n\x00\x01\xff\xd8\xe5," * 9, "neither UTF-8 nor GB18030"),
        ("#note\nx\n", "nothing but columns of remarks"),
    ],
)
def test_what_cannot_be_read_at_all_is_a_clear_stop(tmp_path: Path, data: bytes | str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read(tmp_path, data)


@pytest.mark.parametrize(
    ("line", "code"),
    [("1", "RAGGED_ROW"), ("1,2,3", "RAGGED_ROW"), ('"1"x,2', "BAD_QUOTES")],
)
def test_a_row_that_is_none_is_a_fault_and_the_others_stand(tmp_path: Path, line: str, code: str) -> None:
    table = read(tmp_path, f"a,b\n5,6\n{line}\n7,8\n")
    assert rows(table) == [(2, "5", "6"), (4, "7", "8")]
    assert [(fault.row, fault.code) for fault in table.faults] == [(3, code)]


def test_cells_too_many_that_are_blank_are_none(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n1,2,,\n")
    assert (rows(table), list(table.faults)) == ([(2, "1", "2")], [])


def test_a_short_row_is_found_among_quoted_separators(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n"x,y",2\n"1,2"\n')
    assert (rows(table), [fault.row for fault in table.faults]) == ([(2, "x,y", "2")], [3])


def test_a_row_of_unreadable_bytes_is_a_fault(tmp_path: Path) -> None:
    good = "名称,地址\n" + "云舟轴承有限公司,涧西区\n" * 20
    table = read(tmp_path, good.encode() + b"\xff\xfe,x\n" + "丙,丁\n".encode())
    assert (table.frame.height, [(fault.row, fault.code) for fault in table.faults]) == (21, [(22, "BAD_ENCODING")])


def test_a_huge_cell_is_read(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n1," + "x" * 10_000_000 + "\n2\n")
    assert len(table.frame["b"][0]) == 10_000_000
    assert [fault.row for fault in table.faults] == [3]


cells = st.text(st.sampled_from("ab,\"\n;\t 中，#'"), max_size=4)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_what_a_writer_of_csv_writes_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[str, str, str]]
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("x", "y", "z"), *stated])
    table = read(tmp_path_factory.mktemp("csv"), text.getvalue())
    wanted = [tuple(cell.strip() or None for cell in row) for row in stated]
    while wanted and (wanted[0][0] or "").startswith("#"):
        wanted.pop(0)
    assert [row[1:] for row in rows(table)] == [row for row in wanted if any(row)]
    assert not table.faults
