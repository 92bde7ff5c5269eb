"""Which firms the rules about an offer or a fund exclude, for all firms at once: each rule is asked of one firm of each class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension, Instrument
from graph.view import View
from queries.derived import once
from queries.financing.gates.conditions import Asking, FactColumns
from queries.financing.gates.eligibility import NO, UNKNOWN, YES, Applicant, RuleTable, Verdicts, rule_verdicts
from queries.financing.reaching.firms import Firms
from queries.ratios import UNLIMITED, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """Rules about a subject of which one is enough: each with what it says of every firm, and what they say together.

    `places` where they stand in their table.
    """

    places: tuple[int, ...]
    each: tuple[tuple[int, Verdicts], ...]
    verdicts: Verdicts


def excluded(view: View, kind: RuleKind, subject: int, amounts: Ints, instrument: Instrument) -> np.ndarray:
    """The firms that hard rules about a subject say no to. `amounts` what each asks for (UNLIMITED: anything goes)."""
    found = np.zeros(len(Firms.of(view)), bool)
    for one in conditions(view, kind, subject, amounts, instrument):
        found |= one.verdicts == NO
    return found


def conditions(
    view: View, kind: RuleKind, subject: int, amounts: Ints, instrument: Instrument | None, *, hard: bool = True
) -> tuple[Alternatives, ...]:
    """The hard rules about a subject, all of which must hold, or its preferences, put to all firms. `amounts` as in `excluded`."""
    table = RuleTable.of(view, kind, hard=hard)
    low, high = np.searchsorted(table.about, [subject, subject + 1]).tolist()
    groups = np.searchsorted(table.groups, np.arange(low, high), side="right")
    found = []
    for group in np.unique(groups).tolist():
        places = (low + np.flatnonzero(groups == group)).tolist()
        each = [_verdicts(view, table, place, amounts, instrument, key=(kind, hard)) for place in places]
        rules = table.rules[places].tolist()
        best = each[0] if len(each) == 1 else np.maximum.reduce(each)
        found.append(Alternatives(tuple(places), tuple(zip(rules, each, strict=True)), best))
    return tuple(found)


def _verdicts(
    view: View,
    table: RuleTable,
    place: int,
    amounts: Ints,
    instrument: Instrument | None,
    *,
    key: tuple[RuleKind, bool],
) -> Verdicts:
    """What one rule says of each firm."""
    if place in table.least:
        enough = (amounts >= UNLIMITED) | (amounts >= table.columns["amount"][place])
        return np.where(amounts < 0, UNKNOWN, np.where(enough, YES, NO)).astype(np.int8)
    if place in table.conditions:
        facts = FactColumns.of_all(view, Firms.of(view).handles)
        return facts.verdicts(
            table.conditions[place], Asking.each(amounts, instrument, len(amounts)), (int(table.rules[place]),)
        )
    if place in table.positions:
        return table.of_chain(place, table.positions[place].verdicts(view))
    for dimension, (places, _) in table.asking.items():
        if place in places and not table.in_words[place]:
            classes, each = _by_class(view, table, dimension, instrument, key)
            return np.asarray(each[:, place][classes])
    verdict = YES if place in table.most else UNKNOWN
    return np.full(len(amounts), verdict, np.int8)


def _by_class(
    view: View, table: RuleTable, dimension: Dimension, instrument: Instrument | None, key: tuple[RuleKind, bool]
) -> tuple[Ints, Verdicts]:
    """The class of each firm in a dimension, and what every rule says of one firm of each. Made once a view."""

    def make() -> tuple[Ints, Verdicts]:
        firms = Firms.of(view)
        classes = CLASSES[dimension](view, firms) if dimension in CLASSES else np.zeros(len(firms), np.int64)
        _, first, classes = np.unique(classes, return_index=True, return_inverse=True)
        applicants = (Applicant.of(view, handle, None, instrument) for handle in firms.handles[first].tolist())
        found = [rule_verdicts(view, table, applicant) for applicant in applicants]
        return classes, np.stack(found) if found else np.zeros((0, len(table.rules)), np.int8)

    return once(view, (_by_class, *key, dimension, instrument), make)


def _coded(field: str) -> Callable[[View, Firms], Ints]:
    return lambda view, firms: view.ints(firms.handles, field)


def _industries(view: View, firms: Firms) -> Ints:
    return _with_links(view, firms, view.refs(firms.handles, "industry"), "InIndustry")


def _tags(view: View, firms: Firms) -> Ints:
    return _with_links(view, firms, np.zeros(len(firms), np.int64), "Tagged")


def _with_links(view: View, firms: Firms, own: Ints, kind: str) -> Ints:
    """A class for each value and set of links that firms have."""
    places, links = view.expand(kind, "source", firms.handles)
    named: dict[int, set[int]] = {}
    for place, target in zip(places.tolist(), view.refs(links, "target").tolist(), strict=True):
        named.setdefault(place, set()).add(target)
    numbers: dict[tuple[int, frozenset[int]], int] = {}
    found = np.unique(own, return_inverse=True)[1].astype(np.int64)
    for place, targets in named.items():
        key = (int(own[place]), frozenset(targets))
        found[place] = numbers.setdefault(key, -1 - len(numbers))
    return found


CLASSES: Final[Mapping[Dimension, Callable[[View, Firms], Ints]]] = {
    Dimension.REGION: lambda view, firms: view.refs(firms.handles, "region"),
    Dimension.INDUSTRY: _industries,
    Dimension.TAG: _tags,
    Dimension.STAGE: _coded("stage"),
    Dimension.SIZE: _coded("size"),
    Dimension.OWNERSHIP: _coded("ownership"),
}
"""What firms are told apart by where a rule asks for it."""
