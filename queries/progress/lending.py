"""Loans and vouchers that count toward a target: batches by their periods, single contracts by their days, for many records at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.view import View, day_of
from queries.exchange import in_currency
from queries.financing.limits.constraints import MissingFact
from queries.progress.batches import ToldBatch, told_batches
from queries.progress.sums import Sum, Window, amount_in, graph_name, why_not
from queries.progress.units import Counted
from queries.ratios import Ints


@dataclass(frozen=True, slots=True)
class Under:
    """Contracts of one kind, each with the place of the record under which it counts, by place."""

    places: Ints
    handles: Ints

    def at(self, place: int) -> slice:
        """Where those of a place are."""
        return slice(*np.searchsorted(self.places, (place, place + 1)).tolist())

    def once(self) -> Under:
        """Each contract under the first record only."""
        first = np.sort(np.unique(self.handles, return_index=True)[1])
        return Under(self.places[first], self.handles[first])


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a contract: its day, its amount, who it is with."""

    on: str
    amount: str
    party: str


LOANS = Fields("start_on", "principal", "borrower")
VOUCHERS = Fields("granted_on", "voucher_amount", "enterprise")


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted of contracts, over which days, in which currency."""

    view: View
    window: Window
    counted: Counted
    currency: str

    def lent(self, loans: Under, batches: Under, sums: Sequence[Sum]) -> None:
        """Count single loans, and loans told as sums. A loan that a batch of its lender and product may hold counts perhaps."""
        view = self.view
        perhaps = np.zeros(loans.handles.size, bool)
        told = np.unique(batches.places).tolist()
        if told:
            starts = view.ints(loans.handles, "start_on")
            lenders, products = (view.refs(loans.handles, name) for name in ("lender", "product"))
        for place in told:
            found, mine = sums[place], loans.at(place)
            for one in told_batches(view, batches.handles[batches.at(place)], self.window, found):
                found.batches += 1
                self._batch(one, found)
                if (period := one.period) is None:
                    continue
                within = (starts[mine] >= day_of(period.first)) & (starts[mine] <= day_of(period.last))
                within &= lenders[mine] == view.ref(one.handle, "lender")
                within &= products[mine] == view.ref(one.handle, "product")
                if within.any() and self.counted is not Counted.PEOPLE:
                    found.missing.append(MissingFact(one.handle, "whether the single loans of its period are among it"))
                perhaps[mine] |= within
        self.one_by_one(loans, sums, LOANS, perhaps)

    def _batch(self, one: ToldBatch, found: Sum) -> None:
        record, surely, why = one.record, one.doubt is None, partial(MissingFact, one.handle)
        if one.doubt is not None:
            found.missing.append(why(one.doubt))
        match self.counted:
            case Counted.MONEY:
                amount = amount_in(self.view, record.amount, self.currency)
                found.count(amount, why_not(one.handle, "amount", record.amount, self.currency), surely=surely)
            case Counted.PEOPLE:
                found.count(record.people, why("people"), surely=surely)
            case Counted.CONTRACTS:
                found.count(record.count, why("count"), surely=surely)
            case Counted.PARTIES:
                # Its borrowers may be those of other loans: how many more parties they are is not told.
                found.count(record.count, why("count"), surely=False)
                found.missing.append(why("borrowers"))

    def one_by_one(self, contracts: Under, sums: Sequence[Sum], fields: Fields, perhaps: np.ndarray) -> None:
        """Count contracts by their days. `perhaps`: those that a batch may hold."""
        view, window = self.view, self.window
        if not contracts.handles.size:
            return
        days = view.ints(contracts.handles, fields.on)
        first = NOT_STATED + 1 if window.first == date.min else day_of(window.first)
        undated = days == NOT_STATED
        here = undated | ((days >= first) & (days <= day_of(window.last)))
        mine, undated = Under(contracts.places[here], contracts.handles[here]), undated[here]
        unsure = undated | perhaps[here]
        for place, one in _pairs(mine, undated):
            sums[place].missing.append(MissingFact(one, graph_name(view, one, fields.on)))
        if self.counted is Counted.MONEY:
            amounts, unrated = in_currency(view, mine.handles, fields.amount, self.currency, owed=True)
            unknown = (amounts == NOT_STATED) | unrated
            for place, one in _pairs(mine, unknown):
                fact = why_not(one, graph_name(view, one, fields.amount), view.value(one, fields.amount), self.currency)
                sums[place].count(None, fact)
            amounts = np.where(unknown, 0, amounts)
        parties = view.refs(mine.handles, fields.party) if self.counted is Counted.PARTIES else mine.handles
        for place in np.unique(mine.places).tolist():
            found, at = sums[place], mine.at(place)
            handles, doubtful = mine.handles[at], unsure[at]
            found.contracts += int(handles.size)
            match self.counted:
                case Counted.MONEY:
                    found.high += int(sum(amounts[at].tolist()))
                    found.low += int(sum(amounts[at][~doubtful].tolist()))
                case Counted.CONTRACTS:
                    found.high += int(handles.size)
                    found.low += int((~doubtful).sum())
                case Counted.PEOPLE:
                    # Whom a loan to a firm helps is told by no record.
                    for one in handles.tolist():
                        found.count(None, MissingFact(one, "people"))
                case Counted.PARTIES:
                    known = parties[at] >= 0
                    sure = set(parties[at][known & ~doubtful].tolist())
                    maybe = set(parties[at][known].tolist()) - sure
                    found.parties |= sure
                    found.low += len(sure)
                    found.high += len(sure) + len(maybe)


def _pairs(mine: Under, which: np.ndarray) -> list[tuple[int, int]]:
    """Place and contract of some of them."""
    return list(zip(mine.places[which].tolist(), mine.handles[which].tolist(), strict=True))
