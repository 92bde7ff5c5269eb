"""What all funds of a city come to together: each yuan of an investment once, at the fund that holds it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.view import View
from queries.coverage.supply import FundSupply, fund_supplies
from queries.funds.capital import contributions
from queries.funds.investments import investments_of
from queries.trees import ancestors


@dataclass(frozen=True, slots=True)
class FundTotals:
    """Sums over funds, in 分. What is not stated is in no sum, and named.

    committed, paid_in: by investors that are none of these funds; committed_between, paid_in_between: by one of them to another.
    invested: what the funds hold in firms, at cost. holders: each fund's own supply, by id. firms: how many distinct firms they hold.
    uncounted: rounds and commitments of which an amount is not stated, or in a currency without a rate.
    """

    committed: int
    committed_between: int
    paid_in: int
    paid_in_between: int
    invested: int
    firms: int
    holders: tuple[FundSupply, ...]
    uncounted: tuple[int, ...]


def fund_totals(view: View, *, region: str | None = None) -> FundTotals:
    """The totals of all funds of the view, or of those set up in a region or below it.

    How funds hold each other changes no total. Commitments in default are in no sum of what is committed, as in a fund's supply.
    Raises InvalidIdentifier or NotFound where there is no such region. Cost: a few hops over commitments and investments.
    """
    funds = view.handles("Fund")
    if region is not None:
        place = view.require(region, "Region")
        inside = [place in ancestors(view, one) for one in view.refs(funds, "region").tolist()]
        funds = funds[np.array(inside, np.bool_)]
    own = set(funds.tolist())
    sums = {(field, between): 0 for field in ("committed", "paid_in") for between in (False, True)}
    uncounted: list[int] = []
    for one in contributions(view, funds):
        between = one.investor in own
        sums["committed", between] += 0 if one.in_default else one.committed or 0
        sums["paid_in", between] += one.paid_in or 0
        if one.committed is None or one.paid_in is None:
            uncounted.append(one.commitment)
    investments = investments_of(view, funds)
    uncounted += [one.round for one in investments if one.amount is None]
    return FundTotals(
        committed=sums["committed", False],
        committed_between=sums["committed", True],
        paid_in=sums["paid_in", False],
        paid_in_between=sums["paid_in", True],
        invested=sum(one.amount or 0 for one in investments),
        firms=len({one.enterprise for one in investments if one.enterprise >= 0}),
        holders=fund_supplies(view, funds).funds,
        uncounted=tuple(sorted(set(uncounted), key=lambda one: view.id_of(one).encode())),
    )
