"""What the Luoyang plan asks of enterprises: in words only, so that nobody can tell, clause by clause."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.errors import NotFound
from graph.view import View
from loaders.registry import open_source
from loaders.runner import run
from queries.eligibility import EligibilityVerdict, eligibility
from queries.policy_stack import policy_stack
from tests.graph.build import knowledge_of, load
from tests.graph.memory_log import MemoryLog
from tests.queries.finance import firm, ontology

DOC = "洛政办〔2017〕70号"


@pytest.fixture(scope="module")
def view(test_data: Path) -> View:
    log = MemoryLog()
    knowledge = knowledge_of(log, ontology=ontology())
    plan = next((test_data / "seeds").glob("*.txt"))
    assert run(knowledge, open_source("plan", plan, ontology(), {}), actor="tests").is_clean
    load(log, "made-up", [firm("firm", employees=20)], ontology=ontology())
    knowledge.refresh()
    return knowledge.view(date(2021, 6, 1))


@pytest.mark.parametrize("named", [DOC, f"policy:{DOC}"])
def test_each_measure_with_a_criterion_is_unknown_for_its_words(view: View, named: str) -> None:
    found = eligibility(view, "enterprise:firm", policy=named)
    numbers = {view.value(one.about, "number") for one in found if view.has_kind(one.about, "Measure")}
    assert numbers >= {3, 5, 6, 12, 15, 16}
    for one in found:
        assert one.verdict is EligibilityVerdict.UNKNOWN
        assert {fact.field for fact in one.missing} == {"text"}
        assert all(view.value(rule.rule, "text") for rule in one.rules)


def test_no_support_of_the_plan_is_certain_for_anybody(view: View) -> None:
    found = policy_stack(view, "enterprise:firm")
    assert (found.certain.supports, found.certain.money) == ((), 0)
    assert found.dropped


def test_a_document_that_does_not_exist_is_named(view: View) -> None:
    with pytest.raises(NotFound, match="洛政办〔2017〕71号"):
        eligibility(view, "enterprise:firm", policy="洛政办〔2017〕71号")
