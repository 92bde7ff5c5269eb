"""The fields of a kind as its record class declares them: type, label, code list, target, and the columns that store them."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from graph.money import Money
from graph.records import Label, Link, Record, Ref, Span, Term, Text

SEPARATOR: Final = "\x1f"
"""Joins the items of a list field in its one text column."""

COMMON: Final = frozenset({"valid_from", "valid_to", "marking", "marking_owner"})
"""Fields that every record has beside its id."""


class FieldType(enum.Enum):
    """What a field holds."""

    TEXT = "text"
    TEXTS = "texts"
    INT = "integer"
    BOOL = "true or false"
    DATE = "date"
    DECIMAL = "decimal"
    MONEY = "money"
    SPAN = "span"
    TERM = "code"
    TERMS = "codes"
    REF = "reference"


class Storage(enum.Enum):
    """How a column is stored, in blocks (Arrow type) and in the snapshot."""

    TEXT = "string"
    CODE = "dictionary string"
    INT = "int64"
    DECIMAL = "int64, millionths"
    DATE = "date32"
    BOOL = "bool"
    REF = "string id"


@dataclass(frozen=True, slots=True)
class Column:
    """One stored column of a field. A money field has three: 分, `_currency`, `_printed`; a span start, `_end`, `_quote`."""

    name: str
    storage: Storage


@dataclass(frozen=True)
class FieldSpec:
    """All that is known of one field of a kind."""

    name: str
    holds: FieldType
    label: Label
    required: bool
    term: type[Term] | None = None
    text_format: Text | None = None
    target: str | None = None

    @cached_property
    def graph_name(self) -> str:
        """The name in GraphQL, Cypher, CSV headers and JSON."""
        return camel(self.name)

    @cached_property
    def en(self) -> str:
        """The English label."""
        return self.name.replace("_", " ").capitalize()

    @cached_property
    def description(self) -> str:
        """What it means, in English."""
        return self.label.description or self.en

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The stored columns; the first has the field's own name, and is null where the field is not stated."""
        match self.holds:
            case FieldType.MONEY:
                return (
                    Column(self.name, Storage.INT),
                    Column(f"{self.name}_currency", Storage.CODE),
                    Column(f"{self.name}_printed", Storage.TEXT),
                )
            case FieldType.SPAN:
                return (
                    Column(self.name, Storage.INT),
                    Column(f"{self.name}_end", Storage.INT),
                    Column(f"{self.name}_quote", Storage.TEXT),
                )
            case FieldType.TEXT | FieldType.TEXTS | FieldType.TERMS:
                return (Column(self.name, Storage.TEXT),)
            case FieldType.INT:
                return (Column(self.name, Storage.INT),)
            case FieldType.DECIMAL:
                return (Column(self.name, Storage.DECIMAL),)
            case FieldType.DATE:
                return (Column(self.name, Storage.DATE),)
            case FieldType.BOOL:
                return (Column(self.name, Storage.BOOL),)
            case FieldType.TERM:
                return (Column(self.name, Storage.CODE),)
            case FieldType.REF:
                return (Column(self.name, Storage.REF),)

    @cached_property
    def relation(self) -> str:
        """The relationship type of a reference field."""
        return self.label.relation or self.name.upper()


def camel(name: str) -> str:
    """snake_case in camelCase."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


_SCALARS: Final[dict[Any, FieldType]] = {
    str: FieldType.TEXT,
    int: FieldType.INT,
    bool: FieldType.BOOL,
    date: FieldType.DATE,
    Decimal: FieldType.DECIMAL,
    Money: FieldType.MONEY,
    Span: FieldType.SPAN,
}


def field_specs(record: type[Record]) -> Iterator[FieldSpec]:
    """The fields of a record class: its own in order of declaration, a link's ends first, then those common to every record.

    Raises TypeError, naming kind and field, for a declaration that no column can hold.
    """
    ordered = {item.name: item for item in dataclasses.fields(record)}
    common = [name for name in ordered if name in COMMON]
    own = [name for name in ordered if name not in COMMON and name != "id"]
    if issubclass(record, Link):
        own.sort(key=lambda name: ("source", "target").index(name) if name in ("source", "target") else 2)
    for name in (*own, *common):
        item = ordered[name]
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        yield _field_spec(record, name, _annotation(record, name), required)


def _annotation(record: type[Record], name: str) -> Any:
    for base in record.__mro__:
        declared = inspect.get_annotations(base)
        if name in declared:
            annotation = declared[name]
            if isinstance(annotation, str):
                annotation = eval(annotation, vars(sys.modules[base.__module__]))
            return annotation
    raise TypeError(f"{record.__name__}.{name} has no annotation")


def _field_spec(record: type[Record], name: str, annotation: Any, required: bool) -> FieldSpec:
    where = f"{record.__name__}.{name}"
    labels: list[Label] = []
    text_format: Text | None = None
    while typing.get_origin(annotation) is typing.Annotated or _is_optional(annotation):
        if _is_optional(annotation):
            annotation = next(arg for arg in typing.get_args(annotation) if arg is not types.NoneType)
            continue
        for mark in annotation.__metadata__:
            if isinstance(mark, Label):
                labels.append(mark)
            elif isinstance(mark, Text):
                text_format = mark
        annotation = annotation.__origin__
    if len(labels) != 1:
        raise TypeError(f"{where} needs one Label, has {len(labels)}")
    label = labels[0]
    if annotation in _SCALARS:
        return FieldSpec(name, _SCALARS[annotation], label, required, text_format=text_format)
    if typing.get_origin(annotation) is Ref:
        target = typing.get_args(annotation)[0]
        target_name = getattr(target, "__forward_arg__", None) or target.__name__
        return FieldSpec(name, FieldType.REF, label, required, target=target_name)
    if isinstance(annotation, type) and issubclass(annotation, Term):
        return FieldSpec(name, FieldType.TERM, label, required, term=annotation)
    if typing.get_origin(annotation) is tuple:
        item = typing.get_args(annotation)[0]
        if item is str:
            return FieldSpec(name, FieldType.TEXTS, label, required=False)
        if isinstance(item, type) and issubclass(item, Term):
            return FieldSpec(name, FieldType.TERMS, label, required=False, term=item)
        if typing.get_origin(item) is Ref:
            raise TypeError(f"{where} lists references; declare a Link instead")
    raise TypeError(f"{where} has the type {annotation!r}, which no column can hold")


def _is_optional(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType) and types.NoneType in typing.get_args(
        annotation
    )
