"""What backs and what bounds the city's credit: guarantees, insurance, encumbrances, limits, joint credit, promises to buy back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.assets import Assets
from loaders.city.credit import Loans
from loaders.city.offers import Offers
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, either, gaps, numbered, others, pick, write, yuan
from loaders.city.trade import Trade, programmes

CHARGED: Final = (
    "warehouseReceipts",
    "ipRights",
    "revenueRights",
    "deposits",
    "fxDocuments",
    "equipments",
    "buildings",
    "landUseRights",
)
"""Tables of assets that are pledged or mortgaged beside receivables."""


def write_security(
    folder: Path, dice: Dice, parties: Parties, trade: Trade, assets: Assets, offers: Offers, loans: Loans
) -> dict[str, int]:
    """The tables of what backs and bounds credit, with the number of rows of each."""
    return {
        "guarantees": _write_guarantees(folder, dice, parties, loans),
        "insurancePolicies": _write_policies(folder, dice, parties, offers, loans),
        "encumbrances": _write_encumbrances(folder, dice, parties, trade, assets, loans),
        "creditLimits": _write_limits(folder, dice, parties, offers),
        "buyBacks": _write_buy_backs(folder, dice, parties, trade),
        **_write_joint_credits(folder, dice, parties),
    }


def _write_guarantees(folder: Path, dice: Dice, parties: Parties, loans: Loans) -> int:
    """Guarantees of loans; one of seven is an offer to a firm that no loan stands behind yet."""
    chance = dice.of("guarantees")
    count, firms = dice.count(1_000), len(parties.enterprises)
    institution, offered = chance.random(count) < 0.6, chance.random(count) < 0.15
    loan = chance.integers(0, len(loans.borrowers), count)
    debtor = np.where(offered, chance.integers(0, firms, count), loans.borrowers[loan])
    other = others(chance, debtor, firms)
    amount = 10 ** chance.normal(6.2, 0.4, count)
    return write(
        folder,
        "guarantees",
        {
            "id": numbered("guarantee", count),
            "guarantor": either(institution, drawn(chance, parties.guarantors, count), pick(parties.enterprises, other)),
            "debtor": pick(parties.enterprises, debtor),
            "contract": gaps(pick(loans.ids(), loan), offered),
            "creditor": gaps(drawn(chance, parties.lenders[:8], count), ~offered | (chance.random(count) < 0.7)),
            "amount": yuan(amount),
            "outstanding": gaps(yuan(amount * chance.uniform(0.3, 1, count)), offered),
            "coverShare": drawn(chance, ("0.5", "0.8", "1"), count, missing=0.1),
            "feeRate": gaps(drawn(chance, ("0.008", "0.012", "0.02"), count, missing=0.2), ~institution),
            "feePayer": drawn(chance, ("BORROWER", "OTHER"), count, missing=0.7, shares=(0.9, 0.1)),
            "processingDays": gaps(drawn(chance, ("3", "7"), count, missing=0.3), ~offered),
        },
    )  # fmt: skip


def _write_policies(folder: Path, dice: Dice, parties: Parties, offers: Offers, loans: Loans) -> int:
    """Insurance of loans; half of it is on offer for a firm's debt to a lender that takes it."""
    chance = dice.of("insurancePolicies")
    count = dice.count(60)
    offered = np.arange(count) % 2 == 0
    loan = loans.plain[chance.integers(0, len(loans.plain), count)]
    insured = offers.of("INSURED_LOAN", "COMPREHENSIVE_LINE")
    product = insured[chance.integers(0, len(insured), count)]
    debtor = np.where(offered, chance.integers(0, len(parties.enterprises), count), loans.borrowers[loan])
    limit = 10 ** chance.normal(6, 0.3, count)
    return write(
        folder,
        "insurancePolicies",
        {
            "id": numbered("policy", count),
            "insurer": drawn(chance, parties.insurers, count),
            "insured": either(offered, pick(offers.lenders, product), pick(loans.lenders, loan)),
            "debtor": pick(parties.enterprises, debtor),
            "contract": gaps(pick(loans.ids(), loan), offered),
            "limit": yuan(limit),
            "outstanding": gaps(yuan(limit * chance.uniform(0.4, 1, count)), offered | (chance.random(count) < 0.1)),
            "deductible": drawn(chance, ("0.1", "0.2", "0.3"), count, missing=0.15),
            "premium": gaps(yuan(limit * 0.02), chance.random(count) < 0.4),
        },
    )  # fmt: skip


def _write_encumbrances(folder: Path, dice: Dice, parties: Parties, trade: Trade, assets: Assets, loans: Loans) -> int:
    """Assignments that secure loans, then pledges of receivables, then charges on other assets; one of forty encumbers all."""
    chance = dice.of("encumbrances")
    count = dice.count(300)
    place = np.arange(count)
    secures = place < min(len(loans.assigned), count // 2)
    other = place >= count * 3 // 4
    on = chance.integers(0, len(trade.receivable_owner), count)
    on[secures] = loans.assigned[: int(secures.sum())]
    things = [(table, at) for table in CHARGED for at in range(0, len(assets.owners[table]), 3)]
    tables = [table for table, _ in things]
    chosen = chance.integers(0, len(things), count)
    ids = {table: assets.ids(table) for table in CHARGED}
    thing_ids = [ids[table][at] for table, at in things]
    thing_owner = np.array([int(assets.owners[table][at]) for table, at in things])
    thing_value = np.array([float(assets.values[table][at]) for table, at in things])
    value = np.where(other, thing_value[chosen], trade.receivable_face[on])
    owner = np.where(other, thing_owner[chosen], trade.receivable_owner[on])
    blanket = (chance.random(count) < 0.025) & ~secures
    asset = either(other, pick(thing_ids, chosen), pick(numbered("receivable:ar", len(trade.receivable_owner)), on))
    mortgaged = np.isin(np.array(tables)[chosen], ["equipments", "buildings", "landUseRights"])
    kind = np.where(other, np.where(mortgaged, 2, 0), np.where(secures, 1, chance.integers(0, 2, count)))
    loan = np.minimum(place, len(loans.borrowers) - 1)
    unregistered = chance.random(count) < 0.12
    share = np.where(secures, chance.uniform(0.1, 0.5, count), chance.uniform(0.1, 0.6, count))
    return write(
        folder,
        "encumbrances",
        {
            "id": numbered("encumbrance", count),
            "kind": pick(("PLEDGE", "ASSIGNMENT", "MORTGAGE"), kind),
            "asset": gaps(asset, blanket),
            "grantor": pick(parties.enterprises, owner),
            "blanket": gaps(pl.Series(["true"] * count), ~blanket),
            "creditor": either(secures, pick(loans.lenders, loan), drawn(chance, parties.lenders, count)),
            "secures": gaps(pick(loans.ids(), loan), ~secures),
            "amount": gaps(yuan(value * share), blanket | (chance.random(count) < 0.05)),
            "registryNo": gaps(numbered("ZD", count), unregistered),
            "registeredOn": gaps(dice.days("encumbrances", -200, -1, count), unregistered),
            "rank": np.ones(count, dtype=np.int64),
        },
    )  # fmt: skip


def _write_limits(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> int:
    """Lenders' own limits: on buyers, a part of them for one product, on names, on groups; and a few on industries."""
    chance = dice.of("creditLimits")
    count, sectors = dice.count(125), 6
    factoring = offers.of("FACTORING")
    kind = chance.choice(3, size=count, p=[0.6, 0.34, 0.06])
    anchors = max(1, int((parties.tiers <= 1).sum()))
    firm = np.where(kind == 0, chance.integers(0, anchors, count), chance.integers(0, len(parties.enterprises), count))
    group = pick([f"group:{key}" for key in parties.groups], chance.integers(0, len(parties.groups), count))
    under = (kind == 0) & (chance.random(count) < 0.25)
    product = factoring[chance.integers(0, len(factoring), count)]
    industry = [f"industry:{names.SCHEME}:{code}" for code, _, parent in names.INDUSTRIES if parent is not None]
    return write(
        folder,
        "creditLimits",
        {
            "id": numbered("limit", count + sectors),
            "lender": pl.concat([
                either(under, pick(offers.lenders, product), drawn(chance, parties.lenders, count)), pl.Series(parties.lenders[:sectors]),
            ]),
            "on": pl.concat([
                either(kind == 2, group, pick(parties.enterprises, firm)), pl.Series(industry[:sectors]),
            ]),
            "kind": pick(("DEBTOR_LIMIT", "SINGLE_NAME", "GROUP", "SECTOR_LIMIT"), np.concatenate([kind, np.full(sectors, 3)])),
            "product": gaps(
                pick(offers.products, np.concatenate([product, np.zeros(sectors, np.int64)])), ~np.append(under, [False] * sectors)
            ),
            "limit": yuan(np.concatenate([
                10 ** chance.normal(7.2, 0.4, count), np.full(sectors, 800_000_000 * max(1.0, dice.scale)),
            ])),
            "drawBasis": drawn(chance, ("FUNDED", "FACE"), count + sectors, missing=0.5, shares=(0.8, 0.2)),
            "netOfMargin": drawn(chance, ("true", "false"), count + sectors, missing=0.6),
        },
    )  # fmt: skip


def _write_buy_backs(folder: Path, dice: Dice, parties: Parties, trade: Trade) -> int:
    """Anchors' promises to firms that buy from them, first those of the programmes that have a product for it."""
    chance = dice.of("buyBacks")
    count, known = dice.count(20), len(programmes(dice))
    sold = np.flatnonzero(trade.sellers < min(known, parties.anchors))
    sold = sold[np.argsort(trade.sellers[sold] % 12, kind="stable")][:count]
    anchor, distributor = trade.sellers[sold], trade.buyers[sold]
    if not len(sold):
        anchor, distributor = np.zeros(1, np.int64), np.full(1, len(parties.enterprises) - 1)
    rows = len(anchor)
    return write(
        folder,
        "buyBacks",
        {
            "id": numbered("buyback", rows),
            "programme": pick(programmes(dice), anchor),
            "distributor": pick(parties.enterprises, distributor),
            "limit": gaps(yuan(10 ** chance.normal(6.6, 0.3, rows)), chance.random(rows) < 0.15),
            "expiresOn": gaps(dice.days("buyBacks", -30, 500, rows), chance.random(rows) < 0.15),
        },
    )


def _write_joint_credits(folder: Path, dice: Dice, parties: Parties) -> dict[str, int]:
    """Three banks that have agreed how much they lend together to a group, or to an anchor."""
    chance = dice.of("jointCredits")
    count = dice.count(4)
    keys = numbered("joint", count)
    group = np.arange(count) % 2 == 0
    on_group = pick([f"group:{key}" for key in parties.groups], chance.integers(0, len(parties.groups), count))
    on_firm = pick(parties.enterprises, chance.integers(0, parties.anchors, count))
    banks = (np.repeat(chance.integers(0, 6, count), 3) + np.tile(np.arange(3), count)) % 8
    return {
        "jointCredits": write(
            folder,
            "jointCredits",
            {
                "id": keys,
                "on": either(group, on_group, on_firm),
                "limit": gaps(yuan(10 ** chance.normal(7.8, 0.3, count)), chance.random(count) < 0.1),
            },
        ),
        "memberOf": write(
            folder,
            "memberOf",
            {
                "source": pick(parties.lenders, banks),
                "target": pick([f"jointCredit:{key}" for key in keys], np.repeat(np.arange(count), 3)),
            },
        ),
    }
