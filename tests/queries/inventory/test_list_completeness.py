"""Lists against the number of members that is expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from graph.kinds.demand_side import ListedIn, ProjectList
from graph.kinds.parties import Enterprise
from graph.kinds.policy import Measure, Mentions, Policy
from graph.records import Record, Ref
from loaders.registry import open_source
from loaders.runner import run
from queries.financing.terms import Ternary
from queries.list_completeness import ListCompleteness, list_completeness
from tests.graph.build import knowledge_of
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import ontology, view_of

FIRMS = [Enterprise(id=f"enterprise:{name}", name=name) for name in "abc"]


def one(expected: int | None, *records: Record) -> ListCompleteness:
    [found] = list_completeness(
        view_of(*FIRMS, ProjectList(id="projectList:l", name="l", expected_count=expected), *records)
    )
    return found


def listed(name: str, **fields: Any) -> ListedIn:
    return ListedIn(source=Ref(f"enterprise:{name}"), target=Ref("projectList:l"), **fields)


def test_an_announced_list_has_no_members() -> None:
    found = one(20)
    assert (found.loaded, found.complete, found.lacking, found.surplus) == (0, Ternary.NO, 20, 0)


def test_a_list_with_all_its_members_is_complete_and_more_are_a_surplus() -> None:
    members = [listed(name) for name in "abc"]
    assert (one(3, *members).complete, one(3, *members).surplus) == (Ternary.YES, 0)
    assert (one(2, *members).complete, one(2, *members).surplus) == (Ternary.YES, 1)
    assert one(0).complete is Ternary.YES


def test_without_a_number_nobody_can_tell() -> None:
    found = one(None, listed("a"))
    assert (found.loaded, found.complete, found.lacking) == (1, Ternary.UNKNOWN, None)
    assert [fact.field for fact in found.missing] == ["expectedCount"]


def test_members_count_on_the_day_and_only_where_they_are_there() -> None:
    gone = listed("a", valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1))
    assert one(3, gone, listed("b"), listed("nobody")).loaded == 1


def test_the_measures_that_name_a_list_are_told() -> None:
    policy = Policy(id="policy:p", doc_no="p", title="p")
    measure = Measure(id="measure:p:1", policy=Ref("policy:p"), number=1, title="m", text="m")
    named = [
        Mentions(source=Ref(source), target=Ref("projectList:l"), at=at)
        for source, at in (("measure:p:1", 1), ("measure:p:1", 9), ("policy:p", 3))
    ]
    assert len(one(3, policy, measure, *named).measures) == 1


def test_the_lists_of_the_luoyang_plan_are_announced_without_members(test_data: Path) -> None:
    knowledge = knowledge_of(MemoryLog(), ontology=ontology())
    plan = next((test_data / "seeds").glob("*.txt"))
    assert run(knowledge, open_source("plan", plan, ontology(), {}), actor="tests").is_clean
    knowledge.refresh()
    view = knowledge.view()
    found = {view.value(one.list, "name"): one for one in list_completeness(view)}
    numbered = {name: one.expected for name, one in found.items() if one.expected is not None}
    assert sorted(numbered.values()) == [20, 30, 100]
    assert {one.loaded for one in found.values()} == {0}
    assert {found[name].complete for name in numbered} == {Ternary.NO}
    assert {one.complete for name, one in found.items() if name not in numbered} == {Ternary.UNKNOWN}
    assert all(view.value(measure, "number") == 13 for name in numbered for measure in found[name].measures)
