"""What assets can be financed for at most, before α, as columns: what `of_asset` measures of one under a product."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.kinds.contracts import EncumbranceKind
from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.exchange import in_currency
from queries.financing.appraisal import blanket_registrations
from queries.financing.asset_kinds import AssetKind
from queries.financing.limits.receivables import DEDUCTIONS
from queries.ratios import UNLIMITED, UNSTATED, Ints, share_at_most

ASSIGNED: Final = list(EncumbranceKind).index(EncumbranceKind.ASSIGNMENT)


def receivable_bounds(view: View, claims: Ints, *, assigned_only: bool) -> Ints:
    """At least the V of each receivable, in 分; UNSTATED where a rate is missing without which nobody can say.

    `assigned_only`: what is pledged comes off nothing.
    """
    owed, unrated = in_currency(view, claims, "face")
    deductions = [in_currency(view, claims, name, owed=True) for name in DEDUCTIONS]
    for taken, lacks_rate in deductions:
        owed = owed - np.where(lacks_rate | (taken == NOT_STATED), 0, taken)
        unrated = unrated | lacks_rate
    diluted = np.where(view.ints(claims, "confirmed") == 1, NOT_STATED, view.ints(claims, "dilution"))
    value = share_at_most(np.maximum(owed, 0), MILLION - np.where(diluted == NOT_STATED, 0, diluted))
    return _less_claims(view, claims, value, unrated, assigned_only=assigned_only)


def are_past(view: View, claims: Ints, allowed: Ints) -> np.ndarray:
    """Which receivables are overdue for more days than are allowed of each."""
    due = view.ints(claims, "due_on")
    return np.asarray(np.where(due == NOT_STATED, 0, day_of(view.as_of) - due) > allowed)


def asset_bounds(view: View, assets: Ints, kind: AssetKind, *, assigned_only: bool) -> Ints:
    """The same of other assets of one kind, by their value; UNSTATED also where nobody states it."""
    value, unrated = in_currency(view, assets, kind.value)
    unrated = unrated | (value == NOT_STATED)
    if kind.less is not None:
        done, lacks_rate = in_currency(view, assets, kind.less, owed=True)
        value = np.maximum(value - np.where(lacks_rate | (done == NOT_STATED), 0, done), 0)
        unrated = unrated | lacks_rate
    return _less_claims(view, assets, value, unrated, assigned_only=assigned_only)


def _less_claims(view: View, assets: Ints, value: Ints, unrated: np.ndarray, *, assigned_only: bool) -> Ints:
    """Values less the largest registration over each: what others take comes off too, so that more than this is never left."""
    places, claims = view.expand("Encumbrance", "asset", assets)
    if view.has_kind(int(assets[0]), "Receivable"):
        owners = view.refs(assets, "owner")
        owned = np.flatnonzero(owners >= 0)
        at, blankets = blanket_registrations(view, owners[owned])
        places, claims = np.concatenate([places, owned[at]]), np.concatenate([claims, blankets])
    if not len(claims):
        return np.where(unrated, UNSTATED, value)
    amounts, lacks_rate = in_currency(view, claims, "amount", owed=True)
    takes = np.where(amounts == NOT_STATED, UNLIMITED, amounts)
    if assigned_only:
        takes = np.where((amounts == NOT_STATED) | (view.ints(claims, "kind") == ASSIGNED), takes, 0)
    taken, unrated = np.zeros(len(assets), np.int64), unrated.copy()
    np.maximum.at(taken, places, np.where(lacks_rate, 0, takes))
    unrated[places[lacks_rate]] = True
    return np.where(unrated, UNSTATED, np.maximum(value - taken, 0))
