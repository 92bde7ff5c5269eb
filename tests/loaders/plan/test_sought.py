"""Which numbers a text wants to be reached, and which it only tells."""

from __future__ import annotations

import pytest

from loaders.plan import PlanReading, read_plan

HEAD = "河政办〔2024〕1号\n河东市人民政府办公室关于印发河东市产融合作行动方案的通知\n2024年3月1日\n一、任务\n1.甲。"
LINE = "\n责任单位：市财政局"


def reading(clause: str) -> PlanReading:
    return read_plan(f"{HEAD}{clause}{LINE}")


@pytest.mark.parametrize(
    "clause",
    [
        "到2026年融资余额达到30亿元。",
        "建设20个产业园。",
        "担保费率不高于1%。",
        "审核人员不少于执法人员总数的5%。",
        "推出100项具有较大影响的赛事。",
    ],
)
def test_what_a_text_wants_is_a_goal(clause: str) -> None:
    assert (len(reading(clause).figures), reading(clause).told) == (1, ())


@pytest.mark.parametrize(
    "clause",
    [
        "2022年融资余额达到30亿元。",
        "事故造成12人死亡。",
        "已建成20个产业园。",
        "指标由质量、效率、规模等4个方面组成。",
        "在东城区、西城区、南城区3个区试行。",
        "对单户金额500万元以上的业务给予支持。",
        "新招人员达到职工人数25%的，可以申请。",
        "在生均拨款达到12000元的基础上继续努力。",
        "甲、乙的机械化率分别达到65%和55%。",
        "按照采购金额的30%预付。",
    ],
)
def test_what_a_text_only_tells_is_reported_and_is_no_goal(clause: str) -> None:
    found = reading(clause)
    assert [one for one in found.figures if one.kind.name not in ("CAP", "TERM")] == []
    assert found.told


def test_a_bound_before_a_share_is_a_bound() -> None:
    [figure] = reading("审核人员不少于执法人员总数的5%。").figures
    assert (figure.comparison.name, figure.indicator) == ("GTE", "审核人员")


def test_what_is_counted_comes_after_its_qualities() -> None:
    [figure] = reading("推出100项具有较大影响的赛事。").figures
    assert figure.indicator == "赛事"


def test_a_letter_sets_no_goals() -> None:
    text = f"{HEAD}到2026年融资余额达到30亿元。{LINE}".replace("印发河东市产融合作行动方案的通知", "融资问题的复函")
    assert [one.kind.name for one in read_plan(text).told] == ["STOCK"]
    assert read_plan(text).figures == ()


def test_units_joined_after_an_open_list_are_two() -> None:
    found = read_plan(f"{HEAD.removesuffix('1.甲。')}1.甲。乙。（市财政局、市科技局等和各区人民政府负责）")
    assert [one.unit.name for one in found.measures[0].responsible] == ["市财政局", "市科技局", "各区人民政府"]
    assert found.measures[0].lines[0].open


def test_another_label_in_the_bracket_names_no_units() -> None:
    found = read_plan(f"{HEAD}乙。（负责部门：市财政局、市科技局；适用范围：各园区）")
    assert [one.unit.name for one in found.measures[0].responsible] == ["市财政局", "市科技局"]


def test_what_a_bracket_gives_is_a_duty_of_its_units() -> None:
    found = read_plan(f"{HEAD}乙。{LINE}\n二、保障措施\n（一）做好宣传。用好各种媒体。（市文旅局负责）\n")
    [duty] = found.duties
    assert [unit.name for unit in duty.units] == ["市文旅局"]
    assert "负责" not in duty.text
