"""One question's look at the view: the beneficiary, its need, and what several paths ask of the same record, asked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

from graph.kinds.assets import Receivable, Voucher
from graph.kinds.contracts import Encumbrance, EncumbranceKind, Facility, Loan
from graph.kinds.parties import Enterprise
from graph.kinds.supply_side import LoanProduct
from graph.kinds.terms import Recourse
from graph.money import CNY
from graph.records import Record
from graph.values import millionths
from graph.view import View
from queries.candidates import Candidate
from queries.constraints import ONE
from queries.control import legal_entity
from queries.derived import offer_record
from queries.financing_terms import PathRecourse
from queries.need import Need, NeedAsked, OpenNeed, asked, open_needs, served
from queries.ratios import fraction
from queries.receivables import PriorClaim
from queries.techniques import ObligorRule, TechniqueRow

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(eq=False)
class Appraisal:
    """What paths to one beneficiary are measured by. `need_asked` None: the beneficiary's own open needs."""

    view: View
    beneficiary: int
    need_asked: NeedAsked | None = None
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once in this question."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])

    def record(self, handle: int, kind: type[R]) -> R:
        """The record of a handle, which is of this kind."""
        record = self.once(("record", handle), lambda: self.view.record(handle))
        if not isinstance(record, kind):
            raise TypeError(f"{self.view.id_of(handle)} is no {kind.__name__}")
        return record

    def ref(self, handle: int, name: str) -> int:
        """The live record that a reference field names; -1: none."""
        return self.once((handle, name), lambda: self.view.ref(handle, name))

    @cached_property
    def enterprise(self) -> Enterprise:
        """The beneficiary's record."""
        return self.record(self.beneficiary, Enterprise)

    @cached_property
    def open_needs(self) -> list[OpenNeed]:
        """The beneficiary's own needs that are open."""
        return open_needs(self.view, self.beneficiary)

    def need(self, row: TechniqueRow) -> Need:
        """What a technique is to meet: the need asked, else the open needs that it serves."""
        if self.need_asked is not None:
            need_asked = self.need_asked
            return self.once("need", lambda: asked(need_asked))
        return self.once(("need", row.serves), lambda: served(self.open_needs, row.serves))

    def product(self, candidate: Candidate) -> LoanProduct | None:
        """The product that a path stands on."""
        return offer_record(self.view, candidate.product, LoanProduct) if candidate.product >= 0 else None

    def currency(self, candidate: Candidate) -> str:
        """The currency in which a path brings money."""
        product = self.product(candidate)
        if product is not None:
            return product.currency or CNY
        if candidate.role("Facility") >= 0:
            limit = self.record(candidate.role("Facility"), Facility).limit
            return limit.currency if limit else CNY
        if candidate.role("Loan") >= 0:
            principal = self.record(candidate.role("Loan"), Loan).principal
            return principal.currency if principal else CNY
        return CNY

    def lender(self, candidate: Candidate) -> int:
        """The person in law that lends."""
        return self.once(("entity", candidate.source), lambda: legal_entity(self.view, candidate.source))

    def advance_rate(self, candidate: Candidate) -> int | None:
        """α of a path's product in millionths; None: nobody states it."""
        product = self.product(candidate)
        if product is None or product.advance_rate is None:
            return None
        return millionths(product.advance_rate)

    def face_draw(self, candidate: Candidate) -> tuple[Fraction, bool]:
        """What a yuan of principal draws on a limit in FACE, 1/α, and whether α is stated. Without α: 1, the least that it can be."""
        rate = self.advance_rate(candidate)
        if not rate:
            return ONE, rate is not None
        return 1 / fraction(rate), True

    def recourse(self, candidate: Candidate) -> PathRecourse | None:
        """Recourse of a path on a claim; None where the beneficiary is the debtor anyway, or nothing is borrowed."""
        if candidate.row.obligor not in (ObligorRule.BUYER, ObligorRule.ANCHOR) or candidate.contract >= 0:
            return None
        product = self.product(candidate)
        if product is None or product.recourse is None:
            return PathRecourse.NOT_STATED
        return {
            Recourse.FULL: PathRecourse.FULL,
            Recourse.NONE: PathRecourse.NONE,
            Recourse.PARTIAL: PathRecourse.PARTIAL,
        }[product.recourse]

    def obligor(self, candidate: Candidate) -> int:
        """Who owes what pays the financing back; -1: nobody, or not stated."""
        match candidate.row.obligor:
            case ObligorRule.BENEFICIARY:
                return self.beneficiary
            case ObligorRule.NONE:
                return -1
        if candidate.programme >= 0:
            return self.ref(candidate.programme, "anchor")
        if candidate.role("Receivable") >= 0:
            return self.ref(candidate.role("Receivable"), "obligor")
        if candidate.role("CreditLimit") >= 0:
            return self.ref(candidate.role("CreditLimit"), "on")
        return self.once(("debtor", candidate.contract), lambda: self._debtor(candidate.contract))

    def _debtor(self, contract: int) -> int:
        """The one debtor of the claims that secure a contract in force."""
        assets = self.view.refs(self.view.holders("Encumbrance", "secures", contract), "asset")
        debtors = {
            self.view.ref(asset, "obligor")
            for asset in assets.tolist()
            if asset >= 0 and self.view.has_kind(asset, "Receivable")
        }
        return debtors.pop() if len(debtors) == 1 else -1

    def registrations(self, asset: int) -> list[tuple[int, Encumbrance]]:
        """What is registered over an asset, blanket registrations of its owner among them, in id order."""
        return self.once(("registrations", asset), lambda: self._registrations(asset))

    def _registrations(self, asset: int) -> list[tuple[int, Encumbrance]]:
        owner = self.ref(asset, "owner")
        handles = self.view.holders("Encumbrance", "asset", asset)
        if owner >= 0 and self.view.has_kind(asset, "Receivable"):
            handles = np.concatenate([handles, self.blankets(owner)])
        found = ((handle, self.record(handle, Encumbrance)) for handle in dict.fromkeys(handles.tolist()))
        return sorted(found, key=lambda item: item[1].id)

    def blankets(self, grantor: int) -> np.ndarray:
        """Registrations over all receivables of a party."""
        return self.once(("blankets", grantor), lambda: blanket_registrations(self.view, np.array([grantor]))[1])

    def prior_claims(self, asset: int) -> list[PriorClaim]:
        """The registrations over an asset as claims before a new financing."""
        claims = []
        for handle, record in self.registrations(asset):
            contract = self.ref(handle, "secures")
            amount = record.amount.minor if record.amount is not None and record.amount.currency == CNY else None
            claims.append(
                PriorClaim(contract if contract >= 0 else handle, record.kind is EncumbranceKind.ASSIGNMENT, amount)
            )
        return claims

    def voucher_root(self, part: int) -> int:
        """The voucher that a part was split from in the end; itself where it is a root."""
        root, seen = part, {part}
        while (parent := self.ref(root, "parent")) >= 0 and parent not in seen:
            seen.add(parent)
            root = parent
        return root

    def receivable(self, handle: int) -> Receivable:
        """A receivable's record."""
        return self.record(handle, Receivable)

    def voucher(self, handle: int) -> Voucher:
        """A voucher's record."""
        return self.record(handle, Voucher)


def blanket_registrations(view: View, grantors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Registrations over all receivables of these parties: the place of the grantor, and the registration."""
    places, handles = view.expand("Encumbrance", "grantor", grantors)
    keep = view.ints(handles, "blanket") == 1
    return places[keep], handles[keep]
