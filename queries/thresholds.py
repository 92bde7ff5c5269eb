"""Whether a value meets a threshold, where only bounds of the value may be known."""

from __future__ import annotations

from fractions import Fraction

from graph.kinds.terms import Operator


def meets(operator: Operator, threshold: Fraction, low: Fraction | None, high: Fraction | None) -> bool | None:
    """Whether every value between the bounds meets the threshold, or none does; None: it depends, or is not bounded."""
    match operator:
        case Operator.GTE | Operator.GT:
            strict = operator is Operator.GT
            if low is not None and (low > threshold or (low == threshold and not strict)):
                return True
            return False if high is not None and (high < threshold or (high == threshold and strict)) else None
        case Operator.LTE | Operator.LT:
            strict = operator is Operator.LT
            if high is not None and (high < threshold or (high == threshold and not strict)):
                return True
            return False if low is not None and (low > threshold or (low == threshold and strict)) else None
    if low == high:
        return None if low is None else low == threshold
    outside = (low is not None and low > threshold) or (high is not None and high < threshold)
    return False if outside else None
