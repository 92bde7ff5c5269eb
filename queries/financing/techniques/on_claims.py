"""Techniques that stand on a claim for payment that the beneficiary holds."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Spine, Step
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
from queries.financing.terms import ConstraintKind, Gate, PathRecourse


def claim(*more: Gate) -> Spine:
    """An offer on a receivable, with these gates beside those of every claim."""
    return paper(steps.OWNS_RECEIVABLE, (Gate.TITLE, Gate.TRADE_EVIDENCE, *more, *CLAIM))


def paper(owned: Step, gates: tuple[Gate, ...]) -> Spine:
    """An offer on a claim of any kind, with these gates."""
    word = (steps.OFFERED, steps.TAKES, owned)
    return Spine(Form.OFFERED, word, RECEIVABLE_LIMITS, ordered((*OFFER, *gates, *TERMS)))


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
        Technique.BILL_DISCOUNT,
        "Bill discounting",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.ACCEPTOR,
        "α·face",
        CLAIM_FINANCIERS,
        (
            *CONTRACTS,
            # A bill passes by endorsement: no register knows it.
            paper(steps.OWNS_BILL, (Gate.TITLE, Gate.TRADE_EVIDENCE, Gate.PRIOR_CLAIM, Gate.RELATED_PARTY_TRADE)),
        ),
    ),
    TechniqueRow(
        Technique.FORFAITING,
        "Forfaiting",
        (11,),
        (Instrument.DEBT,),
        ObligorRule.BANK,
        "α·amount of the accepted or confirmed letter-of-credit claim",
        CLAIM_FINANCIERS,
        (*CONTRACTS, paper(steps.OWNS_CREDIT_CLAIM, (Gate.CONFIRMATION, Gate.PRIOR_CLAIM))),
        recourse=PathRecourse.NONE,
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
