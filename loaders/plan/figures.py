"""The figures of a plan, typed: what kind of number, how it compares, of what, in which unit, by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from loaders.plan.dates import last_day_of
from loaders.plan.numerals import decimal_of, integer_of
from loaders.plan.phrases import trim_subject
from loaders.plan.text import Span, Text


class FigureKind(Enum):
    """What a number measures; progress is computed otherwise for each."""

    LEVEL = "LEVEL"
    SHARE = "SHARE"
    AVERAGE_ANNUAL = "AVERAGE_ANNUAL"
    CUMULATIVE = "CUMULATIVE"
    STOCK = "STOCK"
    BUDGET = "BUDGET"
    RATE = "RATE"
    COUNT = "COUNT"
    LIST_SIZE = "LIST_SIZE"
    CAP = "CAP"
    TERM = "TERM"


class Comparison(Enum):
    """How a value is compared with the one that is reached."""

    GTE = "GTE"
    GT = "GT"
    LTE = "LTE"
    LT = "LT"
    EQ = "EQ"


class Baseline(Enum):
    """What the text says of the value to start from; a cumulative figure starts at zero by its definition."""

    STATED = "STATED"
    NOT_STATED = "NOT_STATED"
    ZERO = "ZERO"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the text. `value` is in the printed `unit`; `by`, `period` and `baseline_period` (a year) are None where not printed.

    `planned`: the text says 计划 or 力争 of it. `counted`: the noun behind a count. `subject_shared`: the
    indicator's subject stands in the clause before. `measure` is None outside the measures.
    """

    kind: FigureKind
    comparison: Comparison
    value: Decimal
    upper: Decimal | None
    unit: str
    printed: str
    indicator: str
    counted: str | None
    baseline: Baseline
    baseline_value: Decimal | None
    baseline_period: str | None
    by: date | None
    by_printed: str | None
    period: str | None
    planned: bool
    subject_shared: bool
    span: Span
    number_span: Span
    measure: int | None

    @property
    def is_money(self) -> bool:
        """True where the unit is of money."""
        return bool(_MONEY.fullmatch(self.unit))


_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_HAN_NUMBER = r"[一二两三四五六七八九十百千]{1,8}"
_UNIT = (
    r"(?:万亿|[十百千]?[亿万]|[百千])?(?:元人民币|美元|欧元|港元|元)|个百分点|百分点|%|‰|个工作日|个月|"
    r"(?:[十百千]?[亿万]|[百千])?(?:人次|户次|人|名|户|家|个|所|项|支|只|种|件|辆|台|套|笔|次|期|批|亩|公顷|平方公里|平方米|公里|吨|千瓦时|千瓦|条|位|座|处|起|宗|场)"
    r"|小时|天|日|年|周|倍|[亿万]"
)
_FIGURE = re.compile(
    rf"(?<![\dA-Za-z.+第〔])(?P<number>{_NUMBER})(?:\s?[-—~～至]{{1,2}}\s?(?P<upper>{_NUMBER}))?\s?(?P<unit>{_UNIT})(?![A-Za-z])"
    rf"|百分之(?P<percent>{_HAN_NUMBER}(?:点[一二三四五六七八九]+)?)"
    rf"|(?P<han>{_HAN_NUMBER})(?P<han_unit>[百千]?[亿万]元|个百分点)"
)
_MONEY = re.compile(r"(?:万亿|[十百千]?[亿万]|[百千])?(?:元人民币|美元|欧元|港元|元)")
_DURATION = re.compile(r"小时|天|日|年|周|个月|个工作日")
_SHARE_UNITS = {"%", "‰", "个百分点", "百分点"}
_BY = re.compile(
    r"(?:(?:到|至|截至|力争到?|争取到?)\s?(\d{4})\s?年(?:\s?(\d{1,2})\s?月)?[底末]?(?:之?前)?"
    r"|(\d{4})\s?年(?:\s?(\d{1,2})\s?月)?(?:[底末]前?|[底末]?之?前|以前))(?=[，、；。\u4e00-\u9fff]|$)"
)
_PERIOD = re.compile(
    r"[^，。；、]{0,24}?(?:试点|建设|规划|实施|创建|合同|方案|行动)[^，。；、]{0,8}?期(?=[内间末]|，)|“[^”]{2,8}”(?:时期|期间)"
)
_YEARS_LONG = re.compile(r"(?:未来|今后)?(?P<years>[一二三四五六七八九十两\d]{1,2}年)(?:内|时间|累计)")
_AVERAGE = re.compile(r"年均|平均每年|每年平均")
_FALLS = re.compile(r"(?:下降|降低|减少|压减|压降|回落)(?:率)?(?:到|至)?(?:为)?$")
_CUMULATIVE = re.compile(r"累计")
_SHARE = re.compile(r"占(?:[^，。；]{0,16})(?:比重|比例|比)|(?:比重|占比)")
_STOCK = re.compile(r"(?:规模|余额|存量|总量|池|基金|本金)[^，。；]{0,6}$|(?:扩大|扩充|增加|增资|补充)[到至]")
_BUDGET = re.compile(r"投入|安排|统筹|拨付|列支|预算|出资|注资|筹集|设立|专项资金")
_GRANTS = re.compile(r"奖励|补贴|补助|贴息|补偿|奖补|返还|资助|支持|代偿|给予")
_REWARD = re.compile(r"奖励|补贴|补助|贴息|补偿|奖补|返还|资助")
_PER_HEAD = re.compile(r"每(?:家|户|个|年|笔|项|人|名)|单户|单个|单笔|最高|上限|同一")
_LISTED = re.compile(r"列入|纳入|入选|入库|清单|名单|名录|目录|储备库|项目库|白名单")
_COUNT_UNIT = re.compile(
    r"(?:[十百千]?[亿万]|[百千])?(?:人次|户次|人|名|户|家|个|所|项|支|只|种|件|辆|台|套|笔|次|期|批|条|位|座|处|起|宗|场)"
)
_AT_LEAST = re.compile(r"(?:不低于|不少于|不小于|不得低于|至少|最低)[为在]?$")
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不大于|不得超过|不多于|最高|最多|最长|上限为?|控制在|以内)(?:可?达|为|不超过|给予)?$"
)
_MORE_THAN = re.compile(r"(?<!不)(?<!不得)(?:超过|突破|高于|大于|多于|超)$")
_LESS_THAN = re.compile(r"(?:低于|少于|不足|小于|不到|下降到|降低到|压降至?)$")
# 不少于本单位人数的5%: the bound stands before what the number is a share of.
_SHARE_AT_LEAST = re.compile(r"(?:不低于|不少于|不得低于)[^，。；]{1,24}的$")
_SHARE_OF = re.compile(r"^(?P<subject>.*?)(?:不低于|不少于|不得低于|不超过|不高于|不得超过)(?P<of>[^，。；]{1,24})的$")
_SHARE_AT_MOST = re.compile(r"(?:不超过|不高于|不得超过)[^，。；]{1,24}的$")
_AFTER = re.compile(r"\s?(?P<least>以上|及以上|以?上)|\s?(?P<most>以内|以下|之内|及以下)|\s?(?P<about>左右)")
_BASE = re.compile(r"对(?P<of>[^，。；]{4,40}(?:损失|金额|利息|费用|投资额|保费|支出|总额))$")
_PLANNED = re.compile(r"计划|预计|力争|争取|拟")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})年(?!\d|\s?\d{1,2}\s?月)[底末]?")
_FROM = re.compile(rf"(?:由|从)[^，。；]{{0,16}}?(?P<value>{_NUMBER})\s?(?P<unit>{_UNIT})$")


@dataclass(slots=True)
class _Scope:
    """What the earlier clauses of a sentence say of the later ones."""

    by: date | None = None
    by_printed: str | None = None
    period: str | None = None
    cumulative: bool = False
    planned: bool = False
    listed: bool = False
    subject: str = ""
    base: str = ""


def _by_of(match: re.Match[str]) -> date | None:
    year = int(match.group(1) or match.group(3))
    month = match.group(2) or match.group(4)
    return last_day_of(year, int(month) if month else None)


def _is_year(match: re.Match[str]) -> bool:
    return match["unit"] == "年" and len(match["number"]) == 4


def _matches(text: Text, clause: Span, masked: Sequence[Span]) -> Iterator[re.Match[str]]:
    for match in _FIGURE.finditer(text.flat, clause.start, clause.end):
        if match["unit"] is not None and _is_year(match):
            continue
        # 7月21日 and 2017年7月 are dates; a number in quotes is a label.
        if match["unit"] == "日" and re.search(r"月\s?$", text.flat[max(0, match.start() - 3) : match.start()]):
            continue
        if text.flat[match.end() : match.end() + 1] == "月" and match["unit"] == "年":
            continue
        where = Span(*match.span())
        if any(span.holds(where) for span in masked) or _inside_quotes(text, clause, where):
            continue
        yield match


def _inside_quotes(text: Text, clause: Span, where: Span) -> bool:
    offset = text.flat.rfind("“", clause.start, where.start)
    close = text.closing(offset) if offset >= 0 else None
    return close is not None and close >= where.end


def _comparison(before: str, after: re.Match[str] | None, planned: bool) -> Comparison:
    if after is not None and after["least"]:
        return Comparison.GTE
    if after is not None and after["most"]:
        return Comparison.LTE
    for form, comparison in (
        (_AT_LEAST, Comparison.GTE),
        (_AT_MOST, Comparison.LTE),
        (_MORE_THAN, Comparison.GT),
        (_LESS_THAN, Comparison.LT),
        (_SHARE_AT_LEAST, Comparison.GTE),
        (_SHARE_AT_MOST, Comparison.LTE),
    ):
        if form.search(before):
            return comparison
    return Comparison.GTE if planned else Comparison.EQ


def _kind(before: str, behind: str, unit: str, comparison: Comparison, scope: _Scope) -> FigureKind:
    money = _MONEY.fullmatch(unit) is not None
    counted = _COUNT_UNIT.fullmatch(unit) is not None
    if unit in _SHARE_UNITS and re.search(r"按|给予", before) and _REWARD.search(before + behind):
        return FigureKind.RATE
    if _AVERAGE.search(before):
        return FigureKind.AVERAGE_ANNUAL
    if unit in _SHARE_UNITS:
        return FigureKind.SHARE if _SHARE.search(before) else FigureKind.LEVEL
    if _DURATION.fullmatch(unit):
        return FigureKind.TERM
    if _CUMULATIVE.search(before):
        return FigureKind.CUMULATIVE
    if money and comparison in (Comparison.LTE, Comparison.LT) and (_PER_HEAD.search(before) or _GRANTS.search(before)):
        return FigureKind.CAP
    if money and _STOCK.search(before):
        return FigureKind.STOCK
    if money and _BUDGET.search(before):
        return FigureKind.BUDGET
    if money and _PER_HEAD.search(before) and _REWARD.search(before + behind):
        return FigureKind.CAP
    if scope.cumulative and not re.search(r"达到|扩大到|投入", before):
        return FigureKind.CUMULATIVE
    if counted:
        return FigureKind.LIST_SIZE if scope.listed else FigureKind.COUNT
    return FigureKind.LEVEL


_BASELINES = {
    FigureKind.CUMULATIVE: Baseline.ZERO,
    FigureKind.BUDGET: Baseline.NOT_APPLICABLE,
    FigureKind.RATE: Baseline.NOT_APPLICABLE,
    FigureKind.COUNT: Baseline.NOT_APPLICABLE,
    FigureKind.LIST_SIZE: Baseline.NOT_APPLICABLE,
    FigureKind.CAP: Baseline.NOT_APPLICABLE,
    FigureKind.TERM: Baseline.NOT_APPLICABLE,
}
_RAISED = re.compile(r"(?:稳步|逐步)?(?:提高|增加|扩大|增长|提升|下降|降低|压降|压减|增至|升)[到至]?$")
_TIME_ONLY = re.compile(r"(?:按|其中|首期|[一二三四五六七八九十两\d]{1,2}年内?|每年|同时|并|逐步|每户|单户|力争)*")
_MEASURING = re.compile(
    r"(?:计划|力争|争取|预计|拟|累计|年均|平均每年|稳步|逐步|均|分别|全部|已)*"
    r"(?:达到?|扩大[到至]|增加[到至]|提高[到至]|提升[到至]|增长[到至]|下降[到至]|降低[到至]|降至|稳定在|控制在|保持在|实现|完成|突破|超过|不低于|不少于|不得低于|不得少于|不超过|不高于|不得超过|原则上"
    r"|提高|提升|增长|增加|下降|降低|为|约|至少|最高|以)*(?:不低于|不少于|不得低于|不超过|超过|突破|为)*$"
)
_QUALITY = re.compile(r"(?:左右)?(?:具有|拥有|符合|有)[^，。；]{1,30}?的(?=[\u4e00-\u9fff])")
"""100项具有较大知名度的赛事: what is counted comes after its qualities."""
_COUNTED_END = re.compile(
    r"[与和及、，。；：（）的在进形通获得由向到]|开(?!发)|实(?!训|验)|支持|完成|购买|用于|提供|建立|上市|挂牌|入库|创业$"
)


def _indicator(text: Text, since: Span, figure: re.Match[str], kind: FigureKind, scope: _Scope) -> tuple[str, bool]:
    """The words that say what is measured, and whether their subject is the one of the clause before."""
    before = _BY.sub("", text.compact(since)).lstrip("，；、到")
    if kind is FigureKind.RATE:
        base = re.search(r"按照?(.+?)的?$", before)
        # 对某某损失，按30%给予补偿: what the rate is of stands in the clause before.
        return (base.group(1), False) if base is not None else (scope.base or before, bool(scope.base))
    if (start := _FROM.search(_RAISED.sub("", before))) is not None:
        before = before[: start.start()]
    if (share := _SHARE_OF.search(before)) is not None:
        before = share["subject"].removeprefix("原则上") or share["of"]
    named = trim_subject(_MEASURING.sub("", before)).removeprefix("其中")
    named = re.sub(r"^\d{4}年[底末初]?$", "", named)
    if kind is FigureKind.SHARE and named.startswith("占") and scope.subject:
        return scope.subject + named, True
    if kind is not FigureKind.CAP and _TIME_ONLY.fullmatch(named) and scope.subject:
        return scope.subject, True
    return named, False


def _counted(text: Text, start: int, end: int) -> tuple[str | None, int]:
    """The noun that is counted, right behind the unit, and where it ends."""
    quality = _QUALITY.match(text.flat, start, end)
    start = quality.end() if quality is not None else start
    words = text.flat[start : min(end, start + 24)]
    cut = _COUNTED_END.search(words)
    noun = (words[: cut.start()] if cut is not None else words).strip()
    if len(noun.strip("“”")) < 2:
        return None, start
    return noun, start + len(words[: cut.start()] if cut is not None else words)


def _figure(
    text: Text, match: re.Match[str], clause: Span, since: Span, until: int, scope: _Scope, measure: int | None
) -> Figure | None:
    unit = match["unit"] or match["han_unit"] or "%"
    numeral = match["number"] or match["han"] or match["percent"]
    value = _fraction_of(numeral) if match["percent"] else decimal_of(numeral)
    if value is None:
        return None
    upper = decimal_of(match["upper"]) if match["upper"] else None
    before = text.compact(since)
    after = _AFTER.match(text.flat, match.end(), clause.end)
    planned = scope.planned or bool(_PLANNED.search(before))
    comparison = _comparison(before, after, bool(re.search("计划", before)) or scope.planned)
    behind = text.words(Span(match.end(), until))
    kind = _kind(before, behind, unit, comparison, scope)
    if kind is FigureKind.AVERAGE_ANNUAL and _FALLS.search(before):
        value = -value
    end = after.end() if after is not None else match.end()
    counted: str | None = None
    if kind in (FigureKind.COUNT, FigureKind.LIST_SIZE, FigureKind.CUMULATIVE) and _COUNT_UNIT.fullmatch(unit):
        counted, noun_end = _counted(text, end, until)
        end = noun_end if counted is not None else end
    indicator, shared = _indicator(text, since, match, kind, scope)
    if counted is not None and kind in (FigureKind.COUNT, FigureKind.LIST_SIZE):
        indicator = counted.replace("“", "").replace("”", "")
    elif _COUNT_UNIT.fullmatch(unit) and kind is FigureKind.CUMULATIVE:
        # 扶持3万人实现创业: what is counted is the whole clause.
        behind_it = text.strip(Span(match.end(), until), also="，；、")
        indicator = trim_subject(_MEASURING.sub("", _BY.sub("", before).lstrip("，；、"))) + (
            counted or text.compact(behind_it)
        )
        end = end if counted is not None else behind_it.end
    baseline, baseline_value, baseline_period = _BASELINES.get(kind, Baseline.NOT_STATED), None, None
    if (start := _FROM.search(_RAISED.sub("", before))) is not None:
        baseline, baseline_value = Baseline.STATED, decimal_of(start["value"])
        year = _YEAR.search(start.group())
        baseline_period = None if year is None else year["year"]
    return Figure(
        kind=kind,
        comparison=comparison,
        value=value,
        upper=upper,
        unit=unit,
        printed=text.quote(Span(match.start(), after.end() if after is not None else match.end())),
        indicator=indicator or text.compact(clause),
        counted=counted,
        baseline=baseline,
        baseline_value=baseline_value,
        baseline_period=baseline_period,
        by=scope.by,
        by_printed=scope.by_printed,
        period=scope.period,
        planned=planned,
        subject_shared=shared,
        span=text.strip(Span(since.start, end), also="，；、"),
        number_span=Span(match.start(), match.end()),
        measure=measure,
    )


def _fraction_of(numeral: str) -> Decimal | None:
    whole, _, rest = numeral.partition("点")
    first = integer_of(whole)
    digits = "".join(str(integer_of(char)) for char in rest)
    return None if first is None else Decimal(f"{first}.{digits}" if digits else first)


def _is_baseline(text: Text, match: re.Match[str], end: int) -> bool:
    """True for the first number of 由X提高到Y: it is where the second one starts."""
    before = text.flat[max(0, match.start() - 20) : match.start()]
    behind = text.flat[match.end() : min(end, match.end() + 8)]
    return bool(re.search(r"(?:由|从)[^，。；]*$", before)) and bool(
        re.match(r"(?:提高|增加|扩大|增长|提升|下降|降低|压降|压减|增至|升)[到至]?", behind)
    )


def read_figures(text: Text, block: Span, masked: Sequence[Span], measure: int | None) -> list[Figure]:
    """The figures of a block in printed order; characters in `masked` are passed over."""
    found: list[Figure] = []
    for sentence in text.sentences(block):
        scope = _Scope()
        for clause in text.split(sentence, "，；"):
            words = text.words(clause)
            if any(span.holds(clause) for span in masked):
                continue
            if (by := _BY.search(words)) is not None:
                scope.by, scope.by_printed = _by_of(by), by.group()
            if (period := _PERIOD.search(words)) is not None:
                scope.period = period.group().strip()
            elif (length := _YEARS_LONG.search(words)) is not None and length.end() < len(words):
                scope.period = length["years"]
            since = clause.start
            if (base := _BASE.match(words)) is not None:
                scope.base = text.compact(Span(clause.start + base.start("of"), clause.start + base.end("of")))
            matches = list(_matches(text, clause, masked))
            for index, match in enumerate(matches):
                if _is_baseline(text, match, clause.end):
                    continue
                if scope.period and match.group() in scope.period:
                    continue
                before = text.flat[since : match.start()]
                scope.cumulative = scope.cumulative or bool(_CUMULATIVE.search(before))
                scope.planned = scope.planned or "计划" in before
                scope.listed = scope.listed or bool(_LISTED.search(before))
                until = matches[index + 1].start() if index + 1 < len(matches) else clause.end
                figure = _figure(text, match, clause, Span(since, match.start()), until, scope, measure)
                if figure is not None:
                    found.append(figure)
                    if not figure.subject_shared and figure.kind in (FigureKind.LEVEL, FigureKind.STOCK):
                        scope.subject = figure.indicator
                end = figure.span.end if figure is not None else match.end()
                # 单户500万元以下的占比: the number only tells what the next one is of.
                since = since if text.flat.startswith("的", end) else end
    return found
