"""Which list of an answer are its rows, and what their columns are: read from the document, so that no data decides the shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    ArgumentNode,
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
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    print_ast,
    type_from_ast,
    visit,
)

from graph.errors import InvalidInput
from schema.syntax import plain_field, with_parts

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
COMPOSITE = (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)
INTROSPECTION = "__typename"
AFTER = "after"
PAGE_INFO = "pageInfo"


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
    """A list of objects in the answer: its path and its columns; of pages, the field that takes the cursor and the one that tells it."""

    path: tuple[str, ...]
    columns: tuple[Column, ...]
    asking: FieldNode | None = field(default=None, repr=False)
    telling: FieldNode | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its path, joined by dots."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class _Field:
    """A selected field: its response name, what it is, and what is selected of it; `pages`: it takes a cursor."""

    name: str
    type: GraphQLType
    nodes: tuple[FieldNode, ...]
    pages: bool

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
        self._document = document
        definitions = document.definitions
        self._fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
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

    def by_page(self, rows: Rows) -> tuple[str, str | None]:
        """The document as it is asked page by page, and the variable that takes the cursor; None: the rows are all on one page.

        A cursor that the document states is where the first page begins.
        """
        asking, telling = rows.asking, rows.telling
        if asking is None or telling is None:
            return print_ast(self._document), None
        stated = next((one for one in asking.arguments or () if one.name.value == AFTER), None)
        declared = self._operation.variable_definitions or ()
        if stated is not None and isinstance(stated.value, VariableNode):
            variable = stated.value
        else:
            taken = {one.variable.name.value for one in declared}
            name = next(name for name in (AFTER + "_" * count for count in range(len(taken) + 1)) if name not in taken)
            variable = VariableNode(name=NameNode(value=name))
            begins = stated.value if stated is not None and isinstance(stated.value, StringValueNode) else None
            declared = (*declared, VariableDefinitionNode(variable=variable, type=STRING, default_value=begins))
        paging = _Paging(self._operation, declared, asking, variable, telling)
        return print_ast(visit(self._document, paging)), variable.name.value

    def _lists(self) -> Iterator[Rows]:
        root = self._schema.get_root_type(self._operation.operation)
        assert root is not None
        yield from self._below((), self._selected(root, [self._operation.selection_set]), None, None)

    def _below(
        self, path: tuple[str, ...], fields: list[_Field], asking: FieldNode | None, telling: FieldNode | None
    ) -> Iterator[Rows]:
        for one in fields:
            composite = one.composite
            if composite is None or one.name == PAGE_INFO:
                continue
            asked = one.nodes[0] if one.pages else asking
            inner = self._selected(composite, one.sets)
            if one.listed:
                yield Rows((*path, one.name), tuple(self._columns((), inner)), asking, telling)
            else:
                tells = not isinstance(composite, GraphQLUnionType) and PAGE_INFO in composite.fields
                yield from self._below((*path, one.name), inner, asked, one.nodes[0] if tells else None)

    def _columns(self, path: tuple[str, ...], fields: list[_Field]) -> Iterator[Column]:
        for one in fields:
            here, composite = (*path, one.name), one.composite
            if composite is None or one.listed:
                yield Column(here, get_named_type(one.type).name, one.listed)
            else:
                yield from self._columns(here, self._selected(composite, one.sets))

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
                declared = owner.fields[node.name.value]
                found[name] = _Field(name, declared.type, nodes, AFTER in declared.args)
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


class _Paging(Visitor):
    """Puts into a document what asking for its rows page by page takes."""

    def __init__(
        self,
        operation: OperationDefinitionNode,
        declared: tuple[VariableDefinitionNode, ...],
        asking: FieldNode,
        cursor: VariableNode,
        telling: FieldNode,
    ) -> None:
        super().__init__()
        self._operation, self._declared = operation, declared
        self._asking, self._cursor, self._telling = asking, cursor, telling

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> Node | None:
        return with_parts(node, variable_definitions=self._declared) if node is self._operation else None

    def enter_field(self, node: FieldNode, *_: object) -> Node | None:
        changed: dict[str, object] = {}
        if node is self._asking:
            others = tuple(one for one in node.arguments or () if one.name.value != AFTER)
            changed["arguments"] = (*others, ArgumentNode(name=NameNode(value=AFTER), value=self._cursor))
        if node is self._telling and node.selection_set is not None:
            selections = (*node.selection_set.selections, PAGE)
            changed["selection_set"] = SelectionSetNode(selections=selections)
        return with_parts(node, **changed) if changed else None


STRING: Final = NamedTypeNode(name=NameNode(value="String"))
PAGE: Final = with_parts(
    plain_field(PAGE_INFO),
    selection_set=SelectionSetNode(selections=(plain_field("hasNextPage"), plain_field("endCursor"))),
)
NO_ROWS = "the answer has no list of objects; select one, such as nodes of a connection"


def _names(found: list[Rows]) -> str:
    return ", ".join(one.name for one in found) or "no list of objects"
