"""How much one yuan into a firm moves the covenants of a fund, for all firms at once.

The margin of a covenant that counts investments is affine in what is invested: numerator and denominator grow by a weight of the firm
and by 0 or 1. Of concentration the move depends on all the others (`queries.targets.dispersal`); what no investment moves is told in
`queries.targets.unmendable`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from graph.kinds.parties import FundType
from graph.kinds.policy import CovenantKind, MoneyBase
from graph.kinds.terms import Operator
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.gates.eligibility import NO, UNKNOWN, YES, Verdicts
from queries.financing.reaching.firms import Firms
from queries.financing.terms import Ternary
from queries.funds.counting import conditions, fitting_weight, usual_weight
from queries.funds.covenant_rules import BASES, CovenantRule
from queries.funds.deployment import field_weighings, reinvestment_conditions, reinvestment_weighings
from queries.funds.facts import FundFacts
from queries.funds.judging import Covenant
from queries.funds.measures import NotApplicable
from queries.funds.months import is_due
from queries.funds.outlook import CovenantOutlook
from queries.ratios import Ints
from queries.targets.dispersal import Dispersal
from queries.targets.firm_columns import FirmColumns
from queries.targets.unmendable import Unmendable, unmendable
from queries.thresholds import meets

ONE: Final = Fraction(1)
SIGNS: Final = {
    Operator.GTE: (1,), Operator.GT: (1,), Operator.LTE: (-1,), Operator.LT: (-1,), Operator.EQ: (1, -1),
}  # fmt: skip
"""On which side of the threshold the value is to be, by comparison: above it, or below."""
SHARES_OF_INVESTED: Final = (CovenantKind.MAIN_FIELD, CovenantKind.EARLY_STAGE)
COUNTING: Final = (CovenantKind.REINVESTMENT, CovenantKind.MAIN_FIELD, CovenantKind.EARLY_STAGE)
PACES: Final = (CovenantKind.DEPLOYMENT_RATE, CovenantKind.DEPLOYMENT_PACE)
TOLD: Final = {YES: Ternary.YES, UNKNOWN: Ternary.UNKNOWN, NO: Ternary.NO}
STRICT: Final = (Operator.GT, Operator.LT)

Effect = tuple[Fraction, Fraction]
"""What one yuan adds to a margin, at least and at most: they differ where a fact of the firm is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """A covenant that investments move. `effects` the different ones that firms have, `of_firm` by firm the place of its own.

    margin: 分 by which it is met; negative: by which it is not. strict: at 0 it is not met. is_known: whether it is met as things are;
    where not, the margin is the largest that it may have, and deals must not make it known to be broken.
    """

    covenant: Covenant
    margin: Fraction
    strict: bool
    effects: tuple[Effect, ...]
    of_firm: Ints
    is_known: bool = True

    @property
    def is_met(self) -> bool:
        """Whether it is met as things are, or may be."""
        return self.margin > 0 or (self.margin == 0 and (not self.strict or self.covenant.measure.nothing))

    def effect(self, place: int) -> Effect:
        """What one yuan into the firm at a place adds to the margin."""
        return self.effects[int(self.of_firm[place])]

    def counted(self, effect: Effect) -> Fraction:
        """What counts of an effect in a portfolio: the least, and of a covenant of which it is not known whether it is met the most."""
        return effect[0 if self.is_known else 1]


@dataclass(frozen=True, slots=True, eq=False)
class Repairs:
    """What the covenants of a fund ask of its deals.

    requirements, dispersals: those that investments move, on concentration the second. marginal: the second that are not met, as the next
    yuan moves them. unweighed: those that bound concentration from
    below. beyond: those that are not met and that no deal is known to mend, and why.
    """

    outlook: CovenantOutlook
    requirements: tuple[Requirement, ...]
    dispersals: tuple[Dispersal, ...]
    marginal: tuple[Requirement, ...]
    unweighed: tuple[Covenant, ...]
    beyond: tuple[tuple[Covenant, Unmendable], ...]

    @classmethod
    def of(cls, view: View, fund: int) -> Repairs:
        """The repairs of a fund; made once a view and fund."""
        return once(view, (Repairs, fund), lambda: cls._made(view, fund))

    @classmethod
    def _made(cls, view: View, fund: int) -> Repairs:
        outlook = CovenantOutlook(view, fund)
        requirements: list[Requirement] = []
        dispersals: list[Dispersal] = []
        unweighed: list[Covenant] = []
        beyond: list[tuple[Covenant, Unmendable]] = []
        for one, rule in zip(outlook.now, outlook.rules, strict=True):
            if not _may_be_asked(outlook.facts, one, rule):
                continue
            if one.kind is CovenantKind.CONCENTRATION:
                found = Dispersal.of(view, outlook.facts, one, rule.record.dimension)
                if found is not None:
                    dispersals.append(found)
                elif one.met is not None:
                    unweighed.append(one)
                continue
            made = list(_requirements(view, outlook.facts, one, rule))
            requirements += made
            short = [some for some in made if not some.is_met]
            if one.met is False and not any(low > 0 for some in short for low, _ in some.effects):
                may_be = any(high > 0 for some in short for _, high in some.effects)
                beyond.append((one, unmendable(outlook.facts, one, may_be=may_be)))
        marginal = [
            Requirement(one.covenant, margin, one.strict, *one.marginal)
            for one in dispersals
            if one.covenant.met is False and (margin := _margin(one.covenant, one.share, -1)) is not None
        ]
        return cls(outlook, tuple(requirements), tuple(dispersals), tuple(marginal), tuple(unweighed), tuple(beyond))

    @property
    def broken(self) -> tuple[Requirement, ...]:
        """Those that are not met, as the next yuan moves them."""
        return (*(one for one in self.requirements if not one.is_met), *self.marginal)

    @property
    def asked(self) -> tuple[Requirement, ...]:
        """Those that deals have to meet: all but what none is known to mend."""
        beyond = {one.rule for one, _ in self.beyond}
        return tuple(one for one in self.requirements if one.covenant.rule not in beyond)

    @property
    def are_needed(self) -> bool:
        """Whether a covenant is not met that deals may mend."""
        return not all(one.is_met for one in self.asked) or any(one.covenant.met is False for one in self.dispersals)

    def utility(self, firms: int) -> Ints:
        """By firm, in millionths rounded down: what one yuan takes off the shortfalls, each counted 0–1, on the mean of those not met.

        NOT_STATED where every covenant is met, or where a fact is missing on which it depends.
        """
        broken = self.broken
        if not broken:
            return np.full(firms, NOT_STATED)
        total, known = np.zeros(firms, np.int64), np.ones(firms, bool)
        for one in broken:
            parts = [min(ONE, max(Fraction(0), low)) for low, _ in one.effects]
            total += np.array([int(part * MILLION) for part in parts], np.int64)[one.of_firm]
            known &= np.array([low == high for low, high in one.effects])[one.of_firm]
        return np.where(known, total // len(broken), NOT_STATED)


def _may_be_asked(facts: FundFacts, covenant: Covenant, rule: CovenantRule) -> bool:
    """Whether a covenant can be told to be met or broken, now or after deals; one of which nothing can be measured yet, after them."""
    if covenant.threshold is None or covenant.operator is None or rule.missing:
        return False
    if covenant.not_applicable is None:
        return True
    of_deals = covenant.kind is CovenantKind.CONCENTRATION or _is_of_invested(covenant.kind, rule)
    return (
        covenant.not_applicable is NotApplicable.NOTHING_TO_MEASURE
        and of_deals
        and is_due(facts, rule.record.max_months) is True
    )


def _is_of_invested(kind: CovenantKind, rule: CovenantRule) -> bool:
    """Whether what a deal brings is part of the denominator too."""
    return kind in SHARES_OF_INVESTED and (rule.base or BASES[kind]) is MoneyBase.INVESTED


def _requirements(view: View, facts: FundFacts, covenant: Covenant, rule: CovenantRule) -> Iterator[Requirement]:
    """The covenant as requirements, two of what must equal a value; none where investments do not move it."""
    firms = len(Firms.of(view))
    threshold, operator = covenant.threshold, covenant.operator
    assert threshold is not None
    assert operator is not None
    if covenant.kind is CovenantKind.IDLE_MONTHS:
        idle, paid = covenant.measure.numerator, covenant.measure.denominator
        at_once = meets(operator, threshold, Fraction(0), Fraction(0))
        if (
            covenant.met is False
            and at_once
            and idle is not None
            and paid is not None
            and rule.record.value is not None
        ):
            # Once less than the share lies idle, the months begin anew.
            margin = Fraction(rule.record.value) * paid - idle
            yield Requirement(covenant, margin, True, ((ONE, ONE),), np.zeros(firms, np.int64))
        return
    if covenant.kind in PACES:
        weights, of_firm = [(ONE, ONE)], np.zeros(firms, np.int64)
    elif covenant.kind in COUNTING:
        weights, of_firm = _weights(view, facts, covenant.kind, rule)
    else:
        return
    of_bottom = threshold if _is_of_invested(covenant.kind, rule) else Fraction(0)
    for sign in SIGNS[operator]:
        margin_ = _margin(covenant, threshold, sign)
        if margin_ is not None:
            moved = [((low - of_bottom) * sign, (high - of_bottom) * sign) for low, high in weights]
            effects = tuple((min(pair), max(pair)) for pair in moved)
            is_known = covenant.met is not None or covenant.measure.nothing
            yield Requirement(covenant, margin_, operator in STRICT, effects, of_firm, is_known)


def _margin(covenant: Covenant, threshold: Fraction, sign: int) -> Fraction | None:
    """分 by which the value is above a threshold, or below it (sign -1), by its bounds where it is not known. None: no bound is."""
    measure = covenant.measure
    if measure.nothing:
        return Fraction(0)
    end = measure.high if sign > 0 else measure.low
    if covenant.met is not None and measure.value is None:
        end = measure.low if sign > 0 else measure.high
    if measure.denominator is None or end is None:
        return None
    return (end - threshold) * measure.denominator * sign


def _weights(view: View, facts: FundFacts, kind: CovenantKind, rule: CovenantRule) -> tuple[list[Effect], Ints]:
    """By how much money in a firm counts in a covenant: the different weights, and by firm the place of its own."""
    firms = FirmColumns(view)
    if kind is CovenantKind.REINVESTMENT:
        if facts.record.type is FundType.GUIDANCE:
            # What counts is invested by the funds below it.
            return [(Fraction(0), Fraction(0))], np.zeros(len(firms.firms), np.int64)
        wanted = reinvestment_conditions(facts, rule)
        base, weighings = firms.all_of(wanted), reinvestment_weighings(rule, wanted)
    elif kind is CovenantKind.MAIN_FIELD:
        wanted = conditions(rule.record)
        base = firms.all_of(wanted) if wanted else np.full(len(firms.firms), NO, np.int8)
        weighings = field_weighings(rule)
    else:
        base, weighings = firms.early(rule.record), []
    return _weighed(base, [(firms.all_of(one.wanted), one.weight) for one in weighings])


def _weighed(base: Verdicts, weighings: Sequence[tuple[Verdicts, Fraction]]) -> tuple[list[Effect], Ints]:
    """As `queries.funds.counting.counted` weighs one investment: once for each different combination of verdicts."""
    combinations, of_firm = _combined([base, *(verdicts for verdicts, _ in weighings)])
    found = []
    for own, *fits in combinations:
        told = [(fit, weight) for fit, (_, weight) in zip(fits, weighings, strict=True)]
        sure = [weight for fit, weight in told if fit == YES]
        maybe = [weight for fit, weight in told if fit == UNKNOWN]
        found.append(fitting_weight(sure, maybe) if sure else usual_weight(TOLD[own], maybe))
    return found, of_firm


def _combined(columns: Sequence[Verdicts]) -> tuple[list[tuple[int, ...]], Ints]:
    """(the different combinations of verdicts, by firm the place of its own). Cost: two passes a column."""
    combinations: list[tuple[int, ...]] = [()]
    place = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        number = place * 3 + column
        used = np.flatnonzero(np.bincount(number, minlength=1))
        combinations = [(*combinations[one // 3], one % 3) for one in used.tolist()]
        at = np.zeros(3 * len(place) + 3 if not len(used) else int(used[-1]) + 1, np.int64)
        at[used] = np.arange(len(used))
        place = at[number]
    return combinations, place
