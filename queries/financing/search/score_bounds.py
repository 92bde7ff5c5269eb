"""The highest score that a path can still come to, from bounds of its parts: in millionths, and never below the true one.

Where the parts are exact the bound is the score itself, so that equal paths are told apart by what comes after the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.values import MILLION
from queries.financing.score import FLOOR, Weights
from queries.financing.search.prices import NO_COST, Floats
from queries.ratios import UNLIMITED, Ints

LEAST: Final = float(FLOOR)
SAFE: Final = 1e-5
"""Of a millionth: more than what floats lose here, so little that it rarely changes what is rounded."""
SHUT: Final = -1
"""Where there is no path."""
UNWEIGHED: Final = MILLION
"""Where no part has any weight."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What the paths of one question are scored by: the weights, and the costs between which cost counts."""

    fill: float
    cost: float
    tenor: float
    evidence: float
    policy: float
    risk: float
    best: float
    span: float

    @classmethod
    def of(cls, weights: Weights) -> Scale:
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
        )

    def bounds(
        self, capacity: Ints, need: Ints, policy_fit: Floats, strength: Ints, cost: Ints, fit: Floats, safety: Floats
    ) -> Ints:
        """The bounds of rows; NaN, NO_COST and a need that is UNLIMITED: that part is missing. SHUT where the fit says that no day is
        left.
        """
        total = self.policy * np.log(np.maximum(LEAST, policy_fit))
        total += self.evidence * np.log(np.maximum(LEAST, strength / MILLION))
        weight = np.full(len(capacity), self.policy + self.evidence)
        cheap = 1.0 - np.clip((cost / MILLION - self.best) / self.span, 0.0, 1.0)
        for value, share, known in (
            (np.minimum(capacity / need, 1.0), self.fill, need < UNLIMITED),
            (cheap, self.cost, cost < NO_COST),
            (fit, self.tenor, ~np.isnan(fit)),
            (safety, self.risk, ~np.isnan(safety)),
        ):
            total += np.where(known, share * np.log(np.maximum(LEAST, np.where(known, value, 1.0))), 0.0)
            weight += np.where(known, share, 0.0)
        weighed = weight > 0
        found = np.exp(total / np.where(weighed, weight, 1.0)) * MILLION
        found = np.where(weighed, np.floor(found + 0.5 + SAFE), UNWEIGHED)
        return np.where(fit < 0, SHUT, found).astype(np.int64)
