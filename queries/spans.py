"""Columns that are laid out in spans, one after the other: the rows of some of these."""

from __future__ import annotations

import numpy as np

from queries.ratios import Ints


def rows_of(first: Ints, counts: Ints) -> Ints:
    """The rows first[n] … first[n] + counts[n] − 1 of each span, one span after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(first - before, counts) + np.arange(int(counts.sum()))


def spans(starts: Ints, places: Ints) -> Ints:
    """The rows starts[p] … starts[p + 1] − 1 of all places, one after the other."""
    return rows_of(starts[places], starts[places + 1] - starts[places])
