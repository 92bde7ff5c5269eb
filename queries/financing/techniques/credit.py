"""Loans and lines to the beneficiary itself, with or without somebody who covers them."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.techniques.rows import BORROWER_LIMITS, CONTRACTS, LENDERS, ObligorRule, TechniqueRow, loan
from queries.financing.terms import ConstraintKind, SupportKind

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
)
