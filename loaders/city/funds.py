"""Who invests in the city: fund managers, funds with their terms, and whose money they have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import OWNERSHIPS, Parties
from loaders.city.sheet import Dice, gaps, numbered, pick, write, yuan
from loaders.city.vehicles import Vehicles

PERIOD = 1_825
"""Days in which a fund invests."""


def write_funds(folder: Path, dice: Dice, parties: Parties, vehicles: Vehicles) -> dict[str, int]:
    """The tables of funds, with the number of rows of each."""
    count = vehicles.count
    begun = dice.days("funds.established", -2_100, -120, count)
    return {
        "fundManagers": _write_managers(folder, dice),
        "funds": _write_funds(folder, dice, vehicles, begun),
        "commitments": _write_commitments(folder, dice, parties, vehicles, begun),
    }


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


def _write_funds(folder: Path, dice: Dice, vehicles: Vehicles, begun: pl.Series) -> int:
    """The funds. Two of three of those older than three years have given money back; the others do not say."""
    chance = dice.of("funds")
    count, size = vehicles.count, vehicles.size
    place = np.arange(count)
    managers = numbered("manager", dice.count(10), 4)
    age = (pl.Series([dice.as_of] * count) - begun).dt.total_days().to_numpy()
    back = np.where(age > 1_100, size * chance.uniform(0.02, 0.3, count), 0)
    is_silent = (age <= 1_100) | (place % 3 == 0)
    return write(
        folder,
        "funds",
        {
            "id": numbered("fund", count, 5),
            "name": [vehicles.name_of(at) for at in range(count)],
            "type": [vehicles.type_of(at) for at in range(count)],
            "manager": pick(managers, place % len(managers)),
            "parent": gaps(pick(vehicles.ids, np.maximum(vehicles.parent, 0)), vehicles.parent < 0),
            "region": [names.CITY_CODE] * count,
            "targetSize": yuan(size / 0.9),
            "establishedOn": gaps(begun, place % 11 == 7),
            "recyclable": gaps(yuan(back * 0.3), is_silent),
            "signedUnpaid": gaps(yuan(size * 0.04), chance.random(count) < 0.6),
            "reserves": gaps(yuan(size * 0.05), chance.random(count) < 0.2),
            "feesPaid": gaps(yuan(size * 0.03), chance.random(count) < 0.2),
            "feesDue": gaps(yuan(size * 0.06), chance.random(count) < 0.2),
            "paidOut": gaps(yuan(back), is_silent),
            "distributed": gaps(yuan(back), is_silent),
            "investmentPeriodEnd": begun.dt.offset_by(f"{PERIOD}d"),
            "ticketMin": gaps(yuan(size * 0.01), vehicles.guides >= 0),
            "ticketMax": yuan(size * 0.15),
            "perCompanyCap": gaps(yuan(size * 0.2), chance.random(count) < 0.4),
        },
    )


def _write_commitments(folder: Path, dice: Dice, parties: Parties, vehicles: Vehicles, begun: pl.Series) -> int:
    """Public money, that of state-owned firms and private money in every fund whose size anybody states.

    The public part of a sub-fund comes through its guidance fund. Of each eighth fund the private investor is in default; of each
    ninth nobody says whose money the second part is, and of each third since when it is committed.
    """
    chance = dice.of("commitments")
    funds = np.flatnonzero(vehicles.stated)
    fund, part = np.repeat(funds, 3), np.tile(np.arange(3), len(funds))
    fiscal = np.where(vehicles.guides[fund] >= 0, 0.75, vehicles.fiscal[fund])
    share = np.where(part == 0, fiscal, np.where(part == 1, (0.9 - fiscal) * 0.45, (0.9 - fiscal) * 0.55))
    owned = [at for at, one in enumerate(parties.ownerships) if OWNERSHIPS[one] == "MUNICIPAL_SOE"]
    firms = np.where(
        part == 1,
        np.array(owned or [0])[fund % max(1, len(owned))],
        chance.integers(0, len(parties.enterprises), len(fund)),
    )
    city = np.array([row[3] for row in names.GUIDANCE])
    guide = np.where(vehicles.guides[fund] >= 0, fund, vehicles.parent[fund])
    above = vehicles.guides[np.maximum(guide, 0)]
    investor = [
        parties.enterprises[firm] if at else vehicles.ids[parent] if parent >= 0 else parties.units[1]
        for at, firm, parent in zip(part.tolist(), firms.tolist(), vehicles.parent[fund].tolist(), strict=True)
    ]
    base = pl.DataFrame(
        {
            "fund": fund,
            "investor": investor,
            "committed": vehicles.size[fund] * share,
            "origin": pick(("GOV", "SOE", "PRIVATE"), part),
            "municipal": np.where((part == 0) & ((guide < 0) | city[above]), "true", "false"),
            "part": part,
        }
    )
    second = np.flatnonzero((vehicles.other >= 0) & vehicles.stated)
    more = pl.DataFrame(
        {
            "fund": second,
            "investor": pick(vehicles.ids, vehicles.other[second]),
            "committed": vehicles.size[second] * 0.1,
            "origin": ["GOV"] * len(second),
            "municipal": np.where(city[np.maximum(vehicles.guides[vehicles.other[second]], 0)], "true", "false"),
            "part": np.zeros(len(second), np.int64),
        }
    )
    rows = pl.concat([base, more.cast({"origin": pl.String, "municipal": pl.String})]).sort("fund", maintain_order=True)
    fund, part, count = rows["fund"].to_numpy(), rows["part"].to_numpy(), rows.height
    committed = rows["committed"].to_numpy()
    return write(
        folder,
        "commitments",
        {
            "id": numbered("commitment", count),
            "fund": pick(numbered("fund", vehicles.count, 5), fund),
            "investor": rows["investor"],
            "committed": yuan(committed),
            "paidIn": gaps(yuan(committed * chance.uniform(0.3, 0.95, count)), (fund % 13 == 6) & (part == 2)),
            "origin": gaps(rows["origin"], (fund % 9 == 2) & (part == 1)),
            "municipal": gaps(rows["municipal"], (part != 0) | (fund % 14 == 4)),
            "inGoodStanding": gaps(["false"] * count, (fund % 8 != 3) | (part != 2)),
            "validFrom": gaps(begun.gather(fund), fund % 3 == 1),
        },
    )
