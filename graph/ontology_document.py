"""The ontology on paper: kinds, fields, relations and codes in both languages, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from graph.fields import COMMON, FieldSpec, FieldType
from graph.ontology import KindSpec, Ontology
from graph.records import Term

_HEAD = """# The ontology · 本体

What Luoshu can hold, printed from the record classes in `graph/kinds/` by `luoshu export-ontology`. Every record also has an `id`,
`validFrom`, `validTo`, `marking` and `markingOwner`. A field marked * is required: a record that no source states it of is shown as
incomplete, and no question sees it.
"""


def ontology_document(ontology: Ontology) -> str:
    """The whole ontology as Markdown; the same ontology gives the same text."""
    return "\n".join(_lines(ontology)) + "\n"


def _lines(ontology: Ontology) -> Iterator[str]:
    yield _HEAD
    yield "## Kinds of nodes · 节点种类"
    for kind in ontology.nodes:
        yield from _kind(ontology, kind)
    yield "\n## Links · 联系"
    for kind in ontology.links:
        yield from _kind(ontology, kind)
    yield "\n## Code lists · 代码表"
    for term in sorted(_terms(ontology), key=lambda term: term.__name__):
        yield f"\n### {term.__name__}\n\n{_sentence(term.__doc__)}\n"
        yield from (f"- `{member.name}` {member.zh}" for member in term)


def _kind(ontology: Ontology, kind: KindSpec) -> Iterator[str]:
    yield f"\n### {kind.name} · {kind.zh}\n"
    yield kind.description + "\n"
    facts = [f"Ids begin with `{kind.prefix}:`"]
    if kind.bases:
        facts.append(f"is a {', '.join(kind.bases)}")
    if kind.is_link:
        facts.append(f"relationship `{kind.relation}`")
    else:
        facts.append(f"listed by `{kind.listing}`")
    if kind.identity:
        rungs = (" + ".join(f"`{kind.by_name[name].graph_name}`" for name in rung) for rung in kind.identity)
        facts.append(f"identified by {', else '.join(rungs)}")
    if kind.key:
        facts.append(f"told apart by {', '.join(f'`{kind.by_name[name].graph_name}`' for name in kind.key)}")
    yield "; ".join(facts) + ".\n"
    yield "| field | 中文 | type | meaning |"
    yield "|---|---|---|---|"
    for spec in kind.fields:
        if spec.name not in COMMON:
            yield _field(kind, spec)
    gained = [
        f"`{relation.inverse}` ({ontology[relation.kind].name}.{relation.field.graph_name})"
        for relation in ontology.relations
        if relation.inverse is not None and relation.field.target in (kind.name, *kind.bases)
    ]
    if gained:
        yield f"\nReferred to as {', '.join(gained)}."


def _field(kind: KindSpec, spec: FieldSpec) -> str:
    name = f"`{spec.graph_name}`{'*' if spec.required else ''}"
    unit = f" [{spec.label.unit}]" if spec.label.unit else ""
    return f"| {name} | {spec.label.zh} | {_type(kind, spec)}{unit} | {spec.description.replace('|', '/')} |"


def _type(kind: KindSpec, spec: FieldSpec) -> str:
    if spec.holds is FieldType.REF:
        ends = kind.is_link and spec.name in ("source", "target")
        return f"→ {spec.target} `{kind.relation if ends else spec.relation}`"
    if spec.term is not None:
        return f"{spec.term.__name__}{' list' if spec.holds is FieldType.TERMS else ''}"
    if spec.text_format is not None:
        return f"text: {spec.text_format.value}"
    return str(spec.holds.value)


def _terms(ontology: Ontology) -> set[type[Term]]:
    return {spec.term for kind in ontology.kinds.values() for spec in kind.fields if spec.term is not None}


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())
