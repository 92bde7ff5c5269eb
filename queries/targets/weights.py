"""What the score of a target weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from graph.errors import InvalidInput
from graph.fields import camel
from queries.financing.score import ScoreAspect, check_weights

ASPECTS: Final[Mapping[str, ScoreAspect]] = {
    "ticket": ScoreAspect.TICKET,
    "chain": ScoreAspect.CHAIN,
    "quality": ScoreAspect.QUALITY,
    "policy": ScoreAspect.POLICY,
    "covenant": ScoreAspect.COVENANT,
    "co_investors": ScoreAspect.CO_INVESTORS,
    "risk": ScoreAspect.RISK,
}
"""The parts by the name of their weight, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class TargetWeights:
    """The weights of the parts, 0–1 with sum 1, and the growth of revenue in a year from which growth counts in full.

    The defaults put the fit of money and chain first; they are parameters, no rule.
    """

    ticket: Decimal = Decimal("0.20")
    chain: Decimal = Decimal("0.20")
    quality: Decimal = Decimal("0.15")
    policy: Decimal = Decimal("0.10")
    covenant: Decimal = Decimal("0.15")
    co_investors: Decimal = Decimal("0.10")
    risk: Decimal = Decimal("0.10")
    full_growth: Decimal = Decimal("0.30")

    def checked(self) -> TargetWeights:
        """These weights.

        Raises InvalidInput for one that is no number from 0 to 1, weights that do not sum to 1, and a growth that is not above 0.
        """
        check_weights({camel(name): getattr(self, name) for name in ASPECTS})
        if not self.full_growth.is_finite() or not 0 < self.full_growth <= 1_000:
            raise InvalidInput(f"weights.fullGrowth {self.full_growth}: give more than 0, 30 % is 0.3")
        return self

    @property
    def by_aspect(self) -> dict[ScoreAspect, Decimal]:
        """The weight of each part, in their order."""
        return {aspect: getattr(self, name) for name, aspect in ASPECTS.items()}


DEFAULT: Final = TargetWeights()
