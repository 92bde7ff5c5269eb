"""The bounds of the paths of one word: what rows of partial paths can still bring and score, and at least cost, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Final, NamedTuple

import numpy as np

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
    root_days,
)
from queries.financing.search.prices import (
    FREE_OF_COST,
    NO_COST,
    NOWHERE,
    Floats,
    Prices,
    guarantee_charges,
    policy_charges,
    prices,
    share,
)
from queries.financing.search.score_bounds import Scale
from queries.financing.search.strengths import strengths
from queries.financing.search.walks import Passed, Walks
from queries.financing.spines import Form, Spine, Step
from queries.financing.supports import offered_guarantees, offered_policies
from queries.financing.techniques.rows import ObligorRule, TechniqueRow
from queries.financing.tenor import DayRange, wanted
from queries.financing.terms import Gate, SupportKind
from queries.ratios import UNLIMITED, Ints, share_at_most

OFFER: Final = "LoanProduct"
OWED_BY: Final = frozenset({"AnchorProgramme", "CreditLimit"})
"""Kinds beside assets that say whose debt it is."""


class Bounds(NamedTuple):
    """By row: at most what it brings and its score in millionths, at best its status, at least its cost in millionths of a basis point."""

    capacity: Ints
    score: Ints
    status: Ints
    cost: Ints


class _Parts(NamedTuple):
    """Bounds of the parts of the score, by row."""

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

    def of(self, walks: Walks) -> Bounds:
        """The bounds of paths that go on over the last nodes of rows, which stand on the word's offer or nearer."""
        layer, last, need = walks.layer, walks.places[-1], self.scale.need
        tail = np.minimum(layer.scaled[last], walks.scaled)
        if walks.rate is not None:
            tail = share_at_most(tail, walks.rate)
        flat = np.minimum(layer.flat[last], walks.flat)
        capacity = np.minimum(np.minimum(flat, UNLIMITED if need is None else need), tail)
        parts = self._parts(walks)
        score = self.scale.many(np.maximum(capacity, 0), *parts)
        return Bounds(capacity, score, np.maximum(layer.status[last], walks.status), parts.cost)

    def after(self, walks: Walks) -> Passed:
        """What rows have passed once they go on over their last nodes."""
        passed, step, nodes = walks.passed, self.spine.word[walks.place], walks.nodes[-1]
        strength = self._strength(walks)
        if far_counts(step):
            strength = np.minimum(strength, self.hopes.own_strength(walks.layer)[walks.places[-1]])
        passed = passed._replace(before=step, strength=strength)
        if self.in_force:
            return passed
        if step.farther == OFFER:
            return passed._replace(offer=offer_columns(self.hopes.view).places(nodes))
        if walks.place <= self.head:
            return passed
        days = passed.terms is None and self._settles_days(walks.passed.before, step)
        owes = passed.safety is None and (step.farther in OWED_BY or step.farther in ASSET_KINDS)
        if step.farther == "AnchorProgramme":
            passed = passed._replace(programme=nodes)
        if days or owes:
            parts = self._parts(walks)
            settled = (parts.cost, parts.fit) if days else passed.terms
            passed = passed._replace(terms=settled, safety=parts.safety if owes else passed.safety)
        return passed

    def _settles_days(self, before: Step | None, step: Step) -> bool:
        """Whether the node that is passed decides how long the money stays: an asset, or the first link of a chain."""
        if is_chained(self.spine):
            return before is not None and before.relation == TRADE
        if step.farther == "Voucher":
            return before is not None and before.farther == "AnchorProgramme"
        return step.farther in ASSET_KINDS

    def _parts(self, walks: Walks) -> _Parts:
        passed, last = walks.passed, walks.places[-1]
        hope, size = self.hopes.of(walks.layer, self.spine, walks.place), len(last)
        strength = np.minimum(self._strength(walks), hope.strength[last])
        if self.in_force:
            fit = nan if self.need is None else 1.0
            cost = FREE_OF_COST if is_priced(self.row) else NO_COST
            return _Parts(strength, np.full(size, cost), np.full(size, fit), np.ones(size))
        offered = self._prices(walks)
        safety = passed.safety
        if safety is None:
            safety = self._covered(hope.safety[last], offered.cover)
        if passed.terms is not None:
            return _Parts(strength, *passed.terms, safety)
        found = self._terms(offered, self._days(walks, hope.days.at(last)))
        return _Parts(strength, np.broadcast_to(found.cost, size), np.broadcast_to(found.fit, size), safety)

    def _strength(self, walks: Walks) -> Ints:
        """The evidence of what was passed and of the step to the last nodes."""
        strength, before = walks.passed.strength, walks.passed.before
        if before is None:
            return strength
        if link_counts(before):
            strength = np.minimum(strength, strengths(self.hopes.view, walks.links[-1]))
        if near_counts(before):
            strength = np.minimum(strength, self.hopes.own_strength(walks.layer)[walks.places[-1]])
        return strength

    def _days(self, walks: Walks, days: DayBounds) -> DayBounds:
        """The days of paths over the last nodes: by the link to them where that decides, under the programme that was passed."""
        before, nodes = walks.passed.before, walks.nodes[-1]
        if is_chained(self.spine):
            if before is not None and before.relation == TRADE:
                days = link_days(self.hopes.view, walks.links[-1], sells=before.sells)
            if walks.passed.programme is not None:
                days = self.hopes.under(walks.passed.programme, self.spine, days)
        elif before is not None and before.farther == "AnchorProgramme" and self._of_vouchers:
            days = root_days(self.hopes.view, nodes, days)
        return days

    @cached_property
    def _of_vouchers(self) -> bool:
        return any(step.farther == "Voucher" for step in self.spine.word)

    def _prices(self, walks: Walks) -> Prices:
        """The prices under the product of each row, passed or its last node."""
        view, offer = self.hopes.view, walks.passed.offer
        if offer is None and self.spine.word[walks.place].farther == OFFER:
            offer = offer_columns(view).places(walks.nodes[-1])
        return self._charging(NOWHERE if offer is None else prices(view).at(offer))

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
