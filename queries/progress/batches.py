"""Loans told as sums, by period: a loan counts once though a year is told beside its quarters, and a gap between two is not nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from graph.kinds.contracts import LoanBatch
from graph.view import View
from queries.financing.limits.constraints import MissingFact
from queries.progress.periods import Period, period_of
from queries.progress.sums import Sum, Window
from queries.ratios import Ints


@dataclass(frozen=True, slots=True)
class ToldBatch:
    """A batch that counts: surely, or perhaps, and then why. period None: not stated, or it cannot be read."""

    handle: int
    record: LoanBatch
    period: Period | None
    doubt: str | None


def told_batches(view: View, batches: Ints, window: Window, found: Sum) -> Iterator[ToldBatch]:
    """The batches that count in a window, by lender, product and region, then by period.

    Of one lender, product and region: what lies within the period of a longer one is among it; of equal or overlapping periods only the
    first counts surely; a gap between two leaves the sum without a bound. What is before the first and after the last is not asked for,
    since a bank begins and ends: `found.through` is the last day that all this tells of.
    """
    rows = []
    for handle in batches.tolist():
        record = view.record(handle)
        assert isinstance(record, LoanBatch)
        period = None if record.period is None else period_of(record.period)
        if period is None:
            yield ToldBatch(handle, record, None, "period")
        else:
            rows.append(ToldBatch(handle, record, period, None))
    for _, mine in groupby(sorted(rows, key=_key), key=_whose):
        yield from _of_one(list(mine), window, found)


def _whose(one: ToldBatch) -> tuple[str, str, str]:
    return str(one.record.lender), str(one.record.product or ""), str(one.record.region or "")


def _key(one: ToldBatch) -> tuple[object, ...]:
    assert one.period is not None
    return *_whose(one), one.period.first, -one.period.days, one.record.id


def _of_one(rows: list[ToldBatch], window: Window, found: Sum) -> Iterator[ToldBatch]:
    before: Period | None = None
    for one in rows:
        period = one.period
        assert period is not None
        inside = window.holds(period.first, period.last)
        doubt = None if inside else "period"
        if before is None or period.first > before.last:
            if before is not None and period.first > before.next_day:
                gap = Period(before.next_day, period.first - timedelta(days=1))
                if window.holds(gap.first, gap.last) is not False:
                    words = f"loans from {gap.first.isoformat()} to before {period.first.isoformat()}"
                    found.count(None, MissingFact(one.handle, words))
            before = period
        elif period.last <= before.last and period != before:
            continue
        else:
            doubt = "whether it is among others of its period"
            before = Period(before.first, max(before.last, period.last))
        if inside is False:
            continue
        if inside:
            found.through = period.last if found.through is None else max(found.through, period.last)
        yield ToldBatch(one.handle, one.record, period, doubt)
