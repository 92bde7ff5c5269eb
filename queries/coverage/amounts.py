"""Columns of money and days as questions add and group them: 分 of CNY, and what cannot be added; years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.errors import LimitExceeded
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.coverage.network import LARGEST_TOTAL, Flags, Ints
from queries.exchange import in_currency


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A money field of many records. value: 分 of CNY, 0 where it cannot be counted; is_stated: a source states it.

    is_foreign: it is stated in a currency for which no rate is known: neither an amount in 分 nor nothing.
    """

    value: Ints
    is_stated: Flags
    is_foreign: Flags


def amounts_of(view: View, handles: Ints, field: str, *, owed: bool = False) -> Amounts:
    """A money field of records of one kind, in their order: what it can bring, or what is `owed`, paid or asked for, in full."""
    value, unrated = in_currency(view, handles, field, owed=owed)
    is_stated = (value != NOT_STATED) & ~unrated
    return Amounts(np.where(is_stated, value, 0), is_stated, unrated)


def added_up(value: Ints, place: Ints, places: int, what: str) -> Ints:
    """The sum of amounts by place. Raises LimitExceeded where all of them together would leave 64 bits."""
    if sum(value.tolist()) > LARGEST_TOTAL:
        raise LimitExceeded(f"{what} come to more than {LARGEST_TOTAL} 分 together; one of them is in a wrong unit")
    total = np.zeros(places, np.int64)
    np.add.at(total, place, value)
    return total


def years_of(days: Ints) -> Ints:
    """The calendar year of days since 1970-01-01."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
