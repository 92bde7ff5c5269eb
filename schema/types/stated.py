"""Stated values as JSON: what a source says of a record, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from graph.fields import FieldSpec
from graph.money import Money
from graph.ontology import KindSpec
from graph.records import Record, Span, Term
from schema.scalars import Json, print_decimal


def stated_fields(kind: KindSpec, record: Record) -> Json:
    """The fields that a record states, by camelCase name, as JSON."""
    found: dict[str, Any] = {}
    for spec in kind.fields:
        value = getattr(record, spec.name)
        if value not in (None, ()) and _is_its_own(spec):
            found[spec.graph_name] = as_json(value)
    return Json(found)


def as_json(value: Any) -> Json:
    """A field's value as JSON: money with amount and currency, decimals as strings, codes by name."""
    match value:
        case Money():
            plain: Mapping[str, Any] = {
                "amount": print_decimal(value.amount), "currency": value.currency, "printed": value.printed,
            }  # fmt: skip
            return Json(plain)
        case Span():
            return Json({"start": value.start, "end": value.end, "quote": value.quote})
        case Term():
            return Json(value.name)
        case Decimal():
            return Json(print_decimal(value))
        case date():
            return Json(value.isoformat())
        case tuple():
            return Json([as_json(item) for item in value])
        case str():
            return Json(str(value))
        case _:
            return Json(value)


def _is_its_own(spec: FieldSpec) -> bool:
    return spec.name not in ("marking", "marking_owner")
