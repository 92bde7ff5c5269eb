"""Records of the plan itself: policy, themes, measures, who answers, targets, rules, duties, open questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256

from graph.batch import Statement
from graph.errors import InvalidInput
from graph.kinds.parties import GovernmentUnit, ResponsibleUnit
from graph.kinds.places import Region
from graph.kinds.policy import (
    AddressedTo,
    Duty,
    HasDuty,
    Measure,
    OpenQuestion,
    OpenQuestionKind,
    Policy,
    Responsibility,
    Target,
    TargetKind,
    Theme,
)
from graph.money import Money
from graph.records import Ref
from loaders.plan.figures import Baseline, Figure, FigureKind
from loaders.plan.goals import Aim
from loaders.plan.header import Stated
from loaders.plan.ids import Keys, at
from loaders.plan.reading import PlanReading
from loaders.plan.responsibility import ResponsibilityLine
from loaders.plan.rule_records import operator_of, rule_statements
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
    # A torn line can read as a name that is no unit: a policy refers only to units that have a record.
    known = {unit_id(keys, one.name, one.unit.body, is_set=one.unit.is_set) for one in reading.units}

    def unit(stated: Stated) -> Ref[ResponsibleUnit] | None:
        name = common_name(stated.name, keys.city)
        found = unit_id(keys, name, body_of(name), is_set=set_rule_of(name) is not None)
        return found if found in known else None

    def government(stated: Stated | None) -> Ref[GovernmentUnit] | None:
        found = unit(stated) if stated is not None else None
        return Ref(found) if found is not None and found.startswith("governmentUnit:") else None

    title = header.title or header.notice_title or header.doc_no
    span = title.span if title is not None else Span(0, 0)
    yield at(
        Policy(
            id=keys.policy(),
            doc_no=keys.doc_no,
            title=title.name if title is not None else keys.doc_no,
            issued_on=header.issued_on,
            issued_by=government(header.issuer),
            approved_by=government(header.approval.by) if header.approval is not None else None,
            drafted_by=government(header.drafted_by),
            supervised_by=government(header.supervised_by),
            region=region,
            sha256=sha256(keys.text.encode("utf-8", "surrogatepass")).hexdigest(),
            span=keys.span(span),
            valid_from=header.issued_on,
        ),
        span,
    )
    for order, one in enumerate(header.addressees, start=1):
        target = unit(one)
        if target is None:
            continue
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
                    baseline_period=one.baseline_period,
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
                kind=OpenQuestionKind[one.sort.name],
                measure=keys.part("measure", one.measure) if one.measure is not None else None,
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
    yield from rule_statements(keys, reading, funds, since)
    yield from _duties(keys, reading, since)
    yield from _questions(keys, reading, about, since)
