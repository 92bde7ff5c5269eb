"""Which list of an answer are its rows, and what their columns are: read from the document, so that no data decides the shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    type_from_ast,
)

from graph.errors import InvalidInput

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
COMPOSITE = (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)
INTROSPECTION = "__typename"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its value stands in a row, and the GraphQL scalar that it is; `nested`: a list, kept as JSON."""

    path: tuple[str, ...]
    scalar: str
    nested: bool = False

    @property
    def name(self) -> str:
        """Its heading: the response names, joined by dots. `node` of a connection's edge is left out."""
        return ".".join(self.path[1:] if self.path[0] == "node" and len(self.path) > 1 else self.path)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of objects in the answer: its path, its columns, and, of a connection, the variable that asks for the next page."""

    path: tuple[str, ...]
    columns: tuple[Column, ...]
    after: str | None = None

    @property
    def name(self) -> str:
        """Its path, joined by dots."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class _Field:
    """A selected field: its response name, what it is, and what is selected of it."""

    name: str
    type: GraphQLType
    nodes: tuple[FieldNode, ...]

    @property
    def listed(self) -> bool:
        return isinstance(self.type.of_type if isinstance(self.type, GraphQLNonNull) else self.type, GraphQLList)

    @property
    def composite(self) -> Composite | None:
        named = get_named_type(self.type)
        return named if isinstance(named, COMPOSITE) else None

    @property
    def sets(self) -> list[SelectionSetNode]:
        return [node.selection_set for node in self.nodes if node.selection_set]


class Plan:
    """Reads one operation of a document that the schema has validated."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: str | None) -> None:
        self._schema = schema
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        chosen = [one for one in operations if operation is None or (one.name and one.name.value == operation)]
        if len(chosen) != 1:
            raise InvalidInput("the document has not exactly one operation of that name; name one with --operation")
        self._operation = chosen[0]

    def rows(self, wanted: str | None) -> Rows:
        """The rows: the list called `wanted`, else the document's only list of objects.

        Raises InvalidInput where it has none, or several and none is named.
        """
        found = list(self._lists())
        if wanted is not None:
            named = [one for one in found if one.name == wanted]
            if named:
                return named[0]
            raise InvalidInput(f"--rows {wanted}: the answer has no such list; it has {_names(found)}")
        if len(found) != 1:
            raise InvalidInput(
                f"the answer has {_names(found)}; say with --rows which of them are the rows" if found else NO_ROWS
            )
        return found[0]

    def _lists(self) -> Iterator[Rows]:
        root = self._schema.get_root_type(self._operation.operation)
        assert root is not None
        yield from self._below((), self._selected(root, [self._operation.selection_set]), None)

    def _below(self, path: tuple[str, ...], fields: list[_Field], after: str | None) -> Iterator[Rows]:
        for field in fields:
            composite = field.composite
            if composite is None or field.name == "pageInfo":
                continue
            here = self._after(field) or after
            inner = self._selected(composite, field.sets)
            if field.listed:
                columns = tuple(self._columns((), inner))
                yield Rows((*path, field.name), columns, here)
            else:
                yield from self._below((*path, field.name), inner, here)

    def _columns(self, path: tuple[str, ...], fields: list[_Field]) -> Iterator[Column]:
        for field in fields:
            here, composite = (*path, field.name), field.composite
            if composite is None or field.listed:
                yield Column(here, get_named_type(field.type).name, field.listed)
            else:
                yield from self._columns(here, self._selected(composite, field.sets))

    def _after(self, field: _Field) -> str | None:
        """The variable that a field takes its cursor from."""
        for node in field.nodes:
            for argument in node.arguments or ():
                if argument.name.value == "after" and isinstance(argument.value, VariableNode):
                    return argument.value.name.value
        return None

    def _selected(self, of: Composite, sets: list[SelectionSetNode]) -> list[_Field]:
        """The fields selected of a type, fragments spread, by response name in the order of the document."""
        found: dict[str, _Field] = {}
        for one in sets:
            for owner, node in self._spread(of, one):
                name = node.alias.value if node.alias else node.name.value
                if node.name.value == INTROSPECTION:
                    continue
                assert not isinstance(owner, GraphQLUnionType)
                before = found.get(name)
                nodes = (node,) if before is None else (*before.nodes, node)
                found[name] = _Field(name, owner.fields[node.name.value].type, nodes)
        return list(found.values())

    def _spread(self, of: Composite, selected: SelectionSetNode) -> Iterator[tuple[Composite, FieldNode]]:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                yield of, node
            elif isinstance(node, InlineFragmentNode):
                yield from self._spread(self._narrowed(of, node.type_condition), node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                yield from self._spread(self._narrowed(of, fragment.type_condition), fragment.selection_set)

    def _narrowed(self, of: Composite, condition: NamedTypeNode | None) -> Composite:
        found = type_from_ast(self._schema, condition) if condition else of
        assert isinstance(found, COMPOSITE)
        return found


NO_ROWS = "the answer has no list of objects; select one, such as nodes of a connection"


def _names(found: list[Rows]) -> str:
    return ", ".join(one.name for one in found) or "no list of objects"
