"""Inventories as the API shows them: pools, subsidies in force, announced lists, what firms disclose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList

from graph.kinds.policy import DisclosureCategory
from graph.kinds.supply_side import PoolKind, SubsidyKind
from graph.kinds.terms import DrawBasis
from queries.disclosure import STALE_AFTER_DAYS, disclosure, disclosure_completeness, disclosure_coverage
from queries.disclosure import DisclosureCompleteness as Completeness
from queries.disclosure import DisclosureCoverage as Coverage
from queries.disclosure import DisclosureStatus as Disclosed
from queries.financing.terms import Ternary
from queries.inventory.categories import DisclosureList, DisclosureState
from queries.list_completeness import ListCompleteness as Listed
from queries.list_completeness import list_completeness
from queries.pool_inventory import PoolStatus as Pooled
from queries.pool_inventory import pool_inventory
from queries.ratios import rounded
from queries.subsidy_inventory import SubsidyGroup as Group
from queries.subsidy_inventory import subsidy_inventory
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity
from schema.types.facts import MAX_FACTS, MissingFact
from schema.types.succession import entities
from schema.types.values import Money, amount_of, decimal_of

for _term in (PoolKind, SubsidyKind, DrawBasis, Ternary, DisclosureCategory, DisclosureList, DisclosureState):
    code_enum(_term)


@strawberry.type(
    description="资金池台账 · A pool: what it has, covers and can still cover. Null: not stated, which is not 0"
)
class PoolStatus:
    """Amounts in CNY, by the view's rates."""

    pool: Any = strawberry.field(graphql_type=derived("Pool"))
    kind: PoolKind | None
    balance: Money | None = strawberry.field(description="余额 · Money in the pool")
    multiple: Decimal | None = strawberry.field(
        description="放大倍数 · Lending covered per yuan of balance; a bridge has none"
    )
    limit: Money | None = strawberry.field(description="Multiple × balance; of a bridge its balance")
    covered: Money | None = strawberry.field(
        description="What counts against the limit: principal, or by `basis` COVER the covered part"
    )
    outstanding: Money | None = strawberry.field(description="Principal out on the loans that it covers or has lent")
    headroom: Money | None = strawberry.field(description="可用额度 · 0 once its bad-loan rate has stopped it")
    headroom_is_upper_bound: bool = strawberry.field(
        description="A fact that nobody states could only lower the headroom"
    )
    utilisation: Decimal | None = strawberry.field(description="Covered over the limit")
    basis: DrawBasis
    loans: int = strawberry.field(description="Loans that it covers, or has lent, with nothing left of them too")
    batches: int = strawberry.field(
        description="Loans under its products that are told as sums: nobody tells what is out on them"
    )
    loss_paid: Money | None = strawberry.field(description="已代偿金额 · Paid out for losses so far")
    loss_share: Decimal | None = strawberry.field(description="Losses over what it has and has paid for them")
    idle: Ternary = strawberry.field(description="闲置 · Whether nothing is out under it")
    stopped: Ternary = strawberry.field(description="止付 · Whether its bad-loan rate has reached its stop rate")
    missing: list[MissingFact] = strawberry.field(description=f"At most {MAX_FACTS}")
    missing_count: int = strawberry.field(description="How many facts lack")

    @classmethod
    def of(cls, scope: Scope, one: Pooled) -> PoolStatus:
        """The pool as the API shows it."""
        return cls(
            pool=Entity(scope, one.pool),
            kind=one.kind,
            balance=amount_of(one.balance),
            multiple=scope.view.value(one.pool, "multiple"),
            limit=amount_of(one.limit),
            covered=amount_of(one.covered),
            outstanding=amount_of(one.outstanding),
            headroom=amount_of(one.headroom),
            headroom_is_upper_bound=one.at_most,
            utilisation=decimal_of(one.utilisation),
            basis=one.basis,
            loans=one.loans,
            batches=one.batches,
            loss_paid=amount_of(one.loss_paid),
            loss_share=decimal_of(one.loss_share),
            idle=one.idle,
            stopped=one.stopped,
            missing=MissingFact.first(scope, one.missing),
            missing_count=len(one.missing),
        )


@strawberry.type(description="补贴台账 · The subsidies of a kind that are in force")
class SubsidyGroup:
    """Schemes by whether they take applications, and what has been granted."""

    kind: SubsidyKind | None = strawberry.field(description="Null: those of which nobody states a kind")
    subsidies: list[Any] = strawberry.field(graphql_type=StrawberryList(derived("Subsidy")), description="All, by id")
    open: int = strawberry.field(description="Schemes that take applications")
    planned: int
    closed: int
    not_stated: int = strawberry.field(description="Schemes of which nobody says whether they do")
    granted: int = strawberry.field(description="Granted to a party already, beside the schemes")

    @classmethod
    def of(cls, scope: Scope, one: Group) -> SubsidyGroup:
        """The group as the API shows it."""
        return cls(
            kind=one.kind,
            subsidies=entities(scope, one.subsidies),
            open=len(one.open),
            planned=len(one.planned),
            closed=len(one.closed),
            not_stated=len(one.not_stated),
            granted=len(one.granted),
        )


@strawberry.type(
    description="清单完整性 · Members that are loaded of a list, against the number that is expected; none is invented"
)
class ListCompleteness:
    """An announced list that nobody has loaded has no members."""

    list: Any = strawberry.field(graphql_type=derived("ProjectList"))
    expected: int | None = strawberry.field(description="应有数量 · Null: not stated")
    loaded: int = strawberry.field(description="已载入 · Distinct members on the day")
    lacking: int | None
    surplus: int | None
    complete: Ternary = strawberry.field(description="UNKNOWN: nobody states how many there should be")
    measures: Any = strawberry.field(
        graphql_type=StrawberryList(derived("Measure")), description="The measures that name the list, by id"
    )
    missing: Any = strawberry.field(graphql_type=StrawberryList(MissingFact))

    @classmethod
    def of(cls, scope: Scope, one: Listed) -> ListCompleteness:
        """The list as the API shows it."""
        return cls(
            list=Entity(scope, one.list),
            expected=one.expected,
            loaded=one.loaded,
            lacking=one.lacking,
            surplus=one.surplus,
            complete=one.complete,
            measures=entities(scope, one.measures),
            missing=MissingFact.first(scope, one.missing),
        )


@strawberry.type(description="披露情况 · How a firm stands in one category of disclosure")
class DisclosureStatus:
    """The two lists are kept apart: no category of one stands for one of the other."""

    category: DisclosureCategory
    list: DisclosureList
    state: DisclosureState
    on: date | None = strawberry.field(description="Last day of the last period that is over; null: nothing is dated")
    age_days: int | None = strawberry.field(description="Days since then")
    records: int = strawberry.field(description="All that was disclosed, dated or not")
    last: Any = strawberry.field(
        graphql_type=StrawberryList(derived("Node")),
        description="The records of the last day, several where there are, by id",
    )
    in_conflict: bool = strawberry.field(description="They, or the sources of one of them, say different things")

    @classmethod
    def of(cls, scope: Scope, one: Disclosed) -> DisclosureStatus:
        """The status as the API shows it."""
        return cls(
            category=one.category,
            list=one.list,
            state=one.state,
            on=one.on,
            age_days=one.age_days,
            records=one.records,
            last=entities(scope, one.last),
            in_conflict=one.in_conflict,
        )


@strawberry.type(description="披露完整性 · The five categories of one list, counted for a firm")
class DisclosureCompleteness:
    """Fresh ones of five."""

    list: DisclosureList
    fresh: int
    stale: int
    undated: int
    missing: int
    share: Decimal = strawberry.field(description="Fresh ones over all [0–1]")

    @classmethod
    def of(cls, one: Completeness) -> DisclosureCompleteness:
        """The count as the API shows it."""
        return cls(
            list=one.list,
            fresh=one.fresh,
            stale=one.stale,
            undated=one.undated,
            missing=one.missing,
            share=rounded(one.share),
        )


@strawberry.type(description="披露覆盖 · How many firms stand how in one category")
class DisclosureCoverage:
    """Counts of firms."""

    category: DisclosureCategory
    list: DisclosureList
    enterprises: int
    fresh: int
    stale: int
    undated: int
    missing: int

    @classmethod
    def of(cls, one: Coverage) -> DisclosureCoverage:
        """The counts as the API shows them."""
        return cls(
            category=one.category,
            list=one.list,
            enterprises=one.enterprises,
            fresh=one.fresh,
            stale=one.stale,
            undated=one.undated,
            missing=one.missing,
        )


STALE = "A disclosure is stale once the last day of its period is more than `staleAfterDays` ago"


@strawberry.type
class InventoryQuestions:
    """The questions what there is: pools, subsidies, lists, disclosures."""

    @question(
        description="资金池台账 · All pools, or those of one kind, by kind and id: balance, limit, covered, headroom, losses, idle ones"
    )
    def pool_inventory(self, parent: strawberry.Parent[Scope], kind: PoolKind | None = None) -> list[PoolStatus]:
        parent.check()
        return [PoolStatus.of(parent, one) for one in pool_inventory(parent.view, kind)]

    @question(
        description="补贴台账 · Subsidies in force by kind: every kind once, and at the end those without a kind, if there are any"
    )
    def subsidy_inventory(
        self, parent: strawberry.Parent[Scope], kind: SubsidyKind | None = None
    ) -> list[SubsidyGroup]:
        parent.check()
        return [SubsidyGroup.of(parent, one) for one in subsidy_inventory(parent.view, kind)]

    @question(description="清单完整性 · Every announced list, by id: members loaded against the number expected")
    def list_completeness(self, parent: strawberry.Parent[Scope]) -> list[ListCompleteness]:
        parent.check()
        return [ListCompleteness.of(parent, one) for one in list_completeness(parent.view)]

    @question(
        description="披露情况 · What a firm has disclosed in the five categories of the information platform, and in the five others. "
        + STALE
    )
    def disclosure(
        self, parent: strawberry.Parent[Scope], enterprise: strawberry.ID, stale_after_days: int = STALE_AFTER_DAYS
    ) -> list[DisclosureStatus]:
        parent.check()
        found = disclosure(parent.view, enterprise, stale_after_days=stale_after_days)
        return [DisclosureStatus.of(parent, one) for one in found]

    @question(description=f"披露完整性 · The same counted, list by list. {STALE}")
    def disclosure_completeness(
        self, parent: strawberry.Parent[Scope], enterprise: strawberry.ID, stale_after_days: int = STALE_AFTER_DAYS
    ) -> list[DisclosureCompleteness]:
        parent.check()
        found = disclosure_completeness(parent.view, enterprise, stale_after_days=stale_after_days)
        return [DisclosureCompleteness.of(one) for one in found]

    @question(
        description=f"披露覆盖 · How many firms, of all or of one region itself, stand how in each category. {STALE}"
    )
    def disclosure_coverage(
        self,
        parent: strawberry.Parent[Scope],
        region: strawberry.ID | None = None,
        stale_after_days: int = STALE_AFTER_DAYS,
    ) -> list[DisclosureCoverage]:
        parent.check()
        found = disclosure_coverage(parent.view, stale_after_days=stale_after_days, region=region)
        return [DisclosureCoverage.of(one) for one in found]
