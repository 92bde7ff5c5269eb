"""Gates of the terms on which money would move: LIMIT, CURRENCY, TENOR."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from graph.kinds.contracts import Facility, Loan
from graph.kinds.parties import Fund
from graph.kinds.supply_side import AnchorProgramme, Pool
from graph.money import CNY
from queries.appraisal import Appraisal
from queries.candidates import Candidate
from queries.constraints import Constraint, MissingFact, capacity_of
from queries.derived import offer_record
from queries.financing_terms import ConstraintKind, SupportKind
from queries.pool_cover import may_be_stopped
from queries.verdicts import FAILED, PASSED, Verdict, unknown


def limit(appraisal: Appraisal, candidate: Candidate, constraints: tuple[Constraint, ...]) -> Verdict:
    """LIMIT: the headroom of all limits but the need is above 0, and not below the smallest amount of the offer."""
    bounding = tuple(one for one in constraints if one.kind is not ConstraintKind.NEED and one.draw)
    if not bounding:
        # Nothing but the need decides, if even that: who offers has stated no bound that is drawn on.
        return PASSED
    headroom = capacity_of(bounding)
    if any(one.admits == 0 for one in bounding):
        return FAILED
    least = _least(appraisal, candidate)
    stated = [one.admits for one in bounding if one.admits is not None]
    if least is not None and stated and min(stated) < least:
        return FAILED
    if headroom.amount is None:
        return unknown(*(fact for one in bounding if one.headroom is None for fact in one.missing))
    pool = candidate.support(SupportKind.POOL_COVER)
    if pool is not None and may_be_stopped(offer_record(appraisal.view, pool.provider, Pool)):
        return unknown(MissingFact(pool.provider, "badLoanRate"))
    return PASSED


def _least(appraisal: Appraisal, candidate: Candidate) -> int | None:
    fund, product = candidate.role("Fund"), appraisal.product(candidate)
    money = (
        offer_record(appraisal.view, fund, Fund).ticket_min if fund >= 0 else product.min_amount if product else None
    )
    return money.minor if money is not None and money.currency == appraisal.currency(candidate) else None


def currency(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """CURRENCY: need, claim and offer are in one currency; nobody states rates yet."""
    code = appraisal.currency(candidate)
    foreign = []
    if code != CNY and appraisal.need(candidate.row).amount is not None:
        foreign.append(MissingFact(candidate.beneficiary, f"rate {CNY}/{code}"))
    asset = candidate.asset
    if asset >= 0:
        record = appraisal.receivable(asset) if candidate.role("Receivable") >= 0 else appraisal.voucher(asset)
        if record.face.currency != code:
            foreign.append(MissingFact(asset, f"rate {record.face.currency}/{code}"))
    return unknown(*foreign) if foreign else PASSED


class _Term(NamedTuple):
    """The last day of what a path stands on, and where it would be stated. `fixed`: the financing runs exactly so long."""

    until: date | None
    record: int
    field: str
    fixed: bool


def tenor(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """TENOR: the days that the need asks for, that the offer allows and that the instrument runs have some in common.

    The financing of a claim runs as long as the claim (a voucher's part as long as its root); a line serves any term within it.
    """
    need, product = appraisal.need(candidate.row), appraisal.product(candidate)
    low = max(need.tenor_min_days or 0, (product.tenor_min_days or 0) if product else 0)
    highs = [days for days in (need.tenor_max_days, product.tenor_max_days if product else None) if days is not None]
    if highs and low > min(highs):
        return FAILED
    term = _term(appraisal, candidate)
    if term is None:
        return PASSED
    if term.until is None:
        asks = low > 0 or (term.fixed and bool(highs))
        return unknown(MissingFact(term.record, term.field)) if asks else PASSED
    days = max(0, (term.until - appraisal.view.as_of).days)
    if days < low or (term.fixed and highs and days > min(highs)):
        return FAILED
    return _within_programme(appraisal, candidate)


def _term(appraisal: Appraisal, candidate: Candidate) -> _Term | None:
    if candidate.role("Receivable") >= 0:
        asset = candidate.role("Receivable")
        return _Term(appraisal.receivable(asset).due_on, asset, "dueOn", True)
    if candidate.role("Voucher") >= 0:
        root = appraisal.voucher_root(candidate.role("Voucher"))
        due = appraisal.voucher(root).due_on or appraisal.voucher(candidate.role("Voucher")).due_on
        return _Term(due, root, "dueOn", True)
    if candidate.role("Facility") >= 0:
        handle = candidate.role("Facility")
        return _Term(appraisal.record(handle, Facility).expires_on, handle, "expiresOn", False)
    if candidate.role("Loan") >= 0:
        handle = candidate.role("Loan")
        return _Term(appraisal.record(handle, Loan).due_on, handle, "dueOn", True)
    return None


def _within_programme(appraisal: Appraisal, candidate: Candidate) -> Verdict:
    """A voucher runs no longer than its programme allows."""
    if candidate.role("Voucher") < 0:
        return PASSED
    longest = offer_record(appraisal.view, candidate.programme, AnchorProgramme).voucher_max_days
    root = appraisal.voucher_root(candidate.role("Voucher"))
    record = appraisal.voucher(root)
    if longest is None or record.due_on is None:
        return PASSED
    if record.issued_on is None:
        return unknown(MissingFact(root, "issuedOn"))
    return PASSED if (record.due_on - record.issued_on).days <= longest else FAILED
