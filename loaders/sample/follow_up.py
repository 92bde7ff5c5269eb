"""What came after the sample plan, as a source of its own: reforms of its units with their days, and how units were assessed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

SOURCE: Final = "sample-follow-up"
"""The dataset that these statements come from."""

POLICY: Final = "云舟政办〔2024〕12号"
"""The sample plan."""

_REGULATOR: Final = "国家金融监督管理总局云舟监管分局"

FORMER_AND_NEW: Final = (
    "云舟银监分局",
    "云舟银保监分局",
    "云舟市金融工作委员会办公室",
    "云舟市国有资本监管中心",
    "云舟市乡村振兴局",
    "云舟科创新区管委会",
)
"""Units that the plan does not name."""

REFORMS: Final = (
    ("云舟银监分局", "云舟银保监分局", -2_570, "监管机构合并方案"),
    ("云舟银保监分局", _REGULATOR, -900, "金融监管体制改革方案"),
    ("云舟市金融局", "云舟市金融工作委员会办公室", -210, "云舟市机构改革方案"),
    ("云舟市国资委", "云舟市国有资本监管中心", -150, "云舟市国资监管职责调整通知"),
    ("云舟市国资委", "云舟市财政局", -150, "云舟市国资监管职责调整通知"),
    ("云舟市农业农村局", "云舟市乡村振兴局", None, "云舟日报报道，未载明日期"),
    ("云舟高新区管委会", "云舟科创新区管委会", 120, "云舟科创新区设立方案"),
)
"""From, to, days after the city's day (None: no day is stated), and what says so: a chain, a split, one undated, one announced."""

ASSESSMENTS: Final = (
    ("云舟市金融局", 4, "2024", "86", "平台已上线，接入核心企业11家"),
    ("云舟市金融工作委员会办公室", 4, "2025", "91", "接入核心企业17家"),
    ("云舟市财政局", 8, "2024", "78", "首期资金到位6,500万元"),
    ("云舟市财政局", 8, "2025", None, "评估报告未给出得分"),
    ("云舟市科技局", 10, "2024", "83", "发放科技服务券412家"),
)
"""Unit, number of the measure, period, score (None: the report gives none), what it rests on."""


def write_follow_up(folder: Path, as_of: date) -> Path:
    """The folder, with one CSV table a kind written into it; the same day gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, "governmentUnits", [{"id": name, "name": name} for name in FORMER_AND_NEW])
    _write(
        folder,
        "succeededBy",
        [
            {
                "source": f"governmentUnit:{source}",
                "target": f"governmentUnit:{target}",
                "on": None if days is None else (as_of + timedelta(days=days)).isoformat(),
                "reason": reason,
            }
            for source, target, days, reason in REFORMS
        ],
    )
    _write(
        folder,
        "assessments",
        [
            {
                "id": f"assessment-{place}",
                "unit": f"governmentUnit:{unit}",
                "measure": f"measure:{POLICY}:{number}",
                "period": period,
                "score": score,
                "evidence": evidence,
            }
            for place, (unit, number, period, score, evidence) in enumerate(ASSESSMENTS, start=1)
        ],
    )
    return folder


def _write(folder: Path, table: str, rows: list[dict[str, object]]) -> None:
    pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / f"{table}.csv")
