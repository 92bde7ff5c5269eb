"""The fictional plan that ships: another layout, read by the same parser; every expectation was read off by hand."""

from datetime import date
from decimal import Decimal

from loaders.plan import PlanReading
from loaders.plan.committee import Seat
from loaders.plan.enumerations import Listing
from loaders.plan.figures import Baseline, Comparison
from loaders.plan.heads import Sort
from loaders.plan.reading import Lack, Open
from loaders.plan.responsibility import Part
from loaders.plan.things import FundThing, ListThing, PoolThing, SubsidyThing, VoucherThing

LEAD, SUPPORT, LISTED = Part.LEAD, Part.SUPPORT, Part.LISTED
REGULATOR = "国家金融监督管理总局云舟监管分局"
RESPONSIBLE = {
    4: [
        ("市金融局", LEAD),
        ("市工业和信息化局", SUPPORT),
        ("市国资委", SUPPORT),
        ("市税务局", SUPPORT),
        ("云舟海关", SUPPORT),
    ],
    5: [
        ("市金融局", LEAD),
        ("市工业和信息化局", SUPPORT),
        ("市国资委", SUPPORT),
        ("中国人民银行云舟市分行", SUPPORT),
    ],
    6: [("市金融局", LEAD), ("市市场监管局", LISTED), ("市知识产权局", LISTED)],
    7: [(REGULATOR, LISTED)],
    8: [("市财政局", LISTED), ("市金融局", LISTED), ("各合作银行", LISTED)],
    9: [("市财政局", LISTED), ("市农业农村局", LISTED), ("市国资委", LISTED), ("云舟融资担保公司", LISTED)],
    10: [("市科技局", LEAD), ("市财政局", SUPPORT)],
    11: [("市财政局", LEAD), ("市科技局", SUPPORT), ("云舟高新区管委会", SUPPORT), ("云舟创业投资集团", SUPPORT)],
    12: [("市金融局", LEAD), ("有关区县人民政府", SUPPORT)],
    13: [],
}


def test_chapters_gather_articles(sample: PlanReading) -> None:
    assert [(theme.printed_number, theme.title) for theme in sample.themes] == [
        ("第二章", "做深产业链金融"),
        ("第三章", "做实风险分担"),
        ("第四章", "做优科创基金"),
    ]
    assert [(one.number, one.printed_number, one.theme) for one in sample.measures] == [
        (4, "第四条", 1), (5, "第五条", 1), (6, "第六条", 1), (7, "第七条", 1),
        (8, "第八条", 2), (9, "第九条", 2), (10, "第十条", 2),
        (11, "第十一条", 3), (12, "第十二条", 3), (13, "第十三条", 3),
    ]  # fmt: skip


def test_lead_supporting_and_listed_units(sample: PlanReading) -> None:
    found = {one.number: [(unit.unit.name, unit.part) for unit in one.responsible] for one in sample.measures}
    assert found == RESPONSIBLE


def test_figures_with_their_kind_comparison_value_and_unit(sample: PlanReading) -> None:
    found = [(one.measure, one.kind.name, one.comparison.name, str(one.value), one.unit) for one in sample.figures]
    assert found == [
        (None, "LEVEL", "EQ", "30", "亿元"),
        (None, "SHARE", "GTE", "25", "%"),
        (None, "CUMULATIVE", "GT", "1200", "户"),
        (None, "AVERAGE_ANNUAL", "EQ", "-3.5", "天"),
        (None, "LEVEL", "LTE", "2.5", "%"),
        (4, "COUNT", "EQ", "15", "家"),
        (5, "LIST_SIZE", "EQ", "20", "家"),
        (5, "TERM", "LTE", "6", "个月"),
        (8, "STOCK", "EQ", "8000", "万元"),
        (8, "STOCK", "EQ", "2", "亿元"),
        (8, "RATE", "EQ", "30", "%"),
        (8, "CAP", "LTE", "200", "万元"),
        (9, "CUMULATIVE", "EQ", "1.5", "亿元"),
        (9, "LEVEL", "LTE", "1", "%"),
        (9, "CUMULATIVE", "EQ", "60", "亿元"),
        (9, "CUMULATIVE", "EQ", "2", "万户次"),
        (10, "BUDGET", "EQ", "1500", "万元"),
        (10, "COUNT", "EQ", "500", "家"),
        (10, "RATE", "EQ", "40", "%"),
        (10, "CAP", "LTE", "20", "万元"),
        (11, "STOCK", "EQ", "5", "亿元"),
        (13, "LIST_SIZE", "GTE", "80", "家"),
    ]


def test_goals_are_due_at_the_end_of_the_plan(sample: PlanReading) -> None:
    goals = [one for one in sample.figures if one.measure is None]
    assert {one.by for one in goals} == {date(2026, 12, 31)}
    assert (goals[0].baseline, goals[0].baseline_value) == (Baseline.STATED, Decimal("18.2"))
    assert [one.baseline for one in goals[1:]] == [
        Baseline.NOT_STATED, Baseline.ZERO, Baseline.NOT_STATED, Baseline.NOT_STATED,
    ]  # fmt: skip


def test_the_thresholds_of_a_rule_are_no_goals(sample: PlanReading) -> None:
    first, second, _ = sample.rules
    assert [(one.threshold, one.unit, one.comparison) for one in first.conditions] == [
        (Decimal(3), "家", Comparison.GTE),
        (Decimal(5), "亿元", Comparison.GT),
    ]
    assert first.stated_in_source
    assert not second.stated_in_source
    assert not [one for one in sample.figures if one.measure == 7]


def test_the_header_with_a_wrapped_title_and_a_date_in_numerals(sample: PlanReading) -> None:
    header = sample.header
    assert header.doc_no is not None
    assert header.doc_no.name == "云舟政办〔2024〕12号"
    assert header.title is not None
    assert header.title.name == "云舟市供应链金融与科创基金三年行动计划（2024—2026年）"
    assert header.issued_on == date(2024, 3, 18)
    assert header.approval is not None
    assert (header.approval.by.name, header.approval.on) == ("市政府", date(2024, 3, 11))
    assert (header.drafted_by, header.supervised_by) == (None, None)
    assert [one.name for one in header.addressees] == [
        "各区县人民政府",
        "云舟高新区",
        "云舟经开区管委会",
        "市政府各部门",
    ]


def test_funds_pools_vouchers_subsidies_and_lists(sample: PlanReading) -> None:
    sizes = {one.name: one.size.printed if one.size else None for one in sample.things_of(FundThing)}
    assert sizes == {
        "云舟市天使投资引导基金": "5亿元",
        "云舟市天使投资引导子基金": None,
        "天使投资引导资金": None,
        "云舟市先进制造产业基金": None,
        "创业投资基金": None,
    }
    (pool,) = sample.things_of(PoolThing)
    assert pool.size is not None
    assert (pool.name, pool.size.printed) == ("供应链融资风险补偿资金池", "8,000万元")
    (voucher,) = sample.things_of(VoucherThing)
    assert voucher.budget is not None
    assert (voucher.name, voucher.budget.printed, voucher.doubt) == ("科技服务券", "1,500万元", None)
    subsidies = sample.things_of(SubsidyThing)
    assert [(one.rate.printed if one.rate else None, one.cap.printed if one.cap else None) for one in subsidies] == [
        ("30%", "200万元"),
        ("百分之四十", "20万元"),
    ]
    lists = {one.name: one.expected.printed if one.expected else None for one in sample.things_of(ListThing)}
    assert lists == {"市重点产业链名录": "20家", "拟投企业储备库": "80家"}


def test_a_sub_fund_is_set_up_in_a_zone(sample: PlanReading) -> None:
    (child,) = [one for one in sample.things_of(FundThing) if one.parent is not None]
    assert (child.parent, child.region) == ("云舟市天使投资引导基金", "云舟高新区")


def test_banks_of_the_city_are_named_in_the_body(sample: PlanReading) -> None:
    bodies = {one.name: one.measures for one in sample.things if one.sort is Sort.INSTITUTION}
    assert bodies == {"云舟银行": (5,), "澜江银行云舟分行": (5,), "云舟融资担保公司": (9,)}


def test_collateral_is_an_open_list(sample: PlanReading) -> None:
    (one,) = [one for one in sample.enumerations if one.listing is Listing.COLLATERAL]
    assert (one.names, one.open) == (("应收账款", "仓单", "订单", "知识产权", "碳排放权"), True)


def test_the_committee_in_brackets_with_padded_names(sample: PlanReading) -> None:
    committee = sample.committee
    assert committee is not None
    assert [(one.person, one.seat) for one in committee.members] == [
        ("林望川", Seat.LEADER),
        ("沈砚", Seat.DEPUTY_LEADER),
        ("周见山", Seat.MEMBER),
        ("顾南", Seat.MEMBER),
        ("欧阳知秋", Seat.MEMBER),
        ("何渡", Seat.MEMBER),
        ("秦望舒", Seat.MEMBER),
        ("周见山", Seat.OFFICE_DIRECTOR),
    ]
    assert [[unit.name for unit in claim.units] for claim in committee.claims] == [
        ["市金融局", "市财政局", "市工业和信息化局", "市科技局", REGULATOR],
        ["市金融局", "市财政局", "市工业和信息化局", "市科技局", REGULATOR],
    ]
    assert not [one for one in sample.questions if one.sort is Open.MEMBER_LISTS]


def test_two_duties_in_one_sentence(sample: PlanReading) -> None:
    assert [([unit.name for unit in one.units], one.text) for one in sample.duties] == [
        (["市金融局"], "按季通报进展"),
        (["市财政局", "市科技局"], "基金绩效评价"),
    ]


def test_what_the_plan_lacks_is_said(sample: PlanReading) -> None:
    assert [(one.lack, one.text) for one in sample.missed] == [
        (Lack.RESPONSIBILITY, "measure 13 建立拟投企业储备库: no responsibility line")
    ]


def test_the_fund_under_two_names_is_a_candidate(sample: PlanReading) -> None:
    assert [(one.first, one.second) for one in sample.candidates] == [("云舟市天使投资引导基金", "天使投资引导资金")]


def test_another_policy_is_named_by_title(sample: PlanReading) -> None:
    assert [one.name for one in sample.references] == ["云舟市制造业发展规划"]
