"""Which investments count in a covenant, and by how much: three-valued, since not all of a firm is stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from graph.history import versions
from graph.kinds.parties import Enterprise, Fund
from graph.kinds.places import Region
from graph.kinds.policy import Rule
from graph.kinds.terms import Stage
from graph.records import Ref
from graph.snapshot import day_of
from graph.view import View
from queries.financing.limits.constraints import MissingFact
from queries.financing.terms import Ternary
from queries.funds.investments import Investment
from queries.funds.measures import CountedInvestment
from queries.trees import ancestors

EARLY = (Stage.SEED, Stage.STARTUP)
"""What counts as early where a rule does not list its stages."""
NOTHING = np.zeros(0, np.int64)
FIELDS = ("industry", "region", "tag", "stage", "size")
"""What a rule can ask of a firm, by field."""


@dataclass(eq=False)
class FirmFacts:
    """What a view tells of firms, each asked once."""

    view: View
    missing: list[MissingFact] = field(default_factory=list)
    _tags: dict[int, frozenset[int]] = field(default_factory=dict)
    _stages: dict[tuple[int, int | None, int], Stage | None] = field(default_factory=dict)

    def fresh(self) -> FirmFacts:
        """The same with nothing missing yet."""
        return replace(self, missing=[])

    def has(self, name: str, wanted: object, one: Investment, stages: Sequence[Stage] | None = None) -> Ternary:
        """Whether the firm of an investment is in an industry or region, has a tag, was in a stage, or is of a size."""
        if one.enterprise < 0:
            return self._unknown(one.round, "enterprise")
        match name:
            case "industry":
                return self._industry(wanted, one.enterprise)
            case "region":
                place = self.view.ref(one.enterprise, "region")
                if place < 0:
                    return self._unknown(one.enterprise, "region")
                return _yes(self._handle(wanted) in ancestors(self.view, place))
            case "tag":
                return _yes(self._handle(wanted) in self._tags_of(one.enterprise))
            case "stage":
                stage = self.stage(one)
                if stage is None:
                    return self._unknown(one.enterprise, "stage")
                return _yes(stage in stages if stages is not None else stage is wanted)
        size = self.view.value(one.enterprise, "size")
        return self._unknown(one.enterprise, "size") if size is None else _yes(size is wanted)

    def stage(self, one: Investment) -> Stage | None:
        """The stage that an investment was made in: of the need that it meets, else of the firm on the day of closing, else as it is.

        A firm that has grown since was early then.
        """
        key = (one.enterprise, one.closed_on, one.round)
        if key not in self._stages:
            self._stages[key] = self._stage_of(one)
        return self._stages[key]

    def _stage_of(self, one: Investment) -> Stage | None:
        links = self.view.holders("Fulfils", "source", one.round) if one.round >= 0 else NOTHING
        needs = [need for need in self.view.refs(links, "target").tolist() if need >= 0]
        named = {asked for need in needs if (asked := self.view.value(need, "stage")) is not None}
        if len(named) == 1:
            return Stage(named.pop())
        if one.enterprise < 0:
            return None
        if one.closed_on is not None:
            for version in versions(self.view, one.enterprise):
                since = None if version.since is None else day_of(version.since)
                until = None if version.until is None else day_of(version.until)
                if (since is None or since <= one.closed_on) and (until is None or one.closed_on < until):
                    assert isinstance(version.record, Enterprise)
                    if version.record.stage is not None:
                        return version.record.stage
        now = self.view.value(one.enterprise, "stage")
        return None if now is None else Stage(now)

    def _industry(self, wanted: object, firm: int) -> Ternary:
        own = self.view.ref(firm, "industry")
        others = self.view.refs(self.view.holders("InIndustry", "source", firm), "target").tolist()
        place = self._handle(wanted)
        if any(place in ancestors(self.view, one) for one in (own, *others)):
            return Ternary.YES
        return self._unknown(firm, "industry") if own < 0 else Ternary.NO

    def _tags_of(self, firm: int) -> frozenset[int]:
        if firm not in self._tags:
            links = self.view.holders("Tagged", "source", firm)
            self._tags[firm] = frozenset(self.view.refs(links, "target").tolist())
        return self._tags[firm]

    def _handle(self, wanted: object) -> int:
        return self.view.find(wanted) if isinstance(wanted, str) else -2

    def _unknown(self, record: int, name: str) -> Ternary:
        self.missing.append(MissingFact(record, name))
        return Ternary.UNKNOWN


def _yes(holds: bool) -> Ternary:
    return Ternary.YES if holds else Ternary.NO


Conditions = dict[str, object]


def conditions(record: Rule) -> Conditions:
    """What a rule asks of firms, by field; all of it must hold. Empty: nothing that can be read."""
    return {name: value for name in FIELDS if (value := getattr(record, name)) is not None}


def region_of(rule: Rule, fund: Fund) -> Ref[Region] | None:
    """Where a rule on reinvestment wants money to go: the region that it names, else the one that the fund is set up in."""
    return rule.region or fund.region


def early_stages(record: Rule | None) -> tuple[Stage, ...] | None:
    """The stages that a rule calls early; None: it lists them in words that are no stages."""
    if record is None or not record.values:
        return EARLY if record is None or record.stage is None else (record.stage,)
    by_word = {word: stage for stage in Stage for word in (stage.name, stage.zh)}
    return tuple(by_word[word] for word in record.values) if by_word.keys() >= set(record.values) else None


def holds(facts: FirmFacts, wanted: Conditions, one: Investment) -> Ternary:
    """Whether all conditions hold of an investment's firm. Of a condition that fails, no other fact is missing."""
    known = len(facts.missing)
    found = [facts.has(name, value, one) for name, value in wanted.items()]
    if Ternary.NO in found:
        del facts.missing[known:]
        return Ternary.NO
    return Ternary.UNKNOWN if Ternary.UNKNOWN in found else Ternary.YES


@dataclass(frozen=True, slots=True)
class Weighing:
    """A coefficient: what it asks, and by how much what fits it counts."""

    rule: int
    wanted: Conditions
    weight: Fraction


def fitting_weight(sure: Sequence[Fraction], maybe: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Bounds of the largest weight of those that fit, some of them surely."""
    return max(sure), max([*sure, *maybe])


def usual_weight(counts: Ternary, maybe: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Bounds of the weight where no coefficient surely fits: 1 of what counts, else 0, or one of those that may fit."""
    least, most = Fraction(counts is Ternary.YES), Fraction(counts is not Ternary.NO)
    return min([least, *maybe]), max([most, *maybe])


def counted(
    facts: FirmFacts,
    investments: Iterable[Investment],
    base: Callable[[Investment], Ternary],
    weighings: Sequence[Weighing] = (),
) -> tuple[CountedInvestment, ...]:
    """Each investment with its weight: of the coefficients that fit it the largest; where none does, 1 if `base` says so, else 0."""
    found = []
    for one in investments:
        known = len(facts.missing)
        fits = [(weighing, holds(facts, weighing.wanted, one)) for weighing in weighings]
        sure = [weighing for weighing, fit in fits if fit is Ternary.YES]
        maybe = [weighing.weight for weighing, fit in fits if fit is Ternary.UNKNOWN]
        rule = -1
        if sure:
            best = max(sure, key=lambda weighing: weighing.weight)
            low, high = fitting_weight([best.weight], maybe)
            rule = best.rule if low == high else -1
        else:
            low, high = usual_weight(base(one), maybe)
        if low == high:
            del facts.missing[known:]
        found.append(CountedInvestment(one.fund, one.round, one.enterprise, one.amount, low, high, rule))
    return tuple(found)


def weighed(given: Iterable[CountedInvestment]) -> tuple[Fraction | None, Fraction | None]:
    """Bounds of Σ weight × amount in 分. An amount that is not stated leaves no upper bound where it may count."""
    low, high = Fraction(0), Fraction(0)
    is_bounded = True
    for one in given:
        low += one.low * (one.amount or 0)
        high += one.high * (one.amount or 0)
        is_bounded &= one.amount is not None or one.high == 0
    return low, high if is_bounded else None
