"""Whether an enterprise meets the rules of an offer (ELIGIBILITY) or a fund (MANDATE): three-valued, with the missing facts.

Hard rules of one dimension are alternatives, of different dimensions all hold, NOT_IN excludes; preferences do not count. A rule that
its source states only in words is unknown. Rules about tags are decided by the tags recorded. A largest ticket is no condition: it caps
the path (`ticket_cap`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from graph.kinds.parties import Enterprise
from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Instrument, Operator
from graph.money import Money
from graph.records import Term
from graph.snapshot_columns import NOT_STATED
from graph.view import View
from queries.constraints import MissingFact
from queries.derived import once
from queries.ratios import Ints
from queries.trees import ancestors

Verdicts = np.ndarray[Any, np.dtype[np.int8]]

NO: Final = 0
UNKNOWN: Final = 1
YES: Final = 2
"""Verdicts in columns: the worse is the lesser."""

MEMBERSHIP: Final = frozenset({Operator.IN, Operator.EQ})
AT_LEAST: Final = frozenset({Operator.GTE, Operator.GT})
AT_MOST: Final = frozenset({Operator.LTE, Operator.LT})
FACTS: Final = {
    Dimension.INDUSTRY: "industry",
    Dimension.STAGE: "stage",
    Dimension.REGION: "region",
    Dimension.TAG: "tags",
    Dimension.SIZE: "size",
    Dimension.OWNERSHIP: "ownership",
}
"""Which field of the enterprise a dimension asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleTable:
    """The hard rules of one kind as columns, and how they combine: rules of a group are alternatives, groups all hold."""

    rules: Ints
    about: Ints
    dimension: Ints
    operator: Ints
    columns: Mapping[str, Ints]
    in_words: np.ndarray
    scheme: tuple[str | None, ...]
    group: Ints
    group_about: Ints

    @classmethod
    def of(cls, view: View, kind: RuleKind) -> RuleTable:
        """The rules of a view that bind something; made once a view."""
        return once(view, (RuleTable, kind), lambda: cls._made(view, kind))

    @classmethod
    def _made(cls, view: View, kind: RuleKind) -> RuleTable:
        rules = view.handles("Rule")
        rules = rules[(view.ints(rules, "kind") == _place(kind)) & (view.ints(rules, "hard") != 0)]
        about = view.refs(rules, "about")
        rules, about = rules[about >= 0], about[about >= 0]
        dimension, operator = view.ints(rules, "dimension"), view.ints(rules, "operator")
        columns = {name: view.refs(rules, name) for name in ("industry", "region", "tag")}
        columns |= {name: view.ints(rules, name) for name in ("stage", "size", "instrument", "amount")}
        in_words = (dimension == NOT_STATED) | (view.ints(rules, "stated_in_source") == 0)
        alone = np.arange(len(rules)) + 1
        member = np.isin(operator, [_place(term) for term in MEMBERSHIP]) | (operator == NOT_STATED)
        # Rules that are no alternatives stand in a group of their own.
        keys = np.stack([about, np.where(member, dimension, -1), np.where(member, 0, alone)], axis=1)
        groups, group = np.unique(keys, axis=0, return_inverse=True) if len(rules) else (keys, alone)
        schemes = view.texts(columns["industry"][columns["industry"] >= 0], "scheme").to_list()
        scheme: list[str | None] = [None] * len(rules)
        for place, name in zip(np.flatnonzero(columns["industry"] >= 0).tolist(), schemes, strict=True):
            scheme[place] = name
        return cls(rules, about, dimension, operator, columns, in_words, tuple(scheme), group.reshape(-1), groups[:, 0])


@dataclass(frozen=True, slots=True)
class Applicant:
    """What rules ask of an enterprise: handles of its classes, places in code lists; NOT_STATED or empty where nobody says.

    `amount` of the need in 分, None: unlimited; `instrument` what is asked for.
    """

    handle: int
    industries: tuple[int, ...]
    schemes: frozenset[str]
    regions: tuple[int, ...]
    tags: tuple[int, ...]
    stage: int
    size: int
    ownership: Term | None
    amount: int | None
    instrument: Instrument

    @classmethod
    def of(cls, view: View, handle: int, amount: int | None, instrument: Instrument) -> Applicant:
        """An enterprise as an applicant for so much."""
        record = view.record(handle)
        assert isinstance(record, Enterprise)
        others = view.refs(view.holders("InIndustry", "source", handle), "target").tolist()
        main = view.ref(handle, "industry")
        own = [industry for industry in (main, *others) if industry >= 0]
        return cls(
            handle,
            tuple({above for industry in own for above in ancestors(view, industry)}),
            frozenset(str(view.value(industry, "scheme")) for industry in own),
            ancestors(view, view.ref(handle, "region")),
            tuple(view.refs(view.holders("Tagged", "source", handle), "target").tolist()),
            NOT_STATED if record.stage is None else _place(record.stage),
            NOT_STATED if record.size is None else _place(record.size),
            record.ownership,
            amount,
            instrument,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """A table of rules decided for one applicant: `each` rule, and by subject (ascending) all of its rules together."""

    table: RuleTable
    applicant: Applicant
    each: Verdicts
    subjects: Ints
    verdicts: Verdicts

    @classmethod
    def of(cls, view: View, kind: RuleKind, applicant: Applicant) -> Decided:
        """The hard rules of a kind, decided."""
        table = RuleTable.of(view, kind)
        each = rule_verdicts(view, table, applicant)
        by_group = np.zeros(len(table.group_about), np.int8)
        np.maximum.at(by_group, table.group, each)
        subjects, place = np.unique(table.group_about, return_inverse=True)
        found = np.full(len(subjects), YES, np.int8)
        np.minimum.at(found, place, by_group)
        return cls(table, applicant, each, subjects, found)

    def on(self, subjects: Ints) -> tuple[Verdicts, np.ndarray]:
        """The verdict for each of these subjects, and whether there are hard rules about it."""
        if not len(self.subjects):
            return np.full(len(subjects), YES, np.int8), np.zeros(len(subjects), bool)
        place = np.searchsorted(self.subjects, subjects).clip(max=len(self.subjects) - 1)
        ruled = self.subjects[place] == subjects
        return np.where(ruled, self.verdicts[place], YES).astype(np.int8), ruled

    def explain(self, view: View, subject: int) -> tuple[int, int, tuple[MissingFact, ...]]:
        """The verdict for one subject, the first rule that decides it against the applicant (-1: none), and the missing facts."""
        verdict = int(self.on(np.array([subject]))[0][0])
        if verdict == YES:
            return YES, -1, ()
        places = np.flatnonzero(self.table.about == subject)
        each, groups = self.each[places], self.table.group[places]
        best = {group: int(each[groups == group].max()) for group in groups.tolist()}
        order = places[np.argsort(view.rank(self.table.rules[places]))].tolist()
        decisive = [at for at in order if best[int(self.table.group[at])] == verdict and self.each[at] == verdict]
        missing = [self._missing(at) for at in decisive] if verdict == UNKNOWN else []
        return verdict, int(self.table.rules[decisive[0]]), tuple(dict.fromkeys(missing))

    def _missing(self, place: int) -> MissingFact:
        """The field of the applicant that a rule asks for; of a rule in words, its text."""
        dimension = int(self.table.dimension[place])
        fact = None if self.table.in_words[place] else FACTS.get(list(Dimension)[dimension])
        if fact is None or fact == "tags":
            return MissingFact(int(self.table.rules[place]), "text")
        return MissingFact(self.applicant.handle, fact)


def rule_verdicts(view: View, table: RuleTable, applicant: Applicant) -> Verdicts:
    """Whether the applicant meets each rule of a table."""
    found = np.full(len(table.rules), UNKNOWN, np.int8)

    def decide(dimension: Dimension, met: np.ndarray, known: np.ndarray | bool) -> None:
        here = (table.dimension == _place(dimension)) & ~table.in_words
        found[here] = np.where(known, np.where(met, YES, NO), UNKNOWN)[here]

    columns, size = table.columns, len(table.rules)
    same_scheme = np.array([name in applicant.schemes for name in table.scheme], bool)
    decide(Dimension.INDUSTRY, np.isin(columns["industry"], applicant.industries), same_scheme)
    named = columns["region"] >= 0
    decide(Dimension.REGION, np.isin(columns["region"], applicant.regions), named & bool(applicant.regions))
    decide(Dimension.TAG, np.isin(columns["tag"], applicant.tags), columns["tag"] >= 0)
    for dimension, name, own in (
        (Dimension.STAGE, "stage", applicant.stage),
        (Dimension.SIZE, "size", applicant.size),
        (Dimension.INSTRUMENT, "instrument", _place(applicant.instrument)),
    ):
        decide(dimension, columns[name] == own, (columns[name] != NOT_STATED) & (own != NOT_STATED))
    excludes = table.operator == _place(Operator.NOT_IN)
    found = np.where(excludes & (found != UNKNOWN), YES - found, found).astype(np.int8)
    comparable = excludes | (table.operator == NOT_STATED) | np.isin(table.operator, [_place(op) for op in MEMBERSHIP])
    found = np.where(comparable, found, UNKNOWN).astype(np.int8)
    for place in np.flatnonzero(table.dimension == _place(Dimension.OWNERSHIP)).tolist():
        found[place] = _by_ownership(view, int(table.rules[place]), applicant.ownership)
    tickets = (table.dimension == _place(Dimension.TICKET)) & (columns["amount"] != NOT_STATED)
    least = tickets & np.isin(table.operator, [_place(op) for op in AT_LEAST])
    most = tickets & np.isin(table.operator, [_place(op) for op in AT_MOST])
    wanted = np.full(size, 2**62 if applicant.amount is None else applicant.amount)
    return np.where(least, np.where(wanted >= columns["amount"], YES, NO), np.where(most, YES, found)).astype(np.int8)


def ruled_subjects(view: View, kind: RuleKind) -> frozenset[int]:
    """What rules of a kind are about, preferences among them."""

    def make() -> frozenset[int]:
        rules = view.handles("Rule")
        return frozenset(view.refs(rules[view.ints(rules, "kind") == _place(kind)], "about").tolist()) - {-1}

    return once(view, (ruled_subjects, kind), make)


def ticket_cap(view: View, subject: int) -> tuple[int, Money] | None:
    """The least of the largest tickets that rules about an offer or fund allow, with its rule; None: no rule states one."""

    def make() -> dict[int, tuple[int, Money]]:
        found: dict[int, tuple[int, Money]] = {}
        for kind in (RuleKind.ELIGIBILITY, RuleKind.MANDATE):
            table = RuleTable.of(view, kind)
            caps = (table.dimension == _place(Dimension.TICKET)) & np.isin(
                table.operator, [_place(op) for op in AT_MOST]
            )
            for place in np.flatnonzero(caps & (table.columns["amount"] != NOT_STATED)).tolist():
                rule, about = int(table.rules[place]), int(table.about[place])
                record = view.record(rule)
                assert isinstance(record, Rule)
                if record.amount is not None and (about not in found or record.amount.minor < found[about][1].minor):
                    found[about] = (rule, record.amount)
        return found

    return once(view, ticket_cap, make).get(subject)


def _by_ownership(view: View, rule: int, ownership: Term | None) -> int:
    record = view.record(rule)
    assert isinstance(record, Rule)
    if ownership is None or not record.values:
        return UNKNOWN
    listed = ownership.name in record.values or ownership.zh in record.values
    return YES if listed is not (record.operator is Operator.NOT_IN) else NO


def _place(term: Term) -> int:
    return list(type(term)).index(term)
