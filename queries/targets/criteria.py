"""What an enterprise must meet to be a target, put to all enterprises at once: three-valued, each with its rules and missing facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension, Instrument
from graph.records import Term
from graph.view import View
from queries.derived import once
from queries.financing.gates.eligibility import (
    NO,
    UNKNOWN,
    YES,
    RuleTable,
    Verdicts,
    missing_facts,
    ruled_subjects,
)
from queries.financing.limits.constraints import MissingFact
from queries.financing.reaching.firms import Firms
from queries.financing.reaching.rules import Alternatives, conditions
from queries.ratios import UNLIMITED, UNSTATED
from queries.targets.headroom import Headroom


class Verdict(Term):
    """Whether an enterprise is a target."""

    FITS = "符合"
    UNKNOWN = "待核实"
    NOT = "不符合"


class CriterionKind(Term):
    """What a criterion is about."""

    REGISTER = "登记状态"
    MANDATE = "投向约定"
    INDUSTRY = "行业"
    STAGE = "阶段"
    REGION = "地区"
    TAG = "标签"
    INSTRUMENT = "工具"
    SIZE = "规模"
    OWNERSHIP = "所有制"
    TICKET = "单笔金额"
    CHAIN = "产业链位置"
    COMPANY_CAP = "单一企业上限"
    NEED = "融资需求"
    TICKET_BAND = "金额档"
    PERIOD = "年度"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion as one enterprise fares: of alternatives any rule would do. `missing` the facts that would decide it."""

    kind: CriterionKind
    verdict: Verdict
    rules: tuple[int, ...] = ()
    missing: tuple[MissingFact, ...] = ()


VERDICTS = {YES: Verdict.FITS, UNKNOWN: Verdict.UNKNOWN, NO: Verdict.NOT}
NO_RATE: Final = "needs.amount: rate to CNY"
Facts = Callable[[int], tuple[MissingFact, ...]]
"""The facts that would decide for the firm at a place."""


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """One criterion: by firm what it says, and how a firm fares that does not meet it."""

    kind: CriterionKind
    verdicts: Verdicts
    rules: tuple[int, ...] = ()
    missing: Facts = lambda _: ()

    def told(self, place: int) -> Iterator[Criterion]:
        """The criterion as a firm fares; nothing where it meets it."""
        verdict = int(self.verdicts[place])
        if verdict != YES:
            facts = self.missing(place) if verdict == UNKNOWN else ()
            yield Criterion(self.kind, VERDICTS[verdict], self.rules, facts)


def together(conditions: Sequence[Condition], firms: int) -> Verdicts:
    """By firm, the worst that any condition says: all must hold."""
    found = np.full(firms, YES, np.int8)
    for one in conditions:
        np.minimum(found, one.verdicts, out=found)
    return found


def of_fund(view: View, fund: int) -> tuple[Condition, ...]:
    """What a fund asks: an enterprise in being, each hard rule of its mandate, a ticket that its terms allow. Made once a view.

    A fund of which no rule is stated has a mandate that nobody knows. Where the firm declares no need, any ticket does.
    """
    return once(view, (of_fund, fund), lambda: tuple(_of_fund(view, fund)))


def in_being(view: View) -> Condition:
    """The register has not closed it; what the register does not say is no closure."""
    return Condition(CriterionKind.REGISTER, np.where(Firms.of(view).struck_off, NO, YES).astype(np.int8))


def _of_fund(view: View, fund: int) -> Iterator[Condition]:
    firms, headroom = Firms.of(view), Headroom.of(view, fund)
    yield in_being(view)
    if fund not in ruled_subjects(view, RuleKind.MANDATE):
        unknown = np.full(len(firms), UNKNOWN, np.int8)
        yield Condition(CriterionKind.MANDATE, unknown, (), lambda _: (MissingFact(fund, "rulesAbout"),))
    table = RuleTable.of(view, RuleKind.MANDATE)
    for one in conditions(view, RuleKind.MANDATE, fund, headroom.asked, Instrument.EQUITY):
        yield _of_rules(view, table, firms, one)
    yield from _of_terms(firms, headroom)


def _of_rules(view: View, table: RuleTable, firms: Firms, one: Alternatives) -> Condition:
    rank = view.rank(table.rules[list(one.places)])
    places = [place for _, place in sorted(zip(rank.tolist(), one.places, strict=True))]
    dimension = int(table.dimension[places[0]])
    is_known = 0 <= dimension < len(Dimension)
    kind = CriterionKind[list(Dimension)[dimension].name] if is_known else CriterionKind.MANDATE
    each = {rule: verdicts for rule, verdicts in one.each}

    def missing(at: int) -> tuple[MissingFact, ...]:
        firm = int(firms.handles[at])
        open_rules = [place for place in places if each[int(table.rules[place])][at] == UNKNOWN]
        facts = (fact for place in open_rules for fact in _facts(view, table, place, firm))
        return tuple(dict.fromkeys(facts))

    return Condition(kind, one.verdicts, tuple(int(table.rules[place]) for place in places), missing)


def _facts(view: View, table: RuleTable, place: int, firm: int) -> tuple[MissingFact, ...]:
    if place in table.least:
        return (MissingFact(firm, NO_RATE),)
    return missing_facts(view, table, place, firm)


def _of_terms(firms: Firms, headroom: Headroom) -> Iterator[Condition]:
    """The smallest ticket against what the firm asks for, the largest ticket, and the room under the cap."""
    least = headroom.smallest
    asked = headroom.asked
    too_small = (asked != UNSTATED) & (asked < least)
    if headroom.largest is not None and headroom.largest < least:
        too_small[:] = True
    verdicts = np.where(too_small, NO, YES)
    bounded = headroom.least is not None or bool(headroom.unrated)
    unknown = (asked == UNSTATED) & bounded & ~too_small
    if headroom.unrated:
        unknown |= ~too_small
    verdicts[unknown] = UNKNOWN

    def missing(at: int) -> tuple[MissingFact, ...]:
        own = (MissingFact(int(firms.handles[at]), NO_RATE),) if asked[at] == UNSTATED else ()
        return (*headroom.unrated, *own)

    rules = (headroom.rule,) if headroom.rule >= 0 else ()
    yield Condition(CriterionKind.TICKET, verdicts.astype(np.int8), rules, missing)
    if (headroom.room < UNLIMITED).any():
        yield Condition(CriterionKind.COMPANY_CAP, np.where(headroom.room < least, NO, YES).astype(np.int8))
