"""The quarantine file: opens in Excel, runs nothing, and is not made where nothing was rejected."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.batch import Rejection
from loaders.quarantine import COLUMNS, Quarantine


def rejection(value: str = "x", code: str = "BAD_CODE") -> Rejection:
    return Rejection(code, "Enterprise", "row 2", "stage", value, "is not in the code list", "use SEED", "firms.csv")


def test_rejections_are_rows_of_a_table(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "quarantine", "register", moment=datetime(2024, 5, 1, tzinfo=UTC)) as kept:
        kept.add([rejection("少年期")])
    assert kept.path == tmp_path / "quarantine" / "register-20240501T000000000000.csv"
    data = kept.path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(data.decode("utf-8-sig").splitlines())) == [
        list(COLUMNS),
        ["firms.csv", "row 2", "Enterprise", "stage", "少年期", "is not in the code list", "use SEED", "BAD_CODE"],
    ]


def test_nothing_rejected_makes_no_file(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "quarantine", "register") as kept:
        kept.add([])
    assert kept.path is None
    assert not (tmp_path / "quarantine").exists()


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_foreign_value_is_no_formula(tmp_path: Path, value: str) -> None:
    with Quarantine(tmp_path, "register") as kept:
        kept.add([rejection(value)])
    assert kept.path is not None
    assert f"'{value}" in kept.path.read_text(encoding="utf-8-sig")


def test_a_source_may_be_called_anything(tmp_path: Path) -> None:
    with Quarantine(tmp_path, "../银行 A/b") as kept:
        kept.add([rejection()])
    assert kept.path is not None
    assert kept.path.parent == tmp_path
    assert kept.path.name.startswith("_银行_A_b-")


def test_all_are_counted_and_the_first_are_kept() -> None:
    with Quarantine(None, "register", keep=2) as kept:
        kept.add([rejection(str(number)) for number in range(5)] + [rejection(code="BAD_DATE")])
    assert kept.by_code == {"BAD_CODE": 5, "BAD_DATE": 1}
    assert [item.value for item in kept.sample] == ["0", "1"]
