"""Duties that a plan gives to its committee or to named units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.plan.outline import Heading
from loaders.plan.responsibility import read_responsibility
from loaders.plan.text import Span, Text
from loaders.plan.units import Body, Unit, read_units, strip_open_tail


@dataclass(frozen=True, slots=True)
class StatedDuty:
    """A duty. `of_committee`: it is the committee's own; else `units` carry it, `open` where the text adds 等部门."""

    number: int
    text: str
    units: tuple[Unit, ...]
    open: bool
    of_committee: bool
    span: Span


_CARRIES = re.compile(
    r"^(?P<units>[^。；]{2,80}?)，?(?P<verb>(?:共同|具体|牵头)?负责(?!人|同志)|要(?=加强|按照|切实|认真|积极|根据|结合|高度|建立))"
)
_WITH = re.compile(r"会同|牵头，|配合")
# 要设立专门机构, 上级政府对下级政府: words of a clause that end like a unit.
_NO_UNIT = re.compile(r"^要|^由|对|或者|按照|以及|等各")
_DUTY_HEADING = re.compile(r"职责|职能")


def _units(text: Text, span: Span) -> tuple[tuple[Unit, ...], bool]:
    """The units before 负责; 甲会同乙 lists both. Nothing where the words are not all units."""
    joint = _WITH.search(text.flat, span.start, span.end)
    parts = [span] if joint is None else [Span(span.start, joint.start()), Span(joint.end(), span.end)]
    units: list[Unit] = []
    is_open = False
    for part in parts:
        listed, open_part = strip_open_tail(text, text.strip(part, also="，"))
        units.extend(read_units(text, listed))
        is_open = is_open or open_part
    named = units and all(unit.body is not Body.OTHER and not _NO_UNIT.search(unit.name) for unit in units)
    return (tuple(units), is_open) if named else ((), False)


def _of_units(text: Text, blocks: Sequence[Span]) -> Iterator[tuple[Span, tuple[Unit, ...], bool, str]]:
    for block in blocks:
        closed = list(_in_brackets(text, block))
        yield from closed
        # What a bracket gives to units the sentences before it do not give once more.
        for sentence in text.sentences(block) if not closed else ():
            started: tuple[int, int, tuple[Unit, ...], bool] | None = None
            parts = list(text.split(sentence, "；"))
            for part in parts:
                match = _CARRIES.match(text.words(part))
                units, is_open = (
                    _units(text, Span(part.start, part.start + match.end("units")))
                    if match is not None
                    else ((), False)
                )
                # A part that names no units of its own goes on with the duty of the part before.
                if match is not None and units:
                    if started is not None:
                        yield _duty(text, started, text.strip(Span(sentence.start, part.start), also="；").end)
                    begin = part.start + (match.end("verb") if "负责" in match["verb"] else match.start("verb"))
                    started = (part.start, begin, units, is_open)
            if started is not None:
                yield _duty(text, started, sentence.end)


def _in_brackets(text: Text, block: Span) -> Iterator[tuple[Span, tuple[Unit, ...], bool, str]]:
    """The duties of a paragraph that closes in a bracket: what stands before （甲、乙负责） is what they carry."""
    start = block.start
    lines, taken = read_responsibility(text, [block])
    for bracket in taken:
        inside = [line for line in lines if bracket.holds(line.span)]
        before = text.strip(Span(start, bracket.start))
        if inside and before.end > before.start:
            units = tuple(unit for line in inside for unit in line.units)
            yield Span(before.start, bracket.end), units, any(line.open for line in inside), text.quote(before)
        start = bracket.end


def _duty(
    text: Text, started: tuple[int, int, tuple[Unit, ...], bool], end: int
) -> tuple[Span, tuple[Unit, ...], bool, str]:
    first, begin, units, is_open = started
    return Span(first, end), units, is_open, text.quote(text.strip(Span(begin, end), also="，"))


def _of_committee(text: Text, headings: Sequence[Heading]) -> Iterator[tuple[Span, str]]:
    for heading in headings:
        if not _DUTY_HEADING.search(text.compact(heading.title)):
            continue
        for item in heading.children:
            span = text.strip(Span(item.title.start, item.end))
            yield span, text.quote(span)
        if not heading.children:
            for line in heading.own:
                yield line, text.quote(line)


def read_duties(text: Text, blocks: Sequence[Span], annex: Sequence[Heading]) -> tuple[StatedDuty, ...]:
    """The duties in the sections on organisation and in the annex, numbered from 1 in printed order."""
    found: list[StatedDuty] = []
    for span, units, is_open, words in _of_units(text, blocks):
        found.append(StatedDuty(len(found) + 1, words, units, is_open, False, span))
    for span, words in _of_committee(text, annex):
        found.append(StatedDuty(len(found) + 1, words, (), False, True, span))
    return tuple(found)
