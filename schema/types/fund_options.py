"""What money in funds, and other rules for them, would close of a gap, as the API shows it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.money import Money as Amount
from queries.coverage.cell_id import CellDimension, DemandBasis
from queries.coverage.marginals import YUAN
from queries.fund_coverage import FundCoverage as Coverage
from queries.fund_options import DEFAULT_BY, OptionKind, fund_options
from queries.fund_options import FundOption as Option
from queries.keyset import page_size
from queries.ratios import rounded
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.connections import page_field
from schema.types.coverage_cells import (
    CellAnswer,
    CellEnterprisesField,
    CellFilterInput,
    LevelsInput,
    cell_filter,
    levels_of,
)
from schema.types.derived import Types, declared_fields, derived, make_field, make_object, question
from schema.types.entity import Entity, entity_of
from schema.types.values import Money, MoneyInput, decimal_of, money_of


class FundMarginalAnswer:
    """What one more yuan in a fund closes, as fields of the API."""

    def __init__(self, scope: Scope, fund: int, closes: int) -> None:
        self.fund = Entity(scope, fund)
        self.closes_per_yuan = rounded(Fraction(closes, YUAN))


@strawberry.type(description="基金边际 · What one more yuan committed to a fund would close")
class FundMarginal:
    """What `FundMarginalAnswer` answers, by the same names."""

    fund: Any = strawberry.field(graphql_type=derived("Fund"))
    closes_per_yuan: Decimal = strawberry.field(description="Of the gap of the whole network [0–1]")


class RuleMarginalAnswer:
    """What a rule that bound nothing would close, as fields of the API."""

    def __init__(self, scope: Scope, fund: int, rule: int, closes: int) -> None:
        self.fund, self.rule = Entity(scope, fund), Entity(scope, rule)
        self.closes = Amount(closes)


@strawberry.type(description="规则边际 · What would close if a hard rule of a mandate bound nothing")
class RuleMarginal:
    """What `RuleMarginalAnswer` answers, by the same names."""

    fund: Any = strawberry.field(graphql_type=derived("Fund"))
    rule: Any = strawberry.field(graphql_type=derived("Rule"))
    closes: Money = strawberry.field(
        description="Of the gap of the whole network; what a rule lists is one condition with all that others list of its dimension"
    )


def fund_marginals(scope: Scope, coverage: Coverage, first: int | None) -> list[FundMarginalAnswer]:
    """The first marginals of funds."""
    found = coverage.fund_marginals[: page_size(first)]
    return [FundMarginalAnswer(scope, coverage.funds[one.fund].fund, one.closes) for one in found]


def rule_marginals(scope: Scope, coverage: Coverage, first: int | None) -> list[RuleMarginalAnswer]:
    """The first marginals of rules."""
    found = coverage.rule_marginals[: page_size(first)]
    return [RuleMarginalAnswer(scope, coverage.funds[one.fund].fund, one.rule, one.closes) for one in found]


class OptionAnswer:
    """An option, as fields of the API."""

    def __init__(self, scope: Scope, option: Option) -> None:
        self.scope = scope
        self.cell = option
        self.kind = option.kind
        self.closes = Amount(option.closes)
        self.money = Amount(option.money)
        self.per_yuan = decimal_of(option.per_yuan)
        self.fund = entity_of(scope, option.fund)
        self.rule = entity_of(scope, option.rule)
        self.of_cell = None if option.cell is None else CellAnswer(scope, option.cell)


@strawberry.type
class _OptionFields:
    kind: OptionKind = strawberry.field(graphql_type=code_enum(OptionKind))
    closes: Money = strawberry.field(description="缩小缺口 · Of the gap of the whole network, by this option alone")
    money: Money = strawberry.field(description="新增资金 · New money that it takes")
    per_yuan: Decimal | None = strawberry.field(description="每元缩小缺口 · [0–1]; null: it takes no new money")
    fund: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Fund")), description="That gets the money, or whose rule it is"
    )
    rule: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Rule")), description="The rule that would bind nothing"
    )


class OptionsAnswer:
    """Options, as fields of the API."""

    def __init__(self, scope: Scope, options: Sequence[Option], first: int | None) -> None:
        self.options = [OptionAnswer(scope, one) for one in options[: page_size(first)]]
        self.total_count = len(options)


@strawberry.type(description="缩小缺口的选项 · What could be done with an amount of money, best first")
class FundOptions:
    """What `OptionsAnswer` answers, by the same names."""

    options: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("FundOption")),
        description="Those that close something: first what takes no money, then by what a yuan closes, then by what they close",
    )
    total_count: int = strawberry.field(description="All of them")


def add_fund_options(types: Types) -> None:
    """Make the type FundOption."""
    newly = page_field(
        "newly_reached",
        "Enterprise",
        "新触达企业 · Enterprises with an unmet need that would be given something, and that no fund with money can give to now, by id",
        CellEnterprisesField,
    )
    cell = make_field(
        "of_cell", "cell", StrawberryOptional(derived("CoverageCell")), "What a new sub-fund would be for, all of it"
    )
    fields = [*declared_fields(_OptionFields), cell, newly]
    types.add("FundOption", make_object("FundOption", fields, "选项 · One way to close a part of the gap"))


@strawberry.type
class FundOptionQuestions:
    """The question what to do about a gap."""

    @question(
        graphql_type=FundOptions,
        description="缩小缺口的选项 · What an amount of new money in each fund, or in a sub-fund opened for each cell of `by`, would "
        "close, and what each rule of a mandate would if it bound nothing; each is the difference of two full solutions",
    )
    def fund_options(
        self,
        parent: strawberry.Parent[Scope],
        amount: MoneyInput,  # type: ignore[valid-type]
        by: list[CellDimension] | None = None,
        levels: LevelsInput | None = None,  # type: ignore[valid-type]
        where: CellFilterInput | None = None,  # type: ignore[valid-type]
        funds: list[strawberry.ID] | None = None,
        demand: DemandBasis = DemandBasis.DECLARED,
        first: int | None = None,
    ) -> Any:
        parent.check()
        found = fund_options(
            parent.view,
            money_of(amount, "amount"),
            by=DEFAULT_BY if by is None else by,
            levels=levels_of(levels),
            where=cell_filter(where),
            funds=funds,
            demand=demand,
        )
        return OptionsAnswer(parent, found, first)
