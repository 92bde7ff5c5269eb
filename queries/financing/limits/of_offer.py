"""Bounds that a need, an offer or a contract in force sets by itself: NEED, PRODUCT_MAX, FACILITY, STEP_AMOUNT."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.contracts import Facility, InvestmentRound, Loan
from graph.kinds.parties import Fund
from queries.derived import offer_record
from queries.financing.cases import Case
from queries.financing.gates.eligibility import ticket_cap
from queries.financing.limits.constraints import Constraint, left
from queries.financing.limits.exposures import drawn_of, is_expired
from queries.financing.limits.step_amounts import STEP_AMOUNTS
from queries.financing.supports import raised_by_funding
from queries.financing.terms import ConstraintKind
from queries.tally import amount_of


def need_limits(case: Case) -> Iterator[Constraint]:
    """NEED: what is still open of the need; none where the beneficiary asks for nothing."""
    need = case.need
    if need.stated and need.amount is None:
        return
    on = need.needs[0] if len(need.needs) == 1 else case.beneficiary
    limit = need.amount if need.declared is None else need.declared
    currency = case.currency
    missing = need.missing
    headroom = need.amount
    if need.stated and currency != "CNY":
        missing, headroom = (*missing, *amount_of(None, on, f"rate CNY/{currency}").missing), None
    yield Constraint(ConstraintKind.NEED, on, limit, need.fulfilled, headroom, at_most=need.at_most, missing=missing)


def product_limits(case: Case) -> Iterator[Constraint]:
    """PRODUCT_MAX: most for one transaction; none where neither the product nor a rule about it states any.

    What the lender's own bonds raise it by is on top.
    """
    product = case.offer
    if product is None:
        return
    currency = case.currency
    if product.max_amount is not None:
        maximum = case.amount(product.max_amount, case.product, "maxAmount")
        raised = raised_by_funding(case.view, case.product)
        most = None if maximum.value is None else maximum.value + raised.total
        missing = (*maximum.missing, *raised.missing)
        yield Constraint(ConstraintKind.PRODUCT_MAX, case.product, most, None, most, missing=missing)
    cap = ticket_cap(case.view, case.product)
    if cap is not None:
        rule, money = cap
        amount = amount_of(money, rule, "amount", currency)
        yield Constraint(
            ConstraintKind.PRODUCT_MAX,
            case.product,
            amount.value,
            None,
            amount.value,
            record=rule,
            missing=amount.missing,
        )


def facility_limits(case: Case) -> Iterator[Constraint]:
    """FACILITY: limit − drawn; 0 once it has expired."""
    handle = case.facility
    facility = case.appraisal.record(handle, Facility)
    currency = case.currency
    limit = amount_of(facility.limit, handle, "limit", currency)
    drawn = drawn_of(case.view, facility, handle, currency)
    headroom = left(limit.value, drawn.amount)
    if is_expired(case.view, facility):
        headroom = 0
    yield Constraint(
        ConstraintKind.FACILITY, handle, limit.value, drawn.amount, headroom, missing=(*limit.missing, *drawn.missing)
    )


def step_limits(case: Case) -> Iterator[Constraint]:
    """STEP_AMOUNT: nothing of a loan or round that has been paid out; of a fund's new deal its largest ticket, where one is stated."""
    if case.spine.amount in STEP_AMOUNTS:
        yield from STEP_AMOUNTS[case.spine.amount](case)
    elif case.loan >= 0:
        yield _paid_out(case.loan, case.appraisal.record(case.loan, Loan).principal)
    elif case.candidate.role("InvestmentRound") >= 0:
        handle = case.candidate.role("InvestmentRound")
        yield _paid_out(handle, case.appraisal.record(handle, InvestmentRound).amount)
    else:
        fund = case.fund
        ticket = offer_record(case.view, fund, Fund).ticket_max
        cap = ticket_cap(case.view, fund)
        if ticket is not None:
            amount = amount_of(ticket, fund, "ticketMax")
            yield Constraint(ConstraintKind.STEP_AMOUNT, fund, amount.value, None, amount.value, missing=amount.missing)
        if cap is not None:
            rule, money = cap
            amount = amount_of(money, rule, "amount")
            yield Constraint(
                ConstraintKind.STEP_AMOUNT, fund, amount.value, None, amount.value, record=rule, missing=amount.missing
            )


def _paid_out(handle: int, money: object) -> Constraint:
    minor = getattr(money, "minor", None)
    return Constraint(ConstraintKind.STEP_AMOUNT, handle, minor, minor, 0)
