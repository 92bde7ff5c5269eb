"""A lender's limits on names, groups and sectors, its own and regulators': which a path draws on, how much of each, and what is left.

A yuan that a path draws on several names of one group it draws once. What a lender sets itself counts exposures net of cover.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from graph.kinds.supply_side import CreditLimit, LimitKind
from graph.view import View
from queries.derived import once
from queries.financing.appraisal import Appraisal
from queries.financing.cases import Case
from queries.financing.control import GROUPS, controllers_of, group_members, groups_of, legal_entity
from queries.financing.limits.constraints import ONE, Constraint
from queries.financing.limits.draws import draws_on
from queries.financing.limits.exposures import COUNTED, Counted, guaranteed_by, on_borrowers, on_debtors
from queries.financing.limits.regulatory import statutory_debtors, statutory_groups, statutory_names
from queries.financing.limits.stated_bounds import less_used
from queries.financing.techniques.rows import ObligorRule
from queries.financing.terms import ConstraintKind
from queries.tally import Tally, amount_of
from queries.trees import ancestors, descendants

KINDS = {
    ConstraintKind.DEBTOR_LIMIT: LimitKind.DEBTOR_LIMIT,
    ConstraintKind.SINGLE_NAME: LimitKind.SINGLE_NAME,
    ConstraintKind.GROUP: LimitKind.GROUP,
    ConstraintKind.SECTOR_LIMIT: LimitKind.SECTOR_LIMIT,
}


LIMITS: Final = frozenset({"CreditLimit"})
USED: Final = LIMITS | COUNTED | GROUPS | {"Industry", "Enterprise.industry"}
"""What is used of a limit is made from."""


def debtor_limits(case: Case) -> Iterator[Constraint]:
    """DEBTOR_LIMIT: what the source finances of claims on the obligor."""
    yield from _limits(case, ConstraintKind.DEBTOR_LIMIT)
    yield from statutory_debtors(case)


def single_name_limits(case: Case) -> Iterator[Constraint]:
    """SINGLE_NAME: all that the source has out on one name, as borrower, as buyer and as guarantor."""
    yield from _limits(case, ConstraintKind.SINGLE_NAME)
    yield from statutory_names(case)


def group_limits(case: Case) -> Iterator[Constraint]:
    """GROUP: all that the source has out on the names of a group, of control or of dependence."""
    yield from _limits(case, ConstraintKind.GROUP)
    yield from statutory_groups(case)


def sector_limits(case: Case) -> Iterator[Constraint]:
    """SECTOR_LIMIT: all that the source has out on borrowers of an industry and those below it."""
    return _limits(case, ConstraintKind.SECTOR_LIMIT)


def _limits(case: Case, kind: ConstraintKind) -> Iterator[Constraint]:
    if not _any_limits(case):
        return
    wanted = (case.lender, KINDS[kind])
    drawn: dict[int, Fraction] = {}
    for draw in draws_on(case, kind):
        for handle in limits_on(case.appraisal, draw.party).get(wanted, ()):
            limited_to = case.appraisal.record(handle, CreditLimit).product
            if limited_to is None or case.appraisal.ref(handle, "product") == case.product >= 0:
                # Who is in one group draws on one limit: a yuan draws no more than itself.
                drawn[handle] = draw.share if handle not in drawn else min(ONE, drawn[handle] + draw.share)
    yield from (_constraint(case, kind, handle, share) for handle, share in drawn.items())


def _any_limits(case: Case) -> bool:
    """Whether anybody has set a limit on a party of the case: mostly nobody has."""
    appraisal, supports = case.appraisal, case.candidate.supports
    if limits_on(appraisal, case.beneficiary) or (case.obligor >= 0 and limits_on(appraisal, case.obligor)):
        return True
    if not supports and case.owes is not ObligorRule.ACCEPTOR:
        return False
    parties = (*case.endorsers, *(support.provider for support in supports))
    return any(limits_on(appraisal, party) for party in parties if party >= 0)


def limits_on(appraisal: Appraisal, party: int) -> dict[tuple[int, LimitKind], list[int]]:
    """The limits that bound a party, by lender and kind, in id order; empty when nobody has set any."""
    return appraisal.once((limits_on, party), lambda: _by_lender(appraisal.view, party))


def _by_lender(view: View, party: int) -> dict[tuple[int, LimitKind], list[int]]:
    scopes: dict[LimitKind, Sequence[int]] = {LimitKind.DEBTOR_LIMIT: [party], LimitKind.SINGLE_NAME: [party]}
    scopes[LimitKind.GROUP] = sorted({party, *groups_of(view, party), *controllers_of(view, party)})
    industry = view.ref(party, "industry") if view.has_kind(party, "Enterprise") else -1
    scopes[LimitKind.SECTOR_LIMIT] = ancestors(view, industry) if industry >= 0 else []
    limited = once(view, _limited, lambda: _limited(view), of=LIMITS)
    targets = sorted({target for scope in scopes.values() for target in scope if target in limited})
    if not targets:
        return {}
    places, handles = view.expand("CreditLimit", "on", np.array(targets))
    found: dict[tuple[int, LimitKind], list[int]] = {}
    kinds = view.ints(handles, "kind").tolist()
    lenders = view.refs(handles, "lender").tolist()
    for place, handle, code, lender in zip(places.tolist(), handles.tolist(), kinds, lenders, strict=True):
        kind = list(LimitKind)[code]
        if targets[place] in scopes[kind]:
            found.setdefault((legal_entity(view, lender), kind), []).append(handle)
    return {key: sorted(limits, key=view.id_of) for key, limits in found.items()}


def _limited(view: View) -> frozenset[int]:
    """What anybody has set a limit on: few names beside all others."""
    return frozenset(np.unique(view.refs(view.handles("CreditLimit"), "on")).tolist()) - {-1}


def _constraint(case: Case, kind: ConstraintKind, handle: int, draw: Fraction) -> Constraint:
    record = case.appraisal.record(handle, CreditLimit)
    limit = case.amount(record.limit, handle, "limit")
    key, view = ("used", handle, case.currency), case.view
    used = once(view, key, lambda: _used(view, handle, record, case.currency), of=USED)
    per_yuan, basis, known = case.drawn_in(record.draw_basis)
    return less_used(
        kind,
        case.appraisal.ref(handle, "on"),
        limit,
        used,
        draw * per_yuan,
        basis,
        at_most=not known,
        record=handle,
        other=case.lender,
    )


def _used(view: View, handle: int, record: CreditLimit, currency: str) -> Tally:
    if record.used is not None:
        return Tally.of(amount_of(record.used, handle, "used", currency, view=view, owed=True))
    tally = Tally()
    lender, on = legal_entity(view, view.ref(handle, "lender")), view.ref(handle, "on")
    counted = Counted(currency, view.ref(handle, "product"), record.net_of_margin is True)
    parties = _counted_parties(view, record.kind, on)
    if record.kind is not LimitKind.DEBTOR_LIMIT:
        tally.join(on_borrowers(view, lender, parties, counted))
    if record.kind in (LimitKind.SINGLE_NAME, LimitKind.GROUP):
        tally.join(guaranteed_by(view, lender, parties, counted))
    if record.kind is not LimitKind.SECTOR_LIMIT:
        tally.join(on_debtors(view, lender, parties, counted))
    return tally


def _counted_parties(view: View, kind: LimitKind, on: int) -> Sequence[int]:
    match kind:
        case LimitKind.GROUP:
            return group_members(view, on)
        case LimitKind.SECTOR_LIMIT:
            firms: list[int] = view.expand("Enterprise", "industry", np.array(descendants(view, on)))[1].tolist()
            return firms
        case _:
            return [on]
