"""Covenants on whose money a fund has, and how much of it is there: leverage, shares of capital, paid-in pace, DPI."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from graph.kinds.policy import CovenantVariant, MoneyBase
from queries.coverage.amounts import amounts_of
from queries.financing.limits.constraints import MissingFact
from queries.funds.capital import Origins, origins
from queries.funds.facts import FundFacts
from queries.funds.measures import Measure, ratio
from queries.funds.project_money import project_money


def money_by_origin(facts: FundFacts, base: MoneyBase) -> Origins:
    """COMMITTED or PAID_IN money of a fund, or the PROJECT money of the rounds that it took part in."""
    if base not in facts.by_origin:
        facts.by_origin[base] = (
            project_money(facts.view, [one.round for one in facts.recorded])
            if base is MoneyBase.PROJECT
            else origins(facts.contributions, base)
        )
    return facts.by_origin[base]


def leverage(facts: FundFacts, variant: CovenantVariant, base: MoneyBase) -> Measure:
    """What public money brought in: all money over the city's or all fiscal money, or the rest over the fiscal."""
    money = money_by_origin(facts, base)
    if (nothing := _unknown(facts, money, base)) is not None:
        return nothing
    fiscal = (money.fiscal, money.fiscal + money.unknown)
    match variant:
        case CovenantVariant.TOTAL_TO_MUNICIPAL:
            at_most = money.municipal + money.level_unknown
            return ratio((money.total,) * 2, (money.municipal, at_most), money.missing)
        case CovenantVariant.TOTAL_TO_FISCAL:
            return ratio((money.total,) * 2, fiscal, _origins_only(money))
    return ratio((money.total - fiscal[1], money.total - fiscal[0]), fiscal, _origins_only(money))


def capital_share(facts: FundFacts, variant: CovenantVariant, base: MoneyBase) -> Measure:
    """The share of one origin in all money; 社会资本 is that of state-owned firms and private money together."""
    money = money_by_origin(facts, base)
    if (nothing := _unknown(facts, money, base)) is not None:
        return nothing
    part = {
        CovenantVariant.FISCAL: money.fiscal,
        CovenantVariant.SOE: money.soe,
        CovenantVariant.PRIVATE: money.private,
        CovenantVariant.SOCIAL: money.soe + money.private,
    }.get(variant)
    if part is None:
        return Measure()
    return ratio((part, part + money.unknown), (money.total,) * 2, _origins_only(money))


def _unknown(facts: FundFacts, money: Origins, base: MoneyBase) -> Measure | None:
    """Where no sum can be made: a fund of which no commitment is stated has no money known, one without rounds no project."""
    if money.is_empty:
        if base is MoneyBase.PROJECT:
            return Measure(nothing=True)
        return Measure(missing=(MissingFact(facts.fund, "commitments"),))
    return None if money.is_whole else Measure(missing=tuple(dict.fromkeys(money.missing)))


def _origins_only(money: Origins) -> tuple[MissingFact, ...]:
    """What is missing beside which fiscal money is the city's own."""
    return tuple(fact for fact in money.missing if fact.field != "municipal")


def paid_in_pace(facts: FundFacts) -> Measure:
    """Paid in over committed, by all investors: one in default is behind, not gone."""
    given = facts.contributions
    if not given:
        return Measure(missing=(MissingFact(facts.fund, "commitments"),))
    missing = [one.missing("committed") for one in given if one.committed is None]
    missing += [one.missing("paidIn") for one in given if one.paid_in is None]
    if missing:
        return Measure(missing=tuple(dict.fromkeys(missing)))
    paid, committed = sum(one.paid_in or 0 for one in given), sum(one.committed or 0 for one in given)
    return ratio((paid,) * 2, (committed,) * 2)


def distributed_to_paid_in(facts: FundFacts) -> Measure:
    """DPI: what exits and income brought back to the investors, over what they paid in."""
    paid_in, missing = facts.money(MoneyBase.PAID_IN)
    amounts = amounts_of(facts.view, np.array([facts.fund], np.int64), "distributed")
    distributed = Fraction(int(amounts.value[0])) if amounts.is_stated[0] else None
    if distributed is None:
        missing = (*missing, MissingFact(facts.fund, "distributed"))
    return ratio((distributed,) * 2, (paid_in,) * 2, missing)
