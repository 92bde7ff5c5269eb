"""Months of the calendar, as covenants count them."""

from __future__ import annotations

from datetime import date

from queries.funds.facts import FundFacts


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another; 0 where the first is not before the second."""
    months = 12 * (end.year - start.year) + end.month - start.month
    return max(0, months - (end.day < start.day))


def is_due(facts: FundFacts, months: int | None) -> bool | None:
    """Whether so many months have passed since a fund was established; None: nobody states when that was. None stated is due."""
    if months is None:
        return True
    start = facts.record.established_on
    return None if start is None else months_between(start, facts.view.as_of) >= months
