"""A fund's tree: its sub-funds and their firms, what each holds, and how much of it looks through to the fund."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from graph.errors import Contradiction
from graph.view import View
from queries.coverage.amounts import amounts_of
from queries.coverage.supply import FundSupply, fund_supplies
from queries.funds.holdings import (
    Holding,
    below,
    holdings,
    in_id_order,
    looked_through,
    order_of,
    refuse_loop,
)
from queries.funds.investments import Investment, investments_of


@dataclass(frozen=True, slots=True)
class HeldFirm:
    """What one fund, or all funds of a tree, hold in a firm. 分 at cost.

    enterprise: -1 where it is not in the view. invested: each part of a round once, at the entity that holds it.
    attributed: the part of it that is the root's, each fund's rounded down; None where a share or an amount is not stated.
    uncounted: rounds without an amount that can be added.
    """

    enterprise: int
    invested: int
    attributed: int | None
    uncounted: tuple[int, ...]

    @property
    def share(self) -> Fraction | None:
        """The root's part of what is invested; None: not stated, or nothing is."""
        return None if self.attributed is None or not self.invested else Fraction(self.attributed, self.invested)


@dataclass(frozen=True, slots=True)
class TreeFund:
    """A fund of a tree. depth: steps from the root, the fewest. share: how much of it is the root's; None: not stated.

    held_by: what funds of the tree have in it; sub_funds: those that it holds; firms: its own investments, by the firm's id.
    attributed: the root's part of its investments, the sum of its firms'; None where that of a firm is not known.
    """

    fund: int
    depth: int
    share: Fraction | None
    supply: FundSupply
    held_by: tuple[Holding, ...]
    sub_funds: tuple[int, ...]
    firms: tuple[HeldFirm, ...]

    @property
    def attributed(self) -> int | None:
        """分 of what it has invested that look through to the root."""
        return _sum([firm.attributed for firm in self.firms])


@dataclass(frozen=True, slots=True)
class FundTree:
    """The root and all below it, each fund once. Amounts in 分.

    funds: by depth, then id; the root is the first. firms: over all funds, each firm once, by id.
    invested: what the funds of the tree hold, each investment once; attributed: the root's part, None where any is not known.
    doubts: rounds in which a fund and one that holds it both have a part, without a total that tells whether one is counted twice.
    """

    funds: tuple[TreeFund, ...]
    firms: tuple[HeldFirm, ...]
    invested: int
    attributed: int | None
    doubts: tuple[int, ...]

    @property
    def root(self) -> TreeFund:
        """The fund that was asked for."""
        return self.funds[0]

    def fund(self, handle: int) -> TreeFund:
        """The fund of this handle."""
        return next(one for one in self.funds if one.fund == handle)


def fund_tree(view: View, fund: str) -> FundTree:
    """The tree below a fund. Sub-funds are those that it commits to and those that name it as parent.

    An investment counts once, at the fund that holds it; looking through only attributes it. A share is that of all that is
    committed to a fund. Money of other currencies counts at its rate; without one it is not stated.

    Raises
    ------
    InvalidIdentifier, NotFound
        No such fund is in the view.
    Contradiction
        A fund below holds itself through others, or the parts of a round that a fund and one that holds it both report come to more
        than the round: one yuan would count twice. The message names the loop.

    Notes
    -----
    Cost: a few hops a level, and one over the investments of all funds below.
    """
    root = view.require(fund, "Fund")
    held = below(view, root)
    refuse_loop(view, held, root)
    order = order_of(held, root)
    handles = np.array(order, np.int64)
    held_by = holdings(view, held)
    shares = looked_through(order, held_by)
    supplies = dict(zip(order, fund_supplies(view, handles).funds, strict=True))
    investments = investments_of(view, handles)
    doubts = _refuse_double(view, held, investments)
    own: dict[int, list[Investment]] = defaultdict(list)
    for one in investments:
        own[one.fund].append(one)
    depth = {root: 0}
    for at in order:
        for one_held in held[at]:
            depth[one_held] = min(depth.get(one_held, len(order)), depth[at] + 1)
    rank = dict(zip(order, view.rank(handles).tolist(), strict=True))
    funds = tuple(
        TreeFund(
            at,
            depth[at],
            shares[at],
            supplies[at],
            tuple(held_by.get(at, ())),
            tuple(held[at]),
            _firms(view, own[at], shares),
        )
        for at in sorted(order, key=lambda one: (depth[one], rank[one]))
    )
    attributed = _sum([one.attributed for one in funds])
    invested = sum(one.supply.invested for one in funds)
    return FundTree(funds, _firms(view, investments, shares), invested, attributed, tuple(in_id_order(view, doubts)))


def _sum(parts: Sequence[int | None]) -> int | None:
    stated = [part for part in parts if part is not None]
    return sum(stated) if len(stated) == len(parts) else None


def _firms(
    view: View, investments: Sequence[Investment], shares: Mapping[int, Fraction | None]
) -> tuple[HeldFirm, ...]:
    """The firms of some investments, by id; one that is not in the view comes last."""
    parts: dict[int, dict[int, list[Investment]]] = defaultdict(lambda: defaultdict(list))
    for one in investments:
        parts[one.enterprise][one.fund].append(one)
    firms = in_id_order(view, [firm for firm in parts if firm >= 0]) + [-1] * (-1 in parts)
    return tuple(_held(view, firm, parts[firm], shares) for firm in firms)


def _held(
    view: View, firm: int, parts: Mapping[int, Sequence[Investment]], shares: Mapping[int, Fraction | None]
) -> HeldFirm:
    invested, attributed = 0, list[int | None]()
    for fund, own in parts.items():
        amount, share = sum(one.amount or 0 for one in own), shares[fund]
        invested += amount
        known = share is not None and all(one.amount is not None for one in own)
        attributed.append(amount * share.numerator // share.denominator if known and share is not None else None)
    uncounted = {one.round for own in parts.values() for one in own if one.amount is None}
    return HeldFirm(firm, invested, _sum(attributed), tuple(in_id_order(view, uncounted)))


def _refuse_double(view: View, held: Mapping[int, Sequence[int]], investments: Sequence[Investment]) -> list[int]:
    """The rounds that cannot be told to count no yuan twice. Raises Contradiction for those that surely count one twice."""
    by_round: dict[int, set[int]] = defaultdict(set)
    for one in investments:
        by_round[one.round].add(one.fund)
    several = in_id_order(view, [round_ for round_, funds in by_round.items() if len(funds) > 1])
    doubts = []
    for round_ in several:
        way = _way(view, held, by_round[round_])
        if way is None:
            continue
        whole, parts = _whole_and_parts(view, round_)
        if whole is None:
            doubts.append(round_)
        elif parts > whole:
            names = [view.id_of(one) for one in (*way, round_, way[0])]
            raise Contradiction(
                f"{view.id_of(round_)} is of {_yuan(whole)} 元, but its investors' parts come to {_yuan(parts)} 元, and a fund and one "
                f"that holds it are both among them: {' → '.join(names)}; the money would count twice: "
                "record each part once, at the entity that holds it"
            )
    return doubts


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _whole_and_parts(view: View, round_: int) -> tuple[int | None, int]:
    """A round's stated amount, and the sum of its stated parts: 分."""
    whole = amounts_of(view, np.array([round_], np.int64), "amount", owed=True)
    links = view.holders("InvestedBy", "source", round_)
    parts = amounts_of(view, links, "amount", owed=True).value
    return int(whole.value[0]) if whole.is_stated[0] else None, sum(parts.tolist())


def _way(view: View, held: Mapping[int, Sequence[int]], funds: set[int]) -> list[int] | None:
    """The shortest way of holdings from one of these funds to another, of equal ones the first by id; None: there is none."""
    found: list[list[int]] = []
    for start in in_id_order(view, funds):
        ways: dict[int, list[int]] = {start: [start]}
        for at in (queue := [start]):
            for one in held[at]:
                if one not in ways:
                    ways[one] = [*ways[at], one]
                    queue.append(one)
        found += [way for end, way in ways.items() if end != start and end in funds]
    return min(found, key=len) if found else None
