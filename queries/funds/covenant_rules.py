"""Which covenants bind a fund on a day, and the coefficients that say what counts in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.kinds.policy import CovenantKind, CovenantVariant, MoneyBase, Rule, RuleKind
from graph.kinds.terms import Operator
from graph.view import View
from queries.columns import is_stated
from queries.derived import once
from queries.financing.limits.constraints import MissingFact
from queries.funds.facts import FundFacts

GENERAL = (RuleKind.COVENANT, RuleKind.COEFFICIENT)
"""Kinds of rules that bind funds also where they are about none."""
BOUNDS = (Operator.GTE, Operator.GT, Operator.LTE, Operator.LT, Operator.EQ)
CEILINGS = (CovenantKind.CONCENTRATION, CovenantKind.IDLE_MONTHS)
"""Kinds whose rules are upper bounds where they state no comparison."""
BASES = {
    CovenantKind.LEVERAGE: MoneyBase.COMMITTED,
    CovenantKind.CAPITAL_SHARE: MoneyBase.COMMITTED,
    CovenantKind.REINVESTMENT: MoneyBase.COMMITTED,
    CovenantKind.MAIN_FIELD: MoneyBase.INVESTED,
    CovenantKind.DEPLOYMENT_RATE: MoneyBase.COMMITTED,
    CovenantKind.DEPLOYMENT_PACE: MoneyBase.COMMITTED,
    CovenantKind.EARLY_STAGE: MoneyBase.INVESTED,
}
"""Of which money a rule speaks that does not say so; other kinds have but one meaning."""


@dataclass(frozen=True, slots=True)
class CovenantRule:
    """A covenant in force. missing: what would have to be stated for it to be read.

    operator None: it compares, but nobody states how. coefficients: what counts in it and by how much, in id order.
    """

    handle: int
    record: Rule
    kind: CovenantKind
    variant: CovenantVariant | None
    base: MoneyBase | None
    operator: Operator | None
    coefficients: tuple[tuple[int, Rule], ...]
    missing: tuple[MissingFact, ...]


def covenant_rules(view: View, facts: FundFacts) -> list[CovenantRule]:
    """The covenants of a fund by id: those about it, and of those about no fund the ones for its type, or for all.

    A covenant about the fund takes the place of general ones of the same kind, definition and money, and its coefficients that of
    general ones. Of MANDATE rules, those that bound a share by a value are covenants on the main field. Cost: the rules about the
    fund, and once a view a pass over all rules.
    """
    own = _told(view, view.holders("Rule", "about", facts.fund), (*GENERAL, RuleKind.MANDATE))
    general = once(view, _general, lambda: _general(view), of=frozenset({"Rule"}))
    found = [_read(facts, handle, record, own, general) for handle, record in own if _covenant(record) is not None]
    known = {(one.kind, one.variant, one.base) for one in found}
    for handle, record in general:
        if record.kind is not RuleKind.COVENANT or not _may_bind(facts, record):
            continue
        rule = _read(facts, handle, record, own, general)
        if (rule.kind, rule.variant, rule.base) not in known:
            found.append(rule)
    return sorted(found, key=lambda one: view.id_of(one.handle).encode())


def _told(view: View, handles: np.ndarray, kinds: tuple[RuleKind, ...]) -> list[tuple[int, Rule]]:
    chosen = handles[np.isin(view.ints(handles, "kind"), [list(RuleKind).index(one) for one in kinds])]
    found = []
    for handle in chosen.tolist():
        record = view.record(handle)
        assert isinstance(record, Rule)
        found.append((handle, record))
    return found


def _general(view: View) -> list[tuple[int, Rule]]:
    handles = view.handles("Rule")
    about_none = handles[~is_stated(view, handles, "about")]
    return [(handle, one) for handle, one in _told(view, about_none, GENERAL) if one.covenant]


def _covenant(record: Rule) -> CovenantKind | None:
    """The kind of covenant that a rule about a fund is; None: it is none."""
    if record.kind is RuleKind.COVENANT:
        return record.covenant
    if record.kind is RuleKind.MANDATE and record.value is not None and record.operator in BOUNDS:
        return CovenantKind.MAIN_FIELD
    return None


def _may_bind(facts: FundFacts, record: Rule) -> bool:
    return record.fund_type is None or facts.record.type in (None, record.fund_type)


def _read(
    facts: FundFacts, handle: int, record: Rule, own: list[tuple[int, Rule]], general: list[tuple[int, Rule]]
) -> CovenantRule:
    kind = _covenant(record)
    assert kind is not None
    missing: list[MissingFact] = []
    if record.about is None and record.fund_type is not None and facts.record.type is None:
        missing.append(MissingFact(facts.fund, "type"))
    if kind in (CovenantKind.LEVERAGE, CovenantKind.CAPITAL_SHARE) and record.variant is None:
        missing.append(MissingFact(handle, "variant"))
    operator: Operator | None = record.operator if record.operator in BOUNDS else None
    if operator is None and kind is CovenantKind.CAPITAL_SHARE:
        missing.append(MissingFact(handle, "operator"))
    elif operator is None:
        operator = Operator.LTE if kind in CEILINGS else Operator.GTE
    mine = [one for one in own if _weighs(one[1], kind)]
    others = [one for one in general if _weighs(one[1], kind) and _may_bind(facts, one[1])]
    return CovenantRule(
        handle,
        record,
        kind,
        record.variant if kind in (CovenantKind.LEVERAGE, CovenantKind.CAPITAL_SHARE) else None,
        (record.money_base or BASES[kind]) if kind in BASES else None,
        operator,
        tuple(mine or others),
        tuple(missing),
    )


def _weighs(record: Rule, kind: CovenantKind) -> bool:
    return record.kind is RuleKind.COEFFICIENT and record.covenant is kind
