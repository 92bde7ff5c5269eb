"""What one request may ask for: depth, aliases, directives, tokens and cost, in one pass that visits each fragment once.

Cost counts the fields that an answer may hold: a list multiplies what is below it by the rows asked for, and a question that
searches has a price of its own. It is an upper bound, known before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from queries.keyset import MAX_FIRST

MAX_DEPTH: Final = 20
MAX_ALIASES: Final = 60
MAX_DIRECTIVES: Final = 60
MAX_TOKENS: Final = 5_000
MAX_COST: Final = 200_000
MAX_SAME_FIELD: Final = 100
"""How often one field may stand in one selection: comparing each with each grows with the square."""
MAX_QUERY_CHARS: Final = 100_000
MAX_BODY_BYTES: Final = 1_000_000
MAX_VARIABLE_DEPTH: Final = 40

LIST_LENGTH: Final = 10
"""Rows that a list without `first` is taken to have."""

PRICES: Final[Mapping[str, int]] = {
    "view": 1_000,
    "search": 200,
    "supplyTiers": 2_000,
    "connections": 5_000,
    "financingPaths": 5_000,
    "financingPath": 1_000,
    "whyNot": 10_000,
    "financingReach": 10_000,
    "fundCoverageGaps": 10_000,
    "investmentTargets": 5_000,
    "portfolio": 20_000,
    "fundTree": 2_000,
    "fundTotals": 5_000,
    "fundCovenants": 2_000,
    "needChanged": 100,
    "factsChanged": 100,
    "accountability": 2_000,
    "needsDesk": 5_000,
    "recommendations": 5_000,
    "matchmaking": 1_000,
    "consultations": 2_000,
    "submitNeed": 500,
    "advanceNeed": 500,
    "__schema": 50_000,
    "__type": 1_000,
}
"""What a question costs beside its fields, in fields."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a selection asks for, fragments counted as often as they are spread."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.cost + other.cost,
        )


def excess(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any] | None) -> GraphQLError | None:
    """The first limit that an operation of the document exceeds, as an error that names it; None: all are kept.

    Without `variables`, a `first` that only a variable gives counts as one row. Cost: linear in the size of the document.
    """
    measure = _Measure(schema, document, variables)
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        root = schema.get_root_type(OperationType(operation.operation))
        weight = measure.selection(operation.selection_set, root) + Weight(directives=len(operation.directives or ()))
        for what, found, most, remedy in (
            ("fields deep", weight.depth, MAX_DEPTH, "ask in several steps"),
            ("aliases", weight.aliases, MAX_ALIASES, "ask in several requests"),
            ("directives", weight.directives, MAX_DIRECTIVES, "leave some out"),
            ("fields to answer", weight.cost, MAX_COST, "ask for fewer rows (`first`) or fields"),
        ):
            if found > most:
                return limit_error(f"the query asks for {found:,} {what}; at most {most:,}: {remedy}")
    return measure.repeated


def limit_error(message: str) -> GraphQLError:
    """The error that a request over a limit answers."""
    return GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})


@dataclass
class _Measure:
    schema: GraphQLSchema
    document: DocumentNode
    variables: Mapping[str, Any] | None
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    weights: dict[str, Weight] = field(default_factory=dict)
    repeated: GraphQLError | None = None

    def __post_init__(self) -> None:
        for definition in self.document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments.setdefault(definition.name.value, definition)

    def selection(self, selection_set: SelectionSetNode | None, parent: Any) -> Weight:
        total = Weight()
        seen: dict[str, int] = {}
        for node in selection_set.selections if selection_set else ():
            total += Weight(directives=len(node.directives or ()))
            match node:
                case FieldNode():
                    total += self._field(node, parent)
                    seen[node.name.value] = seen.get(node.name.value, 0) + 1
                case FragmentSpreadNode():
                    total += self._fragment(node.name.value)
                case InlineFragmentNode():
                    name = node.type_condition.name.value if node.type_condition else None
                    total += self.selection(node.selection_set, self.schema.get_type(name) if name else parent)
        worst = max(seen.values(), default=0)
        if worst > MAX_SAME_FIELD and self.repeated is None:
            self.repeated = limit_error(
                f"the query names one field {worst} times in one place; at most {MAX_SAME_FIELD}"
            )
        return total

    def _fragment(self, name: str) -> Weight:
        known = self.weights.get(name)
        if known is not None:
            return known
        # A fragment that spreads itself counts nothing here: validation refuses it.
        self.weights[name] = Weight()
        definition = self.fragments.get(name)
        if definition is None:
            return Weight()
        weight = self.selection(definition.selection_set, self.schema.get_type(definition.type_condition.name.value))
        self.weights[name] = weight
        return weight

    def _field(self, node: FieldNode, parent: Any) -> Weight:
        name = node.name.value
        alias = 1 if node.alias and node.alias.value != name else 0
        if name in ("__schema", "__type"):
            # What lies below is bounded by validation (MaxIntrospectionDepthRule).
            return Weight(1, alias, 0, PRICES[name])
        definition = _definition(parent, name)
        below_type = get_named_type(definition.type) if definition else None
        below = self.selection(node.selection_set, below_type if is_composite_type(below_type) else None)
        rows = self._rows(node, definition, parent) if definition else 1
        return Weight(
            below.depth + 1, below.aliases + alias, below.directives, 1 + PRICES.get(name, 0) + rows * below.cost
        )

    def _rows(self, node: FieldNode, definition: GraphQLField, parent: Any) -> int:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in definition.args:
            default = definition.args["first"].default_value
            return self._number(given.get("first"), default if isinstance(default, int) else MAX_FIRST)
        if not is_list_type(get_nullable_type(definition.type)):
            return 1
        if "ids" in definition.args:
            return self._length(given.get("ids"))
        # The rows of a connection were counted where its `first` stands.
        return 1 if getattr(parent, "name", "").endswith("Connection") else LIST_LENGTH

    def _number(self, value: ValueNode | None, default: int) -> int:
        match value:
            case None:
                return default
            case IntValueNode():
                return max(0, min(int(value.value), MAX_FIRST))
            case VariableNode():
                found = (self.variables or {}).get(value.name.value, 1 if self.variables is None else default)
                return max(0, min(found, MAX_FIRST)) if isinstance(found, int) else default
            case _:
                return default

    def _length(self, value: ValueNode | None) -> int:
        match value:
            case ListValueNode():
                return len(value.values)
            case VariableNode():
                found = (self.variables or {}).get(value.name.value)
                return len(found) if isinstance(found, list) else 1
            case _:
                return 1


def _definition(parent: GraphQLCompositeType | None, name: str) -> GraphQLField | None:
    if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return None
    fields: Mapping[str, GraphQLField] = parent.fields
    return fields.get(name)
