"""JSON as tables: one object a row; what is no object is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import InvalidInput
from loaders.tabular.json_table import read_json, read_jsonl
from loaders.tabular.table import Table


def read(tmp_path: Path, text: str, name: str = "firms.jsonl") -> Table:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return (read_json if name.endswith(".json") else read_jsonl)(file, name)


def test_members_are_columns_and_lines_are_rows(tmp_path: Path) -> None:
    table = read(tmp_path, '{"b": 1, "a": "甲"}\n\n{"a": " 乙 ", "c": null}\n')
    assert table.frame.rows(named=True) == [
        {"#row": 1, "a": "甲", "b": "1", "c": None},
        {"#row": 3, "a": "乙", "b": None, "c": None},
    ]


def test_values_keep_their_exact_text(tmp_path: Path) -> None:
    table = read(tmp_path, '{"a": 0.1, "b": true, "c": 9007199254740993, "d": ["x", 1], "e": {"k": [1]}}')
    assert table.frame.row(0)[1:] == ("0.1", "true", "9007199254740993", "x\x1f1", '{"k":[1]}')


@pytest.mark.parametrize("line", ['{"a": 1e309}', '{"a": NaN}', "[1]", "7", '{"a": ', '{"a": "\\ud800"}', "[" * 3000])
def test_a_line_that_is_no_object_is_a_fault(tmp_path: Path, line: str) -> None:
    table = read(tmp_path, f'{{"a": 1}}\n{line}\n{{"a": 2}}\n')
    assert table.frame["a"].to_list() == ["1", "2"]
    assert [(fault.row, fault.code) for fault in table.faults] == [(2, "BAD_JSON")]


def test_an_array_is_a_table_too(tmp_path: Path) -> None:
    table = read(tmp_path, '[\n{"a": 1},\n{"a": 2}, 3]', "firms.json")
    assert table.frame.rows() == [(1, "1"), (2, "2")]
    assert [fault.row for fault in table.faults] == [3]


def test_lines_in_a_json_file_are_a_table_too(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": 1}\n{"a": 2}', "firms.json").frame.height == 2


@pytest.mark.parametrize(("text", "name", "why"), [("", "x.jsonl", "is empty"), ("[1,", "x.json", "is no JSON")])
def test_what_is_no_table_is_a_clear_stop(tmp_path: Path, text: str, name: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read(tmp_path, text, name)
