"""Who lives in the generated city: enterprises by tier, institutions, units, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.codes import credit_codes
from loaders.city.sheet import Dice, drawn, gaps, pick, write, yuan

TIER_SHARES: Final = (0.02, 0.18, 0.30, 0.28, 0.15, 0.07)
"""Share of the enterprises at each tier: anchors first, then suppliers ever farther from them."""

STAGES: Final = ("SEED", "STARTUP", "GROWTH", "EXPANSION", "MATURE")
OWNERSHIPS: Final = ("PRIVATE", "MUNICIPAL_SOE", "MIXED", "FOREIGN")
SIZES: Final = ("LARGE", "MEDIUM", "SMALL", "MICRO")
MAKERS: Final = tuple(code for code, _, parent in names.INDUSTRIES if parent is not None)


@dataclass(frozen=True)
class Parties:
    """What later tables refer to: enterprise ids by place, the tier of each, banks and other institutions by id."""

    enterprises: list[str]
    tiers: np.ndarray
    stages: np.ndarray
    ownerships: np.ndarray
    lenders: list[str]
    lessors: list[str]
    guarantors: list[str]
    insurers: list[str]
    brokers: list[str]
    valuers: list[str]
    units: list[str]
    groups: list[str]

    @property
    def anchors(self) -> int:
        """How many anchors there are: the first enterprises."""
        return max(1, int((self.tiers == 0).sum()))


def write_places(folder: Path) -> dict[str, int]:
    """The regions, industries, goods and tags, with the number of rows of each table."""
    regions = [
        (names.PROVINCE_CODE, "云川省", "PROVINCE", None),
        (names.CITY_CODE, names.CITY, "CITY", names.PROVINCE_CODE),
        *((code, name, "COUNTY", names.CITY_CODE) for code, name in names.COUNTIES),
        *((code, name, level, names.CITY_CODE) for code, name, level in names.ZONES),
    ]
    industries = [
        (names.SCHEME, code, name, "SECTION" if parent is None else "DIVISION", parent and f"{names.SCHEME}:{parent}")
        for code, name, parent in names.INDUSTRIES
    ]
    goods = [(f"goods-{place + 1:02d}", name) for place, name in enumerate(names.GOODS)]
    return {
        "regions": _rows(folder, "regions", ("code", "name", "level", "parent"), regions),
        "industries": _rows(folder, "industries", ("scheme", "code", "name", "level", "parent"), industries),
        "products": _rows(folder, "products", ("id", "name"), goods),
        "tags": _rows(folder, "tags", ("id", "name", "definition"), list(names.TAGS)),
        "ticketBands": _rows(folder, "ticketBands", ("id", "name", "lower", "upper"), list(names.BANDS)),
    }


def write_parties(folder: Path, dice: Dice) -> tuple[Parties, dict[str, int]]:
    """The parties of the city, and the number of rows of each table."""
    chance = dice.of("enterprises")
    count = dice.count(1_000)
    tiers = _tiers(count)
    places = [code for code, _ in names.COUNTIES] + [code for code, _, _ in names.ZONES]
    region = chance.integers(0, len(places), count)
    division = np.array([places[0] if not code.isdigit() else code for code in places])[region]
    codes = credit_codes(1, division)
    industry = chance.integers(0, len(MAKERS), count)
    size = np.where(tiers == 0, 0, np.minimum(3, 1 + chance.integers(0, 2, count) + (tiers > 2)))
    stage = np.where(tiers == 0, 4, chance.choice(5, size=count, p=[0.06, 0.18, 0.36, 0.25, 0.15]))
    revenue = 10 ** chance.normal(np.array([9.6, 8.1, 7.5, 7.1])[size], 0.35)
    groups = max(1, count // 50)
    group = chance.integers(0, groups, count)
    in_group = chance.random(count) < 0.06
    rows = {
        "enterprises": write(
            folder,
            "enterprises",
            {
                "creditCode": codes,
                "name": _firm_names(chance, industry),
                "industry": pick([f"{names.SCHEME}:{code}" for code in MAKERS], industry),
                "region": pick(places, region),
                "stage": gaps(pick(STAGES, stage), chance.random(count) < 0.04),
                "size": pick(SIZES, size),
                "ownership": pick(OWNERSHIPS, ownership := chance.choice(4, size=count, p=[0.82, 0.06, 0.08, 0.04])),
                "status": pick(("ACTIVE", "ACTIVE", "ACTIVE", "REVOKED"), (chance.random(count) > 0.99) * 3),
                "foundedOn": dice.days("enterprises", -9_000, -400, count),
                "registeredCapital": yuan(revenue * chance.uniform(0.1, 0.6, count)),
                "annualRevenue": gaps(yuan(revenue), chance.random(count) < 0.1),
                "employees": gaps((revenue / 600_000).astype(np.int64) + 1, chance.random(count) < 0.2),
                "group": gaps(pick([f"group-{place + 1:05d}" for place in range(groups)], group), ~in_group),
                **_credit(dice, revenue, tiers),
            },
        ),
        "groups": _rows(
            folder, "groups", ("id", "name"),
            [(f"group-{place + 1:05d}", _group_name(place)) for place in range(groups)],
        ),
    }  # fmt: skip
    institutions, inst_rows = _institutions(folder, count)
    enterprises = [f"enterprise:{code}" for code in codes]
    # A unit's full name is its key, as in the plan of its city: both speak of one unit.
    units = list(names.UNITS)
    rows |= inst_rows
    rows["governmentUnits"] = _rows(
        folder, "governmentUnits", ("id", "name", "region"),
        [(unit, unit, names.CITY_CODE) for unit in units],
    )  # fmt: skip

    def of(*kinds: str) -> list[str]:
        return [identifier for identifier, kind in institutions if kind in kinds]

    parties = Parties(
        enterprises, tiers, stage, ownership,
        [identifier for identifier, _ in institutions[: len(names.BANKS)]],
        of("LESSOR"), of("GUARANTOR"), of("INSURER"), of("SECURITIES_FIRM"), of("INTERMEDIARY"),
        [f"governmentUnit:{unit}" for unit in units], [f"group-{place + 1:05d}" for place in range(groups)],
    )  # fmt: skip
    return parties, rows


def _credit(dice: Dice, revenue: np.ndarray, tiers: np.ndarray) -> dict[str, object]:
    """What banks ask of a firm: what it owns, how likely it fails and by whom that is said, an anchor's cash for paying early."""
    chance = dice.of("enterprises.credit")
    count = len(revenue)
    default = np.round(10 ** chance.normal(-1.8, 0.35, count).clip(-3.3, -0.7), 4)
    unrated = chance.random(count) < 0.15
    cash = yuan(revenue * chance.uniform(0.002, 0.02, count))
    return {
        "netAssets": gaps(yuan(revenue * chance.uniform(0.05, 0.5, count)), chance.random(count) < 0.25),
        "defaultProbability": gaps(default, unrated),
        "defaultProbabilityBy": gaps(drawn(chance, names.RATERS, count), unrated),
        "earlyPaymentCash": gaps(cash, (tiers > 0) | ((chance.random(count) < 0.25) & (np.arange(count) > 0))),
    }


def _group_name(place: int) -> str:
    letters = names.SYLLABLES
    return f"{letters[place % len(letters)]}{letters[(place * 7 + 3) % len(letters)]}集团{place + 1}"


def _tiers(count: int) -> np.ndarray:
    bounds = np.round(np.cumsum(TIER_SHARES) * count).astype(np.int64)
    bounds[0] = max(1, bounds[0])
    return np.searchsorted(bounds, np.arange(count), side="right").clip(0, len(TIER_SHARES) - 1)


def _firm_names(chance: np.random.Generator, industry: np.ndarray) -> pl.Series:
    count = len(industry)
    letters = np.array(list(names.SYLLABLES))
    brand = letters[chance.integers(0, len(letters), (count, 3))]
    words = np.array([names.TRADE_WORDS[code] for code in MAKERS])[industry]
    joined = np.char.add(np.char.add(brand[:, 0], brand[:, 1]), brand[:, 2])
    return pl.Series(np.char.add(np.char.add("云舟", np.char.add(joined, words)), "有限公司"))


def _institutions(folder: Path, enterprises: int) -> tuple[list[tuple[str, str]], dict[str, int]]:
    everyone = [*names.BANKS, *names.SUPPORTERS]
    codes = credit_codes(enterprises + 10_001, np.array([names.COUNTIES[0][0]] * len(everyone)))
    table = []
    for place, (code, (name, kind)) in enumerate(zip(codes, everyone, strict=True)):
        share = names.SIZE_OF_TYPE.get(kind, 1)
        net_assets = (
            2_000_000_000 * (1 + place % 5) // share
            if kind.endswith("BANK")
            else 300_000_000 * (1 + place % 3) // share
        )
        multiple, per_name = names.MULTIPLES.get(kind, (None, None))
        table.append(
            {
                "creditCode": code,
                "name": name,
                "type": kind,
                "region": names.COUNTIES[place % len(names.COUNTIES)][0],
                "netAssets": net_assets,
                "netCapital": net_assets * 11 // 10,
                "tier1Capital": net_assets,
                "riskAssets": net_assets * 9,
                "guaranteeMultiple": multiple,
                "perNameShare": per_name,
                "insuranceLimit": net_assets // 2 if kind == "INSURER" else None,
                "defaultProbability": f"0.00{1 + place % 4}",
                "defaultProbabilityBy": names.RATERS[0],
                "financesOutsideGroup": "true" if kind == "FINANCE_COMPANY" else None,
            }
        )
    rows = {"institutions": write(folder, "institutions", pl.DataFrame(table, infer_schema_length=None).to_dict())}
    branches = [(f"branch-{place + 1:02d}", f"云舟银行{name[:2]}支行", f"institution:{codes[0]}", "TECH" if place < 3 else "GENERAL", code)
                for place, (code, name) in enumerate(names.COUNTIES)]  # fmt: skip
    rows["bankBranches"] = _rows(folder, "bankBranches", ("id", "name", "bank", "focus", "region"), branches)
    return [(f"institution:{code}", kind) for code, (_, kind) in zip(codes, everyone, strict=True)], rows


def _rows(folder: Path, name: str, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> int:
    frame = pl.DataFrame([dict(zip(header, row, strict=True)) for row in rows], infer_schema_length=None)
    frame.write_csv(folder / f"{name}.csv")
    return frame.height
