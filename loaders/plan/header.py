"""What stands around the plan: document number, issuer, title, addressees, approval, dates, who drafted it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from loaders.plan.dates import DAY, day_of
from loaders.plan.text import Span, Text

_HAN = r"[\u4e00-\u9fff]"
_NUMBER = re.compile(rf"(?:发?文字?[号件]：\s*)?({_HAN}{{1,12}}\s?〔\s?\d{{4}}\s?〕\s?\d{{1,5}}\s?号)")
_NOTICE = re.compile(r"的?(?:通知|决定|公告|函|批复|通报|答复)(?:（.{0,20}）)?$")
_PROMULGATES = re.compile(r"关于(?:印发|发布|下发|转发|批转|公布)(.+)的通知(?:（.{0,20}）)?$")
_SPEAKS_OF = re.compile(r"关于|(?:国务院|政府|办公[厅室]|[委局部厅])对.{2,40}的答复")
_PLAN_NAME = re.compile(r"(?:方案|规划|计划|意见|办法|措施|细则|规定|要点|纲要|政策|条例)(?:（.{0,20}）)?$")
_ISSUER = re.compile(r"^(.{2,40}?)(?:关于|转发|批转|对(?=.{2,40}的答复))")
_NO_TITLE = re.compile(r"[：\\。]|\d{4}年\d{1,2}月|^（|^[一二三四五六七八九十\d]+[、.]")
_OPENS = re.compile(
    rf"(?:{_HAN}{{2,7}}?[省市县区州盟旗])?(?:人民政府)?(?:国务院|人民政府|{_HAN}{{0,8}}?(?:委员会|[委局部厅]))?(?:办公[厅室])?(?:、.{{2,20}})?(?:关于|转发|批转|对)"
)
_OFFICE = re.compile(r"(?:人民政府|政府|办公室|办公厅|委员会|[局委部厅办院会]|管委会)$")
_APPROVAL = re.compile(
    r"经(?:(\d{4}年\d{1,2}月\d{1,2}日))?(?:第\d+次)?([^，。；经]{2,20}?)"
    r"(?:第.{1,12}次)?(?:常务会议|全体会议|专题会议|会议)?(?:研究|审议)?(?:同意|通过|批准)"
)
_CITY = re.compile(rf"^({_HAN}{{2,7}}?(?:市|自治州|地区|盟|县|区|旗))(?=人民政府|政府|关于|党政)")
_FOOT = re.compile(r"(主\s*办|承\s*办|督\s*办|抄\s*送)\s*：\s*")
_PRINTED = re.compile(r"印发\s*$")
_DEEPEST_HEADER_LINE = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """A name as a document states it: normalised, and where."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a plan, and when if the text says so (`on` is None where it does not)."""

    by: Stated
    on: date | None
    span: Span


@dataclass(frozen=True, slots=True)
class Header:
    """The document around a plan; a part that is not printed is None or empty, and `body_line` is where it ends."""

    doc_no: Stated | None
    issuer: Stated | None
    notice_title: Stated | None
    title: Stated | None
    addressees: tuple[Stated, ...]
    issued_on: date | None
    approval: Approval | None
    drafted_by: Stated | None
    supervised_by: Stated | None
    city: str | None
    body_line: int
    foot_line: int


def _joined(text: Text, first: int, last: int) -> Stated:
    span = Span(text.lines[first].start, text.lines[last].end)
    return Stated(text.compact(span), span)


def _doc_no(text: Text, depth: int) -> tuple[Stated | None, int]:
    found: tuple[Stated, int] | None = None
    for index in range(depth):
        line = text.lines[index]
        match = _NUMBER.fullmatch(text.flat, line.start, line.end)
        if match is not None:
            span = Span(*match.span(1))
            found = (Stated(text.compact(span), span), index)
            # A page's index prints the number once more above the document; the last one heads it.
        elif found is not None and index > found[1] + 8:
            break
    return found or (None, -1)


def _notice_title(text: Text, first: int, depth: int) -> tuple[Stated | None, int]:
    """The title of the notice that a plan comes with: below the document number, or above it as page prints have it."""
    found: tuple[Stated, int] | None = None
    for start in [*range(first, depth), *range(max(0, first - 6), first)]:
        for last in range(start, min(start + 4, depth)):
            joined = _joined(text, start, last)
            if len(joined.name) > 120 or "。" in joined.name:
                break
            if _SPEAKS_OF.search(joined.name) and _NOTICE.search(joined.name) and "：" not in joined.name:
                # A title that an office opens is preferred to one with key words of a page's index before it.
                if _OPENS.match(joined.name):
                    return joined, last
                found = found or (joined, last)
                break
    return found or (None, first - 1)


def _plan_title(text: Text, notice: Stated | None, first: int, depth: int) -> tuple[Stated | None, int]:
    """The plan's own title and the index of its last line: as printed above it, else as the notice names it."""
    named: str | None = None
    if notice is not None:
        match = _PROMULGATES.search(notice.name)
        if match is None:
            return notice, first - 1
        named = match.group(1).strip("《》")
    for start in range(first, depth):
        for last in range(start, min(start + 3, depth)):
            joined = _joined(text, start, last)
            if len(joined.name) > 90 or _NO_TITLE.search(joined.name):
                break
            if named is None and _PLAN_NAME.search(joined.name) and len(joined.name) >= 6:
                return joined, last
            if named is not None and joined.name.strip("《》") == named:
                return Stated(named, joined.span), last
    if notice is not None and named is not None:
        opening, closing = text.flat.find("《", notice.span.start), text.flat.find("》", notice.span.start)
        inside = notice.span.start <= opening < closing < notice.span.end
        return Stated(named, Span(opening + 1, closing) if inside else notice.span), first - 1
    return None, first - 1


def _issuer(text: Text, notice: Stated | None, title: Stated | None) -> Stated | None:
    for stated in (notice, title):
        match = _ISSUER.match(stated.name) if stated is not None else None
        if stated is not None and match is not None and _OFFICE.search(match.group(1)):
            end = _end_of(text, stated.span, len(match.group(1)))
            return Stated(match.group(1), text.strip(Span(stated.span.start, end)))
    return None


def _end_of(text: Text, span: Span, length: int) -> int:
    """Where the first `length` characters of a name end that is printed with layout in it."""
    for end in range(span.start + length, span.end + 1):
        if len(text.compact(Span(span.start, end))) >= length:
            return end
    return span.end


def _addressees(text: Text, first: int, depth: int) -> tuple[tuple[Stated, ...], int]:
    for index in range(first, depth):
        line = text.lines[index]
        if text.flat[line.end - 1] == "：" and re.search(r"各|政府|部门|单位|机构", text.words(line)):
            inside = Span(line.start, line.end - 1)
            return tuple(Stated(text.compact(piece), piece) for piece in text.split(inside, "，；、")), index
    return (), first - 1


def _approval(text: Text, lines: range) -> Approval | None:
    for index in lines:
        line = text.lines[index]
        match = _APPROVAL.search(text.flat, line.start, min(line.end, line.start + 400))
        if match is not None:
            day = DAY.fullmatch(match.group(1)) if match.group(1) else None
            by = Span(*match.span(2))
            return Approval(
                Stated(text.compact(by), by), day_of(day) if day is not None else None, Span(match.start(), match.end())
            )
    return None


def _foot(text: Text) -> tuple[dict[str, Stated], Span | None, int]:
    """Who drafted and supervised, the line that says when it was printed, and the index of the first foot line."""
    named: dict[str, Stated] = {}
    printed: Span | None = None
    foot = len(text.lines)
    for index in range(len(text.lines) - 1, max(-1, len(text.lines) - 12), -1):
        line = text.lines[index]
        labels = list(_FOOT.finditer(text.flat, line.start, min(line.end, line.start + 400)))
        if labels and labels[0].start() == line.start:
            foot = index
            for position, label in enumerate(labels):
                end = labels[position + 1].start() if position + 1 < len(labels) else line.end
                span = text.strip(Span(label.end(), end), also="。")
                named.setdefault("".join(label.group(1).split()), Stated(text.compact(span), span))
        elif _PRINTED.search(text.words(line)) and DAY.search(text.words(line)):
            printed, foot = line, index
    return named, printed, foot


def _issued_on(text: Text, first: int, printed: Span | None) -> date | None:
    candidates = [line for line in text.lines[max(first, 0) :] if line.end - line.start <= 20]
    for span in [*candidates, *([printed] if printed is not None else [])]:
        match = DAY.search(text.flat, span.start, span.end)
        day = day_of(match) if match is not None else None
        # The day stands alone on its line, or closes the printer's line.
        if (
            match is not None
            and day is not None
            and (span is printed or match.end() - match.start() == span.end - span.start)
        ):
            return day
    return None


def read_header(text: Text, first_heading: int) -> Header:
    """What the document says of itself; `first_heading` is the index of the first numbered line."""
    depth = min(len(text.lines), first_heading if first_heading >= 0 else _DEEPEST_HEADER_LINE, _DEEPEST_HEADER_LINE)
    doc_no, number_line = _doc_no(text, depth)
    notice, notice_line = _notice_title(text, number_line + 1, depth)
    addressees, address_line = _addressees(text, notice_line + 1, depth)
    below = max(number_line, notice_line, address_line)
    title, title_line = _plan_title(text, notice, below + 1 if notice is not None else 0, depth)
    named, printed, foot = _foot(text)
    issuer = _issuer(text, notice, title)
    city = next(
        (match.group(1) for stated in (issuer, title) if stated is not None and (match := _CITY.match(stated.name))),
        None,
    )
    return Header(
        doc_no=doc_no,
        issuer=issuer,
        notice_title=notice,
        title=title,
        addressees=addressees,
        issued_on=_issued_on(text, number_line + 1, printed),
        approval=_approval(text, range(max(number_line, 0), depth)),
        drafted_by=named.get("主办") or named.get("承办"),
        supervised_by=named.get("督办"),
        city=city,
        body_line=max(title_line, address_line, notice_line, number_line) + 1,
        foot_line=foot,
    )
