"""Whatever is loaded, a view answers as the slow oracle does; and it does not matter how it came to its snapshot."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from graph.ontology import Ontology
from tests.graph.agreement import answers_of_oracle, answers_of_view
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog
from tests.graph.oracle import Loaded, Oracle
from tests.graph.worlds import moments, worlds, write

ONTOLOGY = Ontology.current()


@given(world=worlds, as_of=moments, data=st.data())
def test_a_view_answers_as_the_oracle_at_any_moment(world: Sequence[Loaded], as_of: date, data: st.DataObject) -> None:
    log = MemoryLog()
    write(log, world, ONTOLOGY)
    knowledge = knowledge_of(log, ontology=ONTOLOGY)
    seq = data.draw(st.integers(0, len(world)))
    known_at = log.loads()[seq - 1].recorded_at if seq else log.head().recorded_at.replace(year=2000)
    view = knowledge.view(as_of, known_at)
    assert answers_of_view(view) == answers_of_oracle(Oracle(ONTOLOGY, world, as_of, seq))
