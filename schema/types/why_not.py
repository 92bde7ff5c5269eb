"""Why ways of money are blocked, and the least that would mend them, as the API shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.info import Info

from graph.errors import InvalidInput, LimitExceeded
from graph.fields import camel
from graph.kinds.terms import Technique
from graph.ontology import Ontology
from graph.what_if import Add, Change, Remove, Set
from queries.financing.repairs.blocked import MAX_BLOCKED
from queries.financing.repairs.kinds import EN, Costs, RepairKind, costs_with
from queries.financing.repairs.repair import Repair as Found
from queries.financing.terms import Gate
from queries.why_not import DEFAULT_FIRST, why_not
from queries.why_not import BlockedPath as Blocked
from schema.context import Scope
from schema.scalars import Json
from schema.selected import asks_for
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.derived import derived, make_input, question
from schema.types.entity import entity_of
from schema.types.financing import GateResult, PathAnswer
from schema.types.financing_questions import BudgetInput, NeedInput, budget_of, need_of
from schema.types.stated import as_json
from schema.types.values import Money, input_field

RepairCostInput: Final = make_input(
    "RepairCostInput",
    [
        input_field("kind", code_enum(RepairKind), "Which repairs"),
        input_field("cost", Decimal, "What one of them costs, from 0"),
    ],
    "修复代价 · What a kind of repair costs here; left out: the default (ontology.repairs)",
)


@strawberry.type(description="修复措施 · What would mend a blocked path")
class Repair:
    """One repair."""

    kind: RepairKind
    zh: str
    en: str
    on: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")), description="Null: what the question itself asks for"
    )
    field: str | None = strawberry.field(description="The field that would be another")
    amount: Money | None = strawberry.field(
        description="The least by which a limit is raised, a smallest amount lowered or more asked for, or that a guarantor must have left"
    )
    days: int | None = strawberry.field(description="By how many days a tenor or day moves")
    until: date | None = strawberry.field(description="The day to wait for")
    mends: list[Gate] = strawberry.field(description="Gates that it may mend")
    cost: Decimal
    changes: list[Json] = strawberry.field(
        description="The same as changes of a what-if: give them to view(changes:), for WAIT with asOf"
    )
    need: Json | None = strawberry.field(description="Fields of the need asked for, as they would be; null: it stays")

    @classmethod
    def of(cls, scope: Scope, found: Found, costs: Costs) -> Repair:
        """The repair as the API shows it."""
        need = {camel(name): as_json(value) for name, value in found.need}
        return cls(
            kind=found.kind,
            zh=found.kind.zh,
            en=EN[found.kind],
            on=entity_of(scope, found.on),
            field=found.field,
            amount=found.amount,  # type: ignore[arg-type]
            days=found.days,
            until=found.until,
            mends=[gate for gate in Gate if gate in found.mends],
            cost=costs[found.kind],
            changes=list(_as_input(scope.view.ontology, found.changes)),
            need=Json(need) if need else None,
        )


@strawberry.type(description="受阻路径 · A way of money that a gate says no of")
class BlockedPath:
    """The path and what would mend it."""

    path: Any = strawberry.field(graphql_type=derived("FinancingPath"))
    failed_gates: list[GateResult]
    least_repair: Any = strawberry.field(
        graphql_type=StrawberryOptional(StrawberryList(Repair)),
        description="The cheapest set of repairs with which all gates pass; null: the catalogue has none",
    )
    repair_cost: Decimal | None = strawberry.field(description="What the set costs together")
    repair_is_exact: bool | None = strawberry.field(
        description="Whether no set of the catalogue is cheaper: so up to three repairs; null: there is none"
    )
    repair_was_tried: bool = strawberry.field(description="False: there was no time to look for repairs")

    @classmethod
    def of(cls, scope: Scope, found: Blocked, costs: Costs) -> BlockedPath:
        """The path as the API shows it."""
        least = found.repair
        return cls(
            path=PathAnswer(scope, found.path),
            failed_gates=[GateResult.of(scope, result) for result in found.failed_gates],
            least_repair=None if least is None else [Repair.of(scope, one, costs) for one in least.repairs],
            repair_cost=None if least is None else least.cost,
            repair_is_exact=None if least is None else least.exact,
            repair_was_tried=found.was_tried,
        )


@strawberry.type(description="受阻原因 · The blocked paths of an enterprise, fewest failed gates first")
class WhyNot:
    """The first of them."""

    blocked: list[BlockedPath]
    total: int | None = strawberry.field(description="How many there are, at most 100; costs time only where selected")
    completeness: Completeness


@strawberry.type
class WhyNotQuestions:
    """The question why not."""

    @question(
        graphql_type=WhyNot,
        description="为何不行 · Ways of money to the beneficiary that a gate says no of, with the cheapest repair of each",
    )
    def why_not(
        self,
        parent: strawberry.Parent[Scope],
        info: Info,
        beneficiary: strawberry.ID,
        need: NeedInput | None = None,  # type: ignore[valid-type]
        techniques: list[Technique] | None = None,
        sources: list[strawberry.ID] | None = None,
        costs: list[RepairCostInput] | None = None,  # type: ignore[valid-type]
        budget: BudgetInput | None = None,  # type: ignore[valid-type]
        first: int = DEFAULT_FIRST,
    ) -> Any:
        if first > MAX_BLOCKED:
            raise LimitExceeded(f"first is {first}; at most {MAX_BLOCKED} blocked paths")
        prices = costs_of(costs)
        found = why_not(
            parent.view,
            beneficiary,
            need=need_of(need),
            techniques=techniques,
            sources=sources,
            costs=prices,
            budget=budget_of(parent, budget),
            first=first,
            repairs=any(asks_for(info, "blocked", name) for name in REPAIR_FIELDS),
            count=asks_for(info, "total"),
        )
        blocked = [BlockedPath.of(parent, one, prices) for one in found.blocked]
        return WhyNot(blocked=blocked, total=found.total, completeness=Completeness.of(found.completeness))


REPAIR_FIELDS: Final = ("leastRepair", "repairCost", "repairIsExact", "repairWasTried")


def costs_of(given: Sequence[Mapping[str, Any]] | None) -> Costs:
    """The costs that RepairCostInputs state, with the defaults of all others. Raises InvalidInput."""
    stated: dict[RepairKind, Decimal] = {}
    for one in given or ():
        kind = RepairKind[one["kind"].name]
        if kind in stated:
            raise InvalidInput(f"costs gives {kind.name} twice; leave one out")
        stated[kind] = one["cost"]
    return costs_with(stated)


def _as_input(ontology: Ontology, changes: Sequence[Change]) -> Iterator[Json]:
    """Changes as ChangeInputs."""
    for change in changes:
        match change:
            case Set(identifier, fields):
                kind = ontology.kind_of(identifier)
                assert kind is not None
                shown = {kind.by_name[name].graph_name: as_json(value) for name, value in fields.items()}
                yield Json({"set": {"id": identifier, "fields": shown}})
            case Add(name, fields):
                kind = ontology[name]
                shown = {
                    "id" if name == "id" else kind.by_name[name].graph_name: as_json(value)
                    for name, value in fields.items()
                }
                yield Json({"add": {"kind": kind.code, "fields": shown}})
            case Remove(identifier):
                yield Json({"remove": identifier})
