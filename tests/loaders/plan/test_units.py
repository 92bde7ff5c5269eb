"""Lists of units: which separators share a prefix, which names are sets, what a name means."""

import pytest

from loaders.plan.responsibility import Part, read_responsibility, responsible_units
from loaders.plan.text import Span, Text
from loaders.plan.unit_names import common_name
from loaders.plan.units import Body, SetRule, body_of, read_units, set_rule_of


def names(listed: str) -> list[str]:
    return [unit.name for unit in read_units(Text(listed), Span(0, len(listed)))]


def parts(lines: str) -> list[tuple[str, Part]]:
    text = Text(lines)
    read, _ = read_responsibility(text, text.lines)
    return [(one.unit.name, one.part) for one in responsible_units(read)]


def test_the_prefix_of_a_run_is_shared() -> None:
    assert names("市金融办、工业信息化委、科技局") == ["市金融办", "市工业信息化委", "市科技局"]


def test_a_comma_ends_the_run() -> None:
    assert names("市科技局、金融办，高新区管委会，财政局") == ["市科技局", "市金融办", "高新区管委会", "财政局"]


def test_a_province_s_prefix_is_shared_too() -> None:
    assert names("省财政厅、科技厅、市财政局、金融办") == ["省财政厅", "省科技厅", "市财政局", "市金融办"]


def test_a_department_whose_name_begins_like_a_prefix_has_none() -> None:
    assert names("市场监督管理局、财政局") == ["市场监督管理局", "财政局"]
    assert names("市市场监管局、财政局") == ["市市场监管局", "市财政局"]


def test_bodies_with_their_own_authority_take_no_prefix() -> None:
    assert names("市财政局、某某银监分局、人行某某市中心支行、某某银行、开发区管委会") == [
        "市财政局", "某某银监分局", "人行某某市中心支行", "某某银行", "开发区管委会",
    ]  # fmt: skip


def test_companies_share_the_prefix_among_themselves() -> None:
    assert names("市城投集团、交投集团") == ["市城投集团", "市交投集团"]


def test_a_set_takes_no_prefix_and_passes_it_on() -> None:
    assert names("市金融办、某某工作领导小组成员单位、财政局") == ["市金融办", "某某工作领导小组成员单位", "市财政局"]


def test_the_committee_s_set_is_one_with_and_without_a_printed_prefix() -> None:
    assert names("市某某工作领导小组成员单位") == ["某某工作领导小组成员单位"]


def test_brackets_hold_a_name_together() -> None:
    assert names("各县（市、区）人民政府，市财政局") == ["各县（市、区）人民政府", "市财政局"]


def test_and_joins_two_units() -> None:
    assert names("市财政局和市科技局") == ["市财政局", "市科技局"]


@pytest.mark.parametrize(
    "name", ["各金融机构", "地方法人金融机构", "有关部门", "各县（市、区）人民政府", "市直有关部门", "各合作银行"]
)
def test_names_of_many_are_sets_that_the_text_does_not_fill(name: str) -> None:
    assert set_rule_of(name) is SetRule.NOT_IN_TEXT


@pytest.mark.parametrize("name", ["市财政局", "洛阳银行", "高新区管委会", "市金融办"])
def test_names_of_one_are_no_sets(name: str) -> None:
    assert set_rule_of(name) is None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("市发展改革委", Body.GOVERNMENT),
        ("人行某某市中心支行", Body.CENTRAL_BANK),
        ("中国人民银行某某市分行", Body.CENTRAL_BANK),
        ("国家金融监督管理总局某某监管分局", Body.REGULATOR),
        ("某某银行某某分行", Body.BANK),
        ("某某金融租赁公司", Body.LESSOR),
        ("某某融资担保有限公司", Body.GUARANTOR),
        ("某某市保险行业协会", Body.ASSOCIATION),
        ("某某海关", Body.GOVERNMENT),
        ("进一步加强管理", Body.OTHER),
    ],
)
def test_the_form_of_a_name_tells_the_body(name: str, body: Body) -> None:
    assert body_of(name) is body


def test_lead_and_supporting_units_on_one_line() -> None:
    assert parts("牵头单位：市金融局；配合单位：市财政局、科技局") == [
        ("市金融局", Part.LEAD), ("市财政局", Part.SUPPORT), ("市科技局", Part.SUPPORT),
    ]  # fmt: skip


def test_a_list_goes_on_in_the_next_line_after_a_separator() -> None:
    assert parts("责任单位：市财政局、\n科技局，某某银行") == [
        ("市财政局", Part.LISTED), ("市科技局", Part.LISTED), ("某某银行", Part.LISTED),
    ]  # fmt: skip


def test_a_label_inside_brackets_closes_a_paragraph() -> None:
    assert parts("建立平台。（责任单位：市财政局、科技局）") == [("市财政局", Part.LISTED), ("市科技局", Part.LISTED)]


def test_a_verb_of_duty_closes_a_bracket() -> None:
    assert parts("简化手续。（商务部、发展改革委等按职责分工负责）") == [
        ("商务部", Part.LISTED),
        ("发展改革委", Part.LISTED),
    ]
    assert parts("简化手续。（市金融局牵头，市财政局配合）") == [("市金融局", Part.LEAD), ("市财政局", Part.SUPPORT)]


def test_a_bracket_of_prose_is_no_list() -> None:
    assert parts("发挥作用（由企业自主申报并对材料的真实性负责）。") == []


def test_a_lead_role_in_the_prose_is_no_responsibility() -> None:
    assert parts("发挥财政部门的牵头作用，积极与有关单位开展协作。") == []


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("市政府金融办", "市金融办"), ("某某市财政局", "市财政局"), ("某某市人民政府办公室", "市人民政府办公室"),
        ("市政府", "市人民政府"), ("某某市保险行业协会", "某某市保险行业协会"), ("某某银监分局", "某某银监分局"),
    ],
)  # fmt: skip
def test_names_of_one_unit_meet_in_one(name: str, common: str) -> None:
    assert common_name(name, "某某市") == common
