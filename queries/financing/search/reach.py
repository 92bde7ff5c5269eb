"""What a repeated step reaches from a layer: each node expanded once, then laid out by the number of links.

So a supply chain costs its firms and their links, not its walks; and a path of n links has a layer of its own for each number, in which
the widest way on is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from graph.kinds.terms import Technique
from queries.columns import among
from queries.completeness import IncompleteReason, Meter
from queries.financing.appraisal import Appraisal
from queries.financing.limits.of_link import measured
from queries.financing.search.layers import Band, Layer, Screen, distinct, linked
from queries.financing.search.nearness import nearness, within
from queries.financing.search.walking import walked
from queries.financing.search.word_tree import Way
from queries.financing.spines import CHAIN_BOUND, Held, Linked, Step
from queries.ratios import Ints

MANY: Final = 256
"""From so many links on it pays to know which firms are near an end."""
NOTHING: Final = np.zeros(0, np.int64)


@dataclass(eq=False)
class Reach:
    """The layers of a repeated step, by number of links from 1. With `widths` the links of a trade are measured and bound the path.

    `apart`: links between firms under one control are no way. `toward`: how the words go on from the last node; what could not arrive
    there in time is not followed once there is much to follow. `blocked`: links that carry nothing, or are no way, are followed too.
    """

    appraisal: Appraisal
    meter: Meter
    base: Layer
    step: Step
    technique: Technique
    apart: bool
    toward: Held | None = None
    blocked: bool = False
    layers: list[Layer] = field(default_factory=list)
    first_links: int = 0
    _expanded: Ints = field(default_factory=NOTHING.copy)
    _order: Ints = field(default_factory=NOTHING.copy)
    _near: Ints = field(default_factory=NOTHING.copy)
    _farther: Ints = field(default_factory=NOTHING.copy)
    _links: Ints = field(default_factory=NOTHING.copy)
    _bound: Ints = field(default_factory=NOTHING.copy)
    _frontier: Ints = field(init=False)
    _hops: int = 0
    _exhausted: bool = False

    def __post_init__(self) -> None:
        self._frontier = self.base.nodes

    def serves(self, step: Step, way: Way) -> bool:
        """Whether it is what a way to take a step asks for. The few nodes one link away are the same wherever words go on to."""
        if self.step.back != step.back or self.apart != way.apart:
            return False
        is_first = way.most == 1 or (self.toward is None and len(self.layers) <= 1)
        return self.toward == way.toward or (is_first and self.first_links <= MANY)

    def up_to(self, most: int, wanted: int) -> list[Layer]:
        """The layers of 1 to `most` links. Where the word would have gone on to `wanted`, but for the budget, the answer says so."""
        if len(self.layers) < most and not self._exhausted:
            self._walk(most)
            self._exhausted = not len(self._near)
            while len(self.layers) < most and not self._exhausted:
                self._lay()
        if wanted > most and len(self.layers) >= most:
            self.meter.cut(IncompleteReason.BUDGET, self._depth + most + 1)
        return self.layers[:most]

    def _walk(self, most: int) -> None:
        """Follow the step as far as `most` links lead, from each node once, in id order as far as the budget goes."""
        found: list[tuple[Ints, Ints, Ints]] = []
        while self._hops < most and len(self._frontier):
            fresh = self._frontier
            fresh = fresh[: self.meter.take(len(fresh), self._depth + self._hops + 1, repeated=True)]
            near, farther, links = walked(self.appraisal.view, self.step, fresh, self.technique, self._hops)
            self.first_links = self.first_links or len(farther)
            onward = farther != self.appraisal.beneficiary
            if len(farther) > MANY and self.toward is not None and isinstance(self.step.back, Linked):
                near_ends = nearness(self.appraisal.view, self.step.back, self.toward, CHAIN_BOUND)
                onward &= within(near_ends, farther, CHAIN_BOUND - self._hops - 1)
            near, farther, links = near[onward], farther[onward], links[onward]
            found.append((near + len(self._expanded), farther, links))
            self._expanded = np.concatenate([self._expanded, fresh])
            reached, _ = distinct(self.appraisal.view, farther)
            self._frontier = reached[~among(reached, np.sort(self._expanded))]
            self._hops += 1
        self._order = np.argsort(self._expanded)
        if found:
            self._keep(*(np.concatenate(part) for part in zip(*found, strict=True)))

    def _keep(self, near: Ints, farther: Ints, links: Ints) -> None:
        """Measure new links of a trade, and keep the edges that may carry anything."""
        if self._is_trade and len(links):
            bound, related = measured(self.appraisal.view, links, self._expanded[near], farther)
            kept = ((bound != 0) & ~(related & self.apart)) | self.blocked
            near, farther, links, bound = near[kept], farther[kept], links[kept], bound[kept]
            self._bound = np.concatenate([self._bound, bound])
        self._near = np.concatenate([self._near, near])
        self._farther = np.concatenate([self._farther, farther])
        self._links = np.concatenate([self._links, links])

    def _lay(self) -> None:
        """The layer of one more link."""
        if not len(self._expanded):
            self._exhausted = True
            return
        nearer = self.layers[-1] if self.layers else self.base
        order, ascending = self._order, self._expanded[self._order]
        at = np.searchsorted(ascending, nearer.nodes).clip(max=len(ascending) - 1)
        known = ascending[at] == nearer.nodes
        place_of = np.full(len(ascending), -1, np.int64)
        place_of[order[at[known]]] = np.flatnonzero(known)
        near = place_of[self._near]
        here = near >= 0
        if not here.any():
            self._exhausted = True
            return
        nodes, places = distinct(self.appraisal.view, self._farther[here])
        bound = self._bound[here] if self._is_trade else None
        own = Screen.open(len(nodes))
        hops = len(self.layers) + 1
        bands = (Band(self._depth + hops, hops, 0, len(nodes)),)
        self.layers.append(linked(nearer, nodes, bands, places, near[here], self._links[here], bound, own))

    @property
    def _depth(self) -> int:
        return self.base.bands[0].depth

    @property
    def _is_trade(self) -> bool:
        return self.step.sells
