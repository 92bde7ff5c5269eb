"""The leading group: what the body says of it, the list in the annex, who holds which public office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from loaders.plan.header import Stated
from loaders.plan.text import Span, Text
from loaders.plan.units import Body, Unit, body_of, read_units, strip_open_tail


class Seat(Enum):
    """In what role a member sits on a committee."""

    LEADER = "LEADER"
    DEPUTY_LEADER = "DEPUTY_LEADER"
    MEMBER = "MEMBER"
    OFFICE_DIRECTOR = "OFFICE_DIRECTOR"
    OFFICE_DEPUTY_DIRECTOR = "OFFICE_DEPUTY_DIRECTOR"


@dataclass(frozen=True, slots=True)
class Office:
    """A public office: the title, and the unit it is at (None where only the title is printed, as in 市长)."""

    title: str
    unit: str | None
    printed: str
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """A person on a list, in a seat, with the offices printed beside; nothing else about a person is read."""

    person: str
    seat: Seat
    offices: tuple[Office, ...]
    list_order: int
    span: Span


@dataclass(frozen=True, slots=True)
class MemberClaim:
    """A list of member units as one place of the text gives it; `open` where it ends in 等."""

    units: tuple[Unit, ...]
    open: bool
    place: str
    span: Span


@dataclass(frozen=True, slots=True)
class CommitteeRead:
    """A committee. `claims` are its member lists, each as printed; two that differ are both kept."""

    name: str
    span: Span
    chair: str | None
    office_at: Unit | None
    members: tuple[Member, ...]
    claims: tuple[MemberClaim, ...]


_HAN = r"[\u4e00-\u9fff]"
_TITLE = (
    r"(?:常务)?副?(?:市长|县长|区长|州长|省长|主任|局长|行长|秘书长|书记|会长|理事长|总经理|总裁|董事长|处长|科长|部长|院长|校长|厅长|主席|社长|关长|总监|所长|站长)"
    r"|副?调研员|副?巡视员|常委|党组成员|总工程师|总经济师|总会计师|负责人|委员"
)
_OFFICE_END = re.compile(rf"(?:{_TITLE})(?:（.{{1,12}}）)?$")
_SEATS = (
    (Seat.DEPUTY_LEADER, re.compile(r"(?:常务)?副\s*组\s*长|副\s*召\s*集\s*人|副\s*指\s*挥\s*长")),
    (Seat.LEADER, re.compile(r"组\s*长|召\s*集\s*人|总\s*指\s*挥|指\s*挥\s*长")),
    (Seat.MEMBER, re.compile(r"成\s*员")),
)
_SEAT_LINE = re.compile(
    r"(?P<label>(?:常务)?副\s*组\s*长|组\s*长|副?\s*召\s*集\s*人|副?总?\s*指\s*挥\s*长?|成\s*员)\s*[：:]\s*"
)
_PERSON_LINE = re.compile(
    rf"(?P<name>{_HAN}(?:[ 　]*[{_HAN[1:-1]}·]){{1,5}}?)(?:\s*（[女男\u4e00-\u9fff]{{1,3}}）)?(?:\s+|（)(?P<post>\S.*)"
)
_BODY_FORM = re.compile(
    rf"(?:成立|组建|设立|建立)由(?P<chair>[^，。；]{{2,30}}?)(?:任|担任)(?:总?召集人|组长|主任|总指挥)，(?P<units>[^。；]+?)(?:为|作为)成员(?:单位)?的(?P<name>{_HAN}+?(?:领导小组|联席会议|指挥部|委员会))"
)
_OFFICE_AT = re.compile(rf"办公室设在(?P<unit>{_HAN}{{2,30}}?)(?=[，。；（]|$)")
_ALSO = re.compile(
    rf"(?P<post>(?:{_HAN}{{2,30}}?(?:{_TITLE}))?)(?P<name>{_HAN}{{2,4}}?)(?:同志)?(?:兼任|任|担任|兼)(?:领导小组)?办公室(?P<deputy>副)?主任"
)
_COMMITTEE_NAME = re.compile(rf"{_HAN}{{4,40}}?(?:领导小组|联席会议|指挥部)(?=名单|成员|组成|及|$)")


def read_offices(text: Text, span: Span) -> tuple[Office, ...]:
    """The offices printed beside a name: 市委常委、常务副市长 are two, the second at no printed unit."""
    found = []
    for piece in text.split(text.strip(span, also="（）。；，"), "、，"):
        printed = text.compact(piece)
        match = _OFFICE_END.search(printed)
        if match is None:
            continue
        title = match.group()
        unit = printed[: match.start()]
        found.append(Office(re.sub(r"（.*）$", "", title), unit or None, printed, piece))
    return tuple(found)


def _person(text: Text, span: Span) -> tuple[str, Span] | None:
    """The name at the start of a list line and the rest; padding inside a name (王  进) is layout."""
    words = text.words(span)
    # A name of two characters is set to the width of three; two single characters in a row are one name.
    padded = re.match(rf"({_HAN})\s+({_HAN})(?=\s|（)", words)
    plain = re.match(rf"({_HAN}{{2,4}}|{_HAN}{{1,8}}·{_HAN}{{1,8}})(?=\s|（)", words)
    match = padded or plain
    if match is None:
        return None
    name = "".join(match.groups())
    rest = Span(span.start + match.end(), span.end)
    aside = re.match(r"\s*（(?:男|女|[\u4e00-\u9fff]{1,4}族)(?:，[\u4e00-\u9fff]{1,4}族)?）", text.words(rest))
    return name, text.strip(Span(rest.start + (aside.end() if aside is not None else 0), rest.end))


def _seat(label: str) -> Seat:
    return next(seat for seat, form in _SEATS if form.fullmatch(label) or form.search(label))


def _members(text: Text, lines: Sequence[Span]) -> tuple[list[Member], Span | None]:
    found: list[Member] = []
    seat: Seat | None = None
    for line in lines:
        label = _SEAT_LINE.match(text.flat, line.start, line.end)
        if label is not None:
            seat = _seat(label["label"])
        if seat is None:
            continue
        rest = text.strip(Span(label.end() if label is not None else line.start, line.end))
        person = _person(text, rest) if rest.end > rest.start else None
        offices = read_offices(text, person[1]) if person is not None else ()
        if person is None or not offices:
            # 成员：市财政局、市科技局… lists units; prose ends the list.
            if label is None and rest.end > rest.start:
                seat = None
            continue
        found.append(Member(person[0], seat, offices, len(found) + 1, rest))
    return found, Span(found[0].span.start, found[-1].span.end) if found else None


def _office_seats(text: Text, lines: Sequence[Span], order: int, known: dict[str, Member]) -> Iterator[Member]:
    for line in lines:
        for clause in text.split(line, "，；。"):
            match = _ALSO.search(text.flat, clause.start, clause.end)
            if match is None:
                continue
            seat = Seat.OFFICE_DEPUTY_DIRECTOR if match["deputy"] else Seat.OFFICE_DIRECTOR
            name, post = match["name"], Span(*match.span("post"))
            offices = read_offices(text, post) if match["post"] else ()
            if not offices and name in known:
                offices = known[name].offices
            if name not in known and not offices:
                continue
            order += 1
            yield Member(name, seat, offices, order, clause)


def _office_unit(text: Text, span: Span) -> Unit | None:
    match = _OFFICE_AT.search(text.flat, span.start, span.end)
    return next(iter(read_units(text, Span(*match.span("unit")))), None) if match is not None else None


def _body_claim(text: Text, block: Span) -> tuple[Stated, str, MemberClaim] | None:
    for sentence in text.sentences(block):
        match = _BODY_FORM.search(text.flat, sentence.start, sentence.end)
        if match is not None:
            listed, is_open = strip_open_tail(text, Span(*match.span("units")))
            claim = MemberClaim(read_units(text, listed), is_open, "body", listed)
            name = Span(*match.span("name"))
            return Stated(text.compact(name), name), match["chair"], claim
    return None


def _unit_lists(text: Text, lines: Sequence[Span]) -> MemberClaim | None:
    """成员单位：… lists units and no persons."""
    for line in lines:
        match = re.compile(r"成\s*员(?:\s*单\s*位)?\s*：\s*").match(text.flat, line.start, line.end)
        if match is None:
            continue
        listed, is_open = strip_open_tail(text, text.strip(Span(match.end(), line.end), also="。；"))
        units = read_units(text, listed)
        if len(units) >= 2 and all(unit.body is not Body.OTHER for unit in units):
            return MemberClaim(units, is_open, "annex", listed)
    return None


def _annex_name(text: Text, lines: Sequence[Span]) -> Stated | None:
    for index in range(min(6, len(lines))):
        for last in range(index, min(index + 2, len(lines))):
            span = Span(lines[index].start, lines[last].end)
            match = _COMMITTEE_NAME.match(text.compact(span))
            if match is not None:
                return Stated(match.group(), span)
    return None


def _head_units(text: Text, members: Sequence[Member], whole: Span) -> MemberClaim | None:
    """The units whose heads sit as members, in list order: the annex's own list of member units."""
    units = []
    for member in members:
        if member.seat is Seat.MEMBER:
            office = next((office for office in member.offices if office.unit is not None), None)
            if office is not None and office.unit is not None:
                span = Span(office.span.start, office.span.start + len(office.unit))
                units.append(Unit(office.unit, office.unit, body_of(office.unit), span))
    return MemberClaim(tuple(units), False, "annex", whole) if units else None


def read_committee(text: Text, blocks: Sequence[Span], annex: Sequence[Span]) -> CommitteeRead | None:
    """The committee that a plan sets up, from its body and its annex; None where neither names one."""
    body = next((claim for block in blocks if (claim := _body_claim(text, block)) is not None), None)
    annex_name = _annex_name(text, annex)
    members, whole = _members(text, annex)
    if body is None and annex_name is None:
        return None
    stated = body[0] if body is not None else annex_name
    if stated is None:
        return None
    known = {member.person: member for member in members}
    members = [*members, *_office_seats(text, annex, len(members), known)]
    annex_claim = _head_units(text, members, whole) if whole is not None else _unit_lists(text, annex)
    claims = [body[2]] if body is not None else []
    claims += [annex_claim] if annex_claim is not None else []
    places = [*blocks, *annex]
    office = next((unit for place in places if (unit := _office_unit(text, place)) is not None), None)
    return CommitteeRead(
        name=stated.name,
        span=stated.span,
        chair=body[1] if body is not None else None,
        office_at=office,
        members=tuple(members),
        claims=tuple(claims),
    )
