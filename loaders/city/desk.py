"""What passes over the city's needs desk: needs in every state with the way that they came, events, and consultations about loans.

The way of a need is told by dated versions of it, one a state. These needs ask for debt or refinancing, and come after all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from graph.kinds.demand_side import NeedStatus
from graph.need_moves import CLOSED, FIRST
from loaders.city import names
from loaders.city.offers import Offers
from loaders.city.parties import Parties
from loaders.city.sheet import Dice, write
from loaders.city.vehicles import Vehicles

WAY: Final = (NeedStatus.APPLIED, NeedStatus.AGGREGATED, NeedStatus.CLASSIFIED, NeedStatus.RECOMMENDED)
TECHNIQUES: Final = ("COMPREHENSIVE_LINE", "POOL_BACKED_LOAN", "GUARANTEED_LOAN", "INSURED_LOAN")
"""What is recommended: products of these."""
EVENTS: Final = (
    ("春季银企对接会", "融资对接会", -210),
    ("科技金融专场路演", "路演", -64),
    ("链上企业融资对接会", "融资对接会", -9),
)
"""Name, type, days from the city's day."""
NEED_COLUMNS: Final = (
    "id", "enterprise", "amount", "instrument", "purpose", "tenorMinDays", "tenorMaxDays", "submittedOn", "neededBy", "status", "validFrom",
)  # fmt: skip
DUE_DAYS: Final = 120
"""Consultations are about loans that fall due within so many days."""


def write_desk(folder: Path, dice: Dice, parties: Parties, offers: Offers, vehicles: Vehicles) -> dict[str, int]:
    """The tables of the desk, with the number of rows of each; some go on from tables that are there."""
    loans = pl.read_csv(folder / "loans.csv", infer_schema=False)
    needs, recommended, fulfils = _needs(folder, dice, parties, offers, loans)
    answered = {"fulfils": _append(folder, "fulfils", fulfils, ("source", "target", "amount"))} if fulfils else {}
    return {
        "financingNeeds": _append(folder, "financingNeeds", needs, NEED_COLUMNS),
        "recommendedTo": write(folder, "recommendedTo", _columns(recommended, ("source", "target", "on"))),
        **answered,
        **_write_events(folder, dice, parties, vehicles, needs),
        **_write_cases(folder, dice, loans),
    }


def _needs(
    folder: Path, dice: Dice, parties: Parties, offers: Offers, loans: pl.DataFrame
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    chance = dice.of("desk")
    asking = set(pl.read_csv(folder / "financingNeeds.csv", infer_schema=False)["enterprise"])
    others = [one for one in parties.enterprises if one not in asking] or list(parties.enterprises)
    since = dice.day(-240).isoformat()
    lent = loans.filter(pl.col("startOn").is_between(pl.lit(since), pl.lit(dice.as_of.isoformat()))).to_dicts()
    fitting = offers.of(*TECHNIQUES).tolist()
    states = list(NeedStatus)
    needs: list[dict[str, Any]] = []
    recommended: list[dict[str, Any]] = []
    fulfils: list[dict[str, Any]] = []
    for number in range(max(len(states), dice.count(70))):
        state = states[number % len(states)]
        key = f"desk-{number + 1:07d}"
        product = offers.products[fitting[int(chance.integers(0, len(fitting)))]]
        loan = lent[number % len(lent)] if state is NeedStatus.FUNDED and lent else None
        amount = int(10 ** chance.normal(6.3, 0.3)) // 10_000 * 10_000 + 10_000
        steps = _way_to(state, chance)
        stays = [int(days) for days in chance.integers(1, 21, len(steps))]
        open_for = int(chance.choice((3, 12, 45, 80)))
        if loan is not None:
            end = date.fromisoformat(loan["startOn"])
        else:
            end = dice.day(-int(chance.integers(5, 150)) if state in CLOSED else -open_for)
        days = _days(end, stays)
        row = {
            "id": key,
            "enterprise": others[int(chance.integers(0, len(others)))] if loan is None else loan["borrower"],
            "amount": str(amount) if loan is None else loan["principal"],
            "instrument": "REFINANCE" if number % 6 == 5 and loan is None else "DEBT",
            "purpose": names.PURPOSES[int(chance.integers(0, len(names.PURPOSES)))],
            "tenorMinDays": "30",
            "tenorMaxDays": str(int(chance.choice((180, 365, 1_095)))),
            "submittedOn": days[0].isoformat(),
            "neededBy": (max(days[-1], dice.as_of) + timedelta(days=60)).isoformat(),
        }
        needs += [
            row | {"status": step.name, "validFrom": day.isoformat()} for step, day in zip(steps, days, strict=True)
        ]
        if NeedStatus.RECOMMENDED in steps:
            on = days[steps.index(NeedStatus.RECOMMENDED)].isoformat()
            mine = product if loan is None or not loan["product"] else loan["product"]
            lender = parties.lenders[int(chance.integers(0, len(parties.lenders)))]
            for target in (f"loanProduct:{mine}", lender):
                recommended.append({"source": key, "target": target, "on": on})
        # Of one in four nobody states by which contract it was funded.
        if loan is not None and number % 4:
            fulfils.append({"source": f"loan:{loan['id']}", "target": key, "amount": loan["principal"]})
    assert all(row["status"] == FIRST.name for row in needs if row["validFrom"] == row["submittedOn"])
    return needs, recommended, fulfils


def _way_to(state: NeedStatus, chance: np.random.Generator) -> list[NeedStatus]:
    """The states up to this one."""
    if state in WAY:
        return [*WAY[: WAY.index(state) + 1]]
    # It is funded after all of the open states, turned down or taken back after any.
    open_states = len(WAY) if state is NeedStatus.FUNDED else 1 + int(chance.integers(0, len(WAY)))
    return [*WAY[:open_states], state]


def _days(end: date, stays: Sequence[int]) -> list[date]:
    """The days on which the states began: the last on `end`, each before it by its stay."""
    days = [end]
    for stay in reversed(stays[:-1]):
        days.insert(0, days[0] - timedelta(days=stay))
    return days


def _write_events(
    folder: Path, dice: Dice, parties: Parties, vehicles: Vehicles, needs: list[dict[str, Any]]
) -> dict[str, int]:
    """Events at which firms presented what they had applied for by then, and lenders and funds listened."""
    chance = dice.of("desk.events")
    events: list[dict[str, Any]] = []
    presented: list[dict[str, Any]] = []
    attended: list[dict[str, Any]] = []
    for number, (name, kind, offset) in enumerate(EVENTS, 1):
        key, day = f"event-{number:03d}", dice.day(offset)
        events.append(
            {"id": key, "name": f"{names.CITY}{name}", "type": kind, "heldOn": day, "region": names.CITY_CODE}
        )
        known = {one["id"]: one["enterprise"] for one in needs if one["validFrom"] <= day.isoformat()}
        ended = {one["id"] for one in needs if one["validFrom"] <= day.isoformat() and one["status"] in _ENDED}
        for need, enterprise in known.items():
            if need not in ended and chance.random() < 0.5:
                presented.append({"source": enterprise, "target": key, "subject": f"financingNeed:{need}"})
        if number == 2:
            presented.append({"source": parties.enterprises[-1], "target": key, "subject": None})
        for who in sorted({*parties.lenders[::2], *list(vehicles.ids)[:3]}):
            if chance.random() < 0.7 or who == parties.lenders[0]:
                attended.append({"source": key, "target": who})
    return {
        "events": write(folder, "events", _columns(events, ("id", "name", "type", "heldOn", "region"))),
        "presented": write(folder, "presented", _columns(presented, ("source", "target", "subject"))),
        "attendedBy": write(folder, "attendedBy", _columns(attended, ("source", "target"))),
    }


_ENDED: Final = frozenset(status.name for status in CLOSED)


def _write_cases(folder: Path, dice: Dice, loans: pl.DataFrame) -> dict[str, int]:
    """Consultations about firms whose loans fall due soon: of every third firm, every fourth of these is closed."""
    first, last = dice.as_of.isoformat(), dice.day(DUE_DAYS).isoformat()
    borrowed = loans.filter(pl.col("borrower").str.starts_with("enterprise:"))
    soon = borrowed.filter(pl.col("dueOn").is_between(pl.lit(first), pl.lit(last)))
    # A village has one case anyway.
    due = soon if soon.height else borrowed.head(1)
    firms = sorted(set(due["borrower"]))[::3]
    cases: list[dict[str, Any]] = []
    concerns: list[dict[str, Any]] = []
    for number, firm in enumerate(firms, 1):
        key, closed = f"case-{number:05d}", number % 4 == 0
        opened = dice.day(-7 * (1 + number % 5))
        cases.append(
            {
                "id": key,
                "enterprise": firm,
                "openedOn": opened,
                "resolvedOn": opened + timedelta(days=5) if closed else None,
                "type": ("SUPPORT", "RESTRUCTURE", "SUPPORT")[number % 3] if number % 5 else None,
                "outcome": "银行同意无还本续贷" if closed else None,
            }
        )
        mine = due.filter(pl.col("borrower") == firm)["id"].to_list()
        concerns += [{"source": key, "target": f"loan:{loan}"} for loan in mine[: 1 + number % 2]]
    columns = ("id", "enterprise", "openedOn", "resolvedOn", "type", "outcome")
    return {
        "cases": write(folder, "cases", _columns(cases, columns)),
        "concerns": write(folder, "concerns", _columns(concerns, ("source", "target"))),
    }


def _append(folder: Path, name: str, rows: list[dict[str, Any]], columns: Sequence[str]) -> int:
    """Put rows at the end of a table that may be there; how many it has then."""
    new = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    path = folder / f"{name}.csv"
    before = [pl.read_csv(path, infer_schema=False)] if path.exists() else []
    table = pl.concat([*before, new], how="diagonal")
    table.write_csv(path)
    return table.height


def _columns(rows: list[dict[str, Any]], columns: Sequence[str]) -> dict[str, pl.Series]:
    return {name: pl.Series([row[name] for row in rows], dtype=None if rows else pl.String) for name in columns}
