"""How an enterprise fares under all rules about a support, measure or offer, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.kinds.policy import RuleKind
from graph.records import Term
from graph.view import View
from queries.derived import once
from queries.financing.gates.conditions import NO, UNKNOWN, YES
from queries.financing.gates.eligibility import RuleTable
from queries.financing.gates.telling import Telling, Told, UsedFact
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary


class EligibilityVerdict(Term):
    """Whether an enterprise may have a support."""

    ELIGIBLE = "符合条件"
    NOT = "不符合条件"
    UNKNOWN = "待核实"


VERDICTS: Final = {YES: EligibilityVerdict.ELIGIBLE, UNKNOWN: EligibilityVerdict.UNKNOWN, NO: EligibilityVerdict.NOT}
ANSWERS: Final = {YES: Ternary.YES, UNKNOWN: Ternary.UNKNOWN, NO: Ternary.NO}


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """How an enterprise fares under one rule. Rules of one `alternative` (a number) are alternatives: one of them is enough."""

    rule: int
    verdict: Ternary
    alternative: int
    used: tuple[UsedFact, ...]
    missing: tuple[MissingFact, ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether an enterprise may have what rules are about. `in_being` False: the register has closed it, so it may not, whatever rules say.

    `missing` the facts that would decide, where the verdict is UNKNOWN.
    """

    about: int
    verdict: EligibilityVerdict
    rules: tuple[RuleOutcome, ...]
    missing: tuple[MissingFact, ...]
    in_being: bool = True


def judged(view: View, telling: Telling, subject: int) -> Eligibility:
    """How the firm of a telling fares under all rules about a subject."""
    outcomes: list[RuleOutcome] = []
    worst, missing = YES, dict[MissingFact, None]()
    for number, rules in enumerate(rules_about(view, subject), 1):
        told = [telling.of_rule(rule) for rule in rules]
        best = max(one.verdict for one in told)
        outcomes += [_outcome(rule, one, number) for rule, one in zip(rules, told, strict=True)]
        worst = min(worst, best)
        if best == UNKNOWN:
            missing |= dict.fromkeys(fact for one in told if one.verdict == UNKNOWN for fact in one.missing)
    if not outcomes:
        worst, missing = UNKNOWN, {MissingFact(subject, "rulesAbout"): None}
    if not telling.in_being:
        worst = NO
    return Eligibility(
        subject, VERDICTS[worst], tuple(outcomes), tuple(missing) if worst == UNKNOWN else (), telling.in_being
    )  # fmt: skip


def _outcome(rule: int, told: Told, number: int) -> RuleOutcome:
    return RuleOutcome(rule, ANSWERS[told.verdict], number, told.used, told.missing)


def rules_about(view: View, subject: int) -> list[list[int]]:
    """The hard rules in force about a subject, in id order, alternatives together; empty where no rule is about it."""
    return rules_by_subject(view).get(subject, [])


def rules_by_subject(view: View) -> dict[int, list[list[int]]]:
    """`rules_about` everything that rules are about; made once a view."""

    def make() -> dict[int, list[list[int]]]:
        found: dict[int, list[list[int]]] = {}
        for gives in (False, True):
            _file(view, RuleTable.of(view, RuleKind.ELIGIBILITY, gives=gives), found)
        return found

    return once(view, rules_by_subject, make, of=frozenset({"Rule", "Industry"}))


def _file(view: View, table: RuleTable, found: dict[int, list[list[int]]]) -> None:
    """Put in the rules of a table."""
    rank = dict(zip(table.rules.tolist(), view.rank(table.rules).tolist(), strict=True))
    alternatives = np.split(table.rules, table.groups[1:]) if len(table.rules) else []
    for about, rules in zip(table.about[table.groups].tolist(), alternatives, strict=True):
        found.setdefault(about, []).append(sorted(rules.tolist(), key=rank.__getitem__))
    for about in table.subjects.tolist():
        found[about].sort(key=lambda one: rank[one[0]])
