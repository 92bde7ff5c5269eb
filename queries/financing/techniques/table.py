"""The technique table: what each technique is, as data. Adding a technique is adding a row.

Names follow the standard definitions of the Global Supply Chain Finance Forum where it has one; `measures` are the numbers of the
measures of 洛政办〔2017〕70号 that call for the technique.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from graph.errors import InvalidInput
from graph.kinds.terms import Technique
from queries.financing.techniques import (
    capital,
    collateral,
    credit,
    grants,
    leases,
    on_claims,
    on_programmes,
    projects,
    refinancing,
)
from queries.financing.techniques.rows import TechniqueRow

FAMILIES: Final = (
    on_claims,
    on_programmes,
    collateral,
    projects,
    credit,
    leases,
    refinancing,
    capital,
    grants,
)

TECHNIQUES: Final[Mapping[Technique, TechniqueRow]] = {
    row.technique: row
    for row in sorted(
        (row for family in FAMILIES for row in family.ROWS), key=lambda row: list(Technique).index(row.technique)
    )
}
"""The rows by technique, in the order in which equal paths are told apart."""
PLACES: Final[Mapping[Technique, int]] = {technique: place for place, technique in enumerate(TECHNIQUES)}
"""Where each technique stands in that order."""


def chosen(techniques: Iterable[Technique] | None) -> tuple[TechniqueRow, ...]:
    """The rows asked for, in the table's order; None: all.

    Raises InvalidInput for an empty choice.
    """
    if techniques is None:
        return tuple(TECHNIQUES.values())
    wanted = set(techniques)
    if not wanted:
        raise InvalidInput(f"techniques is an empty list: choose among {', '.join(row.name for row in TECHNIQUES)}")
    return tuple(row for row in TECHNIQUES.values() if row.technique in wanted)
