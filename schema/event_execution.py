"""Subscription operations, from text to the stream that they ask for, and from one event to its answer."""

from __future__ import annotations

from typing import Any

import strawberry
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    execute_subscription_event,
)
from strawberry.execution import optimized_is_awaitable

from schema.context import Scope
from schema.execution import Answer, Request, answered, parsed, too_deep, validated
from schema.limits import excess


def is_subscription(request: Request) -> bool:
    """Whether the operation that a request names is a subscription; False too where it is no GraphQL."""
    try:
        document = parsed(request.query)
    except GraphQLError:
        return False
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if request.operation is not None:
        operations = [one for one in operations if one.name is not None and one.name.value == request.operation]
    return len(operations) == 1 and operations[0].operation is OperationType.SUBSCRIPTION


def begin(schema: strawberry.Schema, root: object, request: Request) -> tuple[Executor[Any], Any] | Answer:
    """What answers the events of a subscription, and the stream that its field gives, asked of `root`.

    An answer with errors where it cannot be meant. It is held to the same limits as a query.
    """
    refused = too_deep(request)
    if refused is not None:
        return refused
    document, variables = parsed(request.query), dict(request.variables or {})
    errors = validated(schema._schema, document)
    over = excess(schema._schema, document, variables) if variables and not errors else None
    if errors or over is not None:
        return answered(ExecutionResult(None, errors if over is None else [over]))
    executor = Executor.build(
        schema._schema,
        document,
        root_value=root,
        raw_variable_values=variables,
        operation_name=request.operation,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a plain bool to strawberry
        hide_suggestions=True,
    )
    if isinstance(executor, list):
        return answered(ExecutionResult(None, executor))
    stream = create_source_event_stream(executor)
    return answered(stream) if isinstance(stream, ExecutionResult) else (executor, stream)


def event_answer(executor: Executor[Any], event: object, scope: Scope) -> Answer:
    """The answer to one event, which its subscription's field stands for."""
    one = executor.build_per_event_executor(event)
    one.context_value = scope
    result = execute_subscription_event(one)
    assert isinstance(result, ExecutionResult)
    return answered(result)
