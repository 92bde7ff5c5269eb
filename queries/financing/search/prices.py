"""What products charge, as columns: the least that a path under them can cost at a term, exactly where nothing else is charged.

Costs are in millionths of a basis point, rounded as the exact ones are, and never above them. FREE_OF_COST where it is not known how
little: that bounds a path whose cost turns out not to be known too, since a missing part counts no more than a full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from graph.kinds.supply_side import DayCount, FeePayer
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.cost import BPS, DAYS
from queries.financing.limits.offer_columns import offer_columns
from queries.ratios import UNLIMITED, Ints

Floats = np.ndarray[Any, np.dtype[np.float64]]

FREE_OF_COST: Final = 0
NO_COST: Final = 2**62
"""Of a path whose cost has no upper end: the part is missing."""
SAFE: Final = 1e-3
"""Of a millionth of a basis point: more than what floats lose here."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Rates of products, as shares of the principal, on act/365.

    `yearly` in all (NaN: not stated) and, of that, `at_once` what is taken when the money is paid out; `flat` charged once; what the
    beneficiary may bear counts. `guarantee`, `premium` a year (NaN: not stated) apart; `cover` the share of a loss that others bear.
    """

    yearly: Floats
    at_once: Floats
    flat: Floats
    guarantee: Floats
    premium: Floats
    cover: Floats
    shortest: Ints
    longest: Ints

    def at(self, places: Any) -> Prices:
        """Some of them."""
        return Prices(*(getattr(self, name)[places] for name in self.__slots__))

    def charging(self, yearly: Floats | float, flat: Floats | float = 0.0) -> Prices:
        """With further charges that are taken at once."""
        return Prices(
            self.yearly + yearly,
            self.at_once + yearly,
            self.flat + flat,
            self.guarantee,
            self.premium,
            self.cover,
            self.shortest,
            self.longest,
        )

    def discounted(self, where: np.ndarray | bool = True) -> Prices:
        """With interest that is taken at once too."""
        at_once = np.where(where, self.yearly, self.at_once)
        return Prices(
            self.yearly, at_once, self.flat, self.guarantee, self.premium, self.cover, self.shortest, self.longest
        )

    def at_least(self, ways: list[Prices]) -> Prices:
        """The least of these in all; FREE_OF_COST where some are not known. Without any: as they are."""
        if len(ways) < 2:
            return ways[0] if ways else self
        yearly, at_once, flat = (
            np.array([getattr(way, name) for way in ways]) for name in ("yearly", "at_once", "flat")
        )
        unknown = np.isnan(yearly)
        some = unknown.any(axis=0)
        least = np.where(unknown.all(axis=0), np.nan, np.where(some, 0.0, np.nan_to_num(yearly).min(axis=0)))
        at_once, flat = (np.where(some, 0.0, np.nan_to_num(column).min(axis=0)) for column in (at_once, flat))
        return Prices(least, at_once, flat, self.guarantee, self.premium, self.cover, self.shortest, self.longest)

    @property
    def is_constant(self) -> np.ndarray:
        """Where the cost is the same at any term."""
        return np.asarray((self.flat == 0) & (self.at_once == 0))

    def cost(self, days: Floats, at_least: Ints | int) -> Ints:
        """The cost at a term in days; NaN: open, from `at_least` on."""
        constant = self.is_constant
        days = np.where(np.isnan(days) & (np.asarray(at_least) >= 1) & (self.at_once == 0), at_least, days)
        with np.errstate(invalid="ignore", divide="ignore"):
            net = 1 - self.flat - self.at_once * days / DAYS
            annual = np.where(constant, self.yearly, (self.flat + self.yearly * days / DAYS) / net * DAYS / days)
            known = ~np.isnan(self.yearly) & (constant | (net > 0))
        return _millionths(annual, known)

    def least_cost(self, low: Ints, high: Ints) -> Ints:
        """At most the cost at any term from low to high: the rate alone, where each of the terms has a cost."""
        with np.errstate(invalid="ignore"):
            known = ~np.isnan(self.yearly) & (1 - self.flat - self.at_once * high / DAYS > 0) & (low >= 1)
            constant = self.is_constant
        found = _millionths(self.yearly, (known | constant) & ~np.isnan(self.yearly))
        return np.where(np.isnan(self.yearly), NO_COST, np.where(known | constant, found, FREE_OF_COST))


def _millionths(annual: Floats, known: np.ndarray) -> Ints:
    scaled = np.ceil(np.where(known, annual, 0.0) * (BPS * MILLION) - 0.5 - SAFE)
    return np.where(known, np.maximum(scaled, 0), NO_COST).astype(np.int64)


NOWHERE: Final = -2
"""The place in `prices` of money that is lent without a product: no price is stated."""
OF_POOL: Final = -1
"""The place of a pool that bridges: its own fee is looked at in the whole path only, and is something at least."""


def prices(view: View) -> Prices:
    """The prices of all products in the order of their columns, discounts not told from interest, and last those of money without a
    product (`NOWHERE`, `OF_POOL`); made once a view.
    """
    return once(view, prices, lambda: _made(view))


def _made(view: View) -> Prices:
    offered = offer_columns(view)
    nodes = offered.nodes
    day_count = view.ints(nodes, "day_count") == _place(DayCount.ACT_360)
    basis = np.where(day_count, DAYS / 360, 1.0)
    rate = share(view, nodes, "annual_rate")
    rate = np.where(np.isnan(rate), share(view, nodes, "rate_high"), rate) * basis
    interest = np.where(_borne(view, nodes, "interest_payer"), rate, 0.0)
    service = np.nan_to_num(share(view, nodes, "service_fee_rate")) * basis
    service = np.where(_borne(view, nodes, "service_fee_payer"), service, 0.0)
    flat = np.where(_borne(view, nodes, "commission_payer"), np.nan_to_num(share(view, nodes, "commission_rate")), 0.0)
    premium = share(view, nodes, "premium_rate")
    columns = (
        (interest + service, np.nan, 0.0),
        (service, 0.0, 0.0),
        (flat, 0.0, 0.0),
        (share(view, nodes, "guarantee_fee_rate"), np.nan, np.nan),
        (np.where(_borne(view, nodes, "premium_payer"), premium, 0.0), np.nan, np.nan),
        (_cover(view, nodes), 0.0, 0.0),
        (np.maximum(offered.tenor_min, 0), 0, 0),
        (offered.tenor_max, UNLIMITED, UNLIMITED),
    )
    return Prices(*(np.append(column, rest) for column, *rest in columns))


def _cover(view: View, nodes: Ints) -> Floats:
    """What a product's pool covers and what others share of its losses."""
    pools = view.refs(nodes, "pool")
    cover = np.zeros(len(nodes))
    has = np.flatnonzero(pools >= 0)
    cover[has] = np.nan_to_num(share(view, pools[has], "cover_share"))
    places, sharings = view.expand("LossSharing", "product", nodes)
    np.add.at(cover, places, np.nan_to_num(share(view, sharings, "government_share")))
    return np.minimum(cover, 1.0)


def share(view: View, nodes: Ints, name: str) -> Floats:
    """A share that records state, as columns; NaN: they do not."""
    stated = view.ints(nodes, name)
    return np.where(stated == NOT_STATED, np.nan, stated / MILLION)


def _borne(view: View, nodes: Ints, name: str) -> np.ndarray:
    """Where the beneficiary pays, or nobody says who does."""
    payer = view.ints(nodes, name)
    return np.asarray((payer == NOT_STATED) | (payer == _place(FeePayer.BORROWER)))


def _place(term: DayCount | FeePayer) -> int:
    return list(type(term)).index(term)


def guarantee_charges(view: View, offered: Prices, handle: int) -> Prices:
    """The prices of products with a guarantee that is offered: its fee, or the product's, on what it covers. Firms take none."""
    fee = offered.guarantee
    one = np.array([handle])
    stated, cover = share(view, one, "fee_rate")[0], share(view, one, "cover_share")[0]
    if not np.isnan(stated):
        fee = np.full(len(fee), stated)
    provider = view.ref(handle, "guarantor")
    if provider >= 0 and not view.has_kind(provider, "Institution"):
        fee = np.nan_to_num(fee)
    if view.value(handle, "fee_payer") not in (None, FeePayer.BORROWER):
        return offered
    return offered.charging(fee if np.isnan(cover) else fee * cover)


def policy_charges(view: View, offered: Prices, handle: int) -> Prices:
    """The prices of products with a policy that is offered: the product's premium, else the policy's own, paid once."""
    limit, premium = view.value(handle, "limit"), view.value(handle, "premium")
    own = np.nan if premium is None or limit is None or not limit.minor else premium.minor / limit.minor
    stated = ~np.isnan(offered.premium)
    return offered.charging(
        np.where(stated, offered.premium, np.nan if np.isnan(own) else 0.0), np.where(stated, 0.0, np.nan_to_num(own))
    )
