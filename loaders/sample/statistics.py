"""How far the sample plan has come, as two sources tell it: the statistics of the city, and those of its bankers' association.

What measures each target, what was observed, what counts toward it. Some things are left out, differ or break on purpose: a target without
a series, a definition that changed, two figures of one day, a sum that the contracts do not come to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from loaders.city.names import CITY, CITY_CODE
from loaders.sample.follow_up import POLICY

STATISTICS: Final = "sample-statistics"
ASSOCIATION: Final = "sample-bankers-association"
"""The datasets that these statements come from."""

_START, _DUE = date(2024, 1, 1), date(2026, 12, 31)
_VOUCHERS_FROM, _VOUCHERS_TO = date(2025, 1, 1), date(2025, 12, 31)
_TURNOVER: Final = "制造业企业平均账款周转天数"
_ABOVE_SCALE, _ALL_FIRMS = "规模以上制造业企业", "全部制造业企业"

TARGETS: Final[tuple[tuple[int, dict[str, Any]], ...]] = (
    (1, {"series": "供应链融资余额", "baselinePeriod": "2023"}),
    (2, {"series": "多级流转凭证融资占比"}),
    (3, {"series": "新增融资中小微企业", "periodFrom": _START}),
    (4, {"series": _TURNOVER, "baselinePeriod": "2023"}),
    (5, {"series": "普惠贷款不良率", "baselinePeriod": "2023"}),
    (6, {"series": "平台接入核心企业"}),
    (8, {"series": "供应链融资风险补偿资金池规模"}),
    (9, {"series": "供应链融资风险补偿资金池规模", "by": _DUE}),
    (12, {"series": "年化担保费率"}),
    (13, {"series": "累计担保贷款", "periodFrom": _START, "by": _DUE}),
    (14, {"periodFrom": _START, "by": _DUE}),
    (15, {"periodFrom": _VOUCHERS_FROM, "by": _VOUCHERS_TO}),
    (16, {"series": "科技服务券支持企业", "periodFrom": _VOUCHERS_FROM, "by": _VOUCHERS_TO}),
    (18, {"series": "天使投资引导基金规模"}),
)
"""What measures a target of the plan, by its number; 7 and 19 are measured by lists, of 10, 11 and 17 nobody says what does."""

OBSERVED: Final[tuple[tuple[str, str, str, Mapping[str, str]], ...]] = (
    (
        "供应链融资余额",
        "亿元",
        "LEVEL",
        {"2023": "18.2", "2024": "22.6", "2025": "26.4", "2026H1": "28", "2026": "30.6"},
    ),
    ("多级流转凭证融资占比", "%", "LEVEL", {"2024": "19.4", "2025": "26.3", "2026H1": "27.1", "2026": "27.4"}),
    ("新增融资中小微企业", "户", "FLOW", {"2024": "402", "2025": "431", "2026H1": "228", "2026": "455"}),
    ("普惠贷款不良率", "%", "LEVEL", {"2023": "3.2", "2024": "2.9", "2025": "2.71", "2026H1": "2.66", "2026": "2.58"}),
    ("平台接入核心企业", "家", "LEVEL", {"2024": "11", "2025": "17", "2026H1": "19"}),
    (
        "供应链融资风险补偿资金池规模",
        "万元",
        "LEVEL",
        {"2024": "6500", "2025": "8000", "2026H1": "12000", "2026": "15000"},
    ),
    ("年化担保费率", "%", "LEVEL", {"2024": "1.1"}),
    ("累计担保贷款", "亿元", "TO_DATE", {"2024": "17.8", "2025": "38.9", "2026H1": "48.2", "2026": "61.5"}),
    ("科技服务券支持企业", "家", "FLOW", {"2024": "412", "2025": "455"}),
    ("天使投资引导基金规模", "亿元", "LEVEL", {"2024": "2.4", "2025": "3.2"}),
)
"""Series, unit, what its numbers are, and the value of each period."""

TURNOVER: Final = (
    (_ABOVE_SCALE, {"2023": "78.6", "2024": "75.2"}),
    (_ALL_FIRMS, {"2024": "81", "2025": "77.4", "2026": "74.1"}),
)
"""The days that manufacturers wait for their money: another definition since 2024."""

FEES: Final = (("融资担保公司年报", "2025-12-31", "0.98"), ("担保业务台账", "2025-12-31", "1.06"))
"""Two figures of one day in one source."""

BANKERS: Final = (("供应链融资余额", "亿元", "2025", "26.9"), ("普惠贷款不良率", "%", "2025", "2.48"))
"""What the association says of periods that the statistics speak of too."""

LENT: Final = (
    ("2024Q1", "2.9", 1_020, 1_300), ("2024Q2", "4.6", 1_610, 2_000), ("2024Q3", "4.7", 1_660, 2_100), ("2024Q4", "5.6", 1_920, 2_400),
    ("2025Q1", "4.1", 1_560, 1_900), ("2025Q2", "5.0", 1_870, 2_300), ("2025Q3", "5.2", 1_950, 2_500), ("2025Q4", "5.6", 2_100, 2_600),
    ("2026Q1", "4.4", 1_700, 2_100), ("2026Q2", "4.9", 1_840, 2_300),
)  # fmt: skip
"""Guaranteed loans of the city's bank by quarter: 亿元, loans, people."""

LISTED: Final = (("市重点产业链名录", 14), ("拟投企业储备库", 83))
"""Lists of the plan and how many members are known: one lacks some, one has more than announced."""

VOUCHERS, VOUCHER_FIRMS = 470, 455

_ENDS: Final = {"H1": (6, 30), "Q1": (3, 31), "Q2": (6, 30), "Q3": (9, 30), "Q4": (12, 31)}

COUNTED: Final = (
    ("loanProduct", "担保贷款", 13), ("loanProduct", "担保贷款", 14),
    ("voucherScheme", "科技服务券", 15), ("voucherScheme", "科技服务券", 16),
    ("projectList", "市重点产业链名录", 7), ("projectList", "拟投企业储备库", 19),
)  # fmt: skip
"""What the plan names that counts toward which of its targets."""


def write_statistics(folder: Path, as_of: date, firms: Sequence[str]) -> Path:
    """The folder, with the tables of the city's statistics in it: of what was over before a day.

    `firms`: ids of enterprises, of which some are listed and some get vouchers. The same arguments give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, "datasets", [_dataset(STATISTICS, f"{CITY}统计与产融台账", f"{CITY}统计局", "0.9")])
    _write(
        folder,
        "targets",
        [{"id": f"{POLICY}:{number}", **fields} for number, fields in TARGETS],
    )
    seen = [
        _observation(f"{series}-{period}", series, unit, basis, period, value)
        for series, unit, basis, values in OBSERVED
        for period, value in values.items()
    ]
    seen += [
        {
            **_observation(f"{_TURNOVER}-{definition}-{period}", _TURNOVER, "天", "LEVEL", period, value),
            "definition": definition,
        }
        for definition, values in TURNOVER
        for period, value in values.items()
    ]
    seen += [
        {**_observation(f"年化担保费率-{told}", "年化担保费率", "%", "LEVEL", period, value), "text": told}
        for told, period, value in FEES
    ]
    _write(folder, "observations", [one for one in seen if _is_over(str(one["period"]), as_of)])
    batches = [
        {
            "id": f"guaranteed-{period}", "lender": f"institution:{POLICY}:云舟银行", "product": _named("loanProduct", "担保贷款"),
            "period": period, "amount": amount, "amountUnit": "亿元", "count": count, "people": people,
        }
        for period, amount, count, people in LENT
        if _is_over(period, as_of)
    ]  # fmt: skip
    _write(folder, "loanBatches", batches)
    _write(
        folder,
        "countsToward",
        [{"source": _named(kind, name), "target": f"{POLICY}:{number}"} for kind, name, number in COUNTED],
    )
    _write(
        folder,
        "listedIn",
        [
            {"source": firm, "target": _named("projectList", name)}
            for place, (name, count) in enumerate(LISTED)
            for firm in _some(firms, count, 7 + place)
        ],
    )
    supported = _some(firms, VOUCHER_FIRMS, 11)
    _write(folder, "collaborations", _vouchers(supported, as_of) if supported else [])
    return folder


def write_association(folder: Path, as_of: date) -> Path:
    """The folder, with what the bankers' association says of the same periods."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, "datasets", [_dataset(ASSOCIATION, f"{CITY}银行业协会季度快报", f"{CITY}银行业协会", "0.6")])
    told = [
        _observation(f"bankers-{series}-{period}", series, unit, "LEVEL", period, value)
        for series, unit, period, value in BANKERS
        if _is_over(period, as_of)
    ]
    _write(folder, "observations", told)
    return folder


def _vouchers(firms: Sequence[str], as_of: date) -> list[dict[str, object]]:
    """Vouchers over the second year of the plan: a few firms have two."""
    found = []
    for place in range(VOUCHERS):
        on = _VOUCHERS_FROM + timedelta(days=place * 364 // VOUCHERS)
        if on < as_of:
            found.append(
                {
                    "id": f"service-voucher-{place + 1:04d}", "enterprise": firms[place % len(firms)],
                    "voucherAmount": 18_000 + place * 7_919 % 23_000 // 100 * 100, "grantedOn": on,
                    "scheme": _named("voucherScheme", "科技服务券"),
                }
            )  # fmt: skip
    return found


def _some(firms: Sequence[str], count: int, step: int) -> list[str]:
    """So many of the firms, or all: spread over them by a step, each once."""
    places = dict.fromkeys(place * step % len(firms) for place in range(len(firms) * step)) if firms else {}
    return [firms[place] for place in [*places][:count]]


def _dataset(name: str, title: str, publisher: str, reliability: str) -> dict[str, object]:
    return {"id": name, "name": title, "publisher": publisher, "reliability": reliability}


def _observation(name: str, series: str, unit: str, basis: str, period: str, value: str) -> dict[str, object]:
    return {
        "id": name, "subject": f"region:{CITY_CODE}", "series": series, "period": period, "value": value, "unit": unit,
        "basis": basis, "since": _START if basis == "TO_DATE" else None, "definition": None, "text": None,
    }  # fmt: skip


def _named(kind: str, name: str) -> str:
    return f"{kind}:{POLICY}:{name}"


def _is_over(period: str, as_of: date) -> bool:
    """Whether a year, a half or quarter of it (2025H1, 2025Q3), or a day is over."""
    month, day = _ENDS.get(period[4:], (12, 31))
    return (date.fromisoformat(period) if "-" in period else date(int(period[:4]), month, day)) < as_of


def _write(folder: Path, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write a table; one without rows is left out."""
    if rows:
        frame = pl.DataFrame(list(rows), infer_schema_length=None)
        kept = [name for name in frame.columns if frame[name].null_count() < frame.height]
        frame.select(kept).write_csv(folder / f"{table}.csv", date_format="%Y-%m-%d")
