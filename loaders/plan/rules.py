"""Rules that a plan states: what sets them off, what follows, and whether their numbers are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from loaders.plan.figures import Comparison
from loaders.plan.numerals import decimal_of
from loaders.plan.phrases import name_start
from loaders.plan.text import Span, Text


class RuleSort(Enum):
    """What a rule does."""

    TRIGGER = "TRIGGER"
    TILT = "TILT"
    MANDATE = "MANDATE"
    PREFERENCE = "PREFERENCE"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule. `threshold` is None, and `stated` False, where the text says 一定数量 and no number."""

    subject: str
    comparison: Comparison
    threshold: Decimal | None
    unit: str | None
    stated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class StatedRule:
    """A rule of a measure. `in_principle`: the text says 原则上. `favours`: what a tilt or a mandate names."""

    sort: RuleSort
    conditions: tuple[Condition, ...]
    consequence: str
    favours: tuple[str, ...]
    in_principle: bool
    text: str
    span: Span
    measure: int | None

    @property
    def stated_in_source(self) -> bool:
        """False where a condition has no number in the text."""
        return all(condition.stated for condition in self.conditions)


_VAGUE = r"一定(?:数量|规模|比例|程度|金额|额度|期限|条件|标准|数额|年限|水平)"
_COMPARES = (
    ("不超过|不高于|不得超过", Comparison.LTE),
    ("不低于|不少于|达到|满", Comparison.GTE),
    ("超过|高于|大于|突破", Comparison.GT),
    ("低于|少于|不足|小于", Comparison.LT),
)
_CONDITION = re.compile(
    r"(?P<subject>[\u4e00-\u9fff]{2,16}?)(?P<compares>"
    + "|".join(words for words, _ in _COMPARES)
    + rf")(?:(?P<vague>{_VAGUE})|(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)\s?(?P<unit>亿元|万元|元|家|户|%|‰|个百分点|个月|年|天|倍|个|人))"
)
_CONSEQUENCE = re.compile(
    r"，(?P<then>(?P<soft>原则上)?(?:应当?|必须|一律|须|不得|可|按|以|由|予以|给予|实行|启动|采取)?[^，。；]{4,60})"
)
_APPLIES = re.compile(r"(?:的(?:企业|项目|贷款|客户|单位|机构)[^，。；]{0,8}|时|的)$")
_TILT = re.compile(
    r"(?:向|对)(?P<favours>[^，。；]{4,40}?)(?:倾斜|予以倾斜)|重点(?:加强|加大)对(?P<invests>[^，。；]{2,30}?)的"
)
_PREFERENCE = re.compile(
    r"(?:对(?P<favours>[^，。；对]{2,24}?)(?:制定|给予|实行|开辟|安排)[^；。]*?优先|优先(?:为|向|对|支持)(?P<invests>[^，。；]{2,24}?)(?:提供|给予|发放|安排))[^，；。]*"
)
_MANDATE = re.compile(r"(?:重点)?投向(?P<favours>[^，。；]{4,60})|主要投资于(?P<invests>[^，。；]{4,60})")


def _comparison(words: str) -> Comparison:
    return next(comparison for forms, comparison in _COMPARES if words in forms.split("|"))


def _conditions(text: Text, clause: Span) -> Iterator[Condition]:
    for match in _CONDITION.finditer(text.flat, clause.start, clause.end):
        subject = match["subject"]
        start = match.start() + name_start(subject, len(subject))
        threshold = decimal_of(match["number"]) if match["number"] else None
        yield Condition(
            subject=text.compact(Span(start, match.end("subject"))),
            comparison=_comparison(match["compares"]),
            threshold=threshold,
            unit=match["unit"],
            stated=threshold is not None,
            span=Span(start, match.end()),
        )


def _trigger(text: Text, sentence: Span, measure: int | None) -> StatedRule | None:
    """对 …超过… 的企业贷款，原则上 …: conditions that set a rule off, then what follows."""
    for clause in text.split(sentence, "，；"):
        conditions = tuple(_conditions(text, clause))
        vague = any(not condition.stated for condition in conditions)
        opens = text.flat.startswith(("对", "凡", "当", "单户", "授信", "贷款", "如"), clause.start)
        if not conditions or not (vague or opens) or not _APPLIES.search(text.words(clause)):
            continue
        then = _CONSEQUENCE.match(text.flat, clause.end, sentence.end)
        if then is None:
            continue
        span = Span(clause.start, then.end("then"))
        return StatedRule(
            sort=RuleSort.TRIGGER,
            conditions=conditions,
            consequence=text.compact(Span(*then.span("then"))),
            favours=(),
            in_principle=then["soft"] is not None,
            text=text.quote(span),
            span=span,
            measure=measure,
        )
    return None


def _favours(text: Text, span: Span) -> tuple[str, ...]:
    names = []
    for piece in text.split(span, "、"):
        for part in re.split(r"(?<=[业域目])(?:和|及|与)", text.compact(piece)):
            names.append(part.removeprefix("重点").removesuffix("等"))
    return tuple(name for name in names if name)


def _directions(text: Text, sentence: Span, measure: int | None) -> Iterator[StatedRule]:
    for form, sort in ((_TILT, RuleSort.TILT), (_MANDATE, RuleSort.MANDATE), (_PREFERENCE, RuleSort.PREFERENCE)):
        for match in form.finditer(text.flat, sentence.start, sentence.end):
            group = "favours" if match["favours"] else "invests"
            clause = next(
                (clause for clause in text.split(sentence, "，；") if clause.start <= match.start() < clause.end),
                sentence,
            )
            span = Span(clause.start, max(clause.end, match.end()))
            favours = _favours(text, Span(*match.span(group)))
            yield StatedRule(sort, (), text.compact(span), favours, False, text.quote(span), span, measure)


def read_rules(text: Text, block: Span, masked: Sequence[Span], measure: int | None) -> list[StatedRule]:
    """The rules of a block in printed order."""
    found: list[StatedRule] = []
    for sentence in text.sentences(block):
        if any(span.holds(sentence) for span in masked):
            continue
        trigger = _trigger(text, sentence, measure)
        found.extend([trigger] if trigger is not None else [])
        found.extend(_directions(text, sentence, measure))
    return sorted(found, key=lambda rule: rule.span)
