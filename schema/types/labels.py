"""Descriptions that the SDL shows: the Chinese label, the English meaning, the unit."""

from __future__ import annotations

from graph.fields import FieldSpec
from graph.ontology import KindSpec


def field_description(spec: FieldSpec) -> str:
    """What a field means, in both languages, with its unit."""
    unit = f" [{spec.label.unit}]" if spec.label.unit else ""
    return f"{spec.label.zh} · {spec.description}{unit}"


def kind_description(kind: KindSpec) -> str:
    """What a kind is, in both languages."""
    return f"{kind.zh} · {kind.description}"
