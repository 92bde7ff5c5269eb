"""Which unit a question means: by id, or by a name, short name or alias that only one unit has."""

from __future__ import annotations

from typing import Final

import polars as pl

from graph.errors import InvalidIdentifier, InvalidInput, NotFound
from graph.fields import SEPARATOR
from graph.view import View
from queries.derived import once

UNIT: Final = "ResponsibleUnit"


def require_unit(view: View, named: str) -> int:
    """The unit or set of units with this id, or with exactly this name, short name or alias.

    Raises InvalidInput for an id of another kind and for a name that several units have, with their ids; NotFound where no unit in the
    view has it; InvalidIdentifier for neither an id nor a name.
    """
    if not named.strip():
        raise InvalidIdentifier("unit is blank; give the id or the name of a unit")
    prefix = named.partition(":")[0]
    if ":" in named and view.ontology.kind_of(named) is not None:
        return view.require(named, UNIT)
    found = once(view, "policy.units.names", lambda: _names(view)).get(named.strip(), ())
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(view.id_of(handle) for handle in found)
        raise InvalidInput(f"{named!r} is what several units are called: {ids}; give one of these ids")
    if ":" in named:
        raise InvalidIdentifier(f"{named!r} begins with {prefix!r}, which is no kind; see the ontology for kinds")
    raise NotFound(
        f"no unit is called {named!r} on {view.as_of.isoformat()}; give its id, or search for it with kinds of units"
    )


def _names(view: View) -> dict[str, tuple[int, ...]]:
    """The units by each of their names, in id order."""
    found: dict[str, dict[int, None]] = {}
    for kind in view.ontology.concrete(UNIT):
        handles = view.handles(kind)
        for field in ("name", "short_name", "aliases"):
            texts = view.texts(handles, field) if handles.size else pl.Series([], dtype=pl.String)
            for handle, text in zip(handles.tolist(), texts.to_list(), strict=True):
                for name in (text or "").split(SEPARATOR):
                    if name:
                        found.setdefault(name, {})[handle] = None
    return {name: tuple(sorted(units, key=view.id_of)) for name, units in found.items()}
