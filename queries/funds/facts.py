"""What covenants ask of one fund, read when first asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from graph.kinds.parties import Fund
from graph.kinds.policy import MoneyBase
from graph.view import View
from queries.coverage.supply import FundSupply, fund_supplies
from queries.financing.limits.constraints import MissingFact
from queries.funds.capital import Contribution, Origins, contributions
from queries.funds.investments import Investment, investments_of


class FundFacts:
    """One fund: its record, its money, its investments. `more`: investments of the fund that nobody records, as if they were made."""

    def __init__(self, view: View, fund: int, more: Sequence[Investment] = ()) -> None:
        self.view = view
        self.more = tuple(more)
        self.fund = fund
        self.column = np.array([fund], np.int64)
        self.by_origin: dict[MoneyBase, Origins] = {}

    @cached_property
    def record(self) -> Fund:
        """The fund's record."""
        record = self.view.record(self.fund)
        assert isinstance(record, Fund)
        return record

    @cached_property
    def contributions(self) -> list[Contribution]:
        """The commitments to it."""
        return contributions(self.view, self.column)

    @cached_property
    def given(self) -> list[Contribution]:
        """Its commitments to other funds."""
        return contributions(self.view, self.column, "investor")

    @cached_property
    def investments(self) -> list[Investment]:
        """Its own investments in firms."""
        return [*self.recorded, *self.more]

    @cached_property
    def recorded(self) -> list[Investment]:
        """Those of them that are recorded."""
        return investments_of(self.view, self.column)

    @cached_property
    def supply(self) -> FundSupply:
        """What it has and can still give."""
        more = sum(one.amount or 0 for one in self.more)
        return replace(self.recorded_supply, invested=self.recorded_supply.invested + more)

    @cached_property
    def recorded_supply(self) -> FundSupply:
        """The same without what nobody records."""
        return fund_supplies(self.view, self.column).funds[0]

    def with_more(self, more: Sequence[Investment]) -> FundFacts:
        """The same fund with other investments that nobody records; what is recorded is not read again."""
        other = FundFacts(self.view, self.fund, more)
        read = ("record", "contributions", "given", "recorded", "recorded_supply")
        other.__dict__.update({name: getattr(self, name) for name in read}, by_origin=self.by_origin)
        return other

    def money(self, base: MoneyBase) -> tuple[int | None, tuple[MissingFact, ...]]:
        """What it has of COMMITTED, PAID_IN or INVESTED money in 分, None where not stated, and then why."""
        match base:
            case MoneyBase.COMMITTED:
                return self._told("committed", self.supply.committed)
            case MoneyBase.PAID_IN:
                return self._told("paid_in", self.supply.paid_in)
            case MoneyBase.INVESTED:
                whole = "invested" not in self.supply.not_stated
                return self._told("invested", self.supply.invested if whole else None)
        return None, (MissingFact(self.fund, base.name),)

    def _told(self, name: str, amount: int | None) -> tuple[int | None, tuple[MissingFact, ...]]:
        if amount is not None:
            return amount, ()
        if name == "invested":
            return None, tuple(MissingFact(one.round, "amount") for one in self.investments if one.amount is None)
        field = "committed" if name == "committed" else "paidIn"
        lacking = [one for one in self.contributions if getattr(one, name) is None]
        if name == "committed":
            lacking = [one for one in lacking if not one.in_default]
        return None, tuple(one.missing(field) for one in lacking) or (MissingFact(self.fund, "commitments"),)
