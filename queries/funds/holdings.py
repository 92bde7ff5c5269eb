"""Which funds hold which: sub-funds by record and by commitment, loops among them, and how much of each looks through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from graph.errors import Contradiction
from graph.view import View
from queries.coverage.network import Ints
from queries.funds.capital import Contribution, contributions


@dataclass(frozen=True, slots=True)
class Holding:
    """What a fund has in another. Amounts in 分; None: some part is not stated, or there is no commitment.

    share: of all that is committed to the sub-fund, in default or not; None where any commitment to it is not stated.
    is_parent: the sub-fund's record names the fund as the one that it is a sub-fund of.
    """

    holder: int
    fund: int
    committed: int | None
    paid_in: int | None
    share: Fraction | None
    is_parent: bool


def sub_funds(view: View, funds: Ints) -> list[list[int]]:
    """By fund, the funds that it committed to or that name it as parent: each once, in id order."""
    found: list[set[int]] = [set() for _ in funds]
    place, commitments = view.expand("Commitment", "investor", funds)
    held = view.refs(commitments, "fund")
    for at, fund in zip(place.tolist(), held.tolist(), strict=True):
        if fund >= 0:
            found[at].add(fund)
    place, below = view.expand("Fund", "parent", funds)
    for at, fund in zip(place.tolist(), below.tolist(), strict=True):
        found[at].add(fund)
    return [in_id_order(view, some) for some in found]


def in_id_order(view: View, funds: set[int] | Sequence[int]) -> list[int]:
    """Records of one kind, in order of their ids."""
    handles = np.array(sorted(funds), np.int64)
    return [int(one) for one in handles[np.argsort(view.rank(handles), kind="stable")]]


def below(view: View, root: int) -> dict[int, list[int]]:
    """The sub-funds of a fund and of every fund below it, nearest first. A loop ends where it closes.

    Cost: two hops a level.
    """
    found: dict[int, list[int]] = {}
    level = [root]
    while level:
        for fund, held in zip(level, sub_funds(view, np.array(level, np.int64)), strict=True):
            found[fund] = held
        level = list(dict.fromkeys(fund for one in level for fund in found[one] if fund not in found))
    return found


def loop_in(held: Mapping[int, Sequence[int]], root: int) -> list[int] | None:
    """A loop of holdings that can be reached from the root, as first met in order, beginning at its first fund; None: there is none.

    Cost: one pass over the holdings.
    """
    way: list[int] = [root]
    waiting = [list(reversed(held.get(root, ())))]
    on_way, done = {root}, set[int]()
    while way:
        if not waiting[-1]:
            waiting.pop()
            on_way.discard(way[-1])
            done.add(way.pop())
            continue
        following = waiting[-1].pop()
        if following in on_way:
            return way[way.index(following) :]
        if following not in done:
            way.append(following)
            on_way.add(following)
            waiting.append(list(reversed(held.get(following, ()))))
    return None


def refuse_loop(view: View, held: Mapping[int, Sequence[int]], root: int) -> None:
    """Do nothing where no fund holds itself. Raises Contradiction, naming the loop from its first id on."""
    loop = loop_in(held, root)
    if loop is None:
        return
    first = loop.index(in_id_order(view, loop)[0])
    names = [view.id_of(fund) for fund in (*loop[first:], *loop[:first], loop[first])]
    raise Contradiction(
        f"{view.id_of(root)} has a loop of holdings below it: {' → '.join(names)}; no share looks through it: "
        "end or correct one of these commitments or parents"
    )


def order_of(held: Mapping[int, Sequence[int]], root: int) -> list[int]:
    """The root and all below it, each after every fund that holds it. There must be no loop."""
    missing: dict[int, int] = defaultdict(int)
    for funds in held.values():
        for fund in funds:
            missing[fund] += 1
    order = [root]
    for fund in order:
        for one in held[fund]:
            missing[one] -= 1
            if not missing[one]:
                order.append(one)
    return order


def holdings(view: View, held: Mapping[int, Sequence[int]]) -> dict[int, list[Holding]]:
    """By fund below the root, what each fund of the tree has in it, by the holder's id."""
    funds = np.array(list(held), np.int64)
    by_fund: dict[int, list[Contribution]] = defaultdict(list)
    for one in contributions(view, funds):
        by_fund[one.fund].append(one)
    parent = dict(zip(held, view.refs(funds, "parent").tolist(), strict=True))
    holders: dict[int, list[int]] = defaultdict(list)
    for fund in in_id_order(view, list(held)):
        for one_held in held[fund]:
            holders[one_held].append(fund)
    return {
        fund: [_holding(holder, fund, by_fund[fund], is_parent=parent[fund] == holder) for holder in found]
        for fund, found in holders.items()
    }


def _holding(holder: int, fund: int, given: Sequence[Contribution], *, is_parent: bool) -> Holding:
    own = [one for one in given if one.investor == holder]
    committed, paid_in = _sum([one.committed for one in own]), _sum([one.paid_in for one in own])
    total = _sum([one.committed for one in given])
    share = None if committed is None or not total else Fraction(committed, total)
    return Holding(holder, fund, committed, paid_in, share, is_parent)


def _sum(amounts: Sequence[int | None]) -> int | None:
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated) if stated and len(stated) == len(amounts) else None


def looked_through(order: Sequence[int], held_by: Mapping[int, Sequence[Holding]]) -> dict[int, Fraction | None]:
    """How much of each fund is the root's: 1 of itself, of others Σ over holders of their share × what is the root's of them.

    None where one of these shares is not stated. A fund that is held in several ways counts each of them: shares of one fund add
    up to 1 at most.
    """
    found: dict[int, Fraction | None] = {order[0]: Fraction(1)}
    for fund in order[1:]:
        whole: Fraction | None = Fraction(0)
        for holding in held_by[fund]:
            above = found[holding.holder]
            if whole is None or above is None or holding.share is None:
                whole = None
            else:
                whole += above * holding.share
        found[fund] = whole
    return found
