"""Conditions of rules put to enterprises, one or all of them in one pass: three-valued (Kleene), as columns.

A comparison with a fact that nobody states is unknown; all is the least of its parts, any the most, not turns yes and no round. A rule
of one dimension is a comparison like any other (`condition_of`), so a condition may refer to rules of either form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np

from graph.condition import (
    EPOCH,
    BadCondition,
    Comparison,
    Condition,
    Either,
    Every,
    Fact,
    Negation,
    OfRule,
    facts_of,
    read_condition,
)
from graph.fields import FieldType
from graph.kinds.policy import Rule
from graph.kinds.terms import Dimension, Instrument, Operator, Ownership
from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.chain_position import Position
from queries.derived import once
from queries.exchange import in_currency, owed_in
from queries.ratios import UNLIMITED, Ints
from queries.trees import ancestors

Verdicts = np.ndarray[Any, np.dtype[np.int8]]

NO: Final = 0
UNKNOWN: Final = 1
YES: Final = 2
"""Verdicts in columns: the worse is the lesser."""

MAX_RULES_DEEP: Final = 40
"""So many rules may refer to each other in a row."""
MEMBERSHIP: Final = frozenset({Operator.IN, Operator.EQ, Operator.NOT_IN})
AT_LEAST: Final = frozenset({Operator.GTE, Operator.GT})
AT_MOST: Final = frozenset({Operator.LTE, Operator.LT})
COMPARED: Final = {
    Dimension.INDUSTRY: "industry",
    Dimension.STAGE: "stage",
    Dimension.REGION: "region",
    Dimension.TAG: "tags",
    Dimension.SIZE: "size",
    Dimension.OWNERSHIP: "ownership",
    Dimension.INSTRUMENT: "need.instrument",
}
"""Which fact a dimension asks for."""
IN_LISTS: Final = {"tags": "Tagged", "listedIn": "ListedIn"}
"""Facts that are lists, and the links that hold them."""
TREES: Final = frozenset({"industry", "region"})
"""Facts that a place or class above stands for too."""


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """What enterprises ask for, by enterprise: `amounts` in 分 (below 0: nobody says how much, UNLIMITED: it asks for nothing), and by
    which instrument, as the place of a code (NOT_STATED: nobody says).
    """

    amounts: Ints | None = None
    instruments: Ints | None = None

    @classmethod
    def one(cls, amount: int | None, instrument: Instrument | None) -> Asking:
        """What one asks for."""
        return cls.each(None if amount is None else np.array([min(amount, UNLIMITED)]), instrument, 1)

    @classmethod
    def each(cls, amounts: Ints | None, instrument: Instrument | None, firms: int) -> Asking:
        """What so many ask for by one instrument."""
        place = None if instrument is None else np.full(firms, list(Instrument).index(instrument))
        return cls(amounts, place)


NOTHING: Final = Asking()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rule of dimension CHAIN asks a firm to stand, or not to."""

    position: Position
    outside: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """The smallest ticket that a rule of dimension TICKET allows, in 分; None: it states only the largest, which is no condition."""

    least: int | None


Asked = Condition | Standing | Ticket | None
"""What a rule asks; None: only words say what."""


def condition_of(view: View, rule: int) -> Asked:
    """What a rule asks of an enterprise; None where it says so only in words, or bounds no enterprise. Made once a view."""
    return once(
        view, (condition_of, rule), lambda: _condition_of(view, rule), of=frozenset({"Rule", "Tag", "Industry"})
    )


def _condition_of(view: View, handle: int) -> Asked:
    rule = view.record(handle)
    assert isinstance(rule, Rule)
    facts = facts_by_name(view)
    if rule.condition is not None:
        try:
            return read_condition(rule.condition, facts)
        except BadCondition:
            # Stated to a service that knew other fields: nobody can tell what it asks.
            return None
    if rule.dimension is Dimension.TICKET:
        return _ticket(view, rule)
    if rule.dimension is Dimension.OWNERSHIP and rule.values:
        every = list(Ownership)
        owners = tuple(every.index(one) for one in every if one.name in rule.values or one.zh in rule.values)
        operator = Operator.NOT_IN if rule.operator is Operator.NOT_IN else Operator.IN
        return Comparison(facts["ownership"], operator, owners)
    if rule.stated_in_source is False or rule.dimension is None or rule.dimension is Dimension.OWNERSHIP:
        return None
    if rule.dimension is Dimension.CHAIN:
        position = Position.of(view, handle)
        return None if position is None else Standing(position, rule.operator is Operator.NOT_IN)
    values = _values(rule, rule.dimension)
    operator = rule.operator or Operator.IN
    if not values or operator not in MEMBERSHIP:
        return None
    return Comparison(facts[COMPARED[rule.dimension]], operator, values)


def _ticket(view: View, rule: Rule) -> Asked:
    if rule.amount is None or rule.operator not in AT_LEAST | AT_MOST:
        return None
    if rule.operator in AT_MOST:
        return Ticket(None)
    least = owed_in(view, rule.amount)
    return None if least is None else Ticket(least)


def _values(rule: Rule, dimension: Dimension) -> tuple[int | str, ...]:
    value: Term | str | None = getattr(rule, dimension.name.lower())
    if value is None:
        return ()
    return (list(type(value)).index(value) if isinstance(value, Term) else str(value),)


def facts_by_name(view: View) -> Mapping[str, Fact]:
    """What conditions may ask about in a view."""
    return once(view, facts_by_name, lambda: facts_of(view.ontology), of=frozenset({"Rule"}))


@dataclass(frozen=True, slots=True, eq=False)
class _Members:
    """Records that enterprises have: pairs of an enterprise's place and, as a place among `records`, what it has."""

    places: Ints
    which: Ints
    records: list[int]

    def met(self, firms: int, wanted: Collection[int]) -> np.ndarray:
        """By enterprise, whether it has any record that is wanted."""
        found = np.zeros(firms, bool)
        if len(self.records):
            hits = np.array([one in wanted for one in self.records])
            found[self.places[hits[self.which]]] = True
        return found


@dataclass(eq=False)
class FactColumns:
    """What is stated of some enterprises, each fact read when first asked for; columns are by place in `handles`."""

    view: View
    handles: Ints
    _numbers: dict[str, Ints] = field(default_factory=dict)
    _members: dict[str, _Members] = field(default_factory=dict)

    @classmethod
    def of_all(cls, view: View, handles: Ints) -> FactColumns:
        """Those of all enterprises; made once a view."""
        return once(view, FactColumns, lambda: cls(view, handles))

    def verdicts(self, condition: Asked, asking: Asking, deep: tuple[int, ...] = ()) -> Verdicts:
        """By enterprise, whether the condition holds; of what is stated only in words (None) nobody can tell.

        `deep`: the rules on the way to this condition; one that comes again is not known to hold.
        """
        match condition:
            case Comparison():
                return self.compared(condition, asking)
            case Every(parts):
                return np.asarray(np.minimum.reduce([self.verdicts(part, asking, deep) for part in parts]))
            case Either(parts):
                return np.asarray(np.maximum.reduce([self.verdicts(part, asking, deep) for part in parts]))
            case Negation(part):
                return np.asarray(YES - self.verdicts(part, asking, deep), np.int8)
            case Standing(position, outside):
                found = self.standing(position)
                return np.asarray(YES - found if outside else found, np.int8)
            case Ticket(least):
                return self._tickets(least, asking)
            case OfRule(identifier):
                rule = self.view.find(identifier)
                if rule >= 0 and rule not in deep and len(deep) < MAX_RULES_DEEP:
                    return self.of_rule(rule, asking, deep)
        return np.full(len(self.handles), UNKNOWN, np.int8)

    def of_rule(self, rule: int, asking: Asking, deep: tuple[int, ...] = ()) -> Verdicts:
        """By enterprise, whether it meets a rule."""
        return self.verdicts(condition_of(self.view, rule), asking, (*deep, rule))

    def standing(self, position: Position) -> Verdicts:
        """By enterprise, whether it stands where a position asks."""
        found = [position.verdict(self.view, firm) for firm in self.handles.tolist()] if len(self.handles) < 8 else None
        return np.array(found, np.int8) if found is not None else position.verdicts(self.view)

    def _tickets(self, least: int | None, asking: Asking) -> Verdicts:
        """Whether what each asks for is enough; who asks for nothing may take any."""
        if least is None or asking.amounts is None:
            return np.full(len(self.handles), YES, np.int8)
        return np.where(asking.amounts < 0, UNKNOWN, np.where(asking.amounts >= least, YES, NO)).astype(np.int8)

    def compared(self, one: Comparison, asking: Asking) -> Verdicts:
        """By enterprise, whether a comparison holds."""
        name, holds = one.fact.name, one.fact.holds
        if holds is FieldType.REF:
            met, known = self._among(one)
        elif name == "listingState":
            states, known = self.members(name), np.zeros(len(self.handles), bool)
            met = states.met(len(self.handles), {int(value) for value in one.values})
            known[states.places] = True
        else:
            values = self.numbers(one.fact, asking)
            known = values != NOT_STATED
            met = known & _holds(values, one.operator, one.values)
        if one.operator is Operator.NOT_IN:
            return np.where(met, NO, np.where(known, YES, UNKNOWN)).astype(np.int8)
        return np.where(met, YES, np.where(known, NO, UNKNOWN)).astype(np.int8)

    def numbers(self, fact: Fact, asking: Asking) -> Ints:
        """A fact as whole numbers in stored units, NOT_STATED where nobody states it, or no rate tells what it is in CNY."""
        match fact.name:
            case "need.amount":
                amounts = asking.amounts
                if amounts is None:
                    return np.full(len(self.handles), NOT_STATED)
                return np.where((amounts < 0) | (amounts >= UNLIMITED), NOT_STATED, amounts)
            case "need.instrument":
                return np.full(len(self.handles), NOT_STATED) if asking.instruments is None else asking.instruments
        found = self._numbers.get(fact.name)
        if found is None:
            found = self._numbers[fact.name] = self._read(fact)
        return found

    def _read(self, fact: Fact) -> Ints:
        name = self._python[fact.states]
        if fact.holds is FieldType.MONEY:
            amounts, unrated = in_currency(self.view, self.handles, name)
            return np.where(unrated, NOT_STATED, amounts)
        values = self.view.ints(self.handles, name)
        return _months(values, self.view.as_of) if fact.name == "ageMonths" else values

    @cached_property
    def _python(self) -> Mapping[str, str]:
        return {spec.graph_name: spec.name for spec in self.view.ontology["Enterprise"].fields}

    def members(self, name: str) -> _Members:
        """The records that enterprises have under a fact: of a tree, the firm's own places or classes."""
        found = self._members.get(name)
        if found is None:
            found = self._members[name] = self._read_members(name)
        return found

    def _read_members(self, name: str) -> _Members:
        view, handles = self.view, self.handles
        if name == "listingState":
            places, stages = view.expand("ListingStage", "enterprise", handles)
            targets = view.ints(stages, "state")
        elif name in IN_LISTS:
            places, links = view.expand(IN_LISTS[name], "source", handles)
            targets = view.refs(links, "target")
        else:
            places, targets = np.arange(len(handles)), view.refs(handles, self._python[name])
            if name == "industry":
                more, links = view.expand("InIndustry", "source", handles)
                places, targets = np.concatenate([places, more]), np.concatenate([targets, view.refs(links, "target")])
        kept = targets >= 0
        records, which = np.unique(targets[kept], return_inverse=True)
        return _Members(places[kept], which.astype(np.int64), records.tolist())

    def _among(self, one: Comparison) -> tuple[np.ndarray, np.ndarray]:
        """Whether each enterprise has any of the records that a comparison lists; and, where not, whether that is known."""
        view, name, firms = self.view, one.fact.name, len(self.handles)
        wanted = [view.find(str(value)) for value in one.values]
        have, named = self.members(name), {handle for handle in wanted if handle >= 0}
        below = named
        if name in TREES:
            below = {record for record in have.records if not named.isdisjoint(ancestors(view, record))}
        met = have.met(firms, below)
        # Of a record that is not in the view nobody can tell who has it.
        known = np.full(firms, len(named) == len(wanted))
        if name == "industry":
            # An industry of one classification says nothing about another.
            for scheme in {view.value(handle, "scheme") for handle in named}:
                known &= have.met(firms, {record for record in have.records if view.value(record, "scheme") == scheme})
        elif name not in IN_LISTS:
            stated = np.zeros(firms, bool)
            stated[have.places] = True
            known &= stated
        return met, known


def _holds(values: Ints, operator: Operator, wanted: tuple[Any, ...]) -> np.ndarray:
    match operator:
        case Operator.GTE:
            return np.asarray(values >= wanted[0])
        case Operator.GT:
            return np.asarray(values > wanted[0])
        case Operator.LTE:
            return np.asarray(values <= wanted[0])
        case Operator.LT:
            return np.asarray(values < wanted[0])
    found = np.zeros(len(values), bool)
    for value in wanted:
        found |= values == value
    return found


def _months(days: Ints, today: date) -> Ints:
    """Whole months of the calendar from each day to today; NOT_STATED stands."""
    stated = days != NOT_STATED
    dates = np.where(stated, days, 0).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    of_month = (dates - months.astype("datetime64[D]")).astype(np.int64)
    now = (today.year - EPOCH.year) * 12 + today.month - 1
    whole = now - months.astype(np.int64) - (of_month > today.day - 1)
    return np.where(stated, whole, NOT_STATED)
