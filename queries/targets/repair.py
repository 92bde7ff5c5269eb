"""How much one yuan into a firm moves the covenants of a fund, for all firms at once.

The margin of a covenant that counts investments is affine in what is invested: numerator and denominator grow by a weight of the firm
and by 0 or 1. Leverage, shares of capital, paid-in pace and distributions are moved by no investment; of concentration, the move depends
on all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from graph.kinds.parties import FundType
from graph.kinds.policy import CovenantKind, MoneyBase, Rule
from graph.kinds.terms import Operator, SizeClass, Stage
from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.gates.eligibility import NO, UNKNOWN, YES, Verdicts
from queries.financing.reaching.firms import Firms
from queries.financing.terms import Ternary
from queries.funds.counting import EARLY, Conditions, conditions, early_stages, fitting_weight, usual_weight
from queries.funds.covenant_rules import BASES, CovenantRule
from queries.funds.deployment import field_weighings, reinvestment_conditions, reinvestment_weighings
from queries.funds.facts import FundFacts
from queries.funds.judging import FLOORS, Covenant
from queries.funds.outlook import CovenantOutlook
from queries.ratios import Ints
from queries.trees import descendants

ONE: Final = Fraction(1)
COUNTING: Final = (CovenantKind.REINVESTMENT, CovenantKind.MAIN_FIELD, CovenantKind.EARLY_STAGE)
PACES: Final = (CovenantKind.DEPLOYMENT_RATE, CovenantKind.DEPLOYMENT_PACE)
TOLD: Final = {YES: Ternary.YES, UNKNOWN: Ternary.UNKNOWN, NO: Ternary.NO}
STRICT: Final = (Operator.GT, Operator.LT)

Effect = tuple[Fraction, Fraction]
"""What one yuan adds to a margin, at least and at most: they differ where a fact of the firm is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """A covenant that investments move. `effects` the different ones that firms have, `of_firm` by firm the place of its own.

    margin: 分 by which it is met; negative: by which it is not. strict: at 0 it is not met.
    """

    covenant: Covenant
    margin: Fraction
    strict: bool
    effects: tuple[Effect, ...]
    of_firm: Ints

    @property
    def is_met(self) -> bool:
        """Whether it is met as things are."""
        return self.margin > 0 or (self.margin == 0 and not self.strict)

    def effect(self, place: int) -> Effect:
        """What one yuan into the firm at a place adds to the margin."""
        return self.effects[int(self.of_firm[place])]


@dataclass(frozen=True, slots=True, eq=False)
class Repairs:
    """The covenants of a fund of which it is known whether they are met.

    requirements: those that investments move by themselves. unweighed: those on concentration, whose move depends on all other
    investments. beyond: those that are not met and that no investment is known to mend.
    """

    outlook: CovenantOutlook
    requirements: tuple[Requirement, ...]
    unweighed: tuple[Covenant, ...]
    beyond: tuple[Covenant, ...]

    @classmethod
    def of(cls, view: View, fund: int) -> Repairs:
        """The repairs of a fund; made once a view and fund."""
        return once(view, (Repairs, fund), lambda: cls._made(view, fund))

    @classmethod
    def _made(cls, view: View, fund: int) -> Repairs:
        outlook = CovenantOutlook(view, fund)
        rules = {rule.handle: rule for rule in outlook.rules}
        requirements: list[Requirement] = []
        unweighed: list[Covenant] = []
        beyond: list[Covenant] = []
        for one in outlook.now:
            if one.met is None:
                continue
            if one.kind is CovenantKind.CONCENTRATION:
                unweighed.append(one)
                continue
            made = _requirement(view, outlook.facts, one, rules[one.rule])
            if made is not None:
                requirements.append(made)
            elif not one.met:
                beyond.append(one)
        return cls(outlook, tuple(requirements), tuple(unweighed), tuple(beyond))

    @property
    def broken(self) -> tuple[Requirement, ...]:
        """Those that are not met."""
        return tuple(one for one in self.requirements if not one.is_met)

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


def _requirement(view: View, facts: FundFacts, covenant: Covenant, rule: CovenantRule) -> Requirement | None:
    """The covenant as a requirement; None where investments do not move it, or not alone."""
    firms = len(Firms.of(view))
    if covenant.kind is CovenantKind.IDLE_MONTHS:
        idle, paid = covenant.measure.numerator, covenant.measure.denominator
        if covenant.met or idle is None or paid is None or rule.record.value is None:
            return None
        # Once less than the share lies idle, the months begin anew.
        margin = Fraction(rule.record.value) * paid - idle
        return Requirement(covenant, margin, True, ((ONE, ONE),), np.zeros(firms, np.int64))
    margin_ = covenant.margin
    if margin_ is None or covenant.threshold is None or covenant.operator in (None, Operator.EQ):
        return None
    sign = 1 if covenant.operator in FLOORS else -1
    strict = covenant.operator in STRICT
    if covenant.kind in PACES:
        return Requirement(covenant, margin_, strict, ((ONE * sign, ONE * sign),), np.zeros(firms, np.int64))
    if covenant.kind not in COUNTING:
        return None
    base = rule.base or BASES[covenant.kind]
    of_bottom = covenant.threshold if base is MoneyBase.INVESTED else Fraction(0)
    weights, of_firm = _weights(view, facts, covenant.kind, rule)
    moved = [((low - of_bottom) * sign, (high - of_bottom) * sign) for low, high in weights]
    effects = tuple((min(pair), max(pair)) for pair in moved)
    return Requirement(covenant, margin_, strict, effects, of_firm)


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


class FirmColumns:
    """What covenants ask of firms, of all at once: as `queries.funds.counting.FirmFacts` of money put in today."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.firms = Firms.of(view)

    def all_of(self, wanted: Conditions) -> Verdicts:
        """By firm, whether all conditions hold; a condition that names nothing cannot be told."""
        found = np.full(len(self.firms), YES, np.int8)
        for name, value in wanted.items():
            np.minimum(found, self.has(name, value), out=found)
        return found

    def has(self, name: str, value: object) -> Verdicts:
        """By firm, whether one condition holds. Made once a view."""
        return once(self.view, (FirmColumns, name, value), lambda: self._has(name, value))

    def early(self, rule: Rule) -> Verdicts:
        """By firm, whether money in it now is money at an early stage."""
        stages = early_stages(rule)
        rest = self.all_of({name: value for name, value in conditions(rule).items() if name != "stage"})
        return np.minimum(rest, self._coded("stage", EARLY if stages is None else stages))

    def _has(self, name: str, value: object) -> Verdicts:
        if value is None:
            return np.full(len(self.firms), UNKNOWN, np.int8)
        if isinstance(value, (Stage, SizeClass)):
            return self._coded(name, (value,))
        place = self.view.find(value) if isinstance(value, str) else -1
        handles = self.firms.handles
        match name:
            case "tag":
                return self._ternary(self.firms.linked(self.view, "Tagged", [place]), np.ones(len(handles), bool))
            case "region":
                own = self.view.refs(handles, "region")
                return self._ternary(np.isin(own, self._below(place)), own >= 0)
        own, below = self.view.refs(handles, "industry"), self._below(place)
        return self._ternary(np.isin(own, below) | self.firms.linked(self.view, "InIndustry", below), own >= 0)

    def _below(self, place: int) -> list[int]:
        return descendants(self.view, place) if place >= 0 else []

    def _coded(self, name: str, values: Sequence[Term]) -> Verdicts:
        codes = self.view.ints(self.firms.handles, name)
        among = [list(type(value)).index(value) for value in values]
        return self._ternary(np.isin(codes, among), codes != NOT_STATED)

    def _ternary(self, met: np.ndarray, known: np.ndarray) -> Verdicts:
        return np.where(met, YES, np.where(known, NO, UNKNOWN)).astype(np.int8)
