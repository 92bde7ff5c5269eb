"""A text is read flat, but every offset stays that of the text as given."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loaders.plan.text import Span, Text


def pieces(text: Text, separators: str) -> list[str]:
    return [text.quote(span) for span in text.split(Span(0, len(text.raw)), separators)]


def test_full_width_letters_and_marks_are_folded_one_for_one() -> None:
    text = Text("１２．５％（Ａ）：，")
    assert text.flat == "12.5%（A）：，"
    assert len(text.flat) == len(text.raw)


def test_ascii_marks_are_read_as_chinese_ones() -> None:
    assert Text("(一)责任单位:市财政局,市科技局;").flat == "（一）责任单位：市财政局，市科技局；"


def test_a_comma_that_groups_thousands_separates_nothing() -> None:
    assert pieces(Text("投入4,000万元,支持300家"), "，") == ["投入4,000万元", "支持300家"]


def test_separators_inside_brackets_and_quotes_separate_nothing() -> None:
    assert pieces(Text("各县（市、区）政府、“批量下单，包销直租”、转租"), "、，") == [
        "各县（市、区）政府", "“批量下单，包销直租”", "转租",
    ]  # fmt: skip


def test_a_bracket_that_is_left_open_swallows_nothing() -> None:
    assert pieces(Text("市财政局（牵头、市科技局、市商务局"), "、") == ["市财政局（牵头", "市科技局", "市商务局"]


def test_lines_end_at_every_sort_of_line_end() -> None:
    text = Text("甲\r\n乙\n丙\r丁\u2028戊\n\n  己　")
    assert [text.quote(line) for line in text.lines] == list("甲乙丙丁戊己")


def test_compact_drops_padding() -> None:
    assert Text("通      知").compact(Span(0, 8)) == "通知"


@given(st.text(max_size=200))
def test_the_flat_text_has_the_offsets_of_the_text(raw: str) -> None:
    assert len(Text(raw).flat) == len(raw)


@given(st.text(alphabet="甲乙、，。（）“”\n 《》", max_size=80))
def test_pieces_lie_in_order_and_apart(raw: str) -> None:
    text = Text(raw)
    spans = list(text.split(Span(0, len(raw)), "、，"))
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(raw) for span in spans)
