"""What money of one currency is worth in another: by a dated, sourced rate less its haircut; without a rate it is not stated.

A haircut is taken off what money can bring (values, limits, balances). What is owed, used or asked for counts in full, so that no
haircut frees a limit. Where no rate joins two currencies, two rates by way of CNY do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np

from graph.kinds.rates import ExchangeRate
from graph.money import CNY, Money
from graph.view import View
from queries.columns import is_foreign
from queries.derived import once
from queries.ratios import UNLIMITED, Ints


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of one currency for one of another: `full`, and `net` of the haircut."""

    full: Fraction
    net: Fraction

    @property
    def inverse(self) -> Rate:
        """The same rate, read the other way."""
        return Rate(1 / self.full, self.net / (self.full * self.full))

    def then(self, other: Rate) -> Rate:
        """Both, one after the other."""
        return Rate(self.full * other.full, self.net * other.net)


SAME: Final = Rate(Fraction(1), Fraction(1))


def rate(view: View, currency: str, quote: str = CNY) -> Rate | None:
    """The rate from a currency to another; None where nobody states one."""
    return once(view, (rate, currency, quote), lambda: _rate(view, currency, quote))


def _rate(view: View, currency: str, quote: str) -> Rate | None:
    if currency == quote:
        return SAME
    stated = once(view, _stated, lambda: _stated(view), of=frozenset({"ExchangeRate"}))
    if (currency, quote) in stated:
        return stated[currency, quote]
    if (quote, currency) in stated:
        return stated[quote, currency].inverse
    if CNY in (currency, quote):
        return None
    first, then = rate(view, currency), rate(view, CNY, quote)
    return None if first is None or then is None else first.then(then)


def _stated(view: View) -> dict[tuple[str, str], Rate]:
    """The rate last quoted of each pair; of equal ones the first by id."""
    found: dict[tuple[str, str], tuple[date, Rate]] = {}
    for handle in view.handles("ExchangeRate").tolist():
        record = view.record(handle)
        assert isinstance(record, ExchangeRate)
        pair, quoted = (record.currency, record.quote or CNY), record.quoted_on or record.valid_from or date.min
        units = 1 if record.per is None else record.per
        known = found.get(pair)
        if record.rate <= 0 or units <= 0 or quoted > view.as_of or (known is not None and known[0] >= quoted):
            continue
        full = Fraction(record.rate) / units
        found[pair] = (quoted, Rate(full, full * (1 - Fraction(record.haircut))))
    return {pair: last for pair, (_, last) in found.items()}


def worth_in(view: View, money: Money, currency: str = CNY) -> int | None:
    """What an amount can bring in a currency, in 分, net of the haircut and rounded down; None without a rate."""
    if money.currency == currency:
        return money.minor
    found = rate(view, money.currency, currency)
    return None if found is None else money.minor * found.net.numerator // found.net.denominator


def owed_in(view: View, money: Money, currency: str = CNY) -> int | None:
    """What an amount owed, used or asked for counts in a currency, in 分, rounded up; None without a rate."""
    if money.currency == currency:
        return money.minor
    found = rate(view, money.currency, currency)
    return None if found is None else -(-money.minor * found.full.numerator // found.full.denominator)


def in_currency(
    view: View, handles: Ints, field: str, currency: str = CNY, *, owed: bool = False, of: Ints | None = None
) -> tuple[Ints, np.ndarray]:
    """A money field of records of one kind as `worth_in` or `owed_in`, and where it is in a currency without a rate.

    `of`: these amounts, in the field's currency, instead. NOT_STATED stands; an amount without a rate stays in its own currency.
    """
    amounts = view.ints(handles, field) if of is None else of
    without_rate = is_foreign(view, handles, field, currency)
    if not without_rate.any():
        return amounts, without_rate
    amounts, convert = amounts.copy(), owed_in if owed else worth_in
    for place in np.flatnonzero(without_rate).tolist():
        money = view.value(int(handles[place]), field)
        assert isinstance(money, Money)
        converted = convert(view, Money(int(amounts[place]), money.currency), currency)
        if converted is not None:
            amounts[place], without_rate[place] = min(converted, UNLIMITED), False
    return amounts, without_rate
