"""The records of a plan: they keep the ontology, hang together and come out the same every time."""

import dataclasses
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Batch, Statement
from graph.kinds.parties import Fund, GovernmentUnit, Institution, MemberOf, UnitSet
from graph.kinds.policy import (
    Measure,
    Mentions,
    OpenQuestion,
    Policy,
    Post,
    Responsibility,
    Rule,
    RuleKind,
    Target,
    TargetKind,
)
from graph.kinds.supply_side import Pool, PoolKind, Subsidy, VoucherScheme
from graph.kinds.terms import Operator, Stage
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Link, Record, Ref, Span
from graph.validation import validate
from loaders.plan import PlanReading, read_plan
from loaders.plan.loader import KINDS
from loaders.plan.records import plan_statements

R = TypeVar("R", bound=Record)
ONTOLOGY = Ontology.current()
SAMPLE = (Path(__file__).parents[3] / "loaders" / "sample" / "plan.txt").read_text("utf-8")


def statements_of(reading: PlanReading, text: str) -> list[Statement]:
    assert reading.header.doc_no is not None
    doc_no = reading.header.doc_no.name
    return plan_statements(reading, text, doc_no=doc_no, source=doc_no)


def of_kind(statements: list[Statement], kind: type[R]) -> list[R]:
    return [statement.record for statement in statements if isinstance(statement.record, kind)]


@pytest.fixture(scope="module")
def luoyang_statements(luoyang: PlanReading, luoyang_text: str) -> list[Statement]:
    return statements_of(luoyang, luoyang_text)


@pytest.fixture(scope="module")
def sample_statements(sample: PlanReading, sample_text: str) -> list[Statement]:
    return statements_of(sample, sample_text)


@pytest.fixture(scope="module", params=["luoyang", "sample"])
def plan(request: pytest.FixtureRequest) -> tuple[list[Statement], str]:
    """The statements of either plan, with its text."""
    return request.getfixturevalue(f"{request.param}_statements"), request.getfixturevalue(f"{request.param}_text")


def test_no_record_breaks_the_ontology(plan: tuple[list[Statement], str]) -> None:
    statements, _ = plan
    kept, rejections = validate(Batch.of(statements, ONTOLOGY), ONTOLOGY, "plan")
    assert rejections == []
    assert kept.rows == len(statements)


def test_every_required_field_is_stated(plan: tuple[list[Statement], str]) -> None:
    statements, _ = plan
    lacking = [
        (statement.record.id, spec.name)
        for statement in statements
        for spec in ONTOLOGY[type(statement.record).__name__].fields
        if spec.required and getattr(statement.record, spec.name) in (None, "")
    ]
    assert lacking == []


def dangling(statements: list[Statement]) -> list[tuple[str, str, str]]:
    """References that lead to no record of the plan: kind, field, id."""
    ids = {statement.record.id for statement in statements if not isinstance(statement.record, Link)}
    return [
        (type(statement.record).__name__, field.name, value)
        for statement in statements
        for field in dataclasses.fields(statement.record)
        if isinstance(value := getattr(statement.record, field.name), Ref) and value not in ids
    ]


def test_every_reference_leads_to_a_record_of_the_plan(plan: tuple[list[Statement], str]) -> None:
    assert dangling(plan[0]) == []


EDITS = st.lists(
    st.tuples(st.integers(0, 2_000), st.sampled_from(["", "，", "、", "。", "（", "”", "\n", "市", "3", "等"])),
    max_size=120,
)


@given(EDITS)
@settings(max_examples=40)
def test_a_torn_text_gives_no_reference_to_nothing(edits: list[tuple[int, str]]) -> None:
    torn = list(SAMPLE)
    for place, char in edits:
        torn[place % len(torn)] = char
    text = "".join(torn)
    statements = plan_statements(read_plan(text), text, doc_no="某政〔2024〕1号", source="torn")
    assert dangling(statements) == []
    rejected = {
        (one.kind, one.field, one.code) for one in validate(Batch.of(statements, ONTOLOGY), ONTOLOGY, "torn")[1]
    }
    # A digit more can make a share of it that is none; such a row says so.
    assert rejected <= {("Subsidy", "rate", "OUT_OF_RANGE")}


def test_no_key_is_stated_twice(plan: tuple[list[Statement], str]) -> None:
    statements, _ = plan
    nodes = [statement.record.id for statement in statements if not isinstance(statement.record, Link)]
    links = [
        (type(record).__name__, record.source, record.target, *(getattr(record, name) for name in record.options.key))
        for record in of_kind(statements, Link)
    ]
    assert len(set(nodes)) == len(nodes)
    assert len(set(links)) == len(links)


def test_every_span_quotes_the_text(plan: tuple[list[Statement], str]) -> None:
    statements, text = plan
    spans = [
        value
        for statement in statements
        for field in dataclasses.fields(statement.record)
        if isinstance(value := getattr(statement.record, field.name), Span)
    ]
    assert len(spans) > 60
    assert all(text[span.start : span.end] == span.quote for span in spans)


def test_every_statement_says_where_it_was_read(plan: tuple[list[Statement], str]) -> None:
    statements, text = plan
    for statement in statements:
        if statement.locator is None:
            # The city itself is read from the issuer's name.
            assert type(statement.record).__name__ == "Region"
            continue
        start, end = statement.locator.removeprefix("chars ").split("-")
        assert 0 <= int(start) < int(end) <= len(text)


def test_only_declared_kinds_are_stated(plan: tuple[list[Statement], str]) -> None:
    statements, _ = plan
    assert {type(statement.record).__name__ for statement in statements} <= set(KINDS)


def test_the_same_text_gives_the_same_records(luoyang_text: str, luoyang_statements: list[Statement]) -> None:
    assert statements_of(read_plan(luoyang_text), luoyang_text) == luoyang_statements


def test_the_parts_of_the_policy_are_counted(luoyang_statements: list[Statement]) -> None:
    counts = Counter(type(statement.record).__name__ for statement in luoyang_statements)
    assert counts["Policy"] == 1
    assert counts["Theme"] == 6
    assert counts["Measure"] == 27
    assert counts["Responsibility"] == 91
    assert counts["Person"] == 16
    figures = [one for one in of_kind(luoyang_statements, Target) if one.kind is not TargetKind.QUALITATIVE]
    assert len(figures) == 17


def test_money_is_in_fen_with_its_printed_string(luoyang_statements: list[Statement]) -> None:
    money = {target.printed: target.money for target in of_kind(luoyang_statements, Target) if target.money is not None}
    assert money == {
        "375亿元以上": Money(37_500_000_000_00, "CNY", "375亿元以上"),
        "30亿元": Money(3_000_000_000_00, "CNY", "30亿元"),
        "4000万元": Money(40_000_000_00, "CNY", "4000万元"),
        "4亿元": Money(400_000_000_00, "CNY", "4亿元"),
        "3000万元": Money(30_000_000_00, "CNY", "3000万元"),
        "5000万元": Money(50_000_000_00, "CNY", "5000万元"),
    }


def test_the_value_stays_in_the_printed_unit(luoyang_statements: list[Statement]) -> None:
    (budget,) = [one for one in of_kind(luoyang_statements, Target) if one.printed == "3000万元"]
    assert (budget.value, budget.unit, budget.kind) == (Decimal(3000), "万元", TargetKind.BUDGET)


def test_no_target_has_a_baseline_that_the_text_does_not_state(luoyang_statements: list[Statement]) -> None:
    assert {target.baseline for target in of_kind(luoyang_statements, Target)} == {None}


def test_a_trigger_without_numbers_has_null_parameters(luoyang_statements: list[Statement]) -> None:
    (rule,) = [one for one in of_kind(luoyang_statements, Rule) if one.kind is RuleKind.SYNDICATION_TRIGGER]
    assert (rule.amount, rule.count, rule.stated_in_source, rule.operator) == (None, None, False, Operator.GT)
    assert str(rule.valid_from) == "2017-07-21"


def test_a_trigger_with_numbers_has_them(sample_statements: list[Statement]) -> None:
    (rule,) = [one for one in of_kind(sample_statements, Rule) if one.kind is RuleKind.SYNDICATION_TRIGGER]
    assert (rule.amount, rule.count, rule.stated_in_source) == (Money(500_000_000_00), 3, True)


def test_a_unit_has_one_id_under_all_its_names(luoyang_statements: list[Statement]) -> None:
    units = {unit.id: unit for unit in of_kind(luoyang_statements, GovernmentUnit)}
    office = units["governmentUnit:洛阳市金融办"]
    assert (office.name, office.short_name, office.aliases) == ("洛阳市金融办", "市金融办", ("市政府金融办",))


def test_a_section_belongs_to_its_office(luoyang_statements: list[Statement]) -> None:
    (section,) = [unit for unit in of_kind(luoyang_statements, GovernmentUnit) if unit.name.endswith("十科")]
    assert section.parent == "governmentUnit:洛阳市人民政府办公室"


def test_both_member_lists_are_sets_with_their_own_members(luoyang_statements: list[Statement]) -> None:
    sets = {one.id: one for one in of_kind(luoyang_statements, UnitSet)}
    sizes = Counter(link.target for link in of_kind(luoyang_statements, MemberOf) if link.target in sets)
    members = "产融合作试点城市建设工作领导小组成员单位"
    by_name = {sets[target].name: (count, sets[target].resolved) for target, count in sizes.items()}
    assert by_name == {members: (12, True), f"{members}（正文所列）": (11, False)}


def test_sets_that_the_text_does_not_fill_have_no_members(luoyang_statements: list[Statement]) -> None:
    (banks,) = [one for one in of_kind(luoyang_statements, UnitSet) if one.name == "各金融机构"]
    assert banks.resolved is False
    assert not [link for link in of_kind(luoyang_statements, MemberOf) if link.target == banks.id]


def test_a_post_is_dated_and_held_by_a_person(luoyang_statements: list[Statement]) -> None:
    posts = {post.id: post for post in of_kind(luoyang_statements, Post)}
    post = posts["post:洛阳市财政局:局长"]
    assert (post.title, post.unit, str(post.valid_from)) == ("局长", "governmentUnit:洛阳市财政局", "2017-07-21")
    assert post.holder is not None
    assert post.holder.startswith("person:")


def test_the_printed_role_is_kept_and_none_is_inferred(
    luoyang_statements: list[Statement], sample_statements: list[Statement]
) -> None:
    assert {link.printed_role for link in of_kind(luoyang_statements, Responsibility)} == {None}
    assert {link.printed_role for link in of_kind(sample_statements, Responsibility)} == {"牵头", "配合", None}


def test_the_risk_pool_has_its_stock_and_the_others_none(luoyang_statements: list[Statement]) -> None:
    balances = {
        pool.name: pool.balance.amount for pool in of_kind(luoyang_statements, Pool) if pool.balance is not None
    }
    assert balances == {"市科技型中小企业贷款风险资金池": Decimal(40_000_000)}
    kinds = {pool.name: pool.kind for pool in of_kind(luoyang_statements, Pool)}
    assert kinds["还贷周转金资金池"] is PoolKind.BRIDGE
    assert kinds["信保基金资金池"] is PoolKind.CREDIT_GUARANTEE


def test_the_lender_s_reward_is_a_rate_of_two_per_mille(luoyang_statements: list[Statement]) -> None:
    (reward,) = [one for one in of_kind(luoyang_statements, Subsidy) if one.rate is not None]
    assert (reward.rate, reward.base) == (Decimal("0.002"), "发放贷款金额")


def test_the_voucher_schemes_carry_budget_count_and_flag(luoyang_statements: list[Statement]) -> None:
    schemes = {one.name: one for one in of_kind(luoyang_statements, VoucherScheme)}
    assert schemes["创业券"].flag is not None
    assert (schemes["创业券"].beneficiaries, schemes["创业券"].beneficiary_unit) == (300, "创业团队")
    assert (schemes["科技创新券"].beneficiaries, schemes["科技创新券"].flag) == (300, None)


def test_a_sub_fund_names_its_parent_and_place(luoyang_statements: list[Statement]) -> None:
    funds = {fund.name: fund for fund in of_kind(luoyang_statements, Fund)}
    child = funds["郑洛新国家自主创新示范区成果转化引导子基金"]
    assert child.parent == funds["郑洛新国家自主创新示范区成果转化引导基金"].id
    assert child.region == "region:洛阳市高新区"


def test_classes_of_funds_are_no_funds(luoyang_statements: list[Statement]) -> None:
    names = {fund.name for fund in of_kind(luoyang_statements, Fund)}
    assert not names & {"投资基金", "子基金", "专项引导基金", "风险投资基金", "产业创投基金"}
    assert len(names) == 9


def test_a_mandate_binds_the_fund_named_before_it(sample_statements: list[Statement]) -> None:
    mandates = [one for one in of_kind(sample_statements, Rule) if one.kind is RuleKind.MANDATE]
    assert [(one.about, one.stage, one.hard) for one in mandates] == [
        ("fund:云舟政办〔2024〕12号:云舟市天使投资引导基金", Stage.SEED, False),
        ("fund:云舟政办〔2024〕12号:云舟市天使投资引导基金", Stage.STARTUP, False),
    ]


def test_open_questions_are_about_records_where_there_are_some(luoyang_statements: list[Statement]) -> None:
    questions = of_kind(luoyang_statements, OpenQuestion)
    about = {question.about for question in questions if question.about is not None}
    assert "tag:洛政办〔2017〕70号:565现代产业体系" in about
    assert "unitSet:洛政办〔2017〕70号:各金融机构" in about


def test_mentions_lead_from_a_measure_to_what_it_names(luoyang_statements: list[Statement]) -> None:
    ids = {measure.number: measure.id for measure in of_kind(luoyang_statements, Measure)}
    pool = "pool:洛政办〔2017〕70号:还贷周转金资金池"
    sources = {mention.source for mention in of_kind(luoyang_statements, Mentions) if mention.target == pool}
    assert sources == {ids[1], ids[18]}


def test_a_register_s_region_takes_the_place_of_the_city_s_name(sample: PlanReading, sample_text: str) -> None:
    statements = plan_statements(sample, sample_text, doc_no="云舟政办〔2024〕12号", source="plan", region="9801")
    (policy,) = of_kind(statements, Policy)
    assert policy.region == "region:9801"
    assert "region:云舟市" not in {statement.record.id for statement in statements}


def test_institutions_are_known_within_their_source(luoyang_statements: list[Statement]) -> None:
    names = {one.id for one in of_kind(luoyang_statements, Institution)}
    assert "institution:洛政办〔2017〕70号:洛阳银行" in names
