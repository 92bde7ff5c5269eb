"""What products state, as columns: every question of a technique reads the same ones, so a view keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Final

import numpy as np

from graph.fields import SEPARATOR
from graph.kinds.terms import OfferStatus, Technique
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.columns import is_foreign
from queries.derived import once
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.of_pool import pool_total
from queries.ratios import UNLIMITED, UNSTATED, Ints


@dataclass(frozen=True, slots=True, eq=False)
class OfferColumns:
    """Products in the order of `nodes`.

    `rate` α in millionths (1 where not stated), `maximum` and `pool` what they and their pools admit (UNLIMITED, UNSTATED), days as stated
    (`tenor_max` UNLIMITED where not); `unbounded` neither maximum nor pool.
    """

    nodes: Ints
    lender: Ints
    rate: Ints
    maximum: Ints
    pool: Ints
    unbounded: np.ndarray
    is_open: np.ndarray
    may_be_open: np.ndarray
    tenor_min: Ints
    tenor_max: Ints
    processing: Ints
    _purposes: list[tuple[str, ...]] = field(default_factory=list, repr=False)

    def at(self, places: Ints) -> OfferColumns:
        """Some of them."""
        kept = (getattr(self, name)[places] for name in COLUMNS)
        return OfferColumns(*kept)

    def purposes(self, view: View) -> list[tuple[str, ...]]:
        """What each is for, as their view lists it; empty: anything."""
        # Columns are kept with their view: a view in them would never be let go.
        if not self._purposes:
            listed = view.texts(self.nodes, "purposes").to_list()
            self._purposes.extend(tuple(text.split(SEPARATOR)) if text else () for text in listed)
        return self._purposes


COLUMNS: Final = tuple(one.name for one in fields(OfferColumns) if one.name != "_purposes")


def offer_columns(view: View, technique: Technique, nodes: Ints) -> OfferColumns:
    """The columns of these products of one technique."""
    every, ascending, order = once(view, (offer_columns, technique), lambda: _of_technique(view, technique))
    if nodes is every.nodes:
        return every
    return every.at(order[np.searchsorted(ascending, nodes)])


def products_of(view: View, technique: Technique) -> Ints:
    """All products of a technique, in id order."""
    return once(view, (offer_columns, technique), lambda: _of_technique(view, technique))[0].nodes


def _of_technique(view: View, technique: Technique) -> tuple[OfferColumns, Ints, Ints]:
    products = view.handles("LoanProduct")
    nodes = products[view.ints(products, "technique") == list(Technique).index(technique)]
    order = np.argsort(nodes)
    return _made(view, nodes), nodes[order], order


def _made(view: View, nodes: Ints) -> OfferColumns:
    rate, maximum, status = (view.ints(nodes, name) for name in ("advance_rate", "max_amount", "status"))
    pools, longest = view.refs(nodes, "pool"), view.ints(nodes, "tenor_max_days")
    covered = np.full(len(nodes), UNLIMITED)
    for pool in np.unique(pools[pools >= 0]).tolist():
        covered[pools == pool] = _bound(pool_total(view, pool))
    # What a bond raises is added where the path is measured.
    funded = np.isin(nodes, view.refs(view.handles("Funding"), "target"))
    free = (maximum == NOT_STATED) | is_foreign(view, nodes, "max_amount") | funded
    return OfferColumns(
        nodes,
        view.refs(nodes, "lender"),
        np.where(rate == NOT_STATED, MILLION, rate),
        np.where(free, UNLIMITED, maximum),
        covered,
        (maximum == NOT_STATED) & (pools < 0),
        status == list(OfferStatus).index(OfferStatus.OPEN),
        status == NOT_STATED,
        view.ints(nodes, "tenor_min_days"),
        np.where(longest == NOT_STATED, UNLIMITED, longest),
        view.ints(nodes, "processing_days"),
    )


def _bound(constraint: Constraint) -> int:
    """What a constraint admits, in a column; in a currency without a rate it may be anything."""
    if constraint.admits is not None:
        return constraint.admits
    return UNLIMITED if any(fact.field.startswith("rate ") for fact in constraint.missing) else UNSTATED
