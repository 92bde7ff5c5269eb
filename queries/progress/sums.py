"""Sums of what contracts state, between bounds: what is not dated or not stated can only make them larger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from graph.money import Money
from graph.view import View
from queries.exchange import owed_in
from queries.financing.limits.constraints import MissingFact


@dataclass
class Sum:
    """Bounds of what counts under one record: in 分, people, contracts or millionths. `open_ended`: nobody can say how much more it is.

    parties: those that surely count, as far as parties are counted. through: the last day that batches tell of; None: single contracts,
    which are known as they are made.
    """

    low: int = 0
    high: int = 0
    open_ended: bool = False
    contracts: int = 0
    batches: int = 0
    missing: list[MissingFact] = field(default_factory=list)
    parties: set[int] = field(default_factory=set)
    through: date | None = None

    def count(self, amount: int | None, fact: MissingFact, *, surely: bool = True) -> None:
        """Count an amount; None: not stated. Not `surely`: it may not count at all."""
        if amount is None:
            self.missing.append(fact)
            self.open_ended = True
            return
        self.high += amount
        self.low += amount if surely else 0


@dataclass(frozen=True, slots=True)
class Window:
    """The days that count, both in it."""

    first: date
    last: date

    def holds(self, first: date, last: date) -> bool | None:
        """Whether it holds all days from one to another; None: some of them."""
        if first > self.last or last < self.first:
            return False
        return True if first >= self.first and last <= self.last else None


def amount_in(view: View, money: Money | None, currency: str) -> int | None:
    """An amount in 分 of a currency, in full; None where it is not stated or has no rate."""
    return None if money is None else owed_in(view, money, currency)


def why_not(record: int, name: str, money: Money | None, currency: str) -> MissingFact:
    """What it takes to know such an amount."""
    return MissingFact(record, name if money is None else f"{name}: rate to {currency}")


def graph_name(view: View, record: int, name: str) -> str:
    """The GraphQL name of a field."""
    return view.kind_of(record).by_name[name].graph_name
