"""Targets of a plan, who may have which support, and the best stack of supports, in a city with 100,000 needs (at scale 100)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

import polars as pl

from graph.blocks import encode, frame_schema
from graph.kinds.terms import Instrument
from graph.knowledge import Knowledge
from graph.log import Counts, LoadHeader, Log
from graph.money import Money
from graph.view import View
from loaders.city.names import CITY_CODE
from loaders.registry import open_source
from loaders.runner import run
from loaders.sample import PLAN
from loaders.sample.statistics import STATISTICS, write_statistics
from queries.eligibility import EligibilityCounts, eligibility, eligibility_counts
from queries.financing.need import NeedAsked
from queries.policy_stack import PolicyStack, policy_stack
from queries.stack.costs import stacked_paths
from queries.target_progress import target_progress
from tests.bench.clock import each
from tests.bench.figure import Figure, at_most
from tests.bench.ground import DAY, Ground
from tests.bench.snapshot import seen_whole

NEED = NeedAsked(Money.of(500, unit="万元"), (Instrument.DEBT,), tenor_max_days=365)
PATHS = 20


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds until the answer is there."""
    knowledge = _with_plan(ground)
    view = knowledge.view(DAY)
    seen_whole(view)
    firms = view.ids_of(view.handles("Enterprise")[: 2 * ground.times(50) + 2])
    yield from _progress(ground, view)
    yield from _eligibility(ground, view, firms)
    yield from _stacks(view, firms[1 : len(firms) // 2 + 1])
    knowledge.close()


def _with_plan(ground: Ground) -> Knowledge:
    """The city with its plan, how far that has come, and a need of each firm more; the city's own log stays as it is."""
    folder = ground.folder / "policy"
    folder.mkdir()
    log = folder / "log.sqlite"
    shutil.copy(ground.loaded_url.removeprefix("sqlite:///"), log)
    shutil.copytree(ground.snapshots, folder / "snapshots")
    opened = ground.open(f"sqlite:///{log}")
    knowledge = Knowledge.open(opened, directory=folder / "snapshots")
    plan = open_source("plan", PLAN, knowledge.snapshot.ontology, {"region": CITY_CODE})
    assert run(knowledge, plan, actor="bench").is_clean
    firms = knowledge.view(DAY).ids_of(knowledge.view(DAY).handles("Enterprise"))
    tables = write_statistics(folder / "statistics", DAY, firms)
    statistics = open_source("tabular", tables, knowledge.snapshot.ontology, {"source": STATISTICS})
    assert run(knowledge, statistics, actor="bench").is_clean
    _state_needs(opened, knowledge, firms)
    knowledge.refresh()
    return knowledge


def _state_needs(log: Log, knowledge: Knowledge, firms: Sequence[str]) -> None:
    """A need of each firm."""
    place, terms = pl.int_range(len(firms)), pl.Series(["DEBT", "EQUITY", "GRANT", "REFINANCE"])
    needs = pl.select(
        id=pl.format("financingNeed:bench-{}", place),
        enterprise=pl.lit(pl.Series(firms)),
        amount=(place % 997 + 1) * 1_000_000,
        instrument=pl.lit(terms).gather(place % 4),
        tenor_max_days=place % 700 + 30,
    )
    schema = frame_schema(knowledge.snapshot.ontology["FinancingNeed"])
    load = log.begin(LoadHeader("needs", "bench", ("FinancingNeed",)))
    log.append(load, "FinancingNeed", encode(needs.cast({name: schema[name] for name in needs.columns})), needs.height)
    log.finish(load, compared_at=log.head().seq, counts=Counts(stated=needs.height))


def _progress(ground: Ground, view: View) -> Iterator[Figure]:
    first = each(lambda _: target_progress(view), range(1))
    detail = f"{len(target_progress(view))} targets, {len(view.handles('Observation')):,} observations"
    yield Figure.of("targetProgress of all targets, the first time in a view", "ms", first.milliseconds(), None, detail)
    taken = each(lambda _: target_progress(view), range(ground.times(20)))
    yield Figure.of("targetProgress of all targets, asked again", "ms", taken.milliseconds(), at_most(50))


def _eligibility(ground: Ground, view: View, firms: Sequence[str]) -> Iterator[Figure]:
    first = each(lambda firm: eligibility(view, firm), firms[:1])
    yield Figure.of("eligibility of the first enterprise asked about in a view", "ms", first.milliseconds())
    found = eligibility(view, firms[0])
    rules = sum(len(one.rules) for one in found)
    taken = each(lambda firm: eligibility(view, firm), firms[1:])
    detail = f"{len(found):,} supports and measures, {rules:,} rules"
    yield Figure.of("eligibility of one enterprise for all supports", "ms", taken.milliseconds(), at_most(20), detail)
    whole: list[tuple[EligibilityCounts, ...]] = []
    counted = each(lambda _: whole.append(eligibility_counts(view)), range(ground.times(5)))
    every = len(view.handles("Enterprise"))
    yield Figure.of(
        "eligibility of all enterprises for all supports",
        "ms",
        counted.milliseconds(),
        at_most(2_000),
        f"{every:,} enterprises",
    )


def _stacks(view: View, firms: Sequence[str]) -> Iterator[Figure]:
    first = each(lambda firm: policy_stack(view, firm, NEED), firms[:1])
    yield Figure.of("policyStack of the first enterprise asked about in a view", "ms", first.milliseconds())
    found: list[PolicyStack] = []
    taken = each(lambda firm: found.append(policy_stack(view, firm, NEED)), firms[1:] or firms)
    exact = sum(one.certain.exact and one.possible.exact for one in found)
    candidates = max(len(one.possible.supports) for one in found)
    detail = f"{exact} of {len(found)} proven, up to {candidates} supports in one"
    yield Figure.of("policyStack of one enterprise", "ms", taken.milliseconds(), at_most(200), detail)
    costs = each(
        lambda one: stacked_paths(view, view.id_of(one.enterprise), NEED, one.certain, one.possible, first=PATHS), found[:20]
    )  # fmt: skip
    yield Figure.of(f"the cost of {PATHS} paths with a stack", "ms", costs.milliseconds())
