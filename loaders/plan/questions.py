"""What a plan leaves open: thresholds without numbers, labels without a meaning, sizes, baselines, members, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loaders.plan.committee import CommitteeRead
from loaders.plan.enumerations import Enumeration, Listing
from loaders.plan.figures import Baseline, Figure, FigureKind
from loaders.plan.header import Header
from loaders.plan.heads import Sort
from loaders.plan.labels import NumberLabel
from loaders.plan.measures import Measure
from loaders.plan.reading import NamedUnit, Open, Question
from loaders.plan.responsibility import Part
from loaders.plan.rules import StatedRule
from loaders.plan.text import Span, Text
from loaders.plan.things import FundThing, ListThing, PoolThing, Thing, VoucherThing
from loaders.plan.unit_names import common_name
from loaders.plan.units import SetRule

_UPPER = re.compile(
    r"(?:贯彻|落实|按照|根据)+(?P<level>党中央|国务院|国家|中央|省委|省政府|省|市委|市政府|市|省市|上级|[、和及])+"
    r"(?:关于)?(?P<about>[^，。；《》]{2,50}?)的?(?:战略部署|决策部署|部署要求|政策要求|工作部署|部署|政策|精神)"
)
_ANNOUNCED = re.compile(r"(?:(?<!已)出台|研究制定|制定)(?P<what>[^，。；、《》]{2,30}?(?:政策|办法|细则|意见))")
_LEVERAGE = re.compile(r"(?:引导和?|杠杆和?)?(?:放大|杠杆)(?:效应|作用|功能)")
_NEEDS_BASELINE = {FigureKind.LEVEL, FigureKind.SHARE, FigureKind.AVERAGE_ANNUAL, FigureKind.STOCK}
_NEEDS_DUE = _NEEDS_BASELINE | {FigureKind.CUMULATIVE, FigureKind.BUDGET}


def _of_figures(figures: Sequence[Figure]) -> Iterator[Question]:
    for one in figures:
        if one.kind in _NEEDS_BASELINE and one.baseline is Baseline.NOT_STATED:
            yield Question(
                Open.BASELINE,
                one.indicator,
                f"{one.indicator} {one.printed}: the text states no value to start from",
                one.span,
                one.measure,
            )
        if one.kind in _NEEDS_DUE and one.by is None and one.period is None:
            yield Question(
                Open.DUE,
                one.indicator,
                f"{one.indicator} {one.printed}: the text does not say by when",
                one.span,
                one.measure,
            )
        if one.period is not None and not re.search(r"\d{4}", one.period):
            yield Question(Open.PERIOD, one.period, f"{one.period} has no dates in the text", one.span, one.measure)
        if one.subject_shared and one.kind is FigureKind.SHARE:
            yield Question(
                Open.SUBJECT,
                one.indicator,
                f"the subject of {one.indicator} is taken from the clause before; the text does not repeat it",
                one.span,
                one.measure,
            )


def _of_things(things: Sequence[Thing]) -> Iterator[Question]:
    for thing in things:
        number = thing.measures[0] if thing.measures else None
        if isinstance(thing, PoolThing) and thing.definite and thing.size is None:
            yield Question(Open.POOL_SIZE, thing.name, f"{thing.name}: the text states no size", thing.span, number)
        elif isinstance(thing, FundThing) and thing.definite and thing.size is None:
            yield Question(Open.FUND_SIZE, thing.name, f"{thing.name}: the text states no size", thing.span, number)
        elif isinstance(thing, ListThing):
            count = (
                f"{thing.expected.printed} are announced and" if thing.expected is not None else "it is announced and"
            )
            yield Question(
                Open.LIST_MEMBERS, thing.name, f"{thing.name}: {count} no member is printed", thing.span, number
            )
        elif isinstance(thing, VoucherThing) and thing.doubt is not None:
            yield Question(Open.WORDING, thing.name, thing.doubt, thing.span, number)
        elif thing.sort is Sort.LOSS_SHARING:
            yield Question(Open.LOSS_SHARES, thing.name, f"{thing.name}: the shares are not stated", thing.span, number)


def _of_rules(rules: Sequence[StatedRule]) -> Iterator[Question]:
    for rule in rules:
        for condition in rule.conditions:
            if not condition.stated:
                yield Question(
                    Open.THRESHOLD,
                    condition.subject,
                    f"the rule sets in beyond a threshold of {condition.subject} that the text does not state",
                    condition.span,
                    rule.measure,
                )


def _of_lists(enumerations: Sequence[Enumeration]) -> Iterator[Question]:
    for one in enumerations:
        if one.listing is Listing.CRITERION:
            names = "、".join(one.names)
            yield Question(
                Open.CRITERION, names, f"{names}: a condition that the text gives no measure for", one.span, one.measure
            )


def _of_text(text: Text, blocks: Sequence[tuple[int | None, Span]]) -> Iterator[Question]:
    forms = (
        (Open.UPPER_POLICY, _UPPER, "about", "a policy of a higher level that the text does not name"),
        (Open.ANNOUNCED_POLICY, _ANNOUNCED, "what", "a policy that is announced; it has no number yet"),
    )
    for number, block in blocks:
        for sort, form, group, words in forms:
            for match in form.finditer(text.flat, block.start, block.end):
                span = Span(*match.span(group))
                yield Question(sort, text.compact(span), f"{text.compact(span)}: {words}", span, number)
        leverage = _LEVERAGE.search(text.flat, block.start, block.end)
        if leverage is not None and number is not None:
            span = Span(*leverage.span())
            yield Question(
                Open.LEVERAGE, text.compact(span), "the text speaks of leverage and states no multiple", span, number
            )


def _of_committee(committee: CommitteeRead | None, city: str | None) -> Iterator[Question]:
    if committee is None or len(committee.claims) < 2:
        return
    first, second = committee.claims[0], committee.claims[-1]
    names = [[common_name(unit.name, city) for unit in claim.units] for claim in (first, second)]
    only = [[name for name in names[0] if name not in names[1]], [name for name in names[1] if name not in names[0]]]
    if any(only):
        parts = [
            f"only the {claim.place} names {'、'.join(left)}"
            for claim, left in zip((first, second), only, strict=True)
            if left
        ]
        counts = f"the {first.place} names {len(names[0])} member units, the {second.place} {len(names[1])}"
        yield Question(Open.MEMBER_LISTS, committee.name, f"{counts}; {', '.join(parts)}", second.span, None)


def find_questions(
    text: Text,
    *,
    header: Header,
    measures: Sequence[Measure],
    figures: Sequence[Figure],
    things: Sequence[Thing],
    rules: Sequence[StatedRule],
    enumerations: Sequence[Enumeration],
    labels: Sequence[NumberLabel],
    units: Sequence[NamedUnit],
    committee: CommitteeRead | None,
    blocks: Sequence[tuple[int | None, Span]],
) -> tuple[Question, ...]:
    """What the text leaves open, in printed order."""
    found = [
        *_of_figures(figures),
        *_of_things(things),
        *_of_rules(rules),
        *_of_lists(enumerations),
        *_of_text(text, blocks),
        *_of_committee(committee, header.city),
    ]
    found += [
        Question(Open.LABEL, one.name, f"{one.name}: the text does not say what it stands for", one.span, one.measure)
        for one in labels
    ]
    found += [
        Question(Open.UNIT_SET, one.name, f"{one.name}: which units belong to it is not in the text", one.span, None)
        for one in units
        if one.set_rule is SetRule.NOT_IN_TEXT
        or (one.set_rule is SetRule.COMMITTEE_MEMBERS and (committee is None or not committee.claims))
    ]
    lined = [measure for measure in measures if measure.lines]
    if lined and not any(line.part is Part.LEAD for measure in lined for line in measure.lines):
        found.append(
            Question(
                Open.LEAD,
                None,
                "the responsibility lines name no lead unit; the order printed is no lead",
                lined[0].lines[0].span,
                lined[0].number,
            )
        )
    if header.approval is not None and header.approval.on is None:
        found.append(
            Question(
                Open.APPROVAL_DATE,
                header.approval.by.name,
                "the text states who approved it and not when",
                header.approval.span,
                None,
            )
        )
    ordered = sorted(dict.fromkeys(found), key=lambda one: (one.span, one.sort.value, one.text))
    return tuple({(one.sort, one.about, one.measure): one for one in reversed(ordered)}.values())[::-1]
