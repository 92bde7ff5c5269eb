"""The tree of headings of a plan: chapters, 一、, （一）, 1., （1）, 第一条, with the text under each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from loaders.plan.numerals import CHINESE, integer_of
from loaders.plan.text import Span, Text

_CJK_NUMBER = f"[{CHINESE}]{{1,5}}"
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("CHAPTER", re.compile(rf"第\s?({_CJK_NUMBER}|\d{{1,3}})\s?[章编篇部](?:分)?[\s：、]*")),
    ("SECTION", re.compile(rf"第\s?({_CJK_NUMBER}|\d{{1,3}})\s?节[\s：、]*")),
    ("ARTICLE", re.compile(rf"第\s?({_CJK_NUMBER}|\d{{1,3}})\s?条[\s：、]*")),
    ("CJK", re.compile(rf"({_CJK_NUMBER})\s?[、.]\s*")),
    ("PAREN_CJK", re.compile(rf"（\s?({_CJK_NUMBER})\s?）[、.]?\s*")),
    ("PAREN_DIGIT", re.compile(r"（\s?(\d{1,3})\s?）[、.]?\s*")),
    ("DIGIT", re.compile(r"(\d{1,3})\s?(?:[.、](?!\d)|）)\s*")),
    ("CIRCLED", re.compile(r"([①-⑳])\s*")),
)
# The first sentence of a numbered paragraph is its title where it is no longer than a title is.
_LONGEST_TITLE = 40
_LONGEST_SECTION_TITLE = 16


class Role(Enum):
    """What a part of a plan is for, told by its heading."""

    GUIDANCE = "GUIDANCE"
    PRINCIPLES = "PRINCIPLES"
    GOALS = "GOALS"
    TASKS = "TASKS"
    SAFEGUARDS = "SAFEGUARDS"
    UNNAMED = "UNNAMED"


_ROLES = (
    (Role.GUIDANCE, re.compile(r"指导思想|总体思路|总体要求|工作思路|总则")),
    (Role.PRINCIPLES, re.compile(r"原则")),
    (Role.GOALS, re.compile(r"目标(?!责任)")),
    (Role.SAFEGUARDS, re.compile(r"保障|组织实施|组织领导|监督(?:检查|管理)|附则|工作要求")),
    (Role.TASKS, re.compile(r"任务|措施|举措|分工|工作重点|重点工作|工作内容")),
)


@dataclass(eq=False)
class Heading:
    """One numbered heading, the text under it (its own and that of its sub-headings) and its place in the tree."""

    style: str
    ordinal: int
    mark: Span
    title: Span
    own: list[Span] = field(default_factory=list)
    children: list[Heading] = field(default_factory=list)
    parent: Heading | None = field(default=None, repr=False)
    role: Role = Role.UNNAMED

    @property
    def end(self) -> int:
        """The offset after the last character under this heading, sub-headings included."""
        ends = [self.title.end, *(line.end for line in self.own[-1:])]
        return max([*ends, *(child.end for child in self.children[-1:])])

    def walk(self) -> Iterator[Heading]:
        """This heading and all under it, in printed order."""
        waiting = [self]
        while waiting:
            heading = waiting.pop()
            yield heading
            waiting.extend(reversed(heading.children))


def _role_of(title: str, parent: Heading | None) -> Role:
    # 总体要求 is divided into principles and goals; the parts of any other section are of its role.
    if (parent is not None and parent.role is not Role.GUIDANCE) or len(title) > _LONGEST_SECTION_TITLE:
        return parent.role if parent is not None else Role.UNNAMED
    for role, words in _ROLES:
        if words.search(title):
            return role
    return parent.role if parent is not None else Role.UNNAMED


def _ordinal(numeral: str) -> int | None:
    if "①" <= numeral <= "⑳":
        return ord(numeral) - ord("①") + 1
    return integer_of(numeral)


def _title_and_rest(text: Text, span: Span) -> tuple[Span, Span]:
    """The title of a numbered line and what follows it: a first sentence that is short enough is the title.

    A longer one is text without a title; its first clause stands for one and the whole line is the text.
    """
    sentence = next(iter(text.split(span, "。：")), span)
    if sentence.end - sentence.start <= _LONGEST_TITLE:
        return sentence, text.lstrip(Span(sentence.end, span.end), also="。：")
    return next(iter(text.split(span, "，；。：")), span), span


def read_outline(text: Text, lines: Iterable[Span]) -> tuple[list[Heading], list[Span]]:
    """The top-level headings among `lines` with all under them, and the lines before the first heading.

    A style of numbering that is open continues or closes levels; a new one opens a level below. The same
    style twice (chapters restart their articles) is told by the level that it stands on, not by its number.
    """
    top: list[Heading] = []
    before: list[Span] = []
    path: list[Heading] = []
    for line in lines:
        heading = _heading_of(text, line)
        if heading is None:
            (path[-1].own if path else before).append(line)
            continue
        depth = next((depth for depth, open_one in enumerate(path) if open_one.style == heading.style), len(path))
        del path[depth:]
        parent = path[-1] if path else None
        heading.parent = parent
        heading.role = _role_of(text.compact(heading.title), parent)
        (parent.children if parent is not None else top).append(heading)
        path.append(heading)
    return top, before


def is_heading(text: Text, line: Span) -> bool:
    """True where a line begins with a number of a heading."""
    return _heading_of(text, line) is not None


def _heading_of(text: Text, line: Span) -> Heading | None:
    for style, pattern in _STYLES:
        match = pattern.match(text.flat, line.start, min(line.end, line.start + 24))
        if match is None:
            continue
        ordinal = _ordinal(match.group(1))
        content = text.strip(Span(match.end(), line.end))
        if ordinal is None or content.end <= content.start:
            return None
        title, rest = _title_and_rest(text, content)
        heading = Heading(style, ordinal, Span(line.start, match.end()), title)
        if rest.end > rest.start:
            heading.own.append(rest)
        return heading
    return None
