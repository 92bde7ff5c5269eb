"""One repair of a blocked path: what is done to what, and the changes by which a view shows it as done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from graph.money import Money
from graph.what_if import Change
from queries.financing.repairs.kinds import Costs, RepairKind
from queries.financing.terms import Gate


@dataclass(frozen=True, slots=True)
class Repair:
    """What is done.

    `on` the record (-1: what the question itself asks for), `field` of it by GraphQL name; `amount` by which a limit is raised or that a
    new guarantor must have left, `days` by which a tenor or day moves, `until` the day to wait for. `mends` the gates that it may mend;
    `changes` to the view; `need` fields of the need asked for, as they would be; `adds` the id of a guarantee that it adds.
    """

    kind: RepairKind
    mends: frozenset[Gate]
    on: int
    field: str | None = None
    amount: Money | None = None
    days: int | None = None
    until: date | None = None
    changes: tuple[Change, ...] = ()
    need: tuple[tuple[str, Any], ...] = ()
    adds: str | None = None


@dataclass(frozen=True, slots=True)
class LeastRepair:
    """A set of repairs with which all gates pass, and its `cost`. `exact`: no set of the catalogue that does is cheaper."""

    repairs: tuple[Repair, ...]
    cost: Decimal
    exact: bool


def cost_of(repairs: Iterable[Repair], costs: Costs) -> Decimal:
    """What a set costs."""
    return sum((costs[one.kind] for one in repairs), Decimal(0))
