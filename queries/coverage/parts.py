"""The parts that funds have in closed rounds, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.snapshot import NOT_STATED, day_of
from graph.view import View
from queries.coverage.amounts import Amounts, amounts_of
from queries.coverage.network import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """By part: the place of its fund, the link, the round, the day of its closing (NOT_STATED: it counts as done), and what it is."""

    place: Ints
    link: Ints
    round: Ints
    closed_on: Ints
    amount: Amounts


def closed_parts(view: View, funds: Ints) -> Parts:
    """The parts of these funds in rounds closed by today: by fund, then in order of the links' ids.

    The only investor of a round has all of it. Cost: one hop over parts of rounds.
    """
    place, links = view.expand("InvestedBy", "target", funds)
    rounds = view.refs(links, "source")
    closed = view.ints(rounds, "closed_on")
    done = (closed == NOT_STATED) | (closed <= day_of(view.as_of))
    place, links, rounds, closed = place[done], links[done], rounds[done], closed[done]
    part, whole = (amounts_of(view, which, "amount", owed=True) for which in (links, rounds))
    distinct, at = np.unique(rounds, return_inverse=True)
    investors = np.bincount(view.expand("InvestedBy", "source", distinct)[0], minlength=len(distinct))
    alone = ~part.is_stated & ~part.is_foreign & (investors[at] == 1)
    amount = Amounts(
        np.where(alone, whole.value, part.value), np.where(alone, whole.is_stated, part.is_stated), part.is_foreign
    )
    return Parts(place, links, rounds, closed, amount)
