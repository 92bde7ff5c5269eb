"""The highest score that a path can still come to, from bounds of its parts: in millionths, and never below the true one.

Where the parts are exact the bound is the score itself, so that equal paths are told apart by what comes after the score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.values import MILLION
from queries.financing.score import FLOOR, Weights
from queries.financing.search.prices import NO_COST, Floats
from queries.ratios import Ints

LEAST: Final = float(FLOOR)
SAFE: Final = 1e-5
"""Of a millionth: more than what floats lose here, so little that it rarely changes what is rounded."""
SHUT: Final = -1
"""Where there is no path."""
UNWEIGHED: Final = MILLION
"""Where no part has any weight."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What the paths of one word are scored by: the weights, the need in 分 (None: unlimited), and the log of what the policy counts."""

    fill: float
    cost: float
    tenor: float
    evidence: float
    policy: float
    risk: float
    best: float
    span: float
    need: int | None
    basis: float

    @classmethod
    def of(cls, weights: Weights, need: int | None, policy_fit: float) -> Scale:
        """The scale of these weights."""
        best, worst = float(weights.cost_best_bps), float(weights.cost_worst_bps)
        return cls(
            float(weights.fill),
            float(weights.cost),
            float(weights.tenor),
            float(weights.evidence),
            float(weights.policy),
            float(weights.risk),
            best,
            worst - best,
            need,
            float(weights.policy) * math.log(max(LEAST, policy_fit)),
        )

    def many(
        self, capacity: Ints, strength: Ints, cost: Ints | int, fit: Floats | float, safety: Floats | float
    ) -> Ints:
        """The bounds of rows; NaN and NO_COST: that part is missing. SHUT where the fit says that no day is left."""
        total, weight = np.full(len(capacity), self.basis), np.full(len(capacity), self.policy)
        if self.need is not None:
            total += self.fill * np.log(np.clip(capacity / self.need, LEAST, 1.0))
            weight += self.fill
        cost = np.asarray(cost)
        cheap = 1.0 - np.clip((cost / MILLION - self.best) / self.span, 0.0, 1.0)
        for value, share, known in (
            (cheap, self.cost, cost < NO_COST),
            (np.asarray(fit), self.tenor, ~np.isnan(fit)),
            (np.asarray(safety), self.risk, ~np.isnan(safety)),
        ):
            total += np.where(known, share * np.log(np.maximum(LEAST, np.where(known, value, 1.0))), 0.0)
            weight += np.where(known, share, 0.0)
        total += self.evidence * np.log(np.maximum(LEAST, strength / MILLION))
        weight += self.evidence
        weighed = weight > 0
        found = np.exp(total / np.where(weighed, weight, 1.0)) * MILLION
        found = np.where(weighed, np.floor(found + 0.5 + SAFE), UNWEIGHED)
        return np.where(np.asarray(fit) < 0, SHUT, found).astype(np.int64)
