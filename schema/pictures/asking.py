"""A picture of a document's question: the question with its own arguments, asked for what the picture shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from graphql import FieldNode, OperationDefinitionNode, SelectionSetNode, parse, print_ast, value_from_ast_untyped
from matplotlib.figure import Figure

from graph.errors import InvalidInput
from schema.context import Scope
from schema.execution import Request, parsed, run
from schema.pictures import coverage, fund_tree, paths, reach
from schema.pictures.canvas import as_bytes, check_ending
from schema.schema import Schema
from schema.syntax import plain_field, with_parts


class Picture(NamedTuple):
    """How a question is drawn: what is selected of its answer, and the drawing of that, titled with the view that is asked.

    The last argument of `draw` is the question's own arguments, by name.
    """

    selection: str
    draw: Callable[[Mapping[str, Any], str, Mapping[str, Any]], Figure]


PICTURES: Final[Mapping[str, Picture]] = {
    "financingPaths": Picture(paths.SELECTION, paths.draw),
    "financingReach": Picture(reach.SELECTION, reach.draw),
    "fundCoverageGaps": Picture(coverage.SELECTION, coverage.draw),
    "fundTree": Picture(fund_tree.SELECTION, fund_tree.draw),
}
"""By question."""
ECHO: Final = tuple(plain_field(name) for name in ("asOf", "version"))
"""What a view says of itself."""


def picture(schema: Schema, scope: Scope, request: Request, file: Path) -> bytes:
    """The picture of the first question of a document that has one, for a file that ends in .svg or .png.

    Raises InvalidInput where none of its questions has a picture, and LuoshuError with the code of the answer's first error.
    """
    check_ending(file)
    operation = _operation(request)
    path, field = _question(operation.selection_set, ())
    drawing = PICTURES[field.name.value]
    asked = Request(_asked(operation, path, field, drawing.selection), request.variables)
    answer: Any = run(schema, scope, asked).data
    day, version = scope.as_of.isoformat(), scope.version
    for step in path:
        answer = answer[_shown(step)]
        day, version = answer["asOf"], answer["version"]
    drawn = drawing.draw(answer[_shown(field)], f"{day} · v{version}", _arguments(operation, field, request))
    return as_bytes(drawn, file)


def _operation(request: Request) -> OperationDefinitionNode:
    operations = [one for one in parsed(request.query).definitions if isinstance(one, OperationDefinitionNode)]
    for one in operations:
        if request.operation is None or (one.name is not None and one.name.value == request.operation):
            return one
    raise InvalidInput(f"the document has no operation called {request.operation}")


def _question(selected: SelectionSetNode, path: tuple[FieldNode, ...]) -> tuple[tuple[FieldNode, ...], FieldNode]:
    """The first question that has a picture, asked of the present or of a view, and the fields that lead to it."""
    fields = [node for node in selected.selections if isinstance(node, FieldNode)]
    for field in fields:
        if field.name.value in PICTURES:
            return path, field
    for field in fields:
        if field.name.value == "view" and field.selection_set is not None:
            return _question(field.selection_set, (*path, field))
    raise InvalidInput(f"none of the questions has a picture; these have: {', '.join(PICTURES)}")


def _arguments(operation: OperationDefinitionNode, field: FieldNode, request: Request) -> dict[str, Any]:
    """The arguments of a question as its document and variables give them; what is left out is not there."""
    given = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    } | dict(request.variables or {})
    return {one.name.value: value_from_ast_untyped(one.value, given) for one in field.arguments or ()}


def _shown(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value


def _asked(operation: OperationDefinitionNode, path: tuple[FieldNode, ...], field: FieldNode, selection: str) -> str:
    """The operation with nothing but the question, and of it what the picture shows. Variables that no longer serve are left out."""
    shown = parse(f"{{ question {{ {selection} }} }}").definitions[0]
    assert isinstance(shown, OperationDefinitionNode)
    [whole] = shown.selection_set.selections
    assert isinstance(whole, FieldNode)
    asked: FieldNode = with_parts(field, selection_set=whole.selection_set)
    for step in reversed(path):
        asked = with_parts(step, selection_set=SelectionSetNode(selections=(asked, *ECHO)))
    text = print_ast(asked)
    variables = tuple(one for one in operation.variable_definitions or () if f"${one.variable.name.value}" in text)
    return print_ast(
        with_parts(operation, variable_definitions=variables, selection_set=SelectionSetNode(selections=(asked,)))
    )
