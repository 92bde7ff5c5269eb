"""Gates of the terms on which money would move: LIMIT, CURRENCY, TENOR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph.kinds.parties import Fund
from graph.kinds.supply_side import AnchorProgramme, Pool
from graph.money import CNY, Money
from graph.records import Record
from queries.derived import offer_record
from queries.exchange import owed_in, rate
from queries.financing.cases import Case
from queries.financing.gates.verdicts import FAILED, PASSED, Verdict, unknown, worse
from queries.financing.limits.constraints import Constraint, MissingFact, capacity_of
from queries.financing.limits.of_pool import may_be_stopped
from queries.financing.limits.of_term import within_terms
from queries.financing.need import CONTRACT_AMOUNTS
from queries.financing.tenor import ANY, tenor_of, wanted
from queries.financing.terms import ConstraintKind, SupportKind

REPAID: Final = frozenset({"Loan", "Facility", "Lease"})
"""Contracts whose own currency counts."""


def limit(case: Case, constraints: tuple[Constraint, ...]) -> Verdict:
    """LIMIT: the headroom of all limits but the need is above 0, and not below the smallest amount of the offer."""
    bounding = tuple(one for one in constraints if one.kind is not ConstraintKind.NEED and one.applies)
    if not bounding:
        # Nothing but the need decides, if even that: who offers has stated no bound that is drawn on.
        return PASSED
    used_up = next((one for one in bounding if one.admits == 0), None)
    if used_up is not None:
        ruled = used_up.record >= 0 and case.view.has_kind(used_up.record, "Rule")
        return FAILED._replace(rule=used_up.record) if ruled else FAILED
    least = least_amount(case)
    if any(admits_too_little(one, least) for one in bounding):
        return FAILED
    if capacity_of(bounding).amount is None:
        return unknown(*(fact for one in bounding if one.headroom is None for fact in one.missing))
    pool = case.candidate.support(SupportKind.POOL_COVER)
    if pool is not None and may_be_stopped(offer_record(case.view, pool.provider, Pool)):
        return unknown(MissingFact(pool.provider, "badLoanRate"))
    return PASSED


def admits_too_little(constraint: Constraint, least: int | None) -> bool:
    """Whether a bound by itself makes LIMIT say no: it leaves nothing, or less than the smallest amount of the offer."""
    if constraint.kind is ConstraintKind.NEED or not constraint.applies:
        return False
    admits = constraint.admits
    return admits is not None and (admits == 0 or (least is not None and admits < least))


def least_amount(case: Case) -> int | None:
    """The smallest amount of the offer in the path's currency; None: any goes."""
    fund, product = case.fund, case.offer
    money = offer_record(case.view, fund, Fund).ticket_min if fund >= 0 else product.min_amount if product else None
    return None if money is None else owed_in(case.view, money, case.currency)


def currency(case: Case) -> Verdict:
    """CURRENCY: rates convert what the offer, the contract in force and the claim are in; without one it is unknown."""
    found: list[tuple[int, str]] = []
    if case.offer is not None:
        found.append((case.product, case.offer.currency or CNY))
    found += [(handle, money.currency) for handle, money in _moneys(case) if money is not None]
    missing = (
        MissingFact(record, f"rate {code}/{case.currency}")
        for record, code in found
        if code != case.currency and rate(case.view, code, case.currency) is None
    )
    facts = tuple(missing)
    return unknown(*facts) if facts else PASSED


def _moneys(case: Case) -> Iterator[tuple[int, Money | None]]:
    """The amount that the claim or contract of a path is for."""
    if case.asset >= 0:
        yield case.asset, case.value
    if case.contract >= 0 and (name := case.view.kind_of(case.contract).name) in REPAID:
        yield case.contract, getattr(case.appraisal.record(case.contract, Record), CONTRACT_AMOUNTS[name])


def tenor(case: Case) -> Verdict:
    """TENOR: the days asked for, allowed and run have some in common, and what runs keeps the dated rules on terms."""
    return worse(days_in_common(case), within_terms(case))


def days_in_common(case: Case) -> Verdict:
    """The days that the need asks for, that the offer allows and that the instrument runs have some in common.

    The financing of a claim runs as long as the claim (a voucher's part as long as its root); a line serves any term within it.
    """
    found = tenor_of(case)
    asked = found.allowed.meet(wanted(case.need) or ANY)
    if asked is None:
        return FAILED
    if found.instrument is not None and found.instrument.meet(asked) is not None:
        return _within_programme(case)
    if found.missing:
        asks = asked.low > 0 or (found.fixed and asked.high is not None)
        return unknown(*found.missing) if asks else PASSED
    return PASSED if found.instrument is None else FAILED


def _within_programme(case: Case) -> Verdict:
    """A voucher runs no longer than its programme allows."""
    if case.voucher < 0:
        return PASSED
    longest = offer_record(case.view, case.programme, AnchorProgramme).voucher_max_days
    root = case.appraisal.voucher_root(case.voucher)
    record = case.appraisal.voucher(root)
    if longest is None or record.due_on is None:
        return PASSED
    if record.issued_on is None:
        return unknown(MissingFact(root, "issuedOn"))
    return PASSED if (record.due_on - record.issued_on).days <= longest else FAILED
