"""Bounds that a need, an offer or a contract in force sets by itself: NEED, PRODUCT_MAX, FACILITY, STEP_AMOUNT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from graph.kinds.contracts import Facility
from graph.kinds.supply_side import LoanProduct
from queries.derived import once
from queries.financing.cases import Case
from queries.financing.gates.eligibility import ticket_cap
from queries.financing.limits.constraints import Constraint
from queries.financing.limits.exposures import drawn_of, is_expired
from queries.financing.limits.of_contract import paid_out
from queries.financing.limits.of_fund import ticket_limits
from queries.financing.limits.stated_bounds import at_once, less_used
from queries.financing.limits.step_amounts import STEP_AMOUNTS
from queries.financing.supports import raised_by_funding
from queries.financing.terms import ConstraintKind


def need_limits(case: Case) -> Iterator[Constraint]:
    """NEED: what is still open of the need; none where the beneficiary asks for nothing."""
    need = case.need
    if need.amount is None and not need.missing:
        return
    on = need.needs[0] if len(need.needs) == 1 else case.beneficiary
    limit = need.amount if need.declared is None else need.declared
    yield Constraint(
        ConstraintKind.NEED, on, limit, need.fulfilled, need.amount, at_most=need.at_most, missing=need.missing
    )


def product_limits(case: Case) -> tuple[Constraint, ...]:
    """PRODUCT_MAX: most for one transaction; none where neither the product nor a rule about it states any.

    With cover the larger of the product's maximum and that which it states for covered financing; what the lender's own bonds raise it
    by is on top. On FACE one yuan of principal draws 1/α.
    """
    if case.offer is None:
        return ()
    # All that it depends on, for whoever asks.
    key = (product_limits, case.product, case.rate, case.covered, case.currency)
    return once(case.view, key, lambda: tuple(_of_product(case, cast(LoanProduct, case.offer))))


def _of_product(case: Case, product: LoanProduct) -> Iterator[Constraint]:
    draw, basis, known = case.drawn_in(product.draw_basis)
    if product.max_amount is not None:
        maximum = case.amount(product.max_amount, case.product, "maxAmount")
        most = maximum.value
        if case.covered and product.max_amount_with_cover is not None and most is not None:
            most = max(most, case.amount(product.max_amount_with_cover, case.product, "maxAmountWithCover").value or 0)
        funding = raised_by_funding(case.view, case.product)
        most = None if most is None else most + funding.total
        missing = (*maximum.missing, *funding.missing)
        yield Constraint(
            ConstraintKind.PRODUCT_MAX, case.product, most, None, most, draw, basis, not known, missing=missing
        )
    cap = ticket_cap(case.view, case.product)
    if cap is not None:
        rule, money = cap
        yield at_once(ConstraintKind.PRODUCT_MAX, case.product, case.amount(money, rule, "amount"), rule)


def facility_limits(case: Case) -> Iterator[Constraint]:
    """FACILITY: limit − drawn; 0 once it has expired."""
    handle = case.facility
    facility = case.appraisal.record(handle, Facility)
    limit = case.amount(facility.limit, handle, "limit")
    drawn = drawn_of(case.view, facility, handle, case.currency)
    yield less_used(ConstraintKind.FACILITY, handle, limit, drawn, ended=is_expired(case.view, facility))


def step_limits(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: nothing of a contract that has been paid out; of a fund's new deal its largest ticket, where one is stated."""
    if case.spine.amount in STEP_AMOUNTS:
        yield from STEP_AMOUNTS[case.spine.amount](case)
    elif case.contract >= 0:
        yield from paid_out(case)
    else:
        yield from ticket_limits(case, case.fund)
