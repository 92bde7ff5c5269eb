"""The seventeen traps of the Luoyang plan, one by one."""

from decimal import Decimal

from loaders.plan import PlanReading
from loaders.plan.committee import Seat
from loaders.plan.enumerations import Listing
from loaders.plan.figures import Baseline, Comparison, FigureKind
from loaders.plan.heads import Sort
from loaders.plan.reading import Open
from loaders.plan.responsibility import Part
from loaders.plan.rules import RuleSort
from loaders.plan.things import FundThing, ListThing, PoolThing, VoucherThing
from loaders.plan.unit_names import common_name
from loaders.plan.units import Body, SetRule


def test_1_a_rule_without_numbers_keeps_its_thresholds_null(luoyang: PlanReading) -> None:
    (rule,) = [rule for rule in luoyang.rules if rule.sort is RuleSort.TRIGGER]
    assert rule.measure == 22
    assert not rule.stated_in_source
    assert rule.in_principle
    assert [(one.subject, one.comparison, one.threshold, one.stated) for one in rule.conditions] == [
        ("授信银行", Comparison.GT, None, False),
        ("授信金额", Comparison.GT, None, False),
    ]
    assert rule.consequence == "原则上以银团联合方式开展"


def test_2_sets_stay_sets_and_only_the_committee_s_members_can_be_filled(luoyang: PlanReading) -> None:
    sets = {
        one.unit.name: one.unit.set_rule
        for measure in luoyang.measures
        for one in measure.responsible
        if one.unit.is_set
    }
    assert sets == {
        "产融合作试点城市建设工作领导小组成员单位": SetRule.COMMITTEE_MEMBERS,
        "各金融机构": SetRule.NOT_IN_TEXT,
        "地方法人金融机构": SetRule.NOT_IN_TEXT,
    }
    unresolved = {one.about for one in luoyang.questions if one.sort is Open.UNIT_SET}
    assert {"各金融机构", "地方法人金融机构"} <= unresolved
    assert "产融合作试点城市建设工作领导小组成员单位" not in unresolved


def test_3_a_prefix_is_shared_up_to_the_comma(luoyang: PlanReading) -> None:
    measure = luoyang.measure(5)
    assert measure is not None
    assert [(one.unit.printed, one.unit.name) for one in measure.responsible][:4] == [
        ("市金融办", "市金融办"),
        ("发展改革委", "市发展改革委"),
        ("工业信息化委", "市工业信息化委"),
        ("人行洛阳市中心支行", "人行洛阳市中心支行"),
    ]


def test_4_both_member_lists_are_kept(luoyang: PlanReading) -> None:
    committee = luoyang.committee
    assert committee is not None
    body, annex = committee.claims
    assert (body.place, len(body.units), body.open) == ("body", 11, True)
    assert (annex.place, len(annex.units), annex.open) == ("annex", 12, False)
    names = [{common_name(unit.name, "洛阳市") for unit in claim.units} for claim in (body, annex)]
    assert names[1] - names[0] == {"洛阳市保险行业协会"}
    assert names[0] - names[1] == set()
    assert [one.about for one in luoyang.questions if one.sort is Open.MEMBER_LISTS] == [committee.name]


def test_5_funds_with_near_names_are_candidates_and_not_merged(luoyang: PlanReading) -> None:
    pairs = {(one.first, one.second) for one in luoyang.candidates if one.sort is Sort.FUND}
    assert pairs == {("市创业创新投资引导基金", "创业投资引导基金"), ("天使投资引导基金", "天使投资引导资金")}
    assert all(one.reason and 0 < one.score < 1 for one in luoyang.candidates)
    funds = {thing.name for thing in luoyang.things_of(FundThing)}
    assert {name for pair in pairs for name in pair} <= funds


def test_6_the_bridge_pool_is_one_and_the_risk_pools_are_not_proven_the_same(luoyang: PlanReading) -> None:
    pools = {thing.name: thing for thing in luoyang.things_of(PoolThing)}
    assert pools["还贷周转金资金池"].aliases == ("还贷周转金",)
    assert pools["还贷周转金资金池"].measures == (1, 18)
    risk = {"风险池资金", "信保基金资金池", "市科技型中小企业贷款风险资金池", "风险资金池"}
    assert risk <= set(pools)
    pairs = {frozenset((one.first, one.second)) for one in luoyang.candidates if one.sort is Sort.POOL}
    assert pairs == {frozenset((one, other)) for one in risk for other in risk if one < other}


def test_7_the_two_voucher_budgets_are_apart_and_the_wording_is_flagged(luoyang: PlanReading) -> None:
    schemes = {thing.name: thing for thing in luoyang.things_of(VoucherThing)}
    assert set(schemes) == {"创业券", "科技创新券"}
    start_up, innovation = schemes["创业券"], schemes["科技创新券"]
    assert start_up.budget is not None
    assert start_up.supported is not None
    assert (start_up.budget.printed, start_up.supported.printed) == ("3000万元", "300个")
    assert start_up.doubt is not None
    assert "创新券资金" in start_up.doubt
    assert innovation.budget is not None
    assert innovation.supported is not None
    assert (innovation.budget.printed, innovation.supported.printed) == ("5000万元", "300家")
    assert innovation.doubt is None


def test_8_a_stock_is_no_flow(luoyang: PlanReading) -> None:
    kinds = {one.printed: one.kind for one in luoyang.figures}
    assert kinds["4000万元"] is FigureKind.STOCK
    assert kinds["4亿元"] is FigureKind.CUMULATIVE
    assert kinds["30亿元"] is FigureKind.CUMULATIVE


def test_9_an_average_change_has_no_baseline_and_not_zero(luoyang: PlanReading) -> None:
    changes = [one for one in luoyang.figures if one.kind is FigureKind.AVERAGE_ANNUAL]
    assert [(one.baseline, one.baseline_value) for one in changes] == [(Baseline.NOT_STATED, None)] * 2
    assert {one.about for one in luoyang.questions if one.sort is Open.BASELINE} >= {one.indicator for one in changes}


def test_10_the_two_lists_of_disclosures_differ(luoyang: PlanReading) -> None:
    listed = [one.names for one in luoyang.enumerations if one.listing is Listing.INFORMATION and len(one.items) == 5]
    assert listed == [
        ("达标排放", "安全生产", "经营销售", "诚信履约", "融资需求"),
        ("财务状况", "产品质量", "环境保护", "安全生产", "能耗水耗"),
    ]


def test_11_a_bank_can_be_a_responsible_unit(luoyang: PlanReading) -> None:
    bodies = {one.unit.name: one.unit.body for measure in luoyang.measures for one in measure.responsible}
    assert bodies["中信银行洛阳分行"] is Body.BANK
    assert bodies["洛阳银行"] is Body.BANK
    assert bodies["洛银金融租赁公司"] is Body.LESSOR
    assert bodies["人行洛阳市中心支行"] is Body.CENTRAL_BANK


def test_12_the_city_cluster_is_not_the_zone(luoyang: PlanReading) -> None:
    places = {thing.name: thing.measures for thing in luoyang.things if thing.sort is Sort.REGION}
    assert places["郑洛新中国制造2025试点示范城市群"] == (13,)
    assert places["郑洛新国家自主创新示范区"] == (13, 26)
    assert not [one for one in luoyang.candidates if one.sort is Sort.REGION]


def test_13_lists_are_announced_and_have_no_members(luoyang: PlanReading) -> None:
    lists = {thing.name: thing.expected.value if thing.expected else None for thing in luoyang.things_of(ListThing)}
    assert lists == {
        "中长期融资项目清单": None,
        "节能环保类企业储备": None,
        "重点项目、重点工程、重点企业": None,
        "565现代产业体系大型企业": Decimal(20),
        "565现代产业体系高新技术企业": Decimal(30),
        "565现代产业体系中小企业": Decimal(100),
    }
    assert {one.about for one in luoyang.questions if one.sort is Open.LIST_MEMBERS} == set(lists)


def test_14_lists_that_end_in_and_so_on_are_open(luoyang: PlanReading) -> None:
    (purposes,) = [one for one in luoyang.enumerations if one.listing is Listing.PURPOSE and one.measure == 23]
    (collateral,) = [one for one in luoyang.enumerations if one.listing is Listing.COLLATERAL]
    assert (len(purposes.items), purposes.open) == (7, True)
    assert (len(collateral.items), collateral.open) == (10, True)
    assert " ".join(collateral.names) == (
        "知识产权 收益权 应收账款 销售或购买合同 政府采购订单 境内大型企业订单 进出口订单 仓单 现金担保 外汇凭证"
    )


def test_15_units_bear_the_names_of_the_text_and_no_later_ones(luoyang: PlanReading) -> None:
    names = {unit.name for unit in luoyang.units}
    assert {"洛阳银监分局", "市工业信息化委", "市工商局", "洛阳银行"} <= names
    assert not names & {"国家金融监督管理总局洛阳监管分局", "市工信局", "市市场监管局", "中原银行"}


def test_16_padding_inside_names_is_layout(luoyang: PlanReading, luoyang_text: str) -> None:
    committee = luoyang.committee
    assert committee is not None
    padded = [one.person for one in committee.members if one.span.quote(luoyang_text)[1] == " "]
    assert [len(name) for name in padded] == [2, 2, 2]
    assert not [one.person for one in committee.members if any(char.isspace() for char in one.person)]


def test_17_people_have_a_name_and_public_offices_only(luoyang: PlanReading) -> None:
    committee = luoyang.committee
    assert committee is not None
    assert len({member.person for member in committee.members}) == 16
    assert all(member.offices for member in committee.members)
    seats = [member.seat for member in committee.members]
    assert [seats.count(seat) for seat in Seat] == [1, 2, 12, 1, 1]
    assert set(committee.members[0].__slots__) == {"person", "seat", "offices", "list_order", "span"}


def test_labels_are_not_numbers(luoyang: PlanReading) -> None:
    assert [one.label for one in luoyang.labels] == ["9+2", "四高一强一率先", "565", "中国制造2025"]
    values = {one.value for one in luoyang.figures}
    assert not values & {Decimal(565), Decimal(9), Decimal(2025)}


def test_no_lead_unit_is_inferred(luoyang: PlanReading) -> None:
    assert {one.part for measure in luoyang.measures for one in measure.responsible} == {Part.LISTED}
    assert [one.measure for one in luoyang.questions if one.sort is Open.LEAD] == [1]
