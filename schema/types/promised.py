"""What the API promises of some kinds beyond the derivation: plain lists in printed order, names, and fields never null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PRINTED_LISTS: Final[Mapping[tuple[str, str], str]] = {
    ("Policy", "themes"): "number",
    ("Policy", "measures"): "number",
    ("Policy", "targets"): "number",
    ("Policy", "rules"): "span",
    ("Policy", "openQuestions"): "number",
    ("Policy", "duties"): "number",
    ("Policy", "addressees"): "list_order",
    ("Theme", "measures"): "number",
    ("Measure", "responsible"): "list_order",
    ("Measure", "targets"): "number",
    ("Committee", "duties"): "number",
}
"""Inverse relations that are plain lists, by kind and field, with the field that gives the printed order. One document bounds them."""

ALIASES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("Responsibility", "unit"): ("source", "责任单位 · The unit or set of units; no lead is inferred"),
}
"""Second names of reference fields that are never null, by kind and name: the field, and what it means."""

NEVER_NULL: Final = frozenset(
    {("Measure", "span"), ("Measure", "theme"), ("Responsibility", "span"), ("Target", "span")}
)
"""Fields that every document's reader states, though a record without them is complete."""
