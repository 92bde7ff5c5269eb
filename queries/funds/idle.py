"""How long money has lain idle: paid in, neither invested nor paid into sub-funds, over the history of what was stated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from graph.history import ever_held, versions
from graph.kinds.contracts import Commitment
from graph.snapshot_table import EPOCH_ORDINAL
from queries.exchange import owed_in
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary
from queries.funds.facts import FundFacts
from queries.funds.measures import Measure
from queries.funds.months import months_between

BEGINNING = date.min


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a day on (BEGINNING: always) to before `until` (None: open) so much was paid in or invested: 分, None: not stated."""

    since: date
    until: date | None
    amount: int | None
    record: int
    is_deployed: bool = False

    def covers(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= day and (self.until is None or day < self.until)


def idle_months(facts: FundFacts, share: Fraction) -> Measure:
    """Whole months since what is paid in and not deployed last was below this share of what is paid in, or since nothing was paid in.

    Numerator and denominator are of today. A round without a day may have closed on any. Cost: the versions of the fund's commitments.
    """
    stretches = [*_paid(facts, "fund"), *_paid(facts, "investor"), *_invested(facts)]
    undated = sum(one.amount or 0 for one in facts.investments if one.closed_on is None)
    undated_rounds = [MissingFact(one.round, "closedOn") for one in facts.investments if one.closed_on is None]
    unstated = [MissingFact(one.round, "amount") for one in facts.investments if one.amount is None]
    today = facts.view.as_of
    paid, deployed, missing = _sums(stretches, today)
    missing += unstated
    if paid is None or deployed is None or unstated:
        return Measure(missing=tuple(dict.fromkeys(missing)) or (MissingFact(facts.fund, "commitments"),))
    if not any(not one.is_deployed for one in stretches):
        return Measure(missing=(MissingFact(facts.fund, "commitments"),))
    low, high, unknown = _run(stretches, share, undated, today)
    return Measure(
        numerator=Fraction(paid - deployed - undated),
        denominator=Fraction(paid),
        low=None if low is None else Fraction(low),
        high=None if high is None else Fraction(high),
        missing=tuple(dict.fromkeys(unknown or undated_rounds * (low != high))),
        nothing=paid == 0,
    )


def _run(
    stretches: Sequence[Stretch], share: Fraction, undated: int, today: date
) -> tuple[int | None, int | None, list[MissingFact]]:
    """Bounds of the months of the idle run that ends today, and what would tell more."""
    days = sorted({day for one in stretches for day in (one.since, one.until) if day is not None and day <= today})
    starts = [day for day in days if day != BEGINNING]
    since = today
    for place, day in enumerate(reversed([BEGINNING, *starts])):
        paid, deployed, missing = _sums(stretches, day)
        # Of rounds without a day, today's sums hold all; on an earlier stretch they may or may not have closed.
        rest = (undated, undated if place == 0 else 0)
        verdict = _is_idle(paid, deployed, rest, share)
        if verdict is Ternary.NO:
            return (months := months_between(since, today)), months, []
        if verdict is Ternary.UNKNOWN:
            return months_between(since, today), None, missing
        since = day
        if day == BEGINNING:
            first = [one for one in stretches if one.since == BEGINNING and not one.is_deployed]
            known = months_between(starts[0], today) if starts else 0
            return known, None, [MissingFact(one.record, "validFrom") for one in first]
    return None, None, []


def _is_idle(paid: int | None, deployed: int | None, rest: tuple[int, int], share: Fraction) -> Ternary:
    if paid is None or deployed is None:
        return Ternary.UNKNOWN
    surely, at_most = paid - deployed - rest[0], paid - deployed - rest[1]
    if paid > 0 and surely >= share * paid:
        return Ternary.YES
    return Ternary.UNKNOWN if paid > 0 and at_most >= share * paid else Ternary.NO


def _sums(stretches: Iterable[Stretch], day: date) -> tuple[int | None, int | None, list[MissingFact]]:
    """(paid in, deployed) on a day, None where a part is not stated, and the parts that are not."""
    sums: list[int | None] = [0, 0]
    missing = []
    for one in stretches:
        if one.covers(day):
            before = sums[one.is_deployed]
            sums[one.is_deployed] = None if before is None or one.amount is None else before + one.amount
            if one.amount is None:
                missing.append(MissingFact(one.record, "paidIn"))
    return sums[0], sums[1], missing


def _paid(facts: FundFacts, side: str) -> list[Stretch]:
    """What was paid in by commitments to the fund, or by it into others, through time."""
    view, found = facts.view, []
    for handle in ever_held(view, "Commitment", side, facts.fund).tolist():
        for version in versions(view, handle):
            record = version.record
            assert isinstance(record, Commitment)
            if view.find(record.fund if side == "fund" else record.investor) != facts.fund:
                continue
            amount = None if record.paid_in is None else owed_in(view, record.paid_in)
            since = version.since or BEGINNING
            found.append(Stretch(since, version.until, amount, handle, side == "investor"))
    return found


def _invested(facts: FundFacts) -> list[Stretch]:
    return [
        Stretch(date.fromordinal(one.closed_on + EPOCH_ORDINAL), None, one.amount, one.round, True)
        for one in facts.investments
        if one.closed_on is not None
    ]
