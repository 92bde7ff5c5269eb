"""Who answers for a measure: 责任单位 lines, lead and supporting units, and duties in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from loaders.plan.text import Span, Text
from loaders.plan.units import Unit, is_unit, read_units, strip_open_tail


class Part(Enum):
    """The part a unit has in a measure; LISTED where the text names it without saying which part."""

    LISTED = "LISTED"
    LEAD = "LEAD"
    SUPPORT = "SUPPORT"


@dataclass(frozen=True, slots=True)
class Responsible:
    """One unit of a responsibility line; `list_order` counts from 1 over the whole measure."""

    list_order: int
    unit: Unit
    part: Part


@dataclass(frozen=True, slots=True)
class ResponsibilityLine:
    """A printed line, or bracket, that says who answers; `open` where the list ends in 等."""

    label: str
    part: Part
    units: tuple[Unit, ...]
    open: bool
    span: Span


_LABEL = re.compile(
    r"(?:(牵头|主办|第一责任)|(配合|协办|协助|参与|参加|支持)|(责任|承办|实施|负责|落实|主管))"
    r"\s?(?:责任)?\s?(?:单位|部门|处室|机构)\s?：\s*"
)
_VERB = re.compile(
    r"(?:会同(?:有关|相关)(?:部门|单位|方面)|等(?:有关|相关)部门和单位|等)?(?<![和及])(?:有关部门|相关部门|部门|单位)?(?:按(?:照)?(?:各自)?职[责能](?:分工)?)?(?:分别|共同|具体)?"
    r"(?:(牵头)|(配合|参与|参加|协助)|(负责|落实|实施))(?:落实|实施|负责)?$"
)
_OTHER_LABEL = re.compile(r"[；，][\u4e00-\u9fff]{2,8}：")
_OPEN_INSIDE = re.compile(r"等(?:和|及|以及|与)")
_BRACKET_VERB = re.compile(r"(?:负责|牵头|配合|参与|参加|协助|落实|实施)$")


def _part(match: re.Match[str]) -> Part:
    return Part.LEAD if match.group(1) else Part.SUPPORT if match.group(2) else Part.LISTED


def _line(text: Text, label: str, part: Part, listed: Span, whole: Span) -> ResponsibilityLine | None:
    stripped, is_open = strip_open_tail(text, text.strip(listed, also="。；，"))
    units = read_units(text, stripped)
    return ResponsibilityLine(label, part, units, is_open, whole) if units else None


def _labelled(text: Text, lines: Sequence[Span]) -> list[tuple[ResponsibilityLine | None, Span]]:
    """Every list behind a label, with the characters that it takes."""
    found: list[tuple[ResponsibilityLine | None, Span]] = []
    taken = -1
    for index, line in enumerate(lines):
        if line.start < taken:
            continue
        labels = list(_LABEL.finditer(text.flat, line.start, line.end))
        for position, label in enumerate(labels):
            bracket = text.closing(label.start() - 1) if label.start() > line.start else None
            end = labels[position + 1].start() if position + 1 < len(labels) else line.end
            if bracket is not None:
                end = min(end, bracket)
            elif (stop := text.flat.find("。", label.end(), end)) >= 0:
                end = stop
            # （负责部门：甲；适用范围：乙）: another label ends the list.
            if (other := _OTHER_LABEL.search(text.flat, label.end(), end)) is not None:
                end = other.start()
            # A list that breaks off after a separator goes on in the next line.
            following = index + 1
            while end == line.end and text.flat[end - 1] in "、，" and following < len(lines):
                if _LABEL.match(text.flat, lines[following].start):
                    break
                end = taken = lines[following].end
                line = Span(line.start, end)
                following += 1
            whole = Span(label.start(), text.strip(Span(label.start(), end), also="；，").end)
            name = "".join(label.group().split()).rstrip("：")
            taken_span = Span(label.start() - 1, bracket + 1) if bracket is not None else whole
            found.append((_line(text, name, _part(label), Span(label.end(), end), whole), taken_span))
    return found


def _bracketed(text: Text, lines: Sequence[Span]) -> list[tuple[ResponsibilityLine | None, Span]]:
    """Every bracket that closes in a verb of duty: （市财政局牵头，市科技局配合）."""
    found: list[tuple[ResponsibilityLine | None, Span]] = []
    for line in lines:
        offset = text.flat.find("（", line.start, line.end)
        while offset >= 0:
            close = text.closing(offset)
            if close is not None and close < line.end:
                inside = text.strip(Span(offset + 1, close), also="。；，")
                if _BRACKET_VERB.search(text.words(inside)):
                    found.extend((one, Span(offset, close + 1)) for one in _verb_lists(text, inside))
            offset = text.flat.find("（", (close or offset) + 1, line.end)
    return found


def _verb_lists(text: Text, inside: Span) -> list[ResponsibilityLine]:
    listed: list[ResponsibilityLine] = []
    start = inside.start
    for clause in text.split(inside, "，；"):
        verb = _VERB.search(text.words(clause))
        if verb is None:
            continue
        units_span = text.strip(Span(start, clause.start + verb.start()), also="，；由")
        units = read_units(text, units_span)
        if not units or not all(is_unit(unit.name) or unit.is_set for unit in units):
            return []
        is_open = verb.group().startswith(("等", "会同")) or _OPEN_INSIDE.search(text.words(units_span)) is not None
        whole = Span(units_span.start, clause.end)
        listed.append(
            ResponsibilityLine(text.words(Span(units_span.end, clause.end)), _part(verb), units, is_open, whole)
        )
        start = clause.end
    return listed


def read_responsibility(text: Text, lines: Sequence[Span]) -> tuple[tuple[ResponsibilityLine, ...], tuple[Span, ...]]:
    """The responsibility lines among the lines of a measure, in printed order, and the characters that they take."""
    read = sorted([*_labelled(text, lines), *_bracketed(text, lines)], key=lambda pair: pair[1])
    return tuple(line for line, _ in read if line is not None), tuple(dict.fromkeys(span for _, span in read))


def responsible_units(lines: Sequence[ResponsibilityLine]) -> tuple[Responsible, ...]:
    """The units of a measure's lines, numbered from 1 in printed order."""
    units = [(unit, line.part) for line in lines for unit in line.units]
    return tuple(Responsible(order, unit, part) for order, (unit, part) in enumerate(units, start=1))
