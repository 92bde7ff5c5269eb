"""A candidate measured: its constraints, gates, capacity and status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from queries.financing.appraisal import Appraisal
from queries.financing.candidates import Candidate
from queries.financing.cases import Case
from queries.financing.gates.table import GateResult, gates_of
from queries.financing.limits.constraints import Capacity, Constraint, capacity_of
from queries.financing.limits.table import constraints_of
from queries.financing.spines import Form
from queries.financing.supports import is_open
from queries.financing.terms import PathStatus, Ternary

STATUS_RANK: Final = {status: place for place, status in enumerate(PathStatus)}


@dataclass(frozen=True, slots=True)
class Appraised:
    """What is found of a candidate in one view, by way of its `case`."""

    candidate: Candidate
    status: PathStatus
    capacity: Capacity
    constraints: tuple[Constraint, ...]
    gates: tuple[GateResult, ...]
    case: Case = field(compare=False, repr=False)


def appraise(appraisal: Appraisal, candidate: Candidate) -> Appraised:
    """The candidate's capacity and status."""
    case = Case(appraisal, candidate)
    constraints = constraints_of(case)
    gates = gates_of(case, constraints)
    return Appraised(candidate, _status(candidate, gates), capacity_of(constraints), constraints, gates, case)


def creates_instrument(candidate: Candidate) -> bool:
    """Whether an instrument is still to be made: the spine's own, or a guarantee or policy that nobody offers yet."""
    return candidate.spine.form is Form.TO_CREATE or any(map(is_open, candidate.supports))


def _status(candidate: Candidate, gates: tuple[GateResult, ...]) -> PathStatus:
    """BLOCKED by a NO; then the weakest of what holds: what lacks an instrument is PROSPECTIVE even where a fact is missing too."""
    answers = {result.verdict for result in gates}
    if Ternary.NO in answers:
        return PathStatus.BLOCKED
    if candidate.spine.form is Form.IN_FORCE:
        return PathStatus.EXISTING
    if creates_instrument(candidate):
        return PathStatus.PROSPECTIVE
    return PathStatus.CONDITIONAL if Ternary.UNKNOWN in answers else PathStatus.AVAILABLE
