"""The one automaton that runs every technique's words: from the beneficiary back to capital sources, depth by depth, on columns.

Words that end alike share their layers. A node is expanded once a step, never once a walk: a hub with 9,000 suppliers costs 9,000
expansions, not the 10⁷ walks through it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from queries.completeness import IncompleteReason, Meter
from queries.financing.appraisal import Appraisal
from queries.financing.search.layers import Layer, Screen, distinct, joined, linked
from queries.financing.search.reach import Reach
from queries.financing.search.screens import screen, shared_by
from queries.financing.search.walking import (
    Once,
    Pairs,
    conditioned,
    followed,
    may_be_left,
    offers,
    technique_code,
    techniques_of,
)
from queries.financing.spines import Back, Held, Joined, Spine, Step
from queries.financing.techniques.rows import TechniqueRow
from queries.financing.terms import Gate
from queries.ratios import Ints


class Arrival(NamedTuple):
    """A word that is complete: the layer of its sources."""

    row: TechniqueRow
    spine: Spine
    layer: Layer


class _Task(NamedTuple):
    """A word of which `done` steps, counted from the beneficiary, are walked."""

    row: TechniqueRow
    spine: Spine
    layer: Layer
    done: int

    @property
    def step(self) -> Step:
        return self.spine.word[-1 - self.done]


@dataclass
class Automaton:
    """One run. `deepest` the greatest depth at which anything was looked for.

    `blocked`: what a gate says no of whatever the path is walked on all the same.
    """

    appraisal: Appraisal
    meter: Meter
    deepest: int = 0
    blocked: bool = False
    _layers: dict[Hashable, list[Layer]] = field(default_factory=dict)
    _reaches: dict[Hashable, Reach] = field(default_factory=dict)
    _pairs: dict[Hashable, Pairs] = field(default_factory=dict)
    _once: dict[Back, Once] = field(default_factory=dict)
    _codes: dict[Hashable, Ints] = field(default_factory=dict)

    def run(self, words: Iterable[tuple[TechniqueRow, Spine]]) -> list[Arrival]:
        """The words that reach a source, by depth, then in their order."""
        start = Layer.start(self.appraisal.beneficiary)
        waiting: dict[int, list[_Task]] = {0: [_Task(row, spine, start, 0) for row, spine in words]}
        arrivals: list[Arrival] = []
        for depth in range(self.meter.budget.max_steps + 1):
            for task in waiting.pop(depth, ()):
                if task.done == len(task.spine.word):
                    arrivals.append(Arrival(task.row, task.spine, task.layer))
                    continue
                for layer in self._further(task):
                    waiting.setdefault(layer.depth, []).append(_Task(task.row, task.spine, layer, task.done + 1))
        return arrivals

    def _further(self, task: _Task) -> list[Layer]:
        """The layers that the task's next step leads to; empty where it leads nowhere."""
        step, depth = task.step, task.layer.depth
        room = self.meter.budget.max_steps - depth - task.spine.rest(task.done)
        if room < step.least:
            self.meter.cut(IncompleteReason.BUDGET, depth + 1)
            return []
        self.deepest = max(self.deepest, depth + step.least)
        if step.repeated or step.sells:
            layers = self._reach(task).up_to(min(step.most, room), step.most)
            return [layer for layer in layers if layer.hops >= step.least]
        technique = task.row.technique if step.of_technique else None
        key = (id(task.layer), step, technique, shared_by(task.row, task.spine, step))
        if key not in self._layers:
            self._layers[key] = list(self._single(task, step))
        return self._layers[key]

    def _reach(self, task: _Task) -> Reach:
        base, apart = task.step.once, Gate.RELATED_PARTY_TRADE in task.spine.gates
        onward = task.spine.word[: -1 - task.done]
        toward = onward[-1].back if onward and task.step.repeated else None
        toward = toward if isinstance(toward, Held) else None
        key = (id(task.layer), base.back, apart, toward)
        if key not in self._reaches:
            self._reaches[key] = Reach(
                self.appraisal, self.meter, task.layer, base, task.row.technique, apart, toward, blocked=self.blocked
            )
        return self._reaches[key]

    def _single(self, task: _Task, step: Step) -> Iterator[Layer]:
        layer, technique, view = task.layer, task.row.technique, self.appraisal.view
        if isinstance(step.back, Joined):
            nodes = offers(view, step, technique)
            own = screen(self.appraisal, task.row, task.spine, step, nodes)
            keep = self._dropping(own)
            if keep is not None:
                nodes, own = nodes[keep], own.only(keep)
            # Offers are listed, not followed: what asks for them is what is expanded.
            granted = self.meter.take(len(layer.nodes), layer.depth + 1)
            if len(nodes) and granted == len(layer.nodes):
                yield joined(step, layer, nodes, own)
            return
        if step.near_when and not may_be_left(view, step, layer.nodes, technique, layer.hops).any():
            return
        near, farther, links = self._followed(layer, step)
        if len(farther) and step.of_technique:
            here = self._techniques(layer, step, farther) == technique_code(technique)
            near, farther, links = near[here], farther[here], links[here]
        if len(farther):
            near, farther, links = conditioned(
                view, step, layer.nodes, near, farther, links, technique, layer.hops, of_technique=step.of_technique
            )
        if not len(farther):
            return
        nodes, places = distinct(view, farther)
        own = screen(self.appraisal, task.row, task.spine, step, nodes)
        keep = self._dropping(own)
        if keep is not None:
            at, kept = np.cumsum(keep) - 1, keep[places]
            nodes, own = nodes[keep], own.only(keep)
            near, places, links = near[kept], at[places[kept]], links[kept]
        if len(nodes):
            yield linked(step, layer, nodes, places, near, links, None, own)

    def _dropping(self, own: Screen) -> np.ndarray | None:
        """Which nodes are left where a screen says of some that nothing over them could pass; None: all are."""
        return None if self.blocked or own.keep is None or own.keep.all() else own.keep

    def _techniques(self, layer: Layer, step: Step, farther: Ints) -> Ints:
        key = (id(layer), step.back, "techniques")
        if key not in self._codes:
            self._codes[key] = techniques_of(self.appraisal.view, farther)
        return self._codes[key]

    def _followed(self, layer: Layer, step: Step) -> Pairs:
        """Where a step's relation leads from a layer, whatever its conditions: several words ask the same."""
        key = (id(layer), step.back)
        if key not in self._pairs:
            depth = layer.depth + 1
            if layer.hops:
                once = self._once.setdefault(step.back, Once(step.back))
                self._pairs[key] = once.follow(self.appraisal.view, layer.nodes, self.meter, depth)
            else:
                granted = self.meter.take(len(layer.nodes), depth)
                self._pairs[key] = followed(self.appraisal.view, step.back, layer.nodes[:granted])
        return self._pairs[key]
