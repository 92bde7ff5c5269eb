"""Small worlds of bodies and reforms: `unit("a")`, `passes("a", "b", 2018)`."""

from __future__ import annotations

from datetime import date

from graph.kinds.identity import SucceededBy
from graph.kinds.parties import GovernmentUnit
from graph.records import Ref
from graph.view import View


def unit(name: str, **fields: object) -> GovernmentUnit:
    """A unit called by its key."""
    return GovernmentUnit(id=f"governmentUnit:{name}", name=name, **fields)  # type: ignore[arg-type]


def passes(source: str, target: str, year: int | None, **fields: object) -> SucceededBy:
    """The first day of this year on which one body's duties pass to another; None: no day is stated."""
    on = None if year is None else date(year, 1, 1)
    return SucceededBy(
        source=Ref(f"governmentUnit:{source}"),
        target=Ref(f"governmentUnit:{target}"),
        on=on,
        **fields,  # type: ignore[arg-type]
    )


def key(view: View, handle: int) -> str:
    """The key of a unit."""
    return view.id_of(handle).partition(":")[2]


def pair(view: View, link: int) -> str:
    """A succession as `a>b`."""
    return f"{key(view, view.ref(link, 'source'))}>{key(view, view.ref(link, 'target'))}"
