"""Financing paths as the API shows them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.base import StrawberryOptional

from graph.kinds.terms import DrawBasis, Technique
from queries.financing.answers import ConstraintShown, FinancingPath, PathSupport
from queries.financing.answers import MissingInstrument as ToCreate
from queries.financing.answers import PathStep as Step
from queries.financing.gates.table import GateResult as Verdict
from queries.financing.terms import (
    BeneficiaryRole,
    ConstraintKind,
    Gate,
    PathRecourse,
    PathStatus,
    Stated,
    SupportKind,
    Ternary,
)
from schema.context import Scope
from schema.types.codes import code_enum
from schema.types.connections import add_connection
from schema.types.cost import Cost, DayRange
from schema.types.derived import Types, declared_fields, derived, make_object
from schema.types.entity import Entity, entity_of
from schema.types.evidence import Claim, claims_of
from schema.types.facts import MissingFact
from schema.types.participants import Participant
from schema.types.score import Clause, Score
from schema.types.values import Money, amount_of

for _term in (
    BeneficiaryRole, ConstraintKind, DrawBasis, Gate, PathRecourse, PathStatus, Stated, SupportKind, Technique, Ternary,
):  # fmt: skip
    code_enum(_term)


@strawberry.type(description="门槛结论 · What a gate says")
class GateResult:
    """One gate of a path."""

    gate: Gate
    verdict: Ternary
    missing: list[MissingFact] = strawberry.field(description="Facts without which the verdict is UNKNOWN")
    rule: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Rule")), description="The rule that decides it"
    )

    @classmethod
    def of(cls, scope: Scope, result: Verdict) -> GateResult:
        """The result as the API shows it."""
        missing = [MissingFact.of(scope, fact) for fact in result.missing]
        return cls(gate=result.gate, verdict=result.verdict, missing=missing, rule=entity_of(scope, result.rule))


@strawberry.type(description="限额 · A bound that the path draws on")
class Constraint:
    """Amounts in the bound's own terms."""

    kind: ConstraintKind
    on: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Record")), description="What is bounded")
    record: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")), description="The record that states it, where it is another"
    )
    other: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")),
        description="Who besides `on` it is between: the lender that limits a name, the debtor whose part of a guarantor it is",
    )
    limit: Money | None = strawberry.field(description="Null: not stated, or there is none")
    used: Money | None
    headroom: Money | None = strawberry.field(description="What is left; null: not stated")
    admits: Money | None = strawberry.field(description="The most that it lets the path bring")
    draw_per_yuan: Decimal = strawberry.field(description="What one yuan of the path draws on it")
    basis: DrawBasis
    stated: Stated
    upper_bound: bool = strawberry.field(description="A factor that nobody states could only lower it")
    missing: list[MissingFact]
    redacted: bool = strawberry.field(description="Whether the viewer may not see the amounts")

    @classmethod
    def of(cls, scope: Scope, shown: ConstraintShown, currency: str) -> Constraint:
        """The bound as the API shows it."""
        return cls(
            kind=shown.kind,
            on=entity_of(scope, shown.on),
            record=entity_of(scope, shown.record),
            other=entity_of(scope, shown.other),
            limit=amount_of(shown.limit, currency),
            used=amount_of(shown.used, currency),
            headroom=amount_of(shown.headroom, currency),
            admits=amount_of(shown.admits, currency),
            draw_per_yuan=shown.draw_per_yuan,
            basis=shown.basis,
            stated=shown.stated,
            upper_bound=shown.at_most,
            missing=[MissingFact.of(scope, fact) for fact in shown.missing],
            redacted=False,
        )


class StepAnswer:
    """A step, as fields of the API."""

    def __init__(self, scope: Scope, step: Step, currency: str) -> None:
        self._scope, self._claims = scope, step.evidence
        self.source = Entity(scope, step.source)
        self.target = Entity(scope, step.target)
        self.relation = step.relation
        self.instrument = entity_of(scope, step.instrument)
        self.amount = amount_of(step.amount, currency)
        self.valid_from = step.valid_from
        self.valid_to = step.valid_to

    @property
    def evidence(self) -> list[Claim]:
        """The statements that it rests on."""
        return claims_of(self._scope, self._claims)


@strawberry.type(description="路径环节 · A step, from the source's side to the beneficiary's")
class PathStep:
    """What `StepAnswer` answers, by the same names."""

    source: Any = strawberry.field(name="from", graphql_type=derived("Node"))
    target: Any = strawberry.field(name="to", graphql_type=derived("Node"))
    relation: str = strawberry.field(
        description="The relationship type, or what the offer does: TAKES, LENDS_TO, MAY_INVEST_IN"
    )
    instrument: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Record")), description="The link that carries it"
    )
    amount: Money | None = strawberry.field(description="What the step itself can carry; null: none, or not stated")
    valid_from: date | None
    valid_to: date | None
    evidence: list[Claim]


@strawberry.type(description="增信支持 · What backs a step without carrying cash")
class Support:
    """A guarantee, a policy, a pool's cover, a shared loss, a subsidy, or money that the lender has raised for the product."""

    kind: SupportKind
    provider: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")), description="Null: still to be found"
    )
    instrument: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Node")))
    cover_share: Decimal | None = strawberry.field(description="[0–1]; null: not stated; 0 of what covers nothing")
    step: int = strawberry.field(description="Place of the step that it backs, from 0")

    @classmethod
    def of(cls, scope: Scope, support: PathSupport) -> Support:
        """The support as the API shows it."""
        return cls(
            kind=support.kind,
            provider=entity_of(scope, support.provider),
            instrument=entity_of(scope, support.instrument),
            cover_share=support.cover_share,
            step=support.step,
        )


@strawberry.type(description="待建工具 · An instrument that the parties could create")
class MissingInstrument:
    """What is the only thing missing."""

    kind: Any = strawberry.field(graphql_type=derived("Kind"), description="What it would be")
    by: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")), description="Who would create it; null: still to be found"
    )
    holder: Any = strawberry.field(graphql_type=StrawberryOptional(derived("Node")), description="For whom")
    step: int = strawberry.field(description="Place of the step, from 0")

    @classmethod
    def of(cls, scope: Scope, missing: ToCreate) -> MissingInstrument:
        """The instrument as the API shows it."""
        return cls(
            kind=missing.kind,
            by=entity_of(scope, missing.by),
            holder=entity_of(scope, missing.holder),
            step=missing.step,
        )


@strawberry.type(description="证据 · How well a path is evidenced: its weakest step")
class Evidence:
    """Strength and claims."""

    strength: Decimal = strawberry.field(description="1 − Π(1 − reliability·confidence) of the weakest step [0–1]")
    weakest_step: int = strawberry.field(description="Place of that step, from 0")
    claims: list[Claim]


class PathAnswer:
    """A financing path, as fields of the API."""

    graphql_type = "FinancingPath"

    def __init__(self, scope: Scope, path: FinancingPath) -> None:
        self._scope, self._path = scope, path
        self.id = path.id
        self.technique = path.technique
        self.status = path.status
        self.source = Entity(scope, path.source)
        self.beneficiary = Entity(scope, path.beneficiary)
        self.obligor = entity_of(scope, path.obligor)
        self.recourse = path.recourse
        self.role = path.role
        self.capacity = amount_of(path.capacity, path.currency)
        self.capacity_is_upper_bound = path.capacity_is_upper_bound
        self.proceeds = amount_of(path.proceeds, path.currency)
        self.tenor = DayRange.of(path.tenor)
        self.lead_time_days = path.lead_time_days
        self.score = Score.of(path.score)

    @property
    def steps(self) -> list[StepAnswer]:
        """From the source to the beneficiary."""
        return [StepAnswer(self._scope, step, self._path.currency) for step in self._path.steps]

    @property
    def supports(self) -> list[Support]:
        """What backs it."""
        return [Support.of(self._scope, support) for support in self._path.supports]

    @property
    def participants(self) -> list[Participant]:
        """Who brings the money beside the source."""
        return [Participant.of(self._scope, one) for one in self._path.participants]

    @property
    def gates(self) -> list[GateResult]:
        """Those that apply."""
        return [GateResult.of(self._scope, result) for result in self._path.gates]

    @property
    def missing(self) -> list[MissingInstrument]:
        """What would have to be created."""
        return [MissingInstrument.of(self._scope, missing) for missing in self._path.missing]

    @property
    def binding_constraint(self) -> Constraint:
        """The bound that decides the capacity."""
        return Constraint.of(self._scope, self._path.binding_constraint, self._path.currency)

    @property
    def constraints(self) -> list[Constraint]:
        """Every bound that it draws on."""
        return [Constraint.of(self._scope, shown, self._path.currency) for shown in self._path.constraints]

    @property
    def cost(self) -> Cost:
        """What it costs the beneficiary."""
        return Cost.of(self._scope, self._path.cost, self._path.currency)

    @property
    def policy_basis(self) -> list[Clause]:
        """The measures that name it."""
        return [Clause.of(self._scope, clause) for clause in self._path.policy_basis]

    @property
    def evidence(self) -> Evidence:
        """How well it is evidenced."""
        found = self._path.evidence
        return Evidence(
            strength=found.strength, weakest_step=found.weakest_step, claims=claims_of(self._scope, found.claims)
        )


@strawberry.type
class _PathFields:
    id: strawberry.ID = strawberry.field(description="Describes the path: node(id) evaluates it in the view that asks")
    technique: Technique
    status: PathStatus
    source: Any = strawberry.field(graphql_type=derived("CapitalSource"))
    beneficiary: Any = strawberry.field(graphql_type=derived("Enterprise"))
    obligor: Any = strawberry.field(
        graphql_type=StrawberryOptional(derived("Node")), description="Who owes what pays it back"
    )
    recourse: PathRecourse | None = strawberry.field(description="Null: there is no claim to have recourse on")
    steps: list[PathStep] = strawberry.field(description="From the source to the beneficiary")
    role: BeneficiaryRole = strawberry.field(description="VENDOR: the money pays for what the beneficiary sells")
    supports: list[Support]
    participants: list[Participant] = strawberry.field(
        description="Banks of a syndicated loan, the source among them; empty where the source alone brings the money"
    )
    gates: list[GateResult] = strawberry.field(description="Those that apply to the technique")
    missing: list[MissingInstrument] = strawberry.field(description="Of PROSPECTIVE: what the parties could create")
    capacity: Money | None = strawberry.field(description="可融资额 · Null: a bound is not stated; never 0 for unknown")
    capacity_is_upper_bound: bool = strawberry.field(description="A factor that nobody states could only lower it")
    binding_constraint: Constraint = strawberry.field(
        description="The bound that decides; without capacity the first not stated"
    )
    constraints: list[Constraint]
    proceeds: Money | None = strawberry.field(
        description="到手资金 · Net cash of the capacity: less discount and up-front fees; null: not known"
    )
    cost: Cost
    tenor: DayRange | None = strawberry.field(description="Null: no days are stated, or money that stays")
    lead_time_days: int | None = strawberry.field(description="Σ processing days; null: not stated")
    evidence: Evidence
    score: Score | None = strawberry.field(description="Null: it has no capacity")
    policy_basis: list[Clause] = strawberry.field(
        description="Measures in force that name the technique or the purpose"
    )


def add_financing(types: Types) -> None:
    """Make the type FinancingPath and its connection."""
    described = "融资路径 · One way of money from a capital source to the beneficiary"
    fields = declared_fields(_PathFields)
    made = types.add("FinancingPath", make_object("FinancingPath", fields, described, [types["Node"], types["Record"]]))
    add_connection(types, "FinancingPath", made, "financing paths")
