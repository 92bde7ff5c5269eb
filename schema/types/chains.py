"""Supply tiers, and how two records hang together, as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.ontology import Ontology
from queries.connections import ConnectionPath as Path
from queries.connections import ConnectionStep as Step
from queries.connections import connections
from queries.relation_steps import RelationStep as Walked
from queries.supply_tiers import Direction, SupplyTier, supply_tiers
from schema.context import Scope
from schema.types.completeness import Completeness
from schema.types.connections import RecordConnection, connection_field
from schema.types.derived import (
    AskedField,
    Types,
    declared_fields,
    derived,
    make_argument,
    make_enum,
    make_field,
    make_object,
    question,
)
from schema.types.entity import Entity, entity_of
from schema.types.financing_questions import budget_of

make_enum(
    Direction, "Direction", "方向 · Which way the tiers go from the root", {one.name: one.value for one in Direction}
)

TIERS: Final = "供应链层级 · The suppliers (or buyers) of a firm, tier by tier, each firm at its lowest tier"
FIRMS: Final = "本层企业 · The firms of this tier: each stands at its lowest"
LINKS: Final = "本层联系 · The links that join them to the tier before; of tier 1: to the root"
CONNECTIONS: Final = (
    "关联 · How two records hang together: simple paths over every relation, walked either way, the shortest first; hub kinds "
    "never in between"
)
THROUGH: Final = "The only kinds in between; where links are among them, the only links that are walked"


class TierAnswer:
    """A tier, as fields of the API."""

    def __init__(self, scope: Scope, found: SupplyTier) -> None:
        self.scope = scope
        self.found = found
        self.tier = found.tier


class TierField(AskedField):
    """The firms or the links of a tier, as a connection."""

    kind: str

    def get_result(self, source: TierAnswer, info: Info | None, args: list[Any], kwargs: Any) -> RecordConnection:
        """The page that the arguments ask for."""
        view, found = source.scope.view, source.found
        handles = (
            found.firms if self.kind == "Enterprise" else found.links[view.rank(found.links).argsort(kind="stable")]
        )
        return RecordConnection(source.scope, view.ontology[self.kind], handles, kwargs)


@strawberry.type
class _TierFields:
    tier: int = strawberry.field(description="Links from the root, from 1")


@strawberry.type(description="供应链层级 · The tiers of a firm, and how complete the search was")
class SupplyTiers:
    """From tier 1 on."""

    root: Any = strawberry.field(graphql_type=derived("Enterprise"))
    direction: Direction
    tiers: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("SupplyTier")), description="From 1; none: nobody supplies (or buys)"
    )
    completeness: Completeness


@strawberry.type(description="关系 · One relation between two records of a path")
class StepRelation:
    """A reference field or a link."""

    relation: str = strawberry.field(description="The relationship type")
    forward: bool = strawberry.field(description="Whether the path walks it along its direction")
    link: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")), description="Null: it is a field of one of the two"
    )

    @classmethod
    def of(cls, scope: Scope, walked: Walked) -> StepRelation:
        """The relation as the API shows it."""
        return cls(relation=walked.relation, forward=walked.forward, link=entity_of(scope, walked.link))


class StepAnswer:
    """A step between two records, as fields of the API."""

    def __init__(self, scope: Scope, step: Step) -> None:
        self.source = Entity(scope, step.source)
        self.target = Entity(scope, step.target)
        found = [StepRelation.of(scope, walked) for walked in step.relations]
        self.relations = sorted(found, key=lambda one: (one.relation, not one.forward, one.link.id if one.link else ""))


@strawberry.type(description="关联环节 · From one record of a path to the next, with every relation that joins the two")
class ConnectionStep:
    """What `StepAnswer` answers, by the same names."""

    source: Any = strawberry.field(name="from", graphql_type=derived("Node"))
    target: Any = strawberry.field(name="to", graphql_type=derived("Node"))
    relations: list[StepRelation]


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """A path between two records, as fields of the API."""

    scope: Scope
    path: Path

    @property
    def nodes(self) -> list[Entity]:
        """Its records in order."""
        return [Entity(self.scope, node) for node in self.path.nodes]

    @property
    def steps(self) -> list[StepAnswer]:
        """The steps between them."""
        return [StepAnswer(self.scope, step) for step in self.path.steps]


@strawberry.type(description="关联路径 · A simple path between two records")
class ConnectionPath:
    """What `PathAnswer` answers, by the same names."""

    nodes: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Node")), description="From one end to the other"
    )
    steps: list[ConnectionStep]


@strawberry.type(description="关联 · How two records hang together: paths by length, then by the ids of their nodes")
class ConnectionPaths:
    """The first paths, and how complete the search was."""

    paths: list[ConnectionPath] = strawberry.field(
        description="None: they do not hang together within the steps asked for"
    )
    completeness: Completeness
    excluded_kinds: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Kind")), description="Kinds that never stand in between"
    )


class ConnectionsField(AskedField):
    """How two records hang together."""

    def get_result(
        self, source: Scope, info: Info | None, args: list[Any], kwargs: Mapping[str, Any]
    ) -> ConnectionPaths:
        """The paths that the arguments ask for."""
        through = kwargs.get("through")
        found = connections(
            source.view,
            kwargs["source"],
            kwargs["target"],
            first=kwargs["first"],
            max_steps=kwargs["max_steps"],
            through=None if through is None else [kind.value for kind in through],
            budget=budget_of(source, None),
        )
        paths: list[Any] = [PathAnswer(source, path) for path in found.paths]
        completeness = Completeness.of(found.completeness)
        return ConnectionPaths(paths=paths, completeness=completeness, excluded_kinds=list(found.excluded_kinds))


def connections_field(types: Types) -> StrawberryField:
    """The question of how two records hang together; its argument `through` needs the enum Kind."""
    field = make_field("connections", "connections", ConnectionPaths, CONNECTIONS, ConnectionsField)
    field.arguments = [
        make_argument("source", "from", strawberry.ID),
        make_argument("target", "to", strawberry.ID),
        make_argument("first", "first", int, default=10),
        make_argument("max_steps", "maxSteps", int, default=6),
        make_argument("through", "through", StrawberryOptional(StrawberryList(types["Kind"])), THROUGH),
    ]
    return field


def add_chains(types: Types, ontology: Ontology) -> None:
    """Make the type SupplyTier."""
    fields = declared_fields(_TierFields)
    for kind, name, description in (("Enterprise", "firms", FIRMS), ("Supplies", "links", LINKS)):
        field = connection_field(types, ontology[kind], name, description, TierField)
        assert isinstance(field, TierField)
        field.kind = kind
        fields.append(field)
    types.add("SupplyTier", make_object("SupplyTier", fields, "层级 · One tier of a supply chain"))


@strawberry.type
class ChainQuestions:
    """The question about the supply chain."""

    @question(description=TIERS)
    def supply_tiers(
        self,
        parent: strawberry.Parent[Scope],
        start: Annotated[strawberry.ID, strawberry.argument(name="root")],
        direction: Direction,
        max_tiers: int = 3,
        product: strawberry.ID | None = None,
        min_share_of_supplier_revenue: Decimal | None = None,
        min_share_of_buyer_cost: Decimal | None = None,
    ) -> SupplyTiers:
        parent.check()
        found = supply_tiers(
            parent.view,
            start,
            direction=direction,
            max_tiers=max_tiers,
            product=product,
            min_share_of_supplier_revenue=min_share_of_supplier_revenue,
            min_share_of_buyer_cost=min_share_of_buyer_cost,
        )
        return SupplyTiers(
            root=Entity(parent, found.root),
            direction=found.direction,
            tiers=[TierAnswer(parent, tier) for tier in found.tiers],
            completeness=Completeness.of(found.completeness),
        )
