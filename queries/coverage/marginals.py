"""What one more yuan in a fund, or one rule of a mandate less, would close: the difference of two full solutions, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from queries.coverage.mandate import Mandate, relaxed
from queries.coverage.more_flow import MoreFlow
from queries.coverage.network import Flags, LeafEdges
from queries.coverage.plan import Plan
from queries.coverage.residual import Residual

YUAN = 100
"""分 of one yuan."""


@dataclass(frozen=True, slots=True)
class FundMarginal:
    """`closes`: 分 of the total gap that one yuan more, committed to the fund at this place, would close: 0 to 100."""

    fund: int
    closes: int


@dataclass(frozen=True, slots=True)
class RuleMarginal:
    """`closes`: 分 of the total gap that would close if a hard rule (a handle) of the fund at this place bound nothing, as `relaxed`."""

    fund: int
    rule: int
    closes: int
    relaxed: Mandate


class Marginals:
    """What follows from a solved network for each fund and each rule: made when first asked for."""

    def __init__(self, plan: Plan, residual: Residual, into: LeafEdges) -> None:
        self.plan = plan
        self._residual, self._into = residual, into

    @cached_property
    def more(self) -> MoreFlow:
        """The flow, asked what more would flow."""
        return MoreFlow(self._residual, self._into)

    @cached_property
    def funds(self) -> tuple[FundMarginal, ...]:
        """That of every fund, those that close most first, equal ones in order of ids.

        Where a whole yuan can go on from the fund to an unmet leaf along one path of the residual network, it closes a yuan, since the
        flow that is there stays; where no 分 can, nothing. Only what lies between is solved. A fund of unknown size is taken at 0; one
        more yuan changes nothing where it is promised to a fund that has promised more than it has, or whose size stays unknown.
        """
        whole = self._residual.before(self.more.open >= YUAN, least=YUAN)[0]
        found = [FundMarginal(fund, self._by_a_yuan(fund, whole)) for fund in range(len(self.plan.funds))]
        return tuple(sorted(found, key=lambda one: -one.closes))

    def _by_a_yuan(self, fund: int, whole: Flags) -> int:
        mandate = self.plan.mandates[fund].mandate
        if not mandate.shares and self.gain(fund, YUAN) == YUAN and whole[fund]:
            return YUAN
        return self.by_money(fund, YUAN)

    def gain(self, fund: int, amount: int) -> int:
        """By how much the dry powder of a fund grows with what is committed to it."""
        mandate = self.plan.mandates[fund].mandate
        before, after = (self.plan.terms(fund, mandate, more).size for more in (0, amount))
        return (after or 0) - (before or 0)

    def by_money(self, fund: int, amount: int) -> int:
        """分 of the total gap that an amount committed to a fund would close."""
        mandate = self.plan.mandates[fund].mandate
        gain = self.gain(fund, amount)
        if gain <= 0 or not self.more.lacking_node[self.more.nodes_of(fund)].any():
            return 0
        if not mandate.shares:
            return self.more.closes(fund, self.more.part_of(fund, gain), gain)
        part, old = self.plan.part(fund, mandate, amount)[0], self.more.part_of(fund, 0)
        # A cut has the fund on its one side or on the other: what grows is the fund, or what its shares leave.
        is_same = np.array_equal(part.fed_by, old.fed_by)
        grown = int(np.maximum(part.size[1:] - old.size[1:], 0).sum()) if is_same else None
        return self.more.closes(fund, part, None if grown is None else max(gain, grown))

    @cached_property
    def rules(self) -> tuple[RuleMarginal, ...]:
        """That of every hard rule, those that close most first, equal ones by fund and rule in order of ids.

        Cost: a few flows over what a fund admits, for each fund that has money to spend otherwise; the others cost nothing.
        """
        made: dict[tuple[tuple[int, ...], int], Mandate] = {}
        found = []
        for fund, one in enumerate(self.plan.mandates):
            closed: dict[Mandate, int] = {}
            conditions = [comes_to for _, comes_to in one.rules]
            same = tuple(map(id, conditions))
            for place, (rule, _) in enumerate(one.rules):
                # Funds with the same rules share what they come to.
                if (same, place) not in made:
                    made[same, place] = relaxed(conditions, place)
                mandate = made[same, place]
                if mandate not in closed:
                    closed[mandate] = self.by_mandate(fund, mandate)
                found.append(RuleMarginal(fund, rule, closed[mandate], mandate))
        return tuple(sorted(found, key=lambda one: -one.closes))

    def by_mandate(self, fund: int, mandate: Mandate) -> int:
        """分 of the total gap that another mandate of a fund would close."""
        stated = self.plan.mandates[fund].mandate
        is_sized = mandate.is_decidable and not stated.is_decidable
        if not self.more.gap or not self.plan.funds[fund].is_investing or not (is_sized or self.more.can_spend(fund)):
            return 0
        return self.more.closes(fund, self.plan.part(fund, mandate)[0])
