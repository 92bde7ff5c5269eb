"""How the city trades: supply links down to tier 5 with hubs, and the receivables and vouchers that trade leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, gaps, numbered, pick, write, yuan

HUB_SHARE: Final = 0.09
"""Part of all enterprises that supply the largest anchor directly."""

ASSETS: Final = {"receivables": 4_900, "vouchers": 800}
"""Rows at scale 1; with the other assets 8,000 in all."""


@dataclass(frozen=True)
class Trade:
    """What finance refers to: the links by place of seller and buyer, and the owners and faces of receivables by place."""

    sellers: np.ndarray
    buyers: np.ndarray
    receivable_owner: np.ndarray
    receivable_face: np.ndarray


def write_trade(folder: Path, dice: Dice, parties: Parties, links: int | None) -> tuple[Trade, dict[str, int]]:
    """The supply links and assets, and the number of rows of each table. `links` overrides how many supply links there are."""
    chance = dice.of("supplies")
    count = min(links or dice.count(5_000), _most_links(len(parties.enterprises)))
    sellers, buyers, goods = _pairs(chance, parties.tiers, count)
    annual = 10 ** chance.normal(6.3, 0.6, count)
    term = chance.choice([0, 30, 45, 60, 90, 120, 180], size=count, p=[0.03, 0.2, 0.12, 0.25, 0.25, 0.1, 0.05])
    ids = parties.enterprises
    rows = {
        "supplies": write(
            folder,
            "supplies",
            {
                "source": pick(ids, sellers),
                "target": pick(ids, buyers),
                "product": pick([f"goods-{place + 1:02d}" for place in range(len(names.GOODS))], goods),
                "annualAmount": gaps(yuan(annual), chance.random(count) < 0.03),
                "paymentTermDays": gaps(term, chance.random(count) < 0.08),
                "dilution": gaps(
                    pick(("0", "0.01", "0.02", "0.05"), chance.integers(0, 4, count)), chance.random(count) < 0.2
                ),
                "shareOfSupplierRevenue": gaps(_shares(chance, count), chance.random(count) < 0.5),
                "basis": pick(("DISCLOSED", "REVERSE", "ESTIMATED"), chance.choice(3, size=count, p=[0.6, 0.25, 0.15])),
            },
        )
    }
    owner_link = dice.of("receivables").integers(0, count, dice.count(ASSETS["receivables"]))
    receivable_face = _write_receivables(
        folder, dice, ids, sellers[owner_link], buyers[owner_link], annual[owner_link], rows
    )
    rows["vouchers"] = _write_vouchers(folder, dice, parties, sellers)
    rows["controls"] = _write_controls(folder, dice, parties, sellers, buyers)
    return Trade(sellers, buyers, sellers[owner_link], receivable_face), rows


def _most_links(enterprises: int) -> int:
    return max(1, enterprises * (enterprises - 1) // 2)


def _pairs(chance: np.random.Generator, tiers: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct (seller, buyer) pairs: the hub's, then one upward link for each supplier, then chance ones, most of them upward."""
    size = len(tiers)
    starts = np.searchsorted(tiers, np.arange(7))
    suppliers = np.arange(starts[1], size)
    hub = suppliers[: max(1, round(size * HUB_SHARE))]
    sellers = [hub, suppliers]
    buyers = [np.zeros(len(hub), dtype=np.int64), _above(chance, tiers[suppliers], starts)]
    missing = count
    while missing > 0:
        extra = chance.integers(0, size, missing + missing // 4 + 16)
        upward = (chance.random(len(extra)) < 0.85) & (tiers[extra] > 0)
        sellers.append(extra)
        buyers.append(
            np.where(upward, _above(chance, np.maximum(tiers[extra], 1), starts), chance.integers(0, size, len(extra)))
        )
        pairs = np.concatenate(sellers) * size + np.concatenate(buyers)
        distinct, first = np.unique(pairs, return_index=True)
        proper = distinct // size != distinct % size
        missing = count - int(proper.sum())
    kept = np.sort(first[proper])[:count]
    pairs = pairs[kept]
    return pairs // size, pairs % size, chance.integers(0, len(names.GOODS), count)


def _above(chance: np.random.Generator, tiers: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """A buyer one tier up for each, the first of a tier more often than the last; never the hub, if there is another."""
    low = np.maximum(starts[tiers - 1], 1) if starts[1] > 1 else starts[tiers - 1]
    high = np.maximum(starts[tiers], low + 1)
    skewed = chance.random(len(tiers)) ** 1.3
    return np.asarray(low + skewed * (high - low)).astype(np.int64)


def _shares(chance: np.random.Generator, count: int) -> pl.Series:
    return pl.Series(np.char.add("0.", np.char.zfill(chance.integers(1, 90, count).astype(str), 2)))


def _write_receivables(
    folder: Path,
    dice: Dice,
    ids: list[str],
    owner: np.ndarray,
    obligor: np.ndarray,
    annual: np.ndarray,
    rows: dict[str, int],
) -> np.ndarray:
    chance = dice.of("receivables")
    count = len(owner)
    face = np.maximum(annual * chance.uniform(0.05, 0.3, count), 1_000)
    paid = np.where(chance.random(count) < 0.25, face * chance.uniform(0.1, 0.7, count), 0)
    number = numbered("ar", count)
    rows["receivables"] = write(
        folder,
        "receivables",
        {
            "id": number,
            "owner": pick(ids, owner),
            "obligor": pick(ids, obligor),
            "face": yuan(face),
            "paid": gaps(yuan(paid), paid == 0),
            "disputed": gaps(yuan(face * 0.1), chance.random(count) > 0.04),
            "dilution": gaps(
                pick(("0", "0.01", "0.02", "0.05"), chance.integers(0, 4, count)), chance.random(count) < 0.15
            ),
            "issuedOn": dice.days("receivables", -150, 0, count),
            "dueOn": dice.days("receivables", 5, 180, count),
            "confirmed": gaps(pick(("false", "true"), chance.integers(0, 2, count)), chance.random(count) < 0.3),
            **_assignment(dice, count),
            "contractNo": gaps(number.str.replace("ar", "HT"), chance.random(count) < 0.1),
            "invoiceNo": gaps(number.str.replace("ar", "FP"), chance.random(count) < 0.1),
            "deliveryNo": gaps(number.str.replace("ar", "SH"), chance.random(count) < 0.2),
        },
    )
    return np.asarray(face)


def _assignment(dice: Dice, count: int) -> dict[str, object]:
    """Whether a claim may be assigned, and whether its debtor has been told: stated for most."""
    chance = dice.of("receivables.assignment")
    return {
        "assignable": drawn(chance, ("true", "false"), count, missing=0.15, shares=(0.95, 0.05)),
        "notified": drawn(chance, ("true", "false"), count, missing=0.25, shares=(0.8, 0.2)),
    }


def _write_vouchers(folder: Path, dice: Dice, parties: Parties, sellers: np.ndarray) -> int:
    chance = dice.of("vouchers")
    count = dice.count(ASSETS["vouchers"])
    roots = max(1, count * 5 // 8)
    owner = sellers[chance.integers(0, len(sellers), count)]
    root_face = np.maximum(10 ** chance.normal(6, 0.4, roots), 10_000)
    parent = np.concatenate([np.full(roots, -1), np.arange(count - roots) % roots])
    face = np.where(
        parent < 0, root_face[np.arange(count) % roots], root_face[parent.clip(0)] * chance.uniform(0.1, 0.6, count)
    )
    due = dice.days("vouchers", 15, 150, roots)
    issued, missing = dice.days("vouchers", -45, 0, roots), chance.random(roots) < 0.06
    root = np.where(parent < 0, np.arange(count) % roots, parent.clip(0)).astype(np.uint32)
    number = numbered("vc", count)
    return write(
        folder,
        "vouchers",
        {
            "id": number,
            "owner": pick(parties.enterprises, owner),
            "programme": pick(programmes(dice), np.where(parent < 0, np.arange(count), parent) % len(programmes(dice))),
            "parent": gaps(pick(number, parent.clip(0)), parent < 0),
            "face": yuan(face),
            "issuedOn": gaps(issued.gather(root), missing[root]),
            "dueOn": due.gather(root),
            "registryNo": number.str.replace("vc", "DJ"),
        },
    )


def _write_controls(folder: Path, dice: Dice, parties: Parties, sellers: np.ndarray, buyers: np.ndarray) -> int:
    """Suppliers in which an anchor holds shares: what they sell it is trade between related parties, if it holds most of them."""
    chance = dice.of("controls")
    own = np.flatnonzero((buyers > 0) & (buyers < parties.anchors) & (sellers >= parties.anchors))
    own = own if len(own) else np.arange(1)
    _, first = np.unique(sellers[own], return_index=True)
    chosen = own[first[chance.permutation(len(first))[: dice.count(15)]]]
    return write(
        folder,
        "controls",
        {
            "source": pick(parties.enterprises, buyers[chosen]),
            "target": pick(parties.enterprises, sellers[chosen]),
            "share": drawn(chance, ("0.25", "0.51", "0.7", "1"), len(chosen), missing=0.1),
        },
    )


def programmes(dice: Dice) -> list[str]:
    """The keys of the anchors' programmes."""
    return [f"programme-{place + 1:05d}" for place in range(dice.count(12))]
