"""A small town in which funds look for firms. Amounts in 万元; today is 2025-06-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from graph.kinds.contracts import Commitment, InvestedBy, InvestmentRound
from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Enterprise, Fund, Supplies, Tagged
from graph.kinds.places import Industry, Tag
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import ChainSide, Dimension, Instrument, SizeClass, Stage
from graph.money import Money
from graph.records import Record, Ref

WAN = 1_000_000
FUND = "fund:m10"
LEADER, EMERGING = "tag:leader", "tag:emerging"


def wan(amount: float | None) -> Money | None:
    """So many 万元."""
    return None if amount is None else Money(round(amount * WAN))


def firm(name: str, **fields: Any) -> Enterprise:
    """A small firm in its growth, unless it is said to be otherwise."""
    given = {"size": SizeClass.SMALL, "stage": Stage.GROWTH, **fields}
    return Enterprise(id=f"enterprise:{name}", name=name, **given)


def fund(**fields: Any) -> Fund:
    """The fund."""
    return Fund(id=FUND, **{"name": "m10", **fields})


def commitment(amount: float, paid_in: float, investor: str = "enterprise:lp", **fields: Any) -> Commitment:
    """Money committed to the fund."""
    return Commitment(
        id=f"commitment:{investor}", fund=Ref(FUND), investor=Ref(investor), committed=wan(amount), paid_in=wan(paid_in), **fields
    )  # fmt: skip


def rule(name: str, dimension: Dimension | None, *, kind: RuleKind = RuleKind.MANDATE, **fields: Any) -> Rule:
    """A rule about the fund."""
    return Rule(id=f"rule:{name}", kind=kind, name=name, dimension=dimension, **{"about": Ref(FUND), **fields})


def gate() -> list[Record]:
    """The gate of the tenth measure: small or medium, start-up or growth, up- or downstream of a leader of an emerging industry."""
    return [
        *(rule(f"size-{one.name}", Dimension.SIZE, size=one) for one in SizeClass if one is not SizeClass.LARGE),
        *(rule(f"stage-{one.name}", Dimension.STAGE, stage=one) for one in (Stage.STARTUP, Stage.GROWTH)),
        *(
            rule(f"chain-{side.name}", Dimension.CHAIN, chain_side=side, tag=Ref(LEADER), field_tag=Ref(EMERGING))
            for side in ChainSide
        ),
    ]


def need(name: str, amount: float, of: str | None = None, **fields: Any) -> FinancingNeed:
    """Equity that a firm asks for."""
    given = {"instrument": Instrument.EQUITY, "needed_by": date(2025, 12, 1), **fields}
    return FinancingNeed(
        id=f"financingNeed:{name}", enterprise=Ref(f"enterprise:{of or name}"), amount=wan(amount), **given
    )


def round_(name: str, of: str, amount: float, *investors: str, **fields: Any) -> list[Record]:
    """A round, its money split evenly."""
    given = {"closed_on": date(2025, 1, 1), **fields}
    key = f"investmentRound:{name}"
    parts = [
        InvestedBy(source=Ref(key), target=Ref(investor), amount=wan(amount / len(investors))) for investor in investors
    ]
    return [InvestmentRound(id=key, enterprise=Ref(f"enterprise:{of}"), amount=wan(amount), **given), *parts]


def sells(seller: str, buyer: str, amount: float | None = None) -> Supplies:
    """A supply link."""
    return Supplies(source=Ref(f"enterprise:{seller}"), target=Ref(f"enterprise:{buyer}"), annual_amount=wan(amount))


def tagged(record: str, tag: str) -> Tagged:
    """A tag on something."""
    return Tagged(source=Ref(record), target=Ref(tag))


def chain() -> list[Record]:
    """Leader of an emerging industry, its sole supplier of all, one of two buyers, and the supplier's supplier; an old leader apart.

    deep sells to part, rival sells to part; part sells to leader; leader sells 300 to shop and 100 to kiosk; old sells to shop.
    """
    return [
        Tag(id=LEADER, name="leader"), Tag(id=EMERGING, name="emerging"),
        Industry(scheme="s", code="38", name="new"), Industry(scheme="s", code="31", name="old"),
        tagged("industry:s:38", EMERGING), tagged("enterprise:leader", LEADER), tagged("enterprise:old", LEADER),
        firm("leader", industry=Ref("industry:s:38"), size=SizeClass.LARGE, stage=Stage.MATURE),
        firm("old", industry=Ref("industry:s:31"), size=SizeClass.LARGE, stage=Stage.MATURE),
        firm("part"), firm("deep"), firm("rival"), firm("shop"), firm("kiosk"), firm("lone"),
        sells("deep", "part", 300), sells("rival", "part", 100), sells("part", "leader", 800),
        sells("leader", "shop", 300), sells("leader", "kiosk", 100), sells("old", "shop", 50),
    ]  # fmt: skip


def dec(text: str) -> Decimal:
    """A decimal."""
    return Decimal(text)
