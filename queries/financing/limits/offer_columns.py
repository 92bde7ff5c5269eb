"""What products state, as columns: every question reads the same ones, so a view keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.fields import SEPARATOR
from graph.kinds.terms import OfferStatus
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.exchange import in_currency
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.of_pool import pool_total
from queries.ratios import UNLIMITED, UNSTATED, Ints

NOBODY: Final = slice(0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class OfferColumns:
    """All products by technique, in each in id order, so that those of one technique are a piece.

    `rate` the larger α in millionths, with cover or without (1 where not stated), `maximum` and `pool` what they and their pools
    admit (UNLIMITED, UNSTATED), `least` the smallest amount that they give, at least 1 分; days as stated (`tenor_max`, and `overdue`
    for how long a claim may be, UNLIMITED where not); `notice` whether the debtor must be notified; `unbounded` neither maximum nor
    pool; `purpose` the place in `purposes` of what each is for, as its source lists it (empty: anything). `ascending` their handles,
    `order` where these stand.
    """

    nodes: Ints
    pieces: Mapping[int, slice]
    ascending: Ints
    order: Ints
    lender: Ints
    rate: Ints
    maximum: Ints
    pool: Ints
    least: Ints
    unbounded: np.ndarray
    is_open: np.ndarray
    may_be_open: np.ndarray
    tenor_min: Ints
    tenor_max: Ints
    processing: Ints
    overdue: Ints
    notice: Ints
    purpose: Ints
    purposes: tuple[tuple[str, ...], ...]

    def piece(self, technique: int) -> slice:
        """Where the products of a technique, by code, stand."""
        return self.pieces.get(technique, NOBODY)

    def places(self, nodes: Ints) -> Ints:
        """Where these products stand."""
        return self.order[np.searchsorted(self.ascending, nodes)]


def offer_columns(view: View) -> OfferColumns:
    """The columns of all products; made once a view."""
    return once(view, offer_columns, lambda: _made(view))


def _made(view: View) -> OfferColumns:
    nodes = view.handles("LoanProduct")
    codes = view.ints(nodes, "technique")
    by_technique = np.argsort(codes, kind="stable")
    nodes, codes = nodes[by_technique], codes[by_technique]
    known, starts, counts = np.unique(codes, return_index=True, return_counts=True)
    pieces = zip(known.tolist(), starts.tolist(), (starts + counts).tolist(), strict=True)
    rate, maximum, status = (view.ints(nodes, name) for name in ("advance_rate", "max_amount", "status"))
    most = [in_currency(view, nodes, name) for name in ("max_amount", "max_amount_with_cover")]
    smallest, unrated = in_currency(view, nodes, "min_amount", owed=True)
    overdue = view.ints(nodes, "overdue_max_days")
    pools, longest = view.refs(nodes, "pool"), view.ints(nodes, "tenor_max_days")
    covered = np.full(len(nodes), UNLIMITED)
    for pool in np.unique(pools[pools >= 0]).tolist():
        covered[pools == pool] = _bound(pool_total(view, pool))
    # What a bond raises is added where the path is measured.
    funded = np.isin(nodes, view.refs(view.handles("Funding"), "target"))
    free = (maximum == NOT_STATED) | most[0][1] | most[1][1] | funded
    order = np.argsort(nodes)
    listed = view.texts(nodes, "purposes").to_list()
    texts = list(dict.fromkeys(listed))
    place_of = {text: place for place, text in enumerate(texts)}
    return OfferColumns(
        nodes,
        {code: slice(start, stop) for code, start, stop in pieces},
        nodes[order],
        order,
        view.refs(nodes, "lender"),
        np.where(rate == NOT_STATED, MILLION, np.maximum(rate, view.ints(nodes, "advance_rate_with_cover"))),
        np.where(free, UNLIMITED, np.maximum(most[0][0], most[1][0])),
        covered,
        np.where(unrated, 1, np.maximum(smallest, 1)),
        (maximum == NOT_STATED) & (pools < 0),
        status == list(OfferStatus).index(OfferStatus.OPEN),
        status == NOT_STATED,
        view.ints(nodes, "tenor_min_days"),
        np.where(longest == NOT_STATED, UNLIMITED, longest),
        view.ints(nodes, "processing_days"),
        np.where(overdue == NOT_STATED, UNLIMITED, np.maximum(overdue, 0)),
        view.ints(nodes, "with_notice"),
        np.array([place_of[text] for text in listed], np.int64),
        tuple(tuple(text.split(SEPARATOR)) if text else () for text in texts),
    )


def _bound(constraint: Constraint) -> int:
    """What a constraint admits, in a column; in a currency without a rate it may be anything."""
    if constraint.admits is not None:
        return constraint.admits
    return UNLIMITED if any(fact.field.startswith("rate ") for fact in constraint.missing) else UNSTATED
