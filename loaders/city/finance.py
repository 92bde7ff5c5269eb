"""How the city is financed: programmes, products, facilities, loans, guarantees, encumbrances, limits, pools."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, gaps, numbered, pick, write, yuan
from loaders.city.trade import Trade, programmes

PRODUCTS: Final = (
    ("RECEIVABLES_DISCOUNTING", "云贴现"), ("FACTORING", "云保理"),
    ("PAYABLES_FINANCE", "云付通"), ("DEEP_TIER", "云链多级通"),
    ("RECEIVABLES_LOAN", "应收质押贷"),
    ("COMPREHENSIVE_LINE", "综合授信"), ("GUARANTEED_LOAN", "园区担保贷"), ("POOL_BACKED_LOAN", "科技池贷"),
)  # fmt: skip
"""Technique and name; a lender's products are these in turn."""


def write_finance(folder: Path, dice: Dice, parties: Parties, trade: Trade) -> dict[str, int]:
    """The finance tables, with the number of rows of each."""
    rows = {"pools": _write_pools(folder, parties), "anchorProgrammes": _write_programmes(folder, dice, parties)}
    rows["loanProducts"] = _write_products(folder, dice, parties)
    rows["facilities"] = _write_facilities(folder, dice, parties)
    rows["loans"] = _write_loans(folder, dice, parties)
    rows["guarantees"] = _write_guarantees(folder, dice, parties)
    rows["encumbrances"] = _write_encumbrances(folder, dice, parties, trade)
    rows["creditLimits"] = _write_limits(folder, dice, parties)
    return rows


def _write_pools(folder: Path, parties: Parties) -> int:
    frame = pl.DataFrame(
        {
            "id": [f"pool-{place + 1}" for place in range(len(names.POOLS))],
            "name": [pool[0] for pool in names.POOLS],
            "kind": [pool[1] for pool in names.POOLS],
            "operator": [parties.units[place % len(parties.units)] for place in range(1, len(names.POOLS) + 1)],
            "balance": [pool[2] for pool in names.POOLS],
            "multiple": [pool[3] for pool in names.POOLS],
            "coverShare": [pool[4] for pool in names.POOLS],
            "drawBasis": [pool[5] for pool in names.POOLS],
        }
    )
    frame.write_csv(folder / "pools.csv")
    return frame.height


def _write_programmes(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("anchorProgrammes")
    keys = programmes(dice)
    count = len(keys)
    anchors = int((parties.tiers == 0).sum())
    anchor = np.arange(count) % anchors
    return write(
        folder,
        "anchorProgrammes",
        {
            "id": keys,
            "name": pick([f"云链平台{place + 1}" for place in range(count)], np.arange(count)),
            "anchor": pick(parties.enterprises, anchor),
            "funder": pick(parties.lenders, np.arange(count) % 5),
            "limit": gaps(yuan(10 ** chance.normal(8.6, 0.3, count)), chance.random(count) < 0.1),
            "maxTier": gaps(chance.integers(2, 6, count), chance.random(count) < 0.25),
            "voucherMaxDays": np.full(count, 180),
        },
    )


def _write_products(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("loanProducts")
    count = dice.count(60)
    place = np.arange(count)
    technique = place % len(PRODUCTS)
    lender = (place // len(PRODUCTS)) % len(parties.lenders)
    keys = programmes(dice)
    under = (technique == 2) | (technique == 3)
    # A programme's products come from its funder: programme p is funded by lender p mod 5.
    programme = (place // len(PRODUCTS)) % len(keys)
    lender = np.where(under, programme % 5, lender)
    secured = technique < 5
    return write(
        folder,
        "loanProducts",
        {
            "id": numbered("product", count, 5),
            "name": pick([name for _, name in PRODUCTS], technique),
            "lender": pick(parties.lenders, lender),
            "technique": pick([code for code, _ in PRODUCTS], technique),
            "status": pick(("OPEN", "CLOSED"), (chance.random(count) > 0.93).astype(np.int64)),
            "programme": gaps(pick(keys, programme), ~under),
            "pool": gaps(pick([f"pool-{number + 1}" for number in range(3)], place % 3), technique != 7),
            "recourse": gaps(pick(("FULL", "NONE", "FULL"), place % 3), ~secured | (chance.random(count) < 0.15)),
            "withNotice": gaps(pick(("true", "false"), (chance.random(count) > 0.8).astype(np.int64)), technique != 1),
            "advanceRate": gaps(
                pick(("0.7", "0.8", "0.9", "0.95"), chance.integers(0, 4, count)),
                ~secured | (chance.random(count) < 0.06),
            ),
            "minAmount": pick(("50000", "100000"), place % 2),
            "maxAmount": gaps(
                pick(("5000000", "10000000", "30000000", "100000000"), chance.integers(0, 4, count)),
                chance.random(count) < 0.08,
            ),
            "tenorMinDays": np.full(count, 7),
            "tenorMaxDays": pick(("180", "365", "730"), chance.integers(0, 3, count)),
            "processingDays": gaps(
                pick(("3", "5", "10", "20"), chance.integers(0, 4, count)), chance.random(count) < 0.15
            ),
            "overdueMaxDays": gaps(np.full(count, 30), ~secured),
            "annualRate": gaps(
                pick(("0.0365", "0.042", "0.048", "0.055"), chance.integers(0, 4, count)), chance.random(count) < 0.1
            ),
        },
    )


def _write_facilities(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("facilities")
    count = dice.count(150)
    limit = 10 ** chance.normal(6.9, 0.4, count)
    return write(
        folder,
        "facilities",
        {
            "id": numbered("facility", count),
            "lender": pick(parties.lenders, chance.integers(0, len(parties.lenders), count)),
            "borrower": pick(parties.enterprises, chance.integers(0, len(parties.enterprises), count)),
            "technique": pick(("COMPREHENSIVE_LINE",), np.zeros(count, dtype=np.int64)),
            "limit": yuan(limit),
            "drawn": gaps(yuan(limit * chance.uniform(0, 1, count)), chance.random(count) < 0.3),
            "committed": gaps(pick(("true", "false"), chance.integers(0, 2, count)), chance.random(count) < 0.2),
            "revolving": pick(("true", "false"), chance.integers(0, 2, count)),
            "expiresOn": dice.days("facilities", -60, 700, count),
        },
    )


def _write_loans(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("loans")
    count = dice.count(1_500)
    principal = 10 ** chance.normal(6.5, 0.5, count)
    products = dice.count(60)
    pooled = chance.random(count) < 0.08
    return write(
        folder,
        "loans",
        {
            "id": numbered("loan", count),
            "lender": pick(parties.lenders, chance.integers(0, len(parties.lenders), count)),
            "borrower": pick(parties.enterprises, chance.integers(0, len(parties.enterprises), count)),
            "product": gaps(
                pick(numbered("product", products, 5).to_list(), chance.integers(0, products, count)),
                chance.random(count) < 0.5,
            ),
            "pool": gaps(pick([f"pool-{number + 1}" for number in range(3)], chance.integers(0, 3, count)), ~pooled),
            "principal": yuan(principal),
            "outstanding": yuan(principal * chance.uniform(0.1, 1, count)),
            "startOn": dice.days("loans", -700, -20, count),
            "dueOn": dice.days("loans", 10, 900, count),
            "annualRate": pick(("0.0385", "0.0435", "0.05", "0.062"), chance.integers(0, 4, count)),
        },
    )


def _write_guarantees(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("guarantees")
    count = dice.count(1_000)
    loans = dice.count(1_500)
    institution = chance.random(count) < 0.6
    guarantor = np.where(institution, chance.integers(0, len(parties.guarantors), count), 0)
    firm = chance.integers(0, len(parties.enterprises), count)
    offered = chance.random(count) < 0.15
    amount = 10 ** chance.normal(6.2, 0.4, count)
    by_institution = pick(parties.guarantors, guarantor)
    by_firm = pick(parties.enterprises, firm)
    return write(
        folder,
        "guarantees",
        {
            "id": numbered("guarantee", count),
            "guarantor": pl.select(pl.when(pl.lit(pl.Series(institution))).then(by_institution).otherwise(by_firm))[
                :, 0
            ],
            "debtor": pick(parties.enterprises, chance.integers(0, len(parties.enterprises), count)),
            "contract": gaps(pick(numbered("loan:loan", loans).to_list(), chance.integers(0, loans, count)), offered),
            "amount": yuan(amount),
            "outstanding": gaps(yuan(amount * chance.uniform(0.3, 1, count)), offered),
            "coverShare": gaps(pick(("0.5", "0.8", "1"), chance.integers(0, 3, count)), chance.random(count) < 0.1),
        },
    )


def _write_encumbrances(folder: Path, dice: Dice, parties: Parties, trade: Trade) -> int:
    chance = dice.of("encumbrances")
    count = dice.count(300)
    receivables = len(trade.receivable_owner)
    on = chance.integers(0, receivables, count)
    blanket = chance.random(count) < 0.03
    key = pick(numbered("receivable:ar", receivables).to_list(), on)
    return write(
        folder,
        "encumbrances",
        {
            "id": numbered("encumbrance", count),
            "kind": pick(("PLEDGE", "ASSIGNMENT"), chance.integers(0, 2, count)),
            "asset": gaps(key, blanket),
            "grantor": pick(parties.enterprises, trade.receivable_owner[on]),
            "blanket": gaps(pick(("true",), np.zeros(count, dtype=np.int64)), ~blanket),
            "creditor": pick(parties.lenders, chance.integers(0, len(parties.lenders), count)),
            "amount": gaps(
                yuan(trade.receivable_face[on] * chance.uniform(0.1, 0.6, count)),
                blanket | (chance.random(count) < 0.05),
            ),
            "registryNo": numbered("ZD", count),
            "registeredOn": dice.days("encumbrances", -200, -1, count),
            "rank": np.ones(count, dtype=np.int64),
        },
    )


def _write_limits(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("creditLimits")
    count = dice.count(150)
    debtor = chance.random(count) < 0.6
    anchors = max(1, int((parties.tiers <= 1).sum()))
    on = np.where(debtor, chance.integers(0, anchors, count), chance.integers(0, len(parties.enterprises), count))
    return write(
        folder,
        "creditLimits",
        {
            "id": numbered("limit", count),
            "lender": pick(parties.lenders, chance.integers(0, len(parties.lenders), count)),
            "on": pick(parties.enterprises, on),
            "kind": pick(("SINGLE_NAME", "DEBTOR_LIMIT"), debtor.astype(np.int64)),
            "limit": yuan(10 ** chance.normal(7.2, 0.4, count)),
        },
    )
