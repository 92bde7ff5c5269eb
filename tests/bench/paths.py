"""Financing paths: to any enterprise, to a hub and its suppliers, over GraphQL, and against the same question in Cypher."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np

from graph.kinds.terms import Technique
from graph.search import SearchIndex
from graph.view import View
from queries.connections import connections
from queries.financing.terms import PathStatus
from queries.financing_paths import financing_paths
from queries.supply_tiers import Direction, supply_tiers
from schema.context import Clock, Scope, Service
from schema.execution import Request, run
from schema.schema import build_schema
from tests.bench.clock import Times, each, timed
from tests.bench.cypher import LINKS, CypherQuestions, ratio
from tests.bench.figure import Figure, at_most
from tests.bench.ground import DAY, Ground

SAMPLE: Final = 100
SEED: Final = 20_260_101
WARM: Final = 50
TIERS: Final = (2, 3, 4)
"""Tiers of suppliers that Cypher is asked for."""

DOCUMENT: Final = """query ($firm: ID!) { view(asOf: "%s") { financingPaths(beneficiary: $firm, first: 20) {
  completeness { complete reason } paths { totalCount edges { node { id technique status source { id } capacity { amount }
  bindingConstraint { kind } steps { relation from { id } to { id } amount { amount } } gates { gate verdict } } } } } } }"""


def measure(ground: Ground) -> Iterator[Figure]:
    """Milliseconds of a question; how much longer Cypher takes for it."""
    view = ground.view
    firms = sampled(view, ground.times(SAMPLE))
    hub, suppliers = hub_of(view)
    near = random.Random(SEED).choices(view.ids_of(suppliers), k=ground.times(SAMPLE))
    cold = Times()
    for day in range(ground.times(5)):
        earlier = ground.knowledge.view(DAY - timedelta(days=day + 1))
        cold += timed(partial(financing_paths, earlier, firms[day % len(firms)]))
    yield Figure.of("the first question of a cold view", "ms", cold.milliseconds())
    ask = partial(financing_paths, view, count=False)
    for firm in sampled(view, ground.times(WARM), seed=SEED + 1):
        ask(firm)
    times = each(ask, firms).milliseconds()
    yield Figure.of(
        "any enterprise: the median",
        "ms",
        times,
        at_most(10),
        f"the first 20 paths of all {len(Technique)} techniques, after {WARM} other questions",
    )
    yield Figure.of("any enterprise: the slowest 5 %", "ms", times, at_most(50, p95=True))
    times = each(partial(ask, count=True), firms).milliseconds()
    yield Figure.of("any enterprise, and how many paths there are (at most 100)", "ms", times)
    note = f"{suppliers.size:,} suppliers"
    yield Figure.of("suppliers of the hub", "ms", each(ask, near).milliseconds(), at_most(100, p95=True), note)
    times = each(lambda _: ask(hub), range(ground.times(20))).milliseconds()
    yield Figure.of("the hub itself", "ms", times, at_most(100), note)
    chains = partial(ask, techniques=[Technique.DEEP_TIER], status=[PathStatus.PROSPECTIVE])
    times = each(chains, near).milliseconds()
    yield Figure.of("prospective deep-tier chains alone, suppliers of the hub", "ms", times, at_most(100, p95=True))
    tiers = partial(supply_tiers, view, direction=Direction.SUPPLIERS, max_tiers=5)
    times = each(lambda _: tiers(hub), range(ground.times(20))).milliseconds()
    found = sum(len(tier.firms) for tier in tiers(hub).tiers)
    yield Figure.of("suppliers of the hub in five tiers", "ms", times, None, f"{found:,} firms")
    pairs = list(pairwise(firms))
    times = each(lambda pair: connections(view, *pair), pairs or [(firms[0], hub)]).milliseconds()
    yield Figure.of("connections between any two enterprises", "ms", times, None, "the first 10 within 6 steps")
    yield _over_graphql(ground, firms)
    yield from _against_cypher(ground.for_cypher)


def sampled(view: View, size: int, seed: int = SEED) -> list[str]:
    """Ids of enterprises, by a seed."""
    handles = view.handles("Enterprise")
    chance = random.Random(seed)
    return view.ids_of(handles[[chance.randrange(handles.size) for _ in range(size)]])


def hub_of(view: View) -> tuple[str, np.ndarray]:
    """The enterprise with the most suppliers, and these."""
    links = view.handles("Supplies")
    targets, counts = np.unique(view.refs(links, "target"), return_counts=True)
    hub = int(targets[np.argmax(counts)])
    return view.id_of(hub), np.unique(view.refs(view.holders("Supplies", "target", hub), "source"))


def _over_graphql(ground: Ground, firms: list[str]) -> Figure:
    view = ground.view
    schema = build_schema(view.ontology)
    service = Service(ground.knowledge, SearchIndex(view.ontology))
    document = DOCUMENT % DAY.isoformat()

    def ask(firm: str) -> None:
        answer = run(schema, Scope(service, view, Clock.of(60)), Request(document, {"firm": firm}))
        assert "errors" not in answer.body, answer.body["errors"]

    ask(firms[0])
    return Figure.of("any enterprise, as a whole GraphQL answer", "ms", each(ask, firms).milliseconds())


def _against_cypher(ground: Ground) -> Iterator[Figure]:
    view = ground.view
    hub, suppliers = hub_of(view)
    near = random.Random(SEED).choices(view.ids_of(suppliers), k=ground.times(15))
    firms = sampled(view, ground.times(15))
    ours = partial(financing_paths, view, count=False)
    with CypherQuestions(ground) as cypher:
        for links in LINKS:
            name = f"Cypher against ours: any enterprise, Cypher without gates and with chains of up to {links} links"
            yield ratio(name, ours, partial(cypher.paths, links=links), firms, ground)
        name = f"Cypher against ours: suppliers of the hub, Cypher without gates and with chains of up to {LINKS[-1]} links"
        yield ratio(name, ours, partial(cypher.paths, links=LINKS[-1]), near, ground)
        for tiers in TIERS:
            walk = partial(supply_tiers, view, direction=Direction.SUPPLIERS, max_tiers=tiers)
            assert sum(len(tier.firms) for tier in walk(hub).tiers) == cypher.tiers(hub, tiers)
            name = f"Cypher against ours: suppliers of the hub in {tiers} tiers"
            yield ratio(name, walk, partial(cypher.tiers, tiers=tiers), [hub] * ground.times(5), ground)
