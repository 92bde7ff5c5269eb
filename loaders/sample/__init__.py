"""The fictional sample: a generated city, its plan, what came after the plan, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from graph.knowledge import Knowledge
from loaders.base import Extraction
from loaders.city import generate_city
from loaders.city.generator import SOURCE
from loaders.city.names import CITY_CODE
from loaders.progress import shown
from loaders.registry import open_source
from loaders.report import LoadReport
from loaders.runner import run
from loaders.sample.follow_up import SOURCE as FOLLOW_UP
from loaders.sample.follow_up import write_follow_up
from loaders.sample.statistics import ASSOCIATION, STATISTICS, write_association, write_statistics

PLAN: Final = Path(__file__).parent / "plan.txt"


def load_sample(knowledge: Knowledge, folder: Path, quarantine: Path) -> Iterator[LoadReport]:
    """The reports of loading the city as it is today, then its plan, what came after it, and the statistics of it; tables are written below
    `folder`.

    What a store holds already is not loaded again, so that a run that was interrupted is completed; a store with data of anyone
    else's is left as it is.
    """
    loaded = {load.header.source for load in knowledge.snapshot.loads}
    plan = open_source("plan", PLAN, knowledge.snapshot.ontology, {"region": CITY_CODE})
    if loaded - {SOURCE, plan.source, FOLLOW_UP, STATISTICS, ASSOCIATION}:
        return
    if SOURCE not in loaded:
        bundle = generate_city(folder / "city", as_of=knowledge.today())
        yield _loaded(knowledge, open_source("city", bundle.folder, knowledge.snapshot.ontology), quarantine)
    if plan.source not in loaded:
        yield _loaded(knowledge, plan, quarantine)
    if FOLLOW_UP not in loaded:
        tables = write_follow_up(folder / "follow-up", knowledge.today())
        follow_up = open_source("tabular", tables, knowledge.snapshot.ontology, {"source": FOLLOW_UP})
        yield _loaded(knowledge, follow_up, quarantine)
    if STATISTICS not in loaded:
        view = knowledge.view()
        firms = view.ids_of(view.handles("Enterprise"))
        tables = write_statistics(folder / "statistics", knowledge.today(), firms)
        statistics = open_source("tabular", tables, knowledge.snapshot.ontology, {"source": STATISTICS})
        yield _loaded(knowledge, statistics, quarantine)
    if ASSOCIATION not in loaded:
        tables = write_association(folder / "association", knowledge.today())
        association = open_source("tabular", tables, knowledge.snapshot.ontology, {"source": ASSOCIATION})
        yield _loaded(knowledge, association, quarantine)


def _loaded(knowledge: Knowledge, extraction: Extraction, quarantine: Path) -> LoadReport:
    with shown() as progress:
        report = run(knowledge, extraction, actor="luoshu run", progress=progress, quarantine=quarantine)
    knowledge.refresh()
    return report
