"""What the city gives to enterprises, and to whom: awards and subsidies with conditions as data, what may be had together, and grants.

The fictional city's own measure of support states them clause by clause. Two conditions changed with the other rules; every district
adds awards of its own, more of them the larger the city.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from loaders.city import names
from loaders.city.offers import Offers
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, write

DOCUMENT: Final = "云舟政〔2025〕8号"
POLICY: Final = f"policy:{DOCUMENT}"
DISTRICT_AWARDS: Final = 1.88
"""District awards of a city of scale 1; at 100 the city has two hundred supports with conditions."""

Condition = dict[str, Any]


def compare(field: str, operator: str, value: Any) -> Condition:
    """One comparison."""
    return {"field": field, "operator": operator, "value": value}


SME: Final = {"rule": "rule:support-sme"}
MAKERS: Final = compare("industry", "IN", [f"industry:{names.SCHEME}:C"])


class Support(NamedTuple):
    """A support: its key, name, kind, clause, what else is stated, and what it asks, since the change and (None: the same) before."""

    key: str
    name: str
    kind: str
    clause: int
    terms: dict[str, Any]
    condition: Condition
    before: Condition | None = None
    technique: str | None = None


SUPPORTS: Final = (
    Support(
        "support-01", "小微企业利息补助", "INTEREST", 1,
        {"rate": "0.2", "measure": "OF_COST", "cap": 150_000, "perEnterpriseCap": 200_000, "capPeriod": "CALENDAR_YEAR"},
        {"all": [SME, compare("employees", "LTE", 200)]}, {"all": [SME, compare("employees", "LTE", 300)]}, "COMPREHENSIVE_LINE",
    ),
    Support(
        "support-02", "科技企业利息补助", "INTEREST", 1, {"rate": "0.3", "measure": "OF_COST", "cap": 300_000},
        {"any": [compare("tags", "IN", ["tag:gxjs"]), compare("tags", "IN", ["tag:zjtx"])]}, None, "POOL_BACKED_LOAN",
    ),
    Support(
        "support-03", "制造业智能升级补助", "INTEREST", 2, {"rate": "0.01", "measure": "OF_PRINCIPAL_A_YEAR", "cap": 500_000},
        {"all": [MAKERS, {"not": compare("size", "EQ", "LARGE")}]},
    ),
    Support(
        "support-04", "高新技术企业奖励", "AWARD", 3, {"amount": 200_000}, compare("tags", "IN", ["tag:gxjs"]),
    ),
    Support(
        "support-05", "专精特新企业奖励", "AWARD", 3, {"amount": 300_000}, {"all": [SME, compare("tags", "IN", ["tag:zjtx"])]},
    ),
    Support(
        "support-06", "成长企业奖励", "AWARD", 3, {"amount": 150_000},
        {"all": [compare("annualRevenue", "GTE", 20_000_000), compare("stage", "IN", ["GROWTH", "EXPANSION"])]},
        {"all": [compare("annualRevenue", "GTE", 50_000_000), compare("stage", "IN", ["GROWTH", "EXPANSION"])]},
    ),
    Support("support-07", "绿色工厂奖励", "AWARD", 3, {"amount": 100_000}, {"all": [MAKERS, compare("tags", "IN", ["tag:lvse"])]}),
    Support(
        "support-08", "股份制改造奖励", "LISTING", 4, {"amount": 500_000}, compare("listingState", "IN", ["REFORM", "QUOTED", "LISTED"]),
    ),
    Support("support-09", "上市奖励", "LISTING", 4, {"amount": 2_000_000}, compare("listingState", "IN", ["LISTED"])),
    Support("support-10", "初创企业一次性补助", "AWARD", 3, {"amount": 50_000}, {"all": [SME, compare("ageMonths", "LT", 36)]}),
    Support(
        "support-11", "稳定就业补助", "AWARD", 3, {"amount": 80_000, "perEnterpriseCap": 80_000, "capPeriod": "TWELVE_MONTHS"},
        {"all": [compare("employees", "GTE", 30), {"not": compare("status", "IN", ["REVOKED", "CANCELLED", "LIQUIDATION"])}]},
    ),
    Support(
        "support-12", "民营企业奖励（拟设）", "AWARD", 3, {"amount": 60_000, "status": "PLANNED"}, compare("ownership", "EQ", "PRIVATE"),
    ),
)  # fmt: skip

CLAUSES: Final = (
    ("利息补助", "对符合条件的小微企业和科技企业给予利息补助，按实际支付额的一定比例计算。"),
    ("智能升级", "对制造企业实施智能升级给予补助，不与利息补助、成长奖励同时享受；绿色奖励以享受本项补助为前提。"),
    (
        "企业奖励",
        "对认定、成长、绿色和就业给予一次性奖励；认定和成长奖励就高享受一项，各项奖补每年合计不超过五十万元。",
    ),
    ("资本市场", "对完成股份制改造和登陆资本市场的企业分阶段给予奖励，两项合计不超过二百二十万元。"),
)
"""Title and text of each clause."""

CAPS: Final = (
    ("support-cap-year", "奖补年度合计", {"amount": 500_000, "period": "CALENDAR_YEAR"}, 3,
     ("support-01", "support-03", "support-04", "support-05", "support-06", "support-07", "support-10", "support-11")),
    ("support-cap-award", "认定和成长奖励择一", {"count": 1}, 3, ("support-04", "support-05", "support-06")),
    ("support-cap-listing", "资本市场奖励合计", {"amount": 2_200_000, "period": "ONCE"}, 4, ("support-08", "support-09")),
)  # fmt: skip
EXCLUDES: Final = (("support-03", "support-01", 2), ("support-03", "support-02", 2), ("support-03", "support-06", 2))
REQUIRES: Final = (("support-02", "support-04", 1), ("support-07", "support-03", 2), ("support-09", "support-08", 4))
"""Support, the other one, and the clause that says so."""


def support_subsidies(dice: Dice, parties: Parties, offers: Offers) -> pl.DataFrame:
    """The supports and what has been granted of them, as rows of the subsidies."""
    unit = parties.units[1]
    table: list[dict[str, Any]] = []
    for one in SUPPORTS:
        product = None if one.technique is None else offers.products[int(offers.of(one.technique)[0])]
        row = {
            "id": one.key,
            "name": one.name,
            "kind": one.kind,
            "payer": unit,
            "recipients": "本市企业",
            "product": product,
        }
        table.append({**row, "status": "OPEN", **one.terms})
    table += [
        {
            "id": key,
            "name": name,
            "kind": "AWARD",
            "payer": unit,
            "recipients": "本区企业",
            "amount": amount,
            "status": "OPEN",
        }
        for key, name, amount, _ in _district_awards(dice)
    ]
    chance = dice.of("grants")
    for number in range(dice.count(40)):
        of = SUPPORTS[int(chance.choice([3, 4, 5, 6, 10]))]
        firm = parties.enterprises[int(chance.integers(0, len(parties.enterprises)))]
        table.append(
            {
                "id": f"grant-{number + 1:05d}",
                "name": of.name,
                "kind": of.kind,
                "payer": unit,
                "scheme": of.key,
                "grantedTo": firm,
                "amount": of.terms["amount"],
                "grantedOn": None if number % 10 == 9 else dice.day(-int(chance.integers(1, 500))),
            }
        )
    return pl.DataFrame(table, infer_schema_length=None)


def support_rules(dice: Dice, changed: int) -> pl.DataFrame:
    """What each support asks, as rows of the rules; `changed` as many days after the city's day the newer ones count."""
    day = dice.day(changed)
    small = {
        "any": [
            compare("size", "IN", ["SMALL", "MICRO"]),
            {"all": [compare("employees", "LTE", 300), compare("annualRevenue", "LTE", 100_000_000)]},
        ]
    }
    table = [_rule("support-sme", "小微企业认定", None, 1, small)]
    for one in SUPPORTS:
        table += _versions(one, day)
    table += [_rule(f"{key}-rule", name, key, None, condition) for key, name, _, condition in _district_awards(dice)]
    return pl.DataFrame(table, infer_schema_length=None)


def _versions(one: Support, day: date) -> Iterator[dict[str, Any]]:
    since = _rule(f"{one.key}-rule", f"{one.name}条件", one.key, one.clause, one.condition)
    if one.before is None:
        yield since
        return
    yield {**_rule(f"{one.key}-rule", f"{one.name}条件", one.key, one.clause, one.before), "validTo": day}
    yield {**since, "validFrom": day}


def _rule(key: str, name: str, about: str | None, clause: int | None, condition: Condition) -> dict[str, Any]:
    return {
        "id": key, "kind": "ELIGIBILITY", "name": name, "about": None if about is None else f"subsidy:{about}", "hard": "true",
        "policy": None if clause is None else POLICY, "measure": None if clause is None else _clause(clause),
        "text": None if clause is None else CLAUSES[clause - 1][1], "condition": json.dumps(condition, ensure_ascii=False),
    }  # fmt: skip


def _district_awards(dice: Dice) -> Iterator[tuple[str, str, int, Condition]]:
    """Key, name, amount and condition of each district's awards."""
    chance = dice.of("district awards")
    for number in range(max(4, round(DISTRICT_AWARDS * dice.scale))):
        code, name = names.COUNTIES[number % len(names.COUNTIES)]
        here = compare("region", "IN", [f"region:{code}"])
        more = (
            compare("employees", "GTE", int(chance.integers(1, 20)) * 5),
            compare("annualRevenue", "GTE", int(chance.integers(1, 40)) * 1_000_000),
            compare("size", "NOT_IN", ["LARGE"]),
            compare("ageMonths", "GTE", int(chance.integers(1, 10)) * 12),
        )[number % 4]
        yield (
            f"district-{number + 1:03d}",
            f"{name}企业奖励{number // len(names.COUNTIES) + 1}",
            int(chance.integers(1, 9)) * 10_000,
            {"all": [here, more]},
        )


def write_supports(folder: Path, dice: Dice, parties: Parties) -> dict[str, int]:
    """The document with its clauses, what may be had together, and who is on the way to the capital market, with the rows of each table."""
    awards = [key for key, _, _, _ in _district_awards(dice)]
    # Of two awards of one district only one may be had.
    pairs = [(one, other) for one, other in zip(awards, awards[len(names.COUNTIES) :], strict=False)]
    return {
        "policies": write(
            folder,
            "policies",
            {
                "docNo": [DOCUMENT],
                "title": ["云舟市支持企业发展若干措施"],
                "issuedOn": [dice.day(-300)],
                "validFrom": [dice.day(-700)],
            },
        ),
        "measures": write(
            folder,
            "measures",
            {
                "id": [_clause(number) for number in range(1, len(CLAUSES) + 1)],
                "policy": [POLICY] * len(CLAUSES),
                "number": list(range(1, len(CLAUSES) + 1)),
                "title": [title for title, _ in CLAUSES],
                "text": [text for _, text in CLAUSES],
            },
        ),
        "supportCaps": write(
            folder,
            "supportCaps",
            pl.DataFrame(
                [
                    {"id": key, "name": name, "measure": _clause(clause), **terms}
                    for key, name, terms, clause, _ in CAPS
                ],
                infer_schema_length=None,
            ).to_dict(),
        ),
        "cappedBy": write(
            folder,
            "cappedBy",
            {
                "source": [f"subsidy:{one}" for *_, members in CAPS for one in members],
                "target": [key for key, *_, members in CAPS for _ in members],
            },
        ),
        "excludes": write(
            folder,
            "excludes",
            {
                "source": [f"subsidy:{one}" for one, *_ in (*EXCLUDES, *pairs)],
                "target": [f"subsidy:{other}" for _, other, *_ in (*EXCLUDES, *pairs)],
                "measure": [*(_clause(clause) for *_, clause in EXCLUDES), *(None for _ in pairs)],
            },
        ),
        "requires": write(
            folder,
            "requires",
            {
                "source": [f"subsidy:{one}" for one, *_ in REQUIRES],
                "target": [f"subsidy:{other}" for _, other, _ in REQUIRES],
                "measure": [_clause(clause) for *_, clause in REQUIRES],
            },
        ),
        "listingStages": _write_listings(folder, dice, parties),
    }


def _write_listings(folder: Path, dice: Dice, parties: Parties) -> int:
    """Firms that were reformed; some of them were quoted, and of these some listed."""
    chance = dice.of("listingStages")
    count = min(dice.count(16), len(parties.enterprises))
    firms = chance.choice(len(parties.enterprises), count, replace=False).tolist()
    table = [
        {
            "enterprise": parties.enterprises[firm],
            "state": state,
            "reachedOn": dice.day(-2_000 + 500 * step + place % 300),
        }
        for place, firm in enumerate(firms)
        for step, state in enumerate(("REFORM", "QUOTED", "LISTED")[: 1 + place % 3])
    ]
    keys = [f"listing-{number + 1:05d}" for number in range(len(table))]
    return write(folder, "listingStages", {"id": keys, **pl.DataFrame(table).to_dict()})


def _clause(number: int) -> str:
    return f"support-clause-{number}"
