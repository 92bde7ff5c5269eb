"""Answers about the schema alone, which are the same for as long as the service runs: made once, then kept as bytes.

The question with which an editor begins asks for every type and field; making its answer anew takes about a second.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import strawberry
from graphql import DocumentNode, FieldNode, OperationDefinitionNode

from schema.execution import Answer, Request, parsed

MAX_KEPT: Final = 8
"""Editors and code generators ask a few texts, over and over; an answer has up to a few megabytes."""
_ROOTS: Final = frozenset({"__schema", "__type", "__typename"})

_Key = tuple[strawberry.Schema, str, str | None]


class Introspections:
    """The latest answers about the schema. For one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()

    def find(self, schema: strawberry.Schema, request: Request) -> bytes | None:
        """The answer that is kept for this request; None: there is none."""
        key = (schema, request.query, request.operation)
        if request.variables or key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def keep(self, schema: strawberry.Schema, request: Request, answer: Answer, body: bytes) -> None:
        """Keep an answer if it is about the schema alone, whole, and without variables."""
        if request.variables or not answer.executed or "errors" in answer.body:
            return
        if _is_of_schema_alone(parsed(request.query)):
            self._kept[schema, request.query, request.operation] = body
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)


def _is_of_schema_alone(document: DocumentNode) -> bool:
    """Whether no operation asks a root field of ours; a fragment at the root counts as if it did."""
    return all(
        isinstance(field, FieldNode) and field.name.value in _ROOTS
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
        for field in operation.selection_set.selections
    )
