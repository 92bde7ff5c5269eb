"""Up and down the trees of regions and industries."""

from __future__ import annotations

from graph.view import View
from queries.coverage.tree import Tree
from queries.derived import once


def tree_of(view: View, kind: str) -> Tree:
    """The tree of a view's Industry or Region records."""
    return once(view, (tree_of, kind), lambda: Tree.of(view, kind), of=frozenset({kind}))


def ancestors(view: View, place: int) -> tuple[int, ...]:
    """A place or class and all that it is part of, from the nearest; empty for -1."""
    return tree_of(view, view.kind_of(place).name).path(place) if place >= 0 else ()


def descendants(view: View, place: int) -> list[int]:
    """A place or class and all below it."""
    tree = tree_of(view, view.kind_of(place).name)
    return [handle for handle in tree.parent if place in tree.path(handle)]
