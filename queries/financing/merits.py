"""What a path's score is made of, looked up: fill, cost, tenor fit, evidence, policy fit, and the obligor's risk after cover."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from graph.values import decimal
from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.candidates import Candidate
from queries.financing.cases import Case
from queries.financing.charges import dearest
from queries.financing.evidence import Fact, fact_strength, facts_of
from queries.financing.policy_basis import Clause, clauses, policy_fit
from queries.financing.score import Score, ScoreAspect, cheapness, fill, safety, score, score_value
from queries.financing.spines import Step
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.tenor import Tenor, tenor_fit, tenor_of, wanted
from queries.financing.terms import COVERING

RATED: Final = ("Enterprise", "Institution")
"""Kinds that state how likely they are to default."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a path is ranked by: its score (None: it has no capacity) and the upper end of its cost in basis points (None: open)."""

    score: Decimal | None
    dearest: Decimal | None


def standing(appraisal: Appraisal, found: Appraised) -> Standing:
    """Where an appraised path stands."""
    case = found.case_in(appraisal)
    tenor = tenor_of(case)
    cost = dearest(case, tenor)
    if found.capacity.amount is None:
        return Standing(None, cost)
    utilities = _utilities(case, tenor, cost, found, found.capacity.amount)
    return Standing(score_value(utilities, appraisal.weights), cost)


def path_score(case: Case, tenor: Tenor, found: Appraised) -> Score | None:
    """The score of a path; None without a capacity."""
    capacity, appraisal = found.capacity.amount, case.appraisal
    if capacity is None:
        return None
    return score(_utilities(case, tenor, dearest(case, tenor), found, capacity), appraisal.weights)


def _utilities(
    case: Case, tenor: Tenor, cost: Decimal | None, found: Appraised, capacity: int
) -> dict[ScoreAspect, Decimal | None]:
    asked, days, appraisal = wanted(case.need), tenor.days, case.appraisal
    return {
        ScoreAspect.FILL: fill(capacity, case.need.amount),
        ScoreAspect.COST: cheapness(cost, appraisal.weights),
        ScoreAspect.TENOR: None if asked is None or days is None or case.fund >= 0 else tenor_fit(days, asked),
        ScoreAspect.EVIDENCE: path_strength(appraisal, found.candidate),
        ScoreAspect.POLICY: policy_fit(basis(case)),
        ScoreAspect.RISK: safety(*risk(case)),
    }


def basis(case: Case) -> tuple[Clause, ...]:
    """The measures in force that name the path's technique, or the purpose of what it is to meet."""
    return clauses_of(case.appraisal, case.row, case.need.purpose)


def clauses_of(appraisal: Appraisal, row: TechniqueRow, purpose: str | None) -> tuple[Clause, ...]:
    """The same for a technique and a purpose."""
    return appraisal.once(("clauses", row.technique, purpose), lambda: clauses(appraisal.view, row, purpose))


def risk(case: Case) -> tuple[Decimal | None, Decimal]:
    """The one-year default probability that somebody states of the obligor, and the share that supports cover.

    A share that nobody states covers nothing here. Where the beneficiary stands beside a buyer, the buyer's counts.
    """
    probability = default_probability(case.appraisal, case.obligor)
    shares = (one.cover_share for one in case.candidate.supports if one.kind in COVERING)
    return probability, min(Decimal(1), sum((decimal(share) for share in shares if share is not None), Decimal(0)))


def default_probability(appraisal: Appraisal, party: int) -> Decimal | None:
    """That a party defaults within a year; None where nobody states it."""
    if party < 0 or appraisal.view.kind_of(party).name not in RATED:
        return None
    stated: Decimal | None = appraisal.once(
        ("default", party), lambda: appraisal.view.value(party, "default_probability")
    )
    return stated


def path_strength(appraisal: Appraisal, candidate: Candidate) -> Decimal:
    """The evidence of a path: of its weakest step, which is as strong as its weaker fact."""
    steps = zip(candidate.steps, candidate.nodes, candidate.nodes[1:], candidate.links, strict=False)
    return min(_step_strength(appraisal, *step) for step in steps)


def _step_strength(appraisal: Appraisal, step: Step, farther: int, nearer: int, link: int) -> Decimal:
    """The evidence of a step, which paths share."""

    def make() -> Decimal:
        return min(_strength(appraisal, fact) for fact in facts_of(step, farther, nearer, link))

    return appraisal.once((step, farther, nearer, link), make)


def _strength(appraisal: Appraisal, fact: Fact) -> Decimal:
    return appraisal.once_of(fact.record, ("strength", fact), lambda: fact_strength(appraisal.view, fact))
