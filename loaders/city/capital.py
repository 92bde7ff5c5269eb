"""The city's capital market: bonds and what they fund, syndicates to be, linkage of funds and banks, swaps, partnerships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from loaders.city.offers import Offers
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, either, gaps, numbered, pick, write, yuan
from loaders.city.vehicles import Vehicles

OWN_BONDS = ("GREEN_ENTERPRISE", "GREEN_COMPANY", "PLAIN")


def write_capital(folder: Path, dice: Dice, parties: Parties, offers: Offers, vehicles: Vehicles) -> dict[str, int]:
    """The tables of the capital market, with the number of rows of each."""
    return {
        **_write_bonds(folder, dice, parties, offers),
        "participation": _write_participation(folder, dice, parties, offers),
        "linkedWith": _write_linkage(folder, dice, offers, vehicles),
        "swaps": _write_swaps(folder, dice, parties),
        **_write_partnerships(folder, dice, parties, vehicles),
    }


def _write_bonds(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> dict[str, int]:
    """Bonds of firms, a third of them placed in part; and bonds by which banks fund their products."""
    chance = dice.of("bondIssues")
    count, of_banks = dice.count(16), dice.count(4)
    rows = count + of_banks
    place = np.arange(rows)
    funded = offers.of("COMPREHENSIVE_LINE", "PROJECT_LOAN", "GUARANTEED_LOAN")
    product = funded[np.arange(of_banks) % len(funded)]
    of_bank = place >= count
    banks = [offers.lenders[at] for at in product]
    policy_bank = np.array([lender == parties.lenders[7] for lender in banks])
    issuers = max(1, int((parties.tiers <= 1).sum()))
    firms = [parties.enterprises[at] for at in chance.integers(0, issuers, count)]
    approved = 10 ** chance.normal(8.2, 0.3, rows)
    issued = np.where(of_bank, 1.0, np.array([0.0, 0.6, 0.0])[place % 3]) * approved
    own = pick(OWN_BONDS, place % 3)
    lenders = pick(
        ("GREEN_FINANCIAL", "POLICY_BANK"), np.append(np.zeros(count, np.int64), policy_bank.astype(np.int64))
    )
    until = dice.days("bondIssues", -40, 600, rows)
    return {
        "bondIssues": write(
            folder,
            "bondIssues",
            {
                "id": numbered("bond", rows),
                "issuer": [*firms, *banks],
                "type": gaps(either(of_bank, lenders, own), ~of_bank & (chance.random(rows) < 0.06)),
                "approved": yuan(approved),
                "issued": gaps(
                    pl.Series((issued // 100 * 100).astype(np.int64)), (issued == 0) & (chance.random(rows) < 0.2)
                ),
                "approvalUntil": gaps(until, ~of_bank & (place % 6 == 2)),
                "underwriter": gaps(drawn(chance, [*parties.lenders[:5], *parties.brokers], rows), of_bank),
                "dueOn": gaps(dice.days("bondIssues", 400, 2_500, rows), issued == 0),
            },
        ),
        "funding": write(
            folder,
            "funding",
            {
                "source": numbered("bond", rows).tail(of_banks),
                "target": pick(offers.products, product),
                "raises": gaps(yuan(10 ** chance.normal(6.8, 0.2, of_banks)), chance.random(of_banks) < 0.3),
            },
        ),
    }


def _write_participation(folder: Path, dice: Dice, parties: Parties, offers: Offers) -> int:
    """The banks that would take part in every other syndicated product: those beside who offers it."""
    chance = dice.of("participation")
    products = offers.of("SYNDICATED")[::2]
    bank = (np.repeat(np.arange(len(products)), 3) + np.tile(np.arange(3), len(products))) % 5
    names_ = pick(parties.lenders, bank)
    leads = np.repeat(chance.random(len(products)) < 0.3, 3) & (np.tile(np.arange(3), len(products)) == 0)
    frame = pl.DataFrame(
        {
            "source": names_,
            "target": pick(offers.products, np.repeat(products, 3)),
            "role": pick(("MEMBER", "LEAD"), leads.astype(np.int64)),
            "limit": gaps(yuan(10 ** chance.normal(7.8, 0.2, len(bank))), chance.random(len(bank)) < 0.5),
            "lender": pick(offers.lenders, np.repeat(products, 3)),
        }
    )
    return write(folder, "participation", frame.filter(pl.col("source") != pl.col("lender")).drop("lender").to_dict())


def _write_linkage(folder: Path, dice: Dice, offers: Offers, vehicles: Vehicles) -> int:
    """Funds that a bank follows with loans: two of three funds, the bank one that has such a product."""
    chance = dice.of("linkedWith")
    banks = [offers.lenders[at] for at in offers.of("INVEST_LOAN_LINKAGE")]
    linked = np.flatnonzero(np.arange(vehicles.count) % 3 != 2)
    per_yuan = drawn(chance, ("0.5", "1", "1.5", "2"), len(linked), missing=0.15)
    return write(
        folder,
        "linkedWith",
        {
            "source": pick(vehicles.ids, linked),
            "target": drawn(chance, banks, len(linked)),
            "perYuan": per_yuan,
            "ratio": "1:" + per_yuan,
            "purpose": ["投贷联动"] * len(linked),
        },
    )


def _write_swaps(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("swaps")
    count = dice.count(8)
    return write(
        folder,
        "swaps",
        {
            "id": numbered("swap", count),
            "creditor": drawn(chance, parties.lenders[:5], count),
            "debtor": drawn(chance, parties.enterprises, count),
            "debt": gaps(yuan(10 ** chance.normal(7, 0.3, count)), chance.random(count) < 0.1),
            "equityShare": drawn(chance, ("0.08", "0.15", "0.22"), count, missing=0.2),
            "pricing": drawn(chance, ("经审计净资产", "评估值"), count, missing=0.2),
        },
    )


def _write_partnerships(folder: Path, dice: Dice, parties: Parties, vehicles: Vehicles) -> dict[str, int]:
    """Partnerships: of each third one the debt is promised, of each third one the equity, of the others nothing yet or all."""
    chance = dice.of("pppContracts")
    count = dice.count(9)
    place = np.arange(count)
    equity, debt = 10 ** chance.normal(7.4, 0.3, count), 10 ** chance.normal(7.9, 0.3, count)
    keys = numbered("ppp", count)
    contracts = write(
        folder,
        "pppContracts",
        {
            "id": keys,
            "sponsor": drawn(chance, parties.units, count),
            "vehicle": drawn(chance, parties.enterprises, count),
            "equityPart": gaps(yuan(equity), place % 9 == 4),
            "debtPart": gaps(yuan(debt), place % 9 == 5),
            "termYears": drawn(chance, ("10", "15", "20"), count, missing=0.1),
        },
    )
    with_debt, with_equity = place[place % 3 != 1], place[place % 3 != 2]
    part = np.concatenate([with_debt, with_equity])
    is_debt = np.arange(len(part)) < len(with_debt)
    whole = np.where(is_debt, debt[part], equity[part])
    promised = whole * np.where(part % 2 == 0, 0.5, 0.9)
    return {
        "pppContracts": contracts,
        "pppPart": write(
            folder,
            "pppPart",
            {
                "source": pick(keys, part),
                "target": either(
                    is_debt, drawn(chance, parties.lenders[:5], len(part)), drawn(chance, vehicles.ids, len(part))
                ),
                "part": pick(("EQUITY", "DEBT"), is_debt.astype(np.int64)),
                "amount": gaps(yuan(promised), chance.random(len(part)) < 0.1),
                "paid": gaps(yuan(promised * 0.4), chance.random(len(part)) < 0.4),
            },
        ),
    }
