"""What a beneficiary needs: as the question says, or the sum of its open needs that a technique can serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.errors import InvalidInput
from graph.kinds.demand_side import FinancingNeed, Fulfils, NeedStatus
from graph.kinds.terms import Instrument
from graph.money import CNY, MAX_MINOR, Money
from graph.view import View
from queries.financing.limits.constraints import MissingFact

CLOSED: Final = frozenset({NeedStatus.FUNDED, NeedStatus.REJECTED, NeedStatus.WITHDRAWN})
"""States in which a need asks for nothing any more."""

CONTRACT_AMOUNTS: Final = {
    "Loan": "principal",
    "Facility": "limit",
    "InvestmentRound": "amount",
    "Lease": "price",
    "BondIssue": "issued",
    "Guarantee": "amount",
    "Swap": "debt",
    "LoanBatch": "amount",
}
"""Which field is the amount of a contract that fulfils a need without saying how much of it."""


@dataclass(frozen=True, slots=True)
class NeedAsked:
    """A need as the question states it: `amount` above 0; tenors in days, both ends included; empty `instruments`: any."""

    amount: Money
    instruments: tuple[Instrument, ...] = ()
    tenor_min_days: int | None = None
    tenor_max_days: int | None = None
    purpose: str | None = None
    needed_by: date | None = None

    def checked(self) -> NeedAsked:
        """This need.

        Raises InvalidInput for an amount that is not above 0, beyond what is kept, or in a currency that no rate converts, and for
        tenors that are negative or reversed.
        """
        if not 0 < self.amount.minor <= MAX_MINOR:
            raise InvalidInput(
                f"need.amount {self.amount.amount} {self.amount.currency}: give more than 0 and at most {MAX_MINOR // 100}"
            )
        if self.amount.currency != CNY:
            raise InvalidInput(
                f"need.amount is in {self.amount.currency}, and no rate to {CNY} is stated; give it in {CNY}"
            )
        for name, days in (("tenorMinDays", self.tenor_min_days), ("tenorMaxDays", self.tenor_max_days)):
            if days is not None and days < 0:
                raise InvalidInput(f"need.{name} {days} is negative; give days from 0")
        if (
            self.tenor_min_days is not None
            and self.tenor_max_days is not None
            and self.tenor_min_days > self.tenor_max_days
        ):
            raise InvalidInput(
                f"need.tenorMinDays {self.tenor_min_days} is above tenorMaxDays {self.tenor_max_days}; exchange them"
            )
        return self


@dataclass(frozen=True, slots=True)
class Need:
    """What a technique is measured against.

    `amount` in 分, None: unlimited; `declared` and `fulfilled` where it comes from the beneficiary's own needs; `needs` those needs;
    `at_most`: what was fulfilled is not fully stated, so less may be open; `missing` what is not stated.
    """

    amount: int | None = None
    declared: int | None = None
    fulfilled: int | None = None
    tenor_min_days: int | None = None
    tenor_max_days: int | None = None
    purpose: str | None = None
    needed_by: date | None = None
    needs: tuple[int, ...] = ()
    at_most: bool = False
    stated: bool = True
    missing: tuple[MissingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need of the view that still asks for money: `open` = declared − fulfilled, above 0; None where not in CNY."""

    handle: int
    need: FinancingNeed
    open: int | None
    fulfilled: int
    at_most: bool


def asked(need: NeedAsked) -> Need:
    """The need of a question."""
    return Need(
        need.amount.minor,
        tenor_min_days=need.tenor_min_days,
        tenor_max_days=need.tenor_max_days,
        purpose=need.purpose,
        needed_by=need.needed_by,
    )


def open_needs(view: View, beneficiary: int) -> list[OpenNeed]:
    """The needs of an enterprise that are not closed and not yet fulfilled, in id order; empty when it asks for nothing."""
    found = []
    handles = view.holders("FinancingNeed", "enterprise", beneficiary)
    places, links = view.expand("Fulfils", "target", handles)
    for place, handle in enumerate(handles.tolist()):
        need = view.record(handle)
        assert isinstance(need, FinancingNeed)
        if need.status in CLOSED:
            continue
        if need.amount.currency != CNY:
            found.append(OpenNeed(handle, need, None, 0, False))
            continue
        fulfilled, known = _fulfilled(view, links[places == place].tolist())
        if fulfilled < need.amount.minor:
            found.append(OpenNeed(handle, need, need.amount.minor - fulfilled, fulfilled, not known))
    return found


def served(needs: Iterable[OpenNeed], instruments: tuple[Instrument, ...]) -> Need:
    """The sum of the open needs that ask for one of the instruments; tenor and purpose of the one due first.

    Unlimited where there are none.
    """
    fitting = [need for need in needs if need.need.instrument in instruments]
    if not fitting:
        return Need()
    first = min(fitting, key=lambda need: (need.need.needed_by or date.max, need.need.id)).need
    foreign = tuple(
        MissingFact(need.handle, f"rate {need.need.amount.currency}/{CNY}") for need in fitting if need.open is None
    )
    return Need(
        None if foreign else sum(need.open or 0 for need in fitting),
        None if foreign else sum(need.need.amount.minor for need in fitting),
        None if foreign else sum(need.fulfilled for need in fitting),
        first.tenor_min_days,
        first.tenor_max_days,
        first.purpose,
        first.needed_by,
        tuple(need.handle for need in fitting),
        any(need.at_most for need in fitting),
        not foreign,
        foreign,
    )


def _fulfilled(view: View, links: list[int]) -> tuple[int, bool]:
    total, known = 0, True
    for handle in links:
        link = view.record(handle)
        assert isinstance(link, Fulfils)
        amount = link.amount or _contract_amount(view, view.ref(handle, "source"))
        if amount is None or amount.currency != CNY:
            known = False
        else:
            total += amount.minor
    return total, known


def _contract_amount(view: View, contract: int) -> Money | None:
    field = CONTRACT_AMOUNTS.get(view.kind_of(contract).name) if contract >= 0 else None
    amount = view.value(contract, field) if field else None
    return amount if isinstance(amount, Money) else None
