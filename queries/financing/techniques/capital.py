"""Techniques of the capital market: equity, loans that follow it, bonds, and public–private partnerships with both."""

from __future__ import annotations

from typing import Final

from graph.kinds.parties import InstitutionType
from graph.kinds.terms import Instrument, Technique
from queries.financing.spines import (
    Begun,
    Form,
    Held,
    Is,
    Linked,
    Named,
    NoneOf,
    OfTechnique,
    Spine,
    Step,
    StepAmount,
    Through,
)
from queries.financing.supports import OWN_BONDS
from queries.financing.techniques import steps
from queries.financing.techniques.rows import (
    BANKS,
    BORROWER_LIMITS,
    CONTRACTS,
    FUND_LIMITS,
    LENDERS,
    LOAN,
    OFFER,
    TERMS,
    ObligorRule,
    TechniqueRow,
    ordered,
)
from queries.financing.terms import ConstraintKind, Gate

INVESTING: Final = (Gate.ELIGIBILITY, Gate.LIMIT, Gate.CURRENCY, Gate.TIMING)
OFFERED: Final = (ConstraintKind.NEED, ConstraintKind.STEP_AMOUNT, ConstraintKind.PRODUCT_MAX)

LINKED: Final = Step(
    "LINKED_WITH",
    "LoanProduct",
    Through(Linked("LinkedWith", "source", "target"), Held("LoanProduct", "lender")),
    (OfTechnique(),),
)
PLACED: Final = Step("UNDERWRITTEN_BY", "CapitalSource", Named("underwriter"))
CARRIED: Final = Step("GRANTED_TO", "PppContract", Held("PppContract", "vehicle"))


def issued(*, begun: bool) -> Step:
    """A bond of the beneficiary's own, of which something has been issued, or nothing yet."""
    conditions = (NoneOf("type", tuple(sorted(OWN_BONDS, key=lambda one: one.name))), Begun("issued", begun))
    return Step("ISSUED_BY", "BondIssue", Held("BondIssue", "issuer"), conditions)


def part(instrument: Instrument) -> Step:
    """Who has promised a part of a partnership."""
    back = Linked("PppPart", "source", "target")
    return Step("FINANCED_BY", "CapitalSource", back, link_when=(Is("part", instrument),))


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
            Spine(Form.OFFERED, (steps.MAY_INVEST,), FUND_LIMITS, INVESTING),
            Spine(Form.OFFERED, (steps.SUBFUND, steps.MAY_INVEST), FUND_LIMITS, INVESTING),
        ),
        funds=True,
    ),
    TechniqueRow(
        Technique.INVEST_LOAN_LINKAGE,
        "Investment–loan linkage",
        (9,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "linkage ratio × invested",
        LENDERS,
        (
            *CONTRACTS,
            Spine(
                Form.OFFERED,
                (steps.OFFERED, LINKED, steps.INVESTED, steps.ROUND),
                (*OFFERED, ConstraintKind.POOL, *BORROWER_LIMITS),
                ordered((*OFFER, *TERMS)),
                amount=StepAmount.LINKED,
            ),
            Spine(
                Form.TO_CREATE,
                (steps.OFFERED, LINKED, steps.MAY_INVEST),
                (*OFFERED, ConstraintKind.POOL, *BORROWER_LIMITS),
                ordered((*OFFER, *TERMS)),
                "InvestmentRound",
                amount=StepAmount.TO_LINK,
            ),
        ),
    ),
    TechniqueRow(
        Technique.BOND,
        "Bond issue",
        (5,),
        (Instrument.DEBT,),
        ObligorRule.BENEFICIARY,
        "approved − issued, within the approval",
        BANKS | {InstitutionType.SECURITIES_FIRM},
        (
            Spine(Form.IN_FORCE, (PLACED, issued(begun=True)), LOAN.limits, LOAN.gates, amount=StepAmount.ISSUE),
            Spine(
                Form.OFFERED,
                (PLACED, issued(begun=False)),
                LOAN.limits,
                ordered((Gate.LICENCE, Gate.ELIGIBILITY, *TERMS)),
                amount=StepAmount.ISSUE,
            ),
            Spine(
                Form.TO_CREATE,
                (steps.OFFERED, steps.LENDS_TO),
                (ConstraintKind.NEED, ConstraintKind.PRODUCT_MAX),
                ordered((*OFFER, *TERMS)),
                "BondIssue",
            ),
        ),
    ),
    TechniqueRow(
        Technique.PPP,
        "Public–private partnership",
        (20,),
        (Instrument.DEBT, Instrument.EQUITY),
        ObligorRule.BENEFICIARY,
        "approved amount by part",
        BANKS,
        (
            Spine(
                Form.IN_FORCE,
                (part(Instrument.DEBT), CARRIED),
                LOAN.limits,
                LOAN.gates,
                amount=StepAmount.PART,
                serves=(Instrument.DEBT,),
            ),
            Spine(
                Form.IN_FORCE,
                (part(Instrument.EQUITY), CARRIED),
                LOAN.limits,
                LOAN.gates,
                amount=StepAmount.PART,
                serves=(Instrument.EQUITY,),
                obligor=ObligorRule.NONE,
            ),
            Spine(
                Form.OFFERED,
                (steps.OFFERED, steps.TAKES, CARRIED),
                (*OFFERED, ConstraintKind.POOL, *BORROWER_LIMITS),
                ordered((*OFFER, *TERMS)),
                amount=StepAmount.PART_LEFT,
                serves=(Instrument.DEBT,),
            ),
            Spine(
                Form.OFFERED,
                (steps.MAY_INVEST, CARRIED),
                FUND_LIMITS,
                INVESTING,
                amount=StepAmount.PART_LEFT,
                serves=(Instrument.EQUITY,),
                obligor=ObligorRule.NONE,
            ),
        ),
        funds=True,
    ),
)
