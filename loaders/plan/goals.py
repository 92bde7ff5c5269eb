"""Aims without a number: what the goals of a plan and its measures say is to be done, grown or lowered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.plan.figures import Figure
from loaders.plan.phrases import trim_subject
from loaders.plan.text import Span, Text


@dataclass(frozen=True, slots=True)
class Aim:
    """A qualitative goal: `subject` is what it is about, `text` the clause as printed."""

    subject: str
    text: str
    span: Span
    measure: int | None


_AIM = re.compile(
    r"^(?:基本|初步|全面|切实|进一步|逐步|有效|不断|显著|大幅)*(?:建立|完善|探索|提升|提高|完成|促进|形成|构建|实现|增强|优化|打造|扩大|推进|缩短|降低|健全|建成|培育)"
)
# In a measure a clause is an aim where it says which quantity is to move.
_DIRECTION = re.compile(
    r"^(?:进一步|逐步|有效|切实|不断|大幅|最大限度|稳步)*(?P<verb>扩大|降低|提高|提升|增加|缩短|减少|压缩)(?P<subject>[\u4e00-\u9fff“”]{2,24}?(?:规模|成本|效率|能力|比重|额度|总量|率|水平|时间|数量|负担|主体))$"
)


def read_aims(
    text: Text, block: Span, masked: Sequence[Span], figures: Sequence[Figure], measure: int | None
) -> list[Aim]:
    """The aims of a block that no figure states, in printed order; in a measure only those that name a quantity."""
    found = []
    for sentence in text.sentences(block):
        for clause in text.split(sentence, "，；"):
            if any(span.holds(clause) for span in masked) or any(clause.holds(one.number_span) for one in figures):
                continue
            words = text.compact(clause)
            if measure is None:
                match = _AIM.match(words)
                if match is not None and 6 <= len(words) <= 60:
                    found.append(Aim(trim_subject(words[match.end() :]), text.quote(clause), clause, measure))
            else:
                parts = list(text.split(clause, "、"))
                for part in parts:
                    direction = _DIRECTION.match(text.compact(part))
                    if direction is not None:
                        found.append(Aim(direction["subject"], text.quote(part), part, measure))
    return found
