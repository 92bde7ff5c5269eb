"""Whatever is loaded, a view answers as the slow oracle does; and it does not matter how it came to its snapshot."""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.knowledge import Knowledge
from graph.ontology import Ontology
from tests.graph.agreement import answers_of_oracle, answers_of_view
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog
from tests.graph.oracle import Loaded, Oracle
from tests.graph.worlds import loads, moments, worlds, write

ONTOLOGY = Ontology.current()
BEFORE = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _written(world: Sequence[Loaded]) -> MemoryLog:
    log = MemoryLog()
    write(log, world, ONTOLOGY)
    return log


def _known_at(log: MemoryLog, seq: int) -> datetime:
    return log.loads()[seq - 1].recorded_at if seq else BEFORE


def _answers(knowledge: Knowledge, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    return answers_of_view(knowledge.view(as_of, known_at))


@given(world=worlds, as_of=moments, data=st.data())
def test_a_view_answers_as_the_oracle_at_any_moment(world: Sequence[Loaded], as_of: date, data: st.DataObject) -> None:
    log = _written(world)
    seq = data.draw(st.integers(0, len(world)))
    answers = _answers(knowledge_of(log, ontology=ONTOLOGY), as_of, _known_at(log, seq))
    assert answers == answers_of_oracle(Oracle(ONTOLOGY, world, as_of, seq))


@given(world=worlds, more=st.lists(loads, min_size=1, max_size=3), as_of=moments)
def test_a_refreshed_view_answers_as_a_new_one(world: Sequence[Loaded], more: Sequence[Loaded], as_of: date) -> None:
    log = _written(world)
    knowledge = knowledge_of(log, ontology=ONTOLOGY)
    _answers(knowledge, as_of)
    for loaded in more:
        write(log, [loaded], ONTOLOGY)
        knowledge.refresh()
        assert _answers(knowledge, as_of) == _answers(knowledge_of(log, ontology=ONTOLOGY), as_of)


@given(world=worlds, more=worlds, as_of=moments, data=st.data())
def test_what_was_known_does_not_change_with_later_loads(
    world: Sequence[Loaded], more: Sequence[Loaded], as_of: date, data: st.DataObject
) -> None:
    log = _written(world)
    known_at = _known_at(log, data.draw(st.integers(0, len(world))))
    before = _answers(knowledge_of(log, ontology=ONTOLOGY), as_of, known_at)
    write(log, more, ONTOLOGY)
    assert _answers(knowledge_of(log, ontology=ONTOLOGY), as_of, known_at) == before


@given(world=worlds, as_of=moments, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_within_a_load_changes_nothing(
    world: Sequence[Loaded], as_of: date, seed: random.Random
) -> None:
    shuffled = [replace(loaded, rows=tuple(seed.sample(loaded.rows, len(loaded.rows)))) for loaded in world]
    assert _answers(knowledge_of(_written(shuffled), ontology=ONTOLOGY), as_of) == _answers(
        knowledge_of(_written(world), ontology=ONTOLOGY), as_of
    )


@settings(max_examples=25)
@given(world=worlds, more=st.lists(loads, max_size=2), as_of=moments)
def test_a_mapped_snapshot_answers_as_a_built_one(world: Sequence[Loaded], more: Sequence[Loaded], as_of: date) -> None:
    log = _written(world)
    with tempfile.TemporaryDirectory() as folder:
        kept = knowledge_of(log, ontology=ONTOLOGY, directory=Path(folder), publish_rows=0)
        for loaded in [*more, Loaded("tax")]:
            before = _answers(kept, as_of)
            kept.settle()
            assert _answers(kept, as_of) == before
            write(log, [loaded], ONTOLOGY)
            kept.refresh()
        built = _answers(knowledge_of(log, ontology=ONTOLOGY), as_of)
        assert _answers(kept, as_of) == built
        kept.close()
        again = knowledge_of(log, ontology=ONTOLOGY, directory=Path(folder))
        assert _answers(again, as_of) == built
        again.close()
