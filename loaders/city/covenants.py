"""What the city's funds have promised: covenants and their coefficients as dated rules, and benchmarks of demand for equity."""

from __future__ import annotations

from typing import Any, Final

from loaders.city import names
from loaders.city.sheet import Dice

COVENANTS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "财政资金放大倍数", "covenant": "LEVERAGE", "variant": "TOTAL_TO_FISCAL", "operator": "GTE", "value": "2.5"},
    {
        "name": "市级资金放大倍数", "covenant": "LEVERAGE", "variant": "TOTAL_TO_MUNICIPAL", "moneyBase": "PAID_IN", "operator": "GTE",
        "value": "3.5", "fundType": "VENTURE",
    },
    {
        "name": "项目资金撬动倍数", "covenant": "LEVERAGE", "variant": "NON_FISCAL_TO_FISCAL", "moneyBase": "PROJECT", "operator": "GTE",
        "value": "2",
    },
    {"name": "财政出资上限", "covenant": "CAPITAL_SHARE", "variant": "FISCAL", "operator": "LTE", "value": "0.4"},
    {"name": "社会资本下限", "covenant": "CAPITAL_SHARE", "variant": "SOCIAL", "operator": "GTE", "value": "0.6"},
    {"name": "返投", "covenant": "REINVESTMENT", "moneyBase": "PAID_IN", "operator": "GTE", "value": ("1.5", "1")},
    {"name": "实缴进度", "covenant": "PAID_IN_PACE", "operator": "GTE", "value": "0.6", "maxMonths": 24},
    {"name": "投资率", "covenant": "DEPLOYMENT_RATE", "moneyBase": "PAID_IN", "operator": "GTE", "value": "0.3"},
    {"name": "投资进度", "covenant": "DEPLOYMENT_PACE", "moneyBase": "COMMITTED", "operator": "GTE", "value": "0.3", "maxMonths": 12},
    {
        "name": "早期投资占比", "covenant": "EARLY_STAGE", "moneyBase": "INVESTED", "operator": "GTE", "value": ("0.7", "0.5"),
        "values": "SEED;STARTUP", "fundType": "ANGEL",
    },
    {
        "name": "创投早期投资占比", "covenant": "EARLY_STAGE", "moneyBase": "PAID_IN", "operator": "GTE", "value": "0.1",
        "fundType": "VENTURE",
    },
    {"name": "行业集中度", "covenant": "CONCENTRATION", "dimension": "INDUSTRY", "operator": "LTE", "value": "0.6"},
    {"name": "资金闲置", "covenant": "IDLE_MONTHS", "operator": "LTE", "value": "0.7", "maxMonths": 18},
    {"name": "回收", "covenant": "DPI", "operator": "GTE", "value": "0.35", "maxMonths": 36},
)  # fmt: skip
"""Covenants of all funds, or of one type; of two values the second counts since the change."""

COEFFICIENTS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "种子期返投系数", "covenant": "REINVESTMENT", "stage": "SEED", "value": ("1.5", "2")},
    {"name": "初创期返投系数", "covenant": "REINVESTMENT", "stage": "STARTUP", "value": ("1.2", "1.5")},
    {"name": "专精特新返投系数", "covenant": "REINVESTMENT", "tag": "zjtx", "value": "1.5"},
    {"name": "新兴产业返投系数", "covenant": "REINVESTMENT", "industry": f"{names.SCHEME}:I65", "value": "1.2"},
)

BENCHMARKS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "种子期年度融资基准", "stage": "SEED", "amount": 800_000},
    {"name": "初创期年度融资基准", "stage": "STARTUP", "amount": 2_000_000},
    {"name": "成长期年度融资基准", "stage": "GROWTH", "value": ("0.02", "0.03")},
    {"name": "扩张期年度融资基准", "stage": "EXPANSION", "value": "0.015"},
    {"name": "新材料研究年度融资基准", "industry": f"{names.SCHEME}:M73", "stage": "STARTUP", "amount": 3_000_000},
)
"""What one enterprise of a stage asks funds for in a year: an amount in 元, or a share of its revenue."""


def covenants(dice: Dice, changed: int) -> list[dict[str, Any]]:
    """The rules as rows of their table; those that changed twice, on the day that `changed` gives after the city's."""
    found = []
    for kind, table in (("COVENANT", COVENANTS), ("COEFFICIENT", COEFFICIENTS), ("BENCHMARK", BENCHMARKS)):
        for one in table:
            rule = {"kind": kind, **one, "name": f"{names.CITY}基金{one['name']}"}
            if isinstance(one.get("value"), tuple):
                before, since = one["value"]
                day = dice.day(changed)
                found += [rule | {"value": before, "validTo": day}, rule | {"value": since, "validFrom": day}]
            else:
                found.append(rule)
    return found
