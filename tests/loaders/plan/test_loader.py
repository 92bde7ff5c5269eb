"""The loader: a file becomes an extraction of one source, and a text that is no plan a reason."""

from pathlib import Path

import pytest

from graph.errors import InvalidInput
from graph.ontology import Ontology
from graph.validation import validate
from loaders.base import Extraction, Loader
from loaders.plan.loader import KINDS, PlanLoader

ONTOLOGY = Ontology.current()
SAMPLE = Path(__file__).parents[3] / "loaders" / "sample" / "plan.txt"


def extract(path: Path, **options: str) -> Extraction:
    loader: Loader = PlanLoader()
    return loader.extract(path, ONTOLOGY, options)


def test_a_plan_is_one_source_under_its_document_number() -> None:
    extraction = extract(SAMPLE)
    (part,) = extraction.parts
    assert extraction.source == "云舟政办〔2024〕12号"
    assert extraction.kinds == KINDS
    assert extraction.expected_rows == part.batch.rows > 200
    assert part.rejections == ()
    assert validate(part.batch, ONTOLOGY, extraction.source)[1] == []


def test_every_kind_that_it_covers_is_declared() -> None:
    assert set(KINDS) <= set(ONTOLOGY.kinds)


def test_what_the_plan_lacks_is_noted() -> None:
    assert extract(SAMPLE).notes == {"not in the text: measure 13 建立拟投企业储备库: no responsibility line": 1}


def test_a_file_in_gb18030_gives_the_same_statements(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(SAMPLE.read_text("utf-8").encode("gb18030"))
    (first,), (second,) = extract(SAMPLE).parts, extract(file).parts
    assert all(first.batch.frames[name].equals(frame) for name, frame in second.batch.frames.items())


def test_a_mark_of_utf_8_shifts_no_offset(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    (first,), (second,) = extract(SAMPLE).parts, extract(file).parts
    assert first.batch.frames["Measure"].equals(second.batch.frames["Measure"])


def test_a_text_that_is_no_plan_is_rejected_with_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "poem.txt"
    file.write_text("春天来了。", "utf-8")
    (part,) = extract(file).parts
    (rejection,) = part.rejections
    assert part.batch.rows == 0
    assert (rejection.code, rejection.file) == ("NO_PLAN", "poem.txt")
    assert "no numbered measures" in rejection.reason


def test_an_empty_file_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_bytes(b"")
    (part,) = extract(file).parts
    assert [one.reason for one in part.rejections] == ["the text does not have the form of a plan: the text is empty"]


def test_a_plan_without_a_number_takes_the_one_that_is_given(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("一、任务\n1.建平台。甲。\n责任单位：市财政局\n", "utf-8")
    (part,) = extract(file).parts
    assert [(one.field, one.remedy) for one in part.rejections] == [
        ("docNo", "give the plan's document number as the option doc_no")
    ]
    (given,) = extract(file, doc_no="某政〔2024〕1号").parts
    assert given.batch.frames["Measure"]["id"].to_list() == ["measure:某政〔2024〕1号:1"]


def test_the_source_can_be_named() -> None:
    extraction = extract(SAMPLE, source="yunzhou-plan")
    (part,) = extraction.parts
    assert extraction.source == "yunzhou-plan"
    assert "fund:yunzhou-plan:云舟市天使投资引导基金" in part.batch.frames["Fund"]["id"].to_list()


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is no file"):
        extract(tmp_path)


def test_bytes_in_no_known_encoding_stop_the_load(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(bytes(range(128, 256)) * 40)
    with pytest.raises(InvalidInput):
        extract(file)
