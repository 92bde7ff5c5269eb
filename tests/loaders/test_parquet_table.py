"""Parquet files as tables: typed columns in the text forms that cells have."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from graph.errors import InvalidInput
from loaders.tabular.parquet_table import read_parquet


def test_typed_columns_are_read_as_text(tmp_path: Path) -> None:
    file = tmp_path / "firms.parquet"
    pl.DataFrame(
        {
            "text": ["甲", ""],
            "whole": [12, None],
            "real": [0.1, float("nan")],
            "exact": [Decimal("1.50"), None],
            "day": [date(2024, 3, 1), None],
            "moment": [datetime(2024, 3, 1, 12), None],
            "flag": [True, None],
            "items": [["a", "b"], None],
            "object": [{"k": 1}, None],
        },
    ).write_parquet(file)
    table = read_parquet(file, "firms.parquet")
    assert table.frame.row(0) == (
        1, "甲", "12", "0.1", "1.50", "2024-03-01", "2024-03-01 12:00:00", "true", "a\x1fb", '{"k":1}',
    )  # fmt: skip
    assert table.frame.row(1)[1:4] == (None, None, "NaN")


def test_what_is_no_parquet_is_a_clear_stop(tmp_path: Path) -> None:
    file = tmp_path / "firms.parquet"
    file.write_bytes(b"PAR1 torn")
    with pytest.raises(InvalidInput, match="no readable Parquet"):
        read_parquet(file, "firms.parquet")


def test_a_type_without_a_text_form_is_a_clear_stop(tmp_path: Path) -> None:
    file = tmp_path / "firms.parquet"
    pl.DataFrame({"raw": [b"\x00\x01"]}).write_parquet(file)
    with pytest.raises(InvalidInput, match="column raw holds Binary"):
        read_parquet(file, "firms.parquet")
