"""What money and other rules would close, and what-ifs on coverage. Amounts in 万元; today is 2025-06-01."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from graph.errors import InvalidInput
from graph.kinds.contracts import Commitment
from graph.kinds.parties import Fund
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Stage
from graph.money import Money
from graph.records import Ref
from graph.view import View
from graph.what_if import Add, Change, Remove, Set
from queries.coverage.cell_id import CellFilter
from queries.coverage_change import coverage_change
from queries.fund_coverage import fund_coverage
from queries.fund_options import FundOption, OptionKind, fund_options
from tests.queries.fund_world import INDUSTRY, STAGE, WAN, firm, four_cells, fund, graph, need, wan


def what_if(view: View, *changes: Change) -> View:
    return view.with_changes(list(changes))


def commit(name: str, to: str, amount: int) -> Add:
    return Add(
        "Commitment",
        {"id": f"commitment:{name}", "fund": Ref(to), "investor": Ref("enterprise:lp"), "committed": wan(amount)},
    )


def told(view: View, option: FundOption) -> tuple[OptionKind, str | None, str | None, int]:
    return (
        option.kind,
        None if option.fund is None else view.id_of(option.fund),
        None if option.rule is None else view.id_of(option.rule),
        option.closes // WAN,
    )


def test_in_the_worked_case_a_yuan_more_closes_a_yuan_wherever_a_mandate_leads() -> None:
    view = graph(four_cells())
    answer = fund_coverage(view, by=[])
    assert [(view.id_of(answer.funds[one.fund].fund), one.closes) for one in answer.fund_marginals] == [
        ("fund:angel", 100),
        ("fund:innovation", 100),
        ("fund:military", 100),
    ]


def test_in_the_worked_case_only_a_rule_that_frees_money_could_close_anything_and_all_money_is_spent() -> None:
    answer = fund_coverage(graph(four_cells()), by=[])
    assert len(answer.rule_marginals) == 8
    assert not any(one.closes for one in answer.rule_marginals)


def test_money_held_back_by_a_mandate_is_what_its_rule_would_close() -> None:
    view = graph(
        firm("a", stage=Stage.SEED), firm("b", stage=Stage.GROWTH), need("1", "a", 100), need("2", "b", 900),
        fund("f", 700, stages=[Stage.SEED]),
    )  # fmt: skip
    [rule] = fund_coverage(view, by=[]).rule_marginals
    assert (view.id_of(rule.rule), rule.closes) == ("rule:f-SEED", 600 * WAN)
    [option] = fund_options(view, Money(500 * WAN), by=())
    assert told(view, option) == (OptionKind.RELAX_RULE, "fund:f", "rule:f-SEED", 600)
    assert view.ids_of(option.newly_reached) == ["enterprise:b"]
    # A preference instead of the rule.
    assumed = what_if(view, Set("rule:f-SEED", {"hard": False}))
    assert fund_coverage(assumed, by=[]).total.structural_gap == 300 * WAN


def test_options_are_ranked_by_what_a_yuan_closes() -> None:
    view = graph(four_cells())
    options = fund_options(view, Money(3_000 * WAN), by=[INDUSTRY, STAGE])
    assert [(*told(view, one)[:2], one.closes // WAN, one.per_yuan) for one in options] == [
        # Only NE-growth, in section C at the stage of growth, can take it all.
        (OptionKind.OPEN_SUB_FUND, None, 3_000, Fraction(1)),
        (OptionKind.ADD_MONEY, "fund:angel", 2_000, Fraction(2, 3)),
        (OptionKind.ADD_MONEY, "fund:innovation", 2_000, Fraction(2, 3)),
        (OptionKind.ADD_MONEY, "fund:military", 2_000, Fraction(2, 3)),
        (OptionKind.OPEN_SUB_FUND, None, 2_000, Fraction(2, 3)),
        (OptionKind.OPEN_SUB_FUND, None, 2_000, Fraction(2, 3)),
    ]
    cell = options[0].cell
    assert cell is not None
    assert cell.stage is Stage.GROWTH
    assert view.ids_of(options[0].newly_reached) == ["enterprise:ne"]
    assert [len(one.newly_reached) for one in options[1:]] == [0] * 5


def test_adding_money_in_a_what_if_closes_what_the_option_says() -> None:
    view = graph(four_cells())
    assumed = what_if(view, commit("more", "fund:military", 1_500))
    cell = fund_coverage(assumed, by=[]).total
    change = coverage_change(assumed, cell)
    assert change is not None
    assert (change.closes, change.money, change.per_yuan) == (1_500 * WAN, 1_500 * WAN, Fraction(1))
    assert change.execution_gap == -change.structural_gap == 1_500 * WAN
    assert coverage_change(view, fund_coverage(view, by=[]).total) is None


def test_a_sub_fund_that_is_opened_in_a_what_if_reaches_new_companies() -> None:
    view = graph(four_cells())
    mandate = {
        "kind": RuleKind.MANDATE,
        "name": "new energy",
        "about": Ref("fund:new"),
        "dimension": Dimension.INDUSTRY,
    }
    changes = (
        Add("Fund", {"id": "fund:new", "name": "new", "parent": Ref("fund:angel")}),
        Add("Rule", {"id": "rule:new", **mandate, "industry": Ref("industry:gbt4754-2017:397")}),
        commit("new", "fund:new", 4_000),
    )
    assumed = what_if(view, *changes)
    total = fund_coverage(assumed, by=[]).total
    change = coverage_change(assumed, total)
    assert change is not None
    assert (change.closes // WAN, assumed.ids_of(change.newly_reached)) == (4_000, ["enterprise:ne"])
    [seed] = fund_coverage(
        assumed, by=[], where=CellFilter(stage=(Stage.SEED,)), funds=["fund:new", "fund:angel"]
    ).cells
    apart = coverage_change(assumed, seed)
    assert apart is not None
    assert apart.closes == 0
    loaded = graph(
        four_cells(),
        Fund(id="fund:new", name="new", parent=Ref("fund:angel")),
        Rule(id="rule:new", industry=Ref("industry:gbt4754-2017:397"), **mandate),
        Commitment(id="commitment:new", fund=Ref("fund:new"), investor=Ref("enterprise:lp"), committed=wan(4_000)),
    )
    by_load = fund_coverage(loaded, by=[INDUSTRY, STAGE])
    by_change = fund_coverage(assumed, by=[INDUSTRY, STAGE])
    assert [(one.id, one.structural_gap) for one in by_change.cells] == [
        (one.id, one.structural_gap) for one in by_load.cells
    ]


def test_removing_a_mandate_in_a_what_if_opens_the_fund_to_all() -> None:
    view = graph(firm("a", stage=Stage.MATURE), need("1", "a", 100), fund("f", 70, stages=[Stage.SEED]))
    assumed = what_if(view, Remove("rule:f-SEED"))
    change = coverage_change(assumed, fund_coverage(assumed, by=[STAGE]).cells[0])
    assert change is not None
    assert (change.closes // WAN, change.money, change.per_yuan) == (70, 0, None)
    assert assumed.ids_of(change.newly_reached) == ["enterprise:a"]


def test_a_fund_that_has_promised_more_than_it_has_gains_nothing_from_a_yuan() -> None:
    view = graph(firm("a"), need("1", "a", 100), fund("f", 50, reserves=wan(80)), fund("g", 10, reserves=wan(10)))
    answer = fund_coverage(view, by=[])
    assert [(view.id_of(answer.funds[one.fund].fund), one.closes) for one in answer.fund_marginals] == [
        ("fund:g", 100),
        ("fund:f", 0),
    ]
    assert [told(view, one)[1:] for one in fund_options(view, Money(60 * WAN), by=())] == [
        ("fund:g", None, 60),
        ("fund:f", None, 30),
    ]


def test_an_amount_that_is_none_or_has_no_rate_is_refused() -> None:
    view = graph(four_cells())
    with pytest.raises(InvalidInput, match="above 0"):
        fund_options(view, Money(0))
    with pytest.raises(InvalidInput, match="USD"):
        fund_options(view, Money(100, "USD"))


def test_nothing_to_do_where_nothing_is_missing() -> None:
    assert fund_options(graph(firm("a"), need("1", "a", 100), fund("f", 500)), Money(100)) == ()


def test_every_rule_is_asked_for_all_of_its_dimension() -> None:
    view = graph(firm("a", stage=Stage.MATURE), need("1", "a", 100), fund("f", 500, stages=[Stage.SEED, Stage.GROWTH]))
    rules = fund_coverage(view, by=[]).rule_marginals
    assert [(view.id_of(one.rule), one.closes // WAN) for one in rules] == [
        ("rule:f-GROWTH", 100),
        ("rule:f-SEED", 100),
    ]
    assert np.unique([one.fund for one in rules]).tolist() == [0]
