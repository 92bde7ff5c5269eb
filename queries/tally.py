"""Adding up stated amounts in one currency: what is not stated makes the sum not stated, and is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from graph.money import CNY, Money
from graph.snapshot_columns import NOT_STATED
from graph.values import millionths
from graph.view import View
from queries.exchange import in_currency, owed_in, worth_in
from queries.financing.limits.constraints import MissingFact
from queries.ratios import share_of


class Amount(NamedTuple):
    """An amount in 分, None where it is not known, and then why."""

    value: int | None
    missing: tuple[MissingFact, ...] = ()

    def share(self, share: Decimal) -> Amount:
        """So much of it, a share or a multiple, rounded down."""
        return self if self.value is None else Amount(share_of(self.value, millionths(share)), self.missing)


def amount_of(
    money: Money | None, record: int, name: str, currency: str = CNY, *, view: View | None = None, owed: bool = False
) -> Amount:
    """The amount of a record's money field (by GraphQL name) in a currency, by the view's rates; without a view by none.

    What it can bring, less the haircut; `owed`: what is owed or used, in full.
    """
    if money is None:
        return Amount(None, (MissingFact(record, name),))
    if money.currency == currency:
        return Amount(money.minor)
    convert = owed_in if owed else worth_in
    converted = None if view is None else convert(view, money, currency)
    if converted is None:
        return Amount(None, (MissingFact(record, f"rate {money.currency}/{currency}"),))
    return Amount(converted)


def plus(one: Amount, other: Amount) -> Amount:
    """Both together; None where one is not known."""
    if one.value is None or other.value is None:
        return Amount(None, (*one.missing, *other.missing))
    return Amount(one.value + other.value)


@dataclass
class Tally:
    """A sum in 分. `at_most` of a headroom: something that is not stated could only make the sum larger."""

    total: int = 0
    at_most: bool = False
    missing: list[MissingFact] = field(default_factory=list)

    @classmethod
    def of(cls, amount: Amount) -> Tally:
        """The sum that is this amount."""
        tally = cls()
        tally.add(amount)
        return tally

    def add(self, amount: Amount) -> None:
        """Count an amount."""
        self.total += amount.value or 0
        self.missing += amount.missing

    def join(self, other: Tally) -> None:
        """Count another sum."""
        self.total += other.total
        self.at_most |= other.at_most
        self.missing += other.missing

    @property
    def amount(self) -> int | None:
        """The sum; None where a part is not stated."""
        return None if self.missing else self.total


def total_of(view: View, handles: np.ndarray, field: str, fallback: str, currency: str = CNY) -> Tally:
    """The sum of a money field of many records of one kind, as owed; where it is null, of the fallback's."""
    tally = Tally()
    amounts, unrated = in_currency(view, handles, field, currency, owed=True)
    others, others_unrated = in_currency(view, handles, fallback, currency, owed=True)
    counted = np.where(amounts == NOT_STATED, others, amounts)
    for handle in handles[counted == NOT_STATED].tolist():
        tally.missing.append(MissingFact(handle, view.kind_of(handle).by_name[field].graph_name))
    foreign = np.where(amounts == NOT_STATED, others_unrated, unrated)
    tally.missing += [MissingFact(handle, f"rate to {currency}") for handle in handles[foreign].tolist()]
    tally.total = sum(counted[counted != NOT_STATED].tolist())
    return tally
