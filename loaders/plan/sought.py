"""Which figures a text wants to be reached: of all others it only tells, and they are no targets. Precision goes before recall."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from loaders.plan.figures import Comparison, Figure, FigureKind
from loaders.plan.header import Header
from loaders.plan.text import Span, Text

ALWAYS: Final = frozenset({FigureKind.CAP, FigureKind.TERM, FigureKind.RATE, FigureKind.LIST_SIZE})
"""Kinds that are told apart by what they say of a rule, a reward or a list, wanted or not."""

_NO_GOALS: Final = re.compile(
    r"(?:复函|的函|批复|答复|通报|条例|规则|暂行办法|管理办法|实施细则|规定|决定)(?:（.{0,20}）)?$"
)
"""Titles of letters, replies, reports, regulations: what such a text counts is no goal."""

_WANTED: Final = re.compile(
    r"达到|达$|提高|提升|增长|增至|增加到|扩大|降至|降到|降低|下降|压减|压降|建成|建设|建立|打造|培育|培养|培训|推出|设立|扶持|支持|服务|资助|发放"
    r"|新增|新建|实现|引导|完成|引进|引入|接入|入库|选择|选取|遴选|确保|力争|争取|保持|稳定在|控制在|覆盖|创建|形成|购买|突破|超过|补充|安排|投入"
    r"|不低于|不少于|不得低于|不超过|不高于|规模$|实行"
)
_TOLD: Final = re.compile(
    r"已|曾经?|了$|目前|原有?估算|发生|造成|死亡|遇难|重伤|受到|处分|罚款|违法|上年|应当?有$|须有$|近[一二三四五六七八九十\d]+年来|截至目前|全国共|据统计|调整增加"
)
_ENUMERATED: Final = re.compile(r"等$|(?:[^、，；]{1,12}、){2,}[^、，；]{1,12}$")
"""北京、天津、上海3个城市: the number counts what is listed before it."""

_CONDITION: Final = re.compile(r"\s?及?(?:以[上下内]|左右)(?:的|、)")
"""单户500万元以上的…: the number tells apart what is spoken of."""

_CASE: Final = re.compile(r"的[，：]?$|的基础上")
"""…达到25%的，可申请…: the clause is a case, and what follows is what holds in it."""

_SHARE_OF: Final = re.compile(r"按(?:照)?[^，。；]*的$|分别")
"""按采购金额的30%预付 is how much of each; 分别达到65%和55% leaves open which number is whose."""

_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?年")


def may_set_goals(header: Header) -> bool:
    """Whether a text can be a plan by its titles: not a letter, reply, report or regulation. A text without a title can."""
    titles = [one.name for one in (header.title, header.notice_title) if one is not None]
    return not any(_NO_GOALS.search(title) for title in titles)


def split_sought(text: Text, header: Header, figures: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The figures that a text wants to be reached, with caps, terms, rates and list sizes; and those that it only tells."""
    has_goals = may_set_goals(header)
    sought: list[Figure] = []
    told: list[Figure] = []
    for one in figures:
        wanted = one.kind in ALWAYS or (has_goals and is_sought(text, one, header.issued_on))
        (sought if wanted else told).append(one)
    return sought, told


def is_sought(text: Text, figure: Figure, issued_on: date | None) -> bool:
    """Whether the words around a figure want it: a verb of doing or a bound before it, nothing past, no condition, no list counted."""
    number = figure.number_span
    clause = _clause(text, number)
    before = text.compact(Span(clause.start, number.start))
    behind = text.flat[number.end : clause.end]
    if _TOLD.search(before) or _is_past(before, figure, issued_on):
        return False
    if figure.comparison is not Comparison.EQ and behind.startswith("的"):
        return False
    if _CONDITION.match(behind) or _CASE.search(behind) or _SHARE_OF.search(before):
        return False
    if figure.kind is FigureKind.COUNT and _ENUMERATED.search(before):
        return False
    if figure.unit.endswith("次") and re.search(r"每[^，。；]*$", before):
        return False
    return bool(_WANTED.search(before)) or figure.by is not None or bool(re.search(r"以上|以内", behind[:4]))


def _clause(text: Text, number: Span) -> Span:
    """The clause of a number: to the marks before it, and to the mark behind it."""
    start = max(text.flat.rfind(mark, 0, number.start) for mark in "，。；：\n") + 1
    ends = [place for mark in "，。；\n" if (place := text.flat.find(mark, number.end)) >= 0]
    return Span(start, min(ends, default=len(text.flat)))


def _is_past(before: str, figure: Figure, issued_on: date | None) -> bool:
    """Whether the clause dates the number before the document, and says nothing of where it is to go."""
    if issued_on is None or figure.by is not None:
        return False
    years = [int(year) for year in _YEAR.findall(before)]
    return bool(years) and max(years) < issued_on.year and not re.search(r"(?:由|从|比|较)[^，。；]*年", before)
