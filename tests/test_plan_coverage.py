"""docs/plan-coverage.md is what the code says: every row has its records, its questions answer with them, every named test is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from graph.ontology import Ontology
from graph.view import View
from schema.schema import build_schema
from tests.loaders.plan.rows import OUT, ROWS
from tests.plan_coverage import (
    DOCUMENT,
    LATER,
    QUESTIONS,
    RECORD_TEST,
    ROW_TEST,
    document,
    labelled,
    plan_view,
    policy_of,
    questions_of,
)

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def view(test_data: Path) -> View:
    if not [*(test_data / "seeds").glob("*.txt")]:
        pytest.skip("Test data missing: no plan text")
    return plan_view(test_data)


@pytest.fixture(scope="module")
def records(view: View) -> dict[str, list[int]]:
    return labelled(view)


@pytest.fixture(scope="module")
def held(view: View) -> dict[str, set[int]]:
    """The records of the plan in the answer of each question."""
    return {name: {*one.held(view)} for name, one in QUESTIONS.items() if one.held is not None}


@pytest.fixture(scope="module")
def asked() -> set[str]:
    """The fields of the API's View."""
    view = re.search(r"^type View \{.*?^\}", build_schema(Ontology.current()).as_str(), re.MULTILINE | re.DOTALL)
    assert view is not None
    return set(re.findall(r"^  (\w+)[(:]", view[0], re.MULTILINE))


def test_the_document_is_what_the_code_says(view: View) -> None:
    assert DOCUMENT.read_text("utf-8") == document(view), "write it anew: python -m tests.plan_coverage"


def test_every_row_stands_in_the_document_once() -> None:
    rows = re.findall(r"^\| (S\d{3}) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert rows == sorted(ROWS)


def test_every_measure_stands_in_the_document_with_a_question() -> None:
    told = DOCUMENT.read_text("utf-8").partition("## The 27 measures")[2]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|.*`accountability`", told, re.MULTILINE)] == [
        *range(1, 28)
    ]


@pytest.mark.parametrize("row", sorted(ROWS))
def test_the_questions_of_a_row_answer_with_its_records(
    view: View, records: dict[str, list[int]], held: dict[str, set[int]], row: str
) -> None:
    names = [name for name in questions_of(row) if name in held]
    if ROWS[row].startswith(OUT):
        assert view.holders("Measure", "policy", policy_of(view)).size == 27
        return
    labels = ROWS[row].split(" ")
    for label in labels:
        assert any({*records[label]} & held[name] for name in names), label
    for name in names:
        assert {record for label in labels for record in records[label]} & held[name], name


def test_every_question_is_one_of_the_api(asked: set[str]) -> None:
    assert {*QUESTIONS} - asked == set()


def test_what_comes_later_is_no_question_yet(asked: set[str]) -> None:
    assert {*LATER.values()} & asked == set(), "tell it as a question of its rows"


@pytest.mark.parametrize("test", sorted({RECORD_TEST, ROW_TEST, *(one.test for one in QUESTIONS.values())}))
def test_every_named_test_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_only_rows_of_the_inventory_wait_for_a_later_capability() -> None:
    assert {*LATER} <= {*ROWS}
