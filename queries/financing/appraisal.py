"""One question's look at the view: the beneficiary, its need, and what several paths ask of the same record, asked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar, cast

import numpy as np

from graph.kinds.assets import Voucher
from graph.kinds.contracts import Encumbrance, EncumbranceKind
from graph.kinds.parties import Enterprise
from graph.kinds.supply_side import LoanProduct
from graph.records import Record
from graph.values import millionths
from graph.view import View
from queries.derived import kept_of, offer_record, once
from queries.financing.control import legal_entity
from queries.financing.limits.constraints import MissingFact
from queries.financing.limits.receivables import PriorClaim
from queries.financing.need import Need, NeedAsked, OpenNeed, asked, open_needs, served
from queries.financing.score import DEFAULT, Weights
from queries.financing.spines import Spine
from queries.financing.techniques.rows import TechniqueRow
from queries.tally import amount_of

T = TypeVar("T")
R = TypeVar("R", bound=Record)

OFFERS: Final = frozenset({"LoanProduct", "AnchorProgramme", "Fund"})
"""Kinds of which there are few and every answer shows some."""


@dataclass(eq=False)
class Appraisal:
    """What paths to one beneficiary are measured by. `need_asked` None: the beneficiary's own open needs."""

    view: View
    beneficiary: int
    need_asked: NeedAsked | None = None
    weights: Weights = DEFAULT
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once in this question."""
        try:
            return cast(T, self._kept[key])
        except KeyError:
            made = self._kept[key] = make()
            return made

    def once_of(self, record: int, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` tells of a record: of an offer made once in this view, else once in this question."""
        if self.view.kind_of(record).name in OFFERS:
            return once(self.view, key, make)
        return self.once(key, make)

    def record(self, handle: int, kind: type[R]) -> R:
        """The record of a handle, which is of this kind."""
        record = self._kept.get(handle)
        if record is None:
            record = self._kept[handle] = self.view.record(handle)
        if not isinstance(record, kind):
            raise TypeError(f"{self.view.id_of(handle)} is no {kind.__name__}")
        return record

    def offer(self, handle: int, kind: type[R]) -> R:
        """The record of an offer, a programme, a pool or an institution: kept with the view, since every question reads them."""
        return offer_record(self.view, handle, kind)

    @cached_property
    def _shared(self) -> dict[Hashable, Any]:
        return kept_of(self.view)

    def ref(self, handle: int, name: str) -> int:
        """The live record that a reference field names; -1: none."""
        key = (handle, name)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self.view.ref(handle, name)
        return cast(int, found)

    def rate(self, product: int, record: LoanProduct) -> int | None:
        """α of a product in millionths; None: nobody states it."""
        key = (product, "rate")
        if key not in self._shared:
            self._shared[key] = None if record.advance_rate is None else millionths(record.advance_rate)
        return cast(int | None, self._shared[key])

    def entity(self, party: int) -> int:
        """The person in law that a party is, or belongs to."""
        key = (party, "entity")
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = legal_entity(self.view, party)
        return cast(int, found)

    @cached_property
    def enterprise(self) -> Enterprise:
        """The beneficiary's record."""
        return self.record(self.beneficiary, Enterprise)

    @cached_property
    def open_needs(self) -> list[OpenNeed]:
        """The beneficiary's own needs that are open."""
        return open_needs(self.view, self.beneficiary)

    def need(self, row: TechniqueRow, spine: Spine | None = None) -> Need:
        """What a technique, or one way of it, is to meet: the need asked, else the open needs that it serves."""
        serves = row.serves if spine is None or spine.serves is None else spine.serves
        key = ("need", serves)
        found = self._kept.get(key)
        if found is None:
            found = asked(self.need_asked) if self.need_asked is not None else served(self.open_needs, serves)
            self._kept[key] = found
        return cast(Need, found)

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

    def prior_claims(self, asset: int) -> tuple[PriorClaim, ...]:
        """The registrations over an asset as claims before a new financing, but for those that no rate converts."""
        return self.once(("claims", asset), lambda: self._claims(asset)[0])

    def unrated_claims(self, asset: int) -> tuple[MissingFact, ...]:
        """The rates without which nobody can say what registrations over an asset leave."""
        return self.once(("unrated", asset), lambda: self._claims(asset)[1])

    def _claims(self, asset: int) -> tuple[tuple[PriorClaim, ...], tuple[MissingFact, ...]]:
        claims: list[PriorClaim] = []
        missing: list[MissingFact] = []
        for handle, record in self.registrations(asset):
            amount = (
                None if record.amount is None else amount_of(record.amount, handle, "amount", view=self.view, owed=True)
            )
            if amount is not None and amount.value is None:
                missing += amount.missing
            else:
                claims.append(self._claim(handle, record, None if amount is None else amount.value))
        return tuple(claims), tuple(missing)

    def _claim(self, handle: int, record: Encumbrance, amount: int | None) -> PriorClaim:
        # A contract of which only the id is known is one contract all the same.
        contract = -1 if record.secures is None else self.view.locate(record.secures)
        return PriorClaim(contract if contract >= 0 else handle, record.kind is EncumbranceKind.ASSIGNMENT, amount)

    def voucher_root(self, part: int) -> int:
        """The voucher that a part was split from in the end; itself where it is a root."""
        root, seen = part, {part}
        while (parent := self.ref(root, "parent")) >= 0 and parent not in seen:
            seen.add(parent)
            root = parent
        return root

    def voucher(self, handle: int) -> Voucher:
        """A voucher's record."""
        return self.record(handle, Voucher)


def blanket_registrations(view: View, grantors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Registrations over all receivables of these parties: the place of the grantor, and the registration."""
    places, handles = view.expand("Encumbrance", "grantor", grantors)
    keep = view.ints(handles, "blanket") == 1
    return places[keep], handles[keep]
