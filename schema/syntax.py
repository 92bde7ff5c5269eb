"""Documents made from documents: syntax nodes do not change, so a changed one is a copy."""

from __future__ import annotations

from typing import TypeVar

from graphql.language import FieldNode, NameNode, Node

AnyNode = TypeVar("AnyNode", bound=Node)


def with_parts(node: AnyNode, **changed: object) -> AnyNode:
    """A copy of a syntax node with some of its parts changed."""
    kept = {name: getattr(node, name) for name in node.keys if name != "loc"}
    return type(node)(**{**kept, **changed})


def plain_field(name: str) -> FieldNode:
    """A field without arguments and selections."""
    return FieldNode(name=NameNode(value=name))
