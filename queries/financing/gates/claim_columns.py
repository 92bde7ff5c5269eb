"""Gates of many claims at once: what `of_claim` says of one, as columns."""

from __future__ import annotations

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.columns import is_stated
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.control import is_attested, related
from queries.financing.terms import Gate
from queries.ratios import Ints


def claim_gate(view: View, gate: Gate, owners: Ints, claims: Ints) -> tuple[np.ndarray, np.ndarray]:
    """Of which receivables a gate is unknown, and of which it says no; `owners` whose each is.

    Of PRIOR_CLAIM by what is registered over the claims themselves, of NOTICE and REGISTRATION nothing.
    """
    unknown, blocked = np.zeros(len(claims), bool), np.zeros(len(claims), bool)
    match gate:
        case Gate.TITLE | Gate.CONFIRMATION:
            flag = view.ints(claims, "assignable" if gate is Gate.TITLE else "confirmed")
            return flag == NOT_STATED, flag == 0
        case Gate.TRADE_EVIDENCE:
            for name in ASSET_KINDS["Receivable"].papers:
                unknown |= ~is_stated(view, claims, name)
        case Gate.PRIOR_CLAIM:
            blocked = taken_whole(view, claims)
        case Gate.RELATED_PARTY_TRADE:
            obligors = view.refs(claims, "obligor")
            known = np.flatnonzero(obligors >= 0)
            blocked[known] = related(view, owners[known], obligors[known]) & ~is_attested(view, claims[known])
    return unknown, blocked


def notice_gate(view: View, notice: Ints, claims: Ints) -> tuple[np.ndarray, np.ndarray]:
    """Of which pairs NOTICE is unknown, and of which it says no: of a product, by what it states of `notice`, and a receivable."""
    notified = view.ints(claims, "notified")
    return (notice == NOT_STATED) | (notice == 1) & (notified == NOT_STATED), (notice == 1) & (notified == 0)


def taken_whole(view: View, assets: Ints) -> np.ndarray:
    """Which assets of one kind a registration over them takes as a whole, since it states no amount."""
    found = np.zeros(len(assets), bool)
    places, claims = view.expand("Encumbrance", "asset", assets)
    found[places[view.ints(claims, "amount") == NOT_STATED]] = True
    return found
