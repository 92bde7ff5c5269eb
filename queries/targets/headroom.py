"""What a fund may put into each firm: its tickets, its cap per company less what it holds there, and its money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.kinds.parties import Fund
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.view import View
from queries.coverage.supply import FundSupply, fund_supplies
from queries.derived import once
from queries.exchange import owed_in, worth_in
from queries.financing.gates.eligibility import ticket_cap
from queries.financing.limits.constraints import MissingFact
from queries.financing.reaching.firms import Firms, Needs
from queries.ratios import UNLIMITED, UNSTATED, Ints

NOTHING_ASKED = UNLIMITED
"""Of an amount asked for: the firm declares no need."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A suggested range in 分; `high` None: nothing bounds it.

    cash: of `high`, what the fund has in hand; to_call: the rest; None: not stated.
    """

    low: int
    high: int | None
    cash: int | None
    to_call: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Headroom:
    """The terms of a fund against all firms. Amounts in 分 of CNY.

    asked: by firm what it asks for in equity, UNLIMITED: it declares nothing, UNSTATED: in a currency without a rate. least, largest:
    of one ticket, None: none is stated. room: by firm, what the cap per company leaves, UNLIMITED: there is no cap. unrated: terms in
    a currency without a rate. rule: that states the largest ticket, -1: the fund's own record.
    """

    fund: int
    supply: FundSupply
    asked: Ints
    least: int | None
    largest: int | None
    room: Ints
    unrated: tuple[MissingFact, ...]
    rule: int

    @classmethod
    def of(cls, view: View, fund: int) -> Headroom:
        """The terms of a fund; made once a view and fund."""
        return once(view, (Headroom, fund), lambda: cls._made(view, fund))

    @classmethod
    def _made(cls, view: View, fund: int) -> Headroom:
        record = view.record(fund)
        assert isinstance(record, Fund)
        supplies = fund_supplies(view, np.array([fund]))
        unrated: list[MissingFact] = []

        def yuan(money: Money | None, field: str, *, at_least: bool = False, about: int = fund) -> int | None:
            if money is None:
                return None
            worth = owed_in(view, money) if at_least else worth_in(view, money)
            if worth is None:
                unrated.append(MissingFact(about, f"{field}: rate to CNY"))
            return worth

        least, largest = yuan(record.ticket_min, "ticketMin", at_least=True), yuan(record.ticket_max, "ticketMax")
        rule, ruled = -1, ticket_cap(view, fund)
        if ruled is not None:
            most = yuan(ruled[1], "amount", about=ruled[0])
            if most is not None and (largest is None or most < largest):
                rule, largest = ruled[0], most
        firms = Firms.of(view)
        room = np.full(len(firms), UNLIMITED)
        cap = yuan(record.per_company_cap, "perCompanyCap")
        if cap is not None:
            room[:] = cap
            held = supplies.held
            places = firms.places(np.array([firm for _, firm in held], np.int64))
            amounts = np.array(list(held.values()), np.int64)
            room[places[places >= 0]] = np.maximum(0, cap - amounts[places >= 0])
        asked = Needs.of(view, (Instrument.EQUITY,)).amount
        return cls(fund, supplies.funds[0], asked, least, largest, room, tuple(unrated), rule)

    @property
    def smallest(self) -> int:
        """The smallest deal: 1 分 where no smallest ticket is known."""
        return max(1, self.least or 0)

    @property
    def most(self) -> Ints:
        """By firm, the most that tickets and the cap let through, whatever the fund has; UNLIMITED: anything."""
        return np.minimum(self.room, UNLIMITED if self.largest is None else self.largest)

    @property
    def given(self) -> Ints:
        """By firm, the most that the fund can put into it today: `most`, and no more than it has."""
        powder = self.supply.dry_powder
        return np.minimum(self.most, UNLIMITED if powder is None else powder)

    def ticket(self, place: int) -> Ticket | None:
        """The suggested ticket for a firm: no more than it asks for; None where the terms or the money let nothing through."""
        asked, powder = int(self.asked[place]), self.supply.dry_powder
        bounds = (int(self.room[place]), self.largest, powder)
        given = min(UNLIMITED if bound is None else bound for bound in bounds)
        high = given if asked in (UNSTATED, NOTHING_ASKED) else min(asked, given)
        low = self.smallest
        if high < low:
            return None
        if high >= UNLIMITED:
            return Ticket(low, None, None, None)
        cash = None if self.supply.cash is None else min(high, max(0, self.supply.cash))
        return Ticket(low, high, cash, None if cash is None else high - cash)
