"""Loans to the beneficiary that an asset of its own secures: goods, orders, contracts, rights, cash, documents, land and machines."""

from __future__ import annotations

from typing import Final

from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import Form, Held, Spine, Step
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    BORROWER_LIMITS,
    CONTRACTS,
    LENDERS,
    OFFER,
    TERMS,
    ObligorRule,
    TechniqueRow,
    ordered,
)
from queries.financing.terms import ConstraintKind, Gate

WORKING_CAPITAL: Final = ("流动资金", "经营周转", "采购", "备货", "生产", "订单", "合同")
"""What money on an order or a contract may be for: filling it."""

LIMITS: Final = (
    ConstraintKind.NEED,
    ConstraintKind.ASSET_FREE,
    ConstraintKind.PRODUCT_MAX,
    ConstraintKind.POOL,
    *BORROWER_LIMITS,
)
REGISTERED: Final = (Gate.TITLE, Gate.REGISTRATION, Gate.PRIOR_CLAIM)
HELD: Final = (Gate.TITLE, Gate.PRIOR_CLAIM)
"""Of what is pledged by handing it over or blocking it, not by an entry in a register."""
TRADE: Final = (Gate.TRADE_EVIDENCE, Gate.RELATED_PARTY_TRADE)


def secured(kind: str, gates: tuple[Gate, ...]) -> Spine:
    """A loan offered against an asset of this kind."""
    owned = Step("OWNED_BY", kind, Held(kind, "owner"))
    word = (steps.OFFERED, steps.TAKES, owned)
    return Spine(Form.OFFERED, word, LIMITS, ordered((*OFFER, *gates, *TERMS)))


def loan_on(
    technique: Technique,
    en: str,
    kinds: tuple[str, ...],
    *,
    amount: str = "α·value − prior debt",
    gates: tuple[Gate, ...] = REGISTERED,
    measures: tuple[int, ...] = (11,),
    purposes: tuple[str, ...] = (),
) -> TechniqueRow:
    """The row of a technique that lends against assets of these kinds."""
    return TechniqueRow(
        technique,
        en,
        measures,
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        amount,
        LENDERS,
        (*CONTRACTS, *(secured(kind, gates) for kind in kinds)),
        purposes=purposes,
    )


ROWS: Final = (
    loan_on(Technique.INVENTORY_LOAN, "Loan against inventory", ("WarehouseReceipt",)),
    loan_on(
        Technique.PRE_SHIPMENT,
        "Pre-shipment finance",
        ("Order",),
        amount="α·unfilled order − prior debt; of government, a large buyer, import or export",
        gates=(*REGISTERED, *TRADE),
        purposes=WORKING_CAPITAL,
    ),
    loan_on(
        Technique.CONTRACT_LOAN,
        "Loan against sales or purchase contracts",
        ("SalesContract", "PurchaseContract"),
        amount="α·unperformed amount − prior debt",
        gates=(*REGISTERED, *TRADE),
        purposes=WORKING_CAPITAL,
    ),
    loan_on(Technique.IP_PLEDGE, "Intellectual-property pledge loan", ("IpRight",)),
    loan_on(Technique.REVENUE_RIGHT, "Revenue-right pledge loan", ("RevenueRight",)),
    loan_on(Technique.CASH_PLEDGE, "Cash-secured loan", ("Deposit",), gates=HELD),
    loan_on(Technique.FX_DOCUMENT, "Loan against foreign-exchange documents", ("FxDocument",), gates=HELD),
    loan_on(Technique.MORTGAGE_LOAN, "Mortgage loan", ("LandUseRight", "Building", "Equipment"), measures=(3,)),
)
