"""A lender's own limits on names, groups and sectors: which of them a path draws on, how much of each, and what is left.

NONE draws on the buyer's limits at the source, FULL on the seller's, and on the buyer's if the product says so; what is not stated must
fit both. A support that covers share c moves c of the draw from the debtor's limit to the supporter's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from graph.kinds.contracts import Facility
from graph.kinds.supply_side import CreditLimit, LimitKind
from graph.kinds.terms import DrawBasis
from graph.view import View
from queries.appraisal import Appraisal
from queries.candidates import Candidate
from queries.constraints import ONE, Constraint, left
from queries.control import group_members, group_of, legal_entity, ultimate_controllers
from queries.exposures import Counted, guaranteed_for, on_borrower, on_buyer
from queries.financing_terms import ConstraintKind, PathRecourse
from queries.ratios import fraction
from queries.tally import Tally, amount_of
from queries.techniques import ObligorRule
from queries.trees import ancestors, descendants

KINDS = {
    ConstraintKind.DEBTOR_LIMIT: LimitKind.DEBTOR_LIMIT,
    ConstraintKind.SINGLE_NAME: LimitKind.SINGLE_NAME,
    ConstraintKind.GROUP: LimitKind.GROUP,
    ConstraintKind.SECTOR_LIMIT: LimitKind.SECTOR_LIMIT,
}


def debtor_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """DEBTOR_LIMIT: what the source finances of claims on the obligor."""
    return _limits(appraisal, candidate, ConstraintKind.DEBTOR_LIMIT)


def single_name_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """SINGLE_NAME: all that the source has out on one name, as borrower, as buyer and as guarantor."""
    return _limits(appraisal, candidate, ConstraintKind.SINGLE_NAME)


def group_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """GROUP: all that the source has out on the names of a group, of control or of dependence."""
    return _limits(appraisal, candidate, ConstraintKind.GROUP)


def sector_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """SECTOR_LIMIT: all that the source has out on borrowers of an industry and those below it."""
    return _limits(appraisal, candidate, ConstraintKind.SECTOR_LIMIT)


def _limits(appraisal: Appraisal, candidate: Candidate, kind: ConstraintKind) -> Iterator[Constraint]:
    lender = appraisal.lender(candidate)
    for party, draw in _drawn_on(appraisal, candidate, kind):
        for handle in limits_on(appraisal, lender, party, KINDS[kind]):
            product = appraisal.ref(handle, "product")
            if product < 0 or product == candidate.product:
                yield _constraint(appraisal, candidate, kind, handle, party, draw)


def _drawn_on(appraisal: Appraisal, candidate: Candidate, kind: ConstraintKind) -> Iterator[tuple[int, Fraction]]:
    """The parties whose limits of a kind a path draws on, and what one yuan of it draws."""
    beneficiary, obligor = appraisal.beneficiary, appraisal.obligor(candidate)
    recourse = appraisal.recourse(candidate)
    covered = Fraction(0)
    for support in candidate.supports:
        share = fraction(support.cover_share or 0)
        covered += share
        if support.provider >= 0 and kind in (ConstraintKind.SINGLE_NAME, ConstraintKind.GROUP):
            yield support.provider, share if support.cover_share is not None else ONE
    if kind is not ConstraintKind.DEBTOR_LIMIT and recourse is not PathRecourse.NONE:
        yield beneficiary, _new_exposure(appraisal, candidate) * max(Fraction(0), 1 - covered)
    on_claims = candidate.row.obligor in (ObligorRule.BUYER, ObligorRule.ANCHOR) and candidate.contract < 0
    if obligor >= 0 and on_claims and kind is not ConstraintKind.SECTOR_LIMIT:
        product = appraisal.product(candidate)
        also = product is not None and product.buyer_limit_with_recourse is True
        by_limit = kind is ConstraintKind.DEBTOR_LIMIT and candidate.role("CreditLimit") >= 0
        if recourse is not PathRecourse.FULL or also or by_limit:
            yield obligor, ONE


def _new_exposure(appraisal: Appraisal, candidate: Candidate) -> Fraction:
    """0 for the undrawn part of a committed facility, which is exposure already; else 1."""
    facility = candidate.role("Facility")
    committed = facility >= 0 and appraisal.record(facility, Facility).committed is True
    return Fraction(0) if committed else ONE


def limits_on(appraisal: Appraisal, lender: int, party: int, kind: LimitKind) -> list[int]:
    """A lender's limits of a kind that bound a party, in id order; empty when it has set none."""
    by_lender: dict[tuple[int, LimitKind], list[int]] = appraisal.once(
        ("limits", party), lambda: _by_lender(appraisal.view, party)
    )
    return by_lender.get((lender, kind), [])


def _by_lender(view: View, party: int) -> dict[tuple[int, LimitKind], list[int]]:
    scopes: dict[LimitKind, Sequence[int]] = {LimitKind.DEBTOR_LIMIT: [party], LimitKind.SINGLE_NAME: [party]}
    heads = {party, group_of(view, party), int(ultimate_controllers(view, np.array([party]))[0])} - {-1}
    scopes[LimitKind.GROUP] = sorted(heads)
    industry = view.ref(party, "industry") if view.has_kind(party, "Enterprise") else -1
    scopes[LimitKind.SECTOR_LIMIT] = ancestors(view, industry) if industry >= 0 else []
    targets = sorted({target for scope in scopes.values() for target in scope})
    places, handles = view.expand("CreditLimit", "on", np.array(targets))
    found: dict[tuple[int, LimitKind], list[int]] = {}
    kinds = view.ints(handles, "kind").tolist()
    lenders = view.refs(handles, "lender").tolist()
    for place, handle, code, lender in zip(places.tolist(), handles.tolist(), kinds, lenders, strict=True):
        kind = list(LimitKind)[code]
        if targets[place] in scopes[kind]:
            found.setdefault((legal_entity(view, lender), kind), []).append(handle)
    return found


def _constraint(
    appraisal: Appraisal, candidate: Candidate, kind: ConstraintKind, handle: int, party: int, draw: Fraction
) -> Constraint:
    record = appraisal.record(handle, CreditLimit)
    currency = appraisal.currency(candidate)
    limit = amount_of(record.limit, handle, "limit", currency)
    used = appraisal.once(("used", handle, currency), lambda: _used(appraisal, handle, record, currency))
    face = record.draw_basis is DrawBasis.FACE
    per_yuan, known = appraisal.face_draw(candidate) if face else (ONE, True)
    return Constraint(
        kind,
        party,
        limit.value,
        used.amount,
        left(limit.value, used.amount),
        draw * per_yuan,
        DrawBasis.FACE if face else DrawBasis.FUNDED,
        used.at_most or not known,
        handle,
        (*limit.missing, *used.missing),
    )


def _used(appraisal: Appraisal, handle: int, record: CreditLimit, currency: str) -> Tally:
    tally = Tally()
    if record.used is not None:
        tally.add(amount_of(record.used, handle, "used", currency))
        return tally
    view = appraisal.view
    lender, on = legal_entity(view, view.ref(handle, "lender")), view.ref(handle, "on")
    counted = Counted(currency, view.ref(handle, "product"), record.net_of_margin is True)
    for party in _counted_parties(view, record.kind, on):
        if record.kind is not LimitKind.DEBTOR_LIMIT:
            tally.join(on_borrower(view, lender, party, counted))
            tally.join(guaranteed_for(view, lender, party, counted))
        if record.kind is not LimitKind.SECTOR_LIMIT:
            tally.join(on_buyer(view, lender, party, counted))
    return tally


def _counted_parties(view: View, kind: LimitKind, on: int) -> Sequence[int]:
    match kind:
        case LimitKind.GROUP:
            return group_members(view, on)
        case LimitKind.SECTOR_LIMIT:
            return [
                int(firm)
                for industry in descendants(view, on)
                for firm in view.holders("Enterprise", "industry", industry)
            ]
        case _:
            return [on]
