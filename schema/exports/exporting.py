"""An export: the document asked, page after page, of one pinned view; its rows as a file, and what makes it repeatable."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphql import DocumentNode, GraphQLError

from graph.errors import InvalidInput, LimitExceeded, LuoshuError
from schema.context import Clock, Scope
from schema.execution import Request, parsed, run, validated
from schema.exports.files import written
from schema.exports.manifest import Manifest, says_complete
from schema.exports.plan import Plan, Rows
from schema.exports.table import Table
from schema.schema import Schema

MAX_ROWS: Final = 1_000_000
"""Rows of one export."""
INVALID: Final = "GRAPHQL_VALIDATION_FAILED"
"""The code of an error of a document that has no other."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file's content and its manifest."""

    content: bytes
    manifest: Manifest


def export(
    schema: Schema,
    scope: Scope,
    request: Request,
    file: Path,
    *,
    rows: str | None = None,
    seconds: float,
    told: Callable[[int], None] = lambda _: None,
) -> Export:
    """The rows of a question, all pages of them: `first` says how many at a time, `after` where to begin.

    Parameters
    ----------
    scope
        The view that is asked; all pages are of it.
    file
        Its ending says the form: .csv, .xlsx or .parquet.
    rows
        Which list of the answer, by its path joined by dots; None: the only one.
    seconds
        How long each page may take.
    told
        Told how many rows each page brought.

    Raises
    ------
    InvalidInput
        For a document whose rows cannot be told, and an ending that is no form.
    LimitExceeded
        Beyond MAX_ROWS.
    LuoshuError
        With the code of the answer's first error.
    """
    variables = dict(request.variables or {})
    document = _valid(schema, request)
    planned = Plan(schema._schema, document, request.operation)
    plan = planned.rows(rows)
    asked, after = planned.by_page(plan)
    first = _page(schema, scope, Request(asked, variables, request.operation), seconds)
    found, more, cursor = _taken(first, plan)
    told(len(found))
    while more and after is not None and cursor is not None:
        page = _page(schema, scope, Request(asked, {**variables, after: cursor}, request.operation), seconds)
        following, more, cursor = _taken(page, plan)
        found += following
        told(len(following))
        if len(found) > MAX_ROWS:
            raise LimitExceeded(f"more than {MAX_ROWS:,} rows; narrow the question with a filter")
    table = Table.of(plan.columns, found)
    content = written(table, file)
    rest = _without(first, plan.path)
    manifest = Manifest(
        document=request.query,
        variables=variables,
        operation=request.operation,
        rows=plan.name,
        as_of=scope.as_of,
        known_at=scope.known_at,
        version=scope.version,
        columns=[column.name for column in table.columns],
        count=len(table.cells),
        complete=not more and says_complete(rest),
        rest=rest,
        file=file.name,
        rows_sha256=table.sha256,
        file_sha256=hashlib.sha256(content).hexdigest(),
    )
    return Export(content, manifest)


def again(schema: Schema, scope: Scope, manifest: Manifest, file: Path, *, seconds: float) -> Export:
    """The same question asked of the same moment (`scope` is of it).

    Raises InvalidInput, with both hashes, when the rows are not what they were.
    """
    request = Request(manifest.document, manifest.variables, manifest.operation)
    found = export(schema, scope, request, file, rows=manifest.rows, seconds=seconds)
    if found.manifest.rows_sha256 != manifest.rows_sha256:
        raise InvalidInput(
            f"the rows are not those of the manifest: it has {manifest.rows_sha256}, this store gives "
            f"{found.manifest.rows_sha256}; ask the store that it was made from"
        )
    return found


def _valid(schema: Schema, request: Request) -> DocumentNode:
    """The document. Raises LuoshuError with the code of its first error."""
    try:
        document = parsed(request.query)
        errors = validated(schema._schema, document)
    except GraphQLError as exc:
        errors = [exc]
    if errors:
        raise LuoshuError(errors[0].message, code=(errors[0].extensions or {}).get("code", INVALID))
    return document


def _page(schema: Schema, scope: Scope, request: Request, seconds: float) -> dict[str, Any]:
    return run(schema, Scope(scope.service, scope.view, Clock.of(seconds)), request).data


def _taken(answer: Mapping[str, Any], plan: Rows) -> tuple[list[Mapping[str, Any]], bool, str | None]:
    """The rows of a page, whether there are more, and the cursor to them."""
    holder: Any = answer
    for name in plan.path[:-1]:
        holder = None if holder is None else holder.get(name)
    rows = [] if holder is None else [row for row in holder[plan.path[-1]] or () if row is not None]
    told = (holder or {}).get("pageInfo") or {}
    return rows, bool(told.get("hasNextPage")), told.get("endCursor")


def _without(answer: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The answer without its rows and without where its first page ended."""
    rest: dict[str, Any] = copy.deepcopy(dict(answer))
    holder: Any = rest
    for name in path[:-1]:
        if holder.get(name) is None:
            return rest
        holder = holder[name]
    holder.pop(path[-1], None)
    holder.pop("pageInfo", None)
    return rest
