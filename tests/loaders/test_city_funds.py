"""A walk over the sample city's funds: every reason of a gap and status of a covenant; and a plan's own funds, of no stated size."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from graph.kinds.demand_side import FinancingNeed
from graph.kinds.parties import Enterprise, Fund, FundType
from graph.kinds.places import IndustryLevel
from graph.kinds.policy import CovenantKind, Rule, RuleKind
from graph.kinds.terms import CapitalOrigin, Dimension, Instrument, Stage
from graph.knowledge import Knowledge
from graph.money import Money
from graph.ontology import Ontology
from graph.records import Record, Ref
from graph.view import View
from loaders.city.generator import DEFAULT_DAY
from loaders.city.rules import CHANGED
from loaders.registry import open_source
from loaders.runner import run
from queries.chain_position import YES, Position, chain_rules
from queries.coverage.cell_id import CellDimension, DemandBasis, Levels, TagSplit
from queries.coverage.fair_flow import GapReason
from queries.financing.terms import Stated
from queries.fund_covenants import fund_covenants
from queries.fund_coverage import FundCoverage, fund_coverage
from queries.fund_tree import fund_tree
from queries.funds.judging import Covenant
from queries.funds.measures import NotApplicable
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog

SAMPLE: Final = Path(__file__).parents[2] / "loaders" / "sample" / "plan.txt"
SUB_FUNDS: Final = {
    FundType.ANGEL,
    FundType.MILITARY_CIVIL,
    FundType.INNOVATION,
    FundType.TECH_TRANSFER,
    FundType.VENTURE,
    FundType.INDUSTRY,
    FundType.CORPORATE_VENTURE,
}


@pytest.fixture(scope="module")
def coverage(view: View) -> FundCoverage:
    """The city's coverage by industry, stage and region."""
    by = [CellDimension.INDUSTRY, CellDimension.STAGE, CellDimension.REGION]
    return fund_coverage(view, by=by)


@pytest.fixture(scope="module")
def covenants(view: View) -> dict[str, tuple[Covenant, ...]]:
    """The covenants of every fund."""
    return {fund: fund_covenants(view, fund) for fund in view.ids_of(view.handles("Fund"))}


def _funds(view: View) -> list[Fund]:
    found = [view.record(handle) for handle in view.handles("Fund").tolist()]
    return [one for one in found if isinstance(one, Fund)]


def test_the_city_has_every_kind_of_sub_fund_of_the_policy_below_a_guidance_fund(view: View) -> None:
    below = {fund.type for fund in _funds(view) if fund.parent is not None}
    assert below == SUB_FUNDS
    assert {fund.type for fund in _funds(view) if fund.parent is None} >= {FundType.GUIDANCE, FundType.INDUSTRY}


def test_each_reason_leaves_a_gap_somewhere(coverage: FundCoverage) -> None:
    assert {share.reason for share in coverage.total.reasons} == set(GapReason)
    assert {cell.reason for cell in coverage.cells} >= set(GapReason) - {GapReason.SIZE_NOT_STATED}
    assert coverage.total.structural_gap_low < coverage.total.structural_gap


def test_demand_lies_in_every_stage_industry_and_region(view: View, coverage: FundCoverage) -> None:
    asked = {cell.stage for cell in coverage.cells if cell.demand}
    assert asked == set(Stage)
    regions = {cell.region for cell in coverage.cells if cell.demand}
    assert len(regions - {None}) == 15
    divisions = fund_coverage(view, by=[CellDimension.INDUSTRY], levels=Levels(industry=IndustryLevel.DIVISION))
    assert len([cell for cell in divisions.cells if cell.demand and cell.industry is not None]) == 20


def test_bands_and_tags_split_it_too(view: View) -> None:
    bands = fund_coverage(view, by=[CellDimension.TICKET_BAND]).cells
    assert {cell.ticket_band for cell in bands} == set(view.handles("TicketBand").tolist())
    tags = fund_coverage(view, by=[CellDimension.TAG], levels=Levels(tag=TagSplit.SINGLE)).cells
    assert len(tags) >= 5


def test_benchmarks_model_demand_and_changed(city_knowledge: Knowledge, view: View) -> None:
    modelled = fund_coverage(view, by=[], demand=DemandBasis.MODELLED).total.demand
    before = city_knowledge.view(DEFAULT_DAY + timedelta(days=CHANGED - 1))
    assert 0 < fund_coverage(before, by=[], demand=DemandBasis.MODELLED).total.demand < modelled


def test_some_funds_have_promised_more_than_they_have_and_some_make_no_new_deals(coverage: FundCoverage) -> None:
    callable_money = [fund.callable_money for fund in coverage.funds]
    assert any(one is not None and one < 0 for one in callable_money)
    assert any(not fund.is_investing for fund in coverage.funds)
    assert sum(one is None for one in callable_money) == 3


def test_money_is_of_every_origin_and_some_investors_are_in_default(view: View) -> None:
    records = view.handles("Commitment")
    origins = {view.value(one, "origin") for one in records.tolist()}
    assert origins == {*CapitalOrigin, None}
    assert (view.ints(records, "in_good_standing") == 0).sum() >= 2
    assert any(view.has_kind(one, "Fund") for one in view.refs(records, "investor").tolist())


def test_rounds_have_fellow_investors_and_funds_exits(view: View) -> None:
    parts: dict[int, int] = defaultdict(int)
    links = view.handles("InvestedBy")
    for round_ in view.refs(links, "source").tolist():
        parts[round_] += 1
    assert sum(count > 1 for count in parts.values()) >= 10
    assert len({fund.id for fund in _funds(view) if fund.distributed is not None}) >= 3
    unmet = set(view.handles("InvestmentRound").tolist()) - set(view.refs(view.handles("Fulfils"), "source").tolist())
    assert len(unmet) >= 5


def test_trees_reach_two_levels_and_meet_in_shared_sub_funds(view: View) -> None:
    trees = [fund_tree(view, fund) for fund in view.ids_of(view.handles("Fund"))]
    assert max(one.depth for tree in trees for one in tree.funds) == 2
    above = [
        {tree.root.fund for tree in trees if fund in {one.fund for one in tree.funds[1:]}}
        for fund in view.handles("Fund").tolist()
    ]
    assert any(len(roots) >= 2 for roots in above)
    assert any(one.share is None for tree in trees for one in tree.funds)
    assert all(tree.attributed is None or tree.attributed <= tree.invested for tree in trees)


def test_every_covenant_is_met_by_one_fund_and_missed_by_another(covenants: dict[str, tuple[Covenant, ...]]) -> None:
    said: dict[CovenantKind, set[bool | None]] = defaultdict(set)
    for found in covenants.values():
        for one in found:
            if one.rule >= 0:
                said[one.kind].add(one.met)
    assert set(said) == set(CovenantKind)
    assert {kind for kind, met in said.items() if not {True, False} <= met} == set()


def test_every_status_of_a_covenant_occurs(covenants: dict[str, tuple[Covenant, ...]]) -> None:
    every = [one for found in covenants.values() for one in found]
    assert {one.stated for one in every if one.rule >= 0} == set(Stated)
    assert {one.not_applicable for one in every} == {*NotApplicable, None}
    assert any(one.missing for one in every if one.stated is Stated.NOT_STATED)


def test_mandates_and_covenants_are_dated(city_knowledge: Knowledge, view: View) -> None:
    before = city_knowledge.view(DEFAULT_DAY + timedelta(days=CHANGED - 1))

    def stages(at: View) -> set[Stage | None]:
        rules = [at.record(one) for one in at.handles("Rule").tolist()]
        angels = {at.id_of(one) for one in at.handles("Fund").tolist() if at.value(one, "type") is FundType.ANGEL}
        return {
            one.stage
            for one in rules
            if isinstance(one, Rule) and one.kind is RuleKind.MANDATE and str(one.about) in angels and one.stage
        }

    assert (stages(before), stages(view)) == ({Stage.SEED}, {Stage.SEED, Stage.STARTUP})
    angel = next(view.id_of(one) for one in view.handles("Fund").tolist() if view.value(one, "type") is FundType.ANGEL)

    def wanted(at: View) -> object:
        return next(one.threshold for one in fund_covenants(at, angel) if one.kind is CovenantKind.REINVESTMENT)

    assert (wanted(before), wanted(view)) == (1.5, 1)


def test_company_venture_funds_ask_for_a_place_in_the_chain_of_an_emerging_leader(view: View) -> None:
    rules = chain_rules(view)
    assert {view.value(view.ref(rule, "about"), "type") for rule in rules} == {FundType.CORPORATE_VENTURE}
    position = Position.of(view, rules[0])
    assert position is not None
    leaders = view.handles("Enterprise")[position.leaders.mask(view)]
    assert 0 < len(leaders) < 20
    standing = position.verdicts(view) == YES
    assert 0 < standing.sum() < len(standing)


def _plan(path: Path, *more: Record) -> View:
    log = MemoryLog()
    knowledge = knowledge_of(log)
    assert run(knowledge, open_source("plan", path, Ontology.current()), actor="tests").is_clean
    load(log, "desk", more)
    knowledge.refresh()
    return knowledge.view()


def _asking(stage: Stage) -> list[Record]:
    return [
        Enterprise(id="enterprise:e", name="e", stage=stage),
        FinancingNeed(
            id="financingNeed:n",
            enterprise=Ref("enterprise:e"),
            amount=Money.of(1000, unit="万元"),
            instrument=Instrument.EQUITY,
            needed_by=date(2025, 9, 1),
        ),
    ]


def test_a_plans_funds_make_a_range() -> None:
    view = _plan(SAMPLE, *_asking(Stage.SEED))
    found = fund_coverage(view, by=[CellDimension.STAGE])
    assert {(fund.committed, fund.callable_money, fund.dry_powder) for fund in found.funds} == {(None, None, None)}
    assert [view.id_of(fund.fund).rpartition(":")[2] for fund in found.funds] == [
        "云舟市先进制造产业基金", "云舟市天使投资引导基金", "云舟市天使投资引导子基金", "天使投资引导资金",
    ]  # fmt: skip
    assert (found.total.structural_gap_low, found.total.structural_gap) == (0, 1_000_000_000)
    [share] = found.total.reasons
    assert share.reason is GapReason.SIZE_NOT_STATED
    assert set(share.funds) == {fund.fund for fund in found.funds}


def test_no_fund_of_the_luoyang_plan_counts_as_zero(test_data: Path) -> None:
    texts = sorted((test_data / "seeds").glob("*.txt"))
    if not texts:
        pytest.skip("no plan text in the test data")
    plain = _plan(texts[0], *_asking(Stage.SEED))
    assert len(plain.handles("Fund")) == 9
    total = fund_coverage(plain, by=[]).total
    assert (total.structural_gap_low, total.structural_gap) == (0, 1_000_000_000)
    assert (total.reason, len(total.reasons[0].funds)) == (GapReason.SIZE_NOT_STATED, 9)
    angel = next(one for one in plain.ids_of(plain.handles("Fund")) if one.endswith("天使投资引导基金"))
    for fund in plain.ids_of(plain.handles("Fund")):
        root = fund_tree(plain, fund).root
        assert (root.supply.committed, root.supply.callable_money) == (None, None)
    told = Rule(
        id="rule:seed",
        kind=RuleKind.MANDATE,
        name="seed",
        about=Ref(angel),
        dimension=Dimension.STAGE,
        stage=Stage.SEED,
        hard=True,
    )
    found = fund_coverage(_plan(texts[0], *_asking(Stage.SEED), told), by=[])
    assert (found.total.structural_gap_low, found.total.structural_gap) == (0, 1_000_000_000)
    assert found.total.reason is GapReason.SIZE_NOT_STATED
