"""What an asset is worth before any claim on it, by its kind: an amount due, what is left to perform, or what a valuer says."""

from __future__ import annotations

from graph.kinds.assets import Asset
from graph.money import CNY, Money
from graph.view import View
from queries.financing.asset_kinds import asset_kind
from queries.financing.limits.constraints import MissingFact
from queries.tally import Amount, amount_of


def value_of(asset: Asset, handle: int, currency: str | None = None, view: View | None = None) -> Amount:
    """The value of an asset that is no receivable or voucher, in 分 of `currency` (None: its own), at least 0.

    What nobody records as filled or performed is not. Not stated where the amount, or a rate of the view to the currency, is not.
    """
    kind = asset_kind(type(asset).__name__)
    name, less = kind.value, kind.less
    money: Money | None = getattr(asset, name)
    wanted = currency or (CNY if money is None else money.currency)
    whole = amount_of(money, handle, name, wanted, view=view)
    if less is None or whole.value is None:
        return whole
    done: Money | None = getattr(asset, less)
    if done is None:
        return whole
    part = amount_of(done, handle, less, wanted, view=view, owed=True)
    if part.value is None:
        return Amount(None, (MissingFact(handle, less), *part.missing))
    return Amount(max(0, whole.value - part.value))
