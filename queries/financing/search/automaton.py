"""The one automaton that runs every technique's words: from the beneficiary back to capital sources, depth by depth, on columns.

Words that end alike share their layers, and a step that leads nowhere ends all words that take it. A node is expanded once a step, never
once a walk: a hub with 9,000 suppliers costs 9,000 expansions, not the 10⁷ walks through it. What a repeated step reaches goes on as
one layer, a band for each number of links.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np

from queries.columns import among
from queries.completeness import IncompleteReason, Meter
from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.limits.offer_columns import offer_columns
from queries.financing.search.layers import (
    CLOSED,
    Band,
    Layer,
    Screen,
    distinct,
    distinct_by_band,
    joined,
    linked,
    piled,
    reached,
)
from queries.financing.search.offers import by_lender, open_offers, screened
from queries.financing.search.reach import Reach
from queries.financing.search.screens import screen
from queries.financing.search.walking import (
    ANY,
    Once,
    Pairs,
    followed,
    may_be_left,
    may_be_reached,
    may_be_taken,
    techniques_of,
)
from queries.financing.search.word_tree import Branch, Fork, Way, Word, is_walked, word_tree
from queries.financing.spines import Back, Joined, Named, Spine, Step
from queries.financing.techniques.rows import TechniqueRow
from queries.ratios import Ints

LENDER: Final = Named("lender")


class Arrival(NamedTuple):
    """A word that is complete: the layer of its sources, and the band of it that is so many steps away."""

    row: TechniqueRow
    spine: Spine
    layer: Layer
    band: Band


@dataclass
class _Found:
    """Where relations lead from one layer, by the way back: several steps may take one."""

    reaches: list[list[Reach]] = field(default_factory=list)
    pairs: dict[Hashable, Pairs] = field(default_factory=dict)


@dataclass
class Automaton:
    """One run. `deepest` the greatest depth at which anything was looked for.

    `blocked`: what a gate says no of whatever the path is walked on all the same.
    """

    appraisal: Appraisal
    meter: Meter
    deepest: int = 0
    blocked: bool = False
    _followed_once: dict[Back, Once] = field(default_factory=dict)

    def run(self, words: Iterable[Word]) -> list[Arrival]:
        """The words that reach a source, by depth."""
        most = self.meter.budget.max_steps
        tree = word_tree(tuple(words), most)
        if tree.is_cut:
            self.meter.cut(IncompleteReason.BUDGET, 1)
        waiting: dict[int, list[tuple[Fork, Layer]]] = {0: [(tree.root, Layer.start(self.appraisal.beneficiary))]}
        arrivals: list[Arrival] = []
        for depth in range(most + 1):
            for fork, layer in waiting.pop(depth, ()):
                if fork.complete:
                    parts = [(part, part.bands[0]) for part in layer.parts] or [(layer, band) for band in layer.bands]
                    arrivals += [Arrival(row, spine, *part) for row, spine in fork.complete for part in parts]
                found = _Found()
                for branch in fork.branches:
                    for way, further in self._further(layer, branch, found):
                        waiting.setdefault(further.bands[0].depth, []).append((way.then, further))
        return arrivals

    def _further(self, layer: Layer, branch: Branch, found: _Found) -> Iterator[tuple[Way, Layer]]:
        """The layers that a step leads to, for each way to take it; none where it leads nowhere."""
        step = branch.step
        self.deepest = max(self.deepest, layer.bands[-1].depth + step.least)
        if is_walked(step):
            return self._walked(layer, branch, found.reaches)
        if isinstance(step.back, Joined):
            return self._joined(layer, branch)
        if layer.offered is None:
            return self._followed(layer, branch, found.pairs)
        if step.back == LENDER:
            return self._lenders(layer, branch, layer.offered)
        return self._followed(layer.opened(), branch, found.pairs)

    def _walked(self, layer: Layer, branch: Branch, reaches: list[list[Reach]]) -> Iterator[tuple[Way, Layer]]:
        step, most = branch.step, self.meter.budget.max_steps
        for way in branch.ways:
            alike = next((one for one in reaches if all(reach.serves(step, way) for reach in one)), None)
            if alike is None:
                technique, apart = way.row.technique, way.apart
                alike = [
                    Reach(self.appraisal, self.meter, part, step.once, technique, apart, blocked=self.blocked)
                    for part in layer.apart()
                ]
                reaches.append(alike)
            found: list[Layer] = []
            for reach in alike:
                reach.toward = way.toward or reach.toward
                turns = min(way.most, most - reach.base.bands[0].depth - way.rest)
                found += reach.up_to(turns, step.most)[step.least - 1 :]
            if found:
                yield way, piled(sorted(found, key=lambda one: one.bands[0].depth))

    def _joined(self, layer: Layer, branch: Branch) -> Iterator[tuple[Way, Layer]]:
        """Offers are listed, not followed: what asks for them is what is expanded."""
        view, step = self.appraisal.view, branch.step
        assert isinstance(step.back, Joined)
        for way in branch.ways:
            if not self._may_expand(layer):
                continue
            if step.of_technique:
                nodes = offer_columns(view).nodes
                piece = offer_columns(view).piece(way.technique)
                nodes, own = (
                    nodes[piece],
                    (screened if self.blocked else open_offers)(self.appraisal, way.row, way.spine).only(piece),
                )
                if step.of_farther:
                    own = replace(own, keep=self._kept(step, way.technique, nodes)).closed
                if len(nodes) and own.status.min() < CLOSED:
                    yield way, joined(layer, nodes, own, way.technique)
                continue
            nodes = view.handles(step.back.kind)
            if step.of_farther:
                nodes = nodes[self._kept(step, ANY, nodes)]
            own = screen(self.appraisal, way.row, way.spine, step, nodes)
            keep = self._dropping(own)
            if keep is not None:
                nodes, own = nodes[keep], own.only(keep)
            if len(nodes):
                yield way, joined(layer, nodes, own)

    def _kept(self, step: Step, technique: int, nodes: Ints) -> np.ndarray:
        """Which of all offers, or of those of a technique, keep a step's conditions: the same for all questions of a view."""
        view = self.appraisal.view
        return once(view, (step, technique), lambda: may_be_reached(view, step, nodes, 0))

    def _may_expand(self, layer: Layer) -> bool:
        size = len(layer.nodes)
        return self.meter.take(size, layer.bands[-1].depth + 1) == size

    def _lenders(self, layer: Layer, branch: Branch, technique: int) -> Iterator[tuple[Way, Layer]]:
        """Who offers the products of a technique that are open: laid out once a view."""
        open_ = int(np.count_nonzero(layer.status < CLOSED))
        granted = self.meter.take(open_, layer.bands[0].depth + 1)
        if granted < open_:
            layer = layer.with_closed(np.flatnonzero(layer.status < CLOSED)[granted:])
        nodes, edges = by_lender(self.appraisal.view, technique)
        bands = (Band(layer.bands[0].depth + 1, 0, 0, len(nodes)),)
        for way in branch.ways if len(nodes) else ():
            own = screen(self.appraisal, way.row, way.spine, branch.step, nodes)
            lenders = reached(layer, nodes, bands, edges, own if self.blocked else own.closed)
            if lenders.status.min() < CLOSED:
                yield way, lenders

    def _followed(self, layer: Layer, branch: Branch, known: dict[Hashable, Pairs]) -> Iterator[tuple[Way, Layer]]:
        view, step = self.appraisal.view, branch.step
        held, bands = None, layer.bands
        if step.near_when:
            held = may_be_left(view, step, layer.nodes, branch.ways[0].row.technique)
            bands = tuple(band for band in bands if held[band.start : band.stop].any())
            if not bands:
                return
        only = branch.ways[0].technique if len(branch.ways) == 1 else ANY
        key = step.back, bands, only
        if key not in known:
            known[key] = self._pairs(layer, step.back, bands, only)
        near, farther, links = known[key]
        if held is not None and len(near):
            kept = held[near]
            near, farther, links = near[kept], farther[kept], links[kept]
        if len(farther) and step.of_farther:
            kept = may_be_reached(view, step, farther, layer.hops_of(near) if step.counts_links else 0)
            near, farther, links = near[kept], farther[kept], links[kept]
        if len(links) and step.link_when:
            kept = may_be_taken(view, step, links)
            near, farther, links = near[kept], farther[kept], links[kept]
        if not len(farther):
            return
        codes = techniques_of(view, farther) if step.of_technique else None
        present = {ANY} if codes is None else set(codes.tolist())
        for way in branch.ways:
            if way.technique not in present:
                continue
            pairs = near, farther, links
            if codes is not None and len(present) > 1:
                here = codes == way.technique
                pairs = near[here], farther[here], links[here]
            further = self._layer(layer, step, way, *pairs)
            if further is not None:
                yield way, further

    def _layer(self, layer: Layer, step: Step, way: Way, near: Ints, farther: Ints, links: Ints) -> Layer | None:
        """The layer at the farther ends of pairs; None where a screen keeps all of them out."""
        view = self.appraisal.view
        if len(layer.bands) == 1:
            nodes, places = distinct(view, farther)
            band_of = None
        else:
            bands = layer.band_of[near]
            nodes, places = distinct_by_band(view, farther, bands)
            band_of = np.zeros(len(nodes), np.int64)
            band_of[places] = bands
        own = screen(self.appraisal, way.row, way.spine, step, nodes)
        keep = self._dropping(own)
        if keep is not None:
            at, kept = np.cumsum(keep) - 1, keep[places]
            nodes, band_of = nodes[keep], None if band_of is None else band_of[keep]
            near, places, links, own = near[kept], at[places[kept]], links[kept], own.only(keep)
        if not len(nodes):
            return None
        return linked(layer, nodes, layer.bands_after(band_of, len(nodes)), places, near, links, None, own)

    def _dropping(self, own: Screen) -> np.ndarray | None:
        """Which nodes are left where a screen says of some that nothing over them could pass; None: all are."""
        return None if self.blocked or own.keep is None or own.keep.all() else own.keep

    def _pairs(self, layer: Layer, back: Back, bands: Sequence[Band], technique: int) -> Pairs:
        """Where a relation leads from these bands of a layer.

        After a repeated step it is followed from each node once, however many bands and layers it is in.
        """
        if len(layer.nodes) == 1 and not bands[0].hops:
            granted_one = self.meter.take(1, bands[0].depth + 1)
            return followed(self.appraisal.view, back, layer.nodes[:granted_one])
        known = self._followed_once.setdefault(back, Once(back)) if bands[0].hops else None
        places = np.concatenate([np.arange(band.start, band.stop) for band in bands])
        if known is not None:
            new = places[~among(layer.nodes[places], known.known)]
            places = new[np.sort(np.unique(layer.nodes[new], return_index=True)[1])]
        granted, stop = [places[:0]], 0
        for band in bands:
            start, stop = stop, int(np.searchsorted(places, band.stop))
            granted.append(places[start : start + self.meter.take(stop - start, band.depth + 1)])
        places = np.concatenate(granted)
        if known is None:
            near, farther, links = followed(self.appraisal.view, back, layer.nodes[places], technique)
            return places[near], farther, links
        if len(places):
            known.add(self.appraisal.view, layer.nodes[places])
        return known.pairs(layer.nodes)
