"""How long the money of a path stays: days from today, against the days that the need asks for.

A claim's financing runs as long as the claim, a voucher's part as long as its root. Under a revolving limit the days are those of the
limit's validity, and each drawing is repaid and drawn anew every `roll_every` days. Else the offer's own days count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from graph.kinds.contracts import BuyBack, Facility, Loan
from graph.kinds.supply_side import AnchorProgramme, Pool
from graph.view import View
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.limits.constraints import MissingFact
from queries.financing.need import Need
from queries.financing.spines import Form, StepAmount


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
    instrument = _of_contract(case) or _of_asset(case) or _of_chain(case)
    return Tenor(allowed, None) if instrument is None else Tenor(allowed, *instrument)


_Instrument = tuple[DayRange | None, bool, tuple[MissingFact, ...]]


def _of_contract(case: Case) -> _Instrument | None:
    if case.facility >= 0:
        facility = case.appraisal.record(case.facility, Facility)
        line = _until(case, facility.expires_on, case.facility, "expiresOn", runs=False)
        rolls = facility.roll_every if facility.revolving else None
        return line if line[0] is None else (replace(line[0], roll_every=rolls), *line[1:])
    if case.loan >= 0:
        return _until(case, case.appraisal.record(case.loan, Loan).due_on, case.loan, "dueOn", runs=True)
    for kind in ("Lease", "BondIssue"):
        handle = case.candidate.role(kind) if case.contract >= 0 else -1
        if handle >= 0:
            return _until(case, case.view.value(handle, "due_on"), handle, "dueOn", runs=True)
    if (pool := case.candidate.role("Pool")) >= 0:
        most = offer_record(case.view, pool, Pool).max_days
        return (None, False, (MissingFact(pool, "maxDays"),)) if most is None else (DayRange(0, most), False, ())
    return None


def _of_asset(case: Case) -> _Instrument | None:
    if case.voucher >= 0:
        root = case.appraisal.voucher_root(case.voucher)
        due = case.appraisal.voucher(root).due_on or case.appraisal.voucher(case.voucher).due_on
        return _until(case, due, root, "dueOn", runs=True)
    promise = case.candidate.role("BuyBack")
    if promise >= 0:
        return _until(case, case.appraisal.record(promise, BuyBack).expires_on, promise, "expiresOn", runs=False)
    if case.asset < 0 or case.asset_kind.until is None or case.spine.amount is StepAmount.LEASED:
        return None
    until = case.asset_kind.until
    shown = case.view.kind_of(case.asset).by_name[until].graph_name
    return _until(case, getattr(case.holding, until), case.asset, shown, runs=case.asset_kind.runs)


def _until(case: Case, last: date | None, record: int, field: str, *, runs: bool) -> _Instrument:
    """To a last day: exactly, where the financing runs so long, else at most."""
    if last is None:
        return None, runs, (MissingFact(record, field),)
    days = _left(case, last)
    return DayRange(days if runs else 0, days), runs, ()


def _left(case: Case, until: date) -> int:
    return max(0, (until - case.view.as_of).days)


def _of_chain(case: Case) -> _Instrument | None:
    """Of a claim that is still to be made: as long as the buyer nearest to the source takes to pay, or as its limit is valid."""
    if case.spine.form is not Form.TO_CREATE or (case.programme < 0 and case.candidate.role("CreditLimit") < 0):
        return None
    places = [place for place, step in enumerate(case.candidate.steps) if step.relation == "SUPPLIES"]
    if not places:
        return None
    link, sells = case.candidate.links[places[0]], case.candidate.steps[places[0]].sells
    term, missing = case.appraisal.once(("term", link, sells), lambda: link_term(case.view, link, sells=sells))
    programme = offer_record(case.view, case.programme, AnchorProgramme) if case.programme >= 0 else None
    if term is None and not sells and programme is not None:
        term = programme.sell_through_days
    if programme is None:
        return (None, True, (missing,)) if term is None else (DayRange(term, term), True, ())
    if term is not None and programme.voucher_max_days is not None and case.spine.creates == "Voucher":
        term = min(term, programme.voucher_max_days)
    if programme.revolving:
        return DayRange(0, None if programme.expires_on is None else _left(case, programme.expires_on), term), False, ()
    if term is None:
        return None, True, (missing,)
    # Trade goes on when a claim is paid: what nobody denies to be revolving may serve a longer need.
    unsaid = (MissingFact(case.programme, "revolving"),) if programme.revolving is None else ()
    return DayRange(term, term), True, unsaid


def link_term(view: View, link: int, *, sells: bool) -> tuple[int | None, MissingFact]:
    """How long what is financed on a link of trade is out: until the buyer pays, or until a distributor has sold; and the fact."""
    name = "payment_term_days" if sells else "sell_through_days"
    spec = view.kind_of(link).by_name.get(name)
    days: int | None = None if spec is None else view.value(link, name)
    return days, MissingFact(link, name if spec is None else spec.graph_name)
