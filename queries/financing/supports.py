"""What backs a path without carrying cash: its product's pool, guarantees offered to the beneficiary, guarantees of a contract in force."""

from __future__ import annotations

from collections.abc import Iterator

from graph.kinds.contracts import Guarantee
from graph.kinds.supply_side import Pool
from graph.values import millionths
from queries.derived import offer_record
from queries.financing.appraisal import Appraisal
from queries.financing.candidates import Candidate, Support
from queries.financing.limits.exposures import pool_of
from queries.financing.terms import SupportKind


def contract_of(candidate: Candidate) -> int:
    """The contract in force that a path is; -1: an offer."""
    return max(candidate.role("Facility"), candidate.role("Loan"), candidate.role("InvestmentRound"))


def ways_to_support(appraisal: Appraisal, candidate: Candidate) -> Iterator[tuple[Support, ...]]:
    """Each set of supports with which a spine is a path of its own; of most there is one, the empty set among them."""
    pools = _pool(appraisal, candidate)
    if contract_of(candidate) >= 0:
        yield (*pools, *_guarantees(appraisal, contract_of(candidate)))
    elif candidate.spine.support is SupportKind.GUARANTEE:
        offers = list(_offers(appraisal, appraisal.entity(candidate.source)))
        # Nobody offers one yet: what is missing is a guarantee, by whom is open.
        for offer in offers or [Support(SupportKind.GUARANTEE, -1, -1, None)]:
            yield (*pools, offer)
    else:
        yield pools


def _pool(appraisal: Appraisal, candidate: Candidate) -> tuple[Support, ...]:
    pool = -1
    if candidate.role("LoanProduct") >= 0:
        pool = appraisal.ref(candidate.role("LoanProduct"), "pool")
    elif candidate.role("Loan") >= 0:
        pool = pool_of(appraisal.view, candidate.role("Loan"))
    if pool < 0:
        return ()
    share = offer_record(appraisal.view, pool, Pool).cover_share
    return (Support(SupportKind.POOL_COVER, pool, -1, None if share is None else millionths(share)),)


def _offers(appraisal: Appraisal, lender: int) -> Iterator[Support]:
    """Guarantees that somebody offers for the beneficiary's debt to this lender, or to any."""
    for handle in offered_guarantees(appraisal):
        creditor = appraisal.ref(handle, "creditor")
        if creditor in (-1, lender):
            yield _guarantee(appraisal, handle)


def offered_guarantees(appraisal: Appraisal) -> list[int]:
    """The guarantees that somebody offers for the beneficiary's debts, in id order."""
    return appraisal.once("offered guarantees", lambda: _offered(appraisal))


def _offered(appraisal: Appraisal) -> list[int]:
    handles = appraisal.view.holders("Guarantee", "debtor", appraisal.beneficiary).tolist()
    return [handle for handle in handles if appraisal.record(handle, Guarantee).contract is None]


def _guarantees(appraisal: Appraisal, contract: int) -> Iterator[Support]:
    for handle in appraisal.view.holders("Guarantee", "contract", contract).tolist():
        yield _guarantee(appraisal, handle)


def _guarantee(appraisal: Appraisal, handle: int) -> Support:
    share = appraisal.record(handle, Guarantee).cover_share
    provider = appraisal.ref(handle, "guarantor")
    return Support(SupportKind.GUARANTEE, provider, handle, None if share is None else millionths(share))


def support_of(appraisal: Appraisal, candidate: Candidate, marks: list[int]) -> tuple[Support, ...] | None:
    """The supports of a spine among its ways that rest on these instruments; None where there is no such way.

    Without an instrument a guaranteed loan's guarantor is still to be found, whoever offers in the meantime.
    """
    if candidate.spine.support is SupportKind.GUARANTEE and not marks:
        return (*_pool(appraisal, candidate), Support(SupportKind.GUARANTEE, -1, -1, None))
    for supports in ways_to_support(appraisal, candidate):
        instruments = [support.instrument for support in supports if support.instrument >= 0]
        if contract_of(candidate) >= 0 or instruments == marks:
            return supports
    return None
