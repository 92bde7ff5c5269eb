"""Techniques that stand on a claim for payment that the beneficiary holds."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Spine
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    CLAIM,
    CLAIM_BUYERS,
    CLAIM_FINANCIERS,
    CLAIM_LIMITS,
    CONTRACTS,
    LENDERS,
    OFFER,
    RECEIVABLE_LIMITS,
    TERMS,
    ObligorRule,
    TechniqueRow,
    ordered,
)
from queries.financing.terms import ConstraintKind, Gate


def claim(*more: Gate) -> Spine:
    """An offer on a receivable, with these gates beside those of every claim."""
    gates = ordered((*OFFER, Gate.TITLE, Gate.TRADE_EVIDENCE, *more, *CLAIM, *TERMS))
    word = (steps.OFFERED, steps.TAKES, steps.OWNS_RECEIVABLE)
    return Spine(Form.OFFERED, word, RECEIVABLE_LIMITS, gates)


_DEBTOR_CHAIN = (steps.DEBTOR_LIMITED, steps.SUPPLIES)
_DEBTOR_GATES = ordered((*OFFER, Gate.RELATED_PARTY_TRADE, *TERMS))
_DEBTOR_LIMITS = (ConstraintKind.NEED, ConstraintKind.LINK_WIDTH, ConstraintKind.PRODUCT_MAX, *CLAIM_LIMITS)

ROWS: Final = (
    TechniqueRow(
        Technique.RECEIVABLES_DISCOUNTING,
        "Receivables discounting",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BUYER,
        "lendable(receivable)",
        CLAIM_FINANCIERS,
        (*CONTRACTS, claim()),
    ),
    TechniqueRow(
        Technique.FACTORING,
        "Factoring",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BUYER,
        "lendable(receivable); prospective: α·(1 − dilution)·width of the link",
        CLAIM_BUYERS,
        (
            *CONTRACTS,
            claim(Gate.NOTICE),
            Spine(
                Form.TO_CREATE,
                (steps.OFFERED, steps.LIMIT_OF_PRODUCT, *_DEBTOR_CHAIN),
                _DEBTOR_LIMITS,
                _DEBTOR_GATES,
                creates="Receivable",
            ),
            Spine(
                Form.TO_CREATE,
                (steps.OFFERED, steps.LIMIT_OF_LENDER, *_DEBTOR_CHAIN),
                _DEBTOR_LIMITS,
                _DEBTOR_GATES,
                creates="Receivable",
            ),
        ),
    ),
    TechniqueRow(
        Technique.RECEIVABLES_LOAN,
        "Loan against receivables",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "lendable(receivable)",
        LENDERS,
        (*CONTRACTS, claim()),
    ),
)
