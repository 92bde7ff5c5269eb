"""The bounds of the paths of one word: what rows of partial paths can still bring and score, and at least cost, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Final, NamedTuple

import numpy as np

from queries.financing.appraisal import Appraisal
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.charges import DISCOUNTED, is_priced
from queries.financing.gates.claim_columns import notice_gate
from queries.financing.limits.asset_columns import are_past
from queries.financing.limits.offer_columns import offer_columns
from queries.financing.merits import clauses_of, default_probability
from queries.financing.policy_basis import policy_fit
from queries.financing.search.day_bounds import DayBounds, terms
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
from queries.financing.search.layers import CONDITIONAL
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
from queries.financing.search.score_bounds import SHUT, Scale
from queries.financing.search.strengths import strengths
from queries.financing.search.walks import Passed, Walks
from queries.financing.spines import Form, Spine, Step
from queries.financing.supports import offered_guarantees, offered_policies
from queries.financing.techniques.rows import ObligorRule, TechniqueRow
from queries.financing.tenor import DayRange, wanted
from queries.financing.terms import ConstraintKind, Gate, SupportKind
from queries.ratios import UNLIMITED, Ints, share_at_most

OFFER: Final = "LoanProduct"
CHARGED: Final = frozenset({SupportKind.GUARANTEE, SupportKind.INSURANCE})
"""Supports that cost something of their own."""
OWED_BY: Final = frozenset({"AnchorProgramme", "CreditLimit"})
"""Kinds beside assets that say whose debt it is."""


class Bounds(NamedTuple):
    """By row: at most what it brings and its score in millionths, at best its status, at least its cost in millionths of a basis point."""

    capacity: Ints
    score: Ints
    status: Ints
    cost: Ints


class Screened(NamedTuple):
    """What limits let rows bring at most, whatever is asked for; at best their status; and of which it is known that a gate says no."""

    admitted: Ints
    status: Ints
    refused: np.ndarray


class Parts(NamedTuple):
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
    def needed(self) -> int:
        """How much is asked for; UNLIMITED where that is not said."""
        amount = self.appraisal.need(self.row, self.spine).amount
        return UNLIMITED if amount is None else amount

    @cached_property
    def policy_fit(self) -> float:
        """How well policy calls for the paths: the same for all of them."""
        need = self.appraisal.need(self.row, self.spine)
        return float(policy_fit(clauses_of(self.appraisal, self.row, need.purpose)))

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

    def admitted(self, walks: Walks) -> Ints:
        """At most what limits let paths bring that go on over the last nodes of rows, whatever is asked for."""
        layer, last = walks.layer, walks.places[-1]
        tail = np.minimum(layer.scaled[last], walks.scaled)
        if walks.rate is not None:
            tail = share_at_most(tail, walks.rate)
        return np.minimum(np.minimum(layer.flat[last], walks.flat), tail)

    def screened(self, walks: Walks) -> Screened:
        """What is known of rows themselves. Of whole paths LIMIT says no where what is left is too little for the offer: of others some
        bound may not be stated.
        """
        view, offer, gates = self.hopes.view, self.offers(walks), self.spine.gates
        admitted = self.admitted(walks)
        status = np.maximum(walks.layer.status[walks.places[-1]], walks.status)
        refused = np.zeros(len(admitted), bool)
        on_claims = offer is not None and self.spine.word[walks.place].farther == "Receivable"
        if Gate.LIMIT in gates and walks.arrives:
            too_little = admitted < self._least(offer)
            if on_claims and ConstraintKind.ASSET_FREE in self.spine.limits:
                too_little |= are_past(view, walks.nodes[-1], offer_columns(view).overdue[offer])
            refused = too_little & (admitted >= 0) & walks.is_single
        if Gate.NOTICE in gates and on_claims:
            unknown, told_no = notice_gate(view, offer_columns(view).notice[offer], walks.nodes[-1])
            status, refused = np.maximum(status, np.where(unknown, CONDITIONAL, 0)), refused | told_no
        return Screened(admitted, status, refused)

    def _least(self, offer: Ints | None) -> Ints | int:
        """The smallest amount that goes under each product; a fund's smallest ticket is not looked at."""
        of_fund = self.row.funds and any(step.farther == "Fund" for step in self.spine.word)
        return 1 if offer is None or of_fund else offer_columns(self.hopes.view).least[offer]

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
            parts = self.parts(walks)
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

    def parts(self, walks: Walks) -> Parts:
        """The bounds of the parts of the score."""
        passed, size = walks.passed, len(walks.places[-1])
        if self.in_force:
            free = FREE_OF_COST if is_priced(self.row) else NO_COST
            fit = np.full(size, nan if self.need is None else 1.0)
            return Parts(self.strength(walks), np.full(size, free), fit, np.ones(size))
        offered, safety = self._charging(prices(self.hopes.view).at(self.priced(walks))), passed.safety
        if safety is None:
            safety = covered(self.safety(walks), offered.cover + self._supported)
        if passed.terms is not None:
            return Parts(self.strength(walks), *passed.terms, safety)
        found = terms(offered, self.days(walks), self.need, shuts=self.shuts)
        cost = found.cost if is_priced(self.row) else np.full(size, NO_COST)
        return Parts(self.strength(walks), cost, found.fit, safety)

    def strength(self, walks: Walks) -> Ints:
        """The evidence of all that was passed and may come."""
        beyond = self.hopes.of(walks.layer, self.spine, walks.place).strength[walks.places[-1]]
        return np.minimum(self._strength(walks), beyond)

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

    def days(self, walks: Walks) -> DayBounds:
        """The days of paths over the last nodes: by the link to them where that decides, under the programme that was passed."""
        days = self.hopes.of(walks.layer, self.spine, walks.place).days.at(walks.places[-1])
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

    def offers(self, walks: Walks) -> Ints | None:
        """The place of the product of each row, passed or its last node; None: it has none."""
        if walks.passed.offer is None and self.spine.word[walks.place].farther == OFFER:
            return offer_columns(self.hopes.view).places(walks.nodes[-1])
        return walks.passed.offer

    def priced(self, walks: Walks) -> Ints:
        """The place of each row among the prices: its product's, or what is known of the price where no product states it."""
        offer = self.offers(walks)
        if offer is not None:
            return offer
        return np.full(len(walks.places[-1]), OF_POOL if self.spine.word[0].farther == "Pool" else NOWHERE)

    def _charging(self, offered: Prices) -> Prices:
        """What products charge under the technique, and for what the technique has beside them."""
        if self.discounts:
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

    @cached_property
    def shuts(self) -> bool:
        """Whether a path must have a day in common with the need: a chain's trade may go on beyond its first claims."""
        return Gate.TENOR in self.spine.gates and not is_chained(self.spine)

    def safety(self, walks: Walks) -> Floats:
        """How safe the obligor is, before cover; of the beneficiary's own debt the beneficiary itself."""
        size = len(walks.places[-1])
        match self.spine.obligor or self.row.obligor:
            case ObligorRule.NONE:
                return np.full(size, nan)
            case ObligorRule.PROJECT_COMPANY:
                return np.ones(size)
            case ObligorRule.BENEFICIARY:
                own = default_probability(self.appraisal, self.appraisal.beneficiary)
                return np.full(size, nan if own is None else 1.0 - float(own))
        return self.hopes.of(walks.layer, self.spine, walks.place).safety[walks.places[-1]]

    @property
    def is_plain(self) -> bool:
        """Whether it costs what its offers state, if anything, whoever asks."""
        return not self.in_force and self.spine.support not in CHARGED and is_priced(self.row)

    @property
    def discounts(self) -> bool:
        """Whether interest is taken at once."""
        return self.row.technique in DISCOUNTED

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


def covered(safety: Floats, cover: Floats) -> Floats:
    """The safety that is left after cover."""
    return 1.0 - (1.0 - safety) * (1.0 - np.minimum(cover, 1.0))


def bounds_of(laid: Sequence[tuple[WordBounds, Walks]], scale: Scale) -> Iterator[Bounds]:
    """The bounds of rows of several words, which stand on their words' offers or nearer: in one pass over all rows."""
    sizes = [len(walks.places[-1]) for _, walks in laid]
    strength, cost, fit, safety = map(np.concatenate, zip(*_parts_of(laid), strict=True))
    every = [word.screened(walks) for word, walks in laid]
    admitted, status, refused = map(np.concatenate, zip(*every, strict=True))
    need = np.repeat([word.needed for word, _ in laid], sizes)
    policy = np.repeat([word.policy_fit for word, _ in laid], sizes)
    capacity = np.minimum(admitted, need)
    score = scale.bounds(np.maximum(capacity, 0), need, policy, strength, cost, fit, safety)
    score = np.where(refused, SHUT, score)
    stop = 0
    for size in sizes:
        here = slice(stop, stop := stop + size)
        yield Bounds(capacity[here], score[here], status[here], cost[here])


def _parts_of(laid: Sequence[tuple[WordBounds, Walks]]) -> list[Parts]:
    """The parts of each word; words that ask for the same days are priced together."""
    found: dict[int, Parts] = {}
    alike: dict[object, list[int]] = {}
    for at, (word, walks) in enumerate(laid):
        if word.is_plain and walks.passed.terms is None:
            alike.setdefault((word.need, word.shuts), []).append(at)
        else:
            found[at] = word.parts(walks)
    for some in alike.values():
        found |= zip(some, _priced([laid[at] for at in some]), strict=True)
    return [found[at] for at in range(len(laid))]


def _priced(laid: Sequence[tuple[WordBounds, Walks]]) -> Iterator[Parts]:
    word = laid[0][0]
    sizes = [len(walks.places[-1]) for _, walks in laid]
    offered = prices(word.hopes.view).at(np.concatenate([word.priced(walks) for word, walks in laid]))
    offered = offered.discounted(np.repeat([word.discounts for word, _ in laid], sizes))
    days = DayBounds(*map(np.concatenate, zip(*(word.days(walks) for word, walks in laid), strict=True)))
    found = terms(offered, days, word.need, shuts=word.shuts)
    safety = covered(np.concatenate([word.safety(walks) for word, walks in laid]), offered.cover)
    stop = 0
    for (word, walks), size in zip(laid, sizes, strict=True):
        here = slice(stop, stop := stop + size)
        settled = walks.passed.safety
        yield Parts(
            word.strength(walks), found.cost[here], found.fit[here], safety[here] if settled is None else settled
        )
