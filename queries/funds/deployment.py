"""Covenants on where money went and how fast: reinvestment, fields, stages, rate and pace of deployment."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from graph.kinds.parties import FundType
from graph.kinds.policy import MoneyBase
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary
from queries.funds.capital import Contribution
from queries.funds.counting import (
    Conditions,
    FirmFacts,
    Weighing,
    conditions,
    counted,
    early_stages,
    holds,
    region_of,
    weighed,
)
from queries.funds.covenant_rules import CovenantRule
from queries.funds.facts import FundFacts
from queries.funds.holdings import below
from queries.funds.investments import Investment, investments_of
from queries.funds.measures import Measure, ratio


def reinvestment(facts: FundFacts, firms: FirmFacts, rule: CovenantRule) -> Measure:
    """Σ weight × amount invested where the rule wants it, over the guidance fund's own money.

    Of a fund, that money is what guidance funds have in it, and its own investments count. Of a guidance fund it is what it has
    in its sub-funds, and those of every fund below count. The largest coefficient that fits an investment is its weight, else 1
    in the region of the rule, or of the fund where it names none. A coefficient that states no region is one inside it.
    """
    firms = firms.fresh()
    base = rule.base or MoneyBase.COMMITTED
    if facts.record.type is FundType.GUIDANCE:
        own, maybe = facts.given, list[Contribution]()
        funds = list(below(facts.view, facts.fund))[1:]
        investments = investments_of(facts.view, np.array(funds, np.int64))
    else:
        own, maybe = _guidance_money(facts)
        investments = facts.investments
    low, high, missing = _guidance_sum(facts, own, maybe, base)
    wanted = reinvestment_conditions(facts, rule)
    no_region = wanted["region"] is None
    found = counted(firms, investments, lambda one: _inside(firms, wanted, one), reinvestment_weighings(rule, wanted))
    facts_missing = [*missing, *firms.missing, *([MissingFact(rule.handle, "region")] if no_region else [])]
    facts_missing += [MissingFact(one.round, "amount") for one in found if one.amount is None and one.high]
    return ratio(weighed(found), (low, high), facts_missing, found)


def reinvestment_conditions(facts: FundFacts, rule: CovenantRule) -> Conditions:
    """What a covenant on reinvestment asks of firms; region None: nobody says where the money is to go."""
    wanted = conditions(rule.record)
    wanted.setdefault("region", region_of(rule.record, facts.record))
    return wanted


def _inside(firms: FirmFacts, wanted: Conditions, one: Investment) -> Ternary:
    if wanted.get("region", "") is not None:
        return holds(firms, wanted, one)
    rest = {name: value for name, value in wanted.items() if name != "region"}
    return Ternary.NO if holds(firms, rest, one) is Ternary.NO else Ternary.UNKNOWN


def _guidance_money(facts: FundFacts) -> tuple[list[Contribution], list[Contribution]]:
    """The commitments of guidance funds to a fund, and those of funds whose type nobody states."""
    own, maybe = [], []
    for one in facts.contributions:
        if one.investor < 0 or not facts.view.has_kind(one.investor, "Fund"):
            continue
        kind = facts.view.value(one.investor, "type")
        if kind is FundType.GUIDANCE:
            own.append(one)
        elif kind is None:
            maybe.append(one)
    return own, maybe


def _guidance_sum(
    facts: FundFacts, own: list[Contribution], maybe: list[Contribution], base: MoneyBase
) -> tuple[int | None, int | None, list[MissingFact]]:
    field = "paidIn" if base is MoneyBase.PAID_IN else "committed"
    missing = [MissingFact(one.investor, "type") for one in maybe]
    if not own and not maybe:
        parent = facts.view.ref(facts.fund, "parent")
        told = parent >= 0 and facts.view.value(parent, "type") is FundType.GUIDANCE
        return (None, None, [MissingFact(facts.fund, "commitments")]) if told or not facts.contributions else (0, 0, [])
    missing += [one.missing(field) for one in (*own, *maybe) if one.amount(base) is None]
    if any(one.amount(base) is None for one in (*own, *maybe)):
        return None, None, missing
    low = sum(one.amount(base) or 0 for one in own)
    return low, low + sum(one.amount(base) or 0 for one in maybe), missing


def reinvestment_weighings(rule: CovenantRule, wanted: Conditions) -> list[Weighing]:
    """The coefficients of a covenant; what they do not ask themselves, the covenant asks."""
    return [
        Weighing(handle, {**{name: value for name, value in wanted.items() if value is not None}, **conditions(record)},
                 Fraction(record.value))
        for handle, record in rule.coefficients
        if record.value is not None
    ]  # fmt: skip


def main_field(facts: FundFacts, firms: FirmFacts, rule: CovenantRule) -> Measure:
    """Invested in the fields that the rule and its coefficients name, over the fund's money: invested, committed or paid in."""
    firms = firms.fresh()
    wanted = conditions(rule.record)
    weighings = field_weighings(rule)
    if not wanted and not weighings:
        return Measure(missing=(MissingFact(rule.handle, "industry"),))
    found = counted(
        firms, facts.investments, lambda one: holds(firms, wanted, one) if wanted else Ternary.NO, weighings
    )
    money, missing = facts.money(rule.base or MoneyBase.INVESTED)
    return ratio(
        weighed(found), (money, money), (*missing, *firms.missing, *unstated_amounts(facts.investments)), found
    )


def field_weighings(rule: CovenantRule) -> list[Weighing]:
    """The coefficients of a covenant on the main field: each names a field, and counts 1 where it states no weight."""
    return [
        Weighing(handle, conditions(record), Fraction(1 if record.value is None else record.value))
        for handle, record in rule.coefficients
        if conditions(record)
    ]


def early_stage(facts: FundFacts, firms: FirmFacts, rule: CovenantRule | None) -> Measure:
    """Invested in firms at an early stage, over the fund's money: invested, committed or paid in."""
    firms = firms.fresh()
    stages = early_stages(None if rule is None else rule.record)
    if stages is None:
        return Measure(missing=() if rule is None else (MissingFact(rule.handle, "values"),))
    asked = {} if rule is None else {k: v for k, v in conditions(rule.record).items() if k != "stage"}

    def is_early(one: Investment) -> Ternary:
        rest = holds(firms, asked, one)
        if rest is Ternary.NO:
            return rest
        stage = firms.has("stage", None, one, stages)
        return stage if stage is Ternary.NO or rest is Ternary.YES else Ternary.UNKNOWN

    found = counted(firms, facts.investments, is_early)
    money, missing = facts.money((rule.base if rule else None) or MoneyBase.INVESTED)
    return ratio(
        weighed(found), (money, money), (*missing, *firms.missing, *unstated_amounts(facts.investments)), found
    )


def unstated_amounts(investments: Iterable[Investment]) -> list[MissingFact]:
    """The amounts of investments that nobody states."""
    return [MissingFact(one.round, "amount") for one in investments if one.amount is None]


def deployment_rate(facts: FundFacts, base: MoneyBase) -> Measure:
    """Invested in firms and paid into sub-funds, over committed or paid-in money. Above 1 the fund is over-invested."""
    deployed, missing = _deployed(facts)
    money, unknown = facts.money(base)
    return ratio((deployed, deployed), (money, money), (*missing, *unknown))


def _deployed(facts: FundFacts) -> tuple[int | None, tuple[MissingFact, ...]]:
    invested, missing = facts.money(MoneyBase.INVESTED)
    missing = (*missing, *(one.missing("paidIn") for one in facts.given if one.paid_in is None))
    return (
        (None, missing)
        if invested is None or missing
        else (invested + sum(one.paid_in or 0 for one in facts.given), ())
    )


def deployment_pace(facts: FundFacts, base: MoneyBase) -> Measure:
    """Deployed so far over what a steady pace from the start to the end of the investment period would have deployed: 1 is on time."""
    deployed, missing = _deployed(facts)
    money, unknown = facts.money(base)
    start, end = facts.record.established_on, facts.record.investment_period_end
    missing = (*missing, *unknown)
    if start is None:
        missing = (*missing, MissingFact(facts.fund, "establishedOn"))
    if end is None:
        missing = (*missing, MissingFact(facts.fund, "investmentPeriodEnd"))
    if start is None or end is None or money is None:
        return Measure(missing=missing)
    days, period = (facts.view.as_of - start).days, (end - start).days
    if days <= 0 or period <= 0:
        return Measure(nothing=True)
    due = money * Fraction(min(days, period), period)
    return ratio((deployed, deployed), (due, due), missing)
