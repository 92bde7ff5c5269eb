"""Financing paths: to any enterprise, to a hub and its suppliers, over GraphQL, and against the same question in Cypher."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from graph.kinds.terms import Technique
from graph.search import SearchIndex
from graph.view import View
from queries.financing_paths import financing_paths
from queries.financing_terms import PathStatus
from schema.context import Clock, Scope, Service
from schema.execution import Request, run
from schema.schema import build_schema
from tests.bench.clock import Times, each, timed
from tests.bench.cypher import CypherChains
from tests.bench.figure import Figure, at_most
from tests.bench.ground import DAY, Ground

SAMPLE: Final = 100
SEED: Final = 20_260_101
LINKS: Final = (3, 4, 5)
"""Supply links of the chains that Cypher is asked for; ours always searches up to five."""
CYPHER_SCALE: Final = 10.0

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
    for number in range(ground.times(5)):
        earlier = ground.knowledge.view(DAY - timedelta(days=number + 1))
        cold += timed(partial(financing_paths, earlier, firms[number % len(firms)]))
    yield Figure.of("the first question of a cold view", "ms", cold.milliseconds())
    ask = partial(financing_paths, view, count=False)
    times = each(ask, firms).milliseconds()
    yield Figure.of("any enterprise: the median", "ms", times, at_most(10), "first 20 paths, nine techniques")
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
    yield _over_graphql(ground, firms)
    yield from _against_cypher(ground)


def sampled(view: View, size: int) -> list[str]:
    """Ids of enterprises, by a seed."""
    handles = view.handles("Enterprise")
    chance = random.Random(SEED)
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
    if ground.scale <= CYPHER_SCALE:
        yield from _ratios(ground)
        return
    folder = Path(ground.folder, "cypher")
    folder.mkdir()
    with Ground(folder, scale=CYPHER_SCALE, stores=ground.stores, repetitions=ground.repetitions) as smaller:
        yield from _ratios(smaller)


def _ratios(ground: Ground) -> Iterator[Figure]:
    view = ground.view
    with CypherChains(ground) as cypher:
        _, suppliers = hub_of(view)
        firms = random.Random(SEED).choices(view.ids_of(suppliers), k=ground.times(12))
        ours = partial(
            financing_paths, view, techniques=[Technique.DEEP_TIER], status=[PathStatus.PROSPECTIVE], count=False
        )
        ours(firms[0])
        for links in LINKS:
            cypher.ask(firms[0], links)
            mine, theirs = Times(), Times()
            for firm in firms:
                mine += timed(partial(ours, firm))
                theirs += timed(partial(cypher.ask, firm, links))
            ratio = tuple(other / own for own, other in zip(mine.clock, theirs.clock, strict=True))
            note = f"{ground.scale:g},000 enterprises, in turn; Cypher {_ms(theirs)}, ours with gates, limits and up to 5 links {_ms(mine)}"
            yield Figure(f"deep-tier chains of up to {links} links: Cypher takes", "× as long", ratio, None, note)


def _ms(times: Times) -> str:
    return f"{1000 * sorted(times.clock)[len(times.clock) // 2]:.1f} ms"
