"""Repairs of a rule with a condition: a recognition that it names is obtained, or a fact that nobody states is stated.

Of each comparison the value nearest its bound is tried with which it holds, or, inside a negation, with which it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from graph.condition import EPOCH, Comparison, Either, Every, Negation
from graph.fields import FieldSpec, FieldType
from graph.kinds.terms import Operator
from graph.money import Money
from graph.records import Ref
from graph.values import decimal
from graph.what_if import Add
from queries.financing.gates.conditions import Asked as Condition
from queries.financing.gates.conditions import Standing, Ticket
from queries.financing.repairs.asked import Asked, setting
from queries.financing.repairs.facts import MOST_WORDS
from queries.financing.repairs.kinds import RepairKind
from queries.financing.repairs.repair import Repair
from queries.financing.terms import Gate

ADMITS: Final = frozenset({Gate.ELIGIBILITY})


def by_condition(asked: Asked, condition: Condition) -> Iterator[Repair]:
    """What could make a condition hold: of each of its comparisons, a tag obtained or an unknown field stated."""
    if condition is None or isinstance(condition, Standing | Ticket):
        return
    view, firm = asked.case.view, asked.case.beneficiary
    fields = view.kind_of(firm).by_graph_name
    seen: set[tuple[str, object]] = set()
    for one, holds in _wanted(condition, True):
        if one.fact.name == "tags":
            for tag in one.values[:MOST_WORDS] if holds is not (one.operator is Operator.NOT_IN) else ():
                change = Add("Tagged", {"source": Ref(view.id_of(firm)), "target": Ref(str(tag))})
                if ("tags", tag) not in seen and view.find(str(tag)) >= 0:
                    seen.add(("tags", tag))
                    yield Repair(RepairKind.OBTAIN_TAG, ADMITS, firm, "tags", changes=(change,))
            continue
        spec = fields.get(one.fact.name)
        value = None if spec is None or view.value(firm, spec.name) is not None else _value(one, spec, holds)
        if spec is not None and value is not None and (spec.name, value) not in seen:
            seen.add((spec.name, value))
            yield setting(asked, RepairKind.STATE_FACT, firm, spec.name, value, ADMITS)


def _wanted(condition: Condition, holds: bool) -> Iterator[tuple[Comparison, bool]]:
    """The comparisons of a condition, each with whether it is to hold for the whole to hold, or the other way round."""
    match condition:
        case Comparison():
            yield condition, holds
        case Every(parts) | Either(parts):
            for part in parts:
                yield from _wanted(part, holds)
        case Negation(part):
            yield from _wanted(part, not holds)


STEPS: Final = {
    (Operator.GTE, False): -1, (Operator.LTE, False): 1, (Operator.GT, True): 1, (Operator.LT, True): -1, (Operator.EQ, False): 1,
    (Operator.IN, False): 1, (Operator.NOT_IN, True): 1,
}  # fmt: skip
"""How far from its bound a number is with which a comparison holds, or does not; where it says nothing, the bound will do."""


def _value(one: Comparison, spec: FieldSpec, holds: bool) -> Any:
    """A value of a field with which a comparison holds, or does not; None where none is thought of."""
    among = holds is not (one.operator is Operator.NOT_IN)
    match spec.holds:
        case FieldType.TERM if spec.term is not None:
            return next((code for place, code in enumerate(spec.term) if (place in one.values) is among), None)
        case FieldType.BOOL:
            return bool(one.values[0]) is among
        case FieldType.REF:
            return Ref(str(one.values[0])) if among else None
    stored = max(map(int, one.values)) + STEPS.get((one.operator, holds), 0)
    match spec.holds:
        case FieldType.DECIMAL:
            return decimal(max(0, stored))
        case FieldType.MONEY:
            return Money(max(0, stored))
        case FieldType.DATE:
            return EPOCH + timedelta(days=stored)
    return max(0, stored)
