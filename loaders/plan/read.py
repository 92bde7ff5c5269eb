"""The reading of a plan's text: from characters to a `PlanReading`, a pure function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from loaders.plan.committee import CommitteeRead, read_committee
from loaders.plan.duties import StatedDuty, read_duties
from loaders.plan.enumerations import Enumeration, read_enumerations
from loaders.plan.figures import Figure, read_figures
from loaders.plan.goals import Aim, read_aims
from loaders.plan.header import Header, Stated, read_header
from loaders.plan.heads import Sort
from loaders.plan.labels import NumberLabel, read_labels
from loaders.plan.measures import Measure, read_measures
from loaders.plan.missed import find_missed
from loaders.plan.names import Mention, known_mentions, local_bodies, read_mentions
from loaders.plan.outline import Heading, Role, is_heading, read_outline
from loaders.plan.questions import find_questions
from loaders.plan.reading import NamedUnit, PlanReading
from loaders.plan.rules import StatedRule, read_rules
from loaders.plan.sameness import find_candidates
from loaders.plan.sought import split_sought
from loaders.plan.text import Span, Text
from loaders.plan.things import gather_things
from loaders.plan.unit_names import name_units
from loaders.plan.units import Body, Unit, read_units

_ANNEX = re.compile(r"附件?\s?[一二三四五六七八九十\d]{0,3}\s?[：:]?")
_ANNEX_LIST = re.compile(r"附件?\s?[一二三四五六七八九十\d]{0,3}\s?：.{2,60}(?:名单|组成人员)")
_TITLED = re.compile(r"《(?P<title>[^《》]{4,60})》(?P<number>（[^（）]{2,20}〔\d{4}〕\d+号）)?")
_LEADER = re.compile(r"组\s*长\s*[：:]")
# Ten times the longest plan that we know of; what is longer is no plan, and reading it would keep a loader busy.
_LONGEST_TEXT = 500_000
_NAMED_BODIES = {Body.BANK, Body.LESSOR, Body.GUARANTOR, Body.INSURER, Body.ASSOCIATION, Body.COMPANY}


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the body that is read as one: a measure, or the lines under another heading."""

    measure: int | None
    role: Role
    span: Span
    masked: tuple[Span, ...]


@dataclass(slots=True)
class _Found:
    figures: list[Figure] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)
    rules: list[StatedRule] = field(default_factory=list)
    enumerations: list[Enumeration] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    labels: list[NumberLabel] = field(default_factory=list)


def _annex_line(text: Text, first: int, last: int) -> int:
    """The index of the line where the annexes begin, `last` where there are none."""
    for index in range(first, last):
        line = text.lines[index]
        if line.end - line.start > 80 or text.flat[line.start] != "附":
            continue
        words = text.compact(line)
        follows = any(
            _LEADER.match(text.flat, text.lines[next_one].start) for next_one in range(index + 1, min(index + 8, last))
        )
        if _ANNEX.fullmatch(words) or (_ANNEX_LIST.fullmatch(words) and follows):
            return index
    return last


def _annex_lines(text: Text, first: int, last: int) -> tuple[Span, ...]:
    """The lines of the annexes; what follows 附件： on its line is the first."""
    if first >= last:
        return ()
    line = text.lines[first]
    colon = text.flat.find("：", line.start, line.end)
    title = text.strip(Span(colon + 1, line.end)) if colon >= 0 else Span(line.end, line.end)
    rest = text.lines[first + 1 : last]
    return (title, *rest) if title.end > title.start else rest


def _blocks(
    text: Text, top: Sequence[Heading], before: Sequence[Span], measures: Sequence[Measure]
) -> Iterator[_Block]:
    for line in before:
        yield _Block(None, Role.UNNAMED, line, ())
    starts = {measure.span.start: measure for measure in measures}
    waiting = list(reversed(top))
    while waiting:
        heading = waiting.pop()
        measure = starts.get(heading.mark.start)
        if measure is not None:
            for part in heading.walk():
                # Each sub-point is read by itself: its number is no part of a clause.
                ends = [part.title.end, *(line.end for line in part.own)]
                yield _Block(measure.number, heading.role, Span(part.title.start, max(ends)), measure.masked)
            continue
        for line in heading.own:
            yield _Block(None, heading.role, line, ())
        if heading.title.end - heading.title.start > 20 and not heading.own:
            # A numbered paragraph without a title is text, not a heading.
            yield _Block(None, heading.role, heading.title, ())
        waiting.extend(reversed(heading.children))


def _read_blocks(text: Text, blocks: Sequence[_Block]) -> _Found:
    found = _Found()
    for block in blocks:
        figures = read_figures(text, block.span, block.masked, block.measure)
        rules = read_rules(text, block.span, block.masked, block.measure)
        found.rules += rules
        # The numbers of a rule's conditions are thresholds, not goals.
        conditions = [condition.span for rule in rules for condition in rule.conditions]
        found.figures += [one for one in figures if not any(span.holds(one.number_span) for span in conditions)]
        found.enumerations += read_enumerations(text, block.span, block.masked, block.measure)
        found.mentions += read_mentions(text, block.span, block.masked, block.measure)
        found.labels += read_labels(text, block.span, block.masked, block.measure)
        if block.measure is not None or block.role is Role.GOALS:
            found.aims += read_aims(text, block.span, block.masked, figures, block.measure)
    return found


def _principles(text: Text, top: Sequence[Heading]) -> tuple[Stated, ...]:
    """The principles that a section on principles sets out: a short first sentence, or a short heading, each."""
    found = []
    for heading in (one for root in top for one in root.walk() if one.role is Role.PRINCIPLES):
        if heading.parent is not None and heading.parent.role is Role.PRINCIPLES:
            found.append(Stated(text.compact(heading.title), heading.title))
            continue
        for line in heading.own:
            first = next(iter(text.split(line, "。：")), line)
            if first.end - first.start <= 24 and first.end < line.end:
                found.append(Stated(text.compact(first), first))
    return tuple(found)


def _references(text: Text, blocks: Sequence[_Block], title: str | None) -> tuple[Stated, ...]:
    found: dict[str, Stated] = {}
    for block in blocks:
        for match in _TITLED.finditer(text.flat, block.span.start, block.span.end):
            span = Span(*match.span("title"))
            name = text.compact(span)
            if name != title and re.search(r"法|条例|规定|办法|意见|方案|规划|纲要|通知|计划|细则|目录|标准", name):
                found.setdefault(name, Stated(name, span))
    return tuple(found.values())


def _with_known(
    text: Text, mentions: list[Mention], blocks: Sequence[_Block], units: Sequence[Unit], city: str | None
) -> list[Mention]:
    """The mentions with those of bodies that a list names in full; a general word inside such a name is none."""
    names = list(dict.fromkeys(unit.name for unit in units if unit.body in _NAMED_BODIES))
    names += [name for block in blocks for name in local_bodies(text, block.span, city) if name not in names]
    known = [
        mention
        for block in blocks
        for mention in known_mentions(text, block.span, names, Sort.INSTITUTION, block.measure)
        if not any(mask.holds(mention.span) for mask in block.masked)
    ]
    outer = {span.start: span for span in (mention.span for mention in known)}
    kept = [one for one in mentions if not any(span.holds(one.span) for span in outer.values())] if outer else mentions
    return sorted([*kept, *known], key=lambda mention: (mention.span, mention.name))


def _units(
    header: Header,
    measures: Sequence[Measure],
    committee: CommitteeRead | None,
    duties: Sequence[StatedDuty],
    text: Text,
) -> tuple[Unit, ...]:
    stated = [header.approval.by if header.approval else None, header.drafted_by, header.supervised_by, header.issuer]
    spans = [one.span for one in (*stated, *header.addressees) if one is not None]
    found = [unit for span in spans for unit in read_units(text, span)]
    found += [one.unit for measure in measures for one in measure.responsible]
    found += [unit for duty in duties for unit in duty.units]
    if committee is not None:
        found += [unit for claim in committee.claims for unit in claim.units]
        found += [committee.office_at] if committee.office_at is not None else []
    return tuple(found)


def _with_office(units: Sequence[Unit], committee: CommitteeRead) -> tuple[Unit, ...]:
    """The units with 领导小组办公室 under its full name."""
    return tuple(
        replace(unit, name=f"{committee.name}办公室")
        if re.fullmatch(r"(?:领导小组|联席会议|指挥部)办公室", unit.name)
        else unit
        for unit in units
    )


def read_plan(text: str) -> PlanReading:
    """All that the text says in the form of a municipal plan, each item with its span in `text` exactly as given.

    Never raises on any text: one that is no plan gives an empty reading whose `missed` says what the form expects.
    Spans count Unicode code points of `text`, end exclusive; `text[start:end]` is the quote. Line ends of any sort,
    padding and full-width letters are read through and change no offset. Cost: linear in the length of the text,
    of which the first 500,000 characters are read.
    """
    source = Text(text[:_LONGEST_TEXT])
    lines = source.lines
    first = next((index for index, line in enumerate(lines) if is_heading(source, line)), -1)
    header = read_header(source, first)
    start = min(header.body_line, first) if first >= 0 else header.body_line
    annex_at = _annex_line(source, start, header.foot_line)
    top, before = read_outline(source, lines[start:annex_at])
    annex_lines = _annex_lines(source, annex_at, header.foot_line)
    annex_top, _ = read_outline(source, annex_lines)
    themes, measures = read_measures(source, top)
    blocks = tuple(_blocks(source, top, before, measures))
    found = _read_blocks(source, blocks)
    sought, told = split_sought(source, header, found.figures)
    organised = [block.span for block in blocks if block.role is Role.SAFEGUARDS]
    committee = read_committee(source, [block.span for block in blocks if block.measure is None], annex_lines)
    duties = read_duties(source, organised, [one for root in annex_top for one in root.walk()])
    if committee is not None:
        duties = tuple(replace(duty, units=_with_office(duty.units, committee)) for duty in duties)
    raw_units = _units(header, measures, committee, duties, source)
    units: tuple[NamedUnit, ...] = name_units(raw_units, header.city)
    mentions = _with_known(source, found.mentions, blocks, raw_units, header.city)
    places = [(block.measure, block.span) for block in blocks]
    things = gather_things(source, mentions, found.figures, found.enumerations, places)
    every = [one for root in top for one in root.walk()]
    return PlanReading(
        length=len(text),
        header=header,
        themes=themes,
        measures=measures,
        figures=tuple(sought),
        told=tuple(told),
        aims=tuple(found.aims),
        rules=tuple(found.rules),
        principles=_principles(source, top),
        enumerations=tuple(found.enumerations),
        mentions=tuple(mentions),
        things=things,
        units=units,
        committee=committee,
        duties=duties,
        labels=tuple(found.labels),
        references=_references(source, blocks, header.title.name if header.title is not None else None),
        candidates=find_candidates(things, header.city),
        questions=find_questions(
            source,
            header=header,
            measures=measures,
            figures=sought,
            things=things,
            rules=found.rules,
            enumerations=found.enumerations,
            labels=found.labels,
            units=units,
            committee=committee,
            blocks=places,
        ),
        missed=find_missed(
            length=len(text),
            read=len(source.raw),
            header=header,
            has_goals=any(one.role is Role.GOALS for one in every),
            themes=themes,
            measures=measures,
            committee=committee,
        ),
    )
