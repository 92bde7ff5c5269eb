"""Bounds that a need, an offer or a contract in force sets by itself: NEED, PRODUCT_MAX, FACILITY, STEP_AMOUNT."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.contracts import Facility, InvestmentRound, Loan
from graph.kinds.parties import Fund
from queries.appraisal import Appraisal
from queries.candidates import Candidate
from queries.constraints import Constraint, left
from queries.derived import offer_record
from queries.eligibility import ticket_cap
from queries.exposures import drawn_of, is_expired
from queries.financing_terms import ConstraintKind
from queries.tally import amount_of


def need_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """NEED: what is still open of the need; none where the beneficiary asks for nothing."""
    need = appraisal.need(candidate.row)
    if need.stated and need.amount is None:
        return
    on = need.needs[0] if len(need.needs) == 1 else appraisal.beneficiary
    limit = need.amount if need.declared is None else need.declared
    currency = appraisal.currency(candidate)
    missing = need.missing
    headroom = need.amount
    if need.stated and currency != "CNY":
        missing, headroom = (*missing, *amount_of(None, on, f"rate CNY/{currency}").missing), None
    yield Constraint(ConstraintKind.NEED, on, limit, need.fulfilled, headroom, at_most=need.at_most, missing=missing)


def product_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """PRODUCT_MAX: most for one transaction; none where neither the product nor a rule about it states any."""
    product = appraisal.product(candidate)
    if product is None:
        return
    currency = appraisal.currency(candidate)
    if product.max_amount is not None:
        maximum = amount_of(product.max_amount, candidate.product, "maxAmount", currency)
        yield Constraint(
            ConstraintKind.PRODUCT_MAX, candidate.product, maximum.value, None, maximum.value, missing=maximum.missing
        )
    cap = ticket_cap(appraisal.view, candidate.product)
    if cap is not None:
        rule, money = cap
        amount = amount_of(money, rule, "amount", currency)
        yield Constraint(
            ConstraintKind.PRODUCT_MAX,
            candidate.product,
            amount.value,
            None,
            amount.value,
            record=rule,
            missing=amount.missing,
        )


def facility_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """FACILITY: limit − drawn; 0 once it has expired."""
    handle = candidate.role("Facility")
    facility = appraisal.record(handle, Facility)
    currency = appraisal.currency(candidate)
    limit = amount_of(facility.limit, handle, "limit", currency)
    drawn = drawn_of(appraisal.view, facility, handle, currency)
    headroom = left(limit.value, drawn.amount)
    if is_expired(appraisal.view, facility):
        headroom = 0
    yield Constraint(
        ConstraintKind.FACILITY, handle, limit.value, drawn.amount, headroom, missing=(*limit.missing, *drawn.missing)
    )


def step_limits(appraisal: Appraisal, candidate: Candidate) -> Iterator[Constraint]:
    """STEP_AMOUNT: nothing of a loan or round that has been paid out; of a fund's new deal its largest ticket, where one is stated."""
    if candidate.role("Loan") >= 0:
        yield _paid_out(candidate.role("Loan"), appraisal.record(candidate.role("Loan"), Loan).principal)
    elif candidate.role("InvestmentRound") >= 0:
        handle = candidate.role("InvestmentRound")
        yield _paid_out(handle, appraisal.record(handle, InvestmentRound).amount)
    else:
        fund = candidate.role("Fund")
        ticket = offer_record(appraisal.view, fund, Fund).ticket_max
        cap = ticket_cap(appraisal.view, fund)
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
