"""Days and years as official documents print them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from loaders.plan.numerals import integer_of

_YEAR = r"(\d{4}|[〇○零一二三四五六七八九]{4})"
_PART = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
DAY = re.compile(rf"{_YEAR}\s?年\s?{_PART}\s?月\s?{_PART}\s?日")


def day_of(match: re.Match[str]) -> date | None:
    """The day that a match of `DAY` writes, or None where there is no such day."""
    year, month, day = (integer_of(part) for part in match.groups())
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_day_of(year: int, month: int | None) -> date | None:
    """The last day of a year, or of a month in it; None where there is no such month."""
    if not 1 <= year <= 9999 or (month is not None and not 1 <= month <= 12):
        return None
    month = month or 12
    return date(year, month, monthrange(year, month)[1])
