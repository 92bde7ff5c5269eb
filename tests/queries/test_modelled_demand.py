"""Demand by benchmarks. Amounts in 万元; today is 2025-06-01."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from graph.errors import InvalidInput
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Stage
from graph.records import Record, Ref
from queries.coverage.cell_id import DemandBasis
from queries.fund_coverage import FundCoverage, coverage_cell, fund_coverage
from tests.queries.fund_world import (
    INDUSTRY,
    STAGE,
    WAN,
    classes,
    coverage,
    figures,
    figures_of,
    firm,
    four_cells,
    fund,
    graph,
    money,
    need,
    wan,
)


def benchmark(name: str, amount: int | None = None, value: str | None = None, **fields: Any) -> Rule:
    return Rule(
        id=f"rule:{name}", kind=RuleKind.BENCHMARK, name=name, amount=wan(amount),
        value=None if value is None else Decimal(value), **fields,
    )  # fmt: skip


def modelled(*records: Record | Sequence[Record], **asked: Any) -> FundCoverage:
    return fund_coverage(graph(*records), by=asked.pop("by", ()), demand=DemandBasis.MODELLED, **asked)


def test_modelled_demand_is_the_benchmark_times_the_size_of_the_cell() -> None:
    records: list[Record | Sequence[Record]] = [
        classes(), firm("a", "37", Stage.SEED), firm("b", "39", Stage.SEED), firm("c", "65", Stage.SEED), firm("d", "65"),
        need("1", "a", 9_999), benchmark("seed", 100, stage=Stage.SEED),
        benchmark("seed-c", 300, stage=Stage.SEED, industry=Ref("industry:gbt4754-2017:C")), fund("f", 350),
    ]  # fmt: skip
    answer = modelled(*records, by=[INDUSTRY])
    assert [figures(cell) for cell in answer.cells] == [(600, 0, 300, 300), (100, 0, 50, 50)]
    assert (len(answer.cells[0].enterprises), len(answer.cells[0].needs)) == (2, 0)
    # The firm without a stage, and the investor, are spoken of by no benchmark.
    assert answer.outside == 2
    assert coverage(*records).total.demand == 9_999 * WAN


def test_a_benchmark_of_revenue_needs_the_revenue() -> None:
    records = [
        replace(firm("a"), annual_revenue=wan(1_000)), firm("b"), benchmark("all", value="0.05"),
        money("1", "a", 80),
    ]  # fmt: skip
    view = graph(records)
    total = fund_coverage(view, by=[], demand=DemandBasis.MODELLED).total
    assert (total.demand // WAN, total.covered // WAN, total.over_coverage // WAN) == (50, 50, 30)
    assert view.ids_of(np.array([one.record for one in total.uncounted])) == ["enterprise:b", "enterprise:lp"]


def test_a_benchmark_is_dated() -> None:
    until = benchmark("old", 100, valid_to=date(2025, 1, 1))
    since = benchmark("new", 300, valid_from=date(2025, 1, 1))
    assert modelled(until, since).total.demand == 300 * WAN
    view = graph(until, since, as_of=date(2024, 6, 1))
    assert fund_coverage(view, by=[], demand=DemandBasis.MODELLED).total.demand == 100 * WAN


def test_modelled_demand_without_a_benchmark_is_refused() -> None:
    with pytest.raises(InvalidInput, match="BENCHMARK"):
        modelled(firm("a"))


def test_a_cell_of_modelled_demand_answers_the_same_by_its_id() -> None:
    view = graph(four_cells(), benchmark("all", 100))
    for cell in fund_coverage(view, by=[STAGE], demand=DemandBasis.MODELLED).cells:
        assert figures_of(coverage_cell(view, cell.id)) == figures_of(cell)
