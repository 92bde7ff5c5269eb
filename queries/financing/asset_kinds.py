"""What financing asks of each kind of asset, as data: its value, its last day, its title, its papers, who stands on the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graph.view import View


@dataclass(frozen=True, slots=True)
class AssetKind:
    """One kind, by the names of its fields.

    `value` what it is worth, `less` what of that no longer counts; `until` its last day, after which it is worth nothing where it
    `lapses`, and to which its financing `runs` exactly; `debtors` who owes it, the first that is stated; `other_side` whom the trade is
    with. TITLE asks that `may_pass` is true and that `registered` is stated, TRADE_EVIDENCE for `papers`. `variant` a code of its own.
    """

    value: str = "valuation"
    less: str | None = None
    until: str | None = None
    lapses: bool = False
    runs: bool = False
    debtors: tuple[str, ...] = ()
    other_side: str | None = None
    may_pass: str | None = None
    registered: str | None = None
    papers: tuple[str, ...] = ()
    variant: str | None = None


VALUED: Final = AssetKind()
"""A kind that nothing is known of is worth what a valuer says."""

ASSET_KINDS: Final[Mapping[str, AssetKind]] = {
    "Receivable": AssetKind(
        "face",
        until="due_on",
        runs=True,
        debtors=("obligor",),
        other_side="obligor",
        may_pass="assignable",
        papers=("contract_no", "invoice_no", "delivery_no"),
    ),
    "Voucher": AssetKind("face", until="due_on", runs=True),
    "Bill": AssetKind(
        "face",
        until="due_on",
        lapses=True,
        runs=True,
        debtors=("acceptor",),
        other_side="acceptor",
        may_pass="transferable",
        papers=("contract_no", "invoice_no"),
    ),
    "CreditClaim": AssetKind("amount", until="due_on", lapses=True, runs=True, debtors=("confirmer", "issuer")),
    "Order": AssetKind(
        "amount", "filled", "deliver_by", other_side="buyer", papers=("contract_no",), variant="buyer_type"
    ),
    "SalesContract": AssetKind(
        "amount", "performed", "ends_on", lapses=True, other_side="buyer", papers=("contract_no",)
    ),
    "PurchaseContract": AssetKind(
        "amount", "performed", "ends_on", lapses=True, other_side="seller", papers=("contract_no",)
    ),
    "WarehouseReceipt": AssetKind(),
    "IpRight": AssetKind(until="expires_on", lapses=True, registered="registry_no", variant="type"),
    "RevenueRight": AssetKind(until="ends_on", lapses=True),
    "Deposit": AssetKind("amount"),
    "FxDocument": AssetKind("amount", until="due_on", lapses=True),
    "Equipment": AssetKind(variant="type"),
    "Building": AssetKind(registered="registry_no"),
    "LandUseRight": AssetKind(until="ends_on", lapses=True, registered="registry_no"),
}
"""By the name of the kind."""


def asset_kind(name: str) -> AssetKind:
    """What is asked of a kind."""
    return ASSET_KINDS.get(name, VALUED)


def debtor_of(view: View, asset: int) -> int:
    """Who owes what an asset is a claim for; -1: it is no claim, or nobody states who."""
    named = (view.ref(asset, field) for field in asset_kind(view.kind_of(asset).name).debtors)
    return next((debtor for debtor in named if debtor >= 0), -1)
