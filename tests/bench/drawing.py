"""The drawing: a Neo4j brought to show the city, and then to show what changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from graph.drawing import Drawing, DrawingReport
from tests.bench.clock import timed
from tests.bench.figure import Figure, at_least
from tests.bench.ground import DAY, Ground


def measure(ground: Ground) -> Iterator[Figure]:
    """Records a second: nodes, references and links each count as one."""
    ground.empty_neo4j()
    knowledge = ground.knowledge
    reports: list[DrawingReport] = []

    def draw(days: int) -> None:
        view = knowledge.view(DAY + timedelta(days=days))
        reports.append(drawing.draw(view, knowledge.log.log_id, log_is_elsewhere=True))

    with Drawing(ground.neo4j.uri) as drawing:
        first = timed(lambda: draw(0), server=ground.neo4j_seconds)
        rows = reports[-1].rows
        records = reports[-1].nodes + reports[-1].links
        shape = f"{reports[-1].nodes:,} nodes, {reports[-1].links:,} links, {reports[-1].references:,} references"
        yield Figure.of("drawn first, records", "records/s", first.rates(records), at_least(5_000), shape)
        yield Figure.of("drawn first, nodes and relationships", "rows/s", first.rates(rows))
        same = timed(lambda: draw(0), server=ground.neo4j_seconds)
        yield Figure.of("asked again, nothing new", "s", same)
        later = timed(lambda: draw(30), server=ground.neo4j_seconds)
        yield Figure.of("redrawn for a day 30 days later", "s", later, None, f"{reports[-1].rows:,} rows differ")
