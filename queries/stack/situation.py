"""Who asks for support, and for what: the enterprise, its need as one amount, and what it has been given already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np

from graph.kinds.supply_side import CapPeriod, Subsidy
from graph.kinds.terms import Instrument
from graph.view import View
from queries.derived import offer_record
from queries.eligibility import asking_of
from queries.financing.gates.conditions import FactColumns
from queries.financing.gates.telling import Telling
from queries.financing.limits.constraints import MissingFact
from queries.financing.need import Need, NeedAsked, asked, open_needs, served
from queries.tally import Amount, amount_of


class Range(NamedTuple):
    """An amount in 分 between two ends; `high` None: nobody states what would bound it."""

    low: int
    high: int | None

    @classmethod
    def of(cls, amount: int) -> Range:
        """An amount that is known."""
        return cls(amount, amount)

    def at_most(self, most: int | None) -> Range:
        """No more than so much; None: no bound."""
        if most is None:
            return self
        return Range(min(self.low, most), most if self.high is None else min(self.high, most))


NOTHING = Range(0, 0)


class Given(NamedTuple):
    """What was given of a support: how much, and when (None: not stated, and `undated` would tell)."""

    support: int
    amount: Amount
    on: date | None
    undated: MissingFact


@dataclass(frozen=True, eq=False)
class Situation:
    """An enterprise with a need: the question's, else its open needs together. `instruments` that it asks for; empty: any."""

    view: View
    firm: int
    need: Need
    instruments: frozenset[Instrument]
    telling: Telling

    @classmethod
    def of(cls, view: View, firm: int, need: NeedAsked | None) -> Situation:
        """The situation of a firm. Raises InvalidInput for a need that cannot be meant."""
        if need is None:
            needs = open_needs(view, firm)
            kinds = frozenset(one.need.instrument for one in needs)
            whole = served(needs, tuple(kinds))
        else:
            kinds, whole = frozenset(need.instruments), asked(need.checked(view))
        telling = Telling(FactColumns(view, np.array([firm])), firm, asking_of(view, firm, need))
        return cls(view, firm, whole, kinds, telling)

    @property
    def amount(self) -> Range:
        """What is asked for."""
        amount = self.need.amount
        return Range(0, None) if amount is None else Range.of(amount)

    @property
    def missing_amount(self) -> tuple[MissingFact, ...]:
        """What would tell how much is asked for."""
        if self.need.amount is not None:
            return ()
        return self.need.missing or (MissingFact(self.firm, "needs.amount"),)

    def wants(self, *instruments: Instrument) -> bool:
        """Whether any of these instruments would do."""
        return not self.instruments or not self.instruments.isdisjoint(instruments)

    @cached_property
    def given(self) -> Mapping[int, tuple[Given, ...]]:
        """What the firm has been given by the view's day, by support: grants of subsidies, vouchers."""
        found: dict[int, list[Given]] = {}
        for one in (*self._grants(), *self._vouchers()):
            if one.on is None or one.on <= self.view.as_of:
                found.setdefault(one.support, []).append(one)
        return {support: tuple(each) for support, each in found.items()}

    def _grants(self) -> Iterator[Given]:
        for handle in self.view.holders("Subsidy", "granted_to", self.firm).tolist():
            scheme = self.view.ref(handle, "scheme")
            if scheme >= 0:
                record = offer_record(self.view, handle, Subsidy)
                amount = amount_of(record.amount, handle, "amount", view=self.view, owed=True)
                on = record.granted_on or record.valid_from
                yield Given(scheme, amount, on, MissingFact(handle, "grantedOn"))

    def _vouchers(self) -> Iterator[Given]:
        for handle in self.view.holders("Collaboration", "enterprise", self.firm).tolist():
            scheme = self.view.ref(handle, "scheme")
            if scheme >= 0:
                money = self.view.value(handle, "voucher_amount")
                amount = amount_of(money, handle, "voucherAmount", view=self.view, owed=True)
                on = self.view.value(handle, "valid_from")
                yield Given(scheme, amount, on, MissingFact(handle, "validFrom"))

    def left_of(self, cap: int, supports: frozenset[int], period: CapPeriod | None) -> Range:
        """What is left of a cap over supports in its period.

        At least: what is not dated counts, and of what states no amount nothing may be left; at most: the other way round.
        """
        least = most = cap
        for one, is_dated in self.had_of(supports, period):
            amount = one.amount.value
            if amount is None:
                least = 0
                continue
            least -= amount
            if is_dated:
                most -= amount
        return Range(max(0, least), max(0, most))

    def had_of(self, supports: Iterable[int], period: CapPeriod | None) -> Iterator[tuple[Given, bool]]:
        """What was given of supports and may count in a period, and whether it is known to."""
        for one in (given for support in supports for given in self.given.get(support, ())):
            counts = self.counts(one.on, period)
            if counts is not False:
                yield one, counts is True

    def counts(self, on: date | None, period: CapPeriod | None) -> bool | None:
        """Whether what was given on a day counts in a period that ends today; None: nobody states the day."""
        if period in (None, CapPeriod.ONCE):
            return True
        if on is None:
            return None
        today = self.view.as_of
        if period is CapPeriod.CALENDAR_YEAR:
            return on.year == today.year
        # The same day a year ago is no longer within twelve months.
        return (on.year + 1, on.month, on.day) > (today.year, today.month, today.day)
