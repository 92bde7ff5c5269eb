"""Public money and public lists of the city: subsidies, shared losses, vouchers, projects; and the rates of foreign money."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.offers import Offers
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, gaps, numbered, others, pick, write, yuan
from loaders.city.supports import support_subsidies

SUBSIDIES: Final = (
    ("科技贷款贴息", "INTEREST", "POOL_BACKED_LOAN", "0.3", "OF_COST", 500_000, "OPEN"),
    ("技改项目贴息", "INTEREST", "PROJECT_LOAN", "0.015", "OF_PRINCIPAL_A_YEAR", None, "OPEN"),
    ("知识产权质押贴息", "INTEREST", "IP_PLEDGE", "0.5", None, 300_000, "OPEN"),
    ("小额保险保费补贴", "PREMIUM", "INSURED_LOAN", "0.5", "OF_COST", 100_000, "OPEN"),
    ("园区担保费补贴", "GUARANTEE", "GUARANTEED_LOAN", "0.005", "OF_PRINCIPAL_A_YEAR", None, "OPEN"),
    ("应收质押贷款损失补贴", "LOSS", "RECEIVABLES_LOAN", "0.1", None, None, "PLANNED"),
    ("订单融资风险补偿", "RISK_COMPENSATION", "PRE_SHIPMENT", None, None, 2_000_000, "OPEN"),
    ("综合授信贴息", "INTEREST", "COMPREHENSIVE_LINE", "0.01", "OF_PRINCIPAL_A_YEAR", 200_000, "CLOSED"),
)
"""Name, kind, technique of the product that it is for, rate, measure, cap in 元, status."""

SCHEMES: Final = (
    ("云舟创新券", 20_000_000, 200_000, "OPEN", "检测、研发、设计", 7),
    ("云舟创业服务券", 6_000_000, None, "OPEN", None, None),
    ("云舟人才券", 3_000_000, 50_000, "CLOSED", "培训、咨询", 10),
)
"""Name, budget and most for one firm in 元, status, services, days."""

LISTS: Final = ("云舟市重点项目清单", "云舟市技术改造项目清单")

RATES: Final = (
    ("USD", "7.18", "0.02", None, -400), ("USD", "7.06", "0.02", None, -20), ("EUR", "8.21", "0.03", None, -20),
    ("JPY", "4.62", "0.03", 100, -20),
)  # fmt: skip
"""Currency, rate, haircut, units, and since how many days; of pounds nobody in the city states one."""


def write_public(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> dict[str, int]:
    """The public tables, with the number of rows of each."""
    return {
        "subsidies": _write_subsidies(folder, dice, parties, offers),
        "lossSharings": _write_loss_sharings(folder, dice, parties, offers),
        **_write_schemes(folder, dice, parties),
        **_write_projects(folder, dice, parties),
        "exchangeRates": _write_rates(folder, dice),
    }


def _write_subsidies(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> int:
    """What is paid for products, some of it granted to a firm already; and the reward of 2 ‰ for who lends."""
    chance = dice.of("subsidies")
    table: list[dict[str, object]] = [
        {
            "name": "支小贷款奖励", "kind": "LENDER_REWARD", "payer": parties.units[1], "recipients": "各银行业金融机构",
            "rate": "0.002", "base": "小微企业贷款年度新增额", "status": "OPEN",
        }
    ]  # fmt: skip
    for name, kind, technique, rate, measure, cap, status in SUBSIDIES:
        for product in offers.of(technique).tolist():
            granted = chance.random() < 0.25
            firm = parties.enterprises[int(chance.integers(0, len(parties.enterprises)))]
            table.append(
                {
                    "name": name,
                    "kind": kind,
                    "payer": parties.units[1 + len(table) % (len(parties.units) - 1)],
                    "recipients": "本市企业",
                    "product": offers.products[product],
                    "rate": rate,
                    "measure": measure,
                    "grantedTo": firm if granted else None,
                    "cap": cap,
                    "status": status,
                }
            )
    frame = pl.DataFrame(table, infer_schema_length=None)
    frame = frame.with_columns(numbered("subsidy", frame.height, 5).alias("id")).select("id", *frame.columns)
    whole = pl.concat([frame, support_subsidies(dice, parties, offers)], how="diagonal_relaxed")
    return write(folder, "subsidies", whole.to_dict())


def _write_loss_sharings(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> int:
    """Three parties share the losses of insured loans; of a pool's bank loans government and bank."""
    chance = dice.of("lossSharings")
    insured, shared = offers.of("INSURED_LOAN"), offers.of("PRE_SHIPMENT")[::3]
    products = np.concatenate([insured, shared])
    by_three = np.arange(len(products)) < len(insured)
    count = len(products)
    return write(
        folder,
        "lossSharings",
        {
            "id": numbered("sharing", count, 5),
            "name": pick(("政银损失分担", "政银保损失分担"), by_three.astype(np.int64)),
            "product": pick(offers.products, products),
            "government": pick(parties.units, np.ones(count, np.int64)),
            "governmentShare": drawn(chance, ("0.2", "0.3"), count, missing=0.05),
            "bankShare": pick(("0.7", "0.3"), by_three.astype(np.int64)),
            "insurerShare": gaps(pick(("0.5",), np.zeros(count, np.int64)), ~by_three),
            "cap": gaps(yuan(np.full(count, 5_000_000)), chance.random(count) < 0.5),
            "since": dice.days("lossSharings", -800, -100, count),
        },
    )


def _write_schemes(folder: Path, dice: Dice, parties: Parties) -> dict[str, int]:
    """The city's voucher schemes, and the research that vouchers have paid for."""
    chance = dice.of("collaborations")
    count = dice.count(20)
    scale = max(1.0, dice.scale)
    table = [
        {
            "id": f"scheme-{place + 1}",
            "name": name,
            "budget": round(budget * scale),
            "perFirmMax": most,
            "status": status,
            "services": services,
            "processingDays": days,
            "operator": names.UNITS[4 - place % 2],
        }
        for place, (name, budget, most, status, services, days) in enumerate(SCHEMES)
    ]
    other = drawn(chance, parties.valuers, count, missing=0.3)
    return {
        "voucherSchemes": write(folder, "voucherSchemes", pl.DataFrame(table, infer_schema_length=None).to_dict()),
        "collaborations": write(
            folder,
            "collaborations",
            {
                "id": numbered("collaboration", count),
                "enterprise": drawn(chance, parties.enterprises, count),
                "partner": other,
                "voucherAmount": gaps(yuan(10 ** chance.normal(4.7, 0.25, count)), chance.random(count) < 0.1),
                "scheme": drawn(chance, ("scheme-1", "scheme-2", "scheme-3"), count, missing=0.15),
                "grantedOn": gaps(
                    dice.days("collaborationDays", -600, -5, count), dice.of("collaborationDays").random(count) < 0.1
                ),
            },
        ),
    }


def _write_projects(folder: Path, dice: Dice, parties: Parties) -> dict[str, int]:
    """Investment projects, four of five on a list, some run by a company of their own."""
    chance = dice.of("projects")
    count = dice.count(24)
    firms = len(parties.enterprises)
    owner = chance.integers(0, firms, count)
    vehicle = others(chance, owner, firms)
    cost = 10 ** chance.normal(7.6, 0.35, count)
    listed = np.flatnonzero(np.arange(count) % 5 != 4)
    keys = numbered("project", count)
    rows = write(
        folder,
        "projects",
        {
            "id": keys,
            "name": pick([f"{names.CITY}{kind}项目" for kind in ("智能化改造", "绿色厂房", "产业园", "检测中心")], np.arange(count) % 4),
            "owner": pick(parties.enterprises, owner),
            "vehicle": gaps(pick(parties.enterprises, vehicle), chance.random(count) < 0.6),
            "region": drawn(chance, [code for code, _ in names.COUNTIES], count),
            "cost": gaps(yuan(cost), chance.random(count) < 0.12),
            "ownCapital": gaps(yuan(cost * 0.35), chance.random(count) < 0.8),
            "ownCapitalShare": drawn(chance, ("0.2", "0.3"), count, missing=0.5),
        },
    )  # fmt: skip
    lists = write(
        folder,
        "projectLists",
        {
            "id": [f"list-{place + 1}" for place in range(len(LISTS))],
            "name": list(LISTS),
            "expectedCount": [count, None],
        },
    )
    return {
        "projects": rows,
        "projectLists": lists,
        "listedIn": write(
            folder,
            "listedIn",
            {
                "source": pick([f"project:{key}" for key in keys], listed),
                "target": pick(("list-1", "list-2"), listed % 2),
            },
        ),
    }


def _write_rates(folder: Path, dice: Dice) -> int:
    table = [
        {
            "id": f"{currency.lower()}-{place + 1}",
            "currency": currency,
            "rate": rate,
            "haircut": haircut,
            "per": per,
            "quotedOn": dice.day(since),
            "validFrom": dice.day(since),
        }
        for place, (currency, rate, haircut, per, since) in enumerate(RATES)
    ]
    return write(folder, "exchangeRates", pl.DataFrame(table, infer_schema_length=None).to_dict())
