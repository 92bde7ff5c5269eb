"""What the form of a plan expects and a text lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.plan.committee import CommitteeRead
from loaders.plan.header import Header
from loaders.plan.measures import Measure, Theme
from loaders.plan.reading import Lack, Missed
from loaders.plan.text import Span


def _of_header(header: Header) -> Iterator[Missed]:
    if header.doc_no is None:
        yield Missed(Lack.DOC_NO, "no document number such as 某政办〔2017〕70号 on a line of its own")
    if header.title is None:
        yield Missed(Lack.TITLE, "no title that ends in 方案, 规划, 计划, 意见, 办法 or 措施")
    if header.issuer is None:
        yield Missed(Lack.ISSUER, "no issuer before 关于 in a title")
    if header.issued_on is None:
        yield Missed(Lack.DATE, "no date on a line of its own")
    if not header.addressees:
        yield Missed(Lack.ADDRESSEES, "no line of addressees that ends in a colon")


def _of_measures(themes: Sequence[Theme], measures: Sequence[Measure]) -> Iterator[Missed]:
    if not measures:
        yield Missed(Lack.MEASURES, "no numbered measures: no heading is followed by a line such as 责任单位：…")
        return
    if not themes:
        yield Missed(Lack.THEMES, "no headings that gather the measures")
    if not any(measure.responsible for measure in measures):
        yield Missed(Lack.RESPONSIBILITY, "no responsibility lines: nobody is named to answer for a measure")
    else:
        for measure in measures:
            if not measure.responsible:
                yield Missed(
                    Lack.RESPONSIBILITY,
                    f"measure {measure.number} {measure.title}: no responsibility line",
                    measure.span,
                )
    numbers = [measure.number for measure in measures]
    for before, measure in zip(numbers, measures[1:], strict=False):
        if measure.number != before + 1:
            yield Missed(
                Lack.SEQUENCE,
                f"measure {measure.number} follows measure {before}: the numbers between are not in the text",
                measure.span,
            )


def find_missed(
    *,
    length: int,
    read: int,
    header: Header,
    has_goals: bool,
    themes: Sequence[Theme],
    measures: Sequence[Measure],
    committee: CommitteeRead | None,
) -> tuple[Missed, ...]:
    """What the form expects and the text lacks, in the order in which a plan would have it; empty for a whole plan."""
    if length == 0:
        return (Missed(Lack.EMPTY, "the text is empty"),)
    found = list(_of_header(header))
    if not has_goals:
        found.append(Missed(Lack.GOALS, "no section on goals"))
    found.extend(_of_measures(themes, measures))
    if read < length:
        found.append(Missed(Lack.CUT, f"only the first {read} of {length} characters were read", Span(read, length)))
    if committee is None:
        found.append(Missed(Lack.COMMITTEE, "no leading group, neither in the body nor in an annex"))
    return tuple(found)
