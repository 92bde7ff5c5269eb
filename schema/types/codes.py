"""Enums of the API: code lists of the ontology, its kinds, and the directions of an order."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Final

from strawberry.types.enum import StrawberryEnumDefinition

from graph.kinds.terms import Recourse
from graph.ontology import Ontology
from graph.records import Marking, Term
from queries.financing.terms import PathRecourse
from schema.types.derived import make_enum


class OrderDirection(enum.Enum):
    """升降序 · Direction of an order."""

    ASC = "升序 · Ascending; what is not stated comes last"
    DESC = "降序 · Descending; what is not stated comes last"


ORDER_DIRECTION: Final = make_enum(
    OrderDirection, "OrderDirection", OrderDirection.__doc__ or "", {one.name: one.value for one in OrderDirection}
)


def code_lists(ontology: Ontology) -> Iterator[type[Term]]:
    """The code lists that fields of the ontology use, each once."""
    seen: set[type[Term]] = {Marking}
    yield Marking
    for kind in ontology.kinds.values():
        for spec in kind.fields:
            if spec.term is not None and spec.term not in seen:
                seen.add(spec.term)
                yield spec.term


WIDER: Final[Mapping[type[Term], tuple[type[Term], str]]] = {Recourse: (PathRecourse, "Recourse")}
"""Code lists that the API shows as wider ones, and under which name: an answer can say NOT_STATED where a record is silent."""


def code_enum(term: type[Term]) -> StrawberryEnumDefinition:
    """The enum of a code list; each value's description is its Chinese label."""
    if term in WIDER:
        wider, name = WIDER[term]
        return _enum_of(wider, name)
    return _enum_of(term, next((name for wider, name in WIDER.values() if wider is term), term.__name__))


def _enum_of(term: type[Term], name: str) -> StrawberryEnumDefinition:
    definition = term.__dict__.get("__strawberry_definition__")
    if isinstance(definition, StrawberryEnumDefinition):
        return definition
    described = " ".join((term.__doc__ or term.__name__).split())
    return make_enum(term, name, described, {member.name: member.zh for member in term})


def kind_enum(ontology: Ontology) -> StrawberryEnumDefinition:
    """The enum Kind: every kind of the ontology by its code."""
    members = enum.Enum("Kind", {kind.code: kind.name for kind in ontology.kinds.values()})  # type: ignore[misc]
    described = {kind.code: f"{kind.zh} · {kind.en}" for kind in ontology.kinds.values()}
    return make_enum(members, "Kind", "种类 · Every kind of node and link", described)
