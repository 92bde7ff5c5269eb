"""What an asset is worth before any claim on it, by its kind: an amount due, what is left to perform, or what a valuer says."""

from __future__ import annotations

from typing import Final

from graph.kinds.assets import Asset
from graph.money import CNY, Money
from queries.financing.limits.constraints import MissingFact
from queries.tally import Amount, amount_of

VALUES: Final = {
    "Bill": ("face", None),
    "CreditClaim": ("amount", None),
    "Deposit": ("amount", None),
    "FxDocument": ("amount", None),
    "Order": ("amount", "filled"),
    "SalesContract": ("amount", "performed"),
    "PurchaseContract": ("amount", "performed"),
}
"""By kind the field that is its value, and the field of what no longer counts; every other kind is worth what its valuer says."""


def value_of(asset: Asset, handle: int, currency: str | None = None) -> Amount:
    """The value of an asset that is no receivable or voucher, in 分 of `currency` (None: its own), at least 0.

    What nobody records as filled or performed is not. Not stated where the amount, or a rate to the currency, is not.
    """
    name, less = VALUES.get(type(asset).__name__, ("valuation", None))
    money: Money | None = getattr(asset, name)
    wanted = currency or (CNY if money is None else money.currency)
    whole = amount_of(money, handle, name, wanted)
    if less is None or whole.value is None:
        return whole
    done: Money | None = getattr(asset, less)
    if done is None:
        return whole
    part = amount_of(done, handle, less, wanted)
    if part.value is None:
        return Amount(None, (MissingFact(handle, less), *part.missing))
    return Amount(max(0, whole.value - part.value))
