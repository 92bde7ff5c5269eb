"""Project money: the whole of the rounds that a fund took part in, by origin, other investors' parts among it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from graph.kinds.policy import MoneyBase
from graph.view import View
from queries.coverage.amounts import amounts_of
from queries.coverage.network import Ints
from queries.financing.limits.constraints import MissingFact
from queries.funds.capital import Origins, contributions, money_of_origin, origin_of, origins


def project_money(view: View, rounds: Iterable[int]) -> Origins:
    """Closed rounds by origin, each once: of a fund's part as its paid-in money is, of another investor's as who it is.

    What a round has beyond its investors' stated parts is of unknown origin. A round without a total counts its parts, where all
    of them are stated. Cost: one hop over the rounds' parts, one over the commitments to the funds among them.
    """
    found = Origins()
    mixtures: dict[int, Origins] = {}
    for round_ in dict.fromkeys(rounds):
        found = found.plus(_of_round(view, round_, mixtures))
    return found


def _of_round(view: View, round_: int, mixtures: dict[int, Origins]) -> Origins:
    links = view.holders("InvestedBy", "source", round_)
    parts = amounts_of(view, links, "amount", owed=True)
    total = amounts_of(view, np.array([round_], np.int64), "amount", owed=True)
    whole = int(total.value[0]) if total.is_stated[0] else None
    amounts: list[int | None] = [
        value if known else None for value, known in zip(parts.value.tolist(), parts.is_stated.tolist(), strict=True)
    ]
    if amounts == [None] and not parts.is_foreign[0]:
        amounts = [whole]
    if whole is None and None in amounts:
        return Origins(is_whole=False, is_empty=False, missing=(MissingFact(round_, "amount"),))
    found = Origins()
    for investor, amount in zip(view.refs(links, "target").tolist(), amounts, strict=True):
        if amount is not None:
            found = found.plus(_part(view, investor, Fraction(amount), round_, mixtures))
    rest = (whole or 0) - sum(amount or 0 for amount in amounts)
    return (
        found.plus(money_of_origin(Fraction(rest), None, None, record=round_, field="investors")) if rest > 0 else found
    )


def _part(view: View, investor: int, amount: Fraction, round_: int, mixtures: dict[int, Origins]) -> Origins:
    if investor < 0 or not view.has_kind(investor, "Fund"):
        record, field = (round_, "investors") if investor < 0 else (investor, _tells(view, investor))
        return money_of_origin(amount, origin_of(view, investor), None, record=record, field=field)
    if investor not in mixtures:
        mixtures[investor] = _mixture(view, np.array([investor], np.int64))
    mixture = mixtures[investor]
    if not mixture.is_whole or not mixture.total:
        facts = mixture.missing or (MissingFact(investor, "commitments"),)
        return Origins(unknown=amount, level_unknown=amount, is_empty=False, missing=facts if amount else ())
    return mixture.part(amount / mixture.total)


def _tells(view: View, investor: int) -> str:
    """The field that would tell whose money a party brings, or what it is in words."""
    return "ownership" if view.has_kind(investor, "Enterprise") else "origin of its money"


def _mixture(view: View, fund: Ints) -> Origins:
    return origins(contributions(view, fund), MoneyBase.PAID_IN)
