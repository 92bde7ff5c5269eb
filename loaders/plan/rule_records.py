"""Records of the rules of a plan: triggers, mandates, listed collateral and purposes, criteria, principles, terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from graph.batch import Statement
from graph.kinds.policy import Measure, Rule, RuleKind
from graph.kinds.terms import Dimension, Operator, Stage
from graph.money import Money
from graph.records import Ref
from loaders.plan.enumerations import Enumeration, Listing
from loaders.plan.figures import Comparison, FigureKind
from loaders.plan.heads import Sort
from loaders.plan.ids import Keys, at
from loaders.plan.reading import PlanReading
from loaders.plan.rules import Condition, RuleSort, StatedRule
from loaders.plan.text import Span

_LISTED_RULES = {
    Listing.COLLATERAL: RuleKind.LISTED_COLLATERAL,
    Listing.PURPOSE: RuleKind.PURPOSE,
    Listing.CRITERION: RuleKind.ELIGIBILITY,
    Listing.PRINCIPLE: RuleKind.PRINCIPLE,
}
_STAGES = (
    (Stage.SEED, "种子期"),
    (Stage.STARTUP, "初创期"),
    (Stage.GROWTH, "成长期"),
    (Stage.EXPANSION, "扩张期"),
    (Stage.MATURE, "成熟期"),
)
_PERSONAL = re.compile(r"^(?:家|户|个|人|名)$")


def operator_of(comparison: Comparison) -> Operator:
    """The operator that a comparison is."""
    return Operator[comparison.name]


def _threshold(conditions: tuple[Condition, ...], *, money: bool) -> tuple[Condition | None, Decimal | None]:
    """The condition on an amount of money, or on a number of banks, firms or people, and its threshold."""
    for one in conditions:
        if one.unit is not None and one.unit.endswith("元") is money and (money or _PERSONAL.match(one.unit)):
            return one, one.threshold
    return None, None


def _rule(keys: Keys, rule: StatedRule, funds: Mapping[str, str], reading: PlanReading) -> Iterator[Rule]:
    """The records of a stated rule, without number and id: one, or for a mandate one a stage that it names."""
    measure: Ref[Measure] | None = keys.part("measure", rule.measure) if rule.measure is not None else None
    if rule.sort is RuleSort.TRIGGER:
        amount, value = _threshold(rule.conditions, money=True)
        _, count = _threshold(rule.conditions, money=False)
        yield Rule(
            kind=RuleKind.SYNDICATION_TRIGGER if "银团" in rule.consequence else RuleKind.PRINCIPLE,
            name=rule.consequence,
            measure=measure,
            operator=operator_of(rule.conditions[0].comparison) if rule.conditions else None,
            amount=Money.of(value, unit=amount.unit or "元") if amount is not None and value is not None else None,
            count=int(count) if count is not None and count == count.to_integral_value() else None,
            values=tuple(condition.subject for condition in rule.conditions),
            hard=False if rule.in_principle else None,
            stated_in_source=rule.stated_in_source,
            text=rule.text,
        )
        return
    if rule.sort is RuleSort.MANDATE:
        fund = _fund_before(rule, reading, funds)
        stages: list[Stage | None] = [stage for stage, word in _STAGES if any(word in name for name in rule.favours)]
        for stage in stages or [None]:
            yield Rule(
                kind=RuleKind.MANDATE,
                name=rule.consequence,
                about=Ref(fund) if fund is not None else None,
                measure=measure,
                dimension=Dimension.STAGE if stage is not None else None,
                operator=Operator.IN if stage is not None else None,
                stage=stage,
                values=rule.favours,
                hard=False if "重点" in rule.consequence else None,
                text=rule.text,
            )
        return
    yield Rule(
        kind=RuleKind.PRINCIPLE, name=rule.consequence, measure=measure, values=rule.favours, hard=False, text=rule.text
    )


def _fund_before(rule: StatedRule, reading: PlanReading, funds: Mapping[str, str]) -> str | None:
    """The fund that a mandate is about: the last one named before it in its measure, if it is one fund and no class."""
    before = [
        mention
        for mention in reading.mentions
        if mention.sort is Sort.FUND and mention.measure == rule.measure and mention.span.end <= rule.span.start
    ]
    return funds.get(before[-1].name) if before and before[-1].definite else None


def _rule_name(one: Enumeration) -> str:
    """What a listed rule is called: by what is listed, or where that says nothing by its items."""
    head = one.head.removeprefix("作为")
    return "、".join(one.names) if not head or one.listing is Listing.PRINCIPLE else head


def _listed(keys: Keys, one: Enumeration, reading: PlanReading) -> Rule | None:
    kind = _LISTED_RULES.get(one.listing)
    names = {mention.sort for mention in reading.mentions if mention.measure == one.measure}
    if (
        one.listing is Listing.SECTOR
        and one.measure is not None
        and Sort.FUND in names
        and Sort.PROJECT_LIST not in names
    ):
        kind = RuleKind.MANDATE
    if kind is None:
        return None
    measurable = one.listing is not Listing.CRITERION
    return Rule(
        kind=kind,
        name=_rule_name(one),
        measure=keys.part("measure", one.measure) if one.measure is not None else None,
        values=one.names,
        open_ended=one.open,
        stated_in_source=None if measurable else False,
        text=one.span.quote(keys.text),
    )


def rule_statements(
    keys: Keys, reading: PlanReading, funds: Mapping[str, str], since: date | None
) -> Iterator[Statement]:
    found: list[tuple[Span, Rule]] = []
    for rule in reading.rules:
        found += [(rule.span, record) for record in _rule(keys, rule, funds, reading)]
    for one in reading.enumerations:
        listed = _listed(keys, one, reading)
        found += [(one.span, listed)] if listed is not None else []
    for principle in reading.principles:
        record = Rule(kind=RuleKind.PRINCIPLE, name=principle.name, text=principle.span.quote(keys.text))
        found.append((principle.span, record))
    for figure in reading.figures:
        if figure.kind is FigureKind.TERM:
            record = Rule(
                kind=RuleKind.TERM,
                name=figure.indicator,
                measure=keys.part("measure", figure.measure) if figure.measure is not None else None,
                operator=operator_of(figure.comparison),
                value=figure.value,
                text=figure.span.quote(keys.text),
            )
            found.append((figure.span, record))
    for number, (span, record) in enumerate(sorted(found, key=lambda pair: pair[0]), start=1):
        part: Ref[Rule] = keys.part("rule", number)
        placed = replace(record, id=part, policy=keys.policy(), span=keys.span(span), valid_from=since)
        yield at(placed, span)
