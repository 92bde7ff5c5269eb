"""Loans and lines to the beneficiary itself, with or without somebody who covers them."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, SyndicateRole, Technique
from queries.financing.spines import (
    Condition,
    Form,
    Is,
    Joined,
    Lacks,
    Linked,
    OfTechnique,
    Spine,
    Step,
    StepAmount,
    With,
    Without,
)
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    BANKS,
    BORROWER_LIMITS,
    CONTRACTS,
    LENDERS,
    LOAN,
    OFFER,
    TERMS,
    ObligorRule,
    TechniqueRow,
    loan,
    ordered,
)
from queries.financing.terms import ConstraintKind, SupportKind

BY_LEAD: Final = Step(
    "LENT_BY",
    "CapitalSource",
    Linked("LentBy", "source", "target"),
    near_when=(Lacks("lender"),),
    link_when=(Is("role", SyndicateRole.LEAD),),
)
"""To the lead of a syndicate whose loan names no lender of its own."""
SYNDICATE_LIMITS: Final = (
    ConstraintKind.NEED,
    ConstraintKind.STEP_AMOUNT,
    ConstraintKind.PRODUCT_MAX,
    ConstraintKind.JOINT_CREDIT,
)
"""Each bank's own limits come with the step's amount: by its part of the loan."""


def syndicated(form: Form, condition: Condition, creates: str | None = None) -> Spine:
    """A syndicated loan on offer from its lead."""
    lends = Step("LENDS_TO", "LoanProduct", Joined("LoanProduct"), (OfTechnique(), condition))
    gates = ordered((*OFFER, *TERMS))
    return Spine(form, (steps.OFFERED, lends), SYNDICATE_LIMITS, gates, creates, amount=StepAmount.SYNDICATE)


ROWS: Final = (
    TechniqueRow(
        Technique.POOL_BACKED_LOAN,
        "Pool-backed loan",
        (12, 23),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "none: the limits decide",
        LENDERS,
        (*CONTRACTS, loan(support=SupportKind.POOL_COVER)),
    ),
    TechniqueRow(
        Technique.GUARANTEED_LOAN,
        "Guaranteed loan",
        (3, 14, 17),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "none: the limits decide",
        LENDERS,
        (
            *CONTRACTS,
            loan(
                (
                    ConstraintKind.NEED,
                    ConstraintKind.PRODUCT_MAX,
                    ConstraintKind.POOL,
                    ConstraintKind.GUARANTOR,
                    *BORROWER_LIMITS,
                ),
                SupportKind.GUARANTEE,
            ),
        ),
    ),
    TechniqueRow(
        Technique.INSURED_LOAN,
        "Insured loan",
        (3, 14, 17),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "none: the limits decide",
        LENDERS,
        (
            *CONTRACTS,
            loan(
                (
                    ConstraintKind.NEED,
                    ConstraintKind.PRODUCT_MAX,
                    ConstraintKind.POOL,
                    ConstraintKind.INSURER,
                    *BORROWER_LIMITS,
                ),
                SupportKind.INSURANCE,
            ),
        ),
    ),
    TechniqueRow(
        Technique.COMPREHENSIVE_LINE,
        "Comprehensive credit line",
        (15,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "limit − drawn; of a line that is not yet granted: none, the limits decide",
        LENDERS,
        (*CONTRACTS, loan()),
    ),
    TechniqueRow(
        Technique.SYNDICATED,
        "Syndicated loan",
        (3, 22),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "the largest T with xᵢ ≤ headroomᵢ, one lead ≥ λT, the others together ≥ δT; joint leads each from a floor to a cap",
        BANKS,
        (
            *CONTRACTS,
            Spine(Form.IN_FORCE, (BY_LEAD, steps.BORROWED), LOAN.limits, LOAN.gates),
            syndicated(Form.OFFERED, With("Participation", "target")),
            syndicated(Form.TO_CREATE, Without("Participation", "target"), "Participation"),
        ),
    ),
)
