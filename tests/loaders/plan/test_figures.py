"""Single figures, typed by the words around them."""

from datetime import date
from decimal import Decimal

import pytest

from loaders.plan.figures import Baseline, Comparison, Figure, FigureKind, read_figures
from loaders.plan.labels import read_labels
from loaders.plan.text import Span, Text


def figures(raw: str) -> list[Figure]:
    text = Text(raw)
    return read_figures(text, Span(0, len(raw)), (), 1)


def only(raw: str) -> Figure:
    (figure,) = figures(raw)
    return figure


@pytest.mark.parametrize(
    ("raw", "comparison"),
    [
        ("规模达到30亿元以上。", Comparison.GTE),
        ("规模达到30亿元。", Comparison.EQ),
        ("余额不低于30亿元。", Comparison.GTE),
        ("余额不少于30亿元。", Comparison.GTE),
        ("不良率控制在2%以内。", Comparison.LTE),
        ("费率不超过2%。", Comparison.LTE),
        ("余额突破30亿元。", Comparison.GT),
        ("不良率低于2%。", Comparison.LT),
        ("计划发放贷款30亿元。", Comparison.GTE),
    ],
)
def test_the_words_around_a_number_compare_it(raw: str, comparison: Comparison) -> None:
    assert only(raw).comparison is comparison


@pytest.mark.parametrize(
    ("raw", "kind", "value", "unit"),
    [
        ("增加值达到375亿元以上。", FigureKind.LEVEL, "375", "亿元"),
        ("占GDP比重达到7%以上。", FigureKind.SHARE, "7", "%"),
        ("利润率年均提高0.5个百分点。", FigureKind.AVERAGE_ANNUAL, "0.5", "个百分点"),
        ("不良率年均下降0.3个百分点。", FigureKind.AVERAGE_ANNUAL, "-0.3", "个百分点"),
        ("累计发放贷款30亿元。", FigureKind.CUMULATIVE, "30", "亿元"),
        ("资金池规模扩大到4,000万元。", FigureKind.STOCK, "4000", "万元"),
        ("投入专项资金3000万元。", FigureKind.BUDGET, "3000", "万元"),
        ("按照贷款金额的2‰进行奖励。", FigureKind.RATE, "2", "‰"),
        ("支持300个创业团队。", FigureKind.COUNT, "300", "个"),
        ("列入名录的20家大型企业。", FigureKind.LIST_SIZE, "20", "家"),
        ("每户最高补贴50万元。", FigureKind.CAP, "50", "万元"),
        ("期限不超过6个月。", FigureKind.TERM, "6", "个月"),
        ("占比不低于百分之二十五。", FigureKind.SHARE, "25", "%"),
        ("安排资金三千万元。", FigureKind.BUDGET, "3000", "万元"),
    ],
)
def test_the_words_around_a_number_type_it(raw: str, kind: FigureKind, value: str, unit: str) -> None:
    figure = only(raw)
    assert (figure.kind, figure.value, figure.unit) == (kind, Decimal(value), unit)


def test_a_due_date_holds_for_the_rest_of_its_sentence() -> None:
    found = figures("到2025年底，余额达到30亿元；覆盖企业500家。每年服务20家。")
    assert [one.by for one in found] == [date(2025, 12, 31), date(2025, 12, 31), None]


def test_a_due_month_ends_on_its_last_day() -> None:
    assert only("2025年6月底前接入企业15家。").by == date(2025, 6, 30)


def test_a_period_is_kept_as_printed() -> None:
    assert only("试点期内累计发放贷款30亿元。").period == "试点期"


def test_cumulative_and_planned_hold_for_the_next_clause() -> None:
    first, second = figures("计划累计发放贷款30亿元，扶持3万人实现创业。")
    assert (first.kind, second.kind) == (FigureKind.CUMULATIVE, FigureKind.CUMULATIVE)
    assert (second.comparison, second.value, second.unit) == (Comparison.GTE, Decimal(3), "万人")


def test_a_stated_start_is_a_baseline() -> None:
    figure = only("贷款余额由2023年的18.2亿元提高到30亿元。")
    assert (figure.value, figure.baseline, figure.baseline_value) == (Decimal(30), Baseline.STATED, Decimal("18.2"))
    assert (figure.indicator, figure.baseline_period) == ("贷款余额", "2023")


@pytest.mark.parametrize(
    ("raw", "period"),
    [
        ("不良率从3.2%下降到2.5%。", None),
        ("不良率从2023年6月的3.2%下降到2.5%。", None),
        ("不良率由2023年底的3.2%下降到2.5%。", "2023"),
    ],
)
def test_a_baseline_has_the_year_that_is_printed_and_no_other(raw: str, period: str | None) -> None:
    [figure] = figures(raw)
    assert (figure.baseline, figure.baseline_period) == (Baseline.STATED, period)


def test_a_share_takes_its_subject_from_the_clause_before() -> None:
    _, share = figures("金融业增加值达到30亿元，占GDP比重达到7%。")
    assert (share.indicator, share.subject_shared) == ("金融业增加值占GDP比重", True)


def test_a_count_names_what_is_counted() -> None:
    assert [one.counted for one in figures("支持20家大型企业、30家高新技术企业和100家中小企业。")] == [
        "大型企业", "高新技术企业", "中小企业",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        "围绕“9+2”布局和“565”体系。",
        "落实“中国制造2025”。",
        "根据国办发〔2015〕8号文件。",
        "2017年7月21日印发。",
        "第3批名单。",
        "自2017年起实施。",
        "推广5G应用和A3型设备。",
        "实行1+X证书制度。",
    ],
)
def test_labels_dates_and_ordinals_are_no_figures(raw: str) -> None:
    assert figures(raw) == []


def test_masked_characters_are_passed_over() -> None:
    raw = "责任单位：第1组，支持20家企业"
    assert read_figures(Text(raw), Span(0, len(raw)), (Span(0, len(raw)),), 1) == []


def test_quoted_numbers_are_labels_with_the_noun_that_they_qualify() -> None:
    raw = "围绕“9+2”工作布局和“四高一强”奋斗目标，开展“双创”活动"
    labels = read_labels(Text(raw), Span(0, len(raw)), (), None)
    assert [(one.label, one.name) for one in labels] == [("9+2", "9+2工作布局"), ("四高一强", "四高一强奋斗目标")]
