"""State Council documents: no municipal plans, but of a kindred form; each says what it lacks."""

import json
from pathlib import Path

import pytest

from loaders.plan import PlanReading, read_plan
from loaders.plan.reading import Lack
from loaders.plan.responsibility import Part


@pytest.fixture(scope="module")
def documents(test_data: Path) -> dict[str, PlanReading]:
    """The readings of all documents, by title."""
    file = test_data / "govpolicy" / "policies.jsonl"
    file = file if file.is_file() else test_data / "data" / "govpolicy" / "policies.jsonl"
    if not file.is_file():
        pytest.skip(f"Test data missing: no {file}")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {row["title"]: read_plan(row["text"]) for row in rows}


def test_every_document_is_read_and_none_is_whole(documents: dict[str, PlanReading]) -> None:
    assert len(documents) == 60
    assert all(reading.missed for reading in documents.values())


def test_the_document_numbers_are_read(documents: dict[str, PlanReading]) -> None:
    assert sum(reading.header.doc_no is not None for reading in documents.values()) == 58


def test_a_reply_has_no_measures_and_says_so(documents: dict[str, PlanReading]) -> None:
    reading = documents["国务院办公厅关于科技节水建议的复函"]
    assert not reading.is_plan
    assert Lack.MEASURES in {one.lack for one in reading.missed}


def test_duties_in_brackets_are_read(documents: dict[str, PlanReading]) -> None:
    reading = documents["国务院办公厅关于加快发展体育竞赛表演产业的指导意见"]
    assert reading.is_plan
    assert all(measure.responsible for measure in reading.measures)
    assert {one.part for measure in reading.measures for one in measure.responsible} <= {
        Part.LISTED,
        Part.LEAD,
        Part.SUPPORT,
    }


def test_a_title_that_a_page_wraps_is_joined(documents: dict[str, PlanReading]) -> None:
    header = documents["国务院关于印发国家职业教育改革实施方案的通知"].header
    assert header.title is not None
    assert header.title.name == "国家职业教育改革实施方案"
    assert header.issuer is not None
    assert header.issuer.name == "国务院"
