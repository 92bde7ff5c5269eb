"""Whether a question asks for a field that costs more than the rest."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionNode
from strawberry.types.info import Info


def asks_for(info: Info, *path: str) -> bool:
    """Whether the selection below this field names `path` somewhere; what @skip or @include leave out counts as named."""
    fields: list[FieldNode] = list(info._raw_info.field_nodes)
    for name in path:
        below = [selection for node in fields if node.selection_set for selection in node.selection_set.selections]
        fields = [node for node in _fields(below, info) if node.name.value == name]
    return bool(fields)


def _fields(selections: Iterable[SelectionNode], info: Info) -> Iterable[FieldNode]:
    seen: set[str] = set()
    pending = list(selections)
    while pending:
        match pending.pop():
            case FieldNode() as node:
                yield node
            case InlineFragmentNode() as inline:
                pending += inline.selection_set.selections
            case FragmentSpreadNode() as spread if spread.name.value not in seen:
                seen.add(spread.name.value)
                pending += info._raw_info.fragments[spread.name.value].selection_set.selections
