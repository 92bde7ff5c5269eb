"""What a lessor pays for equipment: its price less the down payment, and less what stands on it already."""

from __future__ import annotations

from collections.abc import Iterator

from graph.values import MILLION, millionths
from queries.financing.cases import Case
from queries.financing.limits.asset_values import value_of
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.of_asset import has_lapsed
from queries.financing.limits.receivables import worth
from queries.financing.terms import ConstraintKind


def leased_amount(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: price·(1 − down payment) less prior secured debt, in 分 rounded down.

    The price is what is still to be paid under the contract of purchase or sale (0 once it has ended), of a leaseback what the equipment
    is valued at. A down payment that nobody states leaves it an upper bound; without a contract there is no price yet.
    """
    handle = case.asset
    if handle < 0:
        missing = MissingFact(case.beneficiary, "purchaseContracts")
        yield Constraint(ConstraintKind.STEP_AMOUNT, case.product, missing=(missing,))
        return
    price = value_of(case.holding, handle, case.currency, case.view)
    down = case.offer.down_payment if case.offer is not None else None
    unknown = (MissingFact(case.product, "downPayment"),) if down is None else ()
    if price.value is None:
        yield Constraint(ConstraintKind.STEP_AMOUNT, handle, missing=(*price.missing, *unknown))
        return
    rate = MILLION if down is None else MILLION - millionths(down)
    found = worth(0 if has_lapsed(case) else price.value, case.appraisal.prior_claims(handle), advance_rate=rate)
    used = found.advance if found.encumbered_whole else found.secured
    yield Constraint(
        ConstraintKind.STEP_AMOUNT, handle, found.advance, used, found.lendable, at_most=down is None, missing=unknown
    )
