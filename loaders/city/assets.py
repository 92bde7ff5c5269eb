"""What the firms of the city own beside receivables and vouchers, and the bills that passed from hand to hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, either, gaps, numbered, others, pick, write, yuan

ASSETS: Final = {
    "orders": 400, "salesContracts": 300, "purchaseContracts": 230, "warehouseReceipts": 200, "ipRights": 250, "revenueRights": 100,
    "deposits": 150, "fxDocuments": 80, "bills": 230, "creditClaims": 100, "equipments": 160, "buildings": 60, "landUseRights": 40,
}  # fmt: skip
"""Rows at scale 1."""

PREFIXES: Final = {
    "orders": "order", "salesContracts": "salesContract", "purchaseContracts": "purchaseContract",
    "warehouseReceipts": "warehouseReceipt", "ipRights": "ipRight", "revenueRights": "revenueRight", "deposits": "deposit",
    "fxDocuments": "fxDocument", "bills": "bill", "creditClaims": "creditClaim", "equipments": "equipment",
    "buildings": "building", "landUseRights": "landUseRight",
}  # fmt: skip

MACHINES: Final = ("NEW_ENERGY_VEHICLE", "CONSTRUCTION", "AGRICULTURAL", "MINING", "OTHER")
NAMED_MACHINES: Final = ("数控机床", "激光切割机", "装载机", "纯电动货车", "采掘机", "联合收割机", "注塑机", "热处理炉")


@dataclass(frozen=True)
class Assets:
    """The owners of each table's assets, by place of the enterprise, and what each asset is about worth in 元."""

    owners: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]

    def ids(self, table: str) -> list[str]:
        """The ids of a table's assets."""
        return numbered(f"{PREFIXES[table]}:{table}", len(self.owners[table])).to_list()


@dataclass(frozen=True)
class _Rows:
    """A table under way: its chances, how many rows, their amounts, a firm on the other side of each."""

    name: str
    chance: np.random.Generator
    count: int
    value: pl.Series
    other: pl.Series

    def some(self, names_: tuple[str, ...], missing: float = 0.0, shares: tuple[float, ...] = ()) -> pl.Series:
        return drawn(self.chance, names_, self.count, missing=missing, shares=shares)

    def stated(self, values: pl.Series, missing: float) -> pl.Series:
        return gaps(values, self.chance.random(self.count) < missing)

    def part(self, missing: float) -> pl.Series:
        """A part of each amount, mostly not stated."""
        share = self.chance.uniform(0.05, 0.6, self.count)
        return self.stated(yuan(self.value.to_numpy() * share), missing)


def write_assets(folder: Path, dice: Dice, parties: Parties) -> tuple[Assets, dict[str, int]]:
    """The assets, and the number of rows of each table."""
    rows: dict[str, int] = {}
    owners: dict[str, np.ndarray] = {}
    values: dict[str, np.ndarray] = {}
    for table, at_one in ASSETS.items():
        chance = dice.of(table)
        count = dice.count(at_one)
        firms = len(parties.enterprises)
        owner = chance.integers(0, firms, count)
        other = others(chance, owner, firms)
        value = 10 ** chance.normal(6.2, 0.5, count)
        sheet = _Rows(table, chance, count, yuan(value), pick(parties.enterprises, other))
        columns = {"id": numbered(table, count), "owner": pick(parties.enterprises, owner)}
        rows[table] = write(folder, table, columns | _columns(dice, parties, sheet))
        owners[table], values[table] = owner, value
    rows["endorsedBy"] = _endorsements(folder, dice, parties, rows["bills"])
    return Assets(owners, values), rows


def _columns(dice: Dice, parties: Parties, sheet: _Rows) -> dict[str, object]:
    match sheet.name:
        case "orders" | "salesContracts" | "purchaseContracts":
            return _contracts(dice, parties, sheet)
        case "bills" | "creditClaims" | "fxDocuments" | "deposits":
            return _paper(dice, parties, sheet)
        case _:
            return _things(dice, parties, sheet)


def _contracts(dice: Dice, parties: Parties, sheet: _Rows) -> dict[str, object]:
    """Orders and contracts: what is still to be done under them."""
    numbers = sheet.stated(numbered(f"YZ-{sheet.name[:2].upper()}", sheet.count), 0.1)
    if sheet.name == "orders":
        public = sheet.chance.random(sheet.count) < 0.15
        kind = sheet.some(("LARGE_BUYER", "IMPORT_EXPORT"), missing=0.4, shares=(0.7, 0.3))
        return {
            "buyer": either(public, sheet.some(tuple(parties.units)), sheet.other),
            "amount": sheet.value,
            "filled": sheet.part(0.6),
            "contractNo": numbers,
            "buyerType": either(public, sheet.some(("GOVERNMENT",)), kind),
            "placedOn": dice.days(sheet.name, -90, 0, sheet.count),
            "deliverBy": sheet.stated(dice.days(sheet.name, 20, 300, sheet.count), 0.1),
        }
    side = "buyer" if sheet.name == "salesContracts" else "seller"
    return {
        side: sheet.other,
        "amount": sheet.value,
        "performed": sheet.part(0.5),
        "contractNo": numbers,
        "signedOn": dice.days(sheet.name, -200, 0, sheet.count),
        "endsOn": sheet.stated(dice.days(sheet.name, -15, 500, sheet.count), 0.1),
        "equipment": sheet.some(MACHINES, missing=0.65),
    }


def _paper(dice: Dice, parties: Parties, sheet: _Rows) -> dict[str, object]:
    """Bills, letter-of-credit claims, documents in foreign currencies, deposits."""
    banks = tuple(parties.lenders[:5])
    due = dice.days(sheet.name, 10, 170, sheet.count)
    match sheet.name:
        case "bills":
            by_bank = sheet.chance.random(sheet.count) < 0.45
            return {
                "acceptor": either(by_bank, sheet.some(banks), sheet.other),
                "face": sheet.value,
                "issuedOn": sheet.stated(dice.days("bills", -90, 0, sheet.count), 0.08),
                "dueOn": due,
                "transferable": sheet.some(("true", "false"), missing=0.15, shares=(0.93, 0.07)),
                "contractNo": sheet.stated(numbered("HT", sheet.count), 0.12),
                "invoiceNo": sheet.stated(numbered("FP", sheet.count), 0.12),
            }
        case "creditClaims":
            return {
                "issuer": sheet.some(banks),
                "confirmer": sheet.some(tuple(parties.lenders[3:8]), missing=0.88),
                "amount": sheet.value,
                "accepted": sheet.some(("true", "false"), missing=0.3, shares=(0.8, 0.2)),
                "dueOn": due,
            }
        case "fxDocuments":
            return {
                "amount": sheet.value,
                "amountCurrency": sheet.some(("USD", "EUR", "JPY", "GBP"), shares=(0.6, 0.2, 0.1, 0.1)),
                "dueOn": sheet.stated(due, 0.1),
            }
        case _:
            return {
                "amount": sheet.value,
                "bank": sheet.some(banks, missing=0.1),
                "lockedUntil": sheet.stated(dice.days("deposits", -30, 400, sheet.count), 0.5),
            }


def _things(dice: Dice, parties: Parties, sheet: _Rows) -> dict[str, object]:
    """Goods in a warehouse, rights, machines, buildings and land, as a valuer puts them."""
    columns: dict[str, object] = {
        "valuation": sheet.stated(sheet.value, 0.08),
        "valuedOn": dice.days(sheet.name, -400, -10, sheet.count),
    }
    register = sheet.stated(numbered(f"YZ{sheet.name[:2].upper()}", sheet.count), 0.15)
    ends = sheet.stated(dice.days(sheet.name, -30, 6_000, sheet.count), 0.08)
    match sheet.name:
        case "warehouseReceipts":
            goods = tuple(f"goods-{place + 1:02d}" for place in range(len(names.GOODS)))
            return columns | {
                "warehouse": sheet.stated(sheet.other, 0.3),
                "product": sheet.some(goods, missing=0.1),
                "quantity": sheet.stated(pl.Series(sheet.chance.integers(1, 900, sheet.count)), 0.2),
            }
        case "ipRights":
            return columns | {
                "type": sheet.some(("PATENT", "TRADEMARK", "COPYRIGHT"), missing=0.06, shares=(0.6, 0.2, 0.2)),
                "title": numbered("云舟发明", sheet.count),
                "valuer": sheet.some(tuple(parties.valuers), missing=0.4),
                "expiresOn": ends,
                "registryNo": register,
            }
        case "revenueRights":
            return columns | {
                "title": sheet.some(("厂房租金", "充电桩收费", "停车场收费", "污水处理费", "光伏电费")),
                "endsOn": ends,
            }
        case "equipments":
            return columns | {
                "type": sheet.some(MACHINES, missing=0.1, shares=(0.15, 0.15, 0.1, 0.1, 0.5)),
                "title": sheet.some(NAMED_MACHINES),
            }
        case "landUseRights":
            return columns | {"endsOn": ends, "registryNo": register}
    return columns | {"registryNo": register}


def _endorsements(folder: Path, dice: Dice, parties: Parties, bills: int) -> int:
    """Who passed a bill on: one or two firms for two bills of five."""
    chance = dice.of("endorsedBy")
    passed = np.flatnonzero(chance.random(bills) < 0.4)
    passed = passed if len(passed) else np.arange(1)
    twice = passed[chance.random(len(passed)) < 0.3]
    bill = np.concatenate([passed, twice])
    return write(
        folder,
        "endorsedBy",
        {
            "source": pick(numbered("bills", bills), bill),
            "target": drawn(chance, parties.enterprises, len(bill)),
            "at": np.concatenate([np.full(len(passed), 1), np.full(len(twice), 2)]),
        },
    )
