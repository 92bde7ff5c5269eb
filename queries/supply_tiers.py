"""The supply chain of a firm, tier by tier: its suppliers' suppliers, or its buyers' buyers."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from graph.errors import InvalidInput, LimitExceeded
from graph.snapshot_columns import NOT_STATED
from graph.values import millionths
from graph.view import View
from queries.completeness import Budget, Completeness, Meter

MAX_TIERS: Final = 10
"""The deepest tier that can be asked for."""

EXPANSIONS: Final = 1_000_000
"""Firms whose links are looked at, at most: each firm is looked at once, so this covers a million firms."""


class Direction(enum.Enum):
    """Which way the tiers go from the root."""

    SUPPLIERS = "上游供应商"
    BUYERS = "下游采购方"


@dataclass(frozen=True, slots=True)
class TierMember:
    """A firm at its lowest tier, and the links that join it to the tier before, in id order."""

    firm: int
    links: tuple[int, ...]


@dataclass(frozen=True)
class SupplyTier:
    """One tier: `firms` in id order; the links of the firm at place i are `links[starts[i]:starts[i + 1]]`."""

    tier: int
    firms: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    links: npt.NDArray[np.int64]

    def member(self, place: int) -> TierMember:
        """The firm at this place, with its links."""
        first, last = self.starts[place : place + 2].tolist()
        return TierMember(int(self.firms[place]), tuple(self.links[first:last].tolist()))


@dataclass(frozen=True)
class SupplyTiers:
    """The tiers below (or above) `root`, from 1; a tier without firms ends the list."""

    root: int
    direction: Direction
    tiers: tuple[SupplyTier, ...]
    completeness: Completeness


def supply_tiers(
    view: View,
    root: str,
    *,
    direction: Direction,
    max_tiers: int = 3,
    product: str | None = None,
    min_share_of_supplier_revenue: Decimal | None = None,
    min_share_of_buyer_cost: Decimal | None = None,
) -> SupplyTiers:
    """The suppliers (or buyers) of `root`, tier by tier, each firm at its lowest tier; the root is in none.

    Parameters
    ----------
    max_tiers
        From 1 to `MAX_TIERS`.
    product
        Only links of this product are walked.
    min_share_of_supplier_revenue, min_share_of_buyer_cost
        From 0 to 1, inclusive; a link that does not state the share is not walked, since it is not known to reach it.

    Returns
    -------
    Tiers in order, firms in id order; no tiers when nobody supplies (or buys). `completeness` says when the search was cut.

    Raises
    ------
    NotFound, InvalidInput, LimitExceeded

    Notes
    -----
    Breadth first over the links of each firm, once: linear in the links walked.
    """
    if max_tiers < 1:
        raise InvalidInput(f"maxTiers {max_tiers} is below 1; give 1 to {MAX_TIERS}")
    if max_tiers > MAX_TIERS:
        raise LimitExceeded(f"maxTiers {max_tiers} is above {MAX_TIERS}, the service's limit; give at most {MAX_TIERS}")
    start = view.require(root, "Enterprise")
    filters = _Filters(
        None if product is None else view.require(product, "Product"),
        _least("minShareOfSupplierRevenue", min_share_of_supplier_revenue),
        _least("minShareOfBuyerCost", min_share_of_buyer_cost),
    )
    near, far = ("target", "source") if direction is Direction.SUPPLIERS else ("source", "target")
    meter = Meter(Budget(expansions=EXPANSIONS))
    seen = np.array([start], np.int64)
    frontier = seen
    tiers: list[SupplyTier] = []
    while frontier.size and len(tiers) < max_tiers:
        frontier = frontier[: meter.take(frontier.size, len(tiers) + 1)]
        _, links = view.expand("Supplies", near, frontier)
        links = filters.kept(view, links)
        firms = view.refs(links, far)
        fresh = ~np.isin(firms, seen) & (firms >= 0)
        tier = _tier(view, len(tiers) + 1, firms[fresh], links[fresh])
        frontier = tier.firms
        seen = np.union1d(seen, frontier)
        if frontier.size:
            tiers.append(tier)
    return SupplyTiers(start, direction, tuple(tiers), meter.answer(len(tiers)))


@dataclass(frozen=True, slots=True)
class _Filters:
    """What a link must state to be walked; shares in millionths."""

    product: int | None
    supplier_share: int | None
    buyer_share: int | None

    def kept(self, view: View, links: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        if self.product is not None and links.size:
            links = links[view.refs(links, "product") == self.product]
        for field, least in (
            ("share_of_supplier_revenue", self.supplier_share),
            ("share_of_buyer_cost", self.buyer_share),
        ):
            if least is not None and links.size:
                shares = view.ints(links, field)
                links = links[(shares != NOT_STATED) & (shares >= least)]
        return links


def _least(name: str, share: Decimal | None) -> int | None:
    if share is None:
        return None
    if not 0 <= share <= 1:
        raise InvalidInput(f"{name} {share} is no share between 0 and 1; write 5 % as 0.05")
    return millionths(share, name)


def _tier(view: View, tier: int, firms: npt.NDArray[np.int64], links: npt.NDArray[np.int64]) -> SupplyTier:
    order = np.lexsort((view.rank(links), view.rank(firms))) if firms.size else np.empty(0, np.intp)
    firms, links = firms[order], links[order]
    first = np.ones(firms.size, bool)
    first[1:] = firms[1:] != firms[:-1]
    starts = np.append(np.flatnonzero(first), firms.size)
    return SupplyTier(tier, firms[first], starts, links)
