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
from queries.financing.appraisal import Appraisal
from queries.financing.cases import ON_CLAIMS, Case
from queries.financing.control import group_members, group_of, legal_entity, ultimate_controllers
from queries.financing.limits.constraints import ONE, Constraint, left
from queries.financing.limits.exposures import Counted, guaranteed_for, on_borrower, on_buyer
from queries.financing.techniques.rows import ObligorRule
from queries.financing.terms import ConstraintKind, PathRecourse
from queries.ratios import fraction
from queries.tally import Tally, amount_of
from queries.trees import ancestors, descendants

KINDS = {
    ConstraintKind.DEBTOR_LIMIT: LimitKind.DEBTOR_LIMIT,
    ConstraintKind.SINGLE_NAME: LimitKind.SINGLE_NAME,
    ConstraintKind.GROUP: LimitKind.GROUP,
    ConstraintKind.SECTOR_LIMIT: LimitKind.SECTOR_LIMIT,
}


def debtor_limits(case: Case) -> Iterator[Constraint]:
    """DEBTOR_LIMIT: what the source finances of claims on the obligor."""
    return _limits(case, ConstraintKind.DEBTOR_LIMIT)


def single_name_limits(case: Case) -> Iterator[Constraint]:
    """SINGLE_NAME: all that the source has out on one name, as borrower, as buyer and as guarantor."""
    return _limits(case, ConstraintKind.SINGLE_NAME)


def group_limits(case: Case) -> Iterator[Constraint]:
    """GROUP: all that the source has out on the names of a group, of control or of dependence."""
    return _limits(case, ConstraintKind.GROUP)


def sector_limits(case: Case) -> Iterator[Constraint]:
    """SECTOR_LIMIT: all that the source has out on borrowers of an industry and those below it."""
    return _limits(case, ConstraintKind.SECTOR_LIMIT)


def _limits(case: Case, kind: ConstraintKind) -> Iterator[Constraint]:
    if not _any_limits(case):
        return
    wanted = (case.lender, KINDS[kind])
    for party, draw in _drawn_on(case, kind):
        for handle in limits_on(case.appraisal, party).get(wanted, ()):
            limited_to = case.appraisal.record(handle, CreditLimit).product
            if limited_to is None or case.appraisal.ref(handle, "product") == case.product >= 0:
                yield _constraint(case, kind, handle, party, draw)


def _any_limits(case: Case) -> bool:
    """Whether anybody has set a limit on a party of the case: mostly nobody has."""
    parties = [
        case.beneficiary,
        case.obligor,
        *case.endorsers,
        *(support.provider for support in case.candidate.supports),
    ]
    return any(limits_on(case.appraisal, party) for party in parties if party >= 0)


def _drawn_on(case: Case, kind: ConstraintKind) -> Iterator[tuple[int, Fraction]]:
    """The parties whose limits of a kind a path draws on, and what one yuan of it draws."""
    covered = Fraction(0)
    for support in case.candidate.supports:
        if not support.covers:
            continue
        share = fraction(support.cover_share or 0)
        covered += share
        if support.provider >= 0 and kind in (ConstraintKind.SINGLE_NAME, ConstraintKind.GROUP):
            yield support.provider, share if support.cover_share is not None else ONE
    if kind is not ConstraintKind.DEBTOR_LIMIT and case.recourse is not PathRecourse.NONE:
        if kind is not ConstraintKind.SECTOR_LIMIT:
            yield from ((endorser, ONE) for endorser in case.endorsers)
        yield case.borrower, _new_exposure(case) * max(Fraction(0), 1 - covered)
    on_claims = case.owes in ON_CLAIMS and case.contract < 0
    if case.obligor >= 0 and on_claims and kind is not ConstraintKind.SECTOR_LIMIT:
        also = case.offer is not None and case.offer.buyer_limit_with_recourse is True
        by_limit = kind is ConstraintKind.DEBTOR_LIMIT and case.candidate.role("CreditLimit") >= 0
        # An acceptor owes its bill whoever else stands for it.
        owes = case.owes is ObligorRule.ACCEPTOR
        if case.recourse is not PathRecourse.FULL or also or by_limit or owes:
            yield case.obligor, ONE


def _new_exposure(case: Case) -> Fraction:
    """0 for the undrawn part of a committed facility, which is exposure already; else 1."""
    committed = case.facility >= 0 and case.appraisal.record(case.facility, Facility).committed is True
    return Fraction(0) if committed else ONE


def limits_on(appraisal: Appraisal, party: int) -> dict[tuple[int, LimitKind], list[int]]:
    """The limits that bound a party, by lender and kind, in id order; empty when nobody has set any."""
    return appraisal.once(("limits", party), lambda: _by_lender(appraisal.view, party))


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


def _constraint(case: Case, kind: ConstraintKind, handle: int, party: int, draw: Fraction) -> Constraint:
    record = case.appraisal.record(handle, CreditLimit)
    limit = amount_of(record.limit, handle, "limit", case.currency)
    used = case.appraisal.once(("used", handle, case.currency), lambda: _used(case.view, handle, record, case.currency))
    face = record.draw_basis is DrawBasis.FACE
    per_yuan, known = case.face_draw if face else (ONE, True)
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


def _used(view: View, handle: int, record: CreditLimit, currency: str) -> Tally:
    tally = Tally()
    if record.used is not None:
        tally.add(amount_of(record.used, handle, "used", currency))
        return tally
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
