"""What lenders have out in the city: lines, loans by every technique, syndicates, leases, bridges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city.assets import Assets
from loaders.city.offers import BANKS, Offers
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, either, gaps, numbered, others, pick, write, yuan
from loaders.city.trade import Trade, programmes

LOANS: Final = 1_500
"""Rows at scale 1."""
SECURED, SYNDICATED, BRIDGED, UNDER_LINES = 100, 15, 12, 75
"""So many of the loans, in this order, stand on an assigned receivable, are syndicates', bridge another, are drawn under a line."""
NEVER_LENT: Final = ("DYNAMIC_DISCOUNTING", "LEASE", "BOND", "PPP", "DEBT_EQUITY_SWAP", "SYNDICATED")
"""Techniques of products that bring no loan to a firm."""
UNNAMED: Final = (
    "COMPREHENSIVE_LINE",
    "MORTGAGE_LOAN",
    "GUARANTEED_LOAN",
    "RECEIVABLES_LOAN",
    "INVENTORY_LOAN",
    "PROJECT_LOAN",
)
"""Techniques of loans whose product the city's sources do not name."""
LINES: Final = ("COMPREHENSIVE_LINE", "FACTORING", "DEEP_TIER", "DISTRIBUTOR_FINANCE", "PRE_SHIPMENT", "BILL_DISCOUNT")
MODELS: Final = ("DIRECT", "SALE_AND_LEASEBACK", "VENDOR", "SUBLEASE", "ENTRUSTED")


@dataclass(frozen=True)
class Loans:
    """The loans by place: who borrowed (place of the enterprise), who lent (null: a syndicate), what stands on which receivable.

    The first loans stand on `assigned`, places of receivables. `plain` those that one bank lent by itself.
    """

    borrowers: np.ndarray
    lenders: pl.Series
    assigned: np.ndarray
    plain: np.ndarray

    def ids(self) -> list[str]:
        """The ids of the loans."""
        return numbered("loan:loan", len(self.borrowers)).to_list()


def write_credit(
    folder: Path, dice: Dice, parties: Parties, trade: Trade, assets: Assets, offers: Offers
) -> tuple[Loans, dict[str, int]]:
    """What is out, and the number of rows of each table."""
    lines, rows = _write_facilities(folder, dice, parties, offers)
    loans, more = _write_loans(folder, dice, parties, trade, offers, lines)
    return loans, rows | more | {"leases": _write_leases(folder, dice, parties, assets)}


@dataclass(frozen=True)
class _Lines:
    borrowers: np.ndarray
    lenders: pl.Series


def _write_facilities(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> tuple[_Lines, dict[str, int]]:
    chance = dice.of("facilities")
    count = dice.count(150)
    limit = 10 ** chance.normal(6.9, 0.4, count)
    borrower = chance.integers(0, len(parties.enterprises), count)
    under = offers.of(*LINES)
    product = under[chance.integers(0, len(under), count)]
    named = chance.random(count) < 0.5
    lender = either(named, pick(offers.lenders, product), drawn(chance, parties.lenders, count))
    committed = drawn(chance, ("true", "false"), count, missing=0.2)
    revolving = drawn(chance, ("true", "false"), count, missing=0.1)
    rows = write(
        folder,
        "facilities",
        {
            "id": numbered("facility", count),
            "lender": lender,
            "borrower": pick(parties.enterprises, borrower),
            "product": gaps(pick(offers.products, product), ~named),
            "technique": either(named, pick(offers.techniques().tolist(), product), pl.Series(["COMPREHENSIVE_LINE"] * count)),
            "limit": yuan(limit),
            "drawn": gaps(yuan(limit * chance.uniform(0, 1, count)), chance.random(count) < 0.3),
            "margin": gaps(yuan(limit * 0.1), chance.random(count) < 0.75),
            "committed": committed,
            "revolving": revolving,
            "rollEvery": drawn(chance, ("90", "180"), count, missing=0.6),
            "expiresOn": dice.days("facilities", -60, 700, count),
            "annualRate": drawn(chance, ("0.0395", "0.0445"), count, missing=0.5),
        },
    )  # fmt: skip
    return _Lines(borrower, lender), {"facilities": rows}


def _write_loans(
    folder: Path, dice: Dice, parties: Parties, trade: Trade, offers: Offers, lines: _Lines
) -> tuple[Loans, dict[str, int]]:
    chance = dice.of("loans")
    count = dice.count(LOANS)
    place = np.arange(count)
    parts = np.cumsum(
        [min(dice.count(part), max(1, count // 5)) for part in (SECURED, SYNDICATED, BRIDGED, UNDER_LINES)]
    )
    group = np.searchsorted(parts, place, side="right")
    secured, syndicated, bridged, drawn_under = (group == which for which in range(4))
    assigned = chance.integers(0, len(trade.receivable_owner), int(secured.sum()))
    line = chance.integers(0, len(lines.borrowers), count)
    borrower = chance.integers(0, len(parties.enterprises), count)
    borrower[secured] = trade.receivable_owner[assigned]
    borrower = np.where(drawn_under, lines.borrowers[line], borrower)

    product, named = _products(chance, offers, secured, syndicated, bridged | drawn_under)
    chained = named & (offers.programmes[product] >= 0)
    # What is lent along a chain is small, what a syndicate lends is large.
    principal = 10 ** chance.normal(6.5, 0.5, count) * np.where(syndicated, 12, np.where(chained, 0.25, 1))
    outstanding = principal * chance.uniform(0.1, 1, count)
    by_itself = drawn(chance, parties.lenders, count)
    lender = either(named, pick(offers.lenders, product), by_itself)
    lender = either(drawn_under, pick(lines.lenders, line), lender)
    lender = either(bridged, pl.Series(["pool:pool-4"] * count), gaps(lender, syndicated))
    technique = gaps(drawn(chance, UNNAMED, count, missing=0.3), named | drawn_under)
    technique = either(bridged, pl.Series(["BRIDGE"] * count), technique)
    programme = gaps(pick(programmes(dice), offers.programmes[product].clip(0)), ~chained)
    pooled = (chance.random(count) < 0.08) & (group == 4)
    rows = write(
        folder,
        "loans",
        {
            "id": numbered("loan", count),
            "lender": lender,
            "borrower": pick(parties.enterprises, borrower),
            "facility": gaps(pick(numbered("facility", len(lines.borrowers)), line), ~drawn_under),
            "product": gaps(pick(offers.products, product), ~named),
            "programme": programme,
            "pool": gaps(drawn(chance, ("pool-1", "pool-2", "pool-3"), count), ~pooled),
            "technique": either(syndicated, pl.Series(["SYNDICATED"] * count), technique),
            "principal": yuan(principal),
            "outstanding": gaps(yuan(outstanding), chance.random(count) < 0.05),
            "startOn": dice.days("loans", -700, -20, count),
            "dueOn": dice.days("loans", 10, 900, count),
            "renewalCommitted": drawn(chance, ("true", "false"), count, missing=0.5, shares=(0.7, 0.3)),
            "annualRate": drawn(chance, ("0.0385", "0.0435", "0.05", "0.062"), count, missing=0.05),
        },
    )  # fmt: skip
    loans = Loans(borrower, lender, assigned, place[group == 4] if (group == 4).any() else place[-1:])
    lent = _write_lent_by(folder, dice, parties, np.flatnonzero(syndicated))
    return loans, {"loans": rows, "lentBy": lent}


def _products(
    chance: np.random.Generator, offers: Offers, secured: np.ndarray, syndicated: np.ndarray, unnamed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The product of each loan, and whether its source names it."""
    count = len(secured)
    lending = np.flatnonzero(~np.isin(offers.techniques(), NEVER_LENT))
    product = lending[chance.integers(0, len(lending), count)]
    claims = offers.of("FACTORING", "RECEIVABLES_LOAN", "RECEIVABLES_DISCOUNTING")
    product = np.where(secured, claims[chance.integers(0, len(claims), count)], product)
    named = secured | (chance.random(count) < 0.6)
    return product, named & ~syndicated & ~unnamed


def _write_lent_by(folder: Path, dice: Dice, parties: Parties, loans: np.ndarray) -> int:
    """Three banks for each syndicated loan: who leads, who keeps the accounts, who takes part."""
    chance = dice.of("lentBy")
    first = chance.integers(0, len(BANKS), len(loans))
    part = np.tile(np.arange(3), len(loans))
    bank = (np.repeat(first, 3) + part * 2) % len(BANKS)
    return write(
        folder,
        "lentBy",
        {
            "source": pick(numbered("loan", int(loans.max()) + 1), np.repeat(loans, 3)),
            "target": pick(parties.lenders, bank),
            "share": gaps(pick(("0.4", "0.35", "0.25"), part), np.repeat(chance.random(len(loans)) < 0.1, 3)),
            "role": pick(("LEAD", "AGENT", "MEMBER"), part),
        },
    )


def _write_leases(folder: Path, dice: Dice, parties: Parties, assets: Assets) -> int:
    """Leases by each model in turn; what is leased is recorded where it is a machine that the lessee sold to the lessor."""
    chance = dice.of("leases")
    count = dice.count(40)
    model = np.arange(count) % len(MODELS)
    machine = chance.integers(0, len(assets.ids("equipments")), count)
    back = model == 1
    lessee = np.where(back, assets.owners["equipments"][machine], chance.integers(0, len(parties.enterprises), count))
    vendor = others(chance, lessee, len(parties.enterprises))
    price = 10 ** chance.normal(6.3, 0.4, count)
    return write(
        folder,
        "leases",
        {
            "id": numbered("lease", count),
            "lessor": drawn(chance, parties.lessors, count),
            "lessee": pick(parties.enterprises, lessee),
            "vendor": gaps(pick(parties.enterprises, vendor), (model != 2) & (chance.random(count) < 0.5)),
            "asset": gaps(pick(assets.ids("equipments"), machine), ~back),
            "model": pick(MODELS, model),
            "price": yuan(price),
            "downPayment": gaps(drawn(chance, ("0.1", "0.2"), count, missing=0.1), back),
            "outstanding": gaps(yuan(price * chance.uniform(0.1, 0.8, count)), chance.random(count) < 0.1),
            "dueOn": dice.days("leases", 60, 1_500, count),
        },
    )
