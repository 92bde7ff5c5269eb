"""What a fund's terms let through: tickets, caps per company and the investment period, as edges of the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
class ShareBound:
    """Of a fund: the needs of which its shares bound what they get together, and the most of it, 分; UNLIMITED where not known."""

    needs: Flags
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class OpenNeeds:
    """What needs still lack, by need, sorted by (leaf, enterprise). period: a year, or NO_PERIOD."""

    leaf: Ints
    enterprise: Ints
    unmet: Ints
    period: Ints


@dataclass(frozen=True, slots=True, eq=False)
class NeedGroups:
    """How needs belong together: by need, which run of one company in one leaf it is of, and whether its company has needs in
    several leaves; and all needs in order of companies.
    """

    run: Ints
    is_spread: Flags
    by_firm: Ints
    firm: Ints

    @classmethod
    def of(cls, needs: OpenNeeds) -> NeedGroups:
        """The groups of some needs."""
        starts = _firsts(needs.leaf, needs.enterprise)
        order = np.lexsort((needs.leaf, needs.enterprise))
        distinct = order[_firsts(needs.enterprise[order], needs.leaf[order])]
        firms, leaves = np.unique(needs.enterprise[distinct], return_counts=True)
        by_firm = np.argsort(needs.enterprise, kind="stable")
        return cls(
            run=np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(needs.leaf)))),
            is_spread=np.isin(needs.enterprise, firms[leaves > 1]),
            by_firm=by_firm,
            firm=needs.enterprise[by_firm],
        )


NO_PERIOD = -1
NO_LIMIT = int(np.iinfo(np.int64).max)
BATCH = 2**16


def coverage_network(
    unmet: Ints,
    funds: Sequence[FundTerms],
    needs: OpenNeeds,
    admitted: Iterable[tuple[Ints, Flags]],
    held: Mapping[tuple[int, int], int],
    bounds: Mapping[int, Sequence[ShareBound]] | None = None,
    groups: NeedGroups | None = None,
) -> tuple[CoverageNetwork, Flags]:
    """The network of funds and leaves, and which needs some fund with money could give something to.

    unmet: 分 by leaf. admitted: by fund, the needs whose cells it admits and whether they suit, see `mandate.admitted`.
    held: what a (fund, enterprise) has invested already, which its cap per company counts. bounds: by fund, see `share_tree`.
    groups: those of the needs, where they are known.
    An edge carries Σ over the needs of min(what it lacks, largest ticket, room under the cap), those below the smallest
    ticket counted 0; needs of one company share its cap, by a node of their own where they lie in several leaves.
    """
    terms = _Terms(funds, needs, held, groups or NeedGroups.of(needs))
    fed_by, size = [SOURCE] * len(funds), _column(funds, "size", NOT_STATED).tolist()
    free: list[tuple[Ints, Flags]] = []
    bound: list[tuple[int, int, Ints, Flags]] = []
    for fund, (need, suits) in enumerate(admitted):
        if not bounds or not bounds.get(fund):
            free.append((need, suits))
            continue
        tree = share_tree(bounds[fund], need, None if funds[fund].per_company_cap is None else needs.enterprise)
        first = len(size)
        fed_by += [fund if above < 0 else first + above for above, _ in tree.nodes]
        size += [most for _, most in tree.nodes]
        free.append((need[tree.of_need < 0], suits[tree.of_need < 0]))
        for number in range(len(tree.nodes)):
            mine = tree.of_need == number
            bound.append((fund, first + number, need[mine], suits[mine]))
    parts = [terms.edges(alike, need, suits) for alike, need, suits in _by_mandate(free)]
    pieces = []
    for fund, node, need, suits in bound:
        if len(need):
            piece = terms.edges(np.array([fund]), need, suits)
            shared_caps = replace(piece.shared, fund=np.full(len(piece.shared.fund), node))
            pieces.append(replace(piece, fund=np.array([node]), shared=shared_caps))
    none = np.zeros(0, np.int64)
    shared = [part.shared for part in (*parts, *pieces)]
    before = np.cumsum([0, *(len(caps.fund) for caps in shared)])
    edge_node, leaf, cap = _by_fund([*parts, *pieces], len(size))
    network = CoverageNetwork(
        unmet=unmet,
        fed_by=np.concatenate([np.array(fed_by, np.int64), *(caps.fund for caps in shared)]),
        size=np.concatenate([np.array(size, np.int64), *(caps.room for caps in shared)]),
        node=np.concatenate(
            [none, edge_node]
            + [len(size) + at + caps.number for at, caps in zip(before.tolist(), shared, strict=False)]
        ),
        leaf=np.concatenate([none, leaf, *(caps.leaf for caps in shared)]),
        cap=np.concatenate([none, cap, *(caps.amount for caps in shared)]),
    )
    return network, terms.reached


@dataclass(frozen=True, slots=True, eq=False)
class ShareTree:
    """Nodes of shares, each after the one above it (-1: the fund): (above, most). of_need: the innermost of each need, -1: none."""

    nodes: tuple[tuple[int, int], ...]
    of_need: Ints


def share_tree(bounds: Sequence[ShareBound], need: Ints, enterprise: Ints | None) -> ShareTree:
    """The shares of a fund over the needs that it admits, as sets of which any two are apart or one is within the other.

    enterprise: of all needs, where the fund has a cap per company, so that no company lies on both sides of a share.
    Where two shares overlap otherwise, the wider holds for both sets together: less may be placed than could be, never more.
    """
    sets: list[tuple[Flags, int]] = []
    for one in bounds:
        flags = one.needs[need]
        if enterprise is not None:
            flags = np.isin(enterprise[need], enterprise[need][flags])
        sets.append((flags, one.most))
    kept: list[tuple[Flags, int]] = []
    for flags, most in sorted(sets, key=lambda one: (int(one[0].sum()), one[1], one[0].tobytes())):
        while crossing := [other for other, _ in kept if _cross(flags, other)]:
            flags = np.logical_or.reduce([flags, *crossing])
        if flags.any():
            kept.append((flags, most))
    kept.sort(key=lambda one: (-int(one[0].sum()), -one[1]))
    of_need = np.full(len(need), -1)
    nodes = []
    for number, (flags, most) in enumerate(kept):
        nodes.append((int(of_need[flags][0]), most))
        of_need[flags] = number
    return ShareTree(tuple(nodes), of_need)


def _cross(one: Flags, other: Flags) -> bool:
    both = int((one & other).sum())
    return 0 < both < min(int(one.sum()), int(other.sum()))


def _by_mandate(admitted: Iterable[tuple[Ints, Flags]]) -> Iterator[tuple[Ints, Ints, Flags]]:
    """(funds, needs, suits) of funds that admit the same: some ten thousand pairs at a time stay in the processor's cache."""
    alike: dict[tuple[int, int], tuple[list[int], Ints, Flags]] = {}
    for fund, (need, suits) in enumerate(admitted):
        alike.setdefault((id(need), id(suits)), ([], need, suits))[0].append(fund)
    for funds, need, suits in alike.values():
        rows = max(1, BATCH // max(1, len(need)))
        for start in range(0, len(funds) if len(need) else 0, rows):
            yield np.array(funds[start : start + rows], np.int64), need, suits


def _by_fund(parts: Sequence[_Edges], funds: int) -> tuple[Ints, Ints, Ints]:
    """The edges (fund, leaf, cap) of all parts, sorted by fund and leaf."""
    counts = np.zeros(funds, np.int64)
    for part in parts:
        counts[part.fund] = len(part.leaf)
    starts = np.cumsum(counts) - counts
    leaf, cap = np.zeros(counts.sum(), np.int64), np.zeros(counts.sum(), np.int64)
    for part in parts:
        places = starts[part.fund][:, None] + np.arange(len(part.leaf))
        leaf[places], cap[places] = part.leaf, part.cap
    return np.repeat(np.arange(funds), counts), leaf, cap


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
    """The edges of funds that admit the same leaves: `cap` by fund and leaf; and the caps that they share."""

    fund: Ints
    leaf: Ints
    cap: Ints
    shared: _SharedCaps


class _Terms:
    """The terms of all funds as columns, and which needs those with money could give something to."""

    def __init__(
        self, funds: Sequence[FundTerms], needs: OpenNeeds, held: Mapping[tuple[int, int], int], groups: NeedGroups
    ) -> None:
        self.needs, self.group, self.is_spread = needs, groups.run, groups.is_spread
        self.reached = np.zeros(len(needs.leaf), np.bool_)
        self.has_money = _column(funds, "size", NOT_STATED) != 0
        self.ticket_min, self.ticket_max = _column(funds, "ticket_min", 0), _column(funds, "ticket_max", NO_LIMIT)
        self.cap, self.last = _column(funds, "per_company_cap", NO_LIMIT), _column(funds, "last_period", NO_LIMIT)
        # Before all years, those that are not known included.
        self.last[_column(funds, "has_ended", 0) == 1] = NO_PERIOD - 1
        capped = [(number, firm) for number, firm in held if funds[number].per_company_cap is not None]
        number, firm = np.array(capped, np.int64).reshape(-1, 2).T
        amount = np.array([held[one] for one in capped], np.int64)
        first, last = np.searchsorted(groups.firm, firm), np.searchsorted(groups.firm, firm, side="right")
        times = last - first
        spans = np.arange(times.sum()) + np.repeat(first - np.cumsum(times) + times, times)
        order = np.argsort(np.repeat(number, times), kind="stable")
        self.held_fund, self.held_amount = np.repeat(number, times)[order], np.repeat(amount, times)[order]
        self.held_need = groups.by_firm[spans][order]

    def edges(self, fund: Ints, need: Ints, suits: Flags) -> _Edges:
        """The edges of funds whose mandates admit the same needs, sorted."""
        needs = self.needs
        room = self._room(fund, need)
        amount = np.minimum(needs.unmet[need], self.ticket_max[fund, None])
        np.minimum(amount, room, out=amount)
        amount[(amount < self.ticket_min[fund, None]) | (needs.period[need] > self.last[fund, None]) | ~suits] = 0
        self.reached[need] |= (amount[self.has_money[fund]] > 0).any(axis=0)
        # Needs of one company in one leaf stand side by side: together they take no more than its room.
        heads = _firsts(self.group[need])
        if len(heads) < len(need):
            need, room = need[heads], room[:, heads]
            amount = np.minimum(np.add.reduceat(amount, heads, axis=1), room)
        leaf = needs.leaf[need]
        shared = self._shared_caps(fund, need, amount, room)
        firsts = _firsts(leaf)
        return _Edges(fund, leaf[firsts], np.add.reduceat(amount, firsts, axis=1), shared)

    def _room(self, fund: Ints, need: Ints) -> Ints:
        """By fund and need, what the cap per company leaves for the need's enterprise."""
        room = np.repeat(self.cap[fund][:, None], len(need), axis=1)
        start, stop = np.searchsorted(self.held_fund, fund), np.searchsorted(self.held_fund, fund, side="right")
        rows = np.repeat(np.arange(len(fund)), stop - start)
        pairs = np.arange(len(rows)) + np.repeat(start - np.cumsum(stop - start) + stop - start, stop - start)
        theirs = self.held_need[pairs]
        place = np.searchsorted(need, theirs).clip(max=len(need) - 1)
        hit = need[place] == theirs
        rows, place, taken = rows[hit], place[hit], self.held_amount[pairs[hit]]
        room[rows, place] = np.maximum(0, room[rows, place] - taken)
        return room

    def _shared_caps(self, fund: Ints, need: Ints, amount: Ints, room: Ints) -> _SharedCaps:
        """The caps that bind over several leaves of a company, by fund; what they carry is taken out of `amount`."""
        spread = np.flatnonzero(self.is_spread[need])
        rows, columns = np.nonzero((room[:, spread] < NO_LIMIT) & (amount[:, spread] > 0))
        columns = spread[columns]
        leaf, enterprise = self.needs.leaf[need], self.needs.enterprise[need]
        order = np.lexsort((columns, enterprise[columns], rows))
        rows, columns = rows[order], columns[order]
        firsts = _firsts(rows, enterprise[columns])
        carried, limit = amount[rows, columns], room[rows, columns]
        binds = np.add.reduceat(carried, firsts) > limit[firsts] if len(firsts) else np.zeros(0, np.bool_)
        number = np.repeat(np.where(binds, np.cumsum(binds) - 1, -1), np.diff(np.append(firsts, len(rows))))
        heads, bound = firsts[binds], number >= 0
        amount[rows[bound], columns[bound]] = 0
        return _SharedCaps(fund[rows[heads]], limit[heads], number[bound], leaf[columns[bound]], carried[bound])


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
