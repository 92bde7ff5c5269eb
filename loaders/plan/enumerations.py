"""Lists inside sentences: collateral, purposes, sectors, information, criteria, and whether a list is open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from loaders.plan.names import plain
from loaders.plan.phrases import name_start
from loaders.plan.text import Span, Text


class Listing(Enum):
    """What the items of a list are."""

    COLLATERAL = "COLLATERAL"
    PURPOSE = "PURPOSE"
    SECTOR = "SECTOR"
    INFORMATION = "INFORMATION"
    CRITERION = "CRITERION"
    PRINCIPLE = "PRINCIPLE"
    LENDING_FORM = "LENDING_FORM"
    BUSINESS_LINE = "BUSINESS_LINE"
    LEASE_MODEL = "LEASE_MODEL"
    BOND = "BOND"
    LISTING_STEP = "LISTING_STEP"
    PIPELINE = "PIPELINE"
    SERVICE = "SERVICE"
    SITE = "SITE"
    KEY_LIST = "KEY_LIST"
    OTHER = "OTHER"  # never in a reading: lists that say nothing of what they list are passed over


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, normalised, and where it stands."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list in running text. `open`: it ends in 等. `head`: what the items are called together, empty if nothing."""

    listing: Listing
    items: tuple[Item, ...]
    head: str
    open: bool
    span: Span
    measure: int | None

    @property
    def names(self) -> tuple[str, ...]:
        """The items' names in printed order."""
        return tuple(item.name for item in self.items)


_JOINT = re.compile(r"(?<=[\u4e00-\u9fff”])(?:和|及|与|以及)(?=[\u4e00-\u9fff“])")
_TAIL = re.compile(r"等(?![级额候于])")
_FORMS: tuple[tuple[Listing, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (listing, re.compile(items), re.compile(head))
    for listing, items, head in (
        (Listing.COLLATERAL, r"", r"^.{0,12}(?:抵押|质押|抵质押|押品|担保物)"),
        (Listing.LENDING_FORM, r"贷款$", r"^(?:多种)?(?:方式|形式|模式|品种|产品)"),
        (Listing.BOND, r"债(?:券)?$", r""),
        (Listing.LEASE_MODEL, r"租", r"业务模式|租赁"),
        (Listing.INFORMATION, r"", r"^(?:政策|交易|经营|信用|企业|方面|有关|相关|各类)*(?:信息|数据)(?!技术)"),
        (Listing.SERVICE, r"", r"^.{0,10}(?:中介|服务)机构"),
        (Listing.SITE, r"中心$", r""),
        (Listing.KEY_LIST, r"^重点", r""),
        (Listing.PRINCIPLE, r"", r"理念|原则"),
        (Listing.LISTING_STEP, r"^(?:股改|挂牌|上市|股份制改造|辅导|培育)$", r""),
        (Listing.PURPOSE, r"", r"^(?:提供|给予).{0,12}(?:服务|支持)|^(?:用途|用于|方面的?(?:资金|融资))"),
        (Listing.BUSINESS_LINE, r"", r"^(?:多元)?业务(?!模式)"),
        (
            Listing.SECTOR,
            r"",
            r"^(?:优势|重点|主导|战略性|新兴|特色|先进|传统|装备|制造)*(?:产业|领域|行业|制造业|产业领域|发展需求)",
        ),
        (Listing.SECTOR, r"^新(?:产业|业态|产品|模式|技术|经济)", r""),
    )
)
_CRITERION = re.compile(r"^(?:有|符合|具有|具备|成长性|信用|拥有|无)")
_PRINCIPLES = re.compile(
    r"(?:按照|基于|遵循|本着)“(?P<quoted>[^”。]{4,80})”的?原则|(?:按照|基于|遵循|本着)(?P<bare>[^“”，。；]{4,40}?)的?原则"
)
_QUALIFIED = re.compile(
    r"(?P<criterion>符合[^，。；、“”]{2,24}?)的(?P<who>[\u4e00-\u9fff（）]{2,14}?(?:企业集团|企业|集团|项目|机构|团队))(?![的）])"
)
_VERBS_ONLY = re.compile(r"^(?:鼓励|支持|引导|推动|促进|建立|完善|引进|培育|规划|投资)?$")
_OWNERS = {"企业", "个人", "银行", "机构", "政府", "金融机构"}
_LONGEST_ITEM = 24


def _raw_items(text: Text, clause: Span) -> list[Span]:
    """The pieces between 、 of a clause, with a last 和 or 及 inside a short piece as one more separator."""
    pieces = list(text.split(clause, "、"))
    if len(pieces) < 2:
        return []
    parted: list[Span] = []
    for index, piece in enumerate(pieces):
        joint = _JOINT.search(text.flat, piece.start, min(piece.end, piece.start + 14)) if index else None
        # 交易、托管及法律、财务: a joint parts two short items; inside a long piece it belongs to prose.
        prose = text.closing(piece.start) is not None or _CRITERION.match(text.words(piece))
        # 仓单等无形资产和动产: behind 等 the words are those of the head.
        tailed = joint is not None and _TAIL.search(text.flat, piece.start, joint.start()) is not None
        if joint is not None and joint.start() - piece.start <= 8 and not prose and not tailed:
            parted += [Span(piece.start, joint.start()), text.strip(Span(joint.end(), piece.end))]
        else:
            parted.append(piece)
    return parted


def _first_item(text: Text, piece: Span, others: Sequence[str]) -> Span:
    """The first item without what leads up to it: items of one list tend to be of one length, or one ending."""
    words = text.words(piece)
    start = name_start(words, len(words))
    length = len(others[0])
    left = len(words) - start
    if len(others) >= 2 and all(len(other) == length for other in others) and 2 <= length <= len(words):
        same_end = all(other[-1] == words[-1] for other in others)
        longer = left - length
        # 企业达标排放、安全生产: two characters too many; 知识产权评估、交易: the first item qualifies the rest.
        excess = words[start : start + max(longer, 0)]
        # 重点项目、重点工程: what was taken for an opening word begins the other items too.
        if (longer < 0 and words[-length:][:2] == others[0][:2]) or (
            length > 2 and (excess in _OWNERS or (longer >= 3 and (same_end or left >= 2 * length)))
        ):
            start = len(words) - length
    return text.strip(Span(piece.start + start, piece.end))


def _listing(names: Sequence[str], head: str, lead: str, is_open: bool) -> Listing:
    for listing, item_form, head_form in _FORMS:
        if listing is Listing.INFORMATION and not is_open:
            continue
        items_fit = not item_form.pattern or sum(bool(item_form.search(name)) for name in names) * 2 >= len(names)
        if items_fit and head_form.search(head):
            if listing is Listing.PURPOSE and "为" not in lead:
                continue
            return listing
    if re.search(r"申请|汇总|整理|推荐", "".join(names)) and all(len(name) <= 10 for name in names):
        return Listing.PIPELINE
    return Listing.OTHER


def _of_clause(text: Text, clause: Span, measure: int | None) -> Iterator[Enumeration]:
    pieces = _raw_items(text, clause)
    if len(pieces) < 2:
        return
    last = pieces[-1]
    tail = _TAIL.search(text.flat, last.start, last.end)
    is_open = tail is not None
    stop = tail.start() if tail is not None else last.end
    middle = [text.compact(piece) for piece in pieces[1:-1]]
    end = text.strip(Span(last.start, stop))
    head = text.compact(Span(tail.end(), clause.end)) if tail is not None else ""
    if not is_open and _CRITERION.match(
        text.words(pieces[0])[name_start(text.words(pieces[0]), len(text.words(pieces[0]))) :]
    ):
        # 有市场、符合政策的科技型企业: the criteria end at the last 的.
        noun = text.flat.rfind("的", end.start, end.end)
        if noun > end.start:
            head, end = text.compact(Span(noun + 1, clause.end)), Span(end.start, noun)
    elif not is_open:
        words = text.compact(end)
        # Without 等 the last piece runs on into the sentence; the other items tell how long an item is.
        size = len(middle[-1]) if middle else len(text.compact(pieces[0]))
        if len(words) > size and (not middle or all(len(item) == size for item in middle)):
            cut = re.search(r"的|(?<=[\u4e00-\u9fff]{2})(?:快速|等|落户|开展)", words)
            keep = cut.start() if cut is not None else size if middle else len(words)
            head = words[keep:].removeprefix("的")
            end = text.strip(Span(end.start, end.start + keep))
    others = [*middle, text.compact(end)]
    if any(not 1 <= len(other) <= _LONGEST_ITEM for other in others) or _VERBS_ONLY.match(text.compact(pieces[0])):
        return
    first = _first_item(text, pieces[0], others)
    spans = [first, *pieces[1:-1], end]
    names = [plain(text.compact(span)) for span in spans]
    if len(names[0]) > _LONGEST_ITEM or not names[0]:
        return
    lead = text.flat[clause.start : first.start]
    listing = _listing(names, head, lead, is_open)
    if all(_CRITERION.match(name) for name in names) or (lead.endswith("针对") and listing is Listing.OTHER):
        listing = Listing.CRITERION
    if listing is Listing.OTHER and lead.endswith(("参与", "用于", "投入到")):
        listing = Listing.PURPOSE
    if listing is Listing.OTHER or (listing is Listing.PRINCIPLE and _PRINCIPLES.search(text.words(clause))):
        return
    items = tuple(Item(name, span) for name, span in zip(names, spans, strict=True))
    yield Enumeration(listing, items, head, is_open, Span(first.start, end.end), measure)


def _principles(text: Text, sentence: Span, measure: int | None) -> Iterator[Enumeration]:
    for match in _PRINCIPLES.finditer(text.flat, sentence.start, sentence.end):
        inside = Span(*match.span("quoted" if match["quoted"] else "bare"))
        items = tuple(Item(plain(text.compact(piece)), piece) for piece in text.split(inside, "、，"))
        yield Enumeration(Listing.PRINCIPLE, items, "原则", False, inside, measure)


def _qualified(text: Text, clause: Span, measure: int | None) -> Iterator[Enumeration]:
    """The single criterion in 符合条件的企业; one among several stands in their list."""
    for match in _QUALIFIED.finditer(text.flat, clause.start, clause.end):
        if text.flat[match.start() - 1 : match.start()] != "、":
            span = Span(*match.span("criterion"))
            yield Enumeration(
                Listing.CRITERION, (Item(plain(text.compact(span)), span),), match["who"], False, span, measure
            )


def read_enumerations(text: Text, block: Span, masked: Sequence[Span], measure: int | None) -> list[Enumeration]:
    """The lists of a block of a known sort, in printed order; a single criterion is a list of one."""
    found: list[Enumeration] = []
    for sentence in text.sentences(block):
        found.extend(_principles(text, sentence, measure))
        for clause in text.split(sentence, "，；："):
            if not any(span.holds(clause) for span in masked):
                found.extend(_of_clause(text, clause, measure))
                found.extend(_qualified(text, clause, measure))
    return sorted(found, key=lambda one: one.span)
