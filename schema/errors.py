"""How errors look from outside: a stable `extensions.code`, a message that names value and remedy, and nothing of the inside."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from graph.errors import LuoshuError

CODES: Final[Mapping[str, str]] = {
    "NOT_FOUND": "The record that the question starts from is not in this view",
    "INVALID_INPUT": "A value cannot be meant; the message names it and the remedy",
    "CURSOR_LOST": "The place that a cursor of the log names is not in this log: read anew, and go on from there",
    "CONTRADICTION": "Records of this view cannot all be true; the message names them and the remedy",
    "LIMIT_EXCEEDED": "The request asks for more than the service's documented limits (ontology.limits)",
    "FORBIDDEN": "The caller may not see or do this",
    "UNAUTHENTICATED": "The caller is not known",
    "STORE_UNAVAILABLE": "The store cannot be reached now; the same request may succeed later",
    "TIMEOUT": "The answer was not ready in time; ask for less, or again later",
    "STORE_ERROR": "The store answered with a failure",
    "STORE_CORRUPT": "What the store holds contradicts the log's contract",
    "STALE": "Another load touched the same statements; the same request may succeed now",
    "LOAD_IN_PROGRESS": "Another bulk writer is at work; try again when it is done",
    "LEASE_LOST": "Another bulk writer took over",
    "LOAD_FAILED": "A load could not go on; nothing of it is visible",
    "ENDING_REFUSED": "A full load would end more statements than its safeguards allow",
    "CONFIRMED": "A later load states rows of the load to undo again",
    "CONFIGURATION": "A setting is missing or wrong",
    "GRAPHQL_PARSE_FAILED": "The document is no GraphQL",
    "GRAPHQL_VALIDATION_FAILED": "The document does not fit the schema",
    "BAD_REQUEST": "The HTTP request is no GraphQL request",
    "INTERNAL": "A fault of the service; its log names the cause under the id in the message",
}
"""Every code that an answer can carry, and what it means."""

_log = structlog.get_logger(__name__)


def shown(error: GraphQLError, *, executed: bool) -> dict[str, Any]:
    """The error as the answer shows it.

    `executed` says whether the operation had begun. What is no error of ours or of GraphQL is logged with an id and masked.
    """
    formatted: dict[str, Any] = {"message": error.message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        formatted["path"] = error.path
    cause = _cause(error)
    extensions: dict[str, Any] = dict(error.extensions or {})
    match cause:
        case LuoshuError():
            formatted["message"] = cause.message
            extensions |= {"code": cause.code, "retryable": cause.retryable}
        case None:
            extensions.setdefault("code", _graphql_code(error, executed=executed))
        case _:
            fault = uuid.uuid4().hex[:12]
            _log.error("fault", fault=fault, path=error.path, exc_info=cause)
            formatted["message"] = f"the service failed on this question; its log names the cause under {fault}"
            extensions = {"code": "INTERNAL", "retryable": False}
    formatted["extensions"] = extensions
    return formatted


def coded(error: LuoshuError) -> dict[str, Any]:
    """An answer that holds an error of ours and no data."""
    return {"errors": [{"message": error.message, "extensions": {"code": error.code, "retryable": error.retryable}}]}


def plain(message: str, code: str) -> dict[str, Any]:
    """An answer that holds one error and no data."""
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _cause(error: GraphQLError) -> BaseException | None:
    """What a GraphQL error wraps, None where it is GraphQL's own."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _graphql_code(error: GraphQLError, *, executed: bool) -> str:
    inner = error.original_error
    while isinstance(inner, GraphQLError):
        code = (inner.extensions or {}).get("code")
        if isinstance(code, str):
            return code
        inner = inner.original_error
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    return "INVALID_INPUT" if executed else "GRAPHQL_VALIDATION_FAILED"
