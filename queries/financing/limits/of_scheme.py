"""What a voucher scheme can still give: most for one firm, and what is left of its budget."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.kinds.supply_side import VoucherScheme
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.stated_bounds import less_used
from queries.financing.terms import ConstraintKind
from queries.tally import Tally, amount_of, total_of


def voucher_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: the scheme's most for one firm less what it has given to this one. A budget over a number of firms is no such limit."""
    handle = case.source
    most = case.amount(offer_record(case.view, handle, VoucherScheme).per_firm_max, handle, "perFirmMax")
    given = _given(case.view, handle, case.beneficiary)
    yield less_used(ConstraintKind.STEP_AMOUNT, handle, most, given)


def budget_limits(case: Case) -> Iterator[Constraint]:
    """POOL: the scheme's budget less what has been given of it: as stated, else the vouchers recorded under it."""
    handle = case.source
    scheme = offer_record(case.view, handle, VoucherScheme)
    budget = case.amount(scheme.budget, handle, "budget")
    used = once(case.view, (budget_limits, handle), lambda: _used(case.view, handle, scheme))
    yield less_used(ConstraintKind.POOL, handle, budget, used)


def _used(view: View, handle: int, scheme: VoucherScheme) -> Tally:
    if scheme.used is None:
        return _given(view, handle)
    return Tally.of(amount_of(scheme.used, handle, "used", view=view, owed=True))


def _given(view: View, scheme: int, firm: int = -1) -> Tally:
    contracts = view.holders("Collaboration", "scheme", scheme)
    if firm >= 0:
        contracts = np.intersect1d(contracts, view.holders("Collaboration", "enterprise", firm))
    return total_of(view, contracts, "voucher_amount", "voucher_amount")
