"""The questions about financing: what is asked, and the pages of paths that answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.info import Info

from graph.errors import LimitExceeded
from graph.kinds.terms import Instrument, Technique
from graph.records import Term
from queries.completeness import LIMITS, Budget
from queries.financing.need import NeedAsked
from queries.financing.terms import PathStatus, SupportKind
from queries.financing_paths import DEFAULT_FIRST, financing_path, financing_paths
from schema.context import Scope
from schema.selected import asks_for
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.connections import ComputedPage, resumed
from schema.types.derived import derived, make_input, question
from schema.types.financing import PathAnswer
from schema.types.score import WeightsInput, weights_of
from schema.types.values import MoneyInput, input_field, money_of, with_given


class NeedInstrument(Term):
    """What a financing need asks for."""

    DEBT = "债权"
    EQUITY = "股权"
    GRANT = "补助"
    REFINANCE = "再融资"


NeedInput: Final = make_input(
    "NeedInput",
    [
        input_field("amount", MoneyInput, "How much"),
        input_field("instruments", StrawberryOptional(StrawberryList(code_enum(NeedInstrument))), "Any of these; left out: any"),
        input_field("tenorMinDays", StrawberryOptional(int), "Shortest term that helps"),
        input_field("tenorMaxDays", StrawberryOptional(int), "Longest term that helps"),
        input_field("purpose", StrawberryOptional(str), "What the money is for"),
        input_field("neededBy", StrawberryOptional(date), "Day by which it is needed"),
    ],
    "融资需求 · Left out: the sum of the beneficiary's open needs that the technique serves; with none, the amount is unlimited",
)  # fmt: skip
BudgetInput: Final = make_input(
    "BudgetInput",
    [
        input_field("expansions", StrawberryOptional(int), "Records whose neighbours are looked at"),
        input_field("milliseconds", StrawberryOptional(int), "Time"),
        input_field("maxSteps", StrawberryOptional(int), "Steps of a path"),
        input_field("maxPaths", StrawberryOptional(int), "Paths"),
    ],
    "搜索预算 · What the search may spend; at most the service's own limits (ontology.limits)",
)


@strawberry.type(
    description="融资路径 · The ways of money to an enterprise, best first: a stated capacity before none, then by score, status, "
    "capacity, cost, steps and node ids"
)
class FinancingPaths:
    """A page, and how complete the search was."""

    paths: Any = strawberry.field(graphql_type=derived("FinancingPathConnection"))
    completeness: Completeness
    excluded_kinds: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Kind")), description="Kinds that are never a step in between"
    )


@strawberry.type
class FinancingQuestions:
    """The questions about financing."""

    @question(
        graphql_type=FinancingPaths,
        description="融资路径 · Every way in which the beneficiary could be financed: existing, available, conditional, prospective",
    )
    def financing_paths(
        self,
        parent: strawberry.Parent[Scope],
        info: Info,
        beneficiary: strawberry.ID,
        need: NeedInput | None = None,  # type: ignore[valid-type]
        techniques: list[Technique] | None = None,
        sources: list[strawberry.ID] | None = None,
        supports: list[SupportKind] | None = None,
        status: list[PathStatus] = [  # noqa: B006 -- strawberry copies the default for each request
            PathStatus.EXISTING,
            PathStatus.AVAILABLE,
            PathStatus.CONDITIONAL,
            PathStatus.PROSPECTIVE,
        ],
        weights: WeightsInput | None = None,  # type: ignore[valid-type]
        budget: BudgetInput | None = None,  # type: ignore[valid-type]
        include_intra_group: bool = False,
        first: int = DEFAULT_FIRST,
        after: str | None = None,
    ) -> Any:
        if first > LIMITS.max_paths:
            raise LimitExceeded(f"first is {first}; at most {LIMITS.max_paths} paths")
        scope, place = resumed(parent, after)
        found = financing_paths(
            scope.view,
            beneficiary,
            need=need_of(need),
            techniques=techniques,
            sources=sources,
            supports=supports,
            status=status,
            weights=weights_of(weights),
            budget=budget_of(scope, budget),
            include_intra_group=include_intra_group,
            first=first,
            after=place,
            count=asks_for(info, "paths", "totalCount"),
        )
        page = ComputedPage(
            scope,
            (),
            found.paths,
            found.total,
            found.has_next,
            place is not None,
            lambda path: (path.id, PathAnswer(scope, path)),
        )
        return FinancingPaths(
            paths=page, completeness=Completeness.of(found.completeness), excluded_kinds=list(found.excluded_kinds)
        )

    @question(
        graphql_type=StrawberryOptional(derived("FinancingPath")),
        description="单条融资路径 · The path with this id as it is in this view, BLOCKED where a gate says no; null: it is not there",
    )
    def financing_path(
        self,
        parent: strawberry.Parent[Scope],
        id: strawberry.ID,
        need: NeedInput | None = None,  # type: ignore[valid-type]
        weights: WeightsInput | None = None,  # type: ignore[valid-type]
    ) -> Any:
        parent.check()
        path = financing_path(parent.view, id, need=need_of(need), weights=weights_of(weights))
        return None if path is None else PathAnswer(parent, path)


def need_of(value: Mapping[str, Any] | None) -> NeedAsked | None:
    """The need that a NeedInput states. Raises InvalidInput."""
    if value is None:
        return None
    return NeedAsked(
        amount=money_of(value["amount"], "need.amount"),
        instruments=tuple(Instrument[one.name] for one in value.get("instruments") or ()),
        tenor_min_days=value.get("tenorMinDays"),
        tenor_max_days=value.get("tenorMaxDays"),
        purpose=value.get("purpose"),
        needed_by=value.get("neededBy"),
    )


def budget_of(scope: Scope, value: Mapping[str, Any] | None) -> Budget:
    """The budget that a BudgetInput states, within the time that the request has left. Raises InvalidInput, LimitExceeded."""
    budget = with_given(LIMITS, value).checked()
    scope.check()
    return within(budget, scope.seconds_left)


def within(budget: Budget, seconds: float) -> Budget:
    """The budget with at most so much time, and some."""
    return replace(budget, milliseconds=max(1, min(budget.milliseconds, int(seconds * 1000))))
