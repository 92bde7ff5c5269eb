"""Shares of a fund that its mandate bounds. Amounts in 万元; today is 2025-06-01."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from graph.kinds.contracts import InvestedBy
from graph.kinds.places import IndustryLevel
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Operator, Stage
from graph.records import Record, Ref
from queries.coverage.cell_id import Levels
from queries.coverage.fair_flow import GapReason
from tests.queries.fund_world import INDUSTRY, WAN, classes, coverage, figures, firm, fund, money, need, wan


def share(name: str, operator: Operator, value: str, **fields: Any) -> Rule:
    return Rule(
        id=f"rule:{name}", kind=RuleKind.MANDATE, name=name, about=Ref("fund:f"), operator=operator, value=Decimal(value), **fields
    )  # fmt: skip


def test_an_unmet_minimum_share_keeps_that_part_of_the_money_for_its_cells() -> None:
    # 60 % of 1,000 must go to section C, where 100 is invested so far: 500 of the 900 left are kept for it.
    records: list[Record | Sequence[Record]] = [
        classes(), firm("c", "37"), firm("i", "65"), firm("old", "39"),
        need("1", "c", 200), need("2", "i", 2_000), *[[one] for one in fund("f", 1_000)],
        money("0", "old", 100), InvestedBy(source=Ref("investmentRound:0"), target=Ref("fund:f"), amount=wan(100)),
    ]  # fmt: skip
    rule = share("main", Operator.GTE, "0.6", dimension=Dimension.INDUSTRY, industry=Ref("industry:gbt4754-2017:C"))
    assert [figures(cell) for cell in coverage(*records, rule, by=[INDUSTRY]).cells] == [
        (200, 0, 200, 0),
        (2_000, 0, 400, 1_600),
    ]
    assert coverage(*records, rule, by=[INDUSTRY]).cells[1].reason is GapReason.CONCENTRATION
    # Without the rule the 900 are shared at 9 of 22.
    assert coverage(*records).total.execution_gap == 900 * WAN
    assert coverage(*records, rule).total.execution_gap == 600 * WAN


def test_a_largest_share_is_a_cap_over_its_cells() -> None:
    records = [
        *classes(), firm("a", "37"), firm("b", "39"), firm("i", "65"),
        need("1", "a", 500), need("2", "b", 500), need("3", "i", 500), *fund("f", 1_000),
    ]  # fmt: skip
    rule = share("most", Operator.LTE, "0.3", dimension=Dimension.INDUSTRY, industry=Ref("industry:gbt4754-2017:C"))
    cells = coverage(records, rule, by=[INDUSTRY], levels=Levels(industry=IndustryLevel.DIVISION)).cells
    assert [figures(cell) for cell in cells] == [(500, 0, 150, 350), (500, 0, 150, 350), (500, 0, 500, 0)]


def test_a_share_of_a_fund_of_unknown_size_leaves_its_range_open() -> None:
    rule = share("main", Operator.GTE, "0.6", dimension=Dimension.STAGE, stage=Stage.SEED)
    total = coverage(
        firm("a", stage=Stage.GROWTH), need("1", "a", 100), fund("f", None, stages=[Stage.GROWTH]), rule
    ).total
    assert (total.structural_gap_low, total.structural_gap) == (0, 100 * WAN)
