"""The rules in force in the city: who may have an offer, what regulators cap, how long paper may run, what a project must own.

All of them are the fictional province's. Some changed two hundred days before the city's day: a question of the year before has
another answer.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.covenants import covenants
from loaders.city.offers import PATTERNS, Offers
from loaders.city.sheet import Dice, numbered, write
from loaders.city.supports import support_rules

CHANGED: Final = -200
"""The day, after the city's, from which the second versions count."""

CAPS: Final = (
    ("商业银行单一客户", "SINGLE_NAME", "NET_CAPITAL", "BANK", "0.15", "0.1"),
    ("村镇银行单一客户", "SINGLE_NAME", "NET_CAPITAL", "VILLAGE_BANK", "0.1", "0.1"),
    ("商业银行集团客户", "GROUP", "TIER1_CAPITAL", "BANK", "0.2", "0.15"),
    ("商业银行关联客户", "CONNECTED", "TIER1_CAPITAL", "BANK", "0.25", "0.2"),
    ("保理公司同一债务人", "DEBTOR", "RISK_ASSETS", "FACTOR", "0.5", "0.5"),
    ("租赁公司单一客户", "SINGLE_NAME", "NET_CAPITAL", "LESSOR", "0.3", "0.3"),
    ("财务公司单一客户", "SINGLE_NAME", "NET_CAPITAL", "FINANCE_COMPANY", "0.5", "0.4"),
)
"""Name, what is capped, of what, at whom, the share before and since the change."""

SHARES: Final = (
    ("银团牵头行份额", "LEAD", "0.2", "0.15"), ("银团分销份额", "OTHERS", "0.5", "0.3"),
    ("银团联合牵头行下限", "JOINT_LEAD_FLOOR", "0.1", "0.1"), ("银团联合牵头行上限", "JOINT_LEAD_CAP", "0.5", "0.5"),
)  # fmt: skip
TERMS: Final = (
    ("供应链凭证付款期限", "VOUCHER", None, 12, None, None, True),
    ("供应链凭证付款期限（原则）", "VOUCHER", None, None, None, 6, False),
    ("商业汇票期限", "BILL", None, 12, 180, None, True),
    ("大型企业付款期限", "SME_PAYMENT", None, None, 60, None, False),
)
"""Name, subject, days and months before the change, days and months since, whether it binds."""


def write_rules(folder: Path, dice: Dice, offers: Offers, mandates: pl.DataFrame) -> int:
    """The rules, the funds' mandates among them; gives their number."""
    table = [*_caps(dice), *_shares(dice), *_terms(dice), *_own_capital(), *_of_givers(), *_of_products(offers)]
    table += covenants(dice, CHANGED)
    rules = pl.DataFrame(table, infer_schema_length=None)
    rules = rules.with_columns(numbered("rule", rules.height).alias("id"))
    tables = [mandates, rules, support_rules(dice, CHANGED)]
    return write(folder, "rules", pl.concat(tables, how="diagonal_relaxed").to_dict())


def _versions(dice: Dice, before: dict[str, Any], since: dict[str, Any]) -> list[dict[str, Any]]:
    """One rule where nothing changed, else both versions; one of which nothing is said did not count."""
    changed: date = dice.day(CHANGED)
    if before == since:
        return [since]
    stated = [({"validTo": changed}, before), ({"validFrom": changed}, since)]
    return [dates | rule for dates, rule in stated if rule.get("value") or rule.get("maxDays") or rule.get("maxMonths")]


def _caps(dice: Dice) -> list[dict[str, Any]]:
    found = []
    for name, kind, base, institution, before, since in CAPS:
        rule = {
            "kind": "REGULATORY_LIMIT", "name": f"云川省{name}限额", "limitKind": kind, "base": base, "institutionType": institution,
        }  # fmt: skip
        found += _versions(dice, rule | {"value": before}, rule | {"value": since})
    return found


def _shares(dice: Dice) -> list[dict[str, Any]]:
    found = []
    for name, share, before, since in SHARES:
        rule = {"kind": "SYNDICATION", "name": f"云川省{name}", "syndicateShare": share}
        found += _versions(dice, rule | {"value": before}, rule | {"value": since})
    return found


def _terms(dice: Dice) -> list[dict[str, Any]]:
    found = []
    for name, subject, days, months, days_since, months_since, hard in TERMS:
        since = (days_since, months_since) if days_since or months_since else (days, months)
        rule = {"kind": "TERM", "name": f"云川省{name}", "termOf": subject, "hard": "true" if hard else "false"}
        found += _versions(
            dice,
            rule | {"maxDays": days, "maxMonths": months},
            rule | {"maxDays": since[0], "maxMonths": since[1]},
        )
    return found


def _own_capital() -> list[dict[str, Any]]:
    """What projects must own of their cost: all, and those of the makers of chemicals and steel."""
    rule = {"kind": "OWN_CAPITAL"}
    special = [
        {**rule, "name": f"云川省{word}项目资本金比例", "industry": f"{names.SCHEME}:{code}", "value": "0.4"}
        for code, word in (("C26", "化工"), ("C31", "钢铁"))
    ]
    return [{**rule, "name": "云川省制造业项目资本金比例", "industry": f"{names.SCHEME}:C", "value": "0.2"}, *special]


def _of_givers() -> list[dict[str, Any]]:
    """Who may use the pools and vouchers."""
    return [
        _eligible("pool:pool-1", "风险补偿池服务对象", "TAG", tag="gxjs"),
        _eligible("pool:pool-3", "创业担保基金服务对象", "SIZE", operator="NOT_IN", size="LARGE"),
        _eligible("pool:pool-4", "还贷周转金服务对象", "STAGE", operator="NOT_IN", stage="SEED"),
        _eligible("voucherScheme:scheme-1", "创新券服务对象", "SIZE", operator="NOT_IN", size="LARGE"),
        _eligible("voucherScheme:scheme-1", "创新券服务阶段", "STAGE", operator="NOT_IN", stage="MATURE"),
        _eligible("voucherScheme:scheme-3", "人才券服务对象", "STAGE", operator="NOT_IN", stage="SEED"),
    ]


def _of_products(offers: Offers) -> list[dict[str, Any]]:
    """Who may have a product. A technique's only product takes no firm that is only beginning: whose stage nobody states may be one."""
    techniques = [pattern.technique for pattern in PATTERNS]
    alone = np.array([techniques.count(technique) == 1 for technique in techniques])[offers.patterns]
    found = []
    for place, key in enumerate(offers.products):
        about = f"loanProduct:{key}"
        if alone[place] or place % 6 in (1, 2):
            found.append(_eligible(about, "不支持种子期企业", "STAGE", operator="NOT_IN", stage="SEED"))
        elif place % 6 == 3:
            found.append(_eligible(about, "仅支持制造业", "INDUSTRY", industry=f"{names.SCHEME}:C"))
        elif place % 12 == 5:
            found.append(_eligible(about, "不支持大型企业", "SIZE", operator="NOT_IN", size="LARGE"))
    return found


def _eligible(about: str, name: str, dimension: str, *, operator: str = "IN", **value: str) -> dict[str, Any]:
    return {
        "kind": "ELIGIBILITY", "about": about, "name": name, "dimension": dimension, "operator": operator, "hard": "true", **value,
    }  # fmt: skip
