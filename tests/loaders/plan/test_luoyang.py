"""The Luoyang plan, read whole: themes, measures, who answers for each, every figure."""

from datetime import date
from decimal import Decimal

import pytest

from loaders.plan import PlanReading
from loaders.plan.figures import Baseline, Comparison, FigureKind

DEPARTMENTS = {
    "金融办", "工业信息化委", "科技局", "发展改革委", "工商局", "财政局", "国资委", "人力资源社会保障局", "商务局",
}  # fmt: skip
RESPONSIBLE = {
    1: "金融办 工业信息化委 领导小组成员单位",
    2: "领导小组成员单位 中信银行洛阳分行",
    3: "金融办 工业信息化委 科技局 各金融机构",
    4: "金融办",
    5: "金融办 发展改革委 工业信息化委 人行洛阳市中心支行 洛阳银监分局 地方法人金融机构",
    6: "洛阳银监分局 工商局",
    7: "财政局 发展改革委 工业信息化委",
    8: "财政局 发展改革委 工业信息化委 科技局",
    9: "科技局 财政局 金融办 发展改革委 工商局",
    10: "财政局 国资委",
    11: "金融办 科技局 人行洛阳市中心支行 洛阳银监分局 各金融机构",
    12: "金融办 科技局 国资委",
    13: "金融办 发展改革委 工业信息化委 科技局 人行洛阳市中心支行 洛阳银监分局",
    14: "财政局 人力资源社会保障局 金融办 人行洛阳市中心支行",
    15: "高新区管委会 人行洛阳市中心支行 各金融机构",
    16: "发展改革委 财政局 人行洛阳市中心支行 洛阳银监分局",
    17: "财政局 金融办 洛阳市保险行业协会",
    18: "金融办 财政局",
    19: "金融办 工商局 人行洛阳市中心支行",
    20: "财政局",
    21: "洛阳银监分局 商务局 洛银金融租赁公司",
    22: "洛阳银监分局 金融办 人行洛阳市中心支行",
    23: "科技局 金融办 人行洛阳市中心支行 洛阳银监分局",
    24: "人力资源社会保障局 科技局 财政局 金融办",
    25: "科技局 金融办",
    26: "科技局 发展改革委 财政局 金融办 高新区管委会",
    27: "金融办 科技局 洛阳银监分局 洛阳银行",
}


def unit_names(number: int) -> list[str]:
    """The units of a measure as the document means them: departments of the city with its prefix."""
    committee = "产融合作试点城市建设工作领导小组成员单位"
    return [
        f"市{name}" if name in DEPARTMENTS else committee if name == "领导小组成员单位" else name
        for name in RESPONSIBLE[number].split()
    ]


def test_there_are_six_themes_over_twenty_seven_measures(luoyang: PlanReading) -> None:
    by_theme = [
        [measure.number for measure in luoyang.measures if measure.theme == theme.number] for theme in luoyang.themes
    ]
    assert by_theme == [
        [1, 2], [3, 4, 5, 6], [7, 8, 9, 10], [11, 12, 13, 14, 15, 16, 17], [18, 19, 20, 21, 22], [23, 24, 25, 26, 27],
    ]  # fmt: skip


@pytest.mark.parametrize("number", RESPONSIBLE)
def test_the_units_of_a_measure_come_in_printed_order(luoyang: PlanReading, number: int) -> None:
    measure = luoyang.measure(number)
    assert measure is not None
    assert [one.unit.name for one in measure.responsible] == unit_names(number)
    assert [one.list_order for one in measure.responsible] == list(range(1, len(unit_names(number)) + 1))


def test_every_measure_has_one_responsibility_line(luoyang: PlanReading) -> None:
    assert [len(measure.lines) for measure in luoyang.measures] == [1] * 27
    assert {line.label for measure in luoyang.measures for line in measure.lines} == {"责任单位"}


def test_what_is_printed_of_a_unit_is_kept_beside_its_name(luoyang: PlanReading, luoyang_text: str) -> None:
    for measure in luoyang.measures:
        for one in measure.responsible:
            assert one.unit.span.quote(luoyang_text) == one.unit.printed


def test_the_text_of_a_measure_ends_before_its_responsibility_line(luoyang: PlanReading) -> None:
    assert all("责任单位" not in measure.text and measure.text.endswith("。") for measure in luoyang.measures)


@pytest.mark.parametrize(
    ("place", "kind", "comparison", "value", "unit", "by", "period", "baseline"),
    [
        (None, FigureKind.LEVEL, Comparison.GTE, "375", "亿元", 2020, None, Baseline.NOT_STATED),
        (None, FigureKind.SHARE, Comparison.GTE, "7", "%", 2020, None, Baseline.NOT_STATED),
        (None, FigureKind.SHARE, Comparison.GTE, "10", "%", 2020, None, Baseline.NOT_STATED),
        (None, FigureKind.AVERAGE_ANNUAL, Comparison.EQ, "0.4", "个百分点", 2020, None, Baseline.NOT_STATED),
        (None, FigureKind.AVERAGE_ANNUAL, Comparison.EQ, "0.5", "个百分点", 2020, None, Baseline.NOT_STATED),
        (13, FigureKind.LIST_SIZE, Comparison.EQ, "20", "家", None, None, Baseline.NOT_APPLICABLE),
        (13, FigureKind.LIST_SIZE, Comparison.EQ, "30", "家", None, None, Baseline.NOT_APPLICABLE),
        (13, FigureKind.LIST_SIZE, Comparison.EQ, "100", "家", None, None, Baseline.NOT_APPLICABLE),
        (14, FigureKind.CUMULATIVE, Comparison.GTE, "30", "亿元", None, "产融合作试点城市建设期", Baseline.ZERO),
        (14, FigureKind.CUMULATIVE, Comparison.GTE, "3", "万人", None, "产融合作试点城市建设期", Baseline.ZERO),
        (23, FigureKind.STOCK, Comparison.EQ, "4000", "万元", None, None, Baseline.NOT_STATED),
        (23, FigureKind.CUMULATIVE, Comparison.EQ, "4", "亿元", None, None, Baseline.ZERO),
        (24, FigureKind.BUDGET, Comparison.EQ, "3000", "万元", None, None, Baseline.NOT_APPLICABLE),
        (24, FigureKind.COUNT, Comparison.EQ, "300", "个", None, None, Baseline.NOT_APPLICABLE),
        (24, FigureKind.BUDGET, Comparison.EQ, "5000", "万元", None, None, Baseline.NOT_APPLICABLE),
        (24, FigureKind.COUNT, Comparison.EQ, "300", "家", None, None, Baseline.NOT_APPLICABLE),
        (24, FigureKind.RATE, Comparison.EQ, "2", "‰", None, None, Baseline.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_every_figure_is_typed(
    luoyang: PlanReading,
    place: int | None,
    kind: FigureKind,
    comparison: Comparison,
    value: str,
    unit: str,
    by: int | None,
    period: str | None,
    baseline: Baseline,
) -> None:
    found = [
        one for one in luoyang.figures if one.measure == place and one.value == Decimal(value) and one.unit == unit
    ]
    due = date(by, 12, 31) if by is not None else None
    assert [(one.kind, one.comparison, one.by, one.period, one.baseline) for one in found] == [
        (kind, comparison, due, period, baseline)
    ]


def test_there_are_no_other_figures(luoyang: PlanReading) -> None:
    assert len(luoyang.figures) == 17


def test_no_figure_states_a_baseline(luoyang: PlanReading) -> None:
    assert all(one.baseline_value is None for one in luoyang.figures)


def test_the_indicators_are_the_words_of_the_text(luoyang: PlanReading) -> None:
    assert [one.indicator for one in luoyang.figures if one.measure is None] == [
        "全市金融业增加值",
        "全市金融业增加值占GDP比重",
        "全市金融业增加值占全市税收比重",
        "规模以上制造业增加值率",
        "规模以上制造业企业主营业务利润率",
    ]


def test_what_is_counted_is_named(luoyang: PlanReading) -> None:
    assert [one.counted for one in luoyang.figures if one.counted is not None] == [
        "大型企业", "高新技术企业", "中小企业", "创业团队", "科技型中小企业",
    ]  # fmt: skip


def test_the_header_is_read(luoyang: PlanReading) -> None:
    header = luoyang.header
    assert header.doc_no is not None
    assert header.doc_no.name == "洛政办〔2017〕70号"
    assert header.title is not None
    assert header.title.name == "洛阳市产融合作试点城市建设方案"
    assert header.issuer is not None
    assert header.issuer.name == "洛阳市人民政府办公室"
    assert header.issued_on == date(2017, 7, 21)
    assert [one.name for one in header.addressees] == ["各县（市、区）人民政府", "市人民政府各部门", "各有关单位"]
    assert header.approval is not None
    assert (header.approval.by.name, header.approval.on) == ("市政府", None)
    assert header.drafted_by is not None
    assert header.drafted_by.name == "市工业信息化委"
    assert header.supervised_by is not None
    assert header.supervised_by.name == "市政府办公室十科"
    assert header.city == "洛阳市"


def test_nothing_that_the_form_expects_is_missing(luoyang: PlanReading) -> None:
    assert luoyang.missed == ()
    assert luoyang.is_plan
