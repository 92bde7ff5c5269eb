"""What contracts in the graph add up to for a target: under the products, schemes, pools, funds, lists and subsidies that count toward it.

A loan counts with its principal on the day it was paid out, a batch with what it sums over its period. What has no date, or no amount, can
only make the sum larger; what may stand in a batch and by itself too counts once at least, and twice at most.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np

from graph.kinds.policy import Target, TargetKind
from graph.money import CNY
from graph.values import MILLION
from graph.view import View
from queries.coverage.supply import fund_supplies
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.of_pool import covered_loans
from queries.progress.figures import ADDED_UP, CountedUnder, Figure
from queries.progress.lending import VOUCHERS, Counting, Under
from queries.progress.sums import Sum, Window, amount_in, why_not
from queries.progress.units import PERCENT, Counted, Unit
from queries.ratios import Ints


def recorded(view: View, handle: int, target: Target, unit: Unit, until: date) -> Figure | None:
    """What the records that count toward a target add up to by a day; None: none does, or its kind is not one that adds up.

    Of a stock what pools hold and funds have been promised, of a rate a subsidy's, on the day of the view. Sums over a period need its
    first day.
    """
    sources = view.refs(view.holders("CountsToward", "target", handle), "source")
    sources = np.unique(sources[sources >= 0])
    if not sources.size or target.kind not in (*ADDED_UP, TargetKind.STOCK, TargetKind.RATE):
        return None
    sources = np.array(sorted(sources.tolist(), key=view.id_of), np.int64)
    if target.kind in (TargetKind.STOCK, TargetKind.RATE):
        return _figure(unit, [(one, _held(view, one, target, unit)) for one in sources.tolist()], view.as_of)
    counted = unit.counted
    if counted is None:
        return Figure(missing=(MissingFact(handle, f"unit: contracts do not tell {target.unit or 'a plain number'}"),))
    if target.kind is TargetKind.CUMULATIVE and target.period_from is None:
        return Figure(missing=(MissingFact(handle, "periodFrom"),), comparable=False)
    window = Window(target.period_from or date.min, until)
    currency = unit.noun if unit.is_money else CNY
    sums = _Contracts(Counting(view, window, counted, currency), sources).counted()
    parts = list(zip(sources.tolist(), sums, strict=True))
    return _figure(unit, parts, until, target.period_from, counted)


def _figure(
    unit: Unit,
    parts: list[tuple[int, Sum]],
    through: date,
    since: date | None = None,
    counted: Counted | None = None,
) -> Figure:
    """The sum of parts. Parties that several parts name count once."""

    def in_unit(amount: int) -> Fraction:
        if unit.is_money:
            return unit.of_minor(amount)
        return Fraction(amount) / unit.factor if counted is not None else Fraction(amount, 10_000) / unit.factor

    under = tuple(
        CountedUnder(
            one, part.contracts, part.batches, in_unit(part.low), None if part.open_ended else in_unit(part.high)
        )
        for one, part in parts
    )
    low, high = sum(part.low for _, part in parts), sum(part.high for _, part in parts)
    if counted is Counted.PARTIES:
        low = len(set().union(*(part.parties for _, part in parts)))
        high -= sum(len(part.parties) for _, part in parts) - low
    open_ended = any(part.open_ended for _, part in parts)
    missing = tuple(dict.fromkeys(fact for _, part in parts for fact in part.missing))
    through = min((part.through for _, part in parts if part.through is not None), default=through)
    return Figure(in_unit(low), None if open_ended else in_unit(high), since, through, missing, True, (), under)


def _held(view: View, source: int, target: Target, unit: Unit) -> Sum:
    """What a pool holds, a fund has been promised, or the rate of a subsidy in millionths.

    What the target's own document states of it is what it wants, and shows nothing.
    """
    found, kind = Sum(contracts=1), view.kind_of(source).name
    field = {"Pool": "balance", "Subsidy": "rate"}.get(kind)
    if field is not None and _is_wish(view, source, field, target):
        found.count(None, MissingFact(source, f"{field} by another source than the target"))
    elif target.kind is TargetKind.RATE:
        rate = view.value(source, "rate") if kind == "Subsidy" and unit.noun == PERCENT else None
        found.count(None if rate is None else int(rate * MILLION), MissingFact(source, "rate"))
    elif unit.is_money and kind == "Pool":
        money = view.value(source, "balance")
        found.count(amount_in(view, money, unit.noun), why_not(source, "balance", money, unit.noun))
    elif unit.is_money and unit.noun == CNY and kind == "Fund":
        committed = fund_supplies(view, np.array([source], np.int64)).funds[0].committed
        found.count(committed, MissingFact(source, "committed"))
    else:
        found.count(None, MissingFact(source, f"what of a {kind} counts in this unit"))
    return found


def _is_wish(view: View, record: int, field: str, target: Target) -> bool:
    """Whether the value of a field that counts was read from the text that sets the target."""
    told = next((one for one in view.statements(record) if one.value(field) is not None), None)
    wanted = next((one for one in view.statements(view.require(target.id)) if one.value("value") is not None), None)
    return told is not None and wanted is not None and told.source == wanted.source and told.value("span") is not None


class _Contracts:
    """What is recorded under the records that count toward one target, each contract once: under the first that it belongs to."""

    def __init__(self, counting: Counting, sources: Ints) -> None:
        self.counting, self.view, self.sources = counting, counting.view, sources
        self.sums = [Sum() for _ in sources]
        self.kinds = np.array([self.view.kind_of(one).name for one in sources.tolist()])

    def counted(self) -> list[Sum]:
        """What counts under each record in the window. Where nothing is recorded under one, nobody knows that it is nothing."""
        loans, batches = self._of_lenders("Loan"), self._of_lenders("LoanBatch")
        vouchers = self._expanded("Collaboration", "scheme", "VoucherScheme")
        nothing = np.zeros(vouchers.handles.size, bool)
        lent, granted = ("loans", (loans, batches)), ("collaborations", (vouchers,))
        recorded = {"LoanProduct": lent, "Pool": lent, "VoucherScheme": granted}
        for place, (source, kind) in enumerate(zip(self.sources.tolist(), self.kinds.tolist(), strict=True)):
            if kind in recorded:
                name, under = recorded[kind]
                if not any((one.places == place).any() for one in under):
                    self.sums[place].count(None, MissingFact(source, name))
            elif kind == "ProjectList" and self.counting.counted in (Counted.PARTIES, Counted.CONTRACTS):
                self._members(place, source)
            else:
                self.sums[place].count(None, MissingFact(source, f"what of a {kind} counts in this unit"))
        self.counting.lent(loans.once(), batches.once(), self.sums)
        self.counting.one_by_one(vouchers, self.sums, VOUCHERS, nothing)
        return self.sums

    def _expanded(self, kind: str, field: str, under: str) -> Under:
        """The contracts of a kind whose field refers to a record of another kind."""
        places = np.flatnonzero(self.kinds == under)
        at, handles = self.view.expand(kind, field, self.sources[places])
        return Under(places[at], handles)

    def _of_lenders(self, kind: str) -> Under:
        """Loans or batches under products and pools, in the order of these, then by id."""
        parts = [self._expanded(kind, "product", "LoanProduct")]
        for place in np.flatnonzero(self.kinds == "Pool").tolist():
            pool = int(self.sources[place])
            if kind == "Loan":
                mine = covered_loans(self.view, pool)
                mine = mine[np.argsort(self.view.rank(mine))]
            else:
                mine = self.view.expand(kind, "product", self.view.holders("LoanProduct", "pool", pool))[1]
            parts.append(Under(np.full(mine.size, place), mine))
        places, handles = (np.concatenate([getattr(one, name) for one in parts]) for name in ("places", "handles"))
        order = np.argsort(places, kind="stable")
        return Under(places[order], handles[order])

    def _members(self, place: int, source: int) -> None:
        members = self.view.refs(self.view.holders("ListedIn", "target", source), "source")
        members = np.unique(members[members >= 0])
        found = self.sums[place]
        found.low = found.high = found.contracts = int(members.size)
        found.parties.update(members.tolist())
        if not members.size:
            found.count(None, MissingFact(source, "listed"))
