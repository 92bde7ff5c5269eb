"""Fund coverage as the API shows it."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.base import StrawberryList

from graph.money import Money as Amount
from queries.coverage.cell_id import CellDimension, DemandBasis
from queries.fund_coverage import FundCoverage as Coverage
from queries.fund_coverage import fund_coverage
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.coverage_cells import (
    CellAnswer,
    CellFilterInput,
    FundSupply,
    LevelsInput,
    SupplyAnswer,
    cell_filter,
    levels_of,
)
from schema.types.derived import derived, question
from schema.types.fund_options import FundMarginal, RuleMarginal, fund_marginals, rule_marginals
from schema.types.values import Money


class CoverageAnswer:
    """Fund coverage, as fields of the API."""

    def __init__(self, scope: Scope, coverage: Coverage) -> None:
        self.scope = scope
        self.coverage = coverage
        self.demand = coverage.demand
        self.outside = coverage.outside
        self.cells = [CellAnswer(scope, cell) for cell in coverage.cells]
        self.total = CellAnswer(scope, coverage.total)
        self.over_coverage = Amount(coverage.over_coverage)
        self.funds = [SupplyAnswer(scope, supply) for supply in coverage.funds]


@strawberry.type(description="基金覆盖 · Demand for equity by cells, and how far funds meet it")
class FundCoverage:
    """What `CoverageAnswer` answers, by the same names."""

    demand: DemandBasis = strawberry.field(
        graphql_type=code_enum(DemandBasis), description="What counts as demand; the two are never mixed"
    )
    cells: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("CoverageCell")),
        description="Those with a need or an investment, in order of their dimensions; what is not known comes last",
    )
    total: Any = strawberry.field(
        graphql_type=derived("CoverageCell"),
        description="The sum of the cells, exactly; by single tags, whose cells overlap, each need once",
    )
    over_coverage: Money
    funds: list[FundSupply] = strawberry.field(description="What each fund of the network can give")
    outside: int = strawberry.field(
        description="Of modelled demand: enterprises that no benchmark speaks of, so that their demand is not known"
    )

    @question(
        graphql_type=StrawberryList(FundMarginal),
        description="Those that close most first; of the whole network, whatever is shown",
    )
    def fund_marginals(self, parent: strawberry.Parent[CoverageAnswer], first: int | None = None) -> Any:
        return fund_marginals(parent.scope, parent.coverage, first)

    @question(
        graphql_type=StrawberryList(RuleMarginal),
        description="Those that close most first; of the whole network, whatever is shown",
    )
    def rule_marginals(self, parent: strawberry.Parent[CoverageAnswer], first: int | None = None) -> Any:
        return rule_marginals(parent.scope, parent.coverage, first)


@strawberry.type
class CoverageQuestions:
    """The question about funds."""

    @question(
        graphql_type=FundCoverage,
        description="基金覆盖缺口 · Where equity money is missing, how much could be placed today, and why the rest could not. "
        "`where` restricts what is shown, `funds` the network",
    )
    def fund_coverage_gaps(
        self,
        parent: strawberry.Parent[Scope],
        by: list[CellDimension],
        levels: LevelsInput | None = None,  # type: ignore[valid-type]
        where: CellFilterInput | None = None,  # type: ignore[valid-type]
        funds: list[strawberry.ID] | None = None,
        demand: DemandBasis = DemandBasis.DECLARED,
    ) -> Any:
        parent.check()
        coverage = fund_coverage(
            parent.view, by=by, levels=levels_of(levels), where=cell_filter(where), funds=funds, demand=demand
        )
        return CoverageAnswer(parent, coverage)
