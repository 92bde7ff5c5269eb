"""The reading of any text: it never raises, every span slices to its quote, and layout changes nothing."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.plan import PlanReading, Span, read_plan
from loaders.plan.reading import Lack

SAMPLE = (Path(__file__).parents[3] / "loaders" / "sample" / "plan.txt").read_bytes().decode("utf-8")
LINES = SAMPLE.splitlines()
WORDS = [
    "责任单位：", "市财政局、", "科技局", "，", "。", "；", "、", "一、", "（一）", "1.", "第一条", "（1）", "\n",
    "\r\n", "　", "到2025年", "达到", "3亿元", "以上", "“565”", "基金", "设立", "引导", "资金池", "等", "清单",
    "列入", "20家", "企业", "附件", "组长：", "王  进  ", "市长", "超过一定数量", "的企业，", "原则上", "（", "）",
    "“", "”", "《", "》", "关于印发", "的通知", "〔2024〕1号", "2024年2月31日", "百分之", "年均下降", "‰", "由",
    "负责", "券", "补贴", "贷款", "累计", "投入", "创新券资金", "成立由市长任组长，", "为成员的领导小组",
]  # fmt: skip


def spans_in(value: object, seen: set[int]) -> Iterator[Span]:
    """Every span in a reading, wherever it stands."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans_in(item, seen)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from spans_in(getattr(value, field.name), seen)


def printed_in(reading: PlanReading) -> list[tuple[str, Span]]:
    """What the reading says is printed at a span."""
    found = [(one.printed, one.span) for one in reading.mentions]
    found += [
        (one.printed, one.number_span) for one in reading.figures if not one.printed.endswith(("上", "内", "下", "右"))
    ]
    found += [(one.text, one.span) for one in reading.aims]
    found += [(one.text, one.span) for one in reading.rules]
    found += [(one.label, one.span) for one in reading.labels]
    found += [(one.text, one.body) for one in reading.measures]
    return found


def meaning(reading: PlanReading) -> list[object]:
    """What was read, without places."""
    return [
        reading.header.doc_no.name if reading.header.doc_no else None,
        reading.header.title.name if reading.header.title else None,
        [
            (one.number, one.title, [(unit.unit.name, unit.part) for unit in one.responsible])
            for one in reading.measures
        ],
        [(one.kind, one.comparison, one.value, one.unit, one.by, one.indicator) for one in reading.figures],
        [(one.sort, one.name, one.measures) for one in reading.things],
        [(one.person, one.seat) for one in (reading.committee.members if reading.committee else ())],
        [(one.sort, one.text) for one in reading.questions],
        [one.text for one in reading.missed],
    ]


def assert_sound(text: str, reading: PlanReading) -> None:
    for span in spans_in(reading, set()):
        assert 0 <= span.start <= span.end <= len(text)
    for printed, span in printed_in(reading):
        assert span.quote(text) == printed


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert_sound(text, read_plan(text))


@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
@settings(max_examples=300)
def test_any_heap_of_the_form_s_words_is_read_without_an_error(text: str) -> None:
    assert_sound(text, read_plan(text))


@given(st.lists(st.sampled_from(LINES), min_size=5, max_size=40).map("\n".join))
@settings(max_examples=60)
def test_any_shuffle_of_a_plan_s_lines_is_read_without_an_error(text: str) -> None:
    assert_sound(text, read_plan(text))


@given(st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)))
@settings(max_examples=60)
def test_any_part_of_a_plan_is_read_without_an_error(first: int, second: int) -> None:
    text = SAMPLE[min(first, second) : max(first, second)]
    assert_sound(text, read_plan(text))


def test_the_spans_of_both_plans_quote_their_texts(
    sample: PlanReading, sample_text: str, luoyang: PlanReading, luoyang_text: str
) -> None:
    assert_sound(sample_text, sample)
    assert_sound(luoyang_text, luoyang)


def test_the_same_text_gives_an_equal_reading(sample: PlanReading, sample_text: str) -> None:
    assert read_plan(sample_text) == sample


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\n\n", "\n\t \n"])
def test_line_ends_change_nothing_that_is_read(sample: PlanReading, sample_text: str, end: str) -> None:
    text = sample_text.replace("\n", end)
    reading = read_plan(text)
    assert meaning(reading) == meaning(sample)
    assert_sound(text, reading)


def test_full_width_digits_and_ascii_marks_change_nothing_that_is_read(sample: PlanReading, sample_text: str) -> None:
    wide = dict(zip(map(ord, "0123456789%"), "０１２３４５６７８９％", strict=True))
    reading = read_plan(sample_text.translate({**wide, ord("："): ":", ord("；"): ";"}))
    # The last two parts of a meaning repeat what is printed.
    assert meaning(reading)[:6] == meaning(sample)[:6]


def test_a_label_is_printed_as_it_stands() -> None:
    text = "“一、一、\u3000”"
    reading = read_plan(text)
    assert [(one.label, one.name) for one in reading.labels] == [("一、一、\u3000", "一、一、")]
    assert_sound(text, reading)


def test_a_text_in_gb18030_reads_like_the_same_in_utf_8(sample: PlanReading, sample_text: str) -> None:
    assert read_plan(sample_text.encode("gb18030").decode("gb18030")) == sample


def test_an_empty_text_says_so() -> None:
    assert [one.lack for one in read_plan("").missed] == [Lack.EMPTY]


def test_a_text_that_is_no_plan_says_what_it_lacks() -> None:
    reading = read_plan("春天来了，燕子飞回来了。\n孩子们在河边放风筝。\n")
    assert not reading.is_plan
    assert (reading.themes, reading.measures, reading.figures, reading.units) == ((), (), (), ())
    assert [one.lack for one in reading.missed] == [
        Lack.DOC_NO, Lack.TITLE, Lack.ISSUER, Lack.DATE, Lack.ADDRESSEES, Lack.GOALS, Lack.MEASURES, Lack.COMMITTEE,
    ]  # fmt: skip


def test_a_plan_without_responsibility_lines_says_so() -> None:
    reading = read_plan(
        "某市行动方案\n一、工作目标\n覆盖企业500家。\n二、重点任务\n（一）建平台。甲。\n（二）扩面。乙。"
    )
    assert not reading.is_plan
    assert [one.title for one in reading.measures] == ["建平台", "扩面"]
    assert Lack.RESPONSIBILITY in {one.lack for one in reading.missed}


def test_numbers_that_are_skipped_are_reported() -> None:
    line = "责任单位：市财政局"
    reading = read_plan(f"一、任务\n1.甲。一。\n{line}\n4.乙。二。\n{line}")
    (gap,) = [one for one in reading.missed if one.lack is Lack.SEQUENCE]
    assert gap.text == "measure 4 follows measure 1: the numbers between are not in the text"


@pytest.mark.parametrize(
    "unit",
    [
        "\x00",
        "\x1b[31m",
        "\ufeff",
        "“",
        "（",
        "、",
        "责任单位：市财政局、",
        "1.甲。\n",
        "附件\n",
        "组长：甲 乙 市长\n",
        "9",
        "9" * 40 + "亿元，",
        "\ud800",
    ],
)
def test_hostile_repetition_is_read_without_an_error(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    assert_sound(text, read_plan(text))


def test_a_text_of_ten_million_characters_is_cut_and_says_so() -> None:
    reading = read_plan("市" * 10_000_000)
    (cut,) = [one for one in reading.missed if one.lack is Lack.CUT]
    assert cut.span == Span(500_000, 10_000_000)


def test_a_number_beyond_all_bounds_is_no_error() -> None:
    reading = read_plan("一、任务\n1.甲。投入资金" + "9" * 200 + "亿元，支持3家企业。\n责任单位：市财政局")
    assert [one.value for one in reading.figures] == [3]
