"""What financingPaths answers: paths with their steps, supports, gates, limits and evidence. Records are named by handles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from graph.kinds.terms import DrawBasis, Technique
from queries.completeness import Completeness
from queries.financing.cost import Cost
from queries.financing.evidence import Claim, Evidence
from queries.financing.gates.table import GateResult
from queries.financing.limits.constraints import MissingFact
from queries.financing.participants import Participant
from queries.financing.policy_basis import Clause
from queries.financing.score import Score
from queries.financing.tenor import DayRange
from queries.financing.terms import BeneficiaryRole, ConstraintKind, PathRecourse, PathStatus, Stated, SupportKind
from queries.financing.told import Told


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step of a path, from the source's side to the beneficiary's.

    `relation` the ontology's name where an edge says it, else what the offer does (TAKES, LENDS_TO, MAY_INVEST_IN); `instrument` the link
    that carries it (-1: none); `amount` in 分 of what the step itself can carry, None where it has no amount or none is stated;
    `valid_from`, `valid_to` of the record that states it.
    """

    source: int
    target: int
    relation: str
    instrument: int
    amount: int | None
    valid_from: date | None
    valid_to: date | None
    evidence: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class PathSupport:
    """What backs the step at place `step`: `provider` (-1: still to be found), `instrument` (-1: none).

    `cover_share` 0–1, None: not stated.
    """

    kind: SupportKind
    provider: int
    instrument: int
    cover_share: Decimal | None
    step: int


@dataclass(frozen=True, slots=True)
class MissingInstrument:
    """An instrument that the parties could create: its kind, by whom (-1: still to be found), for whom, and at which step."""

    kind: str
    by: int
    holder: int
    step: int


@dataclass(frozen=True, slots=True)
class ConstraintShown:
    """A bound of the capacity: amounts in 分 of its own terms, None where not stated; `admits` the most that it lets the path bring.

    `draw_per_yuan`: what one yuan of the path draws on it; `at_most`: a factor that nobody states could only lower it; `record` states it
    (-1: `on` does); `other` who besides `on` it is between, as the lender that limits a name (-1: nobody).
    """

    kind: ConstraintKind
    on: int
    limit: int | None
    used: int | None
    headroom: int | None
    admits: int | None
    draw_per_yuan: Decimal
    basis: DrawBasis
    stated: Stated
    at_most: bool
    record: int
    missing: tuple[MissingFact, ...]
    other: int = -1


class PathParts(Protocol):
    """The parts that a path is made of; equal where all of them are."""

    @property
    def id(self) -> str: ...

    @property
    def steps(self) -> tuple[PathStep, ...]: ...

    @property
    def supports(self) -> tuple[PathSupport, ...]: ...

    @property
    def participants(self) -> tuple[Participant, ...]: ...

    @property
    def gates(self) -> tuple[GateResult, ...]: ...

    @property
    def missing(self) -> tuple[MissingInstrument, ...]: ...

    @property
    def constraints(self) -> tuple[ConstraintShown, ...]: ...

    @property
    def binding_constraint(self) -> ConstraintShown: ...


@dataclass(frozen=True, slots=True)
class FinancingPath:
    """One way of money to the beneficiary. Amounts in 分 of `currency`; `capacity` None where a bound is not stated.

    `parts` and `told` are worked out when somebody asks for them: most questions ask for some.
    `role` in which money reaches the beneficiary; `participants` who brings it beside the source, the source among them, empty where it
    alone does. `obligor` -1: nobody owes, or nobody states who; `recourse` None: there is no claim to have recourse on.
    """

    technique: Technique
    status: PathStatus
    source: int
    beneficiary: int
    obligor: int
    recourse: PathRecourse | None
    nodes: tuple[int, ...]
    role: BeneficiaryRole
    currency: str
    capacity: int | None
    capacity_is_upper_bound: bool
    parts: PathParts
    told: Told

    @property
    def id(self) -> str:
        """Its id, which describes it."""
        return self.parts.id

    @property
    def steps(self) -> tuple[PathStep, ...]:
        """Its steps, from the source."""
        return self.parts.steps

    @property
    def supports(self) -> tuple[PathSupport, ...]:
        """What backs it."""
        return self.parts.supports

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Who brings the money beside the source."""
        return self.parts.participants

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """What its gates say."""
        return self.parts.gates

    @property
    def missing(self) -> tuple[MissingInstrument, ...]:
        """What must still be created."""
        return self.parts.missing

    @property
    def constraints(self) -> tuple[ConstraintShown, ...]:
        """What bounds it, in the order of the kinds."""
        return self.parts.constraints

    @property
    def binding_constraint(self) -> ConstraintShown:
        """The bound that decides its capacity."""
        return self.parts.binding_constraint

    @property
    def evidence(self) -> Evidence:
        """How well it is evidenced."""
        return self.told.evidence

    @property
    def proceeds(self) -> int | None:
        """The net cash of the capacity; None where what comes off is not known."""
        return self.told.proceeds

    @property
    def cost(self) -> Cost:
        """What it costs, all in."""
        return self.told.cost

    @property
    def tenor(self) -> DayRange | None:
        """The days of the money; None: none are stated."""
        return self.told.tenor

    @property
    def lead_time_days(self) -> int | None:
        """The days until it comes; None: not stated."""
        return self.told.lead_time_days

    @property
    def policy_basis(self) -> tuple[Clause, ...]:
        """The measures that call for it."""
        return self.told.policy_basis

    @property
    def score(self) -> Score | None:
        """How good it is; None without a capacity."""
        return self.told.score


@dataclass(frozen=True, slots=True)
class FinancingPaths:
    """A page of the paths in their order. `total` how many there are, at most the budget's; None: nobody asked.

    More paths than the budget's are a cut: `completeness` says so where they are counted, and on the page that ends with the last.
    `excluded_kinds` are never steps.
    """

    paths: tuple[FinancingPath, ...]
    total: int | None
    has_next: bool
    completeness: Completeness
    excluded_kinds: tuple[str, ...]
