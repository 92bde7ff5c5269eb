"""The things a plan names: funds, pools, products, subsidies, vouchers, lists, programmes, places, bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loaders.plan.heads import BARE, CLASS_NAME, HEADS, Head, Sort
from loaders.plan.phrases import clause_words_end, name_start, opening_length
from loaders.plan.text import Span, Text


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text that names a thing.

    `name` is normalised: no white space, no quotes, an ellipsis filled (保费、损失补贴 names a 保费补贴), a shared
    prefix given back. `printed` is the text there. `definite` is False for a class (各类…, a fund of a sort that is
    yet to be found). `planned`: the text sets it up. `of`: the name right before it, which it belongs to.
    `measure` is None outside the measures.
    """

    sort: Sort
    name: str
    printed: str
    span: Span
    measure: int | None
    definite: bool = True
    planned: bool = False
    elliptic: bool = False
    of: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    head: Head
    head_start: int

    def meets(self, other: _Found) -> bool:
        return self.start < other.end and other.start < self.end


_WITHIN_CLAUSES = frozenset({Sort.FUND, Sort.POOL, Sort.SUBSIDY, Sort.PROJECT_LIST, Sort.COMMITTEE})
"""Sorts of things that prose names in the middle of a clause: 可由失业保险金给予补贴."""
_CLASS_BEFORE = re.compile(r"(?:各类|各种|多种|一批|若干|正在运行的)$")
_SETS_UP = re.compile(
    r"(?:设立|建立|成立|(?<!小)组建|搭建|构建|打造|创建|(?<!已)出台|制定|探索|开发|筹建|新设|实施)[^，。；]{0,30}$"
)
_ELLIPSIS = re.compile(r"等(基金|资金池|平台|补贴|贷款|机制|园区)")
_SHORT_ELLIPSIS = re.compile(r"(?P<of>[\u4e00-\u9fff]{2})(?P<head>补贴|贴息|奖励|补助)")
_PARTY = re.compile(r"(?:政府|企业|机构|银行|公司|部门|院校|高校|院所|园区)$")
_LEVEL = re.compile(r"^[省市县区](?![场域])")
_PROGRAMME_OF = re.compile(r"^“(?P<programme>[^”]{1,12})”(?P<head>计划|行动|工程)")
# A piece of prose this long without a comma is no list of names.
_LONGEST_PIECE = 90


def plain(name: str) -> str:
    """A name without white space and quotes, as it is compared and stored."""
    return re.sub(r"[\s“”]", "", name)


def _found(phrase: str) -> Iterator[_Found]:
    """Every head in a phrase with where its name begins."""
    for head in HEADS:
        floor = 0
        for match in head.form.finditer(phrase):
            begin = match.start()
            if begin < floor:
                continue
            offset = 0 if head.exact else name_start(phrase[floor:], begin - floor, keep=head.keep, joins=head.joins)
            start = begin if head.exact else floor + offset
            modifier = phrase[start:begin]
            floor = match.end()
            if head.sort in _WITHIN_CLAUSES:
                if not head.exact and (cut := clause_words_end(modifier)):
                    start, modifier = start + cut, modifier[cut:]
                    if len(modifier) < max(head.keep, 2):
                        continue
                if modifier.endswith("等"):
                    continue
            if head.general is not None and head.general.search(modifier):
                continue
            if head.needs is not None and not head.needs.search(modifier):
                continue
            name = plain(phrase[start : match.end()])
            if head.joins and modifier and opening_length(modifier, 0) == len(modifier):
                continue
            if not head.exact and BARE.match(name) and name != "子基金":
                continue
            yield _Found(start, match.end(), head, begin)


def _outermost(found: Iterable[_Found]) -> list[_Found]:
    """Of names that overlap, the longer one; a place at the start of a name, and what a subsidy is for, stand beside it."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start, HEADS.index(one.head))):
        clash = next((other for other in kept if one.meets(other)), None)
        if clash is None or (
            one.head.sort is Sort.REGION and clash.head.sort is not Sort.REGION and one.end - one.start > 4
        ):
            kept.append(one)
        elif (
            clash.head.sort is Sort.SUBSIDY
            and one.start == clash.start
            and clash.head_start - one.end >= clash.head.keep
        ):
            kept.remove(clash)
            kept.extend([one, _Found(one.end, clash.end, clash.head, clash.head_start)])
    return sorted(kept, key=lambda one: (one.start, one.end))


def _with_parties(text: Text, pieces: Sequence[Span], index: int, start: int) -> int:
    """Where a name begins that lists its parties: 政府、企业、金融机构对接合作机制."""
    if (
        text.flat[pieces[index].start : start]
        and opening_length(text.words(pieces[index]), 2) < start - pieces[index].start
    ):
        return start
    first = start
    for piece in reversed(pieces[:index]):
        words = text.words(piece)
        offset = name_start(words, len(words), joins=True)
        if not _PARTY.search(words) or len(words) - offset > 8:
            break
        first = piece.start + offset
        if offset:
            break
    return first


def _mention(text: Text, clause: Span, one: _Found, span: Span, measure: int | None, of: str | None) -> Mention:
    name = plain(text.compact(span))
    if one.head.sort is Sort.VOUCHER_SCHEME:
        name = name.removesuffix("资金")
    name = re.sub(r"的(?=机制$|制度$|办法$)", "", name)
    lead = text.flat[clause.start : span.start]
    definite = not CLASS_NAME.match(name) and not _CLASS_BEFORE.search(lead)
    return Mention(
        one.head.sort, name, text.quote(span), span, measure, definite, bool(_SETS_UP.search(lead)), False, of
    )


def _of_piece(text: Text, clause: Span, pieces: Sequence[Span], index: int, measure: int | None) -> Iterator[Mention]:
    piece = pieces[index]
    phrase = text.words(piece)
    before: Mention | None = None
    for one in _outermost(_found(phrase)):
        span = text.strip(Span(piece.start + one.start, piece.start + one.end))
        if one.head.joins:
            span = Span(_with_parties(text, pieces, index, span.start), span.end)
        programme = _PROGRAMME_OF.match(text.words(span)) if one.head.sort is not Sort.PROGRAMME else None
        if programme is not None and programme.end() < span.end - span.start:
            # “甲”计划创业券 names the programme and the voucher.
            inner = Span(span.start, span.start + programme.end())
            before = Mention(Sort.PROGRAMME, plain(text.compact(inner)), text.quote(inner), inner, measure)
            yield before
            span = Span(inner.end, span.end)
        adjacent = before is not None and before.span.end == span.start
        before = _mention(text, clause, one, span, measure, before.name if before is not None and adjacent else None)
        yield before


def _elliptic(text: Text, pieces: Sequence[Span], index: int, measure: int | None) -> Iterator[Mention]:
    """Names whose head is printed once for all: 省甲、乙等基金; 保费、损失补贴."""
    phrase = text.words(pieces[index])
    listed: list[Span] = []
    head = ""
    match = _ELLIPSIS.search(phrase)
    if index > 0 and match is not None and not phrase[: match.start()].endswith(match.group(1)):
        head = match.group(1)
        listed = [*pieces[:index], Span(pieces[index].start, pieces[index].start + match.start())]
    elif index > 0 and (short := _SHORT_ELLIPSIS.match(phrase)) is not None:
        before = pieces[index - 1]
        tail = name_start(text.words(before), before.end - before.start)
        if before.end - before.start - tail == 2:
            head = short["head"]
            listed = [Span(before.start + tail, before.end)]
    level = ""
    for piece in listed:
        offset = opening_length(text.words(piece), 2)
        span = text.strip(Span(piece.start + offset, piece.end))
        name = plain(text.compact(span))
        if not 2 <= len(name) <= 24 or any(
            one.form.search(name) for one in HEADS if one.sort in (Sort.FUND, Sort.POOL)
        ):
            continue
        own = _LEVEL.match(name)
        level = own.group() if own is not None else level
        full = (name if own is not None else level + name) + head
        sort = next(one.sort for one in HEADS if one.form.search(head))
        yield Mention(sort, full, text.quote(span), span, measure, elliptic=True)


_PAIRED_BANKS = re.compile(r"(?P<first>[政策开发商业]{2}性)、(?P<second>[政策开发商业]{2}性)银行")


def read_mentions(text: Text, block: Span, masked: Sequence[Span], measure: int | None) -> list[Mention]:
    """The things that a block names, in printed order."""
    found: list[Mention] = []
    for sentence in text.sentences(block):
        for clause in text.split(sentence, "，；："):
            if any(span.holds(clause) for span in masked):
                continue
            pieces = [piece for piece in text.split(clause, "、") if piece.end - piece.start <= _LONGEST_PIECE]
            for index in range(len(pieces)):
                found.extend(_of_piece(text, clause, pieces, index, measure))
                found.extend(_elliptic(text, pieces, index, measure))
            for pair in _PAIRED_BANKS.finditer(text.flat, clause.start, clause.end):
                first = Span(*pair.span("first"))
                found.append(
                    Mention(Sort.CLASS, pair["first"] + "银行", text.quote(first), first, measure, elliptic=True)
                )
    return sorted(found, key=lambda mention: mention.span)


def local_bodies(text: Text, block: Span, city: str | None) -> list[str]:
    """The names of banks, companies and associations in a block that carry the city's own name, longest first."""
    if city is None or len(city) < 3:
        return []
    short = re.escape(city[:-1])
    form = re.compile(
        rf"(?P<bank>[\u4e00-\u9fff]{{2,8}}?银行)?{short}市?[\u4e00-\u9fff]{{0,10}}?(?:银行|分行|支行|公司|协会|集团)"
    )
    found = []
    for match in form.finditer(text.flat, block.start, block.end):
        words = match.group()
        start = name_start(words, len(words)) if match["bank"] else 0
        central = re.search(r"人行$|人民银行$", text.flat[max(block.start, match.start() - 4) : match.start()])
        if not central and not re.search(r"的|人民银行", words[start:]):
            found.append(words[start:])
    return sorted(set(found), key=lambda name: (-len(name), name))


def known_mentions(text: Text, block: Span, names: Iterable[str], sort: Sort, measure: int | None) -> list[Mention]:
    """Where a block names a body that other parts of the document list by its full name."""
    found = []
    for name in names:
        offset = text.flat.find(name, block.start, block.end)
        while offset >= 0:
            span = Span(offset, offset + len(name))
            found.append(Mention(sort, name, text.quote(span), span, measure))
            offset = text.flat.find(name, span.end, block.end)
    return sorted(found, key=lambda mention: mention.span)
