"""The ontology on paper."""

from pathlib import Path

from graph.ontology import Ontology
from graph.ontology_document import ontology_document

WRITTEN = Path(__file__).parents[2] / "docs" / "ontology.md"


def test_the_document_is_what_the_code_says() -> None:
    assert WRITTEN.read_text(encoding="utf-8").startswith(ontology_document(Ontology.current()))


def test_every_kind_field_and_code_is_in_it() -> None:
    ontology = Ontology.current()
    text = ontology_document(ontology)
    for kind in ontology.kinds.values():
        section = text.split(f"### {kind.name} · {kind.zh}\n")[1].split("\n### ")[0]
        for spec in kind.own():
            assert f"| `{spec.graph_name}`{'*' if spec.required else ''} | {spec.label.zh} |" in section
            for term in spec.term or ():
                assert f"- `{term.name}` {term.zh}" in text
