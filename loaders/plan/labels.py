"""Labels that look like numbers: “565”, “9+2”, “中国制造2025”. They name something; they count nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.plan.names import plain
from loaders.plan.text import Span, Text


@dataclass(frozen=True, slots=True)
class NumberLabel:
    """A quoted label with digits or numerals in it, as printed. `name`: the label with the noun that it qualifies."""

    label: str
    name: str
    span: Span
    measure: int | None


_QUOTED = re.compile(r"“(?P<label>[^“”。]{1,20})”(?P<noun>[\u4e00-\u9fff]{2,12})?")
_NUMERALS = re.compile(r"\d|[一二三四五六七八九十百千].*[一二三四五六七八九十百千]")
_NOUN_END = re.compile(r"建设|和|与|及|的|中|等|列|模式|试点期|时期|期间")


def read_labels(text: Text, block: Span, masked: Sequence[Span], measure: int | None) -> list[NumberLabel]:
    """The labels of a block in printed order."""
    found = []
    for match in _QUOTED.finditer(text.flat, block.start, block.end):
        span = Span(*match.span("label"))
        if not _NUMERALS.search(match["label"]) or any(mask.holds(span) for mask in masked):
            continue
        noun = match["noun"] or ""
        cut = _NOUN_END.search(noun)
        noun = noun[: cut.start()] if cut is not None else noun
        found.append(NumberLabel(text.quote(span), plain(match["label"]) + noun, span, measure))
    return found
