"""Loans and vouchers that count toward a target: batches by their periods, single contracts by their days."""

from __future__ import annotations

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


def lent(view: View, loans: Ints, batches: Ints, found: Sum, window: Window, counted: Counted, currency: str) -> None:
    """Single loans, and loans told as sums. A loan that a batch of its lender and product may hold counts perhaps."""
    perhaps = np.zeros(loans.size, bool)
    starts, lenders, products = view.ints(loans, "start_on"), view.refs(loans, "lender"), view.refs(loans, "product")
    for one in told_batches(view, batches, window, found):
        found.batches += 1
        _batch(view, one, found, counted, currency)
        if (period := one.period) is not None:
            within = (starts >= day_of(period.first)) & (starts <= day_of(period.last))
            within &= (lenders == view.ref(one.handle, "lender")) & (products == view.ref(one.handle, "product"))
            if within.any() and counted is not Counted.PEOPLE:
                found.missing.append(MissingFact(one.handle, "whether the single loans of its period are among it"))
            perhaps |= within
    one_by_one(view, loans, found, window, counted, currency, "start_on", "principal", "borrower", perhaps)


def _batch(view: View, one: ToldBatch, found: Sum, counted: Counted, currency: str) -> None:
    record, surely, why = one.record, one.doubt is None, partial(MissingFact, one.handle)
    if one.doubt is not None:
        found.missing.append(why(one.doubt))
    match counted:
        case Counted.MONEY:
            amount = amount_in(view, record.amount, currency)
            found.count(amount, why_not(one.handle, "amount", record.amount, currency), surely=surely)
        case Counted.PEOPLE:
            found.count(record.people, why("people"), surely=surely)
        case Counted.CONTRACTS:
            found.count(record.count, why("count"), surely=surely)
        case Counted.PARTIES:
            # Its borrowers may be those of other loans: how many more parties they are is not told.
            found.count(record.count, why("count"), surely=False)
            found.missing.append(why("borrowers"))


def one_by_one(
    view: View,
    handles: Ints,
    found: Sum,
    window: Window,
    counted: Counted,
    currency: str,
    on: str,
    amount: str,
    party: str,
    perhaps: np.ndarray | None = None,
) -> None:
    """Contracts one by one, by the day that a field gives. `perhaps`: those that a batch may hold."""
    if not handles.size:
        return
    days = view.ints(handles, on)
    first = NOT_STATED + 1 if window.first == date.min else day_of(window.first)
    dated = (days >= first) & (days <= day_of(window.last))
    undated = days == NOT_STATED
    here = dated | undated
    handles, undated = handles[here], undated[here]
    unsure = undated if perhaps is None else undated | perhaps[here]
    found.contracts += int(handles.size)
    found.missing += [MissingFact(one, graph_name(view, one, on)) for one in handles[undated].tolist()]
    match counted:
        case Counted.MONEY:
            amounts, unrated = in_currency(view, handles, amount, currency, owed=True)
            unknown = (amounts == NOT_STATED) | unrated
            for one in handles[unknown].tolist():
                found.count(None, why_not(one, graph_name(view, one, amount), view.value(one, amount), currency))
            found.high += int(sum(amounts[~unknown].tolist()))
            found.low += int(sum(amounts[~unknown & ~unsure].tolist()))
        case Counted.CONTRACTS:
            found.high += int(handles.size)
            found.low += int((~unsure).sum())
        case Counted.PEOPLE:
            # Whom a loan to a firm helps is told by no record.
            for one in handles.tolist():
                found.count(None, MissingFact(one, "people"))
        case Counted.PARTIES:
            parties = view.refs(handles, party)
            sure = set(parties[(parties >= 0) & ~unsure].tolist())
            maybe = set(parties[parties >= 0].tolist()) - sure - found.parties
            new = sure - found.parties
            found.parties |= new
            found.low += len(new)
            found.high += len(new) + len(maybe)
