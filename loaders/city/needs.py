"""Who asks for money in the city, what funds have invested, and which firms carry which tags."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import STAGES, Parties
from loaders.city.sheet import Dice, either, gaps, numbered, pick, write, yuan
from loaders.city.vehicles import Vehicles


def write_needs(folder: Path, dice: Dice, parties: Parties, vehicles: Vehicles) -> dict[str, int]:
    """The tables of needs, rounds and tags, with the number of rows of each."""
    return {**_write_needs(folder, dice, parties, vehicles), "tagged": _write_tags(folder, dice, parties)}


def _write_needs(folder: Path, dice: Dice, parties: Parties, vehicles: Vehicles) -> dict[str, int]:
    chance = dice.of("financingNeeds")
    count = dice.count(200)
    firm = chance.integers(0, len(parties.enterprises), count)
    equity = chance.random(count) < 0.45
    amount = 10 ** chance.normal(6.7, 0.4, count)
    need = numbered("need", count)
    written = write(
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
    answered = np.flatnonzero(equity)[: max(1, dice.count(40) * 3 // 4)]
    rounds = _write_rounds(folder, dice, parties, vehicles, need, answered, firm[answered], amount[answered])
    return {"financingNeeds": written, **rounds}


def _write_rounds(
    folder: Path,
    dice: Dice,
    parties: Parties,
    vehicles: Vehicles,
    need: pl.Series,
    answered: np.ndarray,
    asking: np.ndarray,
    amount: np.ndarray,
) -> dict[str, int]:
    """The rounds: three of four answer a need and closed of late, the others did before and answer none.

    Every third one has a second investor, another fund or a firm, with two fifths of the money.
    """
    chance = dice.of("investmentRounds")
    rounds = max(dice.count(40), len(answered))
    place, new = np.arange(rounds), len(answered)
    before = rounds - new
    firms = np.concatenate([asking, chance.integers(0, len(parties.enterprises), before)])
    whole = np.concatenate([amount, 10 ** chance.normal(6.9, 0.4, before)]) * chance.uniform(0.3, 0.8, rounds)
    money = (np.maximum(whole, 1_000) // 1_000 * 1_000).astype(np.int64)
    keys = numbered("round", rounds)
    closed = pl.concat([dice.days("rounds.new", -90, -1, new), dice.days("rounds.before", -900, -90, before)])
    direct = vehicles.direct
    lead = direct[chance.integers(0, len(direct), rounds)]
    shared = place[(place % 3 == 0) & (len(direct) > 1)]
    fellow = direct[(np.searchsorted(direct, lead[shared]) + 1 + shared % max(1, len(direct) - 1)) % len(direct)]
    by_firm = shared % 2 == 0
    others = pick(parties.enterprises, chance.integers(0, len(parties.enterprises), len(shared)))
    with_others = np.isin(place, shared)
    tables = {
        "investmentRounds": write(
            folder,
            "investmentRounds",
            {
                "id": keys,
                "enterprise": pick(parties.enterprises, firms),
                "closedOn": closed,
                "round": pick(("天使轮", "A轮", "B轮", "战略融资"), chance.integers(0, 4, rounds)),
                "instrument": ["EQUITY"] * rounds,
                "amount": pl.Series(money),
                "exclusiveUntil": gaps(closed.dt.offset_by("180d"), place % 8 != 5),
            },
        ),
        "investedBy": write(
            folder,
            "investedBy",
            {
                "source": pl.concat([keys, keys.gather(shared)]),
                "target": pl.concat([pick(vehicles.ids, lead), either(by_firm, others, pick(vehicles.ids, fellow))]),
                "amount": np.concatenate([np.where(with_others, money * 3 // 5, money), money[shared] * 2 // 5]),
            },
        ),
    }
    if new:
        tables["fulfils"] = write(
            folder,
            "fulfils",
            {
                "source": "investmentRound:" + keys.head(new),
                "target": pick(need, answered),
                "amount": pl.Series(money[:new]),
            },
        )
    return tables


def _write_tags(folder: Path, dice: Dice, parties: Parties) -> int:
    """The tags: leaders of chains are the anchors, emerging are some industries and firms, others carry what chance gives them."""
    chance = dice.of("tagged")
    keys = [key for key, _, _ in names.TAGS if key != "lianzhu"]
    count = min(dice.count(126), len(parties.enterprises) * len(keys) // 2)
    pairs = np.unique(chance.integers(0, len(parties.enterprises) * len(keys), count))
    leaders = parties.enterprises[: parties.anchors]
    emerging = [f"industry:{names.SCHEME}:{code}" for code in names.EMERGING]
    return write(
        folder,
        "tagged",
        {
            "source": pl.concat([pick(parties.enterprises, pairs // len(keys)), pl.Series([*leaders, *emerging])]),
            "target": pl.concat(
                [pick(keys, pairs % len(keys)), pl.Series(["lianzhu"] * len(leaders) + ["xinxing"] * len(emerging))]
            ),
        },
    )
