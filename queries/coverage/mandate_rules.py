"""The mandates of funds as records state them, and what needs have that mandates look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Instrument, Operator, Ownership, SizeClass, Stage
from graph.money import CNY
from graph.records import Term
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.coverage.demand import UNKNOWN, Cell
from queries.coverage.mandate import Attribute, Mandate, MandateRule, mandate_of
from queries.coverage.network import Ints
from queries.coverage.tree import Tree

REFERENCES = {Dimension.INDUSTRY: "industry", Dimension.REGION: "region", Dimension.TAG: "tag"}
CODE_LISTS: dict[Dimension, type[Term]] = {
    Dimension.STAGE: Stage,
    Dimension.INSTRUMENT: Instrument,
    Dimension.SIZE: SizeClass,
    Dimension.OWNERSHIP: Ownership,
}
BOUNDS = (Operator.GTE, Operator.GT, Operator.LTE, Operator.LT)
NOBODY = -2
"""Stands in a rule's values for a record that is not in the view: no need has it."""


def mandates_of(view: View, funds: Ints) -> list[Mandate]:
    """The mandate of each fund: its hard rules of kind MANDATE that are in force.

    A fund with preferences only has a mandate that admits everything.
    """
    place, rules = view.expand("Rule", "about", funds)
    is_mandate = view.ints(rules, "kind") == list(RuleKind).index(RuleKind.MANDATE)
    place, rules = place[is_mandate], rules[is_mandate]
    hard: dict[int, list[MandateRule]] = defaultdict(list)
    for at, rule, is_hard in zip(place.tolist(), rules.tolist(), view.ints(rules, "hard").tolist(), strict=True):
        hard[at] += _conditions(view, rule) if is_hard else []
    stated = set(place.tolist())
    return [mandate_of(hard[at], is_stated=at in stated) for at in range(len(funds))]


def _conditions(view: View, handle: int) -> list[MandateRule]:
    """A rule as a condition on each dimension that it speaks of; one that nothing can be read from, in words only.

    A share with a bound says how much of the fund goes to a cell, not whether any may.
    """
    rule = view.record(handle)
    assert isinstance(rule, Rule)
    if rule.dimension is Dimension.TICKET:
        return [_ticket(rule)]
    if rule.value is not None and rule.operator in BOUNDS:
        return []
    spoken = [rule.dimension] if rule.dimension is not None else [*REFERENCES, *CODE_LISTS]
    values = {dimension: _values(view, handle, rule, dimension) for dimension in spoken}
    return [
        MandateRule(dimension, found, excludes=rule.operator is Operator.NOT_IN)
        for dimension, found in values.items()
        if found or rule.dimension is not None
    ] or [MandateRule(None, None)]


def _ticket(rule: Rule) -> MandateRule:
    if rule.amount is None or rule.amount.currency != CNY:
        return MandateRule(Dimension.TICKET, None)
    amount = rule.amount.minor
    return MandateRule(
        Dimension.TICKET,
        None,
        lower={Operator.GTE: amount, Operator.GT: amount + 1}.get(rule.operator) if rule.operator else None,
        upper={Operator.LTE: amount, Operator.LT: amount - 1}.get(rule.operator) if rule.operator else None,
    )


def _values(view: View, handle: int, rule: Rule, dimension: Dimension) -> frozenset[int] | None:
    """What a rule lists on a dimension, by its own field, else by codes or Chinese labels in its list; None: in words only."""
    if dimension in REFERENCES:
        name = REFERENCES[dimension]
        if getattr(rule, name) is None:
            return None
        found = view.ref(handle, name)
        return frozenset([found if found != UNKNOWN else NOBODY])
    codes = list(CODE_LISTS[dimension])
    own = getattr(rule, dimension.name.lower(), None)
    if own is not None:
        return frozenset([codes.index(own)])
    by_word = {word: at for at, code in enumerate(codes) for word in (code.name, code.zh)}
    if rule.dimension is None or not rule.values or not by_word.keys() >= set(rule.values):
        return None
    return frozenset(by_word[word] for word in rule.values)


def attributes_of(
    view: View, cells: Sequence[Cell], enterprise: Ints, industries: Tree, regions: Tree
) -> dict[Dimension, Attribute]:
    """What each need has on every dimension of mandates: an industry or region with all above it.

    An enterprise has the industries of all its activities; the cell shows the main one.
    """
    others = _other_industries(view, enterprise)
    equity = frozenset([list(Instrument).index(Instrument.EQUITY)])

    def paths(tree: Tree, handles: Iterable[int]) -> frozenset[int]:
        return frozenset(above for handle in handles for above in tree.path(handle))

    return {
        Dimension.INDUSTRY: _attribute(
            [(cell.industry, *others.get(firm, ())) for cell, firm in zip(cells, enterprise.tolist(), strict=True)],
            lambda handles: paths(industries, handles),
        ),
        Dimension.REGION: _attribute([(cell.region,) for cell in cells], lambda handles: paths(regions, handles)),
        Dimension.STAGE: _attribute([(cell.stage,) for cell in cells], _known),
        Dimension.TAG: _attribute([cell.tags for cell in cells], frozenset, empty_is_known=True),
        Dimension.INSTRUMENT: _attribute([()] * len(cells), lambda _: equity),
        Dimension.SIZE: _attribute(_codes(view, enterprise, "size"), _known),
        Dimension.OWNERSHIP: _attribute(_codes(view, enterprise, "ownership"), _known),
    }


Values = tuple[int, ...]


def _attribute(
    own: Sequence[Values], expanded: Callable[[Values], frozenset[int]], *, empty_is_known: bool = False
) -> Attribute:
    places: dict[Values, int] = {}
    of_need = np.array([places.setdefault(values, len(places)) for values in own], np.int64)
    return Attribute(of_need, [expanded(values) for values in places], empty_is_known)


def _known(values: Values) -> frozenset[int]:
    return frozenset(values) - {UNKNOWN}


def _codes(view: View, enterprise: Ints, field: str) -> list[Values]:
    known = np.unique(enterprise[enterprise != UNKNOWN])
    codes = np.append(view.ints(known, field), NOT_STATED)
    at = np.where(enterprise == UNKNOWN, len(known), np.searchsorted(known, enterprise))
    return [(UNKNOWN,) if code == NOT_STATED else (code,) for code in codes[at].tolist()]


def _other_industries(view: View, enterprise: Ints) -> dict[int, Values]:
    known = np.unique(enterprise[enterprise != UNKNOWN])
    place, links = view.expand("InIndustry", "source", known)
    found: dict[int, list[int]] = defaultdict(list)
    for at, industry in zip(place.tolist(), view.refs(links, "target").tolist(), strict=True):
        found[int(known[at])].append(industry)
    return {firm: tuple(industries) for firm, industries in found.items()}
