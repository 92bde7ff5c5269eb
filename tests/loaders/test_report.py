"""Reports: counts that add up, in JSON and in plain words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from graph.batch import Rejection
from loaders.report import KindReport, LoadReport

REPORT = LoadReport(
    source="register",
    mode="PARTIAL",
    dry_run=False,
    seq=7,
    recorded_at=datetime(2024, 5, 1, tzinfo=UTC),
    rows=12,
    kinds={
        "Enterprise": KindReport(offered=10, stated=6, unchanged=3, quarantined=1, repeated=1, redated=2),
        "Supplies": KindReport(offered=2, stated=2, ended=4),
    },
    by_code={"BAD_DATE": 1},
    rejections=(Rejection("BAD_DATE", "Enterprise", "row 3", "foundedOn", "x", "is no date", "write it so", "f.csv"),),
    quarantine=Path("q/register.csv"),
    notes={"f.csv 地址: read as not stated": 74},
    refused="the day lies before",
    seconds={"reading": 1.25, "writing": 0.5},
)


def test_the_total_is_the_sum_over_kinds() -> None:
    assert REPORT.total == KindReport(
        offered=12, stated=8, unchanged=3, quarantined=1, repeated=1, ended=4, redated=2
    )  # fmt: skip


def test_a_report_with_rejections_or_a_refusal_is_not_clean() -> None:
    assert not REPORT.is_clean
    assert LoadReport("register", "PARTIAL", False, 1, None, 0, {}).is_clean


def test_a_report_is_json() -> None:
    found = json.loads(json.dumps(REPORT.to_json()))
    assert (found["load"], found["recordedAt"], found["total"]["stated"]) == (7, "2024-05-01T00:00:00+00:00", 8)
    assert found["rejections"][0]["field"] == "foundedOn"
    assert found["quarantine"] == str(Path("q/register.csv"))


def test_json_lists_the_first_hundred_rejections_counts_all_and_names_their_file() -> None:
    many = tuple(
        Rejection("BAD_DATE", "Enterprise", f"row {row}", "foundedOn", "x", "is no date", "write it so", "f.csv")
        for row in range(2, 1_002)
    )
    found = replace(REPORT, rejections=many, by_code={"BAD_DATE": 5_000, "BAD_CODE": 1}).to_json()
    assert [item["row"] for item in found["rejections"]] == [f"row {row}" for row in range(2, 102)]
    assert (found["rejectionCount"], found["quarantine"]) == (5_001, str(Path("q/register.csv")))


def test_a_report_speaks_english() -> None:
    assert REPORT.summary("en").splitlines() == [
        "Load 7 of register: 12 statements from 12 rows: 8 new or changed, 3 unchanged, 1 quarantined, 4 ended in 1.8 s.",
        "1 of the unchanged repeat a row of the same load.",
        "2 rows without a date took the place of the source's latest dated version.",
        "f.csv 地址: read as not stated (74).",
        f"Quarantined for: BAD_DATE 1; see {Path('q/register.csv')}.",
        "Not ended: the day lies before.",
    ]


def test_a_report_speaks_chinese() -> None:
    assert REPORT.summary("zh").splitlines()[3] == "f.csv 地址：视为未载明（74）。"
    assert REPORT.summary("zh").splitlines()[0] == (
        "register 第 7 次装载：读入 12 行，得 12 条陈述：新增或变更 8，未变 3，隔离 1，终止 4，用时 1.8 秒。"
    )


def test_a_dry_run_says_so() -> None:
    report = LoadReport("register", "PARTIAL", True, None, None, 0, {})
    assert report.summary().startswith("Would load register:")
    assert report.summary("zh").startswith("试装 register：")
