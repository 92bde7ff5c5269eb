"""A candidate measured: its constraints, gates, capacity and status. Each is worked out when somebody asks for it.

Many candidates of a question are blocked, and one gate that says no is enough to know: limits of the offer and the asset are asked
first, which say it most often, then the other gates, and the limits of the lender's books last.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from queries.financing.appraisal import Appraisal
from queries.financing.candidates import Candidate
from queries.financing.cases import Case
from queries.financing.gates.of_terms import admits_too_little, least_amount, limit
from queries.financing.gates.table import GATES, YES, GateResult
from queries.financing.gates.verdicts import PASSED, Verdict
from queries.financing.limits.constraints import Capacity, Constraint, capacity_of
from queries.financing.limits.table import constraints_of, limits_of
from queries.financing.spines import Form, Spine
from queries.financing.supports import is_open
from queries.financing.terms import ConstraintKind, Gate, PathStatus, Ternary

PARTIES: Final = ("Enterprise", "CapitalSource")
"""Who stands on steps as a party: anybody else is a record of what parties have or do."""
STATUS_RANK: Final = {status: place for place, status in enumerate(PathStatus)}
ASKED_LAST: Final = (Gate.TENOR, Gate.ELIGIBILITY)
"""Gates that take longest to answer, but for LIMIT."""
BOOKS: Final = frozenset(
    {
        ConstraintKind.DEBTOR_LIMIT,
        ConstraintKind.SINGLE_NAME,
        ConstraintKind.GROUP,
        ConstraintKind.JOINT_CREDIT,
        ConstraintKind.SECTOR_LIMIT,
    }
)
"""Limits for which a lender's books are added up."""


class Appraised:
    """What is found of a candidate in one view, by way of its `case`. Equal where all that is found is."""

    __slots__ = ("_capacity", "_constraints", "_limits", "_status", "_verdicts", "candidate", "case")

    def __init__(self, candidate: Candidate, case: Case) -> None:
        self.candidate, self.case = candidate, case
        self._limits: dict[ConstraintKind, tuple[Constraint, ...]] = {}
        self._verdicts: dict[Gate, Verdict] = {}
        self._status: PathStatus | None = None
        self._capacity: Capacity | None = None
        self._constraints: tuple[Constraint, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Appraised)
            and self.candidate == other.candidate
            and self.constraints == other.constraints
            and self.gates == other.gates
        )

    def __hash__(self) -> int:
        return hash((self.candidate.row.technique, self.candidate.nodes, self.candidate.links))

    def __repr__(self) -> str:
        return (
            f"Appraised({self.candidate!r}, {self.status!r}, {self.capacity!r}, {self.constraints!r}, {self.gates!r})"
        )

    def case_in(self, appraisal: Appraisal) -> Case:
        """The candidate as a case of a question: its own, else one that asks for what the question does."""
        return self.case if self.case.appraisal is appraisal else Case(appraisal, self.candidate)

    @property
    def status(self) -> PathStatus:
        """BLOCKED by a NO; then the weakest of what holds: what lacks an instrument is PROSPECTIVE even where a fact is missing too."""
        if self._status is None:
            self._status = self._judged()
        return self._status

    def _judged(self) -> PathStatus:
        if self._is_refused():
            return PathStatus.BLOCKED
        if self.candidate.spine.form is Form.IN_FORCE:
            return PathStatus.EXISTING
        if creates_instrument(self.candidate):
            return PathStatus.PROSPECTIVE
        unknown = any(self._verdict(gate).answer is Ternary.UNKNOWN for gate in self.candidate.spine.gates)
        return PathStatus.CONDITIONAL if unknown else PathStatus.AVAILABLE

    @property
    def capacity(self) -> Capacity:
        """What it can bring."""
        if self._capacity is None:
            self._capacity = capacity_of(self.constraints)
        return self._capacity

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Everything that bounds it, in the order of the kinds."""
        if self._constraints is None:
            self._constraints = constraints_of(self.case, self.of_kind)
        return self._constraints

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """What each gate of its spine says, in their order."""
        verdicts = ((gate, self._verdict(gate)) for gate in self.candidate.spine.gates)
        return tuple(YES[gate] if verdict is PASSED else GateResult(gate, *verdict) for gate, verdict in verdicts)

    def _is_refused(self) -> bool:
        """Whether a gate says no."""
        own, gates, books = _quickest_first(self.candidate.spine)
        limited = Gate.LIMIT in self.candidate.spine.gates
        least = least_amount(self.case) if limited else None
        if limited and self._admits_too_little(own, least):
            return True
        for gate in gates:
            if self._verdict(gate).answer is Ternary.NO:
                return True
        return limited and (self._admits_too_little(books, least) or self._verdict(Gate.LIMIT).answer is Ternary.NO)

    def _admits_too_little(self, kinds: tuple[ConstraintKind, ...], least: int | None) -> bool:
        return any(admits_too_little(one, least) for kind in kinds for one in self.of_kind(kind))

    def _verdict(self, gate: Gate) -> Verdict:
        verdict = self._verdicts.get(gate)
        if verdict is None:
            verdict = limit(self.case, self.constraints) if gate is Gate.LIMIT else GATES[gate](self.case)
            self._verdicts[gate] = verdict
        return verdict

    def of_kind(self, kind: ConstraintKind) -> tuple[Constraint, ...]:
        """Its limits of one kind, without the others."""
        found = self._limits.get(kind)
        if found is None:
            found = self._limits[kind] = limits_of(self.case, kind)
        return found


def appraise(appraisal: Appraisal, candidate: Candidate) -> Appraised:
    """The candidate's capacity and status, to be worked out when asked for."""
    return Appraised(candidate, Case(appraisal, candidate))


def is_simple(appraisal: Appraisal, candidate: Candidate) -> bool:
    """Whether a spine comes by no legal entity twice."""
    steps = zip(candidate.steps, candidate.nodes, strict=False)
    parties = [appraisal.entity(node) for step, node in steps if step.farther in PARTIES]
    return len({*parties, candidate.beneficiary}) == len(parties) + 1


def creates_instrument(candidate: Candidate) -> bool:
    """Whether an instrument is still to be made: the spine's own, or a guarantee or policy that nobody offers yet."""
    return candidate.spine.form is Form.TO_CREATE or any(map(is_open, candidate.supports))


@lru_cache(maxsize=1024)
def _quickest_first(
    spine: Spine,
) -> tuple[tuple[ConstraintKind, ...], tuple[Gate, ...], tuple[ConstraintKind, ...]]:
    """A spine's limits but those of a lender's books, its gates but LIMIT, those that are found out soonest first, and the books."""
    gates = sorted((gate for gate in spine.gates if gate is not Gate.LIMIT), key=lambda gate: gate in ASKED_LAST)
    books = tuple(kind for kind in spine.limits if kind in BOOKS)
    return tuple(kind for kind in spine.limits if kind not in BOOKS), tuple(gates), books
