"""What the city's funds may invest in: dated rules on stage, industry, region, size and place in the chain, and least shares."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from loaders.city import names
from loaders.city.parties import MAKERS
from loaders.city.sheet import Dice, numbered
from loaders.city.vehicles import Vehicles

SMALL: Final = ("MEDIUM", "SMALL", "MICRO")


def mandates(dice: Dice, vehicles: Vehicles, changed: int) -> pl.DataFrame:
    """The mandates as rows of the rules' table. `changed`: the day, after the city's, since which angels may fund start-ups too."""
    chance = dice.of("rules")
    table: list[dict[str, Any]] = []
    for place, fund in enumerate(vehicles.ids):
        first = int(chance.integers(0, len(MAKERS)))
        chosen = tuple(MAKERS[(first + step) % len(MAKERS)] for step in range(4))
        if vehicles.guides[place] >= 0:
            table += _of_guidance(fund, int(vehicles.guides[place]))
            continue
        kind, name, stages, zone = names.FUND_TYPES[int(vehicles.kind[place])]
        table += [_rule(fund, f"{name}可投阶段", "STAGE", stage=stage) for stage in stages]
        if kind == "ANGEL":
            since = {"validFrom": dice.day(changed)}
            table.append(_rule(fund, f"{name}可投阶段（扩大）", "STAGE", stage="STARTUP") | since)
        for code in names.FUND_FIELDS.get(kind, chosen):
            table.append(_rule(fund, f"{name}可投行业", "INDUSTRY", industry=f"{names.SCHEME}:{code}"))
        if zone is not None:
            table.append(_rule(fund, f"{name}可投地区", "REGION", region=zone))
        table += _of_kind(fund, name, kind, chosen)
    frame = pl.DataFrame(table, infer_schema_length=None)
    return frame.select(numbered("mandate", frame.height).alias("id"), pl.lit("MANDATE").alias("kind"), pl.all())


def _of_kind(fund: str, name: str, kind: str, chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    """What only funds of one type have: least shares of main fields, preferences, and the company venture funds' place in the chain."""
    main = f"{names.SCHEME}:{names.FUND_FIELDS.get(kind, chosen)[0]}"
    match kind:
        case "MILITARY_CIVIL":
            return [
                _rule(fund, f"{name}优先投向", "TAG", tag="jungong") | {"hard": "false"},
                _least(fund, name, main, "0.3"),
            ]
        case "INDUSTRY":
            return [_least(fund, name, main, "0.4")]
        case "VENTURE":
            return [_least(fund, name, f"{names.SCHEME}:C", "0.5")]
        case "CORPORATE_VENTURE":
            chain = _rule(fund, f"{name}产业链条件", "CHAIN", tag="lianzhu") | {"fieldTag": "xinxing", "count": 2}
            return [*(_rule(fund, f"{name}企业规模", "SIZE", size=size) for size in SMALL), chain]
    return []


def _of_guidance(fund: str, guides: int) -> list[dict[str, Any]]:
    """A guidance fund invests through sub-funds; what is left it may place beside them, in their stages and fields."""
    _, name, types, _ = names.GUIDANCE[guides]
    own = [one for one in names.FUND_TYPES if one[0] in types]
    stages = dict.fromkeys(stage for _, _, of_type, _ in own for stage in of_type)
    codes = dict.fromkeys(code for kind in types for code in names.FUND_FIELDS.get(kind, ("C",))[:2])
    return [
        *(_rule(fund, f"{name}跟投阶段", "STAGE", stage=stage) for stage in stages),
        *(_rule(fund, f"{name}跟投行业", "INDUSTRY", industry=f"{names.SCHEME}:{code}") for code in codes),
    ]


def _rule(fund: str, name: str, dimension: str, **value: str) -> dict[str, Any]:
    return {"about": fund, "name": name, "dimension": dimension, "operator": "IN", "hard": "true", **value}


def _least(fund: str, name: str, industry: str, share: str) -> dict[str, Any]:
    bound = {"operator": "GTE", "value": share}
    return _rule(fund, f"{name}主投领域最低比例", "INDUSTRY", industry=industry) | bound
