"""Undo, withdrawal and retraction: loads of their own, after which earlier answers are what they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Batch
from graph.blocks import Op
from graph.errors import InvalidInput, LoadError, NotFound
from graph.kinds.parties import Enterprise, Supplies
from graph.knowledge import Knowledge
from graph.log import LoadHeader, Mode
from graph.ontology import Ontology
from graph.records import Record, Ref
from graph.sqlite_log import SqliteLog
from graph.undoing import retract, undo, withdraw
from graph.validation import validate
from graph.writing import write
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog

ONTOLOGY = Ontology.current()
DAY = date(2024, 5, 1)


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    with SqliteLog(tmp_path / "log.sqlite") as log:
        yield knowledge_of(log, ontology=ONTOLOGY)


def put(knowledge: Knowledge, *stated: Record, source: str = "register", mode: Mode = Mode.PARTIAL) -> int:
    """Write these records as a load; its number."""
    batch, rejections = validate(Batch.of(stated, ONTOLOGY), ONTOLOGY, source)
    assert not rejections, rejections
    kinds = tuple(batch.frames) or ("Enterprise",)
    header = LoadHeader(source, "tests", kinds, mode, stated_on=DAY if mode is Mode.FULL else None)
    load = write(knowledge, header, batch.frames, lease=None, force=True).load
    assert load is not None
    return load.seq


def firm(number: int, name: str = "甲", **fields: Any) -> Enterprise:
    return Enterprise(id=f"enterprise:{number}", name=name, **fields)


def names(knowledge: Knowledge, as_of: date | None = None) -> dict[str, str]:
    knowledge.refresh()
    view = knowledge.view(as_of)
    return {view.id_of(int(at)): view.value(int(at), "name") for at in view.handles("Enterprise")}


def known_before(knowledge: Knowledge, seq: int) -> dict[str, str]:
    """The names as they were known at load `seq`."""
    loads = knowledge.refresh().loads
    view = knowledge.view(known_at=loads[seq - 1].recorded_at)
    return {view.id_of(int(at)): view.value(int(at), "name") for at in view.handles("Enterprise")}


# undo


def test_what_a_load_stated_first_is_retracted(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    seq = put(knowledge, firm(2))
    done = undo(knowledge, seq, actor="tests")
    assert (done.restated, done.retracted) == ({"Enterprise": 0}, {"Enterprise": 1})
    assert names(knowledge) == {"enterprise:1": "甲"}


def test_what_a_load_changed_stands_as_before(knowledge: Knowledge) -> None:
    put(knowledge, firm(1, website="a.example"))
    undo(knowledge, put(knowledge, firm(1, "乙")), actor="tests")
    row = knowledge.refresh().current("Enterprise", "register").row(0, named=True)
    assert (row["name"], row["website"], row["op"]) == ("甲", "a.example", Op.STATE.value)


def test_what_a_later_load_stated_is_left_alone(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    seq = put(knowledge, firm(1, "乙"), firm(2, "乙"))
    put(knowledge, firm(1, "丙"))
    undo(knowledge, seq, actor="tests")
    assert names(knowledge) == {"enterprise:1": "丙"}


def test_earlier_answers_do_not_change(knowledge: Knowledge) -> None:
    seq = put(knowledge, firm(1))
    undo(knowledge, seq, actor="tests")
    assert known_before(knowledge, seq) == {"enterprise:1": "甲"}
    assert names(knowledge) == {}


def test_an_ending_is_undone(knowledge: Knowledge) -> None:
    put(knowledge, firm(1), firm(2))
    seq = put(knowledge, firm(1), mode=Mode.FULL)
    assert names(knowledge) == {"enterprise:1": "甲"}
    undo(knowledge, seq, actor="tests")
    assert names(knowledge) == {"enterprise:1": "甲", "enterprise:2": "甲"}


def test_a_statement_that_had_ended_has_ended_again(knowledge: Knowledge) -> None:
    put(knowledge, firm(1), firm(2))
    put(knowledge, firm(1), mode=Mode.FULL)
    undo(knowledge, put(knowledge, firm(2, "乙")), actor="tests")
    assert names(knowledge) == {"enterprise:1": "甲"}
    assert names(knowledge, date(2024, 4, 30)) == {"enterprise:1": "甲", "enterprise:2": "甲"}


def test_an_undo_is_undone(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    undone = undo(knowledge, put(knowledge, firm(1, "乙"), firm(2)), actor="tests")
    assert undone.load is not None
    undo(knowledge, undone.load.seq, actor="tests")
    assert names(knowledge) == {"enterprise:1": "乙", "enterprise:2": "甲"}


def test_links_are_undone(knowledge: Knowledge) -> None:
    ends = {"source": Ref("enterprise:1"), "target": Ref("enterprise:2")}
    put(knowledge, Supplies(**ends, payment_term_days=30))
    undo(knowledge, put(knowledge, Supplies(**ends, payment_term_days=60)), actor="tests")
    assert knowledge.refresh().current("Supplies", "register")["payment_term_days"].to_list() == [30]


def test_a_confirmed_load_is_undone_only_by_force(knowledge: Knowledge) -> None:
    seq = put(knowledge, firm(1), firm(2))
    put(knowledge, firm(1))
    with pytest.raises(LoadError, match="stated rows of load 1 again") as caught:
        undo(knowledge, seq, actor="tests")
    assert caught.value.code == "CONFIRMED"
    assert knowledge.log.head().seq == 2
    undo(knowledge, seq, actor="tests", force=True)
    assert names(knowledge) == {}


def test_a_load_that_confirms_another_load_is_no_hindrance(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    seq = put(knowledge, firm(2))
    put(knowledge, firm(1))
    undo(knowledge, seq, actor="tests")
    assert names(knowledge) == {"enterprise:1": "甲"}


def test_another_source_confirms_nothing(knowledge: Knowledge) -> None:
    seq = put(knowledge, firm(1))
    put(knowledge, firm(1), source="bank")
    put(knowledge, firm(1), source="bank")
    assert undo(knowledge, seq, actor="tests").retracted == {"Enterprise": 1}


def test_a_dry_run_undoes_nothing(knowledge: Knowledge) -> None:
    seq = put(knowledge, firm(1))
    done = undo(knowledge, seq, actor="tests", dry_run=True)
    assert (done.load, done.retracted) == (None, {"Enterprise": 1})
    assert knowledge.log.head().seq == seq


def test_a_load_that_is_not_there_is_not_found(knowledge: Knowledge) -> None:
    with pytest.raises(NotFound, match="no load 7"):
        undo(knowledge, 7, actor="tests")


# withdrawal


def test_nothing_of_a_withdrawn_source_counts(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    put(knowledge, firm(2), source="bank")
    done = withdraw(knowledge, "register", actor="tests")
    assert done.load is not None
    assert (done.load.header.mode, done.load.rows, done.retracted) == (Mode.WITHDRAWAL, 0, {"Enterprise": 1})
    assert names(knowledge) == {"enterprise:2": "甲"}
    assert known_before(knowledge, 2) == {"enterprise:1": "甲", "enterprise:2": "甲"}


def test_a_withdrawn_source_states_again(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    withdraw(knowledge, "register", actor="tests")
    put(knowledge, firm(1))
    assert names(knowledge) == {"enterprise:1": "甲"}


def test_the_undo_of_a_withdrawal_brings_back_what_was_not_stated_since(knowledge: Knowledge) -> None:
    put(knowledge, firm(1), firm(2))
    put(knowledge, firm(2, "乙"))
    done = withdraw(knowledge, "register", actor="tests")
    put(knowledge, firm(1, "丙"))
    assert done.load is not None
    undo(knowledge, done.load.seq, actor="tests")
    assert names(knowledge) == {"enterprise:1": "丙", "enterprise:2": "乙"}


def test_the_undo_of_a_load_before_a_withdrawal_touches_nothing(knowledge: Knowledge) -> None:
    seq = put(knowledge, firm(1))
    withdraw(knowledge, "register", actor="tests")
    assert undo(knowledge, seq, actor="tests").retracted == {}


def test_an_unknown_source_cannot_be_withdrawn(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    with pytest.raises(NotFound, match="known: register"):
        withdraw(knowledge, "bank", actor="tests")


# retraction


def test_a_retracted_id_is_stated_no_more(knowledge: Knowledge) -> None:
    put(knowledge, firm(1), firm(2))
    done = retract(knowledge, "register", ["enterprise:1"], actor="tests")
    assert done.retracted == {"Enterprise": 1}
    assert names(knowledge) == {"enterprise:2": "甲"}


def test_every_version_of_an_id_is_retracted(knowledge: Knowledge) -> None:
    put(knowledge, firm(1, valid_from=date(2020, 1, 1)), firm(1, "乙", valid_from=date(2021, 1, 1)))
    retract(knowledge, "register", ["enterprise:1"], actor="tests")
    assert names(knowledge, date(2020, 6, 1)) == {}


def test_another_sources_statements_stay(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    put(knowledge, firm(1, "乙"), source="bank")
    retract(knowledge, "register", ["enterprise:1"], actor="tests")
    assert names(knowledge) == {"enterprise:1": "乙"}


def test_a_link_is_retracted_by_its_id(knowledge: Knowledge) -> None:
    put(knowledge, Supplies(source=Ref("enterprise:1"), target=Ref("enterprise:2"), product=Ref("product:steel")))
    link = "supplies:enterprise%3A1:enterprise%3A2:product%3Asteel"
    assert retract(knowledge, "register", [link], actor="tests").retracted == {"Supplies": 1}


def test_a_retraction_is_undone(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    done = retract(knowledge, "register", ["enterprise:1"], actor="tests")
    assert done.load is not None
    undo(knowledge, done.load.seq, actor="tests")
    assert names(knowledge) == {"enterprise:1": "甲"}


def test_ids_that_the_source_does_not_state_are_named(knowledge: Knowledge) -> None:
    put(knowledge, firm(1))
    put(knowledge, firm(2), source="bank")
    with pytest.raises(NotFound, match=r"states nothing of enterprise:2, enterprise:9;"):
        retract(knowledge, "register", ["enterprise:1", "enterprise:2", "enterprise:9"], actor="tests")
    assert knowledge.log.head().seq == 2


def test_no_ids_are_no_retraction(knowledge: Knowledge) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        retract(knowledge, "register", [], actor="tests")


rows = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from("甲乙丙")), min_size=1, max_size=4, unique_by=lambda row: row[0]
)


@settings(max_examples=40)
@given(st.lists(st.tuples(rows, st.booleans()), min_size=1, max_size=4))
def test_undoing_the_last_load_restores_what_was_before_it(loads: list[tuple[list[tuple[int, str]], bool]]) -> None:
    knowledge = knowledge_of(MemoryLog(), ontology=ONTOLOGY)
    states: list[dict[str, str]] = [{}]
    for stated, full in loads:
        seq = put(knowledge, *(firm(*row) for row in stated), mode=Mode.FULL if full else Mode.PARTIAL)
        states.append(names(knowledge))
    undo(knowledge, seq, actor="tests")
    assert names(knowledge) == states[-2]
    assert [known_before(knowledge, at) for at in range(1, len(states))] == states[1:]
