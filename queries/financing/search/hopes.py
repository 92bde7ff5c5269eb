"""What each node of a layer may hope for: bounds of the parts of the score that the best path over it can have.

They are worked out from the layers once a word is looked into, from the beneficiary on, as capacities are when layers are laid. A bound
that is exact where the parts are known: evidence as strong as the weakest record, the days of claims, the obligor's risk.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.snapshot_ids import kinds_in
from graph.values import MILLION
from graph.view import View
from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.merits import RATED
from queries.financing.search.day_bounds import MIXED, POINT, UP_TO, DayBounds
from queries.financing.search.layers import Layer
from queries.financing.search.prices import Floats
from queries.financing.search.strengths import CERTAIN, strengths
from queries.financing.spines import Form, Held, Joined, Linked, Named, Spine, Step, Through
from queries.ratios import UNLIMITED, Ints

TRADE: Final = "SUPPLIES"
SURE: Final = 1.0


class Hope(NamedTuple):
    """By node of a layer: the strength of the best path's evidence in millionths, its days, and how safe its obligor is (NaN: nobody
    states it).
    """

    strength: Ints
    days: DayBounds
    safety: Floats

    @classmethod
    def open(cls, size: int) -> Hope:
        """Of the beneficiary itself."""
        return cls(np.full(size, CERTAIN), DayBounds.free(size), np.full(size, SURE))

    @classmethod
    def piled(cls, parts: list[Hope]) -> Hope:
        """Of several layers, one after the other."""
        if len(parts) == 1:
            return parts[0]
        days = DayBounds(*(np.concatenate(columns) for columns in zip(*(part.days for part in parts), strict=True)))
        strength, safety = (
            np.concatenate([part[0] for part in parts]),
            np.concatenate([part[2] for part in parts]),
        )
        return cls(strength, days, safety)


def far_counts(step: Step) -> bool:
    """Whether a step rests on its farther node's record."""
    return isinstance(step.back, Held | Joined | Through)


def near_counts(step: Step) -> bool:
    """Whether it rests on its nearer node's."""
    back = step.back
    return isinstance(back, Named) or (isinstance(back, Through) and isinstance(back.first, Named | Held))


def link_counts(step: Step) -> bool:
    """Whether it rests on a link."""
    back = step.back
    return isinstance(back, Linked) or (isinstance(back, Through) and isinstance(back.first, Linked))


@dataclass(eq=False)
class Hopes:
    """The hopes of one question's layers, each worked out once."""

    appraisal: Appraisal
    _known: dict[Hashable, Hope] = field(default_factory=dict)
    _strengths: dict[int, Ints] = field(default_factory=dict)
    _kept: list[Layer] = field(default_factory=list)

    @property
    def view(self) -> View:
        """The view that is asked."""
        return self.appraisal.view

    def of(self, layer: Layer, spine: Spine, place: int) -> Hope:
        """The hopes of a layer whose nodes stand on the step at this place of the word."""
        if layer.parts:
            return Hope.piled([self.of(part, spine, place) for part in layer.parts])
        if layer.nearer is None:
            return Hope.open(len(layer.nodes))
        step = spine.word[place]
        chained = is_chained(spine)
        key = (id(layer), step, chained, spine.creates if step.farther == "AnchorProgramme" else None)
        found = self._known.get(key)
        if found is None:
            # A layer that is let go could give its number to another.
            self._kept.append(layer)
            found = self._known[key] = self._made(layer, spine, place, step, chained)
        return found

    def _made(self, layer: Layer, spine: Spine, place: int, step: Step, chained: bool) -> Hope:
        assert layer.nearer is not None
        nearer = self.of(layer.nearer, spine, next_place(layer, spine, place))
        if layer.edges is None and layer.nearer.nearer is None and not layer.nearer.parts:
            hope = Hope.open(len(layer.nodes))
        elif layer.edges is None:
            hope = _together(nearer, np.zeros(1, np.int64))
            size = len(layer.nodes)
            hope = Hope(*(_spread(column, size) for column in hope))  # type: ignore[arg-type]
        else:
            near = layer.edges.near
            strength = nearer.strength[near]
            if link_counts(step):
                strength = np.minimum(strength, strengths(self.view, layer.edges.links))
            if near_counts(step):
                strength = np.minimum(strength, self.own_strength(layer.nearer)[near])
            days = nearer.days.at(near)
            if chained and step.relation == TRADE:
                days = link_days(self.view, layer.edges.links, sells=step.sells)
            elif step.farther == "AnchorProgramme" and _are(self.view, layer.nearer.nodes, "Voucher"):
                days = root_days(self.view, layer.nearer.nodes[near], days)
            hope = _together(Hope(strength, days, nearer.safety[near]), layer.edges.starts[:-1])
        strength = hope.strength
        if far_counts(step):
            strength = np.minimum(strength, self.own_strength(layer))
        days, safety = self.own(layer.nodes, spine, place, hope.days, hope.safety)
        return Hope(strength, days, safety)

    def own_strength(self, layer: Layer) -> Ints:
        """The strength of each node's own record."""
        if layer.offered is not None:
            return once(self.view, (Hopes, layer.offered), lambda: strengths(self.view, layer.nodes))
        found = self._strengths.get(id(layer))
        if found is None:
            self._kept.append(layer)
            found = self._strengths[id(layer)] = strengths(self.view, layer.nodes)
        return found

    def own(self, nodes: Ints, spine: Spine, place: int, days: DayBounds, safety: Floats) -> tuple[DayBounds, Floats]:
        """What nodes themselves say of days and obligor, in place of what those nearer say, or upon it."""
        step = spine.word[place]
        if step.farther == "AnchorProgramme":
            return self.under(nodes, spine, days), self._safety(self.view.refs(nodes, "anchor"))
        if step.farther == "CreditLimit":
            return days, self._safety(self.view.refs(nodes, "on"))
        if step.farther in ASSET_KINDS:
            kind = ASSET_KINDS[step.farther]
            if kind.debtors:
                debtors = np.full(len(nodes), -1, np.int64)
                for name in kind.debtors:
                    debtors = np.where(debtors < 0, self.view.refs(nodes, name), debtors)
                safety = self._safety(debtors)
            if kind.until is not None and (step.farther != "Voucher" or place == len(spine.word) - 1):
                days = asset_days(self.view, nodes, kind.until, runs=kind.runs)
        return days, safety

    def under(self, nodes: Ints, spine: Spine, days: DayBounds) -> DayBounds:
        """Under programmes: a new voucher runs no longer than they let it, and drawings follow each other where they revolve."""
        if not is_chained(spine):
            return days
        if spine.creates == "Voucher":
            most = self.view.ints(nodes, "voucher_max_days")
            days = days.capped(np.where(most == NOT_STATED, UNLIMITED, most))
        revolving = self.view.ints(nodes, "revolving") == 1
        if not revolving.any():
            return days
        last = self.view.ints(nodes, "expires_on")
        left = np.maximum(last - day_of(self.view.as_of), 0)
        return days.revolving(revolving, np.where(last == NOT_STATED, UNLIMITED, left))

    def _safety(self, parties: Ints) -> Floats:
        found = np.full(len(parties), np.nan)
        known = np.flatnonzero(parties >= 0)
        for code in kinds_in(parties[known]) if len(known) else ():
            here = known[parties[known] >> 32 == code]
            if self.view.kind_of(int(parties[here[0]])).name in RATED:
                stated = self.view.ints(parties[here], "default_probability")
                found[here] = np.where(stated == NOT_STATED, np.nan, 1.0 - stated / MILLION)
        return found


def is_chained(spine: Spine) -> bool:
    """Whether a word's days are those of claims that are still to arise on its links."""
    kinds = {step.farther for step in spine.word}
    return spine.form is Form.TO_CREATE and bool(kinds & {"AnchorProgramme", "CreditLimit"})


def next_place(layer: Layer, spine: Spine, place: int) -> int:
    """The place in the word of the step on which the nodes nearer than a layer stand."""
    return place if spine.word[place].repeated and layer.bands[0].hops > 1 else place + 1


def asset_days(view: View, nodes: Ints, until: str, *, runs: bool) -> DayBounds:
    """Until the last day of assets: just so long where financing runs so long, else at most."""
    last = view.ints(nodes, until)
    return DayBounds.stated(last - day_of(view.as_of), last != NOT_STATED, POINT if runs else UP_TO)


def root_days(view: View, vouchers: Ints, carried: DayBounds) -> DayBounds:
    """Of vouchers that may be roots: until they are due, or, where that is not stated, as their part says."""
    due = view.ints(vouchers, "due_on")
    own = DayBounds.stated(due - day_of(view.as_of), due != NOT_STATED, POINT)
    return DayBounds(*(np.where(due == NOT_STATED, *pair) for pair in zip(carried, own, strict=True)))


def link_days(view: View, links: Ints, *, sells: bool) -> DayBounds:
    """As long as the buyer takes to pay on links; of a distributor's until it has sold, which its programme may say too."""
    days = view.ints(links, "payment_term_days" if sells else "sell_through_days")
    found = DayBounds.stated(days, days != NOT_STATED, POINT)
    if sells:
        return found
    return DayBounds(np.where(days == NOT_STATED, MIXED, found.mode), found.low, found.high, found.valid)


def _are(view: View, nodes: Ints, kind: str) -> bool:
    return len(nodes) > 0 and view.kind_of(int(nodes[0])).name == kind


def _together(hope: Hope, cuts: Ints) -> Hope:
    """Of pairs those that begin at each cut, together: a part that is missing on some paths only counts as a full one."""
    known = np.where(np.isnan(hope.safety), -1.0, hope.safety)
    most, least = np.maximum.reduceat(known, cuts), np.minimum.reduceat(known, cuts)
    safety = np.where(most < 0, np.nan, np.where(least < 0, SURE, most))
    return Hope(np.maximum.reduceat(hope.strength, cuts), hope.days.merged(cuts), safety)


def _spread(column: np.ndarray | DayBounds, size: int) -> np.ndarray | DayBounds:
    if isinstance(column, DayBounds):
        return DayBounds(*(np.broadcast_to(one, size) for one in column))
    return np.broadcast_to(column, size)
