"""Repairs of ELIGIBILITY: what a firm can bring about, or state, so that the rules of an offer or a mandate admit it.

A firm can obtain a recognition that a rule asks for, ask for as much as the smallest ticket, have its project listed, and state what is
missing. What it is (its region, trade, size, age) is no repair, nor is a rule that its source states only in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension, Operator
from graph.money import CNY, Money
from graph.records import Ref, Term
from graph.view import View
from graph.what_if import Add, Set
from queries.financing.cases import Case
from queries.financing.gates.eligibility import FACTS, MEMBERSHIP, NO, UNKNOWN, YES, Decided, ruled_subjects
from queries.financing.gates.of_offer import decided, eligibility_parts, is_struck_off, subjects
from queries.financing.repairs.asked import Asked, asking, setting
from queries.financing.repairs.by_condition import by_condition
from queries.financing.repairs.facts import MOST_WORDS, stating
from queries.financing.repairs.kinds import RepairKind
from queries.financing.repairs.repair import Repair
from queries.financing.terms import Gate, Ternary
from queries.trees import descendants

ADMITS: Final = frozenset({Gate.ELIGIBILITY})
CLASSES: Final = {Dimension.INDUSTRY: "industry", Dimension.REGION: "region"}
"""Dimensions whose fact is a reference to a class."""
CODES: Final = frozenset({Dimension.STAGE, Dimension.SIZE, Dimension.OWNERSHIP})
"""Dimensions whose fact is a code of a list."""


def admissions(asked: Asked) -> Iterator[Repair]:
    """What would make each rule pass that does not, where it is not one of several of which another passes."""
    case = asked.case
    if (
        asked.result.gate is not Gate.ELIGIBILITY
        or asked.result.verdict is Ternary.YES
        or is_struck_off(case.appraisal)
    ):
        return
    for subject, kind in subjects(case):
        if subject in ruled_subjects(case.view, kind):
            for found, place in _unmet(decided(case.appraisal, case.row, kind), case.view, subject):
                yield from _by_rule(asked, found, place)
    for part in eligibility_parts(case):
        yield from stating(asked, part.missing)
    yield from _mandates(case)
    yield from _listings(case)


def _unmet(found: Decided, view: View, subject: int) -> Iterator[tuple[Decided, int]]:
    """The places of the subject's rules that do not pass, in id order, a few of each group of alternatives of which none does."""
    table = found.table
    here = np.arange(*np.searchsorted(table.about, [subject, subject + 1]).tolist())
    groups = np.searchsorted(table.groups, here, side="right")
    for group in np.unique(groups).tolist():
        places = here[groups == group]
        if (found.each[places] != YES).all():
            order = np.argsort(view.rank(table.rules[places]), kind="stable")[:MOST_WORDS]
            yield from ((found, int(place)) for place in places[order])


def _by_rule(asked: Asked, found: Decided, place: int) -> Iterator[Repair]:
    """What would make one rule pass."""
    case, table, verdict = asked.case, found.table, int(found.each[place])
    view, firm, rule = case.view, case.view.id_of(case.beneficiary), int(table.rules[place])
    if place in table.conditions:
        yield from by_condition(asked, table.conditions[place])
        return
    if table.in_words[place]:
        return
    dimension = list(Dimension)[int(table.dimension[place])]
    operator = view.value(rule, "operator")
    is_among = operator is None or operator in MEMBERSHIP
    if dimension is Dimension.TAG and verdict == NO and is_among:
        tag = int(table.columns["tag"][place])
        change = Add("Tagged", {"source": Ref(firm), "target": Ref(view.id_of(tag))})
        yield Repair(RepairKind.OBTAIN_TAG, ADMITS, case.beneficiary, "tags", changes=(change,))
    if dimension is Dimension.TICKET and verdict == NO and found.applicant.amount is not None:
        least = int(table.columns["amount"][place])
        more = Money(least - found.applicant.amount, CNY)
        yield from asking(asked, RepairKind.ASK_FOR_MORE, "amount", Money(least, CNY), amount=more)
    if dimension in CLASSES and verdict == UNKNOWN:
        value = _class(view, found, place, dimension, excludes=operator is Operator.NOT_IN)
        if value >= 0 and (is_among or operator is Operator.NOT_IN):
            yield _in_class(case, CLASSES[dimension], view.id_of(value))
    if dimension in CODES and verdict == UNKNOWN:
        for code in _codes(view, rule, dimension, excludes=operator is Operator.NOT_IN):
            yield setting(asked, RepairKind.STATE_FACT, case.beneficiary, FACTS[dimension], code, ADMITS)


def _codes(view: View, rule: int, dimension: Dimension, *, excludes: bool) -> list[Term]:
    """The codes with which a rule passes, a few."""
    own = view.ontology["Enterprise"].by_name[FACTS[dimension]].term
    assert own is not None
    if dimension is Dimension.OWNERSHIP:
        listed = view.value(rule, "values") or ()
        named = [code for code in own if code.name in listed or code.zh in listed]
    else:
        named = [code for code in own if code == view.value(rule, FACTS[dimension])]
    return ([code for code in own if code not in named] if excludes and named else named)[:MOST_WORDS]


def _class(view: View, found: Decided, place: int, dimension: Dimension, *, excludes: bool) -> int:
    """The class that a rule names, or, where it excludes it, the first by id with which it passes; -1: there is none."""
    name = CLASSES[dimension]
    named = int(found.table.columns[name][place])
    if not excludes or named < 0:
        return named
    others = view.handles(dimension.name.capitalize())
    if dimension is Dimension.INDUSTRY:
        scheme = view.value(named, "scheme")
        others = others[np.array([text == scheme for text in view.texts(others, "scheme").to_list()], bool)]
    free = others[~np.isin(others, descendants(view, named))]
    return int(free[np.argmin(view.rank(free))]) if len(free) else -1


def _in_class(case: Case, field: str, value: str) -> Repair:
    """The firm's own class is stated; where it states one of another scheme, this one beside it."""
    view, firm = case.view, case.view.id_of(case.beneficiary)
    if field == "industry" and view.ref(case.beneficiary, field) >= 0:
        change: Add | Set = Add("InIndustry", {"source": Ref(firm), "target": Ref(value)})
        return Repair(RepairKind.STATE_FACT, ADMITS, case.beneficiary, "otherIndustries", changes=(change,))
    change = Set(firm, {field: Ref(value)})
    return Repair(RepairKind.STATE_FACT, ADMITS, case.beneficiary, field, changes=(change,))


def _mandates(case: Case) -> Iterator[Repair]:
    """Of a fund or voucher scheme that states no rule: it states that it takes what is asked of it."""
    view = case.view
    givers = [(case.candidate.role("VoucherScheme"), RuleKind.ELIGIBILITY)]
    givers += [(subject, kind) for subject, kind in subjects(case) if kind is RuleKind.MANDATE]
    for giver, kind in givers:
        if giver < 0 or giver in ruled_subjects(view, kind):
            continue
        identifier = f"rule:what-if:{view.id_of(giver)}"
        if view.locate(identifier) >= 0:
            continue
        rule = {
            "id": identifier, "kind": kind, "name": "投向说明" if kind is RuleKind.MANDATE else "准入说明",
            "about": Ref(view.id_of(giver)), "dimension": Dimension.INSTRUMENT, "operator": Operator.IN,
            "instrument": case.row.serves[0],
        }  # fmt: skip
        yield Repair(RepairKind.STATE_FACT, ADMITS, giver, "rulesAbout", changes=(Add("Rule", rule),))


def _listings(case: Case) -> Iterator[Repair]:
    """A project that no list has is put on one."""
    view, project = case.view, case.candidate.role("Project")
    lists = view.handles("ProjectList")
    if project < 0 or not len(lists) or len(view.holders("ListedIn", "source", project)):
        return
    first = int(lists[np.argmin(view.rank(lists))])
    change = Add("ListedIn", {"source": Ref(view.id_of(project)), "target": Ref(view.id_of(first))})
    yield Repair(RepairKind.LIST_PROJECT, ADMITS, project, "listedIn", changes=(change,))
