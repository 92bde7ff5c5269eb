"""Who may have a support, as the API shows it."""

from __future__ import annotations

from typing import Any

import strawberry

from queries.eligibility import Eligibility as Judged
from queries.eligibility import EligibilityCounts as Counted
from queries.eligibility import EligibilityVerdict, RuleOutcome, eligibility, eligibility_counts
from queries.financing.gates.telling import UsedFact as Used
from queries.financing.terms import Ternary
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.derived import derived, question
from schema.types.entity import Entity
from schema.types.facts import MissingFact
from schema.types.financing_questions import NeedInput, need_of

for _term in (EligibilityVerdict, Ternary):
    code_enum(_term)


@strawberry.type(description="所用事实 · A fact that decided: a field of a record, and what it says")
class UsedFact:
    """A fact as text."""

    record: Any = strawberry.field(graphql_type=derived("Record"))
    field: str
    value: str = strawberry.field(
        description="Amounts in 元; of a list its items joined by a comma, empty where it is empty"
    )

    @classmethod
    def of(cls, scope: Scope, fact: Used) -> UsedFact:
        """The fact as the API shows it."""
        return cls(record=Entity(scope, fact.record), field=fact.field, value=fact.value)


@strawberry.type(
    description="规则结论 · How the enterprise fares under one rule; its clause is the rule's measure, text and span"
)
class RuleVerdict:
    """A rule and what it comes to."""

    rule: Any = strawberry.field(graphql_type=derived("Rule"))
    verdict: Ternary
    alternative: int = strawberry.field(
        description="Rules of one number are alternatives: one of them is enough. All numbers must hold"
    )
    used: list[UsedFact] = strawberry.field(description="The facts that decided")
    missing: list[MissingFact] = strawberry.field(description="The facts that would decide, where it is UNKNOWN")

    @classmethod
    def of(cls, scope: Scope, one: RuleOutcome) -> RuleVerdict:
        """The rule as the API shows it."""
        return cls(
            rule=Entity(scope, one.rule),
            verdict=one.verdict,
            alternative=one.alternative,
            used=[UsedFact.of(scope, fact) for fact in one.used],
            missing=[MissingFact.of(scope, fact) for fact in one.missing],
        )


@strawberry.type(
    description="准入结论 · Whether an enterprise may have what rules are about, three-valued, rule by rule"
)
class Eligibility:
    """A support, measure or offer, and what all rules in force about it come to."""

    about: Any = strawberry.field(graphql_type=derived("Record"))
    verdict: EligibilityVerdict
    rules: list[RuleVerdict] = strawberry.field(description="Empty: no rule in force is about it")
    missing: list[MissingFact] = strawberry.field(description="The facts that would decide, where it is UNKNOWN")
    in_being: bool = strawberry.field(description="False: the register has closed the enterprise, so it is NOT")

    @classmethod
    def of(cls, scope: Scope, one: Judged) -> Eligibility:
        """The conclusion as the API shows it."""
        return cls(
            about=Entity(scope, one.about),
            verdict=one.verdict,
            rules=[RuleVerdict.of(scope, rule) for rule in one.rules],
            missing=[MissingFact.of(scope, fact) for fact in one.missing],
            in_being=one.in_being,
        )


@strawberry.type(description="准入统计 · How many enterprises may have it, may not, or may for all that is stated")
class EligibilityCounts:
    """Counts over all enterprises of the view."""

    about: Any = strawberry.field(graphql_type=derived("Record"))
    eligible: int
    not_eligible: int
    unknown: int

    @classmethod
    def of(cls, scope: Scope, one: Counted) -> EligibilityCounts:
        """The counts as the API shows them."""
        return cls(
            about=Entity(scope, one.about), eligible=one.eligible, not_eligible=one.not_eligible, unknown=one.unknown
        )


@strawberry.type
class EligibilityQuestions:
    """The questions about who may have what."""

    @question(
        description="准入 · Whether an enterprise may have each public support, and what each measure asks of it, by the rules in "
        "force on the view's day. `policy`: only what its rules are about; `about`: only these supports, measures or offers; `need`: what "
        "it asks for, left out its open needs",
    )
    def eligibility(
        self,
        parent: strawberry.Parent[Scope],
        enterprise: strawberry.ID,
        policy: strawberry.ID | None = None,
        about: list[strawberry.ID] | None = None,
        need: NeedInput | None = None,  # type: ignore[valid-type]
    ) -> list[Eligibility]:
        parent.check()
        found = eligibility(parent.view, enterprise, policy=policy, about=about, need=need_of(need))
        return [Eligibility.of(parent, one) for one in found]

    @question(
        description="准入统计 · How many enterprises of the view may have each of them; arguments as of `eligibility`"
    )
    def eligibility_counts(
        self,
        parent: strawberry.Parent[Scope],
        policy: strawberry.ID | None = None,
        about: list[strawberry.ID] | None = None,
    ) -> list[EligibilityCounts]:
        parent.check()
        found = eligibility_counts(parent.view, policy=policy, about=about)
        return [EligibilityCounts.of(parent, one) for one in found]
