"""Conditions as data: what must hold of an enterprise and what it asks for, as comparisons joined by all, any and not.

`{"all": [{"field": "employees", "operator": "LTE", "value": 300}, {"not": {"field": "size", "operator": "EQ", "value": "LARGE"}}]}`;
`{"rule": "rule:…"}` stands for the condition of another rule. A condition is read once; nothing of it is ever run as code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from graph.errors import InvalidInput
from graph.fields import COMMON, FieldType
from graph.kinds.demand_side import ListingState
from graph.kinds.terms import Instrument, Operator
from graph.money import MAX_MINOR, MINOR_PER_MAJOR
from graph.ontology import Ontology
from graph.records import Term
from graph.values import MILLION

SUBJECT: Final = "Enterprise"
ORDERED: Final = frozenset({FieldType.INT, FieldType.DECIMAL, FieldType.MONEY, FieldType.DATE})
COMPARED: Final = ORDERED | {FieldType.BOOL, FieldType.TERM, FieldType.REF}
ORDERING: Final = frozenset({Operator.GTE, Operator.GT, Operator.LTE, Operator.LT})
LISTING: Final = frozenset({Operator.IN, Operator.NOT_IN})
EPOCH: Final = date(1970, 1, 1)
MAX_DEPTH: Final = 12
MAX_PARTS: Final = 200
"""Parts of one condition, and values of one comparison."""


class BadCondition(InvalidInput):
    """A condition that says nothing that can be asked; `fault` names the sort of it, `remedy` what would do."""

    def __init__(self, fault: str, where: str, reason: str, remedy: str) -> None:
        super().__init__(f"condition {where}: {reason}; {remedy}" if where else f"condition: {reason}; {remedy}")
        self.fault, self.reason, self.remedy = fault, f"at {where}: {reason}" if where else reason, remedy


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a condition may ask about: what it holds, and `states`, the field of the enterprise that states it."""

    name: str
    holds: FieldType
    states: str
    term: type[Term] | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact compared. `values` in stored units (分, millionths, days since 1970-01-01, places of codes, ids of records)."""

    fact: Fact
    operator: Operator
    values: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class OfRule:
    """What another rule asks holds."""

    rule: str


Condition = Comparison | Every | Either | Negation | OfRule

DERIVED: Final = (
    Fact("ageMonths", FieldType.INT, "foundedOn"),
    Fact("listingState", FieldType.TERM, "listingStages", ListingState),
    Fact("need.amount", FieldType.MONEY, "needs.amount"),
    Fact("need.instrument", FieldType.TERM, "needs.instrument", Instrument),
)
"""Facts that are no field of the enterprise: whole months since it was founded, how far it is to the capital market, what it asks for."""
LISTS: Final = (("tags", "Tag"), ("listedIn", "ProjectList"))
"""Facts that are lists of records; what is recorded of them is all of them."""


def facts_of(ontology: Ontology) -> Mapping[str, Fact]:
    """What a condition may ask about, by name: the enterprise's fields that can be compared, its lists, and what follows from them."""
    own = [spec for spec in ontology[SUBJECT].fields if spec.holds in COMPARED and spec.name not in COMMON]
    found = [
        Fact(
            spec.graph_name,
            spec.holds,
            spec.graph_name,
            spec.term,
            tuple(ontology[name].prefix for name in ontology.concrete(spec.target)) if spec.target else (),
        )
        for spec in own
    ]
    found += [Fact(name, FieldType.REF, name, None, (ontology[kind].prefix,)) for name, kind in LISTS]
    return {fact.name: fact for fact in (*found, *DERIVED)}


def read_condition(text: str, facts: Mapping[str, Fact]) -> Condition:
    """The condition that a text states.

    Raises BadCondition, naming the place in it, for anything that is not of the form, an unknown field, an operator that the field does
    not take, and a value that it cannot have.
    """
    try:
        stated = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as reason:
        raise BadCondition(
            "BAD_CONDITION", "", f"is no JSON ({reason})", 'write {"field": …, "operator": …, "value": …}'
        ) from reason
    return _Reader(facts).condition(stated, "", 1)


def rules_named(condition: Condition) -> Iterator[str]:
    """The ids of the rules that a condition refers to."""
    match condition:
        case OfRule(rule):
            yield rule
        case Every(parts) | Either(parts):
            for part in parts:
                yield from rules_named(part)
        case Negation(part):
            yield from rules_named(part)


class _Reader:
    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts, self.parts = facts, 0

    def condition(self, stated: Any, where: str, depth: int) -> Condition:
        self.parts += 1
        if depth > MAX_DEPTH or self.parts > MAX_PARTS:
            reason = f"is deeper than {MAX_DEPTH} or has more than {MAX_PARTS} parts"
            raise BadCondition("BAD_CONDITION", where, reason, "split it into rules, and refer to these")
        if not isinstance(stated, dict):
            raise BadCondition(
                "BAD_CONDITION", where, f"{_shown(stated)} is no object", "write a comparison, all, any, not or rule"
            )
        match stated:
            case {"field": name, "operator": operator, "value": value} if len(stated) == 3:
                return self.comparison(name, operator, value, where)
            case {"all": parts} if len(stated) == 1:
                return Every(self.several(parts, f"{where}.all".lstrip("."), depth))
            case {"any": parts} if len(stated) == 1:
                return Either(self.several(parts, f"{where}.any".lstrip("."), depth))
            case {"not": part} if len(stated) == 1:
                return Negation(self.condition(part, f"{where}.not".lstrip("."), depth + 1))
            case {"rule": rule} if len(stated) == 1 and isinstance(rule, str) and rule.startswith("rule:"):
                return OfRule(rule)
        raise BadCondition(
            "BAD_CONDITION",
            where,
            f"{_shown(sorted(stated))} are no keys of a condition",
            "write field, operator and value together, or one of all, any, not, rule (an id rule:…)",
        )

    def several(self, parts: Any, where: str, depth: int) -> tuple[Condition, ...]:
        if not isinstance(parts, list) or not parts:
            raise BadCondition("BAD_CONDITION", where, f"{_shown(parts)} is no list of conditions", "write one or more")
        return tuple(self.condition(part, f"{where}[{place}]", depth + 1) for place, part in enumerate(parts))

    def comparison(self, name: Any, operator: Any, value: Any, where: str) -> Comparison:
        fact = self.facts.get(name) if isinstance(name, str) else None
        if fact is None:
            known = ", ".join(sorted(self.facts))
            raise BadCondition(
                "UNKNOWN_FIELD", where, f"{_shown(name)} is no fact of an enterprise", f"use one of {known}"
            )
        named = Operator.__members__.get(operator) if isinstance(operator, str) else None
        if named is None or (named in ORDERING and fact.holds not in ORDERED):
            takes = [one.name for one in Operator if one not in ORDERING or fact.holds in ORDERED]
            reason = f"{_shown(operator)} does not compare {fact.name}"
            raise BadCondition("BAD_OPERATOR", where, reason, f"use one of {', '.join(takes)}")
        several = isinstance(value, list)
        if several is not (named in LISTING) or value == []:
            reason = f"{_shown(value)} is no value for {named.name}"
            raise BadCondition("BAD_VALUE", where, reason, "give IN and NOT_IN a list of one or more, others one value")
        values = value if several else [value]
        if len(values) > MAX_PARTS:
            raise BadCondition("BAD_VALUE", where, f"lists {len(values)} values", f"give at most {MAX_PARTS}")
        return Comparison(fact, named, tuple(self.value(fact, one, where) for one in values))

    def value(self, fact: Fact, value: Any, where: str) -> int | str:
        found = _stored(fact, value)
        if found is None:
            raise BadCondition(
                "BAD_VALUE", where, f"{_shown(value)} is no value of {fact.name}", f"give {_wanted(fact)}"
            )
        return found


def _stored(fact: Fact, value: Any) -> int | str | None:
    """A value in stored units; None where the fact cannot have it."""
    match fact.holds:
        case FieldType.BOOL:
            return int(value) if isinstance(value, bool) else None
        case FieldType.TERM:
            codes = list(fact.term.__members__) if fact.term is not None else []
            return codes.index(value) if isinstance(value, str) and value in codes else None
        case FieldType.REF:
            prefix, _, key = value.partition(":") if isinstance(value, str) else ("", "", "")
            return str(value) if key and prefix in fact.targets else None
        case FieldType.DATE:
            try:
                return (date.fromisoformat(value) - EPOCH).days if isinstance(value, str) else None
            except ValueError:
                return None
    scale = {FieldType.MONEY: MINOR_PER_MAJOR, FieldType.DECIMAL: MILLION}.get(fact.holds, 1)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    scaled = Decimal(value) * scale
    whole = scaled.is_finite() and abs(scaled) <= MAX_MINOR and scaled == scaled.to_integral_value()
    return int(scaled) if whole else None


def _wanted(fact: Fact) -> str:
    match fact.holds:
        case FieldType.BOOL:
            return "true or false"
        case FieldType.TERM:
            return f"one of {', '.join(fact.term.__members__)}" if fact.term is not None else "a code"
        case FieldType.REF:
            return f"an id {fact.targets[0]}:…" if len(fact.targets) == 1 else "an id"
        case FieldType.DATE:
            return "a date such as 2025-06-01"
        case FieldType.MONEY:
            return "a number of 元, exact to 分"
        case FieldType.DECIMAL:
            return "a number of at most 6 places"
    return "a whole number"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
