"""A candidate with what its gates and limits ask of it again and again, looked up once."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple, cast

from graph.kinds.assets import Asset, Receivable
from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import DrawBasis, Recourse
from graph.money import CNY, Money
from graph.values import MILLION, millionths
from queries.financing.appraisal import Appraisal
from queries.financing.asset_kinds import ASSET_KINDS, VALUED, AssetKind, debtor_of
from queries.financing.candidates import Candidate
from queries.financing.limits.constraints import ONE
from queries.financing.spines import Form, Spine
from queries.financing.techniques.rows import ObligorRule
from queries.financing.terms import PathRecourse
from queries.ratios import fraction
from queries.tally import Amount, amount_of

ON_CLAIMS: Final = frozenset(
    {ObligorRule.BUYER, ObligorRule.ANCHOR, ObligorRule.ACCEPTOR, ObligorRule.BANK, ObligorRule.LESSEE}
)
"""Whoever owes the claim that is financed owes what pays it back."""
RECOURSE: Final = {
    None: PathRecourse.NOT_STATED,
    Recourse.FULL: PathRecourse.FULL,
    Recourse.NONE: PathRecourse.NONE,
    Recourse.PARTIAL: PathRecourse.PARTIAL,
}


class _Places(NamedTuple):
    """Where the nodes of a path stand that gates and limits ask for; -1: it has none."""

    product: int
    programme: int
    receivable: int
    voucher: int
    facility: int
    loan: int
    refinanced: int
    fund: int
    asset: int
    asset_kind: AssetKind


@lru_cache(maxsize=4096)
def _places(spine: Spine, nodes: int) -> _Places:
    """The places in a path of so many nodes."""
    places = spine.places(nodes)
    kinds = ("LoanProduct", "AnchorProgramme", "Receivable", "Voucher", "Facility", "Loan", "Fund")
    product, programme, receivable, voucher, facility, loan, fund = (places.get(kind, -1) for kind in kinds)
    loan, refinanced = (loan, -1) if spine.form is Form.IN_FORCE else (-1, loan)
    name = next((name for name in places if name in ASSET_KINDS), None)
    asset, kind = (-1, VALUED) if name is None else (places[name], ASSET_KINDS[name])
    return _Places(product, programme, receivable, voucher, facility, loan, refinanced, fund, asset, kind)


class Case:
    """A candidate under appraisal. Handles are -1 where the spine has no such node.

    `offer` the product's record and `rate` its α in millionths, None where not stated; `currency` that in which it is measured;
    `lender` the person in law that lends; `contract` the contract in force that the path is; `refinanced` the
    loan that an offer would repay; `fund` one that may invest; `obligor` who owes what pays the
    financing back (-1: nobody, or not stated); `recourse` None where there is no claim to have recourse on.
    """

    __slots__ = (
        "appraisal", "asset", "asset_kind", "beneficiary", "candidate", "contract", "currency", "facility", "fund",
        "lender", "loan", "need", "obligor", "offer", "owes", "product", "programme", "rate", "receivable", "recourse", "refinanced",
        "row", "source", "spine", "view", "voucher",
    )  # fmt: skip

    def __init__(self, appraisal: Appraisal, candidate: Candidate) -> None:
        self.appraisal, self.candidate, self.view = appraisal, candidate, appraisal.view
        self.row, self.spine = candidate.row, candidate.spine
        self.source, self.beneficiary = candidate.nodes[0], appraisal.beneficiary
        nodes, at = (*candidate.nodes, -1), _places(self.spine, len(candidate.nodes))
        self.product, self.programme = nodes[at.product], nodes[at.programme]
        self.receivable, self.voucher = nodes[at.receivable], nodes[at.voucher]
        self.asset, self.asset_kind = nodes[at.asset], at.asset_kind
        self.facility, self.loan, self.refinanced = nodes[at.facility], nodes[at.loan], nodes[at.refinanced]
        self.fund = nodes[at.fund] if self.row.funds else -1
        self.contract = candidate.contract
        self.owes = self.spine.obligor or self.row.obligor
        self.need = appraisal.need(candidate.row, self.spine)
        self.lender = appraisal.entity(self.source)
        self.offer = appraisal.offer(self.product, LoanProduct) if self.product >= 0 else None
        self.rate = self._rate()
        self.currency = CNY
        claims = self.owes in ON_CLAIMS and self.contract < 0
        said = RECOURSE[self.offer.recourse if self.offer else None] if claims else None
        self.recourse = self.row.recourse or said
        self.obligor = self._obligor()

    @property
    def claim(self) -> Receivable:
        """The receivable that is financed."""
        return self.appraisal.record(self.receivable, Receivable)

    def drawn_in(self, basis: DrawBasis | None) -> tuple[Fraction, DrawBasis, bool]:
        """What a yuan of principal draws on a limit that counts in FACE, 1/α, else 1; in what; and whether it is known.

        Without α: 1, the least that it can be.
        """
        if basis is not DrawBasis.FACE:
            return ONE, DrawBasis.FUNDED, True
        return 1 / fraction(self.rate) if self.rate else ONE, basis, self.rate is not None

    def amount(self, money: Money | None, record: int, name: str, *, owed: bool = False) -> Amount:
        """A money field of a record (by GraphQL name) in the path's currency: what it can bring, or what is `owed` or used."""
        return amount_of(money, record, name, self.currency, view=self.view, owed=owed)

    @property
    def holding(self) -> Asset:
        """The record of the asset that is financed or stands as security."""
        return self.appraisal.record(self.asset, Asset)

    @property
    def value(self) -> Money | None:
        """What the asset's record says that it is worth, before anything is taken off."""
        return cast(Money | None, getattr(self.holding, self.asset_kind.value))

    @property
    def other_side(self) -> int:
        """With whom the beneficiary trades: of a bill who endorsed it last, of a distributor the anchor; -1: nobody, or not stated."""
        if self.asset < 0:
            buys = self.programme >= 0 and self.owes is ObligorRule.BENEFICIARY
            return self.appraisal.ref(self.programme, "anchor") if buys else -1
        if self.endorsers:
            return self.endorsers[-1]
        return -1 if self.asset_kind.other_side is None else self.appraisal.ref(self.asset, self.asset_kind.other_side)

    @property
    def endorsers(self) -> tuple[int, ...]:
        """Who stands for a bill beside its acceptor, in the order of their endorsements; the beneficiary is none."""
        if self.owes is not ObligorRule.ACCEPTOR or self.asset < 0:
            return ()
        return self.appraisal.once(("endorsers", self.asset), self._endorsers)

    @property
    def borrower(self) -> int:
        """Who is in debt to the source, or stands for what others owe it."""
        return self.obligor if self.owes is ObligorRule.PROJECT_COMPANY else self.beneficiary

    def _endorsers(self) -> tuple[int, ...]:
        links = self.view.holders("EndorsedBy", "source", self.asset)
        by_place = sorted(
            zip(self.view.ints(links, "at").tolist(), self.view.refs(links, "target").tolist(), strict=True)
        )
        parties = dict.fromkeys(party for _, party in by_place)
        return tuple(party for party in parties if party not in (-1, self.beneficiary, self.obligor))

    @property
    def covered(self) -> bool:
        """Whether a support bears a part of its losses."""
        return any(support.covers for support in self.candidate.supports)

    def _rate(self) -> int | None:
        if not self.row.advances:
            return MILLION
        if self.offer is None:
            return None
        rate, raised = self.appraisal.rate(self.product, self.offer), self.offer.advance_rate_with_cover
        return rate if rate is None or raised is None or not self.covered else max(rate, millionths(raised))

    def _obligor(self) -> int:
        match self.owes:
            case ObligorRule.BENEFICIARY:
                return self.beneficiary
            case ObligorRule.NONE:
                return -1
            case ObligorRule.LESSEE:
                lease, sale = self.candidate.role("Lease"), self.candidate.role("SalesContract")
                return self.appraisal.ref(lease, "lessee") if lease >= 0 else self.appraisal.ref(sale, "buyer")
            case ObligorRule.PROJECT_COMPANY:
                project = self.candidate.role("Project")
                company = -1 if project < 0 else self.appraisal.ref(project, "vehicle")
                return company if company >= 0 else self.beneficiary
        if self.programme >= 0:
            return self.appraisal.ref(self.programme, "anchor")
        if self.asset >= 0:
            return debtor_of(self.view, self.asset)
        limit = self.candidate.role("CreditLimit")
        if limit >= 0:
            return self.appraisal.ref(limit, "on")
        return self.appraisal.once(("debtor", self.contract), self._debtor)

    def _debtor(self) -> int:
        """The one debtor of the claims that secure a contract in force."""
        assets = self.view.refs(self.view.holders("Encumbrance", "secures", self.contract), "asset")
        debtors = {debtor_of(self.view, asset) for asset in assets.tolist() if asset >= 0} - {-1}
        return debtors.pop() if len(debtors) == 1 else -1
