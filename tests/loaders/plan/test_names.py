"""Names of things, told by the words that they end in; where one begins is told by what stands before."""

import pytest

from loaders.plan.enumerations import Enumeration, Listing, read_enumerations
from loaders.plan.heads import Sort
from loaders.plan.names import Mention, read_mentions
from loaders.plan.rules import RuleSort, read_rules
from loaders.plan.text import Span, Text


def mentions(raw: str) -> list[Mention]:
    return read_mentions(Text(raw), Span(0, len(raw)), (), 1)


def named(raw: str) -> list[tuple[Sort, str]]:
    return [(one.sort, one.name) for one in mentions(raw)]


def lists(raw: str) -> list[Enumeration]:
    return read_enumerations(Text(raw), Span(0, len(raw)), (), 1)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("发挥市先进制造引导基金作用。", [(Sort.FUND, "市先进制造引导基金")]),
        ("在新区设立天使投资引导子基金。", [(Sort.FUND, "天使投资引导子基金")]),
        ("扩大风险池资金总量。", [(Sort.POOL, "风险池资金")]),
        ("通过设立还贷周转金资金池等方式缓解困难。", [(Sort.POOL, "还贷周转金资金池")]),
        ("适时增加市财政担保基金投入。", [(Sort.POOL, "市财政担保基金")]),
        ("给予企业贷款贴息。", [(Sort.SUBSIDY, "企业贷款贴息")]),
        ("推广科技“创新券”。", [(Sort.VOUCHER_SCHEME, "科技创新券")]),
        ("探索“园区贷”等高效金融服务。", [(Sort.LOAN_PRODUCT, "园区贷")]),
        ("建立重大项目清单。", [(Sort.PROJECT_LIST, "重大项目清单")]),
        ("搭建银企对接合作平台。", [(Sort.PROGRAMME, "银企对接合作平台")]),
        ("建立政府与金融机构沟通协调机制。", [(Sort.PROGRAMME, "政府与金融机构沟通协调机制")]),
        ("组织项目对接会。", [(Sort.EVENT, "项目对接会")]),
        ("对接某某股权交易中心。", [(Sort.EXCHANGE, "某某股权交易中心")]),
    ],
)
def test_a_name_runs_from_where_the_verbs_end_to_its_head(raw: str, found: list[tuple[Sort, str]]) -> None:
    assert named(raw) == found


@pytest.mark.parametrize(
    "raw", ["扩大债券发行规模。", "发展证券市场。", "加强基金管理。", "完善平台。", "建立机制。", "发放贷款。"]
)
def test_words_that_name_nothing_are_passed_over(raw: str) -> None:
    assert [one for one in named(raw) if one[0] is not Sort.BOND] == []


def test_a_head_that_is_printed_once_is_given_back_to_each_name() -> None:
    assert named("对接省先进制造集群、数字经济发展等基金。") == [
        (Sort.FUND, "省先进制造集群基金"), (Sort.FUND, "省数字经济发展基金"),
    ]  # fmt: skip
    assert named("加大对保险公司的保费、损失补贴。") == [
        (Sort.CLASS, "保险公司"), (Sort.SUBSIDY, "保费补贴"), (Sort.SUBSIDY, "损失补贴"),
    ]  # fmt: skip


def test_an_elliptic_name_quotes_what_is_printed() -> None:
    raw = "加大保费、损失补贴。"
    premium, loss = mentions(raw)
    assert (premium.elliptic, premium.span.quote(raw)) == (True, "保费")
    assert (loss.elliptic, loss.span.quote(raw)) == (False, "损失补贴")


def test_a_subsidy_says_what_it_is_for() -> None:
    product, subsidy = mentions("采用创业担保贷款财政贴息的方式支持。")
    assert (product.name, subsidy.name, subsidy.of) == ("创业担保贷款", "财政贴息", "创业担保贷款")


def test_a_voucher_of_a_programme_names_both() -> None:
    assert named("加大“云上行”计划创业券使用。") == [
        (Sort.PROGRAMME, "云上行计划"), (Sort.VOUCHER_SCHEME, "创业券"),
    ]  # fmt: skip


def test_classes_are_not_definite() -> None:
    assert [(one.name, one.definite) for one in mentions("发挥市引导基金作用，发展各类专项引导基金。")] == [
        ("市引导基金", True), ("专项引导基金", False),
    ]  # fmt: skip


def test_what_is_set_up_is_planned() -> None:
    assert [one.planned for one in mentions("建立信用合作联盟，发挥产业联盟作用。")] == [True, False]


def test_parties_before_a_mechanism_belong_to_its_name() -> None:
    assert named("完善政府、企业、金融机构对接合作机制。") == [(Sort.PROGRAMME, "政府、企业、金融机构对接合作机制")]


def test_a_list_of_collateral_is_open_where_it_ends_so() -> None:
    (one,) = lists("积极开展知识产权、收益权、仓单等无形资产和动产抵押质押融资。")
    assert (one.listing, one.names, one.open) == (Listing.COLLATERAL, ("知识产权", "收益权", "仓单"), True)


def test_items_of_one_length_tell_where_the_first_begins() -> None:
    (one,) = lists("便于及时获取企业达标排放、安全生产、经营销售等信息。")
    assert (one.listing, one.names) == (Listing.INFORMATION, ("达标排放", "安全生产", "经营销售"))


def test_criteria_end_before_the_noun_that_they_qualify() -> None:
    (one,) = lists("重点支持有竞争力、有市场、有效益的企业发展。")
    assert (one.listing, one.names, one.open) == (Listing.CRITERION, ("有竞争力", "有市场", "有效益"), False)


def test_a_quoted_list_of_principles_is_one_list() -> None:
    (one,) = lists("按照“政府引导、市场运作”的原则，设立基金。")
    assert (one.listing, one.names) == (Listing.PRINCIPLE, ("政府引导", "市场运作"))


def test_lists_that_say_nothing_of_what_they_list_are_passed_over() -> None:
    assert lists("鼓励、引导企业做大。") == []
    assert lists("加快产业提质增效、转型升级。") == []


def rules(raw: str) -> list[tuple[RuleSort, list[tuple[str, str, object]], str]]:
    return [
        (rule.sort, [(one.subject, one.comparison.name, one.threshold) for one in rule.conditions], rule.consequence)
        for rule in read_rules(Text(raw), Span(0, len(raw)), (), 1)
    ]


def test_a_rule_without_numbers_has_none() -> None:
    ((sort, conditions, then),) = rules(
        "对授信银行超过一定数量、授信金额超过一定规模的企业贷款，原则上以银团方式开展。"
    )
    assert sort is RuleSort.TRIGGER
    assert conditions == [("授信银行", "GT", None), ("授信金额", "GT", None)]
    assert then == "原则上以银团方式开展"


def test_a_rule_with_numbers_has_them() -> None:
    ((_, conditions, _),) = rules("对授信银行达到3家、授信总额超过5亿元的企业，应当组建银团。")
    assert [(subject, comparison, str(value)) for subject, comparison, value in conditions] == [
        ("授信银行", "GTE", "3"), ("授信总额", "GT", "5"),
    ]  # fmt: skip


def test_a_goal_is_no_rule() -> None:
    assert rules("到2025年，余额超过5亿元，覆盖企业500家。") == []


def test_a_mandate_names_where_money_is_to_go() -> None:
    ((sort, _, words),) = rules("引导社会资本参与，投向初创期或成长期中小企业。")
    assert (sort, words) == (RuleSort.MANDATE, "投向初创期或成长期中小企业")
