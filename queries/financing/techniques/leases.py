"""Leases: the lessor pays for equipment that the lessee uses, buys back what it has, or what the manufacturer sells."""

from __future__ import annotations

from typing import Final

from graph.kinds.parties import InstitutionType
from graph.kinds.terms import Instrument, LeaseModel, Technique
from queries.financing.spines import (
    Form,
    Held,
    Is,
    Joined,
    Named,
    OfTechnique,
    OneOf,
    Spine,
    States,
    Step,
    StepAmount,
    Unlike,
)
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    BORROWER_LIMITS,
    FACILITY,
    LOAN,
    OFFER,
    TERMS,
    ObligorRule,
    TechniqueRow,
    ordered,
)
from queries.financing.terms import BeneficiaryRole, ConstraintKind, Gate

LIMITS: Final = (
    ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT, ConstraintKind.PRODUCT_MAX, ConstraintKind.POOL, *BORROWER_LIMITS
)  # fmt: skip


def leasing(relation: str, *models: LeaseModel) -> Step:
    """An offer that leases by one of these models, or does not say by which."""
    return Step(relation, "LoanProduct", Joined("LoanProduct"), (OfTechnique(), OneOf("lease_model", models)))


BOUGHT: Final = (LeaseModel.DIRECT, LeaseModel.SUBLEASE, LeaseModel.ENTRUSTED)
"""Models in which the lessor pays for what the lessee has chosen: with its own money, as a lessee itself, or with another's."""
PURCHASE: Final = Step("OWNED_BY", "PurchaseContract", Held("PurchaseContract", "owner"), (States("equipment"),))
SALE: Final = Step("OWNED_BY", "SalesContract", Held("SalesContract", "owner"), (States("equipment"),))
EQUIPMENT: Final = Step("OWNED_BY", "Equipment", Held("Equipment", "owner"))
LESSOR: Final = Step("LENT_BY", "CapitalSource", Named("lessor"))
LESSEE: Final = Step("BORROWED_BY", "Lease", Held("Lease", "lessee"))
VENDOR: Final = Step(
    "SOLD_BY", "Lease", Held("Lease", "vendor"), (Is("model", LeaseModel.VENDOR), Unlike("vendor", "lessee"))
)

ROWS: Final = (
    TechniqueRow(
        Technique.LEASE,
        "Finance lease",
        (21,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "price·(1 − down payment)",
        frozenset({InstitutionType.LESSOR}),
        (
            FACILITY,
            Spine(Form.IN_FORCE, (LESSOR, LESSEE), LOAN.limits, LOAN.gates, amount=StepAmount.PAID_OUT),
            Spine(
                Form.IN_FORCE,
                (LESSOR, VENDOR),
                LOAN.limits,
                LOAN.gates,
                amount=StepAmount.PAID_OUT,
                obligor=ObligorRule.LESSEE,
                role=BeneficiaryRole.VENDOR,
            ),
            Spine(
                Form.OFFERED,
                (steps.OFFERED, leasing("TAKES", *BOUGHT), PURCHASE),
                LIMITS,
                ordered((*OFFER, Gate.TRADE_EVIDENCE, Gate.RELATED_PARTY_TRADE, *TERMS)),
                amount=StepAmount.LEASED,
            ),
            Spine(
                Form.OFFERED,
                (steps.OFFERED, leasing("TAKES", LeaseModel.SALE_AND_LEASEBACK), EQUIPMENT),
                LIMITS,
                ordered((*OFFER, Gate.TITLE, Gate.REGISTRATION, Gate.PRIOR_CLAIM, *TERMS)),
                amount=StepAmount.LEASED,
            ),
            Spine(
                Form.OFFERED,
                (steps.OFFERED, leasing("TAKES", LeaseModel.VENDOR), SALE),
                LIMITS,
                ordered((*OFFER, Gate.TRADE_EVIDENCE, Gate.RELATED_PARTY_TRADE, *TERMS)),
                amount=StepAmount.LEASED,
                obligor=ObligorRule.LESSEE,
                role=BeneficiaryRole.VENDOR,
            ),
            Spine(
                Form.TO_CREATE,
                (steps.OFFERED, leasing("LENDS_TO", *BOUGHT)),
                LIMITS,
                ordered((*OFFER, *TERMS)),
                "PurchaseContract",
                amount=StepAmount.LEASED,
            ),
        ),
        advances=False,
        asks=("lease_model",),
    ),
)
