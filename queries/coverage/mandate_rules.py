"""The mandates of funds as records state them, and what needs have that mandates look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.kinds.policy import RuleKind
from graph.kinds.terms import Dimension, Instrument, Operator, Ownership, SizeClass, Stage
from graph.records import Term
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.chain_position import UNKNOWN as UNDECIDED
from queries.chain_position import YES, Position, chain_rules
from queries.coverage.amounts import amounts_of
from queries.coverage.demand import UNKNOWN, Cell
from queries.coverage.mandate import Attribute, Condition, HardRule, Mandate, MandateRule, ShareRule, mandate_of
from queries.coverage.network import Ints
from queries.coverage.tree import Tree
from queries.derived import once
from queries.financing.reaching.firms import Firms
from queries.trees import tree_of

REFERENCES = {Dimension.INDUSTRY: "industry", Dimension.REGION: "region", Dimension.TAG: "tag"}
CODE_LISTS: dict[Dimension, type[Term]] = {
    Dimension.STAGE: Stage,
    Dimension.INSTRUMENT: Instrument,
    Dimension.SIZE: SizeClass,
    Dimension.OWNERSHIP: Ownership,
}
OWN_CODES = (Dimension.STAGE, Dimension.INSTRUMENT, Dimension.SIZE)
"""Dimensions for which a rule has a field of its own; others are listed in words."""
BOUNDS = (Operator.GTE, Operator.GT, Operator.LTE, Operator.LT)
NOBODY = -2
"""Stands in a rule's values for a record that is not in the view: no need has it."""


@dataclass(frozen=True, slots=True)
class FundMandate:
    """A fund's mandate, and the hard rules that make it: by rule its handle and what it comes to, in order of ids."""

    mandate: Mandate
    rules: tuple[tuple[int, tuple[HardRule, ...]], ...]


def mandates_of(view: View, funds: Ints) -> list[FundMandate]:
    """The mandate of each fund: its hard rules of kind MANDATE that are in force.

    A fund with preferences only has a mandate that admits everything.
    """
    place, rules = view.expand("Rule", "about", funds)
    is_mandate = view.ints(rules, "kind") == list(RuleKind).index(RuleKind.MANDATE)
    place, rules = place[is_mandate], rules[is_mandate]
    columns = _Rules(view, rules)
    hard: dict[int, list[tuple[int, tuple[HardRule, ...]]]] = defaultdict(list)
    for at, (fund, rule, is_hard) in enumerate(
        zip(place.tolist(), rules.tolist(), view.ints(rules, "hard").tolist(), strict=True)
    ):
        if is_hard:
            hard[fund].append((rule, columns.conditions(at)))
    stated = set(place.tolist())
    # Rules that say the same are one object, and many funds have the same rules.
    made: dict[tuple[bool, tuple[int, ...]], Mandate] = {}
    found = []
    for fund in range(len(funds)):
        conditions = [one for _, comes_to in hard[fund] for one in comes_to]
        key = fund in stated, tuple(sorted(map(id, conditions)))
        if key not in made:
            made[key] = mandate_of(conditions, is_stated=key[0])
        found.append(FundMandate(made[key], tuple(hard[fund])))
    return found


class _Rules:
    """The columns of mandate rules, and what each rule comes to."""

    def __init__(self, view: View, rules: Ints) -> None:
        dimensions, operators = list(Dimension), list(Operator)
        self.view, self.rules = view, rules
        self.dimension = [
            None if one == NOT_STATED else dimensions[one] for one in view.ints(rules, "dimension").tolist()
        ]
        self.operator = [None if one == NOT_STATED else operators[one] for one in view.ints(rules, "operator").tolist()]
        self.share = view.ints(rules, "value").tolist()
        amount = amounts_of(view, rules, "amount")
        self.amount = np.where(amount.is_stated, amount.value, NOT_STATED).tolist()
        self.fields = {dimension: view.refs(rules, name).tolist() for dimension, name in REFERENCES.items()}
        for dimension in OWN_CODES:
            self.fields[dimension] = view.ints(rules, dimension.name.lower()).tolist()
        chains = dict(_chains(view))
        self.fields[Dimension.CHAIN] = [chains.get(rule, UNKNOWN) for rule in rules.tolist()]
        self._made: dict[tuple[Hashable, ...], tuple[HardRule, ...]] = {}

    def conditions(self, at: int) -> tuple[HardRule, ...]:
        """A rule as a condition on each dimension that it speaks of; one that nothing can be read from, in words only.

        A share with a bound says how much of the fund goes to a cell, not whether any may. Rules that say the same are one object.
        """
        dimension = self.dimension[at]
        own = self.fields[dimension][at] if dimension is not None and dimension in self.fields else None
        in_words = dimension is not Dimension.TICKET and own in (None, UNKNOWN, NOT_STATED)
        key = (dimension, self.operator[at], own, self.share[at], self.amount[at], at if in_words else None)
        if key not in self._made:
            self._made[key] = tuple(self._conditions(at))
        return self._made[key]

    def _conditions(self, at: int) -> list[HardRule]:
        dimension, operator, share = self.dimension[at], self.operator[at], self.share[at]
        if dimension is Dimension.TICKET:
            return [_ticket(self.amount[at], operator)]
        among = [(one, self._values(at, one)) for one in (self.fields if dimension is None else [dimension])]
        if share != NOT_STATED and operator in BOUNDS:
            listed = tuple(Condition(one, values) for one, values in among if values)
            is_minimum = operator in (Operator.GTE, Operator.GT)
            return [ShareRule(listed, share, is_minimum) if listed else MandateRule(None, None)]
        excludes = operator is Operator.NOT_IN
        if dimension is not None:
            return [MandateRule(dimension, among[0][1], excludes)]
        return [MandateRule(one, values, excludes) for one, values in among if values] or [MandateRule(None, None)]

    def _values(self, at: int, dimension: Dimension) -> frozenset[int] | None:
        """What a rule lists on a dimension: by its own field, else by codes or Chinese labels; None: in words only."""
        own = self.fields[dimension][at] if dimension in self.fields else NOT_STATED
        if own not in (UNKNOWN, NOT_STATED):
            return frozenset([own])
        rule = int(self.rules[at])
        if dimension in REFERENCES:
            return None if self.view.value(rule, REFERENCES[dimension]) is None else frozenset([NOBODY])
        if self.dimension[at] is None or dimension not in CODE_LISTS:
            return None
        by_word = {word: place for place, code in enumerate(CODE_LISTS[dimension]) for word in (code.name, code.zh)}
        words = self.view.value(rule, "values")
        return frozenset(by_word[word] for word in words) if words and by_word.keys() >= set(words) else None


def _ticket(amount: int, operator: Operator | None) -> MandateRule:
    if amount == NOT_STATED or operator is None:
        return MandateRule(Dimension.TICKET, None)
    return MandateRule(
        Dimension.TICKET,
        None,
        lower={Operator.GTE: amount, Operator.GT: amount + 1}.get(operator),
        upper={Operator.LTE: amount, Operator.LT: amount - 1}.get(operator),
    )


def attributes_of(view: View, cells: Sequence[Cell], enterprise: Ints) -> dict[Dimension, Attribute]:
    """What each need has on every dimension of mandates: an industry or region with all above it.

    An enterprise has the industries of all its activities; the cell shows the main one.
    """
    industries, regions = tree_of(view, "Industry"), tree_of(view, "Region")
    columns = tuple(zip(*cells, strict=True)) or ((),) * len(Cell._fields)
    industry, stage, region, instrument, _, tags, _ = columns
    tag_sets: dict[Values, int] = {}
    of_tags = np.array([tag_sets.setdefault(one, len(tag_sets)) for one in tags], np.int64)

    def paths(tree: Tree, handles: Iterable[int]) -> frozenset[int]:
        return frozenset(above for handle in handles for above in tree.path(handle))

    return {
        Dimension.INDUSTRY: _attribute(
            *_with_others(np.array(industry, np.int64), enterprise, _other_industries(view, enterprise)),
            lambda handles: paths(industries, handles),
        ),
        Dimension.REGION: _attribute(*_alone(np.array(region, np.int64)), lambda handles: paths(regions, handles)),
        Dimension.STAGE: _attribute(*_alone(np.array(stage, np.int64)), _known),
        Dimension.TAG: _attribute(of_tags, list(tag_sets), frozenset, empty_is_known=True),
        Dimension.INSTRUMENT: _attribute(*_alone(np.array(instrument, np.int64)), _known),
        Dimension.SIZE: _attribute(*_codes(view, enterprise, "size"), _known),
        Dimension.CHAIN: _attribute(*_positions(view, enterprise), _known),
        Dimension.OWNERSHIP: _attribute(*_codes(view, enterprise, "ownership"), _known),
    }


Values = tuple[int, ...]


def _attribute(
    of_need: Ints,
    values: Sequence[Values],
    expanded: Callable[[Values], frozenset[int]],
    *,
    empty_is_known: bool = False,
) -> Attribute:
    """The attribute of needs that have these different values, each by place."""
    return Attribute(of_need, [expanded(one) for one in values], empty_is_known)


def _alone(column: Ints) -> tuple[Ints, list[Values]]:
    """(by need the place of its value, the different values)."""
    distinct, of_need = np.unique(column, return_inverse=True)
    return of_need, [(value,) for value in distinct.tolist()]


def _with_others(column: Ints, enterprise: Ints, others: Mapping[int, Values]) -> tuple[Ints, list[Values]]:
    """The same of values to which an enterprise has others."""
    distinct, own = np.unique(column, return_inverse=True)
    sets: dict[Values, int] = {(): 0}
    firms, of_firm = np.unique(enterprise, return_inverse=True)
    number = np.array([sets.setdefault(others.get(firm, ()), len(sets)) for firm in firms.tolist()], np.int64)
    pairs, of_need = np.unique(own * len(sets) + number[of_firm], return_inverse=True)
    more = list(sets)
    return of_need, [(int(distinct[pair // len(sets)]), *more[pair % len(sets)]) for pair in pairs.tolist()]


def _known(values: Values) -> frozenset[int]:
    return frozenset(values) - {UNKNOWN}


def _chains(view: View) -> tuple[tuple[int, int], ...]:
    """The rules on positions in chains, each with the first rule that asks the same; those in words only are left out."""

    def make() -> tuple[tuple[int, int], ...]:
        first: dict[Position, int] = {}
        rules = chain_rules(view)
        asked = zip(rules, Position.of_all(view, rules), strict=True)
        return tuple((rule, first.setdefault(position, rule)) for rule, position in asked if position is not None)

    return once(view, _chains, make)


def _positions(view: View, enterprise: Ints) -> tuple[Ints, list[Values]]:
    """(by need the place of its value, the different values): the positions in chains in which its enterprise stands, each by the
    rule that asks for it; NOBODY: in none of them.
    """
    asked = list(dict.fromkeys(rule for _, rule in _chains(view)))
    positions = [one for rule in asked if (one := Position.of(view, rule)) is not None]
    places = Firms.of(view).places(enterprise) if asked else np.zeros(len(enterprise), np.int64)
    of_need = np.zeros(len(enterprise), np.int64)
    values: list[Values] = [() if asked else (UNKNOWN,)]
    for one in positions:
        verdicts = np.where(places >= 0, one.verdicts(view)[places], UNDECIDED)
        met, own = np.unique(verdicts, return_inverse=True)
        pairs, of_need = np.unique(of_need * len(met) + own, return_inverse=True)
        values = [(*values[pair // len(met)], int(met[pair % len(met)])) for pair in pairs.tolist()]
    if not asked:
        return of_need, values
    return of_need, [
        tuple(rule for rule, verdict in zip(asked, column, strict=True) if verdict == YES)
        or ((UNKNOWN,) if UNDECIDED in column else (NOBODY,))
        for column in values
    ]


def _codes(view: View, enterprise: Ints, field: str) -> tuple[Ints, list[Values]]:
    known, at = np.unique(enterprise, return_inverse=True)
    codes, is_known = np.full(len(known), NOT_STATED, np.int64), known != UNKNOWN
    codes[is_known] = view.ints(known[is_known], field)
    distinct, of_firm = np.unique(codes, return_inverse=True)
    return of_firm[at], [(UNKNOWN,) if code == NOT_STATED else (code,) for code in distinct.tolist()]


def _other_industries(view: View, enterprise: Ints) -> dict[int, Values]:
    known = np.unique(enterprise[enterprise != UNKNOWN])
    place, links = view.expand("InIndustry", "source", known)
    found: dict[int, list[int]] = defaultdict(list)
    for at, industry in zip(place.tolist(), view.refs(links, "target").tolist(), strict=True):
        found[int(known[at])].append(industry)
    return {firm: tuple(industries) for firm, industries in found.items()}
