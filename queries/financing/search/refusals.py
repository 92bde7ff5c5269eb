"""What it weighs that a gate says no: every gate alike, but between equally many those that nobody can mend weigh more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from queries.financing.terms import Gate

REFUSAL: Final = 8
"""Of one gate. The gates are fewer than twice this, so what cannot be mended only decides between equals, and the sum fits 8 bits."""
FOR_GOOD: Final = frozenset({Gate.LICENCE, Gate.ELIGIBILITY})
"""Gates that say who may take part: hardly anything that the parties do makes them pass."""
WEIGHTS: Final[Mapping[Gate, np.int8]] = {gate: np.int8(REFUSAL + (gate in FOR_GOOD)) for gate in Gate}
"""What it weighs that a gate says no."""
