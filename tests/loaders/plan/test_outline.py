"""Headings and what stands under them; which are measures and which gather them."""

from loaders.plan.measures import Measure, Theme, read_measures
from loaders.plan.outline import Role, read_outline
from loaders.plan.text import Text


def read(raw: str) -> tuple[tuple[Theme, ...], tuple[Measure, ...]]:
    text = Text(raw)
    top, _ = read_outline(text, text.lines)
    return read_measures(text, top)


def test_styles_nest_in_the_order_in_which_they_open() -> None:
    text = Text("一、总体要求\n（一）指导思想。甲。\n（二）主要目标。乙。\n二、重点任务\n（一）平台\n1.建设平台。丙。")
    top, before = read_outline(text, text.lines)
    assert before == []
    assert [(one.style, one.ordinal, one.role) for root in top for one in root.walk()] == [
        ("CJK", 1, Role.GUIDANCE),
        ("PAREN_CJK", 1, Role.GUIDANCE),
        ("PAREN_CJK", 2, Role.GOALS),
        ("CJK", 2, Role.TASKS),
        ("PAREN_CJK", 1, Role.TASKS),
        ("DIGIT", 1, Role.TASKS),
    ]


def test_a_decimal_at_the_start_of_a_line_is_no_heading() -> None:
    text = Text("一、目标\n2.5亿元投向制造业。")
    top, _ = read_outline(text, text.lines)
    assert [text.quote(line) for line in top[0].own] == ["2.5亿元投向制造业。"]


def test_a_title_is_the_first_short_sentence() -> None:
    _, measures = read(
        "一、任务\n1.发展平台，服务企业。建立平台。\n责任单位：市财政局\n2.扩面。降本。\n责任单位：市科技局"
    )
    assert [(one.title, one.text) for one in measures] == [("发展平台，服务企业", "建立平台。"), ("扩面", "降本。")]


def test_a_numbered_paragraph_without_a_title_takes_its_first_clause() -> None:
    long = "对科技型企业当年新增的流动资金贷款，按照实际支付利息的一定比例，由同级财政部门在年度预算内给予贴息支持并及时拨付到位"
    _, measures = read(f"第一章　任务\n第一条　{long}。\n责任单位：市财政局\n第二条　扩面。乙。\n责任单位：市财政局")
    assert measures[0].title == "对科技型企业当年新增的流动资金贷款"
    assert measures[0].text == f"{long}。"


def test_numbers_that_run_through_are_kept_and_ones_that_restart_are_counted() -> None:
    line = "责任单位：市财政局"
    _, through = read(f"一、甲\n3.子。一。\n{line}\n二、乙\n4.丑。二。\n{line}")
    _, again = read(f"一、甲\n1.子。一。\n{line}\n2.丑。一。\n{line}\n二、乙\n1.寅。二。\n{line}")
    assert [one.number for one in through] == [3, 4]
    assert [one.number for one in again] == [1, 2, 3]
    assert [one.printed_number for one in again] == ["1.", "2.", "1."]


def test_the_line_of_a_whole_belongs_to_it_and_not_to_its_last_sub_point() -> None:
    themes, measures = read(
        "第一章　任务\n第一条　建平台。\n（1）接数据；\n（2）开账户。\n责任单位：市财政局\n"
        "第二条　扩面。\n（1）进园区；\n（2）到乡镇。\n责任单位：市科技局"
    )
    assert [(one.number, one.title, len(one.responsible)) for one in measures] == [(1, "建平台", 1), (2, "扩面", 1)]
    assert [theme.title for theme in themes] == ["任务"]


def test_a_measure_of_the_row_that_lacks_its_line_is_still_a_measure() -> None:
    _, measures = read("一、任务\n1.甲。子。\n责任单位：市财政局\n2.乙。丑。\n3.丙。寅。\n责任单位：市财政局")
    assert [(one.number, len(one.responsible)) for one in measures] == [(1, 1), (2, 0), (3, 1)]


def test_goals_and_safeguards_hold_no_measures() -> None:
    _, measures = read(
        "一、工作目标\n1.达到先进水平。甲。\n二、重点任务\n1.建平台。乙。\n责任单位：市财政局\n三、组织保障\n1.加强领导。丙。"
    )
    assert [one.title for one in measures] == ["建平台"]


def test_without_responsibility_lines_the_leaves_of_the_tasks_are_measures() -> None:
    _, measures = read(
        "一、总体要求\n（一）原则。甲。\n二、主要任务\n（一）建平台。乙。\n（二）扩面。丙。\n三、保障措施\n（一）领导。丁。"
    )
    assert [one.title for one in measures] == ["建平台", "扩面"]
    assert not any(one.responsible for one in measures)


def test_a_text_without_headings_has_no_measures() -> None:
    assert read("春天来了。\n花都开了。") == ((), ())
