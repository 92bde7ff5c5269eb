"""Whom a source, an anchor, a programme or a pool can finance, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.errors import InvalidInput
from graph.kinds.terms import Technique
from graph.money import CNY
from queries.exchange import owed_in
from queries.financing_reach import BUDGET, DEFAULT_FIRST, ReachedEnterprise, ReachFilter, ReachOrder, financing_reach
from queries.financing_reach import Count as CountOf
from queries.financing_reach import FinancingReach as Reach
from queries.keyset import page_size
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.connections import ComputedPage, add_connection, resumed
from schema.types.derived import Types, derived, make_input, question
from schema.types.entity import Entity, entity_of
from schema.types.financing import PathAnswer
from schema.types.financing_questions import within
from schema.types.fundable import SolvedAmount
from schema.types.values import Money, MoneyInput, amount_of, input_field, money_of

_IDS: Final = StrawberryOptional(StrawberryList(strawberry.ID))
_MONEY: Final = StrawberryOptional(MoneyInput)
LISTED: Final = ("reach",)
"""What cursors of these pages say."""
strawberry.enum(ReachOrder, description="触达排序 · In what order firms are listed: the largest, or the nearest, first")

ReachFilterInput: Final = make_input(
    "ReachFilter",
    [
        input_field("industry", _IDS, "In any of these industries, or below them"),
        input_field("region", _IDS, "In any of these regions, or below them"),
        input_field("tag", _IDS, "With any of these tags"),
        input_field("tier", StrawberryOptional(StrawberryList(int)), "At any of these tiers by their best path"),
        input_field(
            "technique",
            StrawberryOptional(StrawberryList(code_enum(Technique))),
            "Only paths of these techniques count at all",
        ),
        input_field("minCapacity", _MONEY, "With at least this capacity; what is not stated is none"),
        input_field("minUncoveredNeed", _MONEY, "With at least this need uncovered; who asks for nothing has none"),
    ],
    "触达筛选 · Which firms count",
)


@strawberry.type(description="计数 · How many firms share something")
class Count:
    """Firms of one tier, industry or region."""

    key: str | None = strawberry.field(description="The tier, or the id of the record; null: nobody states it")
    record: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Record")), description="Industry or region")
    count: int

    @classmethod
    def of(cls, scope: Scope, counted: CountOf) -> Count:
        """The count as the API shows it."""
        record = entity_of(scope, counted.record)
        key = str(counted.tier) if counted.tier is not None else None if record is None else record.id
        return cls(key=key, record=record, count=counted.count)


class ReachedAnswer:
    """A firm that is reached, as fields of the API: its path and what it can have in all are found when they are asked for."""

    def __init__(self, scope: Scope, reach: Reach, row: ReachedEnterprise) -> None:
        self._scope, self._reach, self._row = scope, reach, row
        self.enterprise = Entity(scope, row.enterprise)
        self.tier = row.tier
        self.technique = row.technique
        self.capacity = amount_of(row.capacity)
        self.need = amount_of(row.need)
        self.uncovered_need = amount_of(row.uncovered_need)

    @property
    def best(self) -> PathAnswer:
        """Its best path."""
        self._scope.check()
        path = self._reach.best(self._row.enterprise)
        assert path is not None, "a firm that is reached has a path"
        return PathAnswer(self._scope, path)

    @property
    def fundable(self) -> SolvedAmount:
        """What it can have in all."""
        self._scope.check()
        return SolvedAmount.of(self._reach.fundable(self._row.enterprise, _seconds(self._scope)))


@strawberry.type(
    name="ReachedEnterprise", description="可触达企业 · A firm that money from the origin can reach, with its best path"
)
class ReachedFields:
    """What `ReachedAnswer` answers, by the same names."""

    enterprise: Any = strawberry.field(graphql_type=derived("Enterprise"))
    best: Any = strawberry.field(
        graphql_type=derived("FinancingPath"),
        description="Of the largest capacity, then of the fewest tiers, by technique, by node ids",
    )
    technique: Technique = strawberry.field(description="Of the best path")
    tier: int = strawberry.field(
        description="Deals of trade between it and who pays; 0: the money comes to the firm itself"
    )
    capacity: Money | None = strawberry.field(description="Of the best path; null: not stated")
    need: Money | None = strawberry.field(
        description="What is open of what the best path's technique serves; null: none"
    )
    uncovered_need: Money | None = strawberry.field(description="max(0, need − capacity)")
    fundable: SolvedAmount = strawberry.field(
        description="New money from the origin to this firm in all; costs time only where it is selected"
    )


class ReachAnswer:
    """The answer, as fields of the API."""

    def __init__(self, scope: Scope, reach: Reach, first: int, after: str | None) -> None:
        self._scope, self._reach = scope, reach
        self.origin = Entity(scope, reach.origin)
        self.enterprises = ComputedPage.of(
            scope,
            LISTED,
            reach,
            first,
            after,
            lambda row: (scope.view.id_of(row.enterprise), ReachedAnswer(scope, reach, row)),
        )
        self.by_tier = [Count.of(scope, one) for one in reach.by_tier]
        self.by_industry = [Count.of(scope, one) for one in reach.by_industry]
        self.by_region = [Count.of(scope, one) for one in reach.by_region]
        self.completeness = Completeness.of(reach.completeness)

    @property
    def joint_capacity(self) -> SolvedAmount:
        """What all firms can have together."""
        self._scope.check()
        return SolvedAmount.of(self._reach.joint_capacity(_seconds(self._scope)))


@strawberry.type(
    description="融资触达 · Every firm that some path leads to from the origin, each once with its best path"
)
class FinancingReach:
    """What `ReachAnswer` answers, by the same names. Counts are of all firms that the filter lets through."""

    origin: Any = strawberry.field(graphql_type=derived("Node"), description="From where the money leads")
    enterprises: Any = strawberry.field(graphql_type=derived("ReachedConnection"))
    by_tier: list[Count] = strawberry.field(description="By tier")
    by_industry: list[Count] = strawberry.field(description="By main industry, most firms first")
    by_region: list[Count] = strawberry.field(description="By region, most firms first")
    joint_capacity: SolvedAmount = strawberry.field(
        description="New money from the origin to all of these firms together; costs time only where it is selected"
    )
    completeness: Completeness


@strawberry.type
class ReachQuestions:
    """The question whom a source can finance."""

    @question(
        graphql_type=FinancingReach,
        description="融资触达 · Whom a source (a bank stands for its branches), an anchor, a programme or a pool can finance",
    )
    def financing_reach(
        self,
        parent: strawberry.Parent[Scope],
        origin: Annotated[strawberry.ID, strawberry.argument(name="from")],
        filter: ReachFilterInput | None = None,  # type: ignore[valid-type]
        order_by: ReachOrder = ReachOrder.UNCOVERED_NEED,
        max_tier: int | None = None,
        first: int = DEFAULT_FIRST,
        after: str | None = None,
    ) -> Any:
        page_size(first)
        scope, place = resumed(parent, after, *LISTED)
        scope.check()
        found = financing_reach(
            scope.view,
            origin,
            filter=filter_of(scope, filter),
            order=order_by,
            max_tier=max_tier,
            budget=within(BUDGET, _seconds(scope)),
        )
        return ReachAnswer(scope, found, first, place)


def _seconds(scope: Scope) -> float:
    """The time that one amount may take: most of what the request has left."""
    return 0.8 * scope.seconds_left


def add_reach(types: Types) -> None:
    """Make the connection over the firms that are reached."""
    add_connection(types, "Reached", ReachedFields, "firms that money can reach")


def filter_of(scope: Scope, value: Mapping[str, Any] | None) -> ReachFilter:
    """The filter that a ReachFilter input states. Raises InvalidInput."""
    given = {name: one for name, one in (value or {}).items() if one is not None}
    techniques = given.get("technique")
    return ReachFilter(
        tuple(given.get("industry", ())),
        tuple(given.get("region", ())),
        tuple(given.get("tag", ())),
        tuple(given.get("tier", ())),
        None if techniques is None else tuple(techniques),
        _at_least(scope, given.get("minCapacity"), "filter.minCapacity"),
        _at_least(scope, given.get("minUncoveredNeed"), "filter.minUncoveredNeed"),
    )


def _at_least(scope: Scope, value: Mapping[str, Any] | None, name: str) -> int | None:
    if value is None:
        return None
    money = money_of(value, name)
    amount = owed_in(scope.view, money)
    if amount is None:
        raise InvalidInput(f"{name} is in {money.currency}, and no rate to {CNY} is stated; give it in {CNY}")
    return amount
