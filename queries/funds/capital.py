"""Whose money a fund has: its commitments, and the origins of their amounts as far as they are stated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from graph.kinds.policy import MoneyBase
from graph.kinds.terms import CapitalOrigin, Ownership
from graph.snapshot import NOT_STATED
from graph.view import View
from queries.coverage.amounts import Amounts, amounts_of
from queries.coverage.network import Ints
from queries.financing.limits.constraints import MissingFact

SOE = (Ownership.CENTRAL_SOE, Ownership.PROVINCIAL_SOE, Ownership.MUNICIPAL_SOE)
PRIVATE = (Ownership.PRIVATE, Ownership.FOREIGN)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One commitment to a fund. 分 of CNY, in full; None: not stated, or in a currency without a rate.

    investor: -1 where it is not in the view. origin None: nobody states it, nor does it follow from who the investor is.
    municipal None: not stated of fiscal money. unrated: the fields that state money in a currency without a rate.
    """

    commitment: int
    fund: int
    investor: int
    committed: int | None
    paid_in: int | None
    origin: CapitalOrigin | None
    municipal: bool | None
    in_default: bool
    unrated: tuple[str, ...]

    def amount(self, base: MoneyBase) -> int | None:
        """What it counts on COMMITTED or PAID_IN money: a commitment in default is not there to call."""
        if base is MoneyBase.COMMITTED:
            return 0 if self.in_default else self.committed
        return self.paid_in

    def missing(self, field: str) -> MissingFact:
        """Why an amount is not known."""
        return MissingFact(self.commitment, f"{field}: rate to CNY" if field in self.unrated else field)


def contributions(view: View, funds: Ints, side: str = "fund") -> list[Contribution]:
    """The commitments to these funds, or by them (`side` "investor"): by fund, then in id order."""
    _, handles = view.expand("Commitment", side, funds)
    return contributions_of(view, handles)


def contributions_of(view: View, handles: Ints) -> list[Contribution]:
    """These commitments, in their order."""
    committed, paid_in = (amounts_of(view, handles, name, owed=True) for name in ("committed", "paid_in"))
    origins = list(CapitalOrigin)
    return [
        Contribution(
            commitment=commitment,
            fund=fund,
            investor=investor,
            committed=_at(committed, place),
            paid_in=_at(paid_in, place),
            origin=origin_of(view, investor) if origin == NOT_STATED else origins[origin],
            municipal=None if municipal == NOT_STATED else bool(municipal),
            in_default=standing == 0,
            unrated=tuple(
                name for name, one in (("committed", committed), ("paidIn", paid_in)) if one.is_foreign[place]
            ),
        )
        for place, (commitment, fund, investor, origin, municipal, standing) in enumerate(
            zip(
                handles.tolist(),
                view.refs(handles, "fund").tolist(),
                view.refs(handles, "investor").tolist(),
                view.ints(handles, "origin").tolist(),
                view.ints(handles, "municipal").tolist(),
                view.ints(handles, "in_good_standing").tolist(),
                strict=True,
            )
        )
    ]


def _at(amounts: Amounts, place: int) -> int | None:
    return int(amounts.value[place]) if amounts.is_stated[place] else None


def origin_of(view: View, party: int) -> CapitalOrigin | None:
    """Whose money a party brings where its contract does not say: a government's is fiscal, a firm's as who owns it.

    None: it does not follow. A fund's money is a mixture, which only the contract can tell.
    """
    if party < 0:
        return None
    if view.has_kind(party, "GovernmentUnit"):
        return CapitalOrigin.GOV
    if view.has_kind(party, "Enterprise"):
        ownership = view.value(party, "ownership")
        if ownership in SOE:
            return CapitalOrigin.SOE
        return CapitalOrigin.PRIVATE if ownership in PRIVATE else None
    return None


@dataclass(frozen=True, slots=True)
class Origins:
    """Money by origin, in 分. `municipal` is a part of `fiscal`; `level_unknown` of what may be the city's, but nobody says so.

    unknown: of an origin that nobody states. missing: the facts that would tell. is_whole: every amount is stated; without it
    no sum is. is_empty: there is nothing to add up.
    """

    fiscal: Fraction = Fraction(0)
    municipal: Fraction = Fraction(0)
    level_unknown: Fraction = Fraction(0)
    soe: Fraction = Fraction(0)
    private: Fraction = Fraction(0)
    unknown: Fraction = Fraction(0)
    is_whole: bool = True
    is_empty: bool = True
    missing: tuple[MissingFact, ...] = ()

    @property
    def total(self) -> Fraction:
        """All of it."""
        return self.fiscal + self.soe + self.private + self.unknown

    def plus(self, other: Origins) -> Origins:
        """Both together."""
        return Origins(
            self.fiscal + other.fiscal,
            self.municipal + other.municipal,
            self.level_unknown + other.level_unknown,
            self.soe + other.soe,
            self.private + other.private,
            self.unknown + other.unknown,
            self.is_whole and other.is_whole,
            self.is_empty and other.is_empty,
            (*self.missing, *other.missing),
        )

    def part(self, share: Fraction) -> Origins:
        """A share of all of it, each origin alike."""
        return replace(
            self,
            fiscal=self.fiscal * share,
            municipal=self.municipal * share,
            level_unknown=self.level_unknown * share,
            soe=self.soe * share,
            private=self.private * share,
            unknown=self.unknown * share,
        )


def money_of_origin(
    amount: Fraction, origin: CapitalOrigin | None, municipal: bool | None, *, record: int, field: str = "origin"
) -> Origins:
    """An amount of one origin. Money of this city itself is fiscal; of other origins it is none of a city's budget."""
    if origin is None and municipal:
        origin = CapitalOrigin.GOV
    match origin:
        case CapitalOrigin.GOV:
            level = () if municipal is not None or not amount else (MissingFact(record, "municipal"),)
            return Origins(
                fiscal=amount,
                municipal=amount if municipal else Fraction(0),
                level_unknown=amount if municipal is None else Fraction(0),
                is_empty=False,
                missing=level,
            )
        case CapitalOrigin.SOE:
            return Origins(soe=amount, is_empty=False)
        case CapitalOrigin.PRIVATE:
            return Origins(private=amount, is_empty=False)
    return Origins(
        unknown=amount,
        level_unknown=amount if municipal is None else Fraction(0),
        is_empty=False,
        missing=(MissingFact(record, field),) if amount else (),
    )


def origins(given: Iterable[Contribution], base: MoneyBase) -> Origins:
    """Commitments by origin, on COMMITTED or PAID_IN money."""
    field = "committed" if base is MoneyBase.COMMITTED else "paidIn"
    found = Origins()
    for one in given:
        amount = one.amount(base)
        if amount is None:
            found = found.plus(Origins(is_whole=False, is_empty=False, missing=(one.missing(field),)))
        else:
            found = found.plus(money_of_origin(Fraction(amount), one.origin, one.municipal, record=one.commitment))
    return found
