"""Kinds that join everything with everything: places, classes, documents, sources. No path passes through them."""

from __future__ import annotations

from typing import Final

HUB_KINDS: Final = (
    "Region",
    "Industry",
    "Tag",
    "Policy",
    "Theme",
    "Measure",
    "Target",
    "Rule",
    "Duty",
    "ProjectList",
    "Observation",
    "Dataset",
)
"""In the order in which answers list them; they may be ends of a connection, never in between."""
