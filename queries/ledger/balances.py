"""What an asset is worth in each period, what is claimed of it, and what that leaves: the formulas of `queries.financing`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from graph.history import Version
from graph.kinds.assets import Asset, Receivable, Voucher
from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.values import MILLION, millionths
from queries.financing.limits.asset_values import value_of
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.receivables import PriorClaim, outstanding, worth
from queries.ledger.timeline import Timeline
from queries.tally import Amount, amount_of


@dataclass(frozen=True, slots=True)
class Balance:
    """The asset from `since` (None: the beginning) to before `until` (None: open). Amounts in 分 of its currency, rounded down.

    `value` before any claim, after dilution, and of a voucher after what was split off; `assigned` and `pledged` what registrations
    claim of it, each financing contract once; `free` = max(0, value − claims); `lendable` at the advance rate asked for. All None where
    the asset states no value. `encumbered_whole`: a registration without an amount takes all. `at_most`: a fact that nobody states
    could only lower it.
    """

    since: date | None
    until: date | None
    value: int | None
    assigned: int | None
    pledged: int | None
    free: int | None
    lendable: int | None
    encumbered_whole: bool
    at_most: bool
    missing: tuple[MissingFact, ...]


def balances_of(timeline: Timeline, advance_rate: int) -> tuple[Balance, ...]:
    """The asset's balance in each period in which it is in force, earliest first; `advance_rate` α in millionths."""
    found: list[Balance] = []
    days = timeline.days
    for day, following in zip(days, [*days[1:], None], strict=True):
        asset = timeline.asset_on(day)
        if asset is None:
            continue
        balance = _balance(timeline, asset, day, following, advance_rate)
        if found and found[-1] == replace(balance, since=found[-1].since, until=day):
            balance = replace(balance, since=found.pop().since)
        found.append(balance)
    return tuple(found)


def _balance(timeline: Timeline, asset: Asset, day: date | None, until: date | None, rate: int) -> Balance:
    owed, dilution, missing, at_most = _gross(timeline, asset, day)
    claims = [claim_of(timeline, one) for one in timeline.registered_on(day)]
    if owed is None:
        whole = any(claim.amount is None for claim in claims)
        return Balance(day, until, None, None, None, None, None, whole, False, missing)
    found = worth(owed, claims, dilution=dilution, advance_rate=rate)
    value = owed * (MILLION - dilution) // MILLION
    assigned = None if found.encumbered_whole else value - found.value
    return Balance(
        day, until, value, assigned, None if found.encumbered_whole else found.secured, found.free, found.lendable,
        found.encumbered_whole, at_most, missing,
    )  # fmt: skip


def _gross(timeline: Timeline, asset: Asset, day: date | None) -> tuple[int | None, int, tuple[MissingFact, ...], bool]:
    """What the asset comes to before dilution and claims, its dilution in millionths, what is missing, and whether it is a most."""
    handle = timeline.asset
    if isinstance(asset, Receivable):
        owed = outstanding(
            asset.face.minor, *(money.minor if money else None for money in (asset.paid, asset.credits, asset.disputed))
        )
        if asset.confirmed is True:
            return owed, 0, (), False
        if asset.dilution is None:
            return owed, 0, (MissingFact(handle, "dilution"),), True
        return owed, millionths(asset.dilution), (), False
    if isinstance(asset, Voucher):
        parts = (one.record for one in timeline.parts_on(day))
        split = sum(
            one.face.minor for one in parts if isinstance(one, Voucher) and one.face.currency == asset.face.currency
        )
        root = timeline.root_on(day)
        due = (root.due_on if root is not None else None) or asset.due_on
        matured = due is not None and day is not None and due < day
        return (0 if matured else max(0, asset.face.minor - split)), 0, (), False
    amount = value_of(asset, handle)
    return amount.value, 0, amount.missing, False


def claim_of(timeline: Timeline, version: Version) -> PriorClaim:
    """A registration as a claim: by the contract that it secures, else by itself."""
    record = version.record
    assert isinstance(record, Encumbrance)
    contract = timeline.view.locate(record.secures) if record.secures is not None else -1
    return PriorClaim(
        contract if contract >= 0 else version.handle,
        record.kind is EncumbranceKind.ASSIGNMENT,
        claimed(timeline, version).value,
    )


def claimed(timeline: Timeline, version: Version) -> Amount:
    """The amount of a registration in the asset's currency; None: it takes all."""
    record = version.record
    assert isinstance(record, Encumbrance)
    own = timeline.own[-1].record
    assert isinstance(own, Asset)
    return amount_of(record.amount, version.handle, "amount", currency_of(own))


def currency_of(asset: Asset) -> str:
    """The currency that an asset's value is in."""
    for name in ("face", "amount", "valuation"):
        money = getattr(asset, name, None)
        if money is not None:
            return str(money.currency)
    return "CNY"
