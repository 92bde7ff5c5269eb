"""What a pool can still cover: headroom = multiple × balance − Σ covered outstanding, in principal or, on COVER, in the covered part.

Nothing follows from what a pool does not state: without a balance or a multiple its headroom is not stated. A basis or share of cover
that nobody states must fit the stricter reading: the whole principal draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from graph.kinds.supply_side import Pool
from graph.kinds.terms import DrawBasis
from graph.money import CNY
from graph.values import MILLION, millionths
from graph.view import View
from queries.derived import offer_record, once
from queries.financing.cases import Case
from queries.financing.limits.constraints import ONE, Constraint, MissingFact
from queries.financing.limits.of_scheme import budget_limits
from queries.financing.limits.stated_bounds import less_used
from queries.financing.terms import ConstraintKind, SupportKind
from queries.ratios import fraction
from queries.tally import Amount, Tally, amount_of, total_of

COVERED: Final = frozenset({"Loan.pool", "Loan.product", "LoanProduct.pool"})
TOTALS: Final = COVERED | {"Pool", "Loan.outstanding", "Loan.principal", "ExchangeRate"}


def pool_limits(case: Case) -> Iterator[Constraint]:
    """POOL: what the pool can cover in all, and for one borrower where it caps that."""
    if case.candidate.role("VoucherScheme") >= 0:
        yield from budget_limits(case)
        return
    if case.candidate.role("Pool") >= 0:
        yield from bridge_limits(case)
        return
    support = case.candidate.support(SupportKind.POOL_COVER)
    if support is None:
        if case.spine.support is SupportKind.POOL_COVER:
            missing = MissingFact(case.product, "pool")
            yield Constraint(ConstraintKind.POOL, case.product, basis=DrawBasis.PRINCIPAL, missing=(missing,))
        return
    view, handle = case.view, support.provider
    pool = offer_record(view, handle, Pool)
    basis, draw = _draw(pool)
    currency = case.currency
    yield pool_total(view, handle, currency)
    if pool.per_borrower_cap is not None:
        cap = case.amount(pool.per_borrower_cap, handle, "perBorrowerCap")
        used = covered(view, handle, currency, case.beneficiary)
        yield less_used(ConstraintKind.POOL, handle, cap, used, draw, basis)


def bridge_limits(case: Case) -> Iterator[Constraint]:
    """POOL of a bridge: what the pool has left, its balance less what is out on bridges; for one borrower where it caps that.

    The balance is all of the pool's money, what is lent out of it included. Nothing once its bad-loan rate has reached its stop rate.
    """
    view, handle = case.view, case.source
    pool = offer_record(view, handle, Pool)
    out = once(view, (bridge_limits, handle), lambda: bridged(view, handle))
    mine = case.appraisal.once(("bridged", handle), lambda: bridged(view, handle, case.beneficiary))
    bounds = [(case.amount(pool.balance, handle, "balance"), out)]
    if pool.per_borrower_cap is not None:
        bounds.append((case.amount(pool.per_borrower_cap, handle, "perBorrowerCap"), mine))
    for limit, used in bounds:
        yield less_used(ConstraintKind.POOL, handle, limit, used, basis=DrawBasis.PRINCIPAL, ended=is_stopped(pool))


def bridged(view: View, pool: int, borrower: int = -1) -> Tally:
    """Σ outstanding of what a pool itself has lent, to all or to one."""
    loans = view.holders("Loan", "lender", pool)
    if borrower >= 0:
        loans = np.intersect1d(loans, view.holders("Loan", "borrower", borrower))
    return total_of(view, loans, "outstanding", "principal")


def pool_total(view: View, handle: int, currency: str = CNY) -> Constraint:
    """What a pool can still cover of all borrowers together; 0 once its bad-loan rate has reached its stop rate."""
    return once(view, (pool_total, handle, currency), lambda: _total(view, handle, currency), of=TOTALS)


def _total(view: View, handle: int, currency: str) -> Constraint:
    pool = offer_record(view, handle, Pool)
    basis, draw = _draw(pool)
    balance = amount_of(pool.balance, handle, "balance", currency, view=view)
    unknown = Amount(None, (*balance.missing, MissingFact(handle, "multiple")))
    limit = unknown if pool.multiple is None else balance.share(pool.multiple)
    found = less_used(ConstraintKind.POOL, handle, limit, covered(view, handle, currency), draw, basis)
    return replace(found, headroom=0) if found.headroom is not None and is_stopped(pool) else found


def is_stopped(pool: Pool) -> bool:
    """Whether new cover has stopped at the pool's bad-loan rate."""
    return pool.stop_rate is not None and pool.bad_loan_rate is not None and pool.bad_loan_rate >= pool.stop_rate


def may_be_stopped(pool: Pool) -> bool:
    """Whether it has a stop rate and nobody states its bad-loan rate."""
    return pool.stop_rate is not None and pool.bad_loan_rate is None


def covered(view: View, handle: int, currency: str = CNY, borrower: int = -1) -> Tally:
    """Σ outstanding that a pool covers, of all borrowers or of one, in the terms that its limit counts."""
    pool = offer_record(view, handle, Pool)
    if borrower < 0:
        loans = covered_loans(view, handle)
    else:
        loans = np.intersect1d(view.holders("Loan", "borrower", borrower), covered_loans(view, handle))
    tally = total_of(view, loans, "outstanding", "principal", currency)
    share = _cover_share(pool) if pool.draw_basis is DrawBasis.COVER else None
    if share is not None:
        tally.total = -(-tally.total * share // MILLION)
    return tally


def covered_loans(view: View, handle: int) -> np.ndarray:
    """The loans that a pool covers: those that name it, and those under its products that name no other."""
    return once(view, (covered_loans, handle), lambda: _covered_loans(view, handle), of=COVERED)


def _covered_loans(view: View, handle: int) -> np.ndarray:
    named = view.holders("Loan", "pool", handle)
    under = view.expand("Loan", "product", view.holders("LoanProduct", "pool", handle))[1]
    return np.union1d(named, under[view.refs(under, "pool") < 0])


def _cover_share(pool: Pool) -> int | None:
    return None if pool.cover_share is None else millionths(pool.cover_share)


def _draw(pool: Pool) -> tuple[DrawBasis, Fraction]:
    share = _cover_share(pool)
    if pool.draw_basis is DrawBasis.COVER:
        return DrawBasis.COVER, ONE if share is None else fraction(share)
    return DrawBasis.PRINCIPAL, ONE
