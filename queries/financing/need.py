"""What a beneficiary needs: as the question says, or the sum of its open needs that a technique can serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from graph.errors import InvalidInput
from graph.kinds.demand_side import FinancingNeed, Fulfils, NeedStatus
from graph.kinds.terms import Instrument
from graph.money import CNY, MAX_MINOR, Money
from graph.view import View
from queries.exchange import owed_in
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
    "Collaboration": "voucher_amount",
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

    def checked(self, view: View) -> NeedAsked:
        """This need in CNY, at the view's rate in full.

        Raises InvalidInput for an amount that is not above 0, beyond what is kept, or in a currency that no rate converts, and for
        tenors that are negative or reversed.
        """
        if not 0 < self.amount.minor <= MAX_MINOR:
            raise InvalidInput(
                f"need.amount {self.amount.amount} {self.amount.currency}: give more than 0 and at most {MAX_MINOR // 100}"
            )
        converted = owed_in(view, self.amount)
        if converted is None:
            raise InvalidInput(
                f"need.amount is in {self.amount.currency}, and no rate to {CNY} is stated on {view.as_of}; "
                f"load an ExchangeRate of {self.amount.currency}, or give it in {CNY}"
            )
        if converted > MAX_MINOR:
            raise InvalidInput(
                f"need.amount {self.amount.amount} {self.amount.currency} is more than {MAX_MINOR // 100} {CNY}; give less"
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
        return self if self.amount.currency == CNY else replace(self, amount=Money(converted))


@dataclass(frozen=True, slots=True)
class Need:
    """What a technique is measured against.

    `amount` in 分, None: unlimited, or not stated where something is `missing`; `declared` and `fulfilled` where it comes from the
    beneficiary's own needs; `needs` those needs; `at_most`: what was fulfilled is not fully stated, so less may be open.
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
    missing: tuple[MissingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need of the view that still asks for money, in 分 of CNY: `open` = declared − fulfilled, above 0.

    `declared` and `open` None where it is in another currency without a rate.
    """

    handle: int
    need: FinancingNeed
    declared: int | None
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
        declared = owed_in(view, need.amount)
        if declared is None:
            found.append(OpenNeed(handle, need, None, None, 0, False))
            continue
        fulfilled, known = brought(view, links[places == place].tolist(), need.amount.currency)
        if fulfilled < need.amount.minor:
            left = owed_in(view, replace(need.amount, minor=need.amount.minor - fulfilled)) or 0
            found.append(OpenNeed(handle, need, declared, left, declared - left, not known))
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
        None if foreign else sum(need.declared or 0 for need in fitting),
        None if foreign else sum(need.fulfilled for need in fitting),
        first.tenor_min_days,
        first.tenor_max_days,
        first.purpose,
        first.needed_by,
        tuple(need.handle for need in fitting),
        any(need.at_most for need in fitting),
        foreign,
    )


def brought(view: View, links: list[int], currency: str) -> tuple[int, bool]:
    """What contracts brought, in 分 of the need's own currency, and whether all of it is known."""
    total, known = 0, True
    for handle in links:
        link = view.record(handle)
        assert isinstance(link, Fulfils)
        amount = link.amount or _contract_amount(view, view.ref(handle, "source"))
        brought = None if amount is None else owed_in(view, amount, currency)
        known &= brought is not None
        total += brought or 0
    return total, known


def _contract_amount(view: View, contract: int) -> Money | None:
    field = CONTRACT_AMOUNTS.get(view.kind_of(contract).name) if contract >= 0 else None
    amount = view.value(contract, field) if field else None
    return amount if isinstance(amount, Money) else None
