"""How much a supply link can still carry: its balance R = ⌊annual × term / 365⌋ less what is recorded on it already.

width = max(0, R − Σ outstanding of recorded receivables and vouchers between the two firms); a blanket registration over the seller's
receivables makes it 0. Receivables name no product, so what is recorded between two firms counts on each of their links in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph.kinds.terms import DrawBasis
from graph.money import CNY
from graph.snapshot import day_of
from graph.snapshot_columns import NOT_STATED
from graph.values import MILLION
from graph.view import View
from queries.appraisal import Appraisal, blanket_registrations
from queries.cases import Case
from queries.columns import is_foreign
from queries.constraints import ONE, Constraint, MissingFact
from queries.control import related
from queries.financing_terms import ConstraintKind
from queries.ratios import UNLIMITED, UNSTATED, Ints, balance, balances, fraction, share_at_most

FACTORS: Final = {"annual_amount": "annualAmount", "payment_term_days": "paymentTermDays"}


@dataclass(frozen=True, slots=True)
class LinkWidth:
    """One link: `balance` R, `recorded` and `width` in 分, None where a factor is not stated; `dilution` in millionths."""

    balance: int | None
    recorded: int
    width: int | None
    dilution: int | None
    missing: tuple[MissingFact, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LinkWidths:
    """Many links as columns, ascending by handle: annual amount, term and dilution (NOT_STATED where null), what is recorded on them.

    `encumbered` a blanket registration of the seller; `foreign` an amount in another currency; `related` both ends under one control.
    """

    links: Ints
    annual: Ints
    term: Ints
    dilution: Ints
    recorded: Ints
    encumbered: np.ndarray
    foreign: np.ndarray
    related: np.ndarray

    def bounds(self) -> Ints:
        """At least what each may carry after dilution, in 分; UNSTATED where a factor is not stated."""
        stated = (self.annual != NOT_STATED) & (self.term != NOT_STATED) & ~self.foreign
        kept = balances(np.where(stated, self.annual, 0), np.where(stated, self.term, 0))
        width = np.where(kept >= UNLIMITED, kept, np.maximum(kept - self.recorded, 0))
        net = share_at_most(width, MILLION - np.where(self.dilution == NOT_STATED, 0, self.dilution))
        return np.where(self.encumbered, 0, np.where(stated, net, UNSTATED))

    def find(self, link: int) -> int:
        """The place of a link; -1: it is none of them."""
        place = int(np.searchsorted(self.links, link))
        return place if place < len(self.links) and self.links[place] == link else -1

    def at(self, place: int) -> LinkWidth:
        """One of the links."""
        link, annual, term = int(self.links[place]), int(self.annual[place]), int(self.term[place])
        recorded, dilution = int(self.recorded[place]), int(self.dilution[place])
        values = zip(FACTORS.values(), (annual, term), strict=True)
        missing = [MissingFact(link, name) for name, value in values if value == NOT_STATED]
        if bool(self.foreign[place]):
            missing.append(MissingFact(link, f"rate to {CNY}"))
        kept = None if missing else balance(annual, term)
        width = None if kept is None else max(0, kept - recorded)
        if self.encumbered[place]:
            width = 0
        return LinkWidth(kept, recorded, width, None if dilution == NOT_STATED else dilution, tuple(missing))


def measure(view: View, links: Ints, sellers: Ints, buyers: Ints) -> LinkWidths:
    """The widths of these supply links, each once and ascending. Cost: a few hops over what their sellers own."""
    parties = np.unique(sellers)
    return LinkWidths(
        links,
        view.ints(links, "annual_amount"),
        view.ints(links, "payment_term_days"),
        view.ints(links, "dilution"),
        _recorded(view, parties, sellers, buyers),
        np.isin(sellers, parties[np.unique(blanket_registrations(view, parties)[0])]),
        is_foreign(view, links, "annual_amount"),
        related(view, sellers, buyers),
    )


def _recorded(view: View, parties: Ints, sellers: Ints, buyers: Ints) -> Ints:
    owed = [_receivables(view, parties), _vouchers(view, parties)]
    places, debtors, amounts = (np.concatenate(part) for part in zip(*owed, strict=True))
    known = np.unique(buyers)
    column = np.searchsorted(known, debtors).clip(max=max(0, len(known) - 1))
    ours = known[column] == debtors if len(known) else np.zeros(len(debtors), bool)
    keys = places[ours] * len(known) + column[ours]
    distinct, inverse = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(distinct), np.int64)
    np.add.at(sums, inverse, amounts[ours])
    wanted = np.searchsorted(parties, sellers) * len(known) + np.searchsorted(known, buyers)
    found = np.searchsorted(distinct, wanted).clip(max=max(0, len(distinct) - 1))
    if not len(distinct):
        return np.zeros(len(wanted), np.int64)
    return np.where(distinct[found] == wanted, sums[found], 0)


def _receivables(view: View, parties: Ints) -> tuple[Ints, Ints, Ints]:
    places, handles = view.expand("Receivable", "owner", parties)
    owed = view.ints(handles, "face")
    for deduction in ("paid", "credits", "disputed"):
        taken = view.ints(handles, deduction)
        owed = owed - np.where(taken == NOT_STATED, 0, taken)
    return places, view.refs(handles, "obligor"), np.maximum(owed, 0)


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
    return places, debtors, view.ints(handles, "face")


def measured(appraisal: Appraisal, seller: int, buyer: int, link: int) -> tuple[LinkWidths, int]:
    """What is known of one link: measured by the search, or now."""
    batches: list[LinkWidths] = appraisal.once(measured, list)
    for batch in batches:
        place = batch.find(link)
        if place >= 0:
            return batch, place
    batches.append(measure(appraisal.view, np.array([link]), np.array([seller]), np.array([buyer])))
    return batches[-1], 0


def measure_for(appraisal: Appraisal, links: Ints, sellers: Ints, buyers: Ints) -> LinkWidths:
    """The widths of links, ascending, kept for the paths of this question."""
    found = measure(appraisal.view, links, sellers, buyers)
    batches: list[LinkWidths] = appraisal.once(measured, list)
    batches.append(found)
    return found


def link_limits(case: Case) -> Iterator[Constraint]:
    """LINK_WIDTH: for each link, its width; one yuan of the path draws 1 / (α·(1 − dilution)) of it."""
    rate = case.rate
    for seller, buyer, link in case.candidate.trade():
        batch, place = measured(case.appraisal, seller, buyer, link)
        width = batch.at(place)
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
