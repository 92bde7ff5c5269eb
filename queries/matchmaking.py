"""What followed from a matchmaking event: who presented what, and which contracts and moves came within so many days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from graph.errors import InvalidInput
from graph.kinds.demand_side import NeedStatus
from graph.view import NOT_STATED, View
from queries.desk.financiers import bank_of
from queries.desk.states import CHINA, STATES, moment, states_of
from queries.financing.limits.constraints import MissingFact

WITHIN_DAYS: Final = 90
MAX_DAYS: Final = 3_650

CONTRACTS: Final = (
    ("Loan", "borrower", "start_on", ("lender",)),
    ("Facility", "borrower", "valid_from", ("lender",)),
    ("Lease", "lessee", "valid_from", ("lessor",)),
    ("InvestmentRound", "enterprise", "closed_on", ()),
    ("BondIssue", "issuer", "valid_from", ("underwriter",)),
)
"""Contracts that bring a party money: kind, who gets it, the day on which it came about, who brings it."""
FUNDERS: Final = {"InvestmentRound": "InvestedBy", "Loan": "LentBy"}
"""Links that name more of who brings it."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A contract that came about within the days: `days` after the event, 0 the same day.

    `funders` who brings the money; `attended` whether one of them was there; `fulfils` the presented need that it answers, -1: none.
    """

    contract: int
    on: date
    days: int
    funders: tuple[int, ...]
    attended: bool
    fulfils: int


@dataclass(frozen=True, slots=True)
class FollowingMove:
    """A need that was presented came into a state within the days."""

    need: int
    status: NeedStatus
    on: date
    days: int


@dataclass(frozen=True, slots=True)
class Presentation:
    """Who presented what (-1: itself), and what followed, the earliest first. `undated` contracts of it without a day: not known."""

    presenter: int
    subject: int
    followed: tuple[FollowUp, ...]
    moves: tuple[FollowingMove, ...]
    undated: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matchmaking:
    """An event and what followed from it.

    `until` the last day that counts, None where the event's day is `missing`: then nothing can be said to follow. `is_over`: that day has
    passed, so the answer will not grow by time alone. `attended` who came to listen; contracts count once, however often their party
    presented.
    """

    event: int
    held_on: date | None
    until: date | None
    is_over: bool
    attended: tuple[int, ...]
    presentations: tuple[Presentation, ...]
    missing: tuple[MissingFact, ...]

    @property
    def contracts(self) -> int:
        """How many contracts followed."""
        return len({one.contract for presented in self.presentations for one in presented.followed})


def matchmaking(view: View, event: str, *, within_days: int = WITHIN_DAYS) -> Matchmaking:
    """What followed from an event within so many days, both ends included; that it followed is a fact of time, not of cause.

    Presentations by presenter's id, then subject's. Raises InvalidInput for days that are negative or beyond ten years,
    InvalidIdentifier or NotFound where there is no such event. Cost: a few hops a presentation.
    """
    if not 0 <= within_days <= MAX_DAYS:
        raise InvalidInput(f"withinDays is {within_days}; give 0 to {MAX_DAYS:,}")
    handle = view.require(event, "Event")
    held = view.value(handle, "held_on")
    links = view.holders("AttendedBy", "source", handle)
    attended = tuple(np.unique(view.refs(links, "target")).tolist())
    there = {bank_of(view, one) for one in attended}
    until = None if held is None else held + timedelta(days=within_days)
    found = []
    for link in view.holders("Presented", "target", handle).tolist():
        presenter, subject = view.ref(link, "source"), view.ref(link, "subject")
        window = None if held is None or until is None else (held, min(until, view.as_of))
        found.append(_presentation(view, presenter, subject, window, there))
    return Matchmaking(
        handle,
        held,
        until,
        until is not None and view.as_of >= until,
        attended,
        tuple(found),
        (MissingFact(handle, "heldOn"),) if held is None else (),
    )


def _presentation(
    view: View, presenter: int, subject: int, window: tuple[date, date] | None, there: set[int]
) -> Presentation:
    if window is None:
        return Presentation(presenter, subject, (), (), ())
    needs = [subject] if subject >= 0 and view.has_kind(subject, "FinancingNeed") else []
    if not needs and view.has_kind(presenter, "Enterprise"):
        needs = view.holders("FinancingNeed", "enterprise", presenter).tolist()
    followed: list[FollowUp] = []
    undated: list[int] = []
    for contract, on, funders in _contracts(view, presenter):
        if on is None:
            undated.append(contract)
        elif window[0] <= on <= window[1]:
            fulfils = view.refs(view.holders("Fulfils", "source", contract), "target").tolist()
            answered = next((need for need in needs if need in fulfils), -1)
            attended = any(bank_of(view, one) in there for one in funders)
            followed.append(FollowUp(contract, on, (on - window[0]).days, funders, attended, answered))
    followed.sort(key=lambda one: (one.on, view.id_of(one.contract).encode()))
    moves = [one for need in needs for one in _moves(view, need, window)]
    moves.sort(key=lambda one: one.on)
    return Presentation(presenter, subject, tuple(followed), tuple(moves), tuple(undated))


def _contracts(view: View, party: int) -> Iterator[tuple[int, date | None, tuple[int, ...]]]:
    """The contracts that bring a party money, the day of each, and who brings it."""
    for kind, field, dated, funders in CONTRACTS:
        for contract in view.holders(kind, field, party).tolist():
            who = {view.ref(contract, name) for name in funders}
            if kind in FUNDERS:
                who |= {*view.refs(view.holders(FUNDERS[kind], "source", contract), "target").tolist()}
            yield contract, view.value(contract, dated), tuple(sorted(who - {-1}, key=view.id_of))


def _moves(view: View, need: int, window: tuple[date, date]) -> Iterator[FollowingMove]:
    states = states_of(view)
    for place in states.of(need):
        since = moment(int(states.since[place]))
        # The state in which it was presented did not follow.
        if since is None or states.since[place] == NOT_STATED:
            continue
        on = since.astimezone(CHINA).date()
        if window[0] <= on <= window[1]:
            yield FollowingMove(need, STATES[states.status[place]], on, (on - window[0]).days)
