"""Small towns with public supports: subsidies, what they ask, and what may be had together. Amounts are 万元."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from graph.kinds.policy import Rule, RuleKind
from graph.kinds.stacking import CappedBy, Excludes, Requires, SupportCap
from graph.kinds.supply_side import Pool, Subsidy, SubsidyKind, SubsidyMeasure, VoucherScheme
from graph.kinds.terms import OfferStatus, Technique
from graph.records import Record, Ref
from tests.queries.finance import product, wan

FIRM = "enterprise:firm"


def subsidy(name: str, amount: float | None = None, **fields: Any) -> Subsidy:
    given_ = {
        "status": OfferStatus.OPEN,
        "kind": SubsidyKind.LISTING,
        "amount": None if amount is None else wan(amount),
        **fields,
    }
    return Subsidy(id=f"subsidy:{name}", name=name, **given_)


def for_all(about: str) -> Rule:
    """A rule that every firm of these towns meets."""
    return rule(about, {"field": "employees", "operator": "GTE", "value": 0})


def rule(about: str, condition: Any) -> Rule:
    key = about.replace(":", "-")
    return Rule(
        id=f"rule:{key}", kind=RuleKind.ELIGIBILITY, name=key, about=Ref(about), condition=json.dumps(condition)
    )


def ruled(*records: Record) -> list[Record]:
    """These records, every support of them open to all."""
    return [*records, *(for_all(one.id) for one in records if isinstance(one, Subsidy | Pool | VoucherScheme))]


def between(kind: type[Excludes] | type[Requires], source: str, target: str) -> Record:
    return kind(source=Ref(f"subsidy:{source}"), target=Ref(f"subsidy:{target}"))


def capped(name: str, *members: str, **fields: Any) -> list[Record]:
    links = [CappedBy(source=Ref(f"subsidy:{one}"), target=Ref(f"supportCap:{name}")) for one in members]
    return [SupportCap(id=f"supportCap:{name}", name=name, **fields), *links]


def grant(name: str, scheme: str, amount: float | None, on: date | None = date(2025, 3, 1)) -> Subsidy:
    return subsidy(name, amount, granted_to=Ref(FIRM), scheme=Ref(f"subsidy:{scheme}"), granted_on=on)


def loan(name: str, **fields: Any) -> Record:
    given_ = {"annual_rate": Decimal("0.05"), "tenor_max_days": 730, **fields}
    return product(Technique.COMPREHENSIVE_LINE, name, **given_)


def interest(name: str, on: str | None, **fields: Any) -> Subsidy:
    measure = {"kind": SubsidyKind.INTEREST, "rate": Decimal("0.3"), "measure": SubsidyMeasure.OF_COST, **fields}
    return subsidy(name, None, product=None if on is None else Ref(f"loanProduct:{on}"), **measure)
