"""Gaps in fund coverage: the network solved anew, asked again, what more money would do; and what others take for the same network."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from ortools.linear_solver import pywraplp

from graph.kinds.places import IndustryLevel
from graph.kinds.terms import Stage
from graph.knowledge import Knowledge
from graph.money import Money
from graph.stores import open_log
from graph.view import View
from queries.coverage.cell_id import CellDimension, Levels
from queries.coverage.network import SOURCE, CoverageNetwork
from queries.coverage.residual import flow_of
from queries.fund_coverage import FundCoverage, fund_coverage
from queries.fund_options import fund_options
from tests.bench.clock import Times, each, timed
from tests.bench.figure import Figure, at_most
from tests.bench.fresh import fresh
from tests.bench.ground import DAY, Ground, load_folder
from tests.bench.snapshot import seen_whole

LEVELS = Levels(industry=IndustryLevel.DIVISION)
SOME_FUNDS = 300
BY = (CellDimension.INDUSTRY, CellDimension.STAGE, CellDimension.REGION)
NEEDS = 400
"""Equity needs beside those of the city, by scale: so many that at scale 100 more than 20,000 leaves are not empty."""
BANDS = (0, 1_000_000, 3_000_000, 5_000_000, 10_000_000, 30_000_000)
FOR_OTHERS = 10
"""Funds of the network on which other solvers are tried: what takes this one milliseconds takes them minutes beyond."""


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds until all cells are there."""
    # A network is kept with its view, so each day is solved anew.
    days = iter(range(1_000))
    for most in (SOME_FUNDS, None):
        solved = Times()
        for _ in range(ground.times(9)):
            view = ground.knowledge.view(DAY - timedelta(days=next(days)))
            seen_whole(view)
            funds = None if most is None else view.ids_of(view.handles("Fund")[:most])
            ask = partial(fund_coverage, view, by=BY, levels=LEVELS, funds=funds)
            solved += timed(ask)
        found = ask()
        name = f"industry × stage × region, solved anew with {'all' if most is None else most} funds"
        target = at_most(300 if most else 2_000)
        yield Figure.of(name, "ms", solved.milliseconds(), target, f"{_shape(found)}, {len(found.funds):,} funds")
    again = each(lambda _: fund_coverage(view, by=BY, levels=LEVELS), range(ground.times(20)))
    yield Figure.of("the same, asked again of the view", "ms", again.milliseconds(), at_most(100))
    again = each(lambda stage: fund_coverage(view, by=(stage,)), [CellDimension.STAGE] * ground.times(20))
    yield Figure.of("by stage alone, of the same view", "ms", again.milliseconds())
    knowledge = Knowledge.open(ground.open(_many_needs(ground)), directory=ground.folder / "many-needs")
    knowledge.view(DAY).prepare()
    # As the service does once it is open.
    gc.collect()
    gc.freeze()
    try:
        yield from _many_leaves(ground, knowledge)
    finally:
        knowledge.close()


def _many_leaves(ground: Ground, knowledge: Knowledge) -> Iterator[Figure]:
    """The city with many more needs, sorted by bands of amounts too."""
    solved = Times()
    for number in range(ground.times(5)):
        view = knowledge.view(DAY - timedelta(days=number))
        seen_whole(view)
        ask = partial(fund_coverage, view, by=BY, levels=LEVELS)
        solved += timed(ask)
    found = ask()
    solution = found.total.solution
    network = solution.flow.residual.network
    note = f"{int((solution.demand > 0).sum()):,} leaves with demand, {len(network.node):,} edges, {len(found.funds):,} funds"
    yield Figure.of("many leaves, solved anew with all funds", "ms", solved.milliseconds(), at_most(2_000), note)
    yield Figure("memory that a solution of many leaves keeps with its view", "MiB", (_kept_by_a_solution(knowledge),))
    again = each(lambda _: fund_coverage(view, by=BY, levels=LEVELS), range(ground.times(20)))
    yield Figure.of("the matrix over many leaves, asked again", "ms", again.milliseconds(), at_most(100), _shape(found))
    most = timed(lambda: [cell.max_allocatable for cell in found.cells])
    yield Figure.of("maxAllocatable of every cell of the matrix", "ms", most.milliseconds())
    marginals = found.total.solution.marginals
    yield Figure.of("marginals of all funds, exact", "ms", timed(lambda: marginals.funds).milliseconds())
    rules = timed(lambda: marginals.rules)
    yield Figure.of(
        "marginals of all mandate rules, exact", "ms", rules.milliseconds(), note=f"{len(marginals.rules):,} rules"
    )
    ranked = timed(lambda: fund_options(view, Money.of(1_000, unit="万元")))
    yield Figure.of("options for 10,000,000 元 ranked, marginals known", "ms", ranked.milliseconds())
    yield from _by_others(view)


def _kept_by_a_solution(knowledge: Knowledge) -> float:
    """What stays allocated after a view is asked that was not asked before."""
    view = knowledge.view(DAY + timedelta(days=1))
    seen_whole(view)
    gc.collect()
    tracemalloc.start()
    fund_coverage(view, by=BY, levels=LEVELS)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept / 2**20


def _by_others(view: View) -> Iterator[Figure]:
    """The maximum flow alone, without fairness, of a network that all can solve."""
    funds = view.ids_of(view.handles("Fund")[:FOR_OTHERS])
    network = fund_coverage(view, by=(), funds=funds).total.solution.flow.residual.network
    note = f"{FOR_OTHERS} funds, {len(network.node):,} edges"
    own = each(lambda _: flow_of(network, network.unmet), range(3))
    total = int(flow_of(network, network.unmet).amount.sum())
    yield Figure.of("maximum flow of a small network, here", "ms", own.milliseconds(), note=note)
    graph = _as_networkx(network)
    values: list[int] = []
    theirs = timed(lambda: values.append(int(nx.maximum_flow_value(graph, "source", "sink"))))
    assert values == [total]
    yield Figure.of("the same by networkx (preflow–push)", "ms", theirs.milliseconds(), note=note)
    bounds: list[float] = []
    theirs = timed(lambda: bounds.append(_by_linear_programme(network)))
    assert abs(bounds[0] - total) <= max(100.0, total * 1e-6)
    yield Figure.of("the same by a linear programme (GLOP)", "ms", theirs.milliseconds(), note=f"{note}; in floats")


def _as_networkx(network: CoverageNetwork) -> nx.DiGraph[Any]:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for node, (above, size) in enumerate(zip(network.fed_by.tolist(), network.size.tolist(), strict=True)):
        graph.add_edge("source" if above == SOURCE else ("node", above), ("node", node), capacity=size)
    for node, leaf, cap in zip(network.node.tolist(), network.leaf.tolist(), network.cap.tolist(), strict=True):
        graph.add_edge(("node", node), ("leaf", leaf), capacity=cap)
    for leaf, unmet in enumerate(network.unmet.tolist()):
        graph.add_edge(("leaf", leaf), "sink", capacity=unmet)
    return graph


def _by_linear_programme(network: CoverageNetwork) -> float:
    """The value of the maximum flow as a linear programme over the edges."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    into = [solver.NumVar(0, size, "") for size in network.size.tolist()]
    balance = [solver.Constraint(0, 0) for _ in into]
    full = [solver.Constraint(0, unmet) for unmet in network.unmet.tolist()]
    for node, above in enumerate(network.fed_by.tolist()):
        balance[node].SetCoefficient(into[node], 1)
        if above == SOURCE:
            solver.Objective().SetCoefficient(into[node], 1)
        else:
            balance[above].SetCoefficient(into[node], -1)
    for node, leaf, cap in zip(network.node.tolist(), network.leaf.tolist(), network.cap.tolist(), strict=True):
        flow = solver.NumVar(0, cap, "")
        balance[node].SetCoefficient(flow, -1)
        full[leaf].SetCoefficient(flow, 1)
    solver.Objective().SetMaximization()
    assert solver.Solve() == pywraplp.Solver.OPTIMAL
    return float(solver.Objective().Value())


def _many_needs(ground: Ground) -> str:
    """The address of a log that holds the city and many more needs, loaded by another process."""
    folder = ground.folder / "needs"
    folder.mkdir()
    count, chance = round(NEEDS * ground.scale), np.random.default_rng(5)
    firms = "enterprise:" + pl.read_csv(ground.city.folder / "enterprises.csv", infer_schema=False)["creditCode"]
    asking = pl.read_csv(ground.city.folder / "financingNeeds.csv", infer_schema=False)["enterprise"]
    others = firms.filter(~firms.is_in(asking.implode())).sample(count, seed=5, shuffle=True)
    days = chance.integers(10, 700, count).tolist()
    pl.DataFrame(
        {
            "id": [f"more{number:07}" for number in range(count)],
            "enterprise": others,
            "amount": (10 ** chance.normal(6.7, 0.4, count)).astype(np.int64),
            "instrument": ["EQUITY"] * count,
            "neededBy": [(DAY + timedelta(days=day)).isoformat() for day in days],
            "status": ["APPLIED"] * count,
        }
    ).write_csv(folder / "financingNeeds.csv")
    pl.DataFrame(
        {
            "id": [f"band{number}" for number in range(len(BANDS))],
            "name": [f"{lower // 10_000}万元起" for lower in BANDS],
            "lower": BANDS,
            "upper": [*BANDS[1:], None],
        }
    ).write_csv(folder / "ticketBands.csv")
    url = ground.new_url("sqlite")
    fresh(_load_both, url, str(ground.city.folder), str(folder))
    return url


def _load_both(url: str, city: str, needs: str) -> None:
    with open_log(url) as log:
        knowledge = Knowledge.open(log, directory=None)
        load_folder(knowledge, Path(city))
        load_folder(knowledge, Path(needs), source="needs")
        knowledge.close()


def _shape(found: FundCoverage) -> str:
    sizes = [len({cell.key.values[dimension] for cell in found.cells}) for dimension in BY]
    assert sizes[1] <= len(Stage) + 1
    return f"{' × '.join(map(str, sizes))}: {len(found.cells):,} cells"
