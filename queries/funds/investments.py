"""What funds hold in firms: each part of a closed round at the entity that holds it, at cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.snapshot import NOT_STATED, day_of
from graph.view import View
from queries.coverage.amounts import amounts_of
from queries.coverage.network import Ints


@dataclass(frozen=True, slots=True)
class Investment:
    """A fund's part in a round that has closed. amount: 分 of CNY; None: not stated, or in a currency without a rate.

    enterprise: -1 where it is not in the view. closed_on: days since 1970-01-01, None: not stated, and then it counts as done.
    """

    fund: int
    round: int
    enterprise: int
    amount: int | None
    closed_on: int | None
    link: int


def investments_of(view: View, funds: Ints) -> list[Investment]:
    """The investments of these funds by today: by fund, then in order of the links' ids.

    The only investor of a round has all of it. Cost: one hop over parts of rounds.
    """
    _, links = view.expand("InvestedBy", "target", funds)
    rounds = view.refs(links, "source")
    part, whole = amounts_of(view, links, "amount", owed=True), amounts_of(view, rounds, "amount", owed=True)
    distinct, at = np.unique(rounds, return_inverse=True)
    investors = np.bincount(view.expand("InvestedBy", "source", distinct)[0], minlength=len(distinct))
    alone = ~part.is_stated & ~part.is_foreign & (investors[at] == 1)
    is_stated = np.where(alone, whole.is_stated, part.is_stated).tolist()
    amounts = np.where(alone, whole.value, part.value).tolist()
    today = day_of(view.as_of)
    return [
        Investment(
            fund=fund,
            round=round_,
            enterprise=enterprise,
            amount=amounts[place] if is_stated[place] else None,
            closed_on=None if closed == NOT_STATED else closed,
            link=link,
        )
        for place, (fund, round_, enterprise, closed, link) in enumerate(
            zip(
                view.refs(links, "target").tolist(),
                rounds.tolist(),
                view.refs(rounds, "enterprise").tolist(),
                view.ints(rounds, "closed_on").tolist(),
                links.tolist(),
                strict=True,
            )
        )
        if closed == NOT_STATED or closed <= today
    ]
