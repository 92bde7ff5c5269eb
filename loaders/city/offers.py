"""What is on offer in the city: pools, anchors' programmes, and one product or more of every technique."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from loaders.city import names
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, drawn, gaps, numbered, pick, write, yuan
from loaders.city.trade import programmes


class Pattern(NamedTuple):
    """One product of sixty; the sixty repeat as the city grows, each time from other lenders and on other terms.

    `by` the places of the lenders who take turns, or who else lends; `programme` its place among twelve; `more` what only this one
    states.
    """

    technique: str
    name: str
    by: tuple[int, ...] | str
    programme: int | None = None
    more: Mapping[str, str] = MappingProxyType({})


BANKS: Final = (0, 1, 2, 3, 4, 5, 6, 7)
FINANCIERS: Final = (*BANKS, 10)
BUYERS: Final = (8, 0, 9, 1, 10, 2)
EVERYBODY: Final = (11, 0, 5, 1, 2, 10, 3, 6, 4, 7)
LARGE: Final = (0, 2, 3, 4, 7)
CLOSED: Final = {"status": "CLOSED"}
UNSAID: Final = {"status": ""}

PATTERNS: Final = (
    Pattern("RECEIVABLES_DISCOUNTING", "云贴现", FINANCIERS),
    Pattern("FACTORING", "云保理", BUYERS, more={"recourse": "FULL", "withNotice": "true"}),
    Pattern("PAYABLES_FINANCE", "云付通", "FUNDER", 0),
    Pattern("DEEP_TIER", "云链多级通", "FUNDER", 0),
    Pattern("RECEIVABLES_LOAN", "应收质押贷", EVERYBODY),
    Pattern("COMPREHENSIVE_LINE", "综合授信", (3, 4, 5, 6, 7, 0, 1, 2)),
    Pattern("GUARANTEED_LOAN", "园区担保贷", BANKS, more={"maxAmountWithCover": "30000000"}),
    Pattern("POOL_BACKED_LOAN", "科技池贷", "TECH", more={"pool": "pool-1", "advanceRateWithCover": "0.9"}),
    Pattern("FACTORING", "暗保理", BUYERS, more={"recourse": "NONE", "withNotice": "false"}),
    Pattern("BILL_DISCOUNT", "票据快贴", FINANCIERS, more={"dayCount": "ACT_360"}),
    Pattern("FORFAITING", "福费廷通", LARGE),
    Pattern("DYNAMIC_DISCOUNTING", "提前付款折扣", "ANCHOR"),
    Pattern("INVENTORY_LOAN", "仓单贷", EVERYBODY),
    Pattern("PRE_SHIPMENT", "政采订单贷", FINANCIERS, more={"purposes": "采购、流动资金"}),
    Pattern("CONTRACT_LOAN", "合同贷", EVERYBODY),
    Pattern("DISTRIBUTOR_FINANCE", "经销通", "FUNDER", 0),
    Pattern("IP_PLEDGE", "知产质押贷", EVERYBODY, more={"takes": "PATENT、COPYRIGHT"}),
    Pattern("REVENUE_RIGHT", "收益权贷", BANKS),
    Pattern("CASH_PLEDGE", "存单质押贷", BANKS),
    Pattern("FX_DOCUMENT", "外汇凭证贷", LARGE),
    Pattern("MORTGAGE_LOAN", "厂房抵押贷", EVERYBODY, more={"takes": "Building、LandUseRight"}),
    Pattern("PROJECT_LOAN", "技改专项贷", LARGE, more={"tenorMaxDays": "3650"}),
    Pattern("INSURED_LOAN", "政银保小额贷", BANKS, more={"premiumRate": "0.018", "premiumPayer": "BORROWER"}),
    Pattern("SYNDICATED", "云舟银团", LARGE, more={"tenorMaxDays": "3650", "maxAmount": "400000000"}),
    Pattern("LEASE", "直接租赁", "LESSOR", more={"leaseModel": "DIRECT", "downPayment": "0.2"}),
    Pattern("INVEST_LOAN_LINKAGE", "投贷联动", (0, 2, 3)),
    Pattern("BOND", "债券承销", "BROKER"),
    Pattern("PPP", "公私合作贷款", LARGE, more={"tenorMaxDays": "7300"}),
    Pattern("DEBT_EQUITY_SWAP", "市场化债转股", LARGE),
    Pattern("RECEIVABLES_LOAN", "应收池融资", EVERYBODY, more=UNSAID),
    Pattern("PAYABLES_FINANCE", "链上付", "FUNDER", 1),
    Pattern("DEEP_TIER", "信单多级转", "FUNDER", 1),
    Pattern("LEASE", "售后回租", "LESSOR", more={"leaseModel": "SALE_AND_LEASEBACK"}),
    Pattern("LEASE", "厂商租赁", "LESSOR", more={"leaseModel": "VENDOR", "downPayment": "0.1"}),
    Pattern("LEASE", "转租赁", "LESSOR", more={"leaseModel": "SUBLEASE", "downPayment": "0.15"}),
    Pattern("LEASE", "委托租赁", "LESSOR", more={"leaseModel": "ENTRUSTED", **UNSAID}),
    Pattern("GUARANTEED_LOAN", "创业担保贷", BANKS, more={"pool": "pool-3"}),
    Pattern("POOL_BACKED_LOAN", "信保基金贷", BANKS, more={"pool": "pool-2"}),
    Pattern("RECEIVABLES_DISCOUNTING", "应收快贴", FINANCIERS, more={"recourse": "PARTIAL", "recourseShare": "0.3"}),
    Pattern("FACTORING", "园区保理", BUYERS, more={"recourse": ""}),
    Pattern("BILL_DISCOUNT", "商票贴现", FINANCIERS, more=UNSAID),
    Pattern("FORFAITING", "国内证福费廷", LARGE, more=CLOSED),
    Pattern("INVENTORY_LOAN", "原料仓单贷", EVERYBODY, more=CLOSED),
    Pattern("PRE_SHIPMENT", "出口订单贷", FINANCIERS, more={"takes": "IMPORT_EXPORT"}),
    Pattern("CONTRACT_LOAN", "购销合同贷", EVERYBODY, more=UNSAID),
    Pattern("DISTRIBUTOR_FINANCE", "厂商银", "FUNDER", 1, more={"recourse": ""}),
    Pattern("IP_PLEDGE", "商标质押贷", EVERYBODY, more={"takes": "TRADEMARK"}),
    Pattern("MORTGAGE_LOAN", "设备抵押贷", EVERYBODY, more={"takes": "Equipment"}),
    Pattern("PROJECT_LOAN", "重点项目贷", LARGE, more={"tenorMaxDays": "5475", **UNSAID}),
    Pattern("SYNDICATED", "产业银团", LARGE, more={"tenorMaxDays": "3650"}),
    Pattern("COMPREHENSIVE_LINE", "纯信用快贷", EVERYBODY, more={"processingDays": "1"}),
    Pattern("PAYABLES_FINANCE", "云信付", "FUNDER", 2),
    Pattern("DEEP_TIER", "链融", "FUNDER", 2),
    Pattern("PAYABLES_FINANCE", "核心付", "FUNDER", 3),
    Pattern("DEEP_TIER", "多级信", "FUNDER", 4),
    Pattern("PAYABLES_FINANCE", "应付融", "FUNDER", 5, more=UNSAID),
    Pattern("DEEP_TIER", "云单融", "FUNDER", 5, more=CLOSED),
    Pattern("RECEIVABLES_LOAN", "惠商贷", EVERYBODY, more=CLOSED),
    Pattern("FACTORING", "再保理", BUYERS, more=CLOSED),
    Pattern("RECEIVABLES_DISCOUNTING", "账单贴", (0, 9), more={"recourse": "NONE"}),
)  # fmt: skip
"""The last one's lender is every other time a factor, which may not discount: nothing stops a source from stating so."""

ON_CLAIMS: Final = frozenset(
    {
        "RECEIVABLES_DISCOUNTING",
        "FACTORING",
        "PAYABLES_FINANCE",
        "DEEP_TIER",
        "RECEIVABLES_LOAN",
        "BILL_DISCOUNT",
        "FORFAITING",
    }
)
WITHOUT_RATE: Final = frozenset(
    {"PROJECT_LOAN", "DISTRIBUTOR_FINANCE", "DYNAMIC_DISCOUNTING", "LEASE", "SYNDICATED", "BOND", "PPP"}
)
"""Techniques that advance no share of a value."""


@dataclass(frozen=True)
class Offers:
    """The products by place: their keys, their patterns' places, who lends, and the place of their programme (-1: none)."""

    products: list[str]
    patterns: np.ndarray
    lenders: list[str]
    programmes: np.ndarray

    def of(self, *techniques: str) -> np.ndarray:
        """The places of the products of these techniques; the first product in a city too small to have any of them."""
        found = np.flatnonzero(np.isin(self.techniques(), techniques))
        return found if len(found) else np.zeros(1, np.int64)

    def techniques(self) -> np.ndarray:
        """The technique of each."""
        found: np.ndarray = np.array([pattern.technique for pattern in PATTERNS])[self.patterns]
        return found


def write_offers(folder: Path, dice: Dice, parties: Parties) -> tuple[Offers, dict[str, int]]:
    """What is offered, and the number of rows of each table."""
    rows = {"pools": _write_pools(folder, dice, parties), "anchorProgrammes": _write_programmes(folder, dice, parties)}
    offers = _offers(dice, parties)
    rows["loanProducts"] = _write_products(folder, dice, offers)
    return offers, rows


def _write_pools(folder: Path, dice: Dice, parties: Parties) -> int:
    header = (
        "name", "kind", "balance", "multiple", "coverShare", "drawBasis", "lossOrder", "perBorrowerCap", "stopRate", "badLoanRate",
        "lossPaid",
    )  # fmt: skip
    table = [
        {
            "id": f"pool-{place + 1}",
            **dict(zip(header, pool, strict=True)),
            # A larger city has larger pools, not more of them.
            "balance": round(pool[2] * max(1.0, dice.scale)),
            "lossPaid": None if pool[10] is None else round(pool[10] * max(1.0, dice.scale)),
            "operator": parties.units[(place + 1) % len(parties.units)],
            **(
                {"status": "OPEN", "windowDays": 90, "maxDays": 15, "dailyFeeRate": "0.0002"}
                if pool[1] == "BRIDGE" and place == 3
                else {}
            ),
        }
        for place, pool in enumerate(names.POOLS)
    ]
    return write(folder, "pools", pl.DataFrame(table, infer_schema_length=None).to_dict())


def _write_programmes(folder: Path, dice: Dice, parties: Parties) -> int:
    chance = dice.of("anchorProgrammes")
    keys = programmes(dice)
    count = len(keys)
    anchor = np.arange(count) % parties.anchors
    size = 10 ** chance.normal(8.6, 0.3, count)
    return write(
        folder,
        "anchorProgrammes",
        {
            "id": keys,
            "name": pick([f"云链平台{place + 1}" for place in range(count)], np.arange(count)),
            "anchor": pick(parties.enterprises, anchor),
            "funder": pick(parties.lenders, np.array([_funder(place) for place in range(count)])),
            "limit": gaps(yuan(size), chance.random(count) < 0.1),
            "maxTier": gaps(chance.integers(2, 6, count), chance.random(count) < 0.25),
            "voucherMaxDays": np.full(count, 180),
            "drawBasis": drawn(chance, ("FUNDED", "FACE"), count, missing=0.3, shares=(0.7, 0.3)),
            "marginShare": drawn(chance, ("0.2", "0.3"), count, missing=0.1),
            "sellThroughDays": gaps(chance.integers(45, 120, count), chance.random(count) < 0.1),
            "buyBackLimit": gaps(yuan(size * 0.4), chance.random(count) < 0.4),
            "revolving": drawn(chance, ("true", "false"), count, missing=0.25, shares=(0.8, 0.2)),
            "expiresOn": gaps(dice.days("anchorProgrammes", 100, 900, count), chance.random(count) < 0.2),
            "processingDays": gaps(chance.integers(2, 15, count), chance.random(count) < 0.3),
        },
    )


def _funder(programme: int) -> int:
    """The place of the lender that funds a programme; one of twelve is a factor's."""
    return 8 if programme % 12 == 7 else programme % 5


def _offers(dice: Dice, parties: Parties) -> Offers:
    count = dice.count(len(PATTERNS))
    known = len(programmes(dice))
    place = np.arange(count)
    programme = np.full(count, -1, dtype=np.int64)
    lenders = []
    for at in range(count):
        turn, pattern = at // len(PATTERNS), PATTERNS[at % len(PATTERNS)]
        if pattern.programme is not None:
            programme[at] = (turn * 12 + pattern.programme) % known
        lenders.append(_lender(pattern, turn, int(programme[at]), parties))
    return Offers(numbered("product", count, 5).to_list(), place % len(PATTERNS), lenders, programme)


def _lender(pattern: Pattern, turn: int, programme: int, parties: Parties) -> str:
    match pattern.by:
        case "FUNDER":
            return parties.lenders[_funder(programme)]
        case "ANCHOR":
            return parties.enterprises[turn % parties.anchors]
        case "LESSOR":
            return parties.lessors[(turn + PATTERNS.index(pattern)) % len(parties.lessors)]
        case "BROKER":
            return parties.brokers[0]
        case "TECH":
            return f"bankBranch:branch-{turn % 3 + 1:02d}"
        case places:
            assert isinstance(places, tuple)
            return parties.lenders[places[(turn + PATTERNS.index(pattern)) % len(places)]]


def _write_products(folder: Path, dice: Dice, offers: Offers) -> int:
    chance = dice.of("loanProducts")
    count = len(offers.products)
    techniques = offers.techniques()
    claims, advances = np.isin(techniques, list(ON_CLAIMS)), ~np.isin(techniques, list(WITHOUT_RATE))
    unrated = chance.random(count) < 0.12
    ranged = unrated & (chance.random(count) < 0.7)
    commission = chance.random(count) < 0.2
    service = np.isin(techniques, ["DEEP_TIER", "PAYABLES_FINANCE", "LEASE"]) & (chance.random(count) < 0.6)
    first = np.arange(count) < len(PATTERNS)
    closed = (chance.random(count) < 0.07) & ~first
    keys = programmes(dice)
    columns: dict[str, pl.Series] = {
        "id": pl.Series(offers.products),
        "name": pick([pattern.name for pattern in PATTERNS], offers.patterns),
        "lender": pl.Series(offers.lenders),
        "technique": pl.Series(techniques.tolist()),
        "status": gaps(pick(("OPEN", "CLOSED"), closed.astype(np.int64)), ~first & (chance.random(count) < 0.04)),
        "programme": gaps(pick(keys, offers.programmes.clip(0)), offers.programmes < 0),
        "recourse": gaps(drawn(chance, ("FULL", "NONE"), count, missing=0.15, shares=(0.7, 0.3)), ~claims),
        "withNotice": gaps(drawn(chance, ("true", "false"), count, shares=(0.8, 0.2)), techniques != "FACTORING"),
        "buyerLimitWithRecourse": gaps(drawn(chance, ("true", "false"), count, missing=0.6), ~claims),
        "advanceRate": gaps(drawn(chance, ("0.7", "0.8", "0.9", "0.95"), count, missing=0.06), ~advances),
        "drawBasis": gaps(drawn(chance, ("FUNDED", "FACE"), count, missing=0.5), ~claims),
        "minAmount": drawn(chance, ("50000", "100000"), count),
        "maxAmount": drawn(chance, ("5000000", "10000000", "30000000", "100000000"), count, missing=0.08),
        "tenorMinDays": pl.Series(np.full(count, 7)),
        "tenorMaxDays": drawn(chance, ("180", "365", "730"), count),
        "processingDays": drawn(chance, ("3", "5", "10", "20"), count, missing=0.15),
        "overdueMaxDays": gaps(pl.Series(np.full(count, 30)), ~claims),
        "annualRate": gaps(drawn(chance, ("0.0365", "0.042", "0.048", "0.055"), count), unrated),
        "rateLow": gaps(drawn(chance, ("0.035", "0.039"), count), ~ranged),
        "rateHigh": gaps(drawn(chance, ("0.052", "0.068"), count), ~ranged),
        "dayCount": drawn(chance, ("ACT_365", "ACT_360"), count, missing=0.4),
        "interestPayer": gaps(drawn(chance, ("OBLIGOR", "BORROWER"), count), ~claims | (chance.random(count) < 0.8)),
        "commissionRate": gaps(drawn(chance, ("0.002", "0.005"), count), ~commission),
        "commissionPayer": gaps(drawn(chance, ("BORROWER", "OBLIGOR"), count, missing=0.1, shares=(0.9, 0.1)), ~commission),
        "serviceFeeRate": gaps(drawn(chance, ("0.003", "0.006"), count), ~service),
        "serviceFeePayer": gaps(drawn(chance, ("BORROWER", "OBLIGOR"), count), ~service),
        "guaranteeFeeRate": gaps(drawn(chance, ("0.01", "0.015"), count), techniques != "GUARANTEED_LOAN"),
    }  # fmt: skip
    for header in sorted({name for pattern in PATTERNS for name in pattern.more}):
        stated = pl.Series([pattern.more.get(header) for pattern in PATTERNS], dtype=pl.String).gather(offers.patterns)
        drawn_by_chance = columns.get(header, pl.Series([None], dtype=pl.String).new_from_index(0, count)).cast(
            pl.String
        )
        # Later rounds of the sixty keep what makes a product what it is, and draw their status.
        says = stated if header != "status" else gaps(stated, ~first)
        columns[header] = says.fill_null(drawn_by_chance).replace("", None)
    return write(folder, "loanProducts", columns)
