"""A loaded text with its offsets kept: spans, lines, and splits that respect brackets and quotes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# Every replacement is one character for one: offsets in the flat text are offsets in the text as given.
_FLAT = {
    **{ord("０") + digit: ord("0") + digit for digit in range(10)},
    **{ord("Ａ") + letter: ord("A") + letter for letter in range(26)},
    **{ord("ａ") + letter: ord("a") + letter for letter in range(26)},
    **{ord(mark): " " for mark in "\t\u00a0\u2002\u2003\u2009\u3000\ufeff\u200b\u200c\u200d\x00"},
    **dict(zip(map(ord, "()．％:;[]【】［］"), "（）.%：；〔〕〔〕〔〕", strict=True)),
    **dict(zip(map(ord, "「」『』〝〞＂"), "“”“”“””", strict=True)),
    ord("﹪"): "%",
    ord("Ｏ"): "O",
    ord("＋"): "+",
}
# A comma between digits groups thousands; any other one separates clauses.
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")
_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_PAIRS = {"（": "）", "“": "”", "《": "》", "〔": "〕", "〈": "〉"}
# A bracket left open (torn text, stray quote) must not swallow the rest of the document.
_LONGEST_BRACKET = 400


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters (Unicode code points) of the text as it was given."""

    start: int
    end: int

    @property
    def locator(self) -> str:
        """The span as sources print it: `chars 12-34`, end exclusive."""
        return f"chars {self.start}-{self.end}"

    def quote(self, text: str) -> str:
        """The characters of `text` in the span, exactly as they stand."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """True where `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


class Text:
    """A text, its flat form (full-width letters and marks folded one for one) and its lines."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.flat = _COMMA.sub("，", raw.translate(_FLAT))

    @cached_property
    def lines(self) -> tuple[Span, ...]:
        """The lines that hold something, each without the white space around it."""
        found = []
        start = 0
        for end in [*(match.span() for match in _LINE_END.finditer(self.flat)), (len(self.flat), len(self.flat))]:
            line = self.strip(Span(start, end[0]))
            if line.end > line.start:
                found.append(line)
            start = end[1]
        return tuple(found)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [line.start for line in self.lines]

    def line_at(self, offset: int) -> int:
        """The index of the last line that starts at or before `offset`; -1 where none does."""
        return bisect_right(self._line_starts, offset) - 1

    @cached_property
    def _brackets(self) -> dict[int, int]:
        """Where each bracket or quote closes; one that does not close on its line is not among them."""
        closes: dict[int, int] = {}
        for line in self.lines:
            open_at: list[tuple[str, int]] = []
            for offset in range(line.start, line.end):
                char = self.flat[offset]
                if char in _PAIRS:
                    open_at.append((_PAIRS[char], offset))
                elif open_at and char in "）”》〕〉":
                    # A closing mark with a torn partner inside closes the nearest one that fits.
                    for depth in range(len(open_at) - 1, max(-1, len(open_at) - 8), -1):
                        if open_at[depth][0] == char:
                            if offset - open_at[depth][1] <= _LONGEST_BRACKET:
                                closes[open_at[depth][1]] = offset
                            del open_at[depth:]
                            break
        return closes

    def closing(self, offset: int) -> int | None:
        """Where the bracket or quote at `offset` closes on its line, or None."""
        return self._brackets.get(offset)

    def quote(self, span: Span) -> str:
        """The characters as given."""
        return self.raw[span.start : span.end]

    def words(self, span: Span) -> str:
        """The flat characters of the span."""
        return self.flat[span.start : span.end]

    def compact(self, span: Span) -> str:
        """The flat characters without any white space: padding inside Chinese names and titles is layout."""
        return "".join(self.words(span).split())

    def strip(self, span: Span, also: str = "") -> Span:
        """The span without white space, or any of `also`, at its ends."""
        start, end = span.start, span.end
        while start < end and (self.flat[start].isspace() or self.flat[start] in also):
            start += 1
        while end > start and (self.flat[end - 1].isspace() or self.flat[end - 1] in also):
            end -= 1
        return Span(start, end)

    def lstrip(self, span: Span, also: str = "") -> Span:
        """The span without white space, or any of `also`, at its start."""
        return Span(self.strip(span, also).start, span.end) if span.end > span.start else span

    def split(self, span: Span, separators: str) -> Iterator[Span]:
        """The pieces between separators that stand outside brackets and quotes, stripped, none empty."""
        start = offset = span.start
        while offset < span.end:
            close = self.closing(offset)
            if close is not None and close < span.end:
                offset = close + 1
                continue
            if self.flat[offset] in separators:
                piece = self.strip(Span(start, offset))
                if piece.end > piece.start:
                    yield piece
                start = offset + 1
            offset += 1
        piece = self.strip(Span(start, span.end))
        if piece.end > piece.start:
            yield piece

    def sentences(self, span: Span) -> Iterator[Span]:
        """The sentences of a span: up to a full stop outside quotes, or to the end of a line."""
        first = max(0, self.line_at(span.start))
        for index in range(first, len(self.lines)):
            line = self.lines[index]
            if line.start >= span.end:
                return
            piece = Span(max(line.start, span.start), min(line.end, span.end))
            if piece.end > piece.start:
                yield from self.split(piece, "。！？!?")
