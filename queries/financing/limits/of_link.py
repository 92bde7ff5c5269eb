"""How much a supply link can still carry: its balance R = ⌊annual × term / 365⌋ less what is recorded on it already.

width = max(0, R − Σ outstanding of recorded receivables and vouchers between the two firms); a blanket registration over the seller's
receivables makes it 0. Receivables name no product, so what is recorded between two firms counts on each of their links in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from graph.kinds.terms import DrawBasis
from graph.money import CNY, Money
from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.snapshot_ids import NUMBER_MASK
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import once
from queries.exchange import in_currency, worth_in
from queries.financing.appraisal import Appraisal, blanket_registrations
from queries.financing.cases import Case
from queries.financing.control import is_attested, related
from queries.financing.limits.constraints import ONE, Constraint, MissingFact
from queries.financing.limits.of_distributor import purchase_limits
from queries.financing.limits.receivables import outstandings
from queries.financing.terms import ConstraintKind
from queries.ratios import UNLIMITED, UNSTATED, Ints, balance, balances, fraction, share_at_most

MEASURED: Final = 1
ENCUMBERED: Final = 2
"""A blanket registration of the seller."""
FOREIGN: Final = 4
"""The amount is in another currency without a rate."""
RELATED: Final = 8
"""Both ends are under one control, and nobody attests that they trade at arm's length."""


@dataclass(frozen=True, slots=True)
class LinkWidth:
    """One link: `balance` R, `recorded` and `width` in 分, None where a factor is not stated; `dilution` in millionths.

    `related`: both ends are under one control, and nobody attests that they trade at arm's length.
    """

    balance: int | None
    recorded: int | None
    width: int | None
    dilution: int | None
    missing: tuple[MissingFact, ...]
    related: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Ledger:
    """What is measured of a view's supply links so far, by number: what is recorded on each, its bound, and flags (0: not measured)."""

    recorded: Ints
    bound: Ints
    flags: np.ndarray

    @classmethod
    def of(cls, view: View) -> _Ledger:
        """The view's ledger; links are measured when a question first comes by, and for all questions."""
        return once(view, _Ledger, lambda: cls.empty(view.snapshot.ids[view.snapshot.codes["Supplies"]].size))

    @classmethod
    def empty(cls, size: int) -> _Ledger:
        """Nothing is measured yet."""
        return cls(np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int8))

    def measure(self, view: View, links: Ints, sellers: Ints, buyers: Ints) -> None:
        """Measure those of the links that are not. Cost: a few hops over what their sellers own."""
        new = np.flatnonzero(self.flags[links & NUMBER_MASK] == 0)
        if not len(new):
            return
        links, sellers, buyers = links[new], sellers[new], buyers[new]
        numbers, parties = links & NUMBER_MASK, np.unique(sellers)
        recorded = _recorded(view, parties, sellers, buyers)
        encumbered = np.isin(sellers, parties[np.unique(blanket_registrations(view, parties)[0])])
        annual, foreign = in_currency(view, links, "annual_amount")
        self.recorded[numbers] = recorded
        self.bound[numbers] = _bounds(view, links, annual, recorded, encumbered, foreign)
        # Last: who sees the flag of another thread's links sees what it stands for.
        apart = related(view, sellers, buyers) & ~is_attested(view, links)
        flags = MEASURED + ENCUMBERED * encumbered + FOREIGN * foreign + RELATED * apart
        self.flags[numbers] = flags.astype(np.int8)


def measured(view: View, links: Ints, sellers: Ints, buyers: Ints) -> tuple[Ints, np.ndarray]:
    """At least what each link may carry after dilution, in 分 (UNSTATED where a factor is not stated), and whether its ends are under
    one control."""
    ledger = _Ledger.of(view)
    ledger.measure(view, links, sellers, buyers)
    numbers = links & NUMBER_MASK
    return ledger.bound[numbers], (ledger.flags[numbers] & RELATED) != 0


def widths(view: View, links: Ints, sellers: Ints, buyers: Ints) -> tuple[Ints, np.ndarray]:
    """The exact width of each link in 分 (UNSTATED where a factor is not stated, UNLIMITED where `width_of` must say), and whether its
    ends are under one control."""
    _, apart = measured(view, links, sellers, buyers)
    ledger, numbers = _Ledger.of(view), links & NUMBER_MASK
    flags = ledger.flags[numbers]
    annual, foreign = in_currency(view, links, "annual_amount")
    width, stated = _widths(view, links, annual, ledger.recorded[numbers], foreign)
    return np.where((flags & ENCUMBERED) != 0, 0, np.where(stated, width, UNSTATED)), apart


def _bounds(view: View, links: Ints, annual: Ints, recorded: Ints, encumbered: np.ndarray, foreign: np.ndarray) -> Ints:
    dilution = view.ints(links, "dilution")
    width, stated = _widths(view, links, annual, recorded, foreign)
    net = share_at_most(width, MILLION - np.where(dilution == NOT_STATED, 0, dilution))
    return np.where(encumbered, 0, np.where(stated, net, UNSTATED))


def _widths(view: View, links: Ints, annual: Ints, recorded: Ints, foreign: np.ndarray) -> tuple[Ints, np.ndarray]:
    """max(0, R − recorded), UNLIMITED where R is, and where all of it is stated."""
    term = view.ints(links, "payment_term_days")
    stated = (annual != NOT_STATED) & (term != NOT_STATED) & (recorded != UNSTATED) & ~foreign
    kept = balances(np.where(stated, annual, 0), np.where(stated, term, 0))
    return np.where(kept >= UNLIMITED, kept, np.maximum(kept - recorded, 0)), stated


def width_of(view: View, seller: int, buyer: int, link: int) -> LinkWidth:
    """What is known of one link."""
    ledger, number = _Ledger.of(view), link & NUMBER_MASK
    if not ledger.flags[number]:
        ledger.measure(view, np.array([link]), np.array([seller]), np.array([buyer]))
    recorded, flags = int(ledger.recorded[number]), int(ledger.flags[number])
    money: Money | None = view.value(link, "annual_amount")
    term: int | None = view.value(link, "payment_term_days")
    dilution: Decimal | None = view.value(link, "dilution")
    factors = (("annualAmount", money), ("paymentTermDays", term))
    missing = [MissingFact(link, name) for name, value in factors if value is None]
    if flags & FOREIGN:
        missing.append(MissingFact(link, f"rate to {CNY}"))
    annual = None if missing or money is None else worth_in(view, money)
    kept = None if annual is None or term is None else balance(annual, term)
    if recorded == UNSTATED:
        missing.append(MissingFact(seller, f"rate to {CNY}"))
    width = None if missing or kept is None else max(0, kept - recorded)
    return LinkWidth(
        kept,
        None if recorded == UNSTATED else recorded,
        0 if flags & ENCUMBERED else width,
        None if dilution is None else millionths(dilution),
        tuple(missing),
        bool(flags & RELATED),
    )


def _recorded(view: View, parties: Ints, sellers: Ints, buyers: Ints) -> Ints:
    """What is recorded between each seller and buyer; UNSTATED where a part is in a currency without a rate."""
    owed = [_receivables(view, parties), _vouchers(view, parties)]
    places, debtors, amounts = (np.concatenate(part) for part in zip(*owed, strict=True))
    known = np.unique(buyers)
    column = np.searchsorted(known, debtors).clip(max=max(0, len(known) - 1))
    ours = known[column] == debtors if len(known) else np.zeros(len(debtors), bool)
    if not ours.any():
        return np.zeros(len(sellers), np.int64)
    distinct, inverse = np.unique(places[ours] * len(known) + column[ours], return_inverse=True)
    amounts = amounts[ours]
    sums = np.zeros(len(distinct), np.int64)
    np.add.at(sums, inverse, np.maximum(amounts, 0))
    sums[inverse[amounts == UNSTATED]] = UNSTATED
    wanted = np.searchsorted(parties, sellers) * len(known) + np.searchsorted(known, buyers)
    found = np.searchsorted(distinct, wanted).clip(max=len(distinct) - 1)
    return np.where(distinct[found] == wanted, sums[found], 0)


def _receivables(view: View, parties: Ints) -> tuple[Ints, Ints, Ints]:
    places, handles = view.expand("Receivable", "owner", parties)
    owed, unrated = in_currency(view, handles, "face", owed=True, of=outstandings(view, handles))
    return places, view.refs(handles, "obligor"), np.where(unrated, UNSTATED, owed)


def _vouchers(view: View, parties: Ints) -> tuple[Ints, Ints, Ints]:
    places, handles = view.expand("Voucher", "owner", parties)
    due = view.ints(handles, "due_on")
    running = (due == NOT_STATED) | (due >= day_of(view.as_of))
    places, handles = places[running], handles[running]
    parents = view.refs(handles, "parent")
    debtors = np.full(len(handles), -1, np.int64)
    parts = parents >= 0
    debtors[parts] = view.refs(parents[parts], "owner")
    programmes = view.refs(handles[~parts], "programme")
    of_programme = np.full(len(programmes), -1, np.int64)
    of_programme[programmes >= 0] = view.refs(programmes[programmes >= 0], "anchor")
    debtors[~parts] = of_programme
    owed, unrated = in_currency(view, handles, "face", owed=True)
    return places, debtors, np.where(unrated, UNSTATED, owed)


def width_for(appraisal: Appraisal, seller: int, buyer: int, link: int) -> LinkWidth:
    """`width_of` a link, kept for the paths of this question."""
    return appraisal.once((width_of, link), lambda: width_of(appraisal.view, seller, buyer, link))


def link_limits(case: Case) -> Iterator[Constraint]:
    """LINK_WIDTH: for each link, its width; one yuan of the path draws 1 / (α·(1 − dilution)) of it. Of purchases as they sell through."""
    rate, trade = case.rate, list(case.candidate.trade())
    if not trade:
        yield from purchase_limits(case)
    for seller, buyer, link in trade:
        width = width_for(case.appraisal, seller, buyer, link)
        missing = list(width.missing)
        if rate is None:
            missing.append(MissingFact(case.product, "advanceRate"))
        if width.dilution is None:
            missing.append(MissingFact(link, "dilution"))
        kept = fraction(MILLION if rate is None else rate) * fraction(MILLION - (width.dilution or 0))
        yield Constraint(
            ConstraintKind.LINK_WIDTH,
            link,
            width.balance,
            width.recorded,
            width.width if kept else 0,
            1 / kept if kept else ONE,
            DrawBasis.FACE,
            rate is None or width.dilution is None,
            missing=tuple(missing),
        )
