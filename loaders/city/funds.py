"""Who invests in the city, and who asks for it: funds with mandates and commitments, needs, rounds, tags."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import MAKERS, STAGES, Parties
from loaders.city.sheet import Dice, gaps, numbered, pick, write, yuan


def write_funds(folder: Path, dice: Dice, parties: Parties) -> dict[str, int]:
    """The fund and need tables, with the number of rows of each."""
    rows = {"fundManagers": _write_managers(folder, dice), "funds": _write_funds(folder, dice)}
    rows["commitments"] = _write_commitments(folder, dice, parties)
    rows |= _write_needs(folder, dice, parties)
    rows["tagged"] = _write_tags(folder, dice, parties)
    return rows


def _write_managers(folder: Path, dice: Dice) -> int:
    count = dice.count(10)
    return write(
        folder,
        "fundManagers",
        {
            "id": numbered("manager", count, 4),
            "name": [
                f"{names.SYLLABLES[place % 40]}{names.SYLLABLES[place * 3 % 40]}资本{place + 1}号管理人"
                for place in range(count)
            ],
        },
    )


def _write_funds(folder: Path, dice: Dice) -> int:
    chance = dice.of("funds")
    count = dice.count(30)
    kind = np.arange(count) % len(names.FUND_TYPES)
    size = _sizes(dice, count)
    managers = numbered("manager", dice.count(10), 4).to_list()
    return write(
        folder,
        "funds",
        {
            "id": numbered("fund", count, 5),
            "name": [
                f"云舟{names.FUND_TYPES[place % len(names.FUND_TYPES)][1]}{place + 1}期" for place in range(count)
            ],
            "type": pick([kind[0] for kind in names.FUND_TYPES], kind),
            "manager": pick(managers, np.arange(count) % len(managers)),
            "region": [names.CITY_CODE] * count,
            "targetSize": yuan(size),
            "reserves": gaps(yuan(size * 0.05), chance.random(count) < 0.2),
            "feesPaid": gaps(yuan(size * 0.03), chance.random(count) < 0.2),
            "feesDue": gaps(yuan(size * 0.06), chance.random(count) < 0.2),
            "investmentPeriodEnd": dice.days("funds", -200, 1_500, count),
            "ticketMin": yuan(size * 0.01),
            "ticketMax": yuan(size * 0.25),
            "perCompanyCap": gaps(yuan(size * 0.3), chance.random(count) < 0.4),
        },
    )


def _sizes(dice: Dice, count: int) -> np.ndarray:
    return np.asarray(10 ** np.random.Generator(np.random.PCG64([dice.seed, 7])).normal(7.45, 0.3, count))


def _write_commitments(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("commitments")
    funds = dice.count(30)
    # Every tenth fund's size nobody states: its cells get a range, not a zero.
    stated = [place for place in range(funds) if place % 10 != 9]
    count = 3 * len(stated)
    fund = np.repeat(np.array(stated), 3)
    part = np.arange(count) % 3
    committed = _sizes(dice, funds)[fund] * np.array([0.4, 0.25, 0.25])[part]
    firms = pick(parties.enterprises, chance.integers(0, len(parties.enterprises), count))
    units = pick(parties.units, np.ones(count, dtype=np.int64))
    return write(
        folder,
        "commitments",
        {
            "id": numbered("commitment", count),
            "fund": pick(numbered("fund", funds, 5).to_list(), fund),
            "investor": pl.select(pl.when(pl.lit(pl.Series(part == 0))).then(units).otherwise(firms))[:, 0],
            "committed": yuan(committed),
            "paidIn": yuan(committed * chance.uniform(0.3, 0.9, count)),
            "origin": pick(("GOV", "SOE", "PRIVATE"), part),
            "municipal": gaps(pick(("true",), np.zeros(count, dtype=np.int64)), part != 0),
            "inGoodStanding": gaps(pick(("false",), np.zeros(count, dtype=np.int64)), chance.random(count) > 0.03),
        },
    )


def mandates(dice: Dice) -> pl.DataFrame:
    """What each fund may invest in, as rows of the rules' table."""
    chance = dice.of("rules")
    funds = numbered("fund:fund", dice.count(30), 5).to_list()
    table: list[dict[str, str | None]] = []
    for place, fund in enumerate(funds):
        _, name, stages, zone = names.FUND_TYPES[place % len(names.FUND_TYPES)]
        first = int(chance.integers(0, len(MAKERS)))
        fields = [MAKERS[(first + step) % len(MAKERS)] for step in range(4)]
        for stage in stages:
            table.append(
                {"about": fund, "name": f"{name}可投阶段", "dimension": "STAGE", "stage": stage, "industry": None}
            )
        for code in fields:
            table.append(_mandate(fund, f"{name}可投行业", "INDUSTRY", industry=f"{names.SCHEME}:{code}"))
        if zone is not None:
            table.append(_mandate(fund, f"{name}可投地区", "REGION", region=zone))
    frame = pl.DataFrame(table, infer_schema_length=None)
    return frame.select(
        numbered("mandate", frame.height).alias("id"),
        pl.lit("MANDATE").alias("kind"),
        pl.lit("IN").alias("operator"),
        pl.lit("true").alias("hard"),
        pl.all(),
    )


def _mandate(
    fund: str,
    name: str,
    dimension: str,
    *,
    stage: str | None = None,
    industry: str | None = None,
    region: str | None = None,
) -> dict[str, str | None]:
    return {"about": fund, "name": name, "dimension": dimension, "stage": stage, "industry": industry, "region": region}


def _write_needs(folder: Path, dice: Dice, parties: Parties) -> dict[str, int]:
    chance = dice.of("financingNeeds")
    count, rounds = dice.count(200), dice.count(40)
    firm = chance.integers(0, len(parties.enterprises), count)
    equity = chance.random(count) < 0.45
    amount = 10 ** chance.normal(6.7, 0.4, count)
    need = numbered("need", count)
    result = {
        "financingNeeds": write(
            folder,
            "financingNeeds",
            {
                "id": need,
                "enterprise": pick(parties.enterprises, firm),
                "amount": yuan(amount),
                "instrument": pick(("DEBT", "EQUITY"), equity.astype(np.int64)),
                "purpose": pick(names.PURPOSES, chance.integers(0, len(names.PURPOSES), count)),
                "stage": gaps(pick(STAGES, parties.stages[firm]), ~equity),
                "tenorMinDays": gaps(np.full(count, 30), equity),
                "tenorMaxDays": gaps(pick(("180", "365", "1095"), chance.integers(0, 3, count)), equity),
                "submittedOn": dice.days("financingNeeds", -120, 0, count),
                "neededBy": dice.days("financingNeeds", 10, 300, count),
                "status": pick(("APPLIED", "CLASSIFIED", "RECOMMENDED"), chance.integers(0, 3, count)),
            },
        )
    }
    answered = np.flatnonzero(equity)[:rounds] if equity.any() else np.zeros(0, dtype=np.int64)
    of_need = np.arange(rounds) < len(answered)
    to_firm = np.concatenate([firm[answered], chance.integers(0, len(parties.enterprises), rounds - len(answered))])
    money = np.concatenate([amount[answered], 10 ** chance.normal(6.8, 0.4, rounds - len(answered))]) * chance.uniform(
        0.3, 0.8, rounds
    )
    keys = numbered("round", rounds)
    funds = numbered("fund:fund", dice.count(30), 5).to_list()
    result["investmentRounds"] = write(
        folder,
        "investmentRounds",
        {
            "id": keys,
            "enterprise": pick(parties.enterprises, to_firm),
            "closedOn": dice.days("investmentRounds", -90, -1, rounds),
            "round": pick(("天使轮", "A轮", "B轮", "战略融资"), chance.integers(0, 4, rounds)),
            "instrument": ["EQUITY"] * rounds,
            "amount": yuan(money),
        },
    )
    result["investedBy"] = write(
        folder,
        "investedBy",
        {"source": keys, "target": pick(funds, chance.integers(0, len(funds), rounds)), "amount": yuan(money)},
    )
    if len(answered):
        result["fulfils"] = write(
            folder,
            "fulfils",
            {
                "source": ("investmentRound:" + keys.filter(pl.Series(of_need))),
                "target": pick(need.to_list(), answered),
                "amount": yuan(money[: len(answered)]),
            },
        )
    return result


def _write_tags(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("tagged")
    count = min(dice.count(150), len(parties.enterprises) * len(names.TAGS) // 2)
    pairs = np.unique(chance.integers(0, len(parties.enterprises) * len(names.TAGS), count))
    return write(
        folder,
        "tagged",
        {
            "source": pick(parties.enterprises, pairs // len(names.TAGS)),
            "target": pick([key for key, _, _ in names.TAGS], pairs % len(names.TAGS)),
        },
    )
