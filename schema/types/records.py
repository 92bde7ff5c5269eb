"""Object types and interfaces of the kinds: fields, references, inverse relations and evidence, derived from the ontology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.fields import FieldSpec, FieldType, camel
from graph.ontology import KindSpec, Ontology, Relation
from graph.records import Marking
from graph.snapshot_columns import NOT_STATED
from schema.types.codes import code_enum
from schema.types.connections import RecordConnection, add_connection, connection_field
from schema.types.derived import AskedField, Types, derived, make_field, make_object
from schema.types.entity import Entity
from schema.types.evidence import Claim, ClaimsField, ConflictsField, FieldConflict
from schema.types.labels import field_description, kind_description
from schema.types.promised import ALIASES, NEVER_NULL, PRINTED_LISTS
from schema.types.values import Money, Span

_VALUES: Final[dict[FieldType, object]] = {
    FieldType.TEXT: str,
    FieldType.TEXTS: StrawberryList(str),
    FieldType.INT: int,
    FieldType.DECIMAL: Decimal,
    FieldType.DATE: date,
    FieldType.MONEY: Money,
    FieldType.BOOL: bool,
    FieldType.SPAN: Span,
}
LINK_ENDS: Final = ("source", "target")
"""Never null: a link is there only while both its ends are."""


class ValueField(StrawberryField):
    """A field of the record that its source stands for."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        """The resolved value, None when nobody states it."""
        return getattr(source.record, self.python_name)


class CodeField(StrawberryField):
    """A code of the record that its source stands for, by its label: the API's enum may know more codes than the field."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> str | None:
        """The label, None when nobody states the code."""
        term = getattr(source.record, self.python_name)
        return None if term is None else term.value


class ReferenceField(StrawberryField):
    """The record that a reference field of its source names."""

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> Entity | None:
        """The live record, None when there is none."""
        return source.reference(self.python_name)


class InverseField(AskedField):
    """The records of a kind that refer to its source by one field, as a connection."""

    relation: Relation

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> RecordConnection:
        """The page that the arguments ask for."""
        scope = source.scope
        holders = scope.view.holders(self.relation.kind, self.relation.field.name, source.handle)
        return RecordConnection(scope, scope.view.ontology[self.relation.kind], holders, kwargs)


class PrintedField(StrawberryField):
    """The same as a plain list, in printed order."""

    relation: Relation
    order: str

    def get_result(self, source: Entity, info: Info | None, args: list[Any], kwargs: Any) -> list[Entity]:
        """All of them; empty when the text has none."""
        scope = source.scope
        scope.check()
        view = scope.view
        holders = view.holders(self.relation.kind, self.relation.field.name, source.handle)
        order = view.ints(holders, self.order)
        places = np.where(order == NOT_STATED, np.iinfo(np.int64).max, order).argsort(kind="stable")
        return [Entity(scope, handle) for handle in holders[places].tolist()]


def add_records(types: Types, ontology: Ontology, more: Mapping[str, Sequence[StrawberryField]]) -> None:
    """Make the interfaces, the object type of every kind and its connection. `more`: what kinds answer beyond their records."""
    record = types.add(
        "Record", _interface("Record", _ids(), "记录 · Anything that a statement is about: nodes and links")
    )
    node = types.add(
        "Node", _interface("Node", _ids(), "节点 · What node(id) gives back, computed things included", record)
    )
    stated = types.add(
        "StatedRecord",
        _interface("StatedRecord", _evidence(), "有据可查的记录 · A record of the graph, with its evidence", record),
    )
    for name, cls in sorted(ontology.abstract.items(), key=lambda item: len(item[1].__mro__)):
        concrete = ontology.concrete(name)
        if not concrete:
            continue
        above = [base.__name__ for base in cls.__mro__[1:] if base.__name__ in ontology.abstract]
        common = [spec for spec in ontology[concrete[0]].own() if spec.name in cls.__dataclass_fields__]
        fields = [*_evidence(), *(_value_field(name, spec) for spec in common)]
        fields += _inverse_fields(types, ontology, name, {name, *above, "Node"})
        described = f"{cls.options.zh} · {' '.join((cls.__doc__ or name).split())}"
        types.add(name, _interface(name, fields, described, *(types[one] for one in above), stated, node, record))
    for kind in ontology.kinds.values():
        _add_kind(types, ontology, kind, (node, stated, record), more.get(kind.name, ()))


def _add_kind(
    types: Types, ontology: Ontology, kind: KindSpec, above: tuple[Any, Any, Any], more: Sequence[StrawberryField]
) -> None:
    node, stated, record = above
    fields = [*_evidence(), *(_value_field(kind.name, spec, is_link=kind.is_link) for spec in kind.own())]
    fields += [
        make_field(source, alias, _reference_type(kind.by_name[source], required=True), description, ReferenceField)
        for (owner, alias), (source, description) in ALIASES.items()
        if owner == kind.name
    ]
    fields += _inverse_fields(
        types, ontology, kind.name, {kind.name, *kind.bases, "Node"} if not kind.is_link else {kind.name}
    )
    fields += more
    taken: dict[str, StrawberryField] = {}
    for field in fields:
        name = field.graphql_name or camel(field.python_name)
        if name in taken:
            raise TypeError(
                f"{kind.name} would have two fields called {name}; give the field or the inverse another name"
            )
        taken[name] = field
    bases = [types[base] for base in kind.bases]
    interfaces = [*bases, stated, *([] if kind.is_link else [node]), record]
    made = make_object(kind.name, fields, kind_description(kind), interfaces)
    types.add(kind.name, made)
    add_connection(types, kind.name, made, f"{kind.zh} · {kind.en}")


def _interface(name: str, fields: list[StrawberryField], description: str, *above: Any) -> Any:
    return make_object(name, fields, description, above, is_interface=True, resolve_type=type_name)


def type_name(source: Any, *_: object) -> str:
    """The name of a source's type, where its field promises an interface."""
    name: str = source.graphql_type
    return name


def _ids() -> list[StrawberryField]:
    return [make_field("id", "id", strawberry.ID, "标识 · Natural key; old ids of merged records answer too")]


def _evidence() -> list[StrawberryField]:
    described = "密级归属 · The organisation it is confidential to"
    common = [
        ("valid_from", "validFrom", StrawberryOptional(date), "生效日 · First day on which it holds; null: not stated"),
        ("valid_to", "validTo", StrawberryOptional(date), "失效日 · First day on which it holds no more; null: open"),
    ]
    marking = "密级 · Who may see it; null: its fields' defaults"
    return [
        *_ids(),
        make_field("display_name", "displayName", str, "显示名 · Its name or title, else what its id says"),
        *(make_field(*one, ValueField) for one in common),
        make_field("marking", "marking", StrawberryOptional(code_enum(Marking)), marking, CodeField),
        make_field("marking_owner", "markingOwner", StrawberryOptional(derived("Node")), described, ReferenceField),
        make_field(
            "claims",
            "claims",
            StrawberryList(Claim),
            "来源陈述 · What each source says of it, the one that decides first",
            ClaimsField,
        ),
        make_field(
            "conflicts",
            "conflicts",
            StrawberryList(FieldConflict),
            "矛盾 · Fields whose stated values differ between sources",
            ConflictsField,
        ),
    ]


def _value_field(owner: str, spec: FieldSpec, *, is_link: bool = False) -> StrawberryField:
    never_null = (owner, spec.graph_name) in NEVER_NULL or (is_link and spec.name in LINK_ENDS)
    if spec.holds is FieldType.REF:
        found = _reference_type(spec, required=never_null)
        return make_field(spec.name, spec.graph_name, found, field_description(spec), ReferenceField)
    graphql_type: Any
    if spec.holds in (FieldType.TERM, FieldType.TERMS) and spec.term is not None:
        graphql_type = code_enum(spec.term)
        if spec.holds is FieldType.TERMS:
            graphql_type = StrawberryList(graphql_type)
    else:
        graphql_type = _VALUES[spec.holds]
    lists = spec.holds in (FieldType.TEXTS, FieldType.TERMS)
    if not (spec.required or never_null or lists):
        graphql_type = StrawberryOptional(graphql_type)
    base = CodeField if spec.holds is FieldType.TERM else ValueField
    return make_field(spec.name, spec.graph_name, graphql_type, field_description(spec), base)


def _reference_type(spec: FieldSpec, *, required: bool) -> Any:
    target = derived(spec.target or "Node")
    return target if required else StrawberryOptional(target)


def _inverse_fields(types: Types, ontology: Ontology, owner: str, targets: set[str]) -> list[StrawberryField]:
    """The fields that a kind or abstract kind gains from references to it."""
    found: list[StrawberryField] = []
    for relation in ontology.relations:
        if relation.inverse is None or relation.field.target not in targets:
            continue
        holder = ontology[relation.kind]
        described = f"{holder.zh} · {holder.en} records whose {relation.field.graph_name}（{relation.field.label.zh}） is this one"
        order = PRINTED_LISTS.get((owner, relation.inverse))
        if order is None:
            inverse = connection_field(types, holder, relation.inverse, described, InverseField)
            assert isinstance(inverse, InverseField)
            inverse.relation = relation
            found.append(inverse)
        else:
            printed = make_field(
                relation.inverse, relation.inverse, StrawberryList(derived(holder.name)),
                f"{described}; in printed order", PrintedField,
            )  # fmt: skip
            assert isinstance(printed, PrintedField)
            printed.relation, printed.order = relation, order
            found.append(printed)
    return found
