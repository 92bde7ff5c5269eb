"""Filters and orders as input types: what `queries.selection` and `queries.keyset` understand, derived kind by kind."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField

from graph.fields import FieldSpec, FieldType
from graph.ontology import KindSpec, Ontology
from graph.records import Node, Record
from queries.keyset import ORDERED
from queries.selection import ID_OPERATORS, OPERATORS, QUANTIFIERS
from schema.types.codes import ORDER_DIRECTION, code_enum
from schema.types.derived import Types, derived, make_enum, make_field, make_input
from schema.types.labels import field_description
from schema.types.values import MoneyInput

_SIMPLE: Final[dict[FieldType, tuple[str, object]]] = {
    FieldType.TEXT: ("TextFilter", str),
    FieldType.TEXTS: ("TextListFilter", str),
    FieldType.INT: ("IntFilter", int),
    FieldType.DECIMAL: ("DecimalFilter", Decimal),
    FieldType.DATE: ("DateFilter", date),
    FieldType.MONEY: ("MoneyFilter", MoneyInput),
    FieldType.BOOL: ("BooleanFilter", bool),
    FieldType.SPAN: ("SpanFilter", bool),
}
"""The filter type of each field type, and what its comparisons compare with."""

_MEANING: Final[dict[str, str]] = {
    "eq": "Equal to this",
    "ne": "Stated, and not equal to this",
    "in": "Equal to one of these",
    "notIn": "Stated, and equal to none of these",
    "gt": "More than this",
    "gte": "This or more",
    "lt": "Less than this",
    "lte": "This or less",
    "contains": "Holds this text, letter by letter",
    "startsWith": "Begins with this text",
    "endsWith": "Ends with this text",
    "has": "One of its items is this",
    "isStated": "Whether any source states it",
    "some": "At least one record that refers to it meets this",
    "none": "No record that refers to it meets this",
    "every": "All records that refer to it meet this; true when there are none",
}

_PYTHON: Final = {"in": "in_", "and": "and_", "or": "or_", "not": "not_"}


def add_filters(types: Types, ontology: Ontology) -> None:
    """Make every filter and order type of the ontology."""
    for holds, (name, compared) in _SIMPLE.items():
        types.add(name, _operators(name, OPERATORS[holds], compared, f"Comparisons of a {holds.value}"))
    types.add(
        "IdFilter",
        _operators("IdFilter", ID_OPERATORS, strawberry.ID, "Comparisons of an id; old ids of merged records count"),
    )
    for kind in ontology.kinds.values():
        types.add(f"{kind.name}Filter", _kind_filter(types, ontology, kind))
        types.add(f"{kind.name}RelationFilter", _relation_filter(kind))
        _add_order(types, kind)
    abstract: dict[str, type[Record]] = {"Node": Node, **ontology.abstract}
    for name, record in abstract.items():
        if ontology.concrete(name):
            types.add(f"{name}Filter", _abstract_filter(types, ontology, name, record))


def filter_type(types: Types, kind: KindSpec) -> Any:
    """The type of the argument `filter` of a connection of this kind."""
    return StrawberryOptional(types[f"{kind.name}Filter"])


def order_type(types: Types, kind: KindSpec) -> Any:
    """The type of the argument `orderBy` of a connection of this kind."""
    return StrawberryOptional(StrawberryList(types[f"{kind.name}Order"]))


def inverses(ontology: Ontology, kind: KindSpec) -> dict[str, tuple[KindSpec, FieldSpec]]:
    """The relations that end at a kind, by the field that it gains: who refers to it, and by which field."""
    return {
        relation.inverse: (ontology[relation.kind], relation.field)
        for relation in ontology.relations
        if relation.inverse is not None and kind.name in relation.targets
    }


def _operators(name: str, operators: Sequence[str], compared: Any, description: str) -> Any:
    fields = []
    for operator in operators:
        one: Any = bool if operator == "isStated" else compared
        wanted = StrawberryOptional(StrawberryList(one)) if operator in ("in", "notIn") else StrawberryOptional(one)
        fields.append(make_field(_python(operator), operator, wanted, _MEANING[operator]))
    return make_input(name, fields, description)


def _kind_filter(types: Types, ontology: Ontology, kind: KindSpec) -> Any:
    name = f"{kind.name}Filter"
    fields = _logic(name)
    fields += [_condition(types, spec) for spec in kind.fields]
    for inverse, (holder, spec) in inverses(ontology, kind).items():
        described = f"{holder.zh}（{spec.label.zh}）· {holder.en} records whose {spec.graph_name} is this one"
        fields.append(make_field(inverse, inverse, _optional(f"{holder.name}RelationFilter"), described))
    return make_input(name, fields, f"Condition on {kind.zh} · {kind.en}; all that it states must hold")


def _abstract_filter(types: Types, ontology: Ontology, name: str, record: type[Record]) -> Any:
    concrete = [ontology[one] for one in ontology.concrete(name)]
    common = [spec for spec in concrete[0].fields if _declared(record, spec.name)]
    taken = {spec.graph_name for spec in common}
    fields = _logic(f"{name}Filter")
    fields.append(
        make_field("kinds", "kinds", StrawberryOptional(StrawberryList(types["Kind"])), "Of one of these kinds")
    )
    fields += [_condition(types, spec) for spec in common]
    fields += [
        make_field(kind.prefix, kind.prefix, _optional(f"{kind.name}Filter"), f"It is of kind {kind.zh} and meets this")
        for kind in concrete
        if kind.prefix not in taken
    ]
    return make_input(f"{name}Filter", fields, f"Condition on {record.options.zh} · any of its kinds")


def _declared(record: type[Record], field: str) -> bool:
    return field in getattr(record, "__dataclass_fields__", {})


def _relation_filter(kind: KindSpec) -> Any:
    fields = [
        make_field(quantifier, quantifier, _optional(f"{kind.name}Filter"), _MEANING[quantifier])
        for quantifier in QUANTIFIERS
    ]
    return make_input(
        f"{kind.name}RelationFilter", fields, f"How many of the {kind.zh} · {kind.en} records meet a condition"
    )


def _condition(types: Types, spec: FieldSpec) -> StrawberryField:
    return make_field(
        spec.graph_name, spec.graph_name, _optional(_condition_type(types, spec)), field_description(spec)
    )


def _condition_type(types: Types, spec: FieldSpec) -> str:
    match spec.holds:
        case FieldType.REF:
            return f"{spec.target}Filter"
        case FieldType.TERM | FieldType.TERMS:
            if spec.term is None:
                raise TypeError(f"{spec.name} has no code list")
            many = "List" if spec.holds is FieldType.TERMS else ""
            name = f"{spec.term.__name__}{many}Filter"
            if name not in types:
                described = f"Comparisons of {spec.term.__name__}"
                types.add(name, _operators(name, OPERATORS[spec.holds], code_enum(spec.term), described))
            return name
        case _:
            return _SIMPLE[spec.holds][0]


def _logic(name: str) -> list[StrawberryField]:
    many = StrawberryOptional(StrawberryList(derived(name)))
    return [
        make_field("and_", "and", many, "All of these hold"),
        make_field("or_", "or", many, "At least one of these holds"),
        make_field("not_", "not", _optional(name), "This does not hold"),
        make_field("id", "id", _optional("IdFilter"), "标识 · Natural key"),
    ]


def _add_order(types: Types, kind: KindSpec) -> None:
    ordered = [spec for spec in kind.fields if spec.holds in ORDERED]
    codes = {"ID": "id", **{spec.name.upper(): spec.name for spec in ordered}}
    members = enum.Enum(f"{kind.name}OrderField", codes)  # type: ignore[misc]
    described = {"ID": "标识 · Id", **{spec.name.upper(): field_description(spec) for spec in ordered}}
    name = f"{kind.name}OrderField"
    field_enum = types.add(name, make_enum(members, name, f"What {kind.zh} · {kind.en} can be ordered by", described))
    direction = make_field("direction", "direction", ORDER_DIRECTION, "Ascending, unless said otherwise")
    direction.default = direction.default_value = ORDER_DIRECTION.wrapped_cls["ASC"]
    order = make_input(
        f"{kind.name}Order",
        [make_field("field", "field", field_enum, "The field"), direction],
        f"One key of an order of {kind.zh} · {kind.en}; the id decides what the keys leave open",
    )
    types.add(f"{kind.name}Order", order)


def _optional(name: str) -> Any:
    return StrawberryOptional(derived(name))


def _python(operator: str) -> str:
    return _PYTHON.get(operator, operator)
