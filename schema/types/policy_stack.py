"""The best stack of public supports, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional

from queries.financing.need import NeedAsked
from queries.financing_paths import DEFAULT_FIRST
from queries.policy_stack import PolicyStack as Found
from queries.policy_stack import policy_stack
from queries.stack.candidates import Dropped, DropReason
from queries.stack.costs import StackedPath as CostedPath
from queries.stack.costs import StackedPaths as CostedPaths
from queries.stack.costs import stacked_paths
from queries.stack.solving import Stack as Solved
from queries.stack.solving import Stacked
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.cost import Cost
from schema.types.derived import derived, question
from schema.types.entity import Entity, entity_of
from schema.types.facts import MissingFact
from schema.types.financing import PathAnswer
from schema.types.financing_questions import BudgetInput, NeedInput, budget_of, need_of
from schema.types.values import Money, amount_of

code_enum(DropReason)


@strawberry.type(description="叠加支持 · A support in a stack, and what it brings there")
class StackedSupport:
    """By itself it may bring more: caps over several are drawn on in id order."""

    support: Any = strawberry.field(graphql_type=derived("PublicSupport"))
    money: Money | None = strawberry.field(description="What the enterprise gets or saves by it")
    cover: Money | None = strawberry.field(description="What it covers of a loan, or bridges of one")
    certain: bool = strawberry.field(description="Whether all that it takes is known to hold")
    at_least: bool = strawberry.field(description="Whether nobody states what bounds its worth from above")
    missing: list[MissingFact] = strawberry.field(
        description="Facts without which it is not certain, or its worth not known"
    )

    @classmethod
    def of(cls, scope: Scope, one: Stacked, product: int) -> StackedSupport:
        """The support as the API shows it."""
        facts = dict.fromkeys((*one.candidate.missing, *one.worth.missing))
        return cls(
            support=Entity(scope, one.candidate.support),
            money=amount_of(one.money),
            cover=amount_of(one.cover),
            certain=one.candidate.goes_with(product, surely=True),
            at_least=one.at_least,
            missing=[MissingFact.of(scope, fact) for fact in facts],
        )


@strawberry.type(description="支持组合 · A set of supports that may be had together, and what it brings")
class Stack:
    """Money counts first, then cover up to the need, then fewer supports."""

    supports: list[StackedSupport] = strawberry.field(description="By kind, then id")
    product: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("LoanProduct")),
        description="That finances the need, where supports go with one product",
    )
    money: Money | None = strawberry.field(description="What all of it brings in money")
    cover: Money | None = strawberry.field(description="What all of it covers, up to the need")
    exact: bool = strawberry.field(description="Whether no set brings more; false: `bound` says what none exceeds")
    bound: Money | None = strawberry.field(description="No set brings more money")
    at_least: bool = strawberry.field(description="Whether a part of its worth has no bound that anybody states")

    @classmethod
    def of(cls, scope: Scope, one: Solved) -> Stack:
        """The set as the API shows it."""
        return cls(
            supports=[StackedSupport.of(scope, support, one.product) for support in one.supports],
            product=entity_of(scope, one.product),
            money=amount_of(one.money),
            cover=amount_of(one.cover),
            exact=one.exact,
            bound=amount_of(one.bound.money),
            at_least=one.at_least,
        )


@strawberry.type(description="未入组合 · A support that is not in the possible stack, and the clause that says why")
class DroppedSupport:
    """The clause is a rule, an exclusion, a dependency, a cap, or the support or product whose own terms say so."""

    support: Any = strawberry.field(graphql_type=derived("PublicSupport"))
    reason: DropReason
    clause: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Record")))
    against: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")), description="The other support or product that it lost to"
    )
    missing: list[MissingFact] = strawberry.field(description="Of NOT_STATED: what would tell what it brings")

    @classmethod
    def of(cls, scope: Scope, one: Dropped) -> DroppedSupport:
        """The support as the API shows it."""
        return cls(
            support=Entity(scope, one.support),
            reason=one.reason,
            clause=entity_of(scope, one.clause),
            against=entity_of(scope, one.against),
            missing=[MissingFact.of(scope, fact) for fact in one.missing],
        )


@strawberry.type(description="叠加后路径 · A financing path, and its cost with each of the two stacks")
class StackedPath:
    """Only subsidies of the path's product, and those for any product, lower its cost."""

    path: Any = strawberry.field(graphql_type=derived("FinancingPath"))
    bare: Cost = strawberry.field(description="Without any subsidy")
    certain: Cost = strawberry.field(description="With the certain stack, in `afterSubsidy…`")
    possible: Cost = strawberry.field(description="With the possible stack")

    @classmethod
    def of(cls, scope: Scope, one: CostedPath) -> StackedPath:
        """The path as the API shows it."""
        bare, certain, possible = (
            Cost.of(scope, cost, one.path.currency) for cost in (one.bare, one.certain, one.possible)
        )
        return cls(path=PathAnswer(scope, one.path), bare=bare, certain=certain, possible=possible)


@strawberry.type(description="叠加后路径 · The best paths, in the order of financingPaths")
class StackedPaths:
    """Some paths, and how complete the search was."""

    paths: list[StackedPath]
    completeness: Completeness

    @classmethod
    def of(cls, scope: Scope, found: CostedPaths) -> StackedPaths:
        """The paths as the API shows them."""
        return cls(
            paths=[StackedPath.of(scope, one) for one in found.paths],
            completeness=Completeness.of(found.completeness),
        )


class StackAnswer:
    """The answer, as fields of the API."""

    def __init__(self, scope: Scope, found: Found, need: NeedAsked | None) -> None:
        self.scope, self.found, self.need = scope, found, need
        self.enterprise = Entity(scope, found.enterprise)
        self.amount = amount_of(found.amount)
        self.certain, self.possible = Stack.of(scope, found.certain), Stack.of(scope, found.possible)
        self.dropped = [DroppedSupport.of(scope, one) for one in found.dropped]
        self.missing = [MissingFact.of(scope, fact) for fact in found.missing]

    def stacked(self, first: int, budget: Mapping[str, Any] | None) -> StackedPaths:
        """The paths with their costs."""
        scope, found = self.scope, self.found
        enterprise = scope.view.id_of(found.enterprise)
        spent = budget_of(scope, budget)
        costed = stacked_paths(
            scope.view, enterprise, self.need, found.certain, found.possible, first=first, budget=spent
        )
        return StackedPaths.of(scope, costed)


@strawberry.type(
    description="政策组合 · The best set of subsidies, pool covers, vouchers and rewards for an enterprise and a need: of what is known to "
    "hold, and of all that may hold"
)
class PolicyStack:
    """What `StackAnswer` answers, by the same names."""

    enterprise: Any = strawberry.field(graphql_type=derived("Enterprise"))
    amount: Money | None = strawberry.field(description="The need; null: unlimited, or not stated")
    certain: Stack = strawberry.field(description="The least: only what is known to hold, at the least that it brings")
    possible: Stack = strawberry.field(description="The most: all that may hold for all that is stated")
    dropped: list[DroppedSupport] = strawberry.field(description="What is not in the possible stack, and why")
    missing: list[MissingFact] = strawberry.field(description="The facts between the two")

    @question(description="What the stacks make of the cost of each path; costs time only where it is selected")
    def paths(
        self,
        parent: strawberry.Parent[StackAnswer],
        first: int = DEFAULT_FIRST,
        budget: BudgetInput | None = None,  # type: ignore[valid-type]
    ) -> StackedPaths:
        return parent.stacked(first, budget)


@strawberry.type
class StackQuestions:
    """The question which supports to take together."""

    @question(
        graphql_type=PolicyStack,
        description="政策组合 · Which public supports bring an enterprise most for a need, under caps, exclusions and dependencies; "
        "exact up to 25 supports that bear on each other, flagged beyond. `need` left out: its open needs together",
    )
    def policy_stack(
        self,
        parent: strawberry.Parent[Scope],
        enterprise: strawberry.ID,
        need: NeedInput | None = None,  # type: ignore[valid-type]
    ) -> Any:
        parent.check()
        asked = need_of(need)
        return StackAnswer(parent, policy_stack(parent.view, enterprise, asked), asked)
