"""What the network of a view is made of, fund by fund: so that a fund can be laid out anew under other terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph.kinds.terms import Dimension
from graph.values import MILLION
from graph.view import View
from queries.coverage.amounts import amounts_of
from queries.coverage.demand import Demand, Places
from queries.coverage.mandate import Attribute, Condition, Mandate, ShareRule, admitted, meeting
from queries.coverage.mandate_rules import FundMandate, attributes_of
from queries.coverage.network import UNLIMITED, CoverageNetwork, Flags, Ints
from queries.coverage.supply import FundSupply
from queries.coverage.terms import FundTerms, NeedGroups, OpenNeeds, ShareBound, coverage_network


@dataclass(frozen=True, slots=True)
class Tickets:
    """What a fund itself says on single deals, 分; None: it says nothing."""

    least: int | None
    most: int | None
    per_company: int | None


@dataclass(eq=False)
class Plan:
    """Needs and funds as the network needs them.

    unmet: 分 by leaf. need: by open need, the place of it among the needs of the solution. funds, mandates, tickets: by fund.
    held: what a (fund, enterprise) has invested, with the attributes of those enterprises where shares are to be measured.
    """

    unmet: Ints
    needs: OpenNeeds
    need: Ints
    attributes: Mapping[Dimension, Attribute]
    funds: Sequence[FundSupply]
    mandates: Sequence[FundMandate]
    tickets: Sequence[Tickets]
    held: Mapping[tuple[int, int], int]
    holdings: Holdings

    def network(self) -> tuple[CoverageNetwork, Flags]:
        """The network of all funds, and which open needs some fund with money could give something to."""
        mandates = [one.mandate for one in self.mandates]
        terms = [self.terms(fund, mandate) for fund, mandate in enumerate(mandates)]
        bounds = {fund: self._bounds(fund, mandate, 0) for fund, mandate in enumerate(mandates) if mandate.shares}
        needs = admitted(mandates, self.attributes, len(self.needs.leaf))
        return coverage_network(self.unmet, terms, self.needs, needs, self.held, bounds, self._groups)

    def part(self, fund: int, mandate: Mandate, more: int = 0) -> tuple[CoverageNetwork, Flags]:
        """The network of one fund alone, under a mandate and with `more` committed to it; and the open needs that it could give to.

        A size that is not stated is 0 here.
        """
        terms = self.terms(fund, mandate, more)
        bounds = {0: self._bounds(fund, mandate, more)} if mandate.shares else None
        needs = admitted([mandate], self.attributes, len(self.needs.leaf))
        held = self._held_by.get(fund, {})
        network, reached = coverage_network(self.unmet, [terms], self.needs, needs, held, bounds, self._groups)
        return network.sized(0), reached

    def terms(self, fund: int, mandate: Mandate, more: int = 0) -> FundTerms:
        """The terms of a fund. How much of it may come here is not stated where its mandate is known in words only."""
        supply, tickets = self.funds[fund], self.tickets[fund]
        least = [amount for amount in (mandate.ticket_min, tickets.least) if amount is not None]
        most = [amount for amount in (mandate.ticket_max, tickets.most) if amount is not None]
        return FundTerms(
            size=supply.dry_powder_with(more) if mandate.is_decidable or not supply.is_investing else None,
            ticket_min=max(least, default=None),
            ticket_max=min(most, default=None),
            per_company_cap=tickets.per_company,
            last_period=supply.last_year,
            has_ended=not supply.is_investing,
        )

    @cached_property
    def _held_by(self) -> dict[int, dict[tuple[int, int], int]]:
        """By fund, what it holds, as of a network in which it is the only one."""
        found: dict[int, dict[tuple[int, int], int]] = {}
        for (holder, firm), amount in self.held.items():
            found.setdefault(holder, {})[0, firm] = amount
        return found

    @cached_property
    def _groups(self) -> NeedGroups:
        return NeedGroups.of(self.needs)

    def _bounds(self, fund: int, mandate: Mandate, more: int) -> list[ShareBound]:
        """What a fund's shares leave for the needs that they bound: for a minimum, those that do not count towards it."""
        supply = self.funds[fund]
        size = self.terms(fund, mandate, more).size
        found = []
        for rule in mandate.shares:
            inside = meeting(rule.conditions, self.attributes, len(self.needs.leaf))
            if supply.committed is None or size is None:
                found.append(ShareBound(~inside if rule.is_minimum else inside, UNLIMITED))
                continue
            share = rule.share * (supply.committed + more)
            invested = self.holdings.meeting(fund, rule.conditions)
            if rule.is_minimum:
                # What is still to go there is kept for it.
                kept = min(size, max(0, -(-share // MILLION) - invested))
                found.append(ShareBound(~inside, size - kept))
            else:
                found.append(ShareBound(inside, max(0, share // MILLION - invested)))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """The investments of the funds that have shares to keep to: by investment the fund, the amount, and what the enterprise is."""

    fund: Ints
    amount: Sequence[int]
    attributes: Mapping[Dimension, Attribute]

    def meeting(self, fund: int, conditions: Sequence[Condition]) -> int:
        """What a fund has invested, at cost, where all conditions hold."""
        met = (self.fund == fund) & meeting(conditions, self.attributes, len(self.fund))
        return sum(self.amount[place] for place in np.flatnonzero(met).tolist())


def plan_of(
    view: View,
    demand: Demand,
    needs: Ints,
    need_leaf: Ints,
    unmet: Ints,
    funds: Sequence[FundSupply],
    mandates: Sequence[FundMandate],
    held: Mapping[tuple[int, int], int],
) -> Plan:
    """The plan of some needs, by place in `demand`, with the leaf of each, and of funds; held: by place among the funds."""
    enterprise = demand.enterprise[needs]
    order = np.lexsort((enterprise, need_leaf))
    cells = [demand.cell[at] for at in needs[order].tolist()]
    period = np.array([cell.period for cell in cells], np.int64)
    enterprise, lacking = enterprise[order], (demand.amount - demand.covered)[needs[order]]
    handles = np.array([fund.fund for fund in funds], np.int64)
    columns = [amounts_of(view, handles, name) for name in ("ticket_min", "ticket_max", "per_company_cap")]
    tickets = [
        Tickets(*(int(one.value[place]) if one.is_stated[place] else None for one in columns))
        for place in range(len(funds))
    ]
    shares = {
        fund for fund, one in enumerate(mandates) if any(isinstance(c, ShareRule) for _, r in one.rules for c in r)
    }
    owned = sorted((fund, firm) for fund, firm in held if fund in shares)
    firms = np.array([firm for _, firm in owned], np.int64)
    places = Places(view).of_enterprises(firms, view.as_of.year)
    return Plan(
        unmet=unmet,
        needs=OpenNeeds(need_leaf[order], enterprise, lacking, period),
        need=order,
        attributes=attributes_of(view, cells, enterprise),
        funds=funds,
        mandates=mandates,
        tickets=tickets,
        held=held,
        holdings=Holdings(
            np.array([fund for fund, _ in owned], np.int64),
            [held[one] for one in owned],
            attributes_of(view, places, firms),
        ),
    )
