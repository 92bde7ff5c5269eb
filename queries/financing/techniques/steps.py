"""The steps that words of several techniques share; a step of one technique alone stands beside its row."""

from __future__ import annotations

from graph.kinds.supply_side import LimitKind
from queries.financing.spines import (
    CHAIN_BOUND,
    PURCHASE,
    SALE,
    Held,
    Is,
    Joined,
    Lacks,
    Linked,
    Named,
    OfTechnique,
    Reaches,
    Step,
    Through,
    Without,
)

OFFERED = Step("OFFERED_BY", "CapitalSource", Named("lender"))
TAKES = Step("TAKES", "LoanProduct", Joined("LoanProduct"), (OfTechnique(),))
LENDS_TO = Step("LENDS_TO", "LoanProduct", Joined("LoanProduct"), (OfTechnique(),))
EARLY_PAID = Step(
    "PAYS_EARLY", "LoanProduct", Through(Named("obligor"), Held("LoanProduct", "lender")), (OfTechnique(),)
)
OWNS_RECEIVABLE = Step("OWNED_BY", "Receivable", Held("Receivable", "owner"))
OWNS_BILL = Step("OWNED_BY", "Bill", Held("Bill", "owner"))
OWNS_CREDIT_CLAIM = Step("OWNED_BY", "CreditClaim", Held("CreditClaim", "owner"))
OWNS_VOUCHER = Step("OWNED_BY", "Voucher", Held("Voucher", "owner"))
SPLIT = Step("SPLIT_FROM", "Voucher", Named("parent"), least=1, most=CHAIN_BOUND)
UNDER_PROGRAMME = Step("UNDER", "LoanProduct", Held("LoanProduct", "programme"), (OfTechnique(),))
FUNDED = Step("FUNDED_BY", "CapitalSource", Named("funder"), near_when=(Without("LoanProduct", "programme"),))
OWED_BY_ANCHOR = Step(
    "OWED_BY", "AnchorProgramme", Through(Named("obligor"), Held("AnchorProgramme", "anchor")), near_when=()
)
ISSUED_UNDER = Step("UNDER", "AnchorProgramme", Named("programme"), near_when=(Lacks("parent"),))
ANCHORED = Step("ANCHORED_BY", "AnchorProgramme", Held("AnchorProgramme", "anchor"), (Reaches("max_tier"),))
SUPPLIES = Step("SUPPLIES", "Enterprise", SALE)
PURCHASES = Step("SUPPLIES", "Enterprise", PURCHASE)
BOUGHT_BACK = Step("FOR", "BuyBack", Held("BuyBack", "distributor"))
PROMISED_UNDER = Step("UNDER", "AnchorProgramme", Named("programme"))
DEBTOR_LIMITED = Step(
    "ON",
    "CreditLimit",
    Held("CreditLimit", "on"),
    (Is("kind", LimitKind.DEBTOR_LIMIT),),
    near_when=(Without("AnchorProgramme", "anchor"),),
)
LIMIT_OF_PRODUCT = Step("UNDER", "LoanProduct", Named("product"), (OfTechnique(),))
LIMIT_OF_LENDER = Step(
    "SET_BY",
    "LoanProduct",
    Through(Named("lender"), Held("LoanProduct", "lender")),
    (OfTechnique(),),
    near_when=(Lacks("product"),),
)
GRANTED = Step("GRANTED_BY", "CapitalSource", Named("lender"))
GRANTED_TO = Step("GRANTED_TO", "Facility", Held("Facility", "borrower"), (OfTechnique(),))
LENT = Step("LENT_BY", "CapitalSource", Named("lender"))
BORROWED = Step("BORROWED_BY", "Loan", Held("Loan", "borrower"), (OfTechnique(), Lacks("facility")))
MAY_INVEST = Step("MAY_INVEST_IN", "Fund", Joined("Fund"))
SUBFUND = Step("SUBFUND_OF", "Fund", Named("parent"), least=1, most=3)
INVESTED = Step("INVESTED_BY", "Fund", Linked("InvestedBy", "source", "target"))
ROUND = Step("INVESTED_IN", "InvestmentRound", Held("InvestmentRound", "enterprise"))
