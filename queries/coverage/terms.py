"""What a fund's terms let through: tickets, caps per company and the investment period, as edges of the network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from queries.coverage.network import NOT_STATED, SOURCE, CoverageNetwork, Flags, Ints


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
BATCH = 2**16


def coverage_network(
    unmet: Ints,
    funds: Sequence[FundTerms],
    needs: OpenNeeds,
    admitted: Iterable[tuple[Ints, Flags]],
    held: Mapping[tuple[int, int], int],
) -> CoverageNetwork:
    """The network of funds and leaves.

    unmet: 分 by leaf. admitted: by fund, the needs whose cells it admits and whether they suit, see `mandate.admitted`.
    held: what a (fund, enterprise) has invested already, which its cap per company counts.
    An edge carries Σ over the needs of min(what it lacks, largest ticket, room under the cap), those below the smallest
    ticket counted 0; needs of one company share its cap, by a node of their own where they lie in several leaves.
    """
    terms = _Terms(funds, needs, held)
    parts = [terms.edges(number, need, suits) for number, need, suits in _in_batches(admitted)]
    none = np.zeros(0, np.int64)
    shared = [part.shared for part in parts]
    before = np.cumsum([0, *(len(caps.fund) for caps in shared)])
    return CoverageNetwork(
        unmet=unmet,
        fed_by=np.concatenate([np.full(len(funds), SOURCE), *(caps.fund for caps in shared)]),
        size=np.concatenate([_column(funds, "size", NOT_STATED), *(caps.room for caps in shared)]),
        node=np.concatenate(
            [none, *(part.fund for part in parts)]
            + [len(funds) + at + caps.number for at, caps in zip(before.tolist(), shared, strict=False)]
        ),
        leaf=np.concatenate([none, *(part.leaf for part in parts), *(caps.leaf for caps in shared)]),
        cap=np.concatenate([none, *(part.cap for part in parts), *(caps.amount for caps in shared)]),
    )


def _in_batches(admitted: Iterable[tuple[Ints, Flags]]) -> Iterator[tuple[Ints, Ints, Flags]]:
    """(fund, need, suits) of whole funds, some ten thousand pairs at a time: they stay in the processor's cache."""
    numbers: list[int] = []
    kept: list[tuple[Ints, Flags]] = []
    pairs = 0
    for number, (need, suits) in enumerate(admitted):
        numbers.append(number)
        kept.append((need, suits))
        pairs += len(need)
        if pairs >= BATCH:
            yield _joined(numbers, kept)
            numbers, kept, pairs = [], [], 0
    if pairs:
        yield _joined(numbers, kept)


def _joined(numbers: list[int], kept: list[tuple[Ints, Flags]]) -> tuple[Ints, Ints, Flags]:
    fund = np.repeat(np.array(numbers, np.int64), [len(need) for need, _ in kept])
    return fund, np.concatenate([need for need, _ in kept]), np.concatenate([suits for _, suits in kept])


@dataclass(frozen=True, slots=True, eq=False)
class _SharedCaps:
    """Companies whose cap binds over several leaves: by node the fund and its room; by edge the node, leaf and amount.

    The edges are sorted by node and then by leaf.
    """

    fund: Ints
    room: Ints
    number: Ints
    leaf: Ints
    amount: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """The edges of some funds, sorted by fund and leaf, and the caps that they share."""

    fund: Ints
    leaf: Ints
    cap: Ints
    shared: _SharedCaps


class _Terms:
    """The terms of all funds as columns, and which enterprises have needs in several leaves."""

    def __init__(self, funds: Sequence[FundTerms], needs: OpenNeeds, held: Mapping[tuple[int, int], int]) -> None:
        self.needs = needs
        self.ticket_min, self.ticket_max = _column(funds, "ticket_min", 0), _column(funds, "ticket_max", NO_LIMIT)
        self.cap, self.last = _column(funds, "per_company_cap", NO_LIMIT), _column(funds, "last_period", NO_LIMIT)
        # Before all years, those that are not known included.
        self.last[_column(funds, "has_ended", 0) == 1] = NO_PERIOD - 1
        starts = _firsts(needs.leaf, needs.enterprise)
        self.group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(needs.leaf))))
        order = np.lexsort((needs.leaf, needs.enterprise))
        distinct = order[_firsts(needs.enterprise[order], needs.leaf[order])]
        firms, leaves = np.unique(needs.enterprise[distinct], return_counts=True)
        self.is_spread = np.isin(needs.enterprise, firms[leaves > 1])
        self.held: dict[int, list[tuple[Ints, int]]] = defaultdict(list)
        by_firm = np.argsort(needs.enterprise, kind="stable")
        sorted_firms = needs.enterprise[by_firm]
        for (number, firm), amount in held.items():
            span = slice(np.searchsorted(sorted_firms, firm), np.searchsorted(sorted_firms, firm, side="right"))
            if span.start < span.stop and funds[number].per_company_cap is not None:
                self.held[number].append((by_firm[span], amount))

    def edges(self, fund: Ints, need: Ints, suits: Flags) -> _Edges:
        """The edges of whole funds from the (fund, need) pairs that their mandates admit, sorted."""
        needs = self.needs
        room = self._room(fund, need)
        amount = np.minimum(needs.unmet[need], self.ticket_max[fund])
        np.minimum(amount, room, out=amount)
        amount[(amount < self.ticket_min[fund]) | (needs.period[need] > self.last[fund]) | ~suits] = 0
        # Needs of one company in one leaf stand side by side: together they take no more than its room.
        heads = _firsts(fund, self.group[need])
        if len(heads) < len(fund):
            fund, need, room = fund[heads], need[heads], room[heads]
            amount = np.minimum(np.add.reduceat(amount, heads), room)
        leaf = needs.leaf[need]
        group, shared = _shared_caps(fund, leaf, needs.enterprise[need], amount, room, self.is_spread[need])
        amount[group] = 0
        firsts = _firsts(fund, leaf)
        return _Edges(fund[firsts], leaf[firsts], np.add.reduceat(amount, firsts), shared)

    def _room(self, fund: Ints, need: Ints) -> Ints:
        """By pair, what the cap per company leaves for the need's enterprise."""
        room = self.cap[fund]
        for number in self.held.keys() & set(np.unique(fund).tolist()):
            start, end = np.searchsorted(fund, [number, number + 1]).tolist()
            theirs = np.concatenate([needs for needs, _ in self.held[number]])
            taken = np.concatenate([np.full(len(needs), amount) for needs, amount in self.held[number]])
            pairs = start + np.minimum(np.searchsorted(need[start:end], theirs), end - start - 1)
            hit = need[pairs] == theirs
            room[pairs[hit]] = np.maximum(0, room[pairs[hit]] - taken[hit])
        return room


def _shared_caps(
    fund: Ints, leaf: Ints, enterprise: Ints, amount: Ints, room: Ints, is_spread: Flags
) -> tuple[Ints, _SharedCaps]:
    """The groups (fund, leaf, enterprise), which stand in this order, whose cap binds over several leaves, and these caps."""
    capped = np.flatnonzero((room < NO_LIMIT) & (amount > 0) & is_spread)
    order = capped[np.lexsort((enterprise[capped], fund[capped]))]
    firsts = _firsts(fund[order], enterprise[order])
    binds = np.add.reduceat(amount[order], firsts) > room[order[firsts]] if len(firsts) else np.zeros(0, np.bool_)
    number = np.repeat(np.where(binds, np.cumsum(binds) - 1, -1), np.diff(np.append(firsts, len(order))))
    heads, group = order[firsts[binds]], order[number >= 0]
    return group, _SharedCaps(fund[heads], room[heads], number[number >= 0], leaf[group], amount[group])


def _column(funds: Sequence[FundTerms], name: str, missing: int) -> Ints:
    values = (getattr(fund, name) for fund in funds)
    return np.array([missing if value is None else value for value in values], np.int64)


def _firsts(*columns: Ints) -> Ints:
    """The places where a run of equal rows begins."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(columns[0]), np.bool_)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)
