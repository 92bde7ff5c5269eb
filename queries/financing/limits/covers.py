"""What share of a contract in force others bear: guarantors, insurers, a pool, and who shares its losses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from graph.kinds.supply_side import LossSharing, Pool
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import offer_record


def cover_of(view: View, contract: int) -> int:
    """Σ shares that supports cover of a loan, facility or lease, in millionths; at most 1. A share that nobody states is none."""
    return min(MILLION, sum(millionths(share) for share in _shares(view, contract) if share is not None))


def _shares(view: View, contract: int) -> Iterator[Decimal | None]:
    for guarantee in view.holders("Guarantee", "contract", contract).tolist():
        yield view.value(guarantee, "cover_share")
    for policy in view.holders("InsurancePolicy", "contract", contract).tolist():
        deductible = view.value(policy, "deductible")
        yield None if deductible is None else 1 - deductible
    if view.has_kind(contract, "Loan") and (pool := pool_of(view, contract)) >= 0:
        yield offer_record(view, pool, Pool).cover_share
    product = view.ref(contract, "product") if view.kind_of(contract).name in ("Loan", "Facility") else -1
    for sharing in view.holders("LossSharing", "product", product).tolist() if product >= 0 else ():
        record = offer_record(view, sharing, LossSharing)
        if record.since is None or record.since <= view.as_of:
            yield record.government_share


def pool_of(view: View, loan: int) -> int:
    """The pool that covers a loan: its own, else its product's; -1: none."""
    pool = view.ref(loan, "pool")
    product = view.ref(loan, "product") if pool < 0 else -1
    return view.ref(product, "pool") if product >= 0 else pool
