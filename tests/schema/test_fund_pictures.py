"""Pictures of fund coverage and of fund trees: what stands on them, from small worlds. Amounts in 万元."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from graph.errors import LuoshuError
from graph.kinds.contracts import Commitment
from graph.kinds.parties import Tagged
from graph.kinds.places import Industry, IndustryLevel, Region, RegionLevel, Tag
from graph.kinds.terms import Stage
from graph.ontology import Ontology
from graph.records import Record, Ref
from schema.context import Scope
from schema.execution import Request
from schema.pictures.asking import picture
from schema.pictures.matrix import Matrix
from schema.schema import Schema
from tests.queries.fund_world import INDUSTRY, LP, PERIOD, REGION, STAGE, TAG, firm, fund, need, wan
from tests.queries.funds.vehicles import commits, invests
from tests.queries.funds.vehicles import fund as made
from tests.schema.world import World


def _coverage() -> list[Record]:
    """Seeds ask for 300 of a fund of 200; growth for 400 of one without a size; expansion for 1,000 of nobody."""
    scheme = "gbt4754-2017"
    tags = [Tag(id=f"tag:{name}", name=word) for name, word in (("a", "甲类"), ("b", "乙类"))]
    return [
        LP,
        Industry(scheme=scheme, code="C", name="制造业", level=IndustryLevel.SECTION),
        Region(code="980101", name="浮桥区", level=RegionLevel.COUNTY),
        *tags,
        firm("s", "C", Stage.SEED, "980101"), firm("g", "C", Stage.GROWTH, "980101"), firm("e", "C", Stage.EXPANSION),
        *(Tagged(source=Ref("enterprise:s"), target=Ref(tag.id)) for tag in tags),
        need("s", "s", 300), need("g", "g", 400), need("e", "e", 1000),
        *fund("sized", 200, stages=[Stage.SEED]), *fund("unsized", None, stages=[Stage.GROWTH]),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def funds(schema: Schema, ontology: Ontology) -> World:
    return World.stating(schema, ontology, *_coverage())


def _drawn(world: World, document: str, name: str = "x.svg", variables: dict[str, object] | None = None) -> bytes:
    return picture(world.schema, Scope.present(world.service, 30), Request(document, variables), Path(name))


def _says(drawn: bytes, *words: str) -> bool:
    return all(f"<!-- {one} -->" in drawn.decode() for one in words)


def _gaps(by: str, rest: str = "") -> str:
    return f"{{ fundCoverageGaps(by: [{by}]{rest}) {{ total {{ id }} }} }}"


def test_coverage_shows_gaps_shares_and_the_ends_of_a_range(funds: World) -> None:
    drawn = _drawn(funds, _gaps("STAGE, REGION"))
    assert _says(drawn, "地区 REGION") is False
    assert _says(drawn, "阶段 STAGE × 地区 REGION · 申报需求 DECLARED", "种子期", "SEED", "浮桥区", "未知", "NOT KNOWN")
    assert _says(drawn, "100", "33%", "0–400", "0–100%", "1,000", "100%", "需求 demand 1,700 万元 =")
    assert _says(drawn, "结构性缺口 structural gap 1,100–1,500", "执行缺口 execution gap 200", "已覆盖 covered 0")


def test_every_reason_is_in_the_legend(funds: World) -> None:
    assert _says(
        _drawn(funds, _gaps("STAGE")), "无投向覆盖", "NO_MANDATE", "条件不符", "集中度上限", "资金不足", "规模未载明"
    )


def test_the_order_of_dimensions_comes_from_a_variable_too(funds: World) -> None:
    document = "query($by: [CellDimension!]! = [REGION, STAGE]) { fundCoverageGaps(by: $by) { total { id } } }"
    assert _says(_drawn(funds, document), "地区 REGION × 阶段 STAGE · 申报需求 DECLARED")
    given: dict[str, object] = {"by": ["STAGE", "REGION"]}
    assert _says(_drawn(funds, document, variables=given), "阶段 STAGE × 地区 REGION · 申报需求 DECLARED")


def test_the_third_dimension_stands_in_panels_and_the_fourth_is_summed(funds: World) -> None:
    drawn = _drawn(funds, _gaps("STAGE, REGION, PERIOD, INDUSTRY"))
    assert _says(
        drawn, "2025", "阶段 STAGE × 地区 REGION × 年度 PERIOD · 申报需求 DECLARED · 已汇总 summed: 行业 INDUSTRY"
    )


def test_tags_that_overlap_have_no_totals(funds: World) -> None:
    drawn = _drawn(funds, _gaps("TAG", ", levels: {tag: SINGLE}"))
    assert _says(drawn, "甲类", "乙类", "无标签")
    assert drawn.decode().count("<!-- 100 -->") == 2
    assert "不作合计 tags overlap" in drawn.decode()
    assert _drawn(funds, _gaps("TAG")).decode().count("<!-- 甲类、乙类 -->") == 1


def test_single_tags_are_never_summed(funds: World) -> None:
    drawn = _drawn(funds, _gaps("STAGE, REGION, PERIOD, TAG", ", levels: {tag: SINGLE}"))
    assert "已汇总 summed: 年度 PERIOD" in drawn.decode()


@pytest.mark.parametrize("by", ["", "STAGE", "STAGE, INDUSTRY", "STAGE, INDUSTRY, TAG"])
@pytest.mark.parametrize("ending", ["svg", "png"])
def test_equal_answers_are_equal_pictures(funds: World, by: str, ending: str) -> None:
    first, second = (_drawn(funds, _gaps(by), f"x.{ending}") for _ in range(2))
    assert first == second


def test_coverage_without_needs_says_so(schema: Schema, ontology: Ontology) -> None:
    empty = World.stating(schema, ontology, LP)
    assert _says(_drawn(empty, _gaps("STAGE, REGION")), "没有需求 No demand")


def test_a_picture_is_titled_with_the_day_of_its_view(funds: World) -> None:
    drawn = _drawn(funds, f'{{ view(asOf: "2025-03-04") {_gaps("STAGE")} }}')
    assert _says(drawn, "基金覆盖缺口 Fund coverage gaps · 2025-03-04 · v1")


def test_a_matrix_has_squares_where_there_is_demand_and_adds_what_is_summed(funds: World) -> None:
    document = (
        "{ fundCoverageGaps(by: [STAGE, REGION, PERIOD, INDUSTRY, TAG]) { cells { id region { id } tags { id }"
        " demand { amount } structuralGap { amount } structuralGapLow { amount } reasons { reason amount { amount } } } } }"
    )
    cells = funds.ask(document)["fundCoverageGaps"]["cells"]
    matrix = Matrix.of(cells, [STAGE, REGION, PERIOD, INDUSTRY, TAG])
    assert matrix.summed == (INDUSTRY, TAG)
    assert matrix.axes[0].values == ["SEED", "GROWTH", "EXPANSION"]
    assert matrix.axes[1].values == ["region:980101", None]
    whole = matrix.total(matrix.squares)
    assert (whole.demand, whole.low, whole.high) == (Decimal(17_000_000), Decimal(11_000_000), Decimal(15_000_000))
    assert ("SEED", None, "2025") not in matrix.squares


TREE = '{ fundTree(fund: "fund:g") { root { depth } } }'


def _tree(*more: Record) -> list[Record]:
    """A guidance fund with 600 of 1,000 of a sub-fund, which it shares with another of its own; 500 is invested."""
    return [
        LP, firm("x"), made("g"), made("s"), made("u"),
        commits("g", 2000, 1500), commits("s", 600, 400, by="fund:g"),
        commits("s", 400, 400, by="fund:u"), commits("u", 900, 900, by="fund:g"),
        *invests("r", "x", ("s", 500)), *more,
    ]  # fmt: skip


def test_a_tree_shows_funds_firms_and_what_looks_through(schema: Schema, ontology: Ontology) -> None:
    drawn = _drawn(World.stating(schema, ontology, *_tree()), TREE)
    assert _says(
        drawn,
        "g",
        "s",
        "u",
        "x",
        "认缴 1,000 万 · 实缴 800 万",
        "500 万",
        "60% · 600 万",
        "40% · 400 万",
    )
    assert "3 / 3 只基金 funds · 1 家企业 firms · 已投 invested 500 万" in drawn.decode()


def test_what_a_tree_does_not_know_is_said(schema: Schema, ontology: Ontology) -> None:
    unknown = Commitment(id="commitment:z", fund=Ref("fund:s"), investor=Ref("fund:g"), committed=None, paid_in=wan(1))
    drawn = _drawn(World.stating(schema, ontology, *_tree(unknown)), TREE).decode()
    assert "占比未载明 N/S · 未载明 N/S" in drawn


def test_a_tree_of_one_fund_is_a_picture_and_a_loop_an_error(schema: Schema, ontology: Ontology) -> None:
    assert _drawn(World.stating(schema, ontology, made("g")), TREE, "x.png").startswith(b"\x89PNG")
    looped = World.stating(
        schema, ontology, made("g"), made("h"), commits("h", 1, by="fund:g"), commits("g", 1, by="fund:h")
    )
    with pytest.raises(LuoshuError, match="fund:g → fund:h → fund:g"):
        _drawn(looped, TREE)
