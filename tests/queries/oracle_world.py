"""The records of a small world, what the second opinion finds in it, and the formulas that all of its techniques share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import floor

from graph.kinds.assets import Asset, EndorsedBy, Receivable, Voucher
from graph.kinds.contracts import BuyBack, Encumbrance, EncumbranceKind, Loan
from graph.kinds.demand_side import ListedIn, Project
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.supply_side import AnchorProgramme, CreditLimit, LoanProduct
from graph.kinds.terms import Technique
from graph.money import Money

STATUSES = ("EXISTING", "AVAILABLE", "CONDITIONAL", "PROSPECTIVE")


@dataclass(frozen=True)
class World:
    """All records of a small world, by kind."""

    firms: tuple[Enterprise, ...]
    links: tuple[Supplies, ...]
    programmes: tuple[AnchorProgramme, ...]
    products: tuple[LoanProduct, ...]
    receivables: tuple[Receivable, ...]
    vouchers: tuple[Voucher, ...]
    encumbrances: tuple[Encumbrance, ...]
    limits: tuple[CreditLimit, ...]
    loans: tuple[Loan, ...]
    assets: tuple[Asset, ...] = ()
    endorsements: tuple[EndorsedBy, ...] = ()
    buy_backs: tuple[BuyBack, ...] = ()
    projects: tuple[Project, ...] = ()
    listed: tuple[ListedIn, ...] = ()


@dataclass(frozen=True)
class Expected:
    """One path: what decides its place."""

    capacity: int | None
    status: str
    nodes: tuple[str, ...]
    technique: str

    def order(self, amount: int | None) -> tuple[object, ...]:
        """Its place among the paths that meet a need: all costs here are unknown, and so are days and risks."""
        return (
            self.capacity is None,
            -_score(self.capacity or 0, amount),
            STATUSES.index(self.status),
            -(self.capacity or 0),
            len(self.nodes),
            self.nodes,
            self.technique,
        )


@cache
def _score(capacity: int, amount: int | None) -> Decimal:
    """Evidence of one source that is half believed, and no measure: 0.5^0.15 · 0.01^0.10, with the fill where there is a need."""
    with localcontext(prec=50):
        made, weight = Decimal("0.5") ** Decimal("0.15") * Decimal("0.01") ** Decimal("0.10"), Decimal("0.25")
        if amount is not None:
            fill = min(Decimal(1), max(Decimal("0.01"), Decimal(capacity) / amount))
            made, weight = made * fill ** Decimal("0.30"), weight + Decimal("0.30")
        return (made ** (1 / weight)).quantize(Decimal("0.000001"))


@dataclass(frozen=True)
class Found:
    """A spine with what bounds it alone, in principal; `conditional`: a fact is missing.

    `acceptor`: the obligor's limits are drawn on whatever the recourse; `borrower`: who is in debt, where it is not the firm.
    """

    product: LoanProduct
    nodes: tuple[str, ...]
    bounds: tuple[int | None, ...]
    status: str
    obligor: str | None
    conditional: bool = False
    programme: AnchorProgramme | None = None
    debtor_limit: bool = False
    acceptor: bool = False
    never_recourse: bool = False
    endorsers: tuple[str, ...] = ()
    borrower: str | None = None


def minor_of(money: Money | None) -> int:
    return 0 if money is None else money.minor


def rate_of(product: LoanProduct) -> Fraction:
    return Fraction(1) if product.advance_rate is None else Fraction(product.advance_rate)


def offers_of(world: World, technique: Technique, programme: str | None = None) -> Iterator[LoanProduct]:
    for product in world.products:
        if product.technique is technique and (programme is None or product.programme == programme):
            yield product


def owed_on(claim: Receivable) -> int:
    return max(0, claim.face.minor - minor_of(claim.paid) - minor_of(claim.credits) - minor_of(claim.disputed))


def lendable(value: Fraction, asset: str, owner: str, world: World, rate: Fraction) -> int | None:
    """None: a registration without an amount takes all."""
    by_contract: dict[str, list[int]] = {}
    for one in world.encumbrances:
        blanket = one.blanket is True and one.grantor == owner and asset.startswith("receivable:")
        if one.asset != asset and not blanket:
            continue
        if one.amount is None:
            return None
        pair = by_contract.setdefault(one.secures or one.id, [0, 0])
        slot = 0 if one.kind is EncumbranceKind.ASSIGNMENT else 1
        pair[slot] = max(pair[slot], one.amount.minor)
    debt = Fraction(0)
    for assigned, pledged in by_contract.values():
        debt += max(rate * assigned, Fraction(pledged))
    return max(0, floor(rate * value - debt))
