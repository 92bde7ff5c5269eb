"""What funds hold in firms: each part of a closed round at the entity that holds it, at cost."""

from __future__ import annotations

from dataclasses import dataclass

from graph.snapshot import NOT_STATED
from graph.view import View
from queries.coverage.network import Ints
from queries.coverage.parts import closed_parts


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
    """The investments of these funds by today, in the order of `closed_parts`, whose cost it is."""
    parts = closed_parts(view, funds)
    return [
        Investment(
            fund=fund,
            round=round_,
            enterprise=enterprise,
            amount=amount if is_stated else None,
            closed_on=None if closed == NOT_STATED else closed,
            link=link,
        )
        for fund, round_, enterprise, amount, is_stated, closed, link in zip(
            view.refs(parts.link, "target").tolist(),
            parts.round.tolist(),
            view.refs(parts.round, "enterprise").tolist(),
            parts.amount.value.tolist(),
            parts.amount.is_stated.tolist(),
            parts.closed_on.tolist(),
            parts.link.tolist(),
            strict=True,
        )
    ]
