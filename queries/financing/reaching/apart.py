"""Firms that a limit or gate may treat in a way of their own: they are appraised one by one, all others by one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from graph.kinds.policy import RegulatoryLimit
from graph.kinds.supply_side import LimitKind, Pool
from graph.snapshot_ids import kinds_in
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.asset_kinds import ASSET_KINDS
from queries.financing.cases import Case
from queries.financing.control import group_members, legal_entity
from queries.financing.limits.joint_credit import banks_of
from queries.financing.limits.of_lender import limits_on
from queries.financing.limits.of_pool import covered_loans
from queries.financing.limits.regulatory import any_bounds, bounds_of
from queries.financing.limits.table import LIMITS
from queries.financing.reaching.firms import Firms
from queries.financing.reaching.heads import DEBTORS, MADE_BY
from queries.financing.spines import StepAmount
from queries.financing.terms import ConstraintKind, PathRecourse, SupportKind
from queries.ratios import UNLIMITED, Ints
from queries.trees import descendants

CONTRACTS: Final = (
    ("Facility", "lender", "borrower"),
    ("Loan", "lender", "borrower"),
    ("Lease", "lessor", "lessee"),
    ("Guarantee", "guarantor", "debtor"),
    ("Swap", "creditor", "debtor"),
)
"""Contracts that are exposure of who gives to who takes."""
ON_NAMES: Final = (
    ConstraintKind.SINGLE_NAME,
    ConstraintKind.GROUP,
    ConstraintKind.SECTOR_LIMIT,
    ConstraintKind.JOINT_CREDIT,
)


def apart(case: Case) -> np.ndarray:
    """The firms for which the bounds of an offer may differ from those of the case's own beneficiary, as a mask."""
    mask = np.zeros(len(Firms.of(case.view)), bool)
    for kind in case.spine.limits:
        if kind in FINDERS:
            mask |= FINDERS[kind](case)
        elif kind not in ALIKE:
            mask[:] = True
    return mask


def room(case: Case) -> int:
    """What the lender's limits that the case's firm draws on leave at least, in 分 of their own terms; 0 where that is not stated, or a
    limit is for one product alone. Other paths of this lender to the firm find no less."""
    limits = limits_on(case.appraisal, case.beneficiary)
    for (lender, _), handles in limits.items():
        if lender == case.lender and any(case.view.ref(handle, "product") >= 0 for handle in handles):
            return 0
    found = [one for kind in ON_NAMES for one in LIMITS[kind](case) if one.applies]
    return min((one.headroom or 0 for one in found), default=UNLIMITED)


def _on_names(case: Case) -> np.ndarray:
    """Whoever a limit of the lender bounds, as long as the path draws on the firm at all."""
    if case.recourse is PathRecourse.NONE:
        return np.zeros(len(Firms.of(case.view)), bool)
    return limited_by(case.view, case.lender)


def limited_by(view: View, lender: int) -> np.ndarray:
    """The firms that a lender's own limits, caps on it or joint credit may bound in a way of their own. Made once a view."""

    def make() -> np.ndarray:
        firms = Firms.of(view)
        names = [*_own_limits(view, lender), *_jointly(view, lender)]
        mask = firms.among(np.array(names, np.int64))
        if any_bounds(view, lender):
            mask |= exposed_to(view, lender)
            if any(bounds_of(view, lender, scope) for scope in (RegulatoryLimit.GROUP, RegulatoryLimit.CONNECTED)):
                mask |= _in_groups(view)
        return mask

    return once(view, (limited_by, lender), make)


def exposed_to(view: View, lender: int) -> np.ndarray:
    """The firms of which a lender has anything out. Made once a view."""

    def make() -> np.ndarray:
        firms = Firms.of(view)
        found = [view.refs(view.handles("AnchorProgramme"), "anchor")]
        for kind, giver, taker in CONTRACTS:
            found.append(view.refs(_given(view, kind, giver, lender), taker))
        shared = view.refs(_given(view, "LentBy", "target", lender), "source")
        found.append(view.refs(shared[shared >= 0], "borrower"))
        parts = view.refs(_given(view, "PppPart", "target", lender), "source")
        found.append(view.refs(parts[parts >= 0], "vehicle"))
        assets = view.refs(_given(view, "Encumbrance", "creditor", lender), "asset")
        assets = assets[assets >= 0]
        for code in kinds_in(assets):
            ours = assets[assets >> 32 == code]
            spec = ASSET_KINDS.get(view.kind_of(int(ours[0])).name)
            found += [view.refs(ours, field) for field in (spec.debtors if spec is not None else ())]
        return firms.among(np.concatenate(found))

    return once(view, (exposed_to, lender), make)


def _given(view: View, kind: str, giver: str, lender: int) -> Ints:
    branches: Iterable[int] = view.holders("BankBranch", "bank", lender) if view.has_kind(lender, "Institution") else []
    return view.expand(kind, giver, np.array([lender, *branches], np.int64))[1]


def _own_limits(view: View, lender: int) -> Iterable[int]:
    limits = _given(view, "CreditLimit", "lender", lender)
    kinds = view.ints(limits, "kind").tolist()
    for code, on in zip(kinds, view.refs(limits, "on").tolist(), strict=True):
        if on < 0:
            continue
        match list(LimitKind)[code]:
            case LimitKind.GROUP:
                yield from _members(view, on)
            case LimitKind.SECTOR_LIMIT if view.has_kind(on, "Industry"):
                yield from view.expand("Enterprise", "industry", np.array(descendants(view, on)))[1].tolist()
            case _:
                yield on


def _members(view: View, on: int) -> Iterable[int]:
    yield on
    if view.kind_of(on).name in ("Group", "Enterprise", "Institution"):
        yield from group_members(view, on)


def _jointly(view: View, lender: int) -> Iterable[int]:
    for handle in view.handles("JointCredit").tolist():
        if lender in banks_of(view, handle) and (on := view.ref(handle, "on")) >= 0:
            yield from _members(view, on)


def _in_groups(view: View) -> np.ndarray:
    """The firms that are in a group, hold a majority or are held by one."""

    def make() -> np.ndarray:
        firms, links = Firms.of(view), view.handles("Controls")
        named = [view.refs(links, "source"), view.refs(links, "target")]
        members = view.refs(view.handles("MemberOf"), "source")
        mask = firms.among(np.concatenate([*named, members]))
        return mask | (view.refs(firms.handles, "group") >= 0)

    return once(view, _in_groups, make)


def _pooled(case: Case) -> np.ndarray:
    """Who a pool covers already, where it caps that for one firm."""
    firms, view = Firms.of(case.view), case.view
    support = case.candidate.support(SupportKind.POOL_COVER)
    if support is None or offer_record(view, support.provider, Pool).per_borrower_cap is None:
        return np.zeros(len(firms), bool)
    return firms.among(view.refs(covered_loans(view, support.provider), "borrower"))


def _covered(case: Case) -> np.ndarray:
    """Whom somebody has offered to guarantee or to insure, whichever makes the technique."""
    view, firms = case.view, Firms.of(case.view)
    kind = None if case.spine.support is None else MADE_BY.get(case.spine.support)
    if kind is None:
        return np.zeros(len(firms), bool)
    return firms.among(np.concatenate([view.refs(view.handles(kind), name) for name in DEBTORS[kind]]))


def _invested(case: Case) -> np.ndarray:
    """Whom a fund of the path holds already."""
    view, firms = case.view, Firms.of(case.view)
    funds = [node for node in case.candidate.nodes if view.has_kind(node, "Fund")]
    rounds = view.refs(view.expand("InvestedBy", "target", np.array(funds, np.int64))[1], "source")
    return firms.among(view.refs(rounds[rounds >= 0], "enterprise"))


def _by_amount(case: Case) -> np.ndarray:
    """Where the amount of the step itself depends on the firm."""
    view, firms = case.view, Firms.of(case.view)
    match case.spine.amount:
        case None | StepAmount.OWN_CASH:
            return np.zeros(len(firms), bool)
        case StepAmount.TO_LINK:
            return np.asarray(_invested(case) | exposed_to(view, case.lender))
        case StepAmount.VOUCHER:
            given = view.refs(view.handles("Collaboration"), "enterprise")
            return firms.among(given)
        case StepAmount.SYNDICATE:
            banks = view.refs(view.holders("Participation", "target", case.product), "source").tolist()
            lenders = {case.lender, *(legal_entity(view, bank) for bank in banks if bank >= 0)}
            return np.asarray(np.logical_or.reduce([limited_by(view, lender) for lender in sorted(lenders)]))
    return np.ones(len(firms), bool)


OWN: Final = frozenset(
    {
        ConstraintKind.NEED,
        ConstraintKind.LINK_WIDTH,
        ConstraintKind.ASSET_FREE,
        ConstraintKind.VOUCHER_PART,
        ConstraintKind.TERM_RULE,
    }
)
"""Limits that are measured by firm, by link or by claim, on columns."""
ALIKE: Final = OWN | {
    ConstraintKind.PRODUCT_MAX,
    ConstraintKind.ANCHOR_LIMIT,
    ConstraintKind.DEBTOR_LIMIT,
    ConstraintKind.FUND_DRY_POWDER,
}
"""Those, and limits that bound every firm alike."""
FINDERS: Final[Mapping[ConstraintKind, Callable[[Case], np.ndarray]]] = {
    **dict.fromkeys(ON_NAMES, _on_names),
    ConstraintKind.POOL: _pooled,
    ConstraintKind.GUARANTOR: _covered,
    ConstraintKind.INSURER: _covered,
    ConstraintKind.FUND_CONCENTRATION: _invested,
    ConstraintKind.STEP_AMOUNT: _by_amount,
}
