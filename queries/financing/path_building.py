"""From an appraised candidate to the path that people read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Final

from graph.values import decimal
from queries.financing.answers import ConstraintShown, FinancingPath, MissingInstrument, PathStep, PathSupport
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.candidates import Candidate
from queries.financing.cases import Case
from queries.financing.evidence import Fact, facts_of
from queries.financing.gates.table import GateResult
from queries.financing.limits.constraints import Constraint
from queries.financing.participants import Participant, participants_of
from queries.financing.path_id import path_id
from queries.financing.supports import is_open
from queries.financing.terms import ConstraintKind, SupportKind
from queries.financing.told import Told

INSTRUMENTS: Final = {SupportKind.GUARANTEE: "Guarantee", SupportKind.INSURANCE: "InsurancePolicy"}
"""What a support that is still to be found would be."""
CARRIES: Final = {
    **dict.fromkeys(ASSET_KINDS, ConstraintKind.ASSET_FREE),
    "Voucher": ConstraintKind.VOUCHER_PART,
    "BuyBack": ConstraintKind.LINK_WIDTH,
    "Project": ConstraintKind.STEP_AMOUNT,
    "Facility": ConstraintKind.FACILITY,
    **dict.fromkeys(("Loan", "Lease", "BondIssue", "PppContract", "Swap", "Collaboration"), ConstraintKind.STEP_AMOUNT),
}
"""Which constraint says what the step from a node of a kind can carry."""


def path_of(appraisal: Appraisal, found: Appraised) -> FinancingPath:
    """The path that an appraised candidate is."""
    candidate, case = found.candidate, found.case_in(appraisal)
    facts = [facts_of(step, *pair) for step, pair in zip(candidate.steps, _pairs(candidate), strict=True)]
    told = Told(case, found, facts)
    return FinancingPath(
        technique=candidate.row.technique,
        status=found.status,
        source=candidate.source,
        beneficiary=candidate.beneficiary,
        obligor=case.obligor,
        recourse=case.recourse,
        nodes=candidate.nodes,
        role=candidate.spine.role,
        currency=case.currency,
        capacity=found.capacity.amount,
        capacity_is_upper_bound=found.capacity.at_most,
        parts=Parts(case, found, facts, told),
        told=told,
    )


PARTS: Final = (
    "id", "steps", "supports", "participants", "gates", "missing", "constraints", "binding_constraint",
)  # fmt: skip


class Parts:
    """The parts of one path, each made when somebody asks for it. Equal where all of them are."""

    def __init__(self, case: Case, found: Appraised, facts: list[tuple[Fact, ...]], told: Told) -> None:
        self._case, self._found, self._facts, self._told = case, found, facts, told

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parts) and all(getattr(self, name) == getattr(other, name) for name in PARTS)

    __hash__ = None  # type: ignore[assignment]  # It is compared by what it says, as lists are.

    def __repr__(self) -> str:
        return f"Parts({', '.join(f'{name}={getattr(self, name)!r}' for name in PARTS)})"

    @cached_property
    def id(self) -> str:
        """The path's id."""
        return path_id(self._case.view, self._found.candidate)

    @cached_property
    def steps(self) -> tuple[PathStep, ...]:
        """The steps from the source, with the statements that each rests on."""
        candidate, claims = self._found.candidate, self._told.claims
        walked = zip(candidate.steps, _pairs(candidate), self._facts, strict=True)
        return tuple(
            PathStep(
                farther,
                nearer,
                step.relation,
                link,
                _carried(candidate, self._found, place),
                *_validity(self._case.appraisal, of_step[-1].record),
                tuple(claim for each in claims[place] for claim in each),
            )
            for place, (step, (farther, nearer, link), of_step) in enumerate(walked)
        )

    @cached_property
    def supports(self) -> tuple[PathSupport, ...]:
        """What backs it."""
        candidate = self._found.candidate
        return tuple(
            _support(candidate, one.kind, one.provider, one.instrument, one.cover_share) for one in candidate.supports
        )

    @cached_property
    def participants(self) -> tuple[Participant, ...]:
        """Who brings the money beside the source."""
        return participants_of(self._case)

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """What its gates say."""
        return self._found.gates

    @cached_property
    def missing(self) -> tuple[MissingInstrument, ...]:
        """What must still be created."""
        return tuple(_missing(self._found.candidate))

    @cached_property
    def constraints(self) -> tuple[ConstraintShown, ...]:
        """What bounds it."""
        return tuple(map(constraint_shown, self._found.constraints))

    @cached_property
    def binding_constraint(self) -> ConstraintShown:
        """The bound that decides."""
        return constraint_shown(self._found.capacity.binding)


def _pairs(candidate: Candidate) -> Iterator[tuple[int, int, int]]:
    return zip(candidate.nodes, candidate.nodes[1:], candidate.links, strict=False)


def constraint_shown(constraint: Constraint) -> ConstraintShown:
    """A constraint as answers show it."""
    return ConstraintShown(
        constraint.kind,
        constraint.on,
        constraint.limit,
        constraint.used,
        constraint.headroom,
        constraint.admits,
        constraint.draw_per_yuan,
        constraint.basis,
        constraint.stated,
        constraint.at_most,
        constraint.record,
        constraint.missing,
        constraint.other,
    )


def _carried(candidate: Candidate, found: Appraised, place: int) -> int | None:
    """What a step itself can carry: a link its width after dilution and α, a claim or contract what it admits."""
    step, link = candidate.steps[place], candidate.links[place]
    if step.relation == "SUPPLIES":
        return next(
            (one.admits for one in found.constraints if one.kind is ConstraintKind.LINK_WIDTH and one.on == link), None
        )
    kind = CARRIES.get(step.farther) if place == len(candidate.links) - 1 else None
    return next((one.admits for one in found.constraints if one.kind is kind), None)


def _validity(appraisal: Appraisal, record: int) -> tuple[date | None, date | None]:
    view = appraisal.view

    def make() -> tuple[date | None, date | None]:
        return view.value(record, "valid_from"), view.value(record, "valid_to")

    return appraisal.once_of(record, ("validity", record), make)


def _support(candidate: Candidate, kind: SupportKind, provider: int, instrument: int, share: int | None) -> PathSupport:
    return PathSupport(kind, provider, instrument, None if share is None else decimal(share), len(candidate.links) - 1)


def _missing(candidate: Candidate) -> Iterator[MissingInstrument]:
    """What must still be created, from the source on: on each link of a trade what its buyer issues or passes on to its seller."""
    last = len(candidate.links) - 1
    if candidate.spine.creates is not None:
        links = [place for place, step in enumerate(candidate.steps) if step.relation == "SUPPLIES"]
        for place in links or [last]:
            by = candidate.nodes[place] if links else _maker(candidate)
            yield MissingInstrument(candidate.spine.creates, by, candidate.nodes[place + 1], place)
    for support in filter(is_open, candidate.supports):
        yield MissingInstrument(INSTRUMENTS[support.kind], -1, candidate.beneficiary, last)


def _maker(candidate: Candidate) -> int:
    """Who would create what a spine without a trade lacks: a round its fund, what the beneficiary signs itself; -1: others, still open."""
    match candidate.spine.creates:
        case "InvestmentRound":
            return candidate.role("Fund")
        case "Participation":
            return -1
    return candidate.beneficiary
