"""A figure: what was measured, how often, what it came to, and what it is meant to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Self

from tests.bench.clock import Times

ENOUGH_FOR_P95 = 20
"""From so many samples on the 95th percentile is one; below, it would be the worst run."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is meant to be: at least (`more`) or at most `bound`, by its median or its 95th percentile."""

    bound: float
    more: bool = False
    by_p95: bool = False

    def reached_by(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value >= self.bound if self.more else value <= self.bound


def at_least(bound: float) -> Target:
    """A target for rates, ratios and such."""
    return Target(bound, more=True)


def at_most(bound: float, *, p95: bool = False) -> Target:
    """A target for times and sizes; with `p95` for the slowest 5 %."""
    return Target(bound, by_p95=p95)


@dataclass(frozen=True, slots=True)
class Figure:
    """`samples` in `unit`, one a repetition, in the order in which they were taken; more than none.

    `processor`: the same by processor time instead of the clock, where that was taken.
    """

    name: str
    unit: str
    samples: tuple[float, ...]
    target: Target | None = None
    note: str = ""
    processor: tuple[float, ...] = ()

    @classmethod
    def of(cls, name: str, unit: str, times: Times, target: Target | None = None, note: str = "") -> Self:
        """The figure of what was timed, already in its unit."""
        return cls(name, unit, times.clock, target, note, times.processor)

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.samples)

    @property
    def p95(self) -> float | None:
        """The value that 95 % of the samples keep below; None where there are too few to say."""
        if len(self.samples) < ENOUGH_FOR_P95:
            return None
        return sorted(self.samples)[math.ceil(0.95 * len(self.samples)) - 1]

    @property
    def best(self) -> float:
        """The fastest sample: what other load on the machine disturbed least."""
        return max(self.samples) if self._more else min(self.samples)

    @property
    def processor_p50(self) -> float | None:
        """The median by processor time."""
        return median(self.processor) if self.processor else None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None:
            return None
        worst = self.p95 if self.p95 is not None else max(self.samples)
        return self.target.reached_by(worst if self.target.by_p95 else self.p50)

    @property
    def reached_at_best(self) -> bool | None:
        """Whether the best sample reaches the target."""
        return None if self.target is None else self.target.reached_by(self.best)

    @property
    def _more(self) -> bool:
        return self.target.more if self.target else self.unit.endswith("/s")

    def to_json(self) -> dict[str, Any]:
        """The figure as it is kept: samples, and what they come to."""
        target = self.target and {"bound": self.target.bound, "more": self.target.more, "byP95": self.target.by_p95}
        return {
            "name": self.name,
            "unit": self.unit,
            "p50": self.p50,
            "p95": self.p95,
            "best": self.best,
            "processorP50": self.processor_p50,
            "target": target,
            "reached": self.reached,
            "note": self.note,
            "samples": _rounded(self.samples),
            "processor": _rounded(self.processor),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """What `to_json` gave."""
        found = kept["target"]
        target = found and Target(found["bound"], found["more"], found["byP95"])
        return cls(kept["name"], kept["unit"], tuple(kept["samples"]), target, kept["note"], tuple(kept["processor"]))


def _rounded(samples: Sequence[float]) -> list[float]:
    return [float(f"{sample:.6g}") for sample in samples]
