"""What a fund's terms let through: tickets, caps per company and the investment period, as edges of the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from queries.coverage.network import SOURCE, CoverageNetwork, Flags, Ints


@dataclass(frozen=True, slots=True)
class FundTerms:
    """A fund as the network needs it. Amounts in 分.

    size: what it can still call, None = not stated. ticket_min, ticket_max, per_company_cap: None = none is stated.
    last_period: the last year in which it makes new deals, None = no end is stated. has_ended: it makes none any more.
    """

    size: int | None
    ticket_min: int | None = None
    ticket_max: int | None = None
    per_company_cap: int | None = None
    last_period: int | None = None
    has_ended: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class OpenNeeds:
    """What needs still lack, by need, sorted by (leaf, enterprise). period: a year, or NO_PERIOD."""

    leaf: Ints
    enterprise: Ints
    unmet: Ints
    period: Ints


NO_PERIOD = -1
NO_LIMIT = int(np.iinfo(np.int64).max)


def coverage_network(
    unmet: Ints,
    funds: Sequence[FundTerms],
    needs: OpenNeeds,
    admitted: tuple[Ints, Ints, Flags],
    held: Mapping[tuple[int, int], int],
) -> CoverageNetwork:
    """The network of funds and leaves.

    unmet: 分 by leaf. admitted: (fund, need, whether the need itself suits), sorted, see `mandate.admitted`.
    held: what a (fund, enterprise) has invested already, which its cap per company counts.
    An edge carries Σ over the needs of min(what it lacks, largest ticket, room under the cap), those below the smallest
    ticket counted 0; needs of one company share its cap, by a node of their own where they lie in several leaves.
    """
    fund, need, suits = admitted
    amount = np.where(suits, np.minimum(needs.unmet[need], _column(funds, "ticket_max", NO_LIMIT)[fund]), 0)
    room = _rooms(funds, needs, fund, need, held)
    amount = np.minimum(amount, room)
    too_late = (needs.period[need] > _column(funds, "last_period", NO_LIMIT)[fund]) | _column(funds, "has_ended", 0)[
        fund
    ]
    amount[(amount < _column(funds, "ticket_min", 0)[fund]) | too_late.astype(np.bool_)] = 0

    # Needs of one company in one leaf stand side by side: together they take no more than its room.
    firsts = _firsts(fund, needs.leaf[need], needs.enterprise[need])
    fund, leaf, enterprise, room = fund[firsts], needs.leaf[need][firsts], needs.enterprise[need][firsts], room[firsts]
    amount = np.minimum(np.add.reduceat(amount, firsts), room) if len(firsts) else amount
    shared, owner = _shared_caps(fund, enterprise, amount, room)
    above = np.full(len(fund), SOURCE)
    above[owner[0]] = owner[1]

    direct = np.where(above == SOURCE, amount, 0)
    firsts = _firsts(fund, leaf)
    edge_node = np.concatenate([fund[firsts], len(funds) + above[owner[0]]])
    edge_leaf = np.concatenate([leaf[firsts], leaf[owner[0]]])
    edge_cap = np.concatenate([np.add.reduceat(direct, firsts) if len(firsts) else direct, amount[owner[0]]])
    order = np.lexsort((edge_leaf, edge_node))
    return CoverageNetwork(
        unmet=unmet,
        fed_by=np.concatenate([np.full(len(funds), SOURCE), shared[0]]),
        size=np.concatenate([_column(funds, "size", -1), shared[1]]),
        node=edge_node[order],
        leaf=edge_leaf[order],
        cap=edge_cap[order],
    )


def _column(funds: Sequence[FundTerms], name: str, missing: int) -> Ints:
    values = (getattr(fund, name) for fund in funds)
    return np.array([missing if value is None else value for value in values], np.int64)


def _rooms(
    funds: Sequence[FundTerms], needs: OpenNeeds, fund: Ints, need: Ints, held: Mapping[tuple[int, int], int]
) -> Ints:
    """By pair, what the cap per company leaves for the need's enterprise."""
    room = _column(funds, "per_company_cap", NO_LIMIT)[fund]
    capped = [place for place, terms in enumerate(funds) if terms.per_company_cap is not None]
    held_by = {number for number, _ in held}
    for number in sorted(held_by.intersection(capped)):
        span = slice(np.searchsorted(fund, number), np.searchsorted(fund, number, side="right"))
        taken = np.array([held.get((number, firm), 0) for firm in needs.enterprise[need[span]].tolist()], np.int64)
        room[span] = np.maximum(0, room[span] - taken)
    return room


def _shared_caps(fund: Ints, enterprise: Ints, amount: Ints, room: Ints) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """((fund above, cap) of each shared node, (group, its shared node)): companies whose cap binds over several leaves."""
    order = np.lexsort((enterprise, fund))
    firsts = _firsts(fund[order], enterprise[order])
    if not len(firsts):
        return (np.zeros(0, np.int64), np.zeros(0, np.int64)), (np.zeros(0, np.int64), np.zeros(0, np.int64))
    total = np.add.reduceat(amount[order], firsts)
    binds = total > room[order][firsts]
    number = np.repeat(np.where(binds, np.cumsum(binds) - 1, -1), np.diff(np.append(firsts, len(order))))
    grouped = np.flatnonzero((number >= 0) & (amount[order] > 0))
    heads = order[firsts[binds]]
    return (fund[heads], room[heads]), (order[grouped], number[grouped])


def _firsts(*columns: Ints) -> Ints:
    """The places where a run of equal rows begins."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(columns[0]), np.bool_)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)
