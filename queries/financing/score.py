"""How good a path or a target is: Π uᵢ^wᵢ over its parts, each 0.01–1, in Decimal of 28 digits.

Of a path: fill, cost, tenor, evidence, policy and risk; of an enterprise that a fund may invest in, see `queries.targets.weights`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import lru_cache
from typing import Final

from graph.errors import InvalidInput
from graph.records import Term

DIGITS: Final = 28
PLACES: Final = Decimal("0.000001")
FLOOR: Final = Decimal("0.01")
"""No part alone makes a path worthless."""


class ScoreAspect(Term):
    """What a score weighs."""

    FILL = "满足度"
    COST = "成本"
    TENOR = "期限匹配"
    EVIDENCE = "证据"
    POLICY = "政策匹配"
    RISK = "风险"
    TICKET = "需求与单笔匹配"
    CHAIN = "产业链位置"
    QUALITY = "成长与质量"
    COVENANT = "约定修复"
    CO_INVESTORS = "共同投资方"


PATH_ASPECTS: Final = tuple(ScoreAspect)[:6]
"""What a path is scored by; what follows is asked of targets."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the parts, 0–1 with sum 1, and the all-in costs between which cost counts.

    At `cost_best_bps` and below the cost part is 1, at `cost_worst_bps` and above 0 (then floored). The defaults, 2 % and 12 % a year, are
    round bounds of what firms pay; they are parameters, no rule.
    """

    fill: Decimal = Decimal("0.30")
    cost: Decimal = Decimal("0.20")
    tenor: Decimal = Decimal("0.15")
    evidence: Decimal = Decimal("0.15")
    policy: Decimal = Decimal("0.10")
    risk: Decimal = Decimal("0.10")
    cost_best_bps: Decimal = Decimal(200)
    cost_worst_bps: Decimal = Decimal(1200)

    def checked(self) -> Weights:
        """These weights.

        Raises InvalidInput for one that is no number from 0 to 1, weights that do not sum to 1, and bounds of cost that are reversed.
        """
        check_weights({name: getattr(self, name) for name in NAMES})
        best, worst = self.cost_best_bps, self.cost_worst_bps
        if not (best.is_finite() and worst.is_finite() and 0 <= best < worst):
            raise InvalidInput(f"weights.costBestBps {best} must be from 0 and below costWorstBps {worst}")
        return self

    def of(self, aspect: ScoreAspect) -> Decimal:
        """The weight of a part."""
        weight: Decimal = getattr(self, aspect.name.lower())
        return weight


def check_weights(given: Mapping[str, Decimal]) -> None:
    """Do nothing where weights by name are numbers from 0 to 1 with sum 1. Raises InvalidInput otherwise."""
    for name, weight in given.items():
        if not weight.is_finite() or not 0 <= weight <= 1:
            raise InvalidInput(f"weights.{name} {weight}: give 0 to 1")
    if sum(given.values()) != 1:
        shown = " + ".join(f"{name} {weight}" for name, weight in given.items())
        raise InvalidInput(f"weights sum to {sum(given.values())}, not 1: {shown}; what is left out has its default")


NAMES: Final = tuple(one.name for one in fields(Weights))[:6]
DEFAULT: Final = Weights()


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part: `utility` 0.01–1; `weight` what it counts with once the weights of missing parts are spread over the rest."""

    aspect: ScoreAspect
    utility: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """`value` 0.01–1 to 6 places; `missing` the parts that are not known and so left out."""

    value: Decimal
    parts: tuple[ScorePart, ...]
    missing: tuple[ScoreAspect, ...]


def fill(capacity: int, need: int | None) -> Decimal | None:
    """min(1, capacity / need); None where the need is unlimited."""
    if need is None:
        return None
    with localcontext(prec=DIGITS):
        return min(Decimal(1), Decimal(capacity) / Decimal(need)) if need > 0 else Decimal(1)


def cheapness(bps: Decimal | None, weights: Weights = DEFAULT) -> Decimal | None:
    """1 − clamp((cost − c₀) / (c₁ − c₀)); None where the cost has no upper end."""
    if bps is None:
        return None
    with localcontext(prec=DIGITS):
        share = (bps - weights.cost_best_bps) / (weights.cost_worst_bps - weights.cost_best_bps)
        return Decimal(1) - min(Decimal(1), max(Decimal(0), share))


def safety(default_probability: Decimal | None, cover: Decimal = Decimal(0)) -> Decimal | None:
    """1 − risk; risk = the obligor's default probability within a year × (1 − the share covered); None where nobody states it."""
    return None if default_probability is None else 1 - default_probability * (1 - min(Decimal(1), cover))


def score(utilities: Mapping[ScoreAspect, Decimal | None], weights: Weights = DEFAULT) -> Score | None:
    """The score of a path from its parts, None the ones that are not known; None where no weight is left.

    The weight of a missing part is spread over the rest in proportion.
    """
    return weighted(utilities, _by_aspect(weights))


def score_value(utilities: Mapping[ScoreAspect, Decimal | None], weights: Weights = DEFAULT) -> Decimal | None:
    """The value of `score`, for those who need no more of it; the parts are named in the order of `PATH_ASPECTS`."""
    known = tuple(aspect for aspect, utility in utilities.items() if utility is not None)
    spread = _spread(known, weights)
    if spread is None:
        return None
    value = Decimal(1)
    with localcontext(prec=DIGITS, rounding=ROUND_HALF_EVEN):
        for aspect, weight in spread:
            value *= _power(min(Decimal(1), max(FLOOR, utilities[aspect] or FLOOR)), weight)
        return value.quantize(PLACES)


@lru_cache(maxsize=64)
def _by_aspect(weights: Weights) -> Mapping[ScoreAspect, Decimal]:
    return {aspect: weights.of(aspect) for aspect in PATH_ASPECTS}


@lru_cache(maxsize=256)
def _spread(known: tuple[ScoreAspect, ...], weights: Weights) -> tuple[tuple[ScoreAspect, Decimal], ...] | None:
    """The weights of the parts that are known, once those of the others are spread over them; None: no weight is left."""
    left = sum((weights.of(aspect) for aspect in known), Decimal(0))
    if not left:
        return None
    with localcontext(prec=DIGITS, rounding=ROUND_HALF_EVEN):
        return tuple((aspect, weights.of(aspect) / left) for aspect in known)


def weighted(utilities: Mapping[ScoreAspect, Decimal | None], weights: Mapping[ScoreAspect, Decimal]) -> Score | None:
    """The score from these parts with these weights, in the order of the weights; see `score`."""
    known = {aspect: utilities[aspect] for aspect in weights if utilities.get(aspect) is not None}
    left = sum((weights[aspect] for aspect in known), Decimal(0))
    if not left:
        return None
    with localcontext(prec=DIGITS, rounding=ROUND_HALF_EVEN):
        value, parts = Decimal(1), []
        for aspect, utility in known.items():
            assert utility is not None
            soft, weight = min(Decimal(1), max(FLOOR, utility)), weights[aspect] / left
            parts.append(ScorePart(aspect, soft, weight))
            value *= _power(soft, weight)
        missing = tuple(aspect for aspect in weights if aspect not in known)
        return Score(value.quantize(PLACES), tuple(parts), missing)


@lru_cache(maxsize=4096)
def _power(base: Decimal, exponent: Decimal) -> Decimal:
    """base^exponent; a question's paths share most of their parts."""
    with localcontext(prec=DIGITS, rounding=ROUND_HALF_EVEN):
        return Decimal(1) if base == 1 or not exponent else base**exponent
