"""One GraphQL request, from text to answer: parsed and validated once a text, held to the limits, executed, errors coded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult as Executed
from strawberry.types.graphql import OperationType

from graph.errors import LuoshuError
from schema.context import Scope
from schema.errors import plain, shown
from schema.limits import MAX_QUERY_CHARS, MAX_TOKENS, MAX_VARIABLE_DEPTH, excess, limit_error

QUERIES_ONLY = frozenset({OperationType.QUERY})
READ_AND_WRITE = frozenset({OperationType.QUERY, OperationType.MUTATION})
NOT_ALLOWED = 405
SUBSCRIBE = "; subscriptions come over a WebSocket (graphql-transport-ws), or with Accept: text/event-stream"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: a document, its variables, which of its operations; and whether the way it came allows a mutation."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation: str | None = None
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What it gets: `body` for JSON; `executed` is False when nothing ran, since the request itself was wrong.

    `status` is that of HTTP where no other will do.
    """

    body: dict[str, Any]
    executed: bool
    status: int | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What was asked for. Raises LuoshuError, with its code, for the first error of an answer that has some."""
        if "errors" in self.body:
            error = self.body["errors"][0]
            raise LuoshuError(error["message"], code=error["extensions"]["code"])
        data: dict[str, Any] = self.body["data"]
        return data


class Discipline(SchemaExtension):
    """Parses and validates each text once, holds it to the limits before any rule that could be slow sees it."""

    def on_parse(self) -> Iterator[None]:
        """Give the document, from the cache where this text was seen before."""
        context = self.execution_context
        document = context.graphql_document = parsed(context.query or "")
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) > 1 and context._provided_operation_name is None:
            raise GraphQLError(
                "the document has several operations; name one as operationName",
                extensions={"code": "GRAPHQL_VALIDATION_FAILED"},
            )
        yield

    def on_validate(self) -> Iterator[None]:
        """Give the errors of the document, from the cache where it was seen before."""
        context = self.execution_context
        if context.graphql_document is not None:
            context.pre_execution_errors = validated(context.schema._schema, context.graphql_document)
        yield

    def on_execute(self) -> Iterator[None]:
        """Hold the cost to its limit once the variables are known."""
        context = self.execution_context
        if context.variables and context.graphql_document is not None:
            over = excess(context.schema._schema, context.graphql_document, context.variables)
            if over is not None:
                raise over
        yield


@lru_cache(maxsize=256)
def parsed(query: str) -> DocumentNode:
    """The document that a text is, from the cache where it was seen before. Raises GraphQLError, also where it is too long."""
    try:
        return parse(query, max_lexical_tokens=MAX_TOKENS, max_comments=1_000, max_source_length=MAX_QUERY_CHARS)
    except GraphQLSyntaxError as exc:
        if "Parsing aborted" in exc.message:
            raise limit_error(
                f"the document is too long; at most {MAX_TOKENS:,} tokens: ask in several requests"
            ) from exc
        raise


@lru_cache(maxsize=256)
def validated(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """The errors of a document, its limits first, from the cache where it was seen before."""
    over = excess(schema, document, None)
    if over is not None:
        return [over]
    return validate(schema, document, specified_rules, max_errors=20, hide_suggestions=True)


def run(schema: strawberry.Schema, scope: Scope, request: Request) -> Answer:
    """The answer to a request, asked of `scope`. Never raises for what a client can send."""
    refused = too_deep(request)
    if refused is not None:
        return refused
    try:
        result = schema.execute_sync(
            request.query,
            variable_values=dict(request.variables or {}),
            context_value=scope,
            root_value=scope,
            operation_name=request.operation,
            allowed_operation_types=READ_AND_WRITE if request.may_write else QUERIES_ONLY,
        )
    except CannotGetOperationTypeError:
        wanted = "" if request.operation is None else f" called {request.operation[:60]}"
        return Answer(plain(f"the document has no operation{wanted}", "GRAPHQL_VALIDATION_FAILED"), False)
    except InvalidOperationTypeError as exc:
        kind = exc.operation_type.value.lower()
        takes = "queries and mutations" if request.may_write else "queries"
        how = SUBSCRIBE if exc.operation_type is OperationType.SUBSCRIPTION else ""
        told = plain(f"the service takes {takes} here, no {kind}{how}", "GRAPHQL_VALIDATION_FAILED")
        return Answer(told, False, NOT_ALLOWED if kind == "mutation" else None)
    return answered(result)


def too_deep(request: Request) -> Answer | None:
    """The answer to a request whose variables are nested too deep; None: they are not."""
    if _depth(request.variables) <= MAX_VARIABLE_DEPTH:
        return None
    return Answer(plain(f"the variables are nested deeper than {MAX_VARIABLE_DEPTH} levels", "LIMIT_EXCEEDED"), False)


def answered(result: ExecutionResult | Executed) -> Answer:
    """The answer that a result is, its errors coded."""
    # Without data and without a path, an error came before the first resolver.
    executed = result.data is not None or any(error.path for error in result.errors or ())
    body: dict[str, Any] = {}
    if result.errors:
        coerced = result.data is None and not executed
        body["errors"] = [shown(error, executed=_at_execution(error, coerced)) for error in result.errors]
    if executed:
        body["data"] = result.data
    return Answer(body, executed)


def _at_execution(error: GraphQLError, before: bool) -> bool:
    """Whether an error without a path is one of variables rather than of the document."""
    return not before or error.message.startswith("Variable ")


def _depth(value: Any) -> int:
    """How deep a JSON value is nested; stops counting a little past the limit."""
    depth, level = 0, [value]
    while level and depth <= MAX_VARIABLE_DEPTH:
        below: list[Any] = []
        for item in level:
            if isinstance(item, Mapping):
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not any(isinstance(item, Mapping | list) for item in level):
            break
        depth, level = depth + 1, below
    return depth
