"""What an id names: a record, one that is incomplete, or a computed thing whose id describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from graph.errors import InvalidIdentifier, NotFound
from queries.coverage.cell_id import PREFIX as COVERAGE_CELL
from queries.financing.path_id import is_path_id
from queries.financing_paths import financing_path
from queries.fund_coverage import coverage_cell
from schema.context import Scope
from schema.types.coverage_cells import CellAnswer
from schema.types.entity import Entity
from schema.types.financing import PathAnswer
from schema.types.incomplete import IncompleteEntity


def _coverage_cell(scope: Scope, identifier: str) -> CellAnswer:
    return CellAnswer(scope, coverage_cell(scope.view, identifier))


COMPUTED: Final[Mapping[str, Callable[[Scope, str], Any]]] = {COVERAGE_CELL: _coverage_cell}
"""By prefix of their ids, how computed things are made; they raise NotFound for what is not in the view."""


def find_node(scope: Scope, identifier: str) -> Any:
    """The source of the Node that an id names; None when this view has none.

    Raises InvalidIdentifier for what has no form of an id.
    """
    scope.check()
    if is_path_id(identifier):
        path = financing_path(scope.view, identifier)
        return None if path is None else PathAnswer(scope, path)
    prefix, colon, key = identifier.partition(":")
    if not (prefix and colon and key):
        raise InvalidIdentifier(f"{identifier[:80]!r} is not an id; an id looks like enterprise:91410300MA0000000X")
    computed = COMPUTED.get(prefix)
    if computed is not None:
        try:
            return computed(scope, identifier)
        except NotFound:
            return None
    view = scope.view
    handle = view.find(identifier)
    if handle >= 0:
        return None if view.kind_of(handle).is_link else Entity(scope, handle)
    handle = view.locate(identifier)
    if handle < 0 or not view.is_in_force(handle) or view.kind_of(handle).is_link:
        return None
    return IncompleteEntity(scope, handle)
