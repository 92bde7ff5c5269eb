"""What share of a contract in force others bear: guarantors, insurers, a pool, and who shares its losses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from graph.kinds.supply_side import LossSharing, Pool
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION, millionths
from graph.view import View, day_of
from queries.derived import offer_record
from queries.ratios import Ints


def cover_of(view: View, contract: int) -> int:
    """Σ shares that supports cover of a loan, facility or lease, in millionths; at most 1. A share that nobody states is none."""
    return min(MILLION, sum(millionths(share) for share in _shares(view, contract) if share is not None))


def covers_of(view: View, loans: Ints) -> Ints:
    """As `cover_of`, of many loans."""
    found = np.zeros(len(loans), np.int64)
    for kind, field in (("Guarantee", "cover_share"), ("InsurancePolicy", "deductible")):
        places, promises = view.expand(kind, "contract", loans)
        shares = view.ints(promises, field)
        stated = shares != NOT_STATED
        np.add.at(found, places[stated], (MILLION - shares if field == "deductible" else shares)[stated])
    products, at = np.unique(view.refs(loans, "product"), return_inverse=True)
    offered = products >= 0
    own, shared = np.full(len(products), -1, np.int64), np.zeros(len(products), np.int64)
    own[offered] = view.refs(products[offered], "pool")
    places, sharings = view.expand("LossSharing", "product", products)
    since, share = view.ints(sharings, "since"), view.ints(sharings, "government_share")
    # What is not stated stands below every day.
    counts = (since <= day_of(view.as_of)) & (share != NOT_STATED)
    np.add.at(shared, places[counts], share[counts])
    pools = view.refs(loans, "pool")
    pools, in_pool = np.unique(np.where(pools >= 0, pools, own[at]), return_inverse=True)
    by_pool = np.zeros(len(pools), np.int64)
    by_pool[pools >= 0] = np.maximum(view.ints(pools[pools >= 0], "cover_share"), 0)
    return np.asarray(np.minimum(MILLION, found + shared[at] + by_pool[in_pool]))


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
