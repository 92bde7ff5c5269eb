"""Which enterprises a fund may invest in, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional

from graph.fields import camel
from queries.coverage.cell_id import CellFilter
from queries.financing.score import ScoreAspect
from queries.investment_targets import InvestmentTarget, InvestmentTargets, investment_targets
from queries.keyset import DEFAULT_FIRST, page_size
from queries.targets.conflicts import Conflict as Between
from queries.targets.conflicts import TargetConflict
from queries.targets.criteria import Criterion as Told
from queries.targets.criteria import CriterionKind, Verdict
from queries.targets.headroom import Ticket
from queries.targets.merits import Reason as Why
from queries.targets.merits import ReasonKind
from queries.targets.weights import DEFAULT, TargetWeights
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.completeness import Completeness
from schema.types.connections import ComputedPage, add_connection, resumed
from schema.types.coverage_cells import CellFilterInput, FundSupply, SupplyAnswer, cell_filter
from schema.types.derived import Types, derived, make_input, question
from schema.types.entity import Entity
from schema.types.evidence import Claim, claims_of
from schema.types.facts import MissingFact
from schema.types.score import Score
from schema.types.values import Money, amount_of, input_field, with_given

for _term in (Verdict, CriterionKind, ReasonKind, TargetConflict, ScoreAspect):
    code_enum(_term)

LISTED: Final = ("target",)
"""What cursors of these pages say."""
WEIGHTS: Final = {
    "ticket": "How much of the need the fund can put in",
    "chain": "What hangs on the firm in a leader's chain, on either side, within two links",
    "quality": "Growth, own capital and rights, by their evidence",
    "policy": "Preferences of the fund, and tags that policy names",
    "covenant": "What a yuan takes off the fund's shortfalls",
    "co_investors": "Investors in common with those beside the fund",
    "risk": "1 − probability of default within a year",
}
TargetWeightsInput: Final = make_input(
    "TargetWeightsInput",
    [
        *(
            input_field(camel(name), StrawberryOptional(Decimal), f"{about}; left out: {getattr(DEFAULT, name)}")
            for name, about in WEIGHTS.items()
        ),
        input_field(
            "fullGrowth",
            StrawberryOptional(Decimal),
            f"Growth of revenue in a year from which it counts in full; left out: {DEFAULT.full_growth}",
        ),
    ],
    "标的评分权重 · Weights of the parts of a target's score, 0–1; they must sum to 1",
)


def target_weights(value: Mapping[str, Any] | None) -> TargetWeights:
    """The weights that a TargetWeightsInput states. Raises InvalidInput."""
    return with_given(DEFAULT, value).checked()


@strawberry.type(description="标准 · A criterion that a target does not meet, or of which a fact is missing")
class Criterion:
    """What it is about, what states it, what would decide it."""

    kind: CriterionKind
    verdict: Verdict
    rules: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Rule")),
        description="Alternatives, of which any would do; none: the fund's own record, the register or the cell states it",
    )
    missing: list[MissingFact] = strawberry.field(description="Of UNKNOWN: the facts that would decide it")

    @classmethod
    def of(cls, scope: Scope, told: Told) -> Criterion:
        """The criterion as the API shows it."""
        return cls(
            kind=told.kind,
            verdict=told.verdict,
            rules=[Entity(scope, rule) for rule in told.rules],
            missing=[MissingFact.of(scope, fact) for fact in told.missing],
        )


class ReasonAnswer:
    """A reason, as fields of the API: its evidence is looked up when it is asked for."""

    def __init__(self, scope: Scope, why: Why) -> None:
        self._scope, self._why = scope, why
        self.kind, self.aspect, self.value = why.kind, why.aspect, why.value
        self.records = [Entity(scope, record) for record in why.records]

    @property
    def evidence(self) -> list[Claim]:
        """What sources say."""
        return claims_of(self._scope, self._why.claims)


@strawberry.type(description="理由 · Why a target stands where it stands")
class Reason:
    """What `ReasonAnswer` answers, by the same names."""

    kind: ReasonKind
    aspect: ScoreAspect = strawberry.field(description="The part of the score that it speaks for")
    value: Decimal | None = strawberry.field(
        description="A share [0–1]; of GROWTH in a year, also below and above; of MENDS_COVENANT what a yuan mends; null: no number"
    )
    records: list[Any] = strawberry.field(
        graphql_type=StrawberryList(derived("Record")),
        description="What it rests on: the leader and the links to it, the rule, the tag and what names it, the investors",
    )
    evidence: list[Claim] = strawberry.field(description="Of growth, own capital, rights and risk: what sources say")


@strawberry.type(description="金额区间 · A suggested ticket: no more than the need, the fund's terms and its money")
class MoneyRange:
    """From the smallest to the largest."""

    low: Money = strawberry.field(description="The smallest ticket")
    high: Money | None = strawberry.field(description="Null: nothing bounds it")
    cash: Money | None = strawberry.field(
        description="账面现金 · Of `high`, what the fund has in hand; null: not stated"
    )
    to_call: Money | None = strawberry.field(
        description="待召集 · Of `high`, what must be called first; null: not stated"
    )

    @classmethod
    def of(cls, ticket: Ticket) -> MoneyRange:
        """The range as the API shows it."""
        return cls(
            low=amount_of(ticket.low),
            high=amount_of(ticket.high),
            cash=amount_of(ticket.cash),
            to_call=amount_of(ticket.to_call),
        )


@strawberry.type(description="冲突 · What stands between a fund and a firm beside rules")
class Conflict:
    """Who it is with, and what states it."""

    kind: TargetConflict
    party: Any = strawberry.field(
        graphql_type=derived("Node"),
        description="The fund's own party, or the investor that excludes it; the firm: nobody is named",
    )
    record: Any = strawberry.field(graphql_type=derived("Record"), description="The commitment, manager, fund or round")

    @classmethod
    def of(cls, scope: Scope, one: Between) -> Conflict:
        """The conflict as the API shows it."""
        return cls(kind=one.kind, party=Entity(scope, one.party), record=Entity(scope, one.record))


def _score(target: InvestmentTarget) -> Score:
    """The score; without any known part that has a weight 0 with all parts missing."""
    found = Score.of(target.score)
    return found or Score(value=Decimal(0), parts=[], missing=[aspect.name for aspect in DEFAULT.by_aspect])


class TargetAnswer:
    """A target, as fields of the API."""

    def __init__(self, scope: Scope, target: InvestmentTarget) -> None:
        self.enterprise = Entity(scope, target.enterprise)
        self.verdict = target.verdict
        self.score = _score(target)
        self.need = amount_of(target.need)
        self.ticket = None if target.ticket is None else MoneyRange.of(target.ticket)
        self.reasons = [ReasonAnswer(scope, why) for why in target.reasons]
        self.failing = [Criterion.of(scope, told) for told in target.failing]
        self.unknown = [Criterion.of(scope, told) for told in target.unknown]
        self.conflicts = [Conflict.of(scope, one) for one in target.conflicts]


@strawberry.type(name="InvestmentTarget", description="投资标的 · An enterprise before a fund, or in a cell")
class TargetFields:
    """What `TargetAnswer` answers, by the same names."""

    enterprise: Any = strawberry.field(graphql_type=derived("Enterprise"))
    verdict: Verdict = strawberry.field(description="FITS: every criterion is met; UNKNOWN: none fails; NOT: one fails")
    score: Score = strawberry.field(description="0 with all parts missing where nothing is known that has a weight")
    need: Money | None = strawberry.field(description="Equity that it asks for and has not got; null: none is declared")
    ticket: MoneyRange | None = strawberry.field(
        description="Null: without a fund, or where its terms or its money let nothing through"
    )
    reasons: list[Reason] = strawberry.field(description="In the order of the parts of the score")
    failing: list[Criterion]
    unknown: list[Criterion] = strawberry.field(description="Those of which facts are missing")
    conflicts: list[Conflict]


@strawberry.type(description="计数 · How many enterprises have a verdict, whether it is listed or not")
class VerdictCount:
    """One verdict."""

    verdict: Verdict
    count: int


class TargetsAnswer:
    """The answer, as fields of the API."""

    def __init__(self, scope: Scope, targets: InvestmentTargets, first: int, after: str | None) -> None:
        self.targets = ComputedPage.of(
            scope,
            LISTED,
            targets,
            first,
            after,
            lambda row: (scope.view.id_of(row.enterprise), TargetAnswer(scope, row)),
        )
        self.by_verdict = [VerdictCount(verdict=verdict, count=count) for verdict, count in targets.counts]
        self.supply = None if targets.supply is None else SupplyAnswer(scope, targets.supply)
        self.completeness = Completeness.of(targets.completeness)


@strawberry.type(name="InvestmentTargets", description="投资标的 · Which enterprises fit, best first")
class TargetsFields:
    """What `TargetsAnswer` answers, by the same names."""

    targets: Any = strawberry.field(
        graphql_type=derived("InvestmentTargetConnection"), description="By verdict, then by score, then by id"
    )
    by_verdict: list[VerdictCount]
    supply: FundSupply | None = strawberry.field(
        description="What the fund can give: callable against cash; null: no fund"
    )
    completeness: Completeness


@strawberry.type
class TargetQuestions:
    """The question whom a fund may invest in."""

    @question(
        graphql_type=TargetsFields,
        description="投资标的 · Enterprises that a fund may invest in, or that ask for money in a cell; with both, those that are both",
    )
    def investment_targets(
        self,
        parent: strawberry.Parent[Scope],
        fund: strawberry.ID | None = None,
        cell: CellFilterInput | None = None,  # type: ignore[valid-type]
        verdicts: list[Verdict] = [Verdict.FITS, Verdict.UNKNOWN],  # noqa: B006 -- strawberry copies the default for each request
        weights: TargetWeightsInput | None = None,  # type: ignore[valid-type]
        first: int = DEFAULT_FIRST,
        after: str | None = None,
    ) -> Any:
        page_size(first)
        scope, place = resumed(parent, after, *LISTED)
        scope.check()
        found = investment_targets(
            scope.view,
            fund=fund,
            cell=_cell(cell),
            verdicts=verdicts,
            weights=target_weights(weights),
        )
        return TargetsAnswer(scope, found, first, place)


def _cell(value: Mapping[str, Any] | None) -> CellFilter | None:
    return None if value is None else cell_filter(value)


def add_targets(types: Types) -> None:
    """Make the connection over targets."""
    add_connection(types, "InvestmentTarget", TargetFields, "enterprises that a fund may invest in")
