"""How a field's value becomes its stored columns, and back: the one place where both forms are known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Final

from graph.errors import InvalidInput
from graph.fields import SEPARATOR, FieldSpec, FieldType
from graph.money import CNY, Money
from graph.ontology import KindSpec
from graph.records import Record, Ref, Span, Term

MILLION: Final = 1_000_000
FIRST_DAY: Final = date.min
"""Stands for an unstated valid_from where days are ordered."""


def to_stored(spec: FieldSpec, value: Any) -> tuple[Any, ...]:
    """The values of the field's columns, in their order; all None where the value is None or an empty list.

    Raises InvalidInput for a decimal finer than a millionth.
    """
    if value is None or value == ():
        return (None,) * len(spec.columns)
    match spec.holds:
        case FieldType.MONEY:
            return (value.minor, None if value.currency == CNY else value.currency, value.printed)
        case FieldType.SPAN:
            return (value.start, value.end, value.quote)
        case FieldType.DECIMAL:
            return (millionths(value, spec.graph_name),)
        case FieldType.TERM:
            return (value.name,)
        case FieldType.TEXTS:
            return (SEPARATOR.join(value),)
        case FieldType.TERMS:
            return (SEPARATOR.join(term.name for term in value),)
        case _:
            return (value,)


def from_stored(spec: FieldSpec, stored: tuple[Any, ...]) -> Any:
    """The field's value from the values of its columns; None (a list field: empty) where the first is None."""
    first = stored[0]
    if first is None:
        return () if spec.holds in (FieldType.TEXTS, FieldType.TERMS) else None
    match spec.holds:
        case FieldType.MONEY:
            return Money(first, stored[1] or CNY, stored[2])
        case FieldType.SPAN:
            return Span(first, stored[1], stored[2] or "")
        case FieldType.DECIMAL:
            return decimal(first)
        case FieldType.TERM:
            return _term(spec)[first]
        case FieldType.TEXTS:
            return tuple(first.split(SEPARATOR))
        case FieldType.TERMS:
            return tuple(_term(spec)[name] for name in first.split(SEPARATOR))
        case FieldType.REF:
            return Ref(first)
        case _:
            return first


def millionths(value: Decimal, name: str = "value") -> int:
    """A decimal as whole millionths.

    Raises InvalidInput when it is finer than that, not finite, or beyond 64 bits.
    """
    with localcontext() as context:
        context.prec = 60
        scaled = Decimal(value) * MILLION
        if not scaled.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) >= 2**63:
            raise InvalidInput(f"{name} {value} does not fit; at most 6 decimal places and 9 trillion")
        return int(scaled)


def decimal(stored: int) -> Decimal:
    """The decimal that whole millionths stand for, without trailing zeros."""
    with localcontext() as context:
        context.prec = 60
        value = Decimal(stored).scaleb(-6).normalize()
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def record_of(kind: KindSpec, identifier: str, stored: Mapping[str, Any]) -> Record:
    """The record that stored columns describe. A required field that is null stays None: the record is INCOMPLETE."""
    values = {
        spec.name: from_stored(spec, tuple(stored.get(column.name) for column in spec.columns)) for spec in kind.fields
    }
    return kind.record(**{"id": identifier, **values})


def columns_of(kind: KindSpec, record: Record) -> dict[str, Any]:
    """The stored columns of a record, id left out."""
    stored: dict[str, Any] = {}
    for spec in kind.fields:
        for column, value in zip(spec.columns, to_stored(spec, getattr(record, spec.name)), strict=True):
            stored[column.name] = value
    return stored


def _term(spec: FieldSpec) -> type[Term]:
    if spec.term is None:
        raise TypeError(f"{spec.name} has no code list")
    return spec.term
