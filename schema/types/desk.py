"""The needs desk as the API shows it: its figures, and what can be recommended for a need."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.info import Info

from graph.errors import InvalidInput, LimitExceeded
from graph.kinds.demand_side import NeedStatus
from queries.completeness import LIMITS
from queries.desk.states import moment
from queries.financing_paths import DEFAULT_FIRST
from queries.keyset import MAX_FIRST
from queries.needs_desk import STUCK_DAYS, needs_desk
from queries.needs_desk import Conversion as Counted
from queries.needs_desk import DeskFigures as Figures
from queries.needs_desk import StateFigures as OfState
from queries.needs_desk import StuckNeed as Stuck
from queries.ratios import rounded
from queries.recommendations import recommendations
from schema.context import Scope
from schema.selected import asks_for
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.connections import ComputedPage, resumed
from schema.types.derived import derived, question
from schema.types.eligibility import Eligibility
from schema.types.entity import Entity, entity_of
from schema.types.financing import PathAnswer
from schema.types.financing_questions import budget_of
from schema.types.values import Money, amount_of, decimal_of

code_enum(NeedStatus)
SHOWN = 50
"""How many stuck needs are shown, unless the question says."""


def _hours(value: Fraction | None) -> Decimal | None:
    """Hours to two places."""
    return None if value is None else rounded(value, 2)


@strawberry.type(description="各状态 · How many needs are in a state, and how long those that left it stayed")
class StateFigures:
    """Of the needs that the figures are about."""

    status: NeedStatus
    now: int = strawberry.field(description="Needs in it")
    ended: int = strawberry.field(description="Stays in it that ended; a need has at most one")
    undated: int = strawberry.field(description="Those of which nobody states since or until when; in no median")
    median_hours: Decimal | None = strawberry.field(description="中位时长 · Of the other ones; null: there are none")

    @classmethod
    def of(cls, one: OfState) -> StateFigures:
        """The figures as the API shows them."""
        return cls(
            status=one.status,
            now=one.now,
            ended=one.ended,
            undated=one.undated,
            median_hours=_hours(one.median_hours),
        )


@strawberry.type(description="滞留需求 · An open need that has not moved for longer than `stuckDays`")
class StuckNeed:
    """The longest first."""

    need: Any = strawberry.field(graphql_type=derived("FinancingNeed"))
    status: NeedStatus
    since: datetime
    hours: Decimal = strawberry.field(description="Up to the view's knownAt, within its day")

    @classmethod
    def of(cls, scope: Scope, one: Stuck) -> StuckNeed:
        """The need as the API shows it."""
        since = moment(one.since)
        assert since is not None
        return cls(need=Entity(scope, one.need), status=one.status, since=since, hours=rounded(one.hours, 2))


@strawberry.type(
    description="转化 · What became of the needs put before a bank or another source of money, or for one of its products"
)
class Conversion:
    """funded + fundedByOthers + fundedUnstated + rejected + withdrawn + open = needs."""

    financier: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Party")),
        description="Of a branch its bank; null: a product's is not stated",
    )
    product: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("LoanProduct")), description="Null: all that was put before it"
    )
    needs: int = strawberry.field(description="Recommended to it, or funded by it")
    recommended: int
    funded: int = strawberry.field(description="A contract of it fulfils the need")
    funded_by_others: int
    funded_unstated: int = strawberry.field(description="FUNDED, and no contract says by whom")
    rejected: int
    withdrawn: int
    open: int
    rate: Decimal | None = strawberry.field(
        description="转化率 · funded of needs [0–1]; null: of some who funded is not stated"
    )
    rate_low: Decimal = strawberry.field(description="If others funded those")
    rate_high: Decimal = strawberry.field(description="If it funded those")

    @classmethod
    def of(cls, scope: Scope, one: Counted) -> Conversion:
        """The counts as the API shows them."""
        return cls(
            financier=entity_of(scope, one.financier),
            product=entity_of(scope, one.product),
            needs=one.needs,
            recommended=one.recommended,
            funded=one.funded,
            funded_by_others=one.funded_by_others,
            funded_unstated=one.funded_unstated,
            rejected=one.rejected,
            withdrawn=one.withdrawn,
            open=one.open,
            rate=decimal_of(one.rate),
            rate_low=rounded(one.rate_low),
            rate_high=rounded(one.rate_high),
        )


@strawberry.type(description="需求台统计 · How long needs stay in each state, which are stuck, what becomes of them")
class DeskFigures:
    """Of all needs, or those that were put before a bank or for a product."""

    needs: int
    states: list[StateFigures] = strawberry.field(description="In the machine's order")
    stuck_count: int
    stuck: list[StuckNeed] = strawberry.field(description="The first of them, the longest first")
    undated_open: int = strawberry.field(
        description="Open needs of which nobody states since when they are where they are: they may be stuck"
    )
    conversions: list[Conversion] = strawberry.field(description="By financier's id, all its needs before its products")

    @classmethod
    def of(cls, scope: Scope, found: Figures, first: int) -> DeskFigures:
        """The figures as the API shows them."""
        return cls(
            needs=found.needs,
            states=[StateFigures.of(one) for one in found.states],
            stuck_count=len(found.stuck),
            stuck=[StuckNeed.of(scope, one) for one in found.stuck[:first]],
            undated_open=len(found.undated_open),
            conversions=[Conversion.of(scope, one) for one in found.conversions],
        )


@strawberry.type(description="推荐 · What a need could be answered with")
class Recommendations:
    """Empty where the need is closed or fulfilled."""

    need: Any = strawberry.field(graphql_type=derived("FinancingNeed"))
    open: Money | None = strawberry.field(description="未满足金额 · Null: it is closed or fulfilled")
    paths: Any = strawberry.field(
        graphql_type=derived("FinancingPathConnection"), description="As financingPaths has them, for what is open"
    )
    completeness: Completeness | None = strawberry.field(description="Null: nothing was searched")
    supports: list[Any] = strawberry.field(
        graphql_type=StrawberryList(Eligibility),
        description="Public supports that the enterprise may have, then those of which a fact is missing",
    )


@strawberry.type
class DeskQuestions:
    """The questions of the needs desk."""

    @question(
        description="需求台统计 · Median hours a state, stuck needs, conversion by bank and product. `bank`, `product`: only needs put "
        "before it; `stuckDays`: open and unmoved for longer; `first`: how many stuck needs to show",
    )
    def needs_desk(
        self,
        parent: strawberry.Parent[Scope],
        bank: strawberry.ID | None = None,
        product: strawberry.ID | None = None,
        stuck_days: int = STUCK_DAYS,
        first: int = SHOWN,
    ) -> DeskFigures:
        parent.check()
        if first < 0:
            raise InvalidInput(f"first is {first}; give 0 to {MAX_FIRST}")
        if first > MAX_FIRST:
            raise LimitExceeded(f"first is {first}; at most {MAX_FIRST} needs")
        found = needs_desk(parent.view, bank=bank, product=product, stuck_days=stuck_days)
        return DeskFigures.of(parent, found, first)

    @question(
        graphql_type=Recommendations,
        description="推荐 · Financing paths for what is still open of a need, and public supports that its enterprise may have",
    )
    def recommendations(
        self,
        parent: strawberry.Parent[Scope],
        info: Info,
        need: strawberry.ID,
        first: int = DEFAULT_FIRST,
        after: str | None = None,
    ) -> Any:
        if first > LIMITS.max_paths:
            raise LimitExceeded(f"first is {first}; at most {LIMITS.max_paths} paths")
        scope, place = resumed(parent, after)
        found = recommendations(
            scope.view,
            need,
            budget=budget_of(scope, None),
            first=first,
            after=place,
            count=asks_for(info, "paths", "totalCount"),
        )
        paths = found.paths
        page = ComputedPage(
            scope,
            (),
            () if paths is None else paths.paths,
            0 if paths is None else paths.total,
            paths is not None and paths.has_next,
            place is not None,
            lambda path: (path.id, PathAnswer(scope, path)),
        )
        return Recommendations(
            need=Entity(scope, found.need),
            open=amount_of(None if found.asked is None else found.asked.amount.minor),
            paths=page,
            completeness=None if paths is None else Completeness.of(paths.completeness),
            supports=[Eligibility.of(scope, one) for one in found.supports],
        )
