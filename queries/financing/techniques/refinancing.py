"""Techniques that change what the beneficiary owes already, and bring no new money."""

from __future__ import annotations

from typing import Final

from graph.kinds.supply_side import PoolKind
from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import (
    Form,
    Held,
    Is,
    Joined,
    Named,
    NoneOf,
    OfTechnique,
    Spine,
    Step,
    StepAmount,
    Through,
)
from queries.financing.techniques import steps
from queries.financing.techniques.rows import BANKS, LOAN, OFFER, TERMS, ObligorRule, TechniqueRow, ordered
from queries.financing.terms import ConstraintKind, Gate

OWED: Final = Step("BORROWED_BY", "Loan", Held("Loan", "borrower"), (NoneOf("technique", (Technique.BRIDGE,)),))
"""Any loan of the beneficiary, whatever its technique; what bridges one is none."""
BRIDGES: Final = Step("BRIDGES", "Pool", Joined("Pool"), (Is("kind", PoolKind.BRIDGE),))
SWAPS: Final = Step(
    "SWAPS", "LoanProduct", Through(Named("lender"), Held("LoanProduct", "lender")), (OfTechnique(),)
)  # fmt: skip
CONVERTED: Final = Step("BORROWED_BY", "Swap", Held("Swap", "debtor"))
CREDITOR: Final = Step("LENT_BY", "CapitalSource", Named("creditor"))

ROWS: Final = (
    TechniqueRow(
        Technique.BRIDGE,
        "Bridge from a rollover fund",
        (1, 18),
        (Instrument.REFINANCE,),
        ObligorRule.BENEFICIARY,
        "min(maturing, pool cash)",
        frozenset(),
        (
            LOAN,
            Spine(
                Form.OFFERED,
                (BRIDGES, OWED),
                (ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT, ConstraintKind.POOL),
                ordered((Gate.PRODUCT_OPEN, Gate.ELIGIBILITY, *TERMS, Gate.RENEWAL_COMMITMENT)),
                amount=StepAmount.OWED,
            ),
        ),
        new_money=False,
    ),
    TechniqueRow(
        Technique.DEBT_EQUITY_SWAP,
        "Debt–equity swap",
        (16,),
        (Instrument.REFINANCE,),
        ObligorRule.NONE,
        "swapped debt",
        BANKS,
        (
            Spine(Form.IN_FORCE, (CREDITOR, CONVERTED), LOAN.limits, LOAN.gates, amount=StepAmount.PAID_OUT),
            Spine(
                Form.OFFERED,
                (steps.OFFERED, SWAPS, OWED),
                (ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT, ConstraintKind.PRODUCT_MAX),
                ordered((*OFFER, *TERMS)),
                amount=StepAmount.OWED,
            ),
        ),
        new_money=False,
    ),
)
