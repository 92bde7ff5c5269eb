"""What is told of a path beyond where it leads and what bounds it: evidence, cost, days, measures, score. Each is worked out when asked."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from queries.financing.appraisal import Appraisal
from queries.financing.appraised import Appraised
from queries.financing.cases import Case
from queries.financing.charges import case_cost, charges_of, cost_term
from queries.financing.cost import Charge, Cost
from queries.financing.evidence import Claim, Evidence, Fact, claims_about, evidence_of
from queries.financing.lead_time import lead_time
from queries.financing.merits import basis, path_score
from queries.financing.policy_basis import Clause
from queries.financing.proceeds import proceeds
from queries.financing.score import Score
from queries.financing.tenor import DayRange, Tenor, tenor_of

PARTS: Final = ("evidence", "proceeds", "cost", "tenor", "lead_time_days", "policy_basis", "score")


class Told:
    """What may be asked of one appraised path. Equal where all of it is."""

    def __init__(self, case: Case, found: Appraised, facts: list[tuple[Fact, ...]]) -> None:
        self._case, self._found, self._facts = case, found, facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Told) and all(getattr(self, name) == getattr(other, name) for name in PARTS)

    __hash__ = None  # type: ignore[assignment]  # It is compared by what it says, as lists are.

    def __repr__(self) -> str:
        return f"Told({', '.join(f'{name}={getattr(self, name)!r}' for name in PARTS)})"

    @cached_property
    def claims(self) -> list[list[tuple[Claim, ...]]]:
        """The statements of each fact of each step."""
        return [[_claims(self._case.appraisal, fact) for fact in of_step] for of_step in self._facts]

    @cached_property
    def evidence(self) -> Evidence:
        """How well the path is evidenced."""
        return evidence_of(self.claims)

    @cached_property
    def proceeds(self) -> int | None:
        """The net cash of the capacity; None where what comes off is not known."""
        return proceeds(self._found.capacity.amount, self._charges, cost_term(self._case, self._tenor))

    @cached_property
    def cost(self) -> Cost:
        """What it costs, all in."""
        return case_cost(self._case, self._tenor, self._charges, self._found.capacity.amount)

    @cached_property
    def tenor(self) -> DayRange | None:
        """The days of the money; None: none are stated."""
        return None if self._case.fund >= 0 else self._tenor.days

    @cached_property
    def lead_time_days(self) -> int | None:
        """The days until it comes; None: not stated."""
        return lead_time(self._case).days

    @cached_property
    def policy_basis(self) -> tuple[Clause, ...]:
        """The measures that call for it."""
        return basis(self._case)

    @cached_property
    def score(self) -> Score | None:
        """How good it is; None without a capacity."""
        return path_score(self._case, self._tenor, self._found)

    @cached_property
    def _tenor(self) -> Tenor:
        return tenor_of(self._case)

    @cached_property
    def _charges(self) -> tuple[Charge, ...]:
        return charges_of(self._case)


def _claims(appraisal: Appraisal, fact: Fact) -> tuple[Claim, ...]:
    return appraisal.once_of(fact.record, ("claims", fact), lambda: claims_about(appraisal.view, fact))
