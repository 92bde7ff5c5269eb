"""Techniques under an anchor's programme: its confirmed payables, its vouchers, and the chains that lead to it."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import CHAIN_BOUND, Form, Spine, StepAmount
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    BORROWER_LIMITS,
    CHAIN_LIMITS,
    CLAIM,
    CLAIM_BUYERS,
    CLAIM_FINANCIERS,
    CONTRACTS,
    OFFER,
    PROGRAMME_LIMITS,
    TERMS,
    ObligorRule,
    TechniqueRow,
    ordered,
    under_programme,
)
from queries.financing.terms import ConstraintKind, Gate


def chain(least: int, most: int, creates: str) -> tuple[Spine, Spine]:
    word = (steps.ANCHORED, steps.SUPPLIES.times(least, most))
    gates = (*OFFER, Gate.RELATED_PARTY_TRADE, *TERMS)
    return under_programme(Form.TO_CREATE, word, CHAIN_LIMITS, gates, creates)


_DISTRIBUTOR_LIMITS = (
    ConstraintKind.NEED,
    ConstraintKind.LINK_WIDTH,
    ConstraintKind.PRODUCT_MAX,
    ConstraintKind.ANCHOR_LIMIT,
    ConstraintKind.BUY_BACK,
    ConstraintKind.POOL,
    *BORROWER_LIMITS,
)
_DISTRIBUTOR_GATES = (*OFFER, Gate.RELATED_PARTY_TRADE, *TERMS)
PURCHASING: Final = ("采购", "进货", "订货", "备货", "流动资金", "经营周转")
"""What a distributor's money may be for: goods."""

_VOUCHER_GATES = (*OFFER, Gate.TITLE, Gate.CONFIRMATION, Gate.REGISTRATION, Gate.PRIOR_CLAIM, *TERMS)
_VOUCHER_LIMITS = (ConstraintKind.NEED, ConstraintKind.VOUCHER_PART, *PROGRAMME_LIMITS)
ROWS: Final = (
    TechniqueRow(
        Technique.PAYABLES_FINANCE,
        "Payables finance",
        (6,),
        (Instrument.DEBT,),
        ObligorRule.ANCHOR,
        "lendable(confirmed receivable); a root voucher: α·part held; prospective: α·(1 − dilution)·width of the link",
        CLAIM_BUYERS,
        (
            *CONTRACTS,
            *under_programme(
                Form.OFFERED,
                (steps.OWED_BY_ANCHOR, steps.OWNS_RECEIVABLE),
                (ConstraintKind.NEED, ConstraintKind.ASSET_FREE, *PROGRAMME_LIMITS),
                (*OFFER, Gate.TITLE, Gate.TRADE_EVIDENCE, Gate.CONFIRMATION, *CLAIM, *TERMS),
            ),
            *under_programme(Form.OFFERED, (steps.ISSUED_UNDER, steps.OWNS_VOUCHER), _VOUCHER_LIMITS, _VOUCHER_GATES),
            *chain(1, 1, "Receivable"),
        ),
    ),
    TechniqueRow(
        Technique.DEEP_TIER,
        "Deep-tier supply chain finance",
        (6,),
        (Instrument.DEBT,),
        ObligorRule.ANCHOR,
        "α·part held; prospective: the least over its links of α·(1 − dilution)·width",
        CLAIM_BUYERS,
        (
            *CONTRACTS,
            *under_programme(
                Form.OFFERED,
                (steps.ISSUED_UNDER, steps.SPLIT, steps.OWNS_VOUCHER),
                _VOUCHER_LIMITS,
                _VOUCHER_GATES,
            ),
            *chain(2, CHAIN_BOUND, "Voucher"),
        ),
    ),
    TechniqueRow(
        Technique.DISTRIBUTOR_FINANCE,
        "Distributor finance",
        (6,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "⌊annual purchases · days of selling through / 365⌋ · (1 − margin)",
        CLAIM_FINANCIERS,
        (
            *CONTRACTS,
            *under_programme(
                Form.OFFERED, (steps.PROMISED_UNDER, steps.BOUGHT_BACK), _DISTRIBUTOR_LIMITS, _DISTRIBUTOR_GATES
            ),
            *under_programme(
                Form.TO_CREATE,
                (steps.ANCHORED, steps.PURCHASES),
                _DISTRIBUTOR_LIMITS,
                _DISTRIBUTOR_GATES,
                "BuyBack",
            ),
        ),
        purposes=PURCHASING,
        advances=False,
    ),
    TechniqueRow(
        Technique.DYNAMIC_DISCOUNTING,
        "Dynamic discounting",
        (6,),
        (Instrument.DEBT,),
        ObligorRule.NONE,
        "min(V(receivable), the anchor's cash for early payment)",
        frozenset(),
        (
            Spine(
                Form.OFFERED,
                (steps.OFFERED, steps.EARLY_PAID, steps.OWNS_RECEIVABLE),
                (
                    ConstraintKind.NEED,
                    ConstraintKind.ASSET_FREE,
                    ConstraintKind.STEP_AMOUNT,
                    ConstraintKind.PRODUCT_MAX,
                ),
                # Who pays its own debt needs no licence, and nothing is assigned.
                ordered(
                    (
                        Gate.PRODUCT_OPEN,
                        Gate.ELIGIBILITY,
                        Gate.CONFIRMATION,
                        Gate.REGISTRATION,
                        Gate.PRIOR_CLAIM,
                        Gate.RELATED_PARTY_TRADE,
                        *TERMS,
                    )
                ),
                amount=StepAmount.OWN_CASH,
            ),
        ),
        advances=False,
    ),
)
