"""Whether an enterprise meets the rules of an offer (ELIGIBILITY) or a fund (MANDATE): three-valued, with the missing facts.

Hard rules of one dimension are alternatives, of different dimensions all hold, NOT_IN excludes; preferences do not count. A rule with a
condition stands by itself and is decided by it (`queries.financing.gates.conditions`). A rule that its source states only in words is
unknown. Rules about tags are decided by the tags recorded, rules about chains by the trade recorded (`queries.chain_position`). A largest
ticket is no condition: it caps the path (`ticket_cap`).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from graph.kinds.policy import Rule, RuleKind
from graph.kinds.terms import Dimension, Operator
from graph.money import Money
from graph.records import Term
from graph.snapshot_columns import NOBODY, NOT_STATED
from graph.view import View
from queries.chain_position import Position
from queries.columns import is_stated, of_kinds
from queries.derived import once
from queries.exchange import in_currency, worth_in
from queries.financing.gates.applicant import Applicant as Applicant
from queries.financing.gates.applicant import place_of
from queries.financing.gates.conditions import (
    AT_LEAST,
    AT_MOST,
    NOTHING,
    Asked,
    FactColumns,
    condition_of,
)
from queries.financing.gates.conditions import NO as NO
from queries.financing.gates.conditions import UNKNOWN as UNKNOWN
from queries.financing.gates.conditions import YES as YES
from queries.financing.gates.conditions import Verdicts as Verdicts
from queries.financing.gates.telling import told_of
from queries.financing.limits.constraints import MissingFact
from queries.ratios import UNLIMITED, Ints

MEMBERSHIP: Final = frozenset({Operator.IN, Operator.EQ})
FACTS_KEPT: Final = 512
"""So many facts of applicants are remembered with a table of rules."""
FACTS: Final = {
    Dimension.INDUSTRY: "industry",
    Dimension.STAGE: "stage",
    Dimension.REGION: "region",
    Dimension.TAG: "tags",
    Dimension.SIZE: "size",
    Dimension.OWNERSHIP: "ownership",
}
"""Which field of the enterprise a dimension asks for."""
GIVEN: Final = ("Subsidy", "Measure", "Policy")
"""Kinds that no path leads over."""
RULES: Final = frozenset({"Rule", "Industry", "ExchangeRate"})
"""Kinds that say what the rules are."""


@dataclass(frozen=True, eq=False)
class RuleTable:
    """The hard rules of one kind as columns, by group: rules of a group are alternatives, the groups of a subject all hold.

    `groups` and `subjects` (ascending) with the place where each begins among the rules and among the groups. `asking` by dimension the
    places of the rules that compare a fact, and whether each excludes; `least`, `most` those that bound the ticket; `positions` what the
    rules about chains ask, `conditions` what those with a condition ask. `met` what was found of one fact of an applicant: firms have few
    different ones.
    """

    rules: Ints
    about: Ints
    dimension: Ints
    in_words: np.ndarray
    columns: Mapping[str, Ints]
    schemes: tuple[str, ...]
    groups: Ints
    subjects: Ints
    subject_groups: Ints
    asking: Mapping[Dimension, tuple[Ints, np.ndarray]]
    least: Ints
    most: Ints
    positions: Mapping[int, Position]
    conditions: Mapping[int, Asked]
    met: dict[Hashable, Verdicts] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, view: View, kind: RuleKind, *, hard: bool = True, gives: bool = False) -> RuleTable:
        """The rules of a view that bind something, or (`hard` False) the preferences; made once a view. `gives`: instead of those that
        gates ask, those about what is given without a path of its own: subsidies, and what measures and policies promise.

        A rule of ELIGIBILITY about nothing is one of the measure that states it, else of its policy.
        """
        return once(view, (RuleTable, kind, hard, gives), lambda: cls._made(view, kind, hard, gives), of=RULES)

    @classmethod
    def _made(cls, view: View, kind: RuleKind, hard: bool, gives: bool) -> RuleTable:
        rules = view.handles("Rule")
        rules = rules[(view.ints(rules, "kind") == place_of(kind)) & ((view.ints(rules, "hard") != 0) == hard)]
        about = view.refs(rules, "about")
        if kind is RuleKind.ELIGIBILITY:
            for name in ("measure", "policy"):
                about = np.where((about < 0) & ~is_stated(view, rules, "about"), view.refs(rules, name), about)
        kept = (about >= 0) & ~_shares(view, rules) & (of_kinds(view, about, GIVEN) == gives)
        rules, about = rules[kept], about[kept]
        conditional = is_stated(view, rules, "condition")
        operator = view.ints(rules, "operator")
        member = (_among(operator, MEMBERSHIP) | (operator == NOT_STATED)) & ~conditional
        # Rules that are no alternatives stand in a group of their own.
        alone = np.where(member, 0, np.arange(len(rules)) + 1)
        keys = np.array([alone, np.where(member, view.ints(rules, "dimension"), -1), about])
        order = np.lexsort(keys)
        rules, groups = rules[order], _starts(keys[:, order])
        about, operator, conditional = about[order], operator[order], conditional[order]
        dimension = np.where(conditional, NOT_STATED, view.ints(rules, "dimension"))
        subject_groups = _starts(about[None, groups])
        columns = {name: view.refs(rules, name) for name in ("industry", "region", "tag")}
        columns |= {name: view.ints(rules, name) for name in ("stage", "size", "instrument")}
        columns["amount"], unrated = in_currency(view, rules, "amount", owed=True)
        columns["scheme"], schemes = _schemes(view, columns["industry"])
        in_words = ((dimension == NOT_STATED) | (view.ints(rules, "stated_in_source") == 0)) & ~conditional
        excludes = operator == place_of(Operator.NOT_IN)
        compares = (excludes | member[order]) & ~in_words
        asked = {one: np.flatnonzero((dimension == place_of(one)) & compares) for one in Dimension}
        asked[Dimension.OWNERSHIP] = np.flatnonzero(dimension == place_of(Dimension.OWNERSHIP))
        chains = asked[Dimension.CHAIN].tolist()
        positions = {place: Position.of(view, int(rules[place])) for place in chains}
        tickets = (dimension == place_of(Dimension.TICKET)) & (columns["amount"] != NOT_STATED)
        return cls(
            rules,
            about,
            dimension,
            in_words,
            columns,
            schemes,
            groups,
            about[groups][subject_groups],
            subject_groups,
            {one: (places, excludes[places]) for one, places in asked.items()},
            np.flatnonzero(tickets & ~unrated & _among(operator, AT_LEAST)),
            np.flatnonzero(tickets & _among(operator, AT_MOST)),
            {place: position for place, position in positions.items() if position is not None},
            {place: condition_of(view, int(rules[place])) for place in np.flatnonzero(conditional).tolist()},
        )

    @cached_property
    def place_of(self) -> dict[int, int]:
        """Where each subject stands among the subjects."""
        return {subject: place for place, subject in enumerate(self.subjects.tolist())}

    @cached_property
    def by_position(self) -> dict[Position, tuple[Ints, np.ndarray]]:
        """The places of the rules that ask for each position, and whether each excludes: many rules ask for the same."""
        places, excludes = self.asking[Dimension.CHAIN]
        alike: dict[Position, list[int]] = {}
        for at, place in enumerate(places.tolist()):
            if place in self.positions:
                alike.setdefault(self.positions[place], []).append(at)
        return {position: (places[at], excludes[at]) for position, at in alike.items()}

    def of_chain(self, place: int, verdicts: Verdicts) -> Verdicts:
        """What a rule about chains says, given whether each firm stands where it asks."""
        places, excludes = self.asking[Dimension.CHAIN]
        return np.asarray(YES - verdicts if excludes[np.searchsorted(places, place)] else verdicts, np.int8)


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """A table of rules decided for one applicant: `each` rule, and by subject of the table all of its rules together."""

    table: RuleTable
    applicant: Applicant
    each: Verdicts
    verdicts: Verdicts

    @classmethod
    def of(cls, view: View, kind: RuleKind, applicant: Applicant) -> Decided:
        """The hard rules of a kind, decided."""
        table = RuleTable.of(view, kind)
        each = rule_verdicts(view, table, applicant)
        _decide_conditions(view, table, applicant, each)
        if not len(each):
            return cls(table, applicant, each, each)
        by_group = np.maximum.reduceat(each, table.groups)
        return cls(table, applicant, each, np.minimum.reduceat(by_group, table.subject_groups))

    def on(self, subjects: Ints) -> tuple[Verdicts, np.ndarray]:
        """The verdict for each of these subjects, and whether there are hard rules about it."""
        known = self.table.subjects
        if not len(known):
            return np.full(len(subjects), YES, np.int8), np.zeros(len(subjects), bool)
        place = np.searchsorted(known, subjects).clip(max=len(known) - 1)
        ruled = known[place] == subjects
        return np.where(ruled, self.verdicts[place], YES).astype(np.int8), ruled

    def explain(self, view: View, subject: int) -> tuple[int, int, tuple[MissingFact, ...]]:
        """The verdict for one subject, the first rule that decides it against the applicant (-1: none), and the missing facts."""
        table = self.table
        place = table.place_of.get(subject)
        verdict = YES if place is None else int(self.verdicts[place])
        if verdict == YES:
            return YES, -1, ()
        here = slice(*np.searchsorted(table.about, [subject, subject + 1]).tolist())
        places, each = np.arange(here.start, here.stop), self.each[here]
        groups = np.searchsorted(table.groups, places, side="right")
        best = {group: int(each[groups == group].max()) for group in groups.tolist()}
        order = np.argsort(view.rank(table.rules[here])).tolist()
        decisive = [at for at in order if best[int(groups[at])] == verdict and each[at] == verdict]
        undecided = decisive if verdict == UNKNOWN else []
        missing = [fact for at in undecided for fact in missing_facts(view, table, int(places[at]), self.applicant)]
        return verdict, int(table.rules[places[decisive[0]]]), tuple(dict.fromkeys(missing))


def missing_facts(view: View, table: RuleTable, place: int, applicant: Applicant | int) -> tuple[MissingFact, ...]:
    """The fields of a firm (or of an applicant, for what it asks) that would decide a rule of a table; of a rule in words, its text."""
    firm = applicant if isinstance(applicant, int) else applicant.handle
    if place in table.conditions:
        asking = NOTHING if isinstance(applicant, int) else applicant.asking
        return told_of(view, int(table.rules[place]), firm, asking).missing
    if place in table.positions:
        return tuple(MissingFact(firm, field) for field in table.positions[place].missing(view, firm))
    fact = None if table.in_words[place] else FACTS.get(list(Dimension)[int(table.dimension[place])])
    if fact is None or fact == "tags":
        return (MissingFact(int(table.rules[place]), "text"),)
    return (MissingFact(firm, fact),)


def _decide_conditions(view: View, table: RuleTable, applicant: Applicant, found: Verdicts) -> None:
    """Put in what the rules with a condition say."""
    if table.conditions:
        facts = FactColumns(view, np.array([applicant.handle]))
        for place, asked in table.conditions.items():
            found[place] = facts.verdicts(asked, applicant.asking, (int(table.rules[place]),))[0]


def rule_verdicts(view: View, table: RuleTable, applicant: Applicant) -> Verdicts:
    """Whether the applicant meets each rule of a table; those with a condition stay UNKNOWN."""
    found = np.full(len(table.rules), UNKNOWN, np.int8)

    facts: tuple[tuple[Dimension, tuple[int, ...]], ...] = (
        (Dimension.REGION, applicant.regions),
        (Dimension.TAG, applicant.tags or (NOBODY,)),
        (Dimension.STAGE, () if applicant.stage == NOT_STATED else (applicant.stage,)),
        (Dimension.SIZE, () if applicant.size == NOT_STATED else (applicant.size,)),
        (Dimension.INSTRUMENT, () if applicant.instrument is None else (place_of(applicant.instrument),)),
        (Dimension.INDUSTRY, applicant.industries or (NOBODY,)),
    )
    for dimension, own in facts:
        places = table.asking[dimension][0]
        if len(places) and own:
            found[places] = _met(table, dimension, own, applicant.schemes)
    for place in table.asking[Dimension.OWNERSHIP][0].tolist():
        found[place] = _by_ownership(view, int(table.rules[place]), applicant.ownership)
    for position, (places, excludes) in table.by_position.items():
        verdict = position.verdict(view, applicant.handle)
        found[places] = np.where(excludes, YES - verdict, verdict)
    if applicant.amount is not None:
        found[table.least] = np.where(applicant.amount >= table.columns["amount"][table.least], YES, NO)
    else:
        found[table.least] = YES
    found[table.most] = YES
    return found


def _met(table: RuleTable, dimension: Dimension, own: tuple[int, ...], schemes: frozenset[str]) -> Verdicts:
    """Whether one fact of an applicant meets each of the rules that ask for it."""
    of_industry = dimension is Dimension.INDUSTRY
    key = (dimension, own, schemes if of_industry else None)
    found = table.met.get(key)
    if found is None:
        places, excludes = table.asking[dimension]
        values = table.columns[dimension.name.lower()][places]
        stated = values >= 0
        if of_industry:
            same_scheme = np.array([name in schemes for name in (*table.schemes, None)])
            stated = same_scheme[table.columns["scheme"][places]]
        met = _among(values, own) != excludes
        found = np.where(stated, np.where(met, YES, NO), UNKNOWN).astype(np.int8)
        if len(table.met) >= FACTS_KEPT:
            table.met.clear()
        table.met[key] = found
    return found


def _among(values: Ints, terms: Collection[int | Term]) -> np.ndarray:
    """Whether each value is one of a few; terms stand for their places."""
    found = np.zeros(len(values), bool)
    for term in terms:
        found |= values == (place_of(term) if isinstance(term, Term) else term)
    return found


def _starts(keys: Ints) -> Ints:
    """Where runs of equal columns begin."""
    first = np.ones(keys.shape[1], bool)
    first[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    return np.flatnonzero(first)


def _schemes(view: View, industries: Ints) -> tuple[Ints, tuple[str, ...]]:
    """The scheme of each industry as a place in a list; -1 where there is no industry."""
    named = np.flatnonzero(industries >= 0)
    texts = view.texts(industries[named], "scheme").to_list()
    words = tuple(sorted(set(texts)))
    places = np.full(len(industries), NOBODY, np.int64)
    places[named] = [words.index(text) for text in texts]
    return places, words


def _shares(view: View, rules: Ints) -> np.ndarray:
    """The rules that bound which share of the money goes somewhere: they ask nothing of any one applicant."""
    bounds = _among(view.ints(rules, "operator"), AT_LEAST | AT_MOST)
    shares = (view.ints(rules, "value") != NOT_STATED) & (view.ints(rules, "dimension") != place_of(Dimension.TICKET))
    return np.asarray(bounds & shares)


def ruled_subjects(view: View, kind: RuleKind) -> frozenset[int]:
    """What rules of a kind are about, preferences among them."""

    def make() -> frozenset[int]:
        rules = view.handles("Rule")
        return frozenset(view.refs(rules[view.ints(rules, "kind") == place_of(kind)], "about").tolist()) - {-1}

    return once(view, (ruled_subjects, kind), make, of=RULES)


def ticket_cap(view: View, subject: int) -> tuple[int, Money] | None:
    """The least of the largest tickets that rules about an offer or fund allow, with its rule; None: no rule states one."""

    def make() -> dict[int, tuple[int, Money]]:
        found: dict[int, tuple[int, Money]] = {}
        least: dict[int, int] = {}
        for kind in (RuleKind.ELIGIBILITY, RuleKind.MANDATE):
            table = RuleTable.of(view, kind)
            for place in table.most[np.argsort(view.rank(table.rules[table.most]))].tolist():
                rule, about = int(table.rules[place]), int(table.about[place])
                record = view.record(rule)
                assert isinstance(record, Rule)
                if record.amount is None:
                    continue
                # Without a rate nobody can tell that it is the least.
                worth = worth_in(view, record.amount)
                if about not in least or (worth is not None and worth < least[about]):
                    found[about], least[about] = (rule, record.amount), UNLIMITED if worth is None else worth
        return found

    return once(view, ticket_cap, make, of=RULES).get(subject)


def _by_ownership(view: View, rule: int, ownership: Term | None) -> int:
    record = view.record(rule)
    assert isinstance(record, Rule)
    if ownership is None or not record.values:
        return UNKNOWN
    listed = ownership.name in record.values or ownership.zh in record.values
    return YES if listed is not (record.operator is Operator.NOT_IN) else NO
