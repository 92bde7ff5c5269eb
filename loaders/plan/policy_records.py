"""Records of the plan itself: policy, themes, measures, who answers, targets, rules, duties, open questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from graph.batch import Statement
from graph.errors import InvalidInput
from graph.kinds.parties import ResponsibleUnit
from graph.kinds.places import Region
from graph.kinds.policy import (
    AddressedTo,
    Duty,
    HasDuty,
    Measure,
    OpenQuestion,
    Policy,
    Responsibility,
    Rule,
    RuleKind,
    Target,
    TargetKind,
    Theme,
)
from graph.kinds.terms import Dimension, Operator, Stage
from graph.money import Money
from graph.records import Node, Ref
from loaders.plan.enumerations import Enumeration, Listing
from loaders.plan.figures import Baseline, Comparison, Figure, FigureKind
from loaders.plan.goals import Aim
from loaders.plan.header import Stated
from loaders.plan.heads import Sort
from loaders.plan.ids import Keys, at
from loaders.plan.reading import PlanReading
from loaders.plan.responsibility import ResponsibilityLine
from loaders.plan.rules import Condition, RuleSort, StatedRule
from loaders.plan.text import Span
from loaders.plan.unit_names import common_name
from loaders.plan.unit_records import committee_id, id_of, unit_id
from loaders.plan.units import body_of, set_rule_of

_TARGETS = {
    FigureKind.LEVEL: TargetKind.LEVEL,
    FigureKind.SHARE: TargetKind.LEVEL,
    FigureKind.AVERAGE_ANNUAL: TargetKind.AVERAGE_ANNUAL,
    FigureKind.CUMULATIVE: TargetKind.CUMULATIVE,
    FigureKind.STOCK: TargetKind.STOCK,
    FigureKind.BUDGET: TargetKind.BUDGET,
    FigureKind.RATE: TargetKind.RATE,
    FigureKind.COUNT: TargetKind.COUNT,
    FigureKind.LIST_SIZE: TargetKind.COUNT,
}
_CURRENCIES = {"美元": "USD", "欧元": "EUR", "港元": "HKD"}
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


def money_of(figure: Figure) -> Money | None:
    """The money of a figure, None where it is none or more than is kept."""
    if not figure.is_money:
        return None
    currency = next((code for word, code in _CURRENCIES.items() if figure.unit.endswith(word)), "CNY")
    unit = figure.unit.removesuffix("人民币")
    for word in _CURRENCIES:
        unit = unit.replace(word, "元")
    try:
        return Money.of(figure.value, unit=unit, currency=currency, printed=figure.printed)
    except InvalidInput:
        return None


def _policy(keys: Keys, reading: PlanReading, region: Ref[Region] | None) -> Iterator[Statement]:
    header = reading.header

    def unit(stated: Stated | None) -> Ref[ResponsibleUnit] | None:
        if stated is None or set_rule_of(stated.name) is not None:
            return None
        name = common_name(stated.name, keys.city)
        return unit_id(keys, name, body_of(name), is_set=False)

    def government(stated: Stated | None) -> Ref[Node] | None:
        found = unit(stated)
        return Ref(found) if found is not None and found.startswith("governmentUnit:") else None

    title = header.title or header.notice_title or header.doc_no
    span = title.span if title is not None else Span(0, 0)
    yield at(
        Policy(
            id=keys.policy(),
            doc_no=keys.doc_no,
            title=title.name if title is not None else keys.doc_no,
            issued_on=header.issued_on,
            issued_by=Ref(by) if (by := government(header.issuer)) else None,
            approved_by=Ref(by) if header.approval and (by := government(header.approval.by)) else None,
            drafted_by=Ref(by) if (by := government(header.drafted_by)) else None,
            supervised_by=Ref(by) if (by := government(header.supervised_by)) else None,
            region=region,
            sha256=sha256(keys.text.encode("utf-8", "surrogatepass")).hexdigest(),
            span=keys.span(span),
            valid_from=header.issued_on,
        ),
        span,
    )
    for order, one in enumerate(header.addressees, start=1):
        name = common_name(one.name, keys.city)
        target = unit_id(keys, name, body_of(name), is_set=set_rule_of(name) is not None)
        link = AddressedTo(
            source=keys.policy(), target=target, list_order=order, span=keys.span(one.span), valid_from=header.issued_on
        )
        yield at(link, one.span)


def _measures(keys: Keys, reading: PlanReading, since: date | None) -> Iterator[Statement]:
    for theme in reading.themes:
        yield at(
            Theme(
                id=keys.part("theme", theme.number),
                policy=keys.policy(),
                number=theme.number,
                title=theme.title,
                span=keys.span(theme.span),
                valid_from=since,
            ),
            theme.span,
        )
    for measure in reading.measures:
        identifier: Ref[Measure] = keys.part("measure", measure.number)
        yield at(
            Measure(
                id=identifier,
                policy=keys.policy(),
                theme=keys.part("theme", measure.theme) if measure.theme is not None else None,
                number=measure.number,
                title=measure.title,
                text=measure.text,
                span=keys.span(measure.span),
                valid_from=since,
            ),
            measure.span,
        )
        # A unit that a lead list and a supporting list both name answers once, in the first place.
        seen: set[str] = set()
        lines: list[ResponsibilityLine] = [line for line in measure.lines for _ in line.units]
        for one, line in zip(measure.responsible, lines, strict=True):
            source = id_of(keys, one.unit)
            if source in seen:
                continue
            seen.add(source)
            link = Responsibility(
                source=source,
                target=identifier,
                list_order=one.list_order,
                printed=one.unit.printed,
                printed_role=_printed_role(line),
                span=keys.span(one.unit.span),
                valid_from=since,
            )
            yield at(link, one.unit.span)


def _printed_role(line: ResponsibilityLine) -> str | None:
    """牵头, 配合 … as the line prints it; 责任单位 and 负责 print no part."""
    match = re.search(r"牵头|主办|第一责任|配合|协办|协助|参与|参加|支持", line.label)
    return match.group() if match is not None else None


def _targets(keys: Keys, reading: PlanReading, since: date | None) -> Iterator[Statement]:
    stated: list[Figure | Aim] = [*(one for one in reading.figures if one.kind in _TARGETS), *reading.aims]
    for number, one in enumerate(sorted(stated, key=lambda one: one.span), start=1):
        span = one.span
        measure: Ref[Measure] | None = keys.part("measure", one.measure) if one.measure is not None else None
        if isinstance(one, Figure):
            yield at(
                Target(
                    id=keys.part("target", number),
                    policy=keys.policy(),
                    measure=measure,
                    number=number,
                    indicator=one.indicator,
                    kind=_TARGETS[one.kind],
                    operator=operator_of(one.comparison),
                    value=one.value,
                    unit=one.unit,
                    printed=one.printed,
                    money=money_of(one),
                    by=one.by,
                    period=one.period,
                    baseline=one.baseline_value if one.baseline is Baseline.STATED else None,
                    span=keys.span(span),
                    valid_from=since,
                ),
                span,
            )
        else:
            yield at(
                Target(
                    id=keys.part("target", number),
                    policy=keys.policy(),
                    measure=measure,
                    number=number,
                    indicator=one.subject,
                    kind=TargetKind.QUALITATIVE,
                    printed=one.text,
                    span=keys.span(span),
                    valid_from=since,
                ),
                span,
            )


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


def _rules(keys: Keys, reading: PlanReading, funds: Mapping[str, str], since: date | None) -> Iterator[Statement]:
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


def _duties(keys: Keys, reading: PlanReading, since: date | None) -> Iterator[Statement]:
    committee = committee_id(keys, reading.committee.name) if reading.committee is not None else None
    for duty in reading.duties:
        identifier: Ref[Duty] = keys.part("duty", duty.number)
        yield at(
            Duty(
                id=identifier,
                policy=keys.policy(),
                number=duty.number,
                text=duty.text,
                committee=committee if duty.of_committee else None,
                span=keys.span(duty.span),
                valid_from=since,
            ),
            duty.span,
        )
        for order, unit in enumerate(duty.units, start=1):
            link = HasDuty(source=id_of(keys, unit), target=identifier, list_order=order, valid_from=since)
            yield at(link, unit.span)


def _questions(keys: Keys, reading: PlanReading, about: Mapping[str, str], since: date | None) -> Iterator[Statement]:
    for number, one in enumerate(reading.questions, start=1):
        thing = about.get(one.about) if one.about is not None else None
        yield at(
            OpenQuestion(
                id=keys.part("openQuestion", number),
                policy=keys.policy(),
                number=number,
                about=Ref(thing) if thing is not None else None,
                text=one.text,
                span=keys.span(one.span),
                valid_from=since,
            ),
            one.span,
        )


def policy_statements(
    keys: Keys,
    reading: PlanReading,
    region: Ref[Region] | None,
    *,
    funds: Mapping[str, str],
    about: Mapping[str, str],
    since: date | None,
) -> Iterator[Statement]:
    """The policy and all its parts. `funds` and `about` give the ids of funds, and of all things, by name."""
    yield from _policy(keys, reading, region)
    yield from _measures(keys, reading, since)
    yield from _targets(keys, reading, since)
    yield from _rules(keys, reading, funds, since)
    yield from _duties(keys, reading, since)
    yield from _questions(keys, reading, about, since)
