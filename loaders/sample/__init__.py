"""The fictional sample: a generated city and its plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from graph.knowledge import Knowledge
from loaders.city import generate_city
from loaders.city.generator import SOURCE
from loaders.progress import shown
from loaders.registry import open_source
from loaders.report import LoadReport
from loaders.runner import run

PLAN: Final = Path(__file__).parent / "plan.txt"


def load_sample(knowledge: Knowledge, folder: Path, quarantine: Path) -> Iterator[LoadReport]:
    """The reports of loading the city, whose tables are written below `folder`, and then its plan."""
    city = folder / "city"
    generate_city(city)
    for loader, path, options in (("tabular", city, {"source": SOURCE}), ("plan", PLAN, {})):
        extraction = open_source(loader, path, knowledge.snapshot.ontology, options)
        with shown() as progress:
            yield run(knowledge, extraction, actor="luoshu run", progress=progress, quarantine=quarantine)
        knowledge.refresh()
