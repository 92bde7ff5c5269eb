"""A candidate with what its gates and limits ask of it again and again, looked up once."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from graph.kinds.assets import Receivable
from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import Recourse
from graph.money import CNY, Money
from queries.financing.appraisal import Appraisal
from queries.financing.candidates import Candidate
from queries.financing.limits.constraints import ONE
from queries.financing.techniques.rows import ObligorRule
from queries.financing.terms import PathRecourse
from queries.ratios import fraction
from queries.tally import Amount, amount_of

ON_CLAIMS: Final = frozenset({ObligorRule.BUYER, ObligorRule.ANCHOR})
RECOURSE: Final = {
    None: PathRecourse.NOT_STATED,
    Recourse.FULL: PathRecourse.FULL,
    Recourse.NONE: PathRecourse.NONE,
    Recourse.PARTIAL: PathRecourse.PARTIAL,
}


class Case:
    """A candidate under appraisal. Handles are -1 where the spine has no such node.

    `offer` the product's record and `rate` its α in millionths, None where not stated; `currency` that in which it is measured;
    `lender` the person in law that lends; `contract` the contract in force that the path is; `obligor` who owes what pays the
    financing back (-1: nobody, or not stated); `recourse` None where there is no claim to have recourse on.
    """

    __slots__ = (
        "appraisal", "asset", "beneficiary", "candidate", "contract", "currency", "facility", "fund", "lender", "loan", "need",
        "obligor", "offer", "product", "programme", "rate", "receivable", "recourse", "row", "source", "spine", "view", "voucher",
    )  # fmt: skip

    def __init__(self, appraisal: Appraisal, candidate: Candidate) -> None:
        self.appraisal, self.candidate, self.view = appraisal, candidate, appraisal.view
        self.row, self.spine = candidate.row, candidate.spine
        self.source, self.beneficiary = candidate.nodes[0], appraisal.beneficiary
        nodes, places = (*candidate.nodes, -1), self.spine.places(len(candidate.nodes)).get
        self.product, self.programme = nodes[places("LoanProduct", -1)], nodes[places("AnchorProgramme", -1)]
        self.receivable, self.voucher = nodes[places("Receivable", -1)], nodes[places("Voucher", -1)]
        self.asset = max(self.receivable, self.voucher)
        self.facility, self.loan, self.fund = (
            nodes[places("Facility", -1)],
            nodes[places("Loan", -1)],
            nodes[places("Fund", -1)],
        )
        self.contract = max(self.facility, self.loan, nodes[places("InvestmentRound", -1)])
        self.need = appraisal.need(candidate.row)
        self.lender = appraisal.entity(self.source)
        self.offer = appraisal.offer(self.product, LoanProduct) if self.product >= 0 else None
        self.rate = None if self.offer is None else appraisal.rate(self.product, self.offer)
        self.currency = CNY
        claims = self.row.obligor in ON_CLAIMS
        self.recourse = RECOURSE[self.offer.recourse if self.offer else None] if claims and self.contract < 0 else None
        self.obligor = self._obligor()

    @property
    def claim(self) -> Receivable:
        """The receivable that is financed."""
        return self.appraisal.record(self.receivable, Receivable)

    @property
    def face_draw(self) -> tuple[Fraction, bool]:
        """What a yuan of principal draws on a limit in FACE, 1/α, and whether α is stated. Without α: 1, the least that it can be."""
        return (1 / fraction(self.rate), True) if self.rate else (ONE, self.rate is not None)

    def amount(self, money: Money | None, record: int, name: str, *, owed: bool = False) -> Amount:
        """A money field of a record (by GraphQL name) in the path's currency: what it can bring, or what is `owed` or used."""
        return amount_of(money, record, name, self.currency, view=self.view, owed=owed)

    def _obligor(self) -> int:
        match self.row.obligor:
            case ObligorRule.BENEFICIARY:
                return self.beneficiary
            case ObligorRule.NONE:
                return -1
        if self.programme >= 0:
            return self.appraisal.ref(self.programme, "anchor")
        if self.receivable >= 0:
            return self.appraisal.ref(self.receivable, "obligor")
        limit = self.candidate.role("CreditLimit")
        if limit >= 0:
            return self.appraisal.ref(limit, "on")
        return self.appraisal.once(("debtor", self.contract), self._debtor)

    def _debtor(self) -> int:
        """The one debtor of the claims that secure a contract in force."""
        assets = self.view.refs(self.view.holders("Encumbrance", "secures", self.contract), "asset")
        claims = (asset for asset in assets.tolist() if asset >= 0 and self.view.has_kind(asset, "Receivable"))
        debtors = {self.view.ref(asset, "obligor") for asset in claims}
        return debtors.pop() if len(debtors) == 1 else -1
