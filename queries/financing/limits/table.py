"""Which function gives the constraints of each kind; a technique's row lists the kinds that apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint, MissingFact, in_order
from queries.financing.limits.joint_credit import joint_credit_limits
from queries.financing.limits.of_anchor import anchor_limits
from queries.financing.limits.of_asset import asset_limits, voucher_limits
from queries.financing.limits.of_distributor import buy_back_limits
from queries.financing.limits.of_fund import concentration_limits, dry_powder_limits
from queries.financing.limits.of_guarantor import guarantor_limits
from queries.financing.limits.of_insurer import insurer_limits
from queries.financing.limits.of_lender import debtor_limits, group_limits, sector_limits, single_name_limits
from queries.financing.limits.of_link import link_limits
from queries.financing.limits.of_offer import facility_limits, need_limits, product_limits, step_limits
from queries.financing.limits.of_pool import pool_limits
from queries.financing.limits.of_term import term_limits
from queries.financing.limits.regulatory import statutory_totals
from queries.financing.spines import StepAmount
from queries.financing.terms import ConstraintKind

LIMITS: Final[Mapping[ConstraintKind, Callable[[Case], Iterable[Constraint]]]] = {
    ConstraintKind.NEED: need_limits,
    ConstraintKind.ASSET_FREE: asset_limits,
    ConstraintKind.VOUCHER_PART: voucher_limits,
    ConstraintKind.LINK_WIDTH: link_limits,
    ConstraintKind.STEP_AMOUNT: step_limits,
    ConstraintKind.PRODUCT_MAX: product_limits,
    ConstraintKind.FACILITY: facility_limits,
    ConstraintKind.ANCHOR_LIMIT: anchor_limits,
    ConstraintKind.DEBTOR_LIMIT: debtor_limits,
    ConstraintKind.BUY_BACK: buy_back_limits,
    ConstraintKind.POOL: pool_limits,
    ConstraintKind.GUARANTOR: guarantor_limits,
    ConstraintKind.INSURER: insurer_limits,
    ConstraintKind.SINGLE_NAME: single_name_limits,
    ConstraintKind.GROUP: group_limits,
    ConstraintKind.JOINT_CREDIT: joint_credit_limits,
    ConstraintKind.SECTOR_LIMIT: sector_limits,
    ConstraintKind.FUND_DRY_POWDER: dry_powder_limits,
    ConstraintKind.FUND_CONCENTRATION: concentration_limits,
    ConstraintKind.TERM_RULE: term_limits,
}


def limits_of(case: Case, kind: ConstraintKind) -> tuple[Constraint, ...]:
    """The bounds of one kind on a candidate."""
    return tuple(LIMITS[kind](case))


def constraints_of(
    case: Case, of_kind: Callable[[ConstraintKind], Iterable[Constraint]] | None = None
) -> tuple[Constraint, ...]:
    """Everything that bounds a candidate, in the order of the kinds; `of_kind` the bounds of each, where somebody knows them already.

    An offer of which nothing but the need is known states no amount: that is a bound too, not stated.
    """
    found = [one for kind in case.spine.limits for one in (limits_of(case, kind) if of_kind is None else of_kind(kind))]
    if ConstraintKind.SINGLE_NAME in case.spine.limits and (totals := tuple(statutory_totals(case))):
        found = list(in_order([*found, *totals]))
    if any(one.applies and one.kind is not ConstraintKind.NEED for one in found):
        return in_order(found) if case.spine.amount is StepAmount.SYNDICATE else tuple(found)
    on = case.product if case.product >= 0 else case.source
    unstated = Constraint(ConstraintKind.STEP_AMOUNT, on, missing=(MissingFact(on, "maxAmount"),))
    return in_order([*found, unstated])
