"""Techniques that bring capital rather than credit."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Spine
from queries.financing.techniques import steps
from queries.financing.techniques.rows import FUND_LIMITS, ObligorRule, TechniqueRow
from queries.financing.terms import ConstraintKind, Gate

ROWS: Final = (
    TechniqueRow(
        Technique.EQUITY,
        "Equity investment",
        (7, 8, 9, 10, 26),
        (Instrument.EQUITY,),
        ObligorRule.NONE,
        "ticket range",
        frozenset(),
        (
            Spine(Form.IN_FORCE, (steps.INVESTED, steps.ROUND), (ConstraintKind.STEP_AMOUNT,), (Gate.CURRENCY,)),
            Spine(
                Form.OFFERED,
                (steps.MAY_INVEST,),
                FUND_LIMITS,
                (Gate.ELIGIBILITY, Gate.LIMIT, Gate.CURRENCY, Gate.TIMING),
            ),
            Spine(
                Form.OFFERED,
                (steps.SUBFUND, steps.MAY_INVEST),
                FUND_LIMITS,
                (Gate.ELIGIBILITY, Gate.LIMIT, Gate.CURRENCY, Gate.TIMING),
            ),
        ),
        funds=True,
    ),
)
