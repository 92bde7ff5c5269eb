"""What an anchor's programmes bring to many firms together along supply chains: a flow over the links, not over the walks.

Money runs programme → anchor → its sellers → theirs …; each link carries what its width admits, each firm keeps what it is to have, the
rest goes on. A flow of whole amounts falls apart into simple chains. What it does not know is how deep a programme reaches: where a
maximum flow needs longer chains, the amount is bounded: from above by the flow, from below by chains that are short enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from queries.financing.joint.flow import LARGEST, cheapest_of, largest_flow
from queries.financing.joint.programme import Solved, SolveMethod
from queries.ratios import Ints


@dataclass(frozen=True, slots=True)
class Root:
    """A programme: the `anchor` (by place of the firm), what it may still have outstanding, and how many links deep it reaches."""

    anchor: int
    headroom: int
    max_tier: int


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Firms by place, and the links between them.

    `seller`, `buyer` by link; `carries` the most that it carries in 分 of principal: ⌊width·α·(1 − dilution)⌋. `keeps` by firm, what it
    may have in all, 0 for a firm that is none of those asked about. `direct`: (root, firm, amount) of paths that need no link, such as a
    voucher held. `per_deal`: the most of one transaction, None where there is no such bound.
    """

    seller: Ints
    buyer: Ints
    carries: Ints
    keeps: Ints
    roots: Sequence[Root]
    direct: Sequence[tuple[int, int, int]] = ()
    per_deal: int | None = None

    @property
    def firms(self) -> int:
        """How many firms there are."""
        return len(self.keeps)


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """What may still flow: out of the roots, by direct path, over each link, over it for its seller's own use, and to each firm."""

    rest: Ints
    direct: Ints
    carries: Ints
    deals: Ints
    keeps: Ints

    def less(self, taken: _Room) -> _Room:
        """What is left."""
        pairs = zip(_columns(self), _columns(taken), strict=True)
        return _Room(*(mine - theirs for mine, theirs in pairs))


def _columns(room: _Room) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    return room.rest, room.direct, room.carries, room.deals, room.keeps


def chain_capacity(chains: Chains) -> Solved:
    """The largest amount that all firms can have together.

    EXACT_FLOW where chains within the programmes' reach bring what the flow does, else BOUNDS. Cost: two maximum flows over the links,
    and one over the shortest chains for each tier.
    """
    every = _every(chains)
    upper, _ = _flow(chains, every)
    lower, _ = _within_reach(chains, every)
    if lower < upper:
        _, shortest = _flow(chains, every, fewest=True)
        within, over = _within_reach(chains, shortest)
        more, _ = _within_reach(chains, every.less(shortest.less(over)))
        lower = max(lower, within + more)
    method = SolveMethod.EXACT_FLOW if lower == upper else SolveMethod.BOUNDS
    return Solved(lower, method, lower, upper)


def _every(chains: Chains) -> _Room:
    """All that the limits admit, no amount above what the firms may have together: every sum then fits 64 bits."""
    keeps = np.minimum(chains.keeps, LARGEST // max(1, chains.firms))
    whole = int(keeps.sum())
    rest = np.array([min(root.headroom, whole) for root in chains.roots], np.int64)
    direct = np.array([min(amount, whole) for _, _, amount in chains.direct], np.int64)
    carries = np.minimum(chains.carries, whole)
    beyond = _tiers(chains, _Room(rest, direct, carries, carries, keeps))[chains.buyer] >= _deepest(chains)
    carries = np.where(beyond, 0, carries)
    deals = carries if chains.per_deal is None else np.minimum(carries, chains.per_deal)
    return _Room(rest, direct, carries, deals, keeps)


def _within_reach(chains: Chains, room: _Room) -> tuple[int, _Room]:
    """What chains no longer than their programme reaches bring, the shortest first, each on what those before leave; and what is left.

    Each round fills all shortest chains there are, so the next ones are longer: there are no more rounds than tiers.
    """
    total = 0
    while True:
        value, flow = _flow(chains, room, _tiers(chains, room))
        if not value:
            return total, room
        total, room = total + value, room.less(flow)


def _deepest(chains: Chains) -> int:
    return max((root.max_tier for root in chains.roots), default=0)


def _tiers(chains: Chains, room: _Room) -> Ints:
    """How far each firm stands from where a chain may begin, so counted that every chain ends at the deepest tier at the latest."""
    deepest = _deepest(chains)
    tiers = np.full(chains.firms, deepest + 2, np.int64)
    for root, left in zip(chains.roots, room.rest.tolist(), strict=True):
        if left:
            tiers[root.anchor] = min(tiers[root.anchor], deepest - root.max_tier)
    for tier in range(deepest):
        onward = (room.carries > 0) & (tiers[chains.buyer] == tier) & (tiers[chains.seller] > tier + 1)
        tiers[chains.seller[onward]] = tier + 1
    return tiers


def _flow(chains: Chains, room: _Room, tiers: Ints | None = None, *, fewest: bool = False) -> tuple[int, _Room]:
    """A maximum flow: its value and what it takes. With `tiers` only over links that lead one tier further; `fewest`: over the fewest."""
    firms, roots, links = chains.firms, len(chains.roots), len(chains.seller)
    own, root, source = firms, 2 * firms, 2 * firms + roots
    sink, between = source + 1, source + 2
    deepest = _deepest(chains)
    anchors = np.array([one.anchor for one in chains.roots], np.int64)
    begins, onward = np.ones(roots, bool), np.ones(links, bool)
    if tiers is not None:
        begins = tiers[anchors] == [deepest - one.max_tier for one in chains.roots]
        onward = tiers[chains.seller] == tiers[chains.buyer] + 1
    ends = np.array([pair[:2] for pair in chains.direct], np.int64).reshape(-1, 2)
    bound, link = np.arange(roots), between + np.arange(links)
    tail = [np.full(roots, source), root + ends[:, 0], chains.buyer, link, own + np.arange(firms), link, root + bound]
    head = [root + bound, own + ends[:, 1], link, own + chains.seller, np.full(firms, sink), chains.seller, anchors]
    capacity = [
        *(room.rest, room.direct, np.where(onward, room.carries, 0), room.deals, room.keeps),
        *(room.carries, np.where(begins, room.rest, 0)),
    ]
    tails, heads, room_of = (np.concatenate(part).astype(np.int64) for part in (tail, head, capacity))
    cost = np.concatenate([np.full(len(part), int(place == 2)) for place, part in enumerate(capacity)])
    value, flows = largest_flow(tails, heads, room_of, source, sink)
    if fewest:
        flows = cheapest_of(tails, heads, room_of, cost, source, sink, value)
    taken = np.split(flows, np.cumsum([len(part) for part in capacity]))[:5]
    return value, _Room(*taken)
