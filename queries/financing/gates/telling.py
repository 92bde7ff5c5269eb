"""How one enterprise fares under a rule, told fact by fact: what was used, and what nobody states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import numpy as np

from graph.condition import Comparison, Either, Every, Negation, OfRule
from graph.fields import FieldType
from graph.kinds.parties import EnterpriseStatus
from graph.kinds.terms import Instrument
from graph.money import Money
from graph.records import Term
from graph.view import View
from queries.financing.gates.conditions import (
    IN_LISTS,
    MAX_RULES_DEEP,
    UNKNOWN,
    YES,
    Asked,
    Asking,
    FactColumns,
    Standing,
    Ticket,
    condition_of,
)
from queries.financing.limits.constraints import MissingFact
from queries.ratios import UNLIMITED

NO_RATE: Final = "rate to CNY"


@dataclass(frozen=True, slots=True)
class UsedFact:
    """A fact that decided: the field of a record, and what it says, as text (a list's items joined by a comma; empty: it is empty)."""

    record: int
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict with the facts behind it; `missing` only where it is UNKNOWN."""

    verdict: int
    used: tuple[UsedFact, ...] = ()
    missing: tuple[MissingFact, ...] = ()


def told_of(view: View, rule: int, firm: int, asking: Asking) -> Told:
    """How a firm fares under a rule. Cost: the facts of one firm."""
    return Telling(FactColumns(view, np.array([firm])), firm, asking).of_rule(rule)


class Telling:
    """Tells how one firm fares under rules; each of its facts is read once."""

    def __init__(self, facts: FactColumns, firm: int, asking: Asking) -> None:
        self.view, self.facts, self.firm, self.asking = facts.view, facts, firm, asking

    @cached_property
    def in_being(self) -> bool:
        """Whether the register has not closed the firm; what it does not say is no closure."""
        return self.view.value(self.firm, "status") in (None, EnterpriseStatus.ACTIVE)

    def of_rule(self, rule: int, deep: tuple[int, ...] = ()) -> Told:
        """How the firm fares under a rule; `deep`: the rules on the way to it."""
        asked = condition_of(self.view, rule)
        if asked is None:
            stated = self.view.value(rule, "condition") is not None
            return Told(UNKNOWN, missing=(MissingFact(rule, "condition" if stated else "text"),))
        return self._told(asked, (*deep, rule))

    def _told(self, asked: Asked, deep: tuple[int, ...]) -> Told:
        match asked:
            case Comparison():
                return self._compared(asked)
            case Every(parts):
                return self._joined([self._told(part, deep) for part in parts], min)
            case Either(parts):
                return self._joined([self._told(part, deep) for part in parts], max)
            case Negation(part):
                found = self._told(part, deep)
                return Told(YES - found.verdict, found.used, found.missing)
            case OfRule(identifier):
                return self._referred(identifier, deep)
            case Standing(position, outside):
                verdict = int(self.facts.standing(position)[0])
                missing = tuple(MissingFact(self.firm, name) for name in position.missing(self.view, self.firm))
                if verdict == UNKNOWN:
                    return Told(UNKNOWN, missing=missing)
                used = tuple(UsedFact(self.firm, name, "") for name in position.fields)
                return Told(YES - verdict if outside else verdict, used)
            case Ticket():
                verdict = int(self.facts.verdicts(asked, self.asking)[0])
                missing = (MissingFact(self.firm, f"needs.amount: {NO_RATE}"),) if verdict == UNKNOWN else ()
                return Told(verdict, self._need_amount(), missing)
        return Told(UNKNOWN)

    @staticmethod
    def _joined(parts: list[Told], choose: Any) -> Told:
        verdict = choose(part.verdict for part in parts)
        used = dict.fromkeys(fact for part in parts for fact in part.used)
        open_parts = [part for part in parts if part.verdict == UNKNOWN] if verdict == UNKNOWN else []
        missing = dict.fromkeys(fact for part in open_parts for fact in part.missing)
        return Told(verdict, tuple(used), tuple(missing))

    def _referred(self, identifier: str, deep: tuple[int, ...]) -> Told:
        rule = self.view.find(identifier)
        if rule < 0:
            return Told(UNKNOWN, missing=(MissingFact(deep[-1], f"condition: {identifier} is not in force"),))
        if rule in deep:
            way = " → ".join(map(self.view.id_of, (*deep[deep.index(rule) :], rule)))
            return Told(UNKNOWN, missing=(MissingFact(deep[-1], f"condition: depends on itself, {way}"),))
        if len(deep) >= MAX_RULES_DEEP:
            return Told(UNKNOWN, missing=(MissingFact(deep[-1], f"condition: {MAX_RULES_DEEP} rules deep"),))
        return self.of_rule(rule, deep)

    def _compared(self, one: Comparison) -> Told:
        verdict = int(self.facts.compared(one, self.asking)[0])
        if verdict == UNKNOWN:
            return Told(UNKNOWN, missing=tuple(dict.fromkeys(self._unstated(one))))
        return Told(verdict, self._used(one))

    def _used(self, one: Comparison) -> tuple[UsedFact, ...]:
        match one.fact.name:
            case "need.amount":
                return self._need_amount()
            case "need.instrument":
                return (UsedFact(self.firm, one.fact.states, self._instrument()),)
            case "listingState":
                states = list(one.fact.term or ())
                shown = [states[place].name for place in self.facts.members("listingState").records]
                return (UsedFact(self.firm, one.fact.states, ", ".join(shown)),)
        if one.fact.holds is FieldType.REF:
            # One by one: there are few, and columns of ids take their time to make.
            records = map(self.view.id_of, self.facts.members(one.fact.name).records)
            return (UsedFact(self.firm, one.fact.states, ", ".join(sorted(records))),)
        return (UsedFact(self.firm, one.fact.states, _text(self._stated(one.fact.states))),)

    def _instrument(self) -> str:
        asked = self.asking.instruments
        return "" if asked is None else list(Instrument)[int(asked[0])].name

    def _need_amount(self) -> tuple[UsedFact, ...]:
        amounts = self.asking.amounts
        if amounts is None or not 0 <= int(amounts[0]) < UNLIMITED:
            return ()
        return (UsedFact(self.firm, "needs.amount", str(Money(int(amounts[0])).amount)),)

    def _stated(self, graph_name: str) -> Any:
        spec = next(spec for spec in self.view.ontology["Enterprise"].fields if spec.graph_name == graph_name)
        return self.view.value(self.firm, spec.name)

    def _unstated(self, one: Comparison) -> Iterable[MissingFact]:
        """What would have to be stated to tell."""
        name, field = one.fact.name, one.fact.states
        if one.fact.holds is FieldType.REF:
            gone = [str(value) for value in one.values if self.view.find(str(value)) < 0]
            yield from (MissingFact(self.firm, f"{field}: {identifier} is not in this view") for identifier in gone)
            if name not in IN_LISTS and (not gone or not self.facts.members(name).records):
                yield MissingFact(self.firm, field)
        elif one.fact.holds is FieldType.MONEY and name != "need.amount" and self._stated(field) is not None:
            yield MissingFact(self.firm, f"{field}: {NO_RATE}")
        else:
            yield MissingFact(self.firm, field)


def _text(value: Any) -> str:
    match value:
        case Money():
            return f"{value.amount}" if value.currency == "CNY" else f"{value.amount} {value.currency}"
        case Term():
            return value.name
        case date():
            return value.isoformat()
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)
