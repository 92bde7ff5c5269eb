"""Which headings of the outline are measures, and which headings gather them into themes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.plan.outline import Heading, Role
from loaders.plan.responsibility import ResponsibilityLine, Responsible, read_responsibility, responsible_units
from loaders.plan.text import Span, Text

_NOT_TASKS = {Role.GUIDANCE, Role.PRINCIPLES, Role.GOALS, Role.SAFEGUARDS}


@dataclass(frozen=True, slots=True)
class Theme:
    """A heading that gathers measures; `number` counts from 1 in printed order."""

    number: int
    printed_number: str
    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """A numbered measure. `span` runs from its number to the end of its text, `body` is the text after the title.

    `number` is the printed one where no two measures share it, else the place in printed order. The
    responsibility lines stand after `span` or inside brackets of `body`.
    """

    number: int
    printed_number: str
    title: str
    text: str
    span: Span
    body: Span
    theme: int | None
    lines: tuple[ResponsibilityLine, ...]
    responsible: tuple[Responsible, ...]
    masked: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    heading: Heading
    lines: tuple[ResponsibilityLine, ...]
    masked: tuple[Span, ...]


def _is_task(heading: Heading) -> bool:
    return heading.role not in _NOT_TASKS


def _lifted(read: dict[Heading, _Read]) -> dict[Heading, _Read]:
    """The same lines, with one that closes a row of sub-points moved to the point that they belong to.

    Of sub-points only the last is followed by the line of the whole. A row of measures in which only the
    last has a line looks the same; a style that has lines at other places settles it.
    """
    own = Counter(
        heading.style
        for heading, one in read.items()
        if one.lines and heading.parent is not None and heading is not heading.parent.children[-1]
    )
    result = dict(read)
    for heading, one in read.items():
        parent = heading.parent
        if not one.lines or parent is None or len(parent.children) < 2 or parent.children[-1] is not heading:
            continue
        if own[heading.style] or parent not in read or result[parent].lines:
            continue
        result[parent] = _Read(parent, one.lines, one.masked)
        result[heading] = _Read(heading, (), one.masked)
    return result


def _measure_headings(top: Sequence[Heading], read: dict[Heading, _Read]) -> list[Heading]:
    """The headings that are measures: those with a line, and their like that lack one; none with lines: the leaves."""
    styles = Counter(heading.style for heading, one in read.items() if one.lines)
    chosen: list[Heading] = []
    named_tasks = any(heading.role is Role.TASKS for heading in read)
    for root in top:
        waiting = [root]
        while waiting:
            heading = waiting.pop()
            if not _is_task(heading):
                continue
            has_line_below = any(read[child].lines for child in heading.walk() if child is not heading)
            if read[heading].lines and not has_line_below:
                chosen.append(heading)
            elif not styles:
                if heading.children:
                    waiting.extend(reversed(heading.children))
                elif heading.parent is not None and (heading.role is Role.TASKS or not named_tasks):
                    chosen.append(heading)
            elif heading.style in styles and heading.parent is not None and not has_line_below:
                chosen.append(heading)
            else:
                waiting.extend(reversed(heading.children))
    return chosen


def _measure(text: Text, one: _Read, number: int, theme: int | None) -> Measure:
    heading = one.heading
    masked = list(one.masked)
    last = heading.end
    # Lines of responsibility at the end are not part of the text; one in the middle only is masked.
    for span in sorted(masked, key=lambda span: span.end, reverse=True):
        if text.strip(Span(span.end, last), also="。；，").start >= last and text.flat[span.start] != "（":
            last = span.start
    span = text.strip(Span(heading.mark.start, max(last, heading.title.end)))
    under = [line for line in heading.own if line.end > line.start]
    whole = not heading.own or heading.own[0].start <= heading.title.start
    body_start = heading.title.start if under and whole else heading.title.end
    body = text.strip(Span(min(body_start, span.end), span.end))
    if body.end > body.start and not whole:
        body = text.lstrip(body, also="。：")
    words = text.quote(body)
    return Measure(
        number=number,
        printed_number=text.quote(heading.mark).strip(),
        title=text.compact(heading.title),
        text=words if words else text.quote(heading.title),
        span=span,
        body=body if words else heading.title,
        theme=theme,
        lines=one.lines,
        responsible=responsible_units(one.lines),
        masked=tuple(masked),
    )


def read_measures(text: Text, top: Sequence[Heading]) -> tuple[tuple[Theme, ...], tuple[Measure, ...]]:
    """The themes and measures of an outline in printed order; both empty where nothing has the form of a measure."""
    every = [heading for root in top for heading in root.walk()]
    tasks = [heading for heading in every if _is_task(heading)]
    read = _lifted({heading: _Read(heading, *read_responsibility(text, heading.own)) for heading in tasks})
    headings = _measure_headings(top, read)
    themes: dict[Heading, Theme] = {}
    for heading in headings:
        parent = heading.parent
        if parent is not None and parent not in themes:
            themes[parent] = Theme(
                len(themes) + 1,
                text.quote(parent.mark).strip(),
                text.compact(parent.title),
                Span(parent.mark.start, parent.title.end),
            )
    ordinals = [heading.ordinal for heading in headings]
    unique = len(set(ordinals)) == len(ordinals)
    measures = [
        _measure(
            text,
            read[heading],
            heading.ordinal if unique else place,
            themes[heading.parent].number if heading.parent is not None else None,
        )
        for place, heading in enumerate(headings, start=1)
    ]
    return tuple(themes.values()), tuple(measures)
