"""The bounds of the paths of one word: what a partial path can still score, and at least cost, from what it has passed and what may come.

Down to the word's offer a node knows the best score over it; from there on a partial path carries what it has passed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import nan
from typing import Final, NamedTuple

import numpy as np

from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.charges import DISCOUNTED, is_priced
from queries.financing.limits.offer_columns import offer_columns
from queries.financing.merits import clauses_of, default_probability
from queries.financing.policy_basis import policy_fit
from queries.financing.search.day_bounds import DayBounds, Terms, terms
from queries.financing.search.hopes import (
    TRADE,
    Hopes,
    far_counts,
    is_chained,
    link_counts,
    link_days,
    near_counts,
    next_place,
    root_days,
)
from queries.financing.search.layers import Layer
from queries.financing.search.prices import (
    FREE_OF_COST,
    NO_COST,
    NOWHERE,
    OF_POOL,
    Floats,
    Prices,
    guarantee_charges,
    policy_charges,
    prices,
    share,
)
from queries.financing.search.score_bounds import Scale
from queries.financing.search.strengths import CERTAIN, strength, strengths
from queries.financing.spines import Form, Spine, Step
from queries.financing.supports import offered_guarantees, offered_policies
from queries.financing.techniques.rows import ObligorRule, TechniqueRow
from queries.financing.tenor import DayRange, wanted
from queries.financing.terms import Gate, SupportKind
from queries.ratios import Ints

FEW: Final = 24
"""Up to so many nodes are bounded one by one, more as columns."""
MANY: Final = 256
"""So many answers are kept of what all products of a technique charge."""
OFFER: Final = "LoanProduct"
OWED_BY: Final = frozenset({"AnchorProgramme", "CreditLimit"})
"""Kinds beside assets that say whose debt it is."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a partial path has passed: `place` in the word of the nodes that come next, and the step `before` them (None: they are sources).

    `offer` the place of its product among all (-1: none); `terms` once its days are settled; `safety` once its obligor is; `programme`
    under which its days stand (-1: none).
    """

    place: int = 0
    before: Step | None = None
    strength: int = CERTAIN
    offer: int = -1
    terms: tuple[int, float] | None = None
    safety: float | None = None
    programme: int = -1


class Bounds(NamedTuple):
    """By node that may come next: at most the score in millionths, and at least the cost in millionths of a basis point."""

    score: list[int]
    cost: list[int]


class _Parts(NamedTuple):
    """Bounds of the parts of the score, by node."""

    strength: Ints
    cost: Ints
    fit: Floats
    safety: Floats


@dataclass(eq=False)
class WordBounds:
    """The bounds of one word's paths. A contract in force is bounded by its evidence alone."""

    hopes: Hopes
    row: TechniqueRow
    spine: Spine
    _heads: dict[int, tuple[Layer, Ints, Ints]] = field(default_factory=dict)

    @property
    def appraisal(self) -> Appraisal:
        """What the paths are measured by."""
        return self.hopes.appraisal

    @cached_property
    def scale(self) -> Scale:
        """What the paths are scored by."""
        need = self.appraisal.need(self.row, self.spine)
        fit = float(policy_fit(clauses_of(self.appraisal, self.row, need.purpose)))
        return Scale.of(self.appraisal.weights, need.amount, fit)

    @cached_property
    def head(self) -> int:
        """The place of the word's offer; the source's, where it has none."""
        return next((place for place, step in enumerate(self.spine.word) if step.farther == OFFER), 0)

    @cached_property
    def in_force(self) -> bool:
        """Whether the word ends at a contract, which has days and prices of its own."""
        return self.spine.form is Form.IN_FORCE

    @cached_property
    def need(self) -> DayRange | None:
        """The days that are asked for; None: none are, or capital has none."""
        is_fund = self.row.funds and any(step.farther == "Fund" for step in self.spine.word)
        return None if is_fund else wanted(self.appraisal.need(self.row, self.spine))

    def best(self, capacity: int) -> tuple[int, int]:
        """The bounds of the whole word, before anything is looked at but how much it can bring at most."""
        cost = FREE_OF_COST if is_priced(self.row) else NO_COST
        return self.scale.one(max(capacity, 0), CERTAIN, cost, nan if self.need is None else 1.0, 1.0), cost

    def of(self, passed: Passed, layer: Layer, places: Ints, links: Ints | None, capacity: Ints) -> Bounds:
        """The bounds of paths that go on over these nodes, and bring so much at most."""
        if passed.place <= self.head and not self.in_force:
            score, cost = self._over_head(layer, passed.place)
            return Bounds(score[places].tolist(), cost[places].tolist())
        if len(places) == 1 and passed.terms is not None and passed.safety is not None:
            return self._of_one(passed, layer, int(places[0]), -1 if links is None else int(links[0]), int(capacity[0]))
        parts = self._parts(passed, layer, places, links)
        capacity = np.maximum(capacity, 0)
        if len(places) > FEW:
            return Bounds(self.scale.many(capacity, *parts).tolist(), parts.cost.tolist())
        rows = zip(capacity.tolist(), *(column.tolist() for column in parts), strict=True)
        return Bounds([self.scale.one(*row) for row in rows], parts.cost.tolist())

    def _of_one(self, passed: Passed, layer: Layer, place: int, link: int, capacity: int) -> Bounds:
        """The same for one node, where all but evidence and capacity is settled."""
        assert passed.terms is not None
        assert passed.safety is not None
        node, (cost, fit) = int(layer.nodes[place]), passed.terms
        beyond = int(self.hopes.of(layer, self.spine, passed.place).strength[place])
        sure = min(passed.strength, beyond, self._step_strength(passed.before, node, link))
        return Bounds([self.scale.one(max(capacity, 0), sure, cost, fit, passed.safety)], [cost])

    def after(self, passed: Passed, layer: Layer, place: int, link: int) -> Passed:
        """What a partial path has passed once it goes on over a node."""
        view, step, node = self.hopes.view, self.spine.word[passed.place], int(layer.nodes[place])
        strength_ = min(passed.strength, self._step_strength(passed.before, node, link))
        if far_counts(step):
            strength_ = min(strength_, strength(view, node))
        settled = replace(passed, place=next_place(layer, self.spine, passed.place), before=step, strength=strength_)
        if self.in_force:
            return settled
        if step.farther == OFFER:
            settled = replace(settled, offer=int(offer_columns(view).places(np.array([node]))[0]))
            return settled if self._goes_on else self._settled_by_offer(settled)
        if passed.place <= self.head:
            return settled
        if step.farther == "AnchorProgramme":
            settled = replace(settled, programme=node)
        days = passed.terms is None and self._settles_days(passed, step)
        owes = passed.safety is None and (step.farther in OWED_BY or step.farther in ASSET_KINDS)
        if days or owes:
            parts = self._parts(passed, layer, np.array([place]), None if link < 0 else np.array([link]))
            terms_ = (int(parts.cost[0]), float(parts.fit[0])) if days else passed.terms
            settled = replace(settled, terms=terms_, safety=float(parts.safety[0]) if owes else passed.safety)
        return settled

    @cached_property
    def _goes_on(self) -> bool:
        """Whether what comes after the offer has days or an obligor of its own."""
        kinds = {step.farther for step in self.spine.word}
        return is_chained(self.spine) or not kinds.isdisjoint(ASSET_KINDS) or not kinds.isdisjoint(OWED_BY)

    def _settled_by_offer(self, passed: Passed) -> Passed:
        found = self._terms(self._prices(passed), DayBounds.free(1))
        safety = self._covered(np.ones(1), self._prices(passed).cover)
        return replace(passed, terms=(int(found.cost[0]), float(np.atleast_1d(found.fit)[0])), safety=float(safety[0]))

    def _settles_days(self, passed: Passed, step: Step) -> bool:
        """Whether the node that is passed decides how long the money stays: an asset, or the first link of a chain."""
        if is_chained(self.spine):
            return passed.before is not None and passed.before.relation == TRADE
        if step.farther == "Voucher":
            return passed.before is not None and passed.before.farther == "AnchorProgramme"
        return step.farther in ASSET_KINDS

    def _parts(self, passed: Passed, layer: Layer, places: Ints, links: Ints | None) -> _Parts:
        hope, nodes, size = self.hopes.of(layer, self.spine, passed.place), layer.nodes[places], len(places)
        strength = np.minimum(self._strength(passed, nodes, links), hope.strength[places])
        if self.in_force:
            fit = nan if self.need is None else 1.0
            cost = FREE_OF_COST if is_priced(self.row) else NO_COST
            return _Parts(strength, np.full(size, cost), np.full(size, fit), np.ones(size))
        safety = np.full(size, nan if passed.safety is None else passed.safety)
        if passed.safety is None:
            safety = self._covered(hope.safety[places], self._prices(passed).cover)
        if passed.terms is not None:
            cost, fit = passed.terms
            return _Parts(strength, np.full(size, cost), np.full(size, fit), safety)
        days = self._days(passed, nodes, links, hope.days.at(places))
        found = self._terms(self._prices(passed), days)
        return _Parts(strength, np.broadcast_to(found.cost, size), np.broadcast_to(found.fit, size), safety)

    def _step_strength(self, before: Step | None, node: int, link: int) -> int:
        """The evidence of a step to one node."""
        if before is None:
            return CERTAIN
        found = strength(self.hopes.view, link) if link >= 0 and link_counts(before) else CERTAIN
        return min(found, strength(self.hopes.view, node)) if near_counts(before) else found

    def _strength(self, passed: Passed, nodes: Ints, links: Ints | None) -> Ints:
        """The evidence of what was passed and of the step to these nodes."""
        strength = np.full(len(nodes), passed.strength)
        if passed.before is None:
            return strength
        if links is not None and link_counts(passed.before):
            strength = np.minimum(strength, strengths(self.hopes.view, links))
        if near_counts(passed.before):
            strength = np.minimum(strength, strengths(self.hopes.view, nodes))
        return strength

    def _days(self, passed: Passed, nodes: Ints, links: Ints | None, days: DayBounds) -> DayBounds:
        """The days of paths over nodes: by the link to them where that decides, under the programme that was passed."""
        before = passed.before
        if is_chained(self.spine):
            if links is not None and before is not None and before.relation == TRADE:
                days = link_days(self.hopes.view, links, sells=before.sells)
            if passed.programme >= 0:
                days = self.hopes.under(np.full(len(nodes), passed.programme), self.spine, days)
        elif before is not None and before.farther == "AnchorProgramme" and self._of_vouchers:
            days = root_days(self.hopes.view, nodes, days)
        return days

    @cached_property
    def _of_vouchers(self) -> bool:
        return any(step.farther == "Voucher" for step in self.spine.word)

    def _over_head(self, layer: Layer, place: int) -> tuple[Ints, Ints]:
        """The bounds of all paths over each node of a layer at the offer, or between it and the source."""
        key = id(layer)
        if key not in self._heads:
            found = self._at_head(layer) if place == self.head else self._before_head(layer, place)
            self._heads[key] = (layer, *found)
        return self._heads[key][1:]

    def _at_head(self, layer: Layer) -> tuple[Ints, Ints]:
        hope = self.hopes.of(layer, self.spine, self.head)
        sure = hope.strength
        if self.head and near_counts(self.spine.word[self.head - 1]):
            sure = np.minimum(sure, strengths(self.hopes.view, layer.nodes))
        if layer.offered is not None and not self._goes_on and self.spine.support is None:
            found, cover = self._listed(layer.offered)
        else:
            offered = self._without_product
            if self.spine.word[self.head].farther == OFFER:
                places = offer_columns(self.hopes.view).places(layer.nodes)
                offered = self._charging(prices(self.hopes.view).at(places))
            found, cover = self._terms(offered, hope.days), offered.cover
        safety = self._covered(hope.safety, cover)
        capacity = np.maximum(np.minimum(layer.flat, layer.scaled), 0)
        cost = np.broadcast_to(found.cost, len(layer.nodes))
        return self.scale.many(capacity, sure, cost, found.fit, safety), cost

    def _listed(self, technique: int) -> tuple[Terms, Floats]:
        """The terms of all products of a technique by their own days, and their cover: the same for all who ask for as many days."""
        view = self.hopes.view
        known: dict[object, tuple[Terms, Floats]] = once(view, (WordBounds, "terms"), dict)
        key = (technique, self.row.technique, self.need)
        found = known.get(key)
        if found is None:
            if len(known) >= MANY:
                known.clear()
            offered = self._charging(prices(view).at(offer_columns(view).piece(technique)))
            found = known[key] = self._terms(offered, DayBounds.free(1)), offered.cover
        return found

    def _before_head(self, layer: Layer, place: int) -> tuple[Ints, Ints]:
        assert layer.nearer is not None
        score, cost = self._over_head(layer.nearer, next_place(layer, self.spine, place))
        size = len(layer.nodes)
        if layer.edges is None:
            return np.full(size, score.max()), np.full(size, cost.min())
        near, cuts = layer.edges.near, layer.edges.starts[:-1]
        return np.maximum.reduceat(score[near], cuts), np.minimum.reduceat(cost[near], cuts)

    def _prices(self, passed: Passed) -> Prices:
        """The prices under the product that was passed."""
        if passed.offer < 0:
            return self._charging(self._without_product)
        key = ("prices", self.row.technique, self.spine.support, passed.offer)
        every, place = prices(self.hopes.view), np.array([passed.offer])
        return self.appraisal.once(key, lambda: self._charging(every.at(place)))

    @cached_property
    def _without_product(self) -> Prices:
        """What is known of the price where no product states it."""
        return OF_POOL if self.spine.word[0].farther == "Pool" else NOWHERE

    def _charging(self, offered: Prices) -> Prices:
        """What products charge under the technique, and for what the technique has beside them."""
        if self.row.technique in DISCOUNTED:
            offered = offered.discounted()
        match self.spine.support:
            case SupportKind.GUARANTEE | SupportKind.INSURANCE:
                return offered.at_least(self._support_charges(offered, self.spine.support))
        return offered

    def _support_charges(self, offered: Prices, kind: SupportKind) -> list[Prices]:
        """The prices with each guarantee or policy that is offered; none: they are still to be found."""
        view = self.hopes.view
        if kind is SupportKind.INSURANCE:
            return [policy_charges(view, offered, one) for one in offered_policies(self.appraisal)]
        return [guarantee_charges(view, offered, one) for one in offered_guarantees(self.appraisal)]

    def _terms(self, offered: Prices, days: DayBounds) -> Terms:
        found = terms(offered, days, self.need, shuts=self._shuts)
        if is_priced(self.row):
            return found
        return Terms(np.full(len(np.atleast_1d(found.cost)), NO_COST), found.fit)

    @cached_property
    def _shuts(self) -> bool:
        """Whether a path must have a day in common with the need: a chain's trade may go on beyond its first claims."""
        return Gate.TENOR in self.spine.gates and not is_chained(self.spine)

    def _covered(self, safety: Floats, cover: Floats) -> Floats:
        """The safety that is left after cover; of the beneficiary's own debt its own."""
        match self.spine.obligor or self.row.obligor:
            case ObligorRule.NONE:
                return np.full(len(safety), nan)
            case ObligorRule.PROJECT_COMPANY:
                return np.ones(len(safety))
            case ObligorRule.BENEFICIARY:
                own = default_probability(self.appraisal, self.appraisal.beneficiary)
                safety = np.full(len(safety), nan if own is None else 1.0 - float(own))
        return 1.0 - (1.0 - safety) * (1.0 - np.minimum(cover + self._supported, 1.0))

    @cached_property
    def _supported(self) -> float:
        """The most that a guarantee or policy that is offered covers."""
        view = self.hopes.view
        match self.spine.support:
            case SupportKind.GUARANTEE:
                handles = np.array(offered_guarantees(self.appraisal), np.int64)
                shares = np.nan_to_num(share(view, handles, "cover_share")) if len(handles) else np.zeros(0)
            case SupportKind.INSURANCE:
                handles = np.array(offered_policies(self.appraisal), np.int64)
                shares = np.nan_to_num(1.0 - share(view, handles, "deductible")) if len(handles) else np.zeros(0)
            case _:
                return 0.0
        return float(shares.max(initial=0.0))
