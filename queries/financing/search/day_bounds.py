"""For how long the money of partial paths stays, as columns, and what it then costs and fits at best.

Each node of a layer knows what the paths from it to the beneficiary say of their days: nothing, a number, at most a number, that they are
not stated, or different things. Where it is exact the bounds are exact too, so that equal paths are told apart without looking at all.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from queries.financing.search.prices import FREE_OF_COST, Floats, Prices
from queries.financing.tenor import DayRange
from queries.ratios import UNLIMITED, Ints

FREE: Final = 0
"""The offer's own days."""
POINT: Final = 1
"""Just so many: those of a claim."""
UP_TO: Final = 2
"""At most so many."""
UNKNOWN: Final = 3
"""Not stated."""
REVOLVING: Final = 4
"""Drawings of so many days, one after the other for as long as a limit is valid."""
MIXED: Final = 5
"""Different things on different paths."""


class DayBounds(NamedTuple):
    """What each node says: its mode, and the least and the most days on paths over it; `valid` those of a revolving limit."""

    mode: Ints
    low: Ints
    high: Ints
    valid: Ints

    @classmethod
    def of(cls, mode: Ints, days: Ints, valid: Ints | None = None) -> DayBounds:
        """One number of days each."""
        return cls(mode, days, days, np.full(len(mode), UNLIMITED) if valid is None else valid)

    @classmethod
    def free(cls, size: int) -> DayBounds:
        """Nothing that binds the offer."""
        return cls.of(np.full(size, FREE), np.zeros(size, np.int64))

    @classmethod
    def stated(cls, days: Ints, is_stated: np.ndarray, mode: int) -> DayBounds:
        """So many days in a mode, where they are stated."""
        return cls.of(np.where(is_stated, mode, UNKNOWN), np.where(is_stated, np.maximum(days, 0), 0))

    def at(self, places: Ints) -> DayBounds:
        """At some places."""
        return DayBounds(*(column[places] for column in self))

    def merged(self, cuts: Ints) -> DayBounds:
        """Of pairs those that begin at each cut, together."""
        mode = np.minimum.reduceat(self.mode, cuts)
        valid = np.minimum.reduceat(self.valid, cuts)
        alike = mode == np.maximum.reduceat(self.mode, cuts)
        alike &= (mode != REVOLVING) | (valid == np.maximum.reduceat(self.valid, cuts))
        return DayBounds(
            np.where(alike, mode, MIXED),
            np.minimum.reduceat(self.low, cuts),
            np.maximum.reduceat(self.high, cuts),
            valid,
        )

    def capped(self, most: Ints) -> DayBounds:
        """Points of at most so many days."""
        points = self.mode == POINT
        low, high = (np.where(points, np.minimum(column, most), column) for column in (self.low, self.high))
        return DayBounds(self.mode, low, high, self.valid)

    def revolving(self, where: np.ndarray, valid: Ints) -> DayBounds:
        """Where a limit revolves, drawings while it is valid."""
        points = self.mode == POINT
        mode = np.where(where, np.where(points, REVOLVING, MIXED), self.mode)
        return DayBounds(mode, self.low, self.high, np.where(where, valid, self.valid))


UNMET: Final = -1.0
"""Stands for the fit where the need asks for none of the days that there are."""
EXCLUDED: Final = -2.0
"""Stands for the fit where the offer allows none of the days that the money would stay."""


class Terms(NamedTuple):
    """At least the cost, in millionths of a basis point, and at most the fit (NaN: that part is missing; below 0: no day is left)."""

    cost: Ints
    fit: Floats


def terms(prices: Prices, days: DayBounds, need: DayRange | None, *, shuts: bool) -> Terms:
    """The bounds under products (one each, or one for all) of paths that stay so long.

    `shuts`: where no day is left there is no path, since the gate TENOR says no.
    """
    size = max(len(prices.yearly), len(days.mode))
    cost, fit = np.zeros(size, np.int64), np.full(size, np.nan)
    mode = np.broadcast_to(days.mode, size)
    for one in np.unique(days.mode).tolist():
        here = mode == one
        found = MODES[one](prices, days, need)
        cost = np.where(here, found.cost, cost)
        fit = np.where(here, found.fit, fit)
    if not shuts:
        fit = np.where(fit == EXCLUDED, np.nan, np.where(fit == UNMET, 0.0, fit))
    return Terms(cost, fit)


def _fit(low: Ints, high: Ints, need: DayRange | None) -> Floats | float:
    """`tenor_fit` of days from low to high, UNMET where the need has none of them; UNLIMITED: open."""
    if need is None:
        return np.nan
    most = UNLIMITED if need.high is None else need.high
    first, last = np.maximum(low, need.low), np.minimum(high, most)
    if need.high is None or need.is_point:
        return np.where(first <= last, 1.0, UNMET)
    part = (last - first) / (need.high - need.low)
    return np.where(first > last, UNMET, np.where(low == high, 1.0, part))


def _ranging(prices: Prices, last: Ints, need: DayRange | None, roll: Ints | None = None) -> Terms:
    """Of paths from the offer's shortest days to a last day; what has no day is no path."""
    shortest = prices.shortest
    least = 0 if need is None else need.low
    longest = last
    if need is not None:
        common = np.minimum(last, UNLIMITED if need.high is None else need.high)
        longest = np.where(np.maximum(shortest, need.low) <= common, common, last)
    longest = longest if roll is None else roll
    days = np.where((longest >= UNLIMITED) | (longest <= 0), np.nan, longest)
    cost = prices.cost(days, np.maximum(shortest, least))
    fit = _fit(shortest, last, need)
    gone = shortest > last
    return Terms(np.where(gone, FREE_OF_COST, cost), np.where(gone, EXCLUDED, fit))


def _free(prices: Prices, days: DayBounds, need: DayRange | None) -> Terms:
    return _ranging(prices, prices.longest, need)


def _point(prices: Prices, days: DayBounds, need: DayRange | None) -> Terms:
    least = 0 if need is None else need.low
    most = UNLIMITED if need is None or need.high is None else need.high
    inside = (prices.shortest <= days.low) & (days.high <= prices.longest)
    exact = prices.cost(
        np.where(inside & (days.low > 0), days.low, np.nan), np.where(inside, np.maximum(days.low, least), least)
    )
    ranged = np.where(inside | prices.is_constant, prices.least_cost(days.low, days.high), FREE_OF_COST)
    single = days.low == days.high
    within, full = (least <= days.low) & (days.high <= most), np.nan if need is None else 1.0
    exactly = np.where(inside, np.where(within, full, UNMET), EXCLUDED)
    fit = np.where(single, exactly, full)
    return Terms(np.where(single, exact, ranged), fit)


def _up_to(prices: Prices, days: DayBounds, need: DayRange | None) -> Terms:
    exact, any_ = _ranging(prices, np.minimum(prices.longest, days.low), need), _mixed(prices, days, need)
    single = days.low == days.high
    return Terms(np.where(single, exact.cost, any_.cost), np.where(single, exact.fit, any_.fit))


def _unknown(prices: Prices, days: DayBounds, need: DayRange | None) -> Terms:
    return Terms(prices.cost(np.array(np.nan), 0 if need is None else need.low), np.array(np.nan))


def _revolving(prices: Prices, days: DayBounds, need: DayRange | None) -> Terms:
    last = np.minimum(prices.longest, days.valid)
    exact = _ranging(prices, last, need, days.low)
    ranged = np.where(days.low >= 1, prices.least_cost(days.low, days.high), FREE_OF_COST)
    return Terms(np.where(days.low == days.high, exact.cost, ranged), exact.fit)


def _mixed(prices: Prices, days: DayBounds, need: DayRange | None) -> Terms:
    cost = np.where(prices.is_constant, prices.cost(np.array(np.nan), 0), FREE_OF_COST)
    return Terms(cost, np.array(np.nan if need is None else 1.0))


MODES: Final = {FREE: _free, POINT: _point, UP_TO: _up_to, UNKNOWN: _unknown, REVOLVING: _revolving, MIXED: _mixed}
