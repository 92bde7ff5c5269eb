"""The technique table on paper."""

from pathlib import Path

from graph.kinds.terms import Technique
from queries.financing.techniques.document import technique_document, word_of
from queries.financing.techniques.table import TECHNIQUES

WRITTEN = Path(__file__).parents[2] / "docs" / "ontology.md"


def test_what_is_written_is_what_the_table_says() -> None:
    assert WRITTEN.read_text(encoding="utf-8").endswith(technique_document())


def test_every_technique_is_there() -> None:
    text = technique_document()
    assert set(TECHNIQUES) == set(Technique)
    assert all(f"### {technique.name} · {technique.zh}" in text for technique in Technique)


def test_a_repeated_step_says_how_often() -> None:
    words = [word_of(spine) for spine in TECHNIQUES[Technique.DEEP_TIER].spines]
    assert "CapitalSource –FUNDED_BY→ AnchorProgramme –ANCHORED_BY→ Enterprise –SUPPLIES 2…5×→ beneficiary" in words
