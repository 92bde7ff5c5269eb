"""The questions that the README asks of the sample city, and their answers: `python -m tests.readme` writes the answers anew."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from graph.knowledge import Knowledge
from graph.search import SearchIndex
from loaders.sample import load_sample
from schema.context import Clock, Scope, Service
from schema.execution import Request, run
from schema.schema import build_schema
from tests.graph.memory_log import MemoryLog

README: Final = Path(__file__).parents[1] / "README.md"
PAIR: Final = re.compile(r"(```graphql\n(?P<asked>(?:(?!```).)*)```\n\n```json\n)(?P<told>.*?)(?=```)", re.DOTALL)
DAY: Final = re.compile(r"asked on (\d{4}-\d{2}-\d{2})")
WIDTH: Final = 150
SECONDS: Final = 120.0
"""What a question may take here: no answer is cut by time."""


def asked_on(text: str) -> date:
    """The day of the README's answers."""
    found = DAY.search(text)
    assert found is not None, "the README says of which day its answers are: asked on 2026-01-31"
    return date.fromisoformat(found[1])


def answers(text: str, ask: Callable[[str], Mapping[str, Any]]) -> str:
    """The text with the answers that its questions get now."""
    return PAIR.sub(lambda pair: f"{pair[1]}{laid_out(ask(pair['asked']))}\n", text)


def laid_out(value: Any, indent: int = 0, before: int = 0) -> str:
    """A value in JSON, on one line where it fits; `before` columns of its first line are taken."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + before + len(flat) <= WIDTH or not value or not isinstance(value, dict | list):
        return flat
    deeper = indent + 2
    if isinstance(value, list):
        parts = [laid_out(one, deeper) for one in value]
        opening, closing = "[", "]"
    else:
        named = [(json.dumps(name, ensure_ascii=False) + ": ", one) for name, one in value.items()]
        parts = [name + laid_out(one, deeper, len(name)) for name, one in named]
        opening, closing = "{", "}"
    lines = ",\n".join(" " * deeper + part for part in parts)
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


def asking(folder: Path, day: date) -> Callable[[str], Mapping[str, Any]]:
    """Asks the sample city and its plan, newly loaded, of that day."""
    noon = datetime.combine(day, time(12), UTC)
    knowledge = Knowledge.open(MemoryLog(), directory=None, clock=lambda: noon)
    assert all(report.is_clean for report in load_sample(knowledge, folder / "sample", folder / "quarantine"))
    knowledge.refresh()
    search = SearchIndex(knowledge.snapshot.ontology)
    search.update(knowledge.snapshot)
    view = knowledge.view(day)
    schema, service = build_schema(view.ontology), Service(knowledge, search)

    def ask(document: str) -> Mapping[str, Any]:
        return run(schema, Scope(service, view, Clock.of(SECONDS)), Request(document)).data

    return ask


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        told = README.read_text("utf-8")
        README.write_text(answers(told, asking(Path(scratch), asked_on(told))), "utf-8")
