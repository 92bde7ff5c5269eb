"""The search of one financingReach: columns where they are exact, appraisal one by one where a bound says that it may matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from graph.kinds.terms import Technique
from graph.values import MILLION
from graph.view import View
from queries.completeness import Meter
from queries.exchange import in_currency
from queries.financing.appraised import Appraised, appraise, is_simple
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.candidates import Candidate
from queries.financing.limits.of_anchor import headrooms
from queries.financing.limits.offer_columns import offer_columns
from queries.financing.reaching.best import Best
from queries.financing.reaching.chains import Chain, chains_of
from queries.financing.reaching.claims import capacities
from queries.financing.reaching.firms import Firms, Needs
from queries.financing.reaching.heads import Family, Head, Tail, backed, families
from queries.financing.reaching.taking import Taking, Takings
from queries.financing.reaching.tiers import tier_of, tier_of_tail
from queries.financing.spines import Form, Spine
from queries.financing.supports import ways_to_support
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.techniques.table import PLACES, TECHNIQUES
from queries.financing.terms import PathStatus
from queries.ratios import UNLIMITED, UNREACHED, UNSTATED, Ints, share_at_most

PAID_OUT: Final = frozenset({"Loan", "InvestmentRound", "Collaboration"})
"""Contracts in force of which nothing is left to draw."""


@dataclass(frozen=True, eq=False)
class _Offer:
    """A head that is open to every firm, with what it takes."""

    family: Family
    head: Head
    taking: Taking


@dataclass(frozen=True, eq=False)
class _Alone:
    """Firms (a mask) to which a head is appraised one by one, and brings `bound` at most; `backed`: only where the record of the search
    covers the path."""

    family: Family
    head: Head
    mask: np.ndarray
    bound: int = UNLIMITED
    backed: bool = False


@dataclass(frozen=True, eq=False)
class Records:
    """Candidates by rows of a family, sorted by firm: the `firm` of each and the most that it brings, `exact` where it brings just that.

    `source` the family as it came.
    """

    source: Family
    family: Family
    firm: Ints
    bound: Ints
    exact: np.ndarray
    tier: int


@dataclass(eq=False)
class Search:
    """What leads from one record. `most_links` a path may go over at most; None: as far as programmes say."""

    view: View
    origin: int
    meter: Meter
    most_links: int | None = None
    best: Best = field(init=False)
    takings: Takings = field(init=False)
    deepest: int = 0
    _families: list[Family] = field(default_factory=list)
    _offers: list[_Offer] = field(default_factory=list)
    _chains: list[Chain] = field(default_factory=list)
    _records: list[Records] = field(default_factory=list)
    _alone: list[_Alone] = field(default_factory=list)
    _looked_at: int = 0

    def __post_init__(self) -> None:
        self.takings = Takings(self.view)
        self.best = Best.none(len(self.firms))

    @property
    def firms(self) -> Firms:
        """All firms, by place."""
        return self.takings.firms

    def run(self, words: Sequence[tuple[TechniqueRow, Spine]]) -> None:
        """Find the best of every firm, as far as the budget goes."""
        for family in families(self.view, self.origin, words, self.meter, self.most_links):
            if self.most_links is not None and tier_of_tail(family, self.view) > self.most_links:
                continue
            self._families.append(family)
            if family.tail is not Tail.OPEN:
                self._look_at_those_apart()
            match family.tail:
                case Tail.CHAIN:
                    self._chain(family)
                case Tail.OPEN:
                    self._open(family)
                case Tail.RECORDS:
                    self._records.append(self._bounded(family))
        for family, firms in backed(self.view, self.origin, words):
            self._families.append(family)
            mask = self.firms.among(firms)
            self._alone += [_Alone(family, head, mask, backed=True) for head in family.heads]
        self._look_at_those_apart()
        for records in self._records:
            self._appraise(records)

    def _look_at_those_apart(self) -> None:
        """Appraise what waits for it, the largest bounds first, so that the others need not be."""
        waiting = sorted(self._alone[self._looked_at :], key=lambda one: -one.bound)
        self._looked_at = len(self._alone)
        for alone in waiting:
            self._one_by_one(alone)

    def path(self, place: int) -> Appraised | None:
        """The best path of a firm that is reached: of equal ones the first by node ids, then by the ids of links and supports."""
        found = list(self._equal(place))
        return found[0] if len(found) == 1 else min(found, key=self._order, default=None)

    def _order(self, found: Appraised) -> tuple[Sequence[str], Sequence[str]]:
        candidate = found.candidate
        marks = (*candidate.links, *(support.instrument for support in candidate.supports))
        id_of = self.view.id_of
        return [id_of(one) for one in candidate.nodes], [id_of(one) if one >= 0 else "" for one in marks]

    def needs(self) -> Ints:
        """By firm, what is open in 分 of what the technique of its best path serves (UNLIMITED: it asks for nothing)."""
        found = np.full(len(self.firms), UNLIMITED)
        for row in TECHNIQUES.values():
            ours = (self.best.technique == PLACES[row.technique]) & (self.best.capacity != UNREACHED)
            if ours.any():
                found[ours] = Needs.of(self.view, row.serves).amount[ours]
        return found

    @property
    def families(self) -> list[Family]:
        """The ways that lead from the record."""
        return self._families

    @property
    def led(self) -> list[tuple[Family, Records | None]]:
        """The ways with the records that they lead over, where they do."""
        over = {id(one.source): one for one in self._records}
        return [(family, over.get(id(family))) for family in self._families]

    @property
    def sources(self) -> set[int]:
        """Where the money comes from."""
        return {head.nodes[0] for family in self._families for head in family.heads}

    @property
    def techniques(self) -> list[Technique]:
        """Those of the ways."""
        return list(dict.fromkeys(family.row.technique for family in self._families))

    def most_rate(self, family: Family) -> int:
        """The largest α of a family's heads, in millionths."""
        return int(self._caps(family)[1].max(initial=0))

    def _chain(self, family: Family) -> None:
        technique = PLACES[family.row.technique]
        for chain in chains_of(self.takings, family, self.best, self.meter):
            self.deepest = max(self.deepest, chain.steps)
            self._chains.append(chain)
            for found in chain.columns(self.meter):
                self.best.take(found.places, found.capacity, found.tier, technique)

    def _open(self, family: Family) -> None:
        technique, need = PLACES[family.row.technique], self.takings.needs(family).amount
        self.deepest = max(self.deepest, len(family.spine.word))
        for head in family.heads:
            if self.meter.out_of_time(1):
                return
            taking = self.takings.of(family, head)
            if taking is None:
                self._alone.append(_Alone(family, head, np.ones(len(self.firms), bool)))
                continue
            self._offers.append(_Offer(family, head, taking))
            self._alone.append(_Alone(family, head, taking.apart, taking.bound))
            places = np.flatnonzero(taking.takes)
            bound = np.minimum(need[places], taking.bound)
            self.best.take(places, bound if taking.stated else np.full(len(places), UNSTATED), 0, technique)

    def _one_by_one(self, alone: _Alone) -> None:
        if self.meter.out_of_time(1):
            return
        family, places = alone.family, np.flatnonzero(alone.mask)
        technique, need = PLACES[family.row.technique], self.takings.needs(family).amount
        most = np.minimum(need[places], alone.bound)
        for place in places[self.best.beaten_by(places, most, 0, technique)].tolist():
            if not self.meter.take(1, 1):
                return
            for found in self._of_alone(alone, place):
                self._keep(place, found, technique)

    def _of_alone(self, alone: _Alone, place: int) -> Iterator[Appraised]:
        for found in self._ways(alone.family, alone.head, (int(self.firms.handles[place]),), (-1,), place):
            if not alone.backed or any(one.provider == self.origin for one in found.candidate.supports):
                yield found

    def _keep(self, place: int, found: Appraised, technique: int) -> None:
        amount = found.capacity.amount
        capacity = np.array([UNSTATED if amount is None else amount])
        self.best.take(np.array([place]), capacity, tier_of(self.view, found.candidate), technique)

    def _ways(
        self, family: Family, head: Head, nodes: tuple[int, ...], links: tuple[int, ...], place: int
    ) -> Iterator[Appraised]:
        """The paths of one spine, with each of its supports, that no gate blocks; none from a source under one control with the firm."""
        appraisal = self.takings.appraisal(place)
        bare = Candidate(family.row, family.spine, (*head.nodes, *nodes), (*head.links, *links))
        apart = self.takings.outside(bare.source)[place]
        if not apart or len(set(bare.nodes)) < len(bare.nodes) or not is_simple(appraisal, bare):
            return
        for supports in ways_to_support(appraisal, bare):
            found = appraise(appraisal, Candidate(family.row, family.spine, bare.nodes, bare.links, supports))
            if found.status is not PathStatus.BLOCKED:
                yield found

    def _bounded(self, family: Family) -> Records:
        """The records of a family by firm, with the most that each may bring."""
        nodes = family.nodes
        firm = self.firms.places(nodes[:, -1])
        told = capacities(self.takings, family, firm, self.best.capacity)
        if told is None:
            bound = np.minimum(self._most(family), self.takings.needs(family).amount[firm])
            exact = np.zeros(len(bound), bool)
        else:
            bound, exact = told
        struck = self.firms.struck_off[firm] if family.spine.form is not Form.IN_FORCE else np.zeros(len(firm), bool)
        # What is less than the firm has already is never its best.
        order = np.flatnonzero(~struck & (bound >= self.best.capacity[firm]) & (bound != UNREACHED))
        order = order[np.lexsort((-bound[order], firm[order]))]
        kept = Family(
            family.row, family.spine, family.tail, family.heads, nodes[order], family.links[order],
            None if family.head is None else family.head[order],
        )  # fmt: skip
        self.deepest = max(self.deepest, len(family.spine.word))
        return Records(family, kept, firm[order], bound[order], exact[order], tier_of_tail(family, self.view))

    def _most(self, family: Family) -> Ints:
        """What the records of a family may bring at most under the best of their heads, in 分."""
        caps, rates = self._caps(family)
        if family.head is None:
            cap, rate = np.full(len(family.nodes), caps.max()), np.full(len(family.nodes), rates.max())
        else:
            cap, rate = caps[family.head], rates[family.head]
        return np.asarray(np.minimum(cap, share_at_most(self._values(family), rate)))

    def _caps(self, family: Family) -> tuple[Ints, Ints]:
        """What each head brings at most, and its α in millionths."""
        view, heads = self.view, family.heads
        caps, rates = np.full(len(heads), UNLIMITED), np.full(len(heads), MILLION)
        programmes, left = headrooms(view)
        for place, head in enumerate(heads):
            programme = head.first(view, "AnchorProgramme")
            if programme >= 0 and family.spine.form is not Form.IN_FORCE:
                caps[place] = left[np.searchsorted(programmes, programme)]
        products = [head.first(view, "LoanProduct") for head in heads]
        known = [place for place, product in enumerate(products) if product >= 0]
        if known:
            offered = offer_columns(view)
            at = offered.places(np.array([products[place] for place in known]))
            caps[known] = np.minimum(caps[known], offered.maximum[at])
            rates[known] = offered.rate[at] if family.row.advances else MILLION
        return caps, rates

    def _values(self, family: Family) -> Ints:
        """What the records themselves are worth at most."""
        view, found = self.view, np.full(len(family.nodes), UNLIMITED)
        for column in family.nodes[:, :-1].T:
            kind = view.kind_of(int(column[0])).name if len(column) else ""
            if kind in ASSET_KINDS and family.spine.form is not Form.IN_FORCE:
                value, unrated = in_currency(view, column, ASSET_KINDS[kind].value)
                value = np.where(unrated, UNLIMITED, np.where(value < 0, UNSTATED, value))
                # Of a voucher the part that the firm holds counts: the last of its kind.
                found = value
            elif family.spine.form is Form.IN_FORCE and kind in PAID_OUT and family.spine.amount is None:
                found = np.zeros(len(column), np.int64)
        return found

    def _appraise(self, records: Records) -> None:
        if self.meter.out_of_time(1):
            return
        technique = PLACES[records.family.row.technique]
        told = records.exact & (records.bound != UNREACHED)
        places, first = np.unique(records.firm[told], return_index=True)
        self.best.take(places, records.bound[told][first], records.tier, technique)
        worth = ~records.exact & self.best.beaten_by(records.firm, records.bound, records.tier, technique)
        for row in np.flatnonzero(worth).tolist():
            place, one = int(records.firm[row]), np.array([int(records.firm[row])])
            if not self.best.beaten_by(one, records.bound[row : row + 1], records.tier, technique)[0]:
                continue
            for found in self._of_row(records, row):
                if found is None:
                    return
                self._keep(place, found, technique)

    def _of_row(self, records: Records, row: int) -> Iterator[Appraised | None]:
        """The paths over one record; None where the budget ends."""
        family = records.family
        heads = family.heads if family.head is None else (family.heads[int(family.head[row])],)
        nodes, links = tuple(family.nodes[row].tolist()), tuple(family.links[row].tolist())
        for head in heads:
            if not self.meter.take(1, len(head.nodes)):
                yield None
                return
            yield from self._ways(family, head, nodes, links, int(records.firm[row]))

    def _equal(self, place: int) -> Iterator[Appraised]:
        """The paths of one firm that are as good as its best."""
        best = self.best
        capacity, tier, technique = (int(column[place]) for column in (best.capacity, best.tier, best.technique))
        for offer in self._offers:
            if PLACES[offer.family.row.technique] == technique and offer.taking.takes[place]:
                yield from self._same(place, offer.family, offer.head, (int(self.firms.handles[place]),), (-1,))
        for alone in self._alone:
            if PLACES[alone.family.row.technique] == technique and alone.mask[place]:
                yield from (found for found in self._of_alone(alone, place) if self._is_best(place, found))
        for chain in self._chains:
            if PLACES[chain.family.row.technique] == technique:
                for nodes, links in chain.ways(place, capacity, tier, self.firms.handles):
                    yield from self._same(place, chain.family, chain.head, nodes, links)
        for records in self._records:
            if PLACES[records.family.row.technique] != technique:
                continue
            low, high = np.searchsorted(records.firm, [place, place + 1]).tolist()
            for row in range(low, high):
                most = records.bound[row]
                if (most == capacity if records.exact[row] else most >= capacity) and records.tier == tier:
                    for found in self._of_row(records, row):
                        if found is not None and self._is_best(place, found):
                            yield found

    def _same(
        self, place: int, family: Family, head: Head, nodes: tuple[int, ...], links: tuple[int, ...]
    ) -> Iterator[Appraised]:
        for found in self._ways(family, head, nodes, links, place):
            if self._is_best(place, found):
                yield found

    def _is_best(self, place: int, found: Appraised) -> bool:
        tier, technique = tier_of(self.view, found.candidate), PLACES[found.candidate.row.technique]
        return self.best.equals(place, found.capacity.amount, tier, technique)
