"""How long the money of a path stays: days from today, against the days that the need asks for.

A claim's financing runs as long as the claim, a voucher's part as long as its root. Under a revolving limit the days are those of the
limit's validity, and each drawing is repaid and drawn anew every `roll_every` days. Else the offer's own days count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from graph.kinds.contracts import Facility, Loan
from graph.kinds.supply_side import AnchorProgramme
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.limits.constraints import MissingFact
from queries.financing.need import Need
from queries.financing.spines import Form

DUE: Final = frozenset({"Receivable", "Voucher", "Bill", "CreditClaim"})
"""Claims that are paid back by their debtor on a day of their own."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days, both ends included; `high` None: as long as one likes. `roll_every`: a drawing is repaid after so many and drawn anew."""

    low: int
    high: int | None
    roll_every: int | None = None

    @property
    def is_point(self) -> bool:
        """Whether it is one number of days."""
        return self.low == self.high

    @property
    def longest(self) -> int | None:
        """For how long one drawing costs: until it rolls, else the most days; None: no end is stated."""
        return self.high if self.roll_every is None else self.roll_every

    def meet(self, other: DayRange) -> DayRange | None:
        """The days that both have; None: they have none in common. It rolls where one of them does."""
        low = max(self.low, other.low)
        ends = [end for end in (self.high, other.high) if end is not None]
        high = min(ends, default=None)
        if high is not None and low > high:
            return None
        return DayRange(low, high, self.roll_every if other.roll_every is None else other.roll_every)


ANY: Final = DayRange(0, None)


def tenor_fit(path: DayRange, need: DayRange) -> Decimal:
    """Overlapping days / the need's days, 0–1; where one of the two is a point, 1 if it lies inside the other, else 0.

    A need without an end is met by any overlap. Lengths are high − low. Source: the definition of the score.
    """
    common = path.meet(need)
    if common is None:
        return Decimal(0)
    if path.is_point or need.is_point or need.high is None or common.high is None:
        return Decimal(1)
    return Decimal(common.high - common.low) / Decimal(need.high - need.low)


def wanted(need: Need) -> DayRange | None:
    """The days that a need asks for; None: it asks for none."""
    if need.tenor_min_days is None and need.tenor_max_days is None:
        return None
    return DayRange(need.tenor_min_days or 0, need.tenor_max_days)


class Tenor(NamedTuple):
    """What is known of a path's days.

    `allowed` by the offer; `instrument` those of what the path stands on (None: it sets none, or they are not stated: `missing`);
    `fixed`: the financing runs exactly so long, as far as is known.
    """

    allowed: DayRange
    instrument: DayRange | None
    fixed: bool = False
    missing: tuple[MissingFact, ...] = ()

    @property
    def days(self) -> DayRange | None:
        """The path's days; None where what it stands on does not state its own, or the offer excludes them."""
        if self.instrument is None:
            return None if self.missing else self.allowed
        return self.allowed.meet(self.instrument)


def tenor_of(case: Case) -> Tenor:
    """The days of a path."""
    product = case.offer
    allowed = ANY if product is None else DayRange(product.tenor_min_days or 0, product.tenor_max_days)
    instrument = _of_contract(case) or _of_claim(case) or _of_chain(case)
    return Tenor(allowed, None) if instrument is None else Tenor(allowed, *instrument)


_Instrument = tuple[DayRange | None, bool, tuple[MissingFact, ...]]


def _of_contract(case: Case) -> _Instrument | None:
    if case.facility >= 0:
        facility = case.appraisal.record(case.facility, Facility)
        if facility.expires_on is None:
            return None, False, (MissingFact(case.facility, "expiresOn"),)
        rolls = facility.roll_every if facility.revolving else None
        return DayRange(0, _left(case, facility.expires_on), rolls), False, ()
    if case.loan >= 0:
        return _until(case, case.appraisal.record(case.loan, Loan).due_on, case.loan)
    return None


def _of_claim(case: Case) -> _Instrument | None:
    if case.voucher >= 0:
        root = case.appraisal.voucher_root(case.voucher)
        due = case.appraisal.voucher(root).due_on or case.appraisal.voucher(case.voucher).due_on
        return _until(case, due, root)
    if case.asset >= 0 and case.view.kind_of(case.asset).name in DUE:
        return _until(case, case.view.value(case.asset, "due_on"), case.asset)
    return None


def _until(case: Case, due: date | None, record: int) -> _Instrument:
    if due is None:
        return None, True, (MissingFact(record, "dueOn"),)
    days = _left(case, due)
    return DayRange(days, days), True, ()


def _left(case: Case, until: date) -> int:
    return max(0, (until - case.view.as_of).days)


def _of_chain(case: Case) -> _Instrument | None:
    """Of a claim that is still to be made: as long as the buyer nearest to the source pays late, or as its limit is valid."""
    if case.spine.form is not Form.TO_CREATE:
        return None
    link = next((link for *_, link in reversed(list(case.candidate.trade()))), -1)
    if link < 0:
        return None
    term = case.appraisal.once(("payment term", link), lambda: case.view.value(link, "payment_term_days"))
    programme = offer_record(case.view, case.programme, AnchorProgramme) if case.programme >= 0 else None
    if programme is not None and programme.voucher_max_days is not None and case.spine.creates == "Voucher":
        term = None if term is None else min(term, programme.voucher_max_days)
    if programme is not None and programme.revolving:
        high = None if programme.expires_on is None else _left(case, programme.expires_on)
        return DayRange(0, high, term), False, ()
    if term is None:
        return None, True, (MissingFact(link, "paymentTermDays"),)
    # Trade goes on when a claim is paid: what nobody denies to be revolving may serve a longer need.
    open_ = (MissingFact(case.programme, "revolving"),) if programme is not None and programme.revolving is None else ()
    return DayRange(term, term), True, open_
