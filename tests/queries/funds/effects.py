"""How money in one firm would move the covenants of a fund, as their own measures tell it: one firm and one rule at a time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from graph.kinds.policy import CovenantKind, MoneyBase
from graph.snapshot import day_of
from queries.funds.investments import Investment
from queries.funds.judging import measured
from queries.funds.outlook import UNRECORDED, CovenantOutlook

COUNTING = (CovenantKind.REINVESTMENT, CovenantKind.MAIN_FIELD, CovenantKind.EARLY_STAGE)
DEPLOYING = (CovenantKind.DEPLOYMENT_RATE, CovenantKind.DEPLOYMENT_PACE)


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much 1 分 invested in a firm moves a covenant: its numerator between low and high, its denominator by `bottom`.

    Low and high differ where a fact of the firm is missing.
    """

    rule: int
    low: Fraction
    high: Fraction
    bottom: Fraction


def effects(outlook: CovenantOutlook, enterprise: int) -> tuple[Effect, ...]:
    """The covenants whose numerator and denominator grow in step with what is invested, in order of rules."""
    facts, found = outlook.facts, []
    probe = Investment(facts.fund, UNRECORDED, enterprise, 1, day_of(facts.view.as_of), UNRECORDED)
    then = facts.with_more([probe])
    for rule in outlook.rules:
        if rule.kind in DEPLOYING:
            found.append(Effect(rule.handle, Fraction(1), Fraction(1), Fraction(0)))
        elif rule.kind in COUNTING:
            counted = measured(then, outlook.firms, rule.kind, rule.variant, rule.base, rule).counted
            low, high = next(((one.low, one.high) for one in counted if one.round == UNRECORDED), (0, 0))
            grows = rule.kind is not CovenantKind.REINVESTMENT and rule.base is MoneyBase.INVESTED
            found.append(Effect(rule.handle, Fraction(low), Fraction(high), Fraction(grows)))
    return tuple(found)
