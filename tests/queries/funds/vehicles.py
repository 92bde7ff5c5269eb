"""Small funds for tests: commitments, rounds, rules. Amounts are 万元; today is 2025-06-01."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from graph.kinds.contracts import Commitment, InvestedBy, InvestmentRound
from graph.kinds.parties import Enterprise, Fund, GovernmentUnit
from graph.kinds.policy import Rule, RuleKind
from graph.money import Money
from graph.records import Record, Ref

WAN = 1_000_000
LP = Enterprise(id="enterprise:lp", name="lp")
CITY = GovernmentUnit(id="governmentUnit:city", name="city")


def wan(amount: float | Money | None) -> Money | None:
    """So many 万元; money and None as they are."""
    return amount if amount is None or isinstance(amount, Money) else Money.of(Decimal(str(amount)), unit="万元")


def fund(name: str, **fields: Any) -> Fund:
    """A fund."""
    return Fund(id=f"fund:{name}", name=name, **fields)


def firm(name: str, **fields: Any) -> Enterprise:
    """An enterprise."""
    return Enterprise(id=f"enterprise:{name}", name=name, **fields)


def commits(
    to: str, amount: float | Money | None, paid: float | Money | None = None, by: str = "enterprise:lp", **fields: Any
) -> Commitment:
    """A commitment to a fund; its id tells from whom and to whom."""
    given = {"id": f"commitment:{by.partition(':')[2]}-{to}", "fund": Ref(f"fund:{to}"), "investor": Ref(by)}
    return Commitment(**{**given, "committed": wan(amount), "paid_in": wan(paid), **fields})


def invests(
    name: str, in_firm: str, *parts: tuple[str, float | None], amount: float | None = None, **fields: Any
) -> list[Record]:
    """A round in a firm, with the part of each fund."""
    given = {"closed_on": date(2025, 1, 1), **fields}
    round_ = InvestmentRound(
        id=f"investmentRound:{name}", enterprise=Ref(f"enterprise:{in_firm}"), amount=wan(amount), **given
    )
    links = [
        InvestedBy(
            source=Ref(f"investmentRound:{name}"), target=Ref(who if ":" in who else f"fund:{who}"), amount=wan(part)
        )
        for who, part in parts
    ]
    return [round_, *links]


def rule(name: str, about: str | None = None, *, kind: RuleKind = RuleKind.COVENANT, **fields: Any) -> Rule:
    """A covenant, or a coefficient of one."""
    value = fields.pop("value", None)
    return Rule(
        id=f"rule:{name}",
        name=name,
        kind=kind,
        about=None if about is None else Ref(f"fund:{about}"),
        value=None if value is None else Decimal(str(value)),
        **fields,
    )
