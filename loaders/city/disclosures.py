"""What firms of the city disclose: in the five categories of the platform and in the five others, fresh, old, undated, twice on one day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city.parties import Parties
from loaders.city.sheet import Dice, gaps, numbered, pick, write

DISCLOSED: Final = (
    ("EMISSION_COMPLIANCE", "排污许可执行报告", ("达标", "达标", "达标", "超标后整改达标"), None),
    ("WORK_SAFETY", "安全生产标准化自评", ("三级达标", "二级达标", "未评级"), None),
    ("OPERATIONS_AND_SALES", "产销率", None, (82, 100)),
    ("CONTRACT_PERFORMANCE", "合同履约与信用承诺", ("无违约", "无违约", "一项合同逾期履行"), None),
    ("FINANCIAL_CONDITION", "资产负债率", None, (25, 85)),
    ("PRODUCT_QUALITY", "产品抽检合格率", None, (90, 100)),
    ("ENVIRONMENTAL_PROTECTION", "环境信用评价", ("绿标", "蓝标", "黄标"), None),
    ("PRODUCTION_SAFETY", "安全生产事故情况", ("无事故", "无事故", "一般事故一起"), None),
    ("ENERGY_AND_WATER", "万元产值综合能耗下降率", None, (0, 9)),
)
"""Category, series, words or the range of a percentage. Needs for money are disclosed by the needs themselves."""

DISCLOSING: Final = 4
"""One of so many firms discloses anything."""


def write_disclosures(folder: Path, dice: Dice, parties: Parties) -> int:
    """The observations that firms disclose, with their number."""
    chance = dice.of("disclosures")
    count = dice.count(1_200)
    firms = max(1, len(parties.enterprises) // DISCLOSING)
    firm = chance.integers(0, firms, count) * DISCLOSING % len(parties.enterprises)
    which = chance.integers(0, len(DISCLOSED), count)
    days = [dice.as_of - timedelta(days=int(back)) for back in chance.integers(5, 900, count)]
    form = chance.choice(4, count, p=(0.55, 0.3, 0.14, 0.01))
    periods = pl.Series([_period(day, int(how)) for day, how in zip(days, form, strict=True)])
    # Some tell of one day twice, in other words: two records that differ.
    again = np.flatnonzero(chance.random(count) < 0.03)
    again = again[again > 0]
    before = np.arange(count)
    before[again] = again - 1
    firm, which, periods = firm[before], which[before], pick(periods, before)
    ranges = [bounds or (0, 1) for _, _, _, bounds in DISCLOSED]
    low, high = (np.array([bounds[end] for bounds in ranges])[which] for end in (0, 1))
    value = np.round(low + (high - low) * chance.random(count), 1)
    word = chance.integers(0, 12, count)
    text = [
        None if (words := DISCLOSED[place][2]) is None else words[int(at) % len(words)]
        for place, at in zip(which.tolist(), word, strict=True)
    ]
    worded = np.array([DISCLOSED[place][2] is not None for place in which.tolist()])
    return write(
        folder,
        "observations",
        {
            "id": numbered("disclosure", count),
            "subject": pick(parties.enterprises, firm),
            "series": pick([series for _, series, _, _ in DISCLOSED], which),
            "period": periods,
            "value": gaps(pl.Series(value).cast(pl.String), worded | (chance.random(count) < 0.02)),
            "unit": gaps(pick(("%",), np.zeros(count, np.int64)), worded),
            "text": pl.Series(text, dtype=pl.String),
            "basis": gaps(pick(("LEVEL",), np.zeros(count, np.int64)), worded),
            "disclosure": pick([category for category, _, _, _ in DISCLOSED], which),
        },
    )


def _period(day: date, form: int) -> str:
    """A day, the quarter or the year that it is in, or words that no one can date."""
    return (day.isoformat(), f"{day.year}Q{(day.month + 2) // 3}", str(day.year), "近期")[form]
