"""Periods as they are written: the days that a year, half, quarter, month, day or span of days has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from queries.ratios import DAYS_OF_YEAR

MONTHS_OF_YEAR = 12

_FORM = re.compile(
    r"(?P<year>\d{4})(?:年度?)?(?:"
    r"(?:全年)?"
    r"|-?[Hh](?P<half>[12])"
    r"|(?P<half_zh>[上下])半年"
    r"|-?[Qq](?P<quarter>[1-4])"
    r"|第?(?P<quarter_zh>[一二三四1-4])季度"
    r"|(?<=年)(?P<from>\d{1,2})[-—~至到](?P<to>\d{1,2})月"
    r"|(?:-|(?<=年))(?P<month>\d{1,2})月?"
    r"|(?:-|(?<=年))(?P<of_day>\d{1,2})[-月](?P<day>\d{1,2})日?"
    r")"
)
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` to `last`, both in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def next_day(self) -> date:
        """The first day after it."""
        return self.last + timedelta(days=1)

    @property
    def is_year(self) -> bool:
        """Whether it is a whole year, of the calendar or not."""
        after = self.next_day
        return self.first.day == after.day == 1 and (after.year, after.month) == (self.first.year + 1, self.first.month)


def period_of(printed: str) -> Period | None:
    """The period that is written; None where it is none that can be read.

    2025, 2025年; 2025H1, 2025年上半年; 2025Q3, 2025年第三季度; 2025-09, 2025年9月, 2025年1-9月; 2025-09-30, 2025年9月30日; two of
    these with a stroke between them: from the first day of one to the last of the other. The first and the last year that a date can
    have are none: nothing is before or after them.
    """
    begins, stroke, ends = printed.partition("/")
    first = _one(begins)
    if not stroke or first is None:
        return first
    last = _one(ends)
    return None if last is None or last.last < first.first else Period(first.first, last.last)


def _one(printed: str) -> Period | None:
    match = _FORM.fullmatch(re.sub(r"\s", "", printed))
    if match is None:
        return None
    year = int(match["year"])
    if not date.min.year < year < date.max.year:
        return None
    month, length = 1, MONTHS_OF_YEAR
    if match["day"]:
        try:
            day = date(year, int(match["of_day"]), int(match["day"]))
        except ValueError:
            return None
        return Period(day, day)
    if half := match["half"] or match["half_zh"]:
        month, length = (1 if half in "1上" else 7), 6
    elif quarter := match["quarter"] or match["quarter_zh"]:
        number = int(quarter) if quarter.isdigit() else _QUARTERS.index(quarter) + 1
        month, length = 3 * number - 2, 3
    elif match["from"]:
        month = int(match["from"])
        length = int(match["to"]) - month + 1
    elif match["month"]:
        month, length = int(match["month"]), 1
    if not 1 <= month <= month + length - 1 <= MONTHS_OF_YEAR:
        return None
    after = year * MONTHS_OF_YEAR + month - 1 + length
    end = date(after // MONTHS_OF_YEAR, after % MONTHS_OF_YEAR + 1, 1) - timedelta(days=1)
    return Period(date(year, month, 1), end)


def months_between(start: date, end: date) -> int | None:
    """Whole months from the end of one day to that of another, where both are last days of months; else None."""
    if (start + timedelta(days=1)).day != 1 or (end + timedelta(days=1)).day != 1:
        return None
    return (end.year - start.year) * MONTHS_OF_YEAR + end.month - start.month


def years_between(start: date, end: date) -> Fraction:
    """Years from one day to another: by months where both are last days of months, else by days, 365 a year."""
    months = months_between(start, end)
    return Fraction((end - start).days, DAYS_OF_YEAR) if months is None else Fraction(months, MONTHS_OF_YEAR)
