"""Which of the 213 rows of the Luoyang plan's inventory the records cover, and why the few others stay out."""

import re
from pathlib import Path

import pytest

from graph.records import Link
from loaders.plan import PlanReading
from loaders.plan.records import plan_statements
from tests.loaders.plan.rows import BESIDE, OUT, ROWS, labels_of


@pytest.fixture(scope="module")
def labels(luoyang: PlanReading, luoyang_text: str) -> set[str]:
    """The labels of all records of the plan."""
    assert luoyang.header.doc_no is not None
    doc_no = luoyang.header.doc_no.name
    statements = plan_statements(luoyang, luoyang_text, doc_no=doc_no, source=doc_no)
    names = {statement.record.id: labels_of(statement.record) for statement in statements}
    found = {label for statement in statements for label in labels_of(statement.record)}
    for statement in statements:
        record = statement.record
        if isinstance(record, Link) and type(record).__name__ == "PossiblySameAs":
            ends = [names[end][0].partition(":")[2] for end in (record.source, record.target)]
            found.add(f"PossiblySameAs:{ends[0]}|{ends[1]}")
    return found


def test_every_row_is_covered_or_left_out_with_a_reason() -> None:
    assert sorted(ROWS) == [f"S{number:03}" for number in range(1, 214)]
    out = {row for row, covered in ROWS.items() if covered.startswith(OUT)}
    assert out == {"S037", "S046", "S048", "S069", "S096", "S127", "S130", "S132", "S145"}


def test_the_rows_are_those_of_the_inventory(test_data: Path) -> None:
    inventory = test_data / "seed-systems.md"
    if not inventory.is_file():
        pytest.skip(f"Test data missing: no {inventory}")
    assert re.findall(r"^\| (S\d{3}) \|", inventory.read_text("utf-8"), re.MULTILINE) == sorted(ROWS)


@pytest.mark.parametrize("row", [row for row, covered in ROWS.items() if not covered.startswith(OUT)])
def test_a_row_s_records_are_there(labels: set[str], row: str) -> None:
    assert set(ROWS[row].split(" ")) - labels == set()


def test_every_named_thing_belongs_to_a_row(labels: set[str]) -> None:
    covered = {label for row in ROWS.values() for label in row.split(" ")}
    others = {"OpenQuestion", "Rule", "Target", "PossiblySameAs"}
    named = {label for label in labels if label.partition(":")[0] not in others}
    assert named - covered == set(BESIDE)
