"""Columns of money and days as questions add and group them: 分 of CNY, and what cannot be added; years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.errors import LimitExceeded
from graph.money import CNY
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.coverage.network import LARGEST_TOTAL, Flags, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A money field of many records. value: 分, 0 where it cannot be counted; is_stated: a source states it in CNY.

    is_foreign: it is stated in a currency for which no rate is known: neither an amount in 分 nor nothing.
    """

    value: Ints
    is_stated: Flags
    is_foreign: Flags


def amounts_of(view: View, handles: Ints, field: str) -> Amounts:
    """A money field of records of one kind, in their order."""
    value = view.ints(handles, field)
    is_there = value != NOT_STATED
    is_home = np.array([currency == CNY for currency in view.currencies(handles, field)], np.bool_)
    is_stated = is_there & is_home
    return Amounts(np.where(is_stated, value, 0), is_stated, is_there & ~is_home)


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
