"""What a fund's terms let through: tickets, caps per company and the investment period, as edges of the network."""

from __future__ import annotations

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
    """How needs belong together: by need, which run of one company in one leaf it is of, the number of its company, and whether
    that has needs in several leaves; and all needs in order of companies. are_single: no run has several needs.
    """

    run: Ints
    company: Ints
    is_spread: Flags
    are_single: bool
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
        company = np.searchsorted(firms, needs.enterprise)
        return cls(
            run=np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(needs.leaf)))),
            company=company,
            is_spread=leaves[company] > 1,
            are_single=len(starts) == len(needs.leaf),
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
    groups = groups or NeedGroups.of(needs)
    terms = _Terms(funds, needs, held, groups)
    fed_by, size = [SOURCE] * len(funds), _column(funds, "size", NOT_STATED).tolist()
    rows = _Rows()
    for fund, (need, suits) in enumerate(admitted):
        if not bounds or not bounds.get(fund):
            rows.add(fund, fund, need, suits)
            continue
        tree = share_tree(bounds[fund], need, None if funds[fund].per_company_cap is None else groups.company)
        first = len(size)
        fed_by += [fund if above < 0 else first + above for above, _ in tree.nodes]
        size += [most for _, most in tree.nodes]
        for number in range(-1, len(tree.nodes)):
            rows.add_some(fund if number < 0 else first + number, fund, need, suits, tree.of_need == number)
    parts = [terms.edges(*alike) for alike in rows.alike()]
    return _assembled(unmet, fed_by, size, parts), terms.reached


class _Rows:
    """Nodes with the needs that they may serve, together where these are the same."""

    def __init__(self) -> None:
        self._same: dict[tuple[int, bytes], Ints] = {}
        self._by_need: dict[int, tuple[Ints, list[tuple[int, int, Flags]]]] = {}

    def add(self, node: int, fund: int, need: Ints, suits: Flags) -> None:
        """A node of a fund, what it admits, and whether that suits."""
        if len(need):
            self._by_need.setdefault(id(need), (need, []))[1].append((node, fund, suits))

    def add_some(self, node: int, fund: int, need: Ints, suits: Flags, chosen: Flags) -> None:
        """The same of some needs; those of the same shares are one array again."""
        if chosen.all():
            self.add(node, fund, need, suits)
            return
        key = id(need), chosen.tobytes()
        if key not in self._same:
            self._same[key] = need[chosen]
        self.add(node, fund, self._same[key], suits[chosen])

    def alike(self) -> Iterator[tuple[Ints, Ints, Ints, Flags]]:
        """(nodes, funds, needs, suits): some ten thousand pairs at a time stay in the processor's cache."""
        for need, rows in self._by_need.values():
            most = max(1, BATCH // len(need))
            for start in range(0, len(rows), most):
                nodes, funds, suits = zip(*rows[start : start + most], strict=True)
                alike = all(one is suits[0] for one in suits)
                yield np.array(nodes), np.array(funds), need, suits[0][None] if alike else np.stack(suits)


def _assembled(unmet: Ints, fed_by: Sequence[int], size: Sequence[int], parts: Sequence[_Edges]) -> CoverageNetwork:
    """The network of all parts: nodes of shared caps come after the others, edges by node and leaf."""
    shared = [part.shared for part in parts]
    before = np.cumsum([len(size), *(len(caps.node) for caps in shared)])
    counts = np.zeros(before[-1], np.int64)
    for part, first in zip(parts, before.tolist(), strict=False):
        counts[part.node] = len(part.leaf)
        if len(part.shared.node):
            counts[first : first + len(part.shared.node)] = np.bincount(
                part.shared.number, minlength=len(part.shared.node)
            )
    starts = np.cumsum(counts) - counts
    leaf, cap = np.zeros(counts.sum(), np.int64), np.zeros(counts.sum(), np.int64)
    for part, first in zip(parts, before.tolist(), strict=False):
        for start, caps in zip(starts[part.node].tolist(), part.cap, strict=True):
            leaf[start : start + len(caps)], cap[start : start + len(caps)] = part.leaf, caps
        if len(part.shared.leaf):
            start, end = int(starts[first]), int(starts[first]) + len(part.shared.leaf)
            leaf[start:end], cap[start:end] = part.shared.leaf, part.shared.amount
    return CoverageNetwork(
        unmet=unmet,
        fed_by=np.concatenate([np.array(fed_by, np.int64), *(caps.node for caps in shared)]),
        size=np.concatenate([np.array(size, np.int64), *(caps.room for caps in shared)]),
        node=np.repeat(np.arange(len(counts)), counts),
        leaf=leaf,
        cap=cap,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ShareTree:
    """Nodes of shares, each after the one above it (-1: the fund): (above, most). of_need: the innermost of each need, -1: none."""

    nodes: tuple[tuple[int, int], ...]
    of_need: Ints


def share_tree(bounds: Sequence[ShareBound], need: Ints, company: Ints | None) -> ShareTree:
    """The shares of a fund over the needs that it admits, as sets of which any two are apart or one is within the other.

    company: of all needs, by small numbers, where the fund has a cap per company, so that no company lies on both sides of a share.
    Where two shares overlap otherwise, the wider holds for both sets together: less may be placed than could be, never more.
    """
    sets: list[tuple[Flags, int]] = []
    for one in bounds:
        flags = one.needs[need]
        if company is not None:
            is_inside = np.zeros(len(company), np.bool_)
            is_inside[company[need[flags]]] = True
            flags = is_inside[company[need]]
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


@dataclass(frozen=True, slots=True, eq=False)
class _SharedCaps:
    """Companies whose cap binds over several leaves: by cap the node above it and its room; by edge the cap, leaf and amount.

    The edges are sorted by cap and then by leaf.
    """

    node: Ints
    room: Ints
    number: Ints
    leaf: Ints
    amount: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """The edges of nodes that admit the same leaves: `cap` by node and leaf; and the caps that they share."""

    node: Ints
    leaf: Ints
    cap: Ints
    shared: _SharedCaps


class _Terms:
    """The terms of all funds as columns, and which needs those with money could give something to."""

    def __init__(
        self, funds: Sequence[FundTerms], needs: OpenNeeds, held: Mapping[tuple[int, int], int], groups: NeedGroups
    ) -> None:
        self.needs, self.group, self.is_spread = needs, groups.run, groups.is_spread
        self.are_single = groups.are_single
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

    def edges(self, node: Ints, fund: Ints, need: Ints, suits: Flags) -> _Edges:
        """The edges of nodes that may serve the same needs, sorted. suits: by node and need, or the same for all nodes."""
        needs = self.needs
        amount = np.minimum(needs.unmet[need], np.minimum(self.ticket_max, self.cap)[fund, None])
        row, column, taken = self._held(fund, need)
        amount[row, column] = np.minimum(amount[row, column], np.maximum(0, self.cap[fund[row]] - taken))
        nothing = amount < self.ticket_min[fund, None]
        period, last = needs.period[need], self.last[fund]
        if last.min() < period.max():
            nothing |= period > last[:, None]
        if not suits.all():
            nothing |= ~suits
        amount[nothing] = 0
        has_money = self.has_money[fund]
        self.reached[need] |= (amount if has_money.all() else amount[has_money]).any(axis=0)
        if not self.are_single:
            self._share_room(fund, need, amount)
        leaf = needs.leaf[need]
        shared = self._shared_caps(node, fund, need, amount)
        firsts = _firsts(leaf)
        if len(firsts) < len(leaf):
            leaf, amount = leaf[firsts], np.add.reduceat(amount, firsts, axis=1)
        return _Edges(node, leaf, amount, shared)

    def _share_room(self, fund: Ints, need: Ints, amount: Ints) -> None:
        """Let needs of one company in one leaf, which stand side by side, take together no more than its room: at the first of them."""
        heads = _firsts(self.group[need])
        size = np.diff(np.append(heads, len(need)))
        several = size > 1
        if not several.any():
            return
        heads = heads[several]
        among = np.flatnonzero(np.repeat(several, size))
        firsts = np.cumsum(size[several]) - size[several]
        together = np.add.reduceat(amount[:, among], firsts, axis=1)
        amount[:, among] = 0
        amount[:, heads] = np.minimum(together, self._room(fund, need[heads]))

    def _room(self, fund: Ints, need: Ints) -> Ints:
        """By fund and need, what the cap per company leaves for the need's enterprise."""
        room = np.repeat(self.cap[fund][:, None], len(need), axis=1)
        row, column, taken = self._held(fund, need)
        room[row, column] = np.maximum(0, room[row, column] - taken)
        return room

    def _held(self, fund: Ints, need: Ints) -> tuple[Ints, Ints, Ints]:
        """(places of funds, places of needs, amounts): what funds with a cap per company have invested in enterprises of the needs."""
        start, stop = np.searchsorted(self.held_fund, fund), np.searchsorted(self.held_fund, fund, side="right")
        rows = np.repeat(np.arange(len(fund)), stop - start)
        pairs = np.arange(len(rows)) + np.repeat(start - np.cumsum(stop - start) + stop - start, stop - start)
        if not len(pairs) or not len(need):
            return rows[:0], rows[:0], rows[:0]
        theirs = self.held_need[pairs]
        place = np.searchsorted(need, theirs).clip(max=len(need) - 1)
        hit = need[place] == theirs
        return rows[hit], place[hit], self.held_amount[pairs[hit]]

    def _shared_caps(self, node: Ints, fund: Ints, need: Ints, amount: Ints) -> _SharedCaps:
        """The caps that bind over several leaves of a company, by node; what they carry is taken out of `amount`."""
        spread = np.flatnonzero(self.is_spread[need])
        room = self._room(fund, need[spread])
        rows, places = np.nonzero((room < NO_LIMIT) & (amount[:, spread] > 0))
        limits, columns = room[rows, places], spread[places]
        leaf, enterprise = self.needs.leaf[need], self.needs.enterprise[need]
        order = np.lexsort((columns, enterprise[columns], rows))
        rows, columns, limit = rows[order], columns[order], limits[order]
        firsts = _firsts(rows, enterprise[columns])
        carried = amount[rows, columns]
        binds = np.add.reduceat(carried, firsts) > limit[firsts] if len(firsts) else np.zeros(0, np.bool_)
        number = np.repeat(np.where(binds, np.cumsum(binds) - 1, -1), np.diff(np.append(firsts, len(rows))))
        heads, bound = firsts[binds], number >= 0
        amount[rows[bound], columns[bound]] = 0
        return _SharedCaps(node[rows[heads]], limit[heads], number[bound], leaf[columns[bound]], carried[bound])


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
