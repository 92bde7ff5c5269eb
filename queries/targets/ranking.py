"""Scores of many targets at once, exactly as `queries.financing.score` gives each, to 6 places.

A float stands for the score only where it is far enough from every edge between two values of 6 places to tell which one it is; what
lies near an edge is worked out in Decimal. So the order is that of the exact scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import numpy as np

from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION, decimal
from queries.financing.score import FLOOR, Score, ScoreAspect, weighted
from queries.ratios import Ints

EDGE: Final = 1e-4
"""Of a millionth. Floats lose less than 10⁻⁸ of one over seven logarithms, a sum and an exponential of numbers from 0.01 to 1."""
UNSCORED: Final = -1
"""No part is known that has a weight."""

Columns = Mapping[ScoreAspect, Ints]
"""The utility of each part by row, in millionths; NOT_STATED where it is not known."""


def scores(columns: Columns, weights: Mapping[ScoreAspect, Decimal]) -> Ints:
    """The score of each row in millionths, `UNSCORED` where there is none."""
    rows = len(next(iter(columns.values())))
    total, logs, scored = np.zeros(rows), np.zeros(rows), np.zeros(rows, bool)
    for aspect, weight in weights.items():
        column, share = columns[aspect], float(weight)
        known = column != NOT_STATED
        soft = np.clip(np.where(known, column, MILLION) / MILLION, float(FLOOR), 1.0)
        total += share * known
        logs += share * np.log(soft)
        scored |= known & bool(weight)
    value = np.exp(logs / np.where(scored, total, 1.0)) * MILLION
    found = np.where(scored, np.rint(value).astype(np.int64), UNSCORED)
    near = scored & (np.abs(value - np.floor(value) - 0.5) < EDGE)
    for row in np.flatnonzero(near).tolist():
        exact = score_of(columns, weights, row)
        assert exact is not None
        found[row] = int(exact.value * MILLION)
    return found


def score_of(columns: Columns, weights: Mapping[ScoreAspect, Decimal], row: int) -> Score | None:
    """The score of one row with its parts; None where there is none."""
    parts = {aspect: int(columns[aspect][row]) for aspect in weights}
    return weighted(
        {aspect: None if value == NOT_STATED else decimal(value) for aspect, value in parts.items()}, weights
    )
