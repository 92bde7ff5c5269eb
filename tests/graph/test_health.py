"""What a view stands on and what is wrong with it, counted by columns and record by record."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.batch import Statement
from graph.health import kind_health, source_health
from graph.kinds.assets import Receivable
from graph.kinds.parties import Enterprise
from graph.log import Mode
from graph.money import Money
from graph.records import Ref
from graph.view import View
from tests.graph.build import knowledge_of, load, withdraw
from tests.graph.memory_log import MemoryLog

FIRM = st.fixed_dictionaries(
    {
        "name": st.sampled_from([None, "甲", "乙"]),
        "annual_revenue": st.sampled_from([None, Money(100), Money(100, printed="一元"), Money(100, "USD"), Money(7)]),
        "aliases": st.sampled_from([(), ("一",), ("一", "二")]),
        "group": st.sampled_from([None, Ref("group:a"), Ref("group:b")]),
        "employees": st.sampled_from([None, 5, 6]),
    }
)
LOADS = st.lists(
    st.tuples(st.sampled_from(["one", "two", "three"]), st.dictionaries(st.integers(0, 3), FIRM, min_size=1)),
    max_size=4,
)


def built(loads: list[tuple[str, dict[int, dict[str, Any]]]]) -> View:
    log = MemoryLog()
    for source, firms in loads:
        load(log, source, [Enterprise(id=f"enterprise:{number}", **values) for number, values in firms.items()])
    return knowledge_of(log).view()


@settings(max_examples=50)
@given(LOADS)
def test_counts_are_those_of_the_records_one_by_one(loads: list[tuple[str, dict[int, dict[str, Any]]]]) -> None:
    view = built(loads)
    present = [handle for number in range(4) if view.is_in_force(handle := view.locate(f"enterprise:{number}"))]
    sources = {handle: {statement.source for statement in view.statements(handle)} for handle in present}
    incomplete = {handle for handle in present if view.missing_fields(handle)}
    conflicting = {handle for handle in present if view.conflicts(handle)}
    for health in source_health(view):
        mine = {handle for handle in present if health.source in sources[handle]}
        assert health.records == len(mine)
        assert health.incomplete == len(mine & incomplete)
        assert health.in_conflict == len(mine & conflicting)
        assert len(health.loads) == sum(source == health.source for source, _ in loads)
    for kind in kind_health(view):
        assert kind.kind == "Enterprise"
        assert kind.live == len(set(present) - incomplete)
        assert kind.incomplete == len(incomplete)
        assert kind.in_conflict == len(conflicting)
        lost = [handle for handle in set(present) - incomplete if view.value(handle, "group") is not None]
        assert kind.dangling == len(lost)


def test_to_say_that_there_is_none_contradicts_a_value() -> None:
    log = MemoryLog()
    load(log, "one", [Enterprise(id="enterprise:1", name="甲", website="https://a.example")])
    load(log, "two", [Statement(Enterprise(id="enterprise:1", name="甲"), none=("website",))])
    [kind] = kind_health(knowledge_of(log).view())
    assert kind.in_conflict == 1


def test_a_reference_to_nothing_is_named() -> None:
    log = MemoryLog()
    load(
        log,
        "one",
        [Receivable(id="receivable:1", owner=Ref("enterprise:x"), obligor=Ref("enterprise:y"), face=Money(5))],
    )
    [kind] = kind_health(knowledge_of(log).view(), examples=1)
    assert (kind.live, kind.dangling) == (1, 2)
    assert kind.examples == (("receivable:1", "owner", "enterprise:x"),)


def test_a_withdrawn_source_says_so() -> None:
    log = MemoryLog()
    load(log, "one", [Enterprise(id="enterprise:1", name="甲")])
    withdraw(log, "one")
    [health] = source_health(knowledge_of(log).view())
    assert (health.withdrawn, health.current, health.statements, health.records) == (True, 0, 1, 0)
    assert [one.header.mode for one in health.loads] == [Mode.PARTIAL, Mode.WITHDRAWAL]


def test_an_earlier_view_knows_only_the_loads_of_then() -> None:
    log = MemoryLog()
    first = load(log, "one", [Enterprise(id="enterprise:1", name="甲")])
    load(log, "one", [Enterprise(id="enterprise:2", name="乙")])
    load(log, "two", [Enterprise(id="enterprise:2", name="丙")])
    [health] = source_health(knowledge_of(log).view(known_at=first.recorded_at))
    assert (health.source, len(health.loads), health.statements, health.current) == ("one", 1, 1, 1)
