"""What loads changed: one change of each type by hand; on made-up logs beside the oracle; and any cut of the stream is the stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.blocks import Op
from graph.changes import Change, ChangeReader, ChangeType, Position
from graph.errors import InvalidInput
from graph.kinds.identity import Dataset, SameAs
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.places import Product
from graph.knowledge import Knowledge
from graph.load_views import LoadViews
from graph.ontology import Ontology
from graph.records import Ref
from tests.examples import FEW_WORLDS, WORLDS
from tests.graph.agreement import answers_of_view
from tests.graph.build import knowledge_of, load, withdraw
from tests.graph.memory_log import MemoryLog
from tests.graph.oracle import Loaded, Oracle
from tests.graph.worlds import loads, worlds, write

ONTOLOGY = Ontology.current()
START = Position(1)
A, B = "enterprise:a", "enterprise:b"


def told(knowledge: Knowledge, after: Position = START, **asked: object) -> list[Change]:
    """All changes after a place."""
    return list(_stream(ChangeReader(knowledge), after, **asked))


def _stream(reader: ChangeReader, place: Position, **asked: object) -> Iterator[Change]:
    while place.seq <= reader.seq:
        page = reader.page(place, **asked)  # type: ignore[arg-type]
        yield from page.changes
        place = page.reached


def plain(changes: Sequence[Change]) -> list[tuple[int, str, str]]:
    return [(one.seq, one.id, one.type.name) for one in changes]


def firm(identifier: str, name: str | None = "甲", **fields: object) -> Enterprise:
    return Enterprise(id=identifier, name=name, **fields)  # type: ignore[arg-type]


def test_a_record_comes_changes_is_restated_ends_and_is_retracted() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A)])
    load(log, "tax", [firm(A, "乙")])
    load(log, "bank", [firm(A, "乙")])
    load(log, "bank", [firm(A, "丙", valid_from=date(2030, 1, 1))])
    load(log, "tax", [firm(A)], ops={"op": [Op.END.value], "until": [date(2023, 1, 1)]})
    load(log, "bank", [firm(A)], ops={"op": [Op.END.value], "until": [date(2023, 1, 1)]})
    load(log, "late", [firm(B)])
    load(log, "late", [firm(B)], ops={"op": [Op.RETRACT.value]})
    assert plain(told(knowledge_of(log))) == [
        (1, A, "ADDED"),
        (2, A, "CHANGED"),
        (3, A, "STATED"),
        (4, A, "STATED"),
        (5, A, "STATED"),
        (6, A, "ENDED"),
        (7, B, "ADDED"),
        (8, B, "RETRACTED"),
    ]


def test_the_record_is_as_its_load_left_it_whatever_came_later() -> None:
    log = MemoryLog()
    for name in ("甲", "乙", "丙"):
        load(log, "tax", [firm(A, name)])
    changes = told(knowledge_of(log))
    assert [one.view.record(one.handle).name for one in changes] == ["甲", "乙", "丙"]  # type: ignore[attr-defined]
    assert [one.view.known_at for one in changes] == [one.recorded_at for one in changes]


def test_a_day_is_that_on_which_the_load_was_recorded_in_the_zone_of_the_service() -> None:
    log = MemoryLog()
    late = datetime(2024, 2, 29, 23, tzinfo=UTC)
    load(log, "tax", [firm(A, valid_from=date(2024, 3, 1)), firm(B, valid_from=date(2024, 3, 2))], recorded_at=late)
    changes = told(knowledge_of(log))
    assert {one.view.as_of for one in changes} == {date(2024, 3, 1)}
    assert plain(changes) == [(1, A, "ADDED"), (1, B, "STATED")]
    assert [one.handle >= 0 for one in changes] == [True, False]


def test_of_ids_that_become_one_each_is_told() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A), firm(B, "乙")])
    load(log, "tax", [SameAs(source=Ref(A), target=Ref(B))])
    knowledge = knowledge_of(log)
    changes = told(knowledge, Position(2))
    assert [(one.kind, one.id, one.type.name) for one in changes] == [
        ("Enterprise", A, "STATED"),
        ("Enterprise", B, "MERGED"),
        ("SameAs", "sameAs:enterprise%3Aa:enterprise%3Ab", "ADDED"),
    ]
    assert changes[1].view.id_of(changes[1].handle) == A
    assert plain(told(knowledge, ids=[B])) == [(1, B, "ADDED"), (2, A, "STATED"), (2, B, "MERGED")]


def test_a_withdrawal_retracts_what_nobody_else_states() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A), firm(B), Product(id="product:p", name="钢")])
    load(log, "wiki", [firm(B, "丁")])
    withdraw(log, "tax")
    assert plain(told(knowledge_of(log), Position(3))) == [
        (3, A, "RETRACTED"),
        (3, B, "CHANGED"),
        (3, "product:p", "RETRACTED"),
    ]


def test_only_the_kinds_and_ids_asked_for_are_told() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A), firm(B), Product(id="product:p", name="钢"), Supplies(source=Ref(A), target=Ref(B))])
    knowledge = knowledge_of(log)
    assert [one.kind for one in told(knowledge, kinds=["Product", "Supplies"])] == ["Product", "Supplies"]
    assert [one.id for one in told(knowledge, ids=[B, "enterprise:unknown"])] == [B]
    assert told(knowledge, kinds=["Receivable"]) == []


def test_from_now_on_is_behind_all_that_is_known() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A)])
    knowledge = knowledge_of(log)
    reader = ChangeReader(knowledge)
    now = reader.end
    assert reader.page(now).changes == ()
    load(log, "tax", [firm(B)])
    knowledge.refresh()
    assert plain(reader.page(now).changes) == [(2, B, "ADDED")]


def test_a_place_that_no_load_has_is_refused() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A)])
    with pytest.raises(InvalidInput, match="damaged"):
        ChangeReader(knowledge_of(log)).page(Position(1, "Enterprise", "enterprise:nowhere"))


def test_many_threads_read_at_once() -> None:
    log = MemoryLog()
    for number in range(30):
        load(log, "tax", [firm(A, str(number)), firm(B, str(number))])
    knowledge = knowledge_of(log)
    reader = ChangeReader(knowledge)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda limit: plain(list(_stream(reader, START, limit=limit))), [1, 2, 3, 5] * 6))
    assert found == [plain(told(knowledge))] * 24


def test_without_patience_a_page_goes_at_least_one_load_further() -> None:
    log = MemoryLog()
    for _ in range(3):
        load(log, "tax", [Product(id="product:p", name="钢")])
    page = ChangeReader(knowledge_of(log)).page(START, ["Enterprise"], patience=-1.0)
    assert (page.changes, page.reached) == ((), Position(2))


@settings(max_examples=max(20, WORLDS // 2))
@given(world=worlds)
def test_what_changed_is_what_the_oracle_finds(world: Sequence[Loaded]) -> None:
    log = MemoryLog()
    write(log, world, ONTOLOGY)
    knowledge = knowledge_of(log, ontology=ONTOLOGY)
    nodes = [kind.name for kind in ONTOLOGY.nodes]
    found = [(one.seq, one.kind, one.id, one.type) for one in told(knowledge, kinds=nodes)]
    assert found == [change for seq in range(1, len(world) + 1) for change in _by_oracle(knowledge, world, seq)]


def _by_oracle(knowledge: Knowledge, world: Sequence[Loaded], seq: int) -> list[tuple[int, str, str, ChangeType]]:
    day = knowledge.day_of(knowledge.snapshot.load(seq).recorded_at)
    before, after = (Oracle(ONTOLOGY, world, day, at) for at in (seq - 1, seq))
    touched: set[str] = set()
    for (identifier, _), versions in after.histories.items():
        mine = [version for version in versions if seq in (version.seq, version.gone)]
        for version in mine:
            if type(version.row.record) is SameAs:
                touched |= {str(version.row.record.source), str(version.row.record.target)}
            elif not ONTOLOGY[type(version.row.record).__name__].is_link:
                touched.add(identifier)
    names = {oracle.canonical(one) for one in touched for oracle in (before, after)}
    found = []
    for name in names:
        kind = ONTOLOGY.kind_of(name)
        assert kind is not None
        what = _type(before, after, name)
        if what is not None:
            found.append((seq, kind.name, name, what))
    return sorted(found, key=lambda one: one[:3])


def _type(before: Oracle, after: Oracle, name: str) -> ChangeType | None:
    old, new = (one.records.get(name) for one in (before, after))
    was = old is not None and old.in_force and before.canonical(name) == name
    if after.canonical(name) != name:
        return ChangeType.MERGED if was else None
    is_there = new is not None and new.in_force
    if was and is_there:
        assert old is not None
        assert new is not None
        return ChangeType.STATED if old.record == new.record else ChangeType.CHANGED
    if is_there:
        return ChangeType.ADDED
    if not was:
        return ChangeType.STATED
    members = [one for one in after.histories if after.canonical(one[0]) == name]
    stated = any(
        version.gone is None and version.values is not None for one in members for version in after.histories[one]
    )
    return ChangeType.ENDED if stated else ChangeType.RETRACTED


@settings(max_examples=max(20, FEW_WORLDS))
@given(world=worlds, more=st.lists(loads, max_size=3), data=st.data())
def test_any_cut_of_the_stream_into_reconnects_is_the_stream(
    world: Sequence[Loaded], more: Sequence[Loaded], data: st.DataObject
) -> None:
    log = MemoryLog()
    write(log, world, ONTOLOGY)
    knowledge = knowledge_of(log, ontology=ONTOLOGY)
    kinds = data.draw(
        st.one_of(st.none(), st.sets(st.sampled_from(["Enterprise", "Receivable", "Supplies", "SameAs"])))
    )
    found: list[Change] = []
    reader, place, waiting = ChangeReader(knowledge), START, list(more)
    while waiting or place.seq <= reader.seq:
        match data.draw(st.sampled_from(["read", "load", "restart"])):
            case "load" if waiting:
                write(log, [waiting.pop(0)], ONTOLOGY)
                knowledge.refresh()
            case "restart":
                knowledge = knowledge_of(log, ontology=ONTOLOGY)
                reader = ChangeReader(knowledge)
            case _:
                page = reader.page(place, kinds, limit=data.draw(st.integers(1, 4)))
                # Whoever loses the connection after any of them comes back with its place.
                kept = page.changes[: data.draw(st.integers(0, len(page.changes)))]
                found += kept
                place = page.reached if len(kept) == len(page.changes) else (kept[-1].position if kept else place)
    whole = told(knowledge_of(log, ontology=ONTOLOGY), kinds=kinds)
    assert [_content(one) for one in found] == [_content(one) for one in whole]


def _content(change: Change) -> tuple[object, ...]:
    record = None if change.handle < 0 else change.view.record(change.handle)
    return change.position, change.recorded_at, change.type, record


@settings(max_examples=max(20, 2 * FEW_WORLDS))
@given(world=worlds, data=st.data())
def test_the_view_of_a_load_is_the_same_moved_along_as_made_anew(world: Sequence[Loaded], data: st.DataObject) -> None:
    log = MemoryLog()
    write(log, world, ONTOLOGY)
    knowledge = knowledge_of(log, ontology=ONTOLOGY)
    views = LoadViews(knowledge, knowledge.snapshot)
    for seq in range(1, len(world) + 1):
        view = views.after(seq)
        anew = knowledge.unresolved(knowledge.snapshot, view.as_of, seq)
        assert (view.known_at, view.seq) == (anew.known_at, anew.seq)
        if data.draw(st.booleans()):
            assert answers_of_view(view) == answers_of_view(anew)


def test_a_source_that_becomes_more_reliable_counts_in_the_views_of_later_loads() -> None:
    log = MemoryLog()
    load(log, "tax", [firm(A)])
    load(log, "bank", [firm(A, "乙")])
    load(log, "registry", [Dataset(id="dataset:tax", name="tax", reliability=1)])  # type: ignore[arg-type]
    load(log, "tax", [firm(B)])
    changes = told(knowledge_of(log))
    name = [one.view.record(one.view.require(A)).name for one in changes]  # type: ignore[attr-defined]
    assert name == ["甲", "乙", "甲", "甲"]
