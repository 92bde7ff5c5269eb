"""What a fund can still put into one company: its dry powder, and its cap for one company."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.kinds.parties import Fund
from graph.view import View
from queries.coverage.supply import FundSupply, fund_supplies
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.gates.eligibility import ticket_cap
from queries.financing.limits.constraints import Constraint, MissingFact
from queries.financing.limits.stated_bounds import at_once, less_used
from queries.financing.terms import ConstraintKind
from queries.tally import Tally


def dry_powder_limits(case: Case) -> Iterator[Constraint]:
    """FUND_DRY_POWDER: max(0, callable), 0 for new deals after the investment period; not stated where no commitment is.

    Of a parent fund's path it is the sub-fund's that invests. Deductions that nobody states leave it an upper bound.
    """
    fund = case.fund
    supply = supply_of(case.view, fund)
    missing = (MissingFact(fund, "committed"),) if supply.committed is None else ()
    yield Constraint(
        ConstraintKind.FUND_DRY_POWDER,
        fund,
        supply.committed,
        None if supply.committed is None or supply.dry_powder is None else supply.committed - supply.dry_powder,
        supply.dry_powder,
        missing=missing if supply.dry_powder is None else (),
    )


def ticket_limits(case: Case, fund: int) -> Iterator[Constraint]:
    """STEP_AMOUNT: the fund's largest ticket, and the largest that a rule about it allows, where they are stated."""
    ticket, cap = offer_record(case.view, fund, Fund).ticket_max, ticket_cap(case.view, fund)
    if ticket is not None:
        yield at_once(ConstraintKind.STEP_AMOUNT, fund, case.amount(ticket, fund, "ticketMax"))
    if cap is not None:
        rule, money = cap
        yield at_once(ConstraintKind.STEP_AMOUNT, fund, case.amount(money, rule, "amount"), rule)


def concentration_limits(case: Case) -> Iterator[Constraint]:
    """FUND_CONCENTRATION: the cap for one company less what the fund holds in it; none where no cap is stated."""
    fund = case.fund
    record = offer_record(case.view, fund, Fund)
    if record.per_company_cap is None:
        return
    cap = case.amount(record.per_company_cap, fund, "perCompanyCap")
    held = _held(case.view).get((fund, case.beneficiary), 0)
    yield less_used(ConstraintKind.FUND_CONCENTRATION, fund, cap, Tally(held))


def supply_of(view: View, fund: int) -> FundSupply:
    """What a fund can still give."""
    return _supplies(view)[0][fund]


def dry_powder(view: View, funds: np.ndarray) -> list[int | None]:
    """What each of these funds has for new deals; None: not stated."""
    supplies = _supplies(view)[0]
    return [supplies[fund].dry_powder for fund in funds.tolist()]


def _held(view: View) -> dict[tuple[int, int], int]:
    return _supplies(view)[1]


def _supplies(view: View) -> tuple[dict[int, FundSupply], dict[tuple[int, int], int]]:
    def make() -> tuple[dict[int, FundSupply], dict[tuple[int, int], int]]:
        funds = view.handles("Fund")
        found = fund_supplies(view, funds)
        handles = funds.tolist()
        held = {(handles[place], enterprise): amount for (place, enterprise), amount in found.held.items()}
        return {supply.fund: supply for supply in found.funds}, held

    return once(view, _supplies, make)
